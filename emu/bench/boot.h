/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a board does not boot, for people. */
#ifndef SPINOR_BENCH_BOOT_H
#define SPINOR_BENCH_BOOT_H

struct board_verdict;

/* What is amiss and where, one line; of a board that does not boot. Free with g_free(). */
char *bench_boot_reason(const struct board_verdict *verdict);

#endif
