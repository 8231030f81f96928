/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The settings of faults as a table: the faults that have each, and the function that stores its
 * value. The conditions that all faults share are stored in one place, setup_fault_when(). The
 * rooms that implement a fault check its values beyond their form.
 *
 * long: a few lines for each of sixty settings.
 */
#include "setup/faultkeys.h"

#include "base/escape.h"
#include "base/units.h"
#include "base/value.h"
#include "flash/flash.h"
#include "serprog/profile.h"
#include "setup/faultwords.h"

#include <string.h>

/* Faults that a setting is for: bits 1 << what. */
#define WIRES(what) (1u << CLIP_##what)
#define CHIP(what) (1u << FLASH_FAULT_##what)
#define LINK(what) (1u << LINK_##what)
#define ALL (~0u)
#define IN_FRAMES (ALL & ~WIRES(BOARD_WRITES)) /* act while the host has the bus */

#define WITH_LINE                                                                         \
	(WIRES(OPEN) | WIRES(STUCK_0) | WIRES(STUCK_1) | WIRES(SHORT) | WIRES(PULL_UP) |  \
		WIRES(PULL_DOWN) | WIRES(PULL_NONE) | WIRES(CONTACT) | WIRES(BIT_ERROR) | \
		WIRES(TOO_FAST) | WIRES(BURST_ERROR) | WIRES(WEAK_GROUND))
#define WITH_SIDE                                                                             \
	(WIRES(STUCK_0) | WIRES(STUCK_1) | WIRES(SHORT) | WIRES(PULL_UP) | WIRES(PULL_DOWN) | \
		WIRES(PULL_NONE))
#define WITH_RATE                                                                               \
	(WIRES(CONTACT) | WIRES(BIT_ERROR) | WIRES(SLIP) | WIRES(BOUNCE) | WIRES(BURST_ERROR) | \
		WIRES(WEAK_GROUND))
#define WITH_POLARITY (WIRES(BIT_ERROR) | WIRES(BURST_ERROR) | WIRES(WEAK_GROUND))
#define WITH_BIT                                                                                 \
	(WIRES(BIT_ERROR) | WIRES(SLIP) | WIRES(BOUNCE) | WIRES(TOO_FAST) | WIRES(BURST_ERROR) | \
		WIRES(WEAK_GROUND))
#define CELLS (CHIP(STUCK_CELL) | CHIP(WEAK_CELL))
#define OPERATIONS (CHIP(NO_EFFECT) | CHIP(ENDLESS) | CHIP(BROWN_OUT) | CHIP(SLOW))

#define LINK_TIMED (LINK(STALL) | LINK(LATENCY) | LINK(RESET_ON_OPEN) | LINK(REBOOT) | LINK(UNPLUG))
#define LINK_SAYS (LINK(GARBAGE) | LINK(BANNER) | LINK(RESET_ON_OPEN) | LINK(REBOOT))
#define LINK_LOST (LINK(HANG) | LINK(REBOOT) | LINK(UNPLUG))
#define LINK_DIRECTED \
	(LINK(DROP) | LINK(DUPLICATE) | LINK(CORRUPT) | LINK(STALL) | LINK(GARBAGE) | LINK_LOST)
#define LINK_AT_COMMANDS (LINK(NAK) | LINK(CS_STUCK) | LINK(JOIN))
#define LINK_COMMANDED (LINK_DIRECTED | LINK_AT_COMMANDS)
#define LINK_AT_BYTES (LINK_DIRECTED | LINK(ECHO))
#define LINK_AT_TIMES (LINK_AT_BYTES | LINK_AT_COMMANDS | LINK(LATENCY) | LINK(CHUNKS))
/* The other acts while the line is open, or not at all. */
#define LINK_BY_CHANCE (ALL & ~LINK(WRONG_BAUD))

static bool
take_real(const char *value, double most, double *number)
{
	char *end;
	double taken = g_ascii_strtod(value, &end);

	/* g_ascii_strtod() skips blanks and newlines. */
	if (!g_ascii_isdigit(value[value[0] == '.']) || *end != '\0' ||
		!(taken >= 0 && taken <= most))
		return false;
	*number = taken;
	return true;
}

static const struct base_value_word yes_words[] = {{"no", false}, {"yes", true}, {NULL, 0}};

static bool
take_line(struct setup_fault *fault, const char *value)
{
	return clip_line_from_string(value, &fault->wires.line);
}

