/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of a chip, as spinor-chipdb(5) describes them, read into struct flash_part.
 *
 * Every key is a row of one table: name, reader, field, and what is allowed, in words for messages.
 * A group sets only what it mentions, on top of a copy of its family; who inherits whom is chipdb's
 * business. Checks that take several keys come last, when families and part are merged.
 *
 * long: a few lines per key, and a key's reader stands beside its row.
 */
#include "bench/partfile.h"

#include "base/units.h"
#include "bench/error.h"
#include "bench/partcommand.h"
#include "bench/partprotect.h"
#include "bench/partsfdp.h"
#include "bench/partvalue.h"
#include "flash/flash.h"

#include <string.h>

struct reading {
	struct bench_part *part;
	const struct bench_part_group *group;
	GStringChunk *strings;
	char *why; /* what exactly is wrong with the value; NULL: it is just not allowed */
};

struct key {
	const char *name;
	bool (*read)(struct reading *r, const struct key *key, const char *value);
	size_t field; /* offset in struct flash_part */
	const char *allowed;
	bool mandatory;
	const struct partvalue_word *words; /* for read_choice and read_flag */
};

static const struct partvalue_word bit_words[] = {{"-", FLASH_BIT_NONE}, {"BUSY", FLASH_BIT_BUSY},
	{"WEL", FLASH_BIT_WEL}, {"BP0", FLASH_BIT_BP0}, {"BP1", FLASH_BIT_BP1},
	{"BP2", FLASH_BIT_BP2}, {"BP3", FLASH_BIT_BP3}, {"BP4", FLASH_BIT_BP4},
	{"TB", FLASH_BIT_TB}, {"SEC", FLASH_BIT_SEC}, {"CMP", FLASH_BIT_CMP},
	{"SRP", FLASH_BIT_SRP}, {"SRL", FLASH_BIT_SRL}, {"QE", FLASH_BIT_QE},
	{"WPS", FLASH_BIT_WPS}, {"SUS", FLASH_BIT_SUS}, {"LB1", FLASH_BIT_LB1},
	{"LB2", FLASH_BIT_LB2}, {"LB3", FLASH_BIT_LB3}, {"DRV0", FLASH_BIT_DRV0},
	{"DRV1", FLASH_BIT_DRV1}, {"DRV2", FLASH_BIT_DRV2}, {"DC0", FLASH_BIT_DC0},
	{"DC1", FLASH_BIT_DC1}, {"ADS", FLASH_BIT_ADS}, {"ADP", FLASH_BIT_ADP},
	{"AAI", FLASH_BIT_AAI}, {"RDY", FLASH_BIT_RDY}, {"COMP", FLASH_BIT_COMP},
	{"PROTECT", FLASH_BIT_PROTECT}, {"PAGE_SIZE", FLASH_BIT_PAGE_SIZE}, {"SLE", FLASH_BIT_SLE},
	{"PS2", FLASH_BIT_PS2}, {"PSB", FLASH_BIT_PSB}, {"ESB", FLASH_BIT_ESB},
	{"P_FAIL", FLASH_BIT_P_FAIL}, {"E_FAIL", FLASH_BIT_E_FAIL}, {"QPI", FLASH_BIT_QPI},
	{"UNIFORM", FLASH_BIT_UNIFORM}, {"LDSO", FLASH_BIT_LDSO}, {"EPFAIL", FLASH_BIT_EPFAIL},
	{"EPE", FLASH_BIT_EPE}, {"SPRL", FLASH_BIT_SPRL}, {"SWP0", FLASH_BIT_SWP0},
	{"SWP1", FLASH_BIT_SWP1}, {"WPP", FLASH_BIT_WPP}, {"WPLD", FLASH_BIT_WPLD},
	{"BPNV", FLASH_BIT_BPNV}, {"BPNV_O", FLASH_BIT_BPNV_O}, {"FREEZE", FLASH_BIT_FREEZE},
	{"USER", FLASH_BIT_USER},
	/* What other data sheets call the same. */
	{"WIP", FLASH_BIT_BUSY}, {"PS1", FLASH_BIT_PSB}, {"ES", FLASH_BIT_ESB},
	{"SRP0", FLASH_BIT_SRP}, {"SRP1", FLASH_BIT_SRL}, {"SRWD", FLASH_BIT_SRP},
	{"BPL", FLASH_BIT_SRP}, {"WPEN", FLASH_BIT_SRP}, {"RES", FLASH_BIT_NONE},
	{"IOC", FLASH_BIT_QE}, {"QUAD", FLASH_BIT_QE}, {"TBPROT", FLASH_BIT_TB},
	{"WPSEL", FLASH_BIT_WPS}, {"WSE", FLASH_BIT_ESB}, {"WSP", FLASH_BIT_PSB},
	{"E_ERR", FLASH_BIT_E_FAIL}, {"P_ERR", FLASH_BIT_P_FAIL}, {"ODS0", FLASH_BIT_DRV0},
	{"ODS1", FLASH_BIT_DRV1}, {"ODS2", FLASH_BIT_DRV2}, {NULL, 0}};

