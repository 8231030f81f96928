/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Methods that read and reset counters. The names of counters are those of trace/stats.h, with a
 * point for each level of the JSON object: by_reason.wel is the member wel of by_reason.
 */
#include "control/internal.h"

#include "action/action.h"
#include "control/rpc.h"
#include "trace/examples.h"
#include "trace/stats.h"

static JsonObject *
describe_opcodes(const struct trace_chip_stats *stats)
{
	JsonObject *object = json_object_new();

	for (unsigned int opcode = 0; opcode < G_N_ELEMENTS(stats->by_opcode); opcode++) {
		char name[3];

		g_snprintf(name, sizeof name, "%02X", opcode);
		if (stats->by_opcode[opcode] != 0)
			json_object_set_int_member(object, name, (int64_t)stats->by_opcode[opcode]);
	}
	return object;
}

static JsonObject *
describe_reasons(const struct trace_chip_stats *stats)
{
	JsonObject *object = json_object_new();

	for (unsigned int outcome = 0; outcome < FLASH_OUTCOMES; outcome++) {
		const char *name = trace_reason_name((enum flash_outcome)outcome);

		if (name != NULL)
			json_object_set_int_member(
				object, name, (int64_t)stats->by_reason[outcome]);
	}
	return object;
}

JsonNode *
control_stats_get(struct control_call *call, GError **error)
{
	struct action_target target;
	struct trace_chip_stats chip;
	struct link_host_stats host;
	JsonObject *object;

	if (!control_chip(call, &target, error))
		return NULL;
	action_stats_get(&target, &chip, &host);
	object = json_object_new();
	for (enum trace_counter counter = 0; counter < TRACE_BY_REASON; counter++) {
		g_autofree char *name = trace_counter_name(counter);

		json_object_set_int_member(
			object, name, (int64_t)trace_chip_stats_value(&chip, counter));
	}
	json_object_set_int_member(object, "host_sessions", (int64_t)host.sessions);
	json_object_set_int_member(object, "bytes_in", (int64_t)host.bytes_in);
	json_object_set_int_member(object, "bytes_out", (int64_t)host.bytes_out);
	json_object_set_object_member(object, "by_reason", describe_reasons(&chip));
	json_object_set_object_member(object, "by_opcode", describe_opcodes(&chip));
	return control_take_object(object);
}

static JsonObject *
describe_example(const struct trace_example *example)
{
	JsonObject *object = json_object_new();

	json_object_set_int_member(object, "number", (int64_t)example->number);
	json_object_set_int_member(object, "time_ns", example->time_ns);
	if (example->opcode >= 0)
		json_object_set_int_member(object, "opcode", example->opcode);
	else
		json_object_set_null_member(object, "opcode");
	control_set_text(object, "name", example->name);
	if (example->has_address)
		json_object_set_int_member(object, "address", example->address);
	else
		json_object_set_null_member(object, "address");
	json_object_set_int_member(object, "length", (int64_t)example->length);
	json_object_set_string_member(object, "outcome", trace_example_outcome(example));
	return object;
}

static JsonArray *
describe_examples(const struct trace_example *examples, unsigned int n)
{
	JsonArray *array = json_array_new();

	for (unsigned int i = 0; i < n; i++)
		json_array_add_object_element(array, describe_example(&examples[i]));
	return array;
}

JsonNode *
control_stats_examples(struct control_call *call, GError **error)
{
	const char *name = control_string(call, "counter");
	enum trace_counter counter = trace_counter_find(name);
	struct action_target target;
	struct trace_example_list examples;
	JsonObject *object;

	if (counter == TRACE_COUNTERS) {
		g_set_error(error, CONTROL_ERROR, CONTROL_ERROR_PARAMS,
			"stats.examples: \"counter\" has to be a counter of a chip, such as "
			"ignored, by_reason.wel or by_opcode.20; stats.get has all names");
		return NULL;
	}
	if (!control_chip(call, &target, error))
		return NULL;
	action_stats_examples(&target, counter, &examples);
	object = json_object_new();
	json_object_set_array_member(
		object, "first", describe_examples(examples.first, examples.n_first));
	json_object_set_array_member(
		object, "last", describe_examples(examples.last, examples.n_last));
	return control_take_object(object);
}

JsonNode *
control_stats_reset(struct control_call *call, GError **error)
{
	struct action_target target;

	if (control_integer(call, "cs", -1) >= 0) {
		if (!control_chip(call, &target, error))
			return NULL;
	} else if (!control_adapter(call, &target, error)) {
		return NULL;
	}
	action_stats_reset(&target);
	return control_true();
}
