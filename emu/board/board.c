/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A board that tries to boot from its chip. The chip is soldered to it: faults of the adapter and
 * the clip do not affect the board, faults at the chip's own pins do. It reads with 03 as boot ROMs
 * do, and relies on the data alone: with a wrong address mode or bank it reads other bytes than it
 * should. That is how a board can be dead although the chip was verified: wrong file, a region with
 * the board's own data (calibration, MAC address) overwritten, QE cleared.
 *
 * Leaves out an adapter whose drivers fight the board's (the adapter is taken to be idle), what a
 * board does after the boot, and quad reads: a boot ROM that needs them needs QE.
 */
#include "board/board.h"

#include <glib.h>
#include <string.h>

#include "clip/clip.h"

/* Boards have reset circuits: this is longer than any tVSL and tPUW. */
#define POWER_UP_NS INT64_C(20000000)

#define WEL 0x02
#define REGISTERS 3
#define PIECE 65536u
#define REACH (UINT64_C(1) << 24) /* of three address bytes */

enum want_kind {
	WANT_CONTENT,
	WANT_DIGEST,
	WANT_UNCHANGED,
	WANT_REGISTER,
};

struct want {
	enum want_kind kind;
	uint64_t start;
	uint64_t length;
	uint8_t *bytes; /* CONTENT, UNCHANGED */
	char *sha256;
	unsigned int reg;
	uint8_t mask;
	uint8_t value;
};

struct board {
	uint8_t id_opcode;
	unsigned int n_behind;
	unsigned int n_id;
	unsigned int address_bytes;
	struct {
		uint8_t opcode;
		unsigned int skip;
	} registers[REGISTERS];
	GPtrArray *wants;
};

static void
free_want(void *data)
{
	struct want *want = data;

	g_free(want->bytes);
	g_free(want->sha256);
	g_free(want);
}

struct board *
board_new(void)
{
	struct board *board = g_new0(struct board, 1);

	board->id_opcode = 0x9f;
	board->n_id = 3;
	board_set_register(board, 0, 0x05, 0);
	board_set_register(board, 1, 0x35, 0);
	board_set_register(board, 2, 0x15, 0);
	board->address_bytes = 3;
	board->wants = g_ptr_array_new_with_free_func(free_want);
	return board;
}

void
board_free(struct board *board)
{
	if (board == NULL)
		return;
	g_ptr_array_unref(board->wants);
	g_free(board);
}

void
board_set_identity(struct board *board, uint8_t opcode, unsigned int n_behind, unsigned int n_id)
{
	board->id_opcode = opcode;
	board->n_behind = n_behind;
	board->n_id = n_id;
}

void
board_set_address_bytes(struct board *board, unsigned int n)
{
	board->address_bytes = n;
}

void
board_set_register(struct board *board, unsigned int reg, uint8_t opcode, unsigned int skip)
{
	board->registers[reg % REGISTERS].opcode = opcode;
	board->registers[reg % REGISTERS].skip = skip;
}

static struct want *
add_want(struct board *board, enum want_kind kind, uint64_t start, uint64_t length)
{
	struct want *want = g_new0(struct want, 1);

	want->kind = kind;
	want->start = start;
	want->length = length;
	g_ptr_array_add(board->wants, want);
	return want;
}

void
board_want_content(struct board *board, uint64_t start, const uint8_t *bytes, size_t n)
{
	add_want(board, WANT_CONTENT, start, n)->bytes = g_memdup2(bytes, n);
}

void
board_want_digest(struct board *board, uint64_t start, uint64_t length, const char *sha256)
{
	add_want(board, WANT_DIGEST, start, length)->sha256 = g_ascii_strdown(sha256, -1);
}

void
board_want_unchanged(struct board *board, uint64_t start, uint64_t length)
{
	add_want(board, WANT_UNCHANGED, start, length);
}

void
board_want_register(struct board *board, unsigned int reg, uint8_t mask, uint8_t value)
{
	struct want *want = add_want(board, WANT_REGISTER, 0, 0);

	want->reg = reg;
	want->mask = mask;
	want->value = value & mask;
}

static void
frame(struct clip *clip, unsigned int cs, const uint8_t *out, size_t n_out, uint8_t *in, size_t n)
{
	clip_select(clip, cs);
	clip_shift(clip, out, NULL, n_out);
	clip_shift(clip, NULL, in, n);
	clip_deselect(clip);
}

static void
read_piece(const struct board *board, struct clip *clip, unsigned int cs, uint64_t address,
	uint8_t *out, size_t n)
{
	bool far = address >= REACH && board->address_bytes == 3;
	unsigned int n_address = far ? 4 : board->address_bytes;
	uint8_t header[5] = {far ? 0x13 : 0x03};

	for (unsigned int i = 0; i < n_address; i++)
		header[1 + i] = (uint8_t)(address >> 8 * (n_address - 1 - i));
	frame(clip, cs, header, 1 + n_address, out, n);
}

/* Calls each for the region, piece by piece; no piece crosses REACH. */
static void
read_region(const struct board *board, struct clip *clip, unsigned int cs, const struct want *want,
	void (*each)(void *data, uint64_t offset, const uint8_t *bytes, size_t n), void *data)
{
	g_autofree uint8_t *piece = g_malloc(PIECE);

	for (uint64_t offset = 0; offset < want->length;) {
		uint64_t at = want->start + offset;
		size_t n = (size_t)MIN(want->length - offset, PIECE - at % PIECE);

		read_piece(board, clip, cs, at, piece, n);
		each(data, offset, piece, n);
		offset += n;
	}
}

