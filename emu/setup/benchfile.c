/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bench files: a table of keys for each kind of group, and the checks that need several keys or
 * groups (names of adapters, two chips on one select line). bench.c looks up parts and profiles.
 *
 * Document: spinor-bench(5).
 */
#include "setup/benchfile.h"

#include "base/error.h"
#include "base/keyfile.h"
#include "base/mistake.h"
#include "base/units.h"
#include "base/value.h"
#include "base/wholefile.h"
#include "clip/clip.h"
#include "setup/faultfile.h"
#include "setup/setup.h"

#include <string.h>

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
#define GROUPS_ALLOWED \
	"allowed are [bench], [adapter NAME], [chip NAME], [fault NAME] and [board NAME]"

/* One group while it is read: the target of its keys. */
struct reading {
	struct setup_group group;
	struct setup_bench *setup;
	struct setup_adapter *adapter;
	struct setup_chip *chip;
	char *chip_adapter; /* [chip]: the adapter's name */
};

static char *
where(const struct reading *r)
{
	return base_keygroup_where(&r->group.keys, NULL);
}

/* The same, with the key that is taken. */
static char *
key_where(const struct base_key_reading *at)
{
	return base_keygroup_where(at->group, at->name);
}

static bool
take_text(char **text, const char *value)
{
	g_free(*text);
	*text = g_strdup(value);
	return true;
}

static bool
take_path(const struct base_key_reading *at, char **path, const char *value)
{
	const struct reading *r = at->target;

	g_free(*path);
	*path = g_path_is_absolute(value) ? g_strdup(value)
					  : g_build_filename(r->group.folder, value, NULL);
	return true;
}

static bool
take_timing(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;

	return base_clock_mode_from_string(value, &r->setup->timing);
}

static bool
take_scale(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;

	return base_clock_scale_from_string(value, &r->setup->time_scale);
}

static bool
take_seed(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;
	uint64_t seed;

	if (!base_parse_whole(value, 0, G_MAXUINT64, &seed))
		return false;
	r->setup->seed = seed;
	return true;
}

static bool
take_snapshot(struct base_key_reading *at, const char *value)
{
	static const struct base_value_word words[] = {{"yes", true}, {"no", false}, {NULL, 0}};
	struct reading *r = at->target;
	int snapshot;

	if (!base_value_word(words, value, &snapshot))
		return false;
	r->setup->snapshot = snapshot;
	return true;
}

static bool
take_snapshots_max(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;
	uint64_t count;

	if (!base_parse_decimal(value, 0, SETUP_SNAPSHOTS_MAX_MAX, &count))
		return false;
	r->setup->snapshots_max = (unsigned int)count;
	return true;
}

static bool
take_snapshots_bytes(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;
	uint64_t bytes;

	if (!base_parse_size(value, &bytes) || bytes > SETUP_SNAPSHOTS_BYTES_MAX)
		return false;
	r->setup->snapshots_bytes = bytes;
	return true;
}

static bool
take_chipdb(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;

	return take_path(at, &r->setup->chipdb, value);
}

static bool
take_trace(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;

	if (strcmp(value, "-") == 0)
		return take_text(&r->setup->trace, value);
	return take_path(at, &r->setup->trace, value);
}

static bool
take_record(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;

	return take_path(at, &r->setup->record, value);
}

static bool
take_control(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;

	return take_path(at, &r->setup->control, value);
}

static bool
take_profile(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;

	g_free(r->adapter->profile_where);
	r->adapter->profile_where = key_where(at);
	return take_text(&r->adapter->profile, value);
}

static bool
take_link(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;

	return take_path(at, &r->adapter->link, value);
}

static bool
take_tcp(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;

	return take_text(&r->adapter->tcp, value);
}

static bool
take_idle(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;
	uint64_t seconds;

	if (!base_parse_decimal(value, 0, SETUP_TCP_IDLE_MAX_S, &seconds))
		return false;
	r->adapter->tcp_idle_s = (unsigned int)seconds;
	return true;
}

static bool
take_count(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;
	uint64_t count;

	if (!base_parse_whole(value, 1, SETUP_COUNT_MAX, &count))
		return false;
	r->adapter->count = (unsigned int)count;
	return true;
}

