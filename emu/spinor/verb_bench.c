/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs that concern a bench or its adapters: status, stats, unplug, plug. */
#include "spinor/verbs.h"

#include "base/units.h"
#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/find.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"
#include "spinor/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 80

/* "protected 000000-0FFFFF", or nothing. */
static void
print_protected(JsonArray *ranges)
{
	guint n = ranges != NULL ? json_array_get_length(ranges) : 0;

	for (guint i = 0; i < n; i++) {
		JsonObject *range = spinor_item(ranges, i);
		int64_t start = spinor_number(range, "start", 0);
		int64_t end = start + spinor_number(range, "length", 0) - 1;

		printf("%s%06" PRIX64 "-%06" PRIX64, i == 0 ? "      protected " : ", ",
			(uint64_t)start, (uint64_t)end);
	}
	if (n > 0)
		putchar('\n');
}

/* The supply as set, and VCC at the chip if it differs. */
static void
print_supply(JsonObject *chip)
{
	int64_t set_mv = spinor_number(chip, "power_mv", 0);
	int64_t vcc_mv = spinor_number(chip, "vcc_mv", set_mv);

	if (set_mv > 0)
		printf("supply %" PRId64 " mV, ", set_mv);
	else
		printf("%sno supply%s, ", spinor_colour(SPINOR_YELLOW),
			spinor_colour(SPINOR_PLAIN));
	if (vcc_mv != set_mv && vcc_mv > 0)
		printf("%s%" PRId64 " mV at the chip%s, ", spinor_colour(SPINOR_YELLOW), vcc_mv,
			spinor_colour(SPINOR_PLAIN));
	else if (vcc_mv != set_mv)
		printf("%snone at the chip%s, ", spinor_colour(SPINOR_YELLOW),
			spinor_colour(SPINOR_PLAIN));
}

/* "2 faults", or nothing. */
static void
print_faults(JsonObject *object)
{
	int64_t n = spinor_number(object, "faults", 0);

	if (n > 0)
		printf(", %s%" PRId64 " fault%s%s", spinor_colour(SPINOR_YELLOW), n,
			n == 1 ? "" : "s", spinor_colour(SPINOR_PLAIN));
}

/* state: of all boards of the adapter. */
static void
print_board(JsonObject *board, const char *state)
{
	JsonNode *boots = board != NULL ? json_object_get_member(board, "boots") : NULL;
	const char *text = "has not started yet";

	if (board == NULL)
		return;
	if (strcmp(state, "reset") == 0)
		text = "is held in reset";
	else if (strcmp(state, "off") == 0)
		text = "has no supply";
	else if (boots != NULL && !JSON_NODE_HOLDS_NULL(boots))
		text = spinor_flag(board, "boots") ? "has booted" : "did not boot";
	printf("      board %s %s\n", spinor_text(board, "name", "?"), text);
}

/* Why the chip is silent, or does not answer as usual. */
static void
print_reasons(JsonObject *chip)
{
	JsonArray *reasons = spinor_array(chip, "reasons");

	for (guint i = 0; reasons != NULL && i < json_array_get_length(reasons); i++) {
		JsonObject *reason = spinor_item(reasons, i);
		bool silent = spinor_flag(reason, "silent");

		printf("      %s%s%s%s\n", spinor_colour(silent ? SPINOR_RED : SPINOR_YELLOW),
			silent ? "silent: " : "", spinor_text(reason, "text", "?"),
			spinor_colour(SPINOR_PLAIN));
	}
}

/* What the daemon cannot save, or the chip has lost. */
static void
print_unsaved(JsonObject *chip)
{
	JsonArray *unsaved = spinor_array(chip, "unsaved");

	for (guint i = 0; unsaved != NULL && i < json_array_get_length(unsaved); i++)
		printf("      %snot saved: %s%s\n", spinor_colour(SPINOR_RED),
			json_array_get_string_element(unsaved, i), spinor_colour(SPINOR_PLAIN));
}

/* Appends to a list of items with separators, in lines of 80 columns that are indented. */
static void
append_item(GString *lines, const char *separator, const char *item)
{
	const char *last = strrchr(lines->str, '\n');
	size_t column = last != NULL ? strlen(last + 1) : lines->len;

	if (lines->len == 0)
		g_string_append_printf(lines, "      %s", item);
	else if (column + strlen(separator) + strlen(item) + 1 > COLUMNS)
		g_string_append_printf(lines, "%.1s\n      %s", separator, item);
	else
		g_string_append_printf(lines, "%s%s", separator, item);
}

