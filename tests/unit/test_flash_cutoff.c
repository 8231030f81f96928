/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupted operations on state other than the array: registers, one-time areas and locks. For
 * each, over many seeds, the remaining contents are one of the possible ones, and each of these
 * occurs. Also the same operations at a supply too low for the charge pump.
 */
#include "flash_dataflash_parts.h"
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define SEEDS 40

static void
micron(struct flash_part *part)
{
	fixture_part_init(part);
	fixture_add_commands(part, "RDNVCR WRNVCR");
}

static void
any_register(struct flash_part *part)
{
	fixture_part_init(part);
	fixture_add_commands(part, "RDAR WRAR");
	fixture_set_bit(part, 3, 0, FLASH_BIT_USER);
	fixture_set_bit(part, 3, 1, FLASH_BIT_USER);
	fixture_set_bit(part, 3, 2, FLASH_BIT_USER);
	part->status[3][2].otp = true;
	part->any_registers[3] = 4;
}

static void
spansion(struct flash_part *part)
{
	fixture_part_init(part);
	part->status[2][2].function = FLASH_BIT_NONE; /* WPS */
	part->lock_regions[0] = (struct flash_region){.n_blocks = 1, .block_size = 65536};
	part->n_lock_regions = 1;
	fixture_add_commands(part, "RDDYB WRDYB RDPPB PPBP PPBE PLBRD PLBWR");
}

static void
control_byte(struct flash_part *part)
{
	fixture_part_init(part);
	part->otp_size = 64;
	part->otp_lock = FLASH_OTP_CONTROL_BYTE;
	part->commands[part->n_commands++] = (struct flash_part_command){"RDOTP", 0xf1};
	part->commands[part->n_commands++] = (struct flash_part_command){"PROTP", 0xf2};
}

static void
m95(struct flash_part *part)
{
	fixture_part_init(part);
	fixture_part_resize(part, 16384);
	part->page_size = 64;
	part->address_bytes = 2;
	fixture_part_commands(part, "WREN RDSR1 READ WRITE RDIDP WRIDP");
}

static void
macronix(struct flash_part *part)
{
	fixture_part_init(part);
	fixture_add_commands(part, "WPSEL:68");
}

static void
dataflash(struct flash_part *part)
{
	dataflash_part_init(part, DATAFLASH_E);
}

/* Runs before, then send, and switches the supply off after half of its time. Then the reply to
 * read ends with one of left; "-": with anything. */
static const struct {
	const char *what;
	void (*init)(struct flash_part *part);
	const char *before;
	const char *send;
	const char *read;
	const char *left[4];
} cases[] = {
	{"NVCR", micron, "06; B1 EE FF; W", "06; B1 DD EF", "B5 00 00",
		{"EE FF", "FF FF", "DD EF"}},
	{"register by address", any_register, "06; 71 00 00 03 01; W", "06; 71 00 00 03 02",
		"65 00 00 03 00 00", {"01", "03", "02"}},
	{"one-time bits of one", any_register, "", "06; 71 00 00 03 04", "65 00 00 03 00 00",
		{"00", "03", "04"}},
	{"a PPB is programmed", spansion, "", "06; E3 00 01 00 00", "E2 00 01 00 00 00",
		{"FF", "00"}},
	{"no other PPB is programmed", spansion, "", "06; E3 00 01 00 00", "E2 00 02 00 00 00",
		{"FF"}},
	{"PPBs are erased", spansion, "06; E3 00 01 00 00; W", "06; E4", "E2 00 01 00 00 00",
		{"00", "FF"}},
	{"no other sector changes while PPBs are erased", spansion, "06; E3 00 01 00 00; W",
		"06; E4", "E2 00 02 00 00 00", {"FF"}},
	{"OTP: the first bytes", control_byte, "", "06; F2 00 00 00 00 00 00 00",
		"F1 00 00 00 00 00 00", {"00 00"}},
	{"OTP: neither the last byte nor bytes that were not sent", control_byte, "",
		"06; F2 00 00 00 00 00 00 00", "F1 00 00 03 00 00 00", {"FF FF"}},
	{"identification page", m95, "", "06; 82 00 1E 00 00 00 00", "83 00 1E 00 00 00 00",
		{"00 00 FF FF"}},
	{"identification page: lock", m95, "", "06; 82 04 00 02", "83 04 00 00", {"00", "01"}},
	{"WPSEL", macronix, "", "06; 68", "15 00", {"60", "64"}},
	{"DataFlash: protection is programmed", dataflash, "3D 2A 7F CF; W",
		"3D 2A 7F FC 00 00 00 00", "32 00 00 00 00 00", {"00 00"}},
	{"DataFlash: protection is erased", dataflash, "", "3D 2A 7F CF", "32 00 00 00 00 00",
		{"-"}},
	{"DataFlash: lockdown", dataflash, "", "3D 2A 7F 30 01 00 00", "35 00 00 00 00 00",
		{"00 00", "00 FF"}},
	{"DataFlash: page size", dataflash, "", "3D 2A 80 A6", "D7 00", {"8C", "8D"}},
	{"DataFlash: security register", dataflash, "", "9B 00 00 00 00 00 00 00",
		"77 00 00 00 00 00", {"00 00"}},
};

static struct fixture *
new_of(void (*init)(struct flash_part *part), uint64_t seed)
{
	struct flash_part part;

	init(&part);
	return fixture_new_seed(&part, seed);
}

