/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AT45 DataFlash: pages, reads, the two buffers and the status register. Programs and erases are in
 * dataflash_program.c, protection in dataflash_protect.c. There is no WEL.
 *
 *   address |  - - -  |  page  |  byte in page  |      264-byte pages: 9 bits for the byte
 *
 * The size of a page is a power of two, or 1/32 more on most parts as delivered. The image has the
 * page size of the part. In the other mode either some bytes of a page of the image cannot be
 * reached, or the host sees bytes that are not in the image: these read FF, and writes to them have
 * no effect.
 *
 * Follows AT45DB161D 3500O, AT45DB161E 8782D and others where named. From these data sheets as
 * remembered, unconfirmed: which commands are accepted while busy (buffers and status, not the
 * array), timing, a byte address beyond the page (taken modulo its size), and that buffers are FF
 * after power-up.
 *
 * Left out: 9F while busy; WP# and RESET# of the B and C series (the first 256 pages); frames that
 * continue a buffer write as a page program of the same buffer.
 */
#include "flash/commands/dataflash.h"

#include "flash/cells/cells.h"
#include "flash/commands/families.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/life.h"
#include "flash/engine/opcodes.h"
#include "flash/engine/operation.h"
#include "flash/engine/supply.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

enum {
	STATUS_READY = 0x80, /* of each status byte */
};

bool
flash_part_is_dataflash(const struct flash_part *part)
{
	for (unsigned int i = 0; i < part->n_commands; i++) {
		if (strncmp(part->commands[i].name, "DF_", 3) == 0)
			return true;
	}
	return false;
}

/* The largest power of two up to n. */
static uint32_t
binary_part(uint32_t n)
{
	while (n & (n - 1))
		n &= n - 1;
	return n;
}

/* Bytes of a buffer, which holds a page of either size; 0: no DataFlash. */
static size_t
buffer_size(const struct flash *chip)
{
	const struct flash_dataflash *df = chip->dataflash;

	return df ? df->binary + df->binary / 32 : 0;
}

static void
create(struct flash *chip)
{
	const struct flash_part *part = chip->part;
	struct flash_dataflash *df;
	uint32_t binary;

	if (!flash_part_is_dataflash(part))
		return;
	binary = binary_part(part->page_size);
	df = g_new0(struct flash_dataflash, 1);
	df->stride = part->page_size;
	df->binary = binary;
	df->n_pages = (uint32_t)(part->size / part->page_size);
	df->n_status = part->status[1][7].function == FLASH_BIT_NONE ? 1 : 2;
	df->settings = df->stride == binary ? SETTING_BINARY : 0;
	chip->dataflash = df;
	for (unsigned int i = 0; i < 2; i++)
		df->buffers[i] = g_malloc(buffer_size(chip));
	flash_keep(chip, "dataflash", &df->settings, 1);
}

static void
destroy(struct flash *chip)
{
	struct flash_dataflash *df = chip->dataflash;

	if (!df)
		return;
	for (unsigned int i = 0; i < 2; i++)
		g_free(df->buffers[i]);
	g_free(df->protection);
	g_free(df->lockdown);
	g_free(df);
}

void
flash_dataflash_apply_page(struct flash *chip)
{
	struct flash_dataflash *df = chip->dataflash;

	df->page = df->settings & SETTING_BINARY ? df->binary : df->binary + df->binary / 32;
	df->byte_bits = 0;
	while (1u << df->byte_bits < df->page)
		df->byte_bits++;
}

static void
lose_buffers(struct flash *chip)
{
	struct flash_dataflash *df = chip->dataflash;

	if (!df)
		return;
	for (unsigned int i = 0; i < 2; i++)
		memset(df->buffers[i], 0xff, buffer_size(chip));
}

static void
reset(struct flash *chip, bool lost_power)
{
	if (!chip->dataflash || !lost_power)
		return;
	chip->dataflash->protection_on = false;
	chip->dataflash->differs = false;
	flash_dataflash_apply_page(chip);
	lose_buffers(chip);
}

uint32_t
flash_dataflash_page(const struct flash *chip)
{
	const struct flash_dataflash *df = chip->dataflash;

	return chip->frame.address >> df->byte_bits & (df->n_pages - 1);
}

uint32_t
flash_dataflash_byte(const struct flash *chip)
{
	const struct flash_dataflash *df = chip->dataflash;

	return (chip->frame.address & ((1u << df->byte_bits) - 1)) % df->page;
}

void
flash_dataflash_get_page(struct flash *chip, uint32_t page, uint8_t *to)
{
	const struct flash_dataflash *df = chip->dataflash;
	uint32_t held = MIN(df->page, df->stride);

	memcpy(to, chip->array + (uint64_t)page * df->stride, held);
	if (flash_cells_err(chip))
		flash_cells_read(chip, (uint64_t)page * df->stride, to, held);
	memset(to + held, 0xff, df->page - held);
}

