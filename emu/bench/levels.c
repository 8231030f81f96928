/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Levels of a chip's pins, and its supply. They are kept in the clip, whose faults act on them, or
 * in the chip as long as it is not on a clip. RESET# has no line in the clip.
 *
 * And the power loss at a given operation, for hosts that have to survive it:
 *
 *   CS#     ‾‾\___ frame N ___/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾
 *   chip                      | busy ............x
 *   VCC     ‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\___________
 *   time                      |<--- skipped --->|
 *
 * The cut is planned when the chip reports that frame, and carried out by the chip as soon as it
 * has done all that it does at CS# high (flash_cut_supply()). The time in between is skipped for
 * chip and adapter alike, so that the host can do nothing meanwhile and the same operations always
 * leave the same array.
 *
 * Leaves out how fast a supply rises and falls.
 */
#include "bench/levels.h"

#include "base/clock.h"
#include "clip/clip.h"
#include "clip/line.h"
#include "flash/partdata.h"

#include <glib.h>

#define USUAL_MILLIVOLTS 3300

/* The protection diodes of the pins take 0.6 V, and the pins give little current: how far VCC falls
 * then is an assumption. */
int
bench_parasitic_millivolts(const struct flash_part *part)
{
	return part->vcc_min_mv - (part->vcc_min_mv - flash_inhibit_millivolts(part)) / 4;
}

int
bench_usual_millivolts(const struct flash_part *part)
{
	if (part->vcc_min_mv <= USUAL_MILLIVOLTS && USUAL_MILLIVOLTS <= part->vcc_max_mv)
		return USUAL_MILLIVOLTS;
	return (part->vcc_min_mv + part->vcc_max_mv) / 2;
}

static int64_t
busy_until(const struct flash *flash)
{
	return flash_is_busy(flash) ? flash_busy_until(flash) : -1;
}

void
bench_levels_init(struct bench_levels *wires, struct flash *flash, struct base_clock *clock)
{
	*wires = (struct bench_levels){
		.flash = flash,
		.clock = clock,
		.given_mv = bench_usual_millivolts(flash_part(flash)),
	};
	flash_supply(flash, wires->given_mv);
}

/* The clip has lines to two of the pins. */
static bool
is_on_clip(const struct bench_levels *wires, enum flash_pin pin)
{
	return wires->clip != NULL && pin != FLASH_PIN_RESET;
}

static enum clip_line
line_of(enum flash_pin pin)
{
	return pin == FLASH_PIN_WP ? CLIP_WP : CLIP_HOLD;
}

void
bench_levels_clip_on(struct bench_levels *wires, struct clip *clip, unsigned int cs)
{
	wires->clip = clip;
	wires->cs = cs;
}

/* The pin with that name on the package; FLASH_PINS: there is none. */
static enum flash_pin
pin_of(const struct bench_levels *wires, enum flash_pin name)
{
	const struct flash_part *part = flash_part(wires->flash);
	enum flash_pin pin = FLASH_PIN_WP;

	if (name == FLASH_PIN_HOLD)
		pin = part->pin7 == FLASH_PIN7_HOLD ? FLASH_PIN_HOLD : FLASH_PINS;
	else if (name == FLASH_PIN_RESET && flash_has_pin(part, FLASH_PIN_RESET))
		pin = FLASH_PIN_RESET;
	else if (name == FLASH_PIN_RESET)
		pin = flash_pin7_is_reset(wires->flash) ? FLASH_PIN_HOLD : FLASH_PINS;
	return pin < FLASH_PINS && flash_has_pin(part, pin) ? pin : FLASH_PINS;
}

static enum flash_level
level_of(const struct bench_levels *wires, enum flash_pin name)
{
	enum flash_pin pin = pin_of(wires, name);

	if (pin == FLASH_PINS)
		return FLASH_NO_PIN;
	return is_on_clip(wires, pin) ? clip_level(wires->clip, wires->cs, line_of(pin))
				      : flash_pin_level(wires->flash, pin);
}

struct bench_pins
bench_levels_pins(const struct bench_levels *wires)
{
	struct bench_pins pins = {
		.wp = level_of(wires, FLASH_PIN_WP),
		.hold = level_of(wires, FLASH_PIN_HOLD),
		.reset = level_of(wires, FLASH_PIN_RESET),
	};

	for (enum flash_pin pin = FLASH_PIN_WP; pin < FLASH_PINS; pin++)
		flash_pin_use(wires->flash, pin, &pins.uses[pin]);
	return pins;
}

