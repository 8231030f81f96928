/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lock per sector in addition to the BP bits: DYB and PPB of an S25FL128S with 64 KiB sectors
 * (001-98283, 8.4), Micron's lock registers (N25Q256A rev. W, table 4), and WPSEL of a Macronix
 * part (MX25L12835F PM1795 rev. 1.0, 9-31 and 9-35).
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

/* --- Spansion --- */

static void
spansion_init(struct flash_part *part)
{
	fixture_part_init(part);
	part->wel_kept_on_reject = false;
	part->status[2][2].function = FLASH_BIT_NONE; /* WPS */
	part->erases[0] = part->erases[2];
	part->n_erases = 1;
	part->erases[1] = (struct flash_erase){.opcode = 0xc7, .time = part->erases[3].time};
	part->n_erases = 2;
	fixture_set_commands(part,
		"WREN WRDI RDSR1 RDSR2 RDSR3 WRSR READ PP RSTEN RST "
		"RDDYB WRDYB RDPPB PPBP PPBE PLBRD PLBWR");
}

static const struct fixture_row spansion_rows[] = {
	{"as delivered: DYB unprotected", "", "E0 00 00 00 00 00 00", "FF FF", NULL, FLASH_DONE},
	{"as delivered: PPB unprotected", "", "E2 00 00 00 00 00 00", "FF FF", NULL, FLASH_DONE},
	{"as delivered: PPBs can be changed", "", "A7 00 00", "01 01", NULL, FLASH_DONE},

	{"E1 00 protects", "06; E1 00 12 34 56 00", "E0 00 12 00 00 00", "00", "00 02 60",
		FLASH_DONE},
	{"E1 00 does not protect the sector below", "06; E1 00 12 34 56 00", "E0 00 11 FF FF 00",
		"FF", NULL, FLASH_DONE},
	{"E1 00 does not protect the sector above", "06; E1 00 12 34 56 00", "E0 00 13 00 00 00",
		"FF", NULL, FLASH_DONE},
	{"E1 FF unprotects", "06; E1 00 12 00 00 00; 06; E1 00 12 00 00 FF", "E0 00 12 00 00 00",
		"FF", NULL, FLASH_DONE},
	{"E1 without WEL", "", "E1 00 00 00 00 00", NULL, "00 02 60", FLASH_WEL_CLEAR},
	{"E1 without data", "06", "E1 00 00 00 00", NULL, "02 02 60", FLASH_SHORT_FRAME},
	{"E1 with two bytes", "06", "E1 00 00 00 00 00 00", NULL, "02 02 60", FLASH_LONG_FRAME},
	{"power loss clears E1", "06; E1 00 12 00 00 00; P", "E0 00 12 00 00 00", "FF", NULL,
		FLASH_DONE},
	{"E1 does not touch the PPB", "06; E1 00 12 00 00 00", "E2 00 12 00 00 00", "FF", NULL,
		FLASH_DONE},

	{"E3 protects", "06; E3 00 12 00 00; W", "E2 00 12 FF FF 00", "00", "00 02 60", FLASH_DONE},
	{"E3 takes tPP", "06", "E3 00 12 00 00", NULL, "03 02 60", FLASH_DONE},
	{"power loss within tPP: E3 has no effect", "06; E3 00 12 00 00; P", "E2 00 12 00 00 00",
		"FF", NULL, FLASH_DONE},
	{"E3 survives power loss", "06; E3 00 12 00 00; W; P", "E2 00 12 00 00 00", "00", NULL,
		FLASH_DONE},
	{"E3 without WEL", "", "E3 00 00 00 00", NULL, "00 02 60", FLASH_WEL_CLEAR},
	{"E4 unprotects all", "06; E3 00 12 00 00; W; 06; E3 00 13 00 00; W; 06; E4; W",
		"E2 00 12 00 00 00", "FF", "00 02 60", FLASH_DONE},
	{"E4 survives power loss", "06; E3 00 12 00 00; W; 06; E4; W; P", "E2 00 12 00 00 00", "FF",
		NULL, FLASH_DONE},
	{"E4 sets BUSY", "06", "E4", NULL, "03 02 60", FLASH_DONE},

	{"A6", "06; A6", "A7 00 00", "00 00", "00 02 60", FLASH_DONE},
	{"A6 without WEL", "", "A6", NULL, "00 02 60", FLASH_WEL_CLEAR},
	{"A6 refuses E3", "06; A6; 06", "E3 00 12 00 00", NULL, "00 02 60",
		FLASH_PROTECTION_LOCKED},
	{"A6 refuses E4", "06; A6; 06", "E4", NULL, "00 02 60", FLASH_PROTECTION_LOCKED},
	{"A6 does not refuse E1", "06; A6; 06; E1 00 12 00 00 00", "E0 00 12 00 00 00", "00", NULL,
		FLASH_DONE},
	{"a reset keeps A6", "06; A6; 66; 99; T30000", "A7 00", "00", NULL, FLASH_DONE},
	{"power loss ends A6", "06; A6; P", "A7 00", "01", NULL, FLASH_DONE},

	{"a DYB refuses programs", "06; E1 00 12 00 00 00; 06", "02 12 FF 00 00", NULL, "00 02 60",
		FLASH_PROTECTED},
	{"a PPB refuses programs", "06; E3 00 12 00 00; W; 06", "02 12 FF 00 00", NULL, "00 02 60",
		FLASH_PROTECTED},
	{"a DYB refuses erases", "06; E1 00 12 00 00 00; 06", "D8 12 34 56", NULL, "00 02 60",
		FLASH_PROTECTED},
	{"a PPB refuses erases", "06; E3 00 12 00 00; W; 06", "D8 12 34 56", NULL, "00 02 60",
		FLASH_PROTECTED},
	{"a DYB at 1 does not unprotect what a PPB protects",
		"06; E3 00 12 00 00; W; 06; E1 00 12 00 00 FF; 06", "D8 12 34 56", NULL, "00 02 60",
		FLASH_PROTECTED},
	{"the next sector is not protected", "06; E1 00 12 00 00 00; 06", "D8 13 00 00", NULL,
		"03 02 60", FLASH_DONE},
	{"BP acts beside DYB and PPB", "06; 01 1C; W; 06; E1 00 12 00 00 FF; 06", "D8 12 00 00",
		NULL, "1C 02 60", FLASH_PROTECTED},
	{"BP refuses a chip erase", "06; 01 04; W; 06", "C7", NULL, "04 02 60", FLASH_PROTECTED},
};

