/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults on a clip: which there are, what values they may have, how they come and go.
 *
 * Without faults a clip has no clip_wires and goes its short way. The first fault brings one, the
 * last one takes it away again after all lines are back to where they are without.
 */
#include "clip/internal.h"

#include <string.h>

#include "base/clock.h"
#include "flash/flash.h"
#include "flash/partdata.h"

void
clip_fault_init(struct clip_fault *fault, enum clip_fault_what what)
{
	memset(fault, 0, sizeof *fault);
	fault->what = what;
	fault->line = what == CLIP_BOUNCE ? CLIP_CS : what == CLIP_SLIP ? CLIP_CLK : CLIP_MISO;
	fault->line2 = CLIP_MOSI;
	fault->clocks = 1;
	fault->pins = what == CLIP_SHIFTED ? 1 : 0;
	fault->slip = CLIP_SLIP_EITHER;
	fault->slope = 1e-3;
	switch (what) {
	case CLIP_BIT_ERROR:
	case CLIP_WEAK_GROUND:
		fault->rate = 1e-6;
		break;
	case CLIP_BURST_ERROR:
		fault->rate = 1e-4;
		fault->after_bytes = 256;
		break;
	case CLIP_SLIP:
	case CLIP_BOUNCE:
		fault->rate = 1e-7;
		break;
	case CLIP_CONTACT:
		fault->rate = 1e-6;
		fault->open_ns = 100000;
		break;
	case CLIP_TOO_FAST:
		fault->limit_hz = 8000000;
		break;
	case CLIP_MASTER:
		fault->line = CLIP_CS;
		fault->master = (struct clip_master){
			.lines = 1 << CLIP_CS | 1 << CLIP_MOSI | 1 << CLIP_CLK,
			.hz = 25000000,
			.read_bytes = 64,
			.period_ns = 100000000,
			.duty = 0.3,
		};
		break;
	case CLIP_BOARD_WRITES:
		fault->line = CLIP_CS;
		fault->writes = (struct clip_writes){.bytes = 64, .period_ns = NS_PER_S};
		break;
	default:
		break;
	}
}

static bool
is_probability(double p)
{
	return p >= 0 && p <= 1;
}

static const char *
check_when(const struct clip_fault_when *when)
{
	if (!is_probability(when->probability))
		return "the probability has to be 0 to 1";
	if (when->address_to && when->address_to <= when->address_from)
		return "the end of the address range has to be above its begin";
	if (when->byte_to && when->byte_to <= when->byte_from)
		return "the end of the byte range has to be above its begin";
	if (when->from_ns < 0 || when->to_ns < 0)
		return "times have to be 0 or more";
	if (when->to_ns && when->to_ns <= when->from_ns)
		return "the end of the time window has to be above its begin";
	return NULL;
}

static const char *
check_master(const struct clip_master *master)
{
	const unsigned int allowed = 1 << CLIP_CS | 1 << CLIP_MOSI | 1 << CLIP_CLK | 1 << CLIP_MISO;

	if ((size_t)master->rule > CLIP_RANDOM)
		return "the rule has to be one of and, or, random";
	if (master->lines & ~allowed)
		return "a second master's lines are cs, clk, mosi, miso";
	if (master->hz == 0)
		return "the second master's frequency has to be above 0 Hz";
	if (master->read_bytes == 0 || master->read_bytes > 1 << 24)
		return "the second master has to read 1 to 16 Mi bytes at a time";
	if (master->period_ns <= 0 || master->phase_ns < 0)
		return "period has to be above 0, phase 0 or more";
	if (!is_probability(master->duty))
		return "the duty has to be 0 to 1";
	if (master->duty < 1 && clip_master_read_ns(master) > master->period_ns)
		return "a read of the second master has to fit into its period";
	return NULL;
}

static const char *
check_writes(const struct clip_fault *fault)
{
	if (fault->writes.bytes == 0 || fault->writes.bytes > 256)
		return "a board writes 1 to 256 bytes at a time";
	if (fault->writes.period_ns <= 0 || fault->writes.phase_ns < 0)
		return "period has to be above 0, phase 0 or more";
	if (fault->when.address_from % 4096 || fault->when.address_to % 4096)
		return "a board writes to whole sectors of 4096 bytes, such as 0xFE000-0xFFFFF";
	return NULL;
}

static const char *
check_what(const struct clip_fault *fault)
{
	switch (fault->what) {
	case CLIP_SHORT:
		if ((size_t)fault->line2 >= CLIP_LINES || fault->line2 == fault->line)
			return "a short takes two different lines";
		return NULL;
	case CLIP_SHIFTED:
		return fault->pins == 1 || fault->pins == -1 ? NULL
							     : "pins to shift by are 1 or -1";
	case CLIP_LATE:
	case CLIP_EARLY:
		return fault->clocks > 0 && fault->clocks <= CLIP_CLOCKS_MAX
			? NULL
			: "it can be late or early by 1 to 64 clocks";
	case CLIP_CONTACT:
		if (!is_probability(fault->per_us) || (fault->rate > 0 && fault->per_us > 0))
			return "a contact takes a rate per bit or per us, 0 to 1";
		return fault->open_ns > 0 ? NULL : "a contact has to be open for more than 0 ns";
	case CLIP_BIT_ERROR:
	case CLIP_BURST_ERROR:
	case CLIP_WEAK_GROUND:
	case CLIP_TOO_FAST:
		if (fault->line != CLIP_MISO && fault->line != CLIP_MOSI)
			return "lines with single wrong bits are mosi, miso";
		if (fault->what != CLIP_TOO_FAST)
			return NULL;
		return fault->limit_hz > 0 && fault->slope >= 0
			? NULL
			: "the limit has to be above 0 Hz, the slope 0 or more";
	case CLIP_MASTER:
		return check_master(&fault->master);
	case CLIP_BOARD_WRITES:
		return check_writes(fault);
	default:
		return NULL;
	}
}

