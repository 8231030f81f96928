/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wires between an adapter and its chips: chip select, MISO, and the time that clocks take.
 *
 * Models the adapter's side of CS#, CLK, MOSI and MISO in SPI mode 0: the level that the adapter
 * drives on each chip select, whether its drivers are on, and the time of the clocks. A chip sees a
 * frame only with the drivers on; with the drivers off the board's pull-up holds CS# high.
 *
 * This file models wires without faults. While there is a fault on them, wires.c takes over: here
 * clip_shift() is the only place where data reaches a chip, clip_show() the only one where CS#
 * does.
 */
#include "clip/internal.h"

#include <string.h>

#include "base/clock.h"
#include "flash/flash.h"

/* Longest span clocked at once: n * 8 bits in ns * Hz stays below 2^64. */
#define SPAN_MAX ((size_t)1 << 30)

/* Of a bit, a fault or a clock of a second master: some 10 ns to 100 ns each. */
#define STEPS_PER_SPAN 32768

/* Longest span with MOSI held low; hosts read flash chips in pieces of 64 KiB. */
#define LOW_MAX 65536

/* The bytes on MOSI while the adapter only reads. Never written; not const so that it takes no room
 * in the program file. */
static uint8_t low[LOW_MAX];

struct clip *
clip_new(struct base_clock *clock)
{
	struct clip *clip = g_new0(struct clip, 1);

	clip->clock = clock;
	base_fault_list_init(&clip->faults, 0, g_free);
	clip->selected = -1;
	clip->drivers = true;
	clip->hz = 1000000;
	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		clip->outside[cs].levels[CLIP_WP] = clip->outside[cs].levels[CLIP_HOLD] =
			FLASH_HIGH;
	return clip;
}

void
clip_destroy(struct clip *clip)
{
	if (!clip)
		return;
	clip_deselect(clip);
	clip_fault_clear(clip);
	base_fault_list_free(&clip->faults);
	g_free(clip);
}

void
clip_show(struct clip *clip)
{
	struct flash *chip = NULL;

	if (clip->drivers && clip->selected >= 0)
		chip = clip->chips[clip->selected];
	if (chip == clip->open)
		return;
	if (clip->open) {
		flash_tick(clip->open, base_clock_now(clip->clock));
		flash_deselect(clip->open, 0);
	}
	clip->open = chip;
	if (chip) {
		flash_tick(chip, base_clock_now(clip->clock));
		flash_select(chip);
	}
}

/* As clip_show(), with or without faults. */
static void
show(struct clip *clip)
{
	if (clip->faulty)
		clip_wires_update(clip);
	else
		clip_show(clip);
}

void
clip_attach(struct clip *clip, unsigned int cs, struct flash *chip)
{
	g_return_if_fail(cs < CLIP_SELECTS);
	if (clip->faulty && clip->chips[cs])
		clip_wires_detach(clip, cs);
	clip->chips[cs] = chip;
	if (chip) {
		clip->outside[cs].levels[CLIP_WP] = flash_pin_level(chip, FLASH_PIN_WP);
		clip->outside[cs].levels[CLIP_HOLD] = flash_pin_level(chip, FLASH_PIN_HOLD);
		clip->outside[cs].supply_mv = flash_millivolts(chip);
		flash_set_clock(chip, clip->hz);
	}
	if (clip->faulty && chip)
		clip_wires_attach(clip, cs);
	show(clip);
}

struct flash *
clip_chip(const struct clip *clip, unsigned int cs)
{
	return cs < CLIP_SELECTS ? clip->chips[cs] : NULL;
}

void
clip_set_frequency(struct clip *clip, unsigned int hz)
{
	g_return_if_fail(hz > 0);
	if (hz == clip->hz)
		return;
	clip->hz = hz;
	clip->fraction = 0; /* less than a ns, once per change */
	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		if (clip->chips[cs])
			flash_set_clock(clip->chips[cs], hz);
}

unsigned int
clip_frequency(const struct clip *clip)
{
	return clip->hz;
}

void
clip_set_drivers(struct clip *clip, bool on)
{
	clip->drivers = on;
	show(clip);
}

bool
clip_drivers(const struct clip *clip)
{
	return clip->drivers;
}

void
clip_select(struct clip *clip, unsigned int cs)
{
	g_return_if_fail(cs < CLIP_SELECTS);
	if (clip->selected >= 0)
		return;
	clip->selected = (int)cs;
	clip->operations++;
	if (clip->faulty)
		clip_wires_select(clip);
	else
		clip_show(clip);
}

