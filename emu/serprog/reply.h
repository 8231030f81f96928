/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes on their way to the host. */
#ifndef SPINOR_SERPROG_REPLY_H
#define SPINOR_SERPROG_REPLY_H

#include <stddef.h>
#include <stdint.h>

#define SERPROG_ACK 0x06
#define SERPROG_NAK 0x15

#define REPLY_SIZE 512

/* The longest reply that is put in as a whole: ACK and the command map. */
#define REPLY_MAX 33

/* Bytes head..tail wait for the host. All 0: empty. */
struct reply {
	size_t head;
	size_t tail;
	uint8_t bytes[REPLY_SIZE];
};

/* How many more bytes fit. */
size_t reply_room(const struct reply *reply);

/* Bytes that wait for the host. */
size_t reply_pending(const struct reply *reply);

/* Put in what has to fit; the caller has seen to it. */
void reply_byte(struct reply *reply, uint8_t byte);
void reply_bytes(struct reply *reply, const void *bytes, size_t n);

/* Makes place for n bytes that have to fit, to be filled by the caller. */
uint8_t *reply_reserve(struct reply *reply, size_t n);

/* ACK and a value of n bytes, least significant first. */
void reply_value(struct reply *reply, uint32_t value, size_t n);

/* Takes back the byte at place, which was put in since the last reply_take(). */
void reply_cut(struct reply *reply, size_t place);

/* Takes out at most room bytes; returns how many. */
size_t reply_take(struct reply *reply, uint8_t *out, size_t room);

#endif
