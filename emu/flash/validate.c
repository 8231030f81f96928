/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the engine can be a chip of a part: it relies on what is checked here. Commands have rows
 * and what they work on, sizes and maps agree, nothing exceeds the engine's buffers and counts.
 *
 * Messages name the keys of spinor-chipdb(5), which parts are written in. Leaves out whether the
 * data are true, and what only the text of chip data can get wrong (chipdb/partcheck.c).
 */
#include "flash/partdata.h"

#include "base/value.h"
#include "flash/commands/sfdp.h"
#include "flash/flash.h"

#include <glib.h>
#include <stddef.h>
#include <string.h>

/* The engine counts the cycles of each erase block and has a bit for each lock. */
#define BLOCKS_MAX (1 << 24)

/* A field of the part, which is 0 as long as its key is missing. */
struct need {
	const char *command;
	const char *key;
	size_t field; /* unsigned int or uint32_t, which are the same */
};

#define FIELD(name) offsetof(struct flash_part, name)

static const struct need needs[] = {
	{"RDID", "id", FIELD(id_length)},
	{"RDIDP", "id", FIELD(id_length)},
	{"WRIDP", "id", FIELD(id_length)},
	{"RDUID", "unique-id", FIELD(unique_id_length)},
	{"PP", "page", FIELD(page_size)},
	{"PP4", "page", FIELD(page_size)},
	{"QPP", "page", FIELD(page_size)},
	{"QPP4", "page", FIELD(page_size)},
	{"DPP", "page", FIELD(page_size)},
	{"2PP", "page", FIELD(page_size)},
	{"4PP", "page", FIELD(page_size)},
	{"4PP4", "page", FIELD(page_size)},
	{"PW", "page", FIELD(page_size)},
	{"WRITE", "page", FIELD(page_size)},
	{"RDIDP", "page", FIELD(page_size)},
	{"WRIDP", "page", FIELD(page_size)},
	{"RDSFDP", "page", FIELD(page_size)},
	{"PRSCUR", "page", FIELD(page_size)},
	{"SID_PROGRAM", "page", FIELD(page_size)},
	{"ERSCUR", "security-registers", FIELD(security_registers)},
	{"PRSCUR", "security-registers", FIELD(security_registers)},
	{"RDSCUR", "security-registers", FIELD(security_registers)},
	{"SID_READ", "security-registers", FIELD(security_registers)},
	{"SID_PROGRAM", "security-registers", FIELD(security_registers)},
	{"SID_ERASE", "security-registers", FIELD(security_registers)},
	{"ERSCUR", "security-register-size", FIELD(security_register_size)},
	{"PRSCUR", "security-register-size", FIELD(security_register_size)},
	{"RDSCUR", "security-register-size", FIELD(security_register_size)},
	{"SID_READ", "security-register-size", FIELD(security_register_size)},
	{"SID_PROGRAM", "security-register-size", FIELD(security_register_size)},
	{"SID_ERASE", "security-register-size", FIELD(security_register_size)},
	{"ENSO", "otp-size", FIELD(otp_size)},
	{"OTP_ENTER", "otp-size", FIELD(otp_size)},
	{"RDOTP", "otp-size", FIELD(otp_size)},
	{"PROTP", "otp-size", FIELD(otp_size)},
	{"RSID", "otp-size", FIELD(otp_size)},
	{"RSID1", "otp-size", FIELD(otp_size)},
	{"PSID1", "otp-size", FIELD(otp_size)},
	{"PSID", "otp-size", FIELD(otp_size)},
	{"LSID", "otp-size", FIELD(otp_size)},
};

/* Each check returns NULL, or what is wrong; free with g_free(). */

static char *
check_counts(const struct flash_part *part)
{
	bool good = part->n_commands <= FLASH_COMMANDS_MAX && part->n_erases <= FLASH_ERASES_MAX &&
		part->n_lock_regions <= FLASH_REGIONS_MAX &&
		part->n_bp_ranges <= FLASH_RANGES_MAX && part->n_dummies <= FLASH_DUMMIES_MAX &&
		part->id_length <= FLASH_ID_MAX && part->id_unique <= 16 &&
		part->res_length <= FLASH_ID_MAX && part->address_bytes >= 2 &&
		part->address_bytes <= 4;

	for (unsigned int i = 0; good && i < part->n_erases; i++)
		good = part->erases[i].n_regions <= FLASH_REGIONS_MAX;
	return good ? NULL : g_strdup("a count is beyond its limit");
}

static char *
check_needs(const struct flash_part *part, const char *command)
{
	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		if (strcmp(needs[i].command, command) == 0 &&
			!G_STRUCT_MEMBER(unsigned int, part, needs[i].field))
			return g_strdup_printf("command %s needs the key %s, which is missing",
				command, needs[i].key);
	}
	if (strcmp(command, "RES") == 0 && part->res_length == 0)
		return g_strdup("command RES needs the key res or rems; both are missing");
	return NULL;
}

