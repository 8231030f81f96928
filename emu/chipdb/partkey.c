/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of a part, as spinor-chipdb(5) describes them, read into struct flash_part. Each key is
 * a row of one table. A reader checks its value alone; checks of several keys are in partcheck.c.
 *
 * long: a row for each of a hundred keys, and readers of a few lines.
 */
#include "chipdb/partkey.h"

#include "base/units.h"
#include "base/value.h"
#include "chipdb/partcommand.h"
#include "chipdb/partdefinition.h"
#include "chipdb/partdummy.h"
#include "chipdb/partprotect.h"
#include "chipdb/partsfdp.h"
#include "chipdb/partsource.h"
#include "chipdb/partstatus.h"
#include "chipdb/partsuspend.h"
#include "chipdb/times.h"
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
static const struct base_value_word continuous_words[] = {{"none", FLASH_CONTINUOUS_NONE},
	{"m5-4", FLASH_CONTINUOUS_M54}, {"axh", FLASH_CONTINUOUS_AXH},
	{"toggle", FLASH_CONTINUOUS_TOGGLE}, {NULL, 0}};
enum {
	SHORT_KEEP,
	SHORT_CLEAR,
	SHORT_REFUSE,
};
static const struct base_value_word short_words[] = {
	{"keep", SHORT_KEEP}, {"clear", SHORT_CLEAR}, {"refuse", SHORT_REFUSE}, {NULL, 0}};
static const struct base_value_word reset_words[] = {
	{"power-up", false}, {"keep", true}, {NULL, 0}};
static const struct base_value_word cfi_words[] = {{"none", FLASH_ID_CFI_NONE},
	{"fl-p", FLASH_ID_CFI_FL_P}, {"fl-s", FLASH_ID_CFI_FL_S}, {NULL, 0}};
static const struct base_value_word lock_words[] = {
	{"power-cycle", false}, {"permanent", true}, {NULL, 0}};
static const struct base_value_word clear_keep_words[] = {
	{"clear", false}, {"keep", true}, {NULL, 0}};

static const struct base_value_word flags_words[] = {
	{"at-once", false}, {"when-suspended", true}, {NULL, 0}};
static const struct base_value_word pin7_words[] = {{"hold", FLASH_PIN7_HOLD},
	{"reset", FLASH_PIN7_RESET}, {"none", FLASH_PIN7_NONE}, {NULL, 0}};
static const struct base_value_word no_yes_words[] = {{"no", false}, {"yes", true}, {NULL, 0}};
static const struct base_value_word empty_frame_words[] = {
	{"none", false}, {"blocks-next", true}, {NULL, 0}};
static const struct base_value_word pin_words[] = {
	{"wp", FLASH_PIN_WP}, {"hold", FLASH_PIN_HOLD}, {"reset", FLASH_PIN_RESET}, {NULL, 0}};

static struct chipdb_partkey_reading *
target_of(const struct base_key_reading *r)
{
	return r->target;
}

static struct flash_part *
part_of(const struct base_key_reading *r)
{
	return &target_of(r)->part->part;
}

static void *
field(const struct base_key_reading *r)
{
	return (char *)part_of(r) + r->key->field;
}

static bool
read_text(struct base_key_reading *r, const char *value)
{
	const char **text = field(r);

	*text = g_string_chunk_insert_const(target_of(r)->strings, value);
	return value[0] != '\0';
}

/* Names belong to a part alone: look-ups do not read its family. */
static bool
refuse_in_family(struct base_key_reading *r)
{
	if (target_of(r)->group->family)
		r->why = g_strdup("a part's own, not a family's");
	return target_of(r)->group->family;
}

/* Splits names that are separated by ; into a NULL-terminated list. */
static const char **
split_names(struct base_key_reading *r, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, ";", -1);
	const char **names = g_new0(const char *, g_strv_length(words) + 1);
	unsigned int n = 0;

	for (char **word = words; *word; word++) {
		if (*g_strstrip(*word) != '\0')
			names[n++] = g_string_chunk_insert_const(target_of(r)->strings, *word);
	}
	return names;
}

