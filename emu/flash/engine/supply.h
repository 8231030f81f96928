/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VCC, its failures, and resets. */
#ifndef SPINOR_FLASH_ENGINE_SUPPLY_H
#define SPINOR_FLASH_ENGINE_SUPPLY_H

#include "flash/flash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flash;
struct flash_operation;

/* See supply.c. */
enum flash_supply {
	SUPPLY_OFF,
	SUPPLY_LOW,
	SUPPLY_GOOD,
	SUPPLY_HIGH,
};

/* A planned failure of the supply; see supply.c. */
struct flash_cut {
	bool planned;
	bool skips;   /* planned, and the time until then is skipped */
	bool returns; /* the supply is back at once */
	int64_t at_ns;
	int millivolts;
};

/* Adds the damage of the time since the last call, if the supply is too high. */
void flash_supply_add_damage(struct flash *chip);

/* Adds bit errors to n bytes that the chip has driven, at a supply that causes some. */
void flash_supply_noise(struct flash *chip, uint8_t *out, size_t n);

/* The reason why a program or erase does nothing at this supply. */
enum flash_outcome flash_supply_gate(const struct flash *chip);

/* Recomputes noise and write inhibition after a change of the supply or of the damage. */
void flash_supply_update(struct flash *chip);

/* Plans a brown-out in the middle of the operation that begins: the supply falls to millivolts when
 * that share (0 to 1) of it is done, and is back at once. The operation itself never ends. An
 * operation that takes no time, or never ends, is cut off after 1 ns. */
void flash_supply_cut_operation(
	struct flash *chip, struct flash_operation *operation, double share, int millivolts);

/* Carries out the planned cuts that are due. */
void flash_supply_cut_due(struct flash *chip);

/* A software or hardware reset. */
void flash_power_reset(struct flash *chip);

#endif
