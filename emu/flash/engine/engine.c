/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine of a serial NOR flash: the operation in progress, and time.
 *
 * One operation can be in progress (BUSY) and one more suspended. An operation changes array or
 * registers when it ends; if a reset or power loss interrupts it, it is done in part.
 *
 * Not here: frames on the wire (frame.c), the commands (../commands, one file per family), the
 * creation of a chip (life.c).
 */
#include "flash/engine/operation.h"

#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/supply.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

int64_t
flash_pick(const struct flash *chip, struct flash_time time)
{
	switch (chip->corner) {
	case FLASH_CORNER_TYPICAL:
		return time.typ_ns;
	case FLASH_CORNER_MAXIMUM:
		return time.max_ns;
	case FLASH_CORNER_INSTANT:
		break;
	}
	return 0;
}

int64_t
flash_duration(const struct flash *chip, enum flash_timing timing)
{
	return flash_pick(chip, chip->part->timing[timing]);
}

static void
take_effect(struct flash *chip, const struct flash_operation *operation)
{
	if (chip->operations_watched && flash_families_operation_suppressed(chip, operation))
		return;
	if (operation->kind->complete)
		operation->kind->complete(chip, operation);
	if (chip->operations_watched)
		flash_families_operation_ended(chip, operation, false);
}

static void
operation_complete(struct flash *chip)
{
	struct flash_operation operation = chip->operation;
	bool stays;

	take_effect(chip, &operation);
	stays = chip->verified != FLASH_DONE && chip->part->busy_after_failure;
	chip->operation.kind = NULL;
	flash_bit_set(chip, FLASH_BIT_BUSY, false);
	if (!chip->aai_bytes && !stays)
		flash_bit_set(chip, FLASH_BIT_WEL, false);
	flash_tell_end(chip, FLASH_EVENT_READY, &operation, operation.end_ns - operation.begin_ns);
	chip->verified = FLASH_DONE;
	if (stays)
		flash_stay_busy(chip);
}

/* An operation that begins clears the failure flags of the last one, unless CLSR does. */
static void
clear_failures(struct flash *chip, enum flash_purpose purpose)
{
	if (chip->failures_stay)
		return;
	if (purpose == FLASH_FOR_PROGRAM)
		flash_bit_set(chip, FLASH_BIT_P_FAIL, false);
	else if (purpose == FLASH_FOR_ERASE)
		flash_bit_set(chip, FLASH_BIT_E_FAIL, false);
	flash_bit_set(chip, FLASH_BIT_EPFAIL, false);
	if (purpose == FLASH_FOR_PROGRAM || purpose == FLASH_FOR_ERASE)
		flash_bit_set(chip, FLASH_BIT_EPE, false);
}

void
flash_operation_begin(struct flash *chip, const struct flash_operation_kind *kind, uint32_t address,
	uint32_t length, int64_t duration_ns)
{
	if (chip->writes_fail && !kind->without_pump) {
		chip->frame.outcome = flash_supply_gate(chip);
		return;
	}
	chip->operation = (struct flash_operation){
		.kind = kind,
		.address = address,
		.length = length,
		.begin_ns = chip->now_ns,
		.end_ns = chip->now_ns + duration_ns,
	};
	flash_bit_set(chip, FLASH_BIT_BUSY, true);
	if (chip->operations_watched)
		flash_families_operation_began(chip, &chip->operation);
	clear_failures(chip, kind->purpose);
}

double
flash_share_done(const struct flash *chip, const struct flash_operation *operation)
{
	double whole = (double)(operation->end_ns - operation->begin_ns);
	double done = (double)(chip->now_ns - operation->begin_ns);

	if (chip->operation_cut.planned && chip->now_ns >= chip->operation_cut.at_ns)
		return chip->cut_share;
	if (whole <= 0 || done >= whole)
		return 1;
	return done > 0 ? done / whole : 0;
}

static void
interrupt(struct flash *chip, const struct flash_operation *operation)
{
	if (!operation->kind)
		return;
	if (operation->kind->interrupt)
		operation->kind->interrupt(chip, operation);
	if (chip->operations_watched)
		flash_families_operation_ended(chip, operation, true);
}