static const struct partvalue_word tail_words[] = {
	{"repeat", FLASH_ID_REPEAT}, {"float", FLASH_ID_FLOAT}, {"zero", FLASH_ID_ZERO}, {NULL, 0}};
static const struct partvalue_word range_words[] = {{"none", FLASH_RANGE_NONE},
	{"pow2", FLASH_RANGE_POW2}, {"pow2-mirrored", FLASH_RANGE_POW2_MIRRORED},
	{"pow2-cmp-inverts-bp", FLASH_RANGE_POW2_CMP_INVERTS_BP},
	{"pow2-fixed64k", FLASH_RANGE_POW2_FIXED64K}, {"pow2-double", FLASH_RANGE_POW2_DOUBLE},
	{"from3-sixteenth", FLASH_RANGE_FROM3_SIXTEENTH}, {"quarters", FLASH_RANGE_QUARTERS},
	{"list", FLASH_RANGE_LIST}, {"at2x-sectors", FLASH_RANGE_AT2X_SECTORS},
	{"sst26", FLASH_RANGE_SST26}, {NULL, 0}};
static const struct partvalue_word lock_start_words[] = {
	{"locked", FLASH_LOCKS_LOCKED}, {"open", FLASH_LOCKS_OPEN}, {NULL, 0}};
static const struct partvalue_word failure_words[] = {{"ready", false}, {"busy", true}, {NULL, 0}};
static const struct partvalue_word sfdp_words[] = {
	{"none", FLASH_SFDP_NONE}, {"generated", FLASH_SFDP_GENERATED}, {NULL, 0}};
static const struct partvalue_word otp_lock_words[] = {{"none", FLASH_OTP_OPEN},
	{"control-byte", FLASH_OTP_CONTROL_BYTE}, {"regions", FLASH_OTP_REGIONS},
	{"once", FLASH_OTP_ONCE}, {NULL, 0}};
static const struct partvalue_word register_words[] = {{"-", 0}, {"sr1", 1}, {"sr2", 2}, {"sr3", 3},
	{"cr2", 4}, {"cr3", 5}, {"cr4", 6}, {NULL, 0}};
static const struct partvalue_word keep_clear_words[] = {
	{"keep", false}, {"clear", true}, {NULL, 0}};
static const struct partvalue_word lock_words[] = {
	{"power-cycle", false}, {"permanent", true}, {NULL, 0}};
static const struct partvalue_word clear_keep_words[] = {
	{"clear", false}, {"keep", true}, {NULL, 0}};

static bool is_given(const struct bench_part *part, const char *name);

static void *
field(struct reading *r, const struct key *key)
{
	return (char *)&r->part->part + key->field;
}

static bool
read_text(struct reading *r, const struct key *key, const char *value)
{
	const char **text = field(r, key);

	*text = g_string_chunk_insert_const(r->strings, value);
	return value[0] != '\0';
}

/* What a part answers to, so that it can be found before its family is read. */
static bool
refuse_in_family(struct reading *r)
{
	if (r->group->family)
		r->why = g_strdup("a part's own, not a family's");
	return r->group->family;
}

/* Names with ; between them; NULL-terminated. */
static const char **
split_names(struct reading *r, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, ";", -1);
	const char **names = g_new0(const char *, g_strv_length(words) + 1);
	unsigned int n = 0;

	for (char **word = words; *word; word++) {
		if (*g_strstrip(*word) != '\0')
			names[n++] = g_string_chunk_insert_const(r->strings, *word);
	}
	return names;
}

static bool
read_flashrom(struct reading *r, const struct key *key, const char *value)
{
	(void)key;
	if (refuse_in_family(r))
		return false;
	g_free(r->part->flashrom_names);
	r->part->flashrom_names = split_names(r, value);
	r->part->part.flashrom_names = r->part->flashrom_names;
	r->part->part.flashrom_name = r->part->flashrom_names[0];
	return r->part->part.flashrom_name != NULL;
}

static bool
read_aliases(struct reading *r, const struct key *key, const char *value)
{
	(void)key;
	if (refuse_in_family(r))
		return false;
	g_free(r->part->aliases);
	r->part->aliases = split_names(r, value);
	r->part->part.aliases = r->part->aliases;
	for (const char **name = r->part->aliases; *name; name++) {
		if (strpbrk(*name, " \t"))
			return false;
	}
	return true;
}

static bool
read_size(struct reading *r, const struct key *key, const char *value)
{
	uint64_t *size = field(r, key);

	return units_parse_size(value, size) && partvalue_is_size(*size) &&
		*size <= 4 * (1ull << 30);
}

