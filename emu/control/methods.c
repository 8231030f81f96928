/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of methods, and the handlers of those about the bench, pins, the supply and events.
 * spinor-control(7) describes them for people, rpc.discover for programs.
 */
#include "control/methods.h"

#include "action/action.h"
#include "control/events.h"
#include "control/internal.h"
#include "control/rpc.h"
#include "control/schema.h"
#include "setup/condition.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define CHIP_SELECT_MAX 7

/* Of the text of folded events. */
#define COLUMNS_USUAL 80
#define COLUMNS_MIN 40
#define COLUMNS_MAX 1000

static JsonNode *discover(struct control_call *call, GError **error);

/* The daemon ends as by a signal from outside, after this reply is sent. */
static JsonNode *
stop(struct control_call *call, GError **error)
{
	(void)call;
	(void)error;
	kill(getpid(), SIGTERM);
	return control_true();
}

/* address: of a terminal or a TCP port; freed here. */
static JsonNode *
cable_result(const struct action_target *target, char *address)
{
	JsonObject *object = json_object_new();
	bool is_tcp = action_is_tcp(target);

	control_set_text(object, "tty", is_tcp ? NULL : address);
	control_set_text(object, "tcp", is_tcp ? address : NULL);
	g_free(address);
	return control_take_object(object);
}

static JsonNode *
unplug(struct control_call *call, GError **error)
{
	struct action_target target;
	char *address;

	if (!control_adapter(call, &target, error) || !action_unplug(&target, &address, error))
		return NULL;
	return cable_result(&target, address);
}

static JsonNode *
plug(struct control_call *call, GError **error)
{
	struct action_target target;
	char *address;

	if (!control_adapter(call, &target, error) || !action_plug(&target, &address, error))
		return NULL;
	return cable_result(&target, address);
}

static const char *const pins[] = {
	[FLASH_PIN_WP] = "wp",
	[FLASH_PIN_HOLD] = "hold",
	[FLASH_PIN_RESET] = "reset",
	NULL,
};

static JsonNode *
set_pin(struct control_call *call, GError **error)
{
	struct action_target target;
	struct bench_pins now;
	JsonObject *object;

	if (!control_chip(call, &target, error) ||
		!action_pin(&target, (enum flash_pin)control_choice(call, "pin", pins),
			control_choice(call, "level", control_levels), &now, error))
		return NULL;
	object = json_object_new();
	json_object_set_member(object, "pins", control_pins(&now));
	control_set_note(object, &now);
	return control_take_object(object);
}

static const char *const powers[] = {
	[ACTION_POWER_OFF] = "off",
	[ACTION_POWER_ON] = "on",
	[ACTION_POWER_CYCLE] = "cycle",
	NULL,
};

/* Refuses parameters that do not belong to the requested action. */
static bool
check_power(
	const struct control_call *call, const struct action_power_request *request, GError **error)
{
	const char *why = NULL;

	if (request->power == ACTION_POWER_OFF && request->millivolts != 0)
		why = "\"millivolts\" goes with \"on\" and \"cycle\" only";
	else if (request->power != ACTION_POWER_OFF && request->cut_in != 0)
		why = "\"at\" goes with \"off\" only";
	else if (request->cut_in == 0 && control_integer(call, "after_ns", -1) >= 0)
		why = "\"after_ns\" goes with \"at\" only";
	if (why == NULL)
		return true;
	g_set_error(error, CONTROL_ERROR, CONTROL_ERROR_PARAMS, "chip.power: %s", why);
	return false;
}

static JsonNode *
set_power(struct control_call *call, GError **error)
{
	struct action_power_request request = {
		.power = (enum action_power)control_choice(call, "action", powers),
		.millivolts = (int)control_integer(call, "millivolts", 0),
		.cut_in = (uint64_t)control_integer(call, "at", 0),
		.after_ns = control_integer(call, "after_ns", BENCH_HALF_OF_BUSY),
	};
	struct action_target target;
	JsonObject *object;

	if (!check_power(call, &request, error) || !control_chip(call, &target, error) ||
		!action_power(&target, &request, error))
		return NULL;
	object = json_object_new();
	json_object_set_int_member(object, "power_mv", request.millivolts);
	if (request.cut_in > 0)
		json_object_set_int_member(object, "cut_in", (int64_t)request.cut_in);
	if (request.warning != NULL)
		control_set_text(object, "warning", request.warning);
	if (request.boot != NULL) {
		json_object_set_boolean_member(object, "boots", request.boot->boots);
		control_set_text(object, "why_not", request.boot->why_not);
	}
	g_free(request.warning);
	action_boot_outcome_free(request.boot);
	return control_take_object(object);
}

