/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of a chip, as spinor-chipdb(5) describes them, read into struct flash_part.
 *
 * Every key is a row of one table: name, reader, field, and what is allowed, in words for messages.
 * A reader looks at one value alone; what takes several keys is checked in partcheck.c. Leaves out
 * the keys that have an opcode in their names: a part has as many of these as it has erases.
 */
#include "chipdb/partkey.h"

#include "base/units.h"
#include "chipdb/partcommand.h"
#include "chipdb/partprotect.h"
#include "chipdb/partsfdp.h"
#include "chipdb/partstatus.h"
#include "chipdb/times.h"
#include "base/value.h"
#include "flash/flash.h"

#include <string.h>

static const struct base_value_word tail_words[] = {
	{"repeat", FLASH_ID_REPEAT}, {"float", FLASH_ID_FLOAT}, {"zero", FLASH_ID_ZERO}, {NULL, 0}};
static const struct base_value_word range_words[] = {{"none", FLASH_RANGE_NONE},
	{"pow2", FLASH_RANGE_POW2}, {"pow2-mirrored", FLASH_RANGE_POW2_MIRRORED},
	{"pow2-cmp-inverts-bp", FLASH_RANGE_POW2_CMP_INVERTS_BP},
	{"pow2-fixed64k", FLASH_RANGE_POW2_FIXED64K}, {"pow2-double", FLASH_RANGE_POW2_DOUBLE},
	{"from3-sixteenth", FLASH_RANGE_FROM3_SIXTEENTH}, {"quarters", FLASH_RANGE_QUARTERS},
	{"list", FLASH_RANGE_LIST}, {"at2x-sectors", FLASH_RANGE_AT2X_SECTORS},
	{"sst26", FLASH_RANGE_SST26}, {NULL, 0}};
static const struct base_value_word lock_start_words[] = {
	{"locked", FLASH_LOCKS_LOCKED}, {"open", FLASH_LOCKS_OPEN}, {NULL, 0}};
static const struct base_value_word failure_words[] = {{"ready", false}, {"busy", true}, {NULL, 0}};
static const struct base_value_word sfdp_words[] = {
	{"none", FLASH_SFDP_NONE}, {"generated", FLASH_SFDP_GENERATED}, {NULL, 0}};
static const struct base_value_word otp_lock_words[] = {{"none", FLASH_OTP_OPEN},
	{"control-byte", FLASH_OTP_CONTROL_BYTE}, {"regions", FLASH_OTP_REGIONS},
	{"once", FLASH_OTP_ONCE}, {NULL, 0}};
static const struct base_value_word keep_clear_words[] = {
	{"keep", false}, {"clear", true}, {NULL, 0}};
static const struct base_value_word lock_words[] = {
	{"power-cycle", false}, {"permanent", true}, {NULL, 0}};
static const struct base_value_word clear_keep_words[] = {
	{"clear", false}, {"keep", true}, {NULL, 0}};

static const struct base_value_word pin7_words[] = {{"hold", FLASH_PIN7_HOLD},
	{"reset", FLASH_PIN7_RESET}, {"none", FLASH_PIN7_NONE}, {NULL, 0}};
static const struct base_value_word no_yes_words[] = {{"no", false}, {"yes", true}, {NULL, 0}};
static const struct base_value_word pin_words[] = {
	{"wp", FLASH_PIN_WP}, {"hold", FLASH_PIN_HOLD}, {"reset", FLASH_PIN_RESET}, {NULL, 0}};

static void *
field(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key)
{
	return (char *)&r->part->part + key->field;
}

static bool
read_text(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	const char **text = field(r, key);

	*text = g_string_chunk_insert_const(r->strings, value);
	return value[0] != '\0';
}

/* What a part answers to, so that it can be found before its family is read. */
static bool
refuse_in_family(struct chipdb_partkey_reading *r)
{
	if (r->group->family)
		r->why = g_strdup("a part's own, not a family's");
	return r->group->family;
}

