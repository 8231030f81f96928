/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report of a run as a JSON object. Its members are always the same; an unknown one is null.
 * The exit status of the command and that of run are apart: the second is 1 if an expectation does
 * not hold.
 */
#define _GNU_SOURCE /* sigabbrev_np() */

#include "spinor/reportfile.h"

#include "base/newfile.h"
#include "base/openfile.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static JsonArray *
describe_words(char *const *words)
{
	JsonArray *array = json_array_new();

	for (; *words != NULL; words++) {
		g_autofree char *text = g_utf8_make_valid(*words, -1);

		json_array_add_string_element(array, text);
	}
	return array;
}

static void
set_number(JsonObject *object, const char *name, bool known, int number)
{
	if (known)
		json_object_set_int_member(object, name, number);
	else
		json_object_set_null_member(object, name);
}

static void
set_text(JsonObject *object, const char *name, const char *text)
{
	g_autofree char *valid = text != NULL ? g_utf8_make_valid(text, -1) : NULL;

	if (valid != NULL)
		json_object_set_string_member(object, name, valid);
	else
		json_object_set_null_member(object, name);
}

/* The outcome of the command and of run. */
static void
set_outcome(JsonObject *object, const struct spinor_run_result *result)
{
	int status = result->outcome.status;
	bool killed = result->ended && WIFSIGNALED(status);
	const char *abbreviation = killed ? sigabbrev_np(WTERMSIG(status)) : NULL;
	g_autofree char *name =
		abbreviation != NULL ? g_strconcat("SIG", abbreviation, NULL) : NULL;

	json_object_set_boolean_member(object, "passed", result->exit_status == 0);
	set_number(object, "exit_status", result->exit_status >= 0, result->exit_status);
	set_number(object, "command_status", result->ended && !killed, WEXITSTATUS(status));
	set_number(object, "signal", killed, WTERMSIG(status));
	set_text(object, "signal_name", name);
	json_object_set_boolean_member(
		object, "timed_out", result->ended && result->outcome.timed_out);
	set_text(object, "error", result->error);
}

/* --expect-image: as from image.compare. */
static JsonObject *
describe_image(const struct spinor_command *command, const struct spinor_run_result *result)
{
	JsonObject *compare = result->report.compare;
	JsonObject *object = compare != NULL ? json_object_ref(compare) : json_object_new();

	set_text(object, "path", command->expect_image);
	if (compare != NULL)
		json_object_set_boolean_member(object, "holds", spinor_flag(compare, "equal"));
	else
		json_object_set_null_member(object, "holds");
	return object;
}

/* Those that were not compared have null for holds. */
static JsonArray *
describe_assertions(const struct spinor_command *command, const struct spinor_run_result *result)
{
	guint n = command->asserts != NULL ? g_strv_length(command->asserts) : 0;
	JsonArray *array;

	/* In the order of the options: all of them, or the first ones. */
	array = result->report.assertions != NULL ? json_array_ref(result->report.assertions)
						  : json_array_new();
	for (guint i = json_array_get_length(array); i < n; i++) {
		JsonObject *row = json_object_new();

		set_text(row, "assert", command->asserts[i]);
		json_object_set_null_member(row, "holds");
		json_array_add_object_element(array, row);
	}
	return array;
}

/* null while the bench runs: it is known at its end. */
static JsonNode *
describe_unsaved(const GPtrArray *unsaved)
{
	JsonArray *array;
	JsonNode *node;

	if (unsaved == NULL)
		return json_node_new(JSON_NODE_NULL);
	array = json_array_new();
	for (guint i = 0; i < unsaved->len; i++) {
		g_autofree char *valid = g_utf8_make_valid(unsaved->pdata[i], -1);

		json_array_add_string_element(array, valid);
	}
	node = json_node_new(JSON_NODE_ARRAY);
	json_node_take_array(node, array);
	return node;
}

static JsonNode *
describe(const struct spinor_command *command, const struct spinor_run_result *result)
{
	const struct spinor_report *report = &result->report;
	JsonNode *root = json_node_new(JSON_NODE_OBJECT);
	JsonObject *object = json_object_new();

	json_node_take_object(root, object);
	json_object_set_array_member(object, "command", describe_words(command->program));
	set_outcome(object, result);
	json_object_set_double_member(object, "duration_s", (double)result->took_us / 1e6);
	json_object_set_member(object, "bench",
		result->bench != NULL ? json_node_copy(result->bench)
				      : json_node_new(JSON_NODE_NULL));
	json_object_set_array_member(object, "chips",
		report->chips != NULL ? json_array_ref(report->chips) : json_array_new());
	json_object_set_object_member(object, "stats",
		report->stats != NULL ? json_object_ref(report->stats) : json_object_new());
	json_object_set_array_member(object, "faults",
		report->faults != NULL ? json_array_ref(report->faults) : json_array_new());
	if (command->expect_image != NULL)
		json_object_set_object_member(
			object, "expect_image", describe_image(command, result));
	json_object_set_array_member(object, "assertions", describe_assertions(command, result));
	json_object_set_member(object, "unsaved", describe_unsaved(result->unsaved));
	return root;
}

static bool
write_file(const struct spinor_command *command, JsonNode *root, GError **error)
{
	g_autofree char *text = json_to_string(root, TRUE);
	g_autofree char *lines = g_strconcat(text, "\n", NULL);
	int code;

	if (command->report == NULL)
		return true;
	if (strcmp(command->report, "-") == 0) {
		fputs(lines, stdout);
		return true;
	}
	code = base_file_replace(command->report, lines, strlen(lines), 0666, false);
	if (code == 0)
		return true;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
		"--report %s: %s; its directory has to exist and be writable", command->report,
		base_open_reason(-code));
	return false;
}

/* True if the file is missing or a report: then it can be replaced before its name was compared
 * with the files of the bench. */
static bool
is_replaceable(const char *path)
{
	char first[2] = "";
	FILE *file;
	size_t n;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return true;
	/* A FIFO would wait for a writer. */
	file = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? fopen(path, "r") : NULL;
	n = file != NULL ? fread(first, 1, 1, file) : 0;
	if (file == NULL)
		return false;
	fclose(file);
	return n == 0 || first[0] == '{';
}

bool
spinor_reportfile_begin(const struct spinor_command *command, GError **error)
{
	char not_ended[] = "the run has not ended";
	const struct spinor_run_result result = {.exit_status = -1, .error = not_ended};
	g_autoptr(JsonNode) root = NULL;

	if (command->report == NULL || strcmp(command->report, "-") == 0)
		return true;
	root = describe(command, &result);
	return write_file(command, root, error);
}

bool
spinor_reportfile_write(const struct spinor_command *command,
	const struct spinor_run_result *result, GError **error)
{
	g_autoptr(JsonNode) root = describe(command, result);

	if (command->json)
		spinor_print_json(root);
	if (result->unwritable)
		return true;
	if (!result->begun && command->report != NULL && !is_replaceable(command->report))
		return true;
	return write_file(command, root, error);
}
