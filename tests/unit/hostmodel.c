/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hostmodel.h"

#include <check.h>
#include <glib.h>
#include <string.h>
#include <sys/mman.h>

/* These opcodes are repeated from data sheets on purpose: they must not depend on the engine. */
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
	{"WBPR", 0x42},
	{"GLOBAL_UNLOCK", 0x98},
	{"DF_RDSR", 0xd7},
	{"DF_READ", 0x03},
	{"DF_BUF1_WRITE", 0x84},
	{"DF_BUF1_PROGRAM", 0x88},
	{"DF_BUF1_ERASE_PROGRAM", 0x83},
};

int
hostmodel_opcode(const struct hostmodel *host, const char *name)
{
	const struct flash_part *part = host->part;

	for (unsigned int i = 0; i < part->n_commands; i++) {
		if (strcmp(part->commands[i].name, name) != 0)
			continue;
		if (part->commands[i].opcode >= 0)
			return part->commands[i].opcode;
		for (size_t j = 0; j < G_N_ELEMENTS(usual); j++) {
			if (strcmp(usual[j].name, name) == 0)
				return usual[j].opcode;
		}
		ck_abort_msg("the host does not know the opcode of %s", name);
	}
	return -1;
}

bool
hostmodel_has(const struct hostmodel *host, const char *name)
{
	return hostmodel_opcode(host, name) >= 0;
}

struct hostmodel *
hostmodel_new(const struct flash_part *part)
{
	struct hostmodel *host = g_new0(struct hostmodel, 1);

	host->part = part;
	host->array = mmap(NULL, part->size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ck_assert_ptr_ne(host->array, MAP_FAILED);
	/* Reduces page faults; without it the test is only slower. */
	madvise(host->array, part->size, MADV_HUGEPAGE);
	host->chip = flash_new(part, host->array, 1);
	return host;
}

void
hostmodel_destroy(struct hostmodel *host)
{
	flash_destroy(host->chip);
	munmap(host->array, host->part->size);
	g_free(host);
}

void
hostmodel_clear(struct hostmodel *host)
{
	if (host->part->size < 1 << 20)
		memset(host->array, 0, host->part->size);
	else
		ck_assert_int_eq(madvise(host->array, host->part->size, MADV_DONTNEED), 0);
}

void
hostmodel_frame(struct hostmodel *host, const uint8_t *out, size_t n_out, uint8_t *in, size_t n_in)
{
	flash_select(host->chip);
	flash_shift(host->chip, out, NULL, n_out);
	if (n_in)
		flash_shift(host->chip, NULL, in, n_in);
	flash_deselect(host->chip, 0);
	if (flash_is_busy(host->chip) && flash_busy_until(host->chip) == INT64_MAX) {
		/* The operation has failed, and the chip stays busy until CLSR. */
		hostmodel_command(host, "CLSR");
	} else if (flash_is_busy(host->chip)) {
		host->now_ns = MAX(host->now_ns, flash_busy_until(host->chip));
		flash_tick(host->chip, host->now_ns);
	}
	ck_assert(!flash_is_busy(host->chip));
}

void
hostmodel_command(struct hostmodel *host, const char *name)
{
	int opcode = hostmodel_opcode(host, name);
	uint8_t byte = (uint8_t)opcode;

	if (opcode >= 0)
		hostmodel_frame(host, &byte, 1, NULL, 0);
}

void
hostmodel_enable(struct hostmodel *host)
{
	hostmodel_command(host, "WREN");
}

void
hostmodel_unlock(struct hostmodel *host)
{
	const char *write = hostmodel_has(host, "WRSR_EWSR") ? "WRSR_EWSR" : "WRSR";
	uint8_t clear[] = {(uint8_t)hostmodel_opcode(host, write), 0x00};

	if (hostmodel_has(host, write)) {
		if (hostmodel_has(host, "EWSR"))
			hostmodel_command(host, "EWSR");
		else
			hostmodel_enable(host);
		hostmodel_frame(host, clear, sizeof(clear), NULL, 0);
	}
	if (hostmodel_has(host, "ULBPR")) {
		hostmodel_enable(host);
		hostmodel_command(host, "ULBPR");
	} else if (hostmodel_has(host, "WBPR")) {
		uint8_t open[1 + 32] = {(uint8_t)hostmodel_opcode(host, "WBPR")};

		hostmodel_enable(host);
		hostmodel_frame(host, open, 1 + (host->part->size / 65536 + 16 + 7) / 8, NULL, 0);
	}
}

bool
hostmodel_is_dataflash(const struct hostmodel *host)
{
	return hostmodel_has(host, "DF_RDSR");
}

static unsigned int
page_bits(const struct hostmodel *host)
{
	unsigned int bits = 0;

	while (1u << bits < host->part->page_size)
		bits++;
	return bits;
}

uint8_t *
hostmodel_put_address(const struct hostmodel *host, uint8_t *at, uint64_t address, unsigned int n)
{
	uint32_t page = host->part->page_size;

	if (hostmodel_is_dataflash(host))
		address = address / page << page_bits(host) | address % page;
	while (n-- > 0)
		*at++ = (uint8_t)(address >> 8 * n);
	return at;
}

/* Writes a one-byte register that holds the upper part of 3-byte addresses. */
static void
set_segment(struct hostmodel *host, const char *name, uint8_t segment)
{
	uint8_t frame[] = {(uint8_t)hostmodel_opcode(host, name), segment};

	hostmodel_enable(host);
	hostmodel_frame(host, frame, sizeof(frame), NULL, 0);
}

unsigned int
hostmodel_reach(struct hostmodel *host, uint64_t address)
{
	unsigned int n = host->part->address_bytes;

	/* The AT45CS1282 has more pages than 24 bits can address. */
	if (hostmodel_is_dataflash(host))
		return address / host->part->page_size >> (24 - page_bits(host)) ? 0 : 3;
	if (host->part->size <= UINT64_C(1) << 8 * n)
		return n;
	if (hostmodel_has(host, "EN4B")) {
		hostmodel_command(host, "EN4B");
		return 4;
	}
	if (hostmodel_has(host, "EN4B_WREN")) {
		hostmodel_enable(host);
		hostmodel_command(host, "EN4B_WREN");
		return 4;
	}
	if (hostmodel_has(host, "WREAR"))
		set_segment(host, "WREAR", (uint8_t)(address >> 24));
	else if (hostmodel_has(host, "BRWR"))
		set_segment(host, "BRWR", (uint8_t)(address >> 24));
	else if (address >> 24)
		return 0;
	return n;
}

void
hostmodel_read(struct hostmodel *host, int opcode, unsigned int address_bytes, uint64_t address,
	uint8_t *in, size_t n)
{
	uint8_t frame[8] = {(uint8_t)opcode};
	uint8_t *end = hostmodel_put_address(host, frame + 1, address, address_bytes);

	hostmodel_frame(host, frame, (size_t)(end - frame), in, n);
}