static bool
take_with(struct setup_fault *fault, const char *value)
{
	return clip_line_from_string(value, &fault->wires.line2);
}

static bool
take_dominates(struct setup_fault *fault, const char *value)
{
	int word;

	if (!base_value_word(yes_words, value, &word))
		return false;
	fault->wires.dominates = word;
	return true;
}

static bool
take_side(struct setup_fault *fault, const char *value)
{
	return clip_side_from_string(value, &fault->wires.side);
}

static bool
take_pins(struct setup_fault *fault, const char *value)
{
	fault->wires.pins = value[0] == '-' ? -1 : 1;
	return strcmp(value, "1") == 0 || strcmp(value, "+1") == 0 || strcmp(value, "-1") == 0;
}

static bool
take_clocks(struct setup_fault *fault, const char *value)
{
	uint64_t clocks;

	if (!base_parse_whole(value, 1, CLIP_CLOCKS_MAX, &clocks))
		return false;
	fault->wires.clocks = (unsigned int)clocks;
	return true;
}

static bool
take_only(struct setup_fault *fault, const char *value)
{
	return clip_polarity_from_string(value, &fault->wires.only);
}

static bool
take_edge(struct setup_fault *fault, const char *value)
{
	return clip_slip_from_string(value, &fault->wires.slip);
}

static bool
take_rate(struct setup_fault *fault, const char *value)
{
	return take_real(value, 1,
		fault->model == SETUP_FAULT_OF_CHIP ? &fault->chip.rate : &fault->wires.rate);
}

static bool
take_per_us(struct setup_fault *fault, const char *value)
{
	/* Instead of the usual rate per bit; two that were given are refused in the end. */
	if (!setup_fault_is_given(fault, "rate"))
		fault->wires.rate = 0;
	return take_real(value, 1, &fault->wires.per_us);
}

static bool
take_open_for(struct setup_fault *fault, const char *value)
{
	return base_parse_time(value, &fault->wires.open_ns);
}

static bool
take_limit(struct setup_fault *fault, const char *value)
{
	return base_value_frequency(value, &fault->wires.limit_hz);
}

static bool
take_limit_read(struct setup_fault *fault, const char *value)
{
	return base_value_frequency(value, &fault->wires.limit_read_hz);
}

static bool
take_slope(struct setup_fault *fault, const char *value)
{
	return take_real(value, 1e6, &fault->wires.slope);
}

static bool
take_after(struct setup_fault *fault, const char *value)
{
	return base_parse_whole(value, 0, G_MAXUINT64, &fault->wires.after_bytes);
}

static bool
take_after_reads(struct setup_fault *fault, const char *value)
{
	return base_parse_whole(value, 0, FLASH_FAULT_AFTER_MAX, &fault->chip.after);
}

static bool
take_duty(struct setup_fault *fault, const char *value)
{
	return take_real(value, 1, &fault->wires.cycle.duty);
}

static bool
take_period(struct setup_fault *fault, const char *value)
{
	return base_parse_time(value, &fault->wires.cycle.period_ns) &&
		fault->wires.cycle.period_ns > 0;
}

static bool
take_phase(struct setup_fault *fault, const char *value)
{
	return base_parse_time(value, &fault->wires.cycle.phase_ns);
}

static bool
take_bit(struct setup_fault *fault, const char *value)
{
	uint64_t bit;

	if (!base_parse_whole(value, 0, 7, &bit))
		return false;
	fault->wires.has_bit = true;
	fault->wires.bit = (unsigned int)bit;
	return true;
}

static bool
take_rule(struct setup_fault *fault, const char *value)
{
	return clip_rule_from_string(value, &fault->wires.master.rule);
}

static bool
take_drives(struct setup_fault *fault, const char *value)
{
	g_auto(GStrv) names = g_strsplit(value, ",", -1);
	const unsigned int can_be =
		1u << CLIP_CS | 1u << CLIP_MOSI | 1u << CLIP_CLK | 1u << CLIP_MISO;
	unsigned int lines = 0;
	enum clip_line line;

	for (char **name = names; *name; name++) {
		if (!clip_line_from_string(*name, &line))
			return false;
		lines |= 1u << line;
	}
	fault->wires.master.lines = lines;
	return lines > 0 && (lines & ~can_be) == 0;
}

static bool
take_clock(struct setup_fault *fault, const char *value)
{
	return base_value_frequency(value, &fault->wires.master.hz);
}

