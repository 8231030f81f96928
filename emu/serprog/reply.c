/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the adapter has said and the host has not fetched yet: a small buffer that is filled from
 * the front and starts over when it has run empty. Long answers never pass through here as a whole;
 * they are made where the host takes them.
 */
#include "serprog/reply.h"

#include <glib.h>
#include <string.h>

size_t
reply_room(const struct reply *reply)
{
	return REPLY_SIZE - reply->tail;
}

size_t
reply_pending(const struct reply *reply)
{
	return reply->tail - reply->head;
}

void
reply_byte(struct reply *reply, uint8_t byte)
{
	*reply_reserve(reply, 1) = byte;
}

uint8_t *
reply_reserve(struct reply *reply, size_t n)
{
	uint8_t *place = reply->bytes + reply->tail;

	g_assert(n <= reply_room(reply));
	reply->tail += n;
	return place;
}

void
reply_bytes(struct reply *reply, const void *bytes, size_t n)
{
	memcpy(reply_reserve(reply, n), bytes, n);
}

void
reply_value(struct reply *reply, uint32_t value, size_t n)
{
	reply_byte(reply, SERPROG_ACK);
	for (size_t i = 0; i < n; i++)
		reply_byte(reply, (uint8_t)(value >> 8 * i));
}

void
reply_cut(struct reply *reply, size_t place)
{
	g_assert(place >= reply->head && place < reply->tail);
	reply->tail--;
	memmove(reply->bytes + place, reply->bytes + place + 1, reply->tail - place);
}

size_t
reply_take(struct reply *reply, uint8_t *out, size_t room)
{
	size_t n = MIN(room, reply_pending(reply));

	memcpy(out, reply->bytes + reply->head, n);
	reply->head += n;
	if (reply->head == reply->tail)
		reply->head = reply->tail = 0;
	return n;
}
