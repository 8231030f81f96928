/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs that concern one chip: pin, power, reset, image, snapshot. */
#include "spinor/verbs.h"

#include "base/error.h"
#include "base/units.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"
#include "spinor/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Checks that word is one of allowed; the error names them. */
static bool
one_of(const char *word, const char *const *allowed, GError **error)
{
	g_autofree char *list = NULL;
	g_autofree char *hint = NULL;

	if (g_strv_contains(allowed, word))
		return true;
	list = g_strjoinv(", ", (char **)allowed);
	hint = base_suggest(word, allowed);
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE, "%s%s%s allowed are %s", word,
		*hint != '\0' ? hint : ":", *hint != '\0' ? ";" : "", list);
	return false;
}

/* The pins of an answer or of a chip, and its note about them. */
static void
print_pins(JsonObject *object)
{
	const char *note = spinor_text(object, "note", NULL);

	spinor_print_pins(spinor_object(object, "pins"));
	putchar('\n');
	if (note != NULL)
		printf("%s\n", note);
}

/* Returns the chip of a status that --adapter and --cs select. */
static JsonObject *
chip_of(JsonObject *status, const struct spinor_command *command, GError **error)
{
	JsonArray *adapters = spinor_array(status, "adapters");
	JsonObject *found = NULL;
	guint n = 0;

	for (guint i = 0; adapters != NULL && i < json_array_get_length(adapters); i++) {
		JsonObject *adapter = spinor_item(adapters, i);
		JsonArray *chips = spinor_array(adapter, "chips");

		if (command->adapter != NULL &&
			g_strcmp0(spinor_text(adapter, "name", ""), command->adapter) != 0)
			continue;
		for (guint j = 0; chips != NULL && j < json_array_get_length(chips); j++) {
			JsonObject *chip = spinor_item(chips, j);
			bool only = json_array_get_length(chips) == 1 && command->cs < 0;

			if (!only && spinor_number(chip, "cs", 0) != MAX(command->cs, 0))
				continue;
			if (n++ == 0)
				found = chip;
		}
	}
	if (n == 1)
		return found;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		n == 0 ? "there is no such chip; spinor status lists them"
		       : "there are several adapters; choose one with --adapter NAME");
	return NULL;
}

static int
show_pins(struct spinor_command *command, GError **error)
{
	bool json = command->json;
	g_autoptr(JsonObject) status = NULL;
	g_autoptr(JsonNode) node = NULL;
	JsonObject *chip, *pins;

	command->json = false; /* only a part of the answer is printed */
	status = spinor_call_object(
		command, "bench.status", json_object_new(), SPINOR_SHORT_MS, error);
	command->json = json;
	if (status == NULL)
		return -1;
	chip = chip_of(status, command, error);
	if (chip == NULL)
		return -1;
	pins = spinor_object(chip, "pins");
	if (json) {
		node = json_node_new(JSON_NODE_OBJECT);
		json_node_take_object(node, json_object_new());
		if (pins != NULL)
			json_object_set_object_member(
				json_node_get_object(node), "pins", json_object_ref(pins));
		if (spinor_text(chip, "note", NULL) != NULL)
			json_object_set_string_member(json_node_get_object(node), "note",
				spinor_text(chip, "note", NULL));
		spinor_print_json(node);
	} else {
		print_pins(chip);
	}
	return EXIT_SUCCESS;
}

int
spinor_pin(struct spinor_command *command, GError **error)
{
	g_autoptr(JsonObject) result = NULL;
	JsonObject *params;

	if (command->n_args == 0)
		return show_pins(command, error);
	if (!one_of(command->args[0], spinor_pins, error))
		return -1;
	if (command->n_args == 1) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s: its level is missing; allowed are low, high, float", command->args[0]);
		return -1;
	}
	if (!one_of(command->args[1], spinor_levels, error))
		return -1;
	params = spinor_chip_params(command);
	json_object_set_string_member(params, "pin", command->args[0]);
	json_object_set_string_member(params, "level", command->args[1]);
	result = spinor_call_object(command, "chip.pin", params, SPINOR_SHORT_MS, error);
	if (result == NULL)
		return -1;
	if (!command->json)
		print_pins(result);
	return EXIT_SUCCESS;
}

/* Prints whether the board of the chip boots; nothing if there is none. */
static void
print_boot(JsonObject *result)
{
	if (!json_object_has_member(result, "boots"))
		return;
	if (spinor_flag(result, "boots"))
		puts("the board boots");
	else
		printf("the board does not boot: %s\n", spinor_text(result, "why_not", "?"));
}