static char *
check_commands(const struct flash_part *part)
{
	for (unsigned int i = 0; i < part->n_commands; i++) {
		const struct flash_part_command *command = &part->commands[i];
		char *why = check_needs(part, command->name);

		if (why)
			return why;
		if (!flash_command_known(command->name))
			return g_strdup_printf("unknown command \"%s\"", command->name);
		if (command->opcode < -1 || command->opcode > UINT8_MAX)
			return g_strdup_printf(
				"command %s: bad opcode %d", command->name, command->opcode);
	}
	return NULL;
}

static char *
check_inhibit(const struct flash_part *part)
{
	if (part->inhibit_mv == 0 || part->inhibit_mv < part->vcc_min_mv)
		return NULL;
	return g_strdup_printf(
		"write-inhibit has to be below the lowest voltage, %d mV", part->vcc_min_mv);
}

/* Powers of two, or of a DataFlash whole pages. */
static const char *
find_bad_unit(const struct flash_part *part)
{
	bool dataflash = flash_part_is_dataflash(part);

	if (dataflash &&
		(!part->page_size || part->size % part->page_size ||
			!base_value_is_power_of_two(part->size / part->page_size)))
		return "size has to be page times a power of two, as in size = 4224K and page = "
		       "528";
	if (!dataflash &&
		(!base_value_is_power_of_two(part->size) ||
			(part->page_size & (part->page_size - 1)) != 0))
		return "size and page have to be powers of two; only a DataFlash (commands "
		       "DF_...) can have 33/32 of one";
	return part->page_size > part->size ? "page is larger than size" : NULL;
}

static bool
is_block_size(const struct flash_part *part, uint32_t size)
{
	return flash_part_is_dataflash(part) ? size % part->page_size == 0
					     : (size & (size - 1)) == 0;
}

static uint64_t
map_size(const struct flash_region *regions, unsigned int n_regions)
{
	uint64_t size = 0;

	for (unsigned int i = 0; i < n_regions; i++)
		size += (uint64_t)regions[i].n_blocks * regions[i].block_size;
	return size;
}

/* NULL, or what is wrong with the blocks of an erase. */
static const char *
find_bad_erase(const struct flash_part *part, const struct flash_erase *erase)
{
	bool good = is_block_size(part, erase->size);

	for (unsigned int i = 0; i < erase->n_regions; i++)
		good = good && erase->regions[i].block_size &&
			is_block_size(part, erase->regions[i].block_size);
	if (!good)
		return flash_part_is_dataflash(part) ? "does not erase whole pages"
						     : "has blocks that are no powers of two";
	if (erase->n_regions && map_size(erase->regions, erase->n_regions) != part->size)
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

static char *
check_sizes(const struct flash_part *part)
{
	const char *fault = find_bad_unit(part);

	if (fault)
		return g_strdup(fault);
	for (unsigned int i = 0; i < part->n_erases; i++) {
		fault = find_bad_erase(part, &part->erases[i]);
		if (fault)
			return g_strdup_printf("erase-%02X %s", part->erases[i].opcode, fault);
	}
	return NULL;
}

/* How many values the BP bits have. */
static unsigned int
count_bp_values(const struct flash_part *part)
{
	unsigned int n = 1;

	for (unsigned int i = 0; i < FLASH_REGISTERS * 8; i++) {
		enum flash_bit function = part->status[i / 8][i % 8].function;

		if (function >= FLASH_BIT_BP0 && function <= FLASH_BIT_BP4)
			n *= 2;
	}
	return n;
}

/* One region with one block is the size of all blocks. */
static bool
lock_map_fits(const struct flash_part *part)
{
	const struct flash_region *regions = part->lock_regions;

	for (unsigned int i = 0; i < part->n_lock_regions; i++) {
		if (!regions[i].block_size)
			return false;
	}
	if (part->n_lock_regions == 0)
		return true;
	if (part->n_lock_regions == 1 && regions[0].n_blocks == 1)
		return part->size % regions[0].block_size == 0;
	return map_size(regions, part->n_lock_regions) == part->size;
}

static char *
check_protection(const struct flash_part *part)
{
	unsigned int n = count_bp_values(part);

	if (part->range_rule == FLASH_RANGE_LIST && part->n_bp_ranges != n)
		return g_strdup_printf("protection-list has %u ranges, its BP bits have %u values",
			part->n_bp_ranges, n);
	if (part->busy_after_failure && flash_opcode(part, "CLSR") < 0)
		return g_strdup("after-failure = busy needs the command CLSR, which is missing");
	return lock_map_fits(part) ? NULL
				   : g_strdup("the blocks of lock-map are not as large as size");
}

/* Whether the register that has the code of the dummy clocks exists. */
static bool
has_dummy_register(const struct flash_part *part)
{
	unsigned int reg = part->dummy_register - FLASH_DUMMY_STATUS_1;

	if (part->dummy_register == FLASH_DUMMY_VCR)
		return flash_opcode(part, "WRVCR") >= 0;
	if (part->dummy_register == FLASH_DUMMY_READ_PARAMETERS)
		return flash_opcode(part, "SRPV") >= 0;
	for (unsigned int bit = 0; bit < 8 && reg < FLASH_REGISTERS; bit++) {
		if (part->dummy_mask >> bit & 1 &&
			part->status[reg][bit].function == FLASH_BIT_NONE)
			return false;
	}
	return true;
}

static bool
is_clock_count(unsigned int n, unsigned int codes)
{
	return n <= 1 || n == codes;
}

static char *
check_dummies(const struct flash_part *part)
{
	unsigned int codes = 1u << __builtin_popcount(part->dummy_mask);

	if (!has_dummy_register(part))
		return g_strdup("dummy-code has bits that the part lacks, or the command for them "
				"(WRVCR, SRPV) is missing");
	if (codes > FLASH_DUMMY_CODES_MAX)
		return g_strdup("dummy-code has more than 4 bits");
	for (unsigned int i = 0; i < part->n_dummies; i++) {
		const struct flash_dummy *dummy = &part->dummies[i];

		if (strcmp(dummy->command, "RDSFDP") == 0)
			return g_strdup("dummy-RDSFDP: RDSFDP has 8 dummy clocks in all parts");
		if (!is_clock_count(dummy->n_clocks, codes))
			return g_strdup_printf("dummy-%s has %u numbers, the code has %u values",
				dummy->command, dummy->n_clocks, codes);
		if (!is_clock_count(dummy->n_qpi_clocks, codes))
			return g_strdup_printf(
				"qpi-dummy-%s has %u numbers, the code has %u values",
				dummy->command, dummy->n_qpi_clocks, codes);
	}
	return NULL;
}

/* NULL, or which of its limits an SFDP, an OTP area or an identification page exceeds. */
static const char *
find_area_limit(const struct flash_part *part)
{
	bool id_page = flash_opcode(part, "RDIDP") >= 0 || flash_opcode(part, "WRIDP") >= 0;

	if (part->sfdp != FLASH_SFDP_NONE && part->sfdp_wrap &&
		part->sfdp_wrap < flash_sfdp_tables_length(part))
		return "sfdp-wrap is less than the tables of the SFDP are long";
	if (part->otp_factory_end > part->otp_size)
		return "otp-factory goes beyond otp-size";
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
	static const char *const binary[] = {"PP", "PP4", "QPP", "QPP4", "DPP", "2PP", "4PP",
		"4PP4", "PW", "WRITE", "WRIDP", "PRSCUR", "SID_PROGRAM", "READ", "FAST_READ", "BP",
		"AAI", "AAI_BYTE"};

	if (!flash_part_is_dataflash(part))
		return NULL;
	if (part->page_size < 64)
		return "page of a DataFlash is at least 64, as its security register";
	if (count_sectors(part) > part->page_size)
		return "erase-7C has more sectors than page has bytes for their protection";
	if (base_value_is_power_of_two(part->page_size))
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(binary); i++) {
		if (flash_opcode(part, binary[i]) >= 0)
			return "a page of 33/32 of a power of two is for commands DF_... only";
	}
	return NULL;
}

