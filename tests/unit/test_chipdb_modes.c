/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys of chip data for address modes, erase maps, further registers, dies, OTP areas and SFDP
 * files: their effect on struct flash_part, and the error messages.
 */
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
	folder = g_dir_make_tmp("spinor-modes-XXXXXX", NULL);
	g_setenv("SPINOR_CHIPDB", "", TRUE);
}

static void
write_file(const char *name, const void *data, size_t n)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	ck_assert(g_file_set_contents(path, data, (gssize)n, NULL));
}

static void
teardown(void)
{
	g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(entries))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		g_remove(path);
	}
	g_rmdir(folder);
	g_clear_pointer(&folder, g_free);
}

/* The part with these lines appended to the base; NULL and an error if they are rejected. */
static const struct flash_part *
read_part(struct chipdb **db, const char *lines, GError **error)
{
	g_autofree char *text = g_strconcat(BASE, lines, NULL);

	write_file("a.chips", text, strlen(text));
	*db = chipdb_open(folder, error);
	ck_assert_ptr_nonnull(*db);
	return chipdb_find(*db, "P", error);
}

static void
check_defaults(const struct flash_part *part)
{
	ck_assert_mem_eq(part->any_registers, ((uint8_t[]){1, 3, 2, 4, 5, 6}), 6);
	ck_assert_uint_eq(part->evcr_default, 0xdf);
	ck_assert_uint_eq(part->evcr_fixed, 0);
	ck_assert_mem_eq(part->asp_default, ((uint8_t[]){0xff, 0xff}), 2);
	ck_assert_int_eq(part->id_cfi, FLASH_ID_CFI_NONE);
	ck_assert_uint_eq(part->dies, 1);
	ck_assert_uint_eq(part->security_register_first, 1);
	ck_assert_uint_eq(part->otp_size, 0);
	ck_assert_int_eq(part->unique_id_tail, FLASH_ID_FLOAT);
	ck_assert_uint_eq(part->unique_id_register, 0);
	ck_assert(!part->empty_frame_blocks && !part->wp_with_qe);
	ck_assert_int_eq(part->continuous, FLASH_CONTINUOUS_NONE);
	ck_assert_int_eq(part->otp_lock, FLASH_OTP_OPEN);
	ck_assert_int_eq(part->sfdp, FLASH_SFDP_NONE);
}

static void
check_registers(const struct flash_part *part)
{
	ck_assert_int_eq(part->status[3][7].function, FLASH_BIT_ADP);
	ck_assert_int_eq(part->status[3][6].function, FLASH_BIT_QPI);
	ck_assert_int_eq(part->status[4][3].function, FLASH_BIT_UNIFORM);
	ck_assert_int_eq(part->status[5][0].function, FLASH_BIT_USER);
	ck_assert_mem_eq(part->status_default + 3, ((uint8_t[]){0x08, 0x00, 0x01}), 3);
	ck_assert_mem_eq(part->any_registers, ((uint8_t[]){1, 0, 2, 3, 5, 0}), 6);
}

static void
check_rest(const struct flash_part *part)
{
	ck_assert_uint_eq(part->evcr_default, 0xff);
	ck_assert_uint_eq(part->dies, 2);
	ck_assert_uint_eq(part->security_register_first, 0);
	ck_assert_uint_eq(part->otp_size, 506);
	ck_assert_uint_eq(part->otp_factory_start, 16);
	ck_assert_uint_eq(part->otp_factory_end, 32);
	ck_assert_int_eq(part->otp_lock, FLASH_OTP_REGIONS);
	ck_assert_uint_eq(part->otp_read_dummy, 16);
	ck_assert_int_eq(part->timing[FLASH_T_NVCR].typ_ns, 200000000);
	ck_assert_int_eq(part->timing[FLASH_T_NVCR].max_ns, 3000000000);
}

static void
check_identity(const struct flash_part *part)
{
	static const uint8_t times[] = {0x06, 0x08, 0x08, 0x0f, 0x02, 0x02, 0x03, 0x04};

	ck_assert_uint_eq(part->id_unique, 0);
	ck_assert_int_eq(part->id_cfi, FLASH_ID_CFI_FL_P);
	ck_assert_mem_eq(part->id_cfi_times, times, sizeof(times));
	ck_assert_uint_eq(part->evcr_fixed, 0x20);
	ck_assert(part->wrsr_short_refused && !part->wrsr_short_clears);
	ck_assert(part->locks_kept_on_reset);
	ck_assert_mem_eq(part->asp_default, ((uint8_t[]){0x7f, 0xfe}), 2);
	ck_assert_uint_eq(part->security_register_step, 512);
	ck_assert_int_eq(part->timing[FLASH_T_PW].typ_ns, 11000000);
	ck_assert_int_eq(part->timing[FLASH_T_PW].max_ns, 23000000);
}