/* Options that do not go with the action. */
static bool
check_power(const struct spinor_command *command, GError **error)
{
	const char *why = NULL;

	if (command->at > 0 && strcmp(command->args[0], "off") != 0)
		why = "--at: only off has an operation at which it acts";
	else if (command->after_ns >= 0 && command->at == 0)
		why = "--after: a delay after an operation, which --at names";
	else if (command->millivolts > 0 && strcmp(command->args[0], "off") == 0)
		why = "--millivolts: only on and cycle have a voltage";
	if (why != NULL)
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s; allowed are on|cycle [--millivolts N] and off [--at N [--after TIME]]",
			why);
	return why == NULL;
}

int
spinor_power(struct spinor_command *command, GError **error)
{
	static const char *const actions[] = {"on", "off", "cycle", NULL};
	g_autoptr(JsonObject) result = NULL;
	JsonObject *params;
	const char *warning;
	int64_t cut_in;

	if (!one_of(command->args[0], actions, error))
		return -1;
	if (!check_power(command, error))
		return -1;
	params = spinor_chip_params(command);
	json_object_set_string_member(params, "action", command->args[0]);
	if (command->millivolts > 0)
		json_object_set_int_member(params, "millivolts", command->millivolts);
	if (command->at > 0)
		json_object_set_int_member(params, "at", command->at);
	if (command->after_ns >= 0)
		json_object_set_int_member(params, "after_ns", command->after_ns);
	result = spinor_call_object(command, "chip.power", params, SPINOR_SHORT_MS, error);
	if (result == NULL)
		return -1;
	warning = spinor_text(result, "warning", NULL);
	cut_in = spinor_number(result, "cut_in", 0);
	if (warning != NULL)
		fprintf(stderr, "spinor: power: warning: %s\n", warning);
	if (command->json)
		return EXIT_SUCCESS;
	printf("supply %" PRId64 " mV", spinor_number(result, "power_mv", 0));
	if (cut_in > 0)
		printf(", goes off at operation %" PRId64 " from now", cut_in);
	putchar('\n');
	print_boot(result);
	return EXIT_SUCCESS;
}

int
spinor_reset(struct spinor_command *command, GError **error)
{
	g_autoptr(JsonNode) result = spinor_call(
		command, "chip.reset", spinor_chip_params(command), SPINOR_SHORT_MS, error);

	if (result == NULL)
		return -1;
	if (!command->json)
		puts("reset");
	return EXIT_SUCCESS;
}

int
spinor_image_info(struct spinor_command *command, GError **error)
{
	g_autoptr(JsonObject) info = spinor_call_object(
		command, "image.info", spinor_chip_params(command), SPINOR_LONG_MS, error);
	g_autofree char *size = NULL;

	if (info == NULL)
		return -1;
	if (command->json)
		return EXIT_SUCCESS;
	size = base_format_size((uint64_t)spinor_number(info, "size", 0));
	printf("image    %s\n", spinor_text(info, "path", "(none: not saved)"));
	printf("size     %s\n", size);
	printf("SHA-256  %s\n", spinor_text(info, "sha256", "?"));
	printf("used     %" PRId64 " bytes are not FF\n", spinor_number(info, "used_bytes", 0));
	printf("changed  %s\n", spinor_flag(info, "dirty_since_start") ? "yes" : "no");
	return EXIT_SUCCESS;
}

/* Calls a method with the parameter "path"; NULL on error. */
static JsonObject *
with_path(struct spinor_command *command, const char *method, GError **error)
{
	JsonObject *params = spinor_chip_params(command);

	if (!spinor_set_path(params, "path", command->args[0], error)) {
		json_object_unref(params);
		return NULL;
	}
	return spinor_call_object(command, method, params, SPINOR_LONG_MS, error);
}

static int
copy_image(struct spinor_command *command, const char *method, const char *done, GError **error)
{
	g_autoptr(JsonObject) result = with_path(command, method, error);

	if (result == NULL)
		return -1;
	if (!command->json)
		printf("%s %s, %" PRId64 " bytes\n", done, command->args[0],
			spinor_number(result, "bytes", 0));
	return EXIT_SUCCESS;
}

int
spinor_image_save(struct spinor_command *command, GError **error)
{
	return copy_image(command, "image.save", "saved to", error);
}

int
spinor_image_load(struct spinor_command *command, GError **error)
{
	return copy_image(command, "image.load", "loaded from", error);
}

