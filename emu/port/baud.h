/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The speed of a terminal. */
#ifndef SPINOR_PORT_BAUD_H
#define SPINOR_PORT_BAUD_H

/* Returns the output speed of the terminal fd in baud, including speeds without a Bxxx constant;
 * 0: fd is not a terminal. */
unsigned int port_baud_of(int fd);

/* Sets both speeds of the terminal fd, to any number; no effect if fd is not a terminal. */
void port_baud_set(int fd, unsigned int baud);

#endif
