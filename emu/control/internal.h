/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Declarations for the handlers of methods. Private to the control room. */
#ifndef SPINOR_CONTROL_INTERNAL_H
#define SPINOR_CONTROL_INTERNAL_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

struct action_context;
struct bench_pins;
struct action_target;
struct control_connection;
struct control_events;

/* Data that all methods share. */
struct control_shared {
	struct action_context *actions;
	struct control_events *events;
	const char *path; /* of the socket */
};

/* One request, its parameters checked. */
struct control_call {
	struct control_shared *shared;
	struct control_connection *client;
	JsonObject *params; /* NULL: none */
};

/* Return the parameter name; NULL, or otherwise, if it is not given. */
const char *control_string(const struct control_call *call, const char *name);
int64_t control_integer(const struct control_call *call, const char *name, int64_t otherwise);
/* Returns the index of a string among the allowed ones. */
int control_choice(const struct control_call *call, const char *name, const char *const *allowed);
JsonArray *control_array(const struct control_call *call, const char *name);

/* Find the adapter or chip that the parameters "adapter" and "cs" name. */
bool control_adapter(const struct control_call *call, struct action_target *target, GError **error);
bool control_chip(const struct control_call *call, struct action_target *target, GError **error);

/* Like control_chip(), but finds an adapter without chips, too. */
bool control_target(const struct control_call *call, struct action_target *target, GError **error);

/* Returns good; turns an error BASE_ERROR_USAGE into CONTROL_ERROR_PARAMS. */
bool control_as_params(bool good, GError **error);

/* Build results. A text need not be UTF-8; NULL becomes null. */
JsonNode *control_true(void);
JsonNode *control_take_object(JsonObject *object);
JsonNode *control_take_array(JsonArray *array);
void control_set_text(JsonObject *object, const char *name, const char *text);

JsonNode *control_pins(const struct bench_pins *pins);

/* Adds the member note if a pin is low or floats and has no effect: why. */
void control_set_note(JsonObject *object, const struct bench_pins *pins);

/* Names of enum flash_level, NULL-terminated. */
extern const char *const control_levels[];

/* The handlers; each subject has a file. */
JsonNode *control_bench_status(struct control_call *call, GError **error);
JsonNode *control_stats_get(struct control_call *call, GError **error);
JsonNode *control_stats_examples(struct control_call *call, GError **error);
JsonNode *control_stats_reset(struct control_call *call, GError **error);
JsonNode *control_fault_add(struct control_call *call, GError **error);
JsonNode *control_fault_remove(struct control_call *call, GError **error);
JsonNode *control_fault_clear(struct control_call *call, GError **error);
JsonNode *control_fault_list(struct control_call *call, GError **error);
JsonNode *control_board(struct control_call *call, GError **error);
extern const char *const control_boards[];
JsonNode *control_wiring(struct control_call *call, GError **error);
JsonNode *control_image_info(struct control_call *call, GError **error);
JsonNode *control_image_save(struct control_call *call, GError **error);
JsonNode *control_image_load(struct control_call *call, GError **error);
JsonNode *control_image_compare(struct control_call *call, GError **error);
JsonNode *control_snapshot_take(struct control_call *call, GError **error);
JsonNode *control_snapshot_restore(struct control_call *call, GError **error);
JsonNode *control_snapshot_usage(struct control_call *call, GError **error);
JsonNode *control_snapshot_list(struct control_call *call, GError **error);
JsonNode *control_snapshot_drop(struct control_call *call, GError **error);

#endif
