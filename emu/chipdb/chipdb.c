/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The database of chips: the groups of all *.chips files of some folders (see spinor-chipdb(5)),
 * inheritance between them, and look-up by name.
 *
 * Folders are layers: the vendors' files that come with spinor, then those of the user. A part or
 * family of a higher layer hides the one of the same name below it; families are searched in the
 * group's own layer and below, so that a user's family changes the user's parts only.
 *
 * Opening the folders only finds the groups and their names; a part is read and checked at its
 * first look-up, and then stored. So a start with a thousand parts is as fast as with one, and a
 * mistake in a part does not affect the others.
 */
#include "chipdb/chipdb.h"

#include "base/error.h"
#include "base/keyfile.h"
#include "base/log.h"
#include "base/wholefile.h"
#include "chipdb/chipscan.h"
#include "chipdb/partfile.h"

#include <stdbool.h>
#include <string.h>

struct chipdb {
	GStringChunk *strings;
	GPtrArray *texts;     /* contents of the files */
	GPtrArray *groups;    /* struct chipdb_scan_group, owned, in the order of the files */
	GPtrArray *parts;     /* those of them that are parts, sorted by name */
	GHashTable *families; /* name to GPtrArray of struct chipdb_scan_group, by layer */
	GHashTable *names;    /* name or alias in lower case to struct chipdb_scan_group */
	GHashTable *flashrom; /* flashrom's name in lower case to GPtrArray of chipdb_scan_group */
};

/* Appends group to the list of that name in table. */
static void
add_to_list(GHashTable *table, const char *name, struct chipdb_scan_group *group)
{
	GPtrArray *list = g_hash_table_lookup(table, name);

	if (!list) {
		list = g_ptr_array_new();
		g_hash_table_insert(table, (gpointer)name, list);
	}
	g_ptr_array_add(list, group);
}

static const char *
family_name(const struct chipdb_scan_group *group)
{
	return group->at.name + strlen(CHIPDB_SCAN_FAMILY_PREFIX);
}

static bool
add_family(struct chipdb *db, struct chipdb_scan_group *group, GError **error)
{
	const GPtrArray *list = g_hash_table_lookup(db->families, family_name(group));
	const struct chipdb_scan_group *last = list ? g_ptr_array_index(list, list->len - 1) : NULL;

	if (last && last->layer == group->layer) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: line %u: [%s]: a family of that name is in %s already; allowed: once",
			group->at.file, group->line, group->at.name, last->at.file);
		return false;
	}
	add_to_list(db->families, family_name(group), group);
	return true;
}

/* Adds a name or alias. It hides the same name of a lower layer, and the part that has this
 * name. */
static bool
add_name(struct chipdb *db, struct chipdb_scan_group *group, const char *name, GError **error)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	struct chipdb_scan_group *other = g_hash_table_lookup(db->names, lower);

	if (other && other->layer == group->layer) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: line %u: [%s]: the name \"%s\" is taken by [%s] in %s; allowed: a "
			"name that no other part has",
			group->at.file, group->line, group->at.name, name, other->at.name,
			other->at.file);
		return false;
	}
	if (other && g_ascii_strcasecmp(other->at.name, group->at.name) == 0)
		g_ptr_array_remove(db->parts, other);
	g_hash_table_insert(db->names, g_string_chunk_insert(db->strings, lower), group);
	return true;
}

/* Adds flashrom's name: parts of one layer can share it; it hides the same name of lower layers. */
static void
add_flashrom_name(struct chipdb *db, struct chipdb_scan_group *group, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	GPtrArray *same = g_hash_table_lookup(db->flashrom, lower);
	const struct chipdb_scan_group *first = same ? g_ptr_array_index(same, 0) : NULL;

	if (first && first->layer < group->layer)
		g_ptr_array_set_size(same, 0);
	add_to_list(db->flashrom, g_string_chunk_insert(db->strings, lower), group);
}

