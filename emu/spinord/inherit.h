/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets that a service manager has opened. */
#ifndef SPINOR_SPINORD_INHERIT_H
#define SPINOR_SPINORD_INHERIT_H

#include <glib.h>
#include <stdbool.h>

struct setup_options;

/*
 * Takes the sockets of LISTEN_FDS, if LISTEN_PID is this process: adds the TCP sockets to options.
 * control: receives the descriptor of the control socket, or -1. n: receives the number of
 * descriptors, from 3 on. BASE_ERROR_USAGE: a socket of another kind, or an option that clashes.
 */
bool spinord_inherit(struct setup_options *options, int *control, int *n, GError **error);

#endif
