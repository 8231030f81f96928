/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the system allows one process, raised as far as a bench needs and may. */
#ifndef SPINOR_BENCH_LIMITS_H
#define SPINOR_BENCH_LIMITS_H

#include <glib.h>
#include <stdbool.h>

/* False when that many adapters and chips can't have their descriptors. */
bool bench_limits_raise(unsigned int n_adapters, unsigned int n_chips, GError **error);

#endif
