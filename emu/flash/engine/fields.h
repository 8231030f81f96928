/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers of families, by the names of their bits. */
#ifndef SPINOR_FLASH_ENGINE_FIELDS_H
#define SPINOR_FLASH_ENGINE_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

struct flash_register;

/* Registers of a chip while they are collected. */
struct flash_registers {
	struct flash_register *at; /* room for FLASH_NAMED_REGISTERS */
	unsigned int n;
};

/* Adds a register with 8 or 16 bits. figure: their names, the highest bit first, "-" for a reserved
 * one, with one blank in between. brief: shown in the short form of a chip's state. */
void flash_registers_add(struct flash_registers *list, const char *name, const char *figure,
	uint32_t value, bool brief);

#endif
