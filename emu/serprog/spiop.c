/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * O_SPIOP (13): slen bytes to the chip, rlen bytes from it. Nothing is collected: the host's data
 * is clocked as it arrives, with CS# low from the command's header on, and MISO is clocked straight
 * into what the host fetches.
 *
 * Half duplex (default): slen bytes are written, ACK, rlen bytes are read with MOSI low.
 *
 * Full duplex (S_SPI_MODE 1): the protocol text gives no more than the name. Here max(slen, rlen)
 * bytes are clocked, MOSI is low after the slen-th, and the host gets what MISO carried during the
 * first rlen. The full duplex proposed for pico-serprog gives the host these too, and avrdude,
 * the host that uses the mode, asks for slen = rlen = 4. ACK is sent before the first byte that is
 * read, that is at once, or after the last one written when rlen is 0. A host that writes more than
 * the line and SERPROG_REPLY_SIZE hold has to read meanwhile.
 *
 * A length over Q_WRNMAXLEN and Q_RDNMAXLEN is NAKed after its data has come; the chip sees
 * nothing. The profile of a firmware says whether it collects the data, ACKs at another time or
 * refuses otherwise. With the drivers off (S_PIN_STATE 0) the text is silent: nothing keeps the
 * adapter from clocking into the air, so the operation is done and MISO floats (FF).
 *
 * Document: flashrom's Serial Flasher Protocol Specification, version 1, commands 13, 17 and 18.
 */
#include "serprog/internal.h"

#include <glib.h>
#include <string.h>

#include "clip/clip.h"
#include "serprog/profile.h"

/* MOSI while reading, for firmwares that hold it high. */
static const uint8_t high[4096] = {[0 ... sizeof high - 1] = 0xff};

static inline bool
fits(uint32_t length, uint32_t max)
{
	return max == 0 || length <= max;
}

static bool
is_allowed(const struct serprog *adapter, uint32_t slen, uint32_t rlen)
{
	const struct serprog_profile *profile = adapter->profile;

	return fits(slen, profile->write_limit ? profile->write_limit : profile->write_max) &&
		fits(rlen, profile->read_limit ? profile->read_limit : profile->read_max) &&
		fits(slen + rlen, profile->total_limit) &&
		(!profile->pins_needed || clip_drivers(adapter->clip));
}

static void
refuse(struct serprog *adapter, uint32_t slen)
{
	const struct serprog_profile *profile = adapter->profile;

	switch (profile->over) {
	case SERPROG_OVER_DRAIN:
		if (profile->over_takes > 0)
			slen = MIN(slen, profile->over_takes);
		serprog_discard(adapter, slen, SERPROG_NAK);
		break;
	case SERPROG_OVER_NAK:
		serprog_reply_byte(&adapter->reply, SERPROG_NAK);
		break;
	case SERPROG_OVER_PURGE:
		adapter->lost = serprog_packet_rest(adapter, slen);
		serprog_reset_bus(adapter);
		serprog_reply_byte(&adapter->reply, SERPROG_NAK);
		break;
	case SERPROG_OVER_RESET:
		serprog_crash(adapter, slen);
		break;
	}
}

static void
begin(struct serprog *adapter)
{
	if (adapter->cs_mode == SERPROG_CS_AUTO)
		clip_select(adapter->clip, adapter->cs);
}

static void
end(struct serprog *adapter)
{
	if (adapter->cs_mode == SERPROG_CS_AUTO)
		serprog_end_frame(adapter);
	adapter->state = SERPROG_OPCODE;
}

static void
read_with_mosi_high(struct serprog *adapter, uint8_t *out, size_t n)
{
	while (n > 0) {
		size_t span = MIN(n, sizeof high);

		clip_shift(adapter->clip, high, out, span);
		out += span;
		n -= span;
	}
}

static inline void
read_chip(struct serprog *adapter, uint8_t *out, size_t n)
{
	if (adapter->profile->mosi_high)
		read_with_mosi_high(adapter, out, n);
	else
		clip_shift(adapter->clip, NULL, out, n);
}

