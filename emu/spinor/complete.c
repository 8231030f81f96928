/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Completion of the last word of a command line of spinor or spinord, for the shells' scripts:
 *
 *	spinor complete -- spinor fault add co
 *
 * Each line of the output is a word that fits, a tab, and a description that may be empty. The
 * words come from the tables of the parsers, chip files and the running bench. Instead of words
 * there can be one line for something that shells know:
 *
 *	:files           names of files
 *	:directories     names of directories
 *	:command N       the words from the N-th on, counted from 0, are a command of their own
 *
 * A shell runs this while the user types, so errors print nothing. Upper and lower case match.
 *
 * long: a few lines for each kind of word.
 */
#include "spinor/complete.h"

#include "base/units.h"
#include "chipdb/chipdb.h"
#include "flash/partdata.h"
#include "serprog/profile.h"
#include "setup/benchfind.h"
#include "setup/faultfile.h"
#include "setup/faultguide.h"
#include "setup/firmware.h"
#include "setup/options.h"
#include "spinor/benches.h"
#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/find.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"
#include "spinor/verbs.h"
#include "spinor/words.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALL_LIMIT_MS 1000

struct completion {
	char **words; /* the whole line */
	const char *current;
	int fixed;                     /* bytes of current that stay, such as "--chip=" */
	struct spinor_command command; /* the options that name a bench, and the verb */
	GPtrArray *args;               /* words before current that are neither verb nor option */
	unsigned int first_program;    /* the word after "--"; 0: there is none */
};

/* Prints a word if it begins with the current one. */
static void
offer(const struct completion *c, const char *word, const char *text)
{
	const char *typed = c->current + c->fixed;

	if (g_ascii_strncasecmp(word, typed, strlen(typed)) == 0)
		printf("%.*s%s\t%s\n", c->fixed, c->current, word, text != NULL ? text : "");
}

static void
offer_topic(const struct completion *c, const char *name)
{
	g_autoptr(GPtrArray) words = spinor_words(spinor_topic_find(name));

	for (guint i = 0; i < words->len; i++) {
		const struct spinor_word *word = words->pdata[i];

		offer(c, word->word, word->text);
	}
}

/* Offers one of several words of a placeholder, with its description from the topics. */
static void
offer_literal(const struct completion *c, const char *literal)
{
	static const char *const topics[] = {"timing", "pin", "level"};
	g_autofree char *text = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(topics); i++) {
		g_autoptr(GPtrArray) words = spinor_words(spinor_topic_find(topics[i]));

		for (guint j = 0; j < words->len && text == NULL; j++) {
			const struct spinor_word *word = words->pdata[j];

			if (strcmp(word->word, literal) == 0)
				text = g_strdup(word->text);
		}
	}
	offer(c, literal, text);
}

static void
offer_chips(struct completion *c)
{
	struct chipdb *db = chipdb_open(c->command.chipdb, NULL);
	g_autoptr(GPtrArray) parts = db != NULL ? chipdb_list(db, NULL) : NULL;

	for (guint i = 0; parts != NULL && i < parts->len; i++) {
		const struct flash_part *part = parts->pdata[i];
		g_autofree char *size = base_format_size(part->size);
		g_autofree char *text = g_strdup_printf("%s, %s", part->vendor, size);

		offer(c, part->name, text);
	}
	if (db != NULL)
		chipdb_close(db);
}

static void
offer_profiles(struct completion *c)
{
	offer_topic(c, "profile");
}

/* Several modes are separated by commas. "ear:N" is completed to "ear:". */
static void
offer_modes(struct completion *c)
{
	const char *comma = strrchr(c->current + c->fixed, ',');
	g_autoptr(GPtrArray) words = NULL;

	if (comma != NULL)
		c->fixed = (int)(comma + 1 - c->current);
	words = spinor_words(spinor_topic_find("mode"));
	for (guint i = 0; i < words->len; i++) {
		const struct spinor_word *word = words->pdata[i];
		g_autofree char *mode = g_strndup(word->word, strcspn(word->word, "N"));

		offer(c, mode, word->text);
	}
}

static void
offer_kinds(struct completion *c)
{
	offer_topic(c, "kind");
}

static void
offer_faults(struct completion *c)
{
	offer_topic(c, "fault");
}

