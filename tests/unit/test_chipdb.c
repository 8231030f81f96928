/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chip data: inheritance, look-ups, and the exact text of error messages. */
#include "chipdb/chipdb.h"

#include "base/error.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

/* Complete, so that a case shows only the key under test. */
#define BASE                                                                                \
	"[family BASE]\nvendor = V\npage = 256\nvoltage = 2.7 V - 3.6 V\nid = EF 40 14\n"   \
	"sr1 = - - - BP2 BP1 BP0 WEL BUSY\ncommands = READ PP\nfR = 50 MHz\nFR = 104 MHz\n" \
	"tPP = 1 ms, 3 ms\ntW = 5 ms\nerase-20 = 4K, 45 ms, 400 ms\nerase-C7 = chip, 1 s, 2 s\n"
#define PART "[P1]\ninherits = BASE\nsize = 1M\n"

static char *dir;

static void
write_file(const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	ck_assert(g_file_set_contents(path, text, -1, NULL));
}

static void
setup(void)
{
	dir = g_dir_make_tmp("spinor-chipdb-XXXXXX", NULL);
	ck_assert_ptr_nonnull(dir);
}

static void
teardown(void)
{
	g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(entries))) {
		g_autofree char *path = g_build_filename(dir, name, NULL);

		g_unlink(path);
	}
	g_rmdir(dir);
	g_clear_pointer(&dir, g_free);
}

/* NULL: the chips of this source tree; otherwise only that folder. */
static struct chipdb *
open_dir(const char *path)
{
	g_autoptr(GError) error = NULL;
	struct chipdb *db;

	if (path)
		g_setenv("SPINOR_CHIPDB", "", TRUE);
	db = chipdb_open(path, &error);
	ck_assert_msg(db != NULL, "%s", error ? error->message : "");
	return db;
}

static const struct flash_part *
must_find(struct chipdb *db, const char *name)
{
	g_autoptr(GError) error = NULL;
	const struct flash_part *part = chipdb_find(db, name, &error);

	ck_assert_msg(part != NULL, "%s: %s", name, error ? error->message : "");
	return part;
}

static const struct flash_erase *
erase_of(const struct flash_part *part, int opcode)
{
	for (unsigned int i = 0; i < part->n_erases; i++) {
		if (part->erases[i].opcode == opcode)
			return &part->erases[i];
	}
	return NULL;
}

static bool
has_command(const struct flash_part *part, const char *name, int opcode)
{
	for (unsigned int i = 0; i < part->n_commands; i++) {
		if (strcmp(part->commands[i].name, name) == 0 && part->commands[i].opcode == opcode)
			return true;
	}
	return false;
}

/* message: the expected error, with DIR for the folder. */
static void
assert_message(const GError *error, int code, const char *message)
{
	g_autoptr(GString) wanted = g_string_new(message);

	g_string_replace(wanted, "DIR", dir, 0);
	ck_assert_ptr_nonnull(error);
	ck_assert_str_eq(error->message, wanted->str);
	ck_assert_ptr_null(strchr(error->message, '\n'));
	ck_assert(g_error_matches(error, BASE_ERROR, code));
}

/* The error for part P1 of the folder, when the folder is opened or the part is looked up. */
static void
assert_refused(const char *message)
{
	g_autoptr(GError) error = NULL;
	struct chipdb *db;

	g_setenv("SPINOR_CHIPDB", "", TRUE);
	db = chipdb_open(dir, &error);
	if (db)
		ck_assert_msg(chipdb_find(db, "P1", &error) == NULL, "%s", message);
	assert_message(error, BASE_ERROR_FILE, message);
	chipdb_close(db);
}

