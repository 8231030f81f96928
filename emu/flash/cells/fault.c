/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of one chip. They act when an operation begins (its duration) and ends (its effect); then
 * stuck cells return to their level. Reads get errors of weak cells and disturb others (disturb.c).
 * A chip without faults has no list, and no cost.
 *
 * In ten dumps of a worn XM25QH32C bad cells read as two values that differ in one bit, and were in
 * one column over many blocks.
 */
#include "flash/fault.h"

#include "base/faultlist.h"
#include "base/random.h"
#include "flash/cells/cellfault.h"
#include "flash/cells/disturb.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/operation.h"
#include "flash/engine/supply.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

/* The longest duration when several faults slow one operation: 31 years. */
#define SLOWEST_NS 1e18

#define USUAL_PURPOSES (1u << FLASH_FOR_PROGRAM | 1u << FLASH_FOR_ERASE)

struct item {
	struct base_fault base; /* first: the list knows it */
	struct flash_fault fault;
	const struct row *row;
	bool reported;                 /* in this frame or operation */
	struct flash_disturb *disturb; /* READ_DISTURB */
};

struct flash_faults {
	struct base_fault_list list; /* of struct item */
	struct flash_fault_listener listener;
};

/* All that a fault is; the table is at the end. */
struct row {
	const char *name;
	void (*init)(struct flash_fault *fault);
	bool of_cells; /* some bits of some addresses */
	bool of_reads;
	const char *(*check)(const struct flash_part *part, const struct flash_fault *fault);
	void (*add)(struct flash *chip, struct item *item);
	/* An operation that matches has begun; false: that changes nothing. */
	bool (*begin)(struct flash *chip, struct item *item, struct flash_operation *operation);
	bool spoils; /* an operation that matches has no effect */
	/* Cells of the span have another content; true: other than they should. */
	bool (*change)(struct flash *chip, struct item *item, uint64_t from, uint64_t to);
	/* Addresses of [address, end) that the fault names, from first on, were read into out. */
	void (*read)(struct flash *chip, struct item *item, uint64_t address, uint64_t first,
		uint64_t end, uint8_t *out);
};

static const struct row rows[FLASH_FAULT_WHATS];

bool
flash_fault_what_from_string(const char *text, enum flash_fault_what *what)
{
	for (int i = 0; i < FLASH_FAULT_WHATS; i++) {
		if (strcmp(rows[i].name, text) == 0) {
			*what = (enum flash_fault_what)i;
			return true;
		}
	}
	return false;
}

const char *
flash_fault_what_string(enum flash_fault_what what)
{
	return what < FLASH_FAULT_WHATS ? rows[what].name : NULL;
}

static void
init_disturb(struct flash_fault *fault)
{
	fault->rate = 1e-6;
	fault->after = 1000;
}

void
flash_fault_init(struct flash_fault *fault, enum flash_fault_what what)
{
	*fault = (struct flash_fault){.what = what, .mask = 0x01, .rate = 0.5, .factor = 10};
	if (rows[what].init)
		rows[what].init(fault);
}

static const char *
check_rate(const struct flash_part *part, const struct flash_fault *fault)
{
	(void)part;
	return fault->rate > 0 && fault->rate <= 1 ? NULL
						   : "the rate has to be above 0 and up to 1";
}

static const char *
check_disturb(const struct flash_part *part, const struct flash_fault *fault)
{
	if (fault->after > FLASH_FAULT_AFTER_MAX)
		return "the reads without harm have to be up to 1000000000";
	if (flash_block_size(part) == 0)
		return "the part is not erased by blocks, whose reads could be counted";
	return check_rate(part, fault);
}

static const char *
check_voltage(const struct flash_part *part, const struct flash_fault *fault)
{
	return fault->millivolts >= 0 && fault->millivolts < part->vcc_min_mv
		? NULL
		: "the voltage has to be below the part's range";
}

static const char *
check_factor(const struct flash_part *part, const struct flash_fault *fault)
{
	(void)part;
	return fault->factor >= 1 && fault->factor <= 1e6
		? NULL
		: "the factor has to be from 1 to 1000000";
}

