/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chip on a clip whose wires can have faults. */
#include "clip_fixture.h"

#include <check.h>
#include <string.h>

#include "flash/partdata.h"

static const struct flash_part part = {
	.name = "TEST",
	.vendor = "spinor",
	.size = CLIP_ARRAY_SIZE,
	.page_size = 256,
	.address_bytes = 3,
	.wrsr_bytes = 1,
	.vcc_min_mv = 2700,
	.vcc_max_mv = 3600,
	.id = {0xef, 0x40, 0x14},
	.id_length = 3,
	.id_tail = FLASH_ID_FLOAT,
	.status = {{{.function = FLASH_BIT_BUSY}, {.function = FLASH_BIT_WEL}}},
	.commands = {{"RDID", -1}, {"RDSR1", -1}, {"WREN", -1}, {"WRDI", -1}, {"READ", -1},
		{"FAST_READ", -1}, {"PP", -1}, {"READ4", -1}, {"EN4B", -1}, {"EX4B", -1}},
	.n_commands = 10,
	.erases = {{.opcode = 0x20, .size = 4096, .time = {45000000, 400000000}}, {.opcode = 0xc7}},
	.n_erases = 2,
	.timing = {[FLASH_T_PP] = {400000, 3000000}},
};

static void
see(void *data, const struct flash_event *event)
{
	struct clip_fixture *f = data;

	if (event->kind == FLASH_EVENT_COMMAND)
		g_array_append_val(f->events, *event);
}

static void
hear(void *data, const struct clip_fault_report *report)
{
	struct clip_fixture *f = data;

	g_array_append_val(f->reports, *report);
}

struct clip_fixture *
clip_fixture_new(void)
{
	struct clip_fixture *f = g_new0(struct clip_fixture, 1);

	f->events = g_array_new(FALSE, FALSE, sizeof(struct flash_event));
	f->reports = g_array_new(FALSE, FALSE, sizeof(struct clip_fault_report));
	f->array = g_malloc(CLIP_ARRAY_SIZE);
	f->read = g_malloc(CLIP_ARRAY_SIZE);
	for (uint32_t i = 0; i < CLIP_ARRAY_SIZE; i++)
		f->array[i] = (uint8_t)((i + 1) * 2654435761u >> 16);
	base_clock_init(&f->clock, BASE_CLOCK_INSTANT);
	f->clip = clip_new(&f->clock);
	f->chip = flash_new(&part, f->array, 1);
	flash_set_corner(f->chip, FLASH_CORNER_INSTANT);
	flash_set_listener(f->chip, &(struct flash_listener){.event = see, .data = f});
	clip_attach(f->clip, 0, f->chip);
	clip_set_frequency(f->clip, CLIP_HZ);
	clip_set_fault_listener(f->clip, &(struct clip_fault_listener){.acted = hear, .data = f});
	return f;
}

void
clip_fixture_destroy(struct clip_fixture *f)
{
	clip_destroy(f->clip);
	flash_destroy(f->chip);
	g_array_free(f->events, TRUE);
	g_array_free(f->reports, TRUE);
	g_free(f->array);
	g_free(f->read);
	g_free(f);
}

void
clip_fixture_transfer(struct clip_fixture *f, const void *in, size_t n_in, void *out, size_t n_out)
{
	clip_select(f->clip, 0);
	clip_shift(f->clip, in, NULL, n_in);
	clip_shift(f->clip, NULL, out, n_out);
	clip_deselect(f->clip);
}

void
clip_fixture_read(struct clip_fixture *f, uint32_t address, size_t n)
{
	const uint8_t in[] = {
		0x03, (uint8_t)(address >> 16), (uint8_t)(address >> 8), (uint8_t)address};

	memset(f->read, 0xa5, n);
	clip_fixture_transfer(f, in, sizeof in, f->read, n);
}

uint8_t
clip_fixture_status(struct clip_fixture *f)
{
	uint8_t status;

	clip_fixture_transfer(f, "\x05", 1, &status, 1);
	return status;
}

unsigned int
clip_fixture_put(struct clip_fixture *f, const struct clip_fault *fault)
{
	unsigned int id;

	ck_assert_pstr_eq(clip_fault_check(fault), NULL);
	id = clip_fault_add(f->clip, fault);
	ck_assert_uint_gt(id, 0);
	return id;
}

unsigned int
clip_fixture_add(struct clip_fixture *f, enum clip_fault_what what, enum clip_line line)
{
	struct clip_fault fault;

	clip_fault_init(&fault, what);
	fault.line = line;
	return clip_fixture_put(f, &fault);
}

const struct flash_event *
clip_fixture_event(const struct clip_fixture *f, size_t i)
{
	ck_assert_uint_lt(i, f->events->len);
	return &g_array_index(f->events, struct flash_event, i);
}

const struct clip_fault_report *
clip_fixture_report(const struct clip_fixture *f, size_t i)
{
	ck_assert_uint_lt(i, f->reports->len);
	return &g_array_index(f->reports, struct clip_fault_report, i);
}

void
clip_fixture_forget(struct clip_fixture *f)
{
	g_array_set_size(f->events, 0);
	g_array_set_size(f->reports, 0);
}

size_t
clip_fixture_wrong_bits(const struct clip_fixture *f, uint32_t address, size_t n)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++)
		wrong += (size_t)__builtin_popcount(f->read[i] ^ f->array[address + i]);
	return wrong;
}

void
clip_fixture_assert_sound(struct clip_fixture *f)
{
	uint8_t id[3];

	clip_fixture_forget(f);
	clip_fixture_transfer(f, "\x9f", 1, id, 3);
	ck_assert_mem_eq(id, "\xef\x40\x14", 3);
	ck_assert_uint_eq(f->reports->len, 0);
	ck_assert_uint_eq(f->events->len, 1);
	ck_assert_uint_eq(clip_fixture_event(f, 0)->outcome, FLASH_DONE);
}

void
clip_fixture_assert_id(struct clip_fixture *f, const char *id)
{
	uint8_t got[3];

	clip_fixture_transfer(f, "\x9f", 1, got, 3);
	ck_assert_mem_eq(got, id, 3);
}

void
clip_fixture_assert_report(struct clip_fixture *f, enum clip_fault_what what, enum clip_line line,
	enum flash_level level)
{
	const struct clip_fault_report *report = clip_fixture_report(f, 0);

	ck_assert_uint_eq(f->reports->len, 1);
	ck_assert_uint_eq(report->fault->what, what);
	ck_assert_uint_eq(report->line, line);
	ck_assert_uint_eq(report->level, level);
	ck_assert_uint_eq(report->byte, 0);
	ck_assert_uint_eq(report->bit, 0);
}
