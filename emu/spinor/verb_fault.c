/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs that concern faults and boards: fault, board. */
#include "spinor/verbs.h"

#include "base/error.h"
#include "base/units.h"
#include "setup/faultwords.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The words of a fault without those of its place, which are parameters of the method. */
static char *
without_place(const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
	g_autoptr(GString) rest = g_string_new(NULL);

	for (char **word = words; *word != NULL; word++) {
		g_autofree char *name = g_strndup(*word, strcspn(*word, "="));

		if (strchr(*word, '=') == NULL || !g_strv_contains(setup_fault_place_words, name))
			g_string_append_printf(rest, "%s%s", rest->len > 0 ? " " : "", *word);
	}
	return g_string_free(g_steal_pointer(&rest), FALSE);
}

static bool
refuse_place(const char *option, const char *value, const char *allowed, GError **error)
{
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE, "%s=%s is refused; allowed: %s",
		option, value, allowed);
	return false;
}

/* Takes the words adapter=, cs= and name= as the options of these names. */
static bool
take_place(struct spinor_command *command, struct setup_fault_place *place, GError **error)
{
	uint64_t cs = 0;

	if (place->chip != NULL)
		return refuse_place("chip", place->chip,
			"cs=N; names of chips are for bench files and --fault", error);
	if (place->adapter != NULL && command->adapter != NULL)
		return refuse_place(
			"adapter", place->adapter, "this word or --adapter, not both", error);
	if (place->name != NULL && command->name != NULL)
		return refuse_place("name", place->name, "this word or --name, not both", error);
	if (place->cs != NULL && command->cs >= 0)
		return refuse_place("cs", place->cs, "this word or --cs, not both", error);
	if (place->cs != NULL && !base_parse_decimal(place->cs, 0, 255, &cs))
		return refuse_place("cs", place->cs, "a chip select", error);
	if (place->cs != NULL)
		command->cs = (int)cs;
	if (place->adapter != NULL)
		command->adapter = g_steal_pointer(&place->adapter);
	if (place->name != NULL)
		command->name = g_steal_pointer(&place->name);
	return true;
}

int
spinor_fault_add(struct spinor_command *command, GError **error)
{
	g_autofree char *words = g_strjoinv(" ", (char **)command->args);
	g_autofree char *text = without_place(words);
	g_autoptr(GError) why = NULL;
	g_autoptr(JsonObject) result = NULL;
	struct setup_fault_place place;
	struct setup_fault *fault = setup_fault_parse_placed(words, &place, &why);
	JsonObject *params;
	bool placed;

	/* Checked here, too, so that a mistake is reported without a bench. */
	if (fault == NULL) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE, "%s", why->message);
		return -1;
	}
	placed = take_place(command, &place, error);
	setup_fault_place_clear(&place);
	if (!placed) {
		setup_fault_free(fault);
		return -1;
	}
	if (command->name != NULL && !setup_fault_set_name(fault, command->name, &why)) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE, "--name: %s", why->message);
		setup_fault_free(fault);
		return -1;
	}
	setup_fault_free(fault);
	params = spinor_chip_params(command);
	json_object_set_string_member(params, "fault", text);
	if (command->name != NULL)
		json_object_set_string_member(params, "name", command->name);
	result = spinor_call_object(command, "fault.add", params, SPINOR_SHORT_MS, error);
	if (result == NULL)
		return -1;
	if (!command->json)
		printf("fault %" PRId64 "\n", spinor_number(result, "id", 0));
	return EXIT_SUCCESS;
}

int
spinor_fault_list(struct spinor_command *command, GError **error)
{
	g_autoptr(JsonNode) result = spinor_call(
		command, "fault.list", spinor_adapter_params(command), SPINOR_SHORT_MS, error);
	JsonArray *list;

	if (result == NULL)
		return -1;
	if (command->json)
		return EXIT_SUCCESS;
	list = json_node_get_array(result);
	for (guint i = 0; i < json_array_get_length(list); i++) {
		JsonObject *fault = spinor_item(list, i);
		int64_t acted = spinor_number(fault, "acted", 0);
		int64_t matched = spinor_number(fault, "matched", 0);
		const char *name = spinor_text(fault, "name", NULL);

		printf("%-4" PRId64 "%s: acted %" PRId64 " time%s on %" PRId64 " occasion%s",
			spinor_number(fault, "id", 0), spinor_text(fault, "fault", "?"), acted,
			acted == 1 ? "" : "s", matched, matched == 1 ? "" : "s");
		if (spinor_number(fault, "cs", 0) > 0)
			printf(" on chip select %" PRId64, spinor_number(fault, "cs", 0));
		if (name != NULL)
			printf(" (%s)", name);
		putchar('\n');
	}
	if (json_array_get_length(list) == 0)
		puts("no faults");
	return EXIT_SUCCESS;
}

