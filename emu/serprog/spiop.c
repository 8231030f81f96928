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
 * the line and REPLY_SIZE hold has to read meanwhile.
 *
 * A length over what Q_WRNMAXLEN and Q_RDNMAXLEN report is NAKed after its data has come; the chip
 * sees nothing. With the drivers off (S_PIN_STATE 0) the text is silent: nothing keeps the adapter
 * from clocking into the air, so the operation is done and MISO floats (FF).
 *
 * Document: flashrom's Serial Flasher Protocol Specification, version 1, commands 13, 17 and 18.
 */
#include "serprog/internal.h"

#include <glib.h>

#include "clip/clip.h"
#include "serprog/profile.h"

static bool
fits(uint32_t length, uint32_t max)
{
	return max == 0 || length <= max;
}

static void
end(struct serprog *adapter)
{
	if (adapter->cs_mode == SERPROG_CS_AUTO)
		clip_deselect(adapter->clip);
	adapter->state = SERPROG_OPCODE;
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

void
serprog_spi_operation(struct serprog *adapter, const uint8_t *parameters)
{
	uint32_t slen = serprog_le24(parameters);
	uint32_t rlen = serprog_le24(parameters + 3);
	bool duplex = adapter->full_duplex && rlen > 0;

	if (!fits(slen, adapter->profile->write_max) || !fits(rlen, adapter->profile->read_max)) {
		serprog_discard(adapter, slen, SERPROG_NAK);
		return;
	}
	adapter->write_left = slen;
	adapter->read_left = rlen;
	if (adapter->cs_mode == SERPROG_CS_AUTO)
		clip_select(adapter->clip, adapter->cs);
	if (duplex || slen == 0)
		reply_byte(&adapter->reply, SERPROG_ACK);
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
	adapter->write_left -= (uint32_t)n;
	if (adapter->write_left == 0) {
		reply_byte(&adapter->reply, SERPROG_ACK);
		written(adapter);
	}
	return n;
}

size_t
serprog_spi_duplex(struct serprog *adapter, const uint8_t *in, size_t n)
{
	n = MIN(MIN(n, adapter->write_left), serprog_burst(adapter));
	if (adapter->read_left > 0) {
		n = MIN(MIN(n, adapter->read_left), reply_room(&adapter->reply));
		clip_shift(adapter->clip, in, reply_reserve(&adapter->reply, n), n);
		adapter->read_left -= (uint32_t)n;
	} else {
		clip_shift(adapter->clip, in, NULL, n);
	}
	adapter->write_left -= (uint32_t)n;
	if (adapter->write_left == 0)
		written(adapter);
	return n;
}

size_t
serprog_spi_read(struct serprog *adapter, uint8_t *out, size_t room)
{
	size_t n = MIN(MIN(room, adapter->read_left), serprog_burst(adapter));

	clip_shift(adapter->clip, NULL, out, n);
	adapter->read_left -= (uint32_t)n;
	if (adapter->read_left == 0)
		end(adapter);
	return n;
}
