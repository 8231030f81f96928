/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The board's knowledge of its chip's part, and the reason for a failed boot as text. */
#ifndef SPINOR_BOARD_BOOT_H
#define SPINOR_BOARD_BOOT_H

struct board;
struct board_verdict;
struct flash_part;

/* Sets up the board for that part: how to detect the chip, the number of address bytes of reads
 * (address_bytes, or 0 for the part's own), and how to read its registers. */
void board_boot_expect(
	struct board *board, const struct flash_part *part, unsigned int address_bytes);

/* The registers of such a chip that a board can read: bits 1 << reg, 0 is SR1. */
unsigned int board_boot_registers(const struct flash_part *part);

/* Why the board does not boot, on one line. Free with g_free(). */
char *board_boot_reason(const struct board_verdict *verdict);

#endif
