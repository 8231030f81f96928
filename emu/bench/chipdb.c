/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chips that can be emulated: the groups of all *.chips files of a folder (see
 * spinor-chipdb(5)), who inherits whom, and answers for names.
 *
 * Opening the folder only finds the groups and the names they answer to; a part is read and checked
 * when somebody asks for it, and then kept. So a start costs the same with a thousand parts, and a
 * mistake in one part is in nobody else's way.
 */
#include "bench/chipdb.h"

#include "base/log.h"
#include "bench/error.h"
#include "bench/partfile.h"

#include <stdbool.h>
#include <string.h>

#define FAMILY_PREFIX "family "

/* A part or a family: where its text is, and what was read from it. */
struct group {
	struct bench_part_group at; /* keys: only while it is read */
	const char *text;           /* from its [ to the next group's */
	size_t length;
	unsigned int line;       /* of the [, from 1 */
	bool open;               /* being read */
	struct bench_part *part; /* NULL until read */
	GPtrArray *aliases;      /* as written, for look-ups before it is read */
};

struct bench_chipdb {
	GStringChunk *strings;
	GPtrArray *texts;     /* contents of the files */
	GPtrArray *groups;    /* struct group, owned, in the order of the files */
	GPtrArray *parts;     /* those of them that are parts, sorted by name */
	GHashTable *families; /* name to struct group */
	GHashTable *names;    /* name or alias in lower case to struct group */
	GHashTable *flashrom; /* flashrom's name in lower case to GPtrArray of struct group */
};

/* A line of a file, without its blanks and its end. */
struct line {
	const char *text;
	size_t length;
};

static void
free_group(gpointer data)
{
	struct group *group = data;

	bench_part_free(group->part);
	g_ptr_array_unref(group->aliases);
	g_free(group);
}

/* The line at *text, which moves on to the next. False at the end. */
static bool
next_line(const char **text, const char *end, struct line *line)
{
	const char *stop;

	if (*text == end)
		return false;
	stop = memchr(*text, '\n', (size_t)(end - *text));
	if (!stop)
		stop = end;
	line->text = *text;
	line->length = (size_t)(stop - *text);
	*text = stop == end ? end : stop + 1;
	while (line->length && g_ascii_isspace(line->text[0])) {
		line->text++;
		line->length--;
	}
	while (line->length && g_ascii_isspace(line->text[line->length - 1]))
		line->length--;
	return true;
}

/* The value when the line gives that key, or NULL. Free with g_free(). */
static char *
value_of(const struct line *line, const char *key)
{
	size_t n = strlen(key);
	g_autofree char *rest = NULL;

	if (line->length <= n || memcmp(line->text, key, n) != 0)
		return NULL;
	rest = g_strstrip(g_strndup(line->text + n, line->length - n));
	return rest[0] == '=' ? g_strdup(g_strchug(rest + 1)) : NULL;
}

static bool
add_name(struct bench_chipdb *db, struct group *group, const char *name, GError **error)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	const struct group *other = g_hash_table_lookup(db->names, lower);

	if (other) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: line %u: [%s]: the name \"%s\" is taken by [%s] in %s; allowed: a "
			"name that no other part has",
			group->at.file, group->line, group->at.name, name, other->at.name,
			other->at.file);
		return false;
	}
	g_hash_table_insert(db->names, g_string_chunk_insert(db->strings, lower), group);
	return true;
}

static bool
add_aliases(struct bench_chipdb *db, struct group *group, const char *value, GError **error)
{
	g_auto(GStrv) words = g_strsplit(value, ";", -1);

	for (char **word = words; *word; word++) {
		if (*g_strstrip(*word) == '\0')
			continue;
		g_ptr_array_add(group->aliases, g_string_chunk_insert(db->strings, *word));
		if (!add_name(db, group, *word, error))
			return false;
	}
	return true;
}

static void
add_flashrom_name(struct bench_chipdb *db, struct group *group, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	GPtrArray *same = g_hash_table_lookup(db->flashrom, lower);

	if (!same) {
		same = g_ptr_array_new();
		g_hash_table_insert(db->flashrom, g_string_chunk_insert(db->strings, lower), same);
	}
	g_ptr_array_add(same, group);
}

static void
add_flashrom_names(struct bench_chipdb *db, struct group *group, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, ";", -1);

	for (char **word = words; *word; word++) {
		if (*g_strstrip(*word) != '\0')
			add_flashrom_name(db, group, *word);
	}
}

static bool
add_family(struct bench_chipdb *db, struct group *group, const char *name, GError **error)
{
	const struct group *other = g_hash_table_lookup(db->families, name);

	if (other) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: line %u: [%s]: a family of that name is in %s already; allowed: once",
			group->at.file, group->line, group->at.name, other->at.file);
		return false;
	}
	g_hash_table_insert(db->families, (gpointer)name, group);
	return true;
}

