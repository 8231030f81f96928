/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of the serprog protocol as rows, and the handler of each; O_SPIOP has a file of its
 * own.
 *
 * The adapter's parallel socket is empty: reads give FF and writes change nothing, but both take
 * the bytes that the protocol says.
 *
 * Document: flashrom's Serial Flasher Protocol Specification, version 1. Where it is silent:
 * - R_NBYTES of length 0 is 2^24 bytes, the maximum that Q_RDNMAXLEN can report as 0; O_WRITEN of
 *   length 0 is NAKed. Both as in libfrser, by the author of the protocol.
 * - The operation buffer is empty after power-on, so O_DELAY needs no O_INIT before it.
 * - S_CS_MODE, S_SPI_CS and S_PIN_STATE act on the lines at once; CS# that is held low moves to the
 *   newly chosen line.
 */
#include "serprog/internal.h"

#include <glib.h>
#include <string.h>

#include "clip/clip.h"
#include "serprog/profile.h"

#define INTERFACE_VERSION 1
#define COMMAND_MAP_BYTES 32
#define PROGRAM_BYTES 16

static void
answer(struct serprog *adapter, bool ok)
{
	serprog_reply_byte(&adapter->reply, ok ? SERPROG_ACK : SERPROG_NAK);
}

static void
nop(struct serprog *adapter, const uint8_t *parameters)
{
	(void)parameters;
	answer(adapter, true);
}

static void
sync_nop(struct serprog *adapter, const uint8_t *parameters)
{
	(void)parameters;
	answer(adapter, adapter->profile->sync_reversed);
	answer(adapter, !adapter->profile->sync_reversed);
}

static void
query_interface(struct serprog *adapter, const uint8_t *parameters)
{
	(void)parameters;
	serprog_reply_value(&adapter->reply, INTERFACE_VERSION, 2);
}

static void
query_command_map(struct serprog *adapter, const uint8_t *parameters)
{
	static const uint8_t none[COMMAND_MAP_BYTES - sizeof adapter->profile->commands];

	(void)parameters;
	serprog_reply_value(
		&adapter->reply, adapter->profile->commands, sizeof adapter->profile->commands);
	serprog_reply_bytes(&adapter->reply, none, sizeof none);
}

static void
query_program(struct serprog *adapter, const uint8_t *parameters)
{
	char name[PROGRAM_BYTES + 1] = "";

	(void)parameters;
	g_strlcpy(name, adapter->profile->program, sizeof name);
	answer(adapter, true);
	serprog_reply_bytes(&adapter->reply, name, PROGRAM_BYTES);
}

static void
query_serial_buffer(struct serprog *adapter, const uint8_t *parameters)
{
	(void)parameters;
	serprog_reply_value(&adapter->reply, adapter->profile->serial_buffer, 2);
}

static void
query_bus_types(struct serprog *adapter, const uint8_t *parameters)
{
	(void)parameters;
	serprog_reply_value(&adapter->reply, adapter->profile->bus_types, 1);
}

static void
query_address_lines(struct serprog *adapter, const uint8_t *parameters)
{
	(void)parameters;
	serprog_reply_value(&adapter->reply, adapter->profile->address_lines, 1);
}

static void
query_operation_buffer(struct serprog *adapter, const uint8_t *parameters)
{
	(void)parameters;
	serprog_reply_value(&adapter->reply, adapter->profile->operation_buffer, 2);
}

static void
query_write_max(struct serprog *adapter, const uint8_t *parameters)
{
	(void)parameters;
	serprog_reply_value(&adapter->reply, adapter->profile->write_max, 3);
}

static void
query_read_max(struct serprog *adapter, const uint8_t *parameters)
{
	(void)parameters;
	serprog_reply_value(&adapter->reply, adapter->profile->read_max, 3);
}

static void
read_byte(struct serprog *adapter, const uint8_t *parameters)
{
	(void)parameters;
	serprog_reply_value(&adapter->reply, 0xff, 1);
}

static void
read_bytes(struct serprog *adapter, const uint8_t *parameters)
{
	uint32_t length = serprog_le24(parameters + 3);

	answer(adapter, true);
	adapter->read_left = length ? length : 1 << 24;
	adapter->state = SERPROG_PARALLEL_READ;
}

static uint32_t
opbuf_size(const struct serprog *adapter)
{
	const struct serprog_profile *profile = adapter->profile;

	return profile->operation_buffer_fake ? UINT32_MAX : profile->operation_buffer;
}

static void
initialize_opbuf(struct serprog *adapter, const uint8_t *parameters)
{
	(void)parameters;
	serprog_opbuf_clear(&adapter->opbuf);
	answer(adapter, true);
}

