/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every part of the chip files, every opcode, every mode: compares the description of a frame by
 * flash_describe() with the later report of the chip; see test_clip_aim.c for the faults that use
 * it.
 */
#include "chipdb/chipdb.h"
#include "flash/describe.h"
#include "flash/partdata.h"
#include "suites.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#define FRAME 12 /* bytes: the longest header and some data */

static struct chipdb *db;
static const struct flash_part *part;
static struct flash *chip;
static uint8_t *array;
static struct flash_event event; /* of the last frame */
static bool binary;              /* DataFlash: the active page size */

static void
see(void *data, const struct flash_event *seen)
{
	(void)data;
	if (seen->kind == FLASH_EVENT_COMMAND)
		event = *seen;
}

static void
take_chip(const struct flash_part *of)
{
	part = of;
	array = mmap(NULL, part->size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ck_assert_ptr_ne(array, MAP_FAILED);
	chip = flash_new(part, array, 1);
	flash_set_corner(chip, FLASH_CORNER_INSTANT);
	flash_set_listener(chip, &(struct flash_listener){.event = see});
	binary = (part->page_size & (part->page_size - 1)) == 0;
}

static void
put_chip_away(void)
{
	flash_destroy(chip);
	munmap(array, part->size);
}

static void
setup(void)
{
	db = chipdb_open(NULL, NULL);
	ck_assert_ptr_nonnull(db);
}

static void
teardown(void)
{
	chipdb_close(db);
}

/* --- modes --- */

static void
send(const uint8_t *bytes, size_t n)
{
	flash_select(chip);
	flash_shift(chip, bytes, NULL, n);
	flash_deselect(chip, 0);
}

/* False if the part lacks the command. */
static bool
command(const char *name, const uint8_t *data, size_t n)
{
	int opcode = flash_opcode(part, name);
	uint8_t bytes[FRAME] = {(uint8_t)opcode};

	if (opcode < 0)
		return false;
	if (n > 0)
		memcpy(bytes + 1, data, n);
	send(bytes, 1 + n);
	return true;
}

static bool
enabled(const char *name, const uint8_t *data, size_t n)
{
	if (flash_opcode(part, name) < 0)
		return false;
	command("WREN", NULL, 0);
	return command(name, data, n);
}

static bool
has_bit(enum flash_bit function, unsigned int *reg, uint8_t *mask)
{
	for (*reg = 0; *reg < FLASH_REGISTERS; ++*reg)
		for (unsigned int bit = 0; bit < 8; bit++)
			if (part->status[*reg][bit].function == function) {
				*mask = (uint8_t)(1u << bit);
				return true;
			}
	return false;
}

static bool
as_delivered(void)
{
	return true;
}

static bool
four_byte(void)
{
	static const uint8_t bank = 0x80;

	return command("EN4B", NULL, 0) || enabled("EN4B_WREN", NULL, 0) ||
		command("BRWR", &bank, 1);
}

static bool
three_byte(void)
{
	return command("EX4B", NULL, 0) || command("EX4B_UPPER", NULL, 0) ||
		enabled("EX4B_WREN", NULL, 0);
}

static bool
extended_address(void)
{
	static const uint8_t upper = 1;

	return enabled("WREAR", &upper, 1) || command("BRWR", &upper, 1);
}

static bool
qpi(void)
{
	static const uint8_t evcr = 0x5f;
	unsigned int reg;
	uint8_t mask;

	if (has_bit(FLASH_BIT_QE, &reg, &mask))
		flash_status_preset(chip, reg, flash_status_register(chip, reg) | mask);
	if (command("EQIO", NULL, 0) || command("EQIO_QE", NULL, 0) || enabled("WREVCR", &evcr, 1))
		return true;
	if (!has_bit(FLASH_BIT_QPI, &reg, &mask))
		return false;
	flash_status_preset(chip, reg, flash_status_register(chip, reg) | mask);
	flash_power_up(chip);
	return true;
}

static bool
aai(void)
{
	static const uint8_t first[] = {0x00, 0x12, 0x34, 0x56, 0x78};

	return enabled("AAI", first, 5) || enabled("AAI_BYTE", first, 4);
}

static bool
otp(void)
{
	return command("ENSO", NULL, 0) || command("OTP_ENTER", NULL, 0);
}

/* The frames after this one have no opcode, until one ends it. */
static bool
continuous_read(void)
{
	static const uint8_t header[] = {0x12, 0x34, 0x56, 0xa5, 0xa5};
	int quad = flash_opcode(part, "4READ");
	int opcode = quad >= 0 ? quad : flash_opcode(part, "2READ");
	uint8_t byte = (uint8_t)opcode;
	unsigned int reg;
	uint8_t mask;

	if (part->continuous == FLASH_CONTINUOUS_NONE || opcode < 0)
		return false;
	if (has_bit(FLASH_BIT_QE, &reg, &mask))
		flash_status_preset(chip, reg, flash_status_register(chip, reg) | mask);
	flash_select(chip);
	flash_shift(chip, &byte, NULL, 1);
	flash_shift_lanes(chip, quad >= 0 ? 4 : 2, header, part->address_bytes + 1u);
	flash_deselect(chip, 0);
	return true;
}

/* The page size is non-volatile: it is changed once only. */
static bool
other_pages(void)
{
	static const uint8_t to_binary[] = {0x2a, 0x80, 0xa6}, to_standard[] = {0x2a, 0x80, 0xa7};
	static bool changed;
	bool delivered = (part->page_size & (part->page_size - 1)) == 0;

	if (binary == delivered)
		changed = delivered ? command("DF_PAGE_STANDARD", to_standard, 3)
				    : command("DF_PAGE_BINARY", to_binary, 3);
	flash_power_up(chip);
	binary = changed ? !delivered : delivered;
	return changed;
}

static const struct mode {
	const char *name;
	bool (*enter)(void);
	unsigned int parts; /* minimum number of parts with this mode */
} modes[] = {
	{"as delivered", as_delivered, 626},
	{"4-byte", four_byte, 90},
	{"3-byte", three_byte, 90},
	{"EAR", extended_address, 50},
	{"QPI", qpi, 60},
	{"continuous read", continuous_read, 200},
	{"AAI", aai, 10},
	{"OTP", otp, 20},
	{"other page size", other_pages, 2},
};

/* --- the report of the chip, and its address in the array --- */

static bool
is(const char *prefix)
{
	return event.name && g_str_has_prefix(event.name, prefix);
}

static bool
is_buffer_write(void)
{
	return is("DF_BUF1_WRITE") || is("DF_BUF2_WRITE");
}

static bool
expected_address(uint64_t *address)
{
	uint32_t small = part->page_size, page, bits = 0, byte;

	*address = event.address % part->size;
	if (!flash_part_is_dataflash(part))
		return event.has_address;
	if (event.purpose == FLASH_FOR_OTHER && !is("DF_TRANSFER") && !is("DF_COMPARE"))
		return false;
	if (!event.has_address || is("DF_CHIP_ERASE"))
		return false;
	while (small & (small - 1))
		small &= small - 1;
	page = binary ? small : small + small / 32;
	while (1u << bits < page)
		bits++;
	byte = event.address % (1u << bits) % page;
	*address = (event.address >> bits) % (part->size / part->page_size) * part->page_size +
		MIN(byte, part->page_size - 1);
	return true;
}

static void
compare(const struct flash_description *description, const uint8_t *frame, const char *mode)
{
	enum flash_purpose purpose = is_buffer_write() ? FLASH_FOR_PROGRAM : event.purpose;
	uint64_t expected, address, n;
	bool has = expected_address(&expected);

	if (description->purpose != purpose)
		ck_abort_msg("%s, %s: %02X is for %d, not %d", part->name, mode, frame[0], purpose,
			description->purpose);
	/* A rejected word is reported without its address. */
	if (is("AAI") && event.outcome != FLASH_DONE)
		return;
	if (description->has_address != has || (has && description->address != expected))
		ck_abort_msg("%s, %s: %02X: address %d %" PRIX64 ", not %d %" PRIX64, part->name,
			mode, frame[0], has, expected, description->has_address,
			description->address);
	has = flash_described_address(description, description->header_bytes - 1, &address, &n);
	if (has != description->has_address || (has && address != expected))
		ck_abort_msg("%s, %s: %02X: another address in its last byte", part->name, mode,
			frame[0]);
}

static void
try_opcode(uint8_t opcode, const char *mode)
{
	const uint8_t frame[FRAME] = {opcode, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd};
	struct flash_description description, full;
	unsigned int header;
	size_t n = FRAME;

	flash_describe(chip, frame, 1, &description);
	header = description.header_bytes;
	ck_assert_uint_le(header, FLASH_HEADER_MAX);
	flash_describe(chip, frame, header, &full);
	if (full.purpose != description.purpose || full.header_bytes != header)
		ck_abort_msg("%s, %s: %02X means something else when it is longer", part->name,
			mode, opcode);
	/* These are accepted only at their exact length. */
	if (opcode == flash_opcode(part, "AAI"))
		n = header + 2;
	else if (opcode == flash_opcode(part, "AAI_BYTE"))
		n = header + 1;
	send(frame, n);
	compare(&full, frame, mode);
}

START_TEST(a_frame_is_reported_as_described)
{
	const struct mode *mode = &modes[_i];
	GPtrArray *parts = chipdb_list(db, NULL);
	unsigned int n = 0;

	for (guint i = 0; i < parts->len; i++) {
		bool there = true;

		take_chip(parts->pdata[i]);
		for (unsigned int opcode = 0; opcode < 256 && there; opcode++) {
			flash_power_up(chip);
			there = mode->enter();
			if (there)
				try_opcode((uint8_t)opcode, mode->name);
		}
		put_chip_away();
		n += there;
	}
	ck_assert_uint_ge(n, mode->parts);
	g_ptr_array_unref(parts);
}
END_TEST

START_TEST(an_accepted_program_is_reported_as_described)
{
	GPtrArray *parts = chipdb_list(db, NULL);
	unsigned int accepted = 0;

	for (guint i = 0; i < parts->len; i++) {
		take_chip(parts->pdata[i]);
		for (unsigned int opcode = 0; opcode < 256; opcode++) {
			const uint8_t first = (uint8_t)opcode;
			struct flash_description description;

			flash_describe(chip, &first, 1, &description);
			if (description.purpose != FLASH_FOR_PROGRAM)
				continue;
			flash_power_up(chip);
			command("WREN", NULL, 0);
			try_opcode(first, "WEL");
			accepted += event.outcome == FLASH_DONE;
		}
		put_chip_away();
	}
	ck_assert_uint_ge(accepted, 400);
	g_ptr_array_unref(parts);
}
END_TEST

/* The program in progress keeps its data. */
START_TEST(describing_a_frame_changes_nothing)
{
	static const uint8_t program[] = {0x02, 0x00, 0x00, 0x00, 0x55};
	struct flash_description description;

	take_chip(chipdb_find(db, "W25Q128JV", NULL));
	flash_set_corner(chip, FLASH_CORNER_TYPICAL);
	memset(array, 0xff, 2);
	command("WREN", NULL, 0);
	send(program, sizeof program);
	ck_assert(flash_is_busy(chip));
	flash_describe(chip, program, 4, &description);
	ck_assert_int_eq(description.purpose, FLASH_FOR_PROGRAM);
	ck_assert(flash_is_busy(chip));
	flash_tick(chip, flash_busy_until(chip));
	ck_assert_uint_eq(array[0], 0x55);
	put_chip_away();
}
END_TEST

START_TEST(a_command_has_the_opcode_of_its_part)
{
	const struct flash_part *at45 = chipdb_find(db, "AT45DB321E", NULL);

	ck_assert_int_eq(flash_opcode(at45, "DF_BUF1_WRITE"), 0x84);
	ck_assert_int_eq(flash_opcode(at45, "SUSPEND"), 0xb0);
	ck_assert_int_eq(flash_opcode(chipdb_find(db, "W25Q128JV", NULL), "SUSPEND"), 0x75);
	ck_assert_int_eq(flash_opcode(at45, "WREN"), -1);
	ck_assert_int_eq(flash_opcode(at45, "NO_SUCH_COMMAND"), -1);
}
END_TEST

/* --- reads: each byte comes from its described address --- */

#define AROUND 1200 /* bytes on both sides of the array's end */

static uint8_t
pattern(uint64_t address)
{
	return (uint8_t)((address + 1) * 2654435761u >> 16) & 0x7f;
}

static bool
fill(void)
{
	if (part->size < 4096)
		return false;
	for (uint64_t i = 0; i < AROUND; i++) {
		array[i] = pattern(i);
		array[part->size - 1 - i] = pattern(part->size - 1 - i);
	}
	return true;
}

static void
read_over_the_end(uint8_t opcode)
{
	static const uint8_t ones = 0xff;
	uint8_t frame[1 + 4 + 4] = {opcode, 0xff, 0xff, 0xfe, 0x00, 0x00};
	struct flash_description description;
	uint64_t address = 0, left = 0, byte;
	bool has = false;
	uint8_t out[AROUND / 2];

	flash_describe(chip, frame, 1, &description);
	if (description.purpose != FLASH_FOR_READ || description.data_lanes > 1 ||
		description.data_clock % 8 || description.header_bytes != 1 + part->address_bytes)
		return;
	if (part->address_bytes == 4)
		memcpy(frame + 1, "\xff\xff\xff\x80", 4);
	flash_describe(chip, frame, description.header_bytes, &description);
	byte = description.data_clock / 8;
	flash_select(chip);
	flash_shift(chip, frame, NULL, byte);
	flash_shift(chip, NULL, out, sizeof out);
	flash_deselect(chip, 0);
	if (event.outcome != FLASH_DONE)
		return;
	for (size_t i = 0; i < sizeof out; i++, left--, address++) {
		if (left == 0)
			has = flash_described_address(&description, byte + i, &address, &left);
		if (out[i] != (has ? array[address] : ones))
			ck_abort_msg("%s: %02X: byte %zu is not from %" PRIX64, part->name, opcode,
				i, address);
	}
}

START_TEST(a_read_returns_the_described_addresses)
{
	GPtrArray *parts = chipdb_list(db, NULL);

	for (guint i = 0; i < parts->len; i++) {
		take_chip(parts->pdata[i]);
		for (unsigned int opcode = 0; opcode < 256 && fill(); opcode++)
			read_over_the_end((uint8_t)opcode);
		if (other_pages())
			for (unsigned int opcode = 0; opcode < 256 && fill(); opcode++)
				read_over_the_end((uint8_t)opcode);
		put_chip_away();
	}
	g_ptr_array_unref(parts);
}
END_TEST

Suite *
suite_flash_describe(void)
{
	Suite *suite = suite_create("flash_describe");
	TCase *tcase = tcase_create("frames");

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_frame_is_reported_as_described, 0, G_N_ELEMENTS(modes));
	tcase_add_test(tcase, an_accepted_program_is_reported_as_described);
	tcase_add_test(tcase, a_command_has_the_opcode_of_its_part);
	tcase_add_test(tcase, describing_a_frame_changes_nothing);
	tcase_add_test(tcase, a_read_returns_the_described_addresses);
	suite_add_tcase(suite, tcase);
	return suite;
}
