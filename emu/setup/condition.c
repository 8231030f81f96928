/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys and values of a chip's condition, as far as they can be judged without its part; preset.c
 * brings it about.
 */
#include "setup/condition.h"

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
	[SETUP_MODE_LOCKED] = "locked",
	[SETUP_MODE_UNLOCKED] = "unlocked",
	[SETUP_MODE_POWER_UP_4_BYTE] = "power-up-4-byte",
	[SETUP_MODE_OTP_LOCKED] = "otp-locked",
};

/* No chip can be in both. */
static const enum setup_mode either[][2] = {
	{SETUP_MODE_4_BYTE, SETUP_MODE_3_BYTE},
	{SETUP_MODE_LOCKED, SETUP_MODE_UNLOCKED},
	{SETUP_MODE_QPI, SETUP_MODE_DEEP_POWER_DOWN},
	{SETUP_MODE_SUSPENDED, SETUP_MODE_DEEP_POWER_DOWN},
};

#define LEVELS "low, high and float"
#define WHOLE_FROM_1 "a whole number from 1 on"
#define MODES                                                                              \
	"deep-power-down, 4-byte, 3-byte, ear:N, qpi, suspended, locked, "                 \
	"locked:FIRST-LAST, unlocked, power-up-4-byte and otp-locked, or several of them " \
	"with commas, but not 4-byte with 3-byte, locked with unlocked, qpi or suspended " \
	"with deep-power-down"

const struct setup_condition_row setup_condition_rows[SETUP_CONDITION_KEYS] = {
	[SETUP_KEY_WP] = {"wp", LEVELS, "low|high|float", "Level of the chip's WP# pin"},
	[SETUP_KEY_HOLD] = {"hold", LEVELS, "low|high|float", "Level of its HOLD# pin"},
	[SETUP_KEY_RESET] = {"reset", LEVELS, "low|high|float", "Level of its RESET# pin"},
	[SETUP_KEY_SUPPLY] = {"supply",
		"off, parasitic, and voltages up to " G_STRINGIFY(
			SETUP_MILLIVOLTS_MAX) " mV with V or mV",
		"VOLTAGE", "The chip's supply, such as 2.9V, or off"},
	[SETUP_KEY_CORNER] = {"corner", "typ and max", "typ|max",
		"How long operations take: the data sheet's typical times or the longest"},
	[SETUP_KEY_WEAR] = {"wear", "on and off", "on|off", "Whether the chip wears out"},
	[SETUP_KEY_CYCLES] = {"cycles", "a whole number from 0 to 2147483647", "N",
		"How often each block has been erased so far"},
	[SETUP_KEY_STATUS] = {"status", "one to three bytes in hexadecimal, such as 1C 02 60",
		"BYTES", "Status registers SR1 SR2 SR3 as another tool left them"},
	[SETUP_KEY_MODE] = {"mode", MODES, "MODE", "What another tool left the chip in"},
	[SETUP_KEY_CUT_AT] = {"cut-at", WHOLE_FROM_1, "N", "The supply goes at operation N"},
	[SETUP_KEY_ID] = {"id", "1 to 8 hex bytes, such as EF 40 18", "BYTES",
		"What the chip answers to RDID instead of its own ID"},
	[SETUP_KEY_SFDP] = {"sfdp", "none, and sizes from 64K to 1G that are powers of two",
		"none|SIZE", "The size that its SFDP table tells, or none for no table"},
	[SETUP_KEY_SFDP_BYTES] = {"sfdp-bytes",
		"an offset and bytes in hexadecimal, such as 0x9D 21; more of them after ; and 64 "
		"bytes in all",
		"OFFSET BYTES", "Bytes of its SFDP table that are others"},
	[SETUP_KEY_REAL_SIZE] = {"real-size", "a power of two, such as 512K", "SIZE",
		"The size of the die in it, when it is smaller than the part says"},
	[SETUP_KEY_BEYOND] = {"beyond", "wraps and ones", "wraps|ones",
		"What is beyond that size: the same again, or nothing, which reads as FF"},
};

enum setup_condition_key
setup_condition_find(const char *name)
{
	enum setup_condition_key key = SETUP_KEY_WP;

	while (key < SETUP_CONDITION_KEYS && strcmp(setup_condition_rows[key].name, name) != 0)
		key++;
	return key;
}

