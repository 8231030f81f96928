/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verb replay: repeats a recorded session against a private bench, a running one or a serial
 * device. The exit status is 0 when all answers are equal and 1 when one differs, so that a record
 * is a test; a record that cannot be read is a usage error, 2.
 */
#include "spinor/verbs.h"

#include "base/log.h"
#include "record/reader.h"
#include "replay/private.h"
#include "replay/replay.h"
#include "replay/serialport.h"
#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/find.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIFFERENCES_SHOWN 10
#define ANSWER_LIMIT_MS 30000

struct replaying {
	struct spinor_command *command;
	struct record_reader *reader;
	struct spinor_client *client; /* NULL: no running bench */
	JsonArray *lines;             /* of differences, for --json */
};

static void
print_line(void *data, const char *line)
{
	struct replaying *r = data;

	if (r->command->json) {
		g_autofree char *text = g_utf8_make_valid(line, -1);

		json_array_add_string_element(r->lines, text);
	} else {
		puts(line);
	}
}

/* The device node or TCP port of the running bench. */
static char *
find_port(struct replaying *r, GError **error)
{
	g_autoptr(JsonNode) status =
		spinor_client_call(r->client, "bench.status", NULL, SPINOR_SHORT_MS, error);
	JsonObject *object =
		status != NULL ? spinor_as_object(status, "bench.status", error) : NULL;
	JsonArray *adapters = object != NULL ? spinor_array(object, "adapters") : NULL;
	const char *name = r->command->adapter;
	guint n = adapters != NULL ? json_array_get_length(adapters) : 0;

	if (object == NULL)
		return NULL;
	for (guint i = 0; i < n; i++) {
		JsonObject *adapter = spinor_item(adapters, i);
		const char *port = spinor_text(adapter, "tcp", spinor_text(adapter, "tty", NULL));

		if (name != NULL ? strcmp(name, spinor_text(adapter, "name", "")) != 0 : n > 1)
			continue;
		if (port != NULL)
			return g_strdup(port);
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
			"the adapter is unplugged; spinor plug plugs it in");
		return NULL;
	}
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"%s: allowed is --adapter with the name of one that spinor status lists",
		name != NULL ? name : "there are several adapters");
	return NULL;
}

static char *
find_device(void *data, GError **error)
{
	struct replaying *r = data;

	if (r->command->device != NULL)
		return g_strdup(r->command->device);
	return find_port(r, error);
}

/* Sends an action of the record to the running bench. */
static bool
act(void *data, const char *request, GError **error)
{
	struct replaying *r = data;
	g_autofree char *method = g_strndup(request, strcspn(request, " "));
	g_autoptr(JsonNode) node = json_from_string(request + strlen(method), error);
	g_autoptr(JsonNode) result = NULL;
	JsonObject *params;

	if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
		return false;
	params = json_object_ref(json_node_get_object(node));
	/* The adapter can have another name than the recorded one. */
	if (r->command->adapter != NULL)
		json_object_set_string_member(params, "adapter", r->command->adapter);
	else if (json_object_has_member(params, "adapter"))
		json_object_remove_member(params, "adapter");
	result = spinor_client_call(r->client, method, params, SPINOR_LONG_MS, error);
	return result != NULL;
}

/* Chooses the adapter of the record. */
static bool
find_recorded(const struct replaying *r, unsigned int *index, GError **error)
{
	const GPtrArray *names = record_reader_head(r->reader)->adapters;

	*index = 0;
	if (names->len == 1 ||
		(r->command->adapter != NULL &&
			g_ptr_array_find_with_equal_func(
				(GPtrArray *)names, r->command->adapter, g_str_equal, index)))
		return true;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"%s: the record has %u adapters; --adapter with the name of one of them is wanted, "
		"such as %s",
		r->command->args[0], names->len, (char *)names->pdata[0]);
	return false;
}

