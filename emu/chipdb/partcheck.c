/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the keys of a part fit together, as spinor-chipdb(5) says: a command has the times and
 * registers that it needs, a bit has one place. Whether the engine can be such a chip, it says
 * itself: flash/validate.c.
 *
 * A single value is checked where it is read (partfile.c). Leaves out whether the data are true: a
 * part that fits together may still be unlike any real chip.
 */
#include "chipdb/partcheck.h"

#include "base/error.h"
#include "chipdb/partstatus.h"
#include "flash/flash.h"

/* Commands that answer with what another key says, where no field tells that it is missing. */
static bool
check_needs(const struct chipdb_part *part, const struct chipdb_part_group *group, GError **error)
{
	static const char *const needs[][2] = {{"REMS", "rems"}, {"DREMS", "rems"},
		{"QREMS", "rems"}, {"RDSFDP", "sfdp"}, {"RDSR2", "sr2"}, {"WRSR2", "sr2"},
		{"RDCR", "sr2"}, {"RDSR3", "sr3"}, {"WRSR3", "sr3"}, {"RDSECUR", "sr3"},
		{"RDSR1", "sr1"}, {"WREN", "sr1"}, {"WRSR", "sr1"}, {"WRSR", "tW"},
		{"WRSR_EWSR", "sr1"}, {"WRSR_EWSR", "tW"}, {"PP", "tPP"}, {"BP", "tPP"},
		{"AAI", "tPP"}, {"AAI_BYTE", "tPP"}, {"WRITE", "tPP"}, {"DIE_SELECT", "dies"},
		{"DF_RDSR", "sr1"}, {"DF_BUF1_PROGRAM", "tPP"}, {"DF_BUF1_ERASE_PROGRAM", "tEP"},
		{"DF_PAGE_PROGRAM1", "tEP"}, {"PW", "tPW"}};

	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		if (flash_opcode(&part->part, needs[i][0]) < 0 ||
			chipdb_part_is_given(part, needs[i][1]))
			continue;
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: [%s]: command %s needs the key %s, which is missing", group->file,
			group->name, needs[i][0], needs[i][1]);
		if (!chipdb_part_ignore(group, "commands", error))
			return false;
	}
	return true;
}

/* A bit has one place, and what is reserved is delivered as 0. */
static bool
check_status(const struct flash_part *part, const struct chipdb_part_group *at, GError **error)
{
	bool placed[FLASH_BITS] = {false};

	for (unsigned int i = 0; i < FLASH_REGISTERS * 8; i++) {
		unsigned int reg = i / 8;
		unsigned int bit = i % 8;
		enum flash_bit function = part->status[reg][bit].function;
		g_autofree char *key = NULL;

		if (function == FLASH_BIT_NONE && part->status_default[reg] >> bit & 1) {
			g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
				"%s: [%s]: %s-default sets bit %u, which is reserved (-) in %s",
				at->file, at->name, chipdb_part_register_name(reg), bit,
				chipdb_part_register_name(reg));
			key = g_strconcat(chipdb_part_register_name(reg), "-default", NULL);
			if (!chipdb_part_ignore(at, key, error))
				return false;
			continue;
		}
		if (function == FLASH_BIT_NONE || function == FLASH_BIT_USER ||
			function == FLASH_BIT_RDY)
			continue;
		/* SST26 shows BUSY in bit 7 as well. */
		if (placed[function] && function != FLASH_BIT_BUSY) {
			g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
				"%s: [%s]: bit %u of %s is in another place already", at->file,
				at->name, bit, chipdb_part_register_name(reg));
			if (!chipdb_part_ignore(at, chipdb_part_register_name(reg), error))
				return false;
		}
		placed[function] = true;
	}
	return true;
}

static bool
check_engine(const struct flash_part *part, const struct chipdb_part_group *at, GError **error)
{
	g_autofree char *why = NULL;

	if (flash_part_check(part, &why))
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "%s: [%s]: %s", at->file, at->name, why);
	return chipdb_part_ignore(at, NULL, error);
}

bool
chipdb_part_check(
	const struct chipdb_part *part, const struct chipdb_part_group *group, GError **error)
{
	return check_needs(part, group, error) && check_status(&part->part, group, error) &&
		check_engine(&part->part, group, error);
}
