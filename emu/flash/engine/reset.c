/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power-up and reset: volatile state returns to its initial value. A reset keeps the state that
 * only power loss clears according to the data sheets; each family defines its own (W25Q128JV rev.
 * M, 8.2.37).
 */
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/operation.h"
#include "flash/engine/supply.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

static void
reset_modes(struct flash *chip)
{
	chip->powered_down = false;
	chip->ultra_powered_down = false;
	chip->volatile_write_enabled = false;
	chip->status_write_enabled = false;
	chip->continuing = false;
}

void
flash_power_up(struct flash *chip)
{
	chip->powered = true;
	chip->inhibit_until_ns = chip->now_ns;
	if (chip->supply == SUPPLY_OFF) {
		chip->supply = SUPPLY_GOOD;
		chip->supply_mv = chip->part->vcc_min_mv;
	}
	flash_supply_update(chip);
	reset_modes(chip);
	chip->selected = false;
	chip->ignores_frame = false;
	chip->reset_enabled = false;
	chip->operation.kind = NULL;
	chip->suspended.kind = NULL;
	chip->unready_until_ns = chip->now_ns;
	chip->resumed_ns = INT64_MIN / 2;
	flash_families_reset(chip, true);
}

void
flash_power_reset(struct flash *chip)
{
	flash_lose_operation(chip);
	reset_modes(chip);
	flash_families_reset(chip, false);
	chip->unready_until_ns = chip->now_ns + flash_duration(chip, FLASH_T_RST);
}
