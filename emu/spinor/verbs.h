/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs of the tool as rows. */
#ifndef SPINOR_SPINOR_VERBS_H
#define SPINOR_SPINOR_VERBS_H

#include <glib.h>
#include <stdbool.h>

struct spinor_command;

/* Returns the exit status, or -1 and an error. */
typedef int spinor_verb_function(struct spinor_command *command, GError **error);

struct spinor_verb {
	const char *name;    /* one word, or two: "image save"; "": the row is a heading */
	const char *args;    /* for the help: "FILE"; "": none */
	const char *summary; /* or the title of a heading */
	spinor_verb_function *function;
	unsigned int min_args, max_args;
	unsigned int options; /* enum spinor_option */
	bool hidden;          /* not in the help */
};

/* Returns the rows in order of the help; a row without a name ends them. */
const struct spinor_verb *spinor_verbs(void);

/* Returns the verb that words begin with; n: receives the number of words in its name. An unknown
 * verb is SPINOR_ERROR_USAGE; the message suggests the nearest. */
const struct spinor_verb *spinor_verb_find(char *const *words, unsigned int *n, GError **error);

spinor_verb_function spinor_run;
spinor_verb_function spinor_replay;
spinor_verb_function spinor_chips;
spinor_verb_function spinor_chip;
spinor_verb_function spinor_profiles;
spinor_verb_function spinor_examples;
spinor_verb_function spinor_status;
spinor_verb_function spinor_start;
spinor_verb_function spinor_wait;
spinor_verb_function spinor_stop;
spinor_verb_function spinor_unplug;
spinor_verb_function spinor_plug;
spinor_verb_function spinor_stats;
spinor_verb_function spinor_pin;
spinor_verb_function spinor_power;
spinor_verb_function spinor_reset;
spinor_verb_function spinor_board;
spinor_verb_function spinor_benches;
spinor_verb_function spinor_fault_add;
spinor_verb_function spinor_fault_list;
spinor_verb_function spinor_fault_remove;
spinor_verb_function spinor_fault_clear;
spinor_verb_function spinor_fault_explain;
spinor_verb_function spinor_wiring;
spinor_verb_function spinor_image_info;
spinor_verb_function spinor_image_save;
spinor_verb_function spinor_image_load;
spinor_verb_function spinor_image_compare;
spinor_verb_function spinor_snapshot_take;
spinor_verb_function spinor_snapshot_restore;
spinor_verb_function spinor_snapshot_list;
spinor_verb_function spinor_snapshot_drop;
spinor_verb_function spinor_watch;
spinor_verb_function spinor_help;

#endif