START_TEST(parts_override_keys_of_families)
{
	struct chipdb *db;
	const struct flash_part *part;

	write_file("b.chips",
		"[P1]\ninherits = CHILD\nsize = 1M\ncommands -= PP\ncommands += WREN:0E WREN\n"
		"erase-20 = none\nerase-81 = 256, 1 ms\n"
		"[P2]\ninherits = CHILD\nsize = 2M\n");
	write_file(
		"a.chips", BASE "[family CHILD]\ninherits = BASE\ncommands += WRDI\ntW = 7 ms\n");
	write_file("ignored.chips~", "nonsense");
	db = open_dir(dir);
	part = must_find(db, "P1");
	ck_assert_uint_eq(part->n_commands, 4);
	ck_assert(has_command(part, "READ", -1) && has_command(part, "WRDI", -1));
	ck_assert(has_command(part, "WREN", 0x0E) && has_command(part, "WREN", -1));
	ck_assert_ptr_null(erase_of(part, 0x20));
	ck_assert_uint_eq(erase_of(part, 0x81)->size, 256);
	ck_assert_int_eq(part->timing[FLASH_T_W].typ_ns, 7000000);
	part = must_find(db, "P2");
	ck_assert_uint_eq(part->n_commands, 3);
	ck_assert_uint_eq(part->n_erases, 2);
	ck_assert_ptr_null(part->flashrom_name);
	chipdb_close(db);
}
END_TEST

START_TEST(parts_override_dummy_clocks_and_refused_commands)
{
	struct chipdb *db;
	const struct flash_part *part;

	write_file("a.chips",
		BASE "[family CHILD]\ninherits = BASE\nsr2 = DC1 DC0 - - - - - -\n"
		     "dummy-code = sr2 C0\ndummy-FAST_READ = 8 6 8 10\ndummy-DREAD = 8\n"
		     "qpi-dummy-2READ = 5\nsuspend-refuses = DP ERASE\n"
		     "erase-suspend-refuses = PP\n"
		     "[P1]\ninherits = CHILD\nsize = 1M\n"
		     "[P2]\ninherits = CHILD\nsize = 1M\ndummy-code = none\n"
		     "dummy-FAST_READ = none\ndummy-DREAD = 6\nsuspend-refuses = none\n");
	db = open_dir(dir);
	part = must_find(db, "P1");
	ck_assert_uint_eq(part->dummy_mask, 0xc0);
	ck_assert_uint_eq(part->n_dummies, 3);
	ck_assert_uint_eq(part->dummies[0].n_clocks, 4);
	ck_assert_uint_eq(part->dummies[0].clocks[3], 10);
	ck_assert_uint_eq(part->dummies[2].n_clocks, 0);
	ck_assert_uint_eq(part->dummies[2].qpi_clocks[0], 5);
	ck_assert_uint_eq(part->n_refused, 3);
	part = must_find(db, "P2");
	ck_assert_uint_eq(part->dummy_register, FLASH_DUMMY_FIXED);
	ck_assert_uint_eq(part->n_dummies, 2);
	ck_assert_str_eq(part->dummies[0].command, "DREAD");
	ck_assert_uint_eq(part->dummies[0].clocks[0], 6);
	ck_assert_uint_eq(part->n_refused, 1);
	ck_assert_str_eq(part->refused[0].command, "PP");
	ck_assert_uint_eq(part->refused[0].when, FLASH_REFUSED_IN_ERASE);
	chipdb_close(db);
}
END_TEST

/* Sizes of a DataFlash are multiples of its page size. */
START_TEST(dataflash_sizes_are_multiples_of_a_page)
{
	struct chipdb *db;
	const struct flash_part *part;

	write_file("a.chips",
		"[P1]\nvendor = V\nsize = 2112K\npage = 528\nvoltage = 2.7 V - 3.6 V\n"
		"sr1 = RDY COMP USER/ro USER/ro USER/ro USER/ro PROTECT PAGE_SIZE\n"
		"sr1-default = 2C\nsr2 = RDY - - - SLE PS2 PS1 ES\nfR = 33 MHz\nFR = 66 MHz\n"
		"commands = DF_READ DF_RDSR DF_RDSR:57 DF_BUF1_ERASE_PROGRAM DF_BUF1_PROGRAM\n"
		"tPP = 3 ms, 6 ms\ntEP = 17 ms, 40 ms\ntXFR = 200 us\ntCOMP = 220 us\n"
		"tXUDPD = 70 us\nerase-81 = 528, 15 ms, 35 ms\n"
		"erase-7C = 4224 + 130944 + 132Kx15, 1.6 s, 5 s\n");
	db = open_dir(dir);
	part = must_find(db, "P1");
	ck_assert(flash_part_is_dataflash(part));
	ck_assert_uint_eq(part->size, 4096 * 528);
	ck_assert_uint_eq(part->page_size, 528);
	ck_assert_uint_eq(erase_of(part, 0x81)->size, 528);
	ck_assert_uint_eq(erase_of(part, 0x7c)->regions[1].block_size, 248 * 528);
	ck_assert_uint_eq(erase_of(part, 0x7c)->regions[2].n_blocks, 15);
	ck_assert_int_eq(part->status[0][7].function, FLASH_BIT_RDY);
	ck_assert_int_eq(part->status[1][7].function, FLASH_BIT_RDY);
	ck_assert_int_eq(part->status[1][1].function, FLASH_BIT_PSB);
	ck_assert_uint_eq(part->status_default[0], 0x2c);
	ck_assert_int_eq(part->timing[FLASH_T_EP].max_ns, 40000000);
	ck_assert_int_eq(part->timing[FLASH_T_XFR].typ_ns, 200000);
	ck_assert_int_eq(part->timing[FLASH_T_COMP].typ_ns, 220000);
	ck_assert_int_eq(part->timing[FLASH_T_UDPD].typ_ns, 70000);
	ck_assert(has_command(part, "DF_RDSR", 0x57));
	chipdb_close(db);
}
END_TEST

