/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The door of the engine: what is built on it registers here. A family of commands has rows, and
 * functions that the engine calls at certain moments; the physics of cells has functions only. The
 * engine knows them by this table alone.
 */
#ifndef SPINOR_FLASH_ENGINE_FAMILY_H
#define SPINOR_FLASH_ENGINE_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

struct flash;
struct flash_command;
struct flash_operation;
struct flash_registers;

/* All members may be NULL. Functions are called in the order of the families. */
struct flash_family {
	const struct flash_command *commands; /* the last row has no name */

	/* Makes the family's state, as delivered, and registers what survives power loss. */
	void (*create)(struct flash *chip);
	void (*destroy)(struct flash *chip);

	/* Bytes that the family needs in the program buffer. */
	size_t (*page_bytes)(const struct flash *chip);

	/* The opcode table is complete: adds rows to it, or changes them. */
	void (*adapt_rows)(struct flash *chip);

	/* Volatile state as after power-up or, without lost_power, after a reset. */
	void (*reset)(struct flash *chip, bool lost_power);

	/* The chip has left ultra-deep power-down. */
	void (*woke)(struct flash *chip);

	/* Levels or functions of pins may have changed. */
	void (*pins_changed)(struct flash *chip);

	/* CS# falls or rises. Only while chip->frames_watched. */
	void (*frame_edge)(struct flash *chip);

	/* An operation has begun; its end can be changed. Only while chip->operations_watched. */
	void (*operation_began)(struct flash *chip, struct flash_operation *operation);

	/* An operation ends; true: without effect. Only while chip->operations_watched. */
	bool (*operation_suppressed)(struct flash *chip, const struct flash_operation *operation);

	/* An operation has taken effect or was interrupted. Only while chip->operations_watched. */
	void (*operation_ended)(
		struct flash *chip, const struct flash_operation *operation, bool interrupted);

	/* Reset or power loss: whatever was in progress has been interrupted. */
	void (*operations_lost)(struct flash *chip);

	/* Cells were not erased, or not programmed. */
	void (*cells_failed)(struct flash *chip, bool erase);

	/* Describes the registers that the part has beside its status registers; see fields.h. */
	void (*registers)(const struct flash *chip, struct flash_registers *list);
};

/* Gives the chip its families: a list that ends with NULL. */
void flash_families_init(struct flash *chip, const struct flash_family *const *families);

/* Each calls that function of every family of the chip that has it. */
void flash_families_create(struct flash *chip);
void flash_families_destroy(struct flash *chip);
/* The largest of them. */
size_t flash_families_page_bytes(const struct flash *chip);
void flash_families_adapt_rows(struct flash *chip);
void flash_families_reset(struct flash *chip, bool lost_power);
void flash_families_woke(struct flash *chip);
void flash_families_pins_changed(struct flash *chip);
void flash_families_frame_edge(struct flash *chip);
void flash_families_operation_began(struct flash *chip, struct flash_operation *operation);
bool flash_families_operation_suppressed(
	struct flash *chip, const struct flash_operation *operation);
void flash_families_operation_ended(
	struct flash *chip, const struct flash_operation *operation, bool interrupted);
void flash_families_operations_lost(struct flash *chip);
void flash_families_cells_failed(struct flash *chip, bool erase);
void flash_families_registers(const struct flash *chip, struct flash_registers *list);

#endif
