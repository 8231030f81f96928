/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the row of a profile, names what a host does with it, and computes the SPI clock that it
 * sets for a requested one. The rows are in profiles.c.
 */
#include "serprog/profile.h"

#include <glib.h>

const struct serprog_profile *
serprog_profile_find(const char *name)
{
	size_t n;
	const struct serprog_profile *profiles = serprog_profiles(&n);

	if (!name)
		return &profiles[0];
	for (size_t i = 0; i < n; i++)
		if (g_str_equal(profiles[i].name, name))
			return &profiles[i];
	return NULL;
}

const char *
serprog_flashrom_string(enum serprog_flashrom flashrom)
{
	static const char *const names[SERPROG_FLASHROMS] = {
		[SERPROG_FLASHROM_WORKS] = "works",
		[SERPROG_FLASHROM_REFUSES] = "refuses",
		[SERPROG_FLASHROM_HANGS] = "hangs",
	};

	return names[flashrom];
}

uint32_t
serprog_profile_clock(const struct serprog_profile *profile, uint32_t hz)
{
	uint32_t chosen_hz;

	if (profile->clock_fail_hz > 0 && hz > profile->clock_fail_hz)
		return 0;
	hz = CLAMP(hz, profile->clock_min_hz, profile->clock_max_hz);
	if (profile->clock)
		return profile->clock(hz);
	if (!profile->clocks)
		return hz;
	chosen_hz = profile->clocks[0];
	for (const uint32_t *clock = profile->clocks; *clock != 0 && *clock <= hz; clock++)
		chosen_hz = *clock;
	return chosen_hz;
}
