/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chips that a host left in the middle of its work: all parts that can be, what they answer, and
 * what ends it: a power cycle for all, a command or a reset where the part has one.
 *
 * The array is all 00, so that a line that floats reads differently.
 */
#include "bench/unfinished.h"

#include "bench/levels.h"
#include "bench/preset.h"
#include "chipdb/chipdb.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "setup/condition.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define ARRAY_MAX ((size_t)256 << 20)
#define BLOCK_MAX ((size_t)1 << 20) /* no block at 0 is larger */
#define SECOND_NS INT64_C(1000000000)
#define HOUR_NS (3600 * SECOND_NS)

static struct chipdb *db;
static uint8_t *array;
static const struct flash_part *part;
static struct flash *chip;
static struct bench_levels wires;
static int64_t now_ns;
static enum flash_outcome outcome; /* of the last frame */

static void
setup(void)
{
	g_autoptr(GError) error = NULL;

	db = chipdb_open(NULL, &error);
	ck_assert_msg(db != NULL, "%s", error ? error->message : "");
	array = g_malloc0(ARRAY_MAX);
}

static void
teardown(void)
{
	g_clear_pointer(&array, g_free);
	g_clear_pointer(&db, chipdb_close);
}

static void
note(void *unused, const struct flash_event *event)
{
	(void)unused;
	if (event->kind == FLASH_EVENT_COMMAND)
		outcome = event->outcome;
}

/* False: the part lacks that mode. */
static bool
leave(enum setup_mode mode)
{
	static const struct flash_listener listener = {note, NULL};
	struct setup_condition condition = {0};
	g_autoptr(GError) error = NULL;

	ck_assert(setup_condition_take(&condition, SETUP_KEY_MODE, setup_mode_names[mode]));
	if (!bench_preset_check(&condition, part, NULL, NULL))
		return false;
	memset(array, 0, MIN(BLOCK_MAX, part->size));
	chip = flash_new(part, array, 1);
	now_ns = 0;
	bench_levels_init(&wires, chip, NULL);
	ck_assert_msg(bench_preset_apply(&condition, &wires, false, NULL, &error), "%s: %s",
		part->name, error ? error->message : "");
	flash_set_listener(chip, &listener);
	return true;
}

static void
pass(int64_t ns)
{
	now_ns += ns;
	flash_tick(chip, now_ns);
}

static void
frame(int opcode, const uint8_t *in, uint8_t *out, size_t n)
{
	uint8_t byte = (uint8_t)opcode;

	flash_select(chip);
	flash_shift(chip, &byte, NULL, 1);
	flash_shift(chip, in, out, n);
	flash_deselect(chip, 0);
}

/* False: the part lacks that command. */
static bool
command(const char *name)
{
	int opcode = flash_opcode(part, name);

	if (opcode >= 0)
		frame(opcode, NULL, NULL, 0);
	return opcode >= 0;
}

static uint8_t
first_byte(void)
{
	uint8_t in[8] = {0};
	uint8_t out[8];
	int opcode = flash_opcode(part, "READ");
	size_t n_address = part->address_bytes;

	if (opcode < 0) {
		opcode = flash_opcode(part, "DF_READ_LEGACY");
		n_address += 4;
	}
	frame(opcode, in, out, n_address + 1);
	return out[n_address];
}

static void
power_cycle(void)
{
	flash_supply(chip, 0);
	pass(SECOND_NS);
	flash_supply(chip, part->vcc_max_mv);
	pass(SECOND_NS);
}

/* False: the part has no reset by 66 and 99. */
static bool
reset(void)
{
	if (!command("RSTEN"))
		return false;
	command("RST");
	pass(SECOND_NS);
	return true;
}

/* The chip can be used as if nothing had been. content: of byte 0. */
static void
check_usable(const char *after, uint8_t content)
{
	ck_assert_msg(!flash_is_busy(chip), "%s is busy after %s", part->name, after);
	ck_assert_msg(first_byte() == content && outcome == FLASH_DONE,
		"%s reads %02X after %s, %s", part->name, first_byte(), after,
		outcome == FLASH_DONE ? "done" : flash_outcome_string(outcome));
}

static void
remove_chip(void)
{
	g_clear_pointer(&chip, flash_destroy);
}

/* The operation ends by itself; content: of byte 0 afterwards. */
static void
check_operation(enum setup_mode mode, uint8_t content)
{
	ck_assert_msg(flash_is_busy(chip), "%s is not busy", part->name);
	first_byte();
	ck_assert_msg(outcome == FLASH_BUSY, "%s: a read is %s", part->name,
		flash_outcome_string(outcome));
	pass(HOUR_NS);
	check_usable("the operation", content);
	remove_chip();
	/* A power cycle or a reset interrupts it; of an erase the rest is undefined. */
	leave(mode);
	power_cycle();
	ck_assert(!flash_is_busy(chip));
	if (mode == SETUP_MODE_PROGRAMMING)
		check_usable("a power cycle", 0x00);
	remove_chip();
	leave(mode);
	if (reset())
		ck_assert_msg(!flash_is_busy(chip), "%s is busy after a reset", part->name);
}

