/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parameters of events, folded or not, as spinor-control(7) describes them. */
#include "control/eventjson.h"

#include "control/internal.h"

static void
describe_operation(JsonObject *params, const struct action_event *event)
{
	if (event->opcode >= 0)
		json_object_set_int_member(params, "opcode", event->opcode);
	else
		json_object_set_null_member(params, "opcode");
	control_set_text(params, "name", event->name);
	if (event->has_address)
		json_object_set_int_member(params, "address", event->address);
	else
		json_object_set_null_member(params, "address");
	json_object_set_int_member(params, "length", (int64_t)event->length);
	json_object_set_string_member(
		params, "outcome", *event->outcome != '\0' ? event->outcome : "done");
	control_set_text(params, "purpose", trace_purpose_string(event->purpose));
	control_set_text(params, "note", event->note);
}

/* Adds where a fault has acted. */
static void
describe_location(JsonObject *params, const struct action_event *event)
{
	json_object_set_int_member(params, "operation", (int64_t)event->operation);
	if (event->has_address)
		json_object_set_int_member(params, "address", event->address);
	else
		json_object_set_null_member(params, "address");
	if (event->byte >= 0)
		json_object_set_int_member(params, "byte", event->byte);
	else
		json_object_set_null_member(params, "byte");
}

static void
describe_fault(JsonObject *params, const struct action_event *event)
{
	control_set_text(params, "action", event->what);
	control_set_text(params, "name", event->text);
	json_object_set_int_member(params, "id", event->id);
	control_set_text(params, "fault_name", *event->label != '\0' ? event->label : NULL);
	describe_location(params, event);
}

/* Adds the members that depend on the kind. */
static void
describe_event_kind(JsonObject *params, const struct action_event *event)
{
	switch (event->kind) {
	case ACTION_EVENT_OPERATION:
		describe_operation(params, event);
		break;
	case ACTION_EVENT_READY:
	case ACTION_EVENT_INTERRUPTED:
		json_object_set_int_member(params, "length", (int64_t)event->length);
		json_object_set_int_member(params, "busy_ns", event->busy_ns);
		break;
	case ACTION_EVENT_POWER:
		json_object_set_boolean_member(params, "on", event->on);
		break;
	case ACTION_EVENT_HOST:
		json_object_set_boolean_member(params, "opened", event->on);
		break;
	case ACTION_EVENT_BOOT:
		json_object_set_boolean_member(params, "boots", event->on);
		control_set_text(params, "why", event->on ? NULL : event->text);
		break;
	case ACTION_EVENT_PIN:
		control_set_text(params, "pin", event->what);
		control_set_text(params, "level", event->text);
		break;
	case ACTION_EVENT_FAULT:
		describe_fault(params, event);
		break;
	case ACTION_EVENT_CABLE:
		json_object_set_boolean_member(params, "plugged", event->on);
		break;
	case ACTION_EVENT_BOARD:
	case ACTION_EVENT_SNAPSHOT:
	case ACTION_EVENT_IMAGE:
		control_set_text(params, "action", event->what);
		control_set_text(params, "name", event->text);
		break;
	case ACTION_EVENT_OUTPUT:
		control_set_text(params, "output", event->what);
		control_set_text(params, "message", event->text);
		break;
	case ACTION_EVENT_STORAGE:
		control_set_text(params, "action", event->what);
		control_set_text(params, "message", event->text);
		break;
	case ACTION_EVENT_KINDS:
		break;
	}
}

/* The group that consists of this event; false: of no kind of group. */
static bool
group_of(const struct action_event *event, struct trace_group *group)
{
	*group = (struct trace_group){
		.cs = event->cs,
		.time_ns = event->time_ns,
		.end_ns = event->time_ns,
		.purpose = event->purpose,
		.opcode = event->opcode,
		.name = event->name,
		.outcome = event->result,
		.note = event->note,
		.count = 1,
		.has_address = event->has_address,
		.from = event->address,
		.to = event->address,
		.id = event->id,
		.on = event->on,
	};
	g_strlcpy(group->what, event->what != NULL ? event->what : "", sizeof group->what);
	g_strlcpy(group->text, event->text, sizeof group->text);
	for (unsigned int kind = 0; kind < TRACE_GROUP_KINDS; kind++) {
		if (control_group_kind((enum trace_group_kind)kind) != event->kind)
			continue;
		group->kind = (enum trace_group_kind)kind;
		if (group->kind == TRACE_GROUP_OPERATION) {
			group->bytes = group->each = event->length;
			group->to += event->length;
		}
		return true;
	}
	return false;
}

/* "fault 3, miso, byte 12, …": the text of such an event names all that there is to say. */
static char *
text_of(const struct action_event *event, unsigned int columns)
{
	struct trace_group group;
	bool grouped = group_of(event, &group);

	if (event->kind == ACTION_EVENT_FAULT)
		return g_strdup_printf("fault %s", event->text);
	if (event->kind == ACTION_EVENT_OUTPUT)
		return g_strdup_printf("%s: %s", event->what, event->text);
	if (grouped && event->kind == ACTION_EVENT_INTERRUPTED)
		group.busy_ns = event->busy_ns;
	if (grouped)
		return trace_group_text(&group, columns);
	return g_strdup_printf("ready, busy %.3g ms", (double)event->busy_ns / 1e6);
}

