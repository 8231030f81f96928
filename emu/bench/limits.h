/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resource limits of the process. */
#ifndef SPINOR_BENCH_LIMITS_H
#define SPINOR_BENCH_LIMITS_H

#include <glib.h>
#include <stdbool.h>

/* Raises the limit of descriptors for that many adapters and chips; false: the hard limit is lower.
 * Also limits malloc's arenas. */
bool bench_limits_raise(unsigned int n_adapters, unsigned int n_chips, GError **error);

#endif