/* "status 9C: SRP=1 BP=111, SR2 02: QE=1": the registers that a host polls, by their bits. */
static void
print_registers(JsonObject *chip)
{
	JsonArray *registers = spinor_array(chip, "registers");
	g_autoptr(GString) lines = g_string_new(NULL);

	for (guint i = 0; registers != NULL && i < json_array_get_length(registers); i++) {
		JsonObject *reg = spinor_item(registers, i);
		const char *name = spinor_text(reg, "name", "?");
		const char *words = spinor_text(reg, "text", "");
		g_autofree char *item = g_strdup_printf("%s %0*" PRIX64 "%s%s",
			strcmp(name, "SR1") == 0 ? "status" : name,
			spinor_number(reg, "width", 8) > 8 ? 4 : 2,
			(uint64_t)spinor_number(reg, "value", 0), *words != '\0' ? ": " : "",
			words);

		if (spinor_flag(reg, "brief"))
			append_item(lines, ", ", item);
	}
	if (lines->len > 0)
		puts(lines->str);
}

/* The pins that have no effect, or are not high, and why. */
static void
print_pin_uses(JsonObject *chip)
{
	static const struct {
		const char *name, *label;
	} all[] = {{"wp", "WP#"}, {"hold", "HOLD#"}, {"reset", "RESET#"}};
	JsonObject *pins = spinor_object(chip, "pins");
	JsonObject *uses = spinor_object(chip, "pin_uses");
	g_autoptr(GString) lines = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		JsonObject *use = spinor_object(uses, all[i].name);
		const char *level = spinor_text(pins, all[i].name, NULL);
		bool acts = spinor_flag(use, "acts");
		g_autofree char *item = g_strdup_printf("%s%s%s: %s%s", all[i].label,
			level != NULL ? " " : "", level != NULL ? level : "",
			level != NULL && !acts ? "no effect, " : "", spinor_text(use, "text", "?"));

		if (use != NULL && (!acts || g_strcmp0(level, "high") != 0))
			append_item(lines, "; ", item);
	}
	if (lines->len > 0)
		puts(lines->str);
}

static void
print_chip(JsonObject *chip, const char *board)
{
	JsonObject *pins = spinor_object(chip, "pins");
	g_autofree char *size = base_format_size((uint64_t)spinor_number(chip, "size", 0));
	int64_t cut_in = spinor_number(chip, "cut_in", 0);
	int64_t snapshots = spinor_number(chip, "snapshots", 0);

	printf("  CS%" PRId64 " %s%s%s (%s), %s, ", spinor_number(chip, "cs", 0),
		spinor_colour(SPINOR_BOLD), spinor_text(chip, "part", "?"),
		spinor_colour(SPINOR_PLAIN), spinor_text(chip, "vendor", "?"), size);
	print_supply(chip);
	if (cut_in > 0)
		printf("goes off at operation %" PRId64 " from now, ", cut_in);
	spinor_print_pins(pins);
	printf(", %s\n", spinor_flag(chip, "busy") ? "busy" : "ready");
	print_reasons(chip);
	printf("      image %s%s", spinor_text(chip, "image", "(none: not saved)"),
		spinor_flag(chip, "snapshot_mode") ? " (snapshot, nothing is written)" : "");
	printf(", %" PRId64 " snapshot%s", snapshots, snapshots == 1 ? "" : "s");
	print_faults(chip);
	putchar('\n');
	print_unsaved(chip);
	print_registers(chip);
	print_pin_uses(chip);
	print_protected(spinor_array(chip, "protected"));
	print_board(spinor_object(chip, "board"), board);
}

/* A line that is too long for the terminal is broken before the command, which stays in one piece
 * to be copied. */
static void
print_ready(const char *line)
{
	const char *command = strstr(line, " flashrom ");
	bool fits = !spinor_terminal_is_one() || command == NULL ||
		strlen(line) + 2 <= spinor_terminal_columns();
	int first = fits ? (int)strlen(line) : (int)(command - line);

	printf("  %s%.*s%s\n", spinor_colour(SPINOR_DIM), first, line, spinor_colour(SPINOR_PLAIN));
	if (!fits)
		printf("  %s%s%s\n", spinor_colour(SPINOR_DIM), command + 1,
			spinor_colour(SPINOR_PLAIN));
}