/* A group begins: its line, from [ to ]. NULL on error. */
static struct group *
add_group(struct bench_chipdb *db, const char *file, unsigned int number, const struct line *line,
	GError **error)
{
	struct group *group = g_new0(struct group, 1);
	g_autofree char *header = g_strndup(line->text, line->length);
	char *name = header + 1;
	const char *bare;

	group->aliases = g_ptr_array_new();
	g_ptr_array_add(db->groups, group);
	group->at.file = file;
	group->text = line->text;
	group->line = number;
	group->at.family = g_str_has_prefix(name, FAMILY_PREFIX);
	bare = group->at.family ? name + strlen(FAMILY_PREFIX) : name;
	if (line->length < 3 || strcspn(bare, " \t[]") != strlen(bare) - 1 ||
		!g_str_has_suffix(bare, "]")) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: line %u: %s is no group; allowed: [PART] and [family NAME], names "
			"without blanks",
			file, number, header);
		return NULL;
	}
	header[line->length - 1] = '\0';
	group->at.name = g_string_chunk_insert(db->strings, name);
	if (group->at.family)
		return add_family(db, group, group->at.name + (bare - name), error) ? group : NULL;
	g_ptr_array_add(db->parts, group);
	return add_name(db, group, group->at.name, error) ? group : NULL;
}

/* Finds the groups of a file, and the names that are in them. */
static bool
scan_file(
	struct bench_chipdb *db, const char *file, const char *text, size_t length, GError **error)
{
	const char *end = text + length;
	struct group *group = NULL;
	struct line line;

	for (unsigned int number = 1; next_line(&text, end, &line); number++) {
		g_autofree char *aliases = NULL;
		g_autofree char *flashrom = NULL;

		if (line.length == 0 || line.text[0] == '#')
			continue;
		if (line.text[0] == '[') {
			group = add_group(db, file, number, &line, error);
			if (!group)
				return false;
		}
		if (!group) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
				"%s: line %u: text before the first group; allowed: # comments",
				file, number);
			return false;
		}
		group->length = (size_t)(line.text + line.length - group->text);
		if (group->at.family)
			continue;
		flashrom = value_of(&line, "flashrom");
		if (flashrom)
			add_flashrom_names(db, group, flashrom);
		aliases = value_of(&line, "aliases");
		if (aliases && !add_aliases(db, group, aliases, error))
			return false;
	}
	return true;
}

static bool
load_file(struct bench_chipdb *db, const char *path, GError **error)
{
	g_autoptr(GError) cause = NULL;
	char *text;
	gsize length;

	if (!g_file_get_contents(path, &text, &length, &cause)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE, "cannot read chips: %s",
			cause->message);
		return false;
	}
	g_ptr_array_add(db->texts, text);
	if (!g_utf8_validate(text, (gssize)length, NULL)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: not a text; allowed: UTF-8, see spinor-chipdb(5)", path);
		return false;
	}
	return scan_file(db, g_string_chunk_insert(db->strings, path), text, length, error);
}

/* GKeyFile takes the last of two; here a second one is a mistake. */
static bool
check_lines(const struct group *group, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const char *text = group->text;
	const char *end = text + group->length;
	struct line line;

	for (unsigned int number = group->line; next_line(&text, end, &line); number++) {
		g_autofree char *copy = g_strndup(line.text, line.length);
		char *equals = strchr(copy, '=');

		if (line.length == 0 || line.text[0] == '#' || line.text[0] == '[')
			continue;
		if (!equals || equals == copy) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
				"%s: line %u: \"%s\" is refused; allowed: KEY = VALUE",
				group->at.file, number, copy);
			return false;
		}
		*equals = '\0';
		if (g_hash_table_add(seen, g_strdup(g_strchomp(copy))))
			continue;
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: line %u: [%s]: key %s is there twice; allowed: once", group->at.file,
			number, group->at.name, copy);
		return false;
	}
	return true;
}

static struct group *
find_family(struct bench_chipdb *db, const struct group *group, const char *name, GError **error)
{
	struct group *family = g_hash_table_lookup(db->families, name);
	g_autoptr(GPtrArray) known = NULL;
	const char *nearest;

	if (family && family->open) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: inherits = \"%s\" is refused: family %s inherits this one "
			"itself; allowed: a line of families that ends",
			group->at.file, group->at.name, name, name);
		return NULL;
	}
	if (family)
		return family;
	known = g_ptr_array_new();
	for (unsigned int i = 0; i < db->groups->len; i++) {
		const struct group *other = g_ptr_array_index(db->groups, i);

		if (other->at.family)
			g_ptr_array_add(known, (gpointer)(other->at.name + strlen(FAMILY_PREFIX)));
	}
	nearest = bench_nearest(name, known);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
		"%s: [%s]: inherits = \"%s\" is refused: no such family%s%s%s; allowed: the "
		"NAME of a [family NAME]",
		group->at.file, group->at.name, name, nearest ? ", did you mean " : "",
		nearest ? nearest : "", nearest ? "?" : "");
	return NULL;
}

