/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands out of a part's rows as frames. Leaves out time, waiting and what becomes of them. */
#include "board/send.h"

#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

int
board_send_opcode(const struct flash_part *part, const char *name, uint8_t usual)
{
	for (unsigned int i = 0; i < part->n_commands; i++)
		if (strcmp(part->commands[i].name, name) == 0)
			return part->commands[i].opcode >= 0 ? part->commands[i].opcode : usual;
	return -1;
}

/* One of in and out is NULL. */
static bool
frame(struct flash *flash, const char *name, uint8_t usual, const uint8_t *in, uint8_t *out,
	size_t n)
{
	int opcode = board_send_opcode(flash_part(flash), name, usual);
	uint8_t byte = (uint8_t)opcode;

	if (opcode < 0)
		return false;
	flash_select(flash);
	flash_shift(flash, &byte, NULL, 1);
	if (n > 0)
		flash_shift(flash, in, out, n);
	flash_deselect(flash, 0);
	return true;
}

bool
board_send(struct flash *flash, const char *name, uint8_t usual, const uint8_t *bytes, size_t n)
{
	return frame(flash, name, usual, bytes, NULL, n);
}

bool
board_send_read(struct flash *flash, const char *name, uint8_t usual, uint8_t *bytes, size_t n)
{
	return frame(flash, name, usual, NULL, bytes, n);
}

bool
board_send_enabled(
	struct flash *flash, const char *name, uint8_t usual, const uint8_t *bytes, size_t n)
{
	if (board_send_opcode(flash_part(flash), name, usual) < 0)
		return false;
	frame(flash, "WREN", 0x06, NULL, NULL, 0);
	return frame(flash, name, usual, bytes, NULL, n);
}

void
board_send_at_0(struct flash *flash, uint8_t opcode, size_t n_address)
{
	static const uint8_t zero[4];

	flash_select(flash);
	flash_shift(flash, &opcode, NULL, 1);
	flash_shift(flash, zero, NULL, n_address);
	flash_deselect(flash, 0);
}
