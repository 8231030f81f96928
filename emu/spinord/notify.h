/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells the service manager how the daemon is doing. */
#ifndef SPINOR_SPINORD_NOTIFY_H
#define SPINOR_SPINORD_NOTIFY_H

/* Sends state ("READY=1", "STOPPING=1") to the socket that NOTIFY_SOCKET names; does nothing when
 * there is none. */
void spinord_notify(const char *state);

#endif
