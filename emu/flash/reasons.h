/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a chip does not answer as its host expects, and the use of its pins, for people. Not
 * installed. */
#ifndef SPINOR_FLASH_REASONS_H
#define SPINOR_FLASH_REASONS_H

#include "flash/flash.h"

#include <stdbool.h>

/* The use of a pin at present: what it does when low ("stops the clock"), or why that has no effect
 * ("QE=1 makes it IO2", "SRP=0"; "the part has none"). */
struct flash_pin_use {
	bool exists;
	bool acts; /* when low */
	char text[64];
};

/* HOLD and RESET: the pin of that name on the package, which is pin 7 or a pin of its own. */
void flash_pin_use(const struct flash *chip, enum flash_pin name, struct flash_pin_use *use);

#define FLASH_REASONS_MAX 16
#define FLASH_REASON_BYTES 112

/* Why a chip does not answer a host, or not as the host expects, and how that ends. */
struct flash_reason {
	const char *kind; /* for programs: "deep-power-down" */
	bool silent;      /* it does not answer an identification */
	char text[FLASH_REASON_BYTES];
};

/* The chip's reasons, without those of the wires, the most important one first. Returns their
 * number, at most FLASH_REASONS_MAX. */
unsigned int flash_reasons(const struct flash *chip, struct flash_reason *reasons);

#endif
