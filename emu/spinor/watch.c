/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verb watch: prints what happens on a bench, a line for each thing. The bench folds operations
 * into groups and words them for the width of the terminal; this tool adds the time and, if there
 * are several, adapter and chip. With --all each event is a line. An event without a text, of an
 * older bench, is printed with its members as NAME=VALUE.
 */
#include "spinor/verbs.h"

#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/find.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"
#include "spinor/terminal.h"
#include "spinor/watchsummary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "  123.456789 ", in seconds. */
#define TIME_COLUMNS 13
#define TEXT_COLUMNS_MIN 40

struct watch {
	struct spinor_client *client;
	const struct spinor_command *command;
	bool folded;
	bool names_adapter;
	bool names_chip;
	unsigned int columns; /* of the text */
};

static bool
is_ignored(JsonObject *event)
{
	const char *outcome = spinor_text(event, "outcome", "done");

	return strcmp(outcome, "done") != 0;
}

static enum spinor_colour
colour_of(JsonObject *event)
{
	const char *kind = spinor_text(event, "kind", "");

	if (strcmp(kind, "fault") == 0 || strcmp(kind, "interrupted") == 0)
		return SPINOR_RED;
	if (strcmp(kind, "lost") == 0 || strcmp(kind, "output") == 0 || is_ignored(event))
		return SPINOR_YELLOW;
	return strcmp(kind, "operation") == 0 || strcmp(kind, "ready") == 0 ? SPINOR_PLAIN
									    : SPINOR_BOLD;
}

/* "kind NAME=VALUE ..." */
static char *
list_members(JsonObject *event)
{
	static const char *const known[] = {
		"subscription", "kind", "adapter", "cs", "time_ns", NULL};
	GString *text = g_string_new(spinor_text(event, "kind", "?"));
	GList *names = json_object_get_members(event);

	for (GList *at = names; at != NULL; at = at->next) {
		g_autofree char *value = NULL;

		if (g_strv_contains(known, at->data))
			continue;
		value = json_to_string(json_object_get_member(event, at->data), FALSE);
		g_string_append_printf(text, " %s=%s", (const char *)at->data, value);
	}
	g_list_free(names);
	return g_string_free(text, FALSE);
}

static char *
text_of(JsonObject *event)
{
	int64_t count = spinor_number(event, "count", 0);
	const char *text = spinor_text(event, "text", NULL);

	if (strcmp(spinor_text(event, "kind", ""), "lost") != 0)
		return text != NULL ? g_strdup(text) : list_members(event);
	if (spinor_flag(event, "past"))
		return g_strdup_printf(
			"%" PRId64 " older line%s not kept", count, count == 1 ? " is" : "s are");
	return g_strdup_printf("%" PRId64 " event%s lost: more came than could be shown", count,
		count == 1 ? "" : "s");
}

/* "adapter0/1 ", or nothing. */
static char *
source_of(const struct watch *watch, JsonObject *event)
{
	const char *adapter = spinor_text(event, "adapter", NULL);
	int64_t cs = spinor_number(event, "cs", -1);
	g_autofree char *chip = watch->names_chip && cs >= 0
		? g_strdup_printf("%sCS%" PRId64, watch->names_adapter ? "/" : "", cs)
		: g_strdup("");

	if (adapter == NULL || (!watch->names_adapter && *chip == '\0'))
		return g_strdup("");
	return g_strdup_printf("%s%s ", watch->names_adapter ? adapter : "", chip);
}

static char *
time_of(JsonObject *event)
{
	int64_t time_ns = spinor_number(event, "time_ns", -1);

	if (time_ns < 0)
		return g_strdup_printf("%*s", TIME_COLUMNS, "");
	return g_strdup_printf(
		"%5" PRId64 ".%06" PRId64 " ", time_ns / 1000000000, time_ns % 1000000000 / 1000);
}

/* The line without colours, for the summary. */
static char *
word(JsonObject *event, void *data)
{
	g_autofree char *time = time_of(event);
	g_autofree char *source = source_of(data, event);
	g_autofree char *text = text_of(event);

	return g_strconcat(time, source, text, NULL);
}

static void
print_event(const struct watch *watch, JsonObject *event)
{
	g_autofree char *time = time_of(event);
	g_autofree char *source = source_of(watch, event);
	g_autofree char *text = text_of(event);
	enum spinor_colour colour = colour_of(event);

	if (watch->command->json) {
		g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

		json_node_set_object(node, event);
		spinor_print_json(node);
		return;
	}
	printf("%s%s%s%s", spinor_colour(SPINOR_DIM), time, spinor_colour(SPINOR_PLAIN), source);
	printf("%s%s%s\n", colour == SPINOR_PLAIN ? "" : spinor_colour(colour), text,
		colour == SPINOR_PLAIN ? "" : spinor_colour(SPINOR_PLAIN));
}

