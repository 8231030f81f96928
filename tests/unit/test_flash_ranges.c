/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The range rules of block protection, implemented independently of the engine: an address is
 * protected if it is less than a length away from the protected end, and CMP inverts that, address
 * by address. Covers every value of the bits, for arrays from 64 KiB to 256 MiB and of other sizes;
 * and the operations that a range rejects: programs and every kind of erase that touch it by one
 * byte or more.
 */
#include "chipdb/chipdb.h"
#include "flash_fixture.h"
#include "suites.h"

#include <check.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#define K UINT64_C(1024)
#define M (1024 * K)

/* One state of the bits. */
struct setting {
	unsigned int bp;
	unsigned int bp_bits;
	bool tb;
	bool sec;
	bool cmp;
};

/* Halves from the whole chip down, but not below the smallest one doubled up. */
static uint64_t
halved(const struct setting *s, uint64_t size, uint64_t smallest)
{
	unsigned int steps = (1u << s->bp_bits) - 1 - s->bp;
	uint64_t length = size;

	if (s->bp == 0)
		return 0;
	while (steps-- && length)
		length /= 2;
	for (unsigned int i = 1; i < s->bp && smallest < size; i++)
		smallest *= 2;
	return MIN(MAX(length, smallest), size);
}

static uint64_t
in_sectors(const struct setting *s, uint64_t size)
{
	static const uint64_t lengths[] = {0, 4 * K, 8 * K, 16 * K, 32 * K};

	/* AT25SF081 and others of up to 16 Mbit: a line X X 1 1 X for everything. */
	if (s->bp_bits == 3 && s->bp == 6 && size <= 2 * M)
		return size;
	return s->bp + 1 == 1u << s->bp_bits ? size : lengths[MIN(s->bp, 4)];
}

static uint64_t
from_three(unsigned int bp, uint64_t size)
{
	static const unsigned int divisors[] = {0, 0, 0, 16, 8, 4, 2, 1};
	static const uint64_t least[] = {0, 0, 0, 64 * K, 128 * K, 256 * K, 512 * K, 1024 * K};

	return divisors[bp] ? MIN(size, MAX(size / divisors[bp], least[bp])) : 0;
}

/* Distance of address from the protected end. */
static uint64_t
distance(bool bottom, uint64_t size, uint64_t address)
{
	return bottom ? address : size - 1 - address;
}

static bool
mirrored(const struct setting *s, uint64_t size, uint64_t address)
{
	static const unsigned int divisors[] = {0, 64, 32, 16, 8, 4, 2, 1};
	uint64_t far = distance(s->tb, size, address);

	if (s->bp < 8)
		return divisors[s->bp] && far < size / divisors[s->bp];
	return s->bp == 8 || s->bp == 15 || far >= size / divisors[15 - s->bp];
}

static bool
expected(enum flash_range_rule rule, struct setting s, uint64_t size, uint64_t address)
{
	uint64_t far = distance(s.tb, size, address);

	switch (rule) {
	case FLASH_RANGE_POW2:
		return (far < (s.sec ? in_sectors(&s, size) : halved(&s, size, 64 * K))) != s.cmp;
	case FLASH_RANGE_POW2_MIRRORED:
		return mirrored(&s, size, address) != s.cmp;
	case FLASH_RANGE_POW2_CMP_INVERTS_BP:
		if (s.cmp)
			s.bp ^= (1u << s.bp_bits) - 1;
		return (far < halved(&s, size, 64 * K)) != s.cmp;
	case FLASH_RANGE_POW2_FIXED64K:
		if (s.sec)
			return (far < in_sectors(&s, size)) != s.cmp;
		if (s.bp + 1 == 1u << s.bp_bits)
			return !s.cmp;
		return (s.bp && far >> (15 + s.bp) == 0) != s.cmp;
	case FLASH_RANGE_POW2_DOUBLE:
		return (far < halved(&s, size, 128 * K)) != s.cmp;
	case FLASH_RANGE_FROM3_SIXTEENTH:
		return (far < from_three(s.bp, size)) != s.cmp;
	case FLASH_RANGE_QUARTERS:
		return (far < halved(&s, size, 1)) != s.cmp;
	default:
		ck_abort_msg("no such rule");
	}
}

