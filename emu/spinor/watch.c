/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verb watch: prints events of a bench as lines, like those of spinord's trace. An operation
 * has columns for its known members; all other members of an event follow as NAME=VALUE, so that
 * events of kinds that this tool does not know are printed, too.
 */
#include "spinor/verbs.h"

#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/find.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const shown_first[] = {"subscription", "kind", "adapter", "cs", "time_ns", NULL};
static const char *const shown_of_operation[] = {
	"opcode", "name", "address", "length", "outcome", NULL};

static void
print_number(JsonObject *event, const char *name, const char *hex_format)
{
	const char *text = spinor_text(event, name, NULL);
	int64_t number = spinor_number(event, name, -1);

	if (text != NULL)
		printf(" %s", text);
	else if (number >= 0 && hex_format != NULL)
		printf(hex_format, (uint64_t)number);
	else if (number >= 0)
		printf(" %" PRId64, number);
	else
		printf(" -");
}

static void
print_operation(JsonObject *event)
{
	const char *outcome = spinor_text(event, "outcome", "");
	bool usual = *outcome == '\0' || strcmp(outcome, "done") == 0 || strcmp(outcome, "ok") == 0;

	print_number(event, "opcode", " %02" PRIX64);
	printf(" %s", spinor_text(event, "name", "?"));
	print_number(event, "address", " %06" PRIX64);
	print_number(event, "length", NULL);
	if (!usual)
		printf(" %s%s%s", spinor_colour(SPINOR_YELLOW), outcome,
			spinor_colour(SPINOR_PLAIN));
}

static void
print_other_members(JsonObject *event, bool operation)
{
	GList *names = json_object_get_members(event);

	for (GList *at = names; at != NULL; at = at->next) {
		g_autofree char *value = NULL;

		if (g_strv_contains(shown_first, at->data) ||
			(operation && g_strv_contains(shown_of_operation, at->data)))
			continue;
		value = json_to_string(json_object_get_member(event, at->data), FALSE);
		printf(" %s=%s", (const char *)at->data, value);
	}
	g_list_free(names);
}

static void
print_event(JsonObject *event)
{
	const char *kind = spinor_text(event, "kind", "?");
	bool operation = strcmp(kind, "operation") == 0;
	int64_t time_ns = spinor_number(event, "time_ns", -1);

	if (time_ns >= 0)
		printf("%s%" PRId64 ".%09" PRId64 "%s ", spinor_colour(SPINOR_DIM),
			time_ns / 1000000000, time_ns % 1000000000, spinor_colour(SPINOR_PLAIN));
	if (spinor_text(event, "adapter", NULL) != NULL)
		printf("%s", spinor_text(event, "adapter", ""));
	if (spinor_number(event, "cs", -1) >= 0)
		printf("/%" PRId64, spinor_number(event, "cs", -1));
	if (spinor_text(event, "adapter", NULL) != NULL)
		putchar(' ');
	if (operation)
		printf("operation");
	else
		printf("%s%s%s", spinor_colour(SPINOR_BOLD), kind, spinor_colour(SPINOR_PLAIN));
	if (operation)
		print_operation(event);
	print_other_members(event, operation);
	putchar('\n');
}

static JsonObject *
subscription_params(const struct spinor_command *command)
{
	JsonObject *params = spinor_adapter_params(command);
	JsonArray *kinds;

	if (command->kinds == NULL)
		return params;
	kinds = json_array_new();
	for (char **kind = command->kinds; *kind != NULL; kind++)
		json_array_add_string_element(kinds, *kind);
	json_object_set_array_member(params, "kinds", kinds);
	return params;
}

/* Prints events until the bench ends, or until --count is reached. */
static int
follow(struct spinor_client *client, const struct spinor_command *command, GError **error)
{
	int64_t limit_ms = spinor_limit_ms(command, SPINOR_FOREVER);
	int seen = 0;

	while (command->count == 0 || seen < command->count) {
		g_autoptr(JsonObject) event = spinor_client_event(client, limit_ms, error);

		if (event == NULL && error != NULL && *error != NULL)
			return -1;
		if (event == NULL && command->count == 0)
			return EXIT_SUCCESS;
		if (event == NULL) {
			g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
				"the bench ended after %d of %d events", seen, command->count);
			return -1;
		}
		if (command->json) {
			g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

			json_node_set_object(node, event);
			spinor_print_json(node);
		} else {
			print_event(event);
		}
		if (!spinor_output_finish(error))
			return -1;
		seen++;
	}
	return EXIT_SUCCESS;
}

int
spinor_watch(struct spinor_command *command, GError **error)
{
	struct spinor_client *client = spinor_find(command, error);
	g_autoptr(JsonNode) subscription = NULL;
	int status = -1;

	if (client == NULL)
		return -1;
	subscription = spinor_client_call(
		client, "events.subscribe", subscription_params(command), SPINOR_SHORT_MS, error);
	if (subscription != NULL)
		status = follow(client, command, error);
	spinor_client_close(client);
	return status;
}