/* Copies up to n bytes from offset on, not beyond the page's end; returns how many. */
static size_t
copy_from_page(struct flash *chip, uint64_t page, uint32_t offset, uint8_t *out, size_t n)
{
	const struct flash_dataflash *df = chip->dataflash;
	size_t span = MIN(n, df->page - offset);
	size_t held = offset < df->stride ? MIN(span, df->stride - offset) : 0;

	memcpy(out, chip->array + page * df->stride + offset, held);
	if (flash_cells_err(chip))
		flash_cells_read(chip, page * df->stride + offset, out, held);
	memset(out + held, 0xff, span - held);
	return span;
}

/* The cursor counts the bytes that a host sees. */
static void
read_start(struct flash *chip)
{
	chip->frame.cursor = (uint64_t)flash_dataflash_page(chip) * chip->dataflash->page +
		flash_dataflash_byte(chip);
}

/* Continues over page boundaries, and wraps at the end of the array. */
static void
read_out(struct flash *chip, uint8_t *out, size_t n)
{
	const struct flash_dataflash *df = chip->dataflash;
	uint64_t total = (uint64_t)df->n_pages * df->page;
	uint64_t cursor = chip->frame.cursor;

	while (n) {
		size_t span;

		if (df->page == df->stride) {
			span = MIN(n, total - cursor);
			memcpy(out, chip->array + cursor, span);
			if (flash_cells_err(chip))
				flash_cells_read(chip, cursor, out, span);
		} else {
			span = copy_from_page(
				chip, cursor / df->page, (uint32_t)(cursor % df->page), out, n);
		}
		out += span;
		n -= span;
		cursor += span;
		if (cursor == total)
			cursor = 0;
	}
	chip->frame.cursor = cursor;
}

/* Wraps at the end of the page. */
static void
page_read_out(struct flash *chip, uint8_t *out, size_t n)
{
	uint32_t size = chip->dataflash->page;
	uint64_t page = chip->frame.cursor / size;
	uint32_t offset = (uint32_t)(chip->frame.cursor % size);

	while (n) {
		size_t span = copy_from_page(chip, page, offset, out, n);

		out += span;
		n -= span;
		offset = (uint32_t)((offset + span) % size);
	}
	chip->frame.cursor = page * size + offset;
}

/* During an operation on the array a host can use the buffer that is not involved. */
static bool
buffer_can_be_used(const struct flash *chip, unsigned int buffer)
{
	const struct flash_operation *operation = &chip->operation;

	if (!operation->kind)
		return true;
	if (operation->buffer == 0 && !flash_operation_is_for(operation, FLASH_FOR_PROGRAM) &&
		!flash_operation_is_for(operation, FLASH_FOR_ERASE))
		return false;
	return operation->buffer != buffer + 1;
}

bool
flash_dataflash_buffer_free(struct flash *chip, unsigned int buffer)
{
	const struct flash_operation *suspended = &chip->suspended;

	if (!buffer_can_be_used(chip, buffer))
		chip->frame.outcome = FLASH_BUSY;
	else if (flash_operation_is_for(suspended, FLASH_FOR_PROGRAM) &&
		suspended->buffer == buffer + 1)
		chip->frame.outcome = FLASH_SUSPENDED;
	return chip->frame.outcome == FLASH_DONE;
}

static void
buffer_read_start(struct flash *chip)
{
	if (!buffer_can_be_used(chip, chip->frame.command->argument))
		chip->frame.outcome = FLASH_BUSY;
	chip->frame.cursor = flash_dataflash_byte(chip);
}

static void
buffer_read_out(struct flash *chip, uint8_t *out, size_t n)
{
	const uint8_t *buffer = chip->dataflash->buffers[chip->frame.command->argument];
	uint32_t size = chip->dataflash->page;
	uint64_t cursor = chip->frame.cursor;

	for (size_t i = 0; i < n; i++) {
		out[i] = buffer[cursor];
		cursor = cursor + 1 == size ? 0 : cursor + 1;
	}
	chip->frame.cursor = cursor;
}

void
flash_dataflash_fill(struct flash *chip, uint8_t *ring, const uint8_t *in, size_t n)
{
	uint32_t size = chip->dataflash->page;
	uint64_t cursor = chip->frame.cursor;

	while (n) {
		size_t span = MIN(n, size - cursor);

		memcpy(ring + cursor, in, span);
		in += span;
		n -= span;
		cursor = cursor + span == size ? 0 : cursor + span;
	}
	chip->frame.cursor = cursor;
}

