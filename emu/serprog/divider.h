/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SPI clock that the hardware of an adapter sets for a requested one. All in Hz, all > 0. */
#ifndef SPINOR_SERPROG_DIVIDER_H
#define SPINOR_SERPROG_DIVIDER_H

#include <stdint.h>

/* RP2040 at 125 MHz: a PIO program of 4 cycles a bit, and the SPI block. */
uint32_t serprog_divider_rp2040_pio(uint32_t hz);
uint32_t serprog_divider_rp2040_spi(uint32_t hz);

/* ESP32 at 80 MHz, whole kHz. */
uint32_t serprog_divider_esp32(uint32_t hz);

/* CH552 at 24 MHz. */
uint32_t serprog_divider_ch552(uint32_t hz);

#endif
