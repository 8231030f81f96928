/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON-RPC 2.0 (jsonrpc.org/specification): parses lines into requests and formats replies. Leaves
 * out batches, and parameters by position.
 *
 * json-glib's parser recurses with each bracket, and accepts more than JSON: comments, assignments,
 * several consecutive values. The syntax of a line is therefore checked before the parser runs, so
 * that the depth of its recursion is bounded.
 */
#include "control/rpc.h"

#include "base/escape.h"

#include <stdarg.h>
#include <string.h>

#define DEPTH_MAX 16
#define DIGITS_MAX 18
#define ID_BYTES_MAX 256

/* The characters of JSON outside strings, except brackets. */
#define PLAIN_CHARACTERS " \t\r,:0123456789+-.Eaeflnrstu"

#define ALLOWED "allowed is one JSON-RPC 2.0 object per line"

GQuark
control_error_quark(void)
{
	return g_quark_from_static_string("spinor-control-error");
}

/* Returns the byte after the string that begins at text; NULL: it has no end, or contains a NUL. */
static const char *
skip_string(const char *text, const char *end)
{
	for (text++; text < end; text++) {
		if (*text == '"')
			return text + 1;
		if (*text != '\\')
			continue;
		if (end - text >= 6 && memcmp(text, "\\u0000", 6) == 0)
			return NULL;
		text++;
	}
	return NULL;
}

/* Returns NULL if the line is exactly one value, else a description of the mistake. */
static const char *
check_syntax(const char *line, size_t n)
{
	const char *end = line + n;
	unsigned int depth = 0;
	unsigned int digits = 0;
	bool complete = false;

	if (!g_utf8_validate_len(line, n, NULL))
		return "it is not UTF-8";
	for (const char *at = line; at < end;) {
		bool blank = *at == ' ' || *at == '\t' || *at == '\r';

		if (complete && !blank)
			return "there is text after its end";
		if (depth == 0 && !blank && *at != '{' && *at != '[')
			return "it does not begin with a brace";
		if (*at == '"') {
			at = skip_string(at, end);
			if (at == NULL)
				return "a string has no end, or a NUL in it";
			continue;
		}
		if ((*at == '{' || *at == '[') && ++depth > DEPTH_MAX)
			return "it is nested too deeply";
		if (*at == '}' || *at == ']')
			complete = --depth == 0;
		else if (*at != '{' && *at != '[' && strchr(PLAIN_CHARACTERS, *at) == NULL)
			return "it has a character that JSON allows only in strings";
		/* More digits may not fit into an int64_t. */
		digits = g_ascii_isdigit(*at) ? digits + 1 : 0;
		if (digits > DIGITS_MAX)
			return "a number is too long";
		at++;
	}
	if (depth != 0)
		return "a bracket is not closed";
	return complete ? NULL : "it is empty";
}

