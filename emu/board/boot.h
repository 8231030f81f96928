/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a board knows of its chip's part, and why it does not boot, for people. */
#ifndef SPINOR_BOARD_BOOT_H
#define SPINOR_BOARD_BOOT_H

struct board;
struct board_verdict;
struct flash_part;

/* Makes it a board for that part: how the chip says that it is there, with how many address
 * bytes it is read, and by what its registers are; address_bytes 0: the part's own. */
void board_boot_expect(
	struct board *board, const struct flash_part *part, unsigned int address_bytes);

/* Registers that a board can read of such a chip: bits 1 << reg, 0 being SR1. */
unsigned int board_boot_registers(const struct flash_part *part);

/* What is amiss and where, one line; of a board that does not boot. Free with g_free(). */
char *board_boot_reason(const struct board_verdict *verdict);

#endif