/* The chip of the group; the keys of a chip can also be in the group of its adapter. */
static struct setup_chip *
chip_of(struct reading *r)
{
	if (r->chip == NULL)
		r->chip = setup_add_chip(r->adapter);
	if (r->chip->where == NULL)
		r->chip->where = where(r);
	return r->chip;
}

static bool
take_part(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;
	struct setup_chip *chip = chip_of(r);

	g_free(chip->part_where);
	chip->part_where = key_where(at);
	return take_text(&chip->part, value);
}

static bool
take_image(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;

	return take_path(at, &chip_of(r)->image, value);
}

static bool
take_content(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;

	setup_set_content(chip_of(r), value, r->group.folder);
	return true;
}

static bool
take_cs(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;
	uint64_t cs;

	if (!base_parse_whole(value, 0, CLIP_SELECTS - 1, &cs))
		return false;
	r->chip->cs = (unsigned int)cs;
	return true;
}

static bool
take_chip_adapter(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;

	return take_text(&r->chip_adapter, value);
}

#define PART_ALLOWED "a part number, spinord --list-chips lists all"
#define IMAGE_ALLOWED "a file"
#define CONTENT_ALLOWED "blank, random, pattern, and a file"
#define WHOLE_ALLOWED "a whole number from 0 to 18446744073709551615"

static const struct base_key bench_keys[] = {
	BASE_KEY("timing", "instant, virtual and real", take_timing),
	BASE_KEY("time-scale", "a number from 0.1 to 1000", take_scale),
	BASE_KEY("seed", WHOLE_ALLOWED, take_seed),
	BASE_KEY("snapshot", "yes and no", take_snapshot),
	BASE_KEY("snapshots-max", "a whole number from 0 to " G_STRINGIFY(SETUP_SNAPSHOTS_MAX_MAX),
		take_snapshots_max),
	BASE_KEY("snapshots-bytes", "a size up to 1024G, such as 64M", take_snapshots_bytes),
	BASE_KEY("chipdb", "a folder", take_chipdb),
	BASE_KEY("trace", "a file, or - for standard output", take_trace),
	BASE_KEY("record", "a file", take_record),
	BASE_KEY("control", "the path of a socket", take_control),
	BASE_KEY_END,
};

static const struct base_key adapter_keys[] = {
	BASE_KEY("profile", "the name of an adapter's firmware", take_profile),
	BASE_KEY("link", "a path", take_link),
	BASE_KEY("tcp", "[HOST:]PORT", take_tcp),
	BASE_KEY("tcp-idle", "seconds, 0 (no limit) to " G_STRINGIFY(SETUP_TCP_IDLE_MAX_S),
		take_idle),
	BASE_KEY("chip", PART_ALLOWED, take_part),
	BASE_KEY("image", IMAGE_ALLOWED, take_image),
	BASE_KEY("content", CONTENT_ALLOWED, take_content),
	BASE_KEY("count", "a whole number from 1 to " G_STRINGIFY(SETUP_COUNT_MAX), take_count),
	BASE_KEY_END,
};

static const struct base_key chip_keys[] = {
	BASE_KEY("adapter", "the name of an [adapter NAME]", take_chip_adapter),
	BASE_KEY("cs", "a chip select line, 0 to 7", take_cs),
	BASE_KEY("part", PART_ALLOWED, take_part),
	BASE_KEY("image", IMAGE_ALLOWED, take_image),
	BASE_KEY("content", CONTENT_ALLOWED, take_content),
	BASE_KEY_END,
};

const char **
setup_file_keys(const char *kind)
{
	const struct base_keytable none = {NULL, NULL, NULL};

	if (strcmp(kind, "bench") == 0)
		return base_keytable_names(
			(const struct base_keytable[]){{.keys = bench_keys}, none});
	if (strcmp(kind, "adapter") == 0)
		return base_keytable_names((const struct base_keytable[]){
			{.keys = adapter_keys}, {.keys = setup_firmware_rows}, none});
	return base_keytable_names((const struct base_keytable[]){
		{.keys = chip_keys}, {.keys = setup_condition_rows}, none});
}