/* --- the ranges --- */

static const struct {
	enum flash_range_rule rule;
	unsigned int bp_bits;
	bool sec;
} rules[] = {
	{FLASH_RANGE_POW2, 1, true},
	{FLASH_RANGE_POW2, 2, true},
	{FLASH_RANGE_POW2, 3, true},
	{FLASH_RANGE_POW2, 4, false},
	{FLASH_RANGE_POW2, 5, false},
	{FLASH_RANGE_POW2_MIRRORED, 4, false},
	{FLASH_RANGE_POW2_CMP_INVERTS_BP, 3, false},
	{FLASH_RANGE_POW2_CMP_INVERTS_BP, 4, false},
	{FLASH_RANGE_POW2_FIXED64K, 3, true},
	{FLASH_RANGE_POW2_FIXED64K, 4, false},
	{FLASH_RANGE_POW2_DOUBLE, 4, false},
	{FLASH_RANGE_FROM3_SIXTEENTH, 3, false},
	{FLASH_RANGE_QUARTERS, 2, false},
	{FLASH_RANGE_QUARTERS, 3, false},
};

/* SR1 is BUSY WEL BP0 BP1 BP2 BP3 BP4 TB, SR2 SEC CMP, from bit 0 up; D8 goes by a map. */
static void
part_init(struct flash_part *part, uint64_t size, enum flash_range_rule rule, unsigned int bp_bits)
{
	fixture_part_init(part);
	part->size = size;
	part->range_rule = rule;
	part->address_bytes = 4;
	memset(part->status, 0, sizeof(part->status));
	memset(part->status_default, 0, sizeof(part->status_default));
	part->status[0][0] = (struct flash_register_bit){FLASH_BIT_BUSY, .read_only = true};
	part->status[0][1] = (struct flash_register_bit){FLASH_BIT_WEL, .read_only = true};
	for (unsigned int i = 0; i < bp_bits; i++)
		part->status[0][2 + i].function = FLASH_BIT_BP0 + i;
	part->status[0][7].function = FLASH_BIT_TB;
	part->status[1][0].function = FLASH_BIT_SEC;
	part->status[1][1].function = FLASH_BIT_CMP;
	part->erases[2].size = 0;
	part->erases[2].n_regions = 3;
	part->erases[2].regions[0] = (struct flash_region){2, 4096, false};
	part->erases[2].regions[1] = (struct flash_region){1, 8192, false};
	part->erases[2].regions[2] =
		(struct flash_region){(uint32_t)(size / 16384 - 1), 16384, false};
}

static void
set_bits(struct fixture *f, const struct setting *s)
{
	size_t n_items;
	const struct flash_nonvolatile *items = flash_nonvolatile(f->chip, &n_items);

	ck_assert_str_eq(items[0].name, "status");
	items[0].data[0] = (uint8_t)(s->bp << 2 | s->tb << 7);
	items[0].data[1] = (uint8_t)(s->sec | s->cmp << 1);
	flash_power_up(f->chip);
}

static bool
refused(struct fixture *f, uint8_t opcode, uint64_t address)
{
	uint8_t frame[] = {opcode, address >> 24, address >> 16, address >> 8, address, 0xff};
	size_t n = opcode == 0x02 ? 6 : opcode == 0xc7 || opcode == 0x60 ? 1 : 5;
	enum flash_outcome outcome;

	g_array_set_size(f->events, 0);
	fixture_frame(f, (const uint8_t[]){0x06}, 1, 0);
	outcome = fixture_frame(f, frame, n, 0);
	if (outcome != FLASH_PROTECTED && outcome != FLASH_DONE)
		ck_abort_msg("%02X: %s", opcode, flash_outcome_string(outcome));
	if (flash_is_busy(f->chip) != (outcome == FLASH_DONE))
		ck_abort_msg("%02X at %" PRIX64 ": busy or not", opcode, address);
	/* Ends the operation, which then changes nothing. */
	flash_power_up(f->chip);
	return outcome == FLASH_PROTECTED;
}

