/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The speed of the flash engine itself: one chip in this process, no port and no adapter. Prints a
 * line "NAME NUMBER" per measurement and repetition:
 *
 * status_ns        one status register read (05 and one byte)
 * program_ns       one page: WREN, PP with 256 bytes, and the end of its operation
 * program_only_ns  the same minus the time of WREN, measured separately: without WREN the chip
 *                  would reject PP
 * read_ms          READ (03) of 16 MiB in one span
 * clip_page_ns     256 bytes read through a clip without faults
 * clip_cleared_ns  the same after all faults of the clip were removed
 * clip_faulty_ns   the same with a fault for another opcode
 * chip_cleared_ns  the same after all faults of the chip were removed
 * chip_faulty_ns   the same with a weak cell at another address
 * line_page_ns     256 bytes read by O_SPIOP from an adapter on a line without faults
 * line_faulty_ns   the same with a fault at a byte that is not reached
 * snapshot_first_ms    the first snapshot of an array: the whole array is copied
 * snapshot_take_ms     another one, after a page was programmed in each 16th block of 64 KiB
 * snapshot_restore_ms  restoring the first one
 *
 * The chip's time is set around each frame as the clip does. Pages and reads cover the whole array,
 * which is in memory before the clock starts. The time for reading the wall clock, as a clip does,
 * is not included.
 *
 * inprocess TIMES  the chip is a W25Q128JV from the chip files in $SPINOR_CHIPDB
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "chipdb/chipdb.h"
#include "clip/clip.h"
#include "clip/wirefault.h"
#include "flash/fault.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "link/link.h"
#include "serprog/profile.h"
#include "serprog/serprog.h"
#include "store/snapshot.h"

#define PART "W25Q128JV"
#define PAGE_SIZE 256
#define STATUS_READS 1000000
#define CLIP_READS 200000

/* Between two snapshots a page in one of this many blocks is changed. */
#define BLOCKS_PER_CHANGE 16

#define WREN 0x06
#define WRDI 0x04

#define CLOCK_HZ 10000000
#define BYTE_NS 800

/* From the end of a frame to the beginning of the next. */
#define BETWEEN_FRAMES_NS 1000

/* tPP max 3 ms, W25Q128JV rev. M. */
#define PROGRAM_NS 3000000

/* Longer than the start-up time of any chip. */
#define POWER_UP_NS 100000000

struct rig {
	struct flash *chip;
	uint8_t *array, *copy;
	size_t size;
	int64_t now_ns;
};

static double
wall_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void
begin_frame(struct rig *rig)
{
	flash_tick(rig->chip, rig->now_ns);
	flash_select(rig->chip);
}

static void
shift(struct rig *rig, const uint8_t *in, uint8_t *out, size_t n)
{
	flash_shift(rig->chip, in, out, n);
	rig->now_ns += (int64_t)n * BYTE_NS;
}

static void
end_frame(struct rig *rig, int64_t then_ns)
{
	flash_tick(rig->chip, rig->now_ns);
	flash_deselect(rig->chip, 0);
	rig->now_ns += then_ns;
}

static uint8_t
read_status(struct rig *rig)
{
	static const uint8_t opcode = 0x05;
	uint8_t status;

	begin_frame(rig);
	shift(rig, &opcode, NULL, 1);
	shift(rig, NULL, &status, 1);
	end_frame(rig, BETWEEN_FRAMES_NS);
	return status;
}

/* WREN or WRDI */
static void
send_opcode(struct rig *rig, uint8_t opcode)
{
	begin_frame(rig);
	shift(rig, &opcode, NULL, 1);
	end_frame(rig, BETWEEN_FRAMES_NS);
}

static void
program_page(struct rig *rig, size_t address, uint8_t *frame)
{
	frame[0] = 0x02;
	frame[1] = (uint8_t)(address >> 16);
	frame[2] = (uint8_t)(address >> 8);
	frame[3] = (uint8_t)address;
	begin_frame(rig);
	shift(rig, frame, NULL, 4 + PAGE_SIZE);
	end_frame(rig, PROGRAM_NS);
}

static void
measure_status(struct rig *rig)
{
	double start = wall_ns();
	unsigned int sum = 0;

	for (int i = 0; i < STATUS_READS; i++)
		sum += read_status(rig);
	printf("status_ns %.1f\n", (wall_ns() - start) / STATUS_READS);
	if (sum != 0)
		g_error("the chip is not idle");
}