static bool resolve(struct bench_chipdb *db, struct group *group, GError **error);

/* Reads the keys on top of the family's. */
static bool
read_group(struct bench_chipdb *db, struct group *group, GError **error)
{
	g_autofree char *inherits =
		g_key_file_get_value(group->at.keys, group->at.name, "inherits", NULL);
	struct group *family = NULL;
	struct bench_part *part;

	if (inherits) {
		family = find_family(db, group, g_strstrip(inherits), error);
		if (!family || !resolve(db, family, error))
			return false;
	}
	part = bench_part_new(family ? family->part : NULL);
	if (!bench_part_read(part, &group->at, db->strings, error) ||
		(!group->at.family && !bench_part_check(part, &group->at, error))) {
		bench_part_free(part);
		return false;
	}
	group->part = part;
	return true;
}

/* Sees to it that group->part is there. */
static bool
resolve(struct bench_chipdb *db, struct group *group, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autoptr(GKeyFile) keys = NULL;
	bool good;

	if (group->part)
		return true;
	if (!check_lines(group, error))
		return false;
	keys = g_key_file_new();
	if (!g_key_file_load_from_data(keys, group->text, group->length, G_KEY_FILE_NONE, &cause)) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: %s; allowed: KEY = VALUE and # comments", group->at.file,
			group->at.name, cause->message);
		return false;
	}
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
	const struct group *const *left = a;
	const struct group *const *right = b;

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
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
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
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"cannot read chips: no *.chips file in \"%s\"; --chipdb or SPINOR_CHIPDB "
			"names a folder of them",
			dir);
		return NULL;
	}
	g_ptr_array_sort(files, compare_texts);
	return g_steal_pointer(&files);
}

struct bench_chipdb *
bench_chipdb_open(const char *dir, GError **error)
{
	g_autoptr(GPtrArray) files = NULL;
	struct bench_chipdb *db;

	if (!dir)
		dir = g_getenv("SPINOR_CHIPDB");
	files = find_files(dir ? dir : CHIPDB_DIR, error);
	if (!files)
		return NULL;

	db = g_new0(struct bench_chipdb, 1);
	db->strings = g_string_chunk_new(16 * 1024);
	db->texts = g_ptr_array_new_with_free_func(g_free);
	db->groups = g_ptr_array_new_with_free_func(free_group);
	db->parts = g_ptr_array_new();
	db->families = g_hash_table_new(g_str_hash, g_str_equal);
	db->names = g_hash_table_new(g_str_hash, g_str_equal);
	db->flashrom = g_hash_table_new_full(
		g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	for (unsigned int i = 0; i < files->len; i++) {
		if (load_file(db, g_ptr_array_index(files, i), error))
			continue;
		bench_chipdb_close(db);
		return NULL;
	}
	g_ptr_array_sort(db->parts, compare_parts);
	return db;
}

void
bench_chipdb_close(struct bench_chipdb *db)
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

/* Several parts answer flashrom in the same way. */
static void
refuse_ambiguous(const char *name, const GPtrArray *same, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (unsigned int i = 0; i < same->len; i++) {
		const struct group *group = g_ptr_array_index(same, i);

		g_string_append_printf(text, "%s%s", i ? ", " : "", group->at.name);
	}
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		"chip \"%s\" can be any of %s: name one of these", name, text->str);
}

static void
refuse_unknown(const struct bench_chipdb *db, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const char *nearest;

	for (unsigned int i = 0; i < db->parts->len; i++) {
		const struct group *group = g_ptr_array_index(db->parts, i);

		g_ptr_array_add(known, (gpointer)group->at.name);
		for (unsigned int j = 0; j < group->aliases->len; j++)
			g_ptr_array_add(known, g_ptr_array_index(group->aliases, j));
	}
	nearest = bench_nearest(name, known);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		"unknown chip \"%s\"%s%s%s (spinord --list-chips lists all)", name,
		nearest ? ": did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

const struct flash_part *
bench_chipdb_find(struct bench_chipdb *db, const char *name, GError **error)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	struct group *group = g_hash_table_lookup(db->names, lower);
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
	return resolve(db, group, error) ? &group->part->part : NULL;
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
bench_chipdb_list(struct bench_chipdb *db, const char *pattern)
{
	g_autofree char *lower = g_ascii_strdown(pattern ? pattern : "", -1);
	GPtrArray *found = g_ptr_array_new();

	for (unsigned int i = 0; i < db->parts->len; i++) {
		struct group *group = g_ptr_array_index(db->parts, i);
		g_autoptr(GError) error = NULL;

		/* Those that can be used are worth listing, but the others want to be known of. */
		if (!resolve(db, group, &error))
			log_warning("%s", error->message);
		else if (matches(&group->part->part, lower))
			g_ptr_array_add(found, &group->part->part);
	}
	return found;
}
