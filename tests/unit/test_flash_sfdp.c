/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SFDP for a host that relies on nothing else: the tables are read with 5A and decoded by JESD216B,
 * and used on the chip. Size, page, address modes, erase types with their regions and 4-byte
 * opcodes must all be correct.
 */
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define KIB 1024
#define MIB (1024 * 1024)
#define REGIONS_MAX 64

struct type {
	uint64_t size; /* 0: no such type */
	uint8_t opcode;
	int opcode4; /* -1: none */
};

struct region {
	uint64_t size;
	unsigned int types; /* one bit each */
};

/* The decoded tables. */
struct host {
	struct fixture *f;
	uint32_t basic[16];
	bool has_four_byte;
	uint32_t four_byte[2];
	uint64_t size;
	uint32_t page;
	struct type types[4];
	struct region regions[REGIONS_MAX];
	unsigned int n_regions;
	unsigned int address_bytes; /* the current address mode, for erases and programs */
};

static void
read_sfdp(struct fixture *f, uint32_t address, uint8_t *out, size_t n)
{
	uint8_t frame[5 + 64] = {
		0x5a, (uint8_t)(address >> 16), (uint8_t)(address >> 8), (uint8_t)address};

	ck_assert_uint_le(n, 64);
	ck_assert_int_eq(fixture_frame(f, frame, 5 + n, 0), FLASH_DONE);
	memcpy(out, f->miso + 5, n);
}

static uint32_t
read_dword(struct fixture *f, uint32_t address)
{
	uint8_t b[4];

	read_sfdp(f, address, b, 4);
	return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | b[1] << 8 | b[0];
}

static void
decode_map(struct host *host, uint32_t pointer, unsigned int length)
{
	uint32_t head = read_dword(host->f, pointer);

	ck_assert_uint_eq(head & 3, 3);
	host->n_regions = (head >> 16 & 0xff) + 1;
	ck_assert_uint_eq(length, host->n_regions + 1);
	for (unsigned int i = 0; i < host->n_regions; i++) {
		uint32_t region = read_dword(host->f, pointer + 4 + 4 * i);

		host->regions[i] =
			(struct region){((uint64_t)(region >> 8) + 1) * 256, region & 0xf};
	}
}

static void
decode_basic(struct host *host)
{
	uint32_t density = host->basic[1];

	host->size = density >> 31 ? (UINT64_C(1) << (density & 0x7fffffff)) / 8
				   : ((uint64_t)density + 1) / 8;
	host->page = 1u << (host->basic[10] >> 4 & 0xf);
	for (unsigned int i = 0; i < 4; i++) {
		uint32_t half = host->basic[7 + i / 2] >> (i % 2 * 16) & 0xffff;

		host->types[i].opcode4 = -1;
		if (half & 0xff) {
			host->types[i].size = UINT64_C(1) << (half & 0xff);
			host->types[i].opcode = (uint8_t)(half >> 8);
		}
	}
}

static void
decode_headers(struct host *host)
{
	uint8_t header[8];
	unsigned int n_headers;

	read_sfdp(host->f, 0, header, 8);
	ck_assert_mem_eq(header, "SFDP", 4);
	ck_assert_uint_eq(header[5], 1);
	n_headers = header[6] + 1u;
	for (unsigned int i = 0; i < n_headers; i++) {
		uint8_t p[8];
		uint32_t pointer;

		read_sfdp(host->f, 8 + 8 * i, p, 8);
		pointer = (uint32_t)p[6] << 16 | p[5] << 8 | p[4];
		ck_assert_uint_eq(p[7], 0xff);
		if (p[0] == 0x00) {
			ck_assert_uint_eq(p[3], 16);
			for (unsigned int j = 0; j < 16; j++)
				host->basic[j] = read_dword(host->f, pointer + 4 * j);
		} else if (p[0] == 0x84) {
			ck_assert_uint_eq(p[3], 2);
			host->has_four_byte = true;
			host->four_byte[0] = read_dword(host->f, pointer);
			host->four_byte[1] = read_dword(host->f, pointer + 4);
		} else {
			ck_assert_uint_eq(p[0], 0x81);
			decode_map(host, pointer, p[3]);
		}
	}
	/* Tables after the basic one exist since revision B. */
	ck_assert_uint_eq(header[4], n_headers > 1 ? 6 : 5);
}

