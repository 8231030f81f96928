/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clip on the package: which contact is on which pin. The contacts of the clip are those of the
 * chip's package; faults turn, move or mirror it:
 *
 *   pin 1  o|    |o 8        left row: pins 1 to 4, along from the top
 *       2  o|    |o 7        right row: pins 5 to 8, along from the bottom
 *       3  o|    |o 6
 *       4  o|    |o 5
 */
#include "clip/internal.h"

#include "flash/flash.h"
#include "flash/package.h"

void
clip_geometry_rotate(const struct clip_fault *fault, struct clip_contact *contact)
{
	(void)fault;
	contact->is_left = !contact->is_left;
}

void
clip_geometry_mirror(const struct clip_fault *fault, struct clip_contact *contact)
{
	(void)fault;
	contact->is_left = !contact->is_left;
	contact->along = contact->row - 1 - contact->along;
}

void
clip_geometry_move(const struct clip_fault *fault, struct clip_contact *contact)
{
	contact->along += contact->is_left ? -fault->pins : fault->pins;
}

void
clip_geometry_swap(const struct clip_fault *fault, struct clip_contact *contact)
{
	(void)fault;
	contact->swapped = !contact->swapped;
}

static const enum flash_signal signals[CLIP_LINES] = {
	[CLIP_CS] = FLASH_SIGNAL_CS,
	[CLIP_MISO] = FLASH_SIGNAL_DO,
	[CLIP_WP] = FLASH_SIGNAL_WP,
	[CLIP_GND] = FLASH_SIGNAL_GND,
	[CLIP_MOSI] = FLASH_SIGNAL_DI,
	[CLIP_CLK] = FLASH_SIGNAL_CLK,
	[CLIP_HOLD] = FLASH_SIGNAL_HOLD,
	[CLIP_VCC] = FLASH_SIGNAL_VCC,
};

const struct flash_package *
clip_geometry_package(const struct clip *clip, unsigned int cs)
{
	return clip->chips[cs] ? flash_package_of(flash_part(clip->chips[cs]))
			       : flash_package_find("soic-8");
}

/* All packages have all lines. */
int
clip_geometry_pin(const struct flash_package *package, enum clip_line line)
{
	int pin = 0;

	while (package->pins[pin] != signals[line])
		pin++;
	return pin;
}

/* The line at a pin, or -1. */
static int
line_at(const struct flash_package *package, int pin)
{
	for (int line = 0; line < CLIP_LINES; line++)
		if (package->pins[pin] == signals[line])
			return line;
	return -1;
}

/* Each fault moves the clip, with all earlier faults of it, against the pins of the chip; wires
 * behind the contacts are swapped wherever those are. */
int
clip_geometry_contact(const struct clip *clip, unsigned int cs, enum clip_line pin_line)
{
	const struct flash_package *package = clip_geometry_package(clip, cs);
	const int pin = clip_geometry_pin(package, pin_line);
	const int row = (int)package->n_pins / 2;
	struct clip_contact on = {.is_left = pin < row, .along = pin % row, .row = row};
	int line;

	for (guint i = clip_n_faults(clip); i-- > 0;) {
		const struct clip_active_fault *fault = clip_active(clip, i);

		if (fault->in_force && fault->row->move)
			fault->row->move(&fault->as, &on);
	}
	/* Both rows of contacts move along the chip, the last ones beyond its pins. */
	if (on.along < 0 || on.along >= row)
		return -1;
	line = line_at(package, on.is_left ? on.along : on.along + row);
	if (on.swapped && (line == CLIP_MOSI || line == CLIP_MISO))
		return CLIP_MOSI + CLIP_MISO - line;
	return line;
}