/* The time since the suspend does not count. An endless operation (cells/fault.c) stays endless. */
void
flash_operation_put_back(const struct flash *chip, struct flash_operation *operation)
{
	operation->begin_ns += chip->now_ns;
	if (operation->end_ns > INT64_MAX - chip->now_ns)
		operation->end_ns = INT64_MAX;
	else
		operation->end_ns += chip->now_ns;
}

void
flash_lose_operation(struct flash *chip)
{
	struct flash_operation operation = chip->operation;
	struct flash_operation suspended = chip->suspended;
	const struct flash_operation *lost = operation.kind ? &operation : &suspended;

	flash_operation_put_back(chip, &suspended);
	interrupt(chip, &operation);
	interrupt(chip, &suspended);
	chip->operation.kind = NULL;
	chip->suspended.kind = NULL;
	chip->operation_cut.planned = false;
	flash_families_operations_lost(chip);
	flash_bit_set(chip, FLASH_BIT_BUSY, false);
	flash_bit_set(chip, FLASH_BIT_WEL, false);
	flash_bit_set(chip, FLASH_BIT_SUS, false);
	flash_bit_set(chip, FLASH_BIT_PSB, false);
	flash_bit_set(chip, FLASH_BIT_PS2, false);
	flash_bit_set(chip, FLASH_BIT_ESB, false);
	if (lost->kind)
		flash_tell_end(chip, FLASH_EVENT_INTERRUPTED, lost, chip->now_ns - lost->begin_ns);
	chip->verified = FLASH_DONE;
}

/* At the time when it ended, however late the tick; events have that time. */
static void
complete_in_time(struct flash *chip)
{
	int64_t now_ns = chip->now_ns;

	chip->now_ns = chip->operation.end_ns;
	operation_complete(chip);
	chip->now_ns = now_ns;
}

static inline void
advance(struct flash *chip)
{
	if (chip->operation.kind && chip->now_ns >= chip->operation.end_ns)
		complete_in_time(chip);
}

void
flash_advance(struct flash *chip)
{
	advance(chip);
}

void
flash_tick(struct flash *chip, int64_t now_ns)
{
	if (now_ns > chip->now_ns)
		chip->now_ns = now_ns;
	if (chip->cuts_planned)
		flash_supply_cut_due(chip);
	advance(chip);
}

void
flash_pass(struct flash *chip, size_t n)
{
	uint64_t ps = (uint64_t)n * chip->byte_ps + chip->rest_ps;

	chip->now_ns += (int64_t)(ps / 1000);
	chip->rest_ps = ps % 1000;
	advance(chip);
}

void
flash_pass_bit(struct flash *chip)
{
	uint64_t ps = chip->byte_ps / 8 + chip->rest_ps;

	chip->now_ns += (int64_t)(ps / 1000);
	chip->rest_ps = ps % 1000;
	advance(chip);
}

bool
flash_is_busy(const struct flash *chip)
{
	return chip->operation.kind;
}

bool
flash_is_powered(const struct flash *chip)
{
	return chip->powered;
}

int64_t
flash_busy_until(const struct flash *chip)
{
	return chip->operation.end_ns;
}

void
flash_watch_array(struct flash *chip, uint8_t *map)
{
	chip->changed = map;
}

void
flash_array_changed(struct flash *chip, uint64_t address, uint64_t length)
{
	if (!chip->changed || length == 0)
		return;
	for (uint64_t block = address / FLASH_WATCH_BLOCK;
		block <= (address + length - 1) / FLASH_WATCH_BLOCK; block++)
		chip->changed[block / 8] |= (uint8_t)(1 << block % 8);
}

bool
flash_is_selected(const struct flash *chip)
{
	return chip->selected;
}

void
flash_set_listener(struct flash *chip, const struct flash_listener *listener)
{
	chip->listener = NULL;
	if (listener) {
		chip->listener_copy = *listener;
		chip->listener = &chip->listener_copy;
	}
}

void
flash_set_corner(struct flash *chip, enum flash_corner corner)
{
	chip->corner = corner;
}

void
flash_set_clock(struct flash *chip, unsigned int hz)
{
	chip->byte_ps = hz ? (uint32_t)MIN(UINT64_C(8000000000000) / hz, UINT32_MAX) : 0;
}
