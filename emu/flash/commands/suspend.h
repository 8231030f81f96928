/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The suspended operation. */
#ifndef SPINOR_FLASH_COMMANDS_SUSPEND_H
#define SPINOR_FLASH_COMMANDS_SUSPEND_H

#include <stdbool.h>
#include <stdint.h>

struct flash;

/* Whether the span overlaps what is suspended. */
bool flash_in_suspended(const struct flash *chip, uint64_t address, uint64_t length);

#endif
