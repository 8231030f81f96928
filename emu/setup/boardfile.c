/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * [board NAME]: what the board behind a chip wants to find there, as a table of keys.
 */
#include "base/units.h"
#include "base/error.h"
#include "setup/faultfile.h"
#include "base/value.h"
#include "setup/setup.h"
#include "base/wholefile.h"
#include "board/board.h"
#include "flash/partdata.h"

#include <string.h>

#define BYTES_MAX 256
#define CONTENT_MAX (UINT64_C(1) << 30) /* no part is larger */

struct reading {
	const struct setup_group *group;
	struct setup_board *entry;
	char *why; /* more than what is allowed; may be NULL */
};

struct key {
	const char *name;
	const char *allowed;
	bool (*take)(struct reading *r, char *value);
};

/* "0x1000-0x1FFF", both ends included. */
static bool
take_region(const char *value, uint64_t *start, uint64_t *length)
{
	uint64_t end;

	if (!base_parse_range(value, false, start, &end) || end > CONTENT_MAX)
		return false;
	*length = end - *start;
	return true;
}

/* The words of one of the items that ; separates. */
static char **
words_of(char *item)
{
	char **words = g_strsplit_set(g_strstrip(item), " \t", -1);
	size_t n = 0;

	for (char **word = words; *word; word++) {
		if (**word != '\0')
			words[n++] = *word;
		else
			g_free(*word);
	}
	words[n] = NULL;
	return words;
}

static bool
each_item(struct reading *r, const char *value, bool (*take)(struct reading *r, char **words))
{
	g_auto(GStrv) items = g_strsplit(value, ";", -1);
	bool good = true;

	for (char **item = items; good && *item; item++) {
		g_auto(GStrv) words = words_of(*item);

		good = take(r, words);
	}
	return good;
}

static void
reaches(struct reading *r, uint64_t end)
{
	r->entry->end = MAX(r->entry->end, end);
}

static bool
take_adapter(struct reading *r, char *value)
{
	r->entry->adapter = g_strdup(value);
	return true;
}

static bool
take_chip(struct reading *r, char *value)
{
	r->entry->chip = g_strdup(value);
	return true;
}

static bool
take_state(struct reading *r, char *value)
{
	static const struct base_value_word words[] = {
		{"run", BOARD_RUNS}, {"reset", BOARD_IN_RESET}, {"off", BOARD_OFF}, {NULL, 0}};

	int state;

	if (!base_value_word(words, value, &state))
		return false;
	r->entry->has_state = true;
	r->entry->state = (enum board_state)state;
	return true;
}

static bool
take_address(struct reading *r, char *value)
{
	r->entry->address_bytes = value[0] == '4' ? 4 : 3;
	return strcmp(value, "3") == 0 || strcmp(value, "4") == 0;
}

static bool
take_content(struct reading *r, char *value)
{
	g_autofree char *path = g_path_is_absolute(value)
		? g_strdup(value)
		: g_build_filename(r->group->folder, value, NULL);
	g_autoptr(GError) cause = NULL;
	g_autofree char *bytes = NULL;
	gsize n;

	if (!base_whole_file(path, CONTENT_MAX, &bytes, &n, &cause)) {
		r->why = g_strdup(cause->message);
		return false;
	}
	board_want_content(r->entry->board, 0, (const uint8_t *)bytes, n);
	reaches(r, n);
	return n > 0;
}

/* An address and the bytes there. */
static bool
take_magic_item(struct reading *r, char **words)
{
	uint8_t bytes[BYTES_MAX];
	uint64_t start;
	size_t n = 0;

	if (!words[0] || !words[1] || !base_parse_whole(words[0], 0, UINT64_C(1) << 40, &start))
		return false;
	for (char **word = words + 1; *word; word++) {
		if (n == BYTES_MAX || !base_value_hex_byte(*word, &bytes[n++]))
			return false;
	}
	board_want_content(r->entry->board, start, bytes, n);
	reaches(r, start + n);
	return true;
}

static bool
take_magic(struct reading *r, char *value)
{
	return each_item(r, value, take_magic_item);
}

static bool
take_sha256_item(struct reading *r, char **words)
{
	uint64_t start, length;

	if (g_strv_length(words) != 2 || !take_region(words[0], &start, &length) ||
		strlen(words[1]) != 64 || words[1][strspn(words[1], "0123456789abcdefABCDEF")])
		return false;
	board_want_digest(r->entry->board, start, length, words[1]);
	reaches(r, start + length);
	return true;
}

