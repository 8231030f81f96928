/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocking reads and writes that end when another descriptor becomes readable. */
#ifndef SPINOR_PORT_BLOCKING_H
#define SPINOR_PORT_BLOCKING_H

#include <stdbool.h>

/*
 * Lets read() and write() of fd, which is non-blocking, block in this thread as long as wake_fd is
 * not readable. As soon as it is, fd is non-blocking again, and a call that blocks returns EAGAIN.
 * One fd per thread at a time; both descriptors stay open until port_blocking_end(), which has to
 * follow a success. False, and nothing has changed, when the process cannot have that.
 */
bool port_blocking_begin(int fd, int wake_fd);

/* False when fd has become non-blocking since port_blocking_begin(). */
bool port_blocking_holds(void);

/* Makes fd non-blocking before the end. No effect outside of port_blocking_begin() and _end(). */
void port_blocking_stop(void);

/* fd is non-blocking, and no signal is sent any more. */
void port_blocking_end(void);

#endif