static void
buffer_write_start(struct flash *chip)
{
	flash_dataflash_buffer_free(chip, chip->frame.command->argument);
	chip->frame.cursor = flash_dataflash_byte(chip);
}

static void
buffer_write_in(struct flash *chip, const uint8_t *in, size_t n)
{
	flash_dataflash_fill(chip, chip->dataflash->buffers[chip->frame.command->argument], in, n);
}

/* Sets a bit that the chip computes at each read, whatever the default of the register. */
static void
show(const struct flash *chip, unsigned int reg, uint8_t *value, enum flash_bit bit, bool on)
{
	struct flash_bit_position position = chip->bit[bit];

	if (position.reg == reg)
		*value = on ? *value | position.mask : *value & ~position.mask;
}

uint8_t
flash_dataflash_status(const struct flash *chip, unsigned int reg)
{
	const struct flash_dataflash *df = chip->dataflash;
	uint8_t value = chip->status[reg] & ~STATUS_READY;

	if (!chip->operation.kind && reg < df->n_status)
		value |= STATUS_READY;
	show(chip, reg, &value, FLASH_BIT_COMP, df->differs);
	show(chip, reg, &value, FLASH_BIT_PROTECT, flash_dataflash_protection_on(chip));
	show(chip, reg, &value, FLASH_BIT_PAGE_SIZE, df->page == df->binary);
	show(chip, reg, &value, FLASH_BIT_SLE, !(df->settings & SETTING_FROZEN));
	return value;
}

/* Repeats one byte, or two in turn. */
static void
status_out(struct flash *chip, uint8_t *out, size_t n)
{
	unsigned int n_status = chip->dataflash->n_status;
	uint64_t position = chip->frame.position;

	for (size_t i = 0; i < n; i++, position++)
		out[i] = flash_dataflash_status(chip, (unsigned int)(position % n_status));
}

/* F0 00 00 00, all four bytes. Protection does not change (unconfirmed). */
static void
reset_finish(struct flash *chip)
{
	if (chip->frame.address == 0)
		flash_power_reset(chip);
	else
		chip->frame.outcome = FLASH_UNKNOWN_OPCODE;
}

#define READ .data_max = DATA_ANY, .start = read_start, .out = read_out, .purpose = FLASH_FOR_READ
#define BUFFER_READ                                                                 \
	.gates = GATE_WHILE_BUSY, .data_max = DATA_ANY, .start = buffer_read_start, \
	.out = buffer_read_out
#define BUFFER_WRITE                                                   \
	.gates = GATE_WHILE_BUSY | GATE_ANY_END, .data_max = DATA_ANY, \
	.start = buffer_write_start, .in = buffer_write_in

static const struct flash_command commands[] = {
	{"DF_READ", 0x03, ADDRESS, READ},
	{"DF_READ_LP", 0x01, ADDRESS, READ},
	{"DF_FAST_READ", 0x0b, ADDRESS, READ, .dummy_clocks = 8},
	{"DF_READ_HF", 0x1b, ADDRESS, READ, .dummy_clocks = 16},
	{"DF_READ_LEGACY", 0xe8, ADDRESS, READ, .dummy_clocks = 32},
	{"DF_PAGE_READ", 0xd2, ADDRESS, .dummy_clocks = 32, .data_max = DATA_ANY,
		.start = read_start, .out = page_read_out, .purpose = FLASH_FOR_READ},
	{"DF_BUF1_READ", 0xd4, ADDRESS, BUFFER_READ, .dummy_clocks = 8, .argument = 0},
	{"DF_BUF2_READ", 0xd6, ADDRESS, BUFFER_READ, .dummy_clocks = 8, .argument = 1},
	{"DF_BUF1_READ_LF", 0xd1, ADDRESS, BUFFER_READ, .argument = 0},
	{"DF_BUF2_READ_LF", 0xd3, ADDRESS, BUFFER_READ, .argument = 1},
	{"DF_BUF1_WRITE", 0x84, ADDRESS, BUFFER_WRITE, .argument = 0},
	{"DF_BUF2_WRITE", 0x87, ADDRESS, BUFFER_WRITE, .argument = 1},
	{"DF_RESET", 0xf0, 3, .gates = GATE_WHILE_BUSY, .finish = reset_finish},
	{"DF_RDSR", 0xd7, .gates = GATE_WHILE_BUSY, .data_max = DATA_ANY, .out = status_out,
		.purpose = FLASH_FOR_STATUS_READ},
	{0},
};

const struct flash_family flash_dataflash_family = {
	.commands = commands,
	.create = create,
	.destroy = destroy,
	.reset = reset,
	.page_bytes = buffer_size,
	.woke = lose_buffers,
};