void
control_event_describe(JsonObject *params, const struct action_event *event, unsigned int columns)
{
	g_autofree char *text = columns > 0 ? text_of(event, columns) : NULL;

	control_set_text(params, "adapter", event->adapter);
	if (event->cs >= 0)
		json_object_set_int_member(params, "cs", event->cs);
	else
		json_object_set_null_member(params, "cs");
	if (event->time_ns >= 0)
		json_object_set_int_member(params, "time_ns", event->time_ns);
	else
		json_object_set_null_member(params, "time_ns");
	describe_event_kind(params, event);
	if (text != NULL)
		control_set_text(params, "text", text);
}

enum action_event_kind
control_group_kind(enum trace_group_kind kind)
{
	static const enum action_event_kind kinds[TRACE_GROUP_KINDS] = {
		[TRACE_GROUP_OPERATION] = ACTION_EVENT_OPERATION,
		[TRACE_GROUP_INTERRUPTED] = ACTION_EVENT_INTERRUPTED,
		[TRACE_GROUP_POWER] = ACTION_EVENT_POWER,
		[TRACE_GROUP_PIN] = ACTION_EVENT_PIN,
		[TRACE_GROUP_HOST] = ACTION_EVENT_HOST,
		[TRACE_GROUP_FAULT] = ACTION_EVENT_FAULT,
		[TRACE_GROUP_BOOT] = ACTION_EVENT_BOOT,
		[TRACE_GROUP_BOARD] = ACTION_EVENT_BOARD,
		[TRACE_GROUP_CABLE] = ACTION_EVENT_CABLE,
		[TRACE_GROUP_SNAPSHOT] = ACTION_EVENT_SNAPSHOT,
		[TRACE_GROUP_IMAGE] = ACTION_EVENT_IMAGE,
		[TRACE_GROUP_STORAGE] = ACTION_EVENT_STORAGE,
	};

	return kinds[kind];
}

static void
describe_frames(JsonObject *params, const struct trace_group *group)
{
	if (group->opcode >= 0)
		json_object_set_int_member(params, "opcode", group->opcode);
	else
		json_object_set_null_member(params, "opcode");
	control_set_text(params, "name", group->name);
	control_set_text(params, "purpose", trace_purpose_string(group->purpose));
	json_object_set_string_member(params, "outcome", trace_group_outcome(group));
	json_object_set_int_member(params, "length", (int64_t)group->bytes);
	json_object_set_int_member(params, "polls", (int64_t)group->polls);
	json_object_set_int_member(params, "busy_ns", group->busy_ns);
}

/* The name of the member that is true or false; NULL: the kind has none. */
static const char *
flag_of(enum trace_group_kind kind)
{
	switch (kind) {
	case TRACE_GROUP_POWER:
		return "on";
	case TRACE_GROUP_HOST:
		return "opened";
	case TRACE_GROUP_BOOT:
		return "boots";
	case TRACE_GROUP_CABLE:
		return "plugged";
	default:
		return NULL;
	}
}

static void
describe_kind(JsonObject *params, const struct trace_group *group)
{
	const char *flag = flag_of(group->kind);

	if (group->kind == TRACE_GROUP_OPERATION || group->kind == TRACE_GROUP_INTERRUPTED) {
		describe_frames(params, group);
	} else if (group->kind == TRACE_GROUP_FAULT) {
		json_object_set_int_member(params, "id", group->id);
		control_set_text(params, "fault", group->what);
	} else if (flag != NULL) {
		json_object_set_boolean_member(params, flag, group->on);
	} else {
		control_set_text(params, "action", group->what);
		control_set_text(params, group->kind == TRACE_GROUP_STORAGE ? "message" : "name",
			group->text);
	}
}

void
control_group_describe(JsonObject *params, const char *adapter, const struct trace_group *group,
	unsigned int columns)
{
	g_autofree char *text = trace_group_text(group, columns);

	control_set_text(params, "adapter", adapter);
	if (group->cs >= 0)
		json_object_set_int_member(params, "cs", group->cs);
	else
		json_object_set_null_member(params, "cs");
	json_object_set_int_member(params, "time_ns", group->time_ns);
	json_object_set_int_member(params, "end_ns", group->end_ns);
	json_object_set_int_member(params, "number", (int64_t)group->number);
	json_object_set_int_member(params, "count", (int64_t)group->count);
	if (group->has_address) {
		json_object_set_int_member(params, "address", (int64_t)group->from);
		json_object_set_int_member(
			params, "end", (int64_t)MAX(group->to, group->from + 1) - 1);
	}
	describe_kind(params, group);
	control_set_text(params, "text", text);
}
