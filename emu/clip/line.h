/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The eight lines between adapter and chip, and their state. */
#ifndef SPINOR_CLIP_LINE_H
#define SPINOR_CLIP_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "flash/flash.h"

struct clip;

/* In the order of the pins of a SOIC-8: pin 1 is line 0. */
enum clip_line {
	CLIP_CS,   /* CS# */
	CLIP_MISO, /* IO1 */
	CLIP_WP,   /* WP#, IO2 */
	CLIP_GND,
	CLIP_MOSI, /* IO0 */
	CLIP_CLK,
	CLIP_HOLD, /* HOLD# or RESET#, IO3 */
	CLIP_VCC,
	CLIP_LINES,
};

enum clip_side {
	CLIP_HOST,
	CLIP_CHIP,
	CLIP_SIDES,
};

struct clip_line_state {
	enum flash_level host; /* at the adapter */
	enum flash_level chip; /* at the pin that the line is for */
	unsigned int pin;      /* of the package, from 1 up */
	int contact;           /* the line whose contact of the clip is on that pin; -1: none */
	bool open;             /* that contact does not touch the pin */
	enum flash_level contact_level; /* of that line, at the adapter */
	unsigned int fault_id; /* the first fault on it that is in force, else the first; 0: none */
};

/* The state of the line to the chip on line cs. CLK and MOSI have their idle level; VCC is low
 * where it is less than the chip needs. */
void clip_line_state(const struct clip *clip, unsigned int cs, enum clip_line line,
	struct clip_line_state *state);

/* Sets WP# or HOLD# of the chip on line cs at the adapter's side, as with a resistor. The chip has
 * that level, or what faults make of it. */
void clip_set_level(
	struct clip *clip, unsigned int cs, enum clip_line line, enum flash_level level);

/* The level that was set, or that the chip brought. */
enum flash_level clip_level(const struct clip *clip, unsigned int cs, enum clip_line line);

/* Sets the supply in mV (0: off) of the chip on line cs. It has that at once, or as soon as no
 * fault cuts it off any more. */
void clip_set_supply(struct clip *clip, unsigned int cs, int millivolts);

/* Cuts that supply at at_ns, as flash_cut_supply() does. */
void clip_cut_supply(struct clip *clip, unsigned int cs, int64_t at_ns, int millivolts);

/* The supply that was set, or that the chip brought, in mV. */
int clip_supply(const struct clip *clip, unsigned int cs);

/* "cs", "clk", "mosi", "miso", "wp", "hold", "vcc", "gnd". */
bool clip_line_from_string(const char *text, enum clip_line *line);
const char *clip_line_string(enum clip_line line);

/* "host", "chip". */
bool clip_side_from_string(const char *text, enum clip_side *side);
const char *clip_side_string(enum clip_side side);

#endif
