/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A W25Q128JV for tests. The part is defined here, from revision M of its data sheet, 24 December
 * 2024, so that the engine is tested without the reader of part files. No time passes on the wire
 * unless a test sets a clock.
 *
 * Arrays are private mappings of one erased wafer, created before the test forks, with an unmapped
 * page before and after: any access of the engine outside its array faults.
 */
#define _GNU_SOURCE /* memfd_create() */
#include "flash_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define US INT64_C(1000)
#define MS (1000 * US)
#define SECOND (1000 * MS)

/* 8.1.2 and 8.1.3, without the erases. */
static const char *const commands[] = {"WREN", "VWREN", "WRDI", "RES", "REMS", "RDID", "RDUID",
	"READ", "FAST_READ", "PP", "RDSR1", "WRSR", "RDSR2", "WRSR2", "RDSR3", "WRSR3", "RDSFDP",
	"ERSCUR", "PRSCUR", "RDSCUR", "GLOBAL_LOCK", "GLOBAL_UNLOCK", "RDBLOCK", "BLOCK_LOCK",
	"BLOCK_UNLOCK", "SUSPEND", "RESUME", "DP", "RSTEN", "RST", "DREAD", "2READ", "DREMS", "QPP",
	"QREAD", "QREMS", "4READ", "BURST_WRAP"};

/* Figures 4a to 4c, from bit 7 down. QE is fixed in ordering codes IQ and JQ (7.1.4). */
static const struct flash_register_bit registers[FLASH_STATUS_REGISTERS][8] = {
	{{.function = FLASH_BIT_SRP}, {.function = FLASH_BIT_SEC}, {.function = FLASH_BIT_TB},
		{.function = FLASH_BIT_BP2}, {.function = FLASH_BIT_BP1},
		{.function = FLASH_BIT_BP0}, {.function = FLASH_BIT_WEL, .read_only = true},
		{.function = FLASH_BIT_BUSY, .read_only = true}},
	{{.function = FLASH_BIT_SUS, .read_only = true}, {.function = FLASH_BIT_CMP},
		{.function = FLASH_BIT_LB3, .otp = true}, {.function = FLASH_BIT_LB2, .otp = true},
		{.function = FLASH_BIT_LB1, .otp = true}, {.function = FLASH_BIT_NONE},
		{.function = FLASH_BIT_QE, .read_only = true}, {.function = FLASH_BIT_SRL}},
	{{.function = FLASH_BIT_NONE}, {.function = FLASH_BIT_DRV1}, {.function = FLASH_BIT_DRV0},
		{.function = FLASH_BIT_NONE}, {.function = FLASH_BIT_NONE},
		{.function = FLASH_BIT_WPS}, {.function = FLASH_BIT_NONE},
		{.function = FLASH_BIT_NONE}},
};

/* 9.6, except tBP1 and tBP2: revision M lacks them, they are from earlier ones. */
static const struct flash_time timing[FLASH_TIMINGS] = {
	[FLASH_T_PP] = {400 * US, 3 * MS},
	[FLASH_T_BP1] = {30 * US, 50 * US},
	[FLASH_T_BP2] = {2500, 12 * US},
	[FLASH_T_W] = {10 * MS, 15 * MS},
	[FLASH_T_DP] = {3 * US, 3 * US},
	[FLASH_T_RES1] = {3 * US, 3 * US},
	[FLASH_T_RES2] = {1800, 1800},
	[FLASH_T_SUS] = {20 * US, 20 * US},
	[FLASH_T_RST] = {30 * US, 30 * US},
	[FLASH_T_VSL] = {20 * US, 20 * US},
	[FLASH_T_PUW] = {5 * MS, 5 * MS},
};

static const struct flash_erase erases[] = {
	{0x20, .size = 4096, .time = {45 * MS, 400 * MS}},
	{0x52, .size = 32768, .time = {120 * MS, 1600 * MS}},
	{0xd8, .size = 65536, .time = {150 * MS, 2000 * MS}},
	{0xc7, .size = 0, .time = {40 * SECOND, 200 * SECOND}},
	{0x60, .size = 0, .time = {40 * SECOND, 200 * SECOND}},
};