START_TEST(dyb_and_ppb_protect_their_sector)
{
	struct flash_part part;

	spansion_init(&part);
	fixture_check_rows_of(&part, spansion_rows, G_N_ELEMENTS(spansion_rows));
}
END_TEST

/* A chip erase skips sectors protected by either lock, also if it is interrupted. */
START_TEST(a_chip_erase_skips_protected_sectors)
{
	struct flash_part part;

	spansion_init(&part);
	for (unsigned int cut = 0; cut < 2; cut++) {
		struct fixture *f = fixture_new_part(&part);
		uint64_t erased = cut ? FIXTURE_SIZE / 2 : FIXTURE_SIZE;

		memset(f->array, 0x5a, FIXTURE_SIZE);
		fixture_run(f, "06; E1 00 00 00 00 00; 06; E3 00 12 00 00; W; 06");
		ck_assert_int_eq(fixture_run(f, "C7"), FLASH_DONE);
		if (cut) {
			fixture_pass(f, part.erases[1].time.typ_ns / 2);
			flash_supply(f->chip, 0);
		} else {
			fixture_wait(f);
		}
		fixture_assert_filled(f, 0, 0x10000, 0x5a, "DYB");
		fixture_assert_filled(f, 0x10000, 0x110000, 0xff, "between");
		fixture_assert_filled(f, 0x120000, 0x10000, 0x5a, "PPB");
		fixture_assert_filled(f, 0x130000, erased - 0x130000, 0xff, "behind");
		fixture_assert_filled(f, erased, FIXTURE_SIZE - erased, 0x5a, "not reached");
		fixture_destroy(f);
	}
}
END_TEST

