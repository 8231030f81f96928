/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the keys of a part fit together, as spinor-chipdb(5) says: a command has what it answers
 * with, a bit has one place, sizes and maps agree. The engine relies on what is checked here.
 *
 * A single value is checked where it is read (partfile.c), protection in partprotect.c. Leaves out
 * whether the data are true: a part that fits together may still be unlike any real chip.
 */
#include "chipdb/partcheck.h"

#include "base/error.h"
#include "base/value.h"
#include "chipdb/partcommand.h"
#include "chipdb/partprotect.h"
#include "chipdb/partstatus.h"
#include "flash/flash.h"

/* Commands that answer with what another key says. */
static bool
check_needs(const struct chipdb_part *part, const struct chipdb_part_group *group, GError **error)
{
	static const char *const needs[][2] = {{"RDID", "id"}, {"REMS", "rems"}, {"DREMS", "rems"},
		{"QREMS", "rems"}, {"RDUID", "unique-id"}, {"RDSFDP", "sfdp"}, {"RDSR2", "sr2"},
		{"WRSR2", "sr2"}, {"RDCR", "sr2"}, {"RDSR3", "sr3"}, {"WRSR3", "sr3"},
		{"RDSECUR", "sr3"}, {"ERSCUR", "security-registers"},
		{"PRSCUR", "security-registers"}, {"RDSCUR", "security-registers"},
		{"RDSCUR", "security-register-size"}, {"RDIDP", "id"}, {"RDIDP", "page"},
		{"WRIDP", "id"}, {"WRIDP", "page"}, {"RDSR1", "sr1"}, {"WREN", "sr1"},
		{"WRSR", "sr1"}, {"WRSR", "tW"}, {"WRSR_EWSR", "sr1"}, {"WRSR_EWSR", "tW"},
		{"PP", "page"}, {"PP", "tPP"}, {"PP4", "page"}, {"QPP", "page"}, {"BP", "tPP"},
		{"AAI", "tPP"}, {"AAI_BYTE", "tPP"}, {"WRITE", "page"}, {"WRITE", "tPP"},
		{"PRSCUR", "page"}, {"RDSFDP", "page"}, {"SID_READ", "security-registers"},
		{"ENSO", "otp-size"}, {"OTP_ENTER", "otp-size"}, {"RDOTP", "otp-size"},
		{"PROTP", "otp-size"}, {"DIE_SELECT", "dies"}, {"DF_RDSR", "sr1"}, {"QPP4", "page"},
		{"PRSCUR", "security-register-size"}, {"ERSCUR", "security-register-size"},
		{"SID_READ", "security-register-size"}, {"SID_PROGRAM", "security-registers"},
		{"SID_PROGRAM", "security-register-size"}, {"SID_PROGRAM", "page"},
		{"SID_ERASE", "security-registers"}, {"SID_ERASE", "security-register-size"},
		{"DF_BUF1_PROGRAM", "tPP"}, {"DF_BUF1_ERASE_PROGRAM", "tEP"},
		{"DF_PAGE_PROGRAM1", "tEP"}};

	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		if (!chipdb_part_has_command(&part->part, needs[i][0]) ||
			chipdb_part_is_given(part, needs[i][1]))
			continue;
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: [%s]: command %s needs the key %s, which is missing", group->file,
			group->name, needs[i][0], needs[i][1]);
		return false;
	}
	return true;
}

static bool
check_inhibit(const struct chipdb_part *part, const struct chipdb_part_group *group, GError **error)
{
	if (part->part.inhibit_mv < part->part.vcc_min_mv)
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%s: [%s]: write-inhibit has to be below the lowest voltage, %d mV", group->file,
		group->name, part->part.vcc_min_mv);
	return false;
}

