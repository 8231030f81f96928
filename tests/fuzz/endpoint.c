/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A byte stream from a host through link, firmware, wires and chip: a random part and variant,
 * faults of wires, line and chip, and then the stream. It goes through two equal benches, once as a
 * whole and once in pieces of random sizes with replies fetched in other pieces. Both have to give
 * the same bytes and leave the same chip. Then the host leaves in the middle of what it did, and
 * the next one has to get in step.
 *
 * Time is only that of the bus ("instant"), and the wall is stopped: it advances by what the
 * endpoint waits for. So nothing depends on the machine.
 */
#include "endpoint.h"
#include "fuzz.h"

#include "base/clock.h"
#include "clip/clip.h"
#include "clip/line.h"
#include "clip/wirefault.h"
#include "flash/fault.h"
#include "flash/flash.h"
#include "link/link.h"

#include <string.h>

#define OUT_MAX 1024 /* of replies; a longer one is not fetched to its end */
#define FAULTS_MAX 4
#define TURNS_MAX 100000
#define WAITS_MAX 8

struct rig {
	struct base_clock clock;
	struct clip *clip;
	struct flash *chip;
	uint8_t *array;
	void *firmware;
	struct link *link;
	struct base_endpoint port;
	int64_t wall_ns;
	uint32_t events; /* hash of the frames that the chip has seen */
	size_t n_out;
	uint8_t out[OUT_MAX];
	unsigned int n_waits;
	bool full;
};

/* The head of an input. */
struct plan {
	unsigned int form; /* of the firmware */
	const struct flash_part *part;
	uint32_t size;
	enum flash_corner corner;
	unsigned int n_wire, n_link, n_chip;
	struct clip_fault wire[FAULTS_MAX];
	struct link_fault line[FAULTS_MAX];
	struct flash_fault chip[FAULTS_MAX];
};

static void
see(void *data, const struct flash_event *event)
{
	struct rig *rig = data;
	uint32_t facts[] = {rig->events, event->kind, event->outcome, (uint32_t)event->opcode,
		event->address, (uint32_t)event->length};

	if (event->kind == FLASH_EVENT_COMMAND)
		rig->events = fuzz_hash(facts, sizeof facts);
}

static void
read_plan(struct fuzz_input *input, struct plan *plan)
{
	unsigned int counts;

	plan->form = fuzz_byte(input);
	plan->part = fuzz_part((uint16_t)fuzz_number(input, 2), &plan->size);
	counts = fuzz_byte(input);
	plan->n_wire = plan->n_link = plan->n_chip = 0;
	plan->corner = counts & 0x40 ? FLASH_CORNER_TYPICAL : FLASH_CORNER_INSTANT;
	for (unsigned int n = counts & 3; n > 0; n--)
		plan->n_wire += fuzz_wire_fault(input, &plan->wire[plan->n_wire]);
	for (unsigned int n = counts >> 2 & 3; n > 0; n--)
		plan->n_link += fuzz_link_fault(input, &plan->line[plan->n_link]);
	for (unsigned int n = counts >> 4 & 3; n > 0; n--)
		plan->n_chip +=
			fuzz_chip_fault(input, plan->part, plan->size, &plan->chip[plan->n_chip]);
}

static void
ignore_unplug(void *data, uint32_t ms)
{
	(void)data;
	(void)ms;
}

static struct rig *
rig_new(const struct plan *plan)
{
	static const struct link_listener listener = {.unplug = ignore_unplug};
	struct rig *rig = g_new0(struct rig, 1);

	rig->wall_ns = INT64_C(1000000000000);
	base_wall_hold_at(rig->wall_ns);
	base_clock_init(&rig->clock, BASE_CLOCK_INSTANT);
	rig->array = g_memdup2(fuzz_pattern(), plan->size);
	rig->chip = flash_new(plan->part, rig->array, 1);
	flash_set_real_size(rig->chip, plan->size, FLASH_WRAPS);
	flash_set_corner(rig->chip, plan->corner);
	flash_set_listener(rig->chip, &(struct flash_listener){see, rig});
	flash_supply(rig->chip, flash_part_vcc_max_mv(plan->part));
	rig->clip = clip_new(&rig->clock);
	clip_attach(rig->clip, 0, rig->chip);
	rig->firmware = fuzz_endpoint.create(plan->form, rig->clip, &rig->clock);
	rig->link = link_new(fuzz_endpoint.endpoint(rig->firmware), &listener);
	rig->port = link_endpoint(rig->link);
	for (unsigned int i = 0; i < plan->n_wire; i++)
		clip_fault_add(rig->clip, &plan->wire[i]);
	for (unsigned int i = 0; i < plan->n_link; i++)
		link_fault_add(rig->link, &plan->line[i]);
	for (unsigned int i = 0; i < plan->n_chip; i++)
		flash_fault_add(rig->chip, &plan->chip[i]);
	rig->port.ops->host_opened(rig->port.self);
	base_wall_release();
	return rig;
}

static void
rig_free(struct rig *rig)
{
	link_destroy(rig->link);
	fuzz_endpoint.destroy(rig->firmware);
	clip_destroy(rig->clip);
	flash_destroy(rig->chip);
	g_free(rig->array);
	g_free(rig);
}

