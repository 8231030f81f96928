/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line: a table of options, and the checks of their values that need neither the chips
 * nor the disk. bench.c checks that a chip, a profile or a file exists.
 *
 * Values are plain bytes (G_OPTION_ARG_FILENAME), since GOption refuses other strings that are not
 * valid in the locale.
 *
 * long: a row for each of fifty options, and readers of a few lines.
 */
#include "config.h"

#include "setup/options.h"

#include "base/error.h"
#include "base/optioncheck.h"
#include "base/optionlist.h"
#include "base/units.h"
#include "base/value.h"
#include "setup/setup.h"

#include <string.h>

static gboolean
take_timing(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;

	if (!base_clock_mode_from_string(value, &options->timing)) {
		g_autofree char *hint =
			base_suggest(value, (const char *[]){"instant", "virtual", "real", NULL});

		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s %s: no such timing%s; allowed are instant, virtual and real", name,
			value, hint);
		return FALSE;
	}
	options->timing_given = true;
	return TRUE;
}

static gboolean
take_scale(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;

	if (base_clock_scale_from_string(value, &options->time_scale))
		return TRUE;
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"%s %s: no such scale; allowed are numbers from 0.1 to 1000", name, value);
	return FALSE;
}

/* Whether the key that data points to takes the word. */
static bool
accepts(const char *word, void *data)
{
	struct setup_condition condition = {0};

	return setup_condition_take(&condition, *(enum setup_condition_key *)data, word);
}

/* The options that are the keys of a chip's condition. */
static gboolean
take_condition(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;
	enum setup_condition_key key = setup_condition_find(name + strlen("--"));

	if (!setup_condition_take(&options->condition, key, value)) {
		const char *allowed = setup_condition_rows[key].allowed;
		g_autofree char *hint = base_suggest_value(value, allowed, accepts, &key);

		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s %s%s%s allowed: %s", name,
			value, *hint != '\0' ? hint : ":", *hint != '\0' ? ";" : "", allowed);
		return FALSE;
	}
	if (options->condition_option == NULL) {
		options->condition_option = g_strdup(name + strlen("--"));
		options->condition_value = g_strdup(value);
	}
	return TRUE;
}

/* Sets a pin from its name and level. */
static bool
take_pin_level(struct setup_options *options, const char *pin, const char *level)
{
	static const char *const pins[] = {"wp", "hold", "reset", NULL};

	return g_strv_contains(pins, pin) &&
		setup_condition_take(&options->condition, setup_condition_find(pin), level);
}

/* "wp=low", or "wp low" as the words of spinor pin; several with blanks between them. */
static gboolean
take_pin(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;
	g_auto(GStrv) words = g_strsplit_set(value, " \t=", -1);
	const char *pin = NULL;
	bool good = true, any = false;

	for (char **word = words; good && *word != NULL; word++) {
		if (**word == '\0')
			continue;
		good = pin == NULL || take_pin_level(options, pin, *word);
		any = any || pin != NULL;
		pin = pin == NULL ? *word : NULL;
	}
	if (!good || !any || pin != NULL) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s \"%s\" is refused; allowed: wp, hold or reset, and low, high or float, "
			"such as wp=low",
			name, value);
		return FALSE;
	}
	if (options->condition_option == NULL) {
		options->condition_option = g_strdup(name + strlen("--"));
		options->condition_value = g_strdup(value);
	}
	return TRUE;
}

/* Options that may be repeated; setup/optionwords.c reads their words. */
static gboolean
take_words(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;
	GPtrArray **list = strcmp(name, "--fault") == 0 ? &options->faults
		: strcmp(name, "--board") == 0          ? &options->boards
							: &options->firmware;

	(void)error;
	if (*list == NULL)
		*list = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(*list, g_strdup(value));
	return TRUE;
}

enum condition_group {
	OF_CHIP, /* the state that it is in */
	OF_PART, /* the chip is another than its part number says */
};

