/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one-time area beside the array. */
#ifndef SPINOR_FLASH_COMMANDS_OTPAREA_H
#define SPINOR_FLASH_COMMANDS_OTPAREA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flash;
struct flash_part;

/* Bytes of chip->otp that a host can address. */
uint32_t flash_otp_area_limit(const struct flash_part *part);

bool flash_otp_area_locked(const struct flash *chip);

/* Locks the area permanently. */
void flash_otp_area_lock(struct flash *chip);

/* Functions of rows that read and program the area. */
void flash_otp_area_start(struct flash *chip);
void flash_otp_area_out(struct flash *chip, uint8_t *out, size_t n);
void flash_otp_area_in(struct flash *chip, const uint8_t *in, size_t n);
void flash_otp_area_finish(struct flash *chip);

/* --- otpmode.c --- */
/* The area replaces the array. */
bool flash_otp_mode_is_active(const struct flash *chip);

#endif
