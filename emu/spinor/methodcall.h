/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One call to the bench that is meant, as most verbs need it. */
#ifndef SPINOR_SPINOR_METHODCALL_H
#define SPINOR_SPINOR_METHODCALL_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdint.h>

struct spinor_client;
struct spinor_command;

/* Answers in moments, or has a whole array to read or write. */
#define SPINOR_SHORT_MS 10000
#define SPINOR_LONG_MS 120000

/* --timeout, or usual_ms. */
int64_t spinor_limit_ms(const struct spinor_command *command, int64_t usual_ms);

/* Parameters with "adapter" from the command line, and with "cs". */
JsonObject *spinor_adapter_params(const struct spinor_command *command);
JsonObject *spinor_chip_params(const struct spinor_command *command);

/* Sets a member to the path made absolute; SPINOR_ERROR_USAGE when it is not UTF-8. */
gboolean spinor_set_path(JsonObject *params, const char *name, const char *path, GError **error);

/* Finds the bench, calls method there and, with --json, prints the result. params: taken. */
JsonNode *spinor_call(struct spinor_command *command, const char *method, JsonObject *params,
	int64_t usual_ms, GError **error);

/* spinor_call() for an object as the result. Free with json_object_unref(). */
JsonObject *spinor_call_object(struct spinor_command *command, const char *method,
	JsonObject *params, int64_t usual_ms, GError **error);

/* node as an object, or NULL and an error. */
JsonObject *spinor_as_object(JsonNode *node, const char *method, GError **error);

#endif