static void
offer_counters(struct completion *c)
{
	offer_topic(c, "assert");
}

static void
offer_files(struct completion *c)
{
	(void)c;
	puts(":files");
}

/* Examples by name, and files. */
static void
offer_bench_files(struct completion *c)
{
	g_autoptr(GPtrArray) list = setup_bench_list(NULL);

	for (guint i = 0; list != NULL && i < list->len; i++) {
		const struct setup_bench_entry *entry = list->pdata[i];

		offer(c, entry->name, entry->summary);
	}
	puts(":files");
}

static void
offer_directories(struct completion *c)
{
	(void)c;
	puts(":directories");
}

static void
offer_sockets(struct completion *c)
{
	g_autoptr(GPtrArray) found = spinor_find_all(NULL);

	for (guint i = 0; found != NULL && i < found->len; i++)
		offer(c, found->pdata[i], "running bench");
}

static void
offer_benches(struct completion *c)
{
	g_autoptr(GPtrArray) benches = spinor_benches_find(NULL);

	for (guint i = 0; benches != NULL && i < benches->len; i++) {
		const struct spinor_bench *bench = benches->pdata[i];
		g_autofree char *number = g_strdup_printf("%u", bench->number);
		g_autofree char *text = g_strdup_printf(
			"%s %s", bench->link != NULL ? bench->link : bench->name, bench->chip);

		offer(c, number, text);
	}
}

static JsonNode *
ask(const struct completion *c, const char *method, JsonObject *params)
{
	struct spinor_command command = c->command;
	g_autofree char *path =
		command.which != NULL ? spinor_benches_resolve(command.which, NULL) : NULL;
	struct spinor_client *client;
	JsonNode *result = NULL;

	if (path != NULL)
		command.control = path;
	client = spinor_find(&command, NULL);

	if (client != NULL)
		result = spinor_client_call(client, method, params, CALL_LIMIT_MS, NULL);
	else
		json_object_unref(params);
	spinor_client_close(client);
	return result;
}

/* Returns the rows of a result, an array; NULL: it is none. */
static JsonArray *
rows_of(JsonNode *result)
{
	return result != NULL && JSON_NODE_HOLDS_ARRAY(result) ? json_node_get_array(result) : NULL;
}

static void
offer_adapters(struct completion *c)
{
	g_autoptr(JsonNode) status = ask(c, "bench.status", json_object_new());
	JsonArray *rows = NULL;

	if (status != NULL && JSON_NODE_HOLDS_OBJECT(status))
		rows = spinor_array(json_node_get_object(status), "adapters");
	for (guint i = 0; rows != NULL && i < json_array_get_length(rows); i++) {
		JsonObject *row = spinor_item(rows, i);

		offer(c, spinor_text(row, "name", ""), spinor_text(row, "profile", NULL));
	}
}

static void
offer_snapshots(struct completion *c)
{
	g_autoptr(JsonNode) result = ask(c, "snapshot.list", spinor_chip_params(&c->command));
	JsonArray *rows = rows_of(result);

	for (guint i = 0; rows != NULL && i < json_array_get_length(rows); i++)
		offer(c, spinor_text(spinor_item(rows, i), "name", ""), NULL);
}

/* Numbers and names of the faults of an adapter. */
static void
offer_added_faults(struct completion *c)
{
	g_autoptr(JsonNode) result = ask(c, "fault.list", spinor_adapter_params(&c->command));
	JsonArray *rows = rows_of(result);

	for (guint i = 0; rows != NULL && i < json_array_get_length(rows); i++) {
		JsonObject *row = spinor_item(rows, i);
		const char *name = spinor_text(row, "name", NULL);
		const char *text = spinor_text(row, "fault", NULL);
		g_autofree char *number = g_strdup_printf("%" PRId64, spinor_number(row, "id", 0));

		offer(c, number, text);
		if (name != NULL)
			offer(c, name, text);
	}
}

