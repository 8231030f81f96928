/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends the session of a host that is silent. */
#ifndef SPINOR_PORT_IDLE_H
#define SPINOR_PORT_IDLE_H

#include <glib.h>
#include <stdbool.h>

struct port_idle;
struct port_pump;

/* Calls silent, in context, when the host of the pump has been silent for limit_s seconds (above 0)
 * to a quarter more; that may destroy the object. */
struct port_idle *port_idle_new(GMainContext *context, unsigned int limit_s, struct port_pump *pump,
	void (*silent)(void *data), void *data);
void port_idle_destroy(struct port_idle *idle);

/* A quarter of the limit is over; true: the host has been silent for all of it. */
bool port_idle_tick(struct port_idle *idle);

#endif
