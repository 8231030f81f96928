/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clock dividers of microcontrollers, as the drivers of the adapters' firmwares set them. Leaves
 * out jitter: the fractional divider of a PIO gives its mean rate.
 *
 * Sources: RP2040 data sheet, 3.5.5 and 4.4.3, and spi_set_baudrate() of the pico-sdk; the ESP32
 * technical reference manual, SPI_CLOCK_REG, and spi_ll_master_cal_clock() of ESP-IDF; CH552 data
 * sheet, SPI0_CK_SE.
 */
#include "serprog/divider.h"

#include <glib.h>

#define RP2040_HZ 125000000u
#define PIO_CYCLES_PER_BIT 4
#define PIO_DIVIDER_MAX 65536.0f

#define ESP32_HZ 80000000u
#define ESP32_N_MAX 64
#define ESP32_PRE_MAX 8192

#define CH552_HZ 24000000u
#define CH552_DIVIDER_MAX 255u

uint32_t
serprog_divider_rp2040_pio(uint32_t hz)
{
	/* The casts are the firmware's: its result has single precision. */
	float divider = (float)((double)RP2040_HZ / PIO_CYCLES_PER_BIT / hz);

	divider = CLAMP(divider, 1.0f, PIO_DIVIDER_MAX);
	return (uint32_t)((float)RP2040_HZ / (divider * PIO_CYCLES_PER_BIT));
}

uint32_t
serprog_divider_rp2040_spi(uint32_t hz)
{
	uint32_t prescale, divider;

	for (prescale = 2; prescale < 254; prescale += 2)
		if (RP2040_HZ < prescale * 256 * (uint64_t)hz)
			break;
	for (divider = 256; divider > 1; divider--)
		if (RP2040_HZ / (prescale * (divider - 1)) > hz)
			break;
	return RP2040_HZ / (prescale * divider);
}

uint32_t
serprog_divider_esp32(uint32_t hz)
{
	uint32_t best_hz = 0;
	uint32_t best_error = UINT32_MAX;

	if (hz > ESP32_HZ / 4 * 3)
		return ESP32_HZ;
	for (uint32_t n = 2; n <= ESP32_N_MAX; n++) {
		uint32_t pre = CLAMP((ESP32_HZ / n + hz / 2) / hz, 1, ESP32_PRE_MAX);
		uint32_t made_hz = ESP32_HZ / (pre * n);
		uint32_t error = made_hz > hz ? made_hz - hz : hz - made_hz;

		if (error <= best_error) {
			best_error = error;
			best_hz = made_hz;
		}
	}
	return MAX(best_hz / 1000, 1) * 1000;
}

uint32_t
serprog_divider_ch552(uint32_t hz)
{
	uint32_t divider = CLAMP(CH552_HZ / 2 / hz, 1, CH552_DIVIDER_MAX);

	return CH552_HZ / (2 * divider);
}
