/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that is built on the engine; listed in families.c. */
#ifndef SPINOR_FLASH_COMMANDS_FAMILIES_H
#define SPINOR_FLASH_COMMANDS_FAMILIES_H

#include "flash/engine/family.h"

extern const struct flash_family flash_aai_family;
extern const struct flash_family flash_address_family;
extern const struct flash_family flash_any_register_family;
extern const struct flash_family flash_asp_family;
extern const struct flash_family flash_autoboot_family;
extern const struct flash_family flash_bpr_family;
extern const struct flash_family flash_dataflash_family;
extern const struct flash_family flash_dataflash_program_family;
extern const struct flash_family flash_dataflash_protect_family;
extern const struct flash_family flash_die_family;
extern const struct flash_family flash_eeprom_family;
extern const struct flash_family flash_erase_family;
extern const struct flash_family flash_fast_boot_family;
extern const struct flash_family flash_flag_status_family;
extern const struct flash_family flash_identify_family;
extern const struct flash_family flash_lock_family;
extern const struct flash_family flash_otp_area_family;
extern const struct flash_family flash_otp_mode_family;
extern const struct flash_family flash_password_family;
extern const struct flash_family flash_power_family;
extern const struct flash_family flash_program_family;
extern const struct flash_family flash_qpi_family;
extern const struct flash_family flash_read_family;
extern const struct flash_family flash_read_parameters_family;
extern const struct flash_family flash_sector_family;
extern const struct flash_family flash_security_register_family;
extern const struct flash_family flash_sfdp_family;
extern const struct flash_family flash_status_family;
extern const struct flash_family flash_suspend_family;

#endif
