/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of chip data for protection: their effect on struct flash_part, and the error messages. */
#include "chipdb/chipdb.h"
#include "flash/partdata.h"
#include "suites.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

#define BASE                                                                                   \
	"[family B]\nvendor = V\npage = 256\nvoltage = 2.7 V - 3.6 V\nsize = 2M\n"             \
	"sr1 = - - - BP2 BP1 BP0 WEL BUSY\nfR = 50 MHz\nFR = 104 MHz\ntPP = 1 ms\ntW = 5 ms\n" \
	"commands = READ PP\n[P]\ninherits = B\n"

static void
setup(void)
{
	folder = g_dir_make_tmp("spinor-protect-XXXXXX", NULL);
	g_setenv("SPINOR_CHIPDB", "", TRUE);
}

static void
teardown(void)
{
	g_autofree char *path = g_build_filename(folder, "a.chips", NULL);

	g_remove(path);
	g_rmdir(folder);
	g_clear_pointer(&folder, g_free);
}

/* The part with these lines appended to the base; NULL and an error if they are rejected. */
static const struct flash_part *
read_part(struct chipdb **db, const char *lines, GError **error)
{
	g_autofree char *path = g_build_filename(folder, "a.chips", NULL);
	g_autofree char *text = g_strconcat(BASE, lines, NULL);

	ck_assert(g_file_set_contents(path, text, -1, NULL));
	*db = chipdb_open(folder, error);
	ck_assert_ptr_nonnull(*db);
	return chipdb_find(*db, "P", error);
}

static void
check_defaults(const struct flash_part *part)
{
	ck_assert_int_eq(part->range_rule, FLASH_RANGE_NONE);
	ck_assert_uint_eq(part->n_bp_ranges, 0);
	ck_assert_uint_eq(part->wp_protects, 0);
	ck_assert_uint_eq(part->n_lock_regions, 0);
	ck_assert_int_eq(part->lock_start, FLASH_LOCKS_BY_FAMILY);
	ck_assert(!part->busy_after_failure);
}

static void
assert_range(const struct flash_part *part, unsigned int bp, struct flash_bp_range wanted)
{
	const struct flash_bp_range *found = &part->bp_ranges[bp];

	ck_assert_uint_eq(found->bytes, wanted.bytes);
	ck_assert_uint_eq(found->numerator, wanted.numerator);
	ck_assert_uint_eq(found->denominator, wanted.denominator);
	ck_assert_int_eq(found->other_end, wanted.other_end);
	ck_assert_int_eq(found->stops_chip_erase, wanted.stops_chip_erase);
}

static void
check_list(const struct flash_part *part)
{
	ck_assert_int_eq(part->range_rule, FLASH_RANGE_LIST);
	ck_assert_uint_eq(part->n_bp_ranges, 8);
	assert_range(part, 0, (struct flash_bp_range){0});
	assert_range(part, 1, (struct flash_bp_range){.stops_chip_erase = true});
	assert_range(part, 2, (struct flash_bp_range){.bytes = 8192, .stops_chip_erase = true});
	assert_range(part, 3,
		(struct flash_bp_range){
			.numerator = 1, .denominator = 16, .stops_chip_erase = true});
	assert_range(part, 4,
		(struct flash_bp_range){.numerator = 63,
			.denominator = 64,
			.other_end = true,
			.stops_chip_erase = true});
	assert_range(part, 5,
		(struct flash_bp_range){
			.bytes = 65536, .other_end = true, .stops_chip_erase = true});
	assert_range(part, 7,
		(struct flash_bp_range){
			.numerator = 1, .denominator = 1, .stops_chip_erase = true});
}

static void
check_map(const struct flash_part *part)
{
	ck_assert_uint_eq(part->n_lock_regions, 3);
	ck_assert_uint_eq(part->lock_regions[0].n_blocks, 16);
	ck_assert_uint_eq(part->lock_regions[0].block_size, 4096);
	ck_assert_uint_eq(part->lock_regions[1].n_blocks, 30);
	ck_assert_uint_eq(part->lock_regions[1].block_size, 65536);
	ck_assert_uint_eq(part->lock_regions[2].n_blocks, 16);
	ck_assert_int_eq(part->lock_start, FLASH_LOCKS_OPEN);
	ck_assert_uint_eq(part->wp_protects, 65536);
}

