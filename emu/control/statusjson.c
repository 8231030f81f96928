/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The method that reads the status of the bench. */
#include "config.h"

#include "control/internal.h"

#include "action/benchstatus.h"
#include "flash/describe.h"
#include "sandbox/sandbox.h"

#include <unistd.h>

static JsonArray *
describe_ranges(const GArray *ranges)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < ranges->len; i++) {
		const struct action_range *range = &g_array_index(ranges, struct action_range, i);
		JsonObject *object = json_object_new();

		json_object_set_int_member(object, "start", (int64_t)range->start);
		json_object_set_int_member(object, "length", (int64_t)range->length);
		json_array_add_object_element(array, object);
	}
	return array;
}

static JsonNode *
describe_board(const struct action_chip_status *chip)
{
	JsonObject *object;

	if (chip->board == NULL)
		return json_node_init_null(json_node_alloc());
	object = json_object_new();
	control_set_text(object, "name", chip->board);
	if (chip->boot == BENCH_BOOT_NEVER)
		json_object_set_null_member(object, "boots");
	else
		json_object_set_boolean_member(object, "boots", chip->boot == BENCH_BOOT_DONE);
	return control_take_object(object);
}

/* {"name": "SR1", "value": 156, "bits": {"SRP": 1, "BP": 7}, "text": "SRP=1 BP=111"} */
static JsonObject *
describe_register(const struct flash_register *reg)
{
	JsonObject *object = json_object_new();
	JsonObject *bits = json_object_new();
	g_autofree char *words = flash_register_words(reg, false);

	for (unsigned int i = 0; i < reg->n_fields; i++)
		json_object_set_int_member(
			bits, reg->fields[i].name, flash_field_value(&reg->fields[i], reg->value));
	control_set_text(object, "name", reg->name);
	json_object_set_int_member(object, "value", reg->value);
	json_object_set_int_member(object, "width", reg->n_bits);
	json_object_set_object_member(object, "bits", bits);
	control_set_text(object, "text", words);
	json_object_set_boolean_member(object, "brief", reg->brief);
	return object;
}

static JsonArray *
describe_registers(const struct action_chip_status *chip)
{
	JsonArray *array = json_array_new();

	for (unsigned int i = 0; i < chip->n_registers; i++)
		json_array_add_object_element(array, describe_register(&chip->registers[i]));
	return array;
}

static JsonObject *
describe_pin_uses(const struct action_chip_status *chip)
{
	static const char *const names[FLASH_PINS] = {"wp", "hold", "reset"};
	JsonObject *object = json_object_new();

	for (unsigned int pin = 0; pin < FLASH_PINS; pin++) {
		JsonObject *use = json_object_new();

		json_object_set_boolean_member(use, "exists", chip->pins.uses[pin].exists);
		json_object_set_boolean_member(use, "acts", chip->pins.uses[pin].acts);
		control_set_text(use, "text", chip->pins.uses[pin].text);
		json_object_set_object_member(object, names[pin], use);
	}
	return object;
}

static bool
is_silent(const struct action_chip_status *chip)
{
	for (guint i = 0; i < chip->reasons->len; i++)
		if (g_array_index(chip->reasons, struct action_reason, i).silent)
			return true;
	return false;
}

static JsonArray *
describe_reasons(const struct action_chip_status *chip)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < chip->reasons->len; i++) {
		const struct action_reason *reason =
			&g_array_index(chip->reasons, struct action_reason, i);
		JsonObject *object = json_object_new();

		control_set_text(object, "kind", reason->kind);
		json_object_set_boolean_member(object, "silent", reason->silent);
		control_set_text(object, "text", reason->text);
		if (reason->fault > 0)
			json_object_set_int_member(object, "fault", reason->fault);
		json_array_add_object_element(array, object);
	}
	return array;
}

/* An array of texts. */
static JsonArray *
describe_texts(const GPtrArray *texts)
{
	JsonArray *array = json_array_new();

	for (guint i = 0; i < texts->len; i++) {
		g_autofree char *valid = g_utf8_make_valid(texts->pdata[i], -1);

		json_array_add_string_element(array, valid);
	}
	return array;
}

