/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a chip keeps without power, but for its array, as one piece in memory. */
#ifndef SPINOR_STORE_REGISTERS_H
#define SPINOR_STORE_REGISTERS_H

#include <glib.h>

struct flash;
typedef struct store_registers store_registers;

/* A copy of what the chip has. */
store_registers *store_registers_read(struct flash *chip);

/* Gives it to a chip of the same part, which takes it over at its next power-up. */
void store_registers_write(const store_registers *kept, struct flash *chip);

void store_registers_free(store_registers *kept);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(store_registers, store_registers_free)

#endif