/* Of a security register. */
static bool
read_small_size(struct reading *r, const struct key *key, const char *value)
{
	uint32_t *bytes = field(r, key);
	uint64_t size;

	if (!units_parse_size(value, &size) || !partvalue_is_power_of_two(size) || size > 64 * 1024)
		return false;
	*bytes = (uint32_t)size;
	return true;
}

static bool
read_page(struct reading *r, const struct key *key, const char *value)
{
	uint64_t size;

	(void)key;
	if (!units_parse_size(value, &size) || !partvalue_is_size(size) || size > 64 * 1024)
		return false;
	r->part->part.page_size = (uint32_t)size;
	return true;
}

static bool
read_voltage(struct reading *r, const struct key *key, const char *value)
{
	g_auto(GStrv) ends = g_strsplit(value, "-", -1);
	struct flash_part *part = &r->part->part;

	(void)key;
	return g_strv_length(ends) == 2 &&
		units_parse_voltage(g_strstrip(ends[0]), &part->vcc_min_mv) &&
		units_parse_voltage(g_strstrip(ends[1]), &part->vcc_max_mv) &&
		part->vcc_min_mv > 0 && part->vcc_min_mv <= part->vcc_max_mv;
}

static bool
read_id(struct reading *r, const struct key *key, const char *value)
{
	(void)key;
	r->part->part.id_length = partvalue_hex_bytes(value, r->part->part.id, FLASH_ID_MAX);
	return r->part->part.id_length > 0;
}

static bool
read_rems(struct reading *r, const struct key *key, const char *value)
{
	uint8_t bytes[2];

	(void)key;
	if (partvalue_hex_bytes(value, bytes, 2) != 2)
		return false;
	r->part->part.manufacturer = bytes[0];
	r->part->part.device_id = bytes[1];
	if (!is_given(r->part, "res")) {
		r->part->part.res[0] = bytes[1];
		r->part->part.res_length = 1;
	}
	return true;
}

static bool
read_res(struct reading *r, const struct key *key, const char *value)
{
	(void)key;
	r->part->part.res_length = partvalue_hex_bytes(value, r->part->part.res, FLASH_ID_MAX);
	return r->part->part.res_length > 0;
}

static bool
read_count(struct reading *r, const struct key *key, const char *value)
{
	unsigned int *count = field(r, key);
	guint64 n;

	if (!g_ascii_string_to_unsigned(value, 10, 0, 16, &n, NULL))
		return false;
	*count = (unsigned int)n;
	return true;
}

static bool
read_dummy(struct reading *r, const struct key *key, const char *value)
{
	unsigned int *clocks = field(r, key);
	guint64 n;

	if (!g_ascii_string_to_unsigned(value, 10, 8, 32, &n, NULL) || n % 8)
		return false;
	*clocks = (unsigned int)n;
	return true;
}

/* From 1 to 4. */
static bool
read_digit(struct reading *r, const struct key *key, const char *value)
{
	unsigned int *digit = field(r, key);
	guint64 n;

	if (!g_ascii_string_to_unsigned(value, 10, 1, 4, &n, NULL))
		return false;
	*digit = (unsigned int)n;
	return true;
}

/* Of an OTP area: any number up to 64K. */
static bool
read_bytes(struct reading *r, const struct key *key, const char *value)
{
	uint32_t *bytes = field(r, key);
	uint64_t size;

	if (!units_parse_size(value, &size) || size < 1 || size > 64 * 1024)
		return false;
	*bytes = (uint32_t)size;
	return true;
}

static bool
read_factory(struct reading *r, const struct key *key, const char *value)
{
	(void)key;
	return partvalue_range(
		value, &r->part->part.otp_factory_start, &r->part->part.otp_factory_end);
}

/* "sr1 sr3 sr2 cr2 cr3 cr4": which register lies at address 0, 1, ... */
static bool
read_registers(struct reading *r, const struct key *key, const char *value)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);
	uint8_t *registers = field(r, key);
	unsigned int n = 0;
	int reg;

	memset(registers, 0, FLASH_REGISTERS);
	for (char **word = words; *word; word++) {
		if (**word == '\0')
			continue;
		if (n == FLASH_REGISTERS || !partvalue_word(register_words, *word, &reg))
			return false;
		registers[n++] = (uint8_t)reg;
	}
	return n > 0;
}

static bool
read_sfdp(struct reading *r, const struct key *key, const char *value)
{
	struct flash_part *part = &r->part->part;
	int word;

	if (partvalue_word(key->words, value, &word)) {
		part->sfdp = (enum flash_sfdp)word;
		return true;
	}
	part->sfdp = FLASH_SFDP_FILE;
	return bench_part_read_sfdp(
		r->group->file, value, r->strings, &part->sfdp_data, &part->sfdp_length, &r->why);
}

static bool
read_frequency(struct reading *r, const struct key *key, const char *value)
{
	return partvalue_frequency(value, field(r, key));
}

static bool
read_time(struct reading *r, const struct key *key, const char *value)
{
	g_auto(GStrv) texts = g_strsplit(value, ",", -1);

	return partvalue_times(texts, field(r, key), &r->why);
}

