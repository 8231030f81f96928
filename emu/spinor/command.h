/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of the tool: a verb, its arguments and options. */
#ifndef SPINOR_SPINOR_COMMAND_H
#define SPINOR_SPINOR_COMMAND_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct spinor_verb;

/* Options that only some verbs take, as bits. */
enum spinor_option {
	SPINOR_OPTION_POWER = 1 << 0,
	SPINOR_OPTION_FILE = 1 << 1,
	SPINOR_OPTION_RESET = 1 << 2,
	SPINOR_OPTION_COUNT = 1 << 3,
	SPINOR_OPTION_CHIPDB = 1 << 4,
	SPINOR_OPTION_RUN = 1 << 5, /* the options of run and all those of spinord */
	SPINOR_OPTION_KIND = 1 << 6,
	SPINOR_OPTION_NAME = 1 << 7,
	SPINOR_OPTION_SOURCE = 1 << 8,  /* --source, --check, --from-dump */
	SPINOR_OPTION_REPLAY = 1 << 14, /* has options of the bench behind "--" */
	SPINOR_OPTION_LOCAL = 1 << 16,  /* no bench: the help lists none of the options for it */
	SPINOR_OPTION_WATCH = 1 << 17,
	SPINOR_OPTION_FAMILIES = 1 << 18,
	SPINOR_OPTION_START = 1 << 19, /* no options of spinor: all words are for spinord */
};

/* 31 years: the largest number that a message can have. */
#define SPINOR_SINCE_ALL INT64_C(999999999999999999)

struct spinor_command {
	const struct spinor_verb *verb;
	char **args; /* NULL-terminated, without the words of the verb */
	unsigned int n_args;

	char *control;
	char *which;   /* the bench by number or name; NULL: not given */
	char *adapter; /* NULL: the only one */
	int cs;        /* -1: not given */
	bool json;
	int64_t timeout_ns; /* 0: not given */
	bool help;

	char *chipdb;
	char *file;
	char *name;
	int millivolts;   /* 0: not given */
	int64_t at;       /* operations; 0: not given */
	int64_t after_ns; /* -1: not given */
	int count;        /* 0: no limit */
	bool reset;
	bool source;
	bool check;
	bool from_dump;
	bool families;
	char **kinds; /* may be NULL */
	bool all;
	bool summary;
	int64_t since_ns; /* up to SPINOR_SINCE_ALL; -1: not given */

	char **images; /* replay: may be NULL */
	char *device;  /* replay: NULL: a private or a running bench */
	char *pace;    /* replay */

	char **program; /* run: the words after "--"; NULL: there is none */
	char **bench;   /* run, start: options for the bench, argv[0] first */
	char *expect_image;
	char *report;
	char **asserts; /* may be NULL */
};

/* Parses argv. NULL on error; unknown verbs and options are SPINOR_ERROR_USAGE. */
struct spinor_command *spinor_command_parse(char **argv, GError **error);
void spinor_command_free(struct spinor_command *command);

/* Returns the help text of a verb. Free with g_free(). */
char *spinor_command_help(const struct spinor_verb *verb);

/* Returns the options of a verb (NULL: those of all verbs), of run with those of the bench; an
 * empty entry ends them. For their names and texts only. Free with g_free(). */
GOptionEntry *spinor_command_entries(const struct spinor_verb *verb);

#endif
