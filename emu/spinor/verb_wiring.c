/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verb wiring: draws the package of a chip from above, with the contact of the clip on each
 * pin, the levels at both ends of the wire, and the kind of a fault on it:
 *
 *   ADAPTER                      +--------\_/--------+                      ADAPTER
 *   CS#  high ------------  high | 1 CS#      VCC  8 | high ------------ high  VCC
 *   MISO high ---stuck-0---  low | 2 DO     HOLD#  7 | high ------------ high  HOLD
 *
 * 79 columns wide. The strokes are ASCII unless a terminal has the characters of boxes. Leaves out
 * data lanes beyond MISO and MOSI, which the model does not have on its wires.
 */
#include "spinor/verbs.h"

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

#define WIRE_COLUMNS 12
#define SIDE_COLUMNS 29

/* How lines are drawn. */
struct strokes {
	const char *wire, *side;
	const char *top, *bottom;
};

static const struct strokes ascii = {"-", "|", "+--------\\_/--------+", "+-------------------+"};
static const struct strokes utf8 = {"─", "│", "┌───────╮   ╭───────┐", "└───────────────────┘"};

struct drawing {
	const struct strokes *strokes;
	JsonArray *lines; /* of adapter.wiring */
	JsonArray *names; /* of the package's pins */
	guint n_pins;
};

static const char *
level_of(const char *level)
{
	return g_strcmp0(level, "floating") == 0 ? "float" : level != NULL ? level : "";
}

/* "CS#", of "cs". */
static const char *
label_of(const char *line)
{
	static const char *const labels[][2] = {{"cs", "CS#"}, {"miso", "MISO"}, {"wp", "WP#"},
		{"gnd", "GND"}, {"mosi", "MOSI"}, {"clk", "CLK"}, {"hold", "HOLD"}, {"vcc", "VCC"}};

	for (size_t i = 0; i < G_N_ELEMENTS(labels); i++)
		if (g_strcmp0(labels[i][0], line) == 0)
			return labels[i][1];
	return line != NULL ? line : "";
}

/* The kind of the fault on a line; "": none. Free with g_free(). */
static char *
kind_of(JsonObject *line)
{
	const char *text = spinor_text(line, "fault_text", "");

	return g_strndup(text, strcspn(text, " "));
}

static void
repeat(GString *out, const char *text, size_t n)
{
	while (n-- > 0)
		g_string_append(out, text);
}

/* "---stuck-0--", "--- open ---" with a gap where the contact does not touch. */
static void
draw_wire(GString *out, const struct strokes *strokes, JsonObject *line)
{
	g_autofree char *kind = kind_of(line);
	bool touches = spinor_flag(line, "touches");
	size_t n = strlen(kind);
	size_t left;

	if (n > WIRE_COLUMNS)
		n = WIRE_COLUMNS;
	if (!touches && n + 2 <= WIRE_COLUMNS)
		n += 2;
	left = (WIRE_COLUMNS - n) / 2;
	repeat(out, strokes->wire, left);
	if (!touches)
		g_string_append_printf(out, " %.*s ", WIRE_COLUMNS - 2, kind);
	else
		g_string_append_printf(out, "%.*s", WIRE_COLUMNS, kind);
	repeat(out, strokes->wire, WIRE_COLUMNS - n - left);
}

/* The line at a pin; NULL: none. */
static JsonObject *
line_at(const struct drawing *drawing, guint pin)
{
	for (guint i = 0; i < json_array_get_length(drawing->lines); i++)
		if (spinor_number(spinor_item(drawing->lines, i), "pin", 0) == (int64_t)pin)
			return spinor_item(drawing->lines, i);
	return NULL;
}

/* Appends one side of a pin, SIDE_COLUMNS wide. */
static void
draw_side(GString *out, const struct drawing *drawing, guint pin, bool left)
{
	JsonObject *line = line_at(drawing, pin);
	const char *contact = spinor_text(line, "contact", NULL);
	const char *here = level_of(spinor_text(line, "contact_level", NULL));
	const char *there = level_of(spinor_text(line, "chip", NULL));
	const char *colour = spinor_number(line, "fault", 0) > 0 ? spinor_colour(SPINOR_RED) : "";
	g_autoptr(GString) wire = g_string_new(NULL);

	if (contact != NULL)
		draw_wire(wire, drawing->strokes, line);
	else
		repeat(wire, " ", WIRE_COLUMNS);
	g_string_append(out, colour);
	if (left)
		g_string_append_printf(
			out, "%-4s %-5s%s %5s ", label_of(contact), here, wire->str, there);
	else
		g_string_append_printf(
			out, " %-5s%s %-5s %s", there, wire->str, here, label_of(contact));
	if (*colour != '\0')
		g_string_append(out, spinor_colour(SPINOR_PLAIN));
}

