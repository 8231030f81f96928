/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output of the tool, as text or JSON; and getters of JSON members. */
#ifndef SPINOR_SPINOR_OUTPUT_H
#define SPINOR_SPINOR_OUTPUT_H

#include "spinor/terminal.h"

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Prints node on one line. */
void spinor_print_json(JsonNode *node);

/* Flushes standard output; false: not everything could be written. No error is set if the reader of
 * a pipe has closed it: it needs no more. */
bool spinor_output_finish(GError **error);

/* Return a member of an object; the default if it is missing or of another type. */
const char *spinor_text(JsonObject *object, const char *name, const char *otherwise);
int64_t spinor_number(JsonObject *object, const char *name, int64_t otherwise);
bool spinor_flag(JsonObject *object, const char *name);
JsonObject *spinor_object(JsonObject *object, const char *name); /* or NULL */
JsonArray *spinor_array(JsonObject *object, const char *name);   /* or NULL */
/* Returns item i, NULL if that is not an object. */
JsonObject *spinor_item(JsonArray *array, guint i);

/* Prints the levels of the pins that exist: "WP# high, HOLD# low". */
void spinor_print_pins(JsonObject *pins);

#endif
