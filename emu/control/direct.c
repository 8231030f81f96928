/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of methods, from a client of the socket or from a record. Those that change the bench give
 * the actions the text of the request, which is written to the record of the session at the moment
 * at which it takes effect.
 *
 * Leaves out methods that only ask, or end the daemon: a record has none, and none is called for
 * one.
 */
#include "control/direct.h"

#include "action/action.h"
#include "control/internal.h"
#include "control/methods.h"
#include "control/rpc.h"
#include "control/schema.h"

#include <string.h>

struct control_direct {
	struct control_shared shared;
};

JsonNode *
control_direct_call(const struct control_method *method, struct control_call *call, GError **error)
{
	g_autoptr(JsonNode) node = NULL;
	g_autofree char *params = NULL;
	g_autofree char *request = NULL;
	JsonNode *result;

	if (!control_method_changes(method))
		return method->handler(call, error);
	node = json_node_new(JSON_NODE_OBJECT);
	if (call->params != NULL)
		json_node_set_object(node, call->params);
	else
		json_node_take_object(node, json_object_new());
	params = json_to_string(node, FALSE);
	request = g_strconcat(method->name, " ", params, NULL);
	action_set_request(call->shared->actions, request);
	result = method->handler(call, error);
	action_set_request(call->shared->actions, NULL);
	return result;
}

struct control_direct *
control_direct_new(struct bench *bench)
{
	struct control_direct *direct = g_new0(struct control_direct, 1);

	direct->shared.actions = action_context_new(bench);
	return direct;
}

void
control_direct_free(struct control_direct *direct)
{
	if (direct == NULL)
		return;
	action_context_destroy(direct->shared.actions);
	g_free(direct);
}

/* Parses "METHOD PARAMETERS" as the message that a client would have sent. */
static const struct control_method *
parse(struct control_request *parsed, const char *request, GError **error)
{
	size_t n = strcspn(request, " ");
	g_autofree char *name = g_strndup(request, n);
	const struct control_method *method = control_method_find(name);
	g_autofree char *line = NULL;

	*parsed = (struct control_request){0};
	if (method == NULL || !control_method_changes(method)) {
		g_set_error(error, CONTROL_ERROR, CONTROL_ERROR_METHOD,
			"%.64s: there is no such method that changes a bench", name);
		return NULL;
	}
	line = g_strdup_printf("{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":%s}", name,
		request[n] != '\0' ? request + n + 1 : "{}");
	if (control_request_parse(parsed, line, strlen(line), error))
		return method;
	return NULL;
}

JsonObject *
control_direct_parse(const char *request, char **method, GError **error)
{
	struct control_request parsed;
	const struct control_method *found = parse(&parsed, request, error);
	JsonObject *params = NULL;

	*method = NULL;
	if (found != NULL) {
		*method = g_strdup(found->name);
		params = parsed.params != NULL ? json_object_ref(parsed.params) : json_object_new();
	}
	control_request_clear(&parsed);
	return params;
}

bool
control_direct_run(struct control_direct *direct, const char *request, GError **error)
{
	struct control_request parsed;
	const struct control_method *method = parse(&parsed, request, error);
	struct control_call call = {.shared = &direct->shared, .params = parsed.params};
	g_autoptr(JsonNode) result = NULL;

	if (method != NULL && control_schema_check(method, parsed.params, error))
		result = control_direct_call(method, &call, error);
	control_request_clear(&parsed);
	return result != NULL;
}