const char *
clip_fault_check(const struct clip_fault *fault)
{
	const char *wrong;

	if ((size_t)fault->what >= CLIP_FAULT_WHATS)
		return "there is no such fault";
	if ((size_t)fault->line >= CLIP_LINES || (size_t)fault->side >= CLIP_SIDES)
		return "there is no such line or side";
	if ((size_t)fault->only > CLIP_1_TO_0 || (size_t)fault->slip > CLIP_SLIP_EITHER)
		return "there is no such polarity or slip";
	if (!is_probability(fault->rate))
		return "the rate has to be 0 to 1";
	wrong = check_what(fault);
	return wrong ? wrong : check_when(&fault->when);
}

static void
begin(struct clip *clip)
{
	struct clip_wires *wires = g_new0(struct clip_wires, 1);

	wires->faults = g_ptr_array_new_with_free_func(g_free);
	base_random_init(&wires->noise, clip->seed, 0);
	wires->powered = wires->supplied = true;
	clip->faulty = wires;
	wires->cs = clip_wires_cs(clip);
	wires->frame.opcode = -1;
	/* In the middle of a frame: what it is for stays unknown. */
	wires->frame.open = clip->selected >= 0;
	wires->frame.operation = clip->operations;
	wires->drives = clip->open && flash_drives_miso(clip->open, NULL);
	clip_lines_derive(clip);
}

/* The lines are well again. */
static void
end(struct clip *clip)
{
	struct clip_wires *wires = clip->faulty;

	clip_wires_update(clip);
	clip->faulty = NULL;
	g_ptr_array_free(wires->faults, TRUE);
	g_free(wires);
	clip_show(clip);
}

static void
seed(struct clip *clip, struct clip_active_fault *fault)
{
	base_random_init(&fault->random, clip->seed, fault->id);
	fault->rate = RATE_UNKNOWN;
}

unsigned int
clip_fault_add(struct clip *clip, const struct clip_fault *fault)
{
	struct clip_active_fault *added;

	if (clip_fault_check(fault))
		return 0;
	if (!clip->faulty)
		begin(clip);
	added = g_new0(struct clip_active_fault, 1);
	added->id = ++clip->last_id;
	added->as = *fault;
	added->chosen = true;
	added->change_ns = base_clock_now(clip->clock);
	if (fault->what == CLIP_BOUNCE)
		added->as.line = CLIP_CS;
	if (fault->what == CLIP_SLIP)
		added->as.line = CLIP_CLK;
	if (fault->what == CLIP_BOARD_WRITES)
		clip_writer_start(added, base_clock_now(clip->clock));
	seed(clip, added);
	g_ptr_array_add(clip->faulty->faults, added);
	clip_wires_update(clip);
	return added->id;
}

bool
clip_fault_remove(struct clip *clip, unsigned int id)
{
	struct clip_wires *wires = clip->faulty;

	for (guint i = 0; wires && i < wires->faults->len; i++) {
		struct clip_active_fault *fault = g_ptr_array_index(wires->faults, i);

		if (fault->id != id)
			continue;
		if (wires->master == fault)
			wires->master = NULL;
		g_ptr_array_remove_index(wires->faults, i);
		clip_lines_derive(clip);
		if (wires->faults->len == 0)
			end(clip);
		else
			clip_wires_update(clip);
		return true;
	}
	return false;
}

void
clip_fault_clear(struct clip *clip)
{
	struct clip_fault_status status;

	while (clip_fault_at(clip, 0, &status))
		clip_fault_remove(clip, status.id);
}

bool
clip_fault_at(const struct clip *clip, size_t i, struct clip_fault_status *status)
{
	const struct clip_active_fault *fault;

	if (!clip->faulty || i >= clip->faulty->faults->len)
		return false;
	fault = g_ptr_array_index(clip->faulty->faults, i);
	*status = (struct clip_fault_status){
		.id = fault->id,
		.fault = &fault->as,
		.acted = fault->acted,
		.matched = fault->matched,
	};
	return true;
}

void
clip_set_fault_listener(struct clip *clip, const struct clip_fault_listener *listener)
{
	clip->listener = listener ? *listener : (struct clip_fault_listener){0};
}

void
clip_set_seed(struct clip *clip, uint64_t value)
{
	clip->seed = value;
	if (!clip->faulty)
		return;
	base_random_init(&clip->faulty->noise, value, 0);
	for (guint i = 0; i < clip->faulty->faults->len; i++)
		seed(clip, g_ptr_array_index(clip->faulty->faults, i));
}
