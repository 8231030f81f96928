/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The board's knowledge of the part that it was made for, and its verdict as a sentence that a
 * person can act on. A board reads the chip's ID by the first of the usual commands that the part
 * has. A DataFlash without an ID has a status register that tells its size, other parts without one
 * have at least WEL.
 */
#include "board/boot.h"

#include "board/board.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <inttypes.h>

#define ID_BYTES 3U /* that a board reads */

/* Whether the register has any bit in this part. */
static bool
has_bits(const struct flash_part *part, unsigned int reg)
{
	for (unsigned int bit = 0; bit < 8; bit++)
		if (part->status[reg][bit].function != FLASH_BIT_NONE)
			return true;
	return false;
}

/* Finds how register reg is read. False: there is no such register, or no command reads it. */
static bool
find_register(const struct flash_part *part, unsigned int reg, uint8_t *opcode, unsigned int *skip)
{
	static const struct {
		const char *name;
		unsigned int reg;
		bool in_turn; /* all registers, one byte after the other */
	} reads[] = {
		{"RDSR1", 0, false},
		{"RDSR2", 1, false},
		{"RDCR", 1, false},
		{"RDSR3", 2, false},
		{"RDSECUR", 2, false},
		{"RDSR_ALL", 0, true},
		{"DF_RDSR", 0, true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(reads); i++) {
		int own = flash_opcode(part, reads[i].name);

		if (own < 0 || (reads[i].in_turn ? !has_bits(part, reg) : reads[i].reg != reg))
			continue;
		*opcode = (uint8_t)own;
		*skip = reads[i].in_turn ? reg : 0;
		return true;
	}
	return false;
}

unsigned int
board_boot_registers(const struct flash_part *part)
{
	unsigned int registers = 0;
	unsigned int skip;
	uint8_t opcode;

	for (unsigned int reg = 0; reg < FLASH_STATUS_REGISTERS; reg++)
		if (find_register(part, reg, &opcode, &skip))
			registers |= 1u << reg;
	return registers;
}

void
board_boot_expect(struct board *board, const struct flash_part *part, unsigned int address_bytes)
{
	const struct {
		const char *name;
		unsigned int behind;
		unsigned int n;
	} ways[] = {
		{"RDID", 0, part->id_length},
		{"REMS", 3, 2},
		{"RES", 3, part->res_length},
		{"RDIDP", part->address_bytes, part->id_length},
		{"DF_RDSR", 0, 1},
		{"RDSR1", 0, 0},
	};
	unsigned int skip;
	size_t way = 0;
	uint8_t opcode;

	while (way < G_N_ELEMENTS(ways) - 1 && flash_opcode(part, ways[way].name) < 0)
		way++;
	board_set_identity(board, (uint8_t)flash_opcode(part, ways[way].name), ways[way].behind,
		MIN(ways[way].n, ID_BYTES));
	board_set_address_bytes(board, address_bytes > 0 ? address_bytes : part->address_bytes);
	for (unsigned int reg = 0; reg < FLASH_STATUS_REGISTERS; reg++)
		if (find_register(part, reg, &opcode, &skip))
			board_set_register(board, reg, opcode, skip);
}

/* After "byte". */
static const char *
differ(const struct board_verdict *v)
{
	return v->n_bytes == 1 ? " differs" : "s differ";
}

static char *
no_chip(const struct board_verdict *v)
{
	GString *text = g_string_new(NULL);

	g_string_printf(text, "no chip answers: %02X reads", v->opcode);
	for (size_t i = 0; i < v->n_id; i++)
		g_string_append_printf(text, " %02X", v->id[i]);
	return g_string_free(text, FALSE);
}

char *
board_boot_reason(const struct board_verdict *v)
{
	uint64_t last = v->start + v->length - 1;

	switch (v->result) {
	case BOARD_NO_CHIP:
		return no_chip(v);
	case BOARD_OTHER_CONTENT:
		return g_strdup_printf("%06" PRIX64 "-%06" PRIX64 " is not what it wants: %" PRIu64
				       " byte%s, from %06" PRIX64,
			v->start, last, v->n_bytes, differ(v), v->first);
	case BOARD_OTHER_DIGEST:
		return g_strdup_printf(
			"%06" PRIX64 "-%06" PRIX64 " has another SHA-256", v->start, last);
	case BOARD_CHANGED:
		return g_strdup_printf("%06" PRIX64 "-%06" PRIX64
				       " is no longer the board's own: %" PRIu64
				       " byte%s, from %06" PRIX64,
			v->start, last, v->n_bytes, differ(v), v->first);
	case BOARD_REGISTER:
		return g_strdup_printf("SR%u is %02X; of its bits %02X it wants %02X", v->reg + 1,
			v->found, v->mask, v->wanted);
	case BOARD_BOOTS:
		break;
	}
	return g_strdup("it boots");
}
