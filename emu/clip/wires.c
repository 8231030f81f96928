/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wires with faults.
 *
 * A span is split where the set of faults in force changes, and again where one of them acts at a
 * single bit. The parts between go byte by byte: MOSI, MISO or both may carry other data than was
 * driven, but each clock arrives as one clock.
 *
 *   host      |--------------- span of n bytes -----------------|
 *   in force  | opcode | address |  fault A   |   A and B       |
 *   bytes                        |=========|  |=======|  |=====|
 *   bits      |========|=========|         |==|       |==|        an error, a slip, a contact
 *
 * A fault that acts at single bits knows the number of bits until its next act, so a long span
 * without one costs one subtraction. Everything else follows from the nets (lines.c) at the time.
 * The chip sees a fall of CS# when the first clock comes, when the opcode is known.
 *
 * Leaves out: analogue levels, and delays below half a clock. All chips share the lines except CS#,
 * and the faults unless these are aimed at one.
 */
#include "clip/internal.h"

#include <string.h>

#include "base/clock.h"
#include "flash/flash.h"

static const uint8_t low[CLIP_CHUNK];

/* Levels at the adapter, CLK low: bits 1 << line. */
static unsigned int
idle_levels(const struct clip *clip, bool mosi)
{
	unsigned int levels = 1 << CLIP_MISO;

	if (clip->selected < 0)
		levels |= 1 << CLIP_CS;
	return mosi ? levels | 1 << CLIP_MOSI : levels;
}

static bool
acts_at_bits(const struct clip_active_fault *fault, bool writes, bool reads)
{
	if (!fault->in_force || !fault->row->act || clip_trigger_is_spent(fault))
		return false;
	return !fault->row->of_data || (fault->as.line == CLIP_MISO ? reads : writes);
}

bool
clip_wires_meet(const struct clip *clip, const struct clip_active_fault *fault)
{
	return !clip->by_board || (fault->row->lasting && fault->as.side == CLIP_CHIP);
}

void
clip_wires_set_rate(struct clip_active_fault *fault, double rate)
{
	if (rate == fault->rate)
		return;
	fault->rate = rate;
	fault->left = base_random_skip(&fault->base.random, rate);
}

/* A chip without a frame also loses its state when its supply or RESET# is off for a while. */
static void
replay_missed(struct clip *clip, struct clip_active_fault *fault, int64_t now_ns)
{
	const unsigned int lines = 1u << CLIP_VCC | 1u << CLIP_GND | 1u << CLIP_HOLD;
	int64_t on_ns, off_ns;

	if (!fault->row->lasting || fault->in_force || !(lines & 1u << fault->as.line) ||
		clip->faulty->frame.open || clip_trigger_needs_frame(fault) ||
		!clip_wires_meet(clip, fault) ||
		!clip_trigger_missed(fault, clip->faulty->looked_ns, now_ns, &on_ns, &off_ns))
		return;
	fault->in_force = true;
	clip_lines_derive(clip);
	clip_lines_show_at(clip, on_ns);
	clip_trigger_acted_at(clip, fault, on_ns,
		clip_lines_level(clip, NODE(CLIP_CHIP, fault->as.line), 1 << CLIP_MISO));
	fault->in_force = false;
	clip_lines_derive(clip);
	clip_lines_show_at(clip, off_ns);
}

/* Updates which faults are in force; lowers *bytes to the number of bytes for which that holds. */
static void
look(struct clip *clip, uint64_t *bytes)
{
	struct clip_wires *wires = clip->faulty;
	const struct clip_active_fault *master = wires->master;
	const int64_t now = base_clock_now(clip->clock);
	bool changed = false;

	clip_wires_address(clip, clip_wires_cs(clip));
	clip_contact_catch_up(clip);
	wires->late = 0;
	wires->master = NULL;
	for (guint i = 0; i < clip_n_faults(clip); i++)
		replay_missed(clip, clip_active(clip, i), now);
	wires->looked_ns = now;
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);
		bool holds = clip_wires_meet(clip, fault) && clip_trigger_holds(clip, fault, bytes);

		changed |= holds != fault->in_force;
		fault->in_force = holds;
		if (fault->row->pass)
			changed |= fault->row->pass(clip, fault);
		if (holds && fault->row->hold)
			fault->row->hold(clip, fault);
	}
	if (wires->master && wires->master != master)
		clip_master_start(clip, wires->master);
	if (changed)
		clip_lines_derive(clip);
	clip_lines_show(clip);
}