bool
clip_is_selected(const struct clip *clip)
{
	return clip->selected >= 0;
}

bool
clip_selects(const struct clip *clip, unsigned int cs)
{
	return clip->selected == (int)cs;
}

void
clip_end_frame(struct clip *clip)
{
	if (clip->faulty && clip->selected < 0)
		clip_wires_raise_all(clip, base_clock_now(clip->clock));
}

uint64_t
clip_operations(const struct clip *clip)
{
	return clip->operations;
}

void
clip_deselect(struct clip *clip)
{
	if (clip->faulty) {
		clip_wires_deselect(clip);
		return;
	}
	clip->selected = -1;
	clip_show(clip);
}

void
clip_board_begin(struct clip *clip)
{
	g_return_if_fail(clip->selected < 0);
	clip->had_drivers = clip->drivers;
	clip->had_operations = clip->operations;
	clip->by_board = clip->drivers = true;
	show(clip);
}

void
clip_board_end(struct clip *clip)
{
	clip->by_board = false;
	clip->drivers = clip->had_drivers;
	clip->operations = clip->had_operations;
	show(clip);
}

/* The fraction of a nanosecond that remains is carried into the next span, so that a million short
 * operations take exactly as long as their clocks. */
void
clip_pass(struct clip *clip, size_t n)
{
	uint64_t time = (uint64_t)n * 8 * NS_PER_S + clip->fraction;

	clip->fraction = time % clip->hz;
	base_clock_skip(clip->clock, (int64_t)(time / clip->hz));
}

void
clip_shift(struct clip *clip, const uint8_t *in, uint8_t *out, size_t n)
{
	if (clip->faulty) {
		clip_wires_shift(clip, in, out, n);
		return;
	}
	while (n > 0) {
		size_t span = MIN(n, in ? SPAN_MAX : LOW_MAX);

		if (clip->open)
			flash_shift(clip->open, in ? in : low, out, span);
		else if (out)
			memset(out, 0xff, span);
		clip_pass(clip, span);
		n -= span;
		if (in)
			in += span;
		if (out)
			out += span;
	}
}

size_t
clip_span(const struct clip *clip)
{
	uint64_t steps;

	if (!clip->faulty)
		return SIZE_MAX;
	if (clip->span > 0)
		return clip->span;
	steps = 8 * (1 + (uint64_t)clip_n_faults(clip) + clip_master_clocks(clip));
	return MIN(MAX(STEPS_PER_SPAN / steps, 1), CLIP_CHUNK);
}

void
clip_set_span(struct clip *clip, size_t n)
{
	clip->span = n;
}

void
clip_wait(struct clip *clip, int64_t ns)
{
	int64_t now;

	base_clock_skip(clip->clock, ns);
	if (clip->faulty)
		clip_wires_update(clip);
	/* After the update, so that the chips report operations that ended meanwhile. */
	now = base_clock_now(clip->clock);
	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		if (clip->chips[cs])
			flash_tick(clip->chips[cs], now);
}

void
clip_set_level(struct clip *clip, unsigned int cs, enum clip_line line, enum flash_level level)
{
	g_return_if_fail(cs < CLIP_SELECTS && (line == CLIP_WP || line == CLIP_HOLD));
	clip->outside[cs].levels[line] = level;
	if (clip->faulty) {
		clip_lines_derive(clip);
		clip_lines_show(clip);
	} else if (clip->chips[cs]) {
		flash_pin(clip->chips[cs], clip_lines_pin(line), level);
	}
}

enum flash_level
clip_level(const struct clip *clip, unsigned int cs, enum clip_line line)
{
	return clip->outside[cs].levels[line];
}

void
clip_set_supply(struct clip *clip, unsigned int cs, int millivolts)
{
	g_return_if_fail(cs < CLIP_SELECTS);
	clip->outside[cs].supply_mv = millivolts;
	if (clip->chips[cs])
		flash_supply(
			clip->chips[cs], !clip->faulty || clip->faulty->supplied ? millivolts : 0);
}

void
clip_cut_supply(struct clip *clip, unsigned int cs, int64_t at_ns, int millivolts)
{
	g_return_if_fail(cs < CLIP_SELECTS);
	clip->outside[cs].supply_mv = millivolts;
	if (clip->chips[cs])
		flash_cut_supply(clip->chips[cs], at_ns, millivolts);
}

int
clip_supply(const struct clip *clip, unsigned int cs)
{
	return clip->outside[cs].supply_mv;
}
