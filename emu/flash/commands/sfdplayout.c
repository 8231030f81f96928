/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layouts of SFDP: revision (JESD216: 1.0, A and B: 1.5 and 1.6, C and D: 1.7 and up), which tables
 * in which order, their addresses and lengths, and the form of words that say "none". The rows
 * follow tables that were read out of chips (chipdb/sfdp); each names its evidence. Rows without a
 * file there are assumptions: "unconfirmed".
 *
 * What the words say follows from the part: sfdpbasic.c, sfdptables.c, sfdpvendor.c.
 */
#include "flash/commands/sfdplayout.h"

#include "flash/commands/sfdp.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

/* Mode clocks of 1-2-2, 1-4-4, 4-4-4. */
#define MODES_WINBOND            \
	{                        \
		2, 2, 0x40, 0xeb \
	}
#define MODES_WINBOND_FV         \
	{                        \
		2, 2, 0x21, 0xeb \
	}
#define MODES_2                  \
	{                        \
		2, 2, 0x44, 0xeb \
	}
#define MODES_0                  \
	{                        \
		0, 2, 0x44, 0xeb \
	}
#define MODES_4                  \
	{                        \
		4, 2, 0x44, 0xeb \
	}
#define MODES_MICRON             \
	{                        \
		1, 1, 0x29, 0xeb \
	}
#define FEATURES(at, words, usual)                                                 \
	{                                                                          \
		.form = FLASH_SFDP_VENDOR_FEATURES, .offset = at, .dwords = words, \
		.no_locks = usual                                                  \
	}

/* One header or two, the basic table of JESD216, the vendor's behind it. */
#define FIRST(words, usual, clocks)                                  \
	.dwords = 9, .basic = 0x30, .none = 0xff00, .modes = clocks, \
	.vendor = FEATURES(0x60, words, usual)

/* Three headers: basic, vendor, 4-byte address instructions. */
#define MACRONIX_16                                                                     \
	.minor = 6, .basic_minor = 6, .dwords = 16, .basic = 0x30, .four_byte = 0xc0,   \
	.four_byte_always = true, .four_byte_last = true, .four_byte_ones = 0xffff0000, \
	.mode_only = true, .suspend_by_b0 = true, .none = 0xff00, .modes = MODES_0,     \
	.vendor = FEATURES(0x110, 4, 0xcffe)

static const uint32_t macronix_rpmc[] = {0xf0969b3c, 0xffc2a4c5};
static const struct flash_sfdp_constant macronix_rpmc_table = {
	0x03, G_N_ELEMENTS(macronix_rpmc), 0x100, macronix_rpmc};