/* "none" is an empty list. */
static bool
read_definitions(struct base_key_reading *r, const char *value)
{
	int list = chipdb_part_definition_list(r->name);
	struct chipdb_part *part = target_of(r)->part;
	const char **names;

	if (list < 0 || refuse_in_family(r))
		return false;
	names = split_names(r, strcmp(value, "none") == 0 ? "" : value);
	g_free(part->definitions[list]);
	part->part.definitions[list] = part->definitions[list] = names;
	if (list == FLASH_FLASHROM)
		part_of(r)->flashrom_name = names[0];
	return names[0] || strcmp(value, "none") == 0;
}

static bool
read_aliases(struct base_key_reading *r, const char *value)
{
	struct chipdb_part *part = target_of(r)->part;
	bool good;

	if (refuse_in_family(r))
		return false;
	g_free(part->aliases);
	g_free(part->alias_reasons);
	good = chipdb_part_read_aliases(
		value, target_of(r)->strings, &part->aliases, &part->alias_reasons);
	part->part.aliases = part->aliases;
	part->part.alias_reasons = part->alias_reasons;
	return good;
}

static bool
read_size(struct base_key_reading *r, const char *value)
{
	uint64_t *size = field(r);

	return base_parse_size(value, size) && base_value_is_size(*size) &&
		*size <= 4 * (1ull << 30);
}

/* The size of a security register: the next one begins 4K further. */
static bool
read_small_size(struct base_key_reading *r, const char *value)
{
	uint32_t *bytes = field(r);
	uint64_t size;

	if (!base_parse_size(value, &size) || !base_value_is_power_of_two(size) || size > 4 * 1024)
		return false;
	*bytes = (uint32_t)size;
	return true;
}

static bool
read_page(struct base_key_reading *r, const char *value)
{
	uint64_t size;

	if (!base_parse_size(value, &size) || !base_value_is_size(size) || size > 64 * 1024)
		return false;
	part_of(r)->page_size = (uint32_t)size;
	return true;
}

static bool
read_voltage(struct base_key_reading *r, const char *value)
{
	g_auto(GStrv) ends = g_strsplit(value, "-", -1);
	struct flash_part *part = part_of(r);

	return g_strv_length(ends) == 2 &&
		base_parse_voltage(g_strstrip(ends[0]), &part->vcc_min_mv) &&
		base_parse_voltage(g_strstrip(ends[1]), &part->vcc_max_mv) &&
		part->vcc_min_mv > 0 && part->vcc_min_mv <= part->vcc_max_mv;
}

static bool
read_millivolts(struct base_key_reading *r, const char *value)
{
	int *millivolts = field(r);

	return base_parse_voltage(value, millivolts) && *millivolts > 0;
}

static bool
read_endurance(struct base_key_reading *r, const char *value)
{
	uint32_t *cycles = field(r);
	uint64_t number;

	if (!base_parse_decimal(value, 1, 100000000, &number))
		return false;
	*cycles = (uint32_t)number;
	return true;
}

/* A set of pins; "-" for none. */
static bool
read_floating(struct base_key_reading *r, const char *value)
{
	g_auto(GStrv) names = g_strsplit(value, " ", -1);
	uint8_t *pins = field(r);
	int pin;

	*pins = 0;
	if (strcmp(value, "-") == 0)
		return true;
	for (char **name = names; *name; name++) {
		if (!base_value_word(r->key->words, *name, &pin))
			return false;
		*pins |= (uint8_t)(1 << pin);
	}
	return true;
}

static bool
read_id(struct base_key_reading *r, const char *value)
{
	part_of(r)->id_length = base_value_hex_bytes(value, part_of(r)->id, FLASH_ID_MAX);
	return part_of(r)->id_length > 0;
}

static bool
read_cfi_times(struct base_key_reading *r, const char *value)
{
	return base_value_hex_bytes(value, part_of(r)->id_cfi_times, FLASH_ID_CFI_TIMES) ==
		FLASH_ID_CFI_TIMES;
}

static bool
read_asp_default(struct base_key_reading *r, const char *value)
{
	return base_value_hex_bytes(value, part_of(r)->asp_default, 2) == 2;
}

