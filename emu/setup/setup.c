/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds the description of a bench from the options and the bench file that they may name: options
 * override keys of the file, and an adapter with a count is replaced by that many adapters.
 *
 * An option for one chip or one adapter is refused when there are several: a wrong guess would
 * overwrite an image. bench.c checks that parts and profiles exist.
 *
 * long: an override for each kind of option, and the checks that need all adapters.
 */
#include "setup/setup.h"

#include "base/error.h"
#include "base/units.h"
#include "base/value.h"
#include "board/board.h"
#include "setup/benchfile.h"
#include "setup/benchfind.h"
#include "setup/faultwords.h"
#include "setup/files.h"
#include "setup/listener.h"
#include "setup/options.h"
#include "setup/optionwords.h"

#include <string.h>

#define NUMBER "{n}"

static void
free_chip(void *data)
{
	struct setup_chip *chip = data;

	g_free(chip->name);
	g_free(chip->part);
	g_free(chip->part_where);
	g_free(chip->where);
	g_free(chip->image);
	g_free(chip->content_file);
	g_free(chip);
}

static void
free_adapter(void *data)
{
	struct setup_adapter *adapter = data;

	g_ptr_array_unref(adapter->chips);
	g_free(adapter->name);
	g_free(adapter->profile);
	g_free(adapter->profile_where);
	g_free(adapter->link);
	g_free(adapter->tcp);
	g_free(adapter->where);
	g_free(adapter);
}

static void
free_fault(void *data)
{
	struct setup_fault_entry *entry = data;

	setup_fault_free(entry->fault);
	g_free(entry->adapter);
	g_free(entry->chip);
	g_free(entry->where);
	g_free(entry);
}

static void
free_board(void *data)
{
	struct setup_board *entry = data;

	board_free(entry->board);
	g_free(entry->name);
	g_free(entry->content);
	g_free(entry->adapter);
	g_free(entry->chip);
	g_free(entry->where);
	g_free(entry);
}

struct setup_fault_entry *
setup_add_fault(struct setup_bench *setup)
{
	struct setup_fault_entry *entry = g_new0(struct setup_fault_entry, 1);

	g_ptr_array_add(setup->faults, entry);
	return entry;
}

struct setup_board *
setup_add_board(struct setup_bench *setup)
{
	struct setup_board *entry = g_new0(struct setup_board, 1);

	entry->board = board_new();
	g_ptr_array_add(setup->boards, entry);
	return entry;
}

struct setup_bench *
setup_empty(void)
{
	struct setup_bench *setup = g_new0(struct setup_bench, 1);

	setup->timing = BASE_CLOCK_VIRTUAL;
	setup->seed = SETUP_DEFAULT_SEED;
	setup->snapshots_max = SETUP_SNAPSHOTS_MAX;
	setup->snapshots_bytes = SETUP_SNAPSHOTS_BYTES;
	setup->adapters = g_ptr_array_new_with_free_func(free_adapter);
	setup->faults = g_ptr_array_new_with_free_func(free_fault);
	setup->boards = g_ptr_array_new_with_free_func(free_board);
	return setup;
}

struct setup_adapter *
setup_add_adapter(struct setup_bench *setup, const char *name)
{
	struct setup_adapter *adapter = g_new0(struct setup_adapter, 1);

	adapter->name = g_strdup(name);
	adapter->tcp_idle_s = SETUP_TCP_IDLE_S;
	adapter->chips = g_ptr_array_new_with_free_func(free_chip);
	g_ptr_array_add(setup->adapters, adapter);
	return adapter;
}

struct setup_chip *
setup_add_chip(struct setup_adapter *adapter)
{
	struct setup_chip *chip = g_new0(struct setup_chip, 1);

	g_ptr_array_add(adapter->chips, chip);
	return chip;
}

