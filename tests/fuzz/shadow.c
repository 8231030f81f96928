/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chip tells which commands it has accepted. The bytes that each may change are derived here
 * from the data of the part and the address on the wire alone, not from what the engine makes of
 * them: the page of a program, the block of an erase. When the operation ends, these bytes are
 * compared:
 *
 *   a program clears bits only, unless the command erases first
 *   an erase of a block without faults leaves FF
 *   bytes that were protected when the command was accepted are as before
 *
 * and at the end the whole array, which finds a change of anything else.
 */
#include "shadow.h"

#include "fuzz.h"

#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

#define PIECE 256

void
shadow_init(struct shadow *shadow, struct flash *chip, const uint8_t *array, uint8_t *copy,
	uint32_t size)
{
	*shadow = (struct shadow){
		.part = flash_part(chip),
		.chip = chip,
		.array = array,
		.copy = copy,
		.size = size,
	};
	memcpy(copy, array, size);
}

static void
drop(struct shadow *shadow, unsigned int i)
{
	g_free(shadow->pending[i].protected);
	shadow->n_pending--;
	memmove(&shadow->pending[i], &shadow->pending[i + 1],
		(shadow->n_pending - i) * sizeof shadow->pending[0]);
}

void
shadow_clear(struct shadow *shadow)
{
	while (shadow->n_pending > 0)
		drop(shadow, shadow->n_pending - 1);
}

void
shadow_take_all(struct shadow *shadow)
{
	memcpy(shadow->copy, shadow->array, shadow->size);
}

static void
add_span(const struct shadow *shadow, struct shadow_change *change, uint64_t from, uint64_t length)
{
	uint32_t start = (uint32_t)(from % shadow->size);

	if (change->n_spans == SHADOW_SPANS) {
		change->spans[0] = (struct shadow_span){0, shadow->size};
		return;
	}
	change->spans[change->n_spans++] =
		(struct shadow_span){start, (uint32_t)MIN(start + length, shadow->size)};
}

/* The spans of the erases with that opcode. */
static void
add_erases(const struct shadow *shadow, struct shadow_change *change,
	const struct flash_event *event, uint64_t address)
{
	for (unsigned int i = 0; i < shadow->part->n_erases; i++) {
		const struct flash_erase *erase = &shadow->part->erases[i];
		uint64_t base = 0;

		if (erase->opcode != event->opcode)
			continue;
		if (erase->size == 0 && erase->n_regions == 0)
			add_span(shadow, change, 0, shadow->size);
		else if (erase->n_regions == 0)
			add_span(shadow, change, address - address % erase->size, erase->size);
		for (unsigned int j = 0; j < erase->n_regions; j++) {
			const struct flash_region *region = &erase->regions[j];
			uint64_t end = base + (uint64_t)region->n_blocks * region->block_size;

			if (address >= base && address < end)
				add_span(shadow, change,
					address - (address - base) % region->block_size,
					region->block_size);
			base = end;
		}
	}
}

/* The page that the address selects with pages of size bytes on the wire. */
static void
add_dataflash(const struct shadow *shadow, struct shadow_change *change,
	const struct flash_event *event, uint32_t size)
{
	uint32_t n_pages = (uint32_t)(shadow->part->size / shadow->part->page_size);
	unsigned int bits = 0;
	uint64_t at;

	while (1u << bits < size)
		bits++;
	at = (uint64_t)(event->address >> bits & (n_pages - 1)) * shadow->part->page_size;
	if (change->erase)
		add_erases(shadow, change, event, at);
	else
		add_span(shadow, change, at, shadow->part->page_size);
}

