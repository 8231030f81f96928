/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves bytes between a file descriptor and an endpoint. */
#ifndef SPINOR_PORT_PUMP_H
#define SPINOR_PORT_PUMP_H

#include "base/endpoint.h"

#include <glib.h>

struct port_pump;

/* What the owner of the line adds. Either may be NULL. */
struct port_pump_hooks {
	/* Bytes have been read and wait in the input; the endpoint has not seen them. */
	void (*received)(void *owner);

	/* The line has ended or failed. True: the owner has mended it, go on. False: the pump
	 * stops and touches nothing of its own any more, so that the owner may destroy it here. */
	bool (*ended)(void *owner);
};

/* Starts to serve fd (non-blocking, stays the caller's) in context. Does not call host_opened or
 * host_closed: the owner knows when. SIGPIPE must be ignored when fd is a socket. */
struct port_pump *port_pump_new(GMainContext *context, int fd, struct base_endpoint endpoint,
	const struct port_pump_hooks *hooks, void *owner);
void port_pump_destroy(struct port_pump *pump);

/* The bytes that the endpoint has not taken yet; n: how many. */
const uint8_t *port_pump_input(const struct port_pump *pump, size_t *n);

/* Reads into the input what can be read now. False when there may be more than it holds. */
bool port_pump_fill(struct port_pump *pump);

/* Forgets the oldest n bytes of the input. */
void port_pump_drop_input(struct port_pump *pump, size_t n);

/* Forgets what was to be written. */
void port_pump_drop_output(struct port_pump *pump);

/* True when the endpoint is between commands and nothing waits to be written. */
bool port_pump_is_quiet(const struct port_pump *pump);

/* Makes the context look at the pump again, after the owner has changed something. */
void port_pump_kick(struct port_pump *pump);

#endif
