/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report of differences: one line for each operation, with the first byte that differs and how
 * many more do.
 *
 *	operation 812: SPI 03 001000 4096: byte 17 of the answer 5A, recorded 7A; 3 more differ
 *
 * Bytes are counted from 0, behind the ACK.
 */
#include "replay/compare.h"

#include "replay/decode.h"

#include <string.h>

#define EXTRA_SHOWN 8
#define ACK 0x06
#define NAK 0x15

struct replay_compare {
	unsigned int limit;
	void (*print)(void *data, const char *line);
	void *data;
	char *where;
	uint64_t differences;
	uint64_t number; /* of the operation whose line is not complete; 0: none */
	uint64_t more;   /* bytes of it that differ after the first */
	char *line;
};

struct replay_compare *
replay_compare_new(unsigned int limit, void (*print)(void *data, const char *line), void *data,
	const char *where)
{
	struct replay_compare *compare = g_new0(struct replay_compare, 1);

	compare->limit = limit;
	compare->print = print;
	compare->data = data;
	compare->where = g_strdup(where);
	return compare;
}

/* Prints the line that waits. */
static void
flush(struct replay_compare *compare)
{
	g_autofree char *line = NULL;

	if (compare->line == NULL)
		return;
	if (compare->more > 0)
		line = g_strdup_printf("%s%s; %" G_GUINT64_FORMAT " more differ%s", compare->where,
			compare->line, compare->more, compare->more == 1 ? "s" : "");
	else
		line = g_strconcat(compare->where, compare->line, NULL);
	if (compare->differences <= compare->limit)
		compare->print(compare->data, line);
	g_clear_pointer(&compare->line, g_free);
	compare->number = 0;
	compare->more = 0;
}

uint64_t
replay_compare_end(struct replay_compare *compare)
{
	uint64_t differences;

	flush(compare);
	differences = compare->differences;
	g_free(compare->where);
	g_free(compare);
	return differences;
}

/* Begins the line of an operation's first difference; takes text. */
static void
add(struct replay_compare *compare, const struct replay_operation *operation, char *text,
	uint64_t more)
{
	g_autofree char *owned = text;
	g_autofree char *name = operation != NULL ? replay_operation_text(operation) : NULL;

	if (operation != NULL && compare->number == operation->number) {
		compare->more += 1 + more;
		return;
	}
	flush(compare);
	compare->differences++;
	compare->more = more;
	if (operation != NULL) {
		compare->number = operation->number;
		compare->line = g_strdup_printf(
			"operation %" G_GUINT64_FORMAT ": %s: %s", operation->number, name, owned);
	} else {
		compare->line = g_steal_pointer(&owned);
	}
}

static char *
verdict_name(uint8_t byte)
{
	if (byte == ACK || byte == NAK)
		return g_strdup(byte == ACK ? "ACK" : "NAK");
	return g_strdup_printf("%02X", byte);
}

/* A part of one operation's answer. */
static void
compare_span(struct replay_compare *compare, const struct replay_span *span,
	const uint8_t *recorded, const uint8_t *answer, size_t n)
{
	uint64_t differing = 0;
	size_t first = n;

	if (memcmp(recorded, answer, n) == 0)
		return;
	for (size_t i = n; i > 0; i--) {
		if (recorded[i - 1] == answer[i - 1])
			continue;
		differing++;
		first = i - 1;
	}
	if (span->offset < 0) {
		g_autofree char *is = verdict_name(answer[first]);
		g_autofree char *was = verdict_name(recorded[first]);

		add(compare, span->operation,
			g_strdup_printf("the answer is %s, recorded %s", is, was), differing - 1);
		return;
	}
	add(compare, span->operation,
		g_strdup_printf("byte %" G_GINT64_FORMAT " of the answer %02X, recorded %02X",
			span->offset + (int64_t)first, answer[first], recorded[first]),
		differing - 1);
}

/* The record has bytes that belong to no operation. */
static void
add_fewer(struct replay_compare *compare, const struct replay_operation *operation, size_t n)
{
	add(compare, operation,
		g_strdup_printf("%zu byte%s less than recorded", n, n == 1 ? "" : "s"), 0);
}

void
replay_compare_answer(struct replay_compare *compare, struct replay_operations *operations,
	const uint8_t *recorded, size_t n, const uint8_t *answer, size_t got)
{
	while (n > 0) {
		struct replay_span span;
		size_t length = replay_operations_answer(operations, recorded, n, &span);
		size_t both = MIN(length, got);

		compare_span(compare, &span, recorded, answer, both);
		if (both < length && span.operation == NULL)
			add_fewer(compare, replay_operations_current(operations), length - both);
		else if (both < length && span.offset >= 0)
			add(compare, span.operation,
				g_strdup_printf("the answer ends before byte %" G_GINT64_FORMAT,
					span.offset + (int64_t)both),
				0);
		else if (both < length)
			add(compare, span.operation, g_strdup("there is no answer"), 0);
		recorded += length;
		n -= length;
		answer += both;
		got -= both;
	}
}

void
replay_compare_extra(struct replay_compare *compare, struct replay_operations *operations,
	const uint8_t *extra, size_t n)
{
	GString *text = g_string_new(NULL);

	g_string_printf(text, "%zu byte%s more than recorded:", n, n == 1 ? "" : "s");
	for (size_t i = 0; i < MIN(n, EXTRA_SHOWN); i++)
		g_string_append_printf(text, " %02X", extra[i]);
	if (n > EXTRA_SHOWN)
		g_string_append(text, " ...");
	add(compare, replay_operations_current(operations), g_string_free(text, FALSE), 0);
}

void
replay_compare_other(
	struct replay_compare *compare, const struct replay_operation *operation, const char *text)
{
	add(compare, operation, g_strdup(text), 0);
}