/* Also if sectors are smaller than one step of a chip erase. */
START_TEST(an_interrupted_chip_erase_skips_small_sectors)
{
	struct flash_part part;
	struct fixture *f;

	spansion_init(&part);
	part.erases[2] = part.erases[1];
	part.erases[1] = part.erases[0];
	part.erases[0] = (struct flash_erase){0x20, .size = 4096, .time = part.erases[0].time};
	part.n_erases = 3;
	part.lock_regions[0] = (struct flash_region){.n_blocks = 1, .block_size = 4096};
	part.n_lock_regions = 1;
	f = fixture_new_part(&part);
	memset(f->array, 0x5a, FIXTURE_SIZE);
	fixture_run(f, "06; E1 00 80 10 00 00; 06; C7");
	fixture_pass(f, part.erases[2].time.typ_ns / 2 + 100000000);
	flash_supply(f->chip, 0);
	fixture_assert_filled(f, 0x700000, 0x100000, 0xff, "done");
	ck_assert_mem_ne(f->array + 0x800000, f->array + 0x801000, 0x1000);
	fixture_assert_filled(f, 0x801000, 0x1000, 0x5a, "DYB");
	ck_assert_mem_ne(f->array + 0x802000, f->array + 0x801000, 0x1000);
	fixture_destroy(f);
}
END_TEST

/* PPBs belong to the state file: changes are reported, and another chip can load them. */
START_TEST(ppbs_are_part_of_the_state)
{
	struct flash_part part;
	struct fixture *f;
	struct fixture *g;
	const struct flash_nonvolatile *from;
	const struct flash_nonvolatile *to;
	size_t n_from;
	size_t n_to;
	uint64_t start;
	uint64_t length;

	spansion_init(&part);
	f = fixture_new_part(&part);
	g = fixture_new_part(&part);
	fixture_run(f, "06; E3 00 12 00 00; W");
	ck_assert_uint_eq(fixture_count(f, FLASH_EVENT_NONVOLATILE), 1);
	from = flash_nonvolatile(f->chip, &n_from);
	to = flash_nonvolatile(g->chip, &n_to);
	ck_assert_uint_eq(n_from, 4);
	ck_assert_uint_eq(n_to, 4);
	ck_assert_str_eq(from[3].name, "locks");
	ck_assert_uint_eq(from[3].size, 256 / 8);
	memcpy(to[3].data, from[3].data, from[3].size);
	flash_power_up(g->chip);
	ck_assert(flash_next_protected(g->chip, 0, &start, &length));
	ck_assert_uint_eq(start, 0x120000);
	ck_assert_uint_eq(length, 0x10000);
	fixture_destroy(f);
	fixture_destroy(g);
}
END_TEST

/* Sectors as large as the erase D8, or as its map, or as the part's own map. */
START_TEST(locks_follow_the_erase_map)
{
	static const struct flash_region boot[] = {{.n_blocks = 8, .block_size = 4096},
		{.n_blocks = 1, .block_size = 32768}, {.n_blocks = 255, .block_size = 65536}};
	static const struct {
		bool erase_map;
		bool own_map;
		uint64_t length;
	} cases[] = {{false, false, 65536}, {true, false, 4096}, {true, true, 262144}};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct flash_part part;
		struct fixture *f;
		uint64_t start;
		uint64_t length;

		spansion_init(&part);
		if (cases[i].erase_map) {
			part.erases[0].size = 0;
			part.erases[0].n_regions = G_N_ELEMENTS(boot);
			memcpy(part.erases[0].regions, boot, sizeof(boot));
		}
		if (cases[i].own_map) {
			part.n_lock_regions = 1;
			part.lock_regions[0] =
				(struct flash_region){.n_blocks = 1, .block_size = 262144};
		}
		f = fixture_new_part(&part);
		fixture_run(f, "06; E1 00 00 00 00 00");
		ck_assert(flash_next_protected(f->chip, 0, &start, &length));
		ck_assert_uint_eq(start, 0);
		ck_assert_uint_eq(length, cases[i].length);
		fixture_destroy(f);
	}
}
END_TEST