/* Enumerations and flags: one of the key's words. */
static bool
read_choice(struct reading *r, const struct key *key, const char *value)
{
	unsigned int *choice = field(r, key);
	int word;

	if (!partvalue_word(key->words, value, &word))
		return false;
	*choice = (unsigned int)word;
	return true;
}

static bool
read_flag(struct reading *r, const struct key *key, const char *value)
{
	bool *flag = field(r, key);
	int word;

	if (!partvalue_word(key->words, value, &word))
		return false;
	*flag = word;
	return true;
}

/* Bits that only the chip itself sets. */
static bool
is_reported(enum flash_bit bit)
{
	switch (bit) {
	case FLASH_BIT_BUSY:
	case FLASH_BIT_WEL:
	case FLASH_BIT_SUS:
	case FLASH_BIT_PSB:
	case FLASH_BIT_ESB:
	case FLASH_BIT_P_FAIL:
	case FLASH_BIT_E_FAIL:
	case FLASH_BIT_ADS:
	case FLASH_BIT_AAI:
	case FLASH_BIT_LDSO:
	case FLASH_BIT_EPFAIL:
	case FLASH_BIT_EPE:
	case FLASH_BIT_SWP0:
	case FLASH_BIT_SWP1:
	case FLASH_BIT_WPP:
	case FLASH_BIT_WPLD:
	case FLASH_BIT_BPNV:
	case FLASH_BIT_RDY:
	case FLASH_BIT_COMP:
	case FLASH_BIT_PROTECT:
	case FLASH_BIT_PAGE_SIZE:
	case FLASH_BIT_SLE:
	case FLASH_BIT_PS2:
		return true;
	default:
		return false;
	}
}

/* Bits that forget by nature. */
static bool
is_forgetful(enum flash_bit bit)
{
	return bit == FLASH_BIT_SPRL || bit == FLASH_BIT_FREEZE;
}

/* One cell of a register's figure: "LB1/otp". */
static bool
read_bit(struct reading *r, char *cell, struct flash_register_bit *bit)
{
	char *suffix = strchr(cell, '/');
	int function;

	memset(bit, 0, sizeof(*bit));
	if (suffix) {
		*suffix++ = '\0';
		bit->otp = strcmp(suffix, "otp") == 0;
		bit->read_only = strcmp(suffix, "ro") == 0;
		bit->is_volatile = strcmp(suffix, "v") == 0;
		if (!bit->otp && !bit->read_only && !bit->is_volatile) {
			r->why = g_strdup_printf("unknown suffix \"/%s\"", suffix);
			return false;
		}
	}
	if (!partvalue_word(bit_words, cell, &function)) {
		r->why = g_strdup_printf("unknown bit \"%s\"", cell);
		return false;
	}
	bit->function = (enum flash_bit)function;
	bit->read_only = bit->read_only || is_reported(bit->function);
	bit->is_volatile = bit->is_volatile || is_forgetful(bit->function);
	return true;
}

static bool
read_status(struct reading *r, const struct key *key, const char *value)
{
	g_auto(GStrv) cells = g_strsplit_set(value, " \t", -1);
	struct flash_register_bit *status = field(r, key);
	unsigned int n = 0;

	for (char **cell = cells; *cell; cell++) {
		if (**cell == '\0')
			continue;
		if (n < 8 && !read_bit(r, *cell, &status[7 - n]))
			return false;
		n++;
	}
	if (n == 8)
		return true;
	r->why = g_strdup_printf("%u bits", n);
	return false;
}

static bool
read_status_default(struct reading *r, const struct key *key, const char *value)
{
	return partvalue_hex_byte(value, field(r, key));
}

static struct partcommand
place(struct reading *r)
{
	return (struct partcommand){r->part, r->strings, &r->why};
}

/* commands, commands+ and commands-: the last letter says which. */
static bool
read_commands(struct reading *r, const struct key *key, const char *value)
{
	struct partcommand at = place(r);
	char how = key->name[strlen(key->name) - 1];

	return bench_part_change_commands(&at, value,
		how == '+'           ? PARTCOMMAND_ADD
			: how == '-' ? PARTCOMMAND_REMOVE
				     : PARTCOMMAND_REPLACE);
}

static bool
read_bp_ranges(struct reading *r, const struct key *key, const char *value)
{
	(void)key;
	return bench_part_set_bp_ranges(&r->part->part, value);
}

static bool
read_wp_protects(struct reading *r, const struct key *key, const char *value)
{
	uint32_t *bytes = field(r, key);
	uint64_t size;

	if (!units_parse_size(value, &size) || size > UINT32_MAX)
		return false;
	*bytes = (uint32_t)size;
	return true;
}

static bool
read_lock_map(struct reading *r, const struct key *key, const char *value)
{
	struct partcommand at = place(r);

	(void)key;
	return bench_part_set_lock_map(&at, value);
}

