/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bringing a chip into the condition that somebody asked for. */
#ifndef SPINOR_BENCH_PRESET_H
#define SPINOR_BENCH_PRESET_H

#include <glib.h>
#include <stdbool.h>

struct setup_condition;
struct bench_levels;
struct flash_part;

/* Says whether a chip of that part can be in that condition, as far as the part alone tells.
 * where: as in struct setup_chip. Errors are BASE_ERROR_USAGE. */
bool bench_preset_check(const struct setup_condition *condition, const struct flash_part *part,
	const char *where, GError **error);

/* Brings a chip at the end of wires there; before it has a listener. No time passes. Times of
 * operations are then those of the condition's corner, or with instant none. */
bool bench_preset_apply(const struct setup_condition *condition, struct bench_levels *wires,
	bool instant, const char *where, GError **error);

/* Whether it changes what the chip keeps without supply. */
bool bench_preset_is_kept(const struct setup_condition *condition);

#endif