static void
check_one_size(const struct flash_part *part)
{
	ck_assert_uint_eq(part->n_lock_regions, 1);
	ck_assert_uint_eq(part->lock_regions[0].n_blocks, 1);
	ck_assert_uint_eq(part->lock_regions[0].block_size, 65536);
	ck_assert_int_eq(part->lock_start, FLASH_LOCKS_LOCKED);
	ck_assert(part->busy_after_failure);
}

/* Bits that only the chip sets, and volatile bits. */
static void
check_bits(const struct flash_part *part)
{
	static const enum flash_bit functions[] = {FLASH_BIT_BUSY, FLASH_BIT_WEL, FLASH_BIT_SWP0,
		FLASH_BIT_SWP1, FLASH_BIT_WPP, FLASH_BIT_EPE, FLASH_BIT_NONE, FLASH_BIT_SPRL};
	static const enum flash_bit more[] = {FLASH_BIT_FREEZE, FLASH_BIT_QE, FLASH_BIT_BPNV_O,
		FLASH_BIT_BPNV, FLASH_BIT_TB, FLASH_BIT_BP4, FLASH_BIT_EPFAIL, FLASH_BIT_SRP};

	for (unsigned int i = 0; i < 8; i++) {
		ck_assert_int_eq(part->status[0][i].function, functions[i]);
		ck_assert_int_eq(part->status[1][i].function, more[i]);
		ck_assert_int_eq(part->status[0][i].read_only, i < 6);
		ck_assert_int_eq(part->status[1][i].read_only, i == 3 || i == 6);
		ck_assert_int_eq(part->status[0][i].is_volatile, i == 7);
		ck_assert_int_eq(part->status[1][i].is_volatile, i == 0);
	}
}

static void
check_busy_twice(const struct flash_part *part)
{
	ck_assert_int_eq(part->status[0][7].function, FLASH_BIT_BUSY);
	ck_assert_int_eq(part->status[0][0].function, FLASH_BIT_BUSY);
	ck_assert_int_eq(part->status[0][4].function, FLASH_BIT_WPLD);
	ck_assert_int_eq(part->status[0][3].function, FLASH_BIT_PSB);
	ck_assert_int_eq(part->status[0][2].function, FLASH_BIT_ESB);
}

static const struct {
	const char *lines;
	void (*check)(const struct flash_part *part);
} good[] = {
	{"", check_defaults},
	{"protection = list\n"
	 "protection-list = none chip-erase 8K 1/16 63/64@other 64K@other none all\n",
		check_list},
	{"lock-map = 4Kx16 + 64Kx30 + 4Kx16\nlock-power-up = open\nwp-protects = 64K\n", check_map},
	{"lock-map = 64K\nlock-power-up = locked\nafter-failure = busy\ncommands += CLSR\n",
		check_one_size},
	{"sr1 = SPRL - EPE WPP SWP1 SWP0 WEL BUSY\n"
	 "sr2 = BPL EPFAIL BP4 TBPROT BPNV BPNV_O IOC FREEZE\n",
		check_bits},
	{"sr1 = BUSY RES - WPLD WSP WSE WEL BUSY\n", check_busy_twice},
};

START_TEST(keys_set_the_fields_of_the_part)
{
	g_autoptr(GError) error = NULL;
	struct chipdb *db;
	const struct flash_part *part = read_part(&db, good[_i].lines, &error);

	ck_assert_msg(part != NULL, "%s", part ? "" : error->message);
	good[_i].check(part);
	chipdb_close(db);
}
END_TEST

static const struct {
	const char *word;
	enum flash_range_rule rule;
} rules[] = {
	{"none", FLASH_RANGE_NONE},
	{"pow2", FLASH_RANGE_POW2},
	{"pow2-mirrored", FLASH_RANGE_POW2_MIRRORED},
	{"pow2-cmp-inverts-bp", FLASH_RANGE_POW2_CMP_INVERTS_BP},
	{"pow2-fixed64k", FLASH_RANGE_POW2_FIXED64K},
	{"pow2-double", FLASH_RANGE_POW2_DOUBLE},
	{"from3-sixteenth", FLASH_RANGE_FROM3_SIXTEENTH},
	{"quarters", FLASH_RANGE_QUARTERS},
	{"at2x-sectors", FLASH_RANGE_AT2X_SECTORS},
	{"sst26", FLASH_RANGE_SST26},
};