static bool
add_group(struct chipdb *db, struct chipdb_scan_group *group, GError **error)
{
	if (group->at.family)
		return add_family(db, group, error);
	g_ptr_array_add(db->parts, group);
	if (!add_name(db, group, group->at.name, error))
		return false;
	for (unsigned int i = 0; i < group->aliases->len; i++) {
		if (!add_name(db, group, g_ptr_array_index(group->aliases, i), error))
			return false;
	}
	for (unsigned int i = 0; i < group->flashrom->len; i++)
		add_flashrom_name(db, group, g_ptr_array_index(group->flashrom, i));
	return true;
}

/* The family of that name in the layer of group, or else in the nearest one below it. A family does
 * not find itself. */
static struct chipdb_scan_group *
visible_family(struct chipdb *db, const struct chipdb_scan_group *group, const char *name)
{
	const GPtrArray *list = g_hash_table_lookup(db->families, name);

	for (unsigned int i = list ? list->len : 0; i-- > 0;) {
		struct chipdb_scan_group *family = g_ptr_array_index(list, i);

		if (family->layer <= group->layer && (family != group || i == 0))
			return family;
	}
	return NULL;
}

static struct chipdb_scan_group *
find_family(
	struct chipdb *db, const struct chipdb_scan_group *group, const char *name, GError **error)
{
	struct chipdb_scan_group *family = visible_family(db, group, name);
	g_autoptr(GPtrArray) known = NULL;
	g_autofree char *suggestion = NULL;

	if (family && family->open) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: [%s]: inherits = \"%s\" is refused: family %s inherits this one "
			"itself; allowed: a line of families that ends",
			group->at.file, group->at.name, name, name);
		return NULL;
	}
	if (family)
		return family;
	known = g_ptr_array_new();
	for (unsigned int i = 0; i < db->groups->len; i++) {
		const struct chipdb_scan_group *other = g_ptr_array_index(db->groups, i);

		if (other->at.family)
			g_ptr_array_add(known, (gpointer)family_name(other));
	}
	g_ptr_array_add(known, NULL);
	suggestion = base_suggest(name, (const char *const *)known->pdata);
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%s: [%s]: inherits = \"%s\" is refused: no such family%s; allowed: the NAME of a "
		"[family NAME]",
		group->at.file, group->at.name, name, suggestion);
	return NULL;
}

static bool resolve(struct chipdb *db, struct chipdb_scan_group *group, GError **error);

/* Reads the keys of group on top of its family's. */
static bool
read_group(struct chipdb *db, struct chipdb_scan_group *group, GError **error)
{
	g_autofree char *inherits =
		g_key_file_get_value(group->at.keys, group->at.name, "inherits", NULL);
	struct chipdb_scan_group *family = NULL;
	struct chipdb_part *part;

	if (inherits) {
		family = find_family(db, group, g_strstrip(inherits), error);
		if (!family || !resolve(db, family, error))
			return false;
	}
	part = chipdb_part_new(family ? family->part : NULL);
	if (!chipdb_part_read(part, &group->at, db->strings, error) ||
		(!group->at.family && !chipdb_part_finish(part, &group->at, error))) {
		chipdb_part_free(part);
		return false;
	}
	group->part = part;
	group->family = family;
	return true;
}

/* Reads group->part unless it is read already. */
static bool
resolve(struct chipdb *db, struct chipdb_scan_group *group, GError **error)
{
	const struct base_keytext text = {
		group->at.file, group->text, group->length, group->line, BASE_ERROR_FILE};
	g_autoptr(GKeyFile) keys = NULL;
	bool good;

	if (group->part)
		return true;
	keys = base_keyfile_parse(&text, error);
	if (!keys)
		return false;
	group->at.keys = keys;
	group->open = true;
	good = read_group(db, group, error);
	group->open = false;
	group->at.keys = NULL;
	return good;
}

