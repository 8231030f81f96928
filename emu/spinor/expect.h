/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expectations of a chip's counters, such as "erases <= 256 and programs > 0". */
#ifndef SPINOR_SPINOR_EXPECT_H
#define SPINOR_SPINOR_EXPECT_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

struct expect;

/* Counters of an adapter, which all its chips report; NULL-terminated. trace/stats.h has those of a
 * chip. */
extern const char *const spinor_adapter_counters[];

/* Parses all texts (NULL: none) into struct expect; a mistake is SPINOR_ERROR_USAGE. Free with
 * g_ptr_array_unref(). */
GPtrArray *spinor_expect_parse(char *const *texts, GError **error);

struct spinor_expect_failure {
	char *message;       /* one line; free it with g_free() */
	const char *counter; /* that does not hold */
	int64_t value;       /* -1: the bench does not count it */
	bool too_many;       /* operations; the members below are valid */
	int64_t allowed;     /* how many of them do not break the expectation */
	int64_t broke;       /* how many are more than that; 0: not known */
};

const char *spinor_expect_text(const struct expect *expect);

/* Compares with the counters, as from stats.get. False: failure says which term does not hold. */
bool spinor_expect_holds(
	const struct expect *expect, JsonObject *stats, struct spinor_expect_failure *failure);

#endif