/* Programs and erases at address are rejected if they touch a byte from start to end. */
static void
assert_refusals(struct fixture *f, uint64_t address, uint64_t start, uint64_t end)
{
	uint64_t map_size = address < 8192 ? 4096 : address < 16384 ? 8192 : 16384;
	const struct {
		uint8_t opcode;
		uint64_t size;
	} commands[] = {{0x02, 256}, {0x20, 4096}, {0x52, 32768}, {0xd8, map_size}};

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		uint64_t block = address - address % commands[i].size;
		bool touches = block < end && block + commands[i].size > start;

		if (refused(f, commands[i].opcode, address) != touches)
			ck_abort_msg("%02X at %" PRIX64 " with %" PRIX64 "-%" PRIX64 " protected",
				commands[i].opcode, address, start, end);
	}
}

/* The chip reports the range of the rule. */
static void
assert_range(const struct flash *chip, enum flash_range_rule rule, const struct setting *s,
	uint64_t *start, uint64_t *end)
{
	uint64_t size = flash_part(chip)->size;
	uint64_t length;
	bool any = flash_next_protected(chip, 0, start, &length);
	const uint64_t looked_at[] = {0, size - 1, *start, *start - 1, *start + length,
		*start + length - 1, size / 2, size / 3, size / 2 - 1, 4095, 4096, 65535, 65536};

	*end = *start + length;
	for (size_t i = 0; i < G_N_ELEMENTS(looked_at); i++) {
		uint64_t address = looked_at[i];
		bool inside = any && address >= *start && address < *end;

		if (address >= size)
			continue;
		if (inside != expected(rule, *s, size, address) ||
			inside != flash_is_protected(chip, address, 1))
			ck_abort_msg("%s, rule %d, %" PRIu64 " KiB, BP=%u/%u TB=%d SEC=%d CMP=%d: "
				     "%" PRIX64 "-%" PRIX64 ", at %" PRIX64,
				flash_part(chip)->name, rule, size / 1024, s->bp, s->bp_bits, s->tb,
				s->sec, s->cmp, *start, *end, address);
	}
	if (flash_next_protected(chip, *end, start, &length))
		ck_abort_msg("more than one range");
}

static void
check_setting(struct fixture *f, enum flash_range_rule rule, const struct setting *s)
{
	uint64_t size = f->part.size;
	uint64_t start;
	uint64_t length;
	uint64_t end;

	set_bits(f, s);
	assert_range(f->chip, rule, s, &start, &end);
	if (!flash_next_protected(f->chip, 0, &start, &length))
		start = end = length = 0;
	end = start + length;
	/* Commands address arrays of other sizes differently. */
	if (size & (size - 1))
		return;
	assert_refusals(f, 0, start, end);
	assert_refusals(f, size - 1, start, end);
	assert_refusals(f, start, start, end);
	if (start > 0)
		assert_refusals(f, start - 1, start, end);
	if (end > 0 && end < size) {
		assert_refusals(f, end - 1, start, end);
		assert_refusals(f, end, start, end);
	}
	ck_assert_msg(refused(f, 0xc7, 0) == (length > 0) && refused(f, 0x60, 0) == (length > 0),
		"chip erase with BP=%u", s->bp);
}

static const uint64_t sizes[] = {64 * K, 128 * K, 256 * K, 512 * K, M, 2 * M, 4 * M, 8 * M, 16 * M,
	32 * M, 64 * M, 128 * M, 256 * M};

START_TEST(every_value_selects_the_range_of_its_rule)
{
	enum flash_range_rule rule = rules[_i].rule;

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		struct flash_part part;
		struct fixture *f;

		part_init(&part, sizes[i], rule, rules[_i].bp_bits);
		f = fixture_new_part(&part);
		for (unsigned int bits = 0; bits < 8u << rules[_i].bp_bits; bits++) {
			struct setting s = {bits >> 3, rules[_i].bp_bits, bits & 1, bits >> 1 & 1,
				bits >> 2 & 1};

			if (s.sec && !rules[_i].sec)
				continue;
			check_setting(f, rule, &s);
		}
		fixture_destroy(f);
	}
}
END_TEST