static gint
compare_parts(gconstpointer a, gconstpointer b)
{
	const struct chipdb_scan_group *const *left = a;
	const struct chipdb_scan_group *const *right = b;

	return g_ascii_strcasecmp((*left)->at.name, (*right)->at.name);
}

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
	const char *const *left = a;
	const char *const *right = b;

	return strcmp(*left, *right);
}

/* The *.chips files of dir, sorted; NULL on error. */
static GPtrArray *
find_files(const char *dir, GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) cause = NULL;
	g_autoptr(GDir) entries = g_dir_open(dir, 0, &cause);
	const char *name;

	if (!entries) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot read chips: %s; --chipdb or SPINOR_CHIPDB names a folder of "
			"*.chips files",
			cause->message);
		return NULL;
	}
	while ((name = g_dir_read_name(entries))) {
		if (g_str_has_suffix(name, ".chips") && name[0] != '.')
			g_ptr_array_add(files, g_build_filename(dir, name, NULL));
	}
	if (files->len == 0) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot read chips: no *.chips file in \"%s\"; --chipdb or SPINOR_CHIPDB "
			"names a folder of them",
			dir);
		return NULL;
	}
	g_ptr_array_sort(files, compare_texts);
	return g_steal_pointer(&files);
}

/* Text, which has to last as long as db. path: for messages. */
static bool
load_text(struct chipdb *db, const char *path, const char *text, size_t length, unsigned int layer,
	GError **error)
{
	unsigned int known = db->groups->len;

	if (!g_utf8_validate(text, (gssize)length, NULL)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: not a text; allowed: UTF-8, see spinor-chipdb(5)", path);
		return false;
	}
	if (!chipdb_scan_text(db->groups, db->strings, g_string_chunk_insert(db->strings, path),
		    text, length, layer, error))
		return false;
	for (unsigned int i = known; i < db->groups->len; i++) {
		if (!add_group(db, g_ptr_array_index(db->groups, i), error))
			return false;
	}
	return true;
}

static bool
load_file(struct chipdb *db, const char *path, unsigned int layer, GError **error)
{
	g_autoptr(GError) cause = NULL;
	char *text;
	gsize length;

	if (!base_whole_file(path, BASE_TEXT_MAX, &text, &length, &cause)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "cannot read chips: %s",
			cause->message);
		return false;
	}
	g_ptr_array_add(db->texts, text);
	return load_text(db, path, text, length, layer, error);
}

static bool
load_folder(struct chipdb *db, const char *dir, unsigned int layer, GError **error)
{
	g_autoptr(GPtrArray) files = find_files(dir, error);

	for (unsigned int i = 0; files && i < files->len; i++) {
		if (!load_file(db, g_ptr_array_index(files, i), layer, error))
			return false;
	}
	return files != NULL;
}

/* Adds DATA/spinor/chipdb if it exists and is not in folders yet. */
static void
add_data_folder(GPtrArray *folders, const char *data)
{
	g_autofree char *dir = g_build_filename(data, "spinor", "chipdb", NULL);

	if (!g_file_test(dir, G_FILE_TEST_IS_DIR) ||
		g_ptr_array_find_with_equal_func(folders, dir, g_str_equal, NULL))
		return;
	g_ptr_array_add(folders, g_steal_pointer(&dir));
}

/* The folders from the lowest layer to the highest. */
static GPtrArray *
find_folders(const char *dir)
{
	GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
	const char *instead = g_getenv("SPINOR_CHIPDB");
	const char *const *data = instead ? NULL : g_get_system_data_dirs();

	if (instead && instead[0] != '\0')
		g_ptr_array_add(folders, g_strdup(instead));
	if (data) {
		if (g_file_test(CHIPDB_DIR, G_FILE_TEST_IS_DIR))
			g_ptr_array_add(folders, g_strdup(CHIPDB_DIR));
		for (unsigned int i = g_strv_length((char **)data); i-- > 0;)
			add_data_folder(folders, data[i]);
		add_data_folder(folders, g_get_user_data_dir());
	}
	if (dir)
		g_ptr_array_add(folders, g_strdup(dir));
	/* Opening it fails with a message. */
	if (folders->len == 0)
		g_ptr_array_add(folders, g_strdup(CHIPDB_DIR));
	return folders;
}

