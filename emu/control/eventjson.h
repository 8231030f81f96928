/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events, and groups of them (trace/fold.h), as JSON. Private to the control room. */
#ifndef SPINOR_CONTROL_EVENTJSON_H
#define SPINOR_CONTROL_EVENTJSON_H

#include "action/event.h"
#include "trace/fold.h"

#include <json-glib/json-glib.h>

/* Adds the members of an event. columns: the width of its text; 0: no text. */
void control_event_describe(
	JsonObject *params, const struct action_event *event, unsigned int columns);

/* The kind of event of a kind of group. */
enum action_event_kind control_group_kind(enum trace_group_kind kind);

/* Adds the members of a group. columns: the width of its text. */
void control_group_describe(JsonObject *params, const char *adapter,
	const struct trace_group *group, unsigned int columns);

#endif
