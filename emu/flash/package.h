/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packages of parts: the signal at each pin. Not installed. */
#ifndef SPINOR_FLASH_PACKAGE_H
#define SPINOR_FLASH_PACKAGE_H

#include <stdint.h>

#define FLASH_PACKAGE_PINS_MAX 16

struct flash_part;

/* The signals of a SPI flash. */
enum flash_signal {
	FLASH_SIGNAL_NONE, /* not connected */
	FLASH_SIGNAL_CS,
	FLASH_SIGNAL_DO,
	FLASH_SIGNAL_WP,
	FLASH_SIGNAL_GND,
	FLASH_SIGNAL_DI,
	FLASH_SIGNAL_CLK,
	FLASH_SIGNAL_HOLD, /* the pin FLASH_PIN_HOLD, whatever its function */
	FLASH_SIGNAL_VCC,
	FLASH_SIGNAL_RESET, /* the pin FLASH_PIN_RESET */
};

struct flash_package {
	const char *name;                     /* in chip data: "soic-8" */
	const char *label;                    /* for people: "SOIC-8" */
	unsigned int n_pins;                  /* half of them on each side; pin 1 is first */
	uint8_t pins[FLASH_PACKAGE_PINS_MAX]; /* enum flash_signal */
};

/* NULL: there is no package of that name. */
const struct flash_package *flash_package_find(const char *name);

/* All packages, NULL after the last one. */
const struct flash_package *flash_package_at(unsigned int i);

/* The package of the part; without one in its data SOIC-16 from 256 Mbit on, SOIC-8 below. */
const struct flash_package *flash_package_of(const struct flash_part *part);

#endif
