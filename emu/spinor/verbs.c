/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of verbs. A new verb is a row here and a function in the file of its subject. */
#include "spinor/verbs.h"

#include "base/error.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"

#include <string.h>

/* The verbs of a group are below its heading. */
#define HEADING(title)                                         \
	{                                                      \
		"", NULL, title, NULL, 0, 0, 0, .hidden = true \
	}

static const struct spinor_verb verbs[] = {
	HEADING("Start a bench"),
	{"run", "[OPTION...] -- COMMAND...", "run a command against a private bench", spinor_run, 0,
		0, SPINOR_OPTION_RUN, false},
	{"start", "[OPTION...] [FILE]", "start a bench in the background", spinor_start, 0, 0,
		SPINOR_OPTION_START, false},
	{"wait", "", "wait until a bench is ready", spinor_wait, 0, 0, 0, false},
	{"replay", "FILE [-- OPTION...]", "repeat a recorded session and compare the answers",
		spinor_replay, 1, 1, SPINOR_OPTION_REPLAY | SPINOR_OPTION_CHIPDB, false},

	HEADING("The running bench"),
	{"benches", "", "list the running benches with their numbers", spinor_benches, 0, 0,
		SPINOR_OPTION_LOCAL, false},
	{"status", "", "show the state of the bench", spinor_status, 0, 0, 0, false},
	{"watch", "", "print what happens on the bench, a line for each thing", spinor_watch, 0, 0,
		SPINOR_OPTION_COUNT | SPINOR_OPTION_KIND | SPINOR_OPTION_WATCH, false},
	{"stats", "", "show counters: operations, bytes, opcodes", spinor_stats, 0, 0,
		SPINOR_OPTION_RESET, false},
	{"stop", "", "stop the bench, and wait for its end", spinor_stop, 0, 0, 0, false},

	HEADING("Chip, board and adapter"),
	{"pin", "[wp|hold|reset [low|high|float]]", "show pins, or set one", spinor_pin, 0, 2, 0,
		false},
	{"power", "on|off|cycle", "switch the chip's supply", spinor_power, 1, 1,
		SPINOR_OPTION_POWER, false},
	{"reset", "", "send the chip's software reset, as a host does", spinor_reset, 0, 0, 0,
		false},
	{"board", "[run|reset|off]", "show the state of the boards, or start or stop them",
		spinor_board, 0, 1, 0, false},
	{"wiring", "", "show the level of each line at the adapter and at the chip", spinor_wiring,
		0, 0, 0, false},
	{"unplug", "", "unplug the adapter's cable", spinor_unplug, 0, 0, 0, false},
	{"plug", "", "plug the adapter's cable in again", spinor_plug, 0, 0, 0, false},

	HEADING("Faults"),
	{"fault add", "FAULT [NAME=VALUE...]", "add a fault; spinor help fault lists the kinds",
		spinor_fault_add, 1, 32, SPINOR_OPTION_NAME, false},
	{"fault list", "", "list the faults, and how often they acted", spinor_fault_list, 0, 0, 0,
		false},
	{"fault explain", "KIND", "describe a kind of fault: symptom, remedy, settings",
		spinor_fault_explain, 1, 1, SPINOR_OPTION_LOCAL, false},
	{"fault remove", "NUMBER|NAME", "remove a fault", spinor_fault_remove, 1, 1, 0, false},
	{"fault clear", "", "remove all faults", spinor_fault_clear, 0, 0, 0, false},

	HEADING("The chip's content"),
	{"image info", "", "show size, digest and use of the chip's array", spinor_image_info, 0, 0,
		0, false},
	{"image save", "FILE", "write the array to a file", spinor_image_save, 1, 1, 0, false},
	{"image load", "FILE", "replace the array by a file", spinor_image_load, 1, 1, 0, false},
	{"image compare", "FILE", "compare the array with a file", spinor_image_compare, 1, 1, 0,
		false},
	{"snapshot take", "NAME", "save the state of the chip as a snapshot", spinor_snapshot_take,
		1, 1, SPINOR_OPTION_FILE, false},
	{"snapshot restore", "NAME", "restore a snapshot", spinor_snapshot_restore, 0, 1,
		SPINOR_OPTION_FILE, false},
	{"snapshot list", "", "list the snapshots", spinor_snapshot_list, 0, 0, 0, false},
	{"snapshot drop", "NAME", "remove a snapshot", spinor_snapshot_drop, 1, 1, 0, false},

	HEADING("Lists and help"),
	{"chips", "[PATTERN]", "list the chips that can be emulated", spinor_chips, 0, 1,
		SPINOR_OPTION_CHIPDB | SPINOR_OPTION_FAMILIES | SPINOR_OPTION_LOCAL, false},
	{"chip", "NAME", "show the properties of a chip", spinor_chip, 1, 8,
		SPINOR_OPTION_CHIPDB | SPINOR_OPTION_SOURCE | SPINOR_OPTION_LOCAL, false},
	{"profiles", "", "list the adapters that can be emulated", spinor_profiles, 0, 0,
		SPINOR_OPTION_LOCAL, false},
	{"examples", "[PATTERN]", "list the benches found by name", spinor_examples, 0, 1,
		SPINOR_OPTION_LOCAL, false},
	{"help", "[VERB|TOPIC]", "list the verbs, or describe one; words of a topic", spinor_help,
		0, 2, SPINOR_OPTION_LOCAL, false},
	{NULL, NULL, NULL, NULL, 0, 0, 0, false},
};