#define PART(member) offsetof(struct flash_part, member)
#define TIMING(name) offsetof(struct flash_part, timing) + name * sizeof(struct flash_time)
#define STATUS(n) offsetof(struct flash_part, status) + n * 8 * sizeof(struct flash_register_bit)

#define TEXT_ALLOWED "some text"
#define FIGURE_ALLOWED                                                                         \
	"8 bits, bit 7 first, each one - or a name of spinor-chipdb(5), with /otp, /ro or /v " \
	"where it applies"
#define BYTE_ALLOWED "one hex byte, such as 02"
#define COMMANDS_ALLOWED "mnemonics of spinor-chipdb(5), each with :OPCODE in hex where it differs"
#define TIME_ALLOWED "typical and maximum, such as 0.4 ms, 3 ms, or one time for both"
#define FREQUENCY_ALLOWED "a frequency up to 4 GHz, such as 50 MHz"
#define SIZE_ALLOWED "a power of two up to 4G, such as 16M; of a DataFlash also 33/32 of one"
#define CLOCKS_ALLOWED "clocks: 8, 16, 24 or 32"
#define ERASE_ALLOWED                                                                            \
	"a power of two, a map such as 4Kx2 + 8K + 16K, or chip; and one or two times, such as " \
	"4K, 45 ms, 400 ms; as and another opcode, such as as C7; or none"