static bool
check_res(const struct chipdb_part *part, const struct chipdb_part_group *group, GError **error)
{
	if (!chipdb_part_has_command(&part->part, "RES") || part->part.res_length > 0)
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%s: [%s]: command RES needs the key res or rems; both are missing", group->file,
		group->name);
	return false;
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

		if (function == FLASH_BIT_NONE && part->status_default[reg] >> bit & 1) {
			g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
				"%s: [%s]: %s-default sets bit %u, which is reserved (-) in %s",
				at->file, at->name, chipdb_part_register_name(reg), bit,
				chipdb_part_register_name(reg));
			return false;
		}
		if (function == FLASH_BIT_NONE || function == FLASH_BIT_USER ||
			function == FLASH_BIT_RDY)
			continue;
		/* SST26 shows BUSY in bit 7 as well. */
		if (placed[function] && function != FLASH_BIT_BUSY) {
			g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
				"%s: [%s]: bit %u of %s is in another place already", at->file,
				at->name, bit, chipdb_part_register_name(reg));
			return false;
		}
		placed[function] = true;
	}
	return true;
}

static uint64_t
map_size(const struct flash_erase *erase)
{
	uint64_t size = 0;

	for (unsigned int i = 0; i < erase->n_regions; i++)
		size += (uint64_t)erase->regions[i].n_blocks * erase->regions[i].block_size;
	return size;
}

/* The engine relies on these: powers of two, or of a DataFlash whole pages. */
static bool
check_units(const struct flash_part *part, const struct chipdb_part_group *at, GError **error)
{
	bool dataflash = flash_part_is_dataflash(part);

	if (dataflash && part->page_size && part->size % part->page_size == 0 &&
		base_value_is_power_of_two(part->size / part->page_size))
		return true;
	if (dataflash) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: [%s]: size has to be page times a power of two, as in size = 4224K "
			"and page = 528",
			at->file, at->name);
		return false;
	}
	if (base_value_is_power_of_two(part->size) &&
		(part->page_size & (part->page_size - 1)) == 0)
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%s: [%s]: size and page have to be powers of two; only a DataFlash (commands "
		"DF_...) can have 33/32 of one",
		at->file, at->name);
	return false;
}

/* The engine counts the cycles of each erase block and has a bit for each lock. */
#define BLOCKS_MAX (1 << 24)

static bool
is_block_size(const struct flash_part *part, uint32_t size)
{
	return flash_part_is_dataflash(part) ? size % part->page_size == 0
					     : (size & (size - 1)) == 0;
}

/* NULL, or what is wrong with the blocks of an erase. */
static const char *
find_fault(const struct flash_part *part, const struct flash_erase *erase)
{
	bool good = is_block_size(part, erase->size);

	for (unsigned int i = 0; i < erase->n_regions; i++)
		good = good && is_block_size(part, erase->regions[i].block_size);
	if (!good)
		return flash_part_is_dataflash(part) ? "does not erase whole pages"
						     : "has blocks that are no powers of two";
	if (erase->n_regions && map_size(erase) != part->size)
		return "has blocks that are together not as large as size";
	if (erase->size > part->size)
		return "is larger than size";
	if (erase->size && part->size % erase->size)
		return "has blocks that do not fill size";
	if (erase->size && part->size / erase->size > BLOCKS_MAX)
		return "has more than 16777216 blocks";
	for (unsigned int i = 0; i < erase->n_regions; i++) {
		if (part->size / erase->regions[i].block_size > BLOCKS_MAX)
			return "has blocks so small that size has more than 16777216 of them";
	}
	if (!erase->size && !erase->n_regions && part->size > UINT32_MAX)
		return "erases the whole chip, which can have up to 2G";
	return NULL;
}

static bool
check_otp(const struct flash_part *part, const struct chipdb_part_group *at, GError **error)
{
	if (part->otp_factory_end <= part->otp_size)
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%s: [%s]: otp-factory goes beyond otp-size", at->file, at->name);
	return false;
}