const char *
flash_fault_check(const struct flash_part *part, const struct flash_fault *fault)
{
	const struct row *row = &rows[fault->what];
	const char *wrong = base_fault_when_check(&fault->when);

	if (wrong)
		return wrong;
	if (fault->when.address_from >= part->size || fault->when.address_to > part->size)
		return "the addresses lie beyond the chip";
	if (row->of_cells && fault->mask == 0)
		return "no bit is named; allowed is a mask from 01 to FF";
	if (fault->every && fault->offset >= fault->every)
		return "the offset has to be below the distance";
	return row->check ? row->check(part, fault) : NULL;
}

static void
free_item(void *data)
{
	struct item *item = data;

	flash_disturb_free(item->disturb);
	g_free(item);
}

static struct flash_faults *
faults_of(struct flash *chip)
{
	if (!chip->faults) {
		chip->faults = g_new0(struct flash_faults, 1);
		base_fault_list_init(&chip->faults->list, chip->seed, free_item);
		chip->operations_watched = true;
	}
	return chip->faults;
}

static guint
count_items(const struct flash *chip)
{
	return chip->faults ? base_fault_list_length(&chip->faults->list) : 0;
}

static struct item *
item_at(const struct flash *chip, guint i)
{
	return base_fault_list_get(&chip->faults->list, i);
}

/* Reads and frames ask the faults only if one of them affects reads. */
static void
count_faulty_reads(struct flash *chip)
{
	chip->faulty_reads = false;
	for (guint i = 0; i < count_items(chip); i++)
		chip->faulty_reads |= item_at(chip, i)->row->of_reads;
	chip->frames_watched = chip->faulty_reads;
}

/* Counts n acts and reports the first one. */
static void
act_often(struct flash *chip, struct item *item, uint64_t address, uint64_t n)
{
	struct flash_fault_report report = {item->base.id, &item->fault, address, chip->now_ns};

	base_fault_acted(&item->base, n);
	if (chip->faults->listener.acted)
		chip->faults->listener.acted(chip->faults->listener.data, &report);
}

static void
act(struct flash *chip, struct item *item, uint64_t address)
{
	act_often(chip, item, address, 1);
}

/* The first address of the span that the fault applies to, or the span's end. */
static uint64_t
first_cell(const struct flash_fault *fault, uint64_t from, uint64_t to)
{
	if (fault->when.address_to && to > fault->when.address_to)
		to = fault->when.address_to;
	if (from < fault->when.address_from)
		from = fault->when.address_from;
	if (fault->every && from < to)
		from += ((uint64_t)fault->offset + fault->every - from % fault->every) %
			fault->every;
	return MIN(from, to);
}

static uint64_t
end_of_cells(const struct flash_fault *fault, uint64_t to)
{
	return fault->when.address_to ? MIN(to, fault->when.address_to) : to;
}

/* Sets stuck cells within the span to their level; true if that changed any. */
static bool
set_stuck(struct flash *chip, struct item *item, uint64_t from, uint64_t to)
{
	const struct flash_fault *fault = &item->fault;
	uint64_t end = end_of_cells(fault, to);
	uint64_t first = to;

	if (base_fault_is_spent(&item->base))
		return false;
	item->base.matched++;
	for (uint64_t at = first_cell(fault, from, to); at < end; at += MAX(fault->every, 1)) {
		uint8_t old = chip->array[at];
		uint8_t new = fault->level ? old | fault->mask : old & ~fault->mask;

		if (new == old)
			continue;
		chip->array[at] = new;
		flash_array_changed(chip, at, 1);
		first = MIN(first, at);
	}
	if (first < to)
		act(chip, item, first);
	return first < to;
}

unsigned int
flash_fault_add(struct flash *chip, const struct flash_fault *fault)
{
	struct item *item;

	if (flash_fault_check(chip->part, fault))
		return 0;
	item = g_new0(struct item, 1);
	item->fault = *fault;
	item->row = &rows[fault->what];
	item->base.fault = &item->fault;
	item->base.when = &item->fault.when;
	if (fault->when.purposes == 0)
		item->fault.when.purposes = USUAL_PURPOSES;
	base_fault_list_add(&faults_of(chip)->list, &item->base);
	count_faulty_reads(chip);
	if (item->row->add)
		item->row->add(chip, item);
	return item->base.id;
}