static const char *
find_lock_limit(const struct flash_part *part)
{
	static const char *const commands[] = {"RBPR", "WBPR", "NVWLDR"};

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (flash_opcode(part, commands[i]) < 0)
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

/* NULL, or what the table behind the ID lacks. */
static const char *
find_cfi_limit(const struct flash_part *part)
{
	static const uint8_t none[FLASH_ID_CFI_TIMES];
	bool has_block = false;

	if (!part->id_cfi)
		return NULL;
	for (unsigned int i = 0; i < part->n_erases; i++)
		has_block = has_block ||
			(part->erases[i].opcode == 0xd8 &&
				(part->erases[i].size || part->erases[i].n_regions));
	if (part->id_length < 4 || part->id_unique)
		return "id-cfi needs an id of at least 4 bytes, the last of them the table's "
		       "length, and no id-unique";
	if (!has_block)
		return "id-cfi needs erase-D8, whose blocks its regions are";
	return memcmp(part->id_cfi_times, none, sizeof(none)) ? NULL
							      : "id-cfi needs the key id-cfi-times";
}

/* NULL, or why security registers lie on each other. */
static const char *
find_register_limit(const struct flash_part *part)
{
	if (part->security_register_step &&
		part->security_register_step < part->security_register_size)
		return "security-register-step is smaller than security-register-size";
	return NULL;
}

/* Beyond these the engine's own buffers and counts end. */
static char *
check_limits(const struct flash_part *part)
{
	const char *fault = find_area_limit(part);

	if (!fault)
		fault = find_dataflash_limit(part);
	if (!fault)
		fault = find_lock_limit(part);
	if (!fault)
		fault = find_cfi_limit(part);
	if (!fault)
		fault = find_register_limit(part);
	return g_strdup(fault);
}

bool
flash_part_check(const struct flash_part *part, char **why)
{
	static char *(*const checks[])(const struct flash_part *) = {check_counts, check_commands,
		check_inhibit, check_sizes, check_protection, check_dummies, check_limits};
	char *fault = NULL;

	for (size_t i = 0; !fault && i < G_N_ELEMENTS(checks); i++)
		fault = checks[i](part);
	if (!fault)
		return true;
	if (why)
		*why = fault;
	else
		g_free(fault);
	return false;
}