static void
print_adapter(JsonObject *adapter)
{
	JsonArray *chips = spinor_array(adapter, "chips");
	const char *link = spinor_text(adapter, "link", NULL);
	const char *tcp = spinor_text(adapter, "tcp", NULL);
	bool plugged = spinor_flag(adapter, "plugged");

	printf("%s%s%s: %s at %s", spinor_colour(SPINOR_BOLD), spinor_text(adapter, "name", "?"),
		spinor_colour(SPINOR_PLAIN), spinor_text(adapter, "profile", "?"),
		plugged ? spinor_text(adapter, "tty", "-") : "(unplugged)");
	if (link != NULL)
		printf(", link %s", link);
	if (tcp != NULL)
		printf(", TCP %s", tcp);
	printf(", %s, %.6g MHz", spinor_flag(adapter, "host") ? "a host is connected" : "no host",
		(double)spinor_number(adapter, "frequency_hz", 0) / 1e6);
	print_faults(adapter);
	putchar('\n');
	for (guint i = 0; chips != NULL && i < json_array_get_length(chips); i++)
		print_chip(spinor_item(chips, i), spinor_text(adapter, "board", "run"));
	if (chips == NULL || json_array_get_length(chips) == 0)
		puts("  no chip");
	if (plugged)
		print_ready(spinor_text(adapter, "ready_line", ""));
}

/* A seed above the range of a JSON number is a string. */
static void
print_seed(JsonObject *status)
{
	const char *text = spinor_text(status, "seed", NULL);

	if (text != NULL)
		printf("seed %s\n", text);
	else
		printf("seed %" PRId64 "\n", spinor_number(status, "seed", 0));
}

/* Returns the chips of an adapter that --cs selects. */
static JsonArray *
chosen_chips(JsonArray *chips, const struct spinor_command *command)
{
	JsonArray *chosen = json_array_new();

	for (guint i = 0; chips != NULL && i < json_array_get_length(chips); i++) {
		JsonObject *chip = spinor_item(chips, i);

		if (command->cs < 0 || spinor_number(chip, "cs", 0) == command->cs)
			json_array_add_object_element(chosen, json_object_ref(chip));
	}
	return chosen;
}

/* Reduces a status to the adapters and chips that --adapter and --cs select; false and an error:
 * none. */
static bool
choose(JsonObject *status, const struct spinor_command *command, GError **error)
{
	JsonArray *adapters = spinor_array(status, "adapters");
	JsonArray *chosen = json_array_new();

	for (guint i = 0; adapters != NULL && i < json_array_get_length(adapters); i++) {
		JsonObject *adapter = spinor_item(adapters, i);
		JsonArray *chips;

		if (command->adapter != NULL &&
			g_strcmp0(spinor_text(adapter, "name", ""), command->adapter) != 0)
			continue;
		chips = chosen_chips(spinor_array(adapter, "chips"), command);
		if (command->cs >= 0 && json_array_get_length(chips) == 0) {
			json_array_unref(chips);
			continue;
		}
		json_object_set_array_member(adapter, "chips", chips);
		json_array_add_object_element(chosen, json_object_ref(adapter));
	}
	if (json_array_get_length(chosen) == 0) {
		json_array_unref(chosen);
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"there is no such adapter or chip; spinor status without --adapter and "
			"--cs lists them");
		return false;
	}
	json_object_set_array_member(status, "adapters", chosen);
	return true;
}

/* An output is worth a line if something is lost. */
static void
print_output(JsonObject *output)
{
	const char *path = spinor_text(output, "path", NULL);
	const char *problem = spinor_text(output, "problem", NULL);
	int64_t lost = spinor_number(output, "lost", 0);

	if (lost == 0 && problem == NULL)
		return;
	printf("%s%s%s%s: %" PRId64 " line%s lost%s%s%s\n", spinor_colour(SPINOR_YELLOW),
		spinor_text(output, "output", "?"), path != NULL ? " " : "",
		path != NULL ? path : "", lost, lost == 1 ? " is" : "s are",
		problem != NULL ? ": " : "", problem != NULL ? problem : "",
		spinor_colour(SPINOR_PLAIN));
}