static const struct {
	const char *place; /* placeholder of the value */
	const char *text;
	enum condition_group group;
} condition_help[SETUP_CONDITION_KEYS] = {
	[SETUP_KEY_WP] = {"low|high|float", "Level of the chip's WP# pin", OF_CHIP},
	[SETUP_KEY_HOLD] = {"low|high|float", "Level of its HOLD# pin", OF_CHIP},
	[SETUP_KEY_RESET] = {"low|high|float", "Level of its RESET# pin", OF_CHIP},
	[SETUP_KEY_SUPPLY] = {"VOLTAGE", "Supply voltage of the chip, such as 2.9V, or off",
		OF_CHIP},
	[SETUP_KEY_CORNER] = {"typ|max",
		"Duration of operations: the data sheet's typical or maximum times", OF_CHIP},
	[SETUP_KEY_WEAR] = {"on|off", "Whether the chip wears out", OF_CHIP},
	[SETUP_KEY_CYCLES] = {"N", "Erase cycles of each block so far", OF_CHIP},
	[SETUP_KEY_STATUS] = {"BYTES",
		"Status registers as another tool left them: 9C 02, or SRP=1 BP=7", OF_CHIP},
	[SETUP_KEY_MODE] = {"MODE",
		"State that another tool left the chip in; spinor help mode lists "
		"them",
		OF_CHIP},
	[SETUP_KEY_CUT_AT] = {"N", "Switch the supply off at operation N", OF_CHIP},
	[SETUP_KEY_ID] = {"BYTES", "Answer to RDID instead of the chip's own ID", OF_PART},
	[SETUP_KEY_SFDP] = {"none|SIZE|FILE|HEX",
		"Another size in the SFDP table, another table, or none", OF_PART},
	[SETUP_KEY_SFDP_BYTES] = {"OFFSET BYTES",
		"Bytes of the SFDP table that differ from the part's", OF_PART},
	[SETUP_KEY_REAL_SIZE] = {"SIZE", "Size of the die, when it is smaller than the part's size",
		OF_PART},
	[SETUP_KEY_WP_WITH_QE] = {"yes|no", "Whether WP# locks the registers in spite of QE = 1",
		OF_PART},
	[SETUP_KEY_BEYOND] = {"wraps|ones", "Content beyond that size: the die's again, or FF",
		OF_PART},
};

static gboolean
take_count(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;
	uint64_t count;

	if (!base_parse_decimal(value, 1, SETUP_COUNT_MAX, &count)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s %s: not a number of adapters; allowed are whole numbers from 1 to %d",
			name, value, SETUP_COUNT_MAX);
		return FALSE;
	}
	options->count = (unsigned int)count;
	return TRUE;
}

static gboolean
take_idle(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;
	uint64_t seconds;

	if (!base_parse_decimal(value, 0, SETUP_TCP_IDLE_MAX_S, &seconds)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s %s: not a number of seconds; allowed are whole numbers from 0 (no "
			"limit) to %d",
			name, value, SETUP_TCP_IDLE_MAX_S);
		return FALSE;
	}
	options->tcp_idle_s = (unsigned int)seconds;
	options->tcp_idle_given = true;
	return TRUE;
}

static gboolean
take_snapshots_max(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;
	uint64_t count;

	if (!base_parse_decimal(value, 0, SETUP_SNAPSHOTS_MAX_MAX, &count)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s %s: not a number of snapshots; allowed are whole numbers from 0 to %d",
			name, value, SETUP_SNAPSHOTS_MAX_MAX);
		return FALSE;
	}
	options->snapshots_max = (unsigned int)count;
	options->snapshots_max_given = true;
	return TRUE;
}

static gboolean
take_snapshots_bytes(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;

	if (!base_parse_size(value, &options->snapshots_bytes) ||
		options->snapshots_bytes > SETUP_SNAPSHOTS_BYTES_MAX) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s %s: not a size; allowed are sizes up to 1024G, such as 64M", name,
			value);
		return FALSE;
	}
	options->snapshots_bytes_given = true;
	return TRUE;
}

static gboolean
take_check(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;

	(void)name;
	(void)error;
	options->check = true;
	g_free(options->file);
	options->file = g_strdup(value);
	return TRUE;
}

static gboolean
take_allow(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;

	if (!g_file_test(value, G_FILE_TEST_IS_DIR)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s %s: there is no such folder; allowed is one that exists", name, value);
		return FALSE;
	}
	if (options->allow == NULL)
		options->allow = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(options->allow, g_strdup(value));
	return TRUE;
}

static gboolean
take_sandbox(const char *name, const char *value, void *data, GError **error)
{
	static const struct base_value_word words[] = {{"on", SETUP_SANDBOX_ON},
		{"log", SETUP_SANDBOX_LOG}, {"off", SETUP_SANDBOX_OFF}, {NULL, 0}};
	struct setup_options *options = data;
	g_autofree char *hint = NULL;
	int mode;

	if (base_value_word(words, value, &mode)) {
		options->sandbox = (enum setup_sandbox)mode;
		return TRUE;
	}
	hint = base_value_suggest(words, value);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"%s %s: no such mode%s; allowed are on, log and off", name, value, hint);
	return FALSE;
}

