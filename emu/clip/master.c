/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second master: the board's own processor, fed through the clip, that reads the chip too.
 *
 *   host    ____|=====frame=====|_______________|==frame==|___
 *   master  __|=03=|.|=03=|.|=03=|_________________|=03=|.|=03=|____
 *             '------ duty -------'               '------- duty ----
 *             '------------------ period --------'
 *
 * Where it is in its reads follows from the time alone. While the host is silent its frames come to
 * the chip as they are, and their answers are its own. While both are in a frame the chip sees what
 * the rule makes of their levels, and the clocks of both: one for each of the host's that the
 * master's next one meets, and those that the master has over. So frames of the host are taken for
 * the rest of a read, reads begin in the middle of them, and some bytes of both together make
 * commands that nobody sent. With the adapter's drivers off the master has the bus for itself.
 *
 * While the host is in a frame the wall does not count, only what passes by clocks and delays: a
 * daemon that takes long to work out what two masters do together would else find still more to
 * do, without an end.
 *
 * Leaves out: who would win by strength of the drivers, and reads that nobody can meet any more:
 * after a long silence only the last of them are played. Between its frames the master lets go of
 * the lines, and so does the adapter of MOSI and CLK.
 */
#include "clip/internal.h"

#include <string.h>

#include "base/clock.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#define HEADER_BITS 32
#define PAUSE_BITS 8

/* Reads that are played after a silence. */
#define BACKLOG 4

/* Where the master is: in a frame after that many bits of it, or behind the last one. */
struct place {
	bool low;
	int64_t burst; /* from 0; -1: none yet */
	unsigned int bit;
	int64_t next_ns; /* when the next frame begins */
};

static unsigned int
frame_bits(const struct clip_master *master)
{
	return HEADER_BITS + master->read_bytes * 8;
}

static int64_t
bits_ns(const struct clip_master *master, uint64_t bits)
{
	return (int64_t)((unsigned __int128)bits * NS_PER_S / master->hz);
}

int64_t
clip_master_read_ns(const struct clip_master *master)
{
	return bits_ns(master, frame_bits(master) + PAUSE_BITS);
}

/* A read that has begun within the duty is finished after it. */
static struct place
locate(const struct clip_master *master, int64_t now_ns)
{
	unsigned int slot_bits = frame_bits(master) + PAUSE_BITS;
	int64_t since = now_ns - master->phase_ns;
	bool always = master->duty >= 1;
	int64_t on_ns = (int64_t)(master->duty * (double)master->period_ns);
	int64_t slots = on_ns > 0 ? (on_ns - 1) / bits_ns(master, slot_bits) + 1 : 0;
	int64_t period, at, slot;
	uint64_t bits;

	if (slots == 0)
		return (struct place){.burst = -1, .next_ns = INT64_MAX};
	if (since < 0)
		return (struct place){.burst = -1, .next_ns = master->phase_ns};
	period = always ? 0 : since / master->period_ns;
	at = always ? since : since % master->period_ns;
	bits = (uint64_t)((unsigned __int128)at * master->hz / NS_PER_S);
	slot = (int64_t)(bits / slot_bits);
	if (!always && slot >= slots)
		return (struct place){
			.burst = (period + 1) * slots - 1,
			.next_ns = now_ns - at + master->period_ns,
		};
	return (struct place){
		.low = bits % slot_bits < frame_bits(master),
		.burst = period * slots + slot,
		.bit = (unsigned int)(bits % slot_bits),
		.next_ns = now_ns - at + bits_ns(master, (uint64_t)(slot + 1) * slot_bits),
	};
}

/* The time that the master's reads follow. */
static int64_t
time_now(const struct clip *clip)
{
	const struct clip_wires *wires = clip->faulty;

	if (!wires->frame.open)
		return base_clock_now(clip->clock);
	return wires->began_ns + base_clock_skipped(clip->clock) - wires->began_skipped_ns;
}

/* MOSI of the master in that byte of its frame. */
static uint8_t
byte_at(const struct clip *clip, const struct clip_active_fault *fault, unsigned int byte)
{
	const struct flash *chip = clip_wires_chip(clip);
	uint64_t size = chip ? flash_part(chip)->size : 0;
	uint64_t address = (uint64_t)fault->burst * fault->as.master.read_bytes;

	if (byte == 0)
		return 0x03;
	if (byte > 3)
		return 0;
	return (uint8_t)((size ? address % size : 0) >> (3 - byte) * 8);
}

static bool
bit_at(const struct clip *clip, const struct clip_active_fault *fault, unsigned int bit)
{
	return byte_at(clip, fault, bit / 8) >> (7 - bit % 8) & 1;
}

bool
clip_master_mix(struct clip *clip, enum clip_line line, bool host, bool master)
{
	const struct clip_active_fault *fault = clip->faulty->master;

	if (!(fault->as.master.lines & 1u << line))
		return host;
	if (line != CLIP_MISO && !(clip_lines_driven(clip) & 1u << line))
		return master;
	switch (fault->as.master.rule) {
	case CLIP_WIRED_AND:
		return host && master;
	case CLIP_WIRED_OR:
		return host || master;
	default:
		break;
	}
	if (line == CLIP_CS)
		return fault->wins ? master : host;
	return base_random_next(&clip->faulty->noise) & 1 ? master : host;
}

