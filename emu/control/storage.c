/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Methods about the content of chips: images and snapshots. */
#include "control/internal.h"

#include "action/action.h"
#include "control/rpc.h"

static JsonNode *
bytes_result(const char *name, uint64_t bytes)
{
	JsonObject *object = json_object_new();

	json_object_set_int_member(object, name, (int64_t)bytes);
	return control_take_object(object);
}

JsonNode *
control_image_info(struct control_call *call, GError **error)
{
	struct action_target target;
	struct action_image_info info;
	JsonObject *object;

	if (!control_chip(call, &target, error) || !action_image_info(&target, &info, error))
		return NULL;
	object = json_object_new();
	control_set_text(object, "path", info.path);
	json_object_set_int_member(object, "size", (int64_t)info.size);
	json_object_set_string_member(object, "sha256", info.sha256);
	json_object_set_boolean_member(object, "blank", info.used_bytes == 0);
	json_object_set_int_member(object, "used_bytes", (int64_t)info.used_bytes);
	json_object_set_boolean_member(object, "dirty_since_start", info.dirty);
	g_free(info.path);
	g_free(info.sha256);
	return control_take_object(object);
}

JsonNode *
control_image_save(struct control_call *call, GError **error)
{
	struct action_target target;
	uint64_t bytes;

	if (!control_chip(call, &target, error) ||
		!action_image_save(&target, control_string(call, "path"), &bytes, error))
		return NULL;
	return bytes_result("bytes", bytes);
}

JsonNode *
control_image_load(struct control_call *call, GError **error)
{
	struct action_target target;
	uint64_t bytes;

	if (!control_chip(call, &target, error) ||
		!action_image_load(&target, control_string(call, "path"), &bytes, error))
		return NULL;
	return bytes_result("bytes", bytes);
}

JsonNode *
control_image_compare(struct control_call *call, GError **error)
{
	struct action_target target;
	struct store_difference difference;
	JsonObject *object;

	if (!control_chip(call, &target, error) ||
		!action_image_compare(&target, control_string(call, "path"), &difference, error))
		return NULL;
	object = json_object_new();
	json_object_set_boolean_member(object, "equal", difference.bytes == 0);
	json_object_set_int_member(object, "differing_bytes", (int64_t)difference.bytes);
	if (difference.bytes > 0) {
		json_object_set_int_member(object, "first", (int64_t)difference.first);
		json_object_set_int_member(object, "last", (int64_t)difference.last);
	} else {
		json_object_set_null_member(object, "first");
		json_object_set_null_member(object, "last");
	}
	return control_take_object(object);
}

JsonNode *
control_snapshot_take(struct control_call *call, GError **error)
{
	const char *name = control_string(call, "name");
	struct action_target target;
	uint64_t bytes;
	JsonObject *object;

	if (!control_chip(call, &target, error) ||
		!action_snapshot_take(&target, name, control_string(call, "file"), &bytes, error))
		return NULL;
	object = json_object_new();
	control_set_text(object, "name", name);
	json_object_set_int_member(object, "bytes_copied", (int64_t)bytes);
	return control_take_object(object);
}

JsonNode *
control_snapshot_restore(struct control_call *call, GError **error)
{
	const char *name = control_string(call, "name");
	const char *file = control_string(call, "file");
	struct action_target target;
	uint64_t bytes;

	if ((name == NULL) == (file == NULL)) {
		g_set_error_literal(error, CONTROL_ERROR, CONTROL_ERROR_PARAMS,
			"snapshot.restore: allowed is one of \"name\" and \"file\"");
		return NULL;
	}
	if (!control_chip(call, &target, error) ||
		!action_snapshot_restore(&target, name, file, &bytes, error))
		return NULL;
	return bytes_result("bytes_copied", bytes);
}

static JsonObject *
describe_snapshot(const struct store_snapshot_info *info)
{
	g_autoptr(GDateTime) second = g_date_time_new_from_unix_utc(info->time_us / G_USEC_PER_SEC);
	g_autoptr(GDateTime) time =
		g_date_time_add(second, (GTimeSpan)(info->time_us % G_USEC_PER_SEC));
	g_autofree char *text = g_date_time_format_iso8601(time);
	JsonObject *object = json_object_new();

	control_set_text(object, "name", info->name);
	json_object_set_string_member(object, "time", text);
	json_object_set_int_member(object, "size", (int64_t)info->size);
	return object;
}

JsonNode *
control_snapshot_list(struct control_call *call, GError **error)
{
	struct action_target target;
	g_autoptr(GPtrArray) infos = NULL;
	JsonArray *array;

	if (!control_chip(call, &target, error))
		return NULL;
	infos = action_snapshot_list(&target, error);
	if (infos == NULL)
		return NULL;
	array = json_array_new();
	for (guint i = 0; i < infos->len; i++)
		json_array_add_object_element(array, describe_snapshot(infos->pdata[i]));
	return control_take_array(array);
}

JsonNode *
control_snapshot_usage(struct control_call *call, GError **error)
{
	struct action_target target;
	struct store_snapshot_usage usage;
	JsonObject *object;

	if (!control_chip(call, &target, error) || !action_snapshot_usage(&target, &usage, error))
		return NULL;
	object = json_object_new();
	json_object_set_int_member(object, "count", usage.count);
	json_object_set_int_member(object, "count_max", usage.limits.count);
	json_object_set_int_member(object, "bytes", (int64_t)usage.bytes);
	json_object_set_int_member(object, "bytes_max", (int64_t)usage.limits.bytes);
	return control_take_object(object);
}

JsonNode *
control_snapshot_drop(struct control_call *call, GError **error)
{
	struct action_target target;

	if (!control_chip(call, &target, error) ||
		!action_snapshot_drop(&target, control_string(call, "name"), error))
		return NULL;
	return control_true();
}
