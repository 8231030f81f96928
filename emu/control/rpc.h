/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON-RPC 2.0 messages, one line of text each. Private to the control room. */
#ifndef SPINOR_CONTROL_RPC_H
#define SPINOR_CONTROL_RPC_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stddef.h>

#define CONTROL_ERROR control_error_quark()

/* The codes are part of the protocol. */
enum control_error {
	CONTROL_ERROR_PARSE = -32700,
	CONTROL_ERROR_REQUEST = -32600,
	CONTROL_ERROR_METHOD = -32601,
	CONTROL_ERROR_PARAMS = -32602,
	CONTROL_ERROR_INTERNAL = -32603,
	CONTROL_ERROR_ACTION = -32000, /* also for errors of other domains */
};

GQuark control_error_quark(void);

struct control_request {
	JsonNode *root;
	JsonNode *id; /* NULL: a notification, which gets no reply */
	const char *method;
	JsonObject *params; /* NULL: none */
};

/* Parses one line of n bytes. On error, request has the id if the line has one. Clear the request
 * in any case. */
bool control_request_parse(
	struct control_request *request, const char *line, size_t n, GError **error);
void control_request_clear(struct control_request *request);

/* Build messages, without a newline. id NULL: null. Take ownership of result, params and data. */
char *control_reply_result(JsonNode *id, JsonNode *result);
/* data: more about the error, for programs; may be NULL. */
char *control_reply_error(JsonNode *id, const GError *error, JsonObject *data);
char *control_notification(const char *method, JsonNode *params);

#endif