static JsonNode *
reset(struct control_call *call, GError **error)
{
	struct action_target target;

	if (!control_chip(call, &target, error) || !action_reset(&target, error))
		return NULL;
	return control_true();
}

/* Returns a bit for each requested kind. */
static unsigned int
wanted_kinds(const struct control_call *call)
{
	JsonArray *array = control_array(call, "kinds");
	unsigned int kinds = 0;

	for (unsigned int kind = 0; control_event_kinds[kind] != NULL; kind++) {
		bool wanted = array == NULL;

		for (guint i = 0; array != NULL && i < json_array_get_length(array); i++)
			wanted |= strcmp(json_array_get_string_element(array, i),
					  control_event_kinds[kind]) == 0;
		if (wanted)
			kinds |= 1u << kind;
	}
	return kinds;
}

enum {
	DETAIL_ALL,
	DETAIL_FOLDED,
};

static const char *const details[] = {
	[DETAIL_ALL] = "all",
	[DETAIL_FOLDED] = "folded",
	NULL,
};

static JsonNode *
subscribe(struct control_call *call, GError **error)
{
	struct control_events_wish wish = {
		.kinds = wanted_kinds(call),
		.adapter = control_string(call, "adapter"),
		.folded = control_string(call, "detail") != NULL &&
			control_choice(call, "detail", details) == DETAIL_FOLDED,
		.columns = (unsigned int)control_integer(call, "columns", 0),
		.age_ns = control_integer(call, "since_ns", -1),
	};
	struct action_target target;
	JsonObject *object;
	int64_t number;

	if (wish.columns == 0 && wish.folded)
		wish.columns = COLUMNS_USUAL;
	if (wish.adapter != NULL && !control_adapter(call, &target, error))
		return NULL;
	if (wish.age_ns >= 0 && !wish.folded) {
		g_set_error(error, CONTROL_ERROR, CONTROL_ERROR_PARAMS,
			"events.subscribe: \"since_ns\" goes with \"detail\": \"folded\" only");
		return NULL;
	}
	number = control_events_subscribe(call->shared->events, call->client, &wish, error);
	if (number < 0)
		return NULL;
	object = json_object_new();
	json_object_set_int_member(object, "subscription", number);
	return control_take_object(object);
}

static JsonNode *
unsubscribe(struct control_call *call, GError **error)
{
	int64_t number = control_integer(call, "subscription", 0);

	if (control_events_unsubscribe(call->shared->events, call->client, number))
		return control_true();
	g_set_error(error, CONTROL_ERROR, CONTROL_ERROR_PARAMS,
		"events.unsubscribe: this client has no subscription %" G_GINT64_FORMAT, number);
	return NULL;
}

#define ADAPTER                                                                            \
	{                                                                                  \
		"adapter", CONTROL_STRING, .summary = "the adapter; default: the only one" \
	}
#define CS                                                                                \
	{                                                                                 \
		"cs", CONTROL_INTEGER,                                                    \
			.max = CHIP_SELECT_MAX,                                           \
			.summary = "the chip select line; default: the only chip's, or 0" \
	}
#define FILE_NAME                                                               \
	{                                                                       \
		"path", CONTROL_STRING, .required = true, .summary = "the file" \
	}
#define PARAMS(...) ((const struct control_param[]){__VA_ARGS__, {0}})
#define NO_PARAMS ((const struct control_param[]){{0}})

