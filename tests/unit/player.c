/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "player.h"

#include <check.h>
#include <glib.h>
#include <string.h>
#include <sys/mman.h>

/* The opcodes that data sheets give for these, written down once more and on purpose: what the
 * engine thinks is not asked. */
static const struct {
	const char *name;
	uint8_t opcode;
} usual[] = {
	{"WREN", 0x06},
	{"EWSR", 0x50},
	{"RDSR1", 0x05},
	{"WRSR", 0x01},
	{"WRSR_EWSR", 0x01},
	{"READ", 0x03},
	{"FAST_READ", 0x0b},
	{"READ4", 0x13},
	{"PP", 0x02},
	{"PP4", 0x12},
	{"BP", 0x02},
	{"AAI", 0xad},
	{"AAI_BYTE", 0xaf},
	{"WRDI", 0x04},
	{"WRITE", 0x02},
	{"RDID", 0x9f},
	{"RDIDP", 0x83},
	{"REMS", 0x90},
	{"RES", 0xab},
	{"RDSFDP", 0x5a},
	{"EN4B", 0xb7},
	{"EN4B_WREN", 0xb7},
	{"EX4B", 0xe9},
	{"EX4B_WREN", 0xe9},
	{"WREAR", 0xc5},
	{"BRWR", 0x17},
	{"CLSR", 0x30},
	{"ULBPR", 0x98},
	{"GLOBAL_UNLOCK", 0x98},
	{"DF_RDSR", 0xd7},
	{"DF_READ", 0x03},
	{"DF_BUF1_WRITE", 0x84},
	{"DF_BUF1_PROGRAM", 0x88},
	{"DF_BUF1_ERASE_PROGRAM", 0x83},
};

int
player_opcode(const struct player *player, const char *name)
{
	const struct flash_part *part = player->part;

	for (unsigned int i = 0; i < part->n_commands; i++) {
		if (strcmp(part->commands[i].name, name) != 0)
			continue;
		if (part->commands[i].opcode >= 0)
			return part->commands[i].opcode;
		for (size_t j = 0; j < G_N_ELEMENTS(usual); j++) {
			if (strcmp(usual[j].name, name) == 0)
				return usual[j].opcode;
		}
		ck_abort_msg("the player does not know the opcode of %s", name);
	}
	return -1;
}

bool
player_has(const struct player *player, const char *name)
{
	return player_opcode(player, name) >= 0;
}

struct player *
player_new(const struct flash_part *part)
{
	struct player *player = g_new0(struct player, 1);

	player->part = part;
	player->array = mmap(NULL, part->size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ck_assert_ptr_ne(player->array, MAP_FAILED);
	/* Fewer page faults; without it the test is only slower. */
	madvise(player->array, part->size, MADV_HUGEPAGE);
	player->chip = flash_new(part, player->array, 1);
	return player;
}

void
player_destroy(struct player *player)
{
	flash_destroy(player->chip);
	munmap(player->array, player->part->size);
	g_free(player);
}

void
player_clear(struct player *player)
{
	if (player->part->size < 1 << 20)
		memset(player->array, 0, player->part->size);
	else
		ck_assert_int_eq(madvise(player->array, player->part->size, MADV_DONTNEED), 0);
}

void
player_frame(struct player *player, const uint8_t *out, size_t n_out, uint8_t *in, size_t n_in)
{
	flash_select(player->chip);
	flash_shift(player->chip, out, NULL, n_out);
	if (n_in)
		flash_shift(player->chip, NULL, in, n_in);
	flash_deselect(player->chip, 0);
	if (flash_is_busy(player->chip) && flash_busy_until(player->chip) == INT64_MAX) {
		/* It has failed, and says so until told to go on. */
		player_command(player, "CLSR");
	} else if (flash_is_busy(player->chip)) {
		player->now_ns = MAX(player->now_ns, flash_busy_until(player->chip));
		flash_tick(player->chip, player->now_ns);
	}
	ck_assert(!flash_is_busy(player->chip));
}

void
player_command(struct player *player, const char *name)
{
	int opcode = player_opcode(player, name);
	uint8_t byte = (uint8_t)opcode;

	if (opcode >= 0)
		player_frame(player, &byte, 1, NULL, 0);
}

void
player_enable(struct player *player)
{
	player_command(player, "WREN");
}

void
player_unlock(struct player *player)
{
	const char *write = player_has(player, "WRSR_EWSR") ? "WRSR_EWSR" : "WRSR";
	uint8_t clear[] = {(uint8_t)player_opcode(player, write), 0x00};

	if (player_has(player, write)) {
		if (player_has(player, "EWSR"))
			player_command(player, "EWSR");
		else
			player_enable(player);
		player_frame(player, clear, sizeof(clear), NULL, 0);
	}
	if (player_has(player, "ULBPR")) {
		player_enable(player);
		player_command(player, "ULBPR");
	}
}

bool
player_is_dataflash(const struct player *player)
{
	return player_has(player, "DF_RDSR");
}

static unsigned int
page_bits(const struct player *player)
{
	unsigned int bits = 0;

	while (1u << bits < player->part->page_size)
		bits++;
	return bits;
}

uint8_t *
player_put_address(const struct player *player, uint8_t *at, uint64_t address, unsigned int n)
{
	uint32_t page = player->part->page_size;

	if (player_is_dataflash(player))
		address = address / page << page_bits(player) | address % page;
	while (n-- > 0)
		*at++ = (uint8_t)(address >> 8 * n);
	return at;
}

/* A register of one byte that names the upper part of 3-byte addresses. */
static void
set_segment(struct player *player, const char *name, uint8_t segment)
{
	uint8_t frame[] = {(uint8_t)player_opcode(player, name), segment};

	player_enable(player);
	player_frame(player, frame, sizeof(frame), NULL, 0);
}

unsigned int
player_reach(struct player *player, uint64_t address)
{
	unsigned int n = player->part->address_bytes;

	/* The AT45CS1282 has more pages than 24 bits can name. */
	if (player_is_dataflash(player))
		return address / player->part->page_size >> (24 - page_bits(player)) ? 0 : 3;
	if (player->part->size <= UINT64_C(1) << 8 * n)
		return n;
	if (player_has(player, "EN4B")) {
		player_command(player, "EN4B");
		return 4;
	}
	if (player_has(player, "EN4B_WREN")) {
		player_enable(player);
		player_command(player, "EN4B_WREN");
		return 4;
	}
	if (player_has(player, "WREAR"))
		set_segment(player, "WREAR", (uint8_t)(address >> 24));
	else if (player_has(player, "BRWR"))
		set_segment(player, "BRWR", (uint8_t)(address >> 24));
	else if (address >> 24)
		return 0;
	return n;
}

void
player_read(struct player *player, int opcode, unsigned int address_bytes, uint64_t address,
	uint8_t *in, size_t n)
{
	uint8_t frame[8] = {(uint8_t)opcode};
	uint8_t *end = player_put_address(player, frame + 1, address, address_bytes);

	player_frame(player, frame, (size_t)(end - frame), in, n);
}
