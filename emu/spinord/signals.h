/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The signals that end the daemon in order. */
#ifndef SPINOR_SPINORD_SIGNALS_H
#define SPINOR_SPINORD_SIGNALS_H

#include <glib.h>

/* Quits the loop at SIGTERM and SIGINT from now on; they are blocked in this thread and those that
 * it creates. */
void spinord_signals_quit(GMainLoop *loop);

#endif