int
spinor_status(struct spinor_command *command, GError **error)
{
	g_autoptr(JsonObject) status = NULL;
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
	bool json = command->json;
	JsonArray *adapters, *outputs;

	command->json = false; /* printed here, after choose() */
	status = spinor_call_object(
		command, "bench.status", json_object_new(), SPINOR_SHORT_MS, error);
	if (status == NULL || !choose(status, command, error))
		return -1;
	if (json) {
		json_node_set_object(node, status);
		spinor_print_json(node);
		return EXIT_SUCCESS;
	}
	printf("spinord %s, process %" PRId64 ", up %" PRId64 " s, timing %s, ",
		spinor_text(status, "version", "?"), spinor_number(status, "pid", 0),
		spinor_number(status, "uptime_s", 0), spinor_text(status, "timing", "?"));
	print_seed(status);
	printf("control %s\n", spinor_text(status, "control", "?"));
	printf("sandbox %s\n", spinor_text(status, "sandbox", "off"));
	outputs = spinor_array(status, "outputs");
	for (guint i = 0; outputs != NULL && i < json_array_get_length(outputs); i++)
		print_output(spinor_item(outputs, i));
	adapters = spinor_array(status, "adapters");
	for (guint i = 0; adapters != NULL && i < json_array_get_length(adapters); i++)
		print_adapter(spinor_item(adapters, i));
	return EXIT_SUCCESS;
}

/* Prints the counters of a group that are not 0, on one line; no line if there are none. */
static void
print_group(const char *title, JsonObject *group)
{
	GList *names = group != NULL ? json_object_get_members(group) : NULL;
	bool any = false;

	names = g_list_sort(names, (GCompareFunc)g_strcmp0);
	for (GList *at = names; at != NULL; at = at->next) {
		int64_t count = spinor_number(group, at->data, 0);

		if (count == 0)
			continue;
		if (!any)
			printf("%s:", title);
		printf(" %s:%" PRId64, (const char *)at->data, count);
		any = true;
	}
	if (any)
		putchar('\n');
	g_list_free(names);
}

static void
print_stats(JsonObject *stats)
{
	GList *names = json_object_get_members(stats);

	for (GList *at = names; at != NULL; at = at->next) {
		JsonNode *node = json_object_get_member(stats, at->data);

		if (JSON_NODE_HOLDS_VALUE(node))
			printf("%-16s %" PRId64 "\n", (const char *)at->data,
				spinor_number(stats, at->data, 0));
	}
	g_list_free(names);
	print_group("by reason", spinor_object(stats, "by_reason"));
	print_group("by opcode", spinor_object(stats, "by_opcode"));
}

int
spinor_stats(struct spinor_command *command, GError **error)
{
	struct spinor_client *client = spinor_find(command, error);
	int64_t limit_ms = spinor_limit_ms(command, SPINOR_SHORT_MS);
	g_autoptr(JsonNode) node = NULL;
	g_autoptr(JsonNode) reset = NULL;
	JsonObject *stats;

	if (client == NULL)
		return -1;
	node = spinor_client_call(
		client, "stats.get", spinor_chip_params(command), limit_ms, error);
	stats = spinor_as_object(node, "stats.get", error);
	if (stats != NULL && command->reset)
		reset = spinor_client_call(
			client, "stats.reset", spinor_chip_params(command), limit_ms, error);
	spinor_client_close(client);
	if (stats == NULL || (command->reset && reset == NULL))
		return -1;
	if (command->json)
		spinor_print_json(node);
	else
		print_stats(stats);
	return EXIT_SUCCESS;
}

/* done: printed before the address of the port; otherwise: printed if there is none. */
static int
cable(struct spinor_command *command, const char *method, const char *done, const char *otherwise,
	GError **error)
{
	g_autoptr(JsonObject) result = spinor_call_object(
		command, method, spinor_adapter_params(command), SPINOR_SHORT_MS, error);
	const char *address = spinor_text(result, "tty", spinor_text(result, "tcp", NULL));

	if (result == NULL)
		return -1;
	if (!command->json && address != NULL)
		printf("%s %s\n", done, address);
	else if (!command->json)
		puts(otherwise);
	return EXIT_SUCCESS;
}

int
spinor_unplug(struct spinor_command *command, GError **error)
{
	return cable(command, "adapter.unplug", "unplugged", "already unplugged", error);
}

int
spinor_plug(struct spinor_command *command, GError **error)
{
	return cable(command, "adapter.plug", "plugged in at", "plugged in", error);
}