static bool
read_wrsr_short(struct base_key_reading *r, const char *value)
{
	int word;

	if (!base_value_word(r->key->words, value, &word))
		return false;
	part_of(r)->wrsr_short_clears = word == SHORT_CLEAR;
	part_of(r)->wrsr_short_refused = word == SHORT_REFUSE;
	return true;
}

static bool
read_rems(struct base_key_reading *r, const char *value)
{
	uint8_t bytes[2];

	if (base_value_hex_bytes(value, bytes, 2) != 2)
		return false;
	part_of(r)->manufacturer = bytes[0];
	part_of(r)->device_id = bytes[1];
	if (!chipdb_part_is_given(target_of(r)->part, "res")) {
		part_of(r)->res[0] = bytes[1];
		part_of(r)->res_length = 1;
	}
	return true;
}

static bool
read_res(struct base_key_reading *r, const char *value)
{
	part_of(r)->res_length = base_value_hex_bytes(value, part_of(r)->res, FLASH_ID_MAX);
	return part_of(r)->res_length > 0;
}

static bool
read_number(
	struct base_key_reading *r, const char *value, unsigned int lowest, unsigned int highest)
{
	unsigned int *number = field(r);
	uint64_t n;

	if (!base_parse_decimal(value, lowest, highest, &n))
		return false;
	*number = (unsigned int)n;
	return true;
}

static bool
read_count(struct base_key_reading *r, const char *value)
{
	return read_number(r, value, 0, 16);
}

static bool
read_unique_id_register(struct base_key_reading *r, const char *value)
{
	uint64_t n;

	if (!base_parse_decimal(value, 0, 16, &n))
		return false;
	part_of(r)->unique_id_register = (unsigned int)n + 1;
	return true;
}

/* From 1 to 4. */
static bool
read_digit(struct base_key_reading *r, const char *value)
{
	return read_number(r, value, 1, 4);
}

/* WRSR writes at most the status registers. */
static bool
read_wrsr_bytes(struct base_key_reading *r, const char *value)
{
	return read_number(r, value, 1, FLASH_STATUS_REGISTERS);
}

static bool
read_dummy(struct base_key_reading *r, const char *value)
{
	unsigned int *clocks = field(r);
	uint64_t n;

	if (!base_parse_decimal(value, 8, 32, &n) || n % 8)
		return false;
	*clocks = (unsigned int)n;
	return true;
}

/* The size of an OTP area: any number up to 64K. */
static bool
read_bytes(struct base_key_reading *r, const char *value)
{
	uint32_t *bytes = field(r);
	uint64_t size;

	if (!base_parse_size(value, &size) || size < 1 || size > 64 * 1024)
		return false;
	*bytes = (uint32_t)size;
	return true;
}

static bool
read_factory(struct base_key_reading *r, const char *value)
{
	return base_value_range(
		value, &part_of(r)->otp_factory_start, &part_of(r)->otp_factory_end);
}

static bool
read_registers(struct base_key_reading *r, const char *value)
{
	return chipdb_part_read_registers(value, field(r));
}

static bool
read_sfdp(struct base_key_reading *r, const char *value)
{
	struct flash_part *part = part_of(r);
	int word;

	part->sfdp_quirks = part->sfdp_source = NULL;
	if (base_value_word(r->key->words, value, &word)) {
		part->sfdp = (enum flash_sfdp)word;
		return true;
	}
	return chipdb_part_read_sfdp(
		target_of(r)->group->file, value, target_of(r)->strings, part, &r->why);
}

static bool
read_sfdp_layout(struct base_key_reading *r, const char *value)
{
	return chipdb_part_set_sfdp_layout(part_of(r), value, &r->why);
}

static bool
read_sfdp_wrap(struct base_key_reading *r, const char *value)
{
	return chipdb_part_set_sfdp_wrap(part_of(r), value);
}

static bool
read_frequency(struct base_key_reading *r, const char *value)
{
	return base_value_frequency(value, field(r));
}

static bool
read_time(struct base_key_reading *r, const char *value)
{
	g_auto(GStrv) texts = g_strsplit(value, ",", -1);

	return chipdb_times(texts, field(r), &r->why);
}