static const struct control_method methods[] = {
	{"rpc.discover", "the list of all methods", "object methods:array", NO_PARAMS, discover},
	{"bench.status", "the state of the bench",
		"object version:string pid:integer control:string sandbox:string timing:string "
		"seed:integer uptime_s:number adapters:array outputs:array",
		NO_PARAMS, control_bench_status},
	{"bench.stop", "ends the daemon, as SIGTERM does", "boolean", NO_PARAMS, stop},
	{"adapter.unplug",
		"unplugs the adapter's cable: removes the terminal, or disconnects the TCP host",
		"object tty:string? tcp:string?", PARAMS(ADAPTER), unplug},
	{"adapter.plug", "plugs the cable in again", "object tty:string? tcp:string?",
		PARAMS(ADAPTER), plug},
	{"adapter.wiring", "the level of each line at the adapter and at the chip",
		"array line:string host:string chip:string fault:integer? fault_text:string? "
		"pin:integer? pin_name:string? contact:string? contact_level:string? "
		"touches:boolean",
		PARAMS(ADAPTER, CS), control_wiring},
	{"adapter.board", "starts or stops the boards of the adapter's chips",
		"object boards:array",
		PARAMS(ADAPTER,
			{"state", CONTROL_STRING, true, .allowed = control_boards,
				.summary = "only a running board uses the bus"}),
		control_board},
	{"fault.add", "adds a fault", "object id:integer",
		PARAMS(ADAPTER, CS,
			{"fault", CONTROL_STRING, true,
				.summary = "the kind of fault, and NAME=VALUE settings"},
			{"name", CONTROL_STRING, .summary = "a name for it; default: none"}),
		control_fault_add},
	{"fault.list", "lists the faults",
		"array id:integer fault:string cs:integer? acted:integer matched:integer "
		"name:string?",
		PARAMS(ADAPTER), control_fault_list},
	{"fault.remove", "removes a fault", "boolean",
		PARAMS(ADAPTER,
			{"id", CONTROL_INTEGER, .min = 1, .max = INT32_MAX,
				.summary = "its number"},
			{"name", CONTROL_STRING, .summary = "its name, instead; on any adapter"}),
		control_fault_remove},
	{"fault.clear", "removes all faults", "boolean", PARAMS(ADAPTER), control_fault_clear},
	{"chip.pin", "sets a pin from outside", "object pins:object note:string",
		PARAMS(ADAPTER, CS,
			{"pin", CONTROL_STRING, true, .allowed = pins, .summary = "which pin"},
			{"level", CONTROL_STRING, true, .allowed = control_levels,
				.summary = "float: not driven"}),
		set_pin},
	{"chip.power", "switches the supply",
		"object power_mv:integer cut_in:integer warning:string boots:boolean "
		"why_not:string?",
		PARAMS(ADAPTER, CS,
			{"action", CONTROL_STRING, true, .allowed = powers,
				.summary = "cycle: off and on again"},
			{"millivolts", CONTROL_INTEGER, .min = 1, .max = SETUP_MILLIVOLTS_MAX,
				.summary = "the supply voltage; default: the last one"},
			{"at", CONTROL_INTEGER, .min = 1, .max = INT64_MAX,
				.summary = "off: after that many operations"},
			{"after_ns", CONTROL_INTEGER, .max = SETUP_CUT_AFTER_MAX_NS,
				.summary =
					"delay after that operation; default: half its busy time"}),
		set_power},
	{"chip.reset", "the software reset, 66 99, as by a host", "boolean", PARAMS(ADAPTER, CS),
		reset},
	{"image.info", "size, digest and use of the array",
		"object path:string? size:integer sha256:string blank:boolean used_bytes:integer "
		"dirty_since_start:boolean",
		PARAMS(ADAPTER, CS), control_image_info},
	{"image.save", "writes the array to a file", "object bytes:integer",
		PARAMS(ADAPTER, CS, FILE_NAME), control_image_save},
	{"image.load", "replaces the array by a file of its size", "object bytes:integer",
		PARAMS(ADAPTER, CS, FILE_NAME), control_image_load},
	{"image.compare", "compares the array with a file of its size",
		"object equal:boolean differing_bytes:integer first:integer? last:integer?",
		PARAMS(ADAPTER, CS, FILE_NAME), control_image_compare},
	{"snapshot.take", "saves the state of the chip as a snapshot",
		"object name:string bytes_copied:integer",
		PARAMS(ADAPTER, CS,
			{"name", CONTROL_STRING, true, .summary = "a name that is free"},
			{"file", CONTROL_STRING, .summary = "save it in this file instead"}),
		control_snapshot_take},
	{"snapshot.restore", "restores a snapshot", "object bytes_copied:integer",
		PARAMS(ADAPTER, CS, {"name", CONTROL_STRING, .summary = "which snapshot"},
			{"file", CONTROL_STRING, .summary = "which file, instead of a name"}),
		control_snapshot_restore},
	{"snapshot.list", "lists the snapshots", "array name:string time:string size:integer",
		PARAMS(ADAPTER, CS), control_snapshot_list},
	{"snapshot.usage", "number and memory of the snapshots, and their limits",
		"object count:integer count_max:integer bytes:integer bytes_max:integer",
		PARAMS(ADAPTER, CS), control_snapshot_usage},
	{"snapshot.drop", "removes a snapshot", "boolean",
		PARAMS(ADAPTER, CS, {"name", CONTROL_STRING, true, .summary = "which snapshot"}),
		control_snapshot_drop},
	{"stats.get", "counters of a chip and its adapter",
		"object operations:integer reads:integer programs:integer erases:integer "
		"status_reads:integer status_writes:integer ignored:integer unknown:integer "
		"failed:integer interrupted:integer bytes_read:integer bytes_programmed:integer "
		"bytes_erased:integer busy_ns:integer host_sessions:integer bytes_in:integer "
		"bytes_out:integer by_reason:object by_opcode:object",
		PARAMS(ADAPTER, CS), control_stats_get},
	{"stats.examples", "the first and the latest operations that a counter has counted",
		"object first:array last:array",
		PARAMS(ADAPTER, CS,
			{"counter", CONTROL_STRING, true,
				.summary = "its name, such as ignored or by_opcode.20"}),
		control_stats_examples},
	{"stats.reset", "resets the counters to 0", "boolean", PARAMS(ADAPTER, CS),
		control_stats_reset},
	{"events.subscribe", "subscribes to events", "object subscription:integer",
		PARAMS({"kinds", CONTROL_STRINGS, .allowed = control_event_kinds,
			       .summary = "which kinds; default: all"},
			{"adapter", CONTROL_STRING, .summary = "the adapter; default: all"},
			{"detail", CONTROL_STRING, .allowed = details,
				.summary = "folded: operations in groups; default: all"},
			{"since_ns", CONTROL_INTEGER, .max = INT64_MAX,
				.summary = "folded: past events up to that age first; default: "
					   "none"},
			{"columns", CONTROL_INTEGER, .min = COLUMNS_MIN, .max = COLUMNS_MAX,
				.summary = "the width of a text for people; default: 80, or no "
					   "text with all"}),
		subscribe},
	{"events.unsubscribe", "ends a subscription", "boolean",
		PARAMS({"subscription", CONTROL_INTEGER, true, .max = INT64_MAX,
			.summary = "its number"}),
		unsubscribe},
};

static JsonNode *
discover(struct control_call *call, GError **error)
{
	JsonObject *object = json_object_new();
	JsonArray *array = json_array_new();

	(void)call;
	(void)error;
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++)
		json_array_add_element(array, control_schema_describe(&methods[i]));
	json_object_set_array_member(object, "methods", array);
	return control_take_object(object);
}

const struct control_method *
control_method_at(size_t i)
{
	return i < G_N_ELEMENTS(methods) ? &methods[i] : NULL;
}

const struct control_method *
control_method_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++)
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	return NULL;
}

bool
control_method_changes(const struct control_method *method)
{
	static const char *const names[] = {"adapter.unplug", "adapter.plug", "adapter.board",
		"fault.add", "fault.remove", "fault.clear", "chip.pin", "chip.power", "chip.reset",
		"image.load", "snapshot.take", "snapshot.restore", "snapshot.drop", NULL};

	return g_strv_contains(names, method->name);
}
