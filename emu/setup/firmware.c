/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmwares that nobody has written yet: a profile, and what is different. So authors of hosts can
 * try each limit by itself, also one that the firmware does not tell or tells wrongly.
 */
#include "setup/firmware.h"

#include "base/units.h"
#include "base/value.h"
#include "serprog/profile.h"

#include <glib.h>
#include <string.h>

/* Lengths on the line have 24 bits. */
#define LENGTH_MAX (UINT32_C(1) << 24)

#define BUFFER_ALLOWED "a number of bytes from 0 to 65535"
#define LENGTH_ALLOWED "a number of bytes from 1 to 16777216"

const struct setup_firmware_row setup_firmware_rows[SETUP_FIRMWARE_KEYS] = {
	[SETUP_FIRMWARE_SERIAL_BUFFER] = {"serial-buffer", BUFFER_ALLOWED},
	[SETUP_FIRMWARE_OPERATION_BUFFER] = {"operation-buffer", BUFFER_ALLOWED},
	[SETUP_FIRMWARE_WRITE_MAX] = {"write-max", LENGTH_ALLOWED},
	[SETUP_FIRMWARE_READ_MAX] = {"read-max", LENGTH_ALLOWED},
	[SETUP_FIRMWARE_WRITE_LIMIT] = {"write-limit", LENGTH_ALLOWED},
	[SETUP_FIRMWARE_READ_LIMIT] = {"read-limit", LENGTH_ALLOWED},
	[SETUP_FIRMWARE_OVER] = {"over", "drain, nak, purge and reset"},
	[SETUP_FIRMWARE_WITHOUT] = {"without",
		"commands by name or in hex, such as Q_SERBUF, 11, with commas between them"},
	[SETUP_FIRMWARE_REFUSAL] = {"refusal", "nak, silence and ack"},
	[SETUP_FIRMWARE_CLOCK] = {"clock", "a frequency, such as 1 MHz"},
	[SETUP_FIRMWARE_CLOCK_NEEDED] = {"clock-needed", "yes and no"},
};

static const struct base_value_word overs[] = {{"drain", SERPROG_OVER_DRAIN},
	{"nak", SERPROG_OVER_NAK}, {"purge", SERPROG_OVER_PURGE}, {"reset", SERPROG_OVER_RESET},
	{NULL, 0}};

static const struct base_value_word refusals[] = {{"nak", SERPROG_UNKNOWN_NAK},
	{"silence", SERPROG_UNKNOWN_SILENCE}, {"ack", SERPROG_UNKNOWN_ACK}, {NULL, 0}};

static const struct base_value_word answers[] = {{"no", false}, {"yes", true}, {NULL, 0}};

enum setup_firmware_key
setup_firmware_find(const char *name)
{
	enum setup_firmware_key key = SETUP_FIRMWARE_SERIAL_BUFFER;

	while (key < SETUP_FIRMWARE_KEYS && strcmp(setup_firmware_rows[key].name, name) != 0)
		key++;
	return key;
}

static bool
take_number(const char *value, uint32_t min, uint32_t max, uint32_t *number)
{
	uint64_t taken;

	if (!base_parse_whole(value, min, max, &taken))
		return false;
	*number = (uint32_t)taken;
	return true;
}

static bool
take_word(const struct base_value_word *words, const char *value, uint32_t *number)
{
	int word;

	if (!base_value_word(words, value, &word))
		return false;
	*number = (uint32_t)word;
	return true;
}

static bool
take_commands(const char *value, uint32_t *set)
{
	g_auto(GStrv) names = g_strsplit(value, ",", -1);
	uint8_t opcode;

	*set = 0;
	for (char **name = names; *name != NULL; name++) {
		g_strstrip(*name);
		if (!serprog_opcode_from_string(*name, &opcode) &&
			!base_value_hex_byte(*name, &opcode))
			return false;
		if (opcode >= 32)
			return false;
		*set |= SERPROG_COMMAND(opcode);
	}
	return *set != 0;
}

static bool
take(enum setup_firmware_key key, const char *value, uint32_t *number)
{
	switch (key) {
	case SETUP_FIRMWARE_SERIAL_BUFFER:
	case SETUP_FIRMWARE_OPERATION_BUFFER:
		return take_number(value, 0, UINT16_MAX, number);
	case SETUP_FIRMWARE_OVER:
		return take_word(overs, value, number);
	case SETUP_FIRMWARE_WITHOUT:
		return take_commands(value, number);
	case SETUP_FIRMWARE_REFUSAL:
		return take_word(refusals, value, number);
	case SETUP_FIRMWARE_CLOCK:
		return base_value_frequency(value, number);
	case SETUP_FIRMWARE_CLOCK_NEEDED:
		return take_word(answers, value, number);
	default:
		return take_number(value, 1, LENGTH_MAX, number);
	}
}

bool
setup_firmware_take(struct setup_firmware *firmware, enum setup_firmware_key key, const char *value)
{
	uint32_t number;

	if (!take(key, value, &number))
		return false;
	firmware->values[key] = number;
	firmware->given |= 1u << key;
	return true;
}

struct serprog_profile *
setup_firmware_apply(const struct setup_firmware *firmware, const struct serprog_profile *profile)
{
	struct serprog_profile *made = g_new(struct serprog_profile, 1);

	*made = *profile;
	for (enum setup_firmware_key key = 0; key < SETUP_FIRMWARE_KEYS; key++) {
		uint32_t value = firmware->values[key];

		if (!(firmware->given >> key & 1))
			continue;
		switch (key) {
		case SETUP_FIRMWARE_SERIAL_BUFFER:
			made->serial_buffer = (uint16_t)value;
			break;
		case SETUP_FIRMWARE_OPERATION_BUFFER:
			made->operation_buffer = (uint16_t)value;
			made->operation_buffer_fake = false;
			break;
		case SETUP_FIRMWARE_WRITE_MAX:
			made->write_max = value;
			made->write_limit = 0;
			break;
		case SETUP_FIRMWARE_READ_MAX:
			made->read_max = value;
			made->read_limit = 0;
			break;
		case SETUP_FIRMWARE_WRITE_LIMIT:
			made->write_limit = value;
			break;
		case SETUP_FIRMWARE_READ_LIMIT:
			made->read_limit = value;
			break;
		case SETUP_FIRMWARE_OVER:
			made->over = (enum serprog_over)value;
			break;
		case SETUP_FIRMWARE_WITHOUT:
			made->commands &= ~value;
			break;
		case SETUP_FIRMWARE_REFUSAL:
			made->unknown = made->refused = (enum serprog_unknown_answer)value;
			break;
		case SETUP_FIRMWARE_CLOCK:
			made->clock_default_hz = value;
			break;
		case SETUP_FIRMWARE_CLOCK_NEEDED:
			made->clock_needed = value;
			break;
		case SETUP_FIRMWARE_KEYS:
			break;
		}
	}
	return made;
}
