/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A chip's non-volatile registers on disk:
 *
 *     [spinor]
 *     version=1
 *     part=W25Q128JV
 *     [nonvolatile]
 *     status=00 02 60
 *     [cells]              (see wear.c)
 *
 * One line of hex per item of flash_nonvolatile(). An item that the file lacks stays as delivered,
 * so that older files can be loaded when the model gets a new item; anything else that does not
 * match is refused, since a register that is silently not restored is worse. The whole file is read
 * and checked before the chip is changed.
 */
#include "store/state.h"

#include "base/error.h"
#include "base/units.h"
#include "base/value.h"
#include "base/wholefile.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "store/wear.h"

#include <string.h>

#define STATE_VERSION 1
#define GROUP_HEAD "spinor"
#define GROUP_ITEMS "nonvolatile"

#define DAMAGED "; restore it, or remove it to have the registers as delivered"

/* One item of the file, before it is copied to the chip. */
struct item {
	const struct flash_nonvolatile *target;
	uint8_t *data;
};

static void
free_item(gpointer data)
{
	struct item *item = data;

	g_free(item->data);
	g_free(item);
}

static void
refuse(const char *path, GError **error, const char *why)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "state \"%s\" is damaged: %s" DAMAGED, path,
		why);
}

static bool
check_head(const char *path, GKeyFile *keys, const char *part, GError **error)
{
	g_autofree char *owner = g_key_file_get_string(keys, GROUP_HEAD, "part", NULL);
	g_autofree char *version = g_key_file_get_string(keys, GROUP_HEAD, "version", NULL);
	uint64_t number;

	if (!version || !base_parse_decimal(version, 1, G_MAXUINT, &number)) {
		refuse(path, error, "no version in group [" GROUP_HEAD "]");
		return false;
	}
	if (number > STATE_VERSION) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"state \"%s\" has version %s, this spinor reads up to %d; use the newer "
			"spinor that wrote it, or remove it to have the registers as delivered",
			path, version, STATE_VERSION);
		return false;
	}
	if (!owner) {
		refuse(path, error, "no part in group [" GROUP_HEAD "]");
		return false;
	}
	if (strcmp(owner, part) != 0) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"state \"%s\" is of a %s, the chip is a %s; name that chip, or remove the "
			"file to have the registers as delivered",
			path, owner, part);
		return false;
	}
	return true;
}

/* "00 02 60" to size bytes; NULL on anything else. */
static uint8_t *
parse_hex(const char *text, size_t size)
{
	g_autofree uint8_t *data = g_malloc0(size + 1); /* never NULL: that means an error */

	for (size_t i = 0; i < size; i++) {
		while (*text == ' ')
			text++;
		if (!base_value_hex_digits(text, &data[i]))
			return NULL;
		text += 2;
	}
	while (*text == ' ')
		text++;
	return *text == '\0' ? g_steal_pointer(&data) : NULL;
}

static char *
format_hex(const uint8_t *data, size_t size)
{
	GString *text = g_string_sized_new(size * 3);

	for (size_t i = 0; i < size; i++)
		g_string_append_printf(text, "%s%02X", i ? " " : "", data[i]);
	return g_string_free(text, FALSE);
}

static const struct flash_nonvolatile *
find_item(const struct flash_nonvolatile *items, size_t n_items, const char *name)
{
	for (size_t i = 0; i < n_items; i++) {
		if (strcmp(items[i].name, name) == 0)
			return &items[i];
	}
	return NULL;
}

/* The items of the file, or NULL. */
static GPtrArray *
read_items(const char *path, GKeyFile *keys, struct flash *chip, GError **error)
{
	g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func(free_item);
	g_auto(GStrv) names = g_key_file_get_keys(keys, GROUP_ITEMS, NULL, NULL);
	size_t n_items;
	const struct flash_nonvolatile *items = flash_nonvolatile(chip, &n_items);

	if (!names) {
		refuse(path, error, "no group [" GROUP_ITEMS "]");
		return NULL;
	}
	for (char **name = names; *name; name++) {
		g_autofree char *text = g_key_file_get_value(keys, GROUP_ITEMS, *name, NULL);
		g_autofree char *why = NULL;
		struct item *item = g_new0(struct item, 1);

		g_ptr_array_add(read, item);
		item->target = find_item(items, n_items, *name);
		if (item->target)
			item->data = parse_hex(text, item->target->size);
		if (item->data)
			continue;
		if (item->target)
			why = g_strdup_printf(
				"%s is not %zu bytes in hex", *name, item->target->size);
		else
			why = g_strdup_printf("a %s has no %s", flash_part(chip)->name, *name);
		refuse(path, error, why);
		return NULL;
	}
	return g_steal_pointer(&read);
}

