/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A chip's non-volatile registers on disk:
 *
 *     [spinor]
 *     version=2
 *     part=W25Q128JV
 *     [image]              (see identity.c)
 *     size=16777216
 *     mtime=1793980800123456789
 *     digest=e3b0...
 *     [nonvolatile]
 *     status=00 02 60
 *     [cells]              (see wear.c)
 *
 * While a chip is in use, [image] contains "in-use=yes" instead, since its image changes at any
 * time: the registers that a killed daemon leaves are those of the image, whatever its content is.
 *
 * One line of hex per item of flash_nonvolatile(). An item that the file lacks stays as delivered,
 * so that older files can be loaded when the model gets a new item; anything else that does not
 * match, and a key or group that is there twice, is refused, since a register that is silently not
 * restored is worse. The whole file is read
 * and checked before the chip is changed.
 */
#include "store/state.h"

#include "base/error.h"
#include "base/given.h"
#include "base/keyfile.h"
#include "base/keytable.h"
#include "base/newfile.h"
#include "base/openfile.h"
#include "base/publish.h"
#include "base/units.h"
#include "base/value.h"
#include "base/wholefile.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "store/identity.h"
#include "store/wear.h"

#include <errno.h>
#include <string.h>

#define STATE_VERSION 2
#define GROUP_HEAD "spinor"
#define GROUP_IMAGE "image"
#define GROUP_ITEMS "nonvolatile"

#define DAMAGED "state \"%s\" is damaged"
#define REMEDY "; restore it, or remove it to have the registers as delivered"

/* One item of the file, before it is copied to the chip. */
struct item {
	const struct flash_nonvolatile *target;
	uint8_t *data;
};

/* A state file while it is read. */
struct reading {
	const char *path;
	struct flash *chip;
	struct base_keygroup group; /* its path begins all messages about a damaged file */
	const struct flash_nonvolatile *known;
	GPtrArray *items; /* struct item */
	struct store_wear *cells;
	char *owner;                    /* the part's name in the file */
	struct store_identity identity; /* [image] */
	bool has_digest;
	bool in_use;
};

static void
free_item(gpointer data)
{
	struct item *item = data;

	g_free(item->data);
	g_free(item);
}

static bool
refuse(const struct reading *r, GError **error, const char *why)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "%s: %s" REMEDY, r->group.path, why);
	return false;
}

/* Reads a group with the tables; the message of an error gets the remedy. */
static bool
read_group(struct reading *r, const char *name, const struct base_keytable *tables, GError **error)
{
	g_autoptr(GError) cause = NULL;

	r->group.name = name;
	if (base_keytable_read(&r->group, tables, &cause))
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "%s" REMEDY, cause->message);
	return false;
}

static bool
take_part(struct base_key_reading *key, const char *value)
{
	struct reading *r = key->target;

	r->owner = g_strdup(value);
	return true;
}

static const struct base_key head_keys[] = {
	BASE_KEY("version", "a whole number", NULL), /* check_version() has read it */
	BASE_KEY("part", "the name of a part", take_part),
	BASE_KEY_END,
};

static bool
take_number(struct base_key_reading *key, const char *value)
{
	struct reading *r = key->target;
	uint64_t number;

	if (!base_parse_decimal(value, 0, INT64_MAX, &number))
		return false;
	if (strcmp(key->name, "size") == 0)
		r->identity.size = number;
	else
		r->identity.mtime_ns = (int64_t)number;
	return true;
}

static bool
take_digest(struct base_key_reading *key, const char *value)
{
	struct reading *r = key->target;
	size_t n = strspn(value, "0123456789abcdef");

	if (n != STORE_DIGEST_HEX || value[n] != '\0')
		return false;
	g_strlcpy(r->identity.digest, value, sizeof r->identity.digest);
	r->has_digest = true;
	return true;
}

static bool
take_in_use(struct base_key_reading *key, const char *value)
{
	struct reading *r = key->target;

	r->in_use = strcmp(value, "yes") == 0;
	return r->in_use;
}

static const struct base_key image_keys[] = {
	BASE_KEY("size", "a whole number", take_number),
	BASE_KEY("mtime", "a whole number", take_number),
	BASE_KEY("digest", "64 hexadecimal digits", take_digest),
	BASE_KEY("in-use", "yes", take_in_use),
	BASE_KEY_END,
};