static const struct key keys[] = {
	{"inherits", NULL, 0, "the name of a family", false, NULL},
	{"vendor", read_text, PART(vendor), TEXT_ALLOWED, true, NULL},
	{"flashrom", read_flashrom, 0, "names, with ; between them", false, NULL},
	{"aliases", read_aliases, 0, "names without blanks, with ; between them", false, NULL},
	{"size", read_size, PART(size), SIZE_ALLOWED, true, NULL},
	{"page", read_page, 0,
		"a power of two up to 64K, such as 256; of a DataFlash also 33/32 of one", false,
		NULL},
	{"voltage", read_voltage, 0, "lowest and highest, such as 2.7 V - 3.6 V", true, NULL},
	{"address", read_digit, PART(address_bytes), "1 to 4 (bytes)", false, NULL},
	{"id", read_id, 0, "1 to 8 hex bytes, such as EF 40 18", false, NULL},
	{"id-tail", read_choice, PART(id_tail), "repeat, float or zero", false, tail_words},
	{"rems", read_rems, 0, "2 hex bytes: manufacturer and device, such as EF 17", false, NULL},
	{"res", read_res, 0, "1 to 8 hex bytes, such as BF 43", false, NULL},
	{"unique-id", read_count, PART(unique_id_length), "0 to 16 (bytes)", false, NULL},
	{"sr1", read_status, STATUS(0), FIGURE_ALLOWED, false, NULL},
	{"sr2", read_status, STATUS(1), FIGURE_ALLOWED, false, NULL},
	{"sr3", read_status, STATUS(2), FIGURE_ALLOWED, false, NULL},
	{"sr1-default", read_status_default, PART(status_default[0]), BYTE_ALLOWED, false, NULL},
	{"sr2-default", read_status_default, PART(status_default[1]), BYTE_ALLOWED, false, NULL},
	{"sr3-default", read_status_default, PART(status_default[2]), BYTE_ALLOWED, false, NULL},
	{"cr2", read_status, STATUS(3), FIGURE_ALLOWED, false, NULL},
	{"cr3", read_status, STATUS(4), FIGURE_ALLOWED, false, NULL},
	{"cr4", read_status, STATUS(5), FIGURE_ALLOWED, false, NULL},
	{"cr2-default", read_status_default, PART(status_default[3]), BYTE_ALLOWED, false, NULL},
	{"cr3-default", read_status_default, PART(status_default[4]), BYTE_ALLOWED, false, NULL},
	{"cr4-default", read_status_default, PART(status_default[5]), BYTE_ALLOWED, false, NULL},
	{"registers", read_registers, PART(any_registers), "up to 6 of sr1 sr2 sr3 cr2 cr3 cr4 -",
		false, NULL},
	{"evcr-default", read_status_default, PART(evcr_default), BYTE_ALLOWED, false, NULL},
	{"dies", read_digit, PART(dies), "1 to 4", false, NULL},
	{"wrsr-bytes", read_digit, PART(wrsr_bytes), "1 to 4", false, NULL},
	{"wrsr-short", read_flag, PART(wrsr_short_clears), "keep or clear", false,
		keep_clear_words},
	{"wel-on-reject", read_flag, PART(wel_kept_on_reject), "clear or keep", false,
		clear_keep_words},
	{"protection", read_choice, PART(range_rule),
		"none, pow2, pow2-mirrored, pow2-cmp-inverts-bp, pow2-fixed64k, pow2-double, "
		"from3-sixteenth, quarters, list, at2x-sectors or sst26",
		false, range_words},
	{"protection-list", read_bp_ranges, 0,
		"a range for each value of BP: none, all, a size, a fraction such as 1/64, @other "
		"behind it for the other end, or chip-erase; such as none 1/4 1/2 all",
		false, NULL},
	{"wp-protects", read_wp_protects, PART(wp_protects), "a size, such as 64K", false, NULL},
	{"lock-map", read_lock_map, 0,
		"the size of all blocks, or a map such as 4Kx16 + 64Kx30 + 4Kx16", false, NULL},
	{"lock-power-up", read_choice, PART(lock_start), "locked or open", false, lock_start_words},
	{"after-failure", read_flag, PART(busy_after_failure), "ready or busy", false,
		failure_words},
	{"srl-with-srp", read_flag, PART(srl_srp_permanent), "power-cycle or permanent", false,
		lock_words},
	{"commands", read_commands, 0, COMMANDS_ALLOWED, true, NULL},
	{"commands+", read_commands, 0, COMMANDS_ALLOWED, false, NULL},
	{"commands-", read_commands, 0, "commands of the family", false, NULL},
	{"security-registers", read_count, PART(security_registers), "0 to 16", false, NULL},
	{"security-register-size", read_small_size, PART(security_register_size),
		"a power of two up to 64K, such as 256", false, NULL},
	{"security-register-first", read_count, PART(security_register_first), "0 to 16", false,
		NULL},
	{"otp-size", read_bytes, PART(otp_size), "1 to 64K", false, NULL},
	{"otp-factory", read_factory, 0, "first and last byte, such as 0-15", false, NULL},
	{"otp-lock", read_choice, PART(otp_lock), "none, control-byte, regions or once", false,
		otp_lock_words},
	{"otp-read-dummy", read_dummy, PART(otp_read_dummy), CLOCKS_ALLOWED, false, NULL},
	{"sfdp", read_sfdp, 0, "none, generated or the name of a file", false, sfdp_words},
	{"fR", read_frequency, PART(read_max_hz), FREQUENCY_ALLOWED, true, NULL},
	{"FR", read_frequency, PART(fast_read_max_hz), FREQUENCY_ALLOWED, true, NULL},
	{"tPP", read_time, TIMING(FLASH_T_PP), TIME_ALLOWED, false, NULL},
	{"tEP", read_time, TIMING(FLASH_T_EP), TIME_ALLOWED, false, NULL},
	{"tXFR", read_time, TIMING(FLASH_T_XFR), TIME_ALLOWED, false, NULL},
	{"tCOMP", read_time, TIMING(FLASH_T_COMP), TIME_ALLOWED, false, NULL},
	{"tBP1", read_time, TIMING(FLASH_T_BP1), TIME_ALLOWED, false, NULL},
	{"tBP2", read_time, TIMING(FLASH_T_BP2), TIME_ALLOWED, false, NULL},
	{"tW", read_time, TIMING(FLASH_T_W), TIME_ALLOWED, false, NULL},
	{"tSR", read_time, TIMING(FLASH_T_SR), TIME_ALLOWED, false, NULL},
	{"tDP", read_time, TIMING(FLASH_T_DP), TIME_ALLOWED, false, NULL},
	{"tRES1", read_time, TIMING(FLASH_T_RES1), TIME_ALLOWED, false, NULL},
	{"tRES2", read_time, TIMING(FLASH_T_RES2), TIME_ALLOWED, false, NULL},
	{"tSUS", read_time, TIMING(FLASH_T_SUS), TIME_ALLOWED, false, NULL},
	{"tRST", read_time, TIMING(FLASH_T_RST), TIME_ALLOWED, false, NULL},
	{"tXUDPD", read_time, TIMING(FLASH_T_UDPD), TIME_ALLOWED, false, NULL},
	{"tVSL", read_time, TIMING(FLASH_T_VSL), TIME_ALLOWED, false, NULL},
	{"tPUW", read_time, TIMING(FLASH_T_PUW), TIME_ALLOWED, false, NULL},
	{"tNVCR", read_time, TIMING(FLASH_T_NVCR), TIME_ALLOWED, false, NULL},
};
G_STATIC_ASSERT(G_N_ELEMENTS(keys) <= BENCH_PART_KEYS);
G_STATIC_ASSERT(sizeof(enum flash_id_tail) == sizeof(unsigned int)); /* read_choice */

