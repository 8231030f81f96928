/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts as the engine takes them: what it refuses and why, and what it tells of those it takes. */
#include "flash_fixture.h"
#include "suites.h"

#include "flash/version.h"

#include <check.h>

static void
add_command(struct flash_part *part)
{
	part->commands[part->n_commands++] = (struct flash_part_command){"PPX", -1};
}

static void
add_opcode(struct flash_part *part)
{
	part->commands[part->n_commands++] = (struct flash_part_command){"RDSR1", 256};
}

static void
drop_page(struct flash_part *part)
{
	part->page_size = 0;
}

static void
drop_res(struct flash_part *part)
{
	part->res_length = 0;
}

static void
raise_inhibit(struct flash_part *part)
{
	part->inhibit_mv = part->vcc_min_mv;
}

static void
change_size(struct flash_part *part)
{
	part->size += 4096;
}

static void
drop_size(struct flash_part *part)
{
	part->size = 0;
}

static void
shrink(struct flash_part *part)
{
	part->size = 32768;
}

static void
add_map(struct flash_part *part)
{
	part->erases[0].n_regions = 1;
	part->erases[0].regions[0] = (struct flash_region){.n_blocks = 16, .block_size = 4096};
}

static void
add_empty_map(struct flash_part *part)
{
	part->erases[0].n_regions = 1;
}

static void
add_regions(struct flash_part *part)
{
	part->erases[0].n_regions = FLASH_REGIONS_MAX + 1;
}

static void
add_list(struct flash_part *part)
{
	part->range_rule = FLASH_RANGE_LIST;
	part->n_bp_ranges = 4;
}

static void
add_lock_map(struct flash_part *part)
{
	part->n_lock_regions = 1;
	part->lock_regions[0] = (struct flash_region){.n_blocks = 2, .block_size = 4096};
}

static void
add_otp(struct flash_part *part)
{
	part->otp_size = 16;
	part->otp_factory_end = 17;
}

static const struct {
	void (*change)(struct flash_part *part);
	const char *why;
} refused[] = {
	{add_command, "unknown command \"PPX\""},
	{add_opcode, "command RDSR1: bad opcode 256"},
	{drop_page, "command PP needs the key page, which is missing"},
	{drop_res, "command RES needs the key res or rems; both are missing"},
	{raise_inhibit, "write-inhibit has to be below the lowest voltage, 2700 mV"},
	{change_size,
		"size and page have to be powers of two; only a DataFlash (commands DF_...) can "
		"have 33/32 of one"},
	{drop_size,
		"size and page have to be powers of two; only a DataFlash (commands DF_...) can "
		"have 33/32 of one"},
	{shrink, "erase-D8 is larger than size"},
	{add_map, "erase-20 has blocks that are together not as large as size"},
	{add_empty_map, "erase-20 has blocks that are no powers of two"},
	{add_regions, "a count is beyond its limit"},
	{add_list, "protection-list has 4 ranges, its BP bits have 8 values"},
	{add_lock_map, "the blocks of lock-map are not as large as size"},
	{add_otp, "otp-factory goes beyond otp-size"},
};

START_TEST(a_part_that_does_not_pass_is_no_chip)
{
	static uint8_t array[1];
	struct flash_part part;
	char *why = NULL;

	fixture_part_init(&part);
	ck_assert(flash_part_check(&part, &why));
	ck_assert_ptr_null(why);
	refused[_i].change(&part);
	ck_assert(!flash_part_check(&part, &why));
	ck_assert_str_eq(why, refused[_i].why);
	ck_assert(!flash_part_check(&part, NULL));
	ck_assert_ptr_null(flash_new(&part, array, 1));
	g_free(why);
}
END_TEST

START_TEST(a_part_tells_what_it_is)
{
	struct flash_part part;
	const uint8_t *id;
	size_t length;

	fixture_part_init(&part);
	part.flashrom_name = "W25Q128.V";
	ck_assert_str_eq(flash_part_name(&part), "W25Q128JV");
	ck_assert_str_eq(flash_part_vendor(&part), "Winbond");
	ck_assert_str_eq(flash_part_flashrom_name(&part), "W25Q128.V");
	ck_assert_uint_eq(flash_part_size(&part), FIXTURE_SIZE);
	ck_assert_uint_eq(flash_part_page_size(&part), 256);
	ck_assert_uint_eq(flash_part_address_bytes(&part), 3);
	ck_assert_int_eq(flash_part_vcc_min_mv(&part), 2700);
	ck_assert_int_eq(flash_part_vcc_max_mv(&part), 3600);
	ck_assert(flash_opcode(&part, "RDSFDP") >= 0);
	ck_assert(flash_opcode(&part, "EN4B") < 0);
	id = flash_part_id(&part, &length);
	ck_assert_uint_eq(length, 3);
	ck_assert_mem_eq(id, "\xef\x40\x18", 3);
}
END_TEST

START_TEST(the_version_is_that_of_the_header)
{
	g_autofree char *version = g_strdup_printf(
		"%d.%d.%d", FLASH_VERSION_MAJOR, FLASH_VERSION_MINOR, FLASH_VERSION_PATCH);

	ck_assert_str_eq(flash_version(), version);
}
END_TEST

Suite *
suite_flash_part(void)
{
	Suite *suite = suite_create("flash_part");
	TCase *tcase = tcase_create("part");

	tcase_add_loop_test(tcase, a_part_that_does_not_pass_is_no_chip, 0, G_N_ELEMENTS(refused));
	tcase_add_test(tcase, a_part_tells_what_it_is);
	tcase_add_test(tcase, the_version_is_that_of_the_header);
	suite_add_tcase(suite, tcase);
	return suite;
}
