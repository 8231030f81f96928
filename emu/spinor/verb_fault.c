/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs that concern faults, boards and lines: fault, board, wiring. */
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

int
spinor_fault_add(struct spinor_command *command, GError **error)
{
	g_autofree char *text = g_strjoinv(" ", (char **)command->args);
	g_autoptr(GError) why = NULL;
	g_autoptr(JsonObject) result = NULL;
	struct setup_fault *fault = setup_fault_parse(text, &why);
	JsonObject *params;

	/* Checked here, too, so that a mistake is reported without a bench. */
	if (fault == NULL) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE, "%s", why->message);
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

int
spinor_board(struct spinor_command *command, GError **error)
{
	static const char *const states[] = {"run", "reset", "off", NULL};
	JsonObject *params;
	g_autoptr(JsonObject) result = NULL;

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

int
spinor_wiring(struct spinor_command *command, GError **error)
{
	g_autoptr(JsonNode) result = spinor_call(
		command, "adapter.wiring", spinor_chip_params(command), SPINOR_SHORT_MS, error);
	JsonArray *list;

	if (result == NULL)
		return -1;
	if (command->json)
		return EXIT_SUCCESS;
	list = json_node_get_array(result);
	printf("%-6s%-10s%s\n", "LINE", "ADAPTER", "CHIP");
	for (guint i = 0; i < json_array_get_length(list); i++) {
		JsonObject *line = spinor_item(list, i);
		int64_t fault = spinor_number(line, "fault", 0);

		printf("%-6s%-10s", spinor_text(line, "line", "?"), spinor_text(line, "host", "?"));
		if (fault > 0)
			printf("%-10sfault %" PRId64 "\n", spinor_text(line, "chip", "?"), fault);
		else
			puts(spinor_text(line, "chip", "?"));
	}
	return EXIT_SUCCESS;
}