/* The words of a text about values, "host or chip", that the setting accepts. */
static void
offer_values(struct completion *c, const char *kind, const struct setup_fault_setting *setting)
{
	g_auto(GStrv) words = g_strsplit_set(setting->allowed, " ,;", -1);

	for (char **word = words; *word != NULL; word++) {
		struct setup_fault *fault = setup_fault_new(kind, NULL);

		if ((g_ascii_islower(**word) || strchr(*word, '-') != NULL) &&
			setup_fault_set(fault, setting->name, *word, NULL))
			offer(c, *word, NULL);
		setup_fault_free(fault);
	}
}

/* The place of a fault; names of chips are known in bench files only. */
static void
offer_place_words(struct completion *c)
{
	offer(c, "adapter=", "the adapter, as --adapter");
	offer(c, "cs=", "the chip select of the chip, as --cs");
	offer(c, "name=", "a name for the fault, as --name");
}

/* Settings of the fault that is named before, or the values of one. */
static void
offer_settings(struct completion *c)
{
	const char *kind = c->args->pdata[0];
	const char *equals = strchr(c->current, '=');
	struct setup_fault *fault = setup_fault_new(kind, NULL);
	struct setup_fault_setting *settings;

	if (fault == NULL)
		return;
	settings = setup_fault_settings_explained(fault);
	for (struct setup_fault_setting *setting = settings; setting->name; setting++) {
		g_autofree char *word = g_strconcat(setting->name, "=", NULL);

		if (equals == NULL) {
			offer(c, word, setting->about);
		} else if (g_str_has_prefix(c->current, word)) {
			c->fixed = (int)(equals + 1 - c->current);
			offer_values(c, kind, setting);
		}
	}
	setup_fault_settings_free(settings);
	setup_fault_free(fault);
	if (equals == NULL)
		offer_place_words(c);
}

/* Keys of the group of a bench file that an option takes. */
static void
offer_keys(struct completion *c, const char **keys)
{
	for (const char **key = keys; *key != NULL; key++) {
		g_autofree char *word = g_strconcat(*key, "=", NULL);

		offer(c, word, NULL);
	}
	g_free(keys);
}

static void
offer_board_keys(struct completion *c)
{
	offer_keys(c, setup_board_keys());
}

static void
offer_firmware_keys(struct completion *c)
{
	offer_keys(c,
		base_keytable_names((const struct base_keytable[]){
			{.keys = setup_firmware_rows}, {.keys = NULL}}));
}

static void
offer_pin_levels(struct completion *c)
{
	g_autoptr(GPtrArray) pins = spinor_words(spinor_topic_find("pin"));
	g_autoptr(GPtrArray) levels = spinor_words(spinor_topic_find("level"));

	for (guint i = 0; i < pins->len; i++) {
		for (guint j = 0; j < levels->len; j++) {
			const struct spinor_word *pin = pins->pdata[i], *level = levels->pdata[j];
			g_autofree char *word = g_strconcat(pin->word, "=", level->word, NULL);

			offer(c, word, level->text);
		}
	}
}

/* The first words of verbs, with the summary of those that have only one, and the title of the
 * group of others. */
static void
offer_verbs(struct completion *c)
{
	const char *title = NULL;
	const char *last = "";

	for (const struct spinor_verb *verb = spinor_verbs(); verb->name != NULL; verb++) {
		size_t n = strcspn(verb->name, " ");
		g_autofree char *word = g_strndup(verb->name, n);

		if (!verb->hidden && strncmp(last, verb->name, n + 1) != 0)
			offer(c, word, verb->name[n] == '\0' ? verb->summary : title);
		if (*verb->name == '\0')
			title = verb->summary;
		last = verb->name[n] == ' ' ? verb->name : "";
	}
}

static bool
offer_second_words(struct completion *c, const char *first)
{
	size_t n = strlen(first);
	bool found = false;

	for (const struct spinor_verb *verb = spinor_verbs(); verb->name != NULL; verb++) {
		if (strncmp(verb->name, first, n) != 0 || verb->name[n] != ' ')
			continue;
		offer(c, verb->name + n + 1, verb->summary);
		found = true;
	}
	return found;
}

static void
offer_help(struct completion *c)
{
	if (c->args->len > 0) {
		offer_second_words(c, c->args->pdata[0]);
		return;
	}
	offer_verbs(c);
	for (const struct spinor_topic *topic = spinor_topics(); topic->name != NULL; topic++) {
		unsigned int n;

		if (spinor_verb_find((char *[]){(char *)topic->name, NULL}, &n, NULL) == NULL &&
			strcmp(topic->name, "fault") != 0)
			offer(c, topic->name, topic->title);
	}
}