static void
check_erases(const struct flash_part *part)
{
	const struct flash_erase *erase = part->erases;

	ck_assert_uint_eq(part->n_erases, 4);
	ck_assert_uint_eq(erase[0].opcode, 0xd8);
	ck_assert_uint_eq(erase[0].size, 65536);
	ck_assert(!erase[0].hybrid && !erase[0].four_byte);
	ck_assert_uint_eq(erase[1].opcode, 0xdc);
	ck_assert(!erase[1].hybrid && erase[1].four_byte);
	ck_assert_uint_eq(erase[2].opcode, 0xd8);
	ck_assert(erase[2].hybrid && !erase[2].four_byte);
	ck_assert_uint_eq(erase[2].n_regions, 3);
	ck_assert(erase[2].regions[0].gap && !erase[2].regions[1].gap);
	ck_assert_uint_eq(erase[2].regions[0].n_blocks, 8);
	ck_assert_uint_eq(erase[2].regions[1].block_size, 32768);
	ck_assert_uint_eq(erase[2].regions[2].n_blocks, 31);
	ck_assert(erase[3].hybrid && erase[3].four_byte);
	ck_assert_uint_eq(erase[3].opcode, 0x21);
}

static void
check_quirks(const struct flash_part *part)
{
	ck_assert_uint_eq(part->unique_id_length, 16);
	ck_assert_int_eq(part->unique_id_tail, FLASH_ID_REPEAT);
	ck_assert_uint_eq(part->unique_id_register, 1);
	ck_assert(part->empty_frame_blocks && part->wp_with_qe);
	ck_assert_int_eq(part->continuous, FLASH_CONTINUOUS_TOGGLE);
}

