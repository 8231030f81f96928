/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Converts a command line into the parameters of a method, calls it and checks the result. */
#include "spinor/methodcall.h"

#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/find.h"
#include "spinor/output.h"
#include "spinor/verbs.h"

int64_t
spinor_limit_ms(const struct spinor_command *command, int64_t usual_ms)
{
	return command->timeout_ns > 0 ? MAX(command->timeout_ns / 1000000, 1) : usual_ms;
}

JsonObject *
spinor_adapter_params(const struct spinor_command *command)
{
	JsonObject *params = json_object_new();

	if (command->adapter != NULL)
		json_object_set_string_member(params, "adapter", command->adapter);
	return params;
}

JsonObject *
spinor_chip_params(const struct spinor_command *command)
{
	JsonObject *params = spinor_adapter_params(command);

	if (command->cs >= 0)
		json_object_set_int_member(params, "cs", command->cs);
	return params;
}

gboolean
spinor_set_path(JsonObject *params, const char *name, const char *path, GError **error)
{
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);

	if (!g_utf8_validate(absolute, -1, NULL)) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s: the name is not UTF-8, as the control socket requires; use another "
			"name",
			path);
		return FALSE;
	}
	json_object_set_string_member(params, name, absolute);
	return TRUE;
}

JsonNode *
spinor_call(struct spinor_command *command, const char *method, JsonObject *params,
	int64_t usual_ms, GError **error)
{
	struct spinor_client *client = spinor_find(command, error);
	JsonNode *result;

	if (client == NULL) {
		json_object_unref(params);
		return NULL;
	}
	spinor_client_show_progress(client, command->verb->name);
	result = spinor_client_call(
		client, method, params, spinor_limit_ms(command, usual_ms), error);
	spinor_client_close(client);
	if (result != NULL && command->json)
		spinor_print_json(result);
	return result;
}

JsonObject *
spinor_as_object(JsonNode *node, const char *method, GError **error)
{
	if (node == NULL)
		return NULL;
	(void)method;
	if (JSON_NODE_HOLDS_OBJECT(node))
		return json_node_get_object(node);
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
		"the answer of the bench is not understood; is it another version of spinord?");
	return NULL;
}

JsonObject *
spinor_call_object(struct spinor_command *command, const char *method, JsonObject *params,
	int64_t usual_ms, GError **error)
{
	g_autoptr(JsonNode) node = spinor_call(command, method, params, usual_ms, error);
	JsonObject *object = spinor_as_object(node, method, error);

	return object != NULL ? json_object_ref(object) : NULL;
}