void
fixture_part_init(struct flash_part *part)
{
	*part = (struct flash_part){
		.name = "W25Q128JV",
		.vendor = "Winbond",
		.size = FIXTURE_SIZE,
		.page_size = 256,
		.vcc_min_mv = 2700,
		.vcc_max_mv = 3600,
		.address_bytes = 3,
		.id = {0xef, 0x40, 0x18},
		.id_length = 3,
		.id_tail = FLASH_ID_ZERO,
		.manufacturer = 0xef,
		.device_id = 0x17,
		.res = {0x17},
		.res_length = 1,
		.unique_id_length = 8,
		.unique_id_tail = FLASH_ID_FLOAT,
		.status_default = {0x00, 0x02, 0x60},
		.wrsr_bytes = 2,
		.any_registers = {1, 3, 2, 4, 5, 6},
		.evcr_default = 0xdf,
		.dies = 1,
		.wel_kept_on_reject = true,
		.range_rule = FLASH_RANGE_POW2,
		.n_commands = G_N_ELEMENTS(commands),
		.n_erases = G_N_ELEMENTS(erases),
		.security_registers = 3,
		.security_register_size = 256,
		.security_register_first = 1,
		.sfdp = FLASH_SFDP_GENERATED,
		.sfdp_wrap = 256,
		.read_max_hz = 50000000,
		.fast_read_max_hz = 133000000,
	};
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		ck_assert_msg(flash_command_known(commands[i]), "no command %s", commands[i]);
		part->commands[i] = (struct flash_part_command){commands[i], -1};
	}
	for (unsigned int reg = 0; reg < FLASH_STATUS_REGISTERS; reg++) {
		for (unsigned int bit = 0; bit < 8; bit++)
			part->status[reg][bit] = registers[reg][7 - bit];
	}
	memcpy(part->timing, timing, sizeof(timing));
	memcpy(part->erases, erases, sizeof(erases));
}

void
fixture_part_resize(struct flash_part *part, uint64_t size)
{
	unsigned int kept = 0;

	part->size = size;
	for (unsigned int i = 0; i < part->n_erases; i++) {
		if (part->erases[i].size <= size)
			part->erases[kept++] = part->erases[i];
	}
	part->n_erases = kept;
}

void
fixture_part_commands(struct flash_part *part, const char *commands_text)
{
	g_auto(GStrv) words = g_strsplit(commands_text, " ", -1);

	part->n_commands = 0;
	for (char **word = words; *word; word++) {
		char *colon = strchr(*word, ':');
		int opcode = colon ? (int)strtol(colon + 1, NULL, 16) : -1;

		if (colon)
			*colon = '\0';
		ck_assert_msg(flash_command_known(*word), "no command %s", *word);
		part->commands[part->n_commands++] =
			(struct flash_part_command){g_intern_string(*word), opcode};
	}
}

void
fixture_part_register(struct flash_part *part, unsigned int reg, const enum flash_bit *bits)
{
	for (unsigned int i = 0; i < 8; i++) {
		enum flash_bit bit = bits[7 - i];

		part->status[reg][i] = (struct flash_register_bit){.function = bit,
			.read_only = bit == FLASH_BIT_BUSY || bit == FLASH_BIT_WEL ||
				bit == FLASH_BIT_AAI};
	}
}

static int wafer = -1;
static const size_t hole = 1 << 20;

void
fixture_prepare(void)
{
	g_autofree uint8_t *erased = NULL;

	if (wafer >= 0)
		return;
	erased = g_malloc(FIXTURE_SIZE);
	memset(erased, 0xff, FIXTURE_SIZE);
	wafer = memfd_create("wafer", MFD_CLOEXEC);
	/* Runs outside of tests: assertions of Check are not allowed here. */
	if (wafer < 0 || write(wafer, erased, FIXTURE_SIZE) != (ssize_t)FIXTURE_SIZE)
		g_error("no memory for an erased wafer");
}

