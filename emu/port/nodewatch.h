/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who opens and closes device nodes, for the ports of this room. */
#ifndef SPINOR_PORT_NODEWATCH_H
#define SPINOR_PORT_NODEWATCH_H

#include "port/port.h"

#include <glib.h>

struct port_watch_entry;

enum port_watch_event {
	PORT_WATCH_OPEN,
	PORT_WATCH_CLOSE,
	PORT_WATCH_LOST, /* the kernel or the queue dropped some: anything may have happened */
};

/* Watches path. wake: made ready (ready time 0) from any thread when there are events to poll. */
struct port_watch_entry *port_watch_add(
	struct port_watch *watch, const char *path, GSource *wake, GError **error);
void port_watch_remove(struct port_watch *watch, struct port_watch_entry *entry);

/* Takes the next event of entry, in the order in which things happened; false when there is none.
 * Whatever happened before the call is seen. From any thread; never blocks. */
bool port_watch_poll(
	struct port_watch *watch, struct port_watch_entry *entry, enum port_watch_event *event);

#endif