/* Names with ; between them; NULL-terminated. */
static const char **
split_names(struct chipdb_partkey_reading *r, const char *value)
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
read_flashrom(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
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
read_aliases(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
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
read_size(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	uint64_t *size = field(r, key);

	return base_parse_size(value, size) && base_value_is_size(*size) &&
		*size <= 4 * (1ull << 30);
}

/* Of a security register: the next one lies 4K further. */
static bool
read_small_size(
	struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	uint32_t *bytes = field(r, key);
	uint64_t size;

	if (!base_parse_size(value, &size) || !base_value_is_power_of_two(size) || size > 4 * 1024)
		return false;
	*bytes = (uint32_t)size;
	return true;
}

static bool
read_page(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	uint64_t size;

	(void)key;
	if (!base_parse_size(value, &size) || !base_value_is_size(size) || size > 64 * 1024)
		return false;
	r->part->part.page_size = (uint32_t)size;
	return true;
}

static bool
read_voltage(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	g_auto(GStrv) ends = g_strsplit(value, "-", -1);
	struct flash_part *part = &r->part->part;

	(void)key;
	return g_strv_length(ends) == 2 &&
		base_parse_voltage(g_strstrip(ends[0]), &part->vcc_min_mv) &&
		base_parse_voltage(g_strstrip(ends[1]), &part->vcc_max_mv) &&
		part->vcc_min_mv > 0 && part->vcc_min_mv <= part->vcc_max_mv;
}

static bool
read_millivolts(
	struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	int *millivolts = field(r, key);

	return base_parse_voltage(value, millivolts) && *millivolts > 0;
}

static bool
read_endurance(
	struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	uint32_t *cycles = field(r, key);
	guint64 number;

	if (!g_ascii_string_to_unsigned(value, 10, 1, 100000000, &number, NULL))
		return false;
	*cycles = (uint32_t)number;
	return true;
}

/* The pins named, as a set; "-" for none. */
static bool
read_floating(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	g_auto(GStrv) names = g_strsplit(value, " ", -1);
	uint8_t *pins = field(r, key);
	int pin;

	*pins = 0;
	if (strcmp(value, "-") == 0)
		return true;
	for (char **name = names; *name; name++) {
		if (!base_value_word(key->words, *name, &pin))
			return false;
		*pins |= (uint8_t)(1 << pin);
	}
	return true;
}

static bool
read_id(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	(void)key;
	r->part->part.id_length = base_value_hex_bytes(value, r->part->part.id, FLASH_ID_MAX);
	return r->part->part.id_length > 0;
}

static bool
read_rems(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	uint8_t bytes[2];

	(void)key;
	if (base_value_hex_bytes(value, bytes, 2) != 2)
		return false;
	r->part->part.manufacturer = bytes[0];
	r->part->part.device_id = bytes[1];
	if (!chipdb_part_is_given(r->part, "res")) {
		r->part->part.res[0] = bytes[1];
		r->part->part.res_length = 1;
	}
	return true;
}

static bool
read_res(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	(void)key;
	r->part->part.res_length = base_value_hex_bytes(value, r->part->part.res, FLASH_ID_MAX);
	return r->part->part.res_length > 0;
}

static bool
read_number(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value,
	unsigned int lowest, unsigned int highest)
{
	unsigned int *number = field(r, key);
	guint64 n;

	if (!g_ascii_string_to_unsigned(value, 10, lowest, highest, &n, NULL))
		return false;
	*number = (unsigned int)n;
	return true;
}

static bool
read_count(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	return read_number(r, key, value, 0, 16);
}

/* From 1 to 4. */
static bool
read_digit(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	return read_number(r, key, value, 1, 4);
}

/* WRSR has no more than the status registers. */
static bool
read_wrsr_bytes(
	struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	return read_number(r, key, value, 1, FLASH_STATUS_REGISTERS);
}

static bool
read_dummy(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	unsigned int *clocks = field(r, key);
	guint64 n;

	if (!g_ascii_string_to_unsigned(value, 10, 8, 32, &n, NULL) || n % 8)
		return false;
	*clocks = (unsigned int)n;
	return true;
}

/* Of an OTP area: any number up to 64K. */
static bool
read_bytes(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	uint32_t *bytes = field(r, key);
	uint64_t size;

	if (!base_parse_size(value, &size) || size < 1 || size > 64 * 1024)
		return false;
	*bytes = (uint32_t)size;
	return true;
}

static bool
read_factory(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	(void)key;
	return base_value_range(
		value, &r->part->part.otp_factory_start, &r->part->part.otp_factory_end);
}

static bool
read_registers(
	struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	return chipdb_part_read_registers(value, field(r, key));
}

static bool
read_sfdp(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	struct flash_part *part = &r->part->part;
	int word;

	if (base_value_word(key->words, value, &word)) {
		part->sfdp = (enum flash_sfdp)word;
		return true;
	}
	part->sfdp = FLASH_SFDP_FILE;
	return chipdb_part_read_sfdp(
		r->group->file, value, r->strings, &part->sfdp_data, &part->sfdp_length, &r->why);
}

static bool
read_frequency(
	struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	return base_value_frequency(value, field(r, key));
}

static bool
read_time(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	g_auto(GStrv) texts = g_strsplit(value, ",", -1);

	return chipdb_times(texts, field(r, key), &r->why);
}

/* Enumerations and flags: one of the key's words. */
static bool
read_choice(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	unsigned int *choice = field(r, key);
	int word;

	if (!base_value_word(key->words, value, &word))
		return false;
	*choice = (unsigned int)word;
	return true;
}

static bool
read_flag(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	bool *flag = field(r, key);
	int word;

	if (!base_value_word(key->words, value, &word))
		return false;
	*flag = word;
	return true;
}

static bool
read_status(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	return chipdb_part_read_figure(value, field(r, key), &r->why);
}

static bool
read_status_default(
	struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	return base_value_hex_byte(value, field(r, key));
}

/* commands, commands+ and commands-: the last letter says which. */
static bool
read_commands(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	struct chipdb_partcommand at = chipdb_partkey_place(r);
	char how = key->name[strlen(key->name) - 1];

	return chipdb_part_change_commands(&at, value,
		how == '+'           ? CHIPDB_PARTCOMMAND_ADD
			: how == '-' ? CHIPDB_PARTCOMMAND_REMOVE
				     : CHIPDB_PARTCOMMAND_REPLACE);
}

static bool
read_bp_ranges(
	struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	(void)key;
	return chipdb_part_set_bp_ranges(&r->part->part, value);
}

static bool
read_wp_protects(
	struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	uint32_t *bytes = field(r, key);
	uint64_t size;

	if (!base_parse_size(value, &size) || size > UINT32_MAX)
		return false;
	*bytes = (uint32_t)size;
	return true;
}

static bool
read_lock_map(struct chipdb_partkey_reading *r, const struct chipdb_partkey *key, const char *value)
{
	struct chipdb_partcommand at = chipdb_partkey_place(r);

	(void)key;
	return chipdb_part_set_lock_map(&at, value);
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

static const struct chipdb_partkey keys[] = {
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
	{"wrsr-bytes", read_wrsr_bytes, PART(wrsr_bytes), "1 to 3", false, NULL},
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
	{"write-inhibit", read_millivolts, PART(inhibit_mv), "a voltage, such as 2.0 V", false,
		NULL},
	{"endurance", read_endurance, PART(endurance), "1 to 100000000 (cycles)", false, NULL},
	{"pin7", read_choice, PART(pin7), "hold, reset or none", false, pin7_words},
	{"reset-pin", read_flag, PART(reset_pin), "no or yes", false, no_yes_words},
	{"floating", read_floating, PART(no_pull_up), "-, or some of wp hold reset", false,
		pin_words},
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
		"a power of two up to 4K, such as 256", false, NULL},
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
G_STATIC_ASSERT(G_N_ELEMENTS(keys) <= CHIPDB_PART_KEYS);
G_STATIC_ASSERT(sizeof(enum flash_pin7) == sizeof(unsigned int));
G_STATIC_ASSERT(sizeof(enum flash_id_tail) == sizeof(unsigned int)); /* read_choice */

const struct chipdb_partkey *
chipdb_partkey_get(unsigned int index)
{
	return index < G_N_ELEMENTS(keys) ? &keys[index] : NULL;
}

int
chipdb_partkey_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (strcmp(keys[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

struct chipdb_partcommand
chipdb_partkey_place(struct chipdb_partkey_reading *r)
{
	return (struct chipdb_partcommand){r->part, r->strings, &r->why};
}
