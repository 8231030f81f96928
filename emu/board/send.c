/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of a part as frames. Leaves out time, waiting for the chip and the outcome. */
#include "board/send.h"

#include "flash/flash.h"

/* One of in and out is NULL. */
static bool
frame(struct flash *flash, const char *name, const uint8_t *in, uint8_t *out, size_t n)
{
	int opcode = flash_opcode(flash_part(flash), name);
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
board_send(struct flash *flash, const char *name, const uint8_t *bytes, size_t n)
{
	return frame(flash, name, bytes, NULL, n);
}

bool
board_send_read(struct flash *flash, const char *name, uint8_t *bytes, size_t n)
{
	return frame(flash, name, NULL, bytes, n);
}

bool
board_send_enabled(struct flash *flash, const char *name, const uint8_t *bytes, size_t n)
{
	if (flash_opcode(flash_part(flash), name) < 0)
		return false;
	frame(flash, "WREN", NULL, NULL, 0);
	return frame(flash, name, bytes, NULL, n);
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