static void
add_write_byte(struct serprog *adapter, const uint8_t *parameters)
{
	(void)parameters;
	answer(adapter, serprog_opbuf_add_write_byte(&adapter->opbuf, opbuf_size(adapter)));
}

static void
add_write_bytes(struct serprog *adapter, const uint8_t *parameters)
{
	uint32_t length = serprog_le24(parameters);
	uint32_t max = adapter->profile->write_max;
	bool ok = length > 0 && (max == 0 || length <= max) &&
		serprog_opbuf_add_write(&adapter->opbuf, opbuf_size(adapter), length);

	serprog_discard(adapter, length, ok ? SERPROG_ACK : SERPROG_NAK);
}

static void
add_delay(struct serprog *adapter, const uint8_t *parameters)
{
	uint32_t microseconds = serprog_le32(parameters);

	answer(adapter,
		serprog_opbuf_add_delay(&adapter->opbuf, opbuf_size(adapter), microseconds));
}

static void
execute(struct serprog *adapter, const uint8_t *parameters)
{
	int64_t delay_ns = serprog_opbuf_clear(&adapter->opbuf);

	(void)parameters;
	if (delay_ns > 0)
		clip_wait(adapter->clip, delay_ns);
	answer(adapter, true);
}

static bool
bus_is_right(const struct serprog_profile *profile, uint8_t wanted)
{
	switch (profile->bus_rule) {
	case SERPROG_BUS_ANY:
		break;
	case SERPROG_BUS_WITHIN:
		return (wanted | profile->bus_types) == profile->bus_types;
	case SERPROG_BUS_EQUAL:
		return wanted == profile->bus_types;
	case SERPROG_BUS_ALWAYS:
		return true;
	}
	/* Of several bus types the adapter may choose; it needs one that it has. */
	return (wanted & profile->bus_types) != 0;
}

static void
set_bus_type(struct serprog *adapter, const uint8_t *parameters)
{
	answer(adapter, bus_is_right(adapter->profile, parameters[0]));
}

static void
set_frequency(struct serprog *adapter, const uint8_t *parameters)
{
	const struct serprog_profile *profile = adapter->profile;
	uint32_t hz = serprog_le32(parameters);

	if (hz == 0 && profile->zero == SERPROG_ZERO_NAK) {
		answer(adapter, false);
		return;
	}
	if (hz == 0 && profile->zero == SERPROG_ZERO_ECHO) {
		serprog_reply_value(&adapter->reply, 0, 4);
		return;
	}
	adapter->hz_set = true;
	adapter->hz = serprog_profile_clock(profile, hz ? hz : profile->clock_zero_hz);
	if (adapter->hz > 0)
		clip_set_frequency(adapter->clip, adapter->hz);
	serprog_reply_value(&adapter->reply, adapter->hz, 4);
}

static void
set_pin_state(struct serprog *adapter, const uint8_t *parameters)
{
	if (!adapter->profile->pin_state_ignored)
		clip_set_drivers(adapter->clip, parameters[0] != 0);
	answer(adapter, true);
}

static bool
line_exists(const struct serprog *adapter, unsigned int cs)
{
	unsigned int lines = adapter->profile->chip_selects;

	if (cs >= CLIP_SELECTS)
		return false;
	if (lines > 0)
		return cs < lines;
	return cs == 0 || clip_chip(adapter->clip, cs) != NULL;
}

static void
set_chip_select(struct serprog *adapter, const uint8_t *parameters)
{
	unsigned int cs = parameters[0];

	if (!line_exists(adapter, cs)) {
		answer(adapter, false);
		return;
	}
	if (adapter->cs_mode == SERPROG_CS_SELECTED && cs != adapter->cs) {
		clip_deselect(adapter->clip);
		clip_select(adapter->clip, cs);
	}
	adapter->cs = cs;
	answer(adapter, true);
}

static void
set_spi_mode(struct serprog *adapter, const uint8_t *parameters)
{
	if (parameters[0] > (adapter->profile->half_duplex_only ? 0 : 1)) {
		answer(adapter, false);
		return;
	}
	adapter->full_duplex = parameters[0] == 1;
	answer(adapter, true);
}

static void
set_cs_mode(struct serprog *adapter, const uint8_t *parameters)
{
	if (parameters[0] >= SERPROG_CS_MODES) {
		answer(adapter, false);
		return;
	}
	adapter->cs_mode = parameters[0];
	if (adapter->cs_mode == SERPROG_CS_SELECTED)
		clip_select(adapter->clip, adapter->cs);
	else if (adapter->cs_mode == SERPROG_CS_DESELECTED || !adapter->profile->cs_auto_keeps)
		clip_deselect(adapter->clip);
	answer(adapter, true);
}