static uint8_t *
map_array(size_t size)
{
	uint8_t *whole = mmap(NULL, size + 2 * hole, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	ck_assert_ptr_ne(whole, MAP_FAILED);
	fixture_prepare();
	/* Larger arrays are several wafers side by side. */
	for (size_t at = 0; at < size; at += FIXTURE_SIZE)
		ck_assert_ptr_eq(mmap(whole + hole + at, MIN(size - at, FIXTURE_SIZE),
					 PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, wafer, 0),
			whole + hole + at);
	return whole + hole;
}

static void
keep_event(void *data, const struct flash_event *event)
{
	struct fixture *f = data;

	g_array_append_val(f->events, *event);
	if (event->kind == FLASH_EVENT_COMMAND)
		f->last = *event;
}

struct fixture *
fixture_new_seed(const struct flash_part *part, uint64_t seed)
{
	struct fixture *f = g_new0(struct fixture, 1);
	struct flash_listener listener = {keep_event, f};

	f->part = *part;
	f->array = map_array(part->size);
	f->events = g_array_new(FALSE, FALSE, sizeof(struct flash_event));
	f->chip = flash_new(&f->part, f->array, seed);
	flash_set_listener(f->chip, &listener);
	return f;
}

struct fixture *
fixture_new_part(const struct flash_part *part)
{
	return fixture_new_seed(part, 1);
}

struct fixture *
fixture_new(void)
{
	struct flash_part part;

	fixture_part_init(&part);
	return fixture_new_part(&part);
}

static void
count_act(void *data, const struct flash_fault_report *report)
{
	struct fixture *f = data;

	f->n_acts++;
	f->act = *report;
}

void
fixture_count_acts(struct fixture *f)
{
	flash_set_fault_listener(f->chip, &(struct flash_fault_listener){count_act, f});
	f->n_acts = 0;
}

void
fixture_destroy(struct fixture *f)
{
	flash_destroy(f->chip);
	g_array_free(f->events, TRUE);
	munmap(f->array - hole, f->part.size + 2 * hole);
	g_free(f);
}

size_t
fixture_parse(const char *hex, uint8_t *bytes)
{
	size_t n = 0;

	while (*hex) {
		if (g_ascii_isxdigit(hex[0]) && g_ascii_isxdigit(hex[1])) {
			ck_assert_uint_lt(n, FIXTURE_FRAME_MAX);
			bytes[n++] =
				g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]);
			hex += 2;
		} else {
			ck_assert_msg(*hex == ' ', "not hexadecimal: %s", hex);
			hex++;
		}
	}
	return n;
}

enum flash_outcome
fixture_frame(struct fixture *f, const uint8_t *bytes, size_t n, unsigned int extra)
{
	guint before = f->events->len;

	flash_select(f->chip);
	flash_shift(f->chip, bytes, f->miso, n);
	f->miso_n = n;
	flash_deselect(f->chip, extra);
	/* Check records every assertion, which is too slow for every frame. */
	if (f->events->len == before)
		ck_abort_msg("a frame without an event");
	return f->last.outcome;
}

void
fixture_pass(struct fixture *f, int64_t ns)
{
	f->now_ns += ns;
	flash_tick(f->chip, f->now_ns);
}

void
fixture_wait(struct fixture *f)
{
	if (!flash_is_busy(f->chip))
		return;
	f->now_ns = flash_busy_until(f->chip);
	flash_tick(f->chip, f->now_ns);
	ck_assert(!flash_is_busy(f->chip));
}

enum flash_outcome
fixture_run(struct fixture *f, const char *script)
{
	g_auto(GStrv) steps = g_strsplit(script ? script : "", ";", -1);

	for (char **step = steps; *step; step++) {
		uint8_t bytes[FIXTURE_FRAME_MAX];
		char *text = g_strstrip(*step);
		char *extra = strchr(text, '+');

		if (*text == '\0')
			continue;
		if (*text == 'W') {
			fixture_wait(f);
		} else if (*text == 'T') {
			fixture_pass(f, g_ascii_strtoll(text + 1, NULL, 10));
		} else if (*text == 'H' || *text == 'L') {
			flash_pin(f->chip, FLASH_PIN_WP, *text == 'H');
		} else if (*text == 'P') {
			flash_supply(f->chip, 0);
			flash_supply(f->chip, 3300);
			fixture_pass(f, 10 * MS);
		} else {
			if (extra)
				*extra = '\0';
			fixture_frame(f, bytes, fixture_parse(text, bytes),
				extra ? (unsigned int)atoi(extra + 1) : 0);
		}
	}
	return f->last.outcome;
}

