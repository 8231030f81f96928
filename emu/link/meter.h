/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between a port and an endpoint: counts, and tells when hosts come and go. */
#ifndef SPINOR_LINK_METER_H
#define SPINOR_LINK_METER_H

#include "base/endpoint.h"

#include <stdbool.h>
#include <stdint.h>

struct link_host_stats {
	uint64_t sessions;
	uint64_t bytes_in; /* from the host */
	uint64_t bytes_out;
};

struct link_meter {
	struct base_endpoint behind;
	struct link_host_stats stats;
	int64_t opened_us;                             /* when the host opened it; monotonic */
	uint64_t session_in, session_out;              /* bytes since then; stats may be reset */
	bool host;                                     /* there is one */
	void (*host_changed)(void *data, bool opened); /* may be NULL */
	void *data;
};

/* For the port, instead of meter->behind; meter outlives the port. */
struct base_endpoint link_meter_endpoint(struct link_meter *meter);

#endif