static bool
check_sizes(const struct flash_part *part, const struct chipdb_part_group *at, GError **error)
{
	const char *fault;

	if (!check_units(part, at, error))
		return false;
	if (part->page_size > part->size) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: [%s]: page is larger than size", at->file, at->name);
		return false;
	}
	for (unsigned int i = 0; i < part->n_erases; i++) {
		fault = find_fault(part, &part->erases[i]);
		if (!fault)
			continue;
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "%s: [%s]: erase-%02X %s", at->file,
			at->name, part->erases[i].opcode, fault);
		return false;
	}
	return true;
}

/* NULL, or which of its limits an OTP area or identification page exceeds. */
static const char *
find_area_limit(const struct flash_part *part)
{
	bool id_page =
		chipdb_part_has_command(part, "RDIDP") || chipdb_part_has_command(part, "WRIDP");

	if (part->otp_lock == FLASH_OTP_REGIONS && part->otp_size < 20)
		return "otp-lock = regions needs an otp-size of at least 20, where its bits are";
	if (id_page && part->page_size > 1024)
		return "an identification page (RDIDP, WRIDP) has up to 1K: address bit 10 is its "
		       "lock";
	return NULL;
}

/* The sectors of a DataFlash are those of 7C, 0a and 0b being one. */
static uint64_t
count_sectors(const struct flash_part *part)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < part->n_erases; i++) {
		if (part->erases[i].opcode != 0x7c)
			continue;
		for (unsigned int j = 0; j < part->erases[i].n_regions; j++)
			n += part->erases[i].regions[j].n_blocks;
	}
	return n;
}

static const char *
find_dataflash_limit(const struct flash_part *part)
{
	static const char *const binary[] = {"PP", "PP4", "QPP", "QPP4", "WRITE", "WRIDP", "PRSCUR",
		"SID_PROGRAM", "READ", "FAST_READ", "BP", "AAI", "AAI_BYTE"};

	if (!flash_part_is_dataflash(part))
		return NULL;
	if (part->page_size < 64)
		return "page of a DataFlash is at least 64, as its security register";
	if (count_sectors(part) > part->page_size)
		return "erase-7C has more sectors than page has bytes for their protection";
	for (size_t i = 0; i < G_N_ELEMENTS(binary); i++) {
		if (!base_value_is_power_of_two(part->page_size) &&
			chipdb_part_has_command(part, binary[i]))
			return "a page of 33/32 of a power of two is for commands DF_... only";
	}
	return NULL;
}

static const char *
find_lock_limit(const struct flash_part *part)
{
	static const char *const commands[] = {"RBPR", "WBPR", "NVWLDR"};

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (!chipdb_part_has_command(part, commands[i]))
			continue;
		if (part->range_rule != FLASH_RANGE_SST26 || part->n_lock_regions ||
			part->size < 128 * 1024)
			return "a block-protection register (RBPR, WBPR, NVWLDR) needs protection "
			       "= sst26, a size of at least 128K and no lock-map";
	}
	for (unsigned int i = 0; i < part->n_lock_regions; i++) {
		if (part->size / part->lock_regions[i].block_size > BLOCKS_MAX)
			return "lock-map has blocks so small that size has more than 16777216 of "
			       "them";
	}
	return NULL;
}

/* Beyond these the engine's own buffers and counts end. */
static bool
check_limits(const struct flash_part *part, const struct chipdb_part_group *at, GError **error)
{
	const char *fault = find_area_limit(part);

	if (!fault)
		fault = find_dataflash_limit(part);
	if (!fault)
		fault = find_lock_limit(part);
	if (fault)
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "%s: [%s]: %s", at->file, at->name,
			fault);
	return fault == NULL;
}

bool
chipdb_part_check(
	const struct chipdb_part *part, const struct chipdb_part_group *group, GError **error)
{
	return check_needs(part, group, error) && check_res(part, group, error) &&
		check_inhibit(part, group, error) && check_status(&part->part, group, error) &&
		check_sizes(&part->part, group, error) && check_otp(&part->part, group, error) &&
		chipdb_part_check_protection(&part->part, group, error) &&
		check_limits(&part->part, group, error);
}
