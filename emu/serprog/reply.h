/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes on their way to the host. */
#ifndef SPINOR_SERPROG_REPLY_H
#define SPINOR_SERPROG_REPLY_H

#include <stddef.h>
#include <stdint.h>

#define SERPROG_ACK 0x06
#define SERPROG_NAK 0x15

#define SERPROG_REPLY_SIZE 512

/* The longest reply that is appended as a whole: ACK and the command map. */
#define SERPROG_REPLY_MAX 33

/* Bytes head..tail wait for the host. All 0: empty. */
struct serprog_reply {
	size_t head;
	size_t tail;
	uint8_t bytes[SERPROG_REPLY_SIZE];
};

/* The number of bytes that still fit. */
size_t serprog_reply_room(const struct serprog_reply *reply);

/* Bytes that wait for the host. */
size_t serprog_reply_pending(const struct serprog_reply *reply);

/* Append bytes; the caller has checked that they fit. */
void serprog_reply_byte(struct serprog_reply *reply, uint8_t byte);
void serprog_reply_bytes(struct serprog_reply *reply, const void *bytes, size_t n);

/* Makes room for n bytes, which have to fit, to be filled by the caller. */
uint8_t *serprog_reply_reserve(struct serprog_reply *reply, size_t n);

/* ACK and a value of n bytes, least significant first. */
void serprog_reply_value(struct serprog_reply *reply, uint32_t value, size_t n);

/* Takes back the byte at offset, which was put in since the last serprog_reply_take(). */
void serprog_reply_cut(struct serprog_reply *reply, size_t offset);

/* Removes at most room bytes into out; returns their number. */
size_t serprog_reply_take(struct serprog_reply *reply, uint8_t *out, size_t room);

#endif
