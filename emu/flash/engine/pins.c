/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WP#, HOLD# and RESET#: the level from outside, the level that the chip sees, and the function of
 * pin 7.
 *
 *   QE = 1 or QPI          pin 3 is IO2, pin 7 is IO3: no function here
 *   pin 7, HOLD/RST = 0    HOLD#: low stops the clock, on the clock where it falls
 *   pin 7, HOLD/RST = 1    RESET#: low resets, aborts what is in progress
 *
 * Follows W25Q128JV rev. M, 3.3 to 3.6, 7.1.8 (the register bit), 8.2.37 (effect of a reset on an
 * operation). A pin that is not driven is high if the part has a pull-up; most have one, or do not
 * mention it. Without one it has a random level in each frame, mostly low: hosts with HOLD# open
 * got no answer in nine tries of ten (reports; no data sheet defines it).
 *
 * Left out: HOLD# edges in the middle of a clock (a real chip waits for CLK low), the minimum width
 * of a RESET# pulse.
 */
#include "flash/engine/pins.h"

#include "flash/describe.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/life.h"
#include "flash/engine/supply.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

/* In so many of ten frames a floating pin is low. */
#define LOW_OF_TEN 9

bool
flash_has_pin(const struct flash_part *part, enum flash_pin pin)
{
	switch (pin) {
	case FLASH_PIN_HOLD:
		return part->pin7 != FLASH_PIN7_NONE;
	case FLASH_PIN_RESET:
		return part->reset_pin;
	case FLASH_PIN_WP:
	case FLASH_PINS:
		break;
	}
	return true;
}

bool
flash_pin7_is_reset(const struct flash *chip)
{
	return chip->part->pin7 == FLASH_PIN7_RESET || flash_bit(chip, FLASH_BIT_HRSW);
}

/* Whether the pins are data lanes. */
static bool
are_lanes(const struct flash *chip)
{
	return flash_bit(chip, FLASH_BIT_QE) || chip->lanes > 2;
}

const char *
flash_pin_unused(const struct flash *chip, enum flash_pin pin)
{
	if (pin == FLASH_PIN_RESET)
		return NULL;
	if (chip->lanes > 2)
		return "QPI";
	if (!flash_bit(chip, FLASH_BIT_QE) || (pin == FLASH_PIN_WP && chip->part->wp_with_qe))
		return NULL;
	return "QE=1";
}

static void
update(struct flash *chip)
{
	bool pin7 = chip->part->pin7 != FLASH_PIN7_NONE && !are_lanes(chip) &&
		!chip->pin_level[FLASH_PIN_HOLD];
	bool was_in_reset = chip->in_reset;

	chip->held = pin7 && !flash_pin7_is_reset(chip);
	chip->in_reset = (pin7 && flash_pin7_is_reset(chip)) ||
		(chip->part->reset_pin && !chip->pin_level[FLASH_PIN_RESET]);
	if (chip->in_reset && !was_in_reset && chip->powered) {
		chip->selected = false;
		flash_power_reset(chip);
	}
	/* tRST counts from the end of the pulse. */
	if (!chip->in_reset && was_in_reset)
		chip->unready_until_ns = chip->now_ns + flash_duration(chip, FLASH_T_RST);
}

static bool
settled(struct flash *chip, enum flash_pin pin)
{
	if (chip->pin_set[pin] != FLASH_FLOATING)
		return chip->pin_set[pin] == FLASH_HIGH;
	if (!(chip->part->no_pull_up & 1 << pin))
		return true;
	return flash_random(chip) % 10 >= LOW_OF_TEN;
}

void
flash_pins_settle(struct flash *chip)
{
	for (enum flash_pin pin = FLASH_PIN_WP; pin < FLASH_PINS; pin++)
		chip->pin_level[pin] = settled(chip, pin);
	update(chip);
	flash_families_pins_changed(chip);
}

void
flash_pin(struct flash *chip, enum flash_pin pin, enum flash_level level)
{
	chip->pin_set[pin] = level;
	chip->pins_matter = false;
	for (enum flash_pin i = FLASH_PIN_WP; i < FLASH_PINS; i++)
		chip->pins_matter |= chip->pin_set[i] != FLASH_HIGH;
	flash_pins_settle(chip);
}

enum flash_level
flash_pin_level(const struct flash *chip, enum flash_pin pin)
{
	return chip->pin_set[pin];
}