static bool
check_groups(const char *path, GKeyFile *keys, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(keys, NULL);
	static const char *const known[] = {GROUP_HEAD, GROUP_ITEMS, STORE_WEAR_GROUP, NULL};

	for (char **group = groups; *group; group++) {
		g_autofree char *why = NULL;

		if (g_strv_contains(known, *group))
			continue;
		why = g_strdup_printf("unknown group [%s]", *group);
		refuse(path, error, why);
		return false;
	}
	return true;
}

/* The text of the file as groups and keys; NULL on error. */
static GKeyFile *
parse_text(const char *path, const char *text, size_t length, GError **error)
{
	g_autoptr(GKeyFile) keys = g_key_file_new();
	g_autoptr(GError) cause = NULL;

	/* GKeyFile reports an empty text like any wrong one; here it means a truncated file. */
	if (length == 0)
		refuse(path, error, "it is empty");
	else if (!g_utf8_validate(text, (gssize)length, NULL))
		refuse(path, error, "it is not a text");
	else if (!g_key_file_load_from_data(keys, text, length, G_KEY_FILE_NONE, &cause))
		refuse(path, error, cause->message);
	else
		return g_steal_pointer(&keys);
	return NULL;
}

static void
apply(struct flash *chip, const struct store_wear *cells, const GPtrArray *items)
{
	store_wear_write(cells, chip);
	for (unsigned int i = 0; i < items->len; i++) {
		const struct item *item = g_ptr_array_index(items, i);

		memcpy(item->target->data, item->data, item->target->size);
	}
	flash_power_up(chip);
}

static bool
load_keys(const char *path, GKeyFile *keys, struct flash *chip, GError **error)
{
	g_autoptr(GPtrArray) items = NULL;
	g_autofree char *why = NULL;
	struct store_wear *cells;

	/* The version comes first: a newer file may have other groups. */
	if (!check_head(path, keys, flash_part(chip)->name, error) ||
		!check_groups(path, keys, error))
		return false;
	items = read_items(path, keys, chip, error);
	if (!items)
		return false;
	cells = store_wear_from_keys(keys, chip, &why);
	if (!cells) {
		refuse(path, error, why);
		return false;
	}
	apply(chip, cells, items);
	store_wear_free(cells);
	return true;
}

bool
store_state_load(const char *path, struct flash *chip, GError **error)
{
	g_autoptr(GKeyFile) keys = NULL;
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = NULL;
	gsize length;

	if (!base_whole_file(path, BASE_TEXT_MAX, &text, &length, &cause)) {
		if (g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			return true;
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot read state \"%s\": %s; it has to be a file that can be read", path,
			cause->message);
		return false;
	}
	keys = parse_text(path, text, length, error);
	return keys && load_keys(path, keys, chip, error);
}

bool
store_state_save(const char *path, struct flash *chip, GError **error)
{
	g_autoptr(GKeyFile) keys = g_key_file_new();
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = NULL;
	gsize length;
	size_t n_items;
	const struct flash_nonvolatile *items = flash_nonvolatile(chip, &n_items);
	struct store_wear *cells = store_wear_read(chip);

	g_key_file_set_integer(keys, GROUP_HEAD, "version", STATE_VERSION);
	g_key_file_set_string(keys, GROUP_HEAD, "part", flash_part(chip)->name);
	for (size_t i = 0; i < n_items; i++) {
		g_autofree char *hex = format_hex(items[i].data, items[i].size);

		g_key_file_set_string(keys, GROUP_ITEMS, items[i].name, hex);
	}
	store_wear_to_keys(cells, keys);
	store_wear_free(cells);
	text = g_key_file_to_data(keys, &length, NULL);
	if (g_file_set_contents_full(path, text, (gssize)length,
		    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, &cause))
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot save state \"%s\": %s; its folder has to be writable and have space", path,
		cause->message);
	return false;
}
