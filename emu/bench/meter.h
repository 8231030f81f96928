/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands between a port and a personality: counts, and tells when hosts come and go. */
#ifndef SPINOR_BENCH_METER_H
#define SPINOR_BENCH_METER_H

#include "base/personality.h"
#include "bench/stats.h"

#include <stdbool.h>

struct bench_meter {
	struct personality behind;
	struct bench_host_stats stats;
	int64_t opened_us;                             /* by the host, monotonic */
	uint64_t session_in, session_out;              /* bytes since then; stats may be reset */
	bool host;                                     /* there is one */
	void (*host_changed)(void *data, bool opened); /* may be NULL */
	void *data;
};

/* What the port gets instead of meter->behind; meter outlives the port. */
struct personality bench_meter_personality(struct bench_meter *meter);

#endif