static JsonObject *
subscription_params(const struct watch *watch)
{
	JsonObject *params = spinor_adapter_params(watch->command);
	JsonArray *kinds;

	json_object_set_string_member(params, "detail", watch->folded ? "folded" : "all");
	if (!watch->command->json)
		json_object_set_int_member(params, "columns", watch->columns);
	if (watch->command->since_ns >= 0)
		json_object_set_int_member(params, "since_ns", watch->command->since_ns);
	if (watch->command->kinds == NULL)
		return params;
	kinds = json_array_new();
	for (char **kind = watch->command->kinds; *kind != NULL; kind++)
		json_array_add_string_element(kinds, *kind);
	json_object_set_array_member(params, "kinds", kinds);
	return params;
}

/* Prints events until the bench ends, or until --count is reached. */
static int
follow(const struct watch *watch, GError **error)
{
	const struct spinor_command *command = watch->command;
	int64_t limit_ms = spinor_limit_ms(command, SPINOR_FOREVER);
	int seen = 0;

	while (command->count == 0 || seen < command->count) {
		g_autoptr(JsonObject) event = spinor_client_event(watch->client, limit_ms, error);

		if (event == NULL && error != NULL && *error != NULL)
			return -1;
		if (event == NULL && command->count == 0)
			return EXIT_SUCCESS;
		if (event == NULL) {
			g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
				"the bench ended after %d of %d events", seen, command->count);
			return -1;
		}
		print_event(watch, event);
		if (!spinor_output_finish(error))
			return error != NULL && *error != NULL ? -1 : EXIT_SUCCESS;
		seen++;
	}
	return EXIT_SUCCESS;
}

/* Finds out whether lines have to name adapter and chip, and the room that this leaves. */
static bool
look_around(struct watch *watch, GError **error)
{
	g_autoptr(JsonNode) node =
		spinor_client_call(watch->client, "bench.status", NULL, SPINOR_SHORT_MS, error);
	JsonObject *status = spinor_as_object(node, "bench.status", error);
	JsonArray *adapters = spinor_array(status, "adapters");
	guint n = adapters != NULL ? json_array_get_length(adapters) : 0;
	unsigned int used = TIME_COLUMNS;
	size_t longest = 0;

	if (status == NULL)
		return false;
	watch->names_adapter = n > 1 && watch->command->adapter == NULL;
	for (guint i = 0; i < n; i++) {
		JsonArray *chips = spinor_array(spinor_item(adapters, i), "chips");

		watch->names_chip |= chips != NULL && json_array_get_length(chips) > 1;
		longest = MAX(longest, strlen(spinor_text(spinor_item(adapters, i), "name", "")));
	}
	if (watch->names_adapter)
		used += (unsigned int)longest + 1;
	if (watch->names_chip)
		used += (unsigned int)strlen("CS0 ");
	watch->columns = spinor_terminal_columns();
	watch->columns = watch->columns > used ? watch->columns - used : 0;
	watch->columns = MAX(watch->columns, TEXT_COLUMNS_MIN);
	return true;
}

static bool
check(const struct spinor_command *command, GError **error)
{
	const char *why = NULL;

	if (command->all && command->since_ns >= 0)
		why = "--all goes without --since: past operations are kept in groups";
	else if (command->all && command->summary)
		why = "--all goes without --summary";
	else if (command->json && command->summary)
		why = "--json goes without --summary; spinor stats --json prints the counters";
	else if (!command->all && !command->json && command->kinds != NULL &&
		g_strv_contains((const char *const *)command->kinds, "ready"))
		why = "--kind ready goes with --all: without it the end of an operation is in its "
		      "line";
	if (why == NULL)
		return true;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE, "%s", why);
	return false;
}

int
spinor_watch(struct spinor_command *command, GError **error)
{
	struct watch watch = {.command = command};
	g_autoptr(JsonNode) subscription = NULL;
	int status = -1;

	if (!check(command, error))
		return -1;
	watch.client = spinor_find(command, error);
	if (watch.client == NULL)
		return -1;
	watch.folded = command->since_ns >= 0 || !(command->all || command->json);
	if (look_around(&watch, error))
		subscription = spinor_client_call(watch.client, "events.subscribe",
			subscription_params(&watch), SPINOR_SHORT_MS, error);
	if (subscription != NULL && command->summary)
		status = spinor_watch_summary(watch.client, command, word, &watch, error);
	else if (subscription != NULL)
		status = follow(&watch, error);
	spinor_client_close(watch.client);
	return status;
}
