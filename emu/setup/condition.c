/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of a chip's condition: a row for each, and the checks of their values that need no part.
 * preset.c brings the chip into that condition.
 */
#include "setup/condition.h"

#include "base/error.h"
#include "base/units.h"
#include "base/value.h"

#include <glib.h>
#include <string.h>

#define SEPARATORS " \t,"
#define SFDP_SIZE_MIN (UINT64_C(1) << 16)
#define SFDP_SIZE_MAX (UINT64_C(1) << 30)
#define SFDP_OFFSET_MAX 0xffffff

const char *const setup_mode_names[SETUP_MODES] = {
	[SETUP_MODE_DEEP_POWER_DOWN] = "deep-power-down",
	[SETUP_MODE_4_BYTE] = "4-byte",
	[SETUP_MODE_3_BYTE] = "3-byte",
	[SETUP_MODE_EAR] = "ear:N",
	[SETUP_MODE_QPI] = "qpi",
	[SETUP_MODE_SUSPENDED] = "suspended",
	[SETUP_MODE_PROGRAM_SUSPENDED] = "program-suspended",
	[SETUP_MODE_ERASING] = "erasing",
	[SETUP_MODE_PROGRAMMING] = "programming",
	[SETUP_MODE_WRITING_STATUS] = "writing-status",
	[SETUP_MODE_AAI] = "aai",
	[SETUP_MODE_OTP] = "otp",
	[SETUP_MODE_RESET_ENABLED] = "reset-enabled",
	[SETUP_MODE_WRITE_ENABLED] = "write-enabled",
	[SETUP_MODE_CONTINUOUS_READ] = "continuous-read",
	[SETUP_MODE_LOCKED] = "locked",
	[SETUP_MODE_UNLOCKED] = "unlocked",
	[SETUP_MODE_POWER_UP_4_BYTE] = "power-up-4-byte",
	[SETUP_MODE_OTP_LOCKED] = "otp-locked",
};

const char *const setup_mode_texts[SETUP_MODES] = {
	[SETUP_MODE_DEEP_POWER_DOWN] = "deep power-down (B9)",
	[SETUP_MODE_4_BYTE] = "4-byte addresses (B7)",
	[SETUP_MODE_3_BYTE] = "3-byte addresses (E9)",
	[SETUP_MODE_EAR] = "the extended address register has the value N, 0 to 255",
	[SETUP_MODE_QPI] = "commands on four lines",
	[SETUP_MODE_SUSPENDED] = "an erase of the block at 0 is suspended",
	[SETUP_MODE_PROGRAM_SUSPENDED] = "a program of the page at 0 is suspended",
	[SETUP_MODE_ERASING] = "an erase of the block at 0 is in progress",
	[SETUP_MODE_PROGRAMMING] = "a program of the page at 0 is in progress",
	[SETUP_MODE_WRITING_STATUS] = "a write of the status register is in progress",
	[SETUP_MODE_AAI] = "a write by auto address increment was not ended",
	[SETUP_MODE_OTP] = "the OTP area is selected",
	[SETUP_MODE_RESET_ENABLED] = "a reset was enabled (66), and not sent",
	[SETUP_MODE_WRITE_ENABLED] = "WEL is set (06)",
	[SETUP_MODE_CONTINUOUS_READ] = "the next operation has no opcode",
	[SETUP_MODE_LOCKED] = "individual block locks are set; also locked:FIRST-LAST",
	[SETUP_MODE_UNLOCKED] = "individual block locks are cleared",
	[SETUP_MODE_POWER_UP_4_BYTE] = "the chip powers up with 4-byte addresses",
	[SETUP_MODE_OTP_LOCKED] = "the OTP area is locked",
};