/* "as" refers to the erase of the part, which may override that of the family. */
START_TEST(an_erase_can_copy_another_one)
{
	struct chipdb *db;
	const struct flash_part *part;

	write_file("a.chips",
		BASE "[family CHILD]\ninherits = BASE\nerase-60 = as C7\nerase4-21 = as 20\n"
		     "[P1]\ninherits = CHILD\nsize = 1M\nerase-C7 = chip, 3 s, 9 s\n"
		     "[P2]\ninherits = CHILD\nsize = 2M\nerase-60 = none\nerase4-21 = 8K, 1 s\n");
	db = open_dir(dir);
	part = must_find(db, "P1");
	ck_assert_uint_eq(part->n_erases, 4);
	ck_assert_int_eq(erase_of(part, 0x60)->time.max_ns, 9000000000);
	ck_assert(!erase_of(part, 0x60)->four_byte);
	ck_assert_uint_eq(erase_of(part, 0x21)->size, 4096);
	ck_assert(erase_of(part, 0x21)->four_byte && !erase_of(part, 0x20)->four_byte);
	part = must_find(db, "P2");
	ck_assert_uint_eq(part->n_erases, 3);
	ck_assert_uint_eq(erase_of(part, 0x21)->size, 8192);
	chipdb_close(db);
}
END_TEST

START_TEST(names_are_found_in_any_case)
{
	g_autoptr(GError) error = NULL;
	struct chipdb *db;

	write_file("a.chips",
		BASE PART "flashrom = F.one\naliases = Alias-1; Alias-2;\n"
			  "[P2]\ninherits = BASE\nsize = 2M\nflashrom = F.same\n"
			  "[P3]\ninherits = BASE\nsize = 2M\nflashrom = F.same\n");
	db = open_dir(dir);
	ck_assert_str_eq(must_find(db, "p1")->name, "P1");
	ck_assert_str_eq(must_find(db, "ALIAS-2")->name, "P1");
	ck_assert_str_eq(must_find(db, "f.ONE")->name, "P1");
	ck_assert_str_eq(must_find(db, "P1")->aliases[1], "Alias-2");
	ck_assert_ptr_null(must_find(db, "P1")->aliases[2]);
	ck_assert_ptr_null(chipdb_find(db, "F.same", &error));
	assert_message(
		error, BASE_ERROR_USAGE, "chip \"F.same\" can be any of P2, P3: name one of these");
	chipdb_close(db);
}
END_TEST

