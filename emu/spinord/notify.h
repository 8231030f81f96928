/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports the daemon's state to the service manager. */
#ifndef SPINOR_SPINORD_NOTIFY_H
#define SPINOR_SPINORD_NOTIFY_H

/* Connects to the socket that NOTIFY_SOCKET names, which a process in the sandbox cannot do. No
 * effect if it is not set. */
void spinord_notify_open(void);

/* Sends state ("READY=1", "STOPPING=1") there. */
void spinord_notify(const char *state);

#endif
