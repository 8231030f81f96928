/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The adapters that can be chosen, as rows. What a firmware offers and what limits it has is data
 * here; a firmware that departs from the protocol text gets a field for the way it does.
 *
 * "spinor" follows the serprog protocol text, version 1, and offers every command of it.
 */
#include "serprog/profile.h"

#include <glib.h>

static const struct serprog_profile profiles[] = {
	{
		.name = "spinor",
		.summary = "the protocol as written, every command offered",
		.program = "spinor",
		.commands = 0x01ffffff, /* 00-18 */
		.serial_buffer = 0xffff,
		.operation_buffer = 0xffff,
		/* Lengths of O_SPIOP are 24-bit and 0 is no byte there: 2^24 can't be asked for. */
		.write_max = 0xffffff,
		.read_max = 0xffffff,
		.bus_types = 0x08,
		.address_lines = 24,
		.chip_selects = 0,
		.clock_default_hz = 12000000,
		.clock_min_hz = 1,
		.clock_max_hz = 133000000,
		.turnaround_ns = 1000000, /* one frame of full-speed USB */
	},
};

const struct serprog_profile *
serprog_profile_find(const char *name)
{
	if (!name)
		return &profiles[0];
	for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++)
		if (g_str_equal(profiles[i].name, name))
			return &profiles[i];
	return NULL;
}

const struct serprog_profile *
serprog_profiles(size_t *n)
{
	*n = G_N_ELEMENTS(profiles);
	return profiles;
}
