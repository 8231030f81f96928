/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Status registers. */
#ifndef SPINOR_FLASH_COMMANDS_STATUSREGISTER_H
#define SPINOR_FLASH_COMMANDS_STATUSREGISTER_H

#include "flash/flash.h"

#include <stdbool.h>

/* True while SRP, SRL or SPRL, with the WP# pin, lock the status registers. */
bool flash_status_is_locked(const struct flash *chip);

/* Ends a command that is refused for that reason. */
void flash_refuse(struct flash *chip, enum flash_outcome outcome);

/* Updates the bits that report something else than what was written: pins, locks. */
void flash_status_report(struct flash *chip);

#endif