#define MODE(name) (1u << SETUP_MODE_##name)
/* A chip does one thing at a time. */
#define BUSY (MODE(ERASING) | MODE(PROGRAMMING))
#define ACTIVITIES                                                                   \
	(BUSY | MODE(DEEP_POWER_DOWN) | MODE(SUSPENDED) | MODE(PROGRAM_SUSPENDED) |  \
		MODE(WRITING_STATUS) | MODE(AAI) | MODE(OTP) | MODE(RESET_ENABLED) | \
		MODE(WRITE_ENABLED) | MODE(CONTINUOUS_READ))

/* Sets of modes of which a chip can be in one. */
static const unsigned int either[] = {
	MODE(4_BYTE) | MODE(3_BYTE),
	MODE(LOCKED) | MODE(UNLOCKED),
	ACTIVITIES,
	(ACTIVITIES & ~MODE(SUSPENDED)) | MODE(QPI),
	BUSY | MODE(AAI) | MODE(LOCKED),
};

#define LEVELS "low, high and float"
#define MODES                                                                            \
	"deep-power-down, 4-byte, 3-byte, ear:N, qpi, suspended, program-suspended, "    \
	"erasing, programming, writing-status, aai, otp, reset-enabled, write-enabled, " \
	"continuous-read, locked, locked:FIRST-LAST, unlocked, power-up-4-byte and "     \
	"otp-locked, or several of them with commas, but not those that exclude each "   \
	"other (spinor-bench(5), mode)"

static const struct base_value_word level_words[] = {
	{"low", FLASH_LOW}, {"high", FLASH_HIGH}, {"float", FLASH_FLOATING}, {NULL, 0}};
static const struct base_value_word corner_words[] = {
	{"typ", FLASH_CORNER_TYPICAL}, {"max", FLASH_CORNER_MAXIMUM}, {NULL, 0}};
static const struct base_value_word wear_words[] = {{"off", false}, {"on", true}, {NULL, 0}};
static const struct base_value_word yes_no_words[] = {{"yes", true}, {"no", false}, {NULL, 0}};
static const struct base_value_word beyond_words[] = {
	{"wraps", FLASH_WRAPS}, {"ones", FLASH_ONES}, {NULL, 0}};

/* key->field: enum flash_pin. */
static bool
take_level(struct base_key_reading *r, const char *value)
{
	struct setup_condition *condition = r->target;
	int level;

	if (!base_value_word(r->key->words, value, &level))
		return false;
	condition->levels[r->key->field] = (uint8_t)level;
	return true;
}

static bool
take_supply(struct base_key_reading *r, const char *value)
{
	int *millivolts = &((struct setup_condition *)r->target)->millivolts;

	*millivolts = 0;
	if (strcmp(value, "off") == 0)
		return true;
	if (strcmp(value, "parasitic") == 0) {
		*millivolts = SETUP_PARASITIC;
		return true;
	}
	return base_parse_voltage(value, millivolts) && *millivolts > 0 &&
		*millivolts <= SETUP_MILLIVOLTS_MAX;
}

/* key->field: the offset of an enumeration. */
static bool
take_word(struct base_key_reading *r, const char *value)
{
	int *word = (void *)((char *)r->target + r->key->field);

	return base_value_word(r->key->words, value, word);
}

static bool
take_wear(struct base_key_reading *r, const char *value)
{
	struct setup_condition *condition = r->target;
	int wear;

	if (!base_value_word(r->key->words, value, &wear))
		return false;
	condition->wear = wear;
	return true;
}

static bool
take_cycles(struct base_key_reading *r, const char *value)
{
	struct setup_condition *condition = r->target;
	uint64_t number;

	if (!base_parse_decimal(value, 0, INT32_MAX, &number))
		return false;
	condition->cycles = (uint32_t)number;
	return true;
}

static bool
take_cut_at(struct base_key_reading *r, const char *value)
{
	struct setup_condition *condition = r->target;

	return base_parse_decimal(value, 1, INT64_MAX, &condition->cut_at);
}