static struct chipdb *
new_chipdb(void)
{
	GDestroyNotify unref = (GDestroyNotify)g_ptr_array_unref;
	struct chipdb *db = g_new0(struct chipdb, 1);

	db->strings = g_string_chunk_new(16 * 1024);
	db->texts = g_ptr_array_new_with_free_func(g_free);
	db->groups = g_ptr_array_new_with_free_func((GDestroyNotify)chipdb_scan_group_free);
	db->parts = g_ptr_array_new();
	db->families = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, unref);
	db->names = g_hash_table_new(g_str_hash, g_str_equal);
	db->flashrom = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, unref);
	return db;
}

struct chipdb *
chipdb_open(const char *dir, GError **error)
{
	g_autoptr(GPtrArray) folders = find_folders(dir);
	struct chipdb *db = new_chipdb();

	for (unsigned int i = 0; i < folders->len; i++) {
		if (load_folder(db, g_ptr_array_index(folders, i), i, error))
			continue;
		chipdb_close(db);
		return NULL;
	}
	g_ptr_array_sort(db->parts, compare_parts);
	return db;
}

struct chipdb *
chipdb_open_text(const char *text, GError **error)
{
	struct chipdb *db = new_chipdb();
	char *copy = g_strdup(text);

	g_ptr_array_add(db->texts, copy);
	if (!load_text(db, "text", copy, strlen(copy), 0, error)) {
		chipdb_close(db);
		return NULL;
	}
	g_ptr_array_sort(db->parts, compare_parts);
	return db;
}

void
chipdb_close(struct chipdb *db)
{
	if (!db)
		return;
	g_hash_table_unref(db->flashrom);
	g_hash_table_unref(db->names);
	g_hash_table_unref(db->families);
	g_ptr_array_unref(db->parts);
	g_ptr_array_unref(db->groups);
	g_ptr_array_unref(db->texts);
	g_string_chunk_free(db->strings);
	g_free(db);
}

/* flashrom has one name for several parts. */
static void
refuse_ambiguous(const char *name, const GPtrArray *same, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (unsigned int i = 0; i < same->len; i++) {
		const struct chipdb_scan_group *group = g_ptr_array_index(same, i);

		g_string_append_printf(text, "%s%s", i ? ", " : "", group->at.name);
	}
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"chip \"%s\" can be any of %s: name one of these", name, text->str);
}

/* Up to four names that begin with the word ("S25FL128S"), joined by "or"; NULL: none. */
static char *
longer_names(const char *word, const GPtrArray *known)
{
	g_autoptr(GString) text = g_string_new(NULL);
	unsigned int n = 0;

	for (unsigned int i = 0; i < known->len && n < 4; i++) {
		const char *name = g_ptr_array_index(known, i);

		if (g_ascii_strncasecmp(name, word, strlen(word)) == 0)
			g_string_append_printf(text, "%s%s", n++ ? " or " : "", name);
	}
	return n ? g_strdup(text->str) : NULL;
}

/* The longest name that the word begins with: an ordering code adds package and grade to it. */
static char *
shorter_name(const char *word, const GPtrArray *known)
{
	const char *longest = NULL;

	for (unsigned int i = 0; i < known->len; i++) {
		const char *name = g_ptr_array_index(known, i);

		if (g_ascii_strncasecmp(name, word, strlen(name)) == 0 &&
			(!longest || strlen(name) > strlen(longest)))
			longest = name;
	}
	return g_strdup(longest);
}

