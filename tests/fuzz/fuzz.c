/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include "chipdb/chipdb.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer than any message about an input of 4 KiB; the log shortens and escapes it. */
#define MESSAGE_MAX 16384

#define SIZE_USUAL 65536u
#define SIZE_MOST 131072u
#define DATAFLASH_MOST 300000u
#define WANTED_MOST FUZZ_PATTERN_MAX /* a part that erases whole dies needs more */

uint8_t
fuzz_byte(struct fuzz_input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return *input->at++;
}

uint32_t
fuzz_number(struct fuzz_input *input, unsigned int n_bytes)
{
	uint32_t number = 0;

	for (unsigned int i = 0; i < n_bytes; i++)
		number |= (uint32_t)fuzz_byte(input) << 8 * i;
	return number;
}

const uint8_t *
fuzz_take(struct fuzz_input *input, size_t *n)
{
	const uint8_t *at = input->at;

	*n = MIN(*n, input->left);
	input->at += *n;
	input->left -= *n;
	return at;
}

#ifdef __clang__
#define PLAIN __attribute__((no_sanitize("address", "undefined", "coverage")))
#else
#define PLAIN
#endif

PLAIN bool
fuzz_same(const void *a, const void *b, size_t n)
{
	const uint8_t *left = a, *right = b;

	for (; n >= sizeof(uint64_t); n -= sizeof(uint64_t)) {
		uint64_t one, two;

		__builtin_memcpy(&one, left, sizeof one);
		__builtin_memcpy(&two, right, sizeof two);
		if (one != two)
			return false;
		left += sizeof one;
		right += sizeof two;
	}
	while (n-- > 0) {
		if (*left++ != *right++)
			return false;
	}
	return true;
}

const uint8_t *
fuzz_pattern(void)
{
	static uint8_t *pattern;

	if (pattern != NULL)
		return pattern;
	pattern = g_malloc(FUZZ_PATTERN_MAX);
	for (uint32_t i = 0; i < FUZZ_PATTERN_MAX; i++)
		pattern[i] = i & 0x1000 ? (uint8_t)(i * 7 + i / 256) : 0xff;
	return pattern;
}

/* FNV-1a. */
uint32_t
fuzz_hash(const void *data, size_t n)
{
	const uint8_t *at = data;
	uint32_t hash = 2166136261u;

	while (n-- > 0)
		hash = (hash ^ *at++) * 16777619u;
	return hash ^ hash >> 16;
}

void
fuzz_fail(const char *format, ...)
{
	va_list arguments;

	fputs("broken: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	abort();
}

void
fuzz_check_line(const char *message, const char *where)
{
	fuzz_check(message != NULL && message[0] != '\0', "refused without a message");
	fuzz_check(strlen(message) <= MESSAGE_MAX, "a message of %zu bytes", strlen(message));
	fuzz_check(where == NULL || strstr(message, where) != NULL, "no \"%s\" in: %s", where,
		message);
}

void
fuzz_check_error(const GError *error, const char *where)
{
	fuzz_check(error != NULL, "refused without an error");
	fuzz_check_line(error->message, where);
}

static GLogWriterOutput
drop(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
	(void)fields;
	(void)n_fields;
	(void)data;
	fuzz_check(!(level & G_LOG_FLAG_FATAL), "a fatal message");
	return G_LOG_WRITER_HANDLED;
}

static void
drop_message(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
	(void)data;
	fuzz_check(!(level & G_LOG_LEVEL_CRITICAL) || g_strcmp0(domain, "spinor") == 0, "%s: %s",
		domain != NULL ? domain : "", message);
}

void
fuzz_quiet(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	g_log_set_writer_func(drop, NULL, NULL);
	g_log_set_default_handler(drop_message, NULL);
}

/* --- parts --- */

struct spot {
	uint16_t place;
	uint32_t size;
	const struct flash_part *part;
};

static struct spot *spots;
static size_t n_spots;

static uint32_t
largest_block(const struct flash_part *part)
{
	uint32_t largest = part->page_size;

	for (unsigned int i = 0; i < part->n_erases; i++) {
		const struct flash_erase *erase = &part->erases[i];

		largest = MAX(largest, erase->size);
		for (unsigned int j = 0; j < erase->n_regions; j++)
			largest = MAX(largest, erase->regions[j].block_size);
	}
	return largest;
}

/* 0: the part is too large to be played here. */
static uint32_t
size_of(const struct flash_part *part)
{
	uint64_t wanted = MAX(SIZE_USUAL, 2 * (uint64_t)largest_block(part));

	if (flash_part_is_dataflash(part))
		return part->size <= DATAFLASH_MOST ? (uint32_t)part->size : 0;
	if (part->size <= SIZE_MOST)
		return (uint32_t)part->size;
	wanted = MIN(wanted, part->size);
	return wanted <= WANTED_MOST ? (uint32_t)wanted : 0;
}

static int
compare_spots(const void *a, const void *b)
{
	const struct spot *left = a, *right = b;

	return left->place != right->place ? (int)left->place - (int)right->place
					   : strcmp(left->part->name, right->part->name);
}

/* The chip data stay open until the process ends. */
static void
open_parts(void)
{
	static struct chipdb *db;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) parts = NULL;

	db = chipdb_open(NULL, &error);
	fuzz_check(db != NULL, "%s", error != NULL ? error->message : "");
	parts = chipdb_list(db, NULL);
	spots = g_new0(struct spot, parts->len);
	for (guint i = 0; i < parts->len; i++) {
		const struct flash_part *part = parts->pdata[i];
		uint32_t size = size_of(part);

		if (size > 0)
			spots[n_spots++] = (struct spot){
				(uint16_t)fuzz_hash(part->name, strlen(part->name)), size, part};
	}
	fuzz_check(n_spots > 0, "no parts");
	qsort(spots, n_spots, sizeof *spots, compare_spots);
}

const struct flash_part *
fuzz_part(uint16_t place, uint32_t *size)
{
	size_t low = 0, high;

	if (spots == NULL)
		open_parts();
	high = n_spots;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (spots[middle].place < place)
			low = middle + 1;
		else
			high = middle;
	}
	low %= n_spots;
	*size = spots[low].size;
	return spots[low].part;
}
