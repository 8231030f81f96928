/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of one chip. Operations ask here when they begin (how long) and when they end (whether
 * they did anything); stuck cells have their way afterwards; reads pass by weak cells and disturb
 * others (disturb.c). A chip without faults has no list, and asks nobody.
 *
 * That bad cells read as two values that differ in one bit, and sit in a column over many blocks,
 * is what ten dumps of a worn XM25QH32C looked like.
 */
#include "flash/fault.h"

#include <glib.h>
#include <string.h>

#include "flash/engine/internal.h"

/* Several that slow the same operation stop here: 31 years. */
#define SLOWEST_NS 1e18

#define USUAL_PURPOSES (1u << FLASH_FOR_PROGRAM | 1u << FLASH_FOR_ERASE)

struct item {
	unsigned int id;
	struct flash_fault fault;
	uint64_t acted;
	uint64_t matched;
	bool told;                     /* in this frame or operation */
	struct flash_disturb *disturb; /* READ_DISTURB */
};

struct flash_faults {
	GArray *items; /* struct item */
	unsigned int last_id;
	struct flash_fault_listener listener;
};

static const char *const names[] = {
	[FLASH_FAULT_STUCK_CELL] = "stuck-cell",
	[FLASH_FAULT_WEAK_CELL] = "weak-cell",
	[FLASH_FAULT_NO_EFFECT] = "no-effect",
	[FLASH_FAULT_ENDLESS] = "endless",
	[FLASH_FAULT_BROWN_OUT] = "brown-out",
	[FLASH_FAULT_SLOW] = "slow",
	[FLASH_FAULT_READ_DISTURB] = "read-disturb",
};

bool
flash_fault_what_from_string(const char *text, enum flash_fault_what *what)
{
	for (int i = 0; i < FLASH_FAULT_WHATS; i++) {
		if (strcmp(names[i], text) == 0) {
			*what = (enum flash_fault_what)i;
			return true;
		}
	}
	return false;
}

const char *
flash_fault_what_string(enum flash_fault_what what)
{
	return what < FLASH_FAULT_WHATS ? names[what] : NULL;
}

static bool
is_of_cells(const struct flash_fault *fault)
{
	return fault->what == FLASH_FAULT_STUCK_CELL || fault->what == FLASH_FAULT_WEAK_CELL;
}

static bool
is_of_reads(const struct flash_fault *fault)
{
	return fault->what == FLASH_FAULT_WEAK_CELL || fault->what == FLASH_FAULT_READ_DISTURB;
}

const char *
flash_fault_check(const struct flash_part *part, const struct flash_fault *fault)
{
	uint64_t size = part->size;

	if (fault->address_to && fault->address_from >= fault->address_to)
		return "the addresses end before they begin";
	if (fault->address_from >= size || fault->address_to > size)
		return "the addresses lie beyond the chip";
	if (is_of_cells(fault) && fault->mask == 0)
		return "no bit is named; allowed is a mask from 01 to FF";
	if (fault->every && fault->offset >= fault->every)
		return "the offset has to be below the distance";
	if (is_of_reads(fault) && !(fault->rate > 0 && fault->rate <= 1))
		return "the rate has to be above 0 and up to 1";
	if (fault->after > FLASH_FAULT_AFTER_MAX)
		return "the reads without harm have to be up to 1000000000";
	if (fault->what == FLASH_FAULT_READ_DISTURB && flash_block_size(part) == 0)
		return "the part is not erased by blocks, whose reads could be counted";
	if (fault->what == FLASH_FAULT_BROWN_OUT &&
		(fault->millivolts < 0 || fault->millivolts >= part->vcc_min_mv))
		return "the voltage has to be below the part's range";
	if (fault->what == FLASH_FAULT_SLOW && !(fault->factor >= 1 && fault->factor <= 1e6))
		return "the factor has to be from 1 to 1000000";
	if (!(fault->probability >= 0 && fault->probability <= 1))
		return "the probability has to be from 0 to 1";
	return NULL;
}