struct comparison {
	const struct want *want;
	struct board_verdict *verdict;
};

static void
compare(void *data, uint64_t offset, const uint8_t *bytes, size_t n)
{
	struct comparison *comparison = data;
	struct board_verdict *verdict = comparison->verdict;
	const uint8_t *wanted = comparison->want->bytes + offset;

	if (memcmp(bytes, wanted, n) == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == wanted[i])
			continue;
		if (verdict->n_bytes++ == 0)
			verdict->first = comparison->want->start + offset + i;
	}
}

static void
digest(void *data, uint64_t offset, const uint8_t *bytes, size_t n)
{
	(void)offset;
	g_checksum_update(data, bytes, (gssize)n);
}

void
board_begin(struct board *board, const uint8_t *array, uint64_t size)
{
	for (guint i = 0; i < board->wants->len; i++) {
		struct want *want = board->wants->pdata[i];

		if (want->kind != WANT_UNCHANGED || want->start + want->length > size)
			continue;
		g_free(want->bytes);
		want->bytes = g_memdup2(array + want->start, want->length);
	}
}

/* Tells a chip from a dead or stuck line, whose level never changes. */
static bool
has_latch(const struct board *board, struct clip *clip, unsigned int cs, uint8_t *id)
{
	static const uint8_t enable = 0x06, disable = 0x04;

	frame(clip, cs, &enable, 1, NULL, 0);
	frame(clip, cs, &board->id_opcode, 1, &id[0], 1);
	frame(clip, cs, &disable, 1, NULL, 0);
	frame(clip, cs, &board->id_opcode, 1, &id[1], 1);
	return id[0] & WEL && !(id[1] & WEL);
}

static bool
is_there(const struct board *board, struct clip *clip, unsigned int cs,
	struct board_verdict *verdict)
{
	const uint8_t header[5] = {board->id_opcode};
	uint8_t *id = verdict->id;
	bool zeros = true, ones = true;

	verdict->opcode = board->id_opcode;
	verdict->n_id = board->n_id > 0 ? board->n_id : 2;
	if (board->n_id == 0)
		return has_latch(board, clip, cs, id);
	frame(clip, cs, header, 1 + board->n_behind, id, board->n_id);
	for (unsigned int i = 0; i < board->n_id; i++) {
		zeros = zeros && id[i] == 0x00;
		ones = ones && id[i] == 0xff;
	}
	return !zeros && !ones;
}

static bool
has_digest(const struct board *board, struct clip *clip, unsigned int cs, const struct want *want)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

	read_region(board, clip, cs, want, digest, checksum);
	return strcmp(g_checksum_get_string(checksum), want->sha256) == 0;
}

static bool
has_bits(const struct board *board, struct clip *clip, unsigned int cs, const struct want *want,
	uint8_t *found)
{
	unsigned int reg = want->reg % REGISTERS;
	unsigned int skip = board->registers[reg].skip % REGISTERS;
	uint8_t bytes[REGISTERS];

	frame(clip, cs, &board->registers[reg].opcode, 1, bytes, skip + 1);
	*found = bytes[skip];
	return (*found & want->mask) == want->value;
}

static enum board_result
judge(const struct board *board, struct clip *clip, unsigned int cs, const struct want *want,
	struct board_verdict *verdict)
{
	struct comparison comparison = {want, verdict};

	switch (want->kind) {
	case WANT_DIGEST:
		return has_digest(board, clip, cs, want) ? BOARD_BOOTS : BOARD_OTHER_DIGEST;
	case WANT_REGISTER:
		return has_bits(board, clip, cs, want, &verdict->found) ? BOARD_BOOTS
									: BOARD_REGISTER;
	case WANT_UNCHANGED:
	case WANT_CONTENT:
		break;
	}
	if (want->bytes == NULL)
		return BOARD_BOOTS;
	read_region(board, clip, cs, want, compare, &comparison);
	if (verdict->n_bytes == 0)
		return BOARD_BOOTS;
	return want->kind == WANT_CONTENT ? BOARD_OTHER_CONTENT : BOARD_CHANGED;
}

static bool
boot(const struct board *board, struct clip *clip, unsigned int cs, struct board_verdict *verdict)
{
	*verdict = (struct board_verdict){.result = BOARD_BOOTS};
	if (!is_there(board, clip, cs, verdict)) {
		verdict->result = BOARD_NO_CHIP;
		return false;
	}
	for (guint i = 0; i < board->wants->len; i++) {
		const struct want *want = board->wants->pdata[i];

		verdict->result = judge(board, clip, cs, want, verdict);
		if (verdict->result == BOARD_BOOTS)
			continue;
		verdict->start = want->start;
		verdict->length = want->length;
		verdict->reg = want->reg;
		verdict->mask = want->mask;
		verdict->wanted = want->value;
		return false;
	}
	return true;
}

bool
board_boot(struct board *board, struct clip *clip, unsigned int cs, struct board_verdict *verdict)
{
	bool boots;

	clip_board_begin(clip);
	clip_wait(clip, POWER_UP_NS);
	boots = boot(board, clip, cs, verdict);
	clip_board_end(clip);
	return boots;
}
