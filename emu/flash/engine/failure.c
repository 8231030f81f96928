/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs and erases that fail at their cells. Parts with failure flags set them (MX25L6436F,
 * security register); on some the chip also stays busy until CLSR or a reset (S25FL128S, from
 * memory, unconfirmed).
 */
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/operation.h"
#include "flash/flash.h"

const struct flash_operation_kind flash_failed_kind = {
	.purpose = FLASH_FOR_OTHER,
	.without_pump = true,
};

void
flash_stay_busy(struct flash *chip)
{
	flash_operation_begin(chip, &flash_failed_kind, 0, 0, INT64_MAX - chip->now_ns);
}

void
flash_cells_failed(struct flash *chip, bool erase)
{
	chip->verified = erase ? FLASH_NOT_ERASED : FLASH_NOT_PROGRAMMED;
	flash_bit_set(chip, erase ? FLASH_BIT_E_FAIL : FLASH_BIT_P_FAIL, true);
	flash_bit_set(chip, FLASH_BIT_EPFAIL, true);
	flash_bit_set(chip, FLASH_BIT_EPE, true);
	flash_families_cells_failed(chip, erase);
}
