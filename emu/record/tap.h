/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between a port and the adapter's line: writes what passes to a record. */
#ifndef SPINOR_RECORD_TAP_H
#define SPINOR_RECORD_TAP_H

#include "base/endpoint.h"

#include <glib.h>

struct record_writer;

struct record_tap {
	struct record_writer *writer;
	const char *adapter; /* its name */
	struct base_endpoint behind;
	unsigned int (*ask_baud)(void *data); /* the speed that the host has set, 0: none */
	bool (*may_wait)(
		void *data); /* bytes of the host may wait behind, and be processed later */
	void *data;
	unsigned int baud; /* as last recorded */
	bool is_quiet;     /* the last call was a give() between commands, without a result */
};

/* For the port, instead of tap->behind; tap outlives the port. */
struct base_endpoint record_tap_endpoint(struct record_tap *tap);

/* Records an event now; the caller holds the wall while it takes effect. */
void record_tap_note(struct record_tap *tap, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
