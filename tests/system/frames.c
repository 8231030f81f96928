/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A chip of the engine without a bench, for against-verilog: frames from standard input, answers to
 * standard output.
 *
 *   frames PART HZ [DIR]     lines "N BITS BYTES...": a frame of N bytes in hex and BITS (0 to 7)
 *                            clocks more; the answer is a line of N bytes. "-1 NS": time passes.
 *   frames PART              the commands of the part, a line for each:
 *                            OPCODE HEADER DATA-CLOCK LANES PURPOSE; the first line is SIZE PAGE
 *
 * Between frames pass GAP_NS, and so does the test bench of against-verilog.
 */
#include "embed/chips.h"
#include "flash/describe.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FRAME_MAX = 4096,
	GAP_NS = 200,
};

#define VCC_MV 3300
#define POWER_UP_NS INT64_C(1000000000)

static int
print_commands(const struct flash *chip)
{
	const struct flash_part *part = flash_part(chip);

	printf("%" PRIu64 " %u\n", (uint64_t)part->size, (unsigned int)part->page_size);
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		struct flash_description description;
		uint8_t byte = (uint8_t)opcode;

		flash_describe(chip, &byte, 1, &description);
		if (description.data_lanes > 0)
			printf("%02x %u %u %u %u\n", opcode, description.header_bytes,
				description.data_clock, description.data_lanes,
				(unsigned int)description.purpose);
	}
	return EXIT_SUCCESS;
}

/* The bytes of a frame; false at a line that is wrong. */
static bool
read_bytes(uint8_t *bytes, long n)
{
	if (n < 0 || n > FRAME_MAX)
		return false;
	for (long i = 0; i < n; i++) {
		unsigned int byte;

		if (scanf("%2x", &byte) != 1)
			return false;
		bytes[i] = (uint8_t)byte;
	}
	return true;
}

static int
play(struct flash *chip, double byte_ns)
{
	static uint8_t in[FRAME_MAX];
	static uint8_t out[FRAME_MAX];
	double now_ns = (double)POWER_UP_NS;
	long n;
	long rest;

	while (scanf("%ld %ld", &n, &rest) == 2) {
		flash_tick(chip, (int64_t)now_ns);
		if (n == -1) {
			now_ns += (double)rest;
			continue;
		}
		if (!read_bytes(in, n)) {
			fprintf(stderr, "frames: a line is not N BITS BYTES...\n");
			return EXIT_FAILURE;
		}
		flash_select(chip);
		flash_shift(chip, in, out, (size_t)n);
		flash_deselect(chip, (unsigned int)rest & 7);
		for (long i = 0; i < n; i++)
			printf("%02x ", out[i]);
		printf("\n");
		now_ns += (double)n * byte_ns + (double)rest * byte_ns / 8 + GAP_NS;
	}
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	struct flash_part *part;
	struct flash *chip;
	uint8_t *array;
	char *why = NULL;
	int status;

	if (argc < 2) {
		fprintf(stderr, "usage: frames PART [HZ [DIR]]\n");
		return 2;
	}
	part = flash_part_load(argc > 3 ? argv[3] : NULL, argv[1], &why);
	if (part == NULL) {
		fprintf(stderr, "frames: %s\n", why);
		return EXIT_FAILURE;
	}
	array = g_malloc(part->size);
	memset(array, 0xff, part->size);
	chip = flash_new(part, array, 1);
	flash_supply(chip, CLAMP(VCC_MV, part->vcc_min_mv, part->vcc_max_mv));
	flash_tick(chip, POWER_UP_NS);
	if (argc > 2 && atol(argv[2]) > 0) {
		flash_set_clock(chip, (unsigned int)atol(argv[2]));
		status = play(chip, 8e9 / (double)atol(argv[2]));
	} else {
		status = print_commands(chip);
	}
	flash_destroy(chip);
	g_free(array);
	flash_part_free(part);
	return status;
}