/* Sets found, without a change of the chip. */
static bool
read_image(struct reading *r, const struct store_identity *image, enum store_state_found *found,
	GError **error)
{
	const struct base_keytable tables[] = {{image_keys, r, NULL}, {NULL, NULL, NULL}};

	if (g_key_file_has_group(r->group.file, GROUP_IMAGE) &&
		!read_group(r, GROUP_IMAGE, tables, error))
		return false;
	*found = STORE_STATE_LOADED;
	if (!r->in_use && !r->has_digest)
		*found = STORE_STATE_NO_MARK;
	else if (!r->in_use && image != NULL && !store_identity_fits(&r->identity, image))
		*found = STORE_STATE_STALE;
	return true;
}

/* Reads the version alone: a newer file may have other groups and keys. */
static bool
check_version(struct reading *r, GError **error)
{
	g_autofree char *version =
		g_key_file_get_string(r->group.file, GROUP_HEAD, "version", NULL);
	uint64_t number;

	if (!version || !base_parse_decimal(version, 1, G_MAXUINT, &number))
		return refuse(r, error, "no version in group [" GROUP_HEAD "]");
	if (number <= STATE_VERSION)
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"state \"%s\" has version %s, this spinor reads up to %d; use the newer spinor "
		"that wrote it, or remove it to have the registers as delivered",
		r->path, version, STATE_VERSION);
	return false;
}

static bool
read_head(struct reading *r, GError **error)
{
	const struct base_keytable tables[] = {{head_keys, r, NULL}, {NULL, NULL, NULL}};
	const char *part = flash_part(r->chip)->name;

	if (!read_group(r, GROUP_HEAD, tables, error))
		return false;
	if (!r->owner)
		return refuse(r, error, "no part in group [" GROUP_HEAD "]");
	if (strcmp(r->owner, part) == 0)
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"state \"%s\" is of a %s, the chip is a %s; name that chip, or remove the file to "
		"have the registers as delivered",
		r->path, r->owner, part);
	return false;
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

static bool
take_item(struct base_key_reading *key, const char *value)
{
	struct reading *r = key->target;
	struct item *item = g_new0(struct item, 1);

	g_ptr_array_add(r->items, item);
	item->target = &r->known[key->key->field];
	item->data = parse_hex(value, item->target->size);
	if (item->data)
		return true;
	key->why = g_strdup_printf("%s is not %zu bytes in hex", key->name, item->target->size);
	return false;
}

/* The group whose keys are the items of the chip. */
static bool
read_items(struct reading *r, GError **error)
{
	g_autofree char *unknown = g_strdup_printf("a %s has no", flash_part(r->chip)->name);
	g_autofree struct base_key *keys = NULL;
	size_t n;
	bool good;

	if (!g_key_file_has_group(r->group.file, GROUP_ITEMS))
		return refuse(r, error, "no group [" GROUP_ITEMS "]");
	r->known = flash_nonvolatile(r->chip, &n);
	keys = g_new0(struct base_key, n + 1);
	for (size_t i = 0; i < n; i++)
		keys[i] = (struct base_key)BASE_KEY(r->known[i].name, NULL, take_item, .field = i);
	r->group.unknown = unknown;
	good = read_group(r, GROUP_ITEMS,
		(const struct base_keytable[]){{keys, r, NULL}, {NULL, NULL, NULL}}, error);
	r->group.unknown = NULL;
	return good;
}

static bool
read_cells(struct reading *r, GError **error)
{
	const struct base_keytable tables[] = {
		{store_wear_keys, r->cells, NULL}, {NULL, NULL, NULL}};

	return !g_key_file_has_group(r->group.file, STORE_WEAR_GROUP) ||
		read_group(r, STORE_WEAR_GROUP, tables, error);
}

static bool
check_groups(struct reading *r, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(r->group.file, NULL);
	static const char *const known[] = {
		GROUP_HEAD, GROUP_IMAGE, GROUP_ITEMS, STORE_WEAR_GROUP, NULL};

	for (char **group = groups; *group; group++) {
		g_autofree char *unknown = NULL;
		g_autofree char *why = NULL;

		if (g_strv_contains(known, *group))
			continue;
		unknown = base_unknown(*group, known);
		why = g_strconcat("unknown group ", unknown, NULL);
		return refuse(r, error, why);
	}
	return true;
}

/* The text of the file as groups and keys; NULL on error. */
static GKeyFile *
parse_text(const struct reading *r, const char *text, size_t length, GError **error)
{
	const struct base_keytext whole = {r->group.path, text, length, 1, BASE_ERROR_FILE, NULL};
	g_autoptr(GError) cause = NULL;
	GKeyFile *file = NULL;

	/* GKeyFile reports an empty text like any wrong one; here it means a truncated file. */
	if (length == 0)
		refuse(r, error, "it is empty");
	else if (!g_utf8_validate(text, (gssize)length, NULL))
		refuse(r, error, "it is not a text");
	else if ((file = base_keyfile_parse(&whole, &cause)) == NULL)
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "%s" REMEDY, cause->message);
	return file;
}

