/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Individual block locks. */
#ifndef SPINOR_FLASH_COMMANDS_LOCK_H
#define SPINOR_FLASH_COMMANDS_LOCK_H

#include "flash/partdata.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flash;

/* One bit per block from address 0 up, 1 = locked; see lock.c. */
struct flash_locks {
	struct flash_region regions[FLASH_REGIONS_MAX];
	unsigned int n_regions;
	unsigned int count; /* 0: the part has none */
	bool start_locked;  /* after power-up */
	bool skipped;       /* a chip erase skips locked blocks instead of being refused */
	bool pin_protects;  /* WP# low protects everything while WPS is set */
	bool frozen;        /* no lock changes until power is cycled */
	bool hides;         /* some block can't be read */
	uint8_t *write;     /* volatile */
	uint8_t *fixed;     /* survives power loss */
	uint8_t *down;      /* volatile: this lock does not change until reset */
	uint8_t *read;      /* volatile: the block can't be read */
};

/* True while the locks are in force, alone or beside the BP bits. */
bool flash_locks_count(const struct flash *chip);

/* Whether the lock of any block in the span is set. */
bool flash_is_locked(const struct flash *chip, uint64_t address, uint64_t length);

/* The number of the lock that covers address, and the bounds of its block. */
unsigned int flash_lock_at(
	const struct flash *chip, uint64_t address, uint64_t *start, uint64_t *end);

/* The number of the lock that the frame's address selects. */
unsigned int flash_lock_addressed(const struct flash *chip);

bool flash_lock_get(const uint8_t *bits, unsigned int i); /* bits may be NULL */
void flash_lock_set(uint8_t *bits, unsigned int i, bool on);
void flash_lock_set_all(struct flash *chip, uint8_t *bits, bool on);

/* How many locks of any kind, or fixed ones, are set. */
unsigned int flash_locks_locked(const struct flash *chip);
unsigned int flash_locks_fixed(const struct flash *chip);

/* Replaces the bytes of read-locked blocks in n bytes that were read from address. */
void flash_locks_hide(const struct flash *chip, uint64_t address, uint8_t *out, size_t n);

#endif