int
spinor_fault_remove(struct spinor_command *command, GError **error)
{
	const char *which = command->args[0];
	bool is_number = which[strspn(which, "0123456789")] == '\0';
	JsonObject *params;
	g_autoptr(JsonNode) result = NULL;
	uint64_t id = 0;

	if (is_number && !base_parse_decimal(which, 1, G_MAXINT32, &id)) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s: not the number of a fault; allowed are those in spinor fault list",
			which);
		return -1;
	}
	params = spinor_adapter_params(command);
	if (is_number)
		json_object_set_int_member(params, "id", (int64_t)id);
	else
		json_object_set_string_member(params, "name", which);
	result = spinor_call(command, "fault.remove", params, SPINOR_SHORT_MS, error);
	if (result == NULL)
		return -1;
	if (!command->json)
		printf("removed fault %s\n", which);
	return EXIT_SUCCESS;
}

int
spinor_fault_clear(struct spinor_command *command, GError **error)
{
	g_autoptr(JsonNode) result = spinor_call(
		command, "fault.clear", spinor_adapter_params(command), SPINOR_SHORT_MS, error);

	if (result == NULL)
		return -1;
	if (!command->json)
		puts("removed all faults");
	return EXIT_SUCCESS;
}

/* Prints the names of boards only if there are several. */
static void
print_boots(JsonArray *boards)
{
	guint n = json_array_get_length(boards);

	for (guint i = 0; i < n; i++) {
		JsonObject *board = spinor_item(boards, i);
		const char *name = n > 1 ? spinor_text(board, "name", "?") : "";

		if (spinor_flag(board, "boots"))
			printf("the board %s%sboots\n", name, n > 1 ? " " : "");
		else
			printf("the board %s%sdoes not boot: %s\n", name, n > 1 ? " " : "",
				spinor_text(board, "why_not", "?"));
	}
}

/* "clip: the board runs", and for each board of a bench file whether it has booted. */
static void
print_boards(JsonObject *adapter)
{
	const char *state = spinor_text(adapter, "board", "run");
	JsonArray *chips = spinor_array(adapter, "chips");
	bool any = false;

	printf("%s: the board %s\n", spinor_text(adapter, "name", "?"),
		strcmp(state, "reset") == 0         ? "is held in reset"
			: strcmp(state, "off") == 0 ? "has no supply"
						    : "runs");
	for (guint i = 0; chips != NULL && i < json_array_get_length(chips); i++) {
		JsonObject *chip = spinor_item(chips, i);
		JsonObject *board = spinor_object(chip, "board");
		JsonNode *boots = board != NULL ? json_object_get_member(board, "boots") : NULL;

		if (board == NULL)
			continue;
		any = true;
		printf("  %s, chip on CS%" PRId64 ": %s\n", spinor_text(board, "name", "?"),
			spinor_number(chip, "cs", 0),
			boots == NULL || JSON_NODE_HOLDS_NULL(boots) ? "has not started yet"
				: spinor_flag(board, "boots")        ? "has booted"
								     : "did not boot");
	}
	if (!any)
		puts("  no [board] group in the bench file: nothing boots");
}

/* Without an argument: the state of the boards. */
static int
show_boards(struct spinor_command *command, GError **error)
{
	g_autoptr(JsonObject) status = spinor_call_object(
		command, "bench.status", json_object_new(), SPINOR_SHORT_MS, error);
	JsonArray *adapters = spinor_array(status, "adapters");
	bool found = false;

	if (status == NULL)
		return -1;
	for (guint i = 0; adapters != NULL && i < json_array_get_length(adapters); i++) {
		JsonObject *adapter = spinor_item(adapters, i);

		if (command->adapter != NULL &&
			g_strcmp0(spinor_text(adapter, "name", ""), command->adapter) != 0)
			continue;
		found = true;
		if (!command->json)
			print_boards(adapter);
	}
	if (found)
		return EXIT_SUCCESS;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"there is no such adapter; spinor status lists them");
	return -1;
}

int
spinor_board(struct spinor_command *command, GError **error)
{
	static const char *const states[] = {"run", "reset", "off", NULL};
	JsonObject *params;
	g_autoptr(JsonObject) result = NULL;

	if (command->n_args == 0)
		return show_boards(command, error);
	if (!g_strv_contains(states, command->args[0])) {
		g_autofree char *hint = base_suggest(command->args[0], states);

		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s%s%s allowed are run, reset and off", command->args[0],
			*hint != '\0' ? hint : ":", *hint != '\0' ? ";" : "");
		return -1;
	}
	params = spinor_adapter_params(command);
	json_object_set_string_member(params, "state", command->args[0]);
	result = spinor_call_object(command, "adapter.board", params, SPINOR_LONG_MS, error);
	if (result == NULL)
		return -1;
	if (command->json)
		return EXIT_SUCCESS;
	printf("board %s\n", command->args[0]);
	print_boots(spinor_array(result, "boards"));
	return EXIT_SUCCESS;
}
