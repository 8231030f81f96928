/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blank arrays that share their pages of FF. */
#ifndef SPINOR_STORE_WAFER_H
#define SPINOR_STORE_WAFER_H

#include <glib.h>
#include <stdint.h>

struct store_wafer;

/* Maps size bytes of FF, writable and private to the caller. */
uint8_t *store_wafer_map(struct store_wafer *wafer, uint64_t size, GError **error);
void store_wafer_unmap(uint8_t *array, uint64_t size);

/* The descriptor of the wafer's file, which has bytes of FF. -1: wafer is NULL. */
int store_wafer_file(const struct store_wafer *wafer, uint64_t *bytes);

#endif
