/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An AT45DB011D and variants of it for the tests of DataFlash. */
#ifndef SPINOR_TESTS_UNIT_FLASH_DATAFLASH_PARTS_H
#define SPINOR_TESTS_UNIT_FLASH_DATAFLASH_PARTS_H

#include "flash_fixture.h"

enum dataflash_form {
	DATAFLASH_BINARY,   /* 512 pages of 256 bytes */
	DATAFLASH_STANDARD, /* 512 pages of 264 bytes, as delivered */
	DATAFLASH_E,        /* the same, with the commands of the E series */
};

void dataflash_part_init(struct flash_part *part, enum dataflash_form form);
/* Sets size and erases for pages of that many bytes. */
void dataflash_part_resize(struct flash_part *part, uint32_t page);

#endif
