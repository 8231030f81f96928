/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a chip is made, what of it survives power loss, and its random numbers. */
#ifndef SPINOR_FLASH_ENGINE_LIFE_H
#define SPINOR_FLASH_ENGINE_LIFE_H

#include <stddef.h>
#include <stdint.h>

struct flash;
struct flash_family;
struct flash_part;

/* As flash_new(), with the families that the chip is made of: a list that ends with NULL. */
struct flash *flash_engine_new(const struct flash_part *part, uint8_t *array, uint64_t seed,
	const struct flash_family *const *families);

/* Registers a piece of state that survives power loss. data stays in place as long as the chip. */
void flash_keep(struct flash *chip, const char *name, uint8_t *data, size_t size);

/* 64 random bits, repeatable by the chip's seed. */
uint64_t flash_random(struct flash *chip);

#endif
