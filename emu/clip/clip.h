/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wires between an adapter and the chips clipped to it. */
#ifndef SPINOR_CLIP_CLIP_H
#define SPINOR_CLIP_CLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLIP_SELECTS 8 /* chip select lines of one adapter */

struct flash;
struct base_clock;
struct clip;

/* clock: the adapter's; outlives the clip. */
struct clip *clip_new(struct base_clock *clock);
void clip_destroy(struct clip *clip);

/* Puts chip (NULL: none) on chip select cs (0..CLIP_SELECTS-1). The chip outlives the clip. The
 * levels of its pins and its supply become those at the adapter's side, clip_level() and
 * clip_supply(); faults of the wires act on them. A chip that is taken off gets them back. */
void clip_attach(struct clip *clip, unsigned int cs, struct flash *chip);
struct flash *clip_chip(const struct clip *clip, unsigned int cs);

/* Adapter's SPI clock in Hz (> 0). */
void clip_set_frequency(struct clip *clip, unsigned int hz);
unsigned int clip_frequency(const struct clip *clip);

/* Drivers on: the adapter drives CS#, CLK and MOSI. Off: all float and the chip sees CS# high. */
void clip_set_drivers(struct clip *clip, bool on);
bool clip_drivers(const struct clip *clip);

/* CS# of line cs falls. No effect while another frame is open. */
void clip_select(struct clip *clip, unsigned int cs);

/* Clocks n bytes, full duplex; in NULL: MOSI held low. out (may be NULL) gets what MISO carried: FF
 * when no output drives it. Simulated time goes on by n bytes. Works with no chip selected. */
void clip_shift(struct clip *clip, const uint8_t *in, uint8_t *out, size_t n);

/* Returns how many bytes clip_shift() may clock before other work of the thread is due, >= 1. The
 * result of a span does not depend on how it is split. */
size_t clip_span(const struct clip *clip);

/* For tests: with faults, clip_span() returns n (>= 1) from now on. */
void clip_set_span(struct clip *clip, size_t n);

/* True from clip_select() to clip_deselect(). */
bool clip_is_selected(const struct clip *clip);

/* The same, with the chip on line cs. */
bool clip_selects(const struct clip *clip, unsigned int cs);

/* Frames since the clip was made, the open one included. */
uint64_t clip_operations(const struct clip *clip);

/* CS# rises. */
void clip_deselect(struct clip *clip);

/* Ends a frame in which a fault holds a chip, for a caller that accesses the chip directly, not
 * over the wires; the next edge begins a new one. A frame that the adapter has open goes on. */
void clip_end_frame(struct clip *clip);

/*
 * Between begin and end the board that the chips are soldered to is the master of the bus, over its
 * own wires, and supplies the chips. Faults of the adapter and the clip do not affect it, faults at
 * the chips' side do. No frame may be open at either call. The board's frames do not count as
 * operations of the host.
 */
void clip_board_begin(struct clip *clip);
void clip_board_end(struct clip *clip);

/* Lets ns pass with idle lines. */
void clip_wait(struct clip *clip, int64_t ns);

#endif
