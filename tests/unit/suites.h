/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The suites of all test files. */
#ifndef SPINOR_TESTS_UNIT_SUITES_H
#define SPINOR_TESTS_UNIT_SUITES_H

#include <check.h>

struct suite_row {
	const char *name;
	Suite *(*create)(void);
};

/* The suites of one program; NULL ends the list. */
extern const struct suite_row suite_rows[];

Suite *suite_action(void);
Suite *suite_base(void);
Suite *suite_base_faults(void);
Suite *suite_bench(void);
Suite *suite_board(void);
Suite *suite_chipdb(void);
Suite *suite_chipdb_check(void);
Suite *suite_chipdb_definition(void);
Suite *suite_chipdb_dump(void);
Suite *suite_chipdb_failures(void);
Suite *suite_chipdb_folders(void);
Suite *suite_chipdb_manual(void);
Suite *suite_chipdb_modes(void);
Suite *suite_chipdb_parts(void);
Suite *suite_chipdb_sfdp(void);
Suite *suite_chipdb_protect(void);
Suite *suite_chipdb_sources(void);
Suite *suite_chipdb_table(void);
Suite *suite_clip(void);
Suite *suite_clip_aim(void);
Suite *suite_clip_contact(void);
Suite *suite_clip_cycle(void);
Suite *suite_clip_faults(void);
Suite *suite_clip_faults_bits(void);
Suite *suite_clip_faults_when(void);
Suite *suite_clip_master(void);
Suite *suite_clip_others(void);
Suite *suite_clip_pins(void);
Suite *suite_clip_writer(void);
Suite *suite_content(void);
Suite *suite_control(void);
Suite *suite_control_manual(void);
Suite *suite_embed(void);
Suite *suite_fault_file(void);
Suite *suite_fault_guide(void);
Suite *suite_fault_manual(void);
Suite *suite_fault_words(void);
Suite *suite_faults(void);
Suite *suite_files(void);
Suite *suite_firmware(void);
Suite *suite_fold(void);
Suite *suite_flash(void);
Suite *suite_flash_aai(void);
Suite *suite_flash_address(void);
Suite *suite_flash_asp(void);
Suite *suite_flash_bpr(void);
Suite *suite_flash_brownout(void);
Suite *suite_flash_cells(void);
Suite *suite_flash_cutoff(void);
Suite *suite_flash_dataflash(void);
Suite *suite_flash_dataflash_protect(void);
Suite *suite_flash_describe(void);
Suite *suite_flash_disturb(void);
Suite *suite_flash_dummy(void);
Suite *suite_flash_eeprom(void);
Suite *suite_flash_erase(void);
Suite *suite_flash_fault(void);
Suite *suite_flash_flagstatus(void);
Suite *suite_flash_frames(void);
Suite *suite_flash_identify(void);
Suite *suite_flash_idmethod(void);
Suite *suite_flash_lanes(void);
Suite *suite_flash_otp(void);
Suite *suite_flash_part(void);
Suite *suite_flash_pins(void);
Suite *suite_flash_power(void);
Suite *suite_flash_program(void);
Suite *suite_flash_protect(void);
Suite *suite_flash_random(void);
Suite *suite_flash_ranges(void);
Suite *suite_flash_readout(void);
Suite *suite_flash_registers(void);
Suite *suite_flash_sector(void);
Suite *suite_flash_sfdp(void);
Suite *suite_flash_silicon_macronix(void);
Suite *suite_flash_silicon_models(void);
Suite *suite_flash_status(void);
Suite *suite_flash_supply(void);
Suite *suite_flash_unlock(void);
Suite *suite_idle(void);
Suite *suite_image(void);
Suite *suite_journal(void);
Suite *suite_keytable(void);
Suite *suite_levels(void);
Suite *suite_link_faults(void);
Suite *suite_link_port(void);
Suite *suite_openfile(void);
Suite *suite_lost(void);
Suite *suite_option_words(void);
Suite *suite_options(void);
Suite *suite_pathlock(void);
Suite *suite_log(void);
Suite *suite_outlet(void);
Suite *suite_port(void);
Suite *suite_preset(void);
Suite *suite_profile_streams(void);
Suite *suite_profiles(void);
Suite *suite_pump(void);
Suite *suite_reasons(void);
Suite *suite_record(void);
Suite *suite_registers(void);
Suite *suite_replay(void);
Suite *suite_saving(void);
Suite *suite_sandbox(void);
Suite *suite_serprog(void);
Suite *suite_snapshot(void);
Suite *suite_state(void);
Suite *suite_state_image(void);
Suite *suite_stats(void);
Suite *suite_storage(void);
Suite *suite_tcp(void);
Suite *suite_trace(void);
Suite *suite_uart(void);
Suite *suite_unfinished(void);
Suite *suite_wear(void);

#endif