static struct host
decode(struct fixture *f)
{
	struct host host = {.f = f, .address_bytes = 3};

	decode_headers(&host);
	decode_basic(&host);
	for (unsigned int i = 0; i < 4 && host.has_four_byte; i++) {
		if (host.four_byte[0] >> (9 + i) & 1)
			host.types[i].opcode4 = host.four_byte[1] >> 8 * i & 0xff;
	}
	if (host.n_regions == 0) {
		host.n_regions = 1;
		host.regions[0].size = host.size;
		for (unsigned int i = 0; i < 4; i++)
			host.regions[0].types |= (unsigned int)(host.types[i].size > 0) << i;
	}
	return host;
}

/* Enters 4-byte mode by the first method in dword 16. */
static void
enter_four_byte(struct host *host)
{
	uint32_t ways = host->basic[15] >> 24;

	ck_assert_uint_eq(host->basic[0] >> 17 & 3, ways & 0x40 ? 2 : 1);
	if (ways & 0x01)
		ck_assert_int_eq(fixture_run(host->f, "B7"), FLASH_DONE);
	else if (ways & 0x02)
		ck_assert_int_eq(fixture_run(host->f, "06; B7"), FLASH_DONE);
	else if (ways & 0x08)
		ck_assert_int_eq(fixture_run(host->f, "17 80"), FLASH_DONE);
	else if (!(ways & 0x40))
		return;
	host->address_bytes = 4;
}

static void
command(struct host *host, uint8_t opcode, unsigned int address_bytes, uint64_t address,
	const uint8_t *data, size_t n)
{
	uint8_t frame[5 + 256] = {opcode};
	enum flash_outcome outcome;

	for (unsigned int i = 0; i < address_bytes; i++)
		frame[1 + i] = (uint8_t)(address >> 8 * (address_bytes - 1 - i));
	if (n)
		memcpy(frame + 1 + address_bytes, data, n);
	fixture_run(host->f, "06");
	outcome = fixture_frame(host->f, frame, 1 + address_bytes + n, 0);
	ck_assert_msg(outcome == FLASH_DONE, "%02X at %llX: %s", opcode,
		(unsigned long long)address, flash_outcome_string(outcome));
	fixture_wait(host->f);
}

/* An erase of a block changes only that block; the array is 5A everywhere before and after. */
static void
try_erase(struct host *host, const struct type *type, uint8_t opcode, unsigned int address_bytes,
	uint64_t address)
{
	struct fixture *f = host->f;

	command(host, opcode, address_bytes, address, NULL, 0);
	fixture_assert_filled(f, address, type->size, 0xff, "erased");
	if (address)
		ck_assert_uint_eq(f->array[address - 1], 0x5a);
	if (address + type->size < host->size)
		ck_assert_uint_eq(f->array[address + type->size], 0x5a);
	memset(f->array + address, 0x5a, type->size);
	fixture_assert_filled(f, 0, host->size, 0x5a, "beside");
}

static void
try_region(struct host *host, const struct region *region, uint64_t start)
{
	for (unsigned int i = 0; i < 4; i++) {
		const struct type *type = &host->types[i];
		uint64_t places[] = {start, start + region->size - type->size};

		if (!(region->types >> i & 1))
			continue;
		ck_assert_uint_gt(type->size, 0);
		ck_assert_uint_eq(region->size % type->size, 0);
		for (unsigned int j = 0; j < G_N_ELEMENTS(places); j++) {
			if (host->address_bytes == 4 || places[j] < 16 * MIB)
				try_erase(host, type, type->opcode, host->address_bytes, places[j]);
			if (type->opcode4 >= 0)
				try_erase(host, type, (uint8_t)type->opcode4, 4, places[j]);
		}
	}
}

/* Programs the last page with a wrap, and reads it back. */
static void
try_program(struct host *host, uint8_t opcode, uint8_t read, unsigned int address_bytes)
{
	const uint8_t data[2] = {0x11, 0x22};
	uint64_t page = (address_bytes == 3 ? MIN(host->size, 16u * MIB) : host->size) - host->page;
	uint8_t frame[6] = {read};

	memset(host->f->array + page, 0xff, host->page);
	command(host, opcode, address_bytes, page + host->page - 1, data, 2);
	ck_assert_uint_eq(host->f->array[page + host->page - 1], 0x11);
	ck_assert_uint_eq(host->f->array[page], 0x22);
	for (unsigned int i = 0; i < address_bytes; i++)
		frame[1 + i] = (uint8_t)(page >> 8 * (address_bytes - 1 - i));
	fixture_frame(host->f, frame, 2 + address_bytes, 0);
	ck_assert_uint_eq(host->f->miso[1 + address_bytes], 0x22);
	memset(host->f->array + page, 0x5a, host->page);
}

