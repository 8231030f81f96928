/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One call to the bench that the command line names, for most verbs. */
#ifndef SPINOR_SPINOR_METHODCALL_H
#define SPINOR_SPINOR_METHODCALL_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdint.h>

struct spinor_client;
struct spinor_command;

/* Limits for methods that answer at once, and for those that read or write a whole array. */
#define SPINOR_SHORT_MS 10000
#define SPINOR_LONG_MS 120000

/* Returns the value of --timeout, else usual_ms. */
int64_t spinor_limit_ms(const struct spinor_command *command, int64_t usual_ms);

/* Return parameters with "adapter" from the command line, the second also with "cs". */
JsonObject *spinor_adapter_params(const struct spinor_command *command);
JsonObject *spinor_chip_params(const struct spinor_command *command);

/* Sets a member to the absolute path; SPINOR_ERROR_USAGE if it is not UTF-8. */
gboolean spinor_set_path(JsonObject *params, const char *name, const char *path, GError **error);

/* Finds the bench, calls method and, with --json, prints the result. Takes ownership of params. */
JsonNode *spinor_call(struct spinor_command *command, const char *method, JsonObject *params,
	int64_t usual_ms, GError **error);

/* Like spinor_call(), for a result that is an object. Free with json_object_unref(). */
JsonObject *spinor_call_object(struct spinor_command *command, const char *method,
	JsonObject *params, int64_t usual_ms, GError **error);

/* Returns node as an object; NULL and an error if it is none. */
JsonObject *spinor_as_object(JsonNode *node, const char *method, GError **error);

#endif
