/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packets in which a host's bytes reach a firmware on USB, as far as firmwares depend on them.
 *
 * A pseudo-terminal or a socket joins what a host writes, so the boundaries follow from the bytes
 * alone: the packets are those of hosts that write an opcode first, and then everything that
 * belongs to it. This is how flashrom 1.3.0 to 1.8.0 and flashprog send a command (sp_docommand()
 * in their serprog.c); the kernel makes a transfer of each write.
 *
 *	host      13 | 0a0100 000000 02 ...             two writes
 *	packets   13 | 0a0100 000000 02 ... | ... | ..  the second one in pieces of 64 bytes
 *	joined    13   0a0100 000000 02 ... | ... | ..  with a verdict of the filter
 *
 * Bytes that a firmware loses are counted off the stream, however it is split on its way here.
 *
 * Leaves out: hosts that write a command in more than two pieces, and NOPs that are written
 * together: each counts as a packet.
 */
#include "serprog/internal.h"

#include <glib.h>

#include "serprog/profile.h"

/* Of full-speed bulk transfers. */
#define PACKET_BYTES 64

bool
serprog_packet_begin(struct serprog *adapter)
{
	const struct serprog_profile *profile = adapter->profile;

	if (adapter->command->parameter_bytes > 0)
		return profile->one_command_per_packet;
	/* Without parameters the next packet is the next opcode. */
	if (profile->one_command_per_packet || (profile->purges & adapter->opcode))
		adapter->lost = 1;
	return false;
}

size_t
serprog_packet_take_lost(struct serprog *adapter, const uint8_t *in, size_t n)
{
	const size_t parameters = adapter->command->parameter_bytes;
	size_t taken = 0;

	while (taken < n && adapter->got < parameters)
		adapter->parameters[adapter->got++] = in[taken++];
	if (adapter->got < parameters)
		return taken;
	adapter->lost = (uint32_t)MIN(PACKET_BYTES - 1 - parameters,
		serprog_data_bytes(adapter->last_opcode, adapter->parameters));
	/* The firmware waits for a packet with parameters. */
	adapter->got = 0;
	adapter->state = SERPROG_PARAMETERS;
	return taken;
}

uint32_t
serprog_packet_rest(const struct serprog *adapter, uint32_t slen)
{
	return MIN(slen, PACKET_BYTES - SERPROG_PARAMETERS_MAX - (adapter->joined ? 1 : 0));
}