/* --- Micron --- */

static const struct fixture_row micron_rows[] = {
	{"as delivered", "", "E8 00 00 00 00 00", "00 00", NULL, FLASH_DONE},
	{"E5 01 locks", "06; E5 12 34 56 01", "E8 12 00 00 00", "01", "00 02 60", FLASH_DONE},
	{"E5 01 locks only its sector", "06; E5 12 34 56 01", "E8 13 00 00 00", "00", NULL,
		FLASH_DONE},
	{"E5 00 unlocks", "06; E5 12 34 56 01; 06; E5 12 00 00 00", "E8 12 00 00 00", "00", NULL,
		FLASH_DONE},
	{"E5 without WEL", "", "E5 00 00 00 01", NULL, "00 02 60", FLASH_WEL_CLEAR},
	{"E5 03 locks permanently", "06; E5 12 34 56 03; 06", "E5 12 00 00 00", NULL, "02 02 60",
		FLASH_PROTECTION_LOCKED},
	{"E5 03 is read back", "06; E5 12 34 56 03", "E8 12 00 00 00", "03", NULL, FLASH_DONE},
	{"E5 02 unlocks permanently", "06; E5 12 34 56 02; 06; E5 12 00 00 01", "E8 12 00 00 00",
		"02", NULL, FLASH_DONE},
	{"E5 02 does not act on other sectors", "06; E5 12 34 56 03; 06; E5 13 00 00 01",
		"E8 13 00 00 00", "01", NULL, FLASH_DONE},
	{"reset unlocks", "06; E5 12 34 56 03; 66; 99; T30000", "E8 12 00 00 00", "00", NULL,
		FLASH_DONE},
	{"power loss unlocks", "06; E5 12 34 56 03; P", "E8 12 00 00 00", "00", NULL, FLASH_DONE},
	{"a lock refuses programs", "06; E5 12 00 00 01; 06", "02 12 FF 00 00", NULL, "02 02 60",
		FLASH_PROTECTED},
	{"a lock refuses erases", "06; E5 12 00 00 01; 06", "20 12 F0 00", NULL, "02 02 60",
		FLASH_PROTECTED},
	{"a lock refuses a chip erase", "06; E5 12 00 00 01; 06", "C7", NULL, "02 02 60",
		FLASH_PROTECTED},
	{"the next sector is not locked", "06; E5 12 00 00 01; 06", "20 11 F0 00", NULL, "03 02 60",
		FLASH_DONE},
	{"BP acts beside the locks", "06; 01 1C; W; 06", "20 11 F0 00", NULL, "1E 02 60",
		FLASH_PROTECTED},
};

START_TEST(micron_lock_registers_protect_their_sector)
{
	struct flash_part part;

	fixture_part_init(&part);
	part.status[2][2].function = FLASH_BIT_NONE; /* WPS */
	fixture_set_commands(
		&part, "WREN WRDI RDSR1 RDSR2 RDSR3 WRSR READ PP RSTEN RST RDVLB WRVLB");
	fixture_check_rows_of(&part, micron_rows, G_N_ELEMENTS(micron_rows));
}
END_TEST

/* --- Macronix --- */