/* Different bytes in every repetition, so that programming changes bits. */
static void
measure_program(struct rig *rig, GRand *random)
{
	double n_pages = (double)rig->size / PAGE_SIZE, begin, both, enable;
	uint8_t frame[4 + PAGE_SIZE];

	memset(rig->array, 0xff, rig->size);
	for (size_t i = 4; i < sizeof(frame); i++)
		frame[i] = (uint8_t)g_rand_int(random);
	begin = wall_ns();
	for (size_t address = 0; address < rig->size; address += PAGE_SIZE) {
		send_opcode(rig, WREN);
		program_page(rig, address, frame);
	}
	both = (wall_ns() - begin) / n_pages;
	read_status(rig); /* the last one ends */
	for (size_t address = 0; address < rig->size; address += PAGE_SIZE)
		if (memcmp(rig->array + address, frame + 4, PAGE_SIZE) != 0)
			g_error("page %zx was not programmed", address);

	begin = wall_ns();
	for (size_t address = 0; address < rig->size; address += PAGE_SIZE)
		send_opcode(rig, WREN);
	enable = (wall_ns() - begin) / n_pages;
	send_opcode(rig, WRDI);
	printf("program_ns %.1f\nprogram_only_ns %.1f\n", both, both - enable);
}

static void
measure_read(struct rig *rig)
{
	static const uint8_t header[] = {0x03, 0, 0, 0};
	double start = wall_ns();

	begin_frame(rig);
	shift(rig, header, NULL, sizeof(header));
	shift(rig, NULL, rig->copy, rig->size);
	end_frame(rig, BETWEEN_FRAMES_NS);
	printf("read_ms %.2f\n", (wall_ns() - start) / 1e6);
	if (memcmp(rig->copy, rig->array, rig->size) != 0)
		g_error("what was read is not what the chip holds");
}

static double
clip_page_ns(struct clip *clip, struct rig *rig)
{
	uint8_t header[4] = {0x03};
	double start = wall_ns();

	for (unsigned int i = 0; i < CLIP_READS; i++) {
		header[2] = (uint8_t)i;
		clip_select(clip, 0);
		clip_shift(clip, header, NULL, sizeof(header));
		clip_shift(clip, NULL, rig->copy, PAGE_SIZE);
		clip_deselect(clip);
		if (memcmp(rig->copy, rig->array + (size_t)header[2] * PAGE_SIZE, PAGE_SIZE) != 0)
			g_error("what came through the clip is not what the chip holds");
	}
	return (wall_ns() - start) / CLIP_READS;
}

static void
measure_chip_faults(struct clip *clip, struct rig *rig)
{
	const struct flash_fault fault = {.what = FLASH_FAULT_WEAK_CELL,
		.when.address_from = rig->size - 1,
		.when.address_to = rig->size,
		.mask = 1,
		.rate = 1e-6};
	unsigned int id = flash_fault_add(rig->chip, &fault);

	if (id == 0)
		g_error("the chip's fault is refused");
	printf("chip_faulty_ns %.1f\n", clip_page_ns(clip, rig));
	flash_fault_remove(rig->chip, id);
	printf("chip_cleared_ns %.1f\n", clip_page_ns(clip, rig));
}

static double
line_page_ns(struct base_endpoint line, struct rig *rig)
{
	uint8_t command[] = {0x13, 4, 0, 0, 0, 1, 0, 0x03, 0, 0, 0};
	uint8_t reply[1 + PAGE_SIZE];
	double start;

	line.ops->host_opened(line.self);
	start = wall_ns();
	for (unsigned int i = 0; i < CLIP_READS; i++) {
		size_t sent = 0, got = 0;

		command[9] = (uint8_t)i;
		while (got < sizeof(reply)) {
			sent += line.ops->take(line.self, command + sent, sizeof(command) - sent);
			got += line.ops->give(line.self, reply + got, sizeof(reply) - got);
		}
		if (memcmp(reply + 1, rig->array + (size_t)command[9] * PAGE_SIZE, PAGE_SIZE) != 0)
			g_error("what came over the line is not what the chip holds");
	}
	start = wall_ns() - start;
	line.ops->host_closed(line.self);
	return start / CLIP_READS;
}

static void
measure_line(struct clip *clip, struct base_clock *clock, struct rig *rig)
{
	struct serprog *adapter = serprog_new(serprog_profile_find(NULL), clip, clock);
	struct link *line = link_new(serprog_endpoint(adapter), NULL);
	struct link_fault fault;

	link_fault_init(&fault, LINK_DROP);
	fault.direction = LINK_TO_ADAPTER;
	fault.at_byte = true;
	fault.when.byte_from = UINT64_C(1) << 60;
	if (link_fault_add(line, &fault) < 0)
		g_error("the fault of the line is rejected");
	printf("line_page_ns %.1f\n", line_page_ns(serprog_endpoint(adapter), rig));
	printf("line_faulty_ns %.1f\n", line_page_ns(link_endpoint(line), rig));
	link_destroy(line);
	serprog_destroy(adapter);
}