/* Reports a fault that acts all the time. */
static void
tell_one(struct clip *clip, struct clip_active_fault *fault)
{
	const unsigned int levels = idle_levels(clip, false);
	enum clip_line line = fault->as.line;
	unsigned int cs = clip_others_select(clip, fault);

	if (cs != clip->faulty->cs && !(clip->faulty->held & 1u << cs))
		return;
	fault->told = true;
	clip_trigger_acted(clip, fault, 0, line,
		cs != clip->faulty->cs
			? FLASH_LOW
			: clip_lines_level(clip,
				  NODE(line == CLIP_MISO ? CLIP_HOST : CLIP_CHIP, line), levels));
}

/* Reports the faults that act all the time, once in a frame. */
static void
tell(struct clip *clip, bool reads)
{
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);

		if (!fault->in_force || fault->told)
			continue;
		if (fault->row->lasting || (fault->row->shows && fault->row->shows(fault, reads)))
			tell_one(clip, fault);
	}
}

void
clip_wires_update(struct clip *clip)
{
	uint64_t bytes = UINT64_MAX;
	int64_t now = base_clock_now(clip->clock);

	clip_master_pass(clip, now);
	clip_writer_pass(clip, now);
	look(clip, &bytes);
	/* CS# that fell without a clock yet: see above. */
	if (clip->faulty->frame.open && clip->faulty->frame.byte == 0)
		return;
	clip_wires_settle(clip, idle_levels(clip, false), now);
}

void
clip_wires_attach(struct clip *clip, unsigned int cs)
{
	clip_lines_derive(clip);
	clip_lines_attach(clip, cs);
}

void
clip_wires_detach(struct clip *clip, unsigned int cs)
{
	clip_wires_raise(clip, cs, base_clock_now(clip->clock));
	clip_lines_restore(clip, cs);
}

void
clip_wires_select(struct clip *clip)
{
	struct clip_wires *wires = clip->faulty;

	clip_master_pass(clip, base_clock_now(clip->clock));
	clip_contact_catch_up(clip);
	clip_writer_pass(clip, base_clock_now(clip->clock));
	clip_frame_begin(&wires->frame, clip->operations);
	wires->began_ns = base_clock_now(clip->clock);
	wires->began_skipped_ns = base_clock_skipped(clip->clock);
	wires->floating_cs = base_random_next(&wires->noise);
	wires->last_mosi = false;
	wires->last_miso = true;
	wires->heard = UINT64_MAX;
	wires->ahead = false;
}

void
clip_wires_deselect(struct clip *clip)
{
	struct clip_frame *frame = &clip->faulty->frame;
	int64_t now = base_clock_now(clip->clock);
	uint64_t bytes = 1;

	if (frame->open && frame->byte == 0) {
		look(clip, &bytes);
		clip_wires_settle(clip, idle_levels(clip, false), now);
	}
	clip->selected = -1;
	clip_wires_settle(clip, idle_levels(clip, false), now);
	frame->open = false;
	clip_trigger_forget(clip);
	clip_writer_wait(clip, now);
	clip_wires_update(clip);
}

/* A clock of the host as it arrives at the chip: n times, 0 to 2. */
static void
clock_chip(struct clip *clip, bool mosi, unsigned int n, int64_t now_ns)
{
	unsigned int idle = idle_levels(clip, mosi);

	clip_wires_settle(clip, idle, now_ns);
	for (unsigned int i = 0; i < n; i++) {
		clip_wires_settle(clip, idle | 1 << CLIP_CLK, now_ns);
		if (i + 1 < n)
			clip_wires_settle(clip, idle, now_ns);
	}
}

/* MISO at the host, CLK high. */
static bool
miso_at_host(struct clip *clip, bool mosi)
{
	struct clip_wires *wires = clip->faulty;
	uint8_t levels[CLIP_LINES] = {
		[CLIP_CS] = clip->selected >= 0 ? 0 : 0xff,
		[CLIP_CLK] = 0xff,
		[CLIP_MOSI] = mosi ? 0xff : 0,
		[CLIP_MISO] = wires->miso ? 0xff : 0,
	};
	bool miso = clip_lines_value(clip, NODE(CLIP_HOST, CLIP_MISO), levels) & 1;

	if (wires->master && wires->master->low)
		miso = clip_master_mix(clip, CLIP_MISO, miso, base_random_next(&wires->noise) & 1);
	return miso;
}

static bool
sample(struct clip *clip, unsigned int bit, bool mosi, bool miso)
{
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);

		if (fault->due)
			miso = clip_noise_bit(clip, fault, bit, mosi, miso);
		fault->due = false;
	}
	return miso;
}