static bool
take_status(struct base_key_reading *r, const char *value)
{
	struct setup_condition *condition = r->target;
	g_auto(GStrv) words = g_strsplit_set(value, SEPARATORS, -1);

	condition->n_status = 0;
	for (char **word = words; *word != NULL; word++) {
		if (**word == '\0')
			continue;
		if (condition->n_status == FLASH_STATUS_REGISTERS ||
			!base_value_hex_byte(*word, &condition->status[condition->n_status++]))
			return false;
	}
	return condition->n_status > 0;
}

static bool
take_mode(struct setup_condition *condition, const char *word)
{
	uint64_t ear;

	if (g_str_has_prefix(word, "ear:")) {
		if (!base_parse_decimal(word + strlen("ear:"), 0, 0xff, &ear))
			return false;
		condition->ear = (uint8_t)ear;
		condition->modes |= 1u << SETUP_MODE_EAR;
		return true;
	}
	if (g_str_has_prefix(word, "locked:")) {
		condition->modes |= 1u << SETUP_MODE_LOCKED;
		return base_parse_range(word + strlen("locked:"), false, &condition->lock_from,
			&condition->lock_to);
	}
	for (unsigned int mode = 0; mode < SETUP_MODES; mode++) {
		if (mode == SETUP_MODE_EAR || strcmp(setup_mode_names[mode], word) != 0)
			continue;
		condition->modes |= 1u << mode;
		return true;
	}
	return false;
}

/* The reason why a word is refused, if it looks like a mode. */
static void
set_nearest_mode(struct base_key_reading *r, const char *word)
{
	const char *names[SETUP_MODES + 1] = {NULL};
	const char *guess;

	memcpy(names, setup_mode_names, sizeof setup_mode_names);
	guess = base_nearest(word, names);
	if (guess != NULL && r->group != NULL)
		r->why = g_strdup_printf("did you mean %s?", guess);
}

static bool
take_modes(struct base_key_reading *r, const char *value)
{
	struct setup_condition *condition = r->target;
	g_auto(GStrv) words = g_strsplit_set(value, SEPARATORS, -1);

	condition->modes = 0;
	condition->lock_from = condition->lock_to = 0;
	for (char **word = words; *word != NULL; word++) {
		if (**word == '\0' || take_mode(condition, *word))
			continue;
		set_nearest_mode(r, *word);
		return false;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(either); i++)
		if (!base_value_is_power_of_two(condition->modes & either[i]) &&
			condition->modes & either[i])
			return false;
	return condition->modes != 0;
}

static bool
take_id(struct base_key_reading *r, const char *value)
{
	struct setup_condition *condition = r->target;

	condition->n_id = base_value_hex_bytes(value, condition->id, FLASH_ID_MAX);
	return condition->n_id > 0;
}

static bool
parse_power_of_two(const char *value, uint64_t *size)
{
	return base_parse_size(value, size) && base_value_is_power_of_two(*size);
}

static bool
take_real_size(struct base_key_reading *r, const char *value)
{
	struct setup_condition *condition = r->target;

	return parse_power_of_two(value, &condition->real_size);
}

/* "0x9D 21 0F": an offset and the bytes there. */
static bool
take_sfdp_item(struct setup_condition *condition, char *item)
{
	const char *offset = g_strstrip(item);
	char *bytes = item + strcspn(item, " \t");
	uint8_t values[FLASH_SFDP_BYTES_MAX];
	unsigned int n;
	uint64_t first;

	if (*bytes == '\0')
		return false;
	*bytes++ = '\0';
	n = base_value_hex_bytes(bytes, values, FLASH_SFDP_BYTES_MAX - condition->n_sfdp_bytes);
	if (n == 0 || !base_parse_whole(offset, 0, SFDP_OFFSET_MAX, &first))
		return false;
	for (unsigned int i = 0; i < n; i++)
		condition->sfdp_bytes[condition->n_sfdp_bytes++] =
			(struct flash_sfdp_byte){.offset = (uint32_t)first + i, .value = values[i]};
	return true;
}