static gboolean
take_seed(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;
	uint64_t seed;

	if (!base_parse_whole(value, 0, G_MAXUINT64, &seed)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s %s: not a seed; allowed are whole numbers from 0 to %" G_GUINT64_FORMAT,
			name, value, G_MAXUINT64);
		return FALSE;
	}
	options->seed = seed;
	options->seed_given = true;
	return TRUE;
}

static gboolean
take_list_chips(const char *name, const char *value, void *data, GError **error)
{
	struct setup_options *options = data;

	(void)name;
	(void)error;
	options->list_chips = true;
	g_free(options->list_pattern);
	options->list_pattern = g_strdup(value);
	return TRUE;
}

/* Completes an error of GOption itself; an error of a callback is complete. */
static void
explain(GError **error)
{
	g_autoptr(GError) found = NULL;

	if (error == NULL || (*error)->domain != G_OPTION_ERROR)
		return;
	found = g_steal_pointer(error);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s; --help lists what is allowed",
		found->message);
}

/* Takes an argument that is no option: the PATTERN of --list-chips, or else the bench file. */
static bool
take_rest(struct setup_options *options, char **rest, GError **error)
{
	if (rest == NULL || *rest == NULL)
		return true;
	if (options->list_chips && options->list_pattern == NULL)
		options->list_pattern = g_strdup(*rest++);
	else if (!options->list_chips && options->file == NULL)
		options->file = g_strdup(*rest++);
	if (*rest != NULL) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: unexpected argument; %s; --help lists the options", *rest,
			options->list_chips ? "only one pattern is allowed"
					    : "only one bench file is allowed");
		return false;
	}
	return true;
}

/* Refuses options that exclude each other. */
static bool
refuse_clash(const struct setup_options *options, GError **error)
{
	if (options->link != NULL && options->tcp != NULL) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"--tcp %s: with --link %s, and only a terminal has a link; one of them is "
			"allowed",
			options->tcp, options->link);
		return false;
	}
	if (options->control != NULL && options->no_control) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"--control %s: with --no-control; one of them is allowed",
			options->control);
		return false;
	}
	if (options->restrict_paths && options->no_restrict) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"--restrict: with --no-restrict; one of them is allowed");
		return false;
	}
	if (options->file != NULL && *options->file == '\0') {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"'': the name of the bench file is empty; FILE is wanted");
		return false;
	}
	return true;
}

/* Values that GOption sets outside of struct setup_options. */
struct parsing {
	char **rest;
	gboolean verbose, version, help, no_control, detach, snapshot, restrict_paths, no_restrict;
};

#define OPTION(member) GSIZE_TO_POINTER(offsetof(struct setup_options, member))
#define PARSING(member) GSIZE_TO_POINTER(offsetof(struct parsing, member))
#define BYTES G_OPTION_FLAG_FILENAME

/* The headings of --help. A row belongs to the heading above it. */
#define HEADING(title)                                          \
	{                                                       \
		BASE_OPTION_HEADING, 0, 0, 0, NULL, title, NULL \
	}
/* Before the keys of a chip's condition that are in this group. */
#define CONDITION_HEADING(title, group)                                                  \
	{                                                                                \
		BASE_OPTION_HEADING, 0, 0, 0, GSIZE_TO_POINTER(1 + (group)), title, NULL \
	}
/* Of options that only spinord has, and not spinor run. */
#define SPINORD_HEADING(title)                                                     \
	{                                                                          \
		BASE_OPTION_HEADING, 0, G_OPTION_FLAG_HIDDEN, 0, NULL, title, NULL \
	}

/* arg_data is an offset, which fill_entries() makes an address: of names in the options, of flags
 * in struct parsing. */