bool
flash_fault_remove(struct flash *chip, unsigned int id)
{
	bool removed = chip->faults && base_fault_list_remove(&chip->faults->list, id);

	count_faulty_reads(chip);
	return removed;
}

void
flash_fault_clear(struct flash *chip)
{
	if (chip->faults)
		base_fault_list_clear(&chip->faults->list);
	count_faulty_reads(chip);
}

bool
flash_fault_at(const struct flash *chip, size_t i, struct base_fault_status *status)
{
	return chip->faults && base_fault_list_at(&chip->faults->list, i, status);
}

void
flash_set_fault_listener(struct flash *chip, const struct flash_fault_listener *listener)
{
	faults_of(chip)->listener =
		listener ? *listener : (struct flash_fault_listener){NULL, NULL};
}

static void
destroy(struct flash *chip)
{
	if (!chip->faults)
		return;
	base_fault_list_free(&chip->faults->list);
	g_free(chip->faults);
}

/* Whether a fault acts on this operation, by nth, count and probability. */
static bool
acts_on(struct item *item, const struct flash_operation *operation)
{
	const struct base_fault_when *when = &item->fault.when;
	uint64_t end = (uint64_t)operation->address + MAX(operation->length, 1);

	return base_fault_when_has_purpose(when, operation->kind->purpose) &&
		base_fault_when_has_address(when, operation->address, end) &&
		base_fault_match(&item->base) && !base_fault_is_spent(&item->base);
}

/* The supply breaks down at a time between begin and end of the operation. */
static bool
begin_brown_out(struct flash *chip, struct item *item, struct flash_operation *operation)
{
	flash_supply_cut_operation(chip, operation, 0.05 + 0.9 * base_random_unit(&chip->random),
		item->fault.millivolts);
	return true;
}

static bool
begin_endless(struct flash *chip, struct item *item, struct flash_operation *operation)
{
	(void)chip;
	(void)item;
	operation->end_ns = INT64_MAX;
	return true;
}

static bool
begin_slow(struct flash *chip, struct item *item, struct flash_operation *operation)
{
	int64_t time_ns = operation->end_ns - operation->begin_ns;

	(void)chip;
	if (operation->end_ns == INT64_MAX) /* already endless */
		return false;
	operation->end_ns = operation->begin_ns +
		(int64_t)MIN((double)time_ns * item->fault.factor, SLOWEST_NS);
	return true;
}

static void
operation_began(struct flash *chip, struct flash_operation *operation)
{
	for (guint i = 0; i < count_items(chip); i++) {
		struct item *item = item_at(chip, i);

		if (item->row->begin && acts_on(item, operation) &&
			item->row->begin(chip, item, operation))
			act(chip, item, operation->address);
	}
}

static bool
operation_suppressed(struct flash *chip, const struct flash_operation *operation)
{
	bool suppressed = false;

	for (guint i = 0; i < count_items(chip); i++) {
		struct item *item = item_at(chip, i);

		if (!item->row->spoils || !acts_on(item, operation))
			continue;
		act(chip, item, operation->address);
		suppressed = true;
	}
	return suppressed;
}

static bool
change(struct flash *chip, uint64_t from, uint64_t to)
{
	bool failed = false;

	for (guint i = 0; i < count_items(chip); i++) {
		struct item *item = item_at(chip, i);

		if (item->row->change)
			failed |= item->row->change(chip, item, from, to);
	}
	return failed;
}

static void
operation_ended(struct flash *chip, const struct flash_operation *operation, bool interrupted)
{
	enum flash_purpose purpose = operation->kind->purpose;
	bool failed;

	if (purpose != FLASH_FOR_PROGRAM && purpose != FLASH_FOR_ERASE)
		return;
	failed = change(chip, operation->address, (uint64_t)operation->address + operation->length);
	if (failed && !interrupted)
		flash_cells_failed(chip, purpose == FLASH_FOR_ERASE);
}

static void
frame_edge(struct flash *chip)
{
	for (guint i = 0; i < count_items(chip); i++) {
		struct item *item = item_at(chip, i);
		uint64_t first = 0, n = 0;

		item->reported = false;
		if (item->disturb)
			n = flash_disturb_end(chip, item->disturb, &item->base, &first);
		if (n > 0)
			act_often(chip, item, first, n);
	}
}