/* Resumes by the part's command for that kind of operation. */
static void
resume(bool program)
{
	ck_assert(command("RESUME") || command(program ? "PGRS" : "ERRS"));
}

static void
check_not_suspended(bool program, const char *after)
{
	resume(program);
	ck_assert_msg(outcome == FLASH_NOT_SUSPENDED, "%s: a resume after %s is %s", part->name,
		after, flash_outcome_string(outcome));
	ck_assert(!flash_is_busy(chip));
}

/* content: of byte 0 after the resumed operation. */
static void
check_suspended(enum setup_mode mode, uint8_t content)
{
	bool program = mode == SETUP_MODE_PROGRAM_SUSPENDED;

	ck_assert(!flash_is_busy(chip));
	/* A part with a command for each kind ignores the other one. */
	if (command(program ? "ERRS" : "PGRS"))
		ck_assert_int_eq(outcome, FLASH_NOT_SUSPENDED);
	resume(program);
	ck_assert_msg(flash_is_busy(chip), "%s is not resumed", part->name);
	pass(HOUR_NS);
	check_usable("the operation", content);
	check_not_suspended(program, "the operation");
	remove_chip();
	leave(mode);
	power_cycle();
	check_not_suspended(program, "a power cycle");
	remove_chip();
	leave(mode);
	if (reset())
		check_not_suspended(program, "a reset");
}

static void
check_aai(void)
{
	ck_assert_uint_eq(first_byte(), 0xff);
	ck_assert_int_eq(outcome, FLASH_IN_AAI);
	ck_assert(command("WRDI"));
	check_usable("04", 0x00);
	remove_chip();
	leave(SETUP_MODE_AAI);
	power_cycle();
	check_usable("a power cycle", 0x00);
}

static void
check_otp(void)
{
	ck_assert_msg(first_byte() == 0xff, "%s shows its array", part->name);
	ck_assert_int_eq(outcome, FLASH_DONE);
	ck_assert(command("EXSO") || command("WRDI"));
	check_usable("C1 or 04", 0x00);
	remove_chip();
	leave(SETUP_MODE_OTP);
	power_cycle();
	check_usable("a power cycle", 0x00);
	remove_chip();
	leave(SETUP_MODE_OTP);
	if (reset())
		check_usable("a reset", 0x00);
}

static void
check_reset_enabled(void)
{
	ck_assert(command("RST"));
	ck_assert_msg(outcome == FLASH_DONE, "%s: 99 is refused: %s", part->name,
		flash_outcome_string(outcome));
	pass(SECOND_NS);
	check_usable("99", 0x00);
	remove_chip();
	/* Any other frame ends it. */
	leave(SETUP_MODE_RESET_ENABLED);
	check_usable("66", 0x00);
	command("RST");
	ck_assert_int_eq(outcome, FLASH_RESET_NOT_ENABLED);
	power_cycle();
	command("RST");
	ck_assert_int_eq(outcome, FLASH_RESET_NOT_ENABLED);
}

static bool
is_write_enabled(void)
{
	uint8_t status = 0;
	int opcode = flash_opcode(part, "RDSR1");

	frame(opcode >= 0 ? opcode : flash_opcode(part, "RDSR_ALL"), NULL, &status, 1);
	return status & 0x02;
}

static void
check_write_enabled(void)
{
	ck_assert_msg(is_write_enabled(), "%s: WEL is 0", part->name);
	check_usable("06", 0x00);
	ck_assert(is_write_enabled());
	command("WRDI");
	ck_assert_msg(!is_write_enabled(), "%s: WEL is 1 after 04", part->name);
	command("WREN");
	power_cycle();
	ck_assert_msg(!is_write_enabled(), "%s: WEL is 1 after a power cycle", part->name);
}

/* The registers, without BUSY and WEL. */
static void
read_registers(uint8_t *registers)
{
	for (unsigned int reg = 0; reg < FLASH_STATUS_REGISTERS; reg++)
		registers[reg] = flash_status_register(chip, reg);
	registers[0] &= 0xfc;
}

static void
check_writing_status(void)
{
	uint8_t before[FLASH_STATUS_REGISTERS];
	uint8_t after[FLASH_STATUS_REGISTERS];
	struct flash *fresh = flash_new(part, array, 1);
	struct flash *written = chip;

	chip = fresh;
	read_registers(before);
	g_clear_pointer(&fresh, flash_destroy);
	chip = written;
	check_operation(SETUP_MODE_WRITING_STATUS, 0x00);
	remove_chip();
	leave(SETUP_MODE_WRITING_STATUS);
	pass(HOUR_NS);
	read_registers(after);
	for (unsigned int reg = 0; reg < FLASH_STATUS_REGISTERS; reg++)
		ck_assert_msg(after[reg] == before[reg], "%s: register %u is %02X, not %02X",
			part->name, reg + 1, after[reg], before[reg]);
}