static void
offer_nothing(struct completion *c)
{
	(void)c;
}

/* The words for a placeholder in the help of an option or a verb. owner: only of that option or
 * verb; NULL: of all others. A placeholder without a row has no words. */
static const struct {
	const char *owner;
	const char *place;
	void (*list)(struct completion *c);
} sources[] = {
	{"--control", "PATH", offer_sockets},
	{"--bench", "BENCH", offer_benches},
	{"--adapter", "NAME", offer_adapters},
	{"--assert", "TEXT", offer_counters},
	{"--board", "KEY=VALUE ...", offer_board_keys},
	{"--fault", "WHAT [NAME=VALUE ...]", offer_faults},
	{"--firmware", "KEY=VALUE ...", offer_firmware_keys},
	{"--pin", "PIN=LEVEL", offer_pin_levels},
	{"chip", "NAME", offer_chips},
	{"fault add", "NAME=VALUE", offer_settings},
	{"fault explain", "KIND", offer_faults},
	{"fault remove", "NUMBER", offer_added_faults},
	{"snapshot drop", "NAME", offer_snapshots},
	{"snapshot restore", "NAME", offer_snapshots},
	{"help", "TOPIC", offer_help},
	{NULL, "PART", offer_chips},
	{NULL, "PATTERN", offer_chips},
	{NULL, "ADAPTER", offer_profiles},
	{NULL, "MODE", offer_modes},
	{NULL, "KIND", offer_kinds},
	{NULL, "FAULT", offer_faults},
	{NULL, "FILE", offer_files},
	{NULL, "PATH", offer_files},
	{NULL, "DIR", offer_directories},
	{NULL, NULL, offer_nothing},
};

/* Offers the words of a placeholder: "low|high|float", "FILE|-", "PART". */
static void
offer_place(struct completion *c, const char *owner, const char *place)
{
	g_auto(GStrv) words = g_strsplit(place, "|", -1);

	for (char **word = words; *word != NULL; word++) {
		size_t i = 0;

		if (g_ascii_islower(**word))
			offer_literal(c, *word);
		while (sources[i].place != NULL &&
			(strcmp(sources[i].place, *word) != 0 ||
				(sources[i].owner != NULL && strcmp(sources[i].owner, owner) != 0)))
			i++;
		sources[i].list(c);
	}
}

/* The options of the program, or of the verb: an array that an empty entry ends. */
static GOptionEntry *
entries_of(const struct completion *c, bool daemon)
{
	return daemon ? setup_options_entries(false) : spinor_command_entries(c->command.verb);
}

/* Returns the entry of the option in a word, "--chip" or "--chip=X"; NULL: there is none. */
static const GOptionEntry *
find_entry(const GOptionEntry *entries, const char *word)
{
	size_t n = strcspn(word, "=");

	for (; entries->long_name != NULL; entries++) {
		if (g_str_has_prefix(word, "--") && strlen(entries->long_name) == n - 2 &&
			strncmp(entries->long_name, word + 2, n - 2) == 0)
			return entries;
	}
	return NULL;
}

static bool
takes_next(const GOptionEntry *entry, const char *word)
{
	return entry != NULL && entry->arg != G_OPTION_ARG_NONE && strchr(word, '=') == NULL &&
		!(entry->flags & G_OPTION_FLAG_OPTIONAL_ARG);
}

static void
offer_options(const struct completion *c, const GOptionEntry *entries)
{
	for (; entries->long_name != NULL; entries++) {
		g_autofree char *word = g_strconcat("--", entries->long_name, NULL);

		offer(c, word, entries->description);
	}
}

/* Remembers the options that name a bench, or the chips. */
static void
take_option(struct completion *c, const char *word, const char *value)
{
	uint64_t cs;

	if (strcmp(word, "--control") == 0)
		c->command.control = (char *)value;
	else if (strcmp(word, "--bench") == 0)
		c->command.which = (char *)value;
	else if (strcmp(word, "--adapter") == 0)
		c->command.adapter = (char *)value;
	else if (strcmp(word, "--chipdb") == 0)
		c->command.chipdb = (char *)value;
	else if (strcmp(word, "--cs") == 0 && base_parse_decimal(value, 0, INT_MAX, &cs))
		c->command.cs = (int)cs;
}

