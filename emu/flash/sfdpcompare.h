/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares the SFDP of a real chip with the part's own data. Not installed.
 *
 * Fields:
 *   tables           a table that a header counts is beyond the end
 *   density          the size
 *   erase-4k         the opcode of 4 KiB blocks, in dword 1
 *   erase-types      opcodes and sizes, in dwords 8 and 9
 *   read-1-1-2, read-1-2-2, read-1-1-4, read-1-4-4   opcode and dummy clocks, mode clocks included
 *   read-2-2-2, read-4-4-4                           whether there are such modes
 *   address-mode     3 bytes, 3 or 4, or 4
 *   page-size        from here on only in tables of revision A and up
 *   suspend          opcodes of suspend and resume
 *   power-down       opcodes
 *   quad-enable      where QE is
 *   reset            66 99 and F0
 *   four-byte-mode   the ways to get 4-byte addresses
 *   four-byte-table  the commands that always have 4 address bytes
 */
#ifndef SPINOR_FLASH_SFDPCOMPARE_H
#define SPINOR_FLASH_SFDPCOMPARE_H

struct flash_part;

typedef void flash_sfdp_difference(void *data, const char *field, const char *text);

/* Calls report for each field that differs, with both values in text: "table 16 Mbit, part 128
 * Mbit". Nothing for a part without a real chip's SFDP (FLASH_SFDP_FILE). */
void flash_sfdp_compare(const struct flash_part *part, flash_sfdp_difference *report, void *data);

/* The reason why that field of the part's SFDP differs, as its file says; NULL: the file does not
 * list it. Free with g_free(). */
char *flash_sfdp_quirk(const struct flash_part *part, const char *field);

#endif