void
setup_free(struct setup_bench *setup)
{
	if (setup == NULL)
		return;
	g_ptr_array_unref(setup->adapters);
	g_ptr_array_unref(setup->faults);
	g_ptr_array_unref(setup->boards);
	g_free(setup->chipdb);
	g_free(setup->trace);
	g_free(setup->record);
	g_free(setup->control);
	g_free(setup->where);
	g_free(setup->file);
	g_clear_pointer(&setup->files, g_ptr_array_unref);
	g_free(setup);
}

unsigned int
setup_n_chips(const struct setup_bench *setup)
{
	unsigned int n = 0;

	for (guint i = 0; i < setup->adapters->len; i++) {
		const struct setup_adapter *adapter = setup->adapters->pdata[i];

		n += adapter->chips->len;
	}
	return n;
}

void
setup_set_content(struct setup_chip *chip, const char *value, const char *folder)
{
	static const struct base_value_word words[] = {{"blank", SETUP_CONTENT_BLANK},
		{"random", SETUP_CONTENT_RANDOM}, {"pattern", SETUP_CONTENT_PATTERN}, {NULL, 0}};
	int word = SETUP_CONTENT_FILE;

	g_clear_pointer(&chip->content_file, g_free);
	if (!base_value_word(words, value, &word))
		chip->content_file = folder == NULL || g_path_is_absolute(value)
			? g_strdup(value)
			: g_build_filename(folder, value, NULL);
	chip->content = (enum setup_content)word;
}

static void
replace(char **value, const char *option)
{
	if (option == NULL)
		return;
	g_free(*value);
	*value = g_strdup(option);
}

/* The only adapter; with several, NULL and an error about the option. */
static struct setup_adapter *
only_adapter(const struct setup_bench *setup, const char *option, const char *value, GError **error)
{
	if (setup->adapters->len == 1)
		return setup->adapters->pdata[0];
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"--%s %s: the bench file has %u adapters, and this option is for one; set it in "
		"the file",
		option, value, setup->adapters->len);
	return NULL;
}

static struct setup_chip *
only_chip(const struct setup_bench *setup, const char *option, const char *value, GError **error)
{
	unsigned int n = setup_n_chips(setup);

	for (guint i = 0; n == 1 && i < setup->adapters->len; i++) {
		const struct setup_adapter *adapter = setup->adapters->pdata[i];

		if (adapter->chips->len == 1)
			return adapter->chips->pdata[0];
	}
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"--%s %s: the bench file has %u chips, and this option is for one; set it in the "
		"file",
		option, value, n);
	return NULL;
}

/* A word is for all chips, a file for one. */
static bool
override_content(struct setup_bench *setup, const char *content, GError **error)
{
	struct setup_chip probe = {0};
	bool is_file;

	setup_set_content(&probe, content, NULL);
	is_file = probe.content == SETUP_CONTENT_FILE;
	g_free(probe.content_file);
	if (is_file && only_chip(setup, "content", content, error) == NULL)
		return false;
	for (guint i = 0; i < setup->adapters->len; i++) {
		const struct setup_adapter *adapter = setup->adapters->pdata[i];

		for (guint j = 0; j < adapter->chips->len; j++) {
			struct setup_chip *chip = adapter->chips->pdata[j];

			setup_set_content(chip, content, NULL);
			chip->content_by_option = true;
		}
	}
	return true;
}

static bool
override_chip(struct setup_bench *setup, const struct setup_options *options, GError **error)
{
	struct setup_chip *chip;

	if (options->chip != NULL) {
		chip = only_chip(setup, "chip", options->chip, error);
		if (chip == NULL)
			return false;
		replace(&chip->part, options->chip);
		g_clear_pointer(&chip->part_where, g_free);
	}
	if (options->image != NULL) {
		chip = only_chip(setup, "image", options->image, error);
		if (chip == NULL)
			return false;
		replace(&chip->image, options->image);
	}
	if (options->content != NULL && !override_content(setup, options->content, error))
		return false;
	if (options->condition.given != 0) {
		chip = only_chip(setup, options->condition_option, options->condition_value, error);
		if (chip == NULL)
			return false;
		setup_condition_override(&chip->condition, &options->condition);
	}
	return true;
}

