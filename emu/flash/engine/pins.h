/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WP#, HOLD# and RESET#. */
#ifndef SPINOR_FLASH_ENGINE_PINS_H
#define SPINOR_FLASH_ENGINE_PINS_H

struct flash;

/* Before CS# falls: pins that float get a level, and registers may have changed their functions. */
void flash_pins_settle(struct flash *chip);

#endif