static void
apply(const struct reading *r)
{
	store_wear_write(r->cells, r->chip);
	for (unsigned int i = 0; i < r->items->len; i++) {
		const struct item *item = g_ptr_array_index(r->items, i);

		memcpy(item->target->data, item->data, item->target->size);
	}
	flash_power_up(r->chip);
}

bool
store_state_load_text(const char *path, const char *text, gsize length, struct flash *chip,
	const struct store_identity *image, enum store_state_found *found, GError **error)
{
	g_autofree char *begin = g_strdup_printf(DAMAGED, path);
	struct reading r = {.path = path, .chip = chip};
	bool good;

	r.group.path = begin;
	r.group.code = BASE_ERROR_FILE;
	r.group.file = parse_text(&r, text, length, error);
	if (!r.group.file)
		return false;
	r.items = g_ptr_array_new_with_free_func(free_item);
	r.cells = store_wear_new(chip);
	good = check_version(&r, error) && check_groups(&r, error) &&
		read_image(&r, image, found, error);
	/* The registers of another image may be of another part too. */
	if (good && *found != STORE_STATE_STALE) {
		good = read_head(&r, error) && read_items(&r, error) && read_cells(&r, error);
		if (good)
			apply(&r);
	}
	store_wear_free(r.cells);
	g_ptr_array_unref(r.items);
	g_key_file_unref(r.group.file);
	g_free(r.owner);
	return good;
}

bool
store_state_load(const char *path, struct flash *chip, const struct store_identity *image,
	enum store_state_found *found, GError **error)
{
	enum store_state_found dummy;
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = NULL;
	gsize length;

	if (found == NULL)
		found = &dummy;
	*found = STORE_STATE_NONE;
	if (base_whole_file(path, BASE_TEXT_MAX, &text, &length, &cause))
		return store_state_load_text(path, text, length, chip, image, found, error);
	if (g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot read state \"%s\": %s; it has to be a file that can be read", path,
		cause->message);
	return false;
}

static void
image_to_keys(const struct store_identity *image, GKeyFile *keys)
{
	if (image == NULL) {
		g_key_file_set_string(keys, GROUP_IMAGE, "in-use", "yes");
		return;
	}
	g_key_file_set_uint64(keys, GROUP_IMAGE, "size", image->size);
	g_key_file_set_int64(keys, GROUP_IMAGE, "mtime", image->mtime_ns);
	g_key_file_set_string(keys, GROUP_IMAGE, "digest", image->digest);
}

char *
store_state_text(struct flash *chip, const struct store_identity *image, gsize *length)
{
	g_autoptr(GKeyFile) keys = g_key_file_new();
	size_t n_items;
	const struct flash_nonvolatile *items = flash_nonvolatile(chip, &n_items);
	struct store_wear *cells = store_wear_read(chip);

	g_key_file_set_integer(keys, GROUP_HEAD, "version", STATE_VERSION);
	g_key_file_set_string(keys, GROUP_HEAD, "part", flash_part(chip)->name);
	image_to_keys(image, keys);
	for (size_t i = 0; i < n_items; i++) {
		g_autofree char *hex = format_hex(items[i].data, items[i].size);

		g_key_file_set_string(keys, GROUP_ITEMS, items[i].name, hex);
	}
	store_wear_to_keys(cells, keys);
	store_wear_free(cells);
	return g_key_file_to_data(keys, length, NULL);
}

bool
store_state_save(
	const char *path, struct flash *chip, const struct store_identity *image, GError **error)
{
	gsize length;
	g_autofree char *text = store_state_text(chip, image, &length);
	int code;

	if (base_given_has(path) && base_given_write(path, text, length))
		return true;
	code = base_file_replace(path, text, length, 0644, true);
	if (code == 0)
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot save state \"%s\": %s; its folder has to be writable and have space", path,
		base_open_reason(-code));
	return false;
}

char *
store_state_set_aside(const char *path, GError **error)
{
	g_autofree char *name = g_strconcat(path, ".old", NULL);

	for (unsigned int n = 2; !base_publish(path, name); n++) {
		if (errno != EEXIST) {
			g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
				"state \"%s\" is of another image and cannot be renamed to \"%s\": "
				"%s; rename or remove it, or make its folder writable",
				path, name, g_strerror(errno));
			return NULL;
		}
		g_free(name);
		name = g_strdup_printf("%s.old.%u", path, n);
	}
	return g_steal_pointer(&name);
}