START_TEST(unknown_names_get_a_suggestion)
{
	static const char *const cases[][2] = {
		{"W25Q182JV",
			"unknown chip \"W25Q182JV\": did you mean W25Q128JV? (spinord "
			"--list-chips lists all)"},
		{"mx25l6436ff",
			"unknown chip \"mx25l6436ff\": did you mean MX25L6436F? (spinord "
			"--list-chips lists all)"},
		{"s25fl128s",
			"unknown chip \"s25fl128s\": did you mean S25FL128S-256K or "
			"S25FL128SAGMFI000 or S25FL128S-64K or S25FL128SAGMFI001? (spinord "
			"--list-chips lists all)"},
		{"W25Q80DVSNIG-TR",
			"unknown chip \"W25Q80DVSNIG-TR\": did you mean W25Q80DV? (spinord "
			"--list-chips lists all)"},
		{"frobnicator", "unknown chip \"frobnicator\" (spinord --list-chips lists all)"},
		{"", "unknown chip \"\" (spinord --list-chips lists all)"},
	};
	struct chipdb *db = open_dir(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		ck_assert_ptr_null(chipdb_find(db, cases[i][0], &error));
		assert_message(error, BASE_ERROR_USAGE, cases[i][1]);
	}
	chipdb_close(db);
}
END_TEST

START_TEST(lists_are_sorted_and_filtered)
{
	static const struct {
		const char *pattern;
		const char *names;
	} cases[] = {
		{NULL, "MX25L6436F W25Q128JV W25Q80DV"},
		{"w25q", "W25Q128JV W25Q80DV"},
		{"MACRO", "MX25L6436F"},
		{"128jvsiq", "W25Q128JV"},
		{"nothing", ""},
	};
	struct chipdb *db = open_dir(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) parts = chipdb_list(db, cases[i].pattern);
		g_autoptr(GString) names = g_string_new(NULL);

		for (unsigned int j = 0; j < parts->len; j++) {
			const struct flash_part *part = g_ptr_array_index(parts, j);

			/* Ignores parts that are added to the files later. */
			if (strstr(cases[0].names, part->name))
				g_string_append_printf(
					names, "%s%s", names->len ? " " : "", part->name);
		}
		ck_assert_str_eq(names->str, cases[i].names);
	}
	chipdb_close(db);
}
END_TEST

static void
keep_log(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
	char **kept = data;

	(void)domain;
	(void)level;
	ck_assert_ptr_null(*kept);
	*kept = g_strdup(message);
}

START_TEST(a_part_with_an_error_does_not_affect_others)
{
	g_autofree char *message = NULL;
	g_autofree char *wanted = g_strconcat(dir,
		"/a.chips: [P2]: size = \"3M\" is refused; allowed: a power of two up to 4G, "
		"such as 16M; of a DataFlash also 33/32 of one",
		NULL);
	g_autoptr(GPtrArray) parts = NULL;
	struct chipdb *db;

	write_file("a.chips", BASE PART "[P2]\ninherits = BASE\nsize = 3M\n");
	db = open_dir(dir);
	must_find(db, "P1");
	g_log_set_handler("spinor", G_LOG_LEVEL_WARNING, keep_log, &message);
	parts = chipdb_list(db, NULL);
	ck_assert_uint_eq(parts->len, 1);
	ck_assert_str_eq(message, wanted);
	chipdb_close(db);
}
END_TEST