/* An extension of the ezp2019's firmware. The board chooses the voltage itself, so it has no
 * effect. */
static void
set_supply(struct serprog *adapter, const uint8_t *parameters)
{
	enum {
		SUPPLY_3V3,
		SUPPLY_1V8,
		SUPPLY_5V
	};

	answer(adapter, parameters[0] <= SUPPLY_5V);
}

/* The index is the opcode. */
static const struct serprog_command commands[] = {
	[SERPROG_NOP] = {"NOP", 0, false, nop},
	[0x01] = {"Q_IFACE", 0, false, query_interface},
	[0x02] = {"Q_CMDMAP", 0, false, query_command_map},
	[0x03] = {"Q_PGMNAME", 0, false, query_program},
	[0x04] = {"Q_SERBUF", 0, false, query_serial_buffer},
	[0x05] = {"Q_BUSTYPE", 0, false, query_bus_types},
	[0x06] = {"Q_CHIPSIZE", 0, false, query_address_lines},
	[0x07] = {"Q_OPBUF", 0, false, query_operation_buffer},
	[0x08] = {"Q_WRNMAXLEN", 0, false, query_write_max},
	[0x09] = {"R_BYTE", 3, true, read_byte},
	[0x0a] = {"R_NBYTES", 6, true, read_bytes},
	[0x0b] = {"O_INIT", 0, false, initialize_opbuf},
	[0x0c] = {"O_WRITEB", 4, false, add_write_byte},
	[0x0d] = {"O_WRITEN", 6, false, add_write_bytes},
	[0x0e] = {"O_DELAY", 4, false, add_delay},
	[0x0f] = {"O_EXEC", 0, true, execute},
	[SERPROG_SYNCNOP] = {"SYNCNOP", 0, false, sync_nop},
	[0x11] = {"Q_RDNMAXLEN", 0, false, query_read_max},
	[0x12] = {"S_BUSTYPE", 1, false, set_bus_type},
	[0x13] = {"O_SPIOP", 6, true, serprog_spi_operation},
	[0x14] = {"S_SPI_FREQ", 4, false, set_frequency},
	[0x15] = {"S_PIN_STATE", 1, false, set_pin_state},
	[0x16] = {"S_SPI_CS", 1, false, set_chip_select},
	[0x17] = {"S_SPI_MODE", 1, false, set_spi_mode},
	[0x18] = {"S_CS_MODE", 1, false, set_cs_mode},
	[0x1a] = {"S_VCC", 1, false, set_supply},
};

const struct serprog_command *
serprog_command(const struct serprog *adapter, uint8_t opcode)
{
	if (opcode >= G_N_ELEMENTS(commands) || !(adapter->profile->commands >> opcode & 1))
		return NULL;
	return &commands[opcode];
}

uint32_t
serprog_data_bytes(uint8_t opcode, const uint8_t *parameters)
{
	return opcode == 0x0d || opcode == 0x13 ? serprog_le24(parameters) : 0;
}

const char *
serprog_command_form(uint8_t opcode, unsigned int *parameter_bytes)
{
	if (opcode >= G_N_ELEMENTS(commands))
		return NULL;
	*parameter_bytes = commands[opcode].parameter_bytes;
	return commands[opcode].name;
}

uint32_t
serprog_answer_bytes(uint8_t opcode, const uint8_t *parameters)
{
	static const uint8_t bytes[] = {[0x01] = 2,
		[0x02] = COMMAND_MAP_BYTES,
		[0x03] = PROGRAM_BYTES,
		[0x04] = 2,
		[0x05] = 1,
		[0x06] = 1,
		[0x07] = 2,
		[0x08] = 3,
		[0x09] = 1,
		[SERPROG_SYNCNOP] = 1,
		[0x11] = 3,
		[0x14] = 4};
	uint32_t n;

	switch (opcode) {
	case 0x0a:
		n = serprog_le24(parameters + 3);
		return n > 0 ? n : UINT32_C(1) << 24;
	case 0x13:
		return serprog_le24(parameters + 3);
	default:
		return opcode < G_N_ELEMENTS(bytes) ? bytes[opcode] : 0;
	}
}

bool
serprog_opcode_from_string(const char *name, uint8_t *opcode)
{
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (!commands[i].name || !g_str_equal(commands[i].name, name))
			continue;
		*opcode = (uint8_t)i;
		return true;
	}
	return false;
}
