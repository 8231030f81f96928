/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decides when a fault of the wires can act, and reports its acts.
 *
 * All conditions change at bytes only, so one look is enough for a long span: clip_trigger_holds()
 * says for how many bytes its answer stays true. Times are those of the bus clock; with a clock
 * that follows the wall a window may end a little earlier than counted.
 */
#include "clip/internal.h"

#include "base/clock.h"
#include "flash/flash.h"

void
clip_trigger_forget(struct clip *clip)
{
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);

		base_fault_begin_frame(&fault->base);
		fault->told = false;
	}
}

bool
clip_trigger_needs_frame(const struct clip_active_fault *fault)
{
	const struct base_fault_when *when = &fault->as.when;

	return when->purposes || when->has_opcode || when->address_to || when->selects ||
		when->nth || when->from_nth || when->probability > 0 || when->byte_from ||
		when->byte_to || fault->as.after_bytes;
}

static void
lower(uint64_t *bytes, uint64_t limit)
{
	*bytes = MAX(MIN(*bytes, limit), 1);
}

/* Within [from, to), to 0: no end; *bytes is lowered to the next of the two ahead of at. */
static bool
within(uint64_t at, uint64_t from, uint64_t to, uint64_t *bytes)
{
	if (at < from) {
		lower(bytes, from - at);
		return false;
	}
	if (to == 0)
		return true;
	if (at < to)
		lower(bytes, to - at);
	return at < to;
}

/* The bytes that begin before that time: one that begins at it belongs to what comes then, also
 * when a span ends there. */
static void
lower_to(const struct clip *clip, uint64_t *bytes, int64_t now_ns, int64_t next_ns)
{
	const uint64_t byte = 8 * (uint64_t)NS_PER_S; /* ns * Hz */
	unsigned __int128 until;

	if (next_ns <= now_ns || next_ns == INT64_MAX)
		return;
	until = (unsigned __int128)(next_ns - now_ns) * clip->hz - clip->fraction;
	lower(bytes, (uint64_t)MIN((until + byte - 1) / byte, UINT64_MAX));
}

static bool
in_time(const struct clip *clip, const struct clip_active_fault *fault, uint64_t *bytes)
{
	const struct base_fault_when *when = &fault->as.when;
	int64_t now = base_clock_now(clip->clock), until;
	bool on = true;

	lower_to(clip, bytes, now, now < when->from_ns ? when->from_ns : when->to_ns);
	if (!fault->row->own_cycle && fault->as.cycle.period_ns > 0) {
		on = base_period_is_on(&fault->as.cycle, now, &until);
		lower_to(clip, bytes, now, until);
	}
	return on && base_fault_when_is_in_time(when, now);
}

bool
clip_trigger_missed(const struct clip_active_fault *fault, int64_t from_ns, int64_t now_ns,
	int64_t *on_ns, int64_t *off_ns)
{
	const struct base_fault_when *when = &fault->as.when;

	if (fault->row->own_cycle || clip_trigger_is_spent(fault))
		return false;
	if (fault->as.cycle.period_ns > 0)
		return base_period_last(&fault->as.cycle, MAX(from_ns, when->from_ns),
			when->to_ns ? MIN(now_ns, when->to_ns) : now_ns, on_ns, off_ns);
	*on_ns = when->from_ns;
	*off_ns = when->to_ns;
	return *off_ns > 0 && *on_ns >= from_ns && *off_ns <= now_ns;
}

static bool
at_address(const struct clip *clip, const struct base_fault_when *when, uint64_t *bytes)
{
	const struct clip_frame *frame = &clip->faulty->frame;
	uint64_t address, stays;
	bool there = flash_described_address(&frame->means, frame->byte, &address, &stays);

	lower(bytes, stays);
	if (!there)
		return false;
	if (frame->means.purpose != FLASH_FOR_READ)
		return address >= when->address_from && address < when->address_to;
	return within(address, when->address_from, when->address_to, bytes);
}

