/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The adapter as seen by its port: a stream of bytes in, a stream of bytes out.
 *
 * Bytes may come in pieces of any size, and only the fixed parameters of a command are stored. Data
 * is passed on as it arrives; long replies are produced as the host fetches them:
 *
 *        LOST ──► PARAMETERS ───┬────────────────────────────► OPCODE    most commands
 *                   ▲           ├─► DISCARD ─────────────────► OPCODE    O_WRITEN, too long
 *      OPCODE ──────┤           ├─► SPI_WRITE ─► SPI_READ ───► OPCODE    O_SPIOP
 *         │         │           ├─► SPI_COLLECT ► SPI_CLOCK ─► OPCODE    O_SPIOP, some firmwares
 *         │         │           │       (then SPI_READ or SPI_SEND)
 *         │         │           ├─► SPI_DUPLEX ► SPI_READ ───► OPCODE    O_SPIOP, full duplex
 *         └─► done at once      └─► PARALLEL_READ ───────────► OPCODE    R_NBYTES
 *
 * While the host has to fetch (SPI_READ, SPI_SEND, PARALLEL_READ, or no room for one more reply),
 * and in SPI_CLOCK, nothing is taken from it. When the clock is real, nothing moves before the wall
 * has caught up.
 *
 * The protocol has no timeouts: a half sent command waits for ever. Firmwares may have some; their
 * departures from the text are in their profiles.
 *
 * A filter before the adapter may refuse a command or make it hang: see filter.c.
 *
 * Leaves out: the speed of the line, so that a receive buffer overflows only while the firmware
 * sends, and USB devices that vanish and come back when their firmware is reset.
 *
 * Document: flashrom's Serial Flasher Protocol Specification, version 1, commands 00-18.
 */
#include "serprog/internal.h"

#include <glib.h>
#include <string.h>

#include "base/clock.h"
#include "clip/clip.h"
#include "serprog/profile.h"

void
serprog_discard(struct serprog *adapter, uint32_t n, uint8_t verdict)
{
	adapter->write_left = n;
	adapter->verdict = verdict;
	if (n > 0)
		adapter->state = SERPROG_DISCARD;
	else
		serprog_reply_byte(&adapter->reply, verdict);
}

void
serprog_reset_bus(struct serprog *adapter)
{
	adapter->cs_mode = SERPROG_CS_AUTO;
	adapter->left_selected = false;
	clip_deselect(adapter->clip);
}

bool
serprog_left_selected(const struct serprog *adapter)
{
	return adapter->left_selected;
}

/* Drops the command in progress and the replies that wait. */
static void
drop_work(struct serprog *adapter)
{
	if (adapter->ring)
		g_byte_array_set_size(adapter->ring, 0);
	serprog_spi_finish(adapter); /* no firmware notices the end of its host meanwhile */
	if (adapter->state == SERPROG_HUNG) {
		adapter->reply.head = adapter->reply.tail = 0;
		return;
	}
	adapter->lost = 0;
	adapter->keep_selected = false;
	/* A firmware that forgot the end of an operation does not raise CS# here either. */
	if (adapter->left_selected)
		adapter->cs_mode = SERPROG_CS_AUTO;
	else
		serprog_reset_bus(adapter);
	adapter->state = SERPROG_OPCODE;
	adapter->reply.head = adapter->reply.tail = 0;
}

/* As after power-on. CS# rises wherever a frame was. */
static void
power_on(struct serprog *adapter)
{
	drop_work(adapter);
	if (adapter->state == SERPROG_HUNG)
		return;
	adapter->full_duplex = false;
	adapter->cs = 0;
	adapter->hz_set = false;
	adapter->hz = serprog_profile_clock(adapter->profile, adapter->profile->clock_default_hz);
	adapter->opbuf = (struct serprog_opbuf){0};
	clip_set_frequency(adapter->clip, adapter->hz);
	clip_set_drivers(adapter->clip, !adapter->profile->pins_off);
}

void
serprog_reset(struct serprog *adapter)
{
	adapter->state = SERPROG_OPCODE;
	serprog_reset_bus(adapter);
	power_on(adapter);
}

void
serprog_crash(struct serprog *adapter, uint32_t n)
{
	struct serprog_reply sent = adapter->reply;

	serprog_reset(adapter);
	adapter->reply = sent;
	adapter->lost = n;
}

uint64_t
serprog_commands(const struct serprog *adapter)
{
	return adapter->commands;
}

void
serprog_hang(struct serprog *adapter)
{
	adapter->state = SERPROG_HUNG;
	adapter->reply.head = adapter->reply.tail = 0;
}

