/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bench files: a table of keys for each kind of group, and the reading that follows it. What values
 * mean together (names that exist, two chips on one line) is checked here as far as the file alone
 * tells; parts and profiles are looked up later.
 *
 * Document: spinor-bench(5).
 */
#include "setup/benchfile.h"

#include "base/units.h"
#include "base/error.h"
#include "setup/faultfile.h"
#include "base/keyfile.h"
#include "setup/setup.h"
#include "clip/clip.h"

#include <string.h>

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
#define GROUPS_ALLOWED \
	"allowed are [bench], [adapter NAME], [chip NAME], [fault NAME] and [board NAME]"

/* One group while it is read; target is what its keys are about. */
struct reading {
	const char *path;
	const char *folder;
	struct setup_bench *setup;
	const char *group; /* as between the brackets */
	const char *key;   /* NULL: the group as a whole */
	struct setup_adapter *adapter;
	struct setup_chip *chip;
	char *chip_adapter; /* [chip]: the adapter's name */
};

struct key {
	const char *name;
	const char *allowed;
	bool (*take)(struct reading *r, const char *value);
};

static bool refuse(const struct reading *r, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* "FILE: [GROUP]: …"; always false. */
static bool
refuse(const struct reading *r, GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s: [%s]: %s", r->path, r->group, text);
	return false;
}

static char *
where(const struct reading *r)
{
	return g_strdup_printf("%s: [%s]%s%s", r->path, r->group, r->key != NULL ? ": " : "",
		r->key != NULL ? r->key : "");
}

static bool
take_text(char **place, const char *value)
{
	g_free(*place);
	*place = g_strdup(value);
	return true;
}

static bool
take_path(const struct reading *r, char **place, const char *value)
{
	g_free(*place);
	*place = g_path_is_absolute(value) ? g_strdup(value)
					   : g_build_filename(r->folder, value, NULL);
	return true;
}

static bool
take_timing(struct reading *r, const char *value)
{
	return base_clock_mode_from_string(value, &r->setup->timing);
}

static bool
take_scale(struct reading *r, const char *value)
{
	return base_clock_scale_from_string(value, &r->setup->time_scale);
}

static bool
take_seed(struct reading *r, const char *value)
{
	guint64 seed;

	if (!base_parse_whole(value, 0, G_MAXUINT64, &seed))
		return false;
	r->setup->seed = seed;
	return true;
}

static bool
take_chipdb(struct reading *r, const char *value)
{
	return take_path(r, &r->setup->chipdb, value);
}

static bool
take_trace(struct reading *r, const char *value)
{
	if (strcmp(value, "-") == 0)
		return take_text(&r->setup->trace, value);
	return take_path(r, &r->setup->trace, value);
}

static bool
take_control(struct reading *r, const char *value)
{
	return take_path(r, &r->setup->control, value);
}

static bool
take_profile(struct reading *r, const char *value)
{
	g_free(r->adapter->profile_where);
	r->adapter->profile_where = where(r);
	return take_text(&r->adapter->profile, value);
}

static bool
take_link(struct reading *r, const char *value)
{
	return take_path(r, &r->adapter->link, value);
}

static bool
take_tcp(struct reading *r, const char *value)
{
	return take_text(&r->adapter->tcp, value);
}

static bool
take_count(struct reading *r, const char *value)
{
	guint64 count;

	if (!base_parse_whole(value, 1, SETUP_COUNT_MAX, &count))
		return false;
	r->adapter->count = (unsigned int)count;
	return true;
}

/* The keys of a chip, also where they stand in the group of its adapter. */
static struct setup_chip *
chip_of(struct reading *r)
{
	if (r->chip == NULL)
		r->chip = setup_add_chip(r->adapter);
	if (r->chip->where == NULL)
		r->chip->where = g_strdup_printf("%s: [%s]", r->path, r->group);
	return r->chip;
}

static bool
take_part(struct reading *r, const char *value)
{
	struct setup_chip *chip = chip_of(r);

	g_free(chip->part_where);
	chip->part_where = where(r);
	return take_text(&chip->part, value);
}

static bool
take_image(struct reading *r, const char *value)
{
	return take_path(r, &chip_of(r)->image, value);
}

static bool
take_cs(struct reading *r, const char *value)
{
	guint64 cs;

	if (!base_parse_whole(value, 0, CLIP_SELECTS - 1, &cs))
		return false;
	r->chip->cs = (unsigned int)cs;
	return true;
}

static bool
take_chip_adapter(struct reading *r, const char *value)
{
	return take_text(&r->chip_adapter, value);
}

#define PART_ALLOWED "a part number, spinord --list-chips lists all"
#define IMAGE_ALLOWED "a file"
#define WHOLE_ALLOWED "a whole number from 0 to 18446744073709551615"

static const struct key bench_keys[] = {
	{"timing", "instant, virtual and real", take_timing},
	{"time-scale", "a number from 0.1 to 1000", take_scale},
	{"seed", WHOLE_ALLOWED, take_seed},
	{"chipdb", "a folder", take_chipdb},
	{"trace", "a file, or - for standard output", take_trace},
	{"control", "the path of a socket", take_control},
	{NULL, NULL, NULL},
};

static const struct key adapter_keys[] = {
	{"profile", "the name of an adapter's firmware", take_profile},
	{"link", "a path", take_link},
	{"tcp", "[HOST:]PORT", take_tcp},
	{"chip", PART_ALLOWED, take_part},
	{"image", IMAGE_ALLOWED, take_image},
	{"count", "a whole number from 1 to " G_STRINGIFY(SETUP_COUNT_MAX), take_count},
	{NULL, NULL, NULL},
};

static const struct key chip_keys[] = {
	{"adapter", "the name of an [adapter NAME]", take_chip_adapter},
	{"cs", "a chip select line, 0 to 7", take_cs},
	{"part", PART_ALLOWED, take_part},
	{"image", IMAGE_ALLOWED, take_image},
	{NULL, NULL, NULL},
};

static bool
refuse_key(const struct reading *r, const struct key *keys, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *list = NULL;
	const char *nearest;

	for (const struct key *key = keys; key->name != NULL; key++)
		g_ptr_array_add(known, (gpointer)key->name);
	for (unsigned int key = 0; keys == chip_keys && key < SETUP_CONDITION_KEYS; key++)
		g_ptr_array_add(known, (gpointer)setup_condition_rows[key].name);
	for (unsigned int key = 0; keys == adapter_keys && key < SETUP_FIRMWARE_KEYS; key++)
		g_ptr_array_add(known, (gpointer)setup_firmware_rows[key].name);
	nearest = base_nearest(name, known);
	g_ptr_array_add(known, NULL);
	list = g_strjoinv(", ", (char **)known->pdata);
	return refuse(r, error, "unknown key \"%s\"%s%s%s; allowed are %s", name,
		nearest != NULL ? ": did you mean " : "", nearest != NULL ? nearest : "",
		nearest != NULL ? "?" : "", list);
}

static bool
read_condition(struct reading *r, const char *name, const char *value, GError **error)
{
	enum setup_condition_key key = setup_condition_find(name);

	r->key = name;
	return setup_condition_take(&chip_of(r)->condition, key, value) ||
		refuse(r, error, "%s = \"%s\" is refused; allowed: %s", name, value,
			setup_condition_rows[key].allowed);
}

static bool
read_firmware(struct reading *r, const char *name, const char *value, GError **error)
{
	enum setup_firmware_key key = setup_firmware_find(name);

	r->key = name;
	return setup_firmware_take(&r->adapter->firmware, key, value) ||
		refuse(r, error, "%s = \"%s\" is refused; allowed: %s", name, value,
			setup_firmware_rows[key].allowed);
}

static bool
read_key(struct reading *r, const struct key *keys, const char *name, const char *value,
	GError **error)
{
	const struct key *key = keys;

	while (key->name != NULL && strcmp(key->name, name) != 0)
		key++;
	if (key->name == NULL && keys == chip_keys &&
		setup_condition_find(name) < SETUP_CONDITION_KEYS)
		return read_condition(r, name, value, error);
	if (key->name == NULL && keys == adapter_keys &&
		setup_firmware_find(name) < SETUP_FIRMWARE_KEYS)
		return read_firmware(r, name, value, error);
	if (key->name == NULL)
		return refuse_key(r, keys, name, error);
	r->key = name;
	if (*value != '\0' && key->take(r, value))
		return true;
	return refuse(r, error, "%s = \"%s\" is refused; allowed: %s", name, value, key->allowed);
}

static bool
read_keys(struct reading *r, const struct key *keys, GKeyFile *file, GError **error)
{
	g_auto(GStrv) names = g_key_file_get_keys(file, r->group, NULL, NULL);
	bool good = true;

	for (char **name = names; good && *name != NULL; name++) {
		g_autofree char *value = g_key_file_get_value(file, r->group, *name, NULL);

		good = read_key(r, keys, *name, g_strstrip(value), error);
	}
	r->key = NULL;
	return good;
}

static bool
read_bench(struct reading *r, GKeyFile *file, GError **error)
{
	r->setup->where = where(r);
	return read_keys(r, bench_keys, file, error);
}

static bool
read_adapter(struct reading *r, const char *name, GKeyFile *file, GError **error)
{
	r->adapter = setup_add_adapter(r->setup, name);
	r->adapter->where = where(r);
	r->chip = NULL;
	if (!read_keys(r, adapter_keys, file, error))
		return false;
	if (r->chip != NULL && r->chip->part == NULL)
		return refuse(r, error, "an image, but no chip; chip = PART is wanted");
	if (r->adapter->link != NULL && r->adapter->tcp != NULL)
		return refuse(r, error, "link and tcp; an adapter has one of them");
	return true;
}

/* The adapter that a chip is clipped to; NULL and an error when that is not clear. */
static struct setup_adapter *
find_adapter(const struct reading *r, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const GPtrArray *adapters = r->setup->adapters;
	g_autofree char *list = NULL;
	const char *nearest;

	if (name == NULL && adapters->len == 1)
		return adapters->pdata[0];
	for (guint i = 0; i < adapters->len; i++) {
		struct setup_adapter *adapter = adapters->pdata[i];

		if (g_strcmp0(adapter->name, name) == 0)
			return adapter;
		g_ptr_array_add(known, adapter->name);
	}
	nearest = name != NULL ? base_nearest(name, known) : NULL;
	g_ptr_array_add(known, NULL);
	list = g_strjoinv(", ", (char **)known->pdata);
	if (adapters->len == 0)
		refuse(r, error, "there is no adapter for it; an [adapter NAME] is wanted");
	else if (name == NULL)
		refuse(r, error, "no adapter = NAME, and there is not just one; allowed are %s",
			list);
	else
		refuse(r, error, "adapter = \"%s\": there is none%s%s%s; allowed are %s", name,
			nearest != NULL ? ", did you mean " : "", nearest != NULL ? nearest : "",
			nearest != NULL ? "?" : "", list);
	return NULL;
}

static bool
line_is_free(const struct reading *r, const struct setup_adapter *adapter,
	const struct setup_chip *chip, GError **error)
{
	for (guint i = 0; i < adapter->chips->len; i++) {
		const struct setup_chip *other = adapter->chips->pdata[i];

		if (other != chip && other->cs == chip->cs)
			return refuse(r, error,
				"cs = %u: adapter %s has a chip there already; each needs a line "
				"of its own, 0 to %d",
				chip->cs, adapter->name, CLIP_SELECTS - 1);
	}
	return true;
}

static bool
read_chip(struct reading *r, const char *name, GKeyFile *file, GError **error)
{
	/* Its adapter is one of its keys, so it is read before it has a place. */
	struct setup_bench *aside = setup_empty();
	struct setup_adapter *adapter = NULL;
	bool good;

	r->adapter = setup_add_adapter(aside, "");
	r->chip = setup_add_chip(r->adapter);
	r->chip->name = g_strdup(name);
	good = read_keys(r, chip_keys, file, error);
	if (good && r->chip->part == NULL)
		good = refuse(r, error, "no part; part = PART is wanted");
	if (good)
		adapter = find_adapter(r, r->chip_adapter, error);
	if (adapter != NULL) {
		g_ptr_array_add(adapter->chips, g_ptr_array_steal_index(r->adapter->chips, 0));
		good = line_is_free(r, adapter, r->chip, error);
	}
	g_clear_pointer(&r->chip_adapter, g_free);
	setup_free(aside);
	return good && adapter != NULL;
}

/* The name in "KIND NAME", NULL when the group is of another kind. */
static const char *
name_in(const char *group, const char *kind)
{
	size_t n = strlen(kind);

	if (strncmp(group, kind, n) != 0 || (group[n] != ' ' && group[n] != '\0'))
		return NULL;
	return group + n + strspn(group + n, " ");
}

static bool
check_name(const struct reading *r, const char *kind, const char *name, GError **error)
{
	if (*name != '\0' && name[strspn(name, NAME_CHARACTERS)] == '\0')
		return true;
	return refuse(
		r, error, "\"%s\" is no name for %s; allowed are A-Z a-z 0-9 . _ -", name, kind);
}

static bool
refuse_group(const struct reading *r, GError **error)
{
	static const char *const kinds[] = {"bench", "adapter", "chip", "fault", "board"};
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *kind = g_strndup(r->group, strcspn(r->group, " "));
	const char *nearest;

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		g_ptr_array_add(known, (gpointer)kinds[i]);
	nearest = base_nearest(kind, known);
	return refuse(r, error, "unknown group%s%s%s; " GROUPS_ALLOWED,
		nearest != NULL ? ": did you mean " : "", nearest != NULL ? nearest : "",
		nearest != NULL ? "?" : "");
}

static bool
read_adapter_group(struct reading *r, const char *name, GKeyFile *file, GError **error)
{
	return check_name(r, "an adapter", name, error) && read_adapter(r, name, file, error);
}

static bool
read_chip_group(struct reading *r, const char *name, GKeyFile *file, GError **error)
{
	return check_name(r, "a chip", name, error) && read_chip(r, name, file, error);
}

static bool
read_bench_group(struct reading *r, const char *name, GKeyFile *file, GError **error)
{
	return *name == '\0' ? read_bench(r, file, error) : refuse_group(r, error);
}

static struct setup_group
group_of(const struct reading *r, const char *name, GKeyFile *file)
{
	return (struct setup_group){r->path, r->folder, r->group, name, file};
}

static bool
read_fault_group(struct reading *r, const char *name, GKeyFile *file, GError **error)
{
	struct setup_group group = group_of(r, name, file);

	return check_name(r, "a fault", name, error) &&
		setup_faultfile_read(&group, r->setup, error);
}

static bool
read_board_group(struct reading *r, const char *name, GKeyFile *file, GError **error)
{
	struct setup_group group = group_of(r, name, file);

	return check_name(r, "a board", name, error) &&
		setup_boardfile_read(&group, r->setup, error);
}

/* Chips come after all adapters, wherever they stand in the file. */
static const struct {
	const char *kind;
	bool (*read)(struct reading *r, const char *name, GKeyFile *file, GError **error);
	bool late;
} groups_known[] = {
	{"bench", read_bench_group, false},
	{"adapter", read_adapter_group, false},
	{"chip", read_chip_group, true},
	{"fault", read_fault_group, true},
	{"board", read_board_group, true},
};

static bool
read_group(struct reading *r, GKeyFile *file, bool late, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(groups_known); i++) {
		const char *name = name_in(r->group, groups_known[i].kind);

		if (name != NULL)
			return groups_known[i].late != late ||
				groups_known[i].read(r, name, file, error);
	}
	return refuse_group(r, error);
}

static bool
read_groups(struct reading *r, GKeyFile *file, bool late, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
	bool good = true;

	for (char **group = groups; good && *group != NULL; group++) {
		r->group = *group;
		good = read_group(r, file, late, error);
	}
	return good;
}

struct setup_bench *
setup_file_read(const char *path, GError **error)
{
	g_autoptr(GKeyFile) file = base_keyfile_load(path, error);
	g_autofree char *folder = g_path_get_dirname(path);
	struct reading r = {.path = path, .folder = folder};

	if (file == NULL)
		return NULL;
	r.setup = setup_empty();
	if (read_groups(&r, file, false, error) && read_groups(&r, file, true, error)) {
		if (r.setup->adapters->len > 0)
			return r.setup;
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: no [adapter NAME]; at least one is wanted", path);
	}
	setup_free(r.setup);
	return NULL;
}