/* An enumeration: one of the key's words. */
static bool
read_choice(struct base_key_reading *r, const char *value)
{
	unsigned int *choice = field(r);
	int word;

	if (!base_value_word(r->key->words, value, &word))
		return false;
	*choice = (unsigned int)word;
	return true;
}

static bool
read_flag(struct base_key_reading *r, const char *value)
{
	bool *flag = field(r);
	int word;

	if (!base_value_word(r->key->words, value, &word))
		return false;
	*flag = word;
	return true;
}

static bool
read_status(struct base_key_reading *r, const char *value)
{
	return chipdb_part_read_figure(value, field(r), &r->why);
}

static bool
read_status_default(struct base_key_reading *r, const char *value)
{
	struct flash_part *part = part_of(r);
	uint8_t *byte = field(r);
	const char **source = byte == &part->evcr_default
		? &part->evcr_source
		: &part->status_source[byte - part->status_default];

	return chipdb_part_read_delivered(value, target_of(r)->strings, byte, source);
}

static bool
read_byte(struct base_key_reading *r, const char *value)
{
	return base_value_hex_byte(value, field(r));
}

/* The target of lists of commands and maps of blocks. */
static struct chipdb_partcommand
list_target_of(struct base_key_reading *r)
{
	return (struct chipdb_partcommand){target_of(r)->part, target_of(r)->strings, &r->why};
}

/* commands, commands+ and commands-: the last letter says which. */
static bool
read_commands(struct base_key_reading *r, const char *value)
{
	struct chipdb_partcommand at = list_target_of(r);
	char how = r->key->name[strlen(r->key->name) - 1];

	return chipdb_part_change_commands(&at, value,
		how == '+'           ? CHIPDB_PARTCOMMAND_ADD
			: how == '-' ? CHIPDB_PARTCOMMAND_REMOVE
				     : CHIPDB_PARTCOMMAND_REPLACE);
}

static bool
read_bp_ranges(struct base_key_reading *r, const char *value)
{
	return chipdb_part_set_bp_ranges(part_of(r), value);
}

static bool
read_wp_protects(struct base_key_reading *r, const char *value)
{
	uint32_t *bytes = field(r);
	uint64_t size;

	if (!base_parse_size(value, &size) || size > UINT32_MAX)
		return false;
	*bytes = (uint32_t)size;
	return true;
}

static bool
read_lock_map(struct base_key_reading *r, const char *value)
{
	struct chipdb_partcommand at = list_target_of(r);

	return chipdb_part_set_lock_map(&at, value);
}

static bool
read_erase(struct base_key_reading *r, const char *value)
{
	struct chipdb_partcommand at = list_target_of(r);
	struct flash_erase erase;

	return chipdb_part_parse_erase(r->name, &erase) &&
		chipdb_part_set_erase(&at, &erase, value);
}

#define PART(member) offsetof(struct flash_part, member)
#define TIMING(name) offsetof(struct flash_part, timing) + name * sizeof(struct flash_time)
#define STATUS(n) offsetof(struct flash_part, status) + n * 8 * sizeof(struct flash_register_bit)

#define TEXT_ALLOWED "some text"
#define FIGURE_ALLOWED                                                                         \
	"8 bits, bit 7 first, each one - or a name of spinor-chipdb(5), with /otp, /ro or /v " \
	"where it applies"
#define BYTE_ALLOWED "one hex byte, such as 02, and its source in parentheses"
#define COMMANDS_ALLOWED "mnemonics of spinor-chipdb(5), each with :OPCODE in hex where it differs"
#define TIME_ALLOWED "typical and maximum, such as 0.4 ms, 3 ms, or one time for both"
#define FREQUENCY_ALLOWED "a frequency up to 4 GHz, such as 50 MHz"
#define SIZE_ALLOWED "a power of two up to 4G, such as 16M; of a DataFlash also 33/32 of one"
#define ERASE_ALLOWED                                                                            \
	"a power of two, a map such as 4Kx2 + 8K + 16K, or chip; and one or two times, such as " \
	"4K, 45 ms, 400 ms; as and another opcode, such as as C7; or none"
