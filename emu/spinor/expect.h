/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is expected of a chip's counters: "erases <= 256 and programs > 0". */
#ifndef SPINOR_SPINOR_EXPECT_H
#define SPINOR_SPINOR_EXPECT_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

struct expect;

/* Reads all texts (NULL: none); a mistake is SPINOR_ERROR_USAGE. Free with g_ptr_array_unref(). */
GPtrArray *spinor_expect_parse(char *const *texts, GError **error);

/*
 * Compares with the counters. Returns what does not hold as one line, or NULL. Free with g_free().
 */
char *spinor_expect_failure(const struct expect *expect, JsonObject *stats);

/* {text, holds, failure} */
JsonObject *spinor_expect_report(const struct expect *expect, JsonObject *stats);

#endif