/* All measurements use the same chip, one after the other. */
static void
measure_clip(struct rig *rig)
{
	struct clip_fault fault;
	struct base_clock clock;
	struct clip *clip;

	base_clock_init(&clock, BASE_CLOCK_INSTANT);
	base_clock_skip(&clock, rig->now_ns);
	clip = clip_new(&clock);
	clip_attach(clip, 0, rig->chip);
	clip_set_frequency(clip, CLOCK_HZ);
	printf("clip_page_ns %.1f\n", clip_page_ns(clip, rig));
	clip_fault_init(&fault, CLIP_BIT_ERROR);
	fault.line = CLIP_MISO;
	fault.rate = 1e-7;
	fault.when.opcode = 0x9f;
	fault.when.has_opcode = true;
	if (clip_fault_add(clip, &fault) == 0)
		g_error("the fault is rejected");
	printf("clip_faulty_ns %.1f\n", clip_page_ns(clip, rig));
	clip_fault_clear(clip);
	printf("clip_cleared_ns %.1f\n", clip_page_ns(clip, rig));
	measure_chip_faults(clip, rig);
	measure_line(clip, &clock, rig);
	rig->now_ns = base_clock_now(&clock) + BETWEEN_FRAMES_NS;
	clip_attach(clip, 0, NULL);
	clip_destroy(clip);
}

/* Programs a page in every BLOCKS_PER_CHANGE-th block. */
static void
change_some(struct rig *rig, GRand *random)
{
	uint8_t frame[4 + PAGE_SIZE];

	for (size_t address = 0; address < rig->size;
		address += (size_t)BLOCKS_PER_CHANGE * FLASH_WATCH_BLOCK) {
		for (size_t i = 4; i < sizeof(frame); i++)
			frame[i] = (uint8_t)g_rand_int(random) & 0x0f;
		send_opcode(rig, WREN);
		program_page(rig, address, frame);
	}
	read_status(rig); /* the last one ends */
}

static void
check_copied(const char *doing, size_t copied, size_t wanted)
{
	if (copied != wanted)
		g_error("%s copied %zu bytes instead of %zu", doing, copied, wanted);
}

/* There are no other snapshots, so that every repetition does the same work. */
static void
measure_snapshots(struct rig *rig, GRand *random)
{
	struct store_snapshots *snapshots =
		store_snapshots_new(rig->chip, rig->array, rig->size, false);
	size_t changed = rig->size / BLOCKS_PER_CHANGE, copied;
	double start;

	for (size_t i = 0; i < rig->size; i++)
		rig->array[i] = (uint8_t)(g_rand_int(random) | 0xf0);
	memcpy(rig->copy, rig->array, rig->size);
	start = wall_ns();
	if (!store_snapshots_take(snapshots, "first", &copied, NULL))
		g_error("cannot take the first snapshot");
	printf("snapshot_first_ms %.3f\n", (wall_ns() - start) / 1e6);
	check_copied("the first take", copied, rig->size);

	change_some(rig, random);
	start = wall_ns();
	if (!store_snapshots_take(snapshots, "second", &copied, NULL))
		g_error("cannot take the second snapshot");
	printf("snapshot_take_ms %.3f\n", (wall_ns() - start) / 1e6);
	check_copied("the second take", copied, changed);

	start = wall_ns();
	if (!store_snapshots_restore(snapshots, "first", &copied, NULL))
		g_error("cannot restore the first snapshot");
	printf("snapshot_restore_ms %.3f\n", (wall_ns() - start) / 1e6);
	if (memcmp(rig->copy, rig->array, rig->size) != 0)
		g_error("the restored array differs from the saved one");
	store_snapshots_destroy(snapshots);
	rig->now_ns += POWER_UP_NS;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GRand) random = g_rand_new_with_seed(1);
	struct chipdb *db = chipdb_open(NULL, &error);
	const struct flash_part *part = db ? chipdb_find(db, PART, &error) : NULL;
	int times = argc == 2 ? atoi(argv[1]) : 1;
	struct rig rig = {0};

	if (!part) {
		fprintf(stderr, "inprocess: %s\n", error->message);
		return EXIT_FAILURE;
	}
	rig.size = part->size;
	rig.array = g_malloc(rig.size);
	rig.copy = g_malloc(rig.size);
	memset(rig.array, 0xff, rig.size);
	memset(rig.copy, 0, rig.size);
	rig.chip = flash_new(part, rig.array, 1);
	flash_set_clock(rig.chip, CLOCK_HZ);
	rig.now_ns = POWER_UP_NS;
	for (int i = 0; i < times; i++) {
		measure_status(&rig);
		measure_program(&rig, random);
		measure_read(&rig);
		measure_clip(&rig);
	}
	/* Last: between snapshots, programs took nearly twice as long, presumably because copying
	 * empties the caches. */
	for (int i = 0; i < times; i++)
		measure_snapshots(&rig, random);
	flash_destroy(rig.chip);
	g_free(rig.array);
	g_free(rig.copy);
	chipdb_close(db);
	return EXIT_SUCCESS;
}
