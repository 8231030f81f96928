/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints words for the shells' completion scripts, one per line: verbs, options, chips, faults,
 * running benches, examples, adapters and snapshots. A shell runs it while the user types, so
 * errors print nothing.
 */
#include "spinor/verbs.h"

#include "chipdb/chipdb.h"
#include "flash/partdata.h"
#include "serprog/profile.h"
#include "setup/benchfind.h"
#include "setup/faultwords.h"
#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/find.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALL_LIMIT_MS 1000

static void
list_verbs(const struct spinor_command *command)
{
	const char *last = "";

	(void)command;
	for (const struct spinor_verb *verb = spinor_verbs(); verb->name != NULL; verb++) {
		int n = (int)strcspn(verb->name, " ");

		if (!verb->hidden && strncmp(last, verb->name, (size_t)n + 1) != 0)
			printf("%.*s\n", n, verb->name);
		last = verb->name[n] == ' ' ? verb->name : "";
	}
}

/* The second words of verbs that consist of two. */
static void
list_words(const struct spinor_command *command)
{
	const char *first = command->n_args > 1 ? command->args[1] : "";
	size_t n = strlen(first);

	for (const struct spinor_verb *verb = spinor_verbs(); verb->name != NULL; verb++) {
		if (strncmp(verb->name, first, n) == 0 && verb->name[n] == ' ')
			puts(verb->name + n + 1);
	}
}

static void
list_options(const struct spinor_command *command)
{
	const struct spinor_verb *verb;
	g_auto(GStrv) options = NULL;
	unsigned int n;

	if (command->n_args < 2)
		return;
	verb = spinor_verb_find(command->args + 1, &n, NULL);
	options = verb != NULL ? spinor_command_options(verb) : NULL;
	for (char **option = options; option != NULL && *option != NULL; option++)
		puts(*option);
}

static void
list_chips(const struct spinor_command *command)
{
	struct chipdb *db = chipdb_open(command->chipdb, NULL);
	g_autoptr(GPtrArray) parts = db != NULL ? chipdb_list(db, NULL) : NULL;

	for (guint i = 0; parts != NULL && i < parts->len; i++)
		puts(((const struct flash_part *)parts->pdata[i])->name);
	if (db != NULL)
		chipdb_close(db);
}

static void
list_profiles(const struct spinor_command *command)
{
	size_t n;
	const struct serprog_profile *profiles = serprog_profiles(&n);

	(void)command;
	for (size_t i = 0; i < n; i++)
		puts(profiles[i].name);
}

static void
list_benches(const struct spinor_command *command)
{
	g_autoptr(GPtrArray) found = spinor_find_all(NULL);

	(void)command;
	for (guint i = 0; found != NULL && i < found->len; i++)
		puts(found->pdata[i]);
}

static void
list_examples(const struct spinor_command *command)
{
	g_autoptr(GPtrArray) list = setup_bench_list(NULL);

	(void)command;
	for (guint i = 0; list != NULL && i < list->len; i++)
		puts(((const struct setup_bench_entry *)list->pdata[i])->name);
}

static void
print_names(JsonArray *rows)
{
	for (guint i = 0; rows != NULL && i < json_array_get_length(rows); i++)
		puts(spinor_text(spinor_item(rows, i), "name", ""));
}

static JsonNode *
ask(const struct spinor_command *command, const char *method, JsonObject *params)
{
	struct spinor_client *client = spinor_find_within(command, 0, NULL);
	JsonNode *result = NULL;

	if (client != NULL)
		result = spinor_client_call(client, method, params, CALL_LIMIT_MS, NULL);
	else
		json_object_unref(params);
	spinor_client_close(client);
	return result;
}

static void
list_adapters(const struct spinor_command *command)
{
	g_autoptr(JsonNode) status = ask(command, "bench.status", json_object_new());

	if (status != NULL && JSON_NODE_HOLDS_OBJECT(status))
		print_names(spinor_array(json_node_get_object(status), "adapters"));
}

static void
list_snapshots(const struct spinor_command *command)
{
	g_autoptr(JsonNode) list = ask(command, "snapshot.list", spinor_chip_params(command));

	if (list != NULL && JSON_NODE_HOLDS_ARRAY(list))
		print_names(json_node_get_array(list));
}

static void
list_faults(const struct spinor_command *command)
{
	g_autofree const char **names = setup_fault_names();

	(void)command;
	for (const char **name = names; *name != NULL; name++)
		puts(*name);
}

/* The settings of the fault that follows the kind, each to be completed by a value. */
static void
list_settings(const struct spinor_command *command)
{
	struct setup_fault *fault =
		command->n_args > 1 ? setup_fault_new(command->args[1], NULL) : NULL;
	g_autofree const char **names = NULL;

	if (fault == NULL)
		return;
	names = setup_fault_settings(fault);
	for (const char **name = names; *name != NULL; name++)
		printf("%s=\n", *name);
	setup_fault_free(fault);
}

static void
list_added_faults(const struct spinor_command *command)
{
	g_autoptr(JsonNode) list = ask(command, "fault.list", spinor_adapter_params(command));
	JsonArray *rows =
		list != NULL && JSON_NODE_HOLDS_ARRAY(list) ? json_node_get_array(list) : NULL;

	for (guint i = 0; rows != NULL && i < json_array_get_length(rows); i++) {
		const char *name = spinor_text(spinor_item(rows, i), "name", NULL);

		printf("%" PRId64 "\n", spinor_number(spinor_item(rows, i), "id", 0));
		if (name != NULL)
			puts(name);
	}
}

static const struct {
	const char *kind;
	void (*list)(const struct spinor_command *command);
} kinds[] = {
	{"verbs", list_verbs},
	{"words", list_words},
	{"options", list_options},
	{"chips", list_chips},
	{"profiles", list_profiles},
	{"benches", list_benches},
	{"examples", list_examples},
	{"adapters", list_adapters},
	{"snapshots", list_snapshots},
	{"faults", list_faults},
	{"settings", list_settings},
	{"fault-numbers", list_added_faults},
};

int
spinor_complete(struct spinor_command *command, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i].kind, command->args[0]) == 0) {
			kinds[i].list(command);
			return EXIT_SUCCESS;
		}
	}
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE, "%s: no such kind of words",
		command->args[0]);
	return -1;
}