static void
clear_item(void *data)
{
	struct item *item = data;

	flash_disturb_free(item->disturb);
}

static struct flash_faults *
faults_of(struct flash *chip)
{
	if (!chip->faults) {
		chip->faults = g_new0(struct flash_faults, 1);
		chip->faults->items = g_array_new(FALSE, TRUE, sizeof(struct item));
		g_array_set_clear_func(chip->faults->items, clear_item);
	}
	return chip->faults;
}

static struct item *
item_at(const struct flash *chip, size_t i)
{
	return &g_array_index(chip->faults->items, struct item, i);
}

#define FOR_EACH_ITEM(chip, item)                                                                  \
	for (guint i_ = 0;                                                                         \
		(chip)->faults && i_ < (chip)->faults->items->len && ((item) = item_at(chip, i_)); \
		i_++)

/* Reads come here only when there is something for them. */
static void
count_faulty_reads(struct flash *chip)
{
	struct item *item;

	chip->faulty_reads = false;
	FOR_EACH_ITEM(chip, item)
	chip->faulty_reads |= is_of_reads(&item->fault);
}

/* One report, of the first of n acts. */
static void
act_often(struct flash *chip, struct item *item, uint64_t address, uint64_t n)
{
	struct flash_fault_report report = {item->id, &item->fault, address, chip->now_ns};

	item->acted += n;
	if (chip->faults->listener.acted)
		chip->faults->listener.acted(chip->faults->listener.data, &report);
}

static void
act(struct flash *chip, struct item *item, uint64_t address)
{
	act_often(chip, item, address, 1);
}

/* How often it may still act. */
static uint64_t
acts_left(const struct item *item)
{
	if (!item->fault.count)
		return UINT64_MAX;
	return item->fault.count - MIN(item->acted, item->fault.count);
}

static bool
is_spent(const struct item *item)
{
	return acts_left(item) == 0;
}

/* The first address of the span that the fault names, or the span's end. */
static uint64_t
first_cell(const struct flash_fault *fault, uint64_t from, uint64_t to)
{
	if (fault->address_to && to > fault->address_to)
		to = fault->address_to;
	if (from < fault->address_from)
		from = fault->address_from;
	if (fault->every && from < to)
		from += ((uint64_t)fault->offset + fault->every - from % fault->every) %
			fault->every;
	return MIN(from, to);
}

static uint64_t
end_of_cells(const struct flash_fault *fault, uint64_t to)
{
	return fault->address_to ? MIN(to, fault->address_to) : to;
}

/* Stuck cells within the span do not do what was asked of them; true: that was something. */
static bool
stick(struct flash *chip, struct item *item, uint64_t from, uint64_t to)
{
	const struct flash_fault *fault = &item->fault;
	uint64_t end = end_of_cells(fault, to);
	uint64_t first = to;

	if (is_spent(item))
		return false;
	item->matched++;
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
	struct flash_faults *faults;
	struct item item = {.fault = *fault};

	if (flash_fault_check(chip->part, fault))
		return 0;
	faults = faults_of(chip);
	if (item.fault.purposes == 0)
		item.fault.purposes = USUAL_PURPOSES;
	item.id = ++faults->last_id;
	if (fault->what == FLASH_FAULT_READ_DISTURB)
		item.disturb = flash_disturb_new(chip);
	g_array_append_val(faults->items, item);
	count_faulty_reads(chip);
	if (fault->what == FLASH_FAULT_STUCK_CELL)
		stick(chip, item_at(chip, faults->items->len - 1), 0, chip->part->size);
	return item.id;
}

bool
flash_fault_remove(struct flash *chip, unsigned int id)
{
	struct item *item;

	FOR_EACH_ITEM(chip, item)
	{
		if (item->id == id) {
			g_array_remove_index(chip->faults->items, i_);
			count_faulty_reads(chip);
			return true;
		}
	}
	return false;
}

