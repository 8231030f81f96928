/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the ready line of an adapter says about its chips. */
#ifndef SPINOR_BENCH_READYLINE_H
#define SPINOR_BENCH_READYLINE_H

struct bench_adapter;

/* The parts and sizes of all chips, in the order of their chip selects; "- -": none. Free with
 * g_free(). */
char *bench_readyline_chips(const struct bench_adapter *adapter);

/* The definition that flashrom needs for the chip; NULL: none, or several chips. */
const char *bench_readyline_definition(const struct bench_adapter *adapter);

#endif
