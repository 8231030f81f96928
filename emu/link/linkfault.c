/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults of the line between host and adapter as data: their names, what is usual for each and
 * what is allowed. Leaves out how they act (link.c).
 */
#include "link/linkfault.h"

#include <glib.h>
#include <string.h>

/* What a fault needs, and its usual numbers. */
static const struct {
	const char *name;
	bool has_direction;
	enum link_direction direction;
	uint64_t count;
	uint32_t ms;
	size_t size;
	const char *text;
	uint32_t baud;
} rows[LINK_WHATS] = {
	[LINK_DROP] = {"drop", true, LINK_TO_HOST, 1, 0, 0, NULL, 0},
	[LINK_DUPLICATE] = {"duplicate", true, LINK_TO_HOST, 1, 0, 0, NULL, 0},
	[LINK_CORRUPT] = {"corrupt", true, LINK_TO_HOST, 1, 0, 0, NULL, 0},
	[LINK_STALL] = {"stall", true, LINK_TO_HOST, 1, 0, 0, NULL, 0},
	/* The default of FTDI's latency timer. */
	[LINK_LATENCY] = {"latency", false, LINK_TO_HOST, 0, 16, 0, NULL, 0},
	/* The payload of a full-speed bulk packet. */
	[LINK_CHUNKS] = {"chunks", false, LINK_TO_HOST, 0, 0, 64, NULL, 0},
	[LINK_NAK] = {"nak", false, LINK_TO_ADAPTER, 1, 0, 0, NULL, 0},
	[LINK_GARBAGE] = {"garbage", true, LINK_TO_ADAPTER, 1, 0, 0, "AT\r", 0},
	[LINK_BANNER] = {"banner", false, LINK_TO_HOST, 0, 0, 0, "ready\r\n", 0},
	[LINK_RESET_ON_OPEN] = {"reset-on-open", false, LINK_TO_HOST, 0, 800, 0, "ready\r\n", 0},
	[LINK_DEAF] = {"deaf", false, LINK_TO_HOST, 1, 0, 0, NULL, 0},
	/* What the firmwares say that have a UART of their own. */
	[LINK_WRONG_BAUD] = {"wrong-baud", false, LINK_TO_ADAPTER, 0, 0, 0, NULL, 115200},
	[LINK_ECHO] = {"echo", false, LINK_TO_ADAPTER, 0, 0, 0, NULL, 0},
	[LINK_REBOOT] = {"reboot", true, LINK_TO_HOST, 1, 800, 0, "ready\r\n", 0},
	[LINK_UNPLUG] = {"unplug", true, LINK_TO_HOST, 1, 0, 0, NULL, 0},
	[LINK_HANG] = {"hang", true, LINK_TO_ADAPTER, 1, 0, 0, NULL, 0},
	[LINK_CS_STUCK] = {"cs-stuck", false, LINK_TO_ADAPTER, 1, 0, 0, NULL, 0},
};

static const char *const directions[LINK_DIRECTIONS] = {
	[LINK_TO_ADAPTER] = "to-adapter",
	[LINK_TO_HOST] = "to-host",
};

void
link_fault_init(struct link_fault *fault, enum link_fault_what what)
{
	const char *text = rows[what].text;

	*fault = (struct link_fault){
		.what = what,
		.direction = rows[what].direction,
		.count = rows[what].count,
		.chance = 1,
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
	if (fault->what >= LINK_WHATS || fault->direction >= LINK_DIRECTIONS)
		return "a fault that is known";
	if (!(fault->chance > 0 && fault->chance <= 1))
		return "a chance over 0 and up to 1";
	if (fault->after_ms > LINK_MS_MAX || fault->ms > LINK_MS_MAX)
		return "times up to 1 h";
	if (fault->what == LINK_LATENCY && (fault->ms == 0 || fault->ms > LINK_LATENCY_MAX_MS))
		return "a latency of 1 ms to 10 s";
	if (fault->what == LINK_CHUNKS && fault->size == 0)
		return "pieces of at least 1 byte";
	if (fault->what == LINK_WRONG_BAUD &&
		(fault->baud < LINK_BAUD_MIN || fault->baud > LINK_BAUD_MAX))
		return "a speed of 300 to 4000000 baud";
	if (fault->text_bytes > LINK_TEXT_MAX)
		return "a text of up to 256 bytes";
	if ((fault->what == LINK_GARBAGE || fault->what == LINK_BANNER) && fault->text_bytes == 0)
		return "a text of at least 1 byte";
	return NULL;
}

uint64_t
link_fault_operation(const struct link_fault *fault)
{
	return fault->has_command ? MAX(fault->operation, 1) : fault->operation;
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