void
flash_fault_clear(struct flash *chip)
{
	if (chip->faults)
		g_array_set_size(chip->faults->items, 0);
	chip->faulty_reads = false;
}

bool
flash_fault_at(const struct flash *chip, size_t i, struct flash_fault_status *status)
{
	const struct item *item;

	if (!chip->faults || i >= chip->faults->items->len)
		return false;
	item = item_at(chip, i);
	*status = (struct flash_fault_status){.id = item->id,
		.fault = &item->fault,
		.acted = item->acted,
		.matched = item->matched};
	return true;
}

void
flash_set_fault_listener(struct flash *chip, const struct flash_fault_listener *listener)
{
	faults_of(chip)->listener =
		listener ? *listener : (struct flash_fault_listener){NULL, NULL};
}

void
flash_faults_free(struct flash *chip)
{
	if (!chip->faults)
		return;
	g_array_unref(chip->faults->items);
	g_free(chip->faults);
}

/* Whether a fault of operations is for this one, by nth, count and chance. */
static bool
strikes(struct flash *chip, struct item *item, const struct flash_operation *operation)
{
	const struct flash_fault *fault = &item->fault;
	uint64_t end = (uint64_t)operation->address + MAX(operation->length, 1);

	if (!(fault->purposes & 1u << flash_operation_purpose(operation->kind)))
		return false;
	if (fault->address_to &&
		(operation->address >= fault->address_to || end <= fault->address_from))
		return false;
	item->matched++;
	if (is_spent(item) || (fault->nth && item->matched != fault->nth))
		return false;
	return fault->probability == 0 || base_random_chance(&chip->random, fault->probability);
}

/* The supply goes at a time between begin and end, the same for every operation that lasts for
 * ever or takes no time. The next tick does it: not in the midst of a frame. */
static void
cut_short(struct flash *chip, struct flash_operation *operation, int millivolts)
{
	int64_t whole_ns = operation->end_ns - operation->begin_ns;

	chip->cut.share = 0.05 + 0.9 * base_random_unit(&chip->random);
	chip->cut.at_ns = operation->begin_ns + 1;
	if (operation->end_ns != INT64_MAX)
		chip->cut.at_ns += (int64_t)(chip->cut.share * (double)whole_ns);
	chip->cut.millivolts = millivolts;
	operation->end_ns = INT64_MAX;
}

void
flash_faults_cut(struct flash *chip)
{
	int64_t now_ns = chip->now_ns;
	int millivolts = chip->supply_mv;

	/* That is when it went, however late the tick. */
	chip->now_ns = chip->cut.at_ns;
	flash_supply(chip, chip->cut.millivolts);
	chip->cut.at_ns = 0;
	flash_supply(chip, millivolts);
	chip->now_ns = now_ns;
}

void
flash_faults_begin(struct flash *chip, struct flash_operation *operation)
{
	struct item *item;

	FOR_EACH_ITEM(chip, item)
	{
		enum flash_fault_what what = item->fault.what;
		int64_t time_ns = operation->end_ns - operation->begin_ns;

		if ((what != FLASH_FAULT_SLOW && what != FLASH_FAULT_ENDLESS &&
			    what != FLASH_FAULT_BROWN_OUT) ||
			!strikes(chip, item, operation))
			continue;
		if (what == FLASH_FAULT_ENDLESS)
			operation->end_ns = INT64_MAX;
		else if (what == FLASH_FAULT_BROWN_OUT)
			cut_short(chip, operation, item->fault.millivolts);
		else if (operation->end_ns == INT64_MAX)
			continue; /* no time is longer */
		else
			operation->end_ns = operation->begin_ns +
				(int64_t)MIN((double)time_ns * item->fault.factor, SLOWEST_NS);
		act(chip, item, operation->address);
	}
}

