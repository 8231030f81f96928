/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operation buffer: the operations that O_EXEC will run. */
#ifndef SPINOR_SERPROG_OPBUF_H
#define SPINOR_SERPROG_OPBUF_H

#include <stdbool.h>
#include <stdint.h>

/* All 0: empty. */
struct serprog_opbuf {
	uint32_t used_bytes;
	int64_t delay_ns; /* all delays together */
};

/* Each takes its place out of size bytes; false and no change when there is not enough left. */
bool serprog_opbuf_add_write_byte(struct serprog_opbuf *opbuf, uint32_t size);
bool serprog_opbuf_add_write(struct serprog_opbuf *opbuf, uint32_t size, uint32_t n);
bool serprog_opbuf_add_delay(struct serprog_opbuf *opbuf, uint32_t size, uint32_t microseconds);

/* Empties it; returns the sum of its delays. */
int64_t serprog_opbuf_clear(struct serprog_opbuf *opbuf);

#endif