bool
bench_levels_set_pin(struct bench_levels *wires, enum flash_pin name, enum flash_level level)
{
	enum flash_pin pin = pin_of(wires, name);

	if (pin == FLASH_PINS)
		return false;
	if (is_on_clip(wires, pin))
		clip_set_level(wires->clip, wires->cs, line_of(pin), level);
	else
		flash_pin(wires->flash, pin, level);
	return true;
}

static const char *
pin_names(bool hold, bool reset)
{
	if (hold)
		return reset ? "wp, hold and reset" : "wp and hold";
	return reset ? "wp and reset" : "wp";
}

const char *
bench_levels_pin_names(const struct bench_levels *wires)
{
	return pin_names(pin_of(wires, FLASH_PIN_HOLD) < FLASH_PINS,
		pin_of(wires, FLASH_PIN_RESET) < FLASH_PINS);
}

static bool
has_reset_bit(const struct flash_part *part)
{
	for (unsigned int reg = 0; reg < FLASH_REGISTERS; reg++)
		for (unsigned int bit = 0; bit < 8; bit++)
			if (part->status[reg][bit].function == FLASH_BIT_HRSW)
				return true;
	return false;
}

bool
bench_part_may_have_pin(const struct flash_part *part, enum flash_pin pin)
{
	switch (pin) {
	case FLASH_PIN_WP:
		return true;
	case FLASH_PIN_HOLD:
		return part->pin7 == FLASH_PIN7_HOLD;
	case FLASH_PIN_RESET:
	case FLASH_PINS:
		break;
	}
	return part->reset_pin || part->pin7 == FLASH_PIN7_RESET || has_reset_bit(part);
}

const char *
bench_part_pin_names(const struct flash_part *part)
{
	return pin_names(bench_part_may_have_pin(part, FLASH_PIN_HOLD),
		bench_part_may_have_pin(part, FLASH_PIN_RESET));
}

void
bench_levels_supply(struct bench_levels *wires, int millivolts)
{
	wires->cut_in = 0;
	if (millivolts > 0)
		wires->given_mv = millivolts;
	if (wires->clip != NULL)
		clip_set_supply(wires->clip, wires->cs, millivolts);
	else
		flash_supply(wires->flash, millivolts);
}

int
bench_levels_millivolts(const struct bench_levels *wires)
{
	return wires->clip != NULL ? clip_supply(wires->clip, wires->cs)
				   : flash_millivolts(wires->flash);
}

void
bench_levels_cut_in(struct bench_levels *wires, uint64_t frames, int64_t after_ns)
{
	wires->cut_in = frames;
	wires->cut_after_ns = after_ns;
	wires->busy_until_ns = busy_until(wires->flash);
}

/* How long after the end of this frame. */
static int64_t
delay_of(const struct bench_levels *wires, int64_t now_ns)
{
	int64_t end_ns = busy_until(wires->flash);

	if (wires->cut_after_ns != BENCH_HALF_OF_BUSY)
		return wires->cut_after_ns;
	/* An operation that was there before is none of this frame's. */
	if (end_ns <= now_ns || end_ns == wires->busy_until_ns || end_ns == INT64_MAX)
		return 0;
	return (end_ns - now_ns) / 2;
}

static void
cut_supply(struct bench_levels *wires, int64_t at_ns)
{
	if (wires->clip != NULL)
		clip_cut_supply(wires->clip, wires->cs, at_ns, 0);
	else
		flash_cut_supply(wires->flash, at_ns, 0);
}

void
bench_levels_event(struct bench_levels *wires, const struct flash_event *event)
{
	int64_t cut_ns;

	if (event->kind != FLASH_EVENT_COMMAND || wires->cut_in == 0)
		return;
	wires->cut_in--;
	if (wires->cut_in > 0) {
		wires->busy_until_ns = busy_until(wires->flash);
		return;
	}
	cut_ns = event->time_ns + delay_of(wires, event->time_ns);
	if (wires->clock != NULL)
		base_clock_skip(wires->clock, cut_ns - base_clock_now(wires->clock));
	cut_supply(wires, cut_ns);
}