static void
use(struct host *host)
{
	uint64_t start = 0;

	memset(host->f->array, 0x5a, host->size);
	for (unsigned int i = 0; i < host->n_regions; i++) {
		try_region(host, &host->regions[i], start);
		start += host->regions[i].size;
	}
	ck_assert_uint_eq(start, host->size);
	try_program(host, 0x02, 0x03, host->address_bytes);
	if (host->has_four_byte && (host->four_byte[0] & 0x41) == 0x41)
		try_program(host, 0x12, 0x13, 4);
	/* Times are at least those of the part; the listed resets work. */
	if (host->basic[15] >> 12 & 1)
		ck_assert_int_eq(fixture_run(host->f, "66; 99; T30000"), FLASH_DONE);
	if (host->basic[15] >> 11 & 1)
		ck_assert_int_eq(fixture_run(host->f, "F0; T30000"), FLASH_DONE);
}

static void
sst26(struct flash_part *part)
{
	part->size = 2 * MIB;
	part->n_erases = 2;
	part->erases[1] = (struct flash_erase){.opcode = 0xd8,
		.n_regions = 5,
		.regions = {{4, 8 * KIB, false}, {1, 32 * KIB, false}, {30, 64 * KIB, false},
			{1, 32 * KIB, false}, {4, 8 * KIB, false}},
		.time = {1000, 1000}};
}

static void
en25b(struct flash_part *part)
{
	part->size = 2 * MIB;
	part->n_erases = 1;
	part->erases[0] = (struct flash_erase){.opcode = 0xd8,
		.n_regions = 5,
		.regions = {{2, 4 * KIB, false}, {1, 8 * KIB, false}, {1, 16 * KIB, false},
			{1, 32 * KIB, false}, {31, 64 * KIB, false}},
		.time = {1000, 1000}};
}

static void
parameters(struct flash_part *part)
{
	part->erases[0].size = 0;
	part->erases[0].n_regions = 2;
	part->erases[0].regions[0] = (struct flash_region){32, 4 * KIB, false};
	part->erases[0].regions[1] = (struct flash_region){254, 64 * KIB, true};
}

static void
plain(struct flash_part *part)
{
	(void)part;
}

static void
small(struct flash_part *part)
{
	part->size = 4 * MIB;
}

static void
no_quad(struct flash_part *part)
{
	part->n_commands = 0;
	part->status[1][1].function = FLASH_BIT_NONE;
	part->status_default[1] = 0;
	fixture_add_commands(part, "WREN WRDI RDSR1 WRSR READ FAST_READ PP RDID RDSFDP");
}

static void
large(struct flash_part *part)
{
	static const struct flash_time quick = {1000, 1000};

	part->size = 32 * MIB;
	fixture_add_commands(part, "READ4 FAST_READ4 PP4");
	part->erases[part->n_erases++] = (struct flash_erase){
		.opcode = 0x21, .four_byte = true, .size = 4096, .time = quick};
	part->erases[part->n_erases++] = (struct flash_erase){
		.opcode = 0xdc, .four_byte = true, .size = 65536, .time = quick};
}

static void
winbond(struct flash_part *part)
{
	large(part);
	fixture_add_commands(part, "EN4B EX4B WREAR RDEAR");
}

static void
micron(struct flash_part *part)
{
	large(part);
	fixture_add_commands(part, "EN4B_WREN EX4B_WREN WREAR RDEAR RDNVCR WRNVCR");
}

static void
spansion(struct flash_part *part)
{
	large(part);
	fixture_add_commands(part, "BRWR BRRD RST_F0");
}

static void
only_opcodes(struct flash_part *part)
{
	large(part);
}

static void
always_four(struct flash_part *part)
{
	large(part);
	part->address_bytes = 4;
}

static void
huge_page(struct flash_part *part)
{
	part->page_size = 512;
	part->n_erases = 1;
	part->erases[0] =
		(struct flash_erase){.opcode = 0xd8, .size = 256 * KIB, .time = {1000, 1000}};
}