START_TEST(every_range_rule_has_a_name)
{
	g_autofree char *line = g_strdup_printf("protection = %s\n", rules[_i].word);
	g_autoptr(GError) error = NULL;
	struct chipdb *db;
	const struct flash_part *part = read_part(&db, line, &error);

	ck_assert_msg(part != NULL, "%s", part ? "" : error->message);
	ck_assert_int_eq(part->range_rule, rules[_i].rule);
	chipdb_close(db);
}
END_TEST

#define LIST_ALLOWED                                                                         \
	"\" is refused; allowed: a range for each value of BP: none, all, a size, a "        \
	"fraction such as 1/64, @other behind it for the other end, or chip-erase; such as " \
	"none 1/4 1/2 all"

static const struct {
	const char *lines;
	const char *says; /* after the name of the part */
} bad[] = {
	{"protection = halves\n",
		"protection = \"halves\" is refused; allowed: none, pow2, pow2-mirrored, "
		"pow2-cmp-inverts-bp, pow2-fixed64k, pow2-double, from3-sixteenth, quarters, "
		"list, at2x-sectors or sst26"},
	{"protection-list = none 3/2\n", "protection-list = \"none 3/2" LIST_ALLOWED},
	{"protection-list = 64K@top\n", "protection-list = \"64K@top" LIST_ALLOWED},
	{"protection-list =\n", "protection-list = \"" LIST_ALLOWED},
	{"protection = list\nprotection-list = none 1/4 1/2 all\n",
		"protection-list has 4 ranges, its BP bits have 8 values"},
	{"protection = list\n", "protection-list has 0 ranges, its BP bits have 8 values"},
	{"wp-protects = 64Q\n", "wp-protects = \"64Q\" is refused; allowed: a size, such as 64K"},
	{"lock-map = 64Kx31\n", "the blocks of lock-map are not as large as size"},
	{"lock-map = 4M\n", "the blocks of lock-map are not as large as size"},
	{"size = 2G\nlock-map = 64\n",
		"lock-map has blocks so small that size has more than 16777216 of them"},
	{"commands += WBPR\n",
		"a block-protection register (RBPR, WBPR, NVWLDR) needs protection = sst26, a size "
		"of at least 128K and no lock-map"},
	{"protection = sst26\nsize = 64K\ncommands += NVWLDR\n",
		"a block-protection register (RBPR, WBPR, NVWLDR) needs protection = sst26, a size "
		"of at least 128K and no lock-map"},
	{"lock-map = chip\n",
		"lock-map = \"chip\" is refused; allowed: the size of all blocks, or a map such as "
		"4Kx16 + 64Kx30 + 4Kx16"},
	{"lock-power-up = shut\n", "lock-power-up = \"shut\" is refused; allowed: locked or open"},
	{"after-failure = hang\n", "after-failure = \"hang\" is refused; allowed: ready or busy"},
	{"after-failure = busy\n", "after-failure = busy needs the command CLSR, which is missing"},
};

START_TEST(errors_name_the_key_and_allowed_values)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *wanted = NULL;
	struct chipdb *db;

	ck_assert_ptr_null(read_part(&db, bad[_i].lines, &error));
	wanted = g_strdup_printf("%s/a.chips: [P]: %s", folder, bad[_i].says);
	ck_assert_str_eq(error->message, wanted);
	chipdb_close(db);
}
END_TEST

Suite *
suite_chipdb_protect(void)
{
	Suite *suite = suite_create("chipdb_protect");
	TCase *tcase = tcase_create("chipdb_protect");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 20);
	tcase_add_loop_test(tcase, keys_set_the_fields_of_the_part, 0, G_N_ELEMENTS(good));
	tcase_add_loop_test(tcase, every_range_rule_has_a_name, 0, G_N_ELEMENTS(rules));
	tcase_add_loop_test(tcase, errors_name_the_key_and_allowed_values, 0, G_N_ELEMENTS(bad));
	suite_add_tcase(suite, tcase);
	return suite;
}