static bool
take_sfdp_bytes(struct base_key_reading *r, const char *value)
{
	struct setup_condition *condition = r->target;
	g_auto(GStrv) items = g_strsplit(value, ";", -1);
	bool good = items[0] != NULL;

	condition->n_sfdp_bytes = 0;
	for (char **item = items; good && *item != NULL; item++)
		good = take_sfdp_item(condition, *item);
	return good;
}

/* A relative path of a file starts at the folder of the bench file. */
static const char *
intern_sfdp(const struct base_key_reading *r, const char *value)
{
	g_autofree char *folder = NULL;
	g_autofree char *path = NULL;

	if (setup_condition_is_hex(value) || g_path_is_absolute(value) || r->group == NULL)
		return g_intern_string(value);
	folder = g_path_get_dirname(r->group->path);
	path = g_build_filename(folder, value, NULL);
	return g_intern_string(path);
}

static bool
take_sfdp(struct base_key_reading *r, const char *value)
{
	struct setup_condition *condition = r->target;
	uint64_t size;

	condition->sfdp_size = 0;
	condition->sfdp_text = NULL;
	if (strcmp(value, "none") == 0)
		return true;
	if (parse_power_of_two(value, &size)) {
		condition->sfdp_size = size;
		return size >= SFDP_SIZE_MIN && size <= SFDP_SIZE_MAX;
	}
	if (strpbrk(value, "./") == NULL && !setup_condition_is_hex(value))
		return false;
	condition->sfdp_text = intern_sfdp(r, value);
	return true;
}

bool
setup_condition_is_hex(const char *text)
{
	g_autofree char *word = g_strndup(text, 16);
	uint8_t bytes[4];

	/* The first four bytes, with blanks between them or without. */
	g_strdelimit(word, " \t", ' ');
	word[strlen(word) > 11 && word[2] == ' ' ? 11 : MIN(strlen(word), 8)] = '\0';
	if (strchr(word, ' '))
		return base_value_hex_bytes(word, bytes, 4) == 4 && memcmp(bytes, "SFDP", 4) == 0;
	return g_ascii_strcasecmp(word, "53464450") == 0;
}

#define OFFSET(member) offsetof(struct setup_condition, member)

const struct base_key setup_condition_rows[SETUP_CONDITION_KEYS + 1] = {
	[SETUP_KEY_WP] =
		BASE_KEY("wp", LEVELS, take_level, .field = FLASH_PIN_WP, .words = level_words),
	[SETUP_KEY_HOLD] =
		BASE_KEY("hold", LEVELS, take_level, .field = FLASH_PIN_HOLD, .words = level_words),
	[SETUP_KEY_RESET] = BASE_KEY(
		"reset", LEVELS, take_level, .field = FLASH_PIN_RESET, .words = level_words),
	[SETUP_KEY_SUPPLY] = BASE_KEY("supply",
		"off, parasitic, and voltages up to " G_STRINGIFY(
			SETUP_MILLIVOLTS_MAX) " mV with V or mV",
		take_supply),
	[SETUP_KEY_CORNER] = BASE_KEY(
		"corner", "typ and max", take_word, .field = OFFSET(corner), .words = corner_words),
	[SETUP_KEY_WEAR] = BASE_KEY("wear", "on and off", take_wear, .words = wear_words),
	[SETUP_KEY_CYCLES] = BASE_KEY("cycles", "a whole number from 0 to 2147483647", take_cycles),
	[SETUP_KEY_STATUS] = BASE_KEY(
		"status", "one to three bytes in hexadecimal, such as 1C 02 60", take_status),
	[SETUP_KEY_MODE] = BASE_KEY("mode", MODES, take_modes),
	[SETUP_KEY_CUT_AT] = BASE_KEY("cut-at", "a whole number from 1 on", take_cut_at),
	[SETUP_KEY_ID] = BASE_KEY("id", "1 to 8 hex bytes, such as EF 40 18", take_id),
	[SETUP_KEY_SFDP] = BASE_KEY("sfdp",
		"none, sizes from 64K to 1G that are powers of two, hex bytes that begin with 53 "
		"46 44 50, and a file with a dot or / in its name",
		take_sfdp),
	[SETUP_KEY_SFDP_BYTES] = BASE_KEY("sfdp-bytes",
		"an offset and bytes in hexadecimal, such as 0x9D 21; more of them after ; and 64 "
		"bytes in all",
		take_sfdp_bytes),
	[SETUP_KEY_REAL_SIZE] =
		BASE_KEY("real-size", "a power of two, such as 512K", take_real_size),
	[SETUP_KEY_BEYOND] = BASE_KEY("beyond", "wraps and ones", take_word,
		.field = OFFSET(beyond), .words = beyond_words),
	[SETUP_KEY_WP_WITH_QE] = BASE_KEY("wp-with-qe", "yes and no", take_word,
		.field = OFFSET(wp_with_qe), .words = yes_no_words),
	[SETUP_CONDITION_KEYS] = BASE_KEY_END,
};
G_STATIC_ASSERT(sizeof(enum flash_corner) == sizeof(int)); /* take_word */

