/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resource limits of the process. */
#ifndef SPINOR_BENCH_LIMITS_H
#define SPINOR_BENCH_LIMITS_H

#include <glib.h>
#include <stdbool.h>

/* Raises the limit of descriptors for that many adapters and chips; false: the hard limit is lower.
 * Also limits malloc's arenas. */
bool bench_limits_raise(unsigned int n_adapters, unsigned int n_chips, GError **error);

struct serprog_profile;
struct setup_adapter;
struct setup_chip;

/* Sets the error of a chip select that the adapter's firmware does not have. */
void bench_limits_refuse_select(const struct setup_adapter *adapter, const struct setup_chip *chip,
	const struct serprog_profile *profile, GError **error);

#endif
