/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of SFDP beside the basic one: the 4-byte address instructions (JESD216B, 6.6), the sector
 * map of parts whose blocks differ in size (6.5, one configuration that needs no command to
 * detect), and the erase types, which all tables number in the same way.
 *
 * A part has four erase types at most, each an opcode with one size; a map needs one for each of
 * its sizes. If there are more, erases with maps are left out first, then the largest.
 */
#include "flash/commands/erase.h"
#include "flash/commands/sfdp.h"
#include "flash/commands/sfdplayout.h"
#include "flash/engine/device.h"
#include "flash/engine/opcodes.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

enum {
	TYPES_MAX = FLASH_ERASES_MAX * FLASH_REGIONS_MAX,
	DIE_SIZE_MIN = 16 << 20, /* no chip with several has smaller ones */
	EDGES_MAX = FLASH_ERASES_MAX * FLASH_REGIONS_MAX + 2,

	/* sector map */
	MAP_END = 1 << 0,
	MAP_DESCRIPTOR = 1 << 1,
	MAP_RESERVED = 0xfc, /* ones, as on SST26VF064B */
	REGIONS_MAX = FLASH_SFDP_MAP_DWORDS - 1,
};

const struct flash_command *
flash_sfdp_has(const struct flash *chip, uint8_t opcode, const char *name)
{
	const struct flash_command *command = chip->commands[opcode];

	return command && strcmp(command->name, name) == 0 ? command : NULL;
}

/* Whether the erase is in force, not of the whole chip or a die, and has 4 address bytes or as the
 * mode says. */
static bool
counts(const struct flash *chip, unsigned int i, bool four_byte)
{
	const struct flash_erase *erase = &chip->part->erases[i];

	if (erase->four_byte != four_byte || chip->commands[erase->opcode] != &chip->erase_rows[i])
		return false;
	return erase->n_regions ||
		(erase->size && erase->size < MIN(chip->part->size, DIE_SIZE_MIN));
}

/* An erase type for that size, unless an earlier erase has it everywhere. */
static unsigned int
add_type(struct flash_sfdp_type *types, unsigned int n, const struct flash_erase *erase,
	uint32_t size)
{
	unsigned int at = 0;

	for (unsigned int i = 0; i < n; i++) {
		bool everywhere = types[i].erase->n_regions == 0;

		if (types[i].size == size && (everywhere || types[i].erase == erase))
			return n;
	}
	while (at < n && types[at].size <= size)
		at++;
	memmove(types + at + 1, types + at, (n - at) * sizeof(*types));
	types[at] = (struct flash_sfdp_type){erase, size};
	return n + 1;
}

static unsigned int
collect(const struct flash *chip, struct flash_sfdp_type *types, bool maps)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < chip->part->n_erases; i++) {
		const struct flash_erase *erase = &chip->part->erases[i];

		if (!counts(chip, i, false) || (erase->n_regions && !maps))
			continue;
		if (erase->n_regions == 0)
			n = add_type(types, n, erase, erase->size);
		for (unsigned int r = 0; r < erase->n_regions; r++) {
			if (!erase->regions[r].gap)
				n = add_type(types, n, erase, erase->regions[r].block_size);
		}
	}
	return n;
}

/* The 32 KiB type comes last. */
static void
move_32k_last(struct flash_sfdp_type *types, unsigned int n)
{
	for (unsigned int i = 0; i + 1 < n; i++) {
		struct flash_sfdp_type type = types[i];

		if (type.size != 32 * 1024)
			continue;
		types[i] = types[i + 1];
		types[i + 1] = type;
	}
}

unsigned int
flash_sfdp_types(const struct flash *chip, const struct flash_sfdp_layout *layout,
	struct flash_sfdp_type types[FLASH_SFDP_TYPES])
{
	struct flash_sfdp_type all[TYPES_MAX + 1];
	unsigned int n = collect(chip, all, true);

	if (n > FLASH_SFDP_TYPES)
		n = MIN(collect(chip, all, false), FLASH_SFDP_TYPES);
	memcpy(types, all, n * sizeof(*types));
	if (layout->large_before_32k)
		move_32k_last(types, n);
	return n;
}

/* The opcode with 4 address bytes that erases the same blocks; -1: none. */
static int
four_byte_twin(const struct flash *chip, const struct flash_sfdp_type *type)
{
	for (unsigned int i = 0; i < chip->part->n_erases; i++) {
		const struct flash_erase *erase = &chip->part->erases[i];

		if (!counts(chip, i, true) || erase->n_regions != type->erase->n_regions)
			continue;
		if (erase->n_regions ? memcmp(erase->regions, type->erase->regions,
					       erase->n_regions * sizeof(erase->regions[0])) == 0
				     : erase->size == type->size)
			return erase->opcode;
	}
	return -1;
}

