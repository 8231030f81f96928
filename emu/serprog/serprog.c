/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The adapter as its port sees it: a stream of bytes in, a stream of bytes out.
 *
 * Bytes may come in pieces of any size, and no piece of a command is kept but its fixed parameters.
 * Data goes on to where it belongs as it arrives; long answers are made as the host fetches them:
 *
 *                  PARAMETERS ──┬────────────────────────────► OPCODE    most commands
 *                   ▲           ├─► DISCARD ─────────────────► OPCODE    O_WRITEN, too long
 *      OPCODE ──────┤           ├─► SPI_WRITE ─► SPI_READ ───► OPCODE    O_SPIOP
 *         │         │           ├─► SPI_DUPLEX ► SPI_READ ───► OPCODE    O_SPIOP, full duplex
 *         └─► done at once      └─► PARALLEL_READ ───────────► OPCODE    R_NBYTES
 *
 * While the host has to fetch (SPI_READ, PARALLEL_READ, or no room for one more reply) nothing is
 * taken from it. When the clock is real, nothing moves before the wall has caught up.
 *
 * Leaves out time-outs: a half sent command waits for ever, as the protocol knows no time.
 *
 * Document: flashrom's Serial Flasher Protocol Specification, version 1, commands 00-18.
 */
#include "serprog/internal.h"

#include <glib.h>
#include <string.h>

#include "base/clock.h"
#include "clip/clip.h"
#include "serprog/profile.h"

/* Real time: how far data may run ahead of the wall in one go; 1 / this many seconds. */
#define BURSTS_PER_S 250

size_t
serprog_burst(const struct serprog *adapter)
{
	if (adapter->clock->mode != SIM_CLOCK_REAL)
		return SIZE_MAX;
	return MAX(adapter->hz / 8 / BURSTS_PER_S, 1);
}

void
serprog_discard(struct serprog *adapter, uint32_t n, uint8_t verdict)
{
	adapter->write_left = n;
	adapter->verdict = verdict;
	if (n > 0)
		adapter->state = SERPROG_DISCARD;
	else
		reply_byte(&adapter->reply, verdict);
}

static void
run(struct serprog *adapter)
{
	adapter->state = SERPROG_OPCODE;
	if (adapter->command->operates)
		sim_clock_skip(adapter->clock, adapter->profile->turnaround_ns);
	adapter->command->run(adapter, adapter->parameters);
}

static size_t
take_opcode(struct serprog *adapter, const uint8_t *in, size_t n)
{
	(void)n;
	/* Whatever the command, its reply fits from here on. */
	if (reply_room(&adapter->reply) < REPLY_MAX)
		return 0;
	adapter->command = serprog_command(adapter, in[0]);
	adapter->got = 0;
	if (!adapter->command)
		reply_byte(&adapter->reply, SERPROG_NAK);
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
		reply_byte(&adapter->reply, adapter->verdict);
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
	[SERPROG_DISCARD] = {take_discard, give_nothing},
	[SERPROG_SPI_WRITE] = {serprog_spi_write, give_nothing},
	[SERPROG_SPI_DUPLEX] = {serprog_spi_duplex, give_nothing},
	[SERPROG_SPI_READ] = {take_nothing, serprog_spi_read},
	[SERPROG_PARALLEL_READ] = {take_nothing, give_parallel},
};

static size_t
take(void *self, const uint8_t *in, size_t n)
{
	struct serprog *adapter = self;
	size_t taken = 0;

	while (taken < n && sim_clock_debt(adapter->clock) <= 0) {
		size_t step = states[adapter->state].take(adapter, in + taken, n - taken);

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

	if (sim_clock_debt(adapter->clock) > 0)
		return 0;
	given = reply_take(&adapter->reply, out, room);
	if (given < room)
		given += states[adapter->state].give(adapter, out + given, room - given);
	return given;
}

static int64_t
wait_ns(void *self)
{
	struct serprog *adapter = self;

	return sim_clock_debt(adapter->clock);
}

static bool
idle(void *self)
{
	struct serprog *adapter = self;

	return adapter->state == SERPROG_OPCODE && reply_pending(&adapter->reply) == 0;
}

/* As after power-on, for the next host. CS# rises wherever a frame was. */
static void
reset(struct serprog *adapter)
{
	clip_deselect(adapter->clip);
	adapter->state = SERPROG_OPCODE;
	adapter->cs_mode = SERPROG_CS_AUTO;
	adapter->full_duplex = false;
	adapter->cs = 0;
	adapter->hz = adapter->profile->clock_default_hz;
	adapter->opbuf = (struct opbuf){0};
	adapter->reply.head = adapter->reply.tail = 0;
	clip_set_frequency(adapter->clip, adapter->hz);
	clip_set_drivers(adapter->clip, true);
}

static void
host_opened(void *self)
{
	/* The last host has left everything as after power-on. */
	(void)self;
}

static void
host_closed(void *self)
{
	reset(self);
}

struct serprog *
serprog_new(const struct serprog_profile *profile, struct clip *clip, struct sim_clock *clock)
{
	struct serprog *adapter = g_new0(struct serprog, 1);

	adapter->profile = profile;
	adapter->clip = clip;
	adapter->clock = clock;
	reset(adapter);
	return adapter;
}

void
serprog_destroy(struct serprog *adapter)
{
	g_free(adapter);
}

struct personality
serprog_personality(struct serprog *adapter)
{
	static const struct personality_ops ops = {
		.host_opened = host_opened,
		.take = take,
		.give = give,
		.wait_ns = wait_ns,
		.idle = idle,
		.host_closed = host_closed,
	};

	return (struct personality){.ops = &ops, .self = adapter};
}