void
fixture_set_commands(struct flash_part *part, const char *names)
{
	part->n_commands = 0;
	fixture_add_commands(part, names);
}

void
fixture_set_register(
	struct flash_part *part, unsigned int reg, const struct flash_register_bit bits[8])
{
	for (unsigned int i = 0; i < 8; i++)
		part->status[reg - 1][i] = bits[7 - i];
}

uint8_t
fixture_status(struct fixture *f, unsigned int reg)
{
	static const uint8_t opcodes[] = {0x05, 0x35, 0x15};
	uint8_t value;

	flash_select(f->chip);
	flash_shift(f->chip, &opcodes[reg - 1], NULL, 1);
	flash_shift(f->chip, NULL, &value, 1);
	flash_deselect(f->chip, 0);
	return value;
}

void
fixture_assert_status(struct fixture *f, const char *registers_hex, const char *what)
{
	g_autofree char *found = g_strdup_printf(
		"%02X %02X %02X", fixture_status(f, 1), fixture_status(f, 2), fixture_status(f, 3));

	ck_assert_msg(strcmp(found, registers_hex) == 0, "%s: SR1-3 are %s, expected %s", what,
		found, registers_hex);
}

void
fixture_assert_miso(const struct fixture *f, const char *hex, const char *what)
{
	uint8_t expected[FIXTURE_FRAME_MAX];
	size_t n = fixture_parse(hex, expected);

	ck_assert_msg(n <= f->miso_n, "%s: frame too short for its reply", what);
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(f->miso[f->miso_n - n + i] == expected[i],
			"%s: byte %zu of the reply is %02X, expected %02X", what, i,
			f->miso[f->miso_n - n + i], expected[i]);
}

void
fixture_assert_filled(
	const struct fixture *f, size_t address, size_t n, uint8_t value, const char *what)
{
	if (n == 0 ||
		(f->array[address] == value &&
			memcmp(f->array + address, f->array + address + 1, n - 1) == 0))
		return;
	for (size_t i = address; i < address + n; i++) {
		if (f->array[i] != value)
			ck_abort_msg(
				"%s: %06zX is %02X, expected %02X", what, i, f->array[i], value);
	}
}

unsigned int
fixture_count(const struct fixture *f, enum flash_event_kind kind)
{
	unsigned int n = 0;

	for (guint i = 0; i < f->events->len; i++)
		n += g_array_index(f->events, struct flash_event, i).kind == kind;
	return n;
}

void
fixture_add_commands(struct flash_part *part, const char *mnemonics)
{
	g_auto(GStrv) words = g_strsplit(mnemonics, " ", -1);

	for (char **word = words; *word; word++) {
		char *colon = strchr(*word, ':');
		int opcode = colon ? (int)g_ascii_strtoull(colon + 1, NULL, 16) : -1;

		if (colon)
			*colon = '\0';
		ck_assert_msg(flash_command_known(*word), "no command %s", *word);
		/* A part refers to its names: they live until the test ends. */
		part->commands[part->n_commands++] =
			(struct flash_part_command){g_intern_string(*word), opcode};
	}
}

void
fixture_set_bit(
	struct flash_part *part, unsigned int reg, unsigned int bit, enum flash_bit function)
{
	part->status[reg][bit] = (struct flash_register_bit){.function = function};
}

void
fixture_check_rows(const struct fixture_row *rows, size_t n)
{
	struct flash_part part;

	fixture_part_init(&part);
	fixture_check_rows_of(&part, rows, n);
}

void
fixture_check_rows_of(const struct flash_part *part, const struct fixture_row *rows, size_t n)
{
	for (const struct fixture_row *row = rows; row < rows + n; row++) {
		struct fixture *f = fixture_new_part(part);
		enum flash_outcome outcome;

		fixture_run(f, row->before);
		outcome = fixture_run(f, row->send);
		ck_assert_msg(outcome == row->outcome, "%s: outcome \"%s\", expected \"%s\"",
			row->what, flash_outcome_string(outcome),
			flash_outcome_string(row->outcome));
		if (row->reply)
			fixture_assert_miso(f, row->reply, row->what);
		if (row->after)
			fixture_assert_status(f, row->after, row->what);
		fixture_destroy(f);
	}
}