/* Runs a command whose reply or effect on the input departs from the text. */
static void
run_departing(struct serprog *adapter)
{
	const struct serprog_profile *profile = adapter->profile;
	struct serprog_reply *reply = &adapter->reply;
	size_t offset = reply->tail;

	if (profile->resets_bus & adapter->opcode)
		serprog_reset_bus(adapter);
	adapter->command->run(adapter, adapter->parameters);
	if (profile->early_ack & adapter->opcode)
		serprog_reply_cut(reply, offset); /* the verdict, which was sent long ago */
	else if ((profile->unacknowledged & adapter->opcode) && reply->tail == offset + 1 &&
		reply->bytes[offset] == SERPROG_ACK)
		serprog_reply_cut(reply, offset);
}

static inline void
run(struct serprog *adapter)
{
	adapter->state = SERPROG_OPCODE;
	if (adapter->command->operates) {
		base_clock_skip(adapter->clock, adapter->profile->turnaround_ns);
		serprog_note_work(adapter);
	}
	if (adapter->departing & adapter->opcode)
		run_departing(adapter);
	else
		adapter->command->run(adapter, adapter->parameters);
}

/* An opcode that is not offered. */
static void
refuse_opcode(struct serprog *adapter, uint8_t opcode)
{
	const struct serprog_profile *profile = adapter->profile;
	bool is_known = opcode < 32 && (profile->known & SERPROG_COMMAND(opcode));

	switch (is_known ? profile->refused : profile->unknown) {
	case SERPROG_UNKNOWN_NAK:
		serprog_discard(adapter,
			opcode < 32 && profile->refused_bytes ? profile->refused_bytes[opcode] : 0,
			SERPROG_NAK);
		break;
	case SERPROG_UNKNOWN_SILENCE:
		break;
	case SERPROG_UNKNOWN_ACK:
		serprog_reply_byte(&adapter->reply, SERPROG_ACK);
		break;
	}
}

/* Stands in for any command. */
static size_t
take_opcode(struct serprog *adapter, const uint8_t *in, size_t n)
{
	(void)n;
	/* Whatever the command, its reply fits from here on. */
	if (serprog_reply_room(&adapter->reply) < SERPROG_REPLY_MAX)
		return 0;
	adapter->command = serprog_command(adapter, in[0]);
	adapter->last_opcode = in[0];
	adapter->got = 0;
	adapter->joined = false;
	adapter->commands++;
	if (adapter->filter && !serprog_ask_filter(adapter, in[0]))
		return 1;
	if (!adapter->command) {
		refuse_opcode(adapter, in[0]);
		return 1;
	}
	adapter->opcode = adapter->command == &adapter->refused ? 0 : SERPROG_COMMAND(in[0]);
	if ((adapter->departing & adapter->opcode) &&
		(adapter->profile->early_ack & adapter->opcode))
		serprog_reply_byte(&adapter->reply, SERPROG_ACK);
	if (adapter->joined && serprog_packet_begin(adapter))
		adapter->state = SERPROG_LOST;
	else if (adapter->command->parameter_bytes > 0)
		adapter->state = SERPROG_PARAMETERS;
	else
		run(adapter);
	return 1;
}

static size_t
take_parameters(struct serprog *adapter, const uint8_t *in, size_t n)
{
	size_t taken = MIN(n, adapter->command->parameter_bytes - adapter->got);

	memcpy(adapter->parameters + adapter->got, in, taken);
	adapter->got += taken;
	if (adapter->got == adapter->command->parameter_bytes)
		run(adapter);
	return taken;
}

static size_t
take_discard(struct serprog *adapter, const uint8_t *in, size_t n)
{
	size_t taken = MIN(n, adapter->write_left);

	(void)in;
	adapter->write_left -= (uint32_t)taken;
	if (adapter->write_left == 0) {
		serprog_reply_byte(&adapter->reply, adapter->verdict);
		adapter->state = SERPROG_OPCODE;
	}
	return taken;
}

static size_t
take_nothing(struct serprog *adapter, const uint8_t *in, size_t n)
{
	(void)adapter, (void)in, (void)n;
	return 0;
}

static size_t
give_nothing(struct serprog *adapter, uint8_t *out, size_t room)
{
	(void)adapter, (void)out, (void)room;
	return 0;
}

static size_t
give_parallel(struct serprog *adapter, uint8_t *out, size_t room)
{
	size_t given = MIN(room, adapter->read_left);

	memset(out, 0xff, given);
	adapter->read_left -= (uint32_t)given;
	if (adapter->read_left == 0)
		adapter->state = SERPROG_OPCODE;
	return given;
}

