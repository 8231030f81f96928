/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Auto address increment. */
#ifndef SPINOR_FLASH_COMMANDS_AAI_H
#define SPINOR_FLASH_COMMANDS_AAI_H

struct flash;

/* Leaves auto address increment; no effect outside of it. */
void flash_aai_end(struct flash *chip);

#endif