/* The levels of the lines between two frames of the host's, or in one where no clock goes by. */
static void
settle(struct clip *clip, int64_t now_ns)
{
	clip_wires_settle(clip, 1 << CLIP_MISO | (clip->selected < 0 ? 1 << CLIP_CS : 0), now_ns);
}

/* The master's clocks of its frame from bit from to bit to. The chip's clock is the host's: time
 * goes on by itself. */
static void
feed(struct clip *clip, struct clip_active_fault *fault, unsigned int from, unsigned int to)
{
	struct clip_wires *wires = clip->faulty;
	struct flash *chip = clip->open;

	fault->bit = to;
	if (!chip || !(fault->as.master.lines & 1 << CLIP_CLK))
		return;
	flash_set_clock(chip, 0);
	while (from < to) {
		if (from % 8 == 0 && to - from >= 8 && !wires->frame.open) {
			uint8_t byte = byte_at(clip, fault, from / 8);

			flash_shift(chip, &byte, NULL, 1);
			from += 8;
		} else {
			wires->master_mosi = bit_at(clip, fault, from++);
			clip_wires_clock(clip,
				wires->frame.open ? clip_master_mix(clip, CLIP_MOSI, false,
							    wires->master_mosi)
						  : wires->master_mosi);
		}
	}
	flash_set_clock(chip, clip->hz);
}

static void
begin(struct clip_active_fault *fault, int64_t burst)
{
	fault->low = true;
	fault->burst = burst;
	fault->bit = 0;
	fault->wins = base_random_next(&fault->random) & 1;
}

void
clip_master_start(struct clip *clip, struct clip_active_fault *fault)
{
	struct place place = locate(&fault->as.master, time_now(clip));

	fault->low = false;
	fault->burst = place.burst - place.low;
}

void
clip_master_pass(struct clip *clip, int64_t now_ns)
{
	struct clip_active_fault *fault = clip->faulty->master;
	struct place place;

	if (!fault)
		return;
	place = locate(&fault->as.master, time_now(clip));
	if (fault->low) {
		bool same = place.low && place.burst == fault->burst;

		feed(clip, fault, fault->bit,
			same ? MAX(place.bit, fault->bit) : frame_bits(&fault->as.master));
		if (same)
			return;
		fault->low = false;
		settle(clip, now_ns);
	}
	for (int64_t burst = MAX(fault->burst + 1, place.burst - BACKLOG); burst <= place.burst;
		burst++) {
		bool last = burst == place.burst && place.low;

		begin(fault, burst);
		settle(clip, now_ns);
		feed(clip, fault, 0, last ? place.bit : frame_bits(&fault->as.master));
		if (last)
			return;
		fault->low = false;
		settle(clip, now_ns);
	}
	fault->burst = place.burst;
}

size_t
clip_master_quiet(const struct clip *clip, size_t n)
{
	const struct clip_active_fault *fault = clip->faulty->master;
	int64_t now_ns = time_now(clip);
	struct place place = locate(&fault->as.master, now_ns);

	if (fault->low || place.low)
		return 0;
	return MIN(n, (double)(place.next_ns - now_ns) * clip->hz / (8 * NS_PER_S));
}

void
clip_master_step(struct clip *clip, unsigned int bit)
{
	struct clip_wires *wires = clip->faulty;
	struct clip_active_fault *fault = wires->master;
	const unsigned int bits = frame_bits(&fault->as.master);
	int64_t end_ns = time_now(clip) + (int64_t)((bit + 1) * NS_PER_S / clip->hz);
	struct place place = locate(&fault->as.master, end_ns);
	unsigned int to;

	wires->master_clocks = 0;
	if (fault->low && fault->bit == bits)
		fault->low = false;
	else if (!fault->low && place.low && place.burst > fault->burst)
		begin(fault, place.burst);
	if (!fault->low)
		return;
	to = place.low && place.burst == fault->burst ? MAX(place.bit, fault->bit) : bits;
	if (fault->as.master.lines & 1 << CLIP_CLK)
		wires->master_clocks = to - fault->bit;
	wires->master_mosi = bit_at(clip, fault, fault->bit);
	fault->bit = to;
	if (fault->told)
		return;
	fault->told = true;
	clip_trigger_acted(clip, fault, bit, fault->as.line, FLASH_LOW);
}

void
clip_master_rest(struct clip *clip, unsigned int given, bool mosi)
{
	struct clip_wires *wires = clip->faulty;
	struct clip_active_fault *fault = wires->master;
	unsigned int first = fault->bit - wires->master_clocks;

	if (given >= wires->master_clocks || !clip->open)
		return;
	flash_set_clock(clip->open, 0);
	for (unsigned int i = given; i < wires->master_clocks; i++) {
		wires->master_mosi = bit_at(clip, fault, first + i);
		clip_wires_clock(clip, clip_master_mix(clip, CLIP_MOSI, mosi, wires->master_mosi));
	}
	flash_set_clock(clip->open, clip->hz);
}