static void
refuse_unknown(const struct chipdb *db, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *suggestion = NULL;
	g_autofree char *guess = NULL;

	for (unsigned int i = 0; i < db->parts->len; i++) {
		const struct chipdb_scan_group *group = g_ptr_array_index(db->parts, i);

		g_ptr_array_add(known, (gpointer)group->at.name);
		for (unsigned int j = 0; j < group->aliases->len; j++)
			g_ptr_array_add(known, g_ptr_array_index(group->aliases, j));
	}
	if (name[0] != '\0')
		guess = longer_names(name, known);
	if (!guess)
		guess = shorter_name(name, known);
	g_ptr_array_add(known, NULL);
	suggestion = guess ? base_suggestion(guess)
			   : base_suggest(name, (const char *const *)known->pdata);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"unknown chip \"%s\"%s (spinord --list-chips lists all)", name, suggestion);
}

/* Whether the newest flashrom has several definitions that match the group's ID. flashrom compares
 * three bytes of most IDs. */
static bool
has_rivals(const struct chipdb *db, const struct chipdb_scan_group *group)
{
	const char *first = NULL;

	if (group->id[0] == 0)
		return false;
	for (unsigned int i = 0; i < db->parts->len; i++) {
		const struct chipdb_scan_group *other = g_ptr_array_index(db->parts, i);

		if (memcmp(other->id, group->id, 3) != 0)
			continue;
		for (unsigned int j = 0; j < other->newest->len; j++) {
			const char *name = g_ptr_array_index(other->newest, j);

			if (first && strcmp(first, name) != 0)
				return true;
			first = name;
		}
	}
	return false;
}

/* The group of that part, read; NULL on error. */
static struct chipdb_scan_group *
find_group(struct chipdb *db, const char *name, GError **error)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	struct chipdb_scan_group *group = g_hash_table_lookup(db->names, lower);
	const GPtrArray *same = g_hash_table_lookup(db->flashrom, lower);

	if (!group && same && same->len > 1) {
		refuse_ambiguous(name, same, error);
		return NULL;
	}
	if (!group && same)
		group = g_ptr_array_index(same, 0);
	if (!group) {
		refuse_unknown(db, name, error);
		return NULL;
	}
	if (!resolve(db, group, error))
		return NULL;
	group->part->part.flashrom_several = has_rivals(db, group);
	return group;
}

const struct flash_part *
chipdb_find(struct chipdb *db, const char *name, GError **error)
{
	struct chipdb_scan_group *group = find_group(db, name, error);

	return group ? &group->part->part : NULL;
}

char *
chipdb_source(struct chipdb *db, const char *name, GError **error)
{
	const struct chipdb_scan_group *group = find_group(db, name, error);
	GString *text;

	if (!group)
		return NULL;
	text = g_string_new(NULL);
	chipdb_scan_source(text, group);
	return g_string_free(text, FALSE);
}

static bool
contains(const char *text, const char *lower)
{
	g_autofree char *lowered = g_ascii_strdown(text, -1);

	return strstr(lowered, lower) != NULL;
}

static bool
matches(const struct flash_part *part, const char *lower)
{
	if (contains(part->name, lower) || contains(part->vendor, lower))
		return true;
	for (const char *const *alias = part->aliases; alias && *alias; alias++) {
		if (contains(*alias, lower))
			return true;
	}
	return false;
}

GPtrArray *
chipdb_list(struct chipdb *db, const char *pattern)
{
	g_autofree char *lower = g_ascii_strdown(pattern ? pattern : "", -1);
	GPtrArray *found = g_ptr_array_new();

	for (unsigned int i = 0; i < db->parts->len; i++) {
		struct chipdb_scan_group *group = g_ptr_array_index(db->parts, i);
		g_autoptr(GError) error = NULL;

		/* A part with a mistake is not listed, but reported. */
		if (!resolve(db, group, &error))
			log_warning("%s", error->message);
		else if (matches(&group->part->part, lower))
			g_ptr_array_add(found, &group->part->part);
	}
	return found;
}