unsigned int
flash_sfdp_four_byte_table(const struct flash *chip, const struct flash_sfdp_layout *layout,
	uint32_t table[FLASH_SFDP_FOUR_BYTE_DWORDS])
{
	static const struct {
		uint8_t opcode;
		const char *name;
	} commands[] = {{0x13, "READ4"}, {0x0c, "FAST_READ4"}, {0x3c, "DREAD4"}, {0xbc, "2READ4"},
		{0x6c, "QREAD4"}, {0xec, "4READ4"}, {0x12, "PP4"}, {0x34, "QPP4"}, {0x3e, "4PP4"}};
	struct flash_sfdp_type types[FLASH_SFDP_TYPES];
	unsigned int n = flash_sfdp_types(chip, layout, types);
	uint32_t supported = 0;
	uint32_t opcodes = 0xffffffff;

	for (unsigned int i = 0; i < G_N_ELEMENTS(commands); i++)
		supported |= (uint32_t)(flash_sfdp_has(
						chip, commands[i].opcode, commands[i].name) != NULL)
			<< i;
	for (unsigned int i = 0; i < n; i++) {
		int opcode = four_byte_twin(chip, &types[i]);

		if (opcode < 0)
			continue;
		supported |= 1u << (9 + i);
		opcodes = (opcodes & ~(0xffu << 8 * i)) | (uint32_t)opcode << 8 * i;
	}
	table[0] = supported | layout->four_byte_ones;
	table[1] = opcodes;
	return supported ? FLASH_SFDP_FOUR_BYTE_DWORDS : 0;
}

static int
compare_edges(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return (*x > *y) - (*x < *y);
}

/* The addresses where the block size of any type changes, and both ends of the array. */
static unsigned int
find_edges(const struct flash *chip, const struct flash_sfdp_type *types, unsigned int n,
	uint64_t *edges)
{
	unsigned int n_edges = 0;
	unsigned int kept = 1;

	edges[n_edges++] = 0;
	edges[n_edges++] = chip->part->size;
	for (unsigned int i = 0; i < n; i++) {
		const struct flash_erase *erase = types[i].erase;
		uint64_t at = 0;

		for (unsigned int r = 0; r < erase->n_regions; r++) {
			at += (uint64_t)erase->regions[r].n_blocks * erase->regions[r].block_size;
			edges[n_edges++] = at;
		}
	}
	qsort(edges, n_edges, sizeof(*edges), compare_edges);
	for (unsigned int i = 1; i < n_edges; i++) {
		if (edges[i] != edges[kept - 1])
			edges[kept++] = edges[i];
	}
	return kept;
}

/* The types that can erase all of a region and nothing else, one bit each. */
static uint32_t
usable(const struct flash_sfdp_type *types, unsigned int n, uint64_t start, uint64_t end)
{
	uint32_t mask = 0;

	for (unsigned int i = 0; i < n; i++) {
		uint64_t block;

		if (start % types[i].size || end % types[i].size)
			continue;
		if (flash_erase_block(types[i].erase, start, &block) == types[i].size)
			mask |= 1u << i;
	}
	return mask;
}

unsigned int
flash_sfdp_sector_map(const struct flash *chip, const struct flash_sfdp_layout *layout,
	uint32_t table[FLASH_SFDP_MAP_DWORDS])
{
	uint64_t edges[EDGES_MAX];
	struct flash_sfdp_type types[FLASH_SFDP_TYPES];
	unsigned int n = flash_sfdp_types(chip, layout, types);
	unsigned int n_regions = find_edges(chip, types, n, edges) - 1;
	bool maps = false;

	for (unsigned int i = 0; i < n; i++)
		maps = maps || types[i].erase->n_regions;
	if ((!maps && !layout->map_always) || n_regions > REGIONS_MAX)
		return 0;
	table[0] = 0xff000000 | (n_regions - 1) << 16 | MAP_RESERVED | MAP_DESCRIPTOR | MAP_END;
	for (unsigned int i = 0; i < n_regions; i++) {
		uint64_t units = (edges[i + 1] - edges[i]) / 256;

		table[1 + i] = (uint32_t)(units - 1) << 8 | 0xf0 |
			usable(types, n, edges[i], edges[i + 1]);
	}
	return n_regions + 1;
}
