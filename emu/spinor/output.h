/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tool prints: for people, with colour on a terminal, or JSON for programs. */
#ifndef SPINOR_SPINOR_OUTPUT_H
#define SPINOR_SPINOR_OUTPUT_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

enum spinor_colour {
	SPINOR_PLAIN,
	SPINOR_BOLD,
	SPINOR_DIM,
	SPINOR_RED,
	SPINOR_GREEN,
	SPINOR_YELLOW,
};

/* The escape sequence, or "" where there is to be no colour. */
const char *spinor_colour(enum spinor_colour colour);

/* On one line. */
void spinor_print_json(JsonNode *node);

/* False when something that was printed did not get out. */
bool spinor_output_finish(GError **error);

/* A sign of life on a terminal, for who waits longer than a second: what is awaited, and how long
 * it was so far. Draws over itself; done takes it away. */
void spinor_progress(const char *what, int64_t waited_ms);
void spinor_progress_done(void);

/* Members of an object, or a default when they are missing or of another type. */
const char *spinor_text(JsonObject *object, const char *name, const char *otherwise);
int64_t spinor_number(JsonObject *object, const char *name, int64_t otherwise);
bool spinor_flag(JsonObject *object, const char *name);
JsonObject *spinor_object(JsonObject *object, const char *name); /* or NULL */
JsonArray *spinor_array(JsonObject *object, const char *name);   /* or NULL */
/* Item i, or NULL when that is no object. */
JsonObject *spinor_item(JsonArray *array, guint i);

/* "WP# high, HOLD# low", those that there are. */
void spinor_print_pins(JsonObject *pins);

#endif
