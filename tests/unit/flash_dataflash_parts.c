/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An AT45DB011D, with the command set of the D and of the E series. Times are round figures, all
 * different, so that a test can tell which one applied.
 */
#include "flash_dataflash_parts.h"

#include <string.h>

#define US INT64_C(1000)
#define MS (1000 * US)

#define COMMANDS                                                                                  \
	"RDID DP RDP DF_READ DF_FAST_READ DF_READ_LEGACY DF_PAGE_READ DF_BUF1_READ DF_BUF2_READ " \
	"DF_BUF1_READ_LF DF_BUF2_READ_LF DF_BUF1_WRITE DF_BUF2_WRITE DF_BUF1_ERASE_PROGRAM "      \
	"DF_BUF2_ERASE_PROGRAM DF_BUF1_PROGRAM DF_BUF2_PROGRAM DF_PAGE_PROGRAM1 "                 \
	"DF_PAGE_PROGRAM2 DF_TRANSFER1 DF_TRANSFER2 DF_COMPARE1 DF_COMPARE2 DF_RDSR DF_RDSR:57 "  \
	"DF_PROTECT_ON DF_PROTECT_OFF DF_ERASE_PROTECTION DF_PROGRAM_PROTECTION "                 \
	"DF_RDPROTECTION DF_LOCKDOWN DF_RDLOCKDOWN DF_RDSECURITY DF_PRSECURITY DF_PAGE_BINARY "

static const enum flash_bit sr1[] = {FLASH_BIT_RDY, FLASH_BIT_COMP, FLASH_BIT_USER, FLASH_BIT_USER,
	FLASH_BIT_USER, FLASH_BIT_USER, FLASH_BIT_PROTECT, FLASH_BIT_PAGE_SIZE};
static const enum flash_bit sr2[] = {FLASH_BIT_RDY, FLASH_BIT_NONE, FLASH_BIT_EPE, FLASH_BIT_NONE,
	FLASH_BIT_SLE, FLASH_BIT_PS2, FLASH_BIT_PSB, FLASH_BIT_ESB};
static const enum flash_bit unused[8] = {FLASH_BIT_NONE};

void
dataflash_part_resize(struct flash_part *part, uint32_t page)
{
	part->page_size = page;
	part->size = (uint64_t)page * 512;
	part->n_erases = 4;
	part->erases[0] = (struct flash_erase){0x81, .size = page, .time = {13 * MS, 32 * MS}};
	part->erases[1] = (struct flash_erase){0x50, .size = 8 * page, .time = {30 * MS, 75 * MS}};
	part->erases[2] = (struct flash_erase){0x7c, .n_regions = 3,
		.regions = {{1, 8 * page, false}, {1, 120 * page, false}, {3, 128 * page, false}},
		.time = {800 * MS, 2500 * MS}};
	part->erases[3] = (struct flash_erase){0xc7, .time = {3000 * MS, 3000 * MS}};
}

void
dataflash_part_init(struct flash_part *part, enum dataflash_form form)
{
	fixture_part_init(part);
	dataflash_part_resize(part, form == DATAFLASH_BINARY ? 256 : 264);
	memcpy(part->id, "\x1f\x22\x00\x00", 4);
	part->id_length = 4;
	part->range_rule = FLASH_RANGE_NONE;
	if (form == DATAFLASH_E)
		fixture_part_commands(part,
			COMMANDS "DF_READ_LP DF_READ_HF DF_BYTE_PROGRAM DF_MODIFY1 DF_MODIFY2 "
				 "DF_PAGE_STANDARD DF_FREEZE_LOCKDOWN DF_RESET ULTRA_DP SUSPEND:B0 "
				 "RESUME:D0");
	else
		fixture_part_commands(part, COMMANDS "DF_REWRITE1 DF_REWRITE2");
	fixture_part_register(part, 0, sr1);
	fixture_part_register(part, 1, form == DATAFLASH_E ? sr2 : unused);
	fixture_part_register(part, 2, unused);
	memcpy(part->status_default, form == DATAFLASH_E ? "\x0c\x08\x00" : "\x0c\x00\x00", 3);
	part->timing[FLASH_T_PP] = (struct flash_time){3 * MS, 6 * MS};
	part->timing[FLASH_T_BP1] = (struct flash_time){8 * US, 8 * US};
	part->timing[FLASH_T_BP2] = (struct flash_time){8 * US, 8 * US};
	part->timing[FLASH_T_EP] = (struct flash_time){17 * MS, 40 * MS};
	part->timing[FLASH_T_XFR] = (struct flash_time){200 * US, 200 * US};
	part->timing[FLASH_T_COMP] = (struct flash_time){220 * US, 220 * US};
	part->timing[FLASH_T_UDPD] = (struct flash_time){70 * US, 70 * US};
}
