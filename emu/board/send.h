/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of a part, sent to a chip as a host would: one frame each. */
#ifndef SPINOR_BOARD_SEND_H
#define SPINOR_BOARD_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flash;

/* Opcode, then n bytes. False, with nothing sent, when the chip's part lacks the command. */
bool board_send(struct flash *flash, const char *name, const uint8_t *bytes, size_t n);

/* Opcode, then n bytes are read. */
bool board_send_read(struct flash *flash, const char *name, uint8_t *bytes, size_t n);

/* After a write enable. */
bool board_send_enabled(struct flash *flash, const char *name, const uint8_t *bytes, size_t n);

/* Any opcode, then n_address address bytes, all 0. */
void board_send_at_0(struct flash *flash, uint8_t opcode, size_t n_address);

#endif
