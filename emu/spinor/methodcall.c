/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Converts a command line into the parameters of a method, calls it and checks the result. */
#include "spinor/methodcall.h"

#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/find.h"
#include "spinor/handover.h"
#include "spinor/output.h"
#include "spinor/terminal.h"
#include "spinor/verbs.h"

#include <string.h>

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

/* Tells the client how much the bench is going to transfer; nothing if it cannot be found out. */
static void
expect_image(struct spinor_client *client, const struct spinor_command *command, bool writes)
{
	g_autoptr(JsonNode) node =
		spinor_client_call(client, "bench.status", NULL, SPINOR_SHORT_MS, NULL);
	JsonObject *status =
		node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
	JsonArray *adapters = spinor_array(status, "adapters");

	for (guint i = 0; adapters != NULL && i < json_array_get_length(adapters); i++) {
		JsonObject *adapter = spinor_item(adapters, i);
		JsonArray *chips = spinor_array(adapter, "chips");

		if (command->adapter != NULL &&
			g_strcmp0(command->adapter, spinor_text(adapter, "name", "")) != 0)
			continue;
		for (guint j = 0; chips != NULL && j < json_array_get_length(chips); j++) {
			JsonObject *chip = spinor_item(chips, j);

			if (command->cs >= 0 && spinor_number(chip, "cs", 0) != command->cs)
				continue;
			spinor_client_expect_transfer(client, spinor_number(status, "pid", 0),
				writes, (uint64_t)spinor_number(chip, "size", 0));
			return;
		}
	}
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
	if (g_str_has_prefix(method, "image.") && spinor_progress_is_shown())
		expect_image(client, command, strcmp(method, "image.save") == 0);
	result = spinor_handover_call(
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