/* Fetches up to room bytes; false if there were none, or the buffer is full. */
static bool
fetch(struct rig *rig, size_t room)
{
	size_t n;

	room = MIN(room, OUT_MAX - rig->n_out);
	rig->full = room == 0;
	if (rig->full)
		return false;
	n = rig->port.ops->give(rig->port.self, rig->out + rig->n_out, room);
	fuzz_check(n <= room, "%zu bytes into a buffer of %zu", n, room);
	rig->n_out += n;
	if (n == 0 && base_endpoint_works(&rig->port)) {
		/* A long reply that a fault drops, or a long operation. */
		rig->full = ++rig->n_waits > WAITS_MAX;
		return !rig->full;
	}
	return n > 0;
}

/* Stops the wall later by what the endpoint waits for; false if it does not wait. */
static bool
await(struct rig *rig)
{
	int64_t wait_ns = rig->port.ops->wait_ns(rig->port.self);

	fuzz_check(wait_ns >= 0, "a wait of less than nothing");
	if (wait_ns == 0)
		return false;
	base_wall_release();
	rig->wall_ns += wait_ns;
	base_wall_hold_at(rig->wall_ns);
	return true;
}

/* Sends the bytes in pieces of up to largest, and fetches the replies in such of up to room. */
static void
stream(struct rig *rig, const uint8_t *data, size_t n, size_t largest, size_t room, uint32_t seed)
{
	size_t sent = 0;
	unsigned int turns = 0, still = 0;

	base_wall_hold_at(rig->wall_ns);
	while (still < 3 && !rig->full && turns < TURNS_MAX) {
		size_t piece, taken;

		turns++;
		seed = seed * 1664525u + 1013904223u;
		piece = largest >= n ? n : 1 + (seed >> 8) % largest;
		piece = MIN(piece, n - sent);
		taken = piece > 0 ? rig->port.ops->take(rig->port.self, data + sent, piece) : 0;
		fuzz_check(taken <= piece, "took %zu of %zu bytes", taken, piece);
		sent += taken;
		still = taken > 0 ? 0 : still + 1;
		while (fetch(rig, room))
			still = 0;
		if (await(rig)) {
			still = 0;
			rig->full = ++rig->n_waits > WAITS_MAX;
		}
	}
	fuzz_check(turns < TURNS_MAX, "no end");
	base_wall_release();
}

/* The bytes that an echo returns come between those of the replies that have not been fetched, so
 * their order depends on when the host reads. */
static bool
is_echoed(const struct plan *plan)
{
	for (unsigned int i = 0; i < plan->n_link; i++)
		if (plan->line[i].what == LINK_ECHO)
			return true;
	return false;
}

static void
compare(const struct plan *plan, const struct rig *one, const struct rig *two)
{
	size_t n = is_echoed(plan) ? 0 : MIN(one->n_out, two->n_out);

	for (size_t i = 0; i < n; i++)
		fuzz_check(one->out[i] == two->out[i],
			"byte %zu of the replies is %02X, and %02X with another split", i,
			one->out[i], two->out[i]);
	/* A reply that was not fetched to its end has been clocked as far as buffers go. */
	if (one->full || two->full)
		return;
	fuzz_check(one->n_out == two->n_out, "%zu bytes of replies, and %zu with another split",
		one->n_out, two->n_out);
	fuzz_check(one->events == two->events, "the chip has seen other frames");
	fuzz_check(fuzz_same(one->array, two->array, plan->size),
		"the array differs with another split");
	for (unsigned int i = 0; i < FLASH_STATUS_REGISTERS; i++)
		fuzz_check(
			flash_status_register(one->chip, i) == flash_status_register(two->chip, i),
			"status register %u differs with another split", i + 1);
}

/* The host leaves, and a new one comes. What faults of the line have done to the adapter ends only
 * when it is plugged in again. */
static void
check_sync(struct rig *rig, const struct plan *plan)
{
	size_t n, n_answer;
	const uint8_t *answer;
	const uint8_t *bytes = fuzz_endpoint.sync(plan->form, &n, &answer, &n_answer);

	base_wall_hold_at(rig->wall_ns);
	rig->port.ops->host_closed(rig->port.self);
	link_fault_clear(rig->link);
	clip_fault_clear(rig->clip);
	if (plan->n_link > 0 || fuzz_endpoint.can_hang(plan->form))
		link_plugged(rig->link);
	rig->port.ops->host_opened(rig->port.self);
	rig->n_out = 0;
	rig->n_waits = 0;
	rig->full = false;
	base_wall_release();
	stream(rig, bytes, n, n, 4096, 0);
	fuzz_check(n_answer == 0 ||
			(rig->n_out == n_answer && memcmp(rig->out, answer, n_answer) == 0),
		"not in step: %zu bytes, the first is %02X", rig->n_out, rig->out[0]);
	fuzz_check(n_answer == 0 || rig->port.ops->idle(rig->port.self), "not idle after a sync");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	uint32_t seed = fuzz_hash(data, size);
	struct plan plan;
	struct rig *whole, *split;

	fuzz_quiet();
	read_plan(&input, &plan);
	whole = rig_new(&plan);
	split = rig_new(&plan);
	stream(whole, input.at, input.left, input.left, 8192, seed);
	stream(split, input.at, input.left, 1 + seed % 67, 1 + seed / 67 % 300, seed);
	fuzz_check(whole->n_out <= fuzz_endpoint.most(input.at, input.left) || plan.n_link > 0,
		"%zu bytes of replies to %zu", whole->n_out, input.left);
	compare(&plan, whole, split);
	check_sync(split, &plan);
	rig_free(whole);
	rig_free(split);
	return 0;
}