#define REFUSED_ALLOWED "none, or mnemonics of spinor-chipdb(5), and ERASE for all erases"
#define DEFINITIONS_ALLOWED "names, with ; between them, or none"
#define CLOCKS_ALLOWED "clocks: 8, 16, 24 or 32"

const struct base_key chipdb_partkeys[] = {
	BASE_KEY("inherits", "the name of a family", NULL),
	BASE_KEY("vendor", TEXT_ALLOWED, read_text, .field = PART(vendor), .mandatory = true),
	BASE_KEY("flashrom", DEFINITIONS_ALLOWED, read_definitions),
	BASE_KEY("flashprog", DEFINITIONS_ALLOWED, read_definitions),
	BASE_KEY("flashrom-1.3", DEFINITIONS_ALLOWED, read_definitions,
		.matches = chipdb_part_is_release_key),
	BASE_KEY("aliases",
		"names without blanks, each with its reason in parentheses, with ; between them",
		read_aliases),
	BASE_KEY("size", SIZE_ALLOWED, read_size, .field = PART(size), .mandatory = true),
	BASE_KEY("page", "a power of two up to 64K, such as 256; of a DataFlash also 33/32 of one",
		read_page),
	BASE_KEY("voltage", "lowest and highest, such as 2.7 V - 3.6 V", read_voltage,
		.mandatory = true),
	BASE_KEY("address", "1 to 4 (bytes)", read_digit, .field = PART(address_bytes)),
	BASE_KEY("id", "1 to 8 hex bytes, such as EF 40 18", read_id),
	BASE_KEY("id-tail", "repeat, float or zero", read_choice, .field = PART(id_tail),
		.words = tail_words),
	BASE_KEY("id-unique", "0 to 16 (bytes)", read_count, .field = PART(id_unique)),
	BASE_KEY("id-cfi", "none, fl-p or fl-s", read_choice, .field = PART(id_cfi),
		.words = cfi_words),
	BASE_KEY("id-cfi-times", "8 hex bytes, such as 06 08 08 0F 02 02 03 03", read_cfi_times),
	BASE_KEY("rems", "2 hex bytes: manufacturer and device, such as EF 17", read_rems),
	BASE_KEY("res", "1 to 8 hex bytes, such as BF 43", read_res),
	BASE_KEY("unique-id", "0 to 16 (bytes)", read_count, .field = PART(unique_id_length)),
	BASE_KEY("unique-id-tail", "repeat, float or zero", read_choice,
		.field = PART(unique_id_tail), .words = tail_words),
	BASE_KEY("unique-id-register", "0 to 16", read_unique_id_register),
	BASE_KEY("empty-frame", "none or blocks-next", read_flag, .field = PART(empty_frame_blocks),
		.words = empty_frame_words),
	BASE_KEY("sr1", FIGURE_ALLOWED, read_status, .field = STATUS(0)),
	BASE_KEY("sr2", FIGURE_ALLOWED, read_status, .field = STATUS(1)),
	BASE_KEY("sr3", FIGURE_ALLOWED, read_status, .field = STATUS(2)),
	BASE_KEY(
		"sr1-default", BYTE_ALLOWED, read_status_default, .field = PART(status_default[0])),
	BASE_KEY(
		"sr2-default", BYTE_ALLOWED, read_status_default, .field = PART(status_default[1])),
	BASE_KEY(
		"sr3-default", BYTE_ALLOWED, read_status_default, .field = PART(status_default[2])),
	BASE_KEY("cr2", FIGURE_ALLOWED, read_status, .field = STATUS(3)),
	BASE_KEY("cr3", FIGURE_ALLOWED, read_status, .field = STATUS(4)),
	BASE_KEY("cr4", FIGURE_ALLOWED, read_status, .field = STATUS(5)),
	BASE_KEY(
		"cr2-default", BYTE_ALLOWED, read_status_default, .field = PART(status_default[3])),
	BASE_KEY(
		"cr3-default", BYTE_ALLOWED, read_status_default, .field = PART(status_default[4])),
	BASE_KEY(
		"cr4-default", BYTE_ALLOWED, read_status_default, .field = PART(status_default[5])),
	BASE_KEY("registers", "up to 6 of sr1 sr2 sr3 cr2 cr3 cr4 -", read_registers,
		.field = PART(any_registers)),
	BASE_KEY("evcr-default", BYTE_ALLOWED, read_status_default, .field = PART(evcr_default)),
	BASE_KEY("evcr-fixed", "one hex byte, such as 20", read_byte, .field = PART(evcr_fixed)),
	BASE_KEY("dies", "1 to 4", read_digit, .field = PART(dies)),
	BASE_KEY("wrsr-bytes", "1 to 3", read_wrsr_bytes, .field = PART(wrsr_bytes)),
	BASE_KEY("wrsr-short", "keep, clear or refuse", read_wrsr_short, .words = short_words),
	BASE_KEY("wel-on-reject", "clear or keep", read_flag, .field = PART(wel_kept_on_reject),
		.words = clear_keep_words),
	BASE_KEY("continuous-read", "none, m5-4, axh or toggle", read_choice,
		.field = PART(continuous), .words = continuous_words),
	BASE_KEY("wp-with-qe", "no or yes", read_flag, .field = PART(wp_with_qe),
		.words = no_yes_words),
	BASE_KEY("protection",
		"none, pow2, pow2-mirrored, pow2-cmp-inverts-bp, pow2-fixed64k, pow2-double, "
		"from3-sixteenth, quarters, list, at2x-sectors or sst26",
		read_choice, .field = PART(range_rule), .words = range_words),
	BASE_KEY("protection-list",
		"a range for each value of BP: none, all, a size, a fraction such as 1/64, @other "
		"behind it for the other end, or chip-erase; such as none 1/4 1/2 all",
		read_bp_ranges),
	BASE_KEY("write-inhibit", "a voltage, such as 2.0 V", read_millivolts,
		.field = PART(inhibit_mv)),
	BASE_KEY("endurance", "1 to 100000000 (cycles)", read_endurance, .field = PART(endurance)),
	BASE_KEY("pin7", "hold, reset or none", read_choice, .field = PART(pin7),
		.words = pin7_words),
	BASE_KEY("reset-pin", "no or yes", read_flag, .field = PART(reset_pin),
		.words = no_yes_words),
	BASE_KEY("floating", "-, or some of wp hold reset", read_floating,
		.field = PART(no_pull_up), .words = pin_words),
	BASE_KEY(
		"wp-protects", "a size, such as 64K", read_wp_protects, .field = PART(wp_protects)),
	BASE_KEY("lock-map", "the size of all blocks, or a map such as 4Kx16 + 64Kx30 + 4Kx16",
		read_lock_map),
	BASE_KEY("lock-power-up", "locked or open", read_choice, .field = PART(lock_start),
		.words = lock_start_words),
	BASE_KEY("lock-reset", "power-up or keep", read_flag, .field = PART(locks_kept_on_reset),
		.words = reset_words),
	BASE_KEY("asp-default", "2 hex bytes, such as 7F FE", read_asp_default),
	BASE_KEY("after-failure", "ready or busy", read_flag, .field = PART(busy_after_failure),
		.words = failure_words),
	BASE_KEY("srl-with-srp", "power-cycle or permanent", read_flag,
		.field = PART(srl_srp_permanent), .words = lock_words),
	BASE_KEY("commands", COMMANDS_ALLOWED, read_commands, .mandatory = true),
	BASE_KEY("commands+", COMMANDS_ALLOWED, read_commands),
	BASE_KEY("commands-", "commands of the family", read_commands),
	BASE_KEY("security-registers", "0 to 16", read_count, .field = PART(security_registers)),
	BASE_KEY("security-register-size", "a power of two up to 4K, such as 256", read_small_size,
		.field = PART(security_register_size)),
	BASE_KEY("security-register-first", "0 to 16", read_count,
		.field = PART(security_register_first)),
	BASE_KEY("security-register-step", "a power of two up to 4K, such as 256", read_small_size,
		.field = PART(security_register_step)),
	BASE_KEY("otp-size", "1 to 64K", read_bytes, .field = PART(otp_size)),
	BASE_KEY("otp-factory", "first and last byte, such as 0-15", read_factory),
	BASE_KEY("otp-lock", "none, control-byte, regions or once", read_choice,
		.field = PART(otp_lock), .words = otp_lock_words),
	BASE_KEY("otp-read-dummy", CLOCKS_ALLOWED, read_dummy, .field = PART(otp_read_dummy)),
	BASE_KEY("sfdp", "none, generated or the name of a file", read_sfdp, .words = sfdp_words),
	BASE_KEY("sfdp-layout", "a layout of spinor-chipdb(5), such as macronix-1.0",
		read_sfdp_layout),
	BASE_KEY("sfdp-wrap", "no, or a power of two from 256 to 16M", read_sfdp_wrap),
	BASE_KEY("fR", FREQUENCY_ALLOWED, read_frequency, .field = PART(read_max_hz),
		.mandatory = true),
	BASE_KEY("FR", FREQUENCY_ALLOWED, read_frequency, .field = PART(fast_read_max_hz),
		.mandatory = true),
	BASE_KEY("tPP", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_PP)),
	BASE_KEY("tEP", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_EP)),
	BASE_KEY("tXFR", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_XFR)),
	BASE_KEY("tCOMP", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_COMP)),
	BASE_KEY("tBP1", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_BP1)),
	BASE_KEY("tBP2", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_BP2)),
	BASE_KEY("tW", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_W)),
	BASE_KEY("tSR", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_SR)),
	BASE_KEY("tDP", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_DP)),
	BASE_KEY("tRES1", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_RES1)),
	BASE_KEY("tRES2", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_RES2)),
	BASE_KEY("tSUS", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_SUS)),
	BASE_KEY("tRST", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_RST)),
	BASE_KEY("tXUDPD", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_UDPD)),
	BASE_KEY("tRS", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_RS)),
	BASE_KEY("tVSL", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_VSL)),
	BASE_KEY("tPUW", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_PUW)),
	BASE_KEY("tNVCR", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_NVCR)),
	BASE_KEY("tPW", TIME_ALLOWED, read_time, .field = TIMING(FLASH_T_PW)),
	BASE_KEY("suspend-refuses", REFUSED_ALLOWED, chipdb_part_take_refused,
		.field = FLASH_REFUSED_IN_PROGRAM | FLASH_REFUSED_IN_ERASE),
	BASE_KEY("program-suspend-refuses", REFUSED_ALLOWED, chipdb_part_take_refused,
		.field = FLASH_REFUSED_IN_PROGRAM),
	BASE_KEY("erase-suspend-refuses", REFUSED_ALLOWED, chipdb_part_take_refused,
		.field = FLASH_REFUSED_IN_ERASE),
	BASE_KEY("suspend-flags", "at-once or when-suspended", read_flag,
		.field = PART(suspend_flags_late), .words = flags_words),
	BASE_KEY("dummy-code",
		"none, or sr1 sr2 sr3 cr2 cr3 cr4 vcr or read-parameters and a mask, such as sr2 "
		"C0",
		chipdb_part_take_dummy_code),
	BASE_KEY("dummy-FAST_READ",
		"0 to 32 (clocks): one number, or one for each code, such as 8 6 8 10; or none",
		chipdb_part_take_dummy, .matches = chipdb_part_is_dummy_key),
	BASE_KEY("erase-20", ERASE_ALLOWED, read_erase, .matches = chipdb_part_is_erase_key),
	BASE_KEY_END,
};
G_STATIC_ASSERT(G_N_ELEMENTS(chipdb_partkeys) <= CHIPDB_PART_KEYS);
G_STATIC_ASSERT(sizeof(enum flash_pin7) == sizeof(unsigned int));
G_STATIC_ASSERT(sizeof(enum flash_continuous) == sizeof(unsigned int));
G_STATIC_ASSERT(sizeof(enum flash_id_tail) == sizeof(unsigned int)); /* read_choice */
G_STATIC_ASSERT(sizeof(enum flash_id_cfi) == sizeof(unsigned int));