static void
print_result(const struct replaying *r, const struct replay_result *result)
{
	if (!r->command->json) {
		printf("%s: %" PRIu64 " operations, %" PRIu64 " bytes sent, %" PRIu64
		       " received, %" PRIu64 " difference%s%s\n",
			result->differences > 0 ? "different" : "equal", result->operations,
			result->from_host, result->to_host, result->differences,
			result->differences == 1 ? "" : "s",
			result->is_complete ? "" : "; the record has no end");
		return;
	}
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
	JsonObject *object = json_object_new();

	json_node_take_object(node, object);
	json_object_set_boolean_member(object, "equal", result->differences == 0);
	json_object_set_boolean_member(object, "complete", result->is_complete);
	json_object_set_int_member(object, "operations", (int64_t)result->operations);
	json_object_set_int_member(object, "actions", (int64_t)result->actions);
	json_object_set_int_member(object, "bytes_sent", (int64_t)result->from_host);
	json_object_set_int_member(object, "bytes_received", (int64_t)result->to_host);
	json_object_set_int_member(object, "differences", (int64_t)result->differences);
	json_object_set_array_member(object, "shown", json_array_ref(r->lines));
	spinor_print_json(node);
}

static int
replay(struct replaying *r, const struct replay_target *target, uint32_t unacknowledged,
	GError **error)
{
	const struct spinor_command *command = r->command;
	const struct replay_settings settings = {
		.limit = command->count > 0 ? (unsigned int)command->count : DIFFERENCES_SHOWN,
		.real_pace = g_strcmp0(command->pace, "real") == 0,
		.print = print_line,
		.data = r,
		.unacknowledged = unacknowledged,
	};
	struct replay_result result;

	if (!replay_run(r->reader, target, &settings, &result, error))
		return -1;
	print_result(r, &result);
	return result.differences > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int
on_private_bench(struct replaying *r, GError **error)
{
	const struct replay_private_plan plan = {
		.head = record_reader_head(r->reader),
		.words = r->command->program,
		.images = r->command->images,
		.chipdb = r->command->chipdb,
		.confined = true,
	};
	struct replay_private *private = replay_private_new(&plan, error);
	struct replay_target target;
	int status;

	if (private == NULL)
		return -1;
	target = replay_private_target(private);
	status = replay(r, &target, replay_private_unacknowledged(private), error);
	replay_private_free(private);
	return status;
}

static int
on_device(struct replaying *r, GError **error)
{
	struct spinor_command *command = r->command;
	struct replay_device_plan plan = {.find = find_device,
		.data = r,
		.limit_ms = spinor_limit_ms(command, ANSWER_LIMIT_MS)};
	struct replay_device *device;
	struct replay_target target;
	int status;

	if (command->images != NULL || command->chipdb != NULL || command->program != NULL) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"--image, --chipdb and options of the bench are for a private bench; "
			"allowed with --dev, --control and --adapter are --pace, --differences and "
			"--timeout");
		return -1;
	}
	if (!find_recorded(r, &plan.adapter, error))
		return -1;
	if (command->device == NULL || command->control != NULL) {
		r->client = spinor_find(command, error);
		if (r->client == NULL)
			return -1;
		plan.action = act;
	}
	device = replay_device_new(&plan);
	target = replay_device_target(device);
	status = replay(r, &target, 0, error);
	replay_device_free(device);
	return status;
}

int
spinor_replay(struct spinor_command *command, GError **error)
{
	struct replaying r = {.command = command};
	int status = -1;

	if (command->pace != NULL && strcmp(command->pace, "fast") != 0 &&
		strcmp(command->pace, "real") != 0) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"--pace %s: allowed are fast and real", command->pace);
		return -1;
	}
	/* The faults of a record have been reported when it was made. */
	base_log_init("spinor", G_LOG_LEVEL_CRITICAL);
	signal(SIGPIPE, SIG_IGN);
	r.reader = record_reader_new(command->args[0], error);
	if (r.reader == NULL)
		return -1;
	r.lines = json_array_new();
	if (command->device != NULL || command->control != NULL || command->adapter != NULL)
		status = on_device(&r, error);
	else
		status = on_private_bench(&r, error);
	spinor_client_close(r.client);
	json_array_unref(r.lines);
	record_reader_free(r.reader);
	return status;
}
