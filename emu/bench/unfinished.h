/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chip as a host leaves it that stops, or loses its cable, in the middle of its work. */
#ifndef SPINOR_BENCH_UNFINISHED_H
#define SPINOR_BENCH_UNFINISHED_H

#include "flash/fault.h"
#include "setup/condition.h"

#include <stdbool.h>
#include <stddef.h>

struct flash;
struct flash_part;

/* Modes that this file enters. */
bool bench_is_unfinished(enum setup_mode mode);

/* Whether the part has the commands for it. */
bool bench_can_be_unfinished(const struct flash_part *part, enum setup_mode mode);

/* SETUP_MODE_SUSPENDED, SETUP_MODE_PROGRAM_SUSPENDED: begins an erase of the block at address 0, or
 * a program of the bytes that are there already, with the times of that corner, and suspends it.
 * False: it was refused. */
bool bench_suspend(
	struct flash *flash, enum setup_mode mode, enum flash_corner corner, size_t address_bytes);

/* Brings the chip, whose blocks are unlocked, into that mode. Writes are of the bytes that are
 * there already. False: the erase, program or status write was refused. */
bool bench_leave_unfinished(
	struct flash *flash, enum setup_mode mode, enum flash_corner corner, size_t address_bytes);

#endif