static bool
take_reads(struct setup_fault *fault, const char *value)
{
	uint64_t bytes;

	if (!base_parse_whole(value, 0, G_MAXUINT64, &bytes) || bytes == 0 || bytes > 1 << 20)
		return false;
	fault->wires.master.read_bytes = (uint32_t)bytes;
	return true;
}

static bool
take_writes(struct setup_fault *fault, const char *value)
{
	uint64_t bytes;

	if (!base_parse_whole(value, 0, G_MAXUINT64, &bytes) || bytes == 0 || bytes > 256)
		return false;
	fault->wires.writes.bytes = (uint32_t)bytes;
	return true;
}

static bool
take_bits(struct setup_fault *fault, const char *value)
{
	return base_value_hex_byte(value, &fault->chip.mask);
}

static bool
take_level(struct setup_fault *fault, const char *value)
{
	fault->chip.level = value[0] == '1';
	return strcmp(value, "0") == 0 || strcmp(value, "1") == 0;
}

static bool
take_every(struct setup_fault *fault, const char *value)
{
	uint64_t every;

	if (!base_parse_whole(value, 0, G_MAXUINT64, &every) || every == 0 || every > G_MAXUINT32)
		return false;
	fault->chip.every = (uint32_t)every;
	return true;
}

static bool
take_offset(struct setup_fault *fault, const char *value)
{
	uint64_t offset;

	if (!base_parse_whole(value, 0, G_MAXUINT64, &offset) || offset > G_MAXUINT32)
		return false;
	fault->chip.offset = (uint32_t)offset;
	return true;
}

static bool
take_down_to(struct setup_fault *fault, const char *value)
{
	return base_parse_voltage(value, &fault->chip.millivolts);
}

static bool
take_factor(struct setup_fault *fault, const char *value)
{
	return take_real(value, 1e6, &fault->chip.factor) && fault->chip.factor >= 1;
}

static bool
take_during(struct setup_fault *fault, const char *value)
{
	static const struct base_value_word words[] = {{"read", FLASH_FOR_READ},
		{"program", FLASH_FOR_PROGRAM}, {"erase", FLASH_FOR_ERASE},
		{"status-read", FLASH_FOR_STATUS_READ}, {"status-write", FLASH_FOR_STATUS_WRITE},
		{"other", FLASH_FOR_OTHER}, {NULL, 0}};
	g_auto(GStrv) names = g_strsplit(value, ",", -1);
	unsigned int purposes = 0;
	int purpose;

	for (char **name = names; *name; name++) {
		if (!base_value_word(words, *name, &purpose))
			return false;
		purposes |= 1u << purpose;
	}
	setup_fault_when(fault)->purposes = purposes;
	return purposes > 0;
}

/* Chips take their time for these only. */
static bool
take_during_operation(struct setup_fault *fault, const char *value)
{
	const unsigned int slow =
		1u << FLASH_FOR_PROGRAM | 1u << FLASH_FOR_ERASE | 1u << FLASH_FOR_STATUS_WRITE;

	return take_during(fault, value) && (setup_fault_when(fault)->purposes & ~slow) == 0;
}

static bool
take_opcode(struct setup_fault *fault, const char *value)
{
	setup_fault_when(fault)->has_opcode = true;
	return base_value_hex_byte(value, &setup_fault_when(fault)->opcode);
}

static bool
take_address(struct setup_fault *fault, const char *value)
{
	struct base_fault_when *when = setup_fault_when(fault);

	return base_parse_range(value, true, &when->address_from, &when->address_to);
}

static bool
take_bytes(struct setup_fault *fault, const char *value)
{
	struct base_fault_when *when = setup_fault_when(fault);

	return base_parse_range(value, true, &when->byte_from, &when->byte_to);
}

static bool
take_nth(struct setup_fault *fault, const char *value)
{
	return base_parse_whole(value, 1, G_MAXUINT64, &setup_fault_when(fault)->nth);
}

static bool
take_count(struct setup_fault *fault, const char *value)
{
	return base_parse_whole(value, 1, G_MAXUINT64, &setup_fault_when(fault)->count);
}

static bool
take_per_frame(struct setup_fault *fault, const char *value)
{
	return base_parse_whole(value, 1, G_MAXUINT64, &setup_fault_when(fault)->per_frame);
}

