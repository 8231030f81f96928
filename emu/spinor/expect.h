/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expectations of a chip's counters, such as "erases <= 256 and programs > 0". */
#ifndef SPINOR_SPINOR_EXPECT_H
#define SPINOR_SPINOR_EXPECT_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

struct expect;

/* Parses all texts (NULL: none) into struct expect; a mistake is SPINOR_ERROR_USAGE. Free with
 * g_ptr_array_unref(). */
GPtrArray *spinor_expect_parse(char *const *texts, GError **error);

/* Compares with the counters. Returns NULL if all terms hold, else a message of one line; free it
 * with g_free(). */
char *spinor_expect_failure(const struct expect *expect, JsonObject *stats);

/* Returns an object with "assert", "holds" and, if it does not hold, "failure". */
JsonObject *spinor_expect_report(const struct expect *expect, JsonObject *stats);

/* The names of counters, NULL-terminated. */
const char *const *spinor_expect_counters(void);

#endif
