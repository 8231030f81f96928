/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operation buffer: what O_EXEC will do. */
#ifndef SPINOR_SERPROG_OPBUF_H
#define SPINOR_SERPROG_OPBUF_H

#include <stdbool.h>
#include <stdint.h>

/* All 0: empty. */
struct opbuf {
	uint32_t used_bytes;
	int64_t delay_ns; /* all delays together */
};

/* Each takes its place out of size bytes; false and no change when there is not enough left. */
bool opbuf_add_write_byte(struct opbuf *opbuf, uint32_t size);
bool opbuf_add_write(struct opbuf *opbuf, uint32_t size, uint32_t n);
bool opbuf_add_delay(struct opbuf *opbuf, uint32_t size, uint32_t microseconds);

/* Empties it; returns for how long it would have waited. */
int64_t opbuf_clear(struct opbuf *opbuf);

#endif
