/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The families of commands, and the cells below them: the table that makes the engine a chip. A new
 * family is a new file, a line here and one in families.h.
 *
 * The engine calls their functions in this order. It matters in three places: a reset restores the
 * status registers before the modes that depend on their bits (QPI, address mode, erases in force),
 * and lanes and address mode before Micron's configuration, which overrides both. A password locks
 * what a reset of the locks has opened.
 */
#include "flash/commands/families.h"

#include "flash/cells/cellfault.h"
#include "flash/cells/cells.h"
#include "flash/engine/family.h"
#include "flash/engine/life.h"
#include "flash/engine/opcodes.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

static const struct flash_family *const families[] = {
	&flash_cells_family,
	&flash_faults_family,
	&flash_status_family,
	&flash_security_register_family,
	&flash_identify_family,
	&flash_otp_area_family,
	&flash_eeprom_family,
	&flash_dataflash_family,
	&flash_dataflash_program_family,
	&flash_dataflash_protect_family,
	&flash_any_register_family,
	&flash_die_family,
	&flash_otp_mode_family,
	&flash_qpi_family,
	&flash_address_family,
	&flash_fast_boot_family,
	&flash_flag_status_family,
	&flash_lock_family,
	&flash_erase_family,
	&flash_read_family,
	&flash_read_parameters_family,
	&flash_program_family,
	&flash_aai_family,
	&flash_sector_family,
	&flash_bpr_family,
	&flash_asp_family,
	&flash_password_family,
	&flash_autoboot_family,
	&flash_power_family,
	&flash_suspend_family,
	&flash_sfdp_family,
	NULL,
};

struct flash *
flash_new(const struct flash_part *part, uint8_t *array, uint64_t seed)
{
	return flash_engine_new(part, array, seed, families);
}

static const struct flash_command *
find(const char *name)
{
	for (size_t i = 0; families[i]; i++) {
		const struct flash_command *row = families[i]->commands;

		for (; row && row->name; row++) {
			if (strcmp(row->name, name) == 0)
				return row;
		}
	}
	return NULL;
}

bool
flash_command_known(const char *name)
{
	return find(name) != NULL;
}

const char **
flash_command_names(void)
{
	GPtrArray *names = g_ptr_array_new();

	for (size_t i = 0; families[i]; i++) {
		const struct flash_command *row = families[i]->commands;

		for (; row && row->name; row++)
			g_ptr_array_add(names, (gpointer)row->name);
	}
	g_ptr_array_add(names, NULL);
	return (const char **)g_ptr_array_free(names, FALSE);
}

int
flash_opcode(const struct flash_part *part, const char *name)
{
	const struct flash_command *row = find(name);

	for (unsigned int i = 0; row && i < part->n_commands; i++) {
		const struct flash_part_command *command = &part->commands[i];

		if (strcmp(command->name, name) == 0)
			return command->opcode < 0 ? row->opcode : command->opcode;
	}
	return -1;
}
