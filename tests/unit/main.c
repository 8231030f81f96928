/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs all suites, or those named on the command line; TAP on stdout. */
#include "suites.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name;
	Suite *(*create)(void);
} suites[] = {
	{"base", suite_base},
	{"port", suite_port},
	{"tcp", suite_tcp},
	{"chipdb", suite_chipdb},
	{"chipdb-folders", suite_chipdb_folders},
	{"chipdb-manual", suite_chipdb_manual},
	{"chipdb-modes", suite_chipdb_modes},
	{"chipdb-protect", suite_chipdb_protect},
	{"chipdb-parts", suite_chipdb_parts},
	{"chipdb-failures", suite_chipdb_failures},
	{"chipdb-table", suite_chipdb_table},
	{"storage", suite_storage},
	{"hands", suite_hands},
	{"image", suite_image},
	{"snapshot", suite_snapshot},
	{"serprog", suite_serprog},
	{"profiles", suite_profiles},
	{"link_faults", suite_link_faults},
	{"link_port", suite_link_port},
	{"uart", suite_uart},
	{"firmware", suite_firmware},
	{"clip", suite_clip},
	{"clip_contact", suite_clip_contact},
	{"clip_faults", suite_clip_faults},
	{"clip_faults_bits", suite_clip_faults_bits},
	{"clip_faults_when", suite_clip_faults_when},
	{"clip_master", suite_clip_master},
	{"clip_writer", suite_clip_writer},
	{"clip_pins", suite_clip_pins},
	{"fault-file", suite_fault_file},
	{"control-manual", suite_control_manual},
	{"fault-manual", suite_fault_manual},
	{"fault_words", suite_fault_words},
	{"faults", suite_faults},
	{"flash", suite_flash},
	{"flash_asp", suite_flash_asp},
	{"flash_bpr", suite_flash_bpr},
	{"flash_address", suite_flash_address},
	{"flash_erase", suite_flash_erase},
	{"flash_fault", suite_flash_fault},
	{"flash_brownout", suite_flash_brownout},
	{"flash_disturb", suite_flash_disturb},
	{"flash_frames", suite_flash_frames},
	{"flash_identify", suite_flash_identify},
	{"flash_aai", suite_flash_aai},
	{"flash_eeprom", suite_flash_eeprom},
	{"flash_idways", suite_flash_idways},
	{"flash_lanes", suite_flash_lanes},
	{"flash_micron", suite_flash_micron},
	{"flash_otp", suite_flash_otp},
	{"flash_dataflash", suite_flash_dataflash},
	{"flash_dataflash_protect", suite_flash_dataflash_protect},
	{"flash_cells", suite_flash_cells},
	{"flash_cutoff", suite_flash_cutoff},
	{"flash_pins", suite_flash_pins},
	{"flash_power", suite_flash_power},
	{"flash_supply", suite_flash_supply},
	{"flash_program", suite_flash_program},
	{"flash_protect", suite_flash_protect},
	{"flash_random", suite_flash_random},
	{"flash_ranges", suite_flash_ranges},
	{"flash_sector", suite_flash_sector},
	{"flash_registers", suite_flash_registers},
	{"flash_sfdp", suite_flash_sfdp},
	{"flash_status", suite_flash_status},
	{"flash_unlock", suite_flash_unlock},
	{"trace", suite_trace},
	{"wear", suite_wear},
	{"control", suite_control},
	{"options", suite_options},
	{"bench", suite_bench},
	{"board", suite_board},
	{"wires", suite_wires},
	{"preset", suite_preset},
};

int
main(int argc, char **argv)
{
	SRunner *runner = srunner_create(NULL);
	int wanted = 0;
	int failed;

	for (size_t i = 0; i < G_N_ELEMENTS(suites); i++) {
		if (argc < 2 || g_strv_contains((const char *const *)argv + 1, suites[i].name)) {
			srunner_add_suite(runner, suites[i].create());
			wanted++;
		}
	}
	if (argc > 1 && wanted != argc - 1) {
		fprintf(stderr, "unit: no such suite among the %d arguments; allowed are",
			argc - 1);
		for (size_t i = 0; i < G_N_ELEMENTS(suites); i++)
			fprintf(stderr, " %s", suites[i].name);
		fprintf(stderr, "\n");
		srunner_free(runner);
		return 2;
	}
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