/* True when opcode, purpose, address and select make the frame a match. */
static bool
matches(const struct clip *clip, const struct clip_active_fault *fault, uint64_t *bytes)
{
	const struct clip_frame *frame = &clip->faulty->frame;
	const struct base_fault_when *when = &fault->as.when;

	if (when->selects && !clip_others_has_own_line(fault) &&
		(clip->selected < 0 || !(when->selects & 1u << clip->selected)))
		return false;
	if (when->has_opcode && frame->opcode != when->opcode)
		return false;
	if (when->purposes && (frame->opcode < 0 || !(when->purposes & 1u << frame->means.purpose)))
		return false;
	return when->address_to == 0 || at_address(clip, when, bytes);
}

bool
clip_trigger_is_spent(const struct clip_active_fault *fault)
{
	return base_fault_is_spent(&fault->base) &&
		!(fault->row->opens ? fault->open : fault->told);
}

bool
clip_trigger_is_due(const struct clip *clip, const struct clip_active_fault *fault)
{
	uint64_t bytes = UINT64_MAX;

	return in_time(clip, fault, &bytes) && !clip_trigger_is_spent(fault);
}

bool
clip_trigger_holds(struct clip *clip, struct clip_active_fault *fault, uint64_t *bytes)
{
	const struct base_fault_when *when = &fault->as.when;
	const struct clip_frame *frame = &clip->faulty->frame;

	if (!in_time(clip, fault, bytes) || clip_trigger_is_spent(fault))
		return false;
	if (fault->row->by_itself)
		return true;
	if (!frame->open)
		return !clip_trigger_needs_frame(fault);
	if (!matches(clip, fault, bytes))
		return false;
	return base_fault_match_once(&fault->base) &&
		within(frame->byte, MAX(when->byte_from, fault->as.after_bytes), when->byte_to,
			bytes);
}

static void
count(struct clip *clip, struct clip_active_fault *fault, const struct clip_fault_report *report)
{
	base_fault_acted(&fault->base, 1);
	if (clip->listener.acted)
		clip->listener.acted(clip->listener.data, report);
}

void
clip_trigger_acted(struct clip *clip, struct clip_active_fault *fault, unsigned int bit,
	enum clip_line line, enum flash_level level)
{
	const struct clip_frame *frame = &clip->faulty->frame;
	struct clip_fault_report report = {
		.id = fault->base.id,
		.fault = &fault->as,
		.line = line,
		.operation = frame->operation,
		.opcode = frame->opcode,
		.byte = frame->byte,
		.bit = bit,
		.time_ns = base_clock_now(clip->clock) + bit * NS_PER_S / clip->hz,
		.level = level,
		.by_board = clip->by_board,
	};
	uint64_t n;

	report.has_address = frame->open && frame->byte >= frame->means.header_bytes &&
		flash_described_address(&frame->means, frame->byte, &report.address, &n);

	count(clip, fault, &report);
}

void
clip_trigger_acted_at(
	struct clip *clip, struct clip_active_fault *fault, int64_t time_ns, enum flash_level level)
{
	const struct clip_frame *frame = &clip->faulty->frame;
	struct clip_fault_report report = {
		.id = fault->base.id,
		.fault = &fault->as,
		.line = fault->as.line,
		.operation = frame->operation,
		.opcode = frame->open ? frame->opcode : -1,
		.byte = frame->open ? frame->byte : 0,
		.time_ns = time_ns,
		.level = level,
		.idle = !frame->open,
	};

	count(clip, fault, &report);
}

void
clip_trigger_wrote(struct clip *clip, struct clip_active_fault *fault, int64_t time_ns,
	uint64_t address, uint32_t length)
{
	struct clip_fault_report report = {
		.id = fault->base.id,
		.fault = &fault->as,
		.line = fault->as.line,
		.operation = clip->faulty->frame.operation,
		.opcode = -1,
		.time_ns = time_ns,
		.has_address = true,
		.address = address,
		.length = length,
	};

	count(clip, fault, &report);
}