static bool
take_probability(struct setup_fault *fault, const char *value)
{
	double *probability = &setup_fault_when(fault)->probability;

	return take_real(value, 1, probability) && *probability > 0;
}

static bool
take_from(struct setup_fault *fault, const char *value)
{
	return base_parse_time(value, &setup_fault_when(fault)->from_ns);
}

static bool
take_to(struct setup_fault *fault, const char *value)
{
	return base_parse_time(value, &setup_fault_when(fault)->to_ns);
}

static bool
take_select(struct setup_fault *fault, const char *value)
{
	uint64_t cs;

	if (!base_parse_whole(value, 0, G_MAXUINT64, &cs) || cs > 7)
		return false;
	setup_fault_when(fault)->selects = 1u << cs;
	return true;
}

static bool
take_direction(struct setup_fault *fault, const char *value)
{
	return link_direction_from_string(value, &fault->link.direction);
}

static bool
take_link_byte(struct setup_fault *fault, const char *value)
{
	uint64_t byte;

	if (!base_parse_whole(value, 1, G_MAXUINT64, &byte))
		return false;
	fault->link.at_byte = true;
	setup_fault_when(fault)->byte_from = byte - 1;
	return true;
}

static bool
take_link_operation(struct setup_fault *fault, const char *value)
{
	return base_parse_whole(value, 1, G_MAXUINT64, &setup_fault_when(fault)->from_nth);
}

static bool
take_link_command(struct setup_fault *fault, const char *value)
{
	struct base_fault_when *when = setup_fault_when(fault);

	when->has_opcode = true;
	return serprog_opcode_from_string(value, &when->opcode) ||
		base_value_hex_byte(value, &when->opcode);
}

static bool
take_link_baud(struct setup_fault *fault, const char *value)
{
	uint64_t baud;

	if (!base_parse_whole(value, LINK_BAUD_MIN, LINK_BAUD_MAX, &baud))
		return false;
	fault->link.baud = (uint32_t)baud;
	return true;
}

static bool
take_ms(const char *value, uint32_t *ms)
{
	int64_t ns;

	if (!base_parse_time(value, &ns) || ns % 1000000 != 0 || ns / 1000000 > LINK_MS_MAX)
		return false;
	*ms = (uint32_t)(ns / 1000000);
	return true;
}

static bool
take_link_after(struct setup_fault *fault, const char *value)
{
	uint32_t ms;

	if (!take_ms(value, &ms))
		return false;
	setup_fault_when(fault)->from_ns = ms * INT64_C(1000000);
	return true;
}

static bool
take_link_time(struct setup_fault *fault, const char *value)
{
	return take_ms(value, &fault->link.ms);
}

static bool
take_link_size(struct setup_fault *fault, const char *value)
{
	uint64_t size;

	if (!base_parse_whole(value, 0, G_MAXUINT64, &size) || size == 0 || size > 1 << 20)
		return false;
	fault->link.size = (size_t)size;
	return true;
}

static bool
take_link_mask(struct setup_fault *fault, const char *value)
{
	return base_value_hex_byte(value, &fault->link.mask);
}

static bool
take_link_text(struct setup_fault *fault, const char *value)
{
	g_autoptr(GString) text = g_string_new(NULL);

	return base_unescape(value, text) &&
		link_fault_set_text(&fault->link, text->str, text->len);
}

#define LINES_ALLOWED "cs, clk, mosi, miso, wp, hold, vcc, gnd"
#define RATE_ALLOWED "a probability from 0 to 1, such as 1e-6"
#define RANGE_ALLOWED "a number or FIRST-LAST, such as 0x1000-0x1FFF"
#define NUMBER_ALLOWED "a whole number from 1"
#define TIME_ALLOWED "a time, such as 50us or 1.5s"
#define FREQUENCY_ALLOWED "a frequency from 1Hz to 4000MHz, such as 20MHz"

