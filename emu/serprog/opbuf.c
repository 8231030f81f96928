/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operation buffer of the serprog protocol (commands 0B-0F). It counts what each operation
 * takes by the protocol text: 5 bytes for a byte write and a delay, 7 + n for a write of n.
 *
 * Writes go to the parallel socket, which is empty, so their addresses and data have no effect and
 * are not kept; the order of delays does not matter. Only their sum is left.
 */
#include "serprog/opbuf.h"

#define WRITE_BYTE_BYTES 5
#define WRITE_BYTES 7
#define DELAY_BYTES 5

static bool
add(struct serprog_opbuf *opbuf, uint32_t size, uint32_t n)
{
	if (size < opbuf->used_bytes || n > size - opbuf->used_bytes)
		return false;
	opbuf->used_bytes += n;
	return true;
}

bool
serprog_opbuf_add_write_byte(struct serprog_opbuf *opbuf, uint32_t size)
{
	return add(opbuf, size, WRITE_BYTE_BYTES);
}

bool
serprog_opbuf_add_write(struct serprog_opbuf *opbuf, uint32_t size, uint32_t n)
{
	return add(opbuf, size, WRITE_BYTES + n);
}

bool
serprog_opbuf_add_delay(struct serprog_opbuf *opbuf, uint32_t size, uint32_t microseconds)
{
	if (!add(opbuf, size, DELAY_BYTES))
		return false;
	opbuf->delay_ns += (int64_t)microseconds * 1000;
	return true;
}

int64_t
serprog_opbuf_clear(struct serprog_opbuf *opbuf)
{
	int64_t delay_ns = opbuf->delay_ns;

	*opbuf = (struct serprog_opbuf){0};
	return delay_ns;
}