/* Lets the faults act whose turn it is at this bit. */
static void
act_at_bit(struct clip *clip, struct clip_bit *at, bool writes, bool reads)
{
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);

		if (!acts_at_bits(fault, writes, reads))
			continue;
		if (fault->as.has_bit && 7 - at->bit != fault->as.bit)
			continue;
		if (fault->left > 0)
			fault->left--;
		else
			fault->row->act(clip, fault, at);
	}
}

/* Shifts one byte bit by bit. Returns the byte that the host samples. */
static uint8_t
shift_bits(struct clip *clip, uint8_t in, bool writes, bool reads)
{
	struct clip_wires *wires = clip->faulty;
	int64_t now = base_clock_now(clip->clock);
	uint8_t out = 0;

	for (unsigned int bit = 0; bit < 8; bit++) {
		int64_t end = now + (bit + 1) * NS_PER_S / clip->hz;
		bool driven = in >> (7 - bit) & 1;
		struct clip_bit at = {
			.bit = bit,
			.now_ns = now + bit * NS_PER_S / clip->hz,
			.mosi = driven,
			.clocks = 1,
		};
		bool miso, heard;

		act_at_bit(clip, &at, writes, reads);
		if (wires->master)
			clip_master_step(clip, bit);
		clock_chip(clip, at.mosi, at.clocks, at.now_ns);
		/* Without a clock of the host's it samples at the first of the master's. */
		if (wires->master && !(clip_lines_driven(clip) & 1 << CLIP_CLK))
			clip_master_rest(clip, 0, at.mosi);
		miso = miso_at_host(clip, at.mosi);
		heard = sample(clip, bit, driven, miso);
		if (wires->master && clip_lines_driven(clip) & 1 << CLIP_CLK)
			clip_master_rest(clip, 1, at.mosi);
		clip_wires_settle(clip, idle_levels(clip, at.mosi), end);
		out = (uint8_t)(out << 1 |
			(wires->late ? wires->heard >> (wires->late - 1) & 1 : heard));
		wires->last_mosi = driven;
		wires->last_miso = miso;
		wires->heard = wires->heard << 1 | heard;
	}
	return out;
}

/* Whether each clock arrives as one clock, or none does, while CS# keeps its level. */
static bool
goes_by_bytes(const struct clip *clip)
{
	const struct clip_source *cs = clip_lines_source(clip, NODE(CLIP_CHIP, CLIP_CS));
	const struct clip_source *clk = clip_lines_source(clip, NODE(CLIP_CHIP, CLIP_CLK));
	unsigned int driven = clip_lines_driven(clip);

	if (!clip_others_keep_cs(clip, driven))
		return false;
	if (cs->forced < 0 && cs->drivers & driven & ~(1u << CLIP_CS))
		return false;
	/* Frames of a chip without supply are reported too, so CS# counts and CLK does not. */
	if (!clip->faulty->powered)
		return true;
	if (clk->forced >= 0)
		return true;
	if (clk->drivers & driven)
		return (clk->drivers & driven) == 1u << CLIP_CLK;
	return clk->pull != FLASH_FLOATING;
}

/* The bits of a byte that the fault can act at. */
static unsigned int
chances(const struct clip_active_fault *fault)
{
	return fault->as.has_bit ? 1 : 8;
}

/* How many of the next n bytes pass without an act at a single bit. */
static size_t
quiet(struct clip *clip, size_t n, bool writes, bool reads)
{
	struct clip_wires *wires = clip->faulty;
	size_t stays = n;

	if (wires->low)
		wires->drives = clip_wires_drive(clip, &stays);
	if (!goes_by_bytes(clip))
		return 0;
	n = MIN(n, stays);
	if (wires->master)
		n = clip_master_quiet(clip, n);
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		const struct clip_active_fault *fault = clip_active(clip, i);

		if (acts_at_bits(fault, writes, reads))
			n = MIN(n, fault->left / chances(fault));
	}
	return n;
}

/* The node's level is that of the driver of its own line. */
static bool
is_plain(const struct clip *clip, unsigned int node, enum clip_line line)
{
	const struct clip_source *source = clip_lines_source(clip, node);

	return source->forced < 0 && (source->drivers & clip_lines_driven(clip)) == 1u << line;
}