static int
find_key(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (strcmp(keys[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

static bool
is_given(const struct bench_part *part, const char *name)
{
	return part->given[find_key(name)];
}

/* "erase-20", "erase4-21" for one that takes 4 address bytes, "hybrid-20", "hybrid4-21". */
static bool
is_erase_key(const char *name, struct flash_erase *erase)
{
	const char *dash = strchr(name, '-');

	memset(erase, 0, sizeof(*erase));
	erase->hybrid = g_str_has_prefix(name, "hybrid");
	erase->four_byte = dash && dash > name && dash[-1] == '4';
	if (!dash || (!erase->hybrid && !g_str_has_prefix(name, "erase")) ||
		dash - name != (erase->hybrid ? 6 : 5) + erase->four_byte)
		return false;
	return partvalue_hex_byte(dash + 1, &erase->opcode);
}

static bool
read_erase(struct reading *r, const struct flash_erase *erase, const char *value)
{
	struct partcommand at = place(r);

	return bench_part_set_erase(&at, erase, value);
}

static void
refuse_key(const struct bench_part_group *group, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const char *nearest;

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		g_ptr_array_add(known, (gpointer)keys[i].name);
	g_ptr_array_add(known, "erase-20");
	nearest = bench_nearest(name, known);
	if (nearest)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: unknown key \"%s\": did you mean %s?", group->file, group->name,
			name, nearest);
	else
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: unknown key \"%s\" (spinor-chipdb(5) lists all)", group->file,
			group->name, name);
}

static bool
read_key(struct reading *r, const char *name, const char *value, GError **error)
{
	int i = find_key(name);
	struct flash_erase erase;
	bool good;

	if (i >= 0) {
		good = !keys[i].read || keys[i].read(r, &keys[i], value);
		r->part->given[i] = true;
	} else if (is_erase_key(name, &erase)) {
		good = read_erase(r, &erase, value);
	} else {
		refuse_key(r->group, name, error);
		return false;
	}
	if (!good) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: %s = \"%s\" is refused%s%s; allowed: %s", r->group->file,
			r->group->name, name, value, r->why ? ": " : "", r->why ? r->why : "",
			i >= 0 ? keys[i].allowed : ERASE_ALLOWED);
		g_clear_pointer(&r->why, g_free);
	}
	return good;
}

struct bench_part *
bench_part_new(const struct bench_part *family)
{
	struct bench_part *part = g_new0(struct bench_part, 1);

	if (family) {
		*part = *family;
		return part;
	}
	part->part.address_bytes = 3;
	part->part.security_register_first = 1;
	part->part.evcr_default = 0xdf;
	part->part.dies = 1;
	memcpy(part->part.any_registers, (uint8_t[FLASH_REGISTERS]){1, 3, 2, 4, 5, 6},
		FLASH_REGISTERS);
	return part;
}

void
bench_part_free(struct bench_part *part)
{
	if (!part)
		return;
	g_free(part->aliases);
	g_free(part->flashrom_names);
	g_free(part);
}

bool
bench_part_read(struct bench_part *part, const struct bench_part_group *group,
	GStringChunk *strings, GError **error)
{
	g_auto(GStrv) names = g_key_file_get_keys(group->keys, group->name, NULL, NULL);
	struct reading reading = {.part = part, .group = group, .strings = strings};

	if (!group->family)
		part->part.name = g_string_chunk_insert_const(strings, group->name);
	for (char **name = names; *name; name++) {
		g_autofree char *value =
			g_key_file_get_value(group->keys, group->name, *name, NULL);
		size_t length = strlen(*name);

		/* "commands += X" is the key "commands +" to GKeyFile. */
		if (length >= 2 && (*name)[length - 2] == ' ') {
			(*name)[length - 2] = (*name)[length - 1];
			(*name)[length - 1] = '\0';
		}
		if (!read_key(&reading, *name, g_strstrip(value), error))
			return false;
	}
	if (!is_given(part, "wrsr-bytes"))
		part->part.wrsr_bytes = is_given(part, "sr2") ? 2 : 1;
	return true;
}

static bool
check_mandatory(const struct bench_part *part, const struct bench_part_group *group, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (!keys[i].mandatory || part->given[i])
			continue;
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: key %s is missing, here and in its families; allowed: %s",
			group->file, group->name, keys[i].name, keys[i].allowed);
		return false;
	}
	return true;
}

/* Commands that answer with what another key says. */
static bool
check_needs(const struct bench_part *part, const struct bench_part_group *group, GError **error)
{
	static const char *const needs[][2] = {{"RDID", "id"}, {"REMS", "rems"}, {"DREMS", "rems"},
		{"QREMS", "rems"}, {"RDUID", "unique-id"}, {"RDSFDP", "sfdp"}, {"RDSR2", "sr2"},
		{"WRSR2", "sr2"}, {"RDCR", "sr2"}, {"RDSR3", "sr3"}, {"WRSR3", "sr3"},
		{"RDSECUR", "sr3"}, {"ERSCUR", "security-registers"},
		{"PRSCUR", "security-registers"}, {"RDSCUR", "security-registers"},
		{"RDSCUR", "security-register-size"}, {"RDIDP", "id"}, {"RDIDP", "page"},
		{"WRIDP", "id"}, {"WRIDP", "page"}, {"RDSR1", "sr1"}, {"WREN", "sr1"},
		{"WRSR", "sr1"}, {"WRSR", "tW"}, {"PP", "page"}, {"PP", "tPP"}, {"PP4", "page"},
		{"QPP", "page"}, {"BP", "tPP"}, {"AAI", "tPP"}, {"AAI_BYTE", "tPP"},
		{"WRITE", "page"}, {"WRITE", "tPP"}, {"PRSCUR", "page"}, {"RDSFDP", "page"},
		{"SID_READ", "security-registers"}, {"ENSO", "otp-size"}, {"OTP_ENTER", "otp-size"},
		{"RDOTP", "otp-size"}, {"PROTP", "otp-size"}, {"DIE_SELECT", "dies"},
		{"DF_RDSR", "sr1"}, {"DF_BUF1_PROGRAM", "tPP"}, {"DF_BUF1_ERASE_PROGRAM", "tEP"},
		{"DF_PAGE_PROGRAM1", "tEP"}};

	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		if (!bench_part_has_command(&part->part, needs[i][0]) ||
			is_given(part, needs[i][1]))
			continue;
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: command %s needs the key %s, which is missing", group->file,
			group->name, needs[i][0], needs[i][1]);
		return false;
	}
	return true;
}