const struct spinor_verb *
spinor_verbs(void)
{
	return verbs;
}

/* Returns the number of words in the verb's name, 0 if words do not begin with that name. */
static unsigned int
matching(const struct spinor_verb *verb, char *const *words)
{
	size_t n = strcspn(verb->name, " ");

	if (n == 0 || strlen(words[0]) != n || strncmp(words[0], verb->name, n) != 0)
		return 0;
	if (verb->name[n] == '\0')
		return 1;
	return words[1] != NULL && strcmp(words[1], verb->name + n + 1) == 0 ? 2 : 0;
}

/* Returns the second words of verbs that begin with first, NULL-terminated; NULL: none. */
static GPtrArray *
second_words(const char *first)
{
	g_autoptr(GPtrArray) seconds = g_ptr_array_new();
	size_t n = strlen(first);

	for (const struct spinor_verb *verb = verbs; verb->name != NULL; verb++) {
		if (strncmp(verb->name, first, n) == 0 && verb->name[n] == ' ')
			g_ptr_array_add(seconds, (gpointer)(verb->name + n + 1));
	}
	if (seconds->len == 0)
		return NULL;
	g_ptr_array_add(seconds, NULL);
	return g_steal_pointer(&seconds);
}

static void
refuse_first(const char *word, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *hint = NULL;

	for (const struct spinor_verb *verb = verbs; verb->name != NULL; verb++) {
		if (!verb->hidden)
			g_ptr_array_add(known, g_strndup(verb->name, strcspn(verb->name, " ")));
	}
	g_ptr_array_add(known, NULL);
	hint = base_suggest(word, (const char *const *)known->pdata);
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"%s: no such verb%s; spinor help lists them", word, hint);
}

static void
refuse_second(char *const *words, const GPtrArray *seconds, GError **error)
{
	const char *const *known = (const char *const *)seconds->pdata;
	g_autofree char *hint = words[1] != NULL ? base_suggest(words[1], known) : NULL;
	g_autoptr(GString) allowed = g_string_new(NULL);

	for (const char *const *word = known; *word != NULL; word++)
		g_string_append_printf(allowed, "%s%s",
			word == known             ? ""
				: word[1] == NULL ? " and "
						  : ", ",
			*word);
	if (words[1] == NULL)
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s: it needs a second word; allowed are %s", words[0], allowed->str);
	else
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s %s: no such verb%s; allowed are %s", words[0], words[1], hint,
			allowed->str);
}

const struct spinor_verb *
spinor_verb_find(char *const *words, unsigned int *n, GError **error)
{
	g_autoptr(GPtrArray) seconds = NULL;

	for (const struct spinor_verb *verb = verbs; verb->name != NULL; verb++) {
		*n = matching(verb, words);
		if (*n > 0)
			return verb;
	}
	seconds = second_words(words[0]);
	if (seconds != NULL)
		refuse_second(words, seconds, error);
	else
		refuse_first(words[0], error);
	return NULL;
}