static const struct {
	const char *lines;
	void (*check)(const struct flash_part *part);
} good[] = {
	{"", check_defaults},
	{"cr2 = ADP QPI - - USER USER USER USER\ncr2-default = 08\n"
	 "cr3 = - - - - UNIFORM - - -\ncr4 = - - - - - - - USER/otp\ncr4-default = 01\n"
	 "registers = sr1 - sr2 sr3 cr3\n",
		check_registers},
	{"evcr-default = FF\ndies = 2\nsecurity-register-first = 0\notp-size = 506\n"
	 "otp-factory = 16-31\notp-lock = regions\notp-read-dummy = 16\ntNVCR = 200 ms, 3 s\n",
		check_rest},
	{"id = 01 20 18 4D\nid-cfi = fl-p\nid-cfi-times = 06 08 08 0F 02 02 03 04\n"
	 "evcr-fixed = 20\nwrsr-short = refuse\nlock-reset = keep\nasp-default = 7F FE\n"
	 "security-register-step = 512\ntPW = 11 ms, 23 ms\nerase-D8 = 64K, 1 s\n",
		check_identity},
	{"erase-D8 = 64K, 1 s\nerase4-DC = 64K, 1 s\n"
	 "hybrid-D8 = -4Kx8 + 32K + 64Kx31, 1 s\nhybrid4-21 = 4Kx8 + -32Kx63, 1 s\n",
		check_erases},
	{"unique-id = 16\nunique-id-tail = repeat\nunique-id-register = 0\n"
	 "empty-frame = blocks-next\nwp-with-qe = yes\n"
	 "continuous-read = toggle\n",
		check_quirks},
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
	const char *lines;
	const char *says;
} bad[] = {
	{"registers = sr1 sr4\n", "registers = \"sr1 sr4\" is refused; allowed: up to 6 of sr1"},
	{"registers = - - - - - - -\n", "is refused; allowed: up to 6 of"},
	{"cr2-default = 08\n", "cr2-default sets bit 3, which is reserved (-) in cr2"},
	{"cr2 = BP0 - - - - - - -\n", "bit 7 of cr2 is in another place already"},
	{"unique-id-tail = ones\n", "allowed: repeat, float or zero"},
	{"unique-id-register = 17\n", "allowed: 0 to 16"},
	{"empty-frame = yes\n", "allowed: none or blocks-next"},
	{"wp-with-qe = maybe\n", "allowed: no or yes"},
	{"continuous-read = yes\n", "allowed: none, m5-4, axh or toggle"},
	{"otp-size = 0\n", "otp-size = \"0\" is refused; allowed: 1 to 64K"},
	{"otp-size = 128K\n", "otp-size = \"128K\" is refused"},
	{"otp-factory = 15-0\n", "otp-factory = \"15-0\" is refused; allowed: first and last byte"},
	{"otp-factory = 16\n", "otp-factory = \"16\" is refused"},
	{"otp-size = 64\notp-factory = 0-64\n", "otp-factory goes beyond otp-size"},
	{"otp-lock = twice\n", "allowed: none, control-byte, regions or once"},
	{"otp-read-dummy = 12\n", "allowed: clocks: 8, 16, 24 or 32"},
	{"dies = 0\n", "dies = \"0\" is refused; allowed: 1 to 4"},
	{"wrsr-bytes = 4\n", "wrsr-bytes = \"4\" is refused; allowed: 1 to 3"},
	{"commands += ENSO\n", "command ENSO needs the key otp-size, which is missing"},
	{"commands += RDOTP\n", "command RDOTP needs the key otp-size, which is missing"},
	{"commands += DIE_SELECT\n", "command DIE_SELECT needs the key dies, which is missing"},
	{"erase-20 = 4Kx32 + -64Kx29, 1 s\n",
		"erase-20 has blocks that are together not as large as size"},
	{"erase-20 = -4K, 1 s\n", "erase-20 has blocks that are together not as large as size"},
	{"erase-20 = --4K, 1 s\n", "erase-20 = \"--4K, 1 s\" is refused"},
	{"erase5-20 = 4K, 1 s\n", "unknown key \"erase5-20\""},
	{"hybridx20 = 4K, 1 s\n", "unknown key \"hybridx20\""},
	{"id-unique = 17\n", "id-unique = \"17\" is refused; allowed: 0 to 16 (bytes)"},
	{"id-cfi = yes\n", "id-cfi = \"yes\" is refused; allowed: none, fl-p or fl-s"},
	{"id-cfi-times = 06 08\n", "id-cfi-times = \"06 08\" is refused; allowed: 8 hex bytes"},
	{"id = 01 20 18 4D\nid-cfi = fl-s\nerase-D8 = 64K, 1 s\n",
		"id-cfi needs the key id-cfi-times"},
	{"id = 01 20 18\nid-cfi = fl-s\nerase-D8 = 64K, 1 s\n",
		"id-cfi needs an id of at least 4 bytes"},
	{"id = 01 20 18 4D\nid-cfi = fl-s\nerase-D8 = none\n",
		"id-cfi needs erase-D8, whose blocks its regions are"},
	{"evcr-fixed = 2\n", "evcr-fixed = \"2\" is refused; allowed: one hex byte, such as 20"},
	{"lock-reset = clear\n", "lock-reset = \"clear\" is refused; allowed: power-up or keep"},
	{"asp-default = FF\n",
		"asp-default = \"FF\" is refused; allowed: 2 hex bytes, such as 7F FE"},
	{"security-register-step = 8K\n",
		"security-register-step = \"8K\" is refused; allowed: a power of two up to 4K"},
	{"security-register-size = 512\nsecurity-register-step = 256\n",
		"security-register-step is smaller than security-register-size"},
	{"commands += PW\n", "command PW needs the key tPW, which is missing"},
	/* Beyond the limits of the engine. */
	{"commands += PRSCUR\nsecurity-registers = 3\n",
		"command PRSCUR needs the key security-register-size, which is missing"},
	{"commands += SID_PROGRAM\n",
		"command SID_PROGRAM needs the key security-registers, which is missing"},
	{"security-register-size = 8K\n",
		"security-register-size = \"8K\" is refused; allowed: a power of two up to 4K"},
	{"otp-size = 19\notp-lock = regions\n",
		"otp-lock = regions needs an otp-size of at least 20, where its bits are"},
	{"id = 20\npage = 2K\ncommands += RDIDP\n",
		"an identification page (RDIDP, WRIDP) has up to 1K: address bit 10 is its lock"},
	{"page = 32\ncommands += DF_READ\n",
		"page of a DataFlash is at least 64, as its security register"},
	{"commands += DF_READ\nerase-7C = 256x8192, 1 s\n",
		"erase-7C has more sectors than page has bytes for their protection"},
	{"size = 2112K\npage = 264\ncommands += DF_READ\n",
		"a page of 33/32 of a power of two is for commands DF_... only"},
	{"commands = DF_READ\nerase-50 = 768, 1 s\n", "erase-50 has blocks that do not fill size"},
	{"size = 2G\nerase-20 = 64, 1 s\n", "erase-20 has more than 16777216 blocks"},
	{"size = 2G\nerase-20 = 64x2048 + 64Kx32766, 1 s\n",
		"erase-20 has blocks so small that size has more than 16777216 of them"},
	{"size = 4G\nerase-C7 = chip, 1 s\n",
		"erase-C7 erases the whole chip, which can have up to 2G"},
	{"sfdp = nothing.bin\n", "nothing.bin"},
	{"sfdp = empty.hex\n", "empty.hex is no SFDP: neither bytes nor hex that begin with"},
	{"sfdp-layout = none\n", "there are jesd216b winbond-1.0"},
	{"sfdp-wrap = 128\n", "no, or a power of two from 256 to 16M"},
	{"sfdp-wrap = 300\n", "no, or a power of two from 256 to 16M"},
	{"sfdp = generated\nsfdp-layout = macronix-1.6\nsfdp-wrap = 256\n",
		"sfdp-wrap is less than the tables of the SFDP are long"},
	{"sfdp = odd.hex\n", "odd.hex is no SFDP: neither bytes nor hex that begin with"},
};