int
spinor_image_compare(struct spinor_command *command, GError **error)
{
	g_autoptr(JsonObject) result = with_path(command, "image.compare", error);
	bool equal;

	if (result == NULL)
		return -1;
	equal = spinor_flag(result, "equal");
	if (!command->json && equal)
		printf("%sequal%s\n", spinor_colour(SPINOR_GREEN), spinor_colour(SPINOR_PLAIN));
	else if (!command->json)
		printf("%sdifferent%s: %" PRId64 " bytes differ, first at %06" PRIX64
		       ", last at %06" PRIX64 "\n",
			spinor_colour(SPINOR_RED), spinor_colour(SPINOR_PLAIN),
			spinor_number(result, "differing_bytes", 0),
			(uint64_t)spinor_number(result, "first", 0),
			(uint64_t)spinor_number(result, "last", 0));
	return equal ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
spinor_snapshot_take(struct spinor_command *command, GError **error)
{
	JsonObject *params = spinor_chip_params(command);
	g_autoptr(JsonObject) result = NULL;

	json_object_set_string_member(params, "name", command->args[0]);
	if (command->file != NULL && !spinor_set_path(params, "file", command->file, error)) {
		json_object_unref(params);
		return -1;
	}
	result = spinor_call_object(command, "snapshot.take", params, SPINOR_LONG_MS, error);
	if (result == NULL)
		return -1;
	if (!command->json)
		printf("took %s, %" PRId64 " bytes copied\n", command->args[0],
			spinor_number(result, "bytes_copied", 0));
	return EXIT_SUCCESS;
}

int
spinor_snapshot_restore(struct spinor_command *command, GError **error)
{
	JsonObject *params = spinor_chip_params(command);
	g_autoptr(JsonObject) result = NULL;

	if ((command->n_args == 0) == (command->file == NULL)) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"allowed is one of NAME and --file FILE");
		goto fail;
	}
	if (command->file != NULL && !spinor_set_path(params, "file", command->file, error))
		goto fail;
	if (command->n_args > 0)
		json_object_set_string_member(params, "name", command->args[0]);
	result = spinor_call_object(command, "snapshot.restore", params, SPINOR_LONG_MS, error);
	if (result == NULL)
		return -1;
	if (!command->json)
		printf("restored %s, %" PRId64 " bytes copied\n",
			command->n_args > 0 ? command->args[0] : command->file,
			spinor_number(result, "bytes_copied", 0));
	return EXIT_SUCCESS;

fail:
	json_object_unref(params);
	return -1;
}

/* "2 of 256 snapshots, 129 KiB of 1 GiB". False on an error. */
static bool
print_usage(struct spinor_command *command, GError **error)
{
	g_autoptr(JsonObject) usage = spinor_call_object(
		command, "snapshot.usage", spinor_chip_params(command), SPINOR_SHORT_MS, error);
	g_autofree char *used = NULL;
	g_autofree char *limit = NULL;

	if (usage == NULL)
		return false;
	used = base_format_size(((uint64_t)spinor_number(usage, "bytes", 0) + 1023) / 1024 * 1024);
	limit = base_format_size((uint64_t)spinor_number(usage, "bytes_max", 0));
	printf("%" PRId64 " of %" PRId64 " snapshots, %s of %s\n", spinor_number(usage, "count", 0),
		spinor_number(usage, "count_max", 0), used, limit);
	return true;
}

int
spinor_snapshot_list(struct spinor_command *command, GError **error)
{
	g_autoptr(JsonNode) result = spinor_call(
		command, "snapshot.list", spinor_chip_params(command), SPINOR_SHORT_MS, error);
	JsonArray *list;

	if (result == NULL)
		return -1;
	if (command->json || !JSON_NODE_HOLDS_ARRAY(result))
		return EXIT_SUCCESS;
	list = json_node_get_array(result);
	for (guint i = 0; i < json_array_get_length(list); i++) {
		JsonObject *row = spinor_item(list, i);
		g_autofree char *size = base_format_size((uint64_t)spinor_number(row, "size", 0));

		printf("%-20s %s  %s\n", spinor_text(row, "name", "?"),
			spinor_text(row, "time", "-"), size);
	}
	if (json_array_get_length(list) == 0)
		puts("no snapshots");
	else if (!print_usage(command, error))
		return -1;
	return EXIT_SUCCESS;
}

int
spinor_snapshot_drop(struct spinor_command *command, GError **error)
{
	JsonObject *params = spinor_chip_params(command);
	g_autoptr(JsonNode) result = NULL;

	json_object_set_string_member(params, "name", command->args[0]);
	result = spinor_call(command, "snapshot.drop", params, SPINOR_SHORT_MS, error);
	if (result == NULL)
		return -1;
	if (!command->json)
		printf("dropped %s\n", command->args[0]);
	return EXIT_SUCCESS;
}