/* A host on single wires that sends 9F, whose frame has no opcode for the chip. */
static bool
answers_id(void)
{
	uint8_t id[FLASH_ID_MAX];

	frame(0x9f, NULL, id, part->id_length);
	return memcmp(id, part->id, part->id_length) == 0;
}

/* FF until M7-0 are complete, after the address: JESD216B, dword 15. */
static void
send_ff(void)
{
	static const uint8_t ones[] = {0xff, 0xff, 0xff};
	unsigned int n_lanes = flash_opcode(part, "4READ") >= 0 ? 4 : 2;
	unsigned int n_bits = (part->address_bytes + 1u) * 8;

	flash_select(chip);
	flash_shift(chip, ones, NULL, (n_bits / n_lanes + 7) / 8);
	flash_deselect(chip, 0);
}

static void
check_continuous_read(void)
{
	ck_assert_msg(!answers_id(), "%s answers 9F", part->name);
	remove_chip();
	leave(SETUP_MODE_CONTINUOUS_READ);
	send_ff();
	check_usable("FF", 0x00);
	remove_chip();
	leave(SETUP_MODE_CONTINUOUS_READ);
	power_cycle();
	check_usable("a power cycle", 0x00);
	remove_chip();
	if (!part->reset_pin)
		return;
	leave(SETUP_MODE_CONTINUOUS_READ);
	flash_pin(chip, FLASH_PIN_RESET, FLASH_LOW);
	flash_pin(chip, FLASH_PIN_RESET, FLASH_HIGH);
	pass(SECOND_NS);
	check_usable("RESET#", 0x00);
}

static void
check_mode(enum setup_mode mode)
{
	switch (mode) {
	case SETUP_MODE_ERASING:
		check_operation(mode, 0xff);
		break;
	case SETUP_MODE_PROGRAMMING:
		check_operation(mode, 0x00);
		break;
	case SETUP_MODE_WRITING_STATUS:
		check_writing_status();
		break;
	case SETUP_MODE_CONTINUOUS_READ:
		check_continuous_read();
		break;
	case SETUP_MODE_SUSPENDED:
		check_suspended(mode, 0xff);
		break;
	case SETUP_MODE_PROGRAM_SUSPENDED:
		check_suspended(mode, 0x00);
		break;
	case SETUP_MODE_AAI:
		check_aai();
		break;
	case SETUP_MODE_OTP:
		check_otp();
		break;
	case SETUP_MODE_RESET_ENABLED:
		check_reset_enabled();
		break;
	case SETUP_MODE_WRITE_ENABLED:
		check_write_enabled();
		break;
	default:
		ck_abort_msg("no check of mode %s", setup_mode_names[mode]);
	}
}

/* Modes, and the least number of parts that can be in each. */
static const struct {
	enum setup_mode mode;
	unsigned int parts;
} modes[] = {
	{SETUP_MODE_SUSPENDED, 100},
	{SETUP_MODE_PROGRAM_SUSPENDED, 100},
	{SETUP_MODE_ERASING, 500},
	{SETUP_MODE_PROGRAMMING, 500},
	{SETUP_MODE_WRITING_STATUS, 500},
	{SETUP_MODE_AAI, 10},
	{SETUP_MODE_OTP, 50},
	{SETUP_MODE_RESET_ENABLED, 100},
	{SETUP_MODE_WRITE_ENABLED, 500},
	{SETUP_MODE_CONTINUOUS_READ, 200},
};

START_TEST(every_part_that_can_be_is_left_unfinished_and_recovers)
{
	g_autoptr(GPtrArray) parts = chipdb_list(db, NULL);
	unsigned int n = 0;

	for (guint i = 0; i < parts->len; i++) {
		part = parts->pdata[i];
		if (!leave(modes[_i].mode))
			continue;
		n++;
		check_mode(modes[_i].mode);
		remove_chip();
	}
	ck_assert_uint_ge(n, modes[_i].parts);
}
END_TEST

/* A new mode of bench_is_unfinished() needs a row above. */
START_TEST(every_unfinished_mode_is_checked)
{
	for (enum setup_mode mode = 0; mode < SETUP_MODES; mode++) {
		bool checked = false;

		for (size_t i = 0; i < G_N_ELEMENTS(modes); i++)
			checked = checked || modes[i].mode == mode;
		ck_assert_msg(checked || !bench_is_unfinished(mode), "%s is not checked",
			setup_mode_names[mode]);
	}
}
END_TEST

Suite *
suite_unfinished(void)
{
	Suite *suite = suite_create("unfinished");
	TCase *tcase = tcase_create("unfinished");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, every_part_that_can_be_is_left_unfinished_and_recovers, 0,
		(int)G_N_ELEMENTS(modes));
	tcase_add_test(tcase, every_unfinished_mode_is_checked);
	suite_add_tcase(suite, tcase);
	return suite;
}
