/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Printing. The getters of a bench's answer accept members of any type: those of a newer bench may
 * differ.
 */
#include "spinor/output.h"

#include "spinor/exitstatus.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

void
spinor_print_json(JsonNode *node)
{
	g_autofree char *text = json_to_string(node, FALSE);

	puts(text);
}

/* The reader of a pipe has enough, as head(1) after its lines. */
static bool
is_closed(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

bool
spinor_output_finish(GError **error)
{
	int code;

	/* errno is that of an earlier write, if nothing was left to flush. */
	if (fflush(stdout) != EOF && !ferror(stdout))
		return true;
	code = errno;
	if (code == EPIPE || is_closed())
		return false;
	errno = code;
	g_set_error(
		error, SPINOR_ERROR, SPINOR_ERROR_FAILED, "standard output: %s", g_strerror(errno));
	return false;
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
