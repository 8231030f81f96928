/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part number: what its data sheet says, and nothing about one chip's state.
 *
 * Its fields are hidden. They are many, differ from vendor to vendor and change whenever another
 * kind of chip is added; a struct that programs fill in would bind them to one release. Parts come
 * from the chip data instead, or from text in its format (chips.h), which has a manual and is
 * checked; what a program wants to know of a part, it asks here and in flash.h.
 */
#ifndef SPINOR_FLASH_PART_H
#define SPINOR_FLASH_PART_H

#include <stddef.h>
#include <stdint.h>

#define FLASH_STATUS_REGISTERS 3 /* SR1 to SR3 */

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct flash_part;

/* All strings and arrays belong to the part and live as long as it does. */

/* As it is ordered: "W25Q128JV". */
const char *flash_part_name(const struct flash_part *part);
const char *flash_part_vendor(const struct flash_part *part);

/* The chip that flashrom reports; NULL: it has no definition for the part. */
const char *flash_part_flashrom_name(const struct flash_part *part);

/* Bytes of the array: a power of two; of a DataFlash it can be 1/32 more. */
uint64_t flash_part_size(const struct flash_part *part);

/* The most bytes that one page program takes; 0: the part has none. */
uint32_t flash_part_page_size(const struct flash_part *part);

/* Address bytes after power-up, 2 to 4. */
unsigned int flash_part_address_bytes(const struct flash_part *part);

/* The answer to RDID (9F): *length bytes; 0: none. */
const uint8_t *flash_part_id(const struct flash_part *part, size_t *length);

/* The supply in which it works as the data sheet says, mV. */
int flash_part_vcc_min_mv(const struct flash_part *part);
int flash_part_vcc_max_mv(const struct flash_part *part);

/* The opcode that the part has for the command of that mnemonic, see spinor-chipdb(5): its own, or
 * the engine's usual one. -1: the part lacks the command, or the engine does. */
int flash_opcode(const struct flash_part *part, const char *name);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