static JsonObject *
describe_chip(const struct action_chip_status *chip)
{
	JsonObject *object = json_object_new();
	JsonArray *registers = json_array_new();
	JsonArray *names = json_array_new();

	for (unsigned int i = 0; i < chip->n_status; i++)
		json_array_add_int_element(registers, chip->status[i]);
	json_object_set_int_member(object, "cs", chip->cs);
	control_set_text(object, "part", chip->part);
	control_set_text(object, "vendor", chip->vendor);
	control_set_text(object, "flashrom", chip->flashrom);
	control_set_text(object, "package", chip->package);
	for (unsigned int i = 0; i < chip->package_pins; i++)
		json_array_add_string_element(names, chip->pin_names[i]);
	json_object_set_array_member(object, "package_pins", names);
	json_object_set_int_member(object, "size", (int64_t)chip->size);
	control_set_text(object, "image", chip->image);
	json_object_set_boolean_member(object, "snapshot_mode", chip->is_snapshot);
	json_object_set_array_member(object, "unsaved", describe_texts(chip->unsaved));
	json_object_set_int_member(object, "power_mv", chip->millivolts);
	json_object_set_int_member(object, "cut_in", (int64_t)chip->cut_in);
	json_object_set_member(object, "pins", control_pins(&chip->pins));
	control_set_note(object, &chip->pins);
	json_object_set_boolean_member(object, "busy", chip->busy);
	json_object_set_array_member(object, "status", registers);
	json_object_set_array_member(object, "registers", describe_registers(chip));
	json_object_set_object_member(object, "pin_uses", describe_pin_uses(chip));
	json_object_set_boolean_member(object, "silent", is_silent(chip));
	json_object_set_array_member(object, "reasons", describe_reasons(chip));
	json_object_set_array_member(object, "protected", describe_ranges(chip->protected));
	json_object_set_int_member(object, "snapshots", chip->n_snapshots);
	json_object_set_int_member(object, "vcc_mv", chip->vcc_millivolts);
	json_object_set_int_member(object, "faults", chip->n_faults);
	json_object_set_member(object, "board", describe_board(chip));
	return object;
}

static JsonObject *
describe_adapter(const struct action_adapter_status *adapter)
{
	JsonObject *object = json_object_new();
	JsonArray *chips = json_array_new();

	for (guint i = 0; i < adapter->chips->len; i++)
		json_array_add_object_element(chips,
			describe_chip(
				&g_array_index(adapter->chips, struct action_chip_status, i)));
	control_set_text(object, "name", adapter->name);
	control_set_text(object, "profile", adapter->profile);
	control_set_text(object, "tty", adapter->tty);
	control_set_text(object, "link", adapter->link);
	control_set_text(object, "tcp", adapter->tcp);
	json_object_set_boolean_member(object, "plugged", adapter->plugged);
	json_object_set_boolean_member(object, "host", adapter->host);
	json_object_set_boolean_member(object, "drivers", adapter->drivers);
	json_object_set_int_member(object, "frequency_hz", adapter->hz);
	control_set_text(object, "ready_line", adapter->ready_line);
	json_object_set_array_member(object, "chips", chips);
	json_object_set_int_member(object, "faults", adapter->n_faults);
	control_set_text(object, "board", control_boards[adapter->board]);
	return object;
}

/* json-glib has integers up to 2^63 - 1; a larger seed becomes a string. */
static void
set_seed(JsonObject *object, uint64_t seed)
{
	char text[24];

	if (seed <= INT64_MAX) {
		json_object_set_int_member(object, "seed", (int64_t)seed);
		return;
	}
	g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, seed);
	json_object_set_string_member(object, "seed", text);
}

static JsonArray *
describe_outputs(const struct action_status *status)
{
	JsonArray *array = json_array_new();

	for (unsigned int i = 0; i < status->n_outputs; i++) {
		const struct bench_output *output = &status->outputs[i];
		JsonObject *object = json_object_new();

		json_object_set_string_member(object, "output", output->name);
		control_set_text(object, "path", output->path);
		json_object_set_int_member(object, "lost", (int64_t)output->lost);
		json_object_set_int_member(object, "waiting", (int64_t)output->waiting);
		control_set_text(object, "problem", output->problem);
		json_array_add_object_element(array, object);
	}
	return array;
}

JsonNode *
control_bench_status(struct control_call *call, GError **error)
{
	struct action_status *status = action_status_new(call->shared->actions);
	JsonObject *object = json_object_new();
	JsonArray *adapters = json_array_new();

	(void)error;
	for (guint i = 0; i < status->adapters->len; i++)
		json_array_add_object_element(
			adapters, describe_adapter(status->adapters->pdata[i]));
	json_object_set_string_member(object, "version", PACKAGE_VERSION);
	json_object_set_int_member(object, "pid", getpid());
	control_set_text(object, "control", call->shared->path);
	json_object_set_string_member(object, "sandbox", sandbox_state());
	json_object_set_string_member(object, "timing", status->timing);
	set_seed(object, status->seed);
	json_object_set_double_member(object, "uptime_s", status->uptime_s);
	json_object_set_array_member(object, "adapters", adapters);
	json_object_set_array_member(object, "outputs", describe_outputs(status));
	action_status_free(status);
	return control_take_object(object);
}
