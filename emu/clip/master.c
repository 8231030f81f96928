/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second master: the processor of the board, fed through the clip, reads the chip too.
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
 * commands that no master sent. With the adapter's drivers off the master has the bus for itself.
 *
 * While the host is in a frame only the time of clocks and delays counts, not that of the wall: a
 * slow daemon would otherwise never catch up with the second master.
 *
 * Leaves out: which driver is stronger, and reads that are past: after a long silence only the last
 * of them are emulated. Between its frames the master releases the lines, and so does the adapter
 * MOSI and CLK.
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
struct position {
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

/* The time of one of its reads, with the pause behind it. */
static int64_t
read_ns(const struct clip_master *master)
{
	return bits_ns(master, frame_bits(master) + PAUSE_BITS);
}

void
clip_master_init(struct clip_fault *fault)
{
	fault->master = (struct clip_master){
		.lines = 1 << CLIP_CS | 1 << CLIP_MOSI | 1 << CLIP_CLK,
		.hz = 25000000,
		.read_bytes = 64,
	};
	fault->cycle = (struct base_period){.period_ns = 100000000, .duty = 0.3};
}

const char *
clip_master_check(const struct clip_fault *fault)
{
	const unsigned int allowed = 1 << CLIP_CS | 1 << CLIP_MOSI | 1 << CLIP_CLK | 1 << CLIP_MISO;
	const struct clip_master *master = &fault->master;

	if ((size_t)master->rule > CLIP_RANDOM)
		return "the rule has to be one of and, or, random";
	if (master->lines & ~allowed)
		return "a second master's lines are cs, clk, mosi, miso";
	if (master->hz == 0)
		return "the second master's frequency has to be above 0 Hz";
	if (master->read_bytes == 0 || master->read_bytes > 1 << 24)
		return "the second master has to read 1 to 16 Mi bytes at a time";
	if (fault->cycle.period_ns <= 0)
		return CLIP_PERIOD_ALLOWED;
	if (fault->cycle.duty < 1 && read_ns(master) > fault->cycle.period_ns)
		return "a read of the second master has to fit into its period";
	return NULL;
}

unsigned int
clip_master_lines(const struct clip_fault *fault)
{
	return fault->master.lines;
}

/* The first one in force has the bus. */
void
clip_master_hold(struct clip *clip, struct clip_active_fault *fault)
{
	if (!clip->faulty->master)
		clip->faulty->master = fault;
}

/* A read that has begun within the duty is finished after it. */
static struct position
locate(const struct clip_fault *fault, int64_t now_ns)
{
	const struct clip_master *master = &fault->master;
	unsigned int slot_bits = frame_bits(master) + PAUSE_BITS;
	int64_t since = now_ns - fault->cycle.phase_ns;
	bool always = fault->cycle.duty >= 1;
	int64_t on_ns = (int64_t)(fault->cycle.duty * (double)fault->cycle.period_ns);
	int64_t slots = on_ns > 0 ? (on_ns - 1) / bits_ns(master, slot_bits) + 1 : 0;
	int64_t period, at, slot;
	uint64_t bits;

	if (slots == 0)
		return (struct position){.burst = -1, .next_ns = INT64_MAX};
	if (since < 0)
		return (struct position){.burst = -1, .next_ns = fault->cycle.phase_ns};
	period = always ? 0 : since / fault->cycle.period_ns;
	at = always ? since : since % fault->cycle.period_ns;
	bits = (uint64_t)((unsigned __int128)at * master->hz / NS_PER_S);
	slot = (int64_t)(bits / slot_bits);
	if (!always && slot >= slots)
		return (struct position){
			.burst = (period + 1) * slots - 1,
			.next_ns = now_ns - at + fault->cycle.period_ns,
		};
	return (struct position){
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

uint64_t
clip_master_clocks(const struct clip *clip)
{
	uint64_t most = 0;

	for (guint i = 0; i < clip_n_faults(clip); i++) {
		const struct clip_fault *fault = &clip_active(clip, i)->as;

		if (fault->what == CLIP_MASTER)
			most = MAX(most, frame_bits(&fault->master));
	}
	return most;
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

/* Each chip with CS# low sends data, and does not sample MOSI. */
static bool
all_send(const struct clip *clip)
{
	bool all = true;

	for (unsigned int lines = clip->faulty->low; lines; lines &= lines - 1) {
		size_t bytes;

		all = all && flash_drives_miso(clip->chips[g_bit_nth_lsf(lines, -1)], &bytes) &&
			bytes == SIZE_MAX;
	}
	return all;
}

/* n bytes of the master's after its address: it drives MOSI low. mosi: the host's level, if mixed.
 * Has the effect of single clocks; MISO of the last one is left to the caller. */
static void
clock_data(
	struct clip *clip, const struct clip_active_fault *fault, size_t n, bool mosi, bool mixed)
{
	bool random = mixed && fault->as.master.rule == CLIP_RANDOM &&
		fault->as.master.lines & 1u << CLIP_MOSI &&
		clip_lines_driven(clip) & 1u << CLIP_MOSI;
	uint8_t bytes[CLIP_CHUNK];

	if (random && all_send(clip)) {
		base_random_pass(&clip->faulty->noise, 8 * (uint64_t)n);
		random = false;
	} else if (!random) {
		mosi = mixed && clip_master_mix(clip, CLIP_MOSI, mosi, false);
	}
	memset(bytes, mosi ? 0xff : 0, sizeof bytes);
	while (n > 0) {
		size_t span = MIN(n, sizeof bytes);

		for (size_t bit = 0; random && bit < 8 * span; bit++)
			bytes[bit / 8] = (uint8_t)(bytes[bit / 8] << 1 |
				clip_master_mix(clip, CLIP_MOSI, mosi, false));
		clip_wires_clock_bytes(clip, bytes, NULL, span);
		n -= span;
	}
}

/* The master's clocks of its frame from bit from to bit to, in a frame of the host's, which drives
 * mosi. */
static void
clock_both(struct clip *clip, const struct clip_active_fault *fault, unsigned int from,
	unsigned int to, bool mosi)
{
	struct clip_wires *wires = clip->faulty;

	while (from < to) {
		if (from >= HEADER_BITS && to - from > 8) {
			size_t n = (to - from - 1) / 8;

			clock_data(clip, fault, n, mosi, true);
			from += 8 * (unsigned int)n;
			continue;
		}
		wires->master_mosi = bit_at(clip, fault, from++);
		clip_wires_clock(clip, clip_master_mix(clip, CLIP_MOSI, mosi, wires->master_mosi));
	}
}

/* The same while the host is silent. */
static void
clock_alone(struct clip *clip, const struct clip_active_fault *fault, unsigned int from,
	unsigned int to)
{
	while (from < to) {
		if (from % 8 || to - from < 8) {
			clip->faulty->master_mosi = bit_at(clip, fault, from++);
			clip_wires_clock(clip, clip->faulty->master_mosi);
		} else if (from >= HEADER_BITS) {
			size_t n = (to - from) / 8;

			clock_data(clip, fault, n, false, false);
			from += 8 * (unsigned int)n;
		} else {
			uint8_t byte = byte_at(clip, fault, from / 8);

			clip_wires_clock_bytes(clip, &byte, NULL, 1);
			from += 8;
		}
	}
}

/* The master's clocks of its frame from bit from to bit to. The chip's clock is the host's: time
 * goes on by itself. */
static void
feed(struct clip *clip, struct clip_active_fault *fault, unsigned int from, unsigned int to)
{
	struct clip_wires *wires = clip->faulty;

	fault->bit = to;
	if (!wires->low || !(fault->as.master.lines & 1 << CLIP_CLK))
		return;
	clip_wires_set_clock(clip, 0);
	if (wires->frame.open)
		clock_both(clip, fault, from, to, false);
	else
		clock_alone(clip, fault, from, to);
	clip_wires_set_clock(clip, clip->hz);
}

static void
begin(struct clip_active_fault *fault, int64_t burst)
{
	fault->low = true;
	fault->burst = burst;
	fault->bit = 0;
	fault->wins = base_random_next(&fault->base.random) & 1;
}

void
clip_master_start(struct clip *clip, struct clip_active_fault *fault)
{
	struct position position = locate(&fault->as, time_now(clip));

	fault->low = false;
	fault->burst = position.burst - position.low;
}

void
clip_master_pass(struct clip *clip, int64_t now_ns)
{
	struct clip_active_fault *fault = clip->faulty->master;
	struct position position;

	if (!fault)
		return;
	position = locate(&fault->as, time_now(clip));
	if (fault->low) {
		bool same = position.low && position.burst == fault->burst;

		feed(clip, fault, fault->bit,
			same ? MAX(position.bit, fault->bit) : frame_bits(&fault->as.master));
		if (same)
			return;
		fault->low = false;
		settle(clip, now_ns);
	}
	for (int64_t burst = MAX(fault->burst + 1, position.burst - BACKLOG);
		burst <= position.burst; burst++) {
		bool last = burst == position.burst && position.low;

		begin(fault, burst);
		settle(clip, now_ns);
		feed(clip, fault, 0, last ? position.bit : frame_bits(&fault->as.master));
		if (last)
			return;
		fault->low = false;
		settle(clip, now_ns);
	}
	fault->burst = position.burst;
}

size_t
clip_master_quiet(const struct clip *clip, size_t n)
{
	const struct clip_active_fault *fault = clip->faulty->master;
	int64_t now_ns = time_now(clip);
	struct position position = locate(&fault->as, now_ns);

	if (fault->low || position.low)
		return 0;
	return (size_t)MIN(
		(double)n, (double)(position.next_ns - now_ns) * clip->hz / (8 * NS_PER_S));
}

void
clip_master_step(struct clip *clip, unsigned int bit)
{
	struct clip_wires *wires = clip->faulty;
	struct clip_active_fault *fault = wires->master;
	const unsigned int bits = frame_bits(&fault->as.master);
	int64_t end_ns = time_now(clip) + (int64_t)((bit + 1) * NS_PER_S / clip->hz);
	struct position position = locate(&fault->as, end_ns);
	unsigned int to;

	wires->master_clocks = 0;
	if (fault->low && fault->bit == bits)
		fault->low = false;
	else if (!fault->low && position.low && position.burst > fault->burst)
		begin(fault, position.burst);
	if (!fault->low)
		return;
	to = position.low && position.burst == fault->burst ? MAX(position.bit, fault->bit) : bits;
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

	if (given >= wires->master_clocks || !wires->low)
		return;
	clip_wires_set_clock(clip, 0);
	clock_both(clip, fault, first + given, fault->bit, mosi);
	clip_wires_set_clock(clip, clip->hz);
}
