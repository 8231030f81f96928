/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves bytes between a file descriptor and an endpoint. */
#ifndef SPINOR_PORT_PUMP_H
#define SPINOR_PORT_PUMP_H

#include "base/endpoint.h"

#include <glib.h>

struct port_pump;

/* The owner of the descriptor. Each callback may be NULL. */
struct port_pump_hooks {
	/* port_poll() may make the descriptor blocking for a while: nobody else reads or writes it.
	 * It is non-blocking whenever port_poll() has returned, and after port_pump_fill(). */
	bool may_block;

	/* New bytes are in the input; the endpoint has not taken them yet. */
	void (*received)(void *owner);

	/* Time has passed since the last bytes came, and output is about to be written: the owner
	 * may drop it. */
	void (*check_host)(void *owner);

	/* The line has ended or failed. True: the owner has reopened it, continue. False: the pump
	 * stops and does not access itself any more, so that the owner may destroy it here. */
	bool (*ended)(void *owner);
};

/* Starts to serve fd (non-blocking, owned by the caller) in context. host_opened and host_closed
 * are the owner's to call. SIGPIPE must be ignored if fd is a socket. */
struct port_pump *port_pump_new(GMainContext *context, int fd, struct base_endpoint endpoint,
	const struct port_pump_hooks *hooks, void *owner);
void port_pump_destroy(struct port_pump *pump);

/* Returns the bytes that the endpoint has not taken yet; n: their number. */
const uint8_t *port_pump_input(const struct port_pump *pump, size_t *n);

/* Reads all available bytes into the input. False: it is full and there may be more. */
bool port_pump_fill(struct port_pump *pump);

/* Discards the oldest n bytes of the input. */
void port_pump_drop_input(struct port_pump *pump, size_t n);

/* Discards the output that is not written yet. */
void port_pump_drop_output(struct port_pump *pump);

/* True: the endpoint is between commands and all output is written. */
bool port_pump_is_quiet(const struct port_pump *pump);

/* The number of bytes read and written so far. */
uint64_t port_pump_moved(const struct port_pump *pump);

/* False while the endpoint lets the host wait for wall-clock time to pass. */
bool port_pump_waits_for_host(const struct port_pump *pump);

/* Makes the context dispatch the pump, after a change by the owner. */
void port_pump_kick(struct port_pump *pump);

#endif
