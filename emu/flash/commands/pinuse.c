/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The use of WP#, HOLD# and RESET# at present, for people: what each does when it is low, or why
 * that has no effect. Follows the functions of the pins in engine/pins.c, and those of WP# in the
 * families that have them: status registers, DataFlash sectors, a fixed region.
 */
#include "flash/describe.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "flash/reasons.h"

#include <glib.h>
#include <inttypes.h>

/* The bit's name in the part's data sheet; NULL: the part has no such bit. */
static const char *
bit_name(const struct flash *chip, enum flash_bit function)
{
	for (unsigned int i = 0; i < FLASH_REGISTERS * 8; i++) {
		const struct flash_register_bit *bit = &chip->part->status[i / 8][i % 8];

		if (bit->function == function)
			return bit->name ? bit->name : "lock bit";
	}
	return NULL;
}

/* WP# of a part whose status registers have a bit that locks them. */
static void
use_lock_bit(const struct flash *chip, struct flash_pin_use *use)
{
	enum flash_bit lock = chip->bit[FLASH_BIT_SPRL].mask ? FLASH_BIT_SPRL : FLASH_BIT_SRP;
	const char *name = bit_name(chip, lock);

	if (flash_bit(chip, FLASH_BIT_SRL)) {
		g_snprintf(use->text, sizeof(use->text), "%s=1 locks the registers",
			bit_name(chip, FLASH_BIT_SRL));
		return;
	}
	if (!name) {
		g_snprintf(use->text, sizeof(use->text), "the part has no bit for it");
		return;
	}
	use->acts = flash_bit(chip, lock);
	g_snprintf(use->text, sizeof(use->text), use->acts ? "locks the registers, %s=1" : "%s=0",
		name);
}

static void
use_wp(const struct flash *chip, struct flash_pin_use *use)
{
	if (chip->dataflash || chip->part->wp_protects > 0)
		use->acts = true;
	if (chip->dataflash)
		g_snprintf(use->text, sizeof(use->text), "protects the sectors");
	else if (chip->part->wp_protects > 0)
		g_snprintf(use->text, sizeof(use->text), "protects 000000-%06" PRIX32,
			chip->part->wp_protects - 1);
	else
		use_lock_bit(chip, use);
}

void
flash_pin_use(const struct flash *chip, enum flash_pin name, struct flash_pin_use *use)
{
	const struct flash_part *part = chip->part;
	bool pin7_resets = flash_pin7_is_reset(chip);
	bool own = name == FLASH_PIN_RESET && part->reset_pin;
	enum flash_pin pin = name == FLASH_PIN_RESET && !own ? FLASH_PIN_HOLD : name;
	const char *lane = own ? NULL : flash_pin_unused(chip, pin);

	*use = (struct flash_pin_use){.exists = own || name == FLASH_PIN_WP ||
			(name == FLASH_PIN_HOLD && part->pin7 == FLASH_PIN7_HOLD) ||
			(name == FLASH_PIN_RESET && pin7_resets && part->pin7 != FLASH_PIN7_NONE)};
	if (!use->exists)
		g_snprintf(use->text, sizeof(use->text), "the part has none");
	else if (lane)
		g_snprintf(use->text, sizeof(use->text), "%s makes it %s", lane,
			pin == FLASH_PIN_WP ? "IO2" : "IO3");
	else if (name == FLASH_PIN_WP)
		use_wp(chip, use);
	else if (name == FLASH_PIN_HOLD && pin7_resets)
		g_snprintf(use->text, sizeof(use->text), "%s=1 makes it RESET#",
			bit_name(chip, FLASH_BIT_HRSW));
	else {
		use->acts = true;
		g_snprintf(use->text, sizeof(use->text), "%s",
			name == FLASH_PIN_HOLD ? "stops the clock" : "resets the chip");
	}
}