void
flash_faults_erased(struct flash *chip, uint64_t start, uint64_t length)
{
	for (guint i = 0; i < count_items(chip); i++) {
		const struct item *item = item_at(chip, i);

		if (item->disturb)
			flash_disturb_erased(item->disturb, start, length);
	}
}

void
flash_array_replaced(struct flash *chip)
{
	change(chip, 0, chip->part->size);
}

static uint8_t
wrong_bits(struct item *item)
{
	uint8_t wrong = 0;

	for (unsigned int bit = 0; bit < 8; bit++) {
		if (item->fault.mask & 1u << bit &&
			base_random_chance(&item->base.random, item->fault.rate))
			wrong |= (uint8_t)(1u << bit);
	}
	return wrong;
}

/* The wrong bits of the byte; one report per operation. A cell is a bit. */
static uint8_t
read_weak_byte(struct flash *chip, struct item *item, uint64_t at)
{
	uint8_t wrong = wrong_bits(item);

	item->base.matched += (uint64_t)__builtin_popcount(item->fault.mask);
	while ((uint64_t)__builtin_popcount(wrong) > base_fault_acts_left(&item->base))
		wrong &= wrong - 1;
	if (!wrong)
		return 0;
	if (item->reported)
		base_fault_acted(&item->base, (uint64_t)__builtin_popcount(wrong));
	else
		act_often(chip, item, at, (uint64_t)__builtin_popcount(wrong));
	item->reported = true;
	return wrong;
}

static void
read_weak(struct flash *chip, struct item *item, uint64_t address, uint64_t first, uint64_t end,
	uint8_t *out)
{
	for (uint64_t at = first; at < end; at += MAX(item->fault.every, 1))
		out[at - address] ^= read_weak_byte(chip, item, at);
}

static void
read_disturbing(struct flash *chip, struct item *item, uint64_t address, uint64_t first,
	uint64_t end, uint8_t *out)
{
	(void)chip;
	(void)address;
	(void)out;
	item->base.matched += flash_disturb_read(item->disturb, first, end);
}

void
flash_faults_read(struct flash *chip, uint64_t address, uint8_t *out, size_t n)
{
	for (guint i = 0; i < count_items(chip); i++) {
		struct item *item = item_at(chip, i);

		if (item->row->read)
			item->row->read(chip, item, address,
				first_cell(&item->fault, address, address + n),
				end_of_cells(&item->fault, address + n), out);
	}
}

static void
add_stuck(struct flash *chip, struct item *item)
{
	set_stuck(chip, item, 0, chip->part->size);
}

static void
add_disturb(struct flash *chip, struct item *item)
{
	item->disturb = flash_disturb_new(chip);
}

static const struct row rows[FLASH_FAULT_WHATS] = {
	[FLASH_FAULT_STUCK_CELL] = {"stuck-cell", .of_cells = true, .add = add_stuck,
		.change = set_stuck},
	[FLASH_FAULT_WEAK_CELL] = {"weak-cell", .of_cells = true, .of_reads = true,
		.check = check_rate, .read = read_weak},
	[FLASH_FAULT_NO_EFFECT] = {"no-effect", .spoils = true},
	[FLASH_FAULT_ENDLESS] = {"endless", .begin = begin_endless},
	[FLASH_FAULT_BROWN_OUT] = {"brown-out", .check = check_voltage, .begin = begin_brown_out},
	[FLASH_FAULT_SLOW] = {"slow", .check = check_factor, .begin = begin_slow},
	[FLASH_FAULT_READ_DISTURB] = {"read-disturb", .init = init_disturb, .of_reads = true,
		.check = check_disturb, .add = add_disturb, .read = read_disturbing},
};

void
flash_set_real_size(struct flash *chip, uint64_t size, enum flash_beyond beyond)
{
	chip->die_size = MIN(size, chip->part->size);
	chip->decoded = beyond == FLASH_ONES ? chip->part->size : chip->die_size;
}

const struct flash_family flash_faults_family = {
	.destroy = destroy,
	.frame_edge = frame_edge,
	.operation_began = operation_began,
	.operation_suppressed = operation_suppressed,
	.operation_ended = operation_ended,
};
