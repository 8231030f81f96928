/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pins of packages, a row for each. SOIC-8 and WSON-8 are the pin configuration of all 25-series
 * parts (W25Q80DV data sheet, 3.1); SOIC-16 is W25Q256JV data sheet, 3.3; the DataFlash one is
 * AT45DB641E data sheet, figure 1-1. Leaves out ball grid arrays, to which no clip is put.
 */
#include "flash/package.h"

#include "flash/partdata.h"

#include <string.h>

#define NC FLASH_SIGNAL_NONE
#define CS FLASH_SIGNAL_CS
#define DO FLASH_SIGNAL_DO
#define WP FLASH_SIGNAL_WP
#define GND FLASH_SIGNAL_GND
#define DI FLASH_SIGNAL_DI
#define CLK FLASH_SIGNAL_CLK
#define HOLD FLASH_SIGNAL_HOLD
#define VCC FLASH_SIGNAL_VCC
#define RESET FLASH_SIGNAL_RESET

/* From this size on the die of most parts does not fit into a SOIC-8. */
#define LARGE_BYTES (UINT64_C(32) << 20)

static const struct flash_package packages[] = {
	{"soic-8", "SOIC-8", 8, {CS, DO, WP, GND, DI, CLK, HOLD, VCC}},
	{"wson-8", "WSON-8", 8, {CS, DO, WP, GND, DI, CLK, HOLD, VCC}},
	{"soic-16", "SOIC-16", 16,
		{HOLD, VCC, RESET, NC, NC, NC, CS, DO, WP, GND, NC, NC, NC, NC, DI, CLK}},
	{"at45-soic-8", "SOIC-8", 8, {DI, CLK, HOLD, CS, WP, VCC, GND, DO}},
};

const struct flash_package *
flash_package_at(unsigned int i)
{
	return i < sizeof packages / sizeof packages[0] ? &packages[i] : NULL;
}

const struct flash_package *
flash_package_find(const char *name)
{
	for (unsigned int i = 0; flash_package_at(i) != NULL; i++)
		if (strcmp(packages[i].name, name) == 0)
			return &packages[i];
	return NULL;
}

const struct flash_package *
flash_package_of(const struct flash_part *part)
{
	if (part->package != NULL)
		return part->package;
	return flash_package_find(part->size >= LARGE_BYTES ? "soic-16" : "soic-8");
}