/* Offers the words for the argument after c->args in the verb's usage: "[wp|hold [low|high]]". The
 * last one is repeated if it ends in "...". */
static void
offer_argument(struct completion *c)
{
	const struct spinor_verb *verb = c->command.verb;
	g_autofree char *usage = g_strdup(verb->args);
	g_auto(GStrv) places = g_strsplit(g_strdelimit(usage, "[]", ' '), " ", -1);
	const char *last = NULL;
	guint n = c->args->len;

	for (char **place = places; *place != NULL; place++) {
		bool repeats = g_str_has_suffix(*place, "...");

		if (**place == '\0')
			continue;
		last = *place;
		if (repeats)
			(*place)[strlen(*place) - 3] = '\0';
		if (n > 0 && !repeats) {
			n--;
			continue;
		}
		offer_place(c, verb->name, last);
		return;
	}
	if (verb->function == spinor_help)
		offer_help(c);
}

/* Reads the words before the current one: verb, options, arguments. Returns the option whose value
 * the current word is, or NULL. */
static char *
read_line(struct completion *c, bool daemon)
{
	for (unsigned int i = 1; c->words[i + 1] != NULL; i++) {
		g_autofree GOptionEntry *entries = entries_of(c, daemon);
		char *word = c->words[i];
		unsigned int n = 0;

		if (strcmp(word, "--") == 0) {
			c->first_program = i + 1;
			return NULL;
		}
		if (takes_next(find_entry(entries, word), word)) {
			if (c->words[i + 2] == NULL)
				return word;
			take_option(c, word, c->words[++i]);
		} else if (*word != '-') {
			g_ptr_array_add(c->args, word);
		}
		if (!daemon && c->command.verb == NULL && c->args->len > 0) {
			g_ptr_array_add(c->args, NULL);
			c->command.verb = spinor_verb_find((char **)c->args->pdata, &n, NULL);
			g_ptr_array_set_size(c->args, (gint)c->args->len - 1);
			g_ptr_array_remove_range(c->args, 0, n);
		}
	}
	return NULL;
}

/* Offers values of an option, in its place or after "=". */
static void
offer_option_value(struct completion *c, const GOptionEntry *entry)
{
	g_autofree char *owner = g_strconcat("--", entry->long_name, NULL);

	if (entry->arg_description != NULL)
		offer_place(c, owner, entry->arg_description);
}

static void
complete(struct completion *c, bool daemon)
{
	const char *option = read_line(c, daemon);
	const char *equals = strchr(c->current, '=');
	g_autofree GOptionEntry *entries = entries_of(c, daemon);

	if (c->first_program > 0) {
		printf(":command %u\n", c->first_program);
	} else if (option != NULL) {
		offer_option_value(c, find_entry(entries, option));
	} else if (*c->current == '-' && equals != NULL) {
		c->fixed = (int)(equals + 1 - c->current);
		if (find_entry(entries, c->current) != NULL)
			offer_option_value(c, find_entry(entries, c->current));
	} else if (*c->current == '-') {
		offer_options(c, entries);
	} else if (daemon) {
		offer_bench_files(c);
	} else if (c->command.verb == NULL && c->args->len == 0) {
		offer_verbs(c);
	} else if (c->command.verb == NULL) {
		offer_second_words(c, c->args->pdata[0]);
	} else if (c->command.verb->options & (SPINOR_OPTION_RUN | SPINOR_OPTION_START)) {
		offer_bench_files(c);
	} else {
		offer_argument(c);
	}
}

void
spinor_complete(char **words)
{
	unsigned int n;
	g_autofree char *program = NULL;
	struct completion c = {.words = words, .command = {.cs = -1}};

	if (*words != NULL && strcmp(*words, "--") == 0)
		c.words++;
	n = g_strv_length(c.words);
	if (n < 2)
		return;
	program = g_path_get_basename(c.words[0]);
	c.current = c.words[n - 1];
	c.args = g_ptr_array_new();
	complete(&c, strcmp(program, "spinord") == 0);
	g_ptr_array_unref(c.args);
}