START_TEST(errors_name_the_key_and_allowed_values)
{
	g_autoptr(GError) error = NULL;
	struct chipdb *db;

	write_file("empty.hex", "", 0);
	write_file("odd.hex", "53 46 44 5", 10);
	ck_assert_ptr_null(read_part(&db, bad[_i].lines, &error));
	ck_assert_msg(strstr(error->message, bad[_i].says) != NULL, "\"%s\" does not say \"%s\"",
		error->message, bad[_i].says);
	ck_assert_msg(strstr(error->message, "[P]: ") != NULL, "%s", error->message);
	chipdb_close(db);
}
END_TEST

/* Bytes with a zero among them, and the same as text. */
START_TEST(sfdp_files_are_loaded_or_rejected)
{
	static const uint8_t bytes[] = {'S', 'F', 'D', 'P', 6, 1, 0, 0xff, 0, 0x0a};
	static const char text[] = "# read out of a chip\n53 46 44 50\n06010\t0 # no\n";
	static const char good_text[] =
		"# read out of a chip\n53 46 44 50 # SFDP\n060100FF\n\t00 0A\n";
	g_autoptr(GError) error = NULL;
	struct chipdb *db;
	const struct flash_part *part;

	write_file("t.bin", bytes, sizeof(bytes));
	part = read_part(&db, "sfdp = t.bin\n", &error);
	ck_assert_msg(part != NULL, "%s", part ? "" : error->message);
	ck_assert_int_eq(part->sfdp, FLASH_SFDP_FILE);
	ck_assert_uint_eq(part->sfdp_length, sizeof(bytes));
	ck_assert_mem_eq(part->sfdp_data, bytes, sizeof(bytes));
	chipdb_close(db);
	write_file("t.hex", good_text, strlen(good_text));
	part = read_part(&db, "sfdp = t.hex\n", &error);
	ck_assert_msg(part != NULL, "%s", part ? "" : error->message);
	ck_assert_uint_eq(part->sfdp_length, sizeof(bytes));
	ck_assert_mem_eq(part->sfdp_data, bytes, sizeof(bytes));
	chipdb_close(db);
	write_file("t.hex", text, strlen(text));
	ck_assert_ptr_null(read_part(&db, "sfdp = t.hex\n", &error));
	chipdb_close(db);
}
END_TEST

Suite *
suite_chipdb_modes(void)
{
	Suite *suite = suite_create("chipdb_modes");
	TCase *tcase = tcase_create("chipdb_modes");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 20);
	tcase_add_loop_test(tcase, keys_set_the_fields_of_the_part, 0, G_N_ELEMENTS(good));
	tcase_add_loop_test(tcase, errors_name_the_key_and_allowed_values, 0, G_N_ELEMENTS(bad));
	tcase_add_test(tcase, sfdp_files_are_loaded_or_rejected);
	suite_add_tcase(suite, tcase);
	return suite;
}
