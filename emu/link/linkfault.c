/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults of the serial link between host and adapter as a table: a row for each, with its name,
 * its usual values, the values allowed and its effect (act.c).
 */
#include "link/linkfault.h"

#include <glib.h>
#include <string.h>

#include "link/internal.h"

static const char *
check_latency(const struct link_fault *fault)
{
	return fault->ms > 0 && fault->ms <= LINK_LATENCY_MAX_MS ? NULL
								 : "a latency of 1 ms to 10 s";
}

static const char *
check_size(const struct link_fault *fault)
{
	return fault->size > 0 ? NULL : "pieces of at least 1 byte";
}

static const char *
check_baud(const struct link_fault *fault)
{
	return fault->baud >= LINK_BAUD_MIN && fault->baud <= LINK_BAUD_MAX
		? NULL
		: "a speed of 300 to 4000000 baud";
}

static const char *
check_text(const struct link_fault *fault)
{
	return fault->text_bytes > 0 ? NULL : "a text of at least 1 byte";
}

static const struct link_fault_row rows[LINK_WHATS] = {
	[LINK_DROP] = {"drop", .has_direction = true, .direction = LINK_TO_HOST, .count = 1,
		.change = link_change_drop},
	[LINK_DUPLICATE] = {"duplicate", .has_direction = true, .direction = LINK_TO_HOST,
		.count = 1, .change = link_change_duplicate},
	[LINK_CORRUPT] = {"corrupt", .has_direction = true, .direction = LINK_TO_HOST, .count = 1,
		.change = link_change_corrupt},
	[LINK_STALL] = {"stall", .may_act_at_time = true, .has_direction = true,
		.direction = LINK_TO_HOST, .count = 1, .effect = link_effect_stall,
		.end = link_end_stall},
	/* The default of FTDI's latency timer. */
	[LINK_LATENCY] = {"latency", .occasion = LINK_AT_REPLY, .direction = LINK_TO_HOST, .ms = 16,
		.check = check_latency},
	/* The payload of a full-speed bulk packet. */
	[LINK_CHUNKS] = {"chunks", .occasion = LINK_AT_PIECE, .direction = LINK_TO_HOST, .size = 64,
		.check = check_size},
	[LINK_NAK] = {"nak", .occasion = LINK_AT_COMMAND, .direction = LINK_TO_ADAPTER, .count = 1,
		.verdict = BASE_COMMAND_REFUSE},
	[LINK_GARBAGE] = {"garbage", .may_act_at_time = true, .has_direction = true,
		.direction = LINK_TO_ADAPTER, .count = 1, .text = "AT\r", .check = check_text,
		.effect = link_effect_text},
	[LINK_BANNER] = {"banner", .occasion = LINK_AT_OPENING, .opening = 3,
		.direction = LINK_TO_HOST, .text = "ready\r\n", .check = check_text,
		.effect = link_effect_text},
	[LINK_RESET_ON_OPEN] = {"reset-on-open", .occasion = LINK_AT_OPENING, .opening = 1,
		.direction = LINK_TO_HOST, .ms = 800, .text = "ready\r\n",
		.effect = link_effect_boot},
	[LINK_DEAF] = {"deaf", .occasion = LINK_AT_OPENING, .opening = 2, .direction = LINK_TO_HOST,
		.count = 1, .effect = link_effect_deaf},
	/* The usual speed of firmwares that have a UART of their own. */
	[LINK_WRONG_BAUD] = {"wrong-baud", .occasion = LINK_AT_SPEED, .needs_speed = true,
		.direction = LINK_TO_ADAPTER, .baud = 115200, .check = check_baud},
	[LINK_ECHO] = {"echo", .direction = LINK_TO_ADAPTER, .change = link_change_echo},
	[LINK_REBOOT] = {"reboot", .may_act_at_command = true, .may_act_at_time = true,
		.has_direction = true, .direction = LINK_TO_HOST, .count = 1, .ms = 800,
		.text = "ready\r\n", .effect = link_effect_boot, .verdict = BASE_COMMAND_HANG},
	[LINK_UNPLUG] = {"unplug", .may_act_at_command = true, .may_act_at_time = true,
		.has_direction = true, .direction = LINK_TO_HOST, .count = 1,
		.effect = link_effect_unplug, .verdict = BASE_COMMAND_HANG},
	[LINK_HANG] = {"hang", .may_act_at_command = true, .may_act_at_time = true,
		.has_direction = true, .direction = LINK_TO_ADAPTER, .count = 1,
		.effect = link_effect_hang, .verdict = BASE_COMMAND_HANG, .verdict_is_all = true},
	[LINK_CS_STUCK] = {"cs-stuck", .occasion = LINK_AT_COMMAND, .needs_select = true,
		.direction = LINK_TO_ADAPTER, .count = 1, .verdict = BASE_COMMAND_KEEP_SELECTED},
	[LINK_JOIN] = {"join", .occasion = LINK_AT_COMMAND, .direction = LINK_TO_ADAPTER,
		.count = 1, .verdict = BASE_COMMAND_JOIN},
};