/* These rules ignore SEC. */
START_TEST(from3_ignores_sec)
{
	struct flash_part part;
	struct fixture *f;
	struct setting s = {.bp = 3, .bp_bits = 3, .sec = true};

	part_init(&part, 16 * M, FLASH_RANGE_FROM3_SIXTEENTH, 3);
	f = fixture_new_part(&part);
	set_bits(f, &s);
	ck_assert(!flash_is_protected(f->chip, 0, 15 * M));
	ck_assert(flash_is_protected(f->chip, 15 * M, 1));
	fixture_destroy(f);
}
END_TEST

/* --- lists --- */

struct listed {
	uint64_t start;
	uint64_t length;
	bool chip_erase_refused;
};

static void
check_list(struct fixture *f, unsigned int bp, bool tb, bool cmp, struct listed wanted)
{
	struct setting s = {.bp = bp, .tb = tb, .cmp = cmp};
	uint64_t start;
	uint64_t length;
	bool any;

	set_bits(f, &s);
	any = flash_next_protected(f->chip, 0, &start, &length);
	ck_assert_uint_eq(length, wanted.length);
	ck_assert_int_eq(any, wanted.length > 0);
	if (any)
		ck_assert_uint_eq(start, wanted.start);
	ck_assert_int_eq(refused(f, 0xc7, 0), wanted.chip_erase_refused);
}

/* As in the M25P05-A: two values that only block a chip erase; and all but a 16th. */
START_TEST(a_list_defines_the_range_of_each_value)
{
	struct flash_part part;
	struct fixture *f;

	part_init(&part, M, FLASH_RANGE_LIST, 3);
	part.n_bp_ranges = 8;
	memset(part.bp_ranges, 0, sizeof(part.bp_ranges));
	part.bp_ranges[1].stops_chip_erase = true;
	part.bp_ranges[2] = (struct flash_bp_range){.bytes = 8192, .stops_chip_erase = true};
	part.bp_ranges[3] = (struct flash_bp_range){
		.numerator = 15, .denominator = 16, .other_end = true, .stops_chip_erase = true};
	part.bp_ranges[4] = (struct flash_bp_range){.bytes = 2 << 20, .stops_chip_erase = true};
	part.bp_ranges[7] =
		(struct flash_bp_range){.numerator = 1, .denominator = 1, .stops_chip_erase = true};
	f = fixture_new_part(&part);
	check_list(f, 0, false, false, (struct listed){0, 0, false});
	check_list(f, 1, false, false, (struct listed){0, 0, true});
	check_list(f, 2, false, false, (struct listed){M - 8192, 8192, true});
	check_list(f, 2, true, false, (struct listed){0, 8192, true});
	check_list(f, 2, false, true, (struct listed){0, M - 8192, true});
	check_list(f, 3, false, false, (struct listed){0, M / 16 * 15, true});
	check_list(f, 3, true, false, (struct listed){M / 16, M / 16 * 15, true});
	check_list(f, 4, false, false, (struct listed){0, M, true});
	check_list(f, 6, false, false, (struct listed){0, 0, false});
	check_list(f, 7, true, false, (struct listed){0, M, true});
	fixture_destroy(f);
}
END_TEST

/* --- the WP# pin as protection --- */

/* M45PE: only WP# low protects, namely the first 256 pages. */
START_TEST(wp_low_protects_the_first_sector)
{
	struct flash_part part;
	struct fixture *f;
	uint64_t start;
	uint64_t length;

	part_init(&part, M, FLASH_RANGE_NONE, 0);
	part.wp_protects = 65536;
	f = fixture_new_part(&part);
	ck_assert(!flash_next_protected(f->chip, 0, &start, &length));
	flash_pin(f->chip, FLASH_PIN_WP, false);
	ck_assert(flash_next_protected(f->chip, 0, &start, &length));
	ck_assert_uint_eq(start, 0);
	ck_assert_uint_eq(length, 65536);
	ck_assert(!flash_next_protected(f->chip, 65536, &start, &length));
	assert_refusals(f, 65535, 0, 65536);
	assert_refusals(f, 65536, 0, 65536);
	ck_assert(refused(f, 0xc7, 0));
	fixture_destroy(f);
}
END_TEST

/* --- the parts --- */