/* Returns the index in left of the contents after the interruption. */
static size_t
find_left(struct fixture *f, int i)
{
	uint8_t want[16];

	fixture_run(f, cases[i].read);
	for (size_t k = 0; k < G_N_ELEMENTS(cases[i].left) && cases[i].left[k]; k++) {
		size_t n;

		if (cases[i].left[k][0] == '-')
			return k;
		n = fixture_parse(cases[i].left[k], want);
		if (memcmp(f->miso + f->miso_n - n, want, n) == 0)
			return k;
	}
	ck_abort_msg("%s: something else is left: %02X %02X", cases[i].what, f->miso[f->miso_n - 2],
		f->miso[f->miso_n - 1]);
	return 0;
}

START_TEST(an_interruption_leaves_one_of_the_possible_contents)
{
	unsigned int found[4] = {0};

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct fixture *f = new_of(cases[_i].init, seed);

		fixture_run(f, cases[_i].before);
		fixture_run(f, cases[_i].send);
		ck_assert_msg(flash_is_busy(f->chip), "%s: nothing to cut off", cases[_i].what);
		fixture_pass(f, (flash_busy_until(f->chip) - f->now_ns) / 2);
		fixture_run(f, "P");
		found[find_left(f, _i)]++;
		fixture_destroy(f);
	}
	for (size_t k = 0; k < 4 && cases[_i].left[k]; k++)
		ck_assert_msg(found[k] > 0, "%s: never %s", cases[_i].what, cases[_i].left[k]);
}
END_TEST

/* Interrupted at its very start, an operation has no effect. */
START_TEST(an_interruption_at_the_start_changes_nothing)
{
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct fixture *f = new_of(cases[_i].init, seed);
		uint8_t old[FIXTURE_FRAME_MAX];

		fixture_run(f, cases[_i].before);
		fixture_run(f, cases[_i].read);
		memcpy(old, f->miso, f->miso_n);
		fixture_run(f, cases[_i].send);
		fixture_run(f, "P");
		fixture_run(f, cases[_i].read);
		ck_assert_mem_eq(f->miso, old, f->miso_n);
		fixture_destroy(f);
	}
}
END_TEST

/* Without the charge pump no operation changes anything or makes the chip busy. */
START_TEST(too_low_a_supply_changes_nothing)
{
	struct fixture *f = new_of(cases[_i].init, 0);
	int low = (flash_inhibit_millivolts(&f->part) + f->part.vcc_min_mv) / 2;
	uint8_t old[FIXTURE_FRAME_MAX];

	fixture_run(f, cases[_i].before);
	fixture_run(f, cases[_i].read);
	memcpy(old, f->miso, f->miso_n);
	flash_supply(f->chip, low);
	ck_assert_int_eq(fixture_run(f, cases[_i].send), FLASH_LOW_SUPPLY);
	ck_assert(!flash_is_busy(f->chip));
	flash_supply(f->chip, f->part.vcc_min_mv);
	fixture_pass(f, INT64_C(1000000000));
	fixture_run(f, "P");
	fixture_run(f, cases[_i].read);
	ck_assert_mem_eq(f->miso, old, f->miso_n);
	fixture_destroy(f);
}
END_TEST

/* A suspended operation resumes only at a sufficient supply. */
START_TEST(no_resume_at_too_low_a_supply)
{
	struct fixture *f = fixture_new();

	memset(f->array, 0, 0x2000);
	fixture_run(f, "06; 20 00 00 00; T1000000; 75; W");
	flash_supply(f->chip, 2500);
	ck_assert_int_eq(fixture_run(f, "7A"), FLASH_LOW_SUPPLY);
	ck_assert(!flash_is_busy(f->chip));
	fixture_assert_filled(f, 0, 0x2000, 0, "still suspended");
	flash_supply(f->chip, 3300);
	ck_assert_int_eq(fixture_run(f, "7A"), FLASH_DONE);
	fixture_wait(f);
	fixture_assert_filled(f, 0, 0x1000, 0xff, "resumed");
	fixture_assert_filled(f, 0x1000, 0x1000, 0, "the next block");
	fixture_destroy(f);
}
END_TEST

/* A one-time lock bit is set only by writes that set it. */
START_TEST(an_interrupted_status_write_sets_no_other_lock_bit)
{
	unsigned int burnt = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct fixture *f = new_of(fixture_part_init, seed);

		fixture_run(f, "06; 31 40; T5000000; P");
		ck_assert_uint_eq(fixture_status(f, 2) & 0x38, 0);
		fixture_run(f, "06; 31 48; T5000000; P");
		burnt += (fixture_status(f, 2) & 0x38) == 0x08;
		ck_assert_uint_eq(fixture_status(f, 2) & 0x30, 0);
		fixture_destroy(f);
	}
	ck_assert_uint_gt(burnt, 0);
	ck_assert_uint_lt(burnt, SEEDS);
}
END_TEST

Suite *
suite_flash_cutoff(void)
{
	Suite *suite = suite_create("flash_cutoff");
	TCase *tcase = tcase_create("cutoff");

	fixture_prepare();
	tcase_add_loop_test(
		tcase, an_interruption_leaves_one_of_the_possible_contents, 0, G_N_ELEMENTS(cases));
	tcase_add_loop_test(
		tcase, an_interruption_at_the_start_changes_nothing, 0, G_N_ELEMENTS(cases));
	tcase_add_loop_test(tcase, too_low_a_supply_changes_nothing, 0, G_N_ELEMENTS(cases));
	tcase_add_test(tcase, no_resume_at_too_low_a_supply);
	tcase_add_test(tcase, an_interrupted_status_write_sets_no_other_lock_bit);
	suite_add_tcase(suite, tcase);
	return suite;
}