/* The last byte of the host's data has been clocked. */
static void
written(struct serprog *adapter)
{
	if (adapter->read_left > 0)
		adapter->state = SERPROG_SPI_READ;
	else
		end(adapter);
}

/* What was collected has been clocked. */
static void
clocked(struct serprog *adapter)
{
	const struct serprog_profile *profile = adapter->profile;

	adapter->state = SERPROG_OPCODE;
	if (profile->order == SERPROG_COLLECT) {
		serprog_reply_byte(&adapter->reply, SERPROG_ACK);
		written(adapter);
		return;
	}
	adapter->collected_bytes = adapter->read_left;
	end(adapter);
	if (profile->reply_max > 0 && 1 + adapter->read_left > profile->reply_max)
		return;
	serprog_reply_byte(&adapter->reply, SERPROG_ACK);
	if (adapter->read_left > 0)
		adapter->state = SERPROG_SPI_SEND;
}

/* Clocks up to n of the bytes that were collected, and of those that are read before ACK. */
static void
clock_some(struct serprog *adapter, size_t n)
{
	const size_t slen = adapter->collected_bytes;
	const size_t rlen = adapter->profile->order == SERPROG_COLLECT_ALL ? adapter->read_left : 0;

	if (adapter->clocked < slen) {
		size_t span = MIN(n, slen - adapter->clocked);

		clip_shift(adapter->clip, adapter->collected + adapter->clocked, NULL, span);
		adapter->clocked += span;
		n -= span;
	}
	if (adapter->clocked >= slen && adapter->clocked < slen + rlen) {
		size_t done = adapter->clocked - slen, span = MIN(n, rlen - done);

		read_chip(adapter, adapter->collected + done, span);
		adapter->clocked += span;
	}
	if (adapter->clocked == slen + rlen)
		clocked(adapter);
}

/* All of the host's data has come. */
static void
collected(struct serprog *adapter)
{
	adapter->state = SERPROG_OPCODE;
	if (adapter->hz == 0) {
		serprog_reply_byte(&adapter->reply, SERPROG_NAK);
		return;
	}
	begin(adapter);
	adapter->clocked = 0;
	adapter->state = SERPROG_SPI_CLOCK;
	if (clip_span(adapter->clip) == SIZE_MAX)
		serprog_spi_finish(adapter);
}

static void
collect(struct serprog *adapter, uint32_t slen)
{
	adapter->collected_bytes = slen;
	if (slen > 0)
		adapter->state = SERPROG_SPI_COLLECT;
	else
		collected(adapter);
}

/* For a firmware that fetches all of a write again for each piece of it. */
static uint32_t
fetched_bytes(const struct serprog_profile *profile, uint32_t slen)
{
	uint32_t pieces;

	if (profile->reread_bytes == 0 || slen <= profile->reread_bytes)
		return slen;
	pieces = (slen + profile->reread_bytes - 1) / profile->reread_bytes;
	return (uint32_t)MIN((uint64_t)slen * pieces, UINT32_MAX);
}

void
serprog_spi_prepare(struct serprog *adapter)
{
	const struct serprog_profile *profile = adapter->profile;
	uint32_t most = profile->total_limit;

	adapter->spi_departs = profile->write_limit > 0 || profile->read_limit > 0 || most > 0 ||
		profile->pins_needed || profile->clock_needed || profile->reread_bytes > 0 ||
		profile->order != SERPROG_STREAM;
	if (profile->order != SERPROG_COLLECT && profile->order != SERPROG_COLLECT_ALL)
		return;
	if (most == 0)
		most = MAX(profile->write_limit ? profile->write_limit : profile->write_max,
			profile->read_limit ? profile->read_limit : profile->read_max);
	adapter->collected = g_malloc(most);
}