static const struct {
	size_t (*take)(struct serprog *adapter, const uint8_t *in, size_t n);
	size_t (*give)(struct serprog *adapter, uint8_t *out, size_t room);
} states[SERPROG_STATES] = {
	[SERPROG_OPCODE] = {take_opcode, give_nothing},
	[SERPROG_PARAMETERS] = {take_parameters, give_nothing},
	[SERPROG_LOST] = {serprog_packet_take_lost, give_nothing},
	[SERPROG_DISCARD] = {take_discard, give_nothing},
	[SERPROG_SPI_WRITE] = {serprog_spi_write, give_nothing},
	[SERPROG_SPI_DUPLEX] = {serprog_spi_duplex, give_nothing},
	[SERPROG_SPI_COLLECT] = {serprog_spi_collect, give_nothing},
	[SERPROG_SPI_READ] = {take_nothing, serprog_spi_read},
	[SERPROG_SPI_CLOCK] = {take_nothing, serprog_spi_clock},
	[SERPROG_SPI_SEND] = {take_nothing, serprog_spi_send},
	[SERPROG_PARALLEL_READ] = {take_nothing, give_parallel},
	[SERPROG_HUNG] = {take_nothing, give_nothing},
};

/* True when the command needs bytes of the host to go on. */
static bool
needs_bytes(const struct serprog *adapter)
{
	return adapter->state != SERPROG_OPCODE && states[adapter->state].take != take_nothing;
}

/* Drops bytes that the firmware loses. */
static size_t
lose(struct serprog *adapter, size_t n)
{
	size_t lost = MIN(n, adapter->lost);

	adapter->lost -= (uint32_t)lost;
	return lost;
}

/* losing: bytes may be lost on the way; a constant, so that most adapters need no check. */
static inline size_t
take_all(struct serprog *adapter, const uint8_t *in, size_t n, bool losing)
{
	size_t taken = 0;

	adapter->worked = false;
	while (taken < n && base_clock_debt(adapter->clock) <= 0 && !adapter->worked) {
		size_t step = losing ? lose(adapter, n - taken) : 0;

		if (step == 0)
			step = states[adapter->state].take(adapter, in + taken, n - taken);
		if (step == 0)
			break;
		taken += step;
	}
	return taken;
}

static size_t
give(void *self, uint8_t *out, size_t room)
{
	struct serprog *adapter = self;
	size_t given;

	if (base_clock_debt(adapter->clock) > 0)
		return 0;
	given = serprog_reply_take(&adapter->reply, out, room);
	if (given < room)
		given += states[adapter->state].give(adapter, out + given, room - given);
	return given;
}

static size_t
take(void *self, const uint8_t *in, size_t n)
{
	return take_all(self, in, n, false);
}

/* Processes the input that waited while the firmware was busy. */
static void
empty_ring(struct serprog *adapter)
{
	GByteArray *ring = adapter->ring;

	while (ring->len > 0) {
		size_t taken = take_all(adapter, ring->data, ring->len, true);

		if (taken == 0)
			break;
		g_byte_array_remove_range(ring, 0, (guint)taken);
	}
}

/* While the firmware sends, a receive interrupt puts input into the ring, as long as that has room.
 * Otherwise the firmware keeps up with the line; and always when sending takes no time. */
static size_t
take_ring(struct serprog *adapter, const uint8_t *in, size_t n)
{
	GByteArray *ring = adapter->ring;
	size_t taken = 0;

	empty_ring(adapter);
	if (ring->len == 0)
		taken = take_all(adapter, in, n, true);
	if (states[adapter->state].take != take_nothing)
		return taken;
	g_byte_array_append(
		ring, in + taken, (guint)MIN(n - taken, adapter->profile->ring_bytes - ring->len));
	return n;
}

static size_t
take_lossy(void *self, const uint8_t *in, size_t n)
{
	struct serprog *adapter = self;
	bool is_busy_giving = adapter->ring && adapter->clock->mode != BASE_CLOCK_INSTANT;
	size_t taken = is_busy_giving ? take_ring(adapter, in, n) : take_all(adapter, in, n, true);

	if (taken > 0)
		adapter->moved_us = base_wall_us();
	return taken;
}

static bool
works(void *self)
{
	struct serprog *adapter = self;

	return adapter->state == SERPROG_SPI_CLOCK;
}

static size_t
give_lossy(void *self, uint8_t *out, size_t room)
{
	struct serprog *adapter = self;
	bool clocks = works(adapter);
	size_t given = give(adapter, out, room);

	if (adapter->ring && given < room) {
		empty_ring(adapter);
		given += give(adapter, out + given, room - given);
	}
	if (given > 0 || clocks)
		adapter->moved_us = base_wall_us();
	return given;
}

static int64_t
wait_ns(void *self)
{
	struct serprog *adapter = self;

	return base_clock_debt(adapter->clock);
}

