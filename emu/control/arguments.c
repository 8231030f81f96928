/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Helpers for the handlers of methods: reading parameters, which are already checked, and building
 * results. */
#include "control/internal.h"

#include "action/action.h"
#include "base/error.h"
#include "control/rpc.h"

#include <string.h>

const char *const control_levels[] = {
	[FLASH_LOW] = "low",
	[FLASH_HIGH] = "high",
	[FLASH_FLOATING] = "float",
	[FLASH_NO_PIN] = NULL,
};

static JsonNode *
find(const struct control_call *call, const char *name)
{
	return call->params != NULL ? json_object_get_member(call->params, name) : NULL;
}

const char *
control_string(const struct control_call *call, const char *name)
{
	JsonNode *node = find(call, name);

	return node != NULL ? json_node_get_string(node) : NULL;
}

int64_t
control_integer(const struct control_call *call, const char *name, int64_t otherwise)
{
	JsonNode *node = find(call, name);

	return node != NULL ? json_node_get_int(node) : otherwise;
}

int
control_choice(const struct control_call *call, const char *name, const char *const *allowed)
{
	const char *text = control_string(call, name);
	int i = 0;

	while (allowed[i] != NULL && strcmp(allowed[i], text) != 0)
		i++;
	return i;
}

JsonArray *
control_array(const struct control_call *call, const char *name)
{
	JsonNode *node = find(call, name);

	return node != NULL ? json_node_get_array(node) : NULL;
}

bool
control_as_params(bool good, GError **error)
{
	if (!good && error != NULL && g_error_matches(*error, BASE_ERROR, BASE_ERROR_USAGE)) {
		(*error)->domain = CONTROL_ERROR;
		(*error)->code = CONTROL_ERROR_PARAMS;
	}
	return good;
}

bool
control_adapter(const struct control_call *call, struct action_target *target, GError **error)
{
	return control_as_params(action_target_adapter(call->shared->actions,
					 control_string(call, "adapter"), target, error),
		error);
}

bool
control_chip(const struct control_call *call, struct action_target *target, GError **error)
{
	return control_as_params(
		action_target_chip(call->shared->actions, control_string(call, "adapter"),
			(int)control_integer(call, "cs", -1), target, error),
		error);
}

bool
control_target(const struct control_call *call, struct action_target *target, GError **error)
{
	if (action_target_chip(call->shared->actions, control_string(call, "adapter"),
		    (int)control_integer(call, "cs", -1), target, NULL))
		return true;
	if (control_integer(call, "cs", -1) >= 0)
		return control_chip(call, target, error);
	return control_adapter(call, target, error);
}

JsonNode *
control_true(void)
{
	return json_node_init_boolean(json_node_alloc(), TRUE);
}

JsonNode *
control_take_object(JsonObject *object)
{
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);

	json_node_take_object(node, object);
	return node;
}

JsonNode *
control_take_array(JsonArray *array)
{
	JsonNode *node = json_node_new(JSON_NODE_ARRAY);

	json_node_take_array(node, array);
	return node;
}

void
control_set_text(JsonObject *object, const char *name, const char *text)
{
	g_autofree char *valid = NULL;

	if (text == NULL) {
		json_object_set_null_member(object, name);
		return;
	}
	valid = g_utf8_make_valid(text, -1);
	json_object_set_string_member(object, name, valid);
}

JsonNode *
control_pins(const struct bench_pins *pins)
{
	JsonObject *object = json_object_new();

	control_set_text(object, "wp", control_levels[pins->wp]);
	control_set_text(object, "hold", control_levels[pins->hold]);
	control_set_text(object, "reset", control_levels[pins->reset]);
	return control_take_object(object);
}

/* A pin of that name that is not high and would have no effect if it were low. */
static void
add_note(GString *text, const char *name, enum flash_level level, const struct flash_pin_use *use)
{
	if (use->exists && !use->acts && (level == FLASH_LOW || level == FLASH_FLOATING))
		g_string_append_printf(
			text, "%s%s has no effect: %s", text->len > 0 ? "; " : "", name, use->text);
}

void
control_set_note(JsonObject *object, const struct bench_pins *pins)
{
	g_autoptr(GString) text = g_string_new(NULL);

	add_note(text, "WP#", pins->wp, &pins->uses[FLASH_PIN_WP]);
	add_note(text, "HOLD#", pins->hold, &pins->uses[FLASH_PIN_HOLD]);
	add_note(text, "RESET#", pins->reset, &pins->uses[FLASH_PIN_RESET]);
	if (text->len > 0)
		json_object_set_string_member(object, "note", text->str);
}