static const struct flash_register_bit *
find_bit(const struct flash_part *part, enum flash_bit function, unsigned int *place)
{
	for (*place = 0; *place < FLASH_REGISTERS * 8; ++*place) {
		if (part->status[*place / 8][*place % 8].function == function)
			return &part->status[*place / 8][*place % 8];
	}
	return NULL;
}

/* Sets the bit in a copy of the registers; false if the part lacks a bit that must be 1. */
static bool
put_bit(const struct flash_part *part, uint8_t *registers, enum flash_bit function, bool on)
{
	unsigned int place;

	if (!find_bit(part, function, &place))
		return !on;
	registers[place / 8] &= ~(1 << place % 8);
	registers[place / 8] |= on << place % 8;
	return true;
}

static void
check_part(const struct flash_part *part, uint8_t *array)
{
	static const enum flash_bit ends[] = {FLASH_BIT_TB, FLASH_BIT_SEC, FLASH_BIT_CMP};
	struct flash_part copy = *part;
	unsigned int bp_bits = 0;
	struct flash *chip;

	for (unsigned int i = 0; i < 5; i++) {
		unsigned int place;

		bp_bits += find_bit(part, FLASH_BIT_BP0 + i, &place) != NULL;
	}
	/* Volatile bits are set by their power-up value too. */
	for (unsigned int bits = 0; bits < 8u << bp_bits; bits++) {
		struct setting s = {bits >> 3, bp_bits, bits & 1, bits >> 1 & 1, bits >> 2 & 1};
		bool possible = put_bit(&copy, copy.status_default, FLASH_BIT_WPS, false) &&
			put_bit(&copy, copy.status_default, FLASH_BIT_BPNV_O, false);
		uint64_t start;
		uint64_t end;

		for (unsigned int i = 0; i < bp_bits; i++)
			possible = put_bit(&copy, copy.status_default, FLASH_BIT_BP0 + i,
					   s.bp >> i & 1) &&
				possible;
		for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
			possible = put_bit(&copy, copy.status_default, ends[i], bits >> i & 1) &&
				possible;
		if (!possible)
			continue;
		chip = flash_new(&copy, array, 1);
		assert_range(chip, part->range_rule, &s, &start, &end);
		flash_destroy(chip);
	}
}

static bool
is_stated_here(const struct flash_part *part)
{
	switch (part->range_rule) {
	case FLASH_RANGE_NONE:
	case FLASH_RANGE_LIST:
	case FLASH_RANGE_AT2X_SECTORS:
	case FLASH_RANGE_SST26:
		return false;
	default:
		/* This test implements all other rules. */
		return true;
	}
}

START_TEST(every_part_protects_the_range_of_its_rule)
{
	g_autoptr(GError) error = NULL;
	struct chipdb *db = chipdb_open(NULL, &error);
	g_autoptr(GPtrArray) parts = NULL;
	uint64_t room = UINT64_C(1) << 32;
	uint8_t *array = mmap(NULL, room, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	unsigned int n = 0;

	ck_assert_msg(db != NULL, "%s", error ? error->message : "");
	ck_assert_ptr_ne(array, MAP_FAILED);
	parts = chipdb_list(db, NULL);
	for (guint i = 0; i < parts->len; i++) {
		if (!is_stated_here(parts->pdata[i]))
			continue;
		check_part(parts->pdata[i], array);
		n++;
	}
	ck_assert_uint_ge(n, 3);
	munmap(array, room);
	chipdb_close(db);
}
END_TEST

Suite *
suite_flash_ranges(void)
{
	Suite *suite = suite_create("flash_ranges");
	TCase *tcase = tcase_create("ranges");

	fixture_prepare();
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(
		tcase, every_value_selects_the_range_of_its_rule, 0, (int)G_N_ELEMENTS(rules));
	tcase_add_test(tcase, from3_ignores_sec);
	tcase_add_test(tcase, a_list_defines_the_range_of_each_value);
	tcase_add_test(tcase, wp_low_protects_the_first_sector);
	tcase_add_test(tcase, every_part_protects_the_range_of_its_rule);
	suite_add_tcase(suite, tcase);
	return suite;
}
