/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of chip, wires and line from a few bytes each: the kind, then as many settings as bits of
 * a mask say. Values come from short lists, so that most faults act. */
#include "fuzz.h"

#include "clip/clip.h"
#include "clip/wirefault.h"
#include "flash/fault.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "link/linkfault.h"

static const double rates[] = {1, 0.5, 0.1, 0.01, 0.001, 1e-6, 0, 0.25};

#define PICK(list, number) (list)[(number) % G_N_ELEMENTS(list)]

/* Conditions that all models know. */
static void
take_when(struct fuzz_input *input, struct base_fault_when *when, uint32_t size)
{
	unsigned int mask = fuzz_byte(input);

	if (mask & 0x01)
		when->nth = fuzz_byte(input) % 8;
	if (mask & 0x02)
		when->from_nth = fuzz_byte(input) % 8;
	if (mask & 0x04)
		when->count = fuzz_byte(input) % 8;
	if (mask & 0x08)
		when->probability = PICK(rates, fuzz_byte(input));
	if (mask & 0x10) {
		when->has_opcode = true;
		when->opcode = fuzz_byte(input);
	}
	if (mask & 0x20) {
		when->address_from = fuzz_number(input, 2) % size;
		when->address_to = when->address_from + fuzz_number(input, 2);
		when->address_to = MIN(when->address_to, size);
	}
	if (mask & 0x40) {
		when->byte_from = fuzz_byte(input);
		when->byte_to = mask & 0x01 ? when->byte_from + fuzz_byte(input) : 0;
	}
	if (mask & 0x80)
		when->per_frame = fuzz_byte(input) % 4;
}

bool
fuzz_chip_fault(struct fuzz_input *input, const struct flash_part *part, uint32_t size,
	struct flash_fault *fault)
{
	unsigned int mask;

	flash_fault_init(fault, fuzz_byte(input) % FLASH_FAULT_WHATS);
	take_when(input, &fault->when, size);
	/* The cells above do not exist here, and many of them take their time. */
	if (fault->when.address_to == 0)
		fault->when.address_to = MIN(size, 4096);
	mask = fuzz_byte(input);
	fault->level = mask & 0x01;
	if (mask & 0x02)
		fault->mask = fuzz_byte(input);
	if (mask & 0x04)
		fault->rate = PICK(rates, fuzz_byte(input));
	if (mask & 0x08)
		fault->after = fuzz_byte(input) % 4;
	if (mask & 0x10)
		fault->factor = 1 + fuzz_byte(input);
	if (mask & 0x20)
		fault->millivolts = 20 * fuzz_byte(input);
	if (mask & 0x40) {
		fault->every = fuzz_byte(input);
		fault->offset = fuzz_byte(input);
	}
	if (mask & 0x80)
		fault->when.purposes = fuzz_byte(input);
	return flash_fault_check(part, fault) == NULL;
}

static void
take_cycle(struct fuzz_input *input, struct base_period *cycle)
{
	cycle->period_ns = (int64_t)(1 + fuzz_byte(input)) << (10 + fuzz_byte(input) % 20);
	cycle->phase_ns = cycle->period_ns / (1 + fuzz_byte(input) % 8);
	cycle->duty = PICK(rates, fuzz_byte(input));
}

bool
fuzz_wire_fault(struct fuzz_input *input, struct clip_fault *fault)
{
	unsigned int mask;

	clip_fault_init(fault, fuzz_byte(input) % CLIP_FAULT_WHATS);
	take_when(input, &fault->when, 1u << 16);
	mask = fuzz_byte(input);
	if (mask & 0x01)
		fault->line = fuzz_byte(input) % CLIP_LINES;
	if (mask & 0x02)
		fault->line2 = fuzz_byte(input) % CLIP_LINES;
	if (mask & 0x04)
		fault->rate = PICK(rates, fuzz_byte(input));
	if (mask & 0x08)
		fault->side = fuzz_byte(input) % CLIP_SIDES;
	if (mask & 0x10) {
		unsigned int more = fuzz_byte(input);

		fault->dominates = more & 1;
		fault->only = (more >> 1) % 3;
		fault->slip = (more >> 3) % 3;
		fault->pins = more & 0x40 ? 1 : -1;
		fault->clocks = 1 + more % CLIP_CLOCKS_MAX;
		fault->has_bit = more & 0x80;
		fault->bit = more % 8;
	}
	if (mask & 0x20)
		take_cycle(input, &fault->cycle);
	if (mask & 0x40) {
		fault->master.rule = fuzz_byte(input) % 3;
		fault->master.lines = fuzz_byte(input);
		fault->master.read_bytes = 1 + fuzz_byte(input);
	}
	if (mask & 0x80) {
		fault->limit_hz = 1u << fuzz_byte(input) % 28;
		fault->limit_read_hz = 1u << fuzz_byte(input) % 28;
		fault->slope = PICK(rates, fuzz_byte(input));
	}
	return clip_fault_check(fault) == NULL;
}

bool
fuzz_link_fault(struct fuzz_input *input, struct link_fault *fault)
{
	unsigned int mask;
	size_t n;
	const uint8_t *text;

	link_fault_init(fault, fuzz_byte(input) % LINK_WHATS);
	take_when(input, &fault->when, 1);
	mask = fuzz_byte(input);
	fault->when.address_from = 0;
	fault->when.address_to = 0;
	fault->direction = mask & 0x01 ? LINK_TO_HOST : LINK_TO_ADAPTER;
	fault->at_byte = mask & 0x02;
	if (mask & 0x04)
		fault->ms = 1 + fuzz_byte(input);
	if (mask & 0x08)
		fault->size = 1 + fuzz_byte(input);
	if (mask & 0x10)
		fault->mask = fuzz_byte(input);
	if (mask & 0x20) {
		n = fuzz_byte(input) % 32;
		text = fuzz_take(input, &n);
		link_fault_set_text(fault, text, n);
	}
	if (mask & 0x40)
		fault->baud = 300u << fuzz_byte(input) % 12;
	return link_fault_check(fault) == NULL;
}
