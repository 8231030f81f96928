/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words for lines and settings of faults, in files and on command lines alike. */
#include "clip/wirefault.h"

#include <glib.h>
#include <string.h>

static const char *const lines[] = {
	[CLIP_CS] = "cs",
	[CLIP_MISO] = "miso",
	[CLIP_WP] = "wp",
	[CLIP_GND] = "gnd",
	[CLIP_MOSI] = "mosi",
	[CLIP_CLK] = "clk",
	[CLIP_HOLD] = "hold",
	[CLIP_VCC] = "vcc",
};

static const char *const sides[] = {[CLIP_HOST] = "host", [CLIP_CHIP] = "chip"};

static const char *const polarities[] = {
	[CLIP_BOTH] = "both",
	[CLIP_0_TO_1] = "0-to-1",
	[CLIP_1_TO_0] = "1-to-0",
};

static const char *const slips[] = {
	[CLIP_SLIP_DROPPED] = "dropped",
	[CLIP_SLIP_DOUBLED] = "doubled",
	[CLIP_SLIP_EITHER] = "either",
};

static const char *const rules[] = {
	[CLIP_WIRED_AND] = "and",
	[CLIP_WIRED_OR] = "or",
	[CLIP_RANDOM] = "random",
};

G_STATIC_ASSERT(G_N_ELEMENTS(lines) == CLIP_LINES);
G_STATIC_ASSERT(G_N_ELEMENTS(sides) == CLIP_SIDES);

/* The index of text among n words; -1: none of them. */
static int
find(const char *const *words, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], text) == 0)
			return (int)i;
	return -1;
}

/* Both ways between one enum and its words. */
#define WORDS(prefix, type, words)                                                \
	bool prefix##_from_string(const char *text, enum type *value)             \
	{                                                                         \
		int i = find(words, G_N_ELEMENTS(words), text);                   \
                                                                                  \
		if (i >= 0)                                                       \
			*value = (enum type)i;                                    \
		return i >= 0;                                                    \
	}                                                                         \
                                                                                  \
	const char *prefix##_string(enum type value)                              \
	{                                                                         \
		return (size_t)value < G_N_ELEMENTS(words) ? words[value] : NULL; \
	}

WORDS(clip_line, clip_line, lines)
WORDS(clip_side, clip_side, sides)
WORDS(clip_polarity, clip_polarity, polarities)
WORDS(clip_slip, clip_slip, slips)
WORDS(clip_rule, clip_rule, rules)
