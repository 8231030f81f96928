/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmwares that do not exist: a profile with single properties changed. Authors of hosts
 * can try each limit by itself, also one that the firmware does not announce or announces wrongly.
 */
#include "setup/firmware.h"

#include "base/units.h"
#include "base/value.h"
#include "serprog/profile.h"

#include <glib.h>
#include <string.h>

/* Lengths on the line have 24 bits. */
#define LENGTH_MAX (UINT32_C(1) << 24)

static const struct base_value_word overs[] = {{"drain", SERPROG_OVER_DRAIN},
	{"nak", SERPROG_OVER_NAK}, {"purge", SERPROG_OVER_PURGE}, {"reset", SERPROG_OVER_RESET},
	{NULL, 0}};

static const struct base_value_word refusals[] = {{"nak", SERPROG_UNKNOWN_NAK},
	{"silence", SERPROG_UNKNOWN_SILENCE}, {"ack", SERPROG_UNKNOWN_ACK}, {NULL, 0}};

static const struct base_value_word answers[] = {{"no", false}, {"yes", true}, {NULL, 0}};

/* The values have the order of the rows. */
static uint32_t *
field(const struct base_key_reading *r)
{
	return &((struct setup_firmware *)r->target)->values[r->key - setup_firmware_rows];
}

static bool
take_number(struct base_key_reading *r, const char *value, uint32_t min, uint32_t max)
{
	uint64_t number;

	if (!base_parse_whole(value, min, max, &number))
		return false;
	*field(r) = (uint32_t)number;
	return true;
}

static bool
take_buffer(struct base_key_reading *r, const char *value)
{
	return take_number(r, value, 0, UINT16_MAX);
}

static bool
take_length(struct base_key_reading *r, const char *value)
{
	return take_number(r, value, 1, LENGTH_MAX);
}

static bool
take_word(struct base_key_reading *r, const char *value)
{
	int word;

	if (!base_value_word(r->key->words, value, &word))
		return false;
	*field(r) = (uint32_t)word;
	return true;
}

static bool
take_commands(struct base_key_reading *r, const char *value)
{
	g_auto(GStrv) names = g_strsplit(value, ",", -1);
	uint32_t set = 0;
	uint8_t opcode;

	for (char **name = names; *name != NULL; name++) {
		g_strstrip(*name);
		if (!serprog_opcode_from_string(*name, &opcode) &&
			!base_value_hex_byte(*name, &opcode))
			return false;
		if (opcode >= 32)
			return false;
		set |= SERPROG_COMMAND(opcode);
	}
	*field(r) = set;
	return set != 0;
}

static bool
take_clock(struct base_key_reading *r, const char *value)
{
	return base_value_frequency(value, field(r));
}

#define BUFFER_ALLOWED "a number of bytes from 0 to 65535"
#define LENGTH_ALLOWED "a number of bytes from 1 to 16777216"

const struct base_key setup_firmware_rows[SETUP_FIRMWARE_KEYS + 1] = {
	[SETUP_FIRMWARE_SERIAL_BUFFER] = BASE_KEY("serial-buffer", BUFFER_ALLOWED, take_buffer),
	[SETUP_FIRMWARE_OPERATION_BUFFER] =
		BASE_KEY("operation-buffer", BUFFER_ALLOWED, take_buffer),
	[SETUP_FIRMWARE_WRITE_MAX] = BASE_KEY("write-max", LENGTH_ALLOWED, take_length),
	[SETUP_FIRMWARE_READ_MAX] = BASE_KEY("read-max", LENGTH_ALLOWED, take_length),
	[SETUP_FIRMWARE_WRITE_LIMIT] = BASE_KEY("write-limit", LENGTH_ALLOWED, take_length),
	[SETUP_FIRMWARE_READ_LIMIT] = BASE_KEY("read-limit", LENGTH_ALLOWED, take_length),
	[SETUP_FIRMWARE_OVER] =
		BASE_KEY("over", "drain, nak, purge and reset", take_word, .words = overs),
	[SETUP_FIRMWARE_WITHOUT] = BASE_KEY("without",
		"commands by name or in hex, such as Q_SERBUF, 11, with commas between them",
		take_commands),
	[SETUP_FIRMWARE_REFUSAL] =
		BASE_KEY("refusal", "nak, silence and ack", take_word, .words = refusals),
	[SETUP_FIRMWARE_CLOCK] = BASE_KEY("clock", "a frequency, such as 1 MHz", take_clock),
	[SETUP_FIRMWARE_CLOCK_NEEDED] =
		BASE_KEY("clock-needed", "yes and no", take_word, .words = answers),
	[SETUP_FIRMWARE_KEYS] = BASE_KEY_END,
};

enum setup_firmware_key
setup_firmware_find(const char *name)
{
	int row = base_key_find(setup_firmware_rows, name);

	return row >= 0 ? (enum setup_firmware_key)row : SETUP_FIRMWARE_KEYS;
}

void
setup_firmware_taken(void *firmware, size_t row)
{
	((struct setup_firmware *)firmware)->given |= 1u << row;
}

bool
setup_firmware_take(struct setup_firmware *firmware, enum setup_firmware_key key, const char *value)
{
	struct setup_firmware with = *firmware;

	if (!base_key_take(&setup_firmware_rows[key], &with, value, NULL))
		return false;
	setup_firmware_taken(&with, key);
	*firmware = with;
	return true;
}

/* Lengths that the firmware announces, and its real limits. */
static void
apply_lengths(struct serprog_profile *made, enum setup_firmware_key key, uint32_t value)
{
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
	default:
		break;
	}
}

static void
apply_behaviour(struct serprog_profile *made, enum setup_firmware_key key, uint32_t value)
{
	switch (key) {
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
	default:
		break;
	}
}

struct serprog_profile *
setup_firmware_apply(const struct setup_firmware *firmware, const struct serprog_profile *profile)
{
	struct serprog_profile *made = g_new(struct serprog_profile, 1);

	*made = *profile;
	for (enum setup_firmware_key key = 0; key < SETUP_FIRMWARE_KEYS; key++) {
		if (!(firmware->given >> key & 1))
			continue;
		apply_lengths(made, key, firmware->values[key]);
		apply_behaviour(made, key, firmware->values[key]);
	}
	return made;
}
