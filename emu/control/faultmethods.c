/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Methods about faults and wires. */
#include "control/internal.h"

#include "action/action.h"
#include "control/rpc.h"

JsonNode *
control_fault_add(struct control_call *call, GError **error)
{
	struct action_fault_request request = {
		.text = control_string(call, "fault"),
		.name = control_string(call, "name"),
		.has_chip = control_integer(call, "cs", -1) >= 0,
	};
	struct action_target target;
	JsonObject *object;

	if (!control_target(call, &target, error) ||
		!control_as_params(action_fault_add(&target, &request, error), error))
		return NULL;
	object = json_object_new();
	json_object_set_int_member(object, "id", request.id);
	return control_take_object(object);
}

/* Finds a fault by its number, which is unique on an adapter, or by its name, unique on the
 * bench. */
static bool
find_fault(
	struct control_call *call, struct action_target *target, unsigned int *id, GError **error)
{
	const char *name = control_string(call, "name");

	*id = (unsigned int)control_integer(call, "id", 0);
	if ((name != NULL) == (*id > 0)) {
		g_set_error(error, CONTROL_ERROR, CONTROL_ERROR_PARAMS,
			"fault.remove: %s; allowed is one of \"id\" and \"name\"",
			name != NULL ? "both are given" : "neither is given");
		return false;
	}
	if (name == NULL)
		return control_adapter(call, target, error);
	return control_as_params(action_fault_find(call->shared->actions,
					 control_string(call, "adapter"), name, target, id, error),
		error);
}

JsonNode *
control_fault_remove(struct control_call *call, GError **error)
{
	struct action_target target;
	unsigned int id;

	if (!find_fault(call, &target, &id, error) ||
		!control_as_params(action_fault_remove(&target, id, error), error))
		return NULL;
	return control_true();
}

JsonNode *
control_fault_clear(struct control_call *call, GError **error)
{
	struct action_target target;

	if (!control_adapter(call, &target, error))
		return NULL;
	action_fault_clear(&target);
	return control_true();
}

JsonNode *
control_fault_list(struct control_call *call, GError **error)
{
	g_autoptr(GPtrArray) list = NULL;
	struct action_target target;
	JsonArray *array;

	if (!control_adapter(call, &target, error))
		return NULL;
	list = action_fault_list(&target);
	array = json_array_new();
	for (guint i = 0; i < list->len; i++) {
		const struct bench_fault_info *info = list->pdata[i];
		JsonObject *object = json_object_new();

		json_object_set_int_member(object, "id", info->id);
		control_set_text(object, "fault", info->text);
		if (info->cs >= 0)
			json_object_set_int_member(object, "cs", info->cs);
		else
			json_object_set_null_member(object, "cs");
		json_object_set_int_member(object, "acted", (int64_t)info->acted);
		json_object_set_int_member(object, "matched", (int64_t)info->matched);
		control_set_text(object, "name", info->name);
		json_array_add_object_element(array, object);
	}
	return control_take_array(array);
}

const char *const control_boards[] = {
	[BOARD_RUNS] = "run",
	[BOARD_IN_RESET] = "reset",
	[BOARD_OFF] = "off",
	NULL,
};

JsonNode *
control_board(struct control_call *call, GError **error)
{
	g_autoptr(GPtrArray) started = NULL;
	struct action_target target;
	JsonObject *object;
	JsonArray *array;

	if (!control_adapter(call, &target, error))
		return NULL;
	started = action_board(&target, control_choice(call, "state", control_boards), error);
	if (started == NULL)
		return NULL;
	array = json_array_new();
	for (guint i = 0; i < started->len; i++) {
		const struct action_boot_outcome *boot = started->pdata[i];
		JsonObject *board = json_object_new();

		json_object_set_int_member(board, "cs", boot->cs);
		control_set_text(board, "name", boot->name);
		json_object_set_boolean_member(board, "boots", boot->boots);
		control_set_text(board, "why_not", boot->why_not);
		json_array_add_object_element(array, board);
	}
	object = json_object_new();
	json_object_set_array_member(object, "boards", array);
	return control_take_object(object);
}

JsonNode *
control_wiring(struct control_call *call, GError **error)
{
	struct action_target target;
	struct action_line lines[ACTION_LINES];
	JsonArray *array;

	if (!control_target(call, &target, error))
		return NULL;
	action_wiring(&target, lines);
	array = json_array_new();
	for (unsigned int i = 0; i < ACTION_LINES; i++) {
		JsonObject *object = json_object_new();

		control_set_text(object, "line", lines[i].name);
		control_set_text(object, "host", lines[i].host);
		control_set_text(object, "chip", lines[i].chip);
		if (lines[i].fault > 0)
			json_object_set_int_member(object, "fault", lines[i].fault);
		else
			json_object_set_null_member(object, "fault");
		control_set_text(
			object, "fault_text", lines[i].fault > 0 ? lines[i].fault_text : NULL);
		if (lines[i].pin > 0)
			json_object_set_int_member(object, "pin", lines[i].pin);
		else
			json_object_set_null_member(object, "pin");
		control_set_text(object, "pin_name", lines[i].pin_name);
		control_set_text(object, "contact", lines[i].contact);
		control_set_text(object, "contact_level", lines[i].contact_level);
		json_object_set_boolean_member(object, "touches", lines[i].touches);
		json_array_add_object_element(array, object);
	}
	return control_take_array(array);
}