static bool
idle(void *self)
{
	struct serprog *adapter = self;

	return adapter->state == SERPROG_OPCODE && adapter->lost == 0 &&
		serprog_reply_pending(&adapter->reply) == 0 &&
		!(adapter->ring && adapter->ring->len > 0);
}

static int64_t
deadline_ns(void *self)
{
	struct serprog *adapter = self;
	const struct serprog_profile *profile = adapter->profile;
	int64_t limit_ns, left_ns;

	if (adapter->state == SERPROG_OPCODE || adapter->state == SERPROG_HUNG ||
		adapter->state == SERPROG_SPI_CLOCK)
		return -1;
	limit_ns = needs_bytes(adapter) ? profile->byte_timeout_ns : profile->send_timeout_ns;
	if (limit_ns == 0)
		return -1;
	left_ns = limit_ns - (base_wall_us() - adapter->moved_us) * 1000;
	/* In real time the host may have nothing to fetch yet. */
	left_ns += base_clock_debt(adapter->clock);
	return MAX(left_ns, 0);
}

static void
timed_out(void *self)
{
	struct serprog *adapter = self;
	bool sending = !needs_bytes(adapter);

	if (deadline_ns(adapter) != 0)
		return;
	if (!sending && adapter->profile->timeout == SERPROG_TIMEOUT_RESET) {
		serprog_reset(adapter);
		return;
	}
	drop_work(adapter);
	if (!sending && adapter->profile->timeout == SERPROG_TIMEOUT_NAK)
		serprog_reply_byte(&adapter->reply, SERPROG_NAK);
}

static void
host_opened(void *self)
{
	struct serprog *adapter = self;

	/* host_closed() has reset everything else. */
	adapter->commands = 0;
}

/* Hosts begin with NOPs and SYNCNOPs, whatever the adapter thinks of them. */
static size_t
count_stale(void *self, const uint8_t *in, size_t n)
{
	(void)self;
	while (n > 0 && (in[n - 1] == SERPROG_NOP || in[n - 1] == SERPROG_SYNCNOP))
		n--;
	return n;
}

static void
host_closed(void *self)
{
	struct serprog *adapter = self;

	if (adapter->profile->survives_close)
		drop_work(adapter);
	else
		power_on(adapter);
}

struct serprog *
serprog_new(const struct serprog_profile *profile, struct clip *clip, struct base_clock *clock)
{
	struct serprog *adapter = g_new0(struct serprog, 1);

	adapter->profile = profile;
	adapter->clip = clip;
	adapter->clock = clock;
	adapter->departing = profile->unacknowledged | profile->early_ack | profile->resets_bus |
		profile->purges;
	if (profile->ring_bytes > 0)
		adapter->ring = g_byte_array_new();
	serprog_spi_prepare(adapter);
	power_on(adapter);
	return adapter;
}

void
serprog_destroy(struct serprog *adapter)
{
	if (!adapter)
		return;
	g_free(adapter->collected);
	g_clear_pointer(&adapter->ring, g_byte_array_unref);
	g_free(adapter);
}

/* Input can be lost, or a wait times out. */
static bool
is_lossy(const struct serprog_profile *profile)
{
	return profile->purges != 0 || profile->one_command_per_packet || profile->ring_bytes > 0 ||
		profile->over == SERPROG_OVER_PURGE || profile->over == SERPROG_OVER_RESET ||
		profile->byte_timeout_ns > 0 || profile->send_timeout_ns > 0;
}

struct base_endpoint
serprog_endpoint(struct serprog *adapter)
{
	static const struct base_endpoint_ops lossless = {
		.host_opened = host_opened,
		.take = take,
		.give = give,
		.works = works,
		.wait_ns = wait_ns,
		.idle = idle,
		.count_stale = count_stale,
		.host_closed = host_closed,
		.set_filter = serprog_set_filter,
		.commands = serprog_filter_commands,
		.now_ns = serprog_filter_now_ns,
		.hang = serprog_filter_hang,
		.reset = serprog_filter_reset,
	};
	static const struct base_endpoint_ops lossy = {
		.host_opened = host_opened,
		.take = take_lossy,
		.give = give_lossy,
		.works = works,
		.wait_ns = wait_ns,
		.deadline_ns = deadline_ns,
		.timed_out = timed_out,
		.idle = idle,
		.count_stale = count_stale,
		.host_closed = host_closed,
		.set_filter = serprog_set_filter,
		.commands = serprog_filter_commands,
		.now_ns = serprog_filter_now_ns,
		.hang = serprog_filter_hang,
		.reset = serprog_filter_reset,
	};

	return (struct base_endpoint){
		.ops = is_lossy(adapter->profile) ? &lossy : &lossless, .self = adapter};
}
