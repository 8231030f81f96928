/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports open() and close() of device nodes to the ports. */
#ifndef SPINOR_PORT_NODEWATCH_H
#define SPINOR_PORT_NODEWATCH_H

#include "port/port.h"

#include <glib.h>

struct port_watch_entry;

enum port_watch_event {
	PORT_WATCH_OPEN,
	PORT_WATCH_CLOSE,
	PORT_WATCH_LOST, /* the kernel or the queue dropped events: the state is unknown */
};

struct port_watch_writes {
	bool left;  /* a host wrote, and then one closed the node */
	bool wrote; /* a host has written since then */
};

/* Watches path. Any thread sets the ready time of wake to 0 when there are events to poll. */
struct port_watch_entry *port_watch_add(
	struct port_watch *watch, const char *path, GSource *wake, GError **error);
/* Watches a regular file for writes, truncation, and changes of its names. Any thread sets the
 * ready time of wake to 0 after one; port_watch_poll() has no events of it. NULL: not possible. */
struct port_watch_entry *port_watch_add_file(
	struct port_watch *watch, const char *path, GSource *wake);
/* True once after each of these. */
bool port_watch_file_changed(struct port_watch *watch, struct port_watch_entry *entry);
/* True once after other programs have written to the file or truncated it. Changes through a
 * mapping are none of these. Any thread. */
bool port_watch_file_written(struct port_watch *watch, struct port_watch_entry *entry);

void port_watch_remove(struct port_watch *watch, struct port_watch_entry *entry);

/* Takes the next event of entry, in order of occurrence; false: there is none. Includes all events
 * that occurred before the call. Callable from any thread; never blocks. */
bool port_watch_poll(
	struct port_watch *watch, struct port_watch_entry *entry, enum port_watch_event *event);

/* Returns what hosts have written since the last call. The event of a write() can come later than
 * its bytes. */
struct port_watch_writes port_watch_writes(
	struct port_watch *watch, struct port_watch_entry *entry);

#endif
