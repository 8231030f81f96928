/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Collects the counters, the assertions and the comparison of the image at the end of a run through
 * the control socket. Counters of several chips are added; those of an adapter, which all its chips
 * report, are added once.
 */
#include "spinor/runreport.h"

#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/expect.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"

#include <inttypes.h>
#include <string.h>

#define OPERATIONS_MAX 4 /* that are named for an expectation */

/* NOLINTBEGIN(misc-no-recursion): the daemon sends counters in groups of one level. */
static void add_up(JsonObject *sums, JsonObject *stats, bool first_chip);

/* by_reason and by_opcode. */
static void
add_up_group(JsonObject *sums, const char *name, JsonObject *group, bool first_chip)
{
	if (spinor_object(sums, name) == NULL)
		json_object_set_object_member(sums, name, json_object_new());
	add_up(spinor_object(sums, name), group, first_chip);
}

static void
add_up(JsonObject *sums, JsonObject *stats, bool first_chip)
{
	GList *names = json_object_get_members(stats);

	for (GList *at = names; at != NULL; at = at->next) {
		const char *name = at->data;
		int64_t sum = spinor_number(sums, name, 0);

		if (spinor_object(stats, name) != NULL) {
			add_up_group(sums, name, spinor_object(stats, name), first_chip);
			continue;
		}
		if (spinor_number(stats, name, -1) < 0)
			continue;
		if (first_chip || !g_strv_contains(spinor_adapter_counters, name))
			sum += spinor_number(stats, name, 0);
		json_object_set_int_member(sums, name, sum);
	}
	g_list_free(names);
}
/* NOLINTEND(misc-no-recursion) */

static JsonObject *
params_of(const char *adapter, int64_t cs)
{
	JsonObject *params = json_object_new();

	json_object_set_string_member(params, "adapter", adapter);
	json_object_set_int_member(params, "cs", cs);
	return params;
}

/* Sets a member of row to the result of a method for its chip. */
static bool
ask(JsonObject *row, const char *member, const char *method, struct spinor_client *client,
	GError **error)
{
	JsonObject *params =
		params_of(spinor_text(row, "adapter", ""), spinor_number(row, "cs", 0));
	JsonNode *result = spinor_client_call(client, method, params, SPINOR_LONG_MS, error);

	if (result == NULL)
		return false;
	json_object_set_member(row, member, result);
	return true;
}

/* Copies the chip's registers, and the reasons why it is silent, as they are at the end. */
static void
copy_state(JsonObject *row, JsonObject *chip)
{
	static const char *const names[] = {"registers", "silent", "reasons"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		JsonNode *node = json_object_get_member(chip, names[i]);

		if (node != NULL)
			json_object_set_member(row, names[i], json_node_copy(node));
	}
}

char *
spinor_report_silence(const struct spinor_report *report)
{
	for (guint i = 0; report->chips != NULL && i < json_array_get_length(report->chips); i++) {
		JsonObject *row = spinor_item(report->chips, i);
		JsonArray *reasons = spinor_array(row, "reasons");

		for (guint j = 0; reasons != NULL && j < json_array_get_length(reasons); j++) {
			JsonObject *reason = spinor_item(reasons, j);

			if (spinor_flag(reason, "silent"))
				return g_strdup_printf("%s/%" PRId64 " is silent: %s",
					spinor_text(row, "adapter", "?"),
					spinor_number(row, "cs", 0),
					spinor_text(reason, "text", "?"));
		}
	}
	return NULL;
}

static bool
is_selected(JsonObject *row, const struct spinor_command *command)
{
	return (command->adapter == NULL ||
		       strcmp(command->adapter, spinor_text(row, "adapter", "")) == 0) &&
		(command->cs < 0 || command->cs == spinor_number(row, "cs", 0));
}

static bool
add_chip(struct spinor_report *report, JsonObject *row, bool first_chip,
	struct spinor_client *client, const struct spinor_command *command, GError **error)
{
	json_array_add_object_element(report->chips, row);
	if (!ask(row, "stats", "stats.get", client, error))
		return false;
	if (command->report != NULL && !ask(row, "image", "image.info", client, error))
		return false;
	if (is_selected(row, command) && spinor_object(row, "stats") != NULL)
		add_up(report->stats, spinor_object(row, "stats"), first_chip);
	return true;
}

static bool
compare(struct spinor_report *report, struct spinor_client *client,
	const struct spinor_command *command, GError **error)
{
	JsonObject *params = spinor_chip_params(command);
	g_autoptr(JsonNode) result = NULL;

	if (!spinor_set_path(params, "path", command->expect_image, error)) {
		json_object_unref(params);
		return false;
	}
	result = spinor_client_call(client, "image.compare", params, SPINOR_LONG_MS, error);
	if (spinor_as_object(result, "image.compare", error) == NULL) {
		g_prefix_error(error, "--expect-image %s: ", command->expect_image);
		return false;
	}
	report->compare = json_object_ref(json_node_get_object(result));
	return true;
}

/* Adds operations of a chip that broke an expectation: those with a number above allowed, without
 * gaps. previous: the number of the last one that was added; 0: none. */
static void
add_operations(
	JsonArray *to, JsonObject *row, JsonArray *examples, int64_t allowed, int64_t *previous)
{
	for (guint i = 0; examples != NULL && i < json_array_get_length(examples); i++) {
		JsonObject *example = spinor_item(examples, i);
		int64_t number = spinor_number(example, "number", 0);

		if (number <= allowed || (*previous > 0 && number != *previous + 1) ||
			json_array_get_length(to) >= OPERATIONS_MAX)
			continue;
		*previous = number;
		json_object_set_string_member(example, "adapter", spinor_text(row, "adapter", ""));
		json_object_set_int_member(example, "cs", spinor_number(row, "cs", 0));
		json_array_add_object_element(to, json_object_ref(example));
	}
}