bool
flash_faults_spoil(struct flash *chip, const struct flash_operation *operation)
{
	bool spoilt = false;
	struct item *item;

	FOR_EACH_ITEM(chip, item)
	{
		if (item->fault.what != FLASH_FAULT_NO_EFFECT || !strikes(chip, item, operation))
			continue;
		act(chip, item, operation->address);
		spoilt = true;
	}
	return spoilt;
}

bool
flash_faults_end(struct flash *chip, const struct flash_operation *operation)
{
	enum flash_purpose purpose = flash_operation_purpose(operation->kind);
	bool failed = false;
	struct item *item;

	if (purpose != FLASH_FOR_PROGRAM && purpose != FLASH_FOR_ERASE)
		return false;
	FOR_EACH_ITEM(chip, item)
	{
		if (item->fault.what == FLASH_FAULT_STUCK_CELL)
			failed |= stick(chip, item, operation->address,
				(uint64_t)operation->address + operation->length);
	}
	return failed;
}

void
flash_faults_frame(struct flash *chip)
{
	struct item *item;
	uint64_t first, n;

	FOR_EACH_ITEM(chip, item)
	{
		item->told = false;
		n = item->disturb ? flash_disturb_end(chip, item->disturb, &item->fault,
					    acts_left(item), &first)
				  : 0;
		if (n > 0)
			act_often(chip, item, first, n);
	}
}

void
flash_faults_erased(struct flash *chip, uint64_t start, uint64_t length)
{
	struct item *item;

	FOR_EACH_ITEM(chip, item)
	{
		if (item->disturb)
			flash_disturb_erased(item->disturb, start, length);
	}
}

void
flash_array_replaced(struct flash *chip)
{
	struct item *item;

	FOR_EACH_ITEM(chip, item)
	{
		if (item->fault.what == FLASH_FAULT_STUCK_CELL)
			stick(chip, item, 0, chip->part->size);
	}
}

static uint8_t
wrong_bits(struct flash *chip, const struct flash_fault *fault)
{
	uint8_t wrong = 0;

	for (unsigned int bit = 0; bit < 8; bit++) {
		if (fault->mask & 1u << bit && base_random_chance(&chip->random, fault->rate))
			wrong |= (uint8_t)(1u << bit);
	}
	return wrong;
}

/* What is wrong in the byte; one report in an operation. A cell is a bit. */
static uint8_t
read_weak(struct flash *chip, struct item *item, uint64_t at)
{
	uint8_t wrong = wrong_bits(chip, &item->fault);

	item->matched += (uint64_t)__builtin_popcount(item->fault.mask);
	while ((uint64_t)__builtin_popcount(wrong) > acts_left(item))
		wrong &= wrong - 1;
	if (!wrong)
		return 0;
	if (item->told)
		item->acted += (uint64_t)__builtin_popcount(wrong);
	else
		act_often(chip, item, at, (uint64_t)__builtin_popcount(wrong));
	item->told = true;
	return wrong;
}

void
flash_faults_read(struct flash *chip, uint64_t address, uint8_t *out, size_t n)
{
	struct item *item;

	FOR_EACH_ITEM(chip, item)
	{
		const struct flash_fault *fault = &item->fault;
		uint64_t end = end_of_cells(fault, address + n);

		if (item->disturb)
			item->matched += flash_disturb_read(
				item->disturb, first_cell(fault, address, address + n), end);
		if (fault->what != FLASH_FAULT_WEAK_CELL)
			continue;
		for (uint64_t at = first_cell(fault, address, address + n); at < end;
			at += MAX(fault->every, 1))
			out[at - address] ^= read_weak(chip, item, at);
	}
}

void
flash_set_real_size(struct flash *chip, uint64_t size, enum flash_beyond beyond)
{
	chip->die_size = MIN(size, chip->part->size);
	chip->decoded = beyond == FLASH_ONES ? chip->part->size : chip->die_size;
}
