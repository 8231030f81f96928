/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chip files that come with spinor: all parts load, no names clash, and three parts match their
 * data sheets.
 */
#include "chips_fixture.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "suites.h"

#include <check.h>
#include <glib.h>
#include <string.h>

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

START_TEST(w25q128jv_matches_its_data_sheet)
{
	const struct flash_part *part = chips_find("w25q128jv");

	ck_assert_str_eq(part->name, "W25Q128JV");
	ck_assert_str_eq(part->vendor, "Winbond");
	ck_assert_str_eq(part->flashrom_name, "W25Q128.V");
	ck_assert_uint_eq(part->size, 16 << 20);
	ck_assert_uint_eq(part->page_size, 256);
	ck_assert_int_eq(part->vcc_min_mv, 2700);
	ck_assert_int_eq(part->vcc_max_mv, 3600);
	ck_assert_uint_eq(part->id_length, 3);
	ck_assert_mem_eq(part->id, "\xEF\x40\x18", 3);
	ck_assert_uint_eq(part->manufacturer, 0xEF);
	ck_assert_uint_eq(part->device_id, 0x17);
	ck_assert_uint_eq(part->unique_id_length, 8);
	ck_assert_int_eq(part->status[0][0].function, FLASH_BIT_BUSY);
	ck_assert(part->status[0][0].read_only && part->status[0][1].read_only);
	ck_assert_int_eq(part->status[0][7].function, FLASH_BIT_SRP);
	ck_assert_int_eq(part->status[1][3].function, FLASH_BIT_LB1);
	ck_assert(part->status[1][3].otp && !part->status[1][6].otp);
	ck_assert_int_eq(part->status[2][2].function, FLASH_BIT_WPS);
	ck_assert_mem_eq(part->status_default, "\x00\x02\x60", 3);
	ck_assert(!part->wrsr_short_clears);
	ck_assert_int_eq(part->range_rule, FLASH_RANGE_POW2);
	ck_assert(has_command(part, "WRSR3", -1) && has_command(part, "QPP", -1));
	ck_assert_uint_eq(part->n_erases, 5);
	ck_assert_uint_eq(erase_of(part, 0xD8)->size, 64 << 10);
	ck_assert_int_eq(erase_of(part, 0xD8)->time.max_ns, 2000000000);
	ck_assert_uint_eq(erase_of(part, 0xC7)->size, 0);
	ck_assert_int_eq(part->timing[FLASH_T_PP].typ_ns, 400000);
	ck_assert_int_eq(part->timing[FLASH_T_RES2].typ_ns, 1800);
	ck_assert_int_eq(part->timing[FLASH_T_RES2].max_ns, 1800);
	ck_assert_uint_eq(part->security_registers, 3);
	ck_assert_uint_eq(part->security_register_size, 256);
	ck_assert_int_eq(part->sfdp, FLASH_SFDP_FILE);
	ck_assert_uint_eq(part->read_max_hz, 50000000);
	ck_assert_uint_eq(part->fast_read_max_hz, 133000000);
}
END_TEST

START_TEST(older_winbond_lacks_register_3)
{
	const struct flash_part *part = chips_find("W25Q80DV");

	ck_assert_uint_eq(part->size, 1 << 20);
	ck_assert_mem_eq(part->id, "\xEF\x40\x14", 3);
	ck_assert_uint_eq(part->device_id, 0x13);
	ck_assert(part->wrsr_short_clears);
	ck_assert(!has_command(part, "RDSR3", -1) && has_command(part, "RDSR2", -1));
	ck_assert_int_eq(part->status[2][2].function, FLASH_BIT_NONE);
	ck_assert_mem_eq(part->status_default, "\x00\x00\x00", 3);
	ck_assert_int_eq(part->timing[FLASH_T_PP].typ_ns, 800000);
	ck_assert_int_eq(erase_of(part, 0x60)->time.typ_ns, 2000000000);
}
END_TEST

START_TEST(macronix_has_its_own_names_and_opcodes)
{
	const struct flash_part *part = chips_find("MX25L6436F");

	ck_assert_ptr_null(part->flashrom_name);
	ck_assert_str_eq(
		part->flashrom_names[0], "MX25L6436E/MX25L6445E/MX25L6465E/MX25L6473E/MX25L6473F");
	ck_assert_uint_eq(part->size, 8 << 20);
	ck_assert_mem_eq(part->id, "\xC2\x20\x17", 3);
	ck_assert_int_eq(part->id_tail, FLASH_ID_REPEAT);
	ck_assert_uint_eq(part->device_id, 0x16);
	ck_assert_int_eq(part->status[0][7].function, FLASH_BIT_SRP);
	ck_assert_int_eq(part->status[0][6].function, FLASH_BIT_QE);
	ck_assert_int_eq(part->status[0][0].function, FLASH_BIT_BUSY);
	ck_assert_int_eq(part->status[1][3].function, FLASH_BIT_TB);
	ck_assert(part->status[1][3].otp);
	ck_assert(has_command(part, "SUSPEND", -1) && has_command(part, "SUSPEND", 0xB0));
	ck_assert_int_eq(part->timing[FLASH_T_PP].typ_ns, 330000);
}
END_TEST

static void
fail_on_warning(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
	(void)domain;
	(void)level;
	(void)data;
	ck_abort_msg("%s", message);
}

/* The oldest parts accept only EWSR before a status write, later ones WREN as well; Sanyo's design
 * lacks EWSR. */
