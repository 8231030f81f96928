/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A UART that receives at the wrong speed. It waits for a falling edge, samples the start bit,
 * eight data bits and the stop bit in the middle of where it expects each, and waits for the next
 * edge. So speeds that differ by less than about 5 % do no harm, as on a real line.
 *
 *	sent at 115200    \_0_/1\_0_0_/1 1\_0_0_0_/1 1 1 1 1
 *	heard at 57600    \_S_ _/ 0 1 ...
 *
 * A byte whose stop bit is low is kept, as by firmwares that do not read the error flag. Bytes are
 * taken as sent with a pause between them, whatever pieces they come in, so that the result depends
 * on nothing else.
 */
#include "link/uart.h"

#include <stdbool.h>

#define DATA_BITS 8
#define FRAME_BITS (1 + DATA_BITS + 1)

struct sent {
	uint32_t bits; /* the first one lowest: start, data, stop */
	double bit;    /* how long each lasts, in bits of the receiver */
};

/* The level at that time after the frame's beginning; behind the frame the line is high. */
static bool
level_at(const struct sent *sent, double time)
{
	double bit = time / sent->bit;

	return bit >= FRAME_BITS || sent->bits >> (unsigned int)bit & 1;
}

/* The first falling edge from time on, when the line is high; negative: none. */
static double
find_edge(const struct sent *sent, double time)
{
	bool was = level_at(sent, time);

	for (unsigned int bit = (unsigned int)(time / sent->bit) + 1; bit < FRAME_BITS; bit++) {
		bool is = sent->bits >> bit & 1;

		if (was && !is)
			return bit * sent->bit;
		was = is;
	}
	return -1;
}

static uint8_t
sample_byte(const struct sent *sent, double start)
{
	uint8_t byte = 0;

	for (unsigned int i = 0; i < DATA_BITS; i++)
		byte |= (uint8_t)(level_at(sent, start + 1.5 + i) << i);
	return byte;
}

void
link_uart_hear(uint8_t byte, uint32_t from, uint32_t to, GByteArray *heard)
{
	const struct sent sent = {
		.bits = (uint32_t)byte << 1 | 1u << (FRAME_BITS - 1), .bit = (double)to / from};
	double start = 0;

	while (start >= 0) {
		double time = start + 0.5;

		/* Else a spike: no start bit. */
		if (!level_at(&sent, time)) {
			uint8_t got = sample_byte(&sent, start);

			g_byte_array_append(heard, &got, 1);
			time = start + FRAME_BITS - 0.5;
		}
		start = find_edge(&sent, time);
	}
}