/* Delays the sampled bits in out by the clocks that they are late. */
static void
hear(struct clip_wires *wires, uint8_t *out, size_t n)
{
	/* Without a delay only the last bits can be needed. */
	for (size_t i = wires->late || n < sizeof wires->heard ? 0 : n - sizeof wires->heard; i < n;
		i++) {
		uint64_t before = wires->heard;

		wires->heard = before << 8 | out[i];
		if (wires->late == 64)
			out[i] = (uint8_t)(before >> 56);
		else if (wires->late > 8)
			out[i] = (uint8_t)(before >> (wires->late - 8));
		else if (wires->late > 0)
			out[i] = (uint8_t)(wires->heard >> wires->late);
	}
}

/* Shifts n bytes (1..CLIP_CHUNK) without an act at a single bit. in and out are not NULL. */
static void
shift_bytes(struct clip *clip, const uint8_t *in, uint8_t *out, size_t n)
{
	struct clip_wires *wires = clip->faulty;
	const unsigned int mosi = NODE(CLIP_CHIP, CLIP_MOSI), miso = NODE(CLIP_HOST, CLIP_MISO);
	uint8_t levels[CLIP_LINES] = {[CLIP_CLK] = 0xff, [CLIP_MISO] = 0xff};
	bool clocked =
		wires->powered && wires->low && is_plain(clip, NODE(CLIP_CHIP, CLIP_CLK), CLIP_CLK);
	bool heard = is_plain(clip, miso, CLIP_MISO);
	const uint8_t *arrives = in;
	uint8_t changed[CLIP_CHUNK];
	bool last;

	levels[CLIP_CS] = clip->selected >= 0 ? 0 : 0xff;
	if (clocked && !is_plain(clip, mosi, CLIP_MOSI)) {
		for (size_t i = 0; i < n; i++) {
			levels[CLIP_MOSI] = in[i];
			changed[i] = clip_lines_value(clip, mosi, levels);
		}
		arrives = changed;
	}
	if (clocked)
		clip_wires_clock_bytes(clip, arrives, out, n);
	else
		memset(out, wires->miso ? 0xff : 0, n);
	last = out[n - 1] & 1;
	for (size_t i = 0; i < n && !heard; i++) {
		levels[CLIP_MOSI] = in[i];
		levels[CLIP_MISO] = out[i];
		out[i] = clip_lines_value(clip, miso, levels);
	}
	if (clocked)
		wires->miso = last;
	last = out[n - 1] & 1;
	wires->last_miso = last;
	hear(wires, out, n);
	wires->last_mosi = in[n - 1] & 1;
}

static void
count_down(struct clip *clip, size_t n, bool writes, bool reads)
{
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);

		if (acts_at_bits(fault, writes, reads) && fault->left != UINT64_MAX)
			fault->left -= n * chances(fault);
	}
}

/* Before the first byte that the host reads after opcode and address. */
static void
act_before_data(struct clip *clip, bool mosi)
{
	if (clip->faulty->ahead)
		return;
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);

		if (fault->row->before_data && fault->in_force && !fault->told)
			fault->row->before_data(clip, fault, mosi);
	}
}

/* The part of a span in which the same faults are in force; returns its length, 1 to n bytes. */
static size_t
shift_some(struct clip *clip, const uint8_t *in, uint8_t *out, size_t n)
{
	struct clip_wires *wires = clip->faulty;
	uint64_t bytes = MIN(n, CLIP_CHUNK);
	const uint8_t *mosi = in ? in : low;
	uint8_t unheard[CLIP_CHUNK];
	size_t done;

	if (wires->frame.open && wires->frame.byte < wires->frame.means.header_bytes) {
		clip_frame_take(clip, *mosi);
		bytes = 1;
	}
	if (wires->master)
		clip_master_pass(clip, base_clock_now(clip->clock));
	look(clip, &bytes);
	tell(clip, out != NULL);
	clip_wires_settle(clip, idle_levels(clip, *mosi >> 7), base_clock_now(clip->clock));
	if (out && wires->frame.byte >= wires->frame.means.header_bytes)
		act_before_data(clip, *mosi >> 7);
	done = quiet(clip, bytes, in != NULL, out != NULL);
	if (done > 0) {
		shift_bytes(clip, mosi, out ? out : unheard, done);
		count_down(clip, done, in != NULL, out != NULL);
	} else {
		uint8_t byte = shift_bits(clip, *mosi, in != NULL, out != NULL);

		if (out)
			*out = byte;
		done = 1;
	}
	wires->frame.byte += done;
	return done;
}

void
clip_wires_shift(struct clip *clip, const uint8_t *in, uint8_t *out, size_t n)
{
	while (n > 0) {
		size_t done = shift_some(clip, in, out, n);

		clip_pass(clip, done);
		clip_contact_clocked(clip);
		n -= done;
		if (in)
			in += done;
		if (out)
			out += done;
	}
}