/* A port is a terminal or TCP: the option replaces the other kind. */
static void
override_port(struct setup_adapter *adapter, const struct setup_options *options)
{
	if (options->link != NULL)
		g_clear_pointer(&adapter->tcp, g_free);
	if (options->tcp != NULL)
		g_clear_pointer(&adapter->link, g_free);
	replace(&adapter->link, options->link);
	replace(&adapter->tcp, options->tcp);
}

static bool
override_adapter(struct setup_bench *setup, const struct setup_options *options, GError **error)
{
	g_autofree char *count = g_strdup_printf("%u", options->count);
	const struct {
		const char *name, *value;
	} given[] = {
		{"profile", options->profile},
		{"link", options->link},
		{"tcp", options->tcp},
		{"count", options->count > 0 ? count : NULL},
		{"firmware", options->firmware != NULL ? options->firmware->pdata[0] : NULL},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(given); i++) {
		if (given[i].value != NULL &&
			only_adapter(setup, given[i].name, given[i].value, error) == NULL)
			return false;
	}
	if (setup->adapters->len == 1) {
		struct setup_adapter *adapter = setup->adapters->pdata[0];

		replace(&adapter->profile, options->profile);
		if (options->profile != NULL)
			g_clear_pointer(&adapter->profile_where, g_free);
		override_port(adapter, options);
		if (options->count > 0)
			adapter->count = options->count;
		return setup_optionwords_firmware(adapter, options, error);
	}
	return true;
}

/* The bench without a bench file: one adapter with one chip. */
static struct setup_bench *
default_setup(void)
{
	struct setup_bench *setup = setup_empty();
	struct setup_adapter *adapter = setup_add_adapter(setup, "adapter");
	struct setup_chip *chip = setup_add_chip(adapter);

	adapter->count = 1;
	chip->part = g_strdup(SETUP_DEFAULT_CHIP);
	return setup;
}

/* Replaces {n} by the adapter's number. */
static char *
number(const char *text, unsigned int n)
{
	g_autofree char *digits = g_strdup_printf("%u", n);
	GString *numbered;

	if (text == NULL)
		return NULL;
	numbered = g_string_new(text);
	g_string_replace(numbered, NUMBER, digits, 0);
	return g_string_free(numbered, FALSE);
}

static void
add_numbered(struct setup_bench *setup, const struct setup_adapter *model, unsigned int n)
{
	g_autofree char *name = g_strdup_printf("%s%u", model->name, n);
	struct setup_adapter *adapter = setup_add_adapter(setup, name);

	adapter->profile = g_strdup(model->profile);
	adapter->profile_where = g_strdup(model->profile_where);
	adapter->firmware = model->firmware;
	adapter->where = g_strdup(model->where);
	adapter->link = number(model->link, n);
	adapter->tcp = number(model->tcp, n);
	adapter->tcp_idle_s = model->tcp_idle_s;
	for (guint i = 0; i < model->chips->len; i++) {
		const struct setup_chip *from = model->chips->pdata[i];
		struct setup_chip *chip = setup_add_chip(adapter);

		chip->name = from->name != NULL ? g_strdup_printf("%s%u", from->name, n) : NULL;
		chip->cs = from->cs;
		chip->part = g_strdup(from->part);
		chip->part_where = g_strdup(from->part_where);
		chip->where = g_strdup(from->where);
		chip->image = number(from->image, n);
		chip->content = from->content;
		chip->content_file = number(from->content_file, n);
		chip->content_by_option = from->content_by_option;
		chip->condition = from->condition;
	}
}

static bool
refuse_shared(const struct setup_adapter *model, const char *key, const char *value, GError **error)
{
	if (value == NULL || model->count <= 1 || strstr(value, NUMBER) != NULL)
		return true;
	/* The system assigns a different port to each. */
	if (strcmp(key, "tcp") == 0 && (strcmp(value, "0") == 0 || g_str_has_suffix(value, ":0")))
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"%s%s%s %s: %u adapters can't share it; " NUMBER
		" in it stands for the number of each, 0 to %u",
		model->where != NULL ? model->where : "--", model->where != NULL ? ": " : "", key,
		value, model->count, model->count - 1);
	return false;
}