static const char *
name_at(const struct drawing *drawing, guint pin)
{
	JsonNode *node = json_array_get_element(drawing->names, pin - 1);

	return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : "?";
}

static void
print_trimmed(GString *line)
{
	while (line->len > 0 && line->str[line->len - 1] == ' ')
		g_string_truncate(line, line->len - 1);
	puts(line->str);
	g_string_truncate(line, 0);
}

static void
draw_package(const struct drawing *drawing)
{
	g_autoptr(GString) line = g_string_new(NULL);
	guint row = drawing->n_pins / 2;

	g_string_printf(line, "%-*s%s%*s", SIDE_COLUMNS, "ADAPTER", drawing->strokes->top,
		SIDE_COLUMNS, "ADAPTER");
	print_trimmed(line);
	for (guint pin = 1; pin <= row; pin++) {
		guint opposite = drawing->n_pins + 1 - pin;

		draw_side(line, drawing, pin, true);
		g_string_append_printf(line, "%s%2u %-6s %6s %-2u%s", drawing->strokes->side, pin,
			name_at(drawing, pin), name_at(drawing, opposite), opposite,
			drawing->strokes->side);
		draw_side(line, drawing, opposite, false);
		print_trimmed(line);
	}
	g_string_printf(line, "%*s%s", SIDE_COLUMNS, "", drawing->strokes->bottom);
	print_trimmed(line);
}

static void
print_cut(const char *text)
{
	glong columns = (glong)spinor_terminal_columns();
	g_autofree char *cut = g_utf8_strlen(text, -1) > columns
		? g_utf8_substring(text, 0, columns)
		: g_strdup(text);

	puts(cut);
}

/* Names contacts that are on no pin. */
static void
print_loose_contacts(const struct drawing *drawing)
{
	for (guint i = 0; i < json_array_get_length(drawing->lines); i++) {
		const char *name = spinor_text(spinor_item(drawing->lines, i), "line", "");
		bool on_a_pin = false;

		for (guint j = 0; j < json_array_get_length(drawing->lines); j++)
			on_a_pin |= g_strcmp0(spinor_text(spinor_item(drawing->lines, j), "contact",
						      NULL),
					    name) == 0;
		if (!on_a_pin)
			printf("the contact of %s is on no pin of the chip with a function\n",
				label_of(name));
	}
}

/* Each fault once: "fault 1: stuck-0 line=miso". */
static void
print_faults(const struct drawing *drawing)
{
	bool any = false;

	for (guint i = 0; i < json_array_get_length(drawing->lines); i++) {
		JsonObject *line = spinor_item(drawing->lines, i);
		int64_t id = spinor_number(line, "fault", 0);
		g_autofree char *text = NULL;
		bool again = false;

		for (guint j = 0; j < i; j++)
			again |= spinor_number(spinor_item(drawing->lines, j), "fault", 0) == id;
		if (id == 0 || again)
			continue;
		any = true;
		text = g_strdup_printf(
			"fault %" PRId64 ": %s", id, spinor_text(line, "fault_text", "?"));
		print_cut(text);
	}
	if (!any)
		puts("no fault on the wires");
}

static void
print_supply(JsonObject *chip)
{
	int64_t set_mv = spinor_number(chip, "power_mv", 0);
	int64_t vcc_mv = spinor_number(chip, "vcc_mv", set_mv);

	if (set_mv > 0)
		printf("supply %" PRId64 " mV", set_mv);
	else
		printf("%sno supply%s", spinor_colour(SPINOR_RED), spinor_colour(SPINOR_PLAIN));
	if (vcc_mv != set_mv)
		printf(", %" PRId64 " mV at the chip", vcc_mv);
	putchar('\n');
}

static void
draw_chip(JsonObject *adapter, JsonObject *chip, JsonArray *lines)
{
	struct drawing drawing = {
		.strokes = spinor_terminal_is_one() && spinor_terminal_is_utf8() ? &utf8 : &ascii,
		.lines = lines,
		.names = spinor_array(chip, "package_pins"),
	};
	const char *where = spinor_text(adapter, "tty", spinor_text(adapter, "tcp", "(unplugged)"));
	g_autofree char *title = g_strdup_printf("%s at %s, CS%" PRId64 ": %s, %s from above",
		spinor_text(adapter, "name", "?"), where, spinor_number(chip, "cs", 0),
		spinor_text(chip, "part", "?"), spinor_text(chip, "package", "?"));

	drawing.n_pins = drawing.names != NULL ? json_array_get_length(drawing.names) : 0;
	print_cut(title);
	draw_package(&drawing);
	print_loose_contacts(&drawing);
	print_faults(&drawing);
	print_supply(chip);
	if (spinor_text(chip, "note", NULL) != NULL)
		print_cut(spinor_text(chip, "note", NULL));
}