/* The operations that broke an expectation. With several chips each has its own numbers, and
 * examples from the first one on are shown. */
static JsonArray *
find_operations(struct spinor_report *report, const struct spinor_expect_failure *failure,
	struct spinor_client *client, const struct spinor_command *command)
{
	JsonArray *operations = json_array_new();
	guint n = json_array_get_length(report->chips);
	int64_t allowed = n > 1 ? 0 : failure->allowed;

	for (guint i = 0; failure->too_many && i < n; i++) {
		JsonObject *row = spinor_item(report->chips, i);
		JsonObject *params;
		g_autoptr(JsonNode) result = NULL;
		JsonObject *lists;
		int64_t previous = 0;

		if (!is_selected(row, command))
			continue;
		params = params_of(spinor_text(row, "adapter", ""), spinor_number(row, "cs", 0));
		json_object_set_string_member(params, "counter", failure->counter);
		result = spinor_client_call(client, "stats.examples", params, SPINOR_LONG_MS, NULL);
		lists = spinor_as_object(result, "stats.examples", NULL);
		if (lists == NULL)
			continue;
		add_operations(operations, row, spinor_array(lists, "first"), allowed, &previous);
		add_operations(operations, row, spinor_array(lists, "last"), allowed, &previous);
	}
	return operations;
}

static void
set_operations(JsonObject *row, struct spinor_report *report,
	const struct spinor_expect_failure *failure, struct spinor_client *client,
	const struct spinor_command *command)
{
	JsonArray *operations = find_operations(report, failure, client, command);
	int64_t named = json_array_get_length(operations);

	json_object_set_array_member(row, "operations", operations);
	json_object_set_int_member(row, "more", MAX(failure->broke - named, 0));
}

static void
check(struct spinor_report *report, struct spinor_client *client,
	const struct spinor_command *command, GPtrArray *expectations)
{
	for (guint i = 0; i < expectations->len; i++) {
		const struct expect *expect = expectations->pdata[i];
		struct spinor_expect_failure failure;
		bool holds = spinor_expect_holds(expect, report->stats, &failure);
		JsonObject *row = json_object_new();

		json_object_set_string_member(row, "assert", spinor_expect_text(expect));
		json_object_set_boolean_member(row, "holds", holds);
		if (!holds) {
			json_object_set_string_member(row, "failure", failure.message);
			json_object_set_string_member(row, "counter", failure.counter);
			json_object_set_int_member(row, "value", failure.value);
			set_operations(row, report, &failure, client, command);
		}
		g_free(failure.message);
		json_array_add_object_element(report->assertions, row);
	}
}

/* The faults of all adapters, with the number of times that they have acted. */
static bool
add_faults(struct spinor_report *report, struct spinor_client *client, JsonArray *adapters,
	GError **error)
{
	for (guint i = 0; adapters != NULL && i < json_array_get_length(adapters); i++) {
		const char *name = spinor_text(spinor_item(adapters, i), "name", "");
		JsonObject *params = json_object_new();
		g_autoptr(JsonNode) list = NULL;
		JsonArray *rows;

		json_object_set_string_member(params, "adapter", name);
		list = spinor_client_call(client, "fault.list", params, SPINOR_LONG_MS, error);
		if (list == NULL)
			return false;
		rows = JSON_NODE_HOLDS_ARRAY(list) ? json_node_get_array(list) : NULL;
		for (guint j = 0; rows != NULL && j < json_array_get_length(rows); j++) {
			JsonObject *row = spinor_item(rows, j);

			if (row == NULL)
				continue;
			json_object_set_string_member(row, "adapter", name);
			json_array_add_object_element(report->faults, json_object_ref(row));
		}
	}
	return true;
}

bool
spinor_report_collect(struct spinor_report *report, struct spinor_client *client,
	const struct spinor_command *command, GPtrArray *expectations, GError **error)
{
	g_autoptr(JsonNode) now =
		spinor_client_call(client, "bench.status", NULL, SPINOR_LONG_MS, error);
	JsonArray *adapters;

	report->chips = json_array_new();
	report->stats = json_object_new();
	report->assertions = json_array_new();
	report->faults = json_array_new();
	if (spinor_as_object(now, "bench.status", error) == NULL)
		return false;
	adapters = spinor_array(json_node_get_object(now), "adapters");
	for (guint i = 0; adapters != NULL && i < json_array_get_length(adapters); i++) {
		JsonObject *adapter = spinor_item(adapters, i);
		JsonArray *chips = spinor_array(adapter, "chips");

		for (guint j = 0; chips != NULL && j < json_array_get_length(chips); j++) {
			JsonObject *chip = spinor_item(chips, j);
			JsonObject *row = params_of(
				spinor_text(adapter, "name", ""), spinor_number(chip, "cs", 0));

			json_object_set_string_member(row, "part", spinor_text(chip, "part", "?"));
			copy_state(row, chip);
			if (!add_chip(report, row, j == 0, client, command, error))
				return false;
		}
	}
	if (!add_faults(report, client, adapters, error))
		return false;
	check(report, client, command, expectations);
	return command->expect_image == NULL || compare(report, client, command, error);
}

void
spinor_report_clear(struct spinor_report *report)
{
	g_clear_pointer(&report->chips, json_array_unref);
	g_clear_pointer(&report->stats, json_object_unref);
	g_clear_pointer(&report->compare, json_object_unref);
	g_clear_pointer(&report->assertions, json_array_unref);
	g_clear_pointer(&report->faults, json_array_unref);
}
