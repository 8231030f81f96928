/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a chip on the clip is silent, as far as the wires are the reason: the adapter's outputs are
 * off, a line does not reach its pin or has a fixed level, the contacts are on other pins, another
 * master has the bus. Leaves out faults that only turn bits over, and the effects on the chip of
 * HOLD#, RESET# and the supply, which the chip tells itself (flash/reasons.h).
 */
#include "clip/wirereason.h"

#include "clip/internal.h"
#include "clip/line.h"
#include "clip/wirefault.h"

#include <glib.h>

/* The names of the lines in data sheets. */
static const char *const labels[CLIP_LINES] = {
	[CLIP_CS] = "CS#",
	[CLIP_MISO] = "MISO",
	[CLIP_WP] = "WP#",
	[CLIP_GND] = "GND",
	[CLIP_MOSI] = "MOSI",
	[CLIP_CLK] = "CLK",
	[CLIP_HOLD] = "HOLD#",
	[CLIP_VCC] = "VCC",
};

/* A chip answers without WP#, HOLD# is the chip's matter, and the supply can be there in spite of
 * the fault. */
static bool
matters(const struct clip *clip, enum clip_line line)
{
	if (line == CLIP_VCC || line == CLIP_GND)
		return !clip->faulty->supplied;
	return line != CLIP_WP && line != CLIP_HOLD;
}

/* The sentence of a fault that is in force; NULL: it does not silence the chip. %s: the line. */
static const char *
sentence(const struct clip_active_fault *fault)
{
	switch (fault->as.what) {
	case CLIP_OPEN:
		return "%s is open between clip and chip";
	case CLIP_STUCK_0:
		return "%s is held low";
	case CLIP_STUCK_1:
		return "%s is held high";
	case CLIP_SHORT:
		return "%s is shorted to %s";
	case CLIP_ROTATED:
		return "the clip is on the wrong way round";
	case CLIP_SHIFTED:
		return "the clip is one pin off";
	case CLIP_MIRRORED:
		return "the cable is on the wrong way";
	case CLIP_SWAPPED:
		return "MOSI and MISO are swapped";
	case CLIP_CONTACT:
		return fault->open ? "the contact of %s is open at present" : NULL;
	case CLIP_MASTER:
		return "another master uses the bus";
	default:
		return NULL;
	}
}

/* WP# yields to no driver here, and high levels or MISO leave HOLD# high. */
static bool
short_matters(enum clip_line line, enum clip_line line2)
{
	enum clip_line other = line == CLIP_HOLD ? line2 : line;

	if (line == CLIP_WP || line2 == CLIP_WP)
		return false;
	if (line != CLIP_HOLD && line2 != CLIP_HOLD)
		return true;
	return other != CLIP_VCC && other != CLIP_MISO;
}

static bool
concerns(const struct clip *clip, const struct clip_active_fault *fault, unsigned int cs)
{
	if (!clip_others_concerns(fault, cs))
		return false;
	switch (fault->as.what) {
	case CLIP_OPEN:
	case CLIP_STUCK_0:
	case CLIP_STUCK_1:
	case CLIP_CONTACT:
		return matters(clip, fault->as.line);
	case CLIP_SHORT:
		return short_matters(fault->as.line, fault->as.line2);
	default:
		return true;
	}
}

unsigned int
clip_reasons(const struct clip *clip, unsigned int cs, struct clip_reason *reasons)
{
	unsigned int n = 0;

	if (!clip->drivers)
		reasons[n++] = (struct clip_reason){.kind = "outputs-off",
			.text = "the adapter's outputs are off: CS#, CLK and MOSI float"};
	for (guint i = 0; i < clip_n_faults(clip) && n < CLIP_REASONS_MAX; i++) {
		const struct clip_active_fault *fault = clip_active(clip, i);
		const char *format = sentence(fault);

		if (!fault->in_force || !format || !concerns(clip, fault, cs))
			continue;
		reasons[n].kind = clip_fault_what_string(fault->as.what);
		reasons[n].fault_id = fault->base.id;
		g_snprintf(reasons[n].text, sizeof(reasons[n].text), format, labels[fault->as.line],
			labels[fault->as.line2]);
		n++;
	}
	return n;
}
