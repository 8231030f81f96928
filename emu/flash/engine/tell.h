/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events for the chip's listener. */
#ifndef SPINOR_FLASH_ENGINE_TELL_H
#define SPINOR_FLASH_ENGINE_TELL_H

#include "flash/flash.h"

#include <stdint.h>

struct flash;
struct flash_operation;

/* An event without a frame or an operation. */
void flash_tell(struct flash *chip, enum flash_event_kind kind, uint64_t length);

/* The frame that has ended. */
void flash_tell_command(struct flash *chip);

/* The end of an operation that took busy_ns: READY or INTERRUPTED. */
void flash_tell_end(struct flash *chip, enum flash_event_kind kind,
	const struct flash_operation *operation, int64_t busy_ns);

#endif
