/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The speed that a terminal is set to. */
#ifndef SPINOR_PORT_BAUD_H
#define SPINOR_PORT_BAUD_H

/* In baud, also a speed that has no constant of its own; 0: fd is no terminal. */
unsigned int port_baud_of(int fd);

#endif