const struct setup_faultset setup_faultset_rows[] = {
	{"line", WITH_LINE, 0, 0, LINES_ALLOWED, take_line, "miso", "line with the fault", false},
	{"with", WIRES(SHORT), 0, 0, LINES_ALLOWED, take_with, "mosi", "the other line", false},
	{"dominates", WIRES(SHORT), 0, 0, "no or yes", take_dominates, "no",
		"whether the first line wins; no: low wins", false},
	{"side", WITH_SIDE, 0, 0, "host or chip", take_side, "host",
		"end of the line that has the fault", false},
	{"pins", WIRES(SHIFTED), 0, 0, "1 or -1", take_pins, "1",
		"contact N is on pin N + 1 or N - 1", false},
	{"clocks", WIRES(LATE) | WIRES(EARLY), 0, 0,
		"a number of clocks from 1 to " G_STRINGIFY(CLIP_CLOCKS_MAX), take_clocks, "1",
		"number of clocks", false},
	{"only", WITH_POLARITY, 0, 0, "both, 0-to-1 or 1-to-0", take_only, "both",
		"only bits that change in this direction", false},
	{"edge", WIRES(SLIP), 0, 0, "dropped, doubled or either", take_edge, "either",
		"whether a clock is lost or counted twice", false},
	{"rate", WITH_RATE, CHIP(WEAK_CELL) | CHIP(READ_DISTURB), 0, RATE_ALLOWED, take_rate,
		"1e-6", "probability of an error, per bit or cell", false},
	{"per-us", WIRES(CONTACT), 0, 0, RATE_ALLOWED, take_per_us, "(none)",
		"in place of rate: per microsecond", false},
	{"open-for", WIRES(CONTACT), 0, 0, TIME_ALLOWED, take_open_for, "100us",
		"how long the contact stays open", false},
	{"limit", WIRES(TOO_FAST), 0, 0, FREQUENCY_ALLOWED, take_limit, "8MHz",
		"highest clock without errors", false},
	{"limit-read", WIRES(TOO_FAST), 0, 0, FREQUENCY_ALLOWED, take_limit_read, "(as limit)",
		"the same for opcode 03", false},
	{"slope", WIRES(TOO_FAST), 0, 0, "a number from 0 to 1000000", take_slope, "0.001",
		"fraction of late bits at twice the limit", false},
	{"after", WIRES(BURST_ERROR), 0, 0, "a number of bytes", take_after, "256",
		"bytes without errors at the start", false},
	{"after", 0, CHIP(READ_DISTURB), 0, "a number of reads up to 1000000000", take_after_reads,
		"1000", "reads of a block without changes", false},
	{"bit", WITH_BIT, 0, 0, "7, the first on the wire, to 0", take_bit, "(all)",
		"the only bit of a byte that can be wrong", false},
	{"rule", WIRES(MASTER), 0, 0, "and, or and random", take_rule, "and",
		"level of a line that both masters drive", false},
	{"drives", WIRES(MASTER), 0, 0, "some of cs,mosi,clk,miso", take_drives, "cs,mosi,clk",
		"lines that the second master drives", false},
	{"clock", WIRES(MASTER), 0, 0, FREQUENCY_ALLOWED, take_clock, "25MHz",
		"clock of the second master", false},
	{"reads", WIRES(MASTER), 0, 0, "a number of bytes from 1 to 1048576", take_reads, "64",
		"bytes in each of its reads", false},
	{"writes", WIRES(BOARD_WRITES), 0, 0, "a number of bytes from 1 to 256", take_writes, "64",
		"bytes that the board appends at a time", false},
	{"bits", 0, CELLS, 0, "a mask in hex, such as 80", take_bits, "01",
		"affected bits of a byte", false},
	{"level", 0, CHIP(STUCK_CELL) | CHIP(READ_DISTURB), 0, "0 or 1", take_level, "0",
		"value that the cells have or turn to", false},
	{"every", 0, CELLS, 0, NUMBER_ALLOWED " to 4294967295 (bytes)", take_every, "(all)",
		"only addresses with remainder offset", false},
	{"offset", 0, CELLS, 0, "a whole number from 0, below every (bytes)", take_offset, "0",
		"remainder of the address", false},
	{"down-to", 0, CHIP(BROWN_OUT), 0, "a voltage, such as 2.2V or 0mV", take_down_to, "0mV",
		"lowest voltage of the dip", false},
	{"factor", 0, CHIP(SLOW), 0, "a number from 1 to 1000000", take_factor, "10",
		"times as long", false},
	{"during", IN_FRAMES, 0, 0, "some of read,program,erase,status-read,status-write,other",
		take_during, "(all)", "kinds of operations", true},
	{"during", 0, OPERATIONS, 0, "some of program,erase,status-write", take_during_operation,
		"(program, erase)", "kinds of operations", true},
	{"opcode", IN_FRAMES, 0, 0, "a byte in hex, such as 9F or 0x9F", take_opcode, "(all)",
		"only this opcode", true},
	{"address", ALL, ALL, 0, RANGE_ALLOWED, take_address, "(all)", "only these addresses",
		true},
	{"bytes", IN_FRAMES, 0, 0, RANGE_ALLOWED, take_bytes, "(all)",
		"bytes of the operation, 0 is the opcode", true},
	{"nth", IN_FRAMES, OPERATIONS, 0, NUMBER_ALLOWED, take_nth, "(all)",
		"only the operation with this number", true},
	{"count", ALL, ALL, LINK_BY_CHANCE, NUMBER_ALLOWED, take_count, "(no limit)",
		"how often it acts in all", true},
	{"per-frame", IN_FRAMES, 0, 0, NUMBER_ALLOWED, take_per_frame, "(no limit)",
		"how often it acts in one operation", true},
	{"probability", IN_FRAMES, OPERATIONS, 0, "above 0 and up to 1", take_probability,
		"(always)", "probability of acting in an operation", true},
	{"from", ALL, 0, 0, TIME_ALLOWED, take_from, "0ns", "start of a time window", true},
	{"to", ALL, 0, 0, TIME_ALLOWED, take_to, "(no end)", "end of the time window", true},
	{"period", ALL, 0, 0, TIME_ALLOWED ", above 0", take_period, "(none)",
		"a window that repeats after this time", true},
	{"phase", ALL, 0, 0, TIME_ALLOWED ", below period", take_phase, "0ns",
		"start of the window in the period", true},
	{"duty", IN_FRAMES, 0, 0, "a share from 0 to 1", take_duty, "0.5", "fraction of the period",
		true},
	{"select", ALL, 0, 0, "a chip select line, 0 to 7", take_select, "(all)",
		"only chips on this select line", true},
	{"direction", 0, 0, LINK_DIRECTED, "to-adapter or to-host", take_direction, "to-host",
		"direction of the bytes", false},
	{"byte", 0, 0, LINK_AT_BYTES, NUMBER_ALLOWED, take_link_byte, "(first)",
		"from this byte of its direction on", true},
	{"operation", 0, 0, LINK_AT_TIMES, NUMBER_ALLOWED " (a command of the protocol)",
		take_link_operation, "(first)", "from this command of the protocol on", true},
	{"command", 0, 0, LINK_COMMANDED, "a command by name or in hex, such as O_SPIOP or 13",
		take_link_command, "(all)", "only this command of the protocol", true},
	{"after", 0, 0, LINK_AT_TIMES,
		"whole milliseconds up to an hour since the line was opened, such as 500ms",
		take_link_after, "0ms", "not before this time since the opening", true},
	{"chance", 0, 0, LINK_BY_CHANCE, "above 0 and up to 1", take_probability, "(always)",
		"probability of acting on an occasion", true},
	{"baud", 0, 0, LINK(WRONG_BAUD), "a speed from 300 to 4000000 baud", take_link_baud,
		"115200", "baud rate of the firmware", false},
	{"time", 0, 0, LINK_TIMED, "whole milliseconds up to an hour, such as 16ms", take_link_time,
		"0ms", "how long it lasts; 0ms: for ever", false},
	{"size", 0, 0, LINK(CHUNKS), "a whole number from 1 to 1048576 (bytes)", take_link_size,
		"64", "bytes in a piece", false},
	{"flips", 0, 0, LINK(CORRUPT), "a mask in hex, such as 01", take_link_mask,
		"(one random bit)", "bits to invert", false},
	{"text", 0, 0, LINK_SAYS,
		"a text of up to 256 bytes; \\n, \\r, \\t, \\\\, \\\" and \\xFF as in C",
		take_link_text, "ready\\r\\n", "text to send", false},
	{NULL, 0, 0, 0, NULL, NULL, NULL, NULL, false},
};

/* A bit of struct setup_fault for each. */
G_STATIC_ASSERT(G_N_ELEMENTS(setup_faultset_rows) <= 64);

bool
setup_faultset_is_for(const struct setup_faultset *setting, const struct setup_fault *fault)
{
	if (fault->model == SETUP_FAULT_OF_CHIP)
		return setting->chip >> fault->chip.what & 1;
	if (fault->model == SETUP_FAULT_OF_LINK)
		return setting->link >> fault->link.what & 1;
	return setting->wires >> fault->wires.what & 1;
}
