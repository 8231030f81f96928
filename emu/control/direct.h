/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Methods that are called without a socket: a replay repeats those of a record. */
#ifndef SPINOR_CONTROL_DIRECT_H
#define SPINOR_CONTROL_DIRECT_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

struct bench;
struct control_call;
struct control_direct;
struct control_method;

/* bench outlives it. */
struct control_direct *control_direct_new(struct bench *bench);
void control_direct_free(struct control_direct *direct);

/* Calls a method that changes the bench; any other is refused. request: "METHOD PARAMETERS", as in
 * a record. */
bool control_direct_run(struct control_direct *direct, const char *request, GError **error);

/* Splits "METHOD PARAMETERS". Returns the parameters, NULL and an error if there is no such method
 * that changes a bench, or they are no JSON object. *method: free with g_free(). */
JsonObject *control_direct_parse(const char *request, char **method, GError **error);

/* Calls a method, the parameters of which are checked; its actions are recorded if it changes the
 * bench. */
JsonNode *control_direct_call(
	const struct control_method *method, struct control_call *call, GError **error);

#endif
