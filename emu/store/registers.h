/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chip's non-volatile state without its array, as one object in memory. */
#ifndef SPINOR_STORE_REGISTERS_H
#define SPINOR_STORE_REGISTERS_H

#include <glib.h>

struct flash;
typedef struct store_registers store_registers;

/* Copies the chip's registers and wear. */
store_registers *store_registers_read(struct flash *chip);

/* Sets those of a chip of the same part; they take effect at its next power-up. */
void store_registers_write(const store_registers *copy, struct flash *chip);

void store_registers_free(store_registers *copy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(store_registers, store_registers_free)

#endif