static bool
take_sha256(struct reading *r, char *value)
{
	return each_item(r, value, take_sha256_item);
}

static bool
take_unchanged_item(struct reading *r, char **words)
{
	uint64_t start, length;

	if (g_strv_length(words) != 1 || !take_region(words[0], &start, &length))
		return false;
	board_want_unchanged(r->entry->board, start, length);
	reaches(r, start + length);
	return true;
}

static bool
take_unchanged(struct reading *r, char *value)
{
	return each_item(r, value, take_unchanged_item);
}

/* Register, mask, value. */
static bool
take_register_item(struct reading *r, char **words)
{
	static const char *const registers[] = {"sr1", "sr2", "sr3"};
	uint8_t mask, value;

	if (g_strv_length(words) != 3 || !base_value_hex_byte(words[1], &mask) ||
		!base_value_hex_byte(words[2], &value) || mask == 0 || value & ~mask)
		return false;
	for (unsigned int reg = 0; reg < G_N_ELEMENTS(registers); reg++) {
		if (g_ascii_strcasecmp(words[0], registers[reg]) == 0) {
			board_want_register(r->entry->board, reg, mask, value);
			r->entry->registers |= 1u << reg;
			return true;
		}
	}
	return false;
}

static bool
take_registers(struct reading *r, char *value)
{
	return each_item(r, value, take_register_item);
}

static const struct key keys[] = {
	{"adapter", "the name of an [adapter NAME]", take_adapter},
	{"chip", "the name of a [chip NAME]", take_chip},
	{"state", "run, reset or off", take_state},
	{"address", "3 or 4 (bytes)", take_address},
	{"content", "a regular file that is not empty and no longer than the chip", take_content},
	{"magic", "an address and bytes in hex, such as 0x10 5A A5 F0 0F; more of them after ;",
		take_magic},
	{"sha256", "FIRST-LAST and 64 hex digits; more of them after ;", take_sha256},
	{"unchanged", "FIRST-LAST, such as 0x1000-0x1FFF; more of them after ;", take_unchanged},
	{"registers",
		"sr1, sr2 or sr3, a mask from 01 to FF and a value of these bits in hex, such as "
		"sr2 02 02; more of them after ;",
		take_registers},
};

static bool
refuse(const struct setup_group *group, const char *text, GError **error)
{
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s: [%s]: %s", group->path, group->group,
		text);
	return false;
}

const char **
setup_board_keys(void)
{
	const char **names = g_new0(const char *, G_N_ELEMENTS(keys) + 1);

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		names[i] = keys[i].name;
	return names;
}

static bool
refuse_key(const struct setup_group *group, const char *name, GError **error)
{
	g_autofree const char **known = setup_board_keys();
	g_autofree char *unknown = NULL;
	g_autofree char *text = NULL;

	unknown = base_unknown(name, known);
	text = g_strdup_printf("unknown key %s", unknown);
	return refuse(group, text, error);
}

static bool
read_key(struct reading *r, const char *name, char *value, GError **error)
{
	g_autofree char *text = NULL;
	const struct key *key = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (strcmp(keys[i].name, name) == 0)
			key = &keys[i];
	}
	if (key == NULL)
		return refuse_key(r->group, name, error);
	g_strstrip(value);
	if (*value != '\0' && key->take(r, value))
		return true;
	text = g_strdup_printf("%s = \"%s\" is refused%s%s; allowed: %s", name, value,
		r->why ? ": " : "", r->why ? r->why : "", key->allowed);
	g_clear_pointer(&r->why, g_free);
	return refuse(r->group, text, error);
}

bool
setup_boardfile_read(const struct setup_group *group, struct setup_bench *setup, GError **error)
{
	struct reading r = {.group = group, .entry = setup_add_board(setup)};
	g_auto(GStrv) names = g_key_file_get_keys(group->file, group->group, NULL, NULL);

	r.entry->name = g_strdup(group->name);
	r.entry->where = g_strdup_printf("%s: [%s]", group->path, group->group);
	for (char **name = names; *name; name++) {
		g_autofree char *value =
			g_key_file_get_value(group->file, group->group, *name, NULL);

		if (!read_key(&r, *name, value, error))
			return false;
	}
	return true;
}
