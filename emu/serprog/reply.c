/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replies of the adapter that the host has not fetched yet: a small buffer that is filled from the
 * front and starts over when it has run empty. Long replies never pass through here as a whole;
 * they are produced as the host fetches them.
 */
#include "serprog/reply.h"

#include <glib.h>
#include <string.h>

size_t
serprog_reply_room(const struct serprog_reply *reply)
{
	return SERPROG_REPLY_SIZE - reply->tail;
}

size_t
serprog_reply_pending(const struct serprog_reply *reply)
{
	return reply->tail - reply->head;
}

void
serprog_reply_byte(struct serprog_reply *reply, uint8_t byte)
{
	*serprog_reply_reserve(reply, 1) = byte;
}

uint8_t *
serprog_reply_reserve(struct serprog_reply *reply, size_t n)
{
	uint8_t *free_bytes = reply->bytes + reply->tail;

	g_assert(n <= serprog_reply_room(reply));
	reply->tail += n;
	return free_bytes;
}

void
serprog_reply_bytes(struct serprog_reply *reply, const void *bytes, size_t n)
{
	memcpy(serprog_reply_reserve(reply, n), bytes, n);
}

void
serprog_reply_value(struct serprog_reply *reply, uint32_t value, size_t n)
{
	serprog_reply_byte(reply, SERPROG_ACK);
	for (size_t i = 0; i < n; i++)
		serprog_reply_byte(reply, (uint8_t)(value >> 8 * i));
}

void
serprog_reply_cut(struct serprog_reply *reply, size_t offset)
{
	g_assert(offset >= reply->head && offset < reply->tail);
	reply->tail--;
	memmove(reply->bytes + offset, reply->bytes + offset + 1, reply->tail - offset);
}

size_t
serprog_reply_take(struct serprog_reply *reply, uint8_t *out, size_t room)
{
	size_t n = MIN(room, serprog_reply_pending(reply));

	memcpy(out, reply->bytes + reply->head, n);
	reply->head += n;
	if (reply->head == reply->tail)
		reply->head = reply->tail = 0;
	return n;
}
