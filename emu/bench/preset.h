/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings a chip into the condition that a bench file or an option asks for. */
#ifndef SPINOR_BENCH_PRESET_H
#define SPINOR_BENCH_PRESET_H

#include <glib.h>
#include <stdbool.h>

struct setup_condition;
struct bench_levels;
struct flash_part;

/* Checks whether a chip of that part can be in that condition, as far as the part alone tells.
 * where: as in struct setup_chip. Errors are BASE_ERROR_USAGE. */
bool bench_preset_check(const struct setup_condition *condition, const struct flash_part *part,
	const char *where, GError **error);

/* Brings the chip of wires into that condition, before it has a listener. No time passes. Then its
 * operations take the times of the condition's corner, or none with instant. */
bool bench_preset_apply(const struct setup_condition *condition, struct bench_levels *wires,
	bool instant, const char *where, GError **error);

/* Whether the condition changes non-volatile state. */
bool bench_preset_is_kept(const struct setup_condition *condition);

#endif