static const GOptionEntry rows[] = {
	HEADING("Chip"),
	{"chip", 0, 0, G_OPTION_ARG_FILENAME, OPTION(chip),
		"Part number of the chip (default: " SETUP_DEFAULT_CHIP ")", "PART"},
	{"image", 0, 0, G_OPTION_ARG_FILENAME, OPTION(image),
		"Keep the chip's content in FILE, created when absent", "FILE"},
	{"content", 0, 0, G_OPTION_ARG_FILENAME, OPTION(content),
		"Initial content of the chip, and of a new image (default: blank)",
		"blank|random|pattern|FILE"},
	{"snapshot", 0, 0, G_OPTION_ARG_NONE, PARSING(snapshot),
		"Write nothing to images and their state: all changes are lost at exit", NULL},
	{"snapshots-max", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_snapshots_max,
		"Number of snapshots in memory of each chip (default: 256)", "N"},
	{"snapshots-bytes", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_snapshots_bytes,
		"Memory for the snapshots of each chip (default: 1G)", "SIZE"},
	{"chipdb", 0, 0, G_OPTION_ARG_FILENAME, OPTION(chipdb),
		"Read the chips also from *.chips in DIR, or from FILE", "DIR|FILE"},

	HEADING("Adapter and port"),
	{"profile", 0, 0, G_OPTION_ARG_FILENAME, OPTION(profile),
		"Adapter to emulate (default: spinor); spinor profiles lists them", "ADAPTER"},
	{"firmware", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_words,
		"Limits of its firmware that differ, such as \"write-max=64\"", "KEY=VALUE ..."},
	{"link", 0, 0, G_OPTION_ARG_FILENAME, OPTION(link),
		"Keep a symbolic link to the terminal at PATH", "PATH"},
	{"tcp", 0, 0, G_OPTION_ARG_FILENAME, OPTION(tcp),
		"Listen there instead of opening a terminal; without HOST, locally", "[HOST:]PORT"},
	{"tcp-idle", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_idle,
		"Disconnect a host that is silent for so long (default: 600; 0: never)", "SECONDS"},
	{"count", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_count,
		"Number of equal adapters; {n} in names is the number of each", "N"},

	HEADING("Time and random values"),
	{"timing", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_timing,
		"How time passes (default: virtual)", "instant|virtual|real"},
	{"time-scale", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_scale,
		"Speed factor of --timing real (default: 1)", "N"},
	{"seed", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_seed,
		"Seed of all random values (default: 1)", "N"},

	CONDITION_HEADING("Condition of the chip", OF_CHIP),
	{"pin", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_pin,
		"Level of a pin of the chip, such as wp=low", "PIN=LEVEL"},
	CONDITION_HEADING("Differences from the part's data", OF_PART),

	HEADING("Faults and board"),
	{"fault", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_words,
		"Add a fault, such as \"bit-error line=miso\"; may be repeated",
		"WHAT [NAME=VALUE ...]"},
	{"board", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_words,
		"The board behind the chip, such as \"magic=0x10 5A A5\"", "KEY=VALUE ..."},

	HEADING("Trace and log"),
	{"trace", 0, 0, G_OPTION_ARG_FILENAME, OPTION(trace),
		"Write one line per chip command to FILE, - is standard output", "FILE|-"},
	{"record", 0, 0, G_OPTION_ARG_FILENAME, OPTION(record),
		"Record the session in FILE, for spinor replay", "FILE"},
	{"verbose", 'v', 0, G_OPTION_ARG_NONE, PARSING(verbose), "Log more", NULL},

	HEADING("Access to files"),
	{"restrict", 0, 0, G_OPTION_ARG_NONE, PARSING(restrict_paths),
		"Refuse paths in the bench file that lead out of its folder (default: if the file "
		"is another user's)",
		NULL},
	{"no-restrict", 0, 0, G_OPTION_ARG_NONE, PARSING(no_restrict),
		"Allow all paths in the bench file", NULL},
	{"sandbox", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_sandbox,
		"Whether the process limits itself to the files that are named (default: on)",
		"on|log|off"},
	{"allow", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_allow,
		"Let the sandbox read and write below DIR; may be repeated", "DIR"},

	SPINORD_HEADING("Daemon"),
	{"control", 0, 0, G_OPTION_ARG_FILENAME, OPTION(control), "Put the control socket at PATH",
		"PATH"},
	{"no-control", 0, 0, G_OPTION_ARG_NONE, PARSING(no_control), "No control socket", NULL},
	{"detach", 0, 0, G_OPTION_ARG_NONE, PARSING(detach),
		"Run in the background; return when ready", NULL},
	{"log", 0, 0, G_OPTION_ARG_FILENAME, OPTION(log), "Append the log to FILE once ready",
		"FILE"},
	{"pid", 0, 0, G_OPTION_ARG_FILENAME, OPTION(pid), "Keep the process ID in FILE while ready",
		"FILE"},

	SPINORD_HEADING("Print and exit"),
	{"check", 0, BYTES, G_OPTION_ARG_CALLBACK, (void *)take_check,
		"Check the bench file and exit", "FILE"},
	{"list-chips", 0, BYTES | G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK,
		(void *)take_list_chips, "List the chips whose name or vendor contains PATTERN",
		"PATTERN"},
	{"version", 0, 0, G_OPTION_ARG_NONE, PARSING(version), "Print the version", NULL},
	{"help", 'h', 0, G_OPTION_ARG_NONE, PARSING(help), "Print this text", NULL},
	{G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, PARSING(rest), "", NULL},
	{NULL, 0, 0, 0, NULL, NULL, NULL},
};