/* The place of text in a NULL-terminated list, or -1. */
static int
index_in(const char *const *list, const char *text)
{
	for (int i = 0; list[i] != NULL; i++)
		if (strcmp(list[i], text) == 0)
			return i;
	return -1;
}

static bool
take_level(uint8_t *level, const char *value)
{
	static const char *const names[] = {"low", "high", "float", NULL};
	int i = index_in(names, value);

	*level = (uint8_t)i;
	return i >= 0;
}

static bool
take_supply(int *millivolts, const char *value)
{
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

static bool
take_corner(enum flash_corner *corner, const char *value)
{
	static const char *const names[] = {
		[FLASH_CORNER_TYPICAL] = "typ", [FLASH_CORNER_MAXIMUM] = "max", NULL};
	int i = index_in(names, value);

	*corner = (enum flash_corner)i;
	return i >= 0;
}

static bool
take_wear(bool *wear, const char *value)
{
	static const char *const names[] = {"off", "on", NULL};
	int i = index_in(names, value);

	*wear = i > 0;
	return i >= 0;
}

static bool
take_cycles(uint32_t *cycles, const char *value)
{
	guint64 number;

	if (!g_ascii_string_to_unsigned(value, 10, 0, INT32_MAX, &number, NULL))
		return false;
	*cycles = (uint32_t)number;
	return true;
}

static bool
take_cut_at(uint64_t *frames, const char *value)
{
	guint64 number;

	if (!g_ascii_string_to_unsigned(value, 10, 1, INT64_MAX, &number, NULL))
		return false;
	*frames = number;
	return true;
}

static bool
take_status(struct setup_condition *condition, const char *value)
{
	g_auto(GStrv) words = g_strsplit_set(value, SEPARATORS, -1);

	condition->n_status = 0;
	for (char **word = words; *word != NULL; word++) {
		const char *digits = g_str_has_prefix(*word, "0x") ? *word + 2 : *word;
		guint64 byte;

		if (**word == '\0')
			continue;
		if (condition->n_status == FLASH_STATUS_REGISTERS || strlen(digits) > 2 ||
			!g_ascii_string_to_unsigned(digits, 16, 0, 0xff, &byte, NULL))
			return false;
		condition->status[condition->n_status++] = (uint8_t)byte;
	}
	return condition->n_status > 0;
}

static bool
take_mode(struct setup_condition *condition, const char *word)
{
	guint64 ear;

	if (g_str_has_prefix(word, "ear:")) {
		if (!g_ascii_string_to_unsigned(word + 4, 10, 0, 0xff, &ear, NULL))
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

static bool
take_modes(struct setup_condition *condition, const char *value)
{
	g_auto(GStrv) words = g_strsplit_set(value, SEPARATORS, -1);

	condition->modes = 0;
	condition->lock_from = condition->lock_to = 0;
	for (char **word = words; *word != NULL; word++)
		if (**word != '\0' && !take_mode(condition, *word))
			return false;
	for (size_t i = 0; i < G_N_ELEMENTS(either); i++)
		if (setup_condition_mode(condition, either[i][0]) &&
			setup_condition_mode(condition, either[i][1]))
			return false;
	return condition->modes != 0;
}

static bool
take_id(struct setup_condition *condition, const char *value)
{
	condition->n_id = base_value_hex_bytes(value, condition->id, FLASH_ID_MAX);
	return condition->n_id > 0;
}

static bool
take_power_of_two(uint64_t *size, const char *value)
{
	return base_parse_size(value, size) && base_value_is_power_of_two(*size);
}

/* "0x9D 21 0F": an offset and what is there. */
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
take_sfdp_bytes(struct setup_condition *condition, const char *value)
{
	g_auto(GStrv) items = g_strsplit(value, ";", -1);
	bool good = items[0] != NULL;

	condition->n_sfdp_bytes = 0;
	for (char **item = items; good && *item != NULL; item++)
		good = take_sfdp_item(condition, *item);
	return good;
}

static bool
take_beyond(enum flash_beyond *beyond, const char *value)
{
	static const char *const names[] = {[FLASH_WRAPS] = "wraps", [FLASH_ONES] = "ones", NULL};
	int i = index_in(names, value);

	*beyond = (enum flash_beyond)i;
	return i >= 0;
}

static bool
take_sfdp(uint64_t *size, const char *value)
{
	*size = 0;
	if (strcmp(value, "none") == 0)
		return true;
	return take_power_of_two(size, value) && *size >= SFDP_SIZE_MIN && *size <= SFDP_SIZE_MAX;
}

static bool
take(struct setup_condition *condition, enum setup_condition_key key, const char *value)
{
	switch (key) {
	case SETUP_KEY_WP:
		return take_level(&condition->levels[FLASH_PIN_WP], value);
	case SETUP_KEY_HOLD:
		return take_level(&condition->levels[FLASH_PIN_HOLD], value);
	case SETUP_KEY_RESET:
		return take_level(&condition->levels[FLASH_PIN_RESET], value);
	case SETUP_KEY_SUPPLY:
		return take_supply(&condition->millivolts, value);
	case SETUP_KEY_CORNER:
		return take_corner(&condition->corner, value);
	case SETUP_KEY_WEAR:
		return take_wear(&condition->wear, value);
	case SETUP_KEY_CYCLES:
		return take_cycles(&condition->cycles, value);
	case SETUP_KEY_STATUS:
		return take_status(condition, value);
	case SETUP_KEY_MODE:
		return take_modes(condition, value);
	case SETUP_KEY_CUT_AT:
		return take_cut_at(&condition->cut_at, value);
	case SETUP_KEY_ID:
		return take_id(condition, value);
	case SETUP_KEY_SFDP:
		return take_sfdp(&condition->sfdp_size, value);
	case SETUP_KEY_SFDP_BYTES:
		return take_sfdp_bytes(condition, value);
	case SETUP_KEY_REAL_SIZE:
		return take_power_of_two(&condition->real_size, value);
	case SETUP_KEY_BEYOND:
		return take_beyond(&condition->beyond, value);
	case SETUP_CONDITION_KEYS:
		break;
	}
	return false;
}

bool
setup_condition_take(
	struct setup_condition *condition, enum setup_condition_key key, const char *value)
{
	struct setup_condition with = *condition;

	if (!take(&with, key, value))
		return false;
	with.given |= 1u << key;
	*condition = with;
	return true;
}

static void
copy_key(struct setup_condition *to, const struct setup_condition *from,
	enum setup_condition_key key)
{
	switch (key) {
	case SETUP_KEY_WP:
	case SETUP_KEY_HOLD:
	case SETUP_KEY_RESET:
		to->levels[key - SETUP_KEY_WP] = from->levels[key - SETUP_KEY_WP];
		break;
	case SETUP_KEY_SUPPLY:
		to->millivolts = from->millivolts;
		break;
	case SETUP_KEY_CORNER:
		to->corner = from->corner;
		break;
	case SETUP_KEY_WEAR:
		to->wear = from->wear;
		break;
	case SETUP_KEY_CYCLES:
		to->cycles = from->cycles;
		break;
	case SETUP_KEY_STATUS:
		memcpy(to->status, from->status, sizeof(to->status));
		to->n_status = from->n_status;
		break;
	case SETUP_KEY_MODE:
		to->modes = from->modes;
		to->ear = from->ear;
		to->lock_from = from->lock_from;
		to->lock_to = from->lock_to;
		break;
	case SETUP_KEY_CUT_AT:
		to->cut_at = from->cut_at;
		break;
	case SETUP_KEY_ID:
		memcpy(to->id, from->id, sizeof(to->id));
		to->n_id = from->n_id;
		break;
	case SETUP_KEY_SFDP:
		to->sfdp_size = from->sfdp_size;
		break;
	case SETUP_KEY_SFDP_BYTES:
		memcpy(to->sfdp_bytes, from->sfdp_bytes, sizeof(to->sfdp_bytes));
		to->n_sfdp_bytes = from->n_sfdp_bytes;
		break;
	case SETUP_KEY_REAL_SIZE:
		to->real_size = from->real_size;
		break;
	case SETUP_KEY_BEYOND:
		to->beyond = from->beyond;
		break;
	case SETUP_CONDITION_KEYS:
		break;
	}
}

void
setup_condition_override(struct setup_condition *condition, const struct setup_condition *option)
{
	for (unsigned int key = 0; key < SETUP_CONDITION_KEYS; key++) {
		if (!setup_condition_has(option, key))
			continue;
		copy_key(condition, option, key);
		condition->given |= 1u << key;
		condition->by_option |= 1u << key;
	}
}
