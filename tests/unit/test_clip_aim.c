/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults that are aimed by purpose and address, at chips of several command sets. */
#include "base/clock.h"
#include "chipdb/chipdb.h"
#include "clip/clip.h"
#include "clip/wirefault.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "suites.h"

#include <glib.h>
#include <string.h>
#include <sys/mman.h>

static struct chipdb *db;
static const struct flash_part *part;
static struct flash *chip;
static uint8_t *array;
static int heard; /* opcode of the last frame, by the chip */

static void
setup(void)
{
	db = chipdb_open(NULL, NULL);
	ck_assert_ptr_nonnull(db);
}

static void
teardown(void)
{
	chipdb_close(db);
}

static void
see(void *data, const struct flash_event *event)
{
	(void)data;
	if (event->kind == FLASH_EVENT_COMMAND)
		heard = event->opcode;
}

static struct base_clock clock_;
static struct clip *clip;
static unsigned int acts;

static void
hear(void *data, const struct clip_fault_report *report)
{
	(void)data;
	(void)report;
	acts++;
}

static void
put_on_wires(const char *name, enum clip_fault_what what, enum clip_line line,
	struct base_fault_when when)
{
	struct clip_fault fault;

	part = chipdb_find(db, name, NULL);
	ck_assert_ptr_nonnull(part);
	array = mmap(NULL, part->size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ck_assert_ptr_ne(array, MAP_FAILED);
	chip = flash_new(part, array, 1);
	flash_set_corner(chip, FLASH_CORNER_INSTANT);
	flash_set_listener(chip, &(struct flash_listener){.event = see});
	base_clock_init(&clock_, BASE_CLOCK_INSTANT);
	clip = clip_new(&clock_);
	clip_attach(clip, 0, chip);
	clip_set_fault_listener(clip, &(struct clip_fault_listener){.acted = hear});
	clip_fault_init(&fault, what);
	fault.line = line;
	fault.when = when;
	ck_assert_uint_gt(clip_fault_add(clip, &fault), 0);
	acts = 0;
}

static void
take_off_wires(void)
{
	clip_destroy(clip);
	flash_destroy(chip);
	munmap(array, part->size);
}

/* Returns whether the fault has acted. */
static bool
transfer(const char *in, size_t n_in, uint8_t *out, size_t n_out)
{
	unsigned int before = acts;

	clip_select(clip, 0);
	clip_shift(clip, (const uint8_t *)in, NULL, n_in);
	clip_shift(clip, NULL, out, n_out);
	clip_deselect(clip);
	return acts > before;
}

START_TEST(a_status_read_of_a_dataflash_is_no_erase)
{
	uint8_t status = 0;

	put_on_wires("AT45DB081D", CLIP_STUCK_1, CLIP_MISO,
		(struct base_fault_when){.purposes = 1 << FLASH_FOR_ERASE});
	ck_assert(!transfer("\xd7", 1, &status, 1));
	ck_assert_uint_eq(status, 0xa5);
	ck_assert(transfer("\x81\x00\x00\x00", 4, NULL, 0));
	ck_assert(transfer("\x50\x00\x00\x00", 4, NULL, 0));
	take_off_wires();
	put_on_wires("AT45DB081D", CLIP_STUCK_1, CLIP_MISO,
		(struct base_fault_when){.purposes = 1 << FLASH_FOR_STATUS_READ});
	ck_assert(transfer("\xd7", 1, &status, 1));
	ck_assert_uint_eq(status, 0xff);
	take_off_wires();
}
END_TEST

START_TEST(programs_of_a_dataflash_are_programs)
{
	uint8_t byte;

	put_on_wires("AT45DB081D", CLIP_STUCK_0, CLIP_MOSI,
		(struct base_fault_when){.purposes = 1 << FLASH_FOR_PROGRAM, .byte_from = 4});
	memset(array, 0xff, part->size);
	ck_assert(transfer("\x84\x00\x00\x00\x55", 5, NULL, 0));
	ck_assert(!transfer("\xd1\x00\x00\x00", 4, &byte, 1));
	ck_assert_uint_eq(byte, 0x00);
	ck_assert(transfer("\x82\x00\x01\x00\x55", 5, NULL, 0));
	ck_assert_uint_eq(array[0x100], 0x00);
	ck_assert(transfer("\x83\x00\x02\x00\x00", 5, NULL, 0));
	ck_assert(!transfer("\xd7", 1, &byte, 1));
	take_off_wires();
}
END_TEST

/* Pages of 528 bytes: page 2 begins at 0x420 of the array, and at 0x800 of the host's addresses. */
START_TEST(a_dataflash_page_is_matched_by_its_array_address)
{
	uint8_t bytes[1200];

	put_on_wires("AT45DB321C", CLIP_STUCK_1, CLIP_MISO,
		(struct base_fault_when){.address_from = 0x420, .address_to = 0x424});
	ck_assert(transfer("\xe8\x00\x00\x00\x00\x00\x00\x00", 8, bytes, sizeof bytes));
	for (size_t i = 0; i < sizeof bytes; i++)
		ck_assert_uint_eq(bytes[i], i >= 0x420 && i < 0x424 ? 0xff : 0x00);
	ck_assert(transfer("\x53\x00\x08\x00", 4, NULL, 0));
	ck_assert(!transfer("\x53\x00\x04\x20", 4, NULL, 0));
	take_off_wires();
}
END_TEST

/* Data begins after 10 dummy clocks in place of 8: each of its bytes is one byte of the host later,
 * the first two bits of which belong to the byte before. */
START_TEST(dummy_clocks_in_force_are_counted)
{
	uint8_t bytes[32];

	put_on_wires("MX25L12833F", CLIP_STUCK_1, CLIP_MISO,
		(struct base_fault_when){.address_from = 0x1008, .address_to = 0x100c});
	ck_assert(transfer("\x0b\x00\x10\x00", 4, bytes, sizeof bytes));
	for (size_t i = 1; i < sizeof bytes; i++)
		ck_assert_uint_eq(bytes[i], i >= 9 && i < 13 ? 0xff : 0x00);
	transfer("\x06", 1, NULL, 0);
	transfer("\x01\x00\xc0", 3, NULL, 0);
	ck_assert(transfer("\x0b\x00\x10\x00", 4, bytes, sizeof bytes));
	for (size_t i = 2; i < sizeof bytes; i++)
		ck_assert_uint_eq(bytes[i], i >= 10 && i < 14 ? 0xff : 0x00);
	take_off_wires();
}
END_TEST

START_TEST(a_four_byte_address_is_matched)
{
	uint8_t bytes[8];

	put_on_wires("W25Q256JV", CLIP_STUCK_1, CLIP_MISO,
		(struct base_fault_when){.address_from = 0x1000, .address_to = 0x2000});
	transfer("\xb7", 1, NULL, 0);
	ck_assert(transfer("\x03\x00\x00\x10\x00", 5, bytes, 8));
	ck_assert_uint_eq(bytes[0], 0xff);
	ck_assert(!transfer("\x03\x00\x10\x00\x00", 5, bytes, 8));
	ck_assert_uint_eq(bytes[0], 0x00);
	take_off_wires();
	/* The mode is entered before the fault is added, then by the power-up default. */
	put_on_wires("W25Q256JV", CLIP_STUCK_1, CLIP_MISO,
		(struct base_fault_when){.address_from = 0x1000, .address_to = 0x2000});
	clip_fault_clear(clip);
	transfer("\xb7", 1, NULL, 0);
	ck_assert_uint_gt(clip_fault_add(clip,
				  &(struct clip_fault){.what = CLIP_STUCK_1,
					  .line = CLIP_MISO,
					  .when = {.address_from = 0x1000, .address_to = 0x2000}}),
		0);
	ck_assert(transfer("\x03\x00\x00\x10\x00", 5, bytes, 8));
	take_off_wires();
}
END_TEST

/* Words after the first have no address in their frame. */
START_TEST(an_aai_word_is_matched_by_its_address)
{
	put_on_wires("SST25VF080B", CLIP_STUCK_0, CLIP_MOSI,
		(struct base_fault_when){
			.address_from = 0x102, .address_to = 0x104, .byte_from = 1});
	memset(array, 0xff, part->size);
	flash_status_preset(chip, 0, 0);
	transfer("\x06", 1, NULL, 0);
	ck_assert(!transfer("\xad\x00\x01\x00\x55\x55", 6, NULL, 0));
	ck_assert(transfer("\xad\x55\x55", 3, NULL, 0));
	ck_assert(!transfer("\xad\x55\x55", 3, NULL, 0));
	transfer("\x04", 1, NULL, 0);
	ck_assert_mem_eq(array + 0x100, "\x55\x55\x00\x00\x55\x55", 6);
	take_off_wires();
}
END_TEST

/* The host's opcode decides, even if the wires change the opcode at the chip. */
START_TEST(a_frame_is_matched_by_the_opcode_of_the_host)
{
	put_on_wires("W25Q128JV", CLIP_OPEN, CLIP_MOSI,
		(struct base_fault_when){.purposes = 1 << FLASH_FOR_PROGRAM});
	ck_assert(!transfer("\x06", 1, NULL, 0));
	ck_assert(transfer("\x02\x00\x00\x00\x00", 5, NULL, 0));
	ck_assert_int_eq(heard, 0xff);
	take_off_wires();
}
END_TEST

Suite *
suite_clip_aim(void)
{
	Suite *suite = suite_create("clip_aim");
	TCase *tcase = tcase_create("aim");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_status_read_of_a_dataflash_is_no_erase);
	tcase_add_test(tcase, programs_of_a_dataflash_are_programs);
	tcase_add_test(tcase, a_dataflash_page_is_matched_by_its_array_address);
	tcase_add_test(tcase, dummy_clocks_in_force_are_counted);
	tcase_add_test(tcase, a_four_byte_address_is_matched);
	tcase_add_test(tcase, an_aai_word_is_matched_by_its_address);
	tcase_add_test(tcase, a_frame_is_matched_by_the_opcode_of_the_host);
	suite_add_tcase(suite, tcase);
	return suite;
}