static const struct {
	const char *text; /* follows BASE */
	const char *message;
} refusals[] = {
	{PART "siez = 1M\n",
		"DIR/a.chips: [P1]: unknown key \"siez\": did you mean size?; "
		"spinor-chipdb(5) lists all"},
	{PART "erse-20 = 4K, 1 s\n",
		"DIR/a.chips: [P1]: unknown key \"erse-20\": did you mean erase-20?; "
		"spinor-chipdb(5) lists all"},
	{PART "colour = red\n",
		"DIR/a.chips: [P1]: unknown key \"colour\"; spinor-chipdb(5) lists all"},
	{"[P1]\ninherits = BASE\n",
		"DIR/a.chips: [P1]: key size is missing, here and in its families; allowed: a "
		"power of two up to 4G, such as 16M; of a DataFlash also 33/32 of one"},
	{"[P1]\ninherits = BASE\nsize = 15M\n",
		"DIR/a.chips: [P1]: size = \"15M\" is refused; allowed: a power of two up to 4G, "
		"such as 16M; of a DataFlash also 33/32 of one"},
	{PART "page = 264\n",
		"DIR/a.chips: [P1]: size and page have to be powers of two; only a DataFlash "
		"(commands DF_...) can have 33/32 of one"},
	{PART "page = 300\n",
		"DIR/a.chips: [P1]: page = \"300\" is refused; allowed: a power of two up to 64K, "
		"such as 256; of a DataFlash also 33/32 of one"},
	{PART "page = 264\ncommands = DF_READ\nerase-20 = none\n",
		"DIR/a.chips: [P1]: size has to be page times a power of two, as in size = 4224K "
		"and page = 528"},
	{PART "commands = DF_READ\nerase-20 = none\nerase-50 = 300, 1 s\n",
		"DIR/a.chips: [P1]: erase-50 does not erase whole pages"},
	{PART "voltage = 3.6 V - 2.7 V\n",
		"DIR/a.chips: [P1]: voltage = \"3.6 V - 2.7 V\" is refused; allowed: lowest and "
		"highest, such as 2.7 V - 3.6 V"},
	{PART "id = EF 4 18\n",
		"DIR/a.chips: [P1]: id = \"EF 4 18\" is refused; allowed: 1 to 8 hex bytes, such "
		"as EF 40 18"},
	{PART "id-tail = FLOAT\n",
		"DIR/a.chips: [P1]: id-tail = \"FLOAT\" is refused: did you mean float?; "
		"allowed: repeat, float or zero"},
	{PART "rems = EF\n",
		"DIR/a.chips: [P1]: rems = \"EF\" is refused; allowed: 2 hex bytes: manufacturer "
		"and device, such as EF 17"},
	{PART "unique-id = 17\n",
		"DIR/a.chips: [P1]: unique-id = \"17\" is refused; allowed: 0 to 16 (bytes)"},
	{PART "sr2 = - - - - - - QX -\n",
		"DIR/a.chips: [P1]: sr2 = \"- - - - - - QX -\" is refused: unknown bit \"QX\"; "
		"allowed: 8 bits, bit 7 first, each one - or a name of spinor-chipdb(5), with "
		"/otp, /ro or /v where it applies"},
	{PART "sr2 = - - QE\n",
		"DIR/a.chips: [P1]: sr2 = \"- - QE\" is refused: 3 bits; allowed: 8 bits, bit 7 "
		"first, each one - or a name of spinor-chipdb(5), with /otp, /ro or /v where it "
		"applies"},
	{PART "sr2 = - - - - - - - BP0\n",
		"DIR/a.chips: [P1]: bit 0 of sr2 is in another place already"},
	{PART "sr1-default = 80\n",
		"DIR/a.chips: [P1]: sr1-default sets bit 7, which is reserved (-) in sr1"},
	{PART "sr1-default = 0\n",
		"DIR/a.chips: [P1]: sr1-default = \"0\" is refused; allowed: "
		"one hex byte, such as 02, and its source in parentheses"},
	{PART "wrsr-short = yes\n",
		"DIR/a.chips: [P1]: wrsr-short = \"yes\" is refused; allowed: keep, clear or "
		"refuse"},
	{PART "commands += RAED\n",
		"DIR/a.chips: [P1]: commands+ = \"RAED\" is refused: unknown command \"RAED\"; "
		"allowed: mnemonics of spinor-chipdb(5), each with :OPCODE in hex "
		"where it differs"},
	{PART "commands += READ\n",
		"DIR/a.chips: [P1]: commands+ = \"READ\" is refused: command READ is there twice; "
		"allowed: mnemonics of spinor-chipdb(5), each with :OPCODE in hex "
		"where it differs"},
	{PART "commands += WREN:6\n",
		"DIR/a.chips: [P1]: commands+ = \"WREN:6\" is refused: bad opcode \"6\"; allowed: "
		"mnemonics of spinor-chipdb(5), each with :OPCODE in hex "
		"where it differs"},
	{PART "commands -= WREN\n",
		"DIR/a.chips: [P1]: commands- = \"WREN\" is refused: no command \"WREN\" is "
		"inherited; allowed: commands of the family"},
	{"[P1]\nvendor = V\nsize = 1M\nvoltage = 2.7 V - 3.6 V\ncommands = READ WRITE\n"
	 "fR = 50 MHz\nFR = 104 MHz\npage = 16\n",
		"DIR/a.chips: [P1]: command WRITE needs the key tPP, which is missing"},
	{"[P1]\nvendor = V\nsize = 1M\nvoltage = 2.7 V - 3.6 V\ncommands = READ RDSR1\n"
	 "fR = 50 MHz\nFR = 104 MHz\n",
		"DIR/a.chips: [P1]: command RDSR1 needs the key sr1, which is missing"},
	{PART "commands += RDUID\n",
		"DIR/a.chips: [P1]: command RDUID needs the key unique-id, which is missing"},
	{PART "erase-52 = 32K\n",
		"DIR/a.chips: [P1]: erase-52 = \"32K\" is refused; allowed: a power of two, a "
		"map such as 4Kx2 + 8K + 16K, or chip; and one or two times, such as 4K, 45 ms, "
		"400 ms; as and another opcode, such as as C7; or none"},
	{PART "erase4-DC = as D8\n",
		"DIR/a.chips: [P1]: an erase is \"as D8\", but erase-D8 is missing, here and in "
		"its families"},
	{PART "erase-D8 = 4Kx2 + 8K + 32Kx2, 1 s\n",
		"DIR/a.chips: [P1]: erase-D8 has blocks that are together not as large as size"},
	{PART "erase-52 = 24K, 1 s\n",
		"DIR/a.chips: [P1]: erase-52 has blocks that are no powers of two"},
	{PART "erase-D8 = 2M, 1 s\n", "DIR/a.chips: [P1]: erase-D8 is larger than size"},
	{PART "tPP = 3 ms, 1 ms\n",
		"DIR/a.chips: [P1]: tPP = \"3 ms, 1 ms\" is refused: typical is more than maximum; "
		"allowed: typical and maximum, such as 0.4 ms, 3 ms, or one time for both"},
	{PART "fR = 50\n",
		"DIR/a.chips: [P1]: fR = \"50\" is refused; allowed: a frequency up "
		"to 4 GHz, such as 50 MHz"},
	{PART "dummy-code = sr2\n",
		"DIR/a.chips: [P1]: dummy-code = \"sr2\" is refused; allowed: none, or sr1 sr2 sr3 "
		"cr2 cr3 cr4 vcr or read-parameters and a mask, such as sr2 C0"},
	{PART "dummy-code = sr1 80\n",
		"DIR/a.chips: [P1]: dummy-code has bits that the part lacks, or the command for "
		"them (WRVCR, SRPV) is missing"},
	{PART "dummy-code = vcr F0\n",
		"DIR/a.chips: [P1]: dummy-code has bits that the part lacks, or the command for "
		"them (WRVCR, SRPV) is missing"},
	{PART "sr2 = USER USER USER USER USER - - -\ndummy-code = sr2 F8\n",
		"DIR/a.chips: [P1]: dummy-code has more than 4 bits"},
	{PART "dummy-READX = 8\n",
		"DIR/a.chips: [P1]: dummy-READX = \"8\" is refused: unknown command \"READX\"; "
		"allowed: 0 to 32 (clocks): one number, or one for each code, such as 8 6 8 10; or "
		"none"},
	{PART "dummy-FAST_READ = 33\n",
		"DIR/a.chips: [P1]: dummy-FAST_READ = \"33\" is refused; allowed: 0 to 32 "
		"(clocks): one number, or one for each code, such as 8 6 8 10; or none"},
	{PART "dummy-FAST_READ = 8 6\n",
		"DIR/a.chips: [P1]: dummy-FAST_READ has 2 numbers, the code has 1 values"},
	{PART "qpi-dummy-FAST_READ = 8 6\n",
		"DIR/a.chips: [P1]: qpi-dummy-FAST_READ has 2 numbers, the code has 1 values"},
	{PART "dummy-RDSFDP = 6\n",
		"DIR/a.chips: [P1]: dummy-RDSFDP: RDSFDP has 8 dummy clocks in all parts"},
	{PART "suspend-refuses = DP PPP\n",
		"DIR/a.chips: [P1]: suspend-refuses = \"DP PPP\" is refused: unknown command "
		"\"PPP\"; allowed: none, or mnemonics of spinor-chipdb(5), and ERASE for all "
		"erases"},
	{PART "suspend-flags = late\n",
		"DIR/a.chips: [P1]: suspend-flags = \"late\" is refused; allowed: at-once or "
		"when-suspended"},
	{PART "tRS = 3\n",
		"DIR/a.chips: [P1]: tRS = \"3\" is refused; allowed: typical and maximum, such as "
		"0.4 ms, 3 ms, or one time for both"},
	{PART "size = 1M\n",
		"DIR/a.chips: line 17: [P1]: key \"size\" is there twice; allowed is once"},
	{PART "a word\n",
		"DIR/a.chips: line 17: \"a word\" is refused; allowed: groups, "
		"KEY = VALUE and # comments"},
	{PART "[P 2]\n",
		"DIR/a.chips: line 17: [P 2] is no group; allowed: [PART] and [family "
		"NAME], names without blanks"},
	{PART "[p1]\n",
		"DIR/a.chips: line 17: [p1]: the name \"p1\" is taken by [P1] in DIR/a.chips; "
		"allowed: a name that no other part has"},
	{PART "[family BASE]\n",
		"DIR/a.chips: line 17: [family BASE]: a family of that name is in "
		"DIR/a.chips already; allowed: once"},
	{"[P1]\ninherits = BSAE\n",
		"DIR/a.chips: [P1]: inherits = \"BSAE\" is refused: no such family: did you mean "
		"BASE?; allowed: the NAME of a [family NAME]"},
	{"[family A]\ninherits = B\n[family B]\ninherits = A\n[P1]\ninherits = A\n",
		"DIR/a.chips: [family B]: inherits = \"A\" is refused: family A inherits this one "
		"itself; allowed: a line of families that ends"},
	{"[family A]\naliases = X\n[P1]\ninherits = A\n",
		"DIR/a.chips: [family A]: aliases = \"X\" is refused: a part's own, not a "
		"family's; allowed: names without blanks, each with its reason in parentheses, "
		"with ; between them"},
};

