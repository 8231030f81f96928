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
#include "base/error.h"
#include "base/keyfile.h"
#include "base/log.h"
#include "base/mistake.h"
#include "base/wholefile.h"
#include "chipdb/internal.h"
#include "chipdb/partfile.h"

#include <stdbool.h>
#include <string.h>

#define FAMILIES_MAX 32 /* that inherit one another */

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
	/* The other keys are read with the family that was probably meant. */
	name = base_nearest(name, (const char *const *)known->pdata);
	if (name && group->at.text && chipdb_part_ignore(&group->at, "inherits", error))
		return visible_family(db, group, name);
	return NULL;
}

/* NOLINTBEGIN(misc-no-recursion): resolve_family() has a limit. */

/* Reads the family of group first; a long line of families must not use up the stack. */
static bool
resolve_family(struct chipdb *db, struct chipdb_scan_group *group, struct chipdb_scan_group *family,
	GError **error)
{
	bool good = db->depth < FAMILIES_MAX;

	db->depth++;
	if (good && !chipdb_resolve(db, family, error)) {
		db->depth--;
		return false;
	}
	db->depth--;
	group->depth = family->depth + 1;
	if (good && group->depth <= FAMILIES_MAX)
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%s: [%s]: inherits is refused: the line of families is too long; allowed: up to "
		"%d families in line",
		group->at.file, group->at.name, FAMILIES_MAX);
	return false;
}

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
		if (!family || !resolve_family(db, group, family, error))
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

bool
chipdb_resolve(struct chipdb *db, struct chipdb_scan_group *group, GError **error)
{
	bool checked = db->mistakes && strcmp(group->at.file, db->checked) == 0;
	const struct base_keytext text = {group->at.file, group->text, group->length, group->line,
		BASE_ERROR_FILE, checked ? db->mistakes : NULL};
	g_autoptr(GKeyFile) keys = NULL;
	bool good;

	if (group->part)
		return true;
	keys = base_keyfile_parse(&text, error);
	if (!keys)
		return false;
	group->at.keys = keys;
	group->at.text = checked ? &text : NULL;
	group->open = true;
	good = read_group(db, group, error);
	group->open = false;
	group->at.keys = NULL;
	group->at.text = NULL;
	return good;
}

/* NOLINTEND(misc-no-recursion) */

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
			"cannot read chips: \"%s\": %s; --chipdb or SPINOR_CHIPDB names a folder "
			"of *.chips files",
			dir, base_file_reason(cause));
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
	const struct chipdb_scan_file file = {
		g_string_chunk_insert(db->strings, path), text, length, layer};
	unsigned int known = db->groups->len;

	if (!g_utf8_validate(text, (gssize)length, NULL)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: not a text; allowed: UTF-8, see spinor-chipdb(5)", path);
		return false;
	}
	if (!chipdb_scan_text(db->groups, db->strings, &file, db->mistakes, error))
		return false;
	for (unsigned int i = known; i < db->groups->len; i++) {
		struct chipdb_scan_group *group = g_ptr_array_index(db->groups, i);

		group->refused = !add_group(db, group, error);
		if (group->refused && !base_mistakes_take(db->mistakes, path, group->line, error))
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

/* Whether path is the file that is checked, which is read last. */
static bool
is_checked(const struct chipdb *db, const char *path)
{
	g_autofree char *one = db->checked ? g_canonicalize_filename(db->checked, NULL) : NULL;
	g_autofree char *other = g_canonicalize_filename(path, NULL);

	return one && strcmp(one, other) == 0;
}

/* dir: a folder, or a single file. */
static bool
load_folder(struct chipdb *db, const char *dir, unsigned int layer, GError **error)
{
	g_autoptr(GPtrArray) files = NULL;

	if (g_file_test(dir, G_FILE_TEST_IS_REGULAR))
		return load_file(db, dir, layer, error);
	files = find_files(dir, error);
	for (unsigned int i = 0; files && i < files->len; i++) {
		if (!is_checked(db, g_ptr_array_index(files, i)) &&
			!load_file(db, g_ptr_array_index(files, i), layer, error))
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

GPtrArray *
chipdb_folders(const char *dir)
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
chipdb_open_checked(
	const char *dir, const char *checked, struct base_mistakes *mistakes, GError **error)
{
	g_autoptr(GPtrArray) folders = chipdb_folders(dir);
	struct chipdb *db = new_chipdb();
	bool good = true;

	db->checked = checked;
	for (unsigned int i = 0; good && i < folders->len; i++)
		good = load_folder(db, g_ptr_array_index(folders, i), i, error);
	db->mistakes = mistakes;
	if (good && checked)
		good = load_file(db, checked, folders->len, error);
	if (!good) {
		chipdb_close(db);
		return NULL;
	}
	g_ptr_array_sort(db->parts, compare_parts);
	return db;
}

struct chipdb *
chipdb_open(const char *dir, GError **error)
{
	return chipdb_open_checked(dir, NULL, NULL, error);
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

const struct flash_part *
chipdb_find(struct chipdb *db, const char *name, GError **error)
{
	struct chipdb_scan_group *group = chipdb_find_group(db, name, error);

	return group ? &group->part->part : NULL;
}

char *
chipdb_source(struct chipdb *db, const char *name, GError **error)
{
	const struct chipdb_scan_group *group = chipdb_find_group(db, name, error);
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
		if (!chipdb_resolve(db, group, &error))
			log_warning("%s", error->message);
		else if (matches(&group->part->part, lower))
			g_ptr_array_add(found, &group->part->part);
	}
	return found;
}