enum setup_condition_key
setup_condition_find(const char *name)
{
	int row = base_key_find(setup_condition_rows, name);

	return row >= 0 ? (enum setup_condition_key)row : SETUP_CONDITION_KEYS;
}

void
setup_condition_taken(void *condition, size_t row)
{
	((struct setup_condition *)condition)->given |= 1u << row;
}

bool
setup_condition_take(
	struct setup_condition *condition, enum setup_condition_key key, const char *value)
{
	struct setup_condition with = *condition;

	if (!base_key_take(&setup_condition_rows[key], &with, value, NULL))
		return false;
	setup_condition_taken(&with, key);
	*condition = with;
	return true;
}

#define FIELDS(first, last)                                                               \
	{                                                                                 \
		OFFSET(first), OFFSET(last) + sizeof(((struct setup_condition *)0)->last) \
	}
#define FIELD(only) FIELDS(only, only)

/* The fields of the condition that a key sets: offsets [start, end). */
static const struct {
	size_t start, end;
} fields[SETUP_CONDITION_KEYS] = {
	[SETUP_KEY_WP] = FIELD(levels[FLASH_PIN_WP]),
	[SETUP_KEY_HOLD] = FIELD(levels[FLASH_PIN_HOLD]),
	[SETUP_KEY_RESET] = FIELD(levels[FLASH_PIN_RESET]),
	[SETUP_KEY_SUPPLY] = FIELD(millivolts),
	[SETUP_KEY_CORNER] = FIELD(corner),
	[SETUP_KEY_WEAR] = FIELD(wear),
	[SETUP_KEY_CYCLES] = FIELD(cycles),
	[SETUP_KEY_STATUS] = FIELDS(status, n_status),
	[SETUP_KEY_MODE] = FIELDS(modes, lock_to),
	[SETUP_KEY_CUT_AT] = FIELD(cut_at),
	[SETUP_KEY_ID] = FIELDS(id, n_id),
	[SETUP_KEY_SFDP] = FIELDS(sfdp_size, sfdp_text),
	[SETUP_KEY_SFDP_BYTES] = FIELDS(sfdp_bytes, n_sfdp_bytes),
	[SETUP_KEY_REAL_SIZE] = FIELD(real_size),
	[SETUP_KEY_BEYOND] = FIELD(beyond),
	[SETUP_KEY_WP_WITH_QE] = FIELD(wp_with_qe),
};

void
setup_condition_override(struct setup_condition *condition, const struct setup_condition *option)
{
	for (unsigned int key = 0; key < SETUP_CONDITION_KEYS; key++) {
		size_t start = fields[key].start;

		if (!setup_condition_has(option, key))
			continue;
		memcpy((char *)condition + start, (const char *)option + start,
			fields[key].end - start);
		setup_condition_taken(condition, key);
		condition->by_option |= 1u << key;
	}
}
