/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The levels at a chip's pins, and its supply. To be used in the thread that owns the chip. */
#ifndef SPINOR_BENCH_LEVELS_H
#define SPINOR_BENCH_LEVELS_H

#include "flash/flash.h"
#include "flash/reasons.h"

#include <stdbool.h>
#include <stdint.h>

struct clip;
struct flash_event;
struct flash_part;
struct base_clock;

struct bench_pins {
	enum flash_level wp;
	enum flash_level hold;
	enum flash_level reset;
	struct flash_pin_use uses[FLASH_PINS];
};

#define BENCH_HALF_OF_BUSY (-1)

struct bench_levels {
	struct flash *flash;
	struct base_clock *clock; /* NULL: there is none yet */
	struct clip *clip;        /* NULL: it is in none */
	unsigned int cs;          /* its line there */
	int given_mv;             /* the last supply that was not off, or the usual one */
	uint64_t cut_in;          /* frames until the supply is cut; 0: it stays */
	int64_t cut_after_ns;     /* from the end of that frame; or BENCH_HALF_OF_BUSY */
	int64_t busy_until_ns;    /* the operation in progress before the next frame; -1: none */
};

/* The usual supply of such a chip, in mV. */
int bench_usual_millivolts(const struct flash_part *part);

/* The supply of a chip whose VCC is open and that lives from its I/O pins, in mV: it answers, but
 * programs and erases nothing. */
int bench_parasitic_millivolts(const struct flash_part *part);

/* Sets the usual supply; the pins of a new chip are high. clock: the one that the chip's time
 * follows; it outlives the wires, and may be NULL. */
void bench_levels_init(struct bench_levels *wires, struct flash *flash, struct base_clock *clock);

/* The chip is on line cs of that clip, which outlives the wires: pins and supply go by way of it
 * from now on. Comes after clip_attach(). */
void bench_levels_clip_on(struct bench_levels *wires, struct clip *clip, unsigned int cs);

/* The levels of the pins; FLASH_NO_PIN for one that the chip lacks. */
struct bench_pins bench_levels_pins(const struct bench_levels *wires);

/* Sets the pin of that name on the package. False: the chip has no such pin. */
bool bench_levels_set_pin(struct bench_levels *wires, enum flash_pin name, enum flash_level level);

/* The names of its pins, for messages: "wp and hold". */
const char *bench_levels_pin_names(const struct bench_levels *wires);

/* Whether a chip of that part can have such a pin: a register can turn pin 7 into a RESET#. */
bool bench_part_may_have_pin(const struct flash_part *part, enum flash_pin pin);
const char *bench_part_pin_names(const struct flash_part *part);

/* Sets the supply in mV, 0: off. Cancels bench_levels_cut_in(). */
void bench_levels_supply(struct bench_levels *wires, int millivolts);

/* The supply that was set, in mV. */
int bench_levels_millivolts(const struct bench_levels *wires);

/* Cuts the supply after_ns (or BENCH_HALF_OF_BUSY) after the end of the frames-th frame from now
 * on, a frame being CS# low to CS# high; the time until then is skipped. frames 0: not any more. */
void bench_levels_cut_in(struct bench_levels *wires, uint64_t frames, int64_t after_ns);

/* For the chip's listener, after everyone else has heard of the event. */
void bench_levels_event(struct bench_levels *wires, const struct flash_event *event);

#endif