/* The rows with their headings, the keys of a chip's condition, and the empty entry that ends
 * them. */
#define N_OPTIONS (G_N_ELEMENTS(rows) - 1)
#define ENTRIES_MAX (N_OPTIONS + SETUP_CONDITION_KEYS + 1)

static bool
is_heading(const GOptionEntry *row)
{
	return strcmp(row->long_name, BASE_OPTION_HEADING) == 0;
}

/* Appends the keys of that group to the n entries; returns their new number. */
static size_t
add_condition(GOptionEntry *entries, size_t n, enum condition_group group)
{
	for (unsigned int key = 0; key < SETUP_CONDITION_KEYS; key++) {
		if (condition_help[key].group != group)
			continue;
		entries[n++] = (GOptionEntry){setup_condition_rows[key].name, 0, BYTES,
			G_OPTION_ARG_CALLBACK, (void *)take_condition, condition_help[key].text,
			condition_help[key].place};
	}
	return n;
}

/* Fills entries with headings and options in the order of --help. shared: only those that spinor
 * run has, too. Their addresses are offsets. */
static void
list_entries(GOptionEntry *entries, bool shared)
{
	bool wanted = true;
	size_t n = 0;

	for (size_t i = 0; i < N_OPTIONS; i++) {
		size_t group = GPOINTER_TO_SIZE(rows[i].arg_data);

		if (is_heading(&rows[i]))
			wanted = !shared || !(rows[i].flags & G_OPTION_FLAG_HIDDEN);
		if (!wanted)
			continue;
		entries[n++] = rows[i];
		if (is_heading(&rows[i]) && group > 0)
			n = add_condition(entries, n, (enum condition_group)(group - 1));
	}
	entries[n] = (GOptionEntry){0};
}

/* The entries for GOption, without headings. */
static void
fill_entries(GOptionEntry *entries, struct setup_options *options, struct parsing *parsing)
{
	GOptionEntry listed[ENTRIES_MAX];

	list_entries(listed, false);
	for (const GOptionEntry *row = listed; row->long_name != NULL; row++) {
		size_t at = GPOINTER_TO_SIZE(row->arg_data);

		if (is_heading(row))
			continue;
		*entries = *row;
		if (row->arg == G_OPTION_ARG_FILENAME)
			entries->arg_data = (char *)options + at;
		else if (row->arg != G_OPTION_ARG_CALLBACK)
			entries->arg_data = (char *)parsing + at;
		entries++;
	}
	*entries = (GOptionEntry){0};
}

/* Options that a replay of the session has its own for, or that a record has elsewhere. */
static const char *const of_this_run[] = {"link", "tcp", "tcp-idle", "control", "no-control",
	"trace", "record", "image", "chipdb", "verbose", "detach", "log", "pid", "snapshot",
	"restrict", "no-restrict", "sandbox", "allow", NULL};

static bool
takes_value(const GOptionEntry *entries, const char *name)
{
	for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++)
		if (strcmp(entry->long_name, name) == 0)
			return entry->arg != G_OPTION_ARG_NONE;
	return false;
}

/* The words of the options that describe the bench, without its file. */
static char **
words_of_bench(const GOptionEntry *entries, char *const *words)
{
	GPtrArray *kept = g_ptr_array_new();

	for (; *words != NULL && strcmp(*words, "--") != 0; words++) {
		g_autofree char *name = NULL;
		bool keep, next;

		if (!g_str_has_prefix(*words, "--"))
			continue;
		name = g_strndup(*words + 2, strcspn(*words + 2, "="));
		keep = !g_strv_contains(of_this_run, name);
		next = strchr(*words, '=') == NULL && words[1] != NULL &&
			takes_value(entries, name);
		if (keep)
			g_ptr_array_add(kept, g_strdup(*words));
		if (next && keep)
			g_ptr_array_add(kept, g_strdup(words[1]));
		words += next;
	}
	g_ptr_array_add(kept, NULL);
	return (char **)g_ptr_array_free(kept, FALSE);
}