static bool
read_bench(struct reading *r, GError **error)
{
	const struct base_keytable tables[] = {{bench_keys, r, NULL}, {NULL, NULL, NULL}};

	r->setup->where = where(r);
	return base_keytable_read(&r->group.keys, tables, error);
}

static bool
read_adapter(struct reading *r, GError **error)
{
	const struct base_keygroup *keys = &r->group.keys;
	struct setup_adapter *adapter = setup_add_adapter(r->setup, r->group.name);
	const struct base_keytable tables[] = {
		{adapter_keys, r, NULL},
		{setup_firmware_rows, &adapter->firmware, setup_firmware_taken},
		{NULL, NULL, NULL},
	};

	adapter->where = where(r);
	r->adapter = adapter;
	r->chip = NULL;
	if (!base_keytable_read(keys, tables, error))
		return false;
	if (r->chip != NULL && r->chip->part == NULL)
		return base_keygroup_refuse(keys, error, "%s, but no chip; chip = PART is wanted",
			r->chip->image != NULL ? "an image" : "a content");
	if (adapter->link != NULL && adapter->tcp != NULL)
		return base_keygroup_refuse(
			keys, error, "link and tcp; an adapter has one of them");
	return true;
}

static bool
line_is_free(const struct reading *r, const struct setup_adapter *adapter,
	const struct setup_chip *chip, GError **error)
{
	for (guint i = 0; i < adapter->chips->len; i++) {
		const struct setup_chip *other = adapter->chips->pdata[i];

		if (other != chip && other->cs == chip->cs)
			return base_keygroup_refuse(&r->group.keys, error,
				"cs = %u: adapter %s has a chip there already; each needs a line "
				"of its own, 0 to %d",
				chip->cs, adapter->name, CLIP_SELECTS - 1);
	}
	return true;
}

/* Moves the chip to the adapter that its keys name. */
static bool
add_chip(struct reading *r, GError **error)
{
	struct setup_adapter *adapter =
		setup_find_adapter(r->setup, r->chip_adapter, r->chip->where, error);

	if (adapter == NULL)
		return false;
	g_ptr_array_add(adapter->chips, g_ptr_array_steal_index(r->adapter->chips, 0));
	return line_is_free(r, adapter, r->chip, error);
}

static bool
read_chip(struct reading *r, GError **error)
{
	const struct base_keygroup *keys = &r->group.keys;
	/* Its adapter is one of its keys: until all are read, the chip is on an adapter of its
	 * own. */
	struct setup_bench *aside = setup_empty();
	struct setup_chip *chip;
	bool good;

	r->adapter = setup_add_adapter(aside, "");
	r->chip = chip = setup_add_chip(r->adapter);
	chip->name = g_strdup(r->group.name);
	chip->where = where(r);
	good = base_keytable_read(keys,
		(const struct base_keytable[]){
			{chip_keys, r, NULL},
			{setup_condition_rows, &chip->condition, setup_condition_taken},
			{NULL, NULL, NULL},
		},
		error);
	if (good && chip->part == NULL)
		good = base_keygroup_refuse(keys, error, "no part; part = PART is wanted");
	good = good && add_chip(r, error);
	g_clear_pointer(&r->chip_adapter, g_free);
	setup_free(aside);
	return good;
}

/* The NAME of a group "KIND NAME", NULL when the group is of another kind. */
static const char *
name_in(const char *group, const char *kind)
{
	size_t n = strlen(kind);

	if (strncmp(group, kind, n) != 0 || (group[n] != ' ' && group[n] != '\0'))
		return NULL;
	return group + n + strspn(group + n, " ");
}

static bool
read_fault(struct reading *r, GError **error)
{
	return setup_faultfile_read(&r->group, r->setup, error);
}

static bool
read_board(struct reading *r, GError **error)
{
	return setup_boardfile_read(&r->group, r->setup, error);
}

/* The kinds of groups. The late ones refer to adapters and chips that may follow them in the
 * file. */
static const struct kind {
	const char *name;
	const char *article; /* NULL: there is one such group, and it has no name */
	bool (*read)(struct reading *r, GError **error);
	bool late;
} kinds[] = {
	{"bench", NULL, read_bench, false},
	{"adapter", "an", read_adapter, false},
	{"chip", "a", read_chip, true},
	{"fault", "a", read_fault, true},
	{"board", "a", read_board, true},
};

