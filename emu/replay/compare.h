/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares answers with those of a record, and reports differences by operation. */
#ifndef SPINOR_REPLAY_COMPARE_H
#define SPINOR_REPLAY_COMPARE_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

struct replay_operation;
struct replay_operations;
struct replay_compare;

/* print is called with a line for each of the first limit operations that differ; where: the begin
 * of each line, "" or the name of the adapter with ": ". */
struct replay_compare *replay_compare_new(unsigned int limit,
	void (*print)(void *data, const char *line), void *data, const char *where);

/* Completes the report; returns how many operations and events differ. */
uint64_t replay_compare_end(struct replay_compare *compare);

/* The answer so far: n bytes of the record, got bytes of the device. */
void replay_compare_answer(struct replay_compare *compare, struct replay_operations *operations,
	const uint8_t *recorded, size_t n, const uint8_t *answer, size_t got);

/* The device has sent n more bytes than recorded. */
void replay_compare_extra(struct replay_compare *compare, struct replay_operations *operations,
	const uint8_t *extra, size_t n);

/* Another difference of an operation; NULL: of none. */
void replay_compare_other(
	struct replay_compare *compare, const struct replay_operation *operation, const char *text);

#endif