/* An adapter without a chip: its lines alone. */
static void
list_lines(JsonArray *lines)
{
	puts("no chip; the lines of the adapter:");
	for (guint i = 0; i < json_array_get_length(lines); i++) {
		JsonObject *line = spinor_item(lines, i);

		printf("%-4s %s\n", label_of(spinor_text(line, "line", NULL)),
			level_of(spinor_text(line, "host", NULL)));
	}
}

/* Calls adapter.wiring; cs -1: of the adapter alone. Free with json_node_unref(). */
static JsonNode *
read_lines(struct spinor_client *client, const struct spinor_command *command, JsonObject *adapter,
	int64_t cs, GError **error)
{
	JsonObject *params = json_object_new();

	json_object_set_string_member(params, "adapter", spinor_text(adapter, "name", ""));
	if (cs >= 0)
		json_object_set_int_member(params, "cs", cs);
	return spinor_client_call(
		client, "adapter.wiring", params, spinor_limit_ms(command, SPINOR_SHORT_MS), error);
}

static bool
draw_adapter(struct spinor_client *client, const struct spinor_command *command,
	JsonObject *adapter, GError **error)
{
	JsonArray *chips = spinor_array(adapter, "chips");
	guint n = chips != NULL ? json_array_get_length(chips) : 0;
	bool any = false;

	for (guint i = 0; i < n; i++) {
		JsonObject *chip = spinor_item(chips, i);
		int64_t cs = spinor_number(chip, "cs", 0);
		g_autoptr(JsonNode) lines = NULL;

		if (command->cs >= 0 && cs != command->cs)
			continue;
		lines = read_lines(client, command, adapter, cs, error);
		if (lines == NULL)
			return false;
		if (any)
			putchar('\n');
		draw_chip(adapter, chip, json_node_get_array(lines));
		any = true;
	}
	if (!any) {
		/* Without a chip, or with an error about a chip select that has none. */
		g_autoptr(JsonNode) lines =
			read_lines(client, command, adapter, command->cs, error);

		if (lines == NULL)
			return false;
		list_lines(json_node_get_array(lines));
	}
	return true;
}

/* Returns the adapter that the command line names, or the only one; NULL: neither. */
static JsonObject *
chosen_adapter(JsonObject *status, const struct spinor_command *command)
{
	JsonArray *adapters = spinor_array(status, "adapters");
	guint n = adapters != NULL ? json_array_get_length(adapters) : 0;

	for (guint i = 0; i < n; i++) {
		JsonObject *adapter = spinor_item(adapters, i);

		if (command->adapter == NULL ? n == 1
					     : g_strcmp0(spinor_text(adapter, "name", ""),
						       command->adapter) == 0)
			return adapter;
	}
	return NULL;
}

static int
draw(struct spinor_client *client, const struct spinor_command *command, GError **error)
{
	g_autoptr(JsonNode) node = spinor_client_call(
		client, "bench.status", NULL, spinor_limit_ms(command, SPINOR_SHORT_MS), error);
	JsonObject *status = spinor_as_object(node, "bench.status", error);
	g_autoptr(JsonNode) refused = NULL;
	JsonObject *adapter;

	if (status == NULL)
		return -1;
	adapter = chosen_adapter(status, command);
	if (adapter != NULL)
		return draw_adapter(client, command, adapter, error) ? EXIT_SUCCESS : -1;
	/* The bench words the error. */
	refused = spinor_client_call(client, "adapter.wiring", spinor_chip_params(command),
		spinor_limit_ms(command, SPINOR_SHORT_MS), error);
	return -1;
}

int
spinor_wiring(struct spinor_command *command, GError **error)
{
	struct spinor_client *client;
	int status;

	if (command->json) {
		g_autoptr(JsonNode) result = spinor_call(command, "adapter.wiring",
			spinor_chip_params(command), SPINOR_SHORT_MS, error);

		return result != NULL ? EXIT_SUCCESS : -1;
	}
	client = spinor_find(command, error);
	if (client == NULL)
		return -1;
	status = draw(client, command, error);
	spinor_client_close(client);
	return status;
}