static const char *const directions[LINK_DIRECTIONS] = {
	[LINK_TO_ADAPTER] = "to-adapter",
	[LINK_TO_HOST] = "to-host",
};

const struct link_fault_row *
link_fault_row(enum link_fault_what what)
{
	return &rows[what];
}

void
link_fault_init(struct link_fault *fault, enum link_fault_what what)
{
	const char *text = rows[what].text;

	*fault = (struct link_fault){
		.what = what,
		.direction = rows[what].direction,
		.when.count = rows[what].count,
		.ms = rows[what].ms,
		.size = rows[what].size,
		.baud = rows[what].baud,
	};
	if (text)
		link_fault_set_text(fault, text, strlen(text));
}

bool
link_fault_set_text(struct link_fault *fault, const void *text, size_t n)
{
	if (n > LINK_TEXT_MAX)
		return false;
	memcpy(fault->text, text, n);
	fault->text_bytes = n;
	return true;
}

const char *
link_fault_check(const struct link_fault *fault)
{
	const struct base_fault_when *when = &fault->when;

	if (fault->what >= LINK_WHATS || fault->direction >= LINK_DIRECTIONS)
		return "a fault that is known";
	if (!(when->probability >= 0 && when->probability <= 1))
		return "a chance over 0 and up to 1";
	if (when->from_ns < 0 || when->from_ns > LINK_MS_MAX * INT64_C(1000000) ||
		fault->ms > LINK_MS_MAX)
		return "times up to 1 h";
	if (fault->text_bytes > LINK_TEXT_MAX)
		return "a text of up to 256 bytes";
	return rows[fault->what].check ? rows[fault->what].check(fault) : NULL;
}

uint64_t
link_fault_operation(const struct link_fault *fault)
{
	return fault->when.has_opcode ? MAX(fault->when.from_nth, 1) : fault->when.from_nth;
}

bool
link_fault_needs_speed(enum link_fault_what what)
{
	return rows[what].needs_speed;
}

bool
link_fault_keeps_selected(enum link_fault_what what)
{
	return rows[what].verdict == BASE_COMMAND_KEEP_SELECTED;
}

bool
link_fault_has_direction(enum link_fault_what what)
{
	return rows[what].has_direction;
}

bool
link_fault_what_from_string(const char *text, enum link_fault_what *what)
{
	for (size_t i = 0; i < LINK_WHATS; i++) {
		if (g_str_equal(text, rows[i].name)) {
			*what = (enum link_fault_what)i;
			return true;
		}
	}
	return false;
}

const char *
link_fault_what_to_string(enum link_fault_what what)
{
	return rows[what].name;
}

bool
link_direction_from_string(const char *text, enum link_direction *direction)
{
	for (size_t i = 0; i < LINK_DIRECTIONS; i++) {
		if (g_str_equal(text, directions[i])) {
			*direction = (enum link_direction)i;
			return true;
		}
	}
	return false;
}

const char *
link_direction_to_string(enum link_direction direction)
{
	return directions[direction];
}