static bool fail(GError **error, enum control_error code, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

static bool
fail(GError **error, enum control_error code, const char *format, ...)
{
	va_list arguments;

	if (error != NULL) {
		va_start(arguments, format);
		*error = g_error_new_valist(CONTROL_ERROR, (gint)code, format, arguments);
		va_end(arguments);
	}
	return false;
}

static JsonNode *
parse_json(const char *line, size_t n, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	g_autoptr(GError) why = NULL;
	const char *wrong = check_syntax(line, n);
	JsonNode *root = NULL;

	if (wrong == NULL && !json_parser_load_from_data(parser, line, (gssize)n, &why))
		wrong = why->message;
	if (wrong == NULL)
		root = json_parser_steal_root(parser);
	if (root == NULL)
		fail(error, CONTROL_ERROR_PARSE, "cannot parse the message: %.160s; " ALLOWED,
			wrong != NULL ? wrong : "there is nothing in it");
	return root;
}

/* An id is an integer, a short string or null. */
static bool
take_id(struct control_request *request, JsonObject *object, GError **error)
{
	JsonNode *id = json_object_get_member(object, "id");
	GType type;

	if (id == NULL)
		return true;
	type = json_node_get_value_type(id);
	if (JSON_NODE_HOLDS_NULL(id) || type == G_TYPE_INT64 ||
		(type == G_TYPE_STRING && strlen(json_node_get_string(id)) <= ID_BYTES_MAX)) {
		request->id = id;
		return true;
	}
	return fail(error, CONTROL_ERROR_REQUEST,
		"\"id\" has to be an integer, or a string of at most %d bytes", ID_BYTES_MAX);
}

static const char *
string_member(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	if (node == NULL || json_node_get_value_type(node) != G_TYPE_STRING)
		return NULL;
	return json_node_get_string(node);
}

bool
control_request_parse(struct control_request *request, const char *line, size_t n, GError **error)
{
	JsonObject *object;
	JsonNode *params;
	const char *version;

	*request = (struct control_request){0};
	request->root = parse_json(line, n, error);
	if (request->root == NULL)
		return false;
	if (JSON_NODE_HOLDS_ARRAY(request->root))
		return fail(error, CONTROL_ERROR_REQUEST, "batches are not supported; " ALLOWED);
	if (!JSON_NODE_HOLDS_OBJECT(request->root))
		return fail(error, CONTROL_ERROR_REQUEST, "not an object; " ALLOWED);
	object = json_node_get_object(request->root);
	if (!take_id(request, object, error))
		return false;
	version = string_member(object, "jsonrpc");
	if (version == NULL || strcmp(version, "2.0") != 0)
		return fail(error, CONTROL_ERROR_REQUEST, "\"jsonrpc\" has to be \"2.0\"");
	request->method = string_member(object, "method");
	if (request->method == NULL)
		return fail(error, CONTROL_ERROR_REQUEST, "\"method\" has to be a string");
	params = json_object_get_member(object, "params");
	if (params != NULL && !JSON_NODE_HOLDS_OBJECT(params))
		return fail(error, CONTROL_ERROR_PARAMS,
			"\"params\" has to be an object: parameters have names here");
	request->params = params != NULL ? json_node_get_object(params) : NULL;
	return true;
}

void
control_request_clear(struct control_request *request)
{
	g_clear_pointer(&request->root, json_node_unref);
	*request = (struct control_request){0};
}

static char *
finish(JsonObject *message)
{
	g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);

	json_node_take_object(root, message);
	return json_to_string(root, FALSE);
}

static JsonObject *
begin(void)
{
	JsonObject *message = json_object_new();

	json_object_set_string_member(message, "jsonrpc", "2.0");
	return message;
}

static void
set_id(JsonObject *message, JsonNode *id)
{
	if (id != NULL)
		json_object_set_member(message, "id", json_node_copy(id));
	else
		json_object_set_null_member(message, "id");
}

char *
control_reply_result(JsonNode *id, JsonNode *result)
{
	JsonObject *message = begin();

	set_id(message, id);
	json_object_set_member(message, "result", result);
	return finish(message);
}

char *
control_reply_error(JsonNode *id, const GError *error, JsonObject *data)
{
	JsonObject *message = begin();
	JsonObject *object = json_object_new();
	g_autofree char *line = base_escape(error->message);
	g_autofree char *text = g_utf8_make_valid(line, -1);

	json_object_set_int_member(object, "code",
		error->domain == CONTROL_ERROR ? error->code : CONTROL_ERROR_ACTION);
	json_object_set_string_member(object, "message", text);
	if (data != NULL)
		json_object_set_object_member(object, "data", data);
	set_id(message, id);
	json_object_set_object_member(message, "error", object);
	return finish(message);
}

char *
control_notification(const char *method, JsonNode *params)
{
	JsonObject *message = begin();

	json_object_set_string_member(message, "method", method);
	json_object_set_member(message, "params", params);
	return finish(message);
}