static const struct {
	const char *what;
	void (*change)(struct flash_part *part);
	unsigned int n_types;
	unsigned int n_regions; /* 1: uniform */
	uint32_t ways;          /* dword 16, bits 31:24 */
	int sector_opcode;      /* of 4 KiB everywhere; -1: none */
	int four_byte;          /* types with 4-byte opcodes; -1: no such table */
} parts[] = {
	{"W25Q128JV", plain, 3, 1, 0x80, 0x20, -1},
	{"4 MiB", small, 3, 1, 0x80, 0x20, -1},
	{"without quad", no_quad, 3, 1, 0x80, 0x20, -1},
	{"SST26: 4K, 8K, 32K, 64K", sst26, 4, 5, 0x80, 0x20, -1},
	{"EN25B: five sizes are too many", en25b, 0, 1, 0x80, -1, -1},
	{"4 KiB erases in a part of the array only", parameters, 3, 2, 0x80, -1, -1},
	{"W25Q256JV", winbond, 3, 1, 0xa5, 0x20, 2},
	{"N25Q256", micron, 3, 1, 0xb6, 0x20, 2},
	{"S25FL256S", spansion, 3, 1, 0xa8, 0x20, 2},
	{"4-byte opcodes without a mode", only_opcodes, 3, 1, 0xa0, 0x20, 2},
	{"4-byte addresses always", always_four, 3, 1, 0xe0, 0x20, 2},
	{"pages of 512 bytes", huge_page, 1, 1, 0x80, -1, -1},
};

START_TEST(a_host_can_use_the_part_by_sfdp_alone)
{
	struct flash_part part;
	struct fixture *f;
	struct host host;
	unsigned int n_types = 0;
	int four_byte = 0;

	fixture_part_init(&part);
	parts[_i].change(&part);
	f = fixture_new_part(&part);
	host = decode(f);
	ck_assert_uint_eq(host.size, part.size);
	ck_assert_uint_eq(host.page, part.page_size);
	for (unsigned int i = 0; i < 4; i++) {
		n_types += host.types[i].size > 0;
		four_byte += host.types[i].opcode4 >= 0;
	}
	ck_assert_uint_eq(n_types, parts[_i].n_types);
	ck_assert_uint_eq(host.n_regions, parts[_i].n_regions);
	ck_assert_int_eq(host.has_four_byte ? four_byte : -1, parts[_i].four_byte);
	ck_assert_uint_eq(host.basic[15] >> 24, parts[_i].ways);
	ck_assert_uint_eq(host.basic[0] & 3, parts[_i].sector_opcode < 0 ? 3 : 1);
	ck_assert_uint_eq(host.basic[0] >> 8 & 0xff,
		parts[_i].sector_opcode < 0 ? 0xff : (unsigned int)parts[_i].sector_opcode);
	if (host.size > 16 * MIB)
		enter_four_byte(&host);
	else
		ck_assert_uint_eq(host.basic[0] >> 17 & 3, 0);
	use(&host);
	fixture_destroy(f);
}
END_TEST

/* Volatile bits are set by their power-up value too. */
START_TEST(parts_without_quad_list_no_quad_reads)
{
	struct flash_part part;
	struct fixture *f;
	struct host host;

	fixture_part_init(&part);
	no_quad(&part);
	f = fixture_new_part(&part);
	host = decode(f);
	ck_assert_uint_eq(host.basic[0] >> 16 & 0x7f, 0);
	ck_assert_uint_eq(host.basic[2], 0);
	ck_assert_uint_eq(host.basic[3], 0);
	ck_assert_uint_eq(host.basic[14] >> 20 & 7, 0);
	fixture_destroy(f);
}
END_TEST

/* The tables describe the active erases. */
START_TEST(hybrid_parts_describe_the_active_erases)
{
	struct flash_part part;
	struct fixture *f;

	fixture_part_init(&part);
	parameters(&part);
	part.n_erases = 4;
	part.erases[0].hybrid = true;
	fixture_add_commands(&part, "RDAR WRAR");
	fixture_set_bit(&part, 4, 3, FLASH_BIT_UNIFORM);
	f = fixture_new_part(&part);
	ck_assert_uint_eq(decode(f).n_regions, 2);
	fixture_run(f, "06; 71 80 00 04 08");
	ck_assert_uint_eq(decode(f).n_regions, 1);
	fixture_destroy(f);
}
END_TEST

