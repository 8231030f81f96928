/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line that spinord and spinor run share. */
#ifndef SPINOR_SETUP_OPTIONS_H
#define SPINOR_SETUP_OPTIONS_H

#include "base/clock.h"
#include "setup/condition.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SETUP_DEFAULT_CHIP "W25Q128JV"
#define SETUP_DEFAULT_SEED 1

/* Whether the process gives up what it does not need. The default is on, except in builds for
 * sanitizers and coverage. */
enum setup_sandbox {
	SETUP_SANDBOX_ON,
	SETUP_SANDBOX_LOG, /* and what would be refused is logged */
	SETUP_SANDBOX_OFF,
};

struct setup_options {
	char *chip;    /* part number; NULL: SETUP_DEFAULT_CHIP */
	char *image;   /* file of the array; NULL: in memory */
	char *content; /* blank, random, pattern or a file; NULL: blank, or as the file says */
	char *link;    /* symbolic link to the pseudo-terminal */
	char *profile; /* adapter; NULL: the default */
	char *chipdb;  /* folder of *.chips files */
	char *trace;   /* file, or "-" for stdout */
	char *record;  /* file of the session's record; NULL: none */
	char *tcp;     /* [HOST:]PORT instead of the pseudo-terminal */
	unsigned int tcp_idle_s;
	bool tcp_idle_given;
	char *control; /* path of the control socket; NULL: the default */
	bool no_control;
	bool snapshot;              /* nothing is written to images */
	unsigned int snapshots_max; /* limits of each chip */
	bool snapshots_max_given;
	uint64_t snapshots_bytes;
	bool snapshots_bytes_given;
	bool restrict_paths; /* those in the bench file have to be below its folder */
	bool no_restrict;    /* they can be anywhere, also for the file of another user */
	enum setup_sandbox sandbox;
	GPtrArray *allow;     /* folders of --allow; NULL: none */
	bool detach;          /* spinord: run in the background */
	char *log;            /* spinord: file of the log */
	char *pid;            /* spinord: file of the process ID */
	GPtrArray *listeners; /* of inherited sockets, see setup/listener.h; NULL: none */
	char *file;           /* the bench file; NULL: options alone describe the bench */
	char *file_text;      /* its text, which is read instead of the file; NULL: read the file */
	char **words;         /* the options that describe the bench, as given, for a record */
	bool check;           /* only check the bench file */
	unsigned int count;   /* adapters; 0: not given */
	enum base_clock_mode timing;
	bool timing_given;
	unsigned int time_scale; /* thousandths; 0: not given */
	struct setup_condition condition;
	char *condition_option; /* the first of those options, and its value; NULL: none */
	char *condition_value;
	GPtrArray *faults;   /* texts of --fault; NULL: none */
	GPtrArray *boards;   /* of --board */
	GPtrArray *firmware; /* of --firmware */
	uint64_t seed;
	bool seed_given;
	bool verbose;
	bool list_chips;
	char *list_pattern;
	bool version;
	char *help; /* the text that --help prints; NULL: not given */
};

/* Reads argv; unknown options and bad values are BASE_ERROR_USAGE. Prints nothing: the
 * caller handles --help and --version. NULL on error; free with setup_options_free(). */
struct setup_options *setup_options_parse(int *argc, char ***argv, GError **error);
void setup_options_free(struct setup_options *options);

/* Returns the first option that is for spinord alone, which "spinor run" refuses; NULL: none. */
const char *setup_options_daemon_only(const struct setup_options *options);

/* Returns all options, ended by an empty entry, for their names and texts. shared: only those that
 * spinor run has, too. Free with g_free(). */
GOptionEntry *setup_options_entries(bool shared);

/* Returns a line for each option below the heading of its group, as in --help. shared: only those
 * that spinor run has, too. Free with g_free(). */
char *setup_options_list(bool shared);

#endif