void
serprog_spi_operation(struct serprog *adapter, const uint8_t *parameters)
{
	uint32_t slen = serprog_le24(parameters);
	uint32_t rlen = serprog_le24(parameters + 3);
	bool duplex = adapter->full_duplex && rlen > 0;

	if (adapter->spi_departs && adapter->profile->clock_needed && !adapter->hz_set) {
		adapter->state = SERPROG_HUNG; /* earlier replies get out */
		return;
	}
	if (adapter->spi_departs ? !is_allowed(adapter, slen, rlen)
				 : !fits(slen, adapter->profile->write_max) ||
				!fits(rlen, adapter->profile->read_max)) {
		refuse(adapter, slen);
		return;
	}
	adapter->write_left = slen;
	adapter->read_left = rlen;
	if (adapter->spi_departs)
		adapter->write_left = fetched_bytes(adapter->profile, slen);
	if (adapter->collected) {
		collect(adapter, slen);
		return;
	}
	begin(adapter);
	if (duplex || slen == 0 || adapter->profile->order == SERPROG_STREAM_ACK_EARLY)
		serprog_reply_byte(&adapter->reply, SERPROG_ACK);
	if (slen == 0)
		written(adapter);
	else
		adapter->state = duplex ? SERPROG_SPI_DUPLEX : SERPROG_SPI_WRITE;
}

size_t
serprog_spi_write(struct serprog *adapter, const uint8_t *in, size_t n)
{
	n = MIN(MIN(n, adapter->write_left), serprog_burst(adapter));
	clip_shift(adapter->clip, in, NULL, n);
	serprog_note_work(adapter);
	adapter->write_left -= (uint32_t)n;
	if (adapter->write_left == 0) {
		if (adapter->profile->order != SERPROG_STREAM_ACK_EARLY)
			serprog_reply_byte(&adapter->reply, SERPROG_ACK);
		written(adapter);
	}
	return n;
}

size_t
serprog_spi_collect(struct serprog *adapter, const uint8_t *in, size_t n)
{
	n = MIN(n, adapter->write_left);
	memcpy(adapter->collected + adapter->collected_bytes - adapter->write_left, in, n);
	adapter->write_left -= (uint32_t)n;
	if (adapter->write_left == 0)
		collected(adapter);
	return n;
}

size_t
serprog_spi_clock(struct serprog *adapter, uint8_t *out, size_t room)
{
	clock_some(adapter, clip_span(adapter->clip));
	return serprog_reply_take(&adapter->reply, out, room);
}

void
serprog_spi_finish(struct serprog *adapter)
{
	if (adapter->state == SERPROG_SPI_CLOCK)
		clock_some(adapter, SIZE_MAX);
}

size_t
serprog_spi_send(struct serprog *adapter, uint8_t *out, size_t room)
{
	size_t n = MIN(room, adapter->read_left);

	memcpy(out, adapter->collected + adapter->collected_bytes - adapter->read_left, n);
	adapter->read_left -= (uint32_t)n;
	if (adapter->read_left == 0)
		adapter->state = SERPROG_OPCODE;
	return n;
}

size_t
serprog_spi_duplex(struct serprog *adapter, const uint8_t *in, size_t n)
{
	n = MIN(MIN(n, adapter->write_left), serprog_burst(adapter));
	if (adapter->read_left > 0) {
		n = MIN(MIN(n, adapter->read_left), serprog_reply_room(&adapter->reply));
		clip_shift(adapter->clip, in, serprog_reply_reserve(&adapter->reply, n), n);
		adapter->read_left -= (uint32_t)n;
	} else {
		clip_shift(adapter->clip, in, NULL, n);
	}
	serprog_note_work(adapter);
	adapter->write_left -= (uint32_t)n;
	if (adapter->write_left == 0)
		written(adapter);
	return n;
}

size_t
serprog_spi_read(struct serprog *adapter, uint8_t *out, size_t room)
{
	size_t n = MIN(MIN(room, adapter->read_left), serprog_burst(adapter));

	read_chip(adapter, out, n);
	adapter->read_left -= (uint32_t)n;
	if (adapter->read_left == 0)
		end(adapter);
	return n;
}