/* Behind it are FF, up to where the reads of some vendors begin again. */
START_TEST(an_sfdp_file_is_returned_unchanged)
{
	static const uint8_t bytes[] = {'S', 'F', 'D', 'P', 6, 1, 0, 0xff, 0x12};
	static const uint32_t wraps[] = {0, 256, 512};
	struct flash_part part;
	struct fixture *f;
	uint8_t found[20];

	fixture_part_init(&part);
	part.sfdp = FLASH_SFDP_FILE;
	part.sfdp_data = bytes;
	part.sfdp_length = sizeof(bytes);
	part.sfdp_wrap = wraps[_i];
	f = fixture_new_part(&part);
	read_sfdp(f, 0, found, sizeof(found));
	ck_assert_mem_eq(found, bytes, sizeof(bytes));
	ck_assert_uint_eq(found[9], 0xff);
	for (uint32_t at = 256; at <= 1024; at += 256) {
		read_sfdp(f, at - 2, found, 4);
		ck_assert_mem_eq(found,
			wraps[_i] && at % wraps[_i] == 0 ? "\xff\xffSF" : "\xff\xff\xff\xff", 4);
	}
	/* The address has 24 bits, of any length of the area. */
	read_sfdp(f, 0xfffffe, found, 4);
	ck_assert_mem_eq(found, "\xff\xffSF", 4);
	fixture_destroy(f);
}
END_TEST

/* A counterfeit has the table of its marking, with its own size or another one. */
START_TEST(a_size_replaces_the_density_of_a_file)
{
	static const uint8_t bytes[0x18] = {'S', 'F', 'D', 'P', 0, 1, 0, 0xff, 0, 0, 1, 2, 0x10, 0,
		0, 0xff, 0xe5, 0x20, 0xf1, 0xff, 0xff, 0xff, 0xff, 0x07};
	struct flash_part part;
	struct fixture *f;
	uint8_t found[0x18];

	fixture_part_init(&part);
	part.sfdp = FLASH_SFDP_FILE;
	part.sfdp_data = bytes;
	part.sfdp_length = sizeof(bytes);
	part.sfdp_size = 8 * MIB;
	f = fixture_new_part(&part);
	read_sfdp(f, 0, found, sizeof(found));
	ck_assert_mem_eq(found, bytes, 0x14);
	ck_assert_mem_eq(found + 0x14, "\xff\xff\xff\x03", 4);
	fixture_destroy(f);
}
END_TEST

/* Bytes of a file and of a generated table, at any position of a read. */
START_TEST(single_sfdp_bytes_can_be_changed)
{
	static const uint8_t bytes[] = {'S', 'F', 'D', 'P', 6, 1, 0, 0xff, 0x12};
	static const struct flash_sfdp_byte others[] = {{1, 'X'}, {8, 0x34}};
	struct flash_part part;
	struct fixture *f;
	uint8_t found[16];

	fixture_part_init(&part);
	part.sfdp_bytes = others;
	part.n_sfdp_bytes = G_N_ELEMENTS(others);
	f = fixture_new_part(&part);
	read_sfdp(f, 0, found, 9);
	ck_assert_mem_eq(found, "SXDP", 4);
	ck_assert_uint_eq(found[8], 0x34);
	read_sfdp(f, 255, found, 3);
	ck_assert_mem_eq(found, "\xffSX", 3);
	read_sfdp(f, 8, found, 1);
	ck_assert_uint_eq(found[0], 0x34);
	fixture_destroy(f);
	part.sfdp = FLASH_SFDP_FILE;
	part.sfdp_data = bytes;
	part.sfdp_length = sizeof(bytes);
	f = fixture_new_part(&part);
	read_sfdp(f, 0, found, 11);
	ck_assert_mem_eq(found, "SXDP\x06\x01\x00\xff\x34\xff\xff", 11);
	fixture_destroy(f);
}
END_TEST

Suite *
suite_flash_sfdp(void)
{
	Suite *suite = suite_create("flash_sfdp");
	TCase *tcase = tcase_create("flash_sfdp");

	fixture_prepare();
	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(tcase, a_host_can_use_the_part_by_sfdp_alone, 0, G_N_ELEMENTS(parts));
	tcase_add_test(tcase, parts_without_quad_list_no_quad_reads);
	tcase_add_test(tcase, hybrid_parts_describe_the_active_erases);
	tcase_add_loop_test(tcase, an_sfdp_file_is_returned_unchanged, 0, 3);
	tcase_add_test(tcase, a_size_replaces_the_density_of_a_file);
	tcase_add_test(tcase, single_sfdp_bytes_can_be_changed);
	suite_add_tcase(suite, tcase);
	return suite;
}
