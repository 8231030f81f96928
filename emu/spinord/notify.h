/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports the daemon's state to the service manager. */
#ifndef SPINOR_SPINORD_NOTIFY_H
#define SPINOR_SPINORD_NOTIFY_H

/* Sends state ("READY=1", "STOPPING=1") to the socket that NOTIFY_SOCKET names. No effect if that
 * is not set. */
void spinord_notify(const char *state);

#endif