/* Replaces each adapter that has a count by that many adapters. */
static bool
expand(struct setup_bench *setup, GError **error)
{
	g_autoptr(GPtrArray) models = g_steal_pointer(&setup->adapters);

	setup->adapters = g_ptr_array_new_with_free_func(free_adapter);
	g_ptr_array_set_free_func(models, NULL);
	for (guint i = 0; i < models->len; i++) {
		struct setup_adapter *model = models->pdata[i];
		bool good = *error == NULL;

		if (model->count == 0) {
			g_ptr_array_add(setup->adapters, model);
			continue;
		}
		good = good && refuse_shared(model, "link", model->link, error) &&
			refuse_shared(model, "tcp", model->tcp, error);
		for (guint j = 0; good && j < model->chips->len; j++) {
			const struct setup_chip *chip = model->chips->pdata[j];

			good = setup->snapshot || refuse_shared(model, "image", chip->image, error);
		}
		for (unsigned int n = 0; good && n < model->count; n++)
			add_numbered(setup, model, n);
		free_adapter(model);
	}
	return *error == NULL;
}

/* Always false: "FILE: [GROUP]: KEY VALUE: …", or "--KEY VALUE: …". */
static bool
refuse(const char *where, const char *key, const char *value, const char *why, GError **error)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s%s%s %s: %s",
		where != NULL ? where : "--", where != NULL ? ": " : "", key, value, why);
	return false;
}

/* Refuses a name that is used twice. */
static bool
claim(GHashTable *taken, const char *where, const char *key, const char *value, GError **error)
{
	return value == NULL || g_hash_table_add(taken, g_strconcat(key, " ", value, NULL)) ||
		refuse(where, key, value, "it is there twice; each one needs its own", error);
}

static bool
check_tcp(const struct setup_adapter *adapter, GError **error)
{
	const char *colon = adapter->tcp != NULL ? strrchr(adapter->tcp, ':') : NULL;
	const char *port = colon != NULL ? colon + 1 : adapter->tcp;

	uint64_t number;

	return port == NULL || base_parse_decimal(port, 0, UINT16_MAX, &number) ||
		refuse(adapter->where, "tcp", adapter->tcp,
			"no such address; allowed is [HOST:]PORT with a port of 0 (any free one) "
			"to 65535",
			error);
}

/* The address as one text, whatever its spelling; NULL: another port for each one. */
static char *
address_of(const struct setup_adapter *adapter)
{
	const char *colon = adapter->tcp != NULL ? strrchr(adapter->tcp, ':') : NULL;
	const char *port = colon != NULL ? colon + 1 : adapter->tcp;
	g_autofree char *host = NULL;
	uint64_t number;

	if (port == NULL || adapter->listener > 0 ||
		!base_parse_decimal(port, 0, UINT16_MAX, &number) || number == 0)
		return NULL;
	host = colon != NULL ? g_ascii_strdown(adapter->tcp, colon - adapter->tcp) : g_strdup("");
	return g_strdup_printf("tcp %s:%u",
		*host == '\0' || strcmp(host, "localhost") == 0 ? "127.0.0.1" : host,
		(unsigned int)number);
}

/* addresses: names of adapters by address. */
static bool
claim_address(GHashTable *addresses, const struct setup_adapter *adapter, GError **error)
{
	g_autofree char *address = address_of(adapter);
	const char *other = address != NULL ? g_hash_table_lookup(addresses, address) : NULL;
	g_autofree char *why = NULL;

	if (address != NULL && other == NULL)
		g_hash_table_insert(addresses, g_steal_pointer(&address), adapter->name);
	if (other == NULL)
		return true;
	why = g_strdup_printf(
		"adapter %s listens there too; each one needs an address of its own", other);
	return refuse(adapter->where, "tcp", adapter->tcp, why, error);
}