START_TEST(errors_name_the_file_and_section)
{
	g_autofree char *text = g_strconcat(BASE, refusals[_i].text, NULL);

	write_file("a.chips", text);
	assert_refused(refusals[_i].message);
}
END_TEST

START_TEST(unusable_files_and_folders_are_reported)
{
	g_autofree char *missing = g_build_filename(dir, "missing", NULL);
	g_autoptr(GError) error = NULL;

	assert_refused("cannot read chips: no *.chips file in \"DIR\"; --chipdb or SPINOR_CHIPDB "
		       "names a folder of them");
	ck_assert_ptr_null(chipdb_open(missing, &error));
	assert_message(error, BASE_ERROR_FILE,
		"cannot read chips: Error opening directory “DIR/missing”: No such file or "
		"directory; --chipdb or SPINOR_CHIPDB names a folder of *.chips files");
	write_file("a.chips", "size = 1M\n[P1]\n");
	assert_refused("DIR/a.chips: line 1: text before the first group; allowed: # comments");
	write_file("a.chips", "[P1]\n# \xFF\n");
	assert_refused("DIR/a.chips: not a text; allowed: UTF-8, see spinor-chipdb(5)");
	write_file("a.chips", BASE PART);
	write_file("b.chips", "[P2]\naliases = P1\n");
	assert_refused("DIR/b.chips: line 1: [P2]: the name \"P1\" is taken by [P1] in "
		       "DIR/a.chips; allowed: a name that no other part has");
}
END_TEST

Suite *
suite_chipdb(void)
{
	Suite *suite = suite_create("chipdb");
	TCase *tcase = tcase_create("chipdb");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, parts_override_keys_of_families);
	tcase_add_test(tcase, an_erase_can_copy_another_one);
	tcase_add_test(tcase, names_are_found_in_any_case);
	tcase_add_test(tcase, unknown_names_get_a_suggestion);
	tcase_add_test(tcase, lists_are_sorted_and_filtered);
	tcase_add_test(tcase, a_part_with_an_error_does_not_affect_others);
	tcase_add_test(tcase, parts_override_dummy_clocks_and_refused_commands);
	tcase_add_test(tcase, dataflash_sizes_are_multiples_of_a_page);
	tcase_add_loop_test(
		tcase, errors_name_the_file_and_section, 0, (int)G_N_ELEMENTS(refusals));
	tcase_add_test(tcase, unusable_files_and_folders_are_reported);
	suite_add_tcase(suite, tcase);
	return suite;
}