static bool
check_res(const struct bench_part *part, const struct bench_part_group *group, GError **error)
{
	if (!bench_part_has_command(&part->part, "RES") || part->part.res_length > 0)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
		"%s: [%s]: command RES needs the key res or rems; both are missing", group->file,
		group->name);
	return false;
}

/* A bit has one place, and what is reserved is delivered as 0. */
static bool
check_status(const struct flash_part *part, const struct bench_part_group *at, GError **error)
{
	bool placed[FLASH_BITS] = {false};

	for (unsigned int i = 0; i < FLASH_REGISTERS * 8; i++) {
		unsigned int reg = i / 8;
		unsigned int bit = i % 8;
		enum flash_bit function = part->status[reg][bit].function;

		if (function == FLASH_BIT_NONE && part->status_default[reg] >> bit & 1) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
				"%s: [%s]: %s-default sets bit %u, which is reserved (-) in %s",
				at->file, at->name, register_words[reg + 1].name, bit,
				register_words[reg + 1].name);
			return false;
		}
		if (function == FLASH_BIT_NONE || function == FLASH_BIT_USER ||
			function == FLASH_BIT_RDY)
			continue;
		/* SST26 shows BUSY in bit 7 as well. */
		if (placed[function] && function != FLASH_BIT_BUSY) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
				"%s: [%s]: bit %u of %s is in another place already", at->file,
				at->name, bit, register_words[reg + 1].name);
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

/* What the engine relies on: powers of two, or of a DataFlash whole pages. */
static bool
check_units(const struct flash_part *part, const struct bench_part_group *at, GError **error)
{
	bool dataflash = flash_part_is_dataflash(part);

	if (dataflash && part->page_size && part->size % part->page_size == 0 &&
		partvalue_is_power_of_two(part->size / part->page_size))
		return true;
	if (dataflash) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: size has to be page times a power of two, as in size = 4224K "
			"and page = 528",
			at->file, at->name);
		return false;
	}
	if (partvalue_is_power_of_two(part->size) && (part->page_size & (part->page_size - 1)) == 0)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
		"%s: [%s]: size and page have to be powers of two; only a DataFlash (commands "
		"DF_...) can have 33/32 of one",
		at->file, at->name);
	return false;
}

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
	return erase->size > part->size ? "is larger than size" : NULL;
}

static bool
check_otp(const struct flash_part *part, const struct bench_part_group *at, GError **error)
{
	if (part->otp_factory_end <= part->otp_size)
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
		"%s: [%s]: otp-factory goes beyond otp-size", at->file, at->name);
	return false;
}

static bool
check_sizes(const struct flash_part *part, const struct bench_part_group *at, GError **error)
{
	const char *fault;

	if (!check_units(part, at, error))
		return false;
	if (part->page_size > part->size) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: page is larger than size", at->file, at->name);
		return false;
	}
	for (unsigned int i = 0; i < part->n_erases; i++) {
		fault = find_fault(part, &part->erases[i]);
		if (!fault)
			continue;
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE, "%s: [%s]: erase-%02X %s",
			at->file, at->name, part->erases[i].opcode, fault);
		return false;
	}
	return true;
}

static bool
copy_erases(struct bench_part *part, const struct bench_part_group *group, GError **error)
{
	uint8_t missing;

	if (bench_part_copy_erases(part, &missing))
		return true;
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
		"%s: [%s]: an erase is \"as %02X\", but erase-%02X is missing, here and in its "
		"families",
		group->file, group->name, missing, missing);
	return false;
}

bool
bench_part_finish(struct bench_part *part, const struct bench_part_group *group, GError **error)
{
	return copy_erases(part, group, error) && check_mandatory(part, group, error) &&
		check_needs(part, group, error) && check_res(part, group, error) &&
		check_status(&part->part, group, error) && check_sizes(&part->part, group, error) &&
		check_otp(&part->part, group, error) &&
		bench_part_check_protection(&part->part, group, error);
}
