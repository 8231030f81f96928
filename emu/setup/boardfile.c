/* SPDX-License-Identifier: GPL-2.0-or-later */
/* [board NAME]: the board behind a chip, and the content that it needs to boot. */
#include "base/units.h"
#include "base/value.h"
#include "base/wholefile.h"
#include "board/board.h"
#include "flash/partdata.h"
#include "setup/faultfile.h"
#include "setup/setup.h"

#include <string.h>

#define BYTES_MAX 256
#define CONTENT_MAX (UINT64_C(1) << 30) /* no part is larger */

/* The target of the keys. */
struct reading {
	const struct setup_group *group;
	struct setup_board *entry;
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

/* The words of an item. */
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

static struct setup_board *
entry_of(const struct base_key_reading *r)
{
	return ((struct reading *)r->target)->entry;
}

static void
reaches(struct reading *r, uint64_t end)
{
	r->entry->end = MAX(r->entry->end, end);
}

static bool
take_adapter(struct base_key_reading *r, const char *value)
{
	entry_of(r)->adapter = g_strdup(value);
	return true;
}

static bool
take_chip(struct base_key_reading *r, const char *value)
{
	entry_of(r)->chip = g_strdup(value);
	return true;
}

static bool
take_state(struct base_key_reading *r, const char *value)
{
	struct setup_board *entry = entry_of(r);
	int state;

	if (!base_value_word(r->key->words, value, &state))
		return false;
	entry->has_state = true;
	entry->state = (enum board_state)state;
	return true;
}

static bool
take_address(struct base_key_reading *r, const char *value)
{
	entry_of(r)->address_bytes = value[0] == '4' ? 4 : 3;
	return strcmp(value, "3") == 0 || strcmp(value, "4") == 0;
}

static bool
take_content(struct base_key_reading *at, const char *value)
{
	struct reading *r = at->target;
	g_autofree char *path = g_path_is_absolute(value)
		? g_strdup(value)
		: g_build_filename(r->group->folder, value, NULL);
	g_autoptr(GError) cause = NULL;
	g_autofree char *bytes = NULL;
	gsize n;

	if (!base_whole_file(path, CONTENT_MAX, &bytes, &n, &cause)) {
		at->why = g_strdup(cause->message);
		return false;
	}
	board_want_content(r->entry->board, 0, (const uint8_t *)bytes, n);
	g_free(r->entry->content);
	r->entry->content = g_steal_pointer(&path);
	r->entry->by_option = r->group->keys.is_option;
	reaches(r, n);
	return n > 0;
}

/* "0x10 5A A5": an address and the bytes there. */
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
take_magic(struct base_key_reading *r, const char *value)
{
	return each_item(r->target, value, take_magic_item);
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
take_sha256(struct base_key_reading *r, const char *value)
{
	return each_item(r->target, value, take_sha256_item);
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
take_unchanged(struct base_key_reading *r, const char *value)
{
	return each_item(r->target, value, take_unchanged_item);
}

/* "sr2 02 02": register, mask, value. */
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
take_registers(struct base_key_reading *r, const char *value)
{
	return each_item(r->target, value, take_register_item);
}

static const struct base_value_word state_words[] = {
	{"run", BOARD_RUNS}, {"reset", BOARD_IN_RESET}, {"off", BOARD_OFF}, {NULL, 0}};

static const struct base_key keys[] = {
	BASE_KEY("adapter", "the name of an [adapter NAME]", take_adapter),
	BASE_KEY("chip", "the name of a [chip NAME]", take_chip),
	BASE_KEY("state", "run, reset or off", take_state, .words = state_words),
	BASE_KEY("address", "3 or 4 (bytes)", take_address),
	BASE_KEY("content", "a regular file that is not empty and no longer than the chip",
		take_content),
	BASE_KEY("magic",
		"an address and bytes in hex, such as 0x10 5A A5 F0 0F; more of them after ;",
		take_magic),
	BASE_KEY("sha256", "FIRST-LAST and 64 hex digits; more of them after ;", take_sha256),
	BASE_KEY("unchanged", "FIRST-LAST, such as 0x1000-0x1FFF; more of them after ;",
		take_unchanged),
	BASE_KEY("registers",
		"sr1, sr2 or sr3, a mask from 01 to FF and a value of these bits in hex, such as "
		"sr2 02 02; more of them after ;",
		take_registers),
	BASE_KEY_END,
};

const char **
setup_board_keys(void)
{
	return base_keytable_names((const struct base_keytable[]){{.keys = keys}, {.keys = NULL}});
}

bool
setup_boardfile_read(const struct setup_group *group, struct setup_bench *setup, GError **error)
{
	struct reading r = {.group = group, .entry = setup_add_board(setup)};
	const struct base_keytable tables[] = {{keys, &r, NULL}, {NULL, NULL, NULL}};

	r.entry->name = g_strdup(group->name);
	r.entry->where = base_keygroup_where(&group->keys, NULL);
	return base_keytable_read(&group->keys, tables, error);
}