/* The libraries of sanitizers and coverage do more than the program. */
static enum setup_sandbox
usual_sandbox(void)
{
#ifdef SPINOR_INSTRUMENTED
	return SETUP_SANDBOX_OFF;
#else
	return SETUP_SANDBOX_ON;
#endif
}

static GOptionContext *
new_context(const GOptionEntry *entries, struct setup_options *options)
{
	GOptionContext *context = g_option_context_new("[FILE]");
	GOptionGroup *group = g_option_group_new("bench", "", "", options, NULL);

	g_option_group_add_entries(group, entries);
	g_option_context_set_main_group(context, group);
	g_option_context_set_help_enabled(context, FALSE);
	return context;
}

static char *
help_text(void)
{
	g_autofree char *list = setup_options_list(false);

	return g_strconcat(
		"Usage: spinord [OPTION...] [FILE]\n"
		"\n"
		"Emulate a flash chip behind a serprog adapter. FILE is a bench file, as\n"
		"in spinor-bench(5); without it the options describe one chip.\n",
		list, "\nSee also spinord(1); spinor help lists commands for a running spinord.\n",
		NULL);
}

struct setup_options *
setup_options_parse(int *argc, char ***argv, GError **error)
{
	struct setup_options *options = g_new0(struct setup_options, 1);
	struct parsing parsing = {0};
	GOptionEntry entries[ENTRIES_MAX];
	g_autoptr(GOptionContext) context = NULL;
	bool good;

	G_STATIC_ASSERT(SETUP_DEFAULT_SEED == 1);
	options->timing = BASE_CLOCK_VIRTUAL;
	options->seed = SETUP_DEFAULT_SEED;
	options->sandbox = usual_sandbox();
	fill_entries(entries, options, &parsing);
	if (*argc > 0)
		options->words = words_of_bench(entries, *argv + 1);
	context = new_context(entries, options);
	good = base_option_check(entries, *argc > 0 ? *argv + 1 : *argv, false, "--help", error) &&
		g_option_context_parse(context, argc, argv, error);
	if (!good)
		explain(error);
	options->no_control = parsing.no_control;
	options->detach = parsing.detach;
	options->snapshot = parsing.snapshot;
	options->restrict_paths = parsing.restrict_paths;
	options->no_restrict = parsing.no_restrict;
	options->verbose = parsing.verbose;
	options->version = parsing.version;
	good = good && take_rest(options, parsing.rest, error) && refuse_clash(options, error);
	g_strfreev(parsing.rest);
	if (good && parsing.help)
		options->help = help_text();
	if (good)
		return options;
	setup_options_free(options);
	return NULL;
}

void
setup_options_free(struct setup_options *options)
{
	if (options == NULL)
		return;
	g_free(options->chip);
	g_free(options->image);
	g_free(options->content);
	g_free(options->link);
	g_free(options->tcp);
	g_free(options->control);
	g_free(options->file);
	g_free(options->profile);
	g_free(options->chipdb);
	g_free(options->trace);
	g_free(options->log);
	g_free(options->pid);
	g_clear_pointer(&options->listeners, g_ptr_array_unref);
	g_free(options->record);
	g_free(options->file_text);
	g_strfreev(options->words);
	g_free(options->list_pattern);
	g_free(options->condition_option);
	g_free(options->condition_value);
	g_clear_pointer(&options->allow, g_ptr_array_unref);
	g_clear_pointer(&options->faults, g_ptr_array_unref);
	g_clear_pointer(&options->boards, g_ptr_array_unref);
	g_clear_pointer(&options->firmware, g_ptr_array_unref);
	g_free(options->help);
	g_free(options);
}

const char *
setup_options_daemon_only(const struct setup_options *options)
{
	return options->list_chips     ? "--list-chips"
		: options->version     ? "--version"
		: options->check       ? "--check"
		: options->no_control  ? "--no-control"
		: options->detach      ? "--detach"
		: options->log != NULL ? "--log"
		: options->pid != NULL ? "--pid"
				       : NULL;
}

GOptionEntry *
setup_options_entries(bool shared)
{
	GOptionEntry *entries = g_new(GOptionEntry, ENTRIES_MAX);
	size_t n = 0;

	list_entries(entries, shared);
	for (const GOptionEntry *row = entries; row->long_name != NULL; row++)
		if (*row->long_name != '\0' && !is_heading(row))
			entries[n++] = *row;
	entries[n] = (GOptionEntry){0};
	return entries;
}

char *
setup_options_list(bool shared)
{
	GOptionEntry entries[ENTRIES_MAX];

	list_entries(entries, shared);
	return base_option_list(entries);
}