static bool
refuse_group(const struct reading *r, GError **error)
{
	const char *known[G_N_ELEMENTS(kinds) + 1] = {NULL};
	const char *group = r->group.keys.name;
	g_autofree char *kind = g_strndup(group, strcspn(group, " "));
	g_autofree char *suggestion = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		known[i] = kinds[i].name;
	suggestion = base_suggest(kind, known);
	return base_keygroup_refuse(
		&r->group.keys, error, "unknown group%s; " GROUPS_ALLOWED, suggestion);
}

static bool
check_name(const struct reading *r, const struct kind *kind, GError **error)
{
	const char *name = r->group.name;

	if (kind->article == NULL)
		return *name == '\0' || refuse_group(r, error);
	if (*name != '\0' && name[strspn(name, NAME_CHARACTERS)] == '\0')
		return true;
	return base_keygroup_refuse(&r->group.keys, error,
		"\"%s\" is no name for %s %s; allowed are A-Z a-z 0-9 . _ -", name, kind->article,
		kind->name);
}

static bool
read_group(struct reading *r, bool late, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		r->group.name = name_in(r->group.keys.name, kinds[i].name);
		if (r->group.name != NULL)
			return kinds[i].late != late ||
				(check_name(r, &kinds[i], error) && kinds[i].read(r, error));
	}
	/* If mistakes are collected, the first pass has added it. */
	return (late && r->group.keys.text != NULL) || refuse_group(r, error);
}

static bool
read_groups(struct reading *r, bool late, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(r->group.keys.file, NULL);
	bool good = true;

	for (char **group = groups; good && *group != NULL; group++) {
		r->group.keys.name = *group;
		good = read_group(r, late, error) ||
			base_keygroup_ignore(&r->group.keys, NULL, error);
	}
	return good;
}

static struct setup_bench *
read_file(const char *path, GKeyFile *file, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	struct reading r = {.group = {.keys = {.path = path, .file = file}, .folder = folder}};

	if (file == NULL)
		return NULL;
	r.group.keys.code = BASE_ERROR_USAGE;
	r.setup = setup_empty();
	if (read_groups(&r, false, error) && read_groups(&r, true, error)) {
		if (r.setup->adapters->len > 0)
			return r.setup;
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: no [adapter NAME]; at least one is wanted", path);
	}
	setup_free(r.setup);
	return NULL;
}

struct setup_bench *
setup_file_read(const char *path, GError **error)
{
	g_autoptr(GKeyFile) file = base_keyfile_load(path, error);

	return read_file(path, file, error);
}

struct setup_bench *
setup_text_read(const char *path, const char *text, GError **error)
{
	const struct base_keytext whole = {path, text, strlen(text), 1, BASE_ERROR_USAGE, NULL};
	g_autoptr(GKeyFile) file = NULL;

	if (g_utf8_validate(text, -1, NULL))
		file = base_keyfile_parse(&whole, error);
	else
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s: it is not UTF-8", path);
	return read_file(path, file, error);
}

char *
setup_file_mistakes(const char *path)
{
	struct base_mistakes *mistakes = base_mistakes_new();
	struct base_keytext text = {.path = path, .line = 1, .mistakes = mistakes};
	g_autofree char *folder = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;
	g_autofree char *content = NULL;
	g_autoptr(GKeyFile) file = NULL;
	struct reading r = {.group = {.keys = {.path = path, .text = &text}, .folder = folder}};
	char *list = NULL;

	if (base_whole_file(path, BASE_TEXT_MAX, &content, &text.length, NULL) &&
		g_utf8_validate(content, (gssize)text.length, NULL)) {
		text.text = content;
		file = base_keyfile_parse(&text, &error);
	}
	if (file != NULL) {
		r.group.keys.file = file;
		r.setup = setup_empty();
		read_groups(&r, false, &error);
		read_groups(&r, true, &error);
		setup_free(r.setup);
	}
	if (base_mistakes_count(mistakes) > 1)
		list = base_mistakes_text(mistakes, 20);
	base_mistakes_free(mistakes);
	return list;
}