static bool
check_adapters(const struct setup_bench *setup, GError **error)
{
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) addresses =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < setup->adapters->len; i++) {
		const struct setup_adapter *adapter = setup->adapters->pdata[i];

		if (!claim(names, adapter->where, "adapter", adapter->name, error) ||
			!check_tcp(adapter, error) || !claim_address(addresses, adapter, error))
			return false;
	}
	return true;
}

/* A scale has an effect with timing real only. */
static bool
check_scale(const struct setup_bench *setup, GError **error)
{
	g_autofree char *scale = g_strdup_printf("%g", setup->time_scale / 1000.0);

	return setup->time_scale == 0 || setup->timing == BASE_CLOCK_REAL ||
		refuse(setup->time_scale_by_option ? NULL : setup->where, "time-scale", scale,
			"with a timing that does not take real time; it goes with timing real",
			error);
}

/* Checks that need all adapters. */
static bool
check(const struct setup_bench *setup, GError **error)
{
	return check_scale(setup, error) && setup_check_targets(setup, error) &&
		check_adapters(setup, error);
}

/* Lists the files, and refuses those of the bench file that are outside of its folder, and one for
 * two purposes. */
static bool
list_files(struct setup_bench *setup, const struct setup_options *options, GError **error)
{
	setup->files = setup_files_new(setup, options);
	return (!setup_files_are_restricted(options, setup->file) ||
		       setup_files_restrict(setup->files, options, setup->file, error)) &&
		setup_files_are_distinct(setup->files, error);
}

/* The option is for all adapters that listen. */
static bool
override_idle(struct setup_bench *setup, const struct setup_options *options, GError **error)
{
	g_autofree char *value = g_strdup_printf("%u", options->tcp_idle_s);
	bool listens = !options->tcp_idle_given;

	for (guint i = 0; options->tcp_idle_given && i < setup->adapters->len; i++) {
		struct setup_adapter *adapter = setup->adapters->pdata[i];

		adapter->tcp_idle_s = options->tcp_idle_s;
		listens = listens || adapter->tcp != NULL;
	}
	return listens ||
		refuse(NULL, "tcp-idle", value, "no adapter listens; --tcp is wanted too", error);
}

struct setup_bench *
setup_new(const struct setup_options *options, GError **error)
{
	struct setup_bench *setup;
	g_autofree char *path = NULL;
	GError *why = NULL;
	bool equal;

	if (options->file_text != NULL) {
		setup = setup_text_read(options->file, options->file_text, error);
	} else if (options->file != NULL) {
		path = setup_bench_find(options->file, error);
		setup = path != NULL ? setup_file_read(path, error) : NULL;
	} else {
		setup = default_setup();
	}
	if (setup == NULL)
		return NULL;
	setup->file = g_strdup(path);
	if (options->timing_given)
		setup->timing = options->timing;
	if (options->time_scale > 0) {
		setup->time_scale = options->time_scale;
		setup->time_scale_by_option = true;
	}
	if (options->seed_given)
		setup->seed = options->seed;
	setup->snapshot = setup->snapshot || options->snapshot;
	if (options->snapshots_max_given)
		setup->snapshots_max = options->snapshots_max;
	if (options->snapshots_bytes_given)
		setup->snapshots_bytes = options->snapshots_bytes;
	replace(&setup->chipdb, options->chipdb);
	replace(&setup->trace, options->trace);
	replace(&setup->record, options->record);
	replace(&setup->control, options->control);
	equal = setup->adapters->len == 1;
	if (override_chip(setup, options, &why) && override_adapter(setup, options, &why) &&
		expand(setup, &why) && setup_listeners_take(setup, options, &why) &&
		override_idle(setup, options, &why) &&
		setup_optionwords_add(setup, options, equal, &why) && check(setup, &why) &&
		list_files(setup, options, &why))
		return setup;
	g_propagate_error(error, why);
	setup_free(setup);
	return NULL;
}
