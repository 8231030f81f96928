/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Printing. Uses colour only if standard output is a terminal and NO_COLOR is not set
 * (https://no-color.org), the progress bar only if standard error is a terminal. The getters of a
 * bench's answer accept members of any type: those of a newer bench may differ.
 */
#include "spinor/output.h"

#include "spinor/exitstatus.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH 20
#define BAR_MARK 5
#define SHOW_AFTER_MS 1000

static bool progress_shown;

static bool
has_terminal(int fd)
{
	const char *terminal = g_getenv("TERM");

	return isatty(fd) && g_strcmp0(terminal, "dumb") != 0;
}

const char *
spinor_colour(enum spinor_colour colour)
{
	static const char *const escapes[] = {
		[SPINOR_PLAIN] = "\033[0m",
		[SPINOR_BOLD] = "\033[1m",
		[SPINOR_DIM] = "\033[2m",
		[SPINOR_RED] = "\033[31m",
		[SPINOR_GREEN] = "\033[32m",
		[SPINOR_YELLOW] = "\033[33m",
	};
	const char *no_color = g_getenv("NO_COLOR");

	if ((no_color != NULL && *no_color != '\0') || !has_terminal(STDOUT_FILENO))
		return "";
	return escapes[colour];
}

void
spinor_print_json(JsonNode *node)
{
	g_autofree char *text = json_to_string(node, FALSE);

	puts(text);
}

bool
spinor_output_finish(GError **error)
{
	if (fflush(stdout) != EOF && !ferror(stdout))
		return true;
	g_set_error(
		error, SPINOR_ERROR, SPINOR_ERROR_FAILED, "standard output: %s", g_strerror(errno));
	return false;
}

void
spinor_progress(const char *text, int64_t waited_ms)
{
	char bar[BAR_WIDTH + 1];
	int64_t step = waited_ms / 100 % (2 * (BAR_WIDTH - BAR_MARK));
	int64_t at = MIN(step, 2 * (BAR_WIDTH - BAR_MARK) - step);

	if (waited_ms < SHOW_AFTER_MS || !has_terminal(STDERR_FILENO))
		return;
	memset(bar, ' ', BAR_WIDTH);
	memset(bar + at, '=', BAR_MARK);
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %s, %d s\033[K", bar, text, (int)(waited_ms / 1000));
	fflush(stderr);
	progress_shown = true;
}

void
spinor_progress_done(void)
{
	if (!progress_shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress_shown = false;
}

static JsonNode *
member(JsonObject *object, const char *name)
{
	return object != NULL ? json_object_get_member(object, name) : NULL;
}

static bool
holds(JsonNode *node, GType type)
{
	return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
		json_node_get_value_type(node) == type;
}

const char *
spinor_text(JsonObject *object, const char *name, const char *otherwise)
{
	JsonNode *node = member(object, name);

	return holds(node, G_TYPE_STRING) ? json_node_get_string(node) : otherwise;
}

int64_t
spinor_number(JsonObject *object, const char *name, int64_t otherwise)
{
	JsonNode *node = member(object, name);

	if (holds(node, G_TYPE_DOUBLE))
		return (int64_t)json_node_get_double(node);
	return holds(node, G_TYPE_INT64) ? json_node_get_int(node) : otherwise;
}

bool
spinor_flag(JsonObject *object, const char *name)
{
	JsonNode *node = member(object, name);

	return holds(node, G_TYPE_BOOLEAN) && json_node_get_boolean(node);
}

JsonObject *
spinor_object(JsonObject *object, const char *name)
{
	JsonNode *node = member(object, name);

	return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonArray *
spinor_array(JsonObject *object, const char *name)
{
	JsonNode *node = member(object, name);

	return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

JsonObject *
spinor_item(JsonArray *array, guint i)
{
	JsonNode *node = json_array_get_element(array, i);

	return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

void
spinor_print_pins(JsonObject *pins)
{
	static const struct {
		const char *name, *label;
	} all[] = {{"wp", "WP#"}, {"hold", "HOLD#"}, {"reset", "RESET#"}};
	const char *between = "";

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		const char *level = spinor_text(pins, all[i].name, NULL);

		if (level == NULL)
			continue;
		printf("%s%s %s", between, all[i].label, level);
		between = ", ";
	}
}