/* Programs that erase first. */
static bool
is_rewrite(const char *name)
{
	static const char *const names[] = {"WRITE", "PW", "DF_BUF1_ERASE_PROGRAM",
		"DF_BUF2_ERASE_PROGRAM", "DF_PAGE_PROGRAM1", "DF_PAGE_PROGRAM2", "DF_REWRITE1",
		"DF_REWRITE2", "DF_MODIFY1", "DF_MODIFY2"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/* Marks the pieces that are protected now. */
static void
note_protected(const struct shadow *shadow, struct shadow_change *change)
{
	uint64_t start, length;

	for (uint64_t from = 0;
		from < shadow->size && flash_next_protected(shadow->chip, from, &start, &length);
		from = start + length) {
		if (start >= shadow->size)
			break;
		if (change->protected == NULL)
			change->protected = g_malloc0(shadow->size / PIECE + 1);
		for (uint64_t at = (start + PIECE - 1) / PIECE;
			(at + 1) * PIECE <= MIN(start + length, shadow->size); at++)
			change->protected[at] = 1;
		fuzz_check(length > 0, "a protected range without length");
	}
}

static void
accepted(struct shadow *shadow, const struct flash_event *event)
{
	struct shadow_change *change;
	const struct flash_part *part = shadow->part;

	if (shadow->n_pending == SHADOW_PENDING)
		drop(shadow, 0);
	change = &shadow->pending[shadow->n_pending++];
	*change = (struct shadow_change){.erase = event->purpose == FLASH_FOR_ERASE};
	change->rewrite = !change->erase && is_rewrite(event->name);
	if (flash_part_is_dataflash(part)) {
		uint32_t binary = part->page_size;

		while (binary & (binary - 1))
			binary &= binary - 1;
		add_dataflash(shadow, change, event, binary);
		add_dataflash(shadow, change, event, binary + binary / 32);
	} else if (change->erase) {
		add_erases(shadow, change, event, event->address % shadow->size);
	} else {
		uint32_t unit = MAX(part->page_size, 1);

		if (strncmp(event->name, "AAI", 3) == 0)
			unit = 2;
		add_span(shadow, change, event->address - event->address % unit, unit);
	}
	note_protected(shadow, change);
}

static void
check_byte(const struct shadow *shadow, const struct shadow_change *change, uint32_t at, bool ended)
{
	uint8_t old = shadow->copy[at], new = shadow->array[at];

	if (old == new)
		return;
	fuzz_check(change->protected == NULL || !change->protected[at / PIECE],
		"%s: %06X is protected and has changed from %02X to %02X", shadow->part->name, at,
		old, new);
	fuzz_check(change->erase || change->rewrite || !(new & ~old),
		"%s: %06X has changed from %02X to %02X without an erase", shadow->part->name, at,
		old, new);
	fuzz_check(!change->erase || !ended || new == 0xff,
		"%s: %06X is %02X and not FF after an erase", shadow->part->name, at, new);
}

static void
check_span(struct shadow *shadow, const struct shadow_change *change, struct shadow_span span,
	bool ended)
{
	size_t n = span.to - span.from;

	if (fuzz_same(shadow->copy + span.from, shadow->array + span.from, n))
		return;
	for (uint32_t at = span.from; at < span.to && !shadow->relaxed; at++)
		check_byte(shadow, change, at, ended);
	memcpy(shadow->copy + span.from, shadow->array + span.from, n);
}

static void
check_change(struct shadow *shadow, const struct shadow_change *change, bool ended)
{
	for (unsigned int i = 0; i < change->n_spans; i++)
		check_span(shadow, change, change->spans[i], ended);
}

/* The last one of that purpose has ended. */
static void
ended(struct shadow *shadow, const struct flash_event *event)
{
	bool erase = event->purpose == FLASH_FOR_ERASE;

	for (unsigned int i = shadow->n_pending; i-- > 0;) {
		if (shadow->pending[i].erase != erase)
			continue;
		check_change(shadow, &shadow->pending[i], event->outcome == FLASH_DONE);
		drop(shadow, i);
		return;
	}
	fuzz_check(shadow->relaxed || shadow->elsewhere,
		"%s: the end of %s that no command has begun", shadow->part->name,
		erase ? "an erase" : "a program");
}

void
shadow_event(struct shadow *shadow, const struct flash_event *event)
{
	bool array = event->purpose == FLASH_FOR_PROGRAM || event->purpose == FLASH_FOR_ERASE;

	switch (event->kind) {
	case FLASH_EVENT_COMMAND:
		if (event->outcome != FLASH_DONE || event->name == NULL)
			return;
		if (strcmp(event->name, "ENSO") == 0 || strcmp(event->name, "OTP_ENTER") == 0)
			shadow->elsewhere = true;
		if (array)
			accepted(shadow, event);
		return;
	case FLASH_EVENT_READY:
		if (array)
			ended(shadow, event);
		return;
	case FLASH_EVENT_INTERRUPTED:
		shadow->unstable = true;
		while (shadow->n_pending > 0) {
			check_change(shadow, &shadow->pending[shadow->n_pending - 1], false);
			drop(shadow, shadow->n_pending - 1);
		}
		return;
	case FLASH_EVENT_NONVOLATILE:
	case FLASH_EVENT_POWER:
		return;
	}
}

void
shadow_check_all(struct shadow *shadow)
{
	if (shadow->relaxed) {
		shadow_take_all(shadow);
		return;
	}
	if (fuzz_same(shadow->copy, shadow->array, shadow->size))
		return;
	for (uint32_t at = 0; at < shadow->size; at++)
		fuzz_check(shadow->copy[at] == shadow->array[at],
			"%s: %06X has changed from %02X to %02X and no command was for it",
			shadow->part->name, at, shadow->copy[at], shadow->array[at]);
}

void
shadow_check_read(
	const struct shadow *shadow, const struct flash_event *event, const uint8_t *got, size_t n)
{
	if (shadow->relaxed || shadow->unstable || shadow->elsewhere || shadow->n_pending > 0)
		return;
	for (size_t i = 0; i < n; i++) {
		uint32_t at = (uint32_t)((event->address + i) % shadow->size);

		fuzz_check(got[i] == shadow->array[at], "%s: %06X is %02X and was read as %02X",
			shadow->part->name, at, shadow->array[at], got[i]);
	}
}