static const struct flash_sfdp_layout layouts[] = {
	{.name = "jesd216b",
		.minor = 5,
		.basic_minor = 5,
		.dwords = 16,
		.basic = 0x80,
		.four_byte = 0xc0,
		.map = 0x20,
		.four_byte_ones = 0xfff00000,
		.modes = MODES_WINBOND},
	/* W25Q128FV, W25Q256FV */
	{.name = "winbond-1.0", .dwords = 9, .basic = 0x80, .modes = MODES_WINBOND_FV},
	/* W25Q16JV, W25Q80BL, W25Q128JV, W25Q256JV */
	{.name = "winbond-1.5",
		.minor = 5,
		.basic_minor = 5,
		.dwords = 16,
		.basic = 0x80,
		.modes = MODES_WINBOND},
	/* W25Q64JW-IM, W25Q512JV, W25Q512NW-IM, W25Q01JV */
	{.name = "winbond-1.6",
		.minor = 6,
		.basic_minor = 6,
		.dwords = 16,
		.basic = 0x80,
		.four_byte = 0xd0,
		.four_byte_always = true,
		.four_byte_ones = 0xfff00000,
		.modes = MODES_WINBOND},
	/* MX25L1606E to MX66L51235F */
	{.name = "macronix-1.0", FIRST(4, 0xcffe, MODES_0)},
	/* MX25L25645G to MX66U2G45G, MX25R6435F */
	{.name = "macronix-1.6", MACRONIX_16},
	/* MX77L51250F */
	{.name = "macronix-rpmc", MACRONIX_16, .constant = &macronix_rpmc_table},
	/* N25Q064A11E, N25Q256A13E */
	{.name = "micron-1.0",
		.dwords = 9,
		.basic = 0x30,
		.large_before_32k = true,
		.modes = MODES_MICRON},
	/* N25Q00AA13G, MT25QL128ABA to MT25QU01GBBB, MT35XU02GCBA */
	{.name = "micron-1.6",
		.minor = 6,
		.basic_minor = 6,
		.dwords = 16,
		.basic = 0x30,
		.four_byte = 0x80,
		.four_byte_always = true,
		.large_before_32k = true,
		.four_byte_ones = 0xffff0000,
		.modes = MODES_MICRON},
	/* GD25Q32C */
	{.name = "gigadevice-1.0", FIRST(3, 0xebfc, MODES_2)},
	/* GD25WQ32E, GD25LB512ME */
	{.name = "gigadevice-1.6",
		.minor = 6,
		.basic_minor = 6,
		.dwords = 16,
		.basic = 0x30,
		.four_byte = 0xc0,
		.four_byte_last = true,
		.four_byte_ones = 0xfff00000,
		.none = 0xff00,
		.modes = MODES_2,
		.vendor = FEATURES(0x90, 3, 0xcbfc)},
	/* BY25Q128AS, BY25Q32ES */
	{.name = "boya-1.0", FIRST(3, 0xebfc, MODES_2)},
	/* P25D40SH */
	{.name = "puya-1.0", FIRST(3, 0xe8fc, MODES_4)},
	/* ZD25Q128C, with the vendor's ID in the header and not that of the part */
	{.name = "zetta-1.0",
		.dwords = 9,
		.basic = 0x30,
		.none = 0xff00,
		.modes = MODES_4,
		.vendor = {.form = FLASH_SFDP_VENDOR_FEATURES,
			.id = 0xb3,
			.offset = 0x60,
			.dwords = 3,
			.no_locks = 0xcbfc}},
	/* EN25QH64A: addresses and lengths, which reports on it name; contents unconfirmed */
	{.name = "eon-1.0", FIRST(4, 0xcffe, MODES_0)},
	/* IS25WP256, SK25LP128 */
	{.name = "issi-1.6",
		.minor = 6,
		.basic_minor = 6,
		.dwords = 16,
		.basic = 0x30,
		.none = 0xff00,
		.modes = MODES_4,
		.vendor = {.form = FLASH_SFDP_VENDOR_FEATURES,
			.id = 0x9d,
			.id_high = 0x02,
			.minor = 5,
			.offset = 0x80,
			.dwords = 3,
			.no_locks = 0xebfc}},
	/* XM25QH32D-46 */
	{.name = "xmc-1.6",
		.minor = 6,
		.basic_minor = 6,
		.dwords = 16,
		.basic = 0x30,
		.four_byte = 0xc0,
		.four_byte_always = true,
		.four_byte_last = true,
		.four_byte_ones = 0xfff00000,
		.none = 0xff00,
		.modes = {2, 2, 0x40, 0xeb},
		.vendor = FEATURES(0xd0, 4, 0xe800)},
	/* AT25QL128A */
	{.name = "adesto-1.6",
		.minor = 6,
		.basic_minor = 6,
		.dwords = 16,
		.basic = 0x30,
		.none = 0xff00,
		.modes = {4, 2, 0x42, 0xeb},
		.vendor = {.form = FLASH_SFDP_VENDOR_SUPPLY,
			.id_high = 0x01,
			.offset = 0x80,
			.dwords = 2}},
	/* SST26VF032B, SST26VF064B, SST26WF080B */
	{.name = "sst-1.6",
		.minor = 6,
		.basic_minor = 6,
		.dwords = 16,
		.basic = 0x30,
		.map = 0x100,
		.none = 0xff00,
		.modes = {4, 2, 0x44, 0x0b},
		.vendor = {.form = FLASH_SFDP_VENDOR_SST26,
			.id_high = 0x01,
			.offset = 0x200,
			.dwords = 24}},
	/* Cypress' simulation model of the S25FL512S; other S25FL-S and S25FS-S: unconfirmed */
	{.name = "spansion-s",
		.minor = 6,
		.basic_minor = 6,
		.dwords = 16,
		.basic = 0x1120,
		.all_revisions = true,
		.map = 0x1160,
		.map_always = true,
		.four_byte = 0x1168,
		.four_byte_always = true,
		.four_byte_ones = 0xffff0000,
		.none = 0xff00,
		.modes = MODES_0,
		.vendor = {.form = FLASH_SFDP_VENDOR_CFI,
			.id_high = 0x01,
			.minor = 1,
			.offset = 0x1000,
			.dwords = 0x5c}},
	/* S25FL064L */
	{.name = "spansion-l",
		.minor = 6,
		.basic_minor = 6,
		.dwords = 16,
		.basic = 0x300,
		.four_byte = 0x340,
		.four_byte_always = true,
		.four_byte_ones = 0xfff00000,
		.none = 0xff00,
		.modes = {4, 2, 0x48, 0xeb}},
	/* unconfirmed: one header, as vendors of JESD216 parts without a table of their own */
	{.name = "plain-1.0", .dwords = 9, .basic = 0x30, .none = 0xff00, .modes = MODES_2},
	/* unconfirmed: the first form with a vendor's table under the part's ID */
	{.name = "vendor-1.0", FIRST(3, 0xcbfc, MODES_2)},
};

const struct flash_sfdp_layout *
flash_sfdp_layout_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(layouts); i++) {
		if (strcmp(layouts[i].name, name) == 0)
			return &layouts[i];
	}
	return NULL;
}

const struct flash_sfdp_layout *
flash_sfdp_layout_of(const struct flash_sfdp_layout *layout)
{
	return layout ? layout : &layouts[0];
}

const char *
flash_sfdp_layout_name(const struct flash_sfdp_layout *layout)
{
	return flash_sfdp_layout_of(layout)->name;
}

char *
flash_sfdp_layout_names(void)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(layouts); i++)
		g_string_append_printf(text, "%s%s", i ? " " : "", layouts[i].name);
	return g_string_free(text, FALSE);
}

uint32_t
flash_sfdp_layout_length(const struct flash_sfdp_layout *layout)
{
	uint32_t end = layout->basic + layout->dwords * 4u;

	if (layout->four_byte)
		end = MAX(end, layout->four_byte + FLASH_SFDP_FOUR_BYTE_DWORDS * 4u);
	if (layout->map)
		end = MAX(end, layout->map + FLASH_SFDP_MAP_DWORDS * 4u);
	/* A long map moves behind the next table. */
	if (layout->map < layout->four_byte && end > layout->four_byte && layout->map_always)
		end += FLASH_SFDP_MAP_DWORDS * 4u;
	end = MAX(end, layout->vendor.offset + layout->vendor.dwords * 4u);
	if (layout->constant)
		end = MAX(end, layout->constant->offset + layout->constant->dwords * 4u);
	return (end + 0xff) & ~0xffu;
}
