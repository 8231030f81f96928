/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A UART that listens at another speed than the sender's. */
#ifndef SPINOR_LINK_UART_H
#define SPINOR_LINK_UART_H

#include <glib.h>
#include <stdint.h>

/*
 * Appends to heard the bytes that a receiver at to baud makes of a byte sent at from baud (both
 * over 0), 8N1: none, another one or several. The line is idle before and after it.
 */
void link_uart_hear(uint8_t byte, uint32_t from, uint32_t to, GByteArray *heard);

#endif