/* SR3 is the security register here, WPSEL its bit 7. */
static const struct fixture_row macronix_rows[] = {
	{"as delivered, BP acts", "06; 01 1C; W; 06", "20 12 F0 00", NULL, "1C 00 60",
		FLASH_PROTECTED},
	{"as delivered, locks do not act", "06; 36 12 00 00; 06", "20 12 F0 00", NULL, "03 00 60",
		FLASH_DONE},
	{"68", "06; 68; W", "", NULL, "00 00 E0", FLASH_DONE},
	{"68 without WEL", "", "68", NULL, "00 00 60", FLASH_WEL_CLEAR},
	{"68 sets BUSY", "06", "68", NULL, "03 00 60", FLASH_DONE},
	{"68 is permanent", "06; 68; W; P", "", NULL, "00 00 E0", FLASH_DONE},
	{"after 68 all blocks are locked", "06; 68; W; 06", "20 12 F0 00", NULL, "00 00 E0",
		FLASH_PROTECTED},
	{"3C reads locked", "06; 68; W", "3C 12 00 00 00", "FF", NULL, FLASH_DONE},
	{"39 unlocks", "06; 68; W; 06; 39 12 00 00; 06", "20 12 F0 00", NULL, "03 00 E0",
		FLASH_DONE},
	{"3C reads unlocked", "06; 68; W; 06; 39 12 00 00", "3C 12 00 00 00", "00", NULL,
		FLASH_DONE},
	{"98 unlocks all", "06; 68; W; 06; 98; 06", "C7", NULL, "03 00 E0", FLASH_DONE},
	{"BP does not act after 68", "06; 01 1C; W; 06; 68; W; 06; 98; 06", "C7", NULL, "1F 00 E0",
		FLASH_DONE},
	{"WP# low protects all", "06; 68; W; 06; 98; L; 06", "20 12 F0 00", NULL, "00 00 E0",
		FLASH_PROTECTED},
	{"WP# low without WPSEL does not protect", "L; 06", "20 12 F0 00", NULL, "03 00 60",
		FLASH_DONE},
	{"DPB: FF protects", "06; 68; W; 06; 98; 06; E1 00 12 00 00 FF; 06", "20 12 F0 00", NULL,
		"00 00 E0", FLASH_PROTECTED},
	{"DPB is read", "06; 68; W; 06; 98; 06; E1 00 12 00 00 FF", "E0 00 12 00 00 00", "FF", NULL,
		FLASH_DONE},
	{"SPB: set", "06; E3 00 12 00 00; W", "E2 00 12 00 00 00", "FF", NULL, FLASH_DONE},
	{"SPB: acts with WPSEL", "06; E3 00 12 00 00; W; 06; 68; W; 06; 98; 06", "20 12 F0 00",
		NULL, "00 00 E0", FLASH_PROTECTED},
	{"SPB: clearing all", "06; E3 00 12 00 00; W; 06; E4; W", "E2 00 12 00 00 00", "00", NULL,
		FLASH_DONE},
};

START_TEST(wpsel_selects_individual_sector_protection)
{
	struct flash_part part;

	fixture_part_init(&part);
	part.wel_kept_on_reject = false;
	part.status[2][2].function = FLASH_BIT_NONE;
	part.status_default[1] = 0x00; /* QE */
	part.status[2][7] = (struct flash_register_bit){.function = FLASH_BIT_WPS, .otp = true};
	fixture_set_commands(&part,
		"WREN WRDI RDSR1 RDSR2 RDSR3 WRSR READ PP WPSEL PROTECT_SECTOR UNPROTECT_SECTOR "
		"RDSECTOR GLOBAL_LOCK GLOBAL_UNLOCK RDDPB WRDPB RDSPB WRSPB ESSPB");
	fixture_check_rows_of(&part, macronix_rows, G_N_ELEMENTS(macronix_rows));
}
END_TEST

Suite *
suite_flash_asp(void)
{
	Suite *suite = suite_create("flash_asp");
	TCase *tcase = tcase_create("asp");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, dyb_and_ppb_protect_their_sector);
	tcase_add_test(tcase, a_chip_erase_skips_protected_sectors);
	tcase_add_test(tcase, an_interrupted_chip_erase_skips_small_sectors);
	tcase_add_test(tcase, ppbs_are_part_of_the_state);
	tcase_add_test(tcase, locks_follow_the_erase_map);
	tcase_add_test(tcase, micron_lock_registers_protect_their_sector);
	tcase_add_test(tcase, wpsel_selects_individual_sector_protection);
	suite_add_tcase(suite, tcase);
	return suite;
}