START_TEST(sst25_parts_differ_in_write_enable_of_the_status_register)
{
	static const struct {
		const char *name;
		bool ewsr;
		bool wren;
	} ways[] = {{"SST25VF512A", true, false}, {"SST25VF010A", true, false},
		{"SST25VF020", true, false}, {"SST25VF040", true, false},
		{"SST25LF020A", true, false}, {"SST25LF040A", true, false},
		{"SST25LF080A", true, true}, {"SST25VF020B", true, true},
		{"SST25VF016B", true, true}, {"SST25VF064C", true, true},
		{"SST25WF040", true, true}, {"SST25WF040B", false, true},
		{"SST26VF064B", false, true}};

	for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
		const struct flash_part *part = chips_find(ways[i].name);

		ck_assert_msg(has_command(part, "EWSR", -1) == ways[i].ewsr &&
				has_command(part, "WRSR", -1) == ways[i].wren &&
				has_command(part, "WRSR_EWSR", -1) == !ways[i].wren,
			"%s", part->name);
	}
}
END_TEST

START_TEST(all_installed_parts_load)
{
	g_autofree char *path = g_build_filename(g_getenv("SPINOR_CHIPDB"), NULL);
	g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
	g_autoptr(GPtrArray) parts = NULL;
	unsigned int wanted = 0;
	const char *name;

	g_log_set_handler("spinor", G_LOG_LEVEL_WARNING, fail_on_warning, NULL);
	parts = chipdb_list(chips, NULL);
	while ((name = g_dir_read_name(entries))) {
		g_autofree char *file = g_build_filename(path, name, NULL);
		g_autoptr(GKeyFile) keys = g_key_file_new();
		g_auto(GStrv) groups = NULL;

		if (!g_str_has_suffix(name, ".chips"))
			continue;
		ck_assert(g_key_file_load_from_file(keys, file, G_KEY_FILE_NONE, NULL));
		groups = g_key_file_get_groups(keys, NULL);
		for (char **group = groups; *group; group++) {
			if (g_str_has_prefix(*group, "family "))
				continue;
			chips_find(*group);
			wanted++;
		}
	}
	ck_assert_uint_ge(wanted, 3);
	ck_assert_uint_eq(parts->len, wanted);
}
END_TEST

static bool
answers_to(const struct flash_part *part, const char *definition)
{
	for (const char *const *name = part->flashrom_names; name && *name; name++) {
		if (g_ascii_strcasecmp(*name, definition) == 0)
			return true;
	}
	return false;
}

/* The flashrom definitions of the parts, in lower case; g_hash_table_unref(). */
static GHashTable *
collect_definitions(GPtrArray *parts)
{
	GHashTable *definitions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (unsigned int i = 0; i < parts->len; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);

		ck_assert_msg(part->flashrom_names != NULL,
			"%s: no key flashrom, the name that flashrom reports for it", part->name);
		for (const char *const *name = part->flashrom_names; *name; name++)
			g_hash_table_add(definitions, g_ascii_strdown(*name, -1));
	}
	return definitions;
}

/* A name that is also a flashrom definition must be a definition of that part, as users expect. */
static void
check_name(GHashTable *definitions, const struct flash_part *part, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);

	ck_assert_msg(chips_find(name) == part, "%s is not found as %s", part->name, name);
	ck_assert_msg(!g_hash_table_contains(definitions, lower) || answers_to(part, name),
		"%s, a name of %s, is a definition of other parts alone", name, part->name);
}

START_TEST(names_of_installed_parts_do_not_clash)
{
	g_autoptr(GPtrArray) parts = chipdb_list(chips, NULL);
	g_autoptr(GHashTable) definitions = collect_definitions(parts);

	for (unsigned int i = 0; i < parts->len; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);

		check_name(definitions, part, part->name);
		for (const char *const *alias = part->aliases; alias && *alias; alias++)
			check_name(definitions, part, *alias);
	}
}
END_TEST

START_TEST(pin_functions_match_the_data_sheets)
{
	const struct flash_part *part = chips_find("W25Q128FV");

	ck_assert_int_eq(part->status[2][7].function, FLASH_BIT_HRSW);
	ck_assert_int_eq(part->pin7, FLASH_PIN7_HOLD);
	ck_assert_uint_eq(part->no_pull_up, 0);
	ck_assert(!part->reset_pin);
	part = chips_find("MX25L25635F");
	ck_assert_int_eq(part->pin7, FLASH_PIN7_RESET);
	part = chips_find("EN25Q32B");
	ck_assert_uint_eq(part->no_pull_up, 1 << FLASH_PIN_HOLD);
}
END_TEST

Suite *
suite_chipdb_parts(void)
{
	Suite *suite = suite_create("chipdb_parts");
	TCase *tcase = tcase_create("chipdb-parts");

	tcase_add_checked_fixture(tcase, chips_setup, chips_teardown);
	tcase_add_test(tcase, w25q128jv_matches_its_data_sheet);
	tcase_add_test(tcase, pin_functions_match_the_data_sheets);
	tcase_add_test(tcase, older_winbond_lacks_register_3);
	tcase_add_test(tcase, macronix_has_its_own_names_and_opcodes);
	tcase_add_test(tcase, sst25_parts_differ_in_write_enable_of_the_status_register);
	tcase_add_test(tcase, all_installed_parts_load);
	tcase_add_test(tcase, names_of_installed_parts_do_not_clash);
	suite_add_tcase(suite, tcase);
	return suite;
}
