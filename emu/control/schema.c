/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks parameters against their rows, and describes the rows as JSON Schema, so that the
 * description of a method is the one that is checked. Leaves out checks that need a bench, such as
 * names of adapters and sizes of files.
 */
#include "control/schema.h"

#include "base/error.h"
#include "control/rpc.h"

#include <stdarg.h>
#include <string.h>

#define SHOWN_MAX 64 /* of a name, in characters */

static const char *const type_names[] = {
	[CONTROL_STRING] = "string",
	[CONTROL_INTEGER] = "integer",
	[CONTROL_STRINGS] = "array",
};

/* Their names, NULL-terminated. Free the list with g_free(). */
static const char **
list_names(const struct control_param *params)
{
	GPtrArray *names = g_ptr_array_new();

	for (; params->name != NULL; params++)
		g_ptr_array_add(names, (gpointer)params->name);
	g_ptr_array_add(names, NULL);
	return (const char **)g_ptr_array_free(names, FALSE);
}

/* Returns the allowed values, to follow "has to be". */
static char *
describe_allowed(const struct control_param *param)
{
	g_autofree char *words = NULL;

	if (param->type == CONTROL_INTEGER)
		return g_strdup_printf("an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
			param->min, param->max);
	if (param->allowed == NULL)
		return g_strdup(param->type == CONTROL_STRING ? "a string that is not empty"
							      : "an array of strings");
	words = g_strjoinv(", ", (char **)param->allowed);
	return g_strdup_printf(
		"%s of %s", param->type == CONTROL_STRING ? "one" : "an array of some", words);
}

static bool
is_allowed_string(const struct control_param *param, JsonNode *node)
{
	const char *text;

	if (json_node_get_value_type(node) != G_TYPE_STRING)
		return false;
	text = json_node_get_string(node);
	if (param->allowed == NULL)
		return *text != '\0';
	return g_strv_contains(param->allowed, text);
}

static bool
is_allowed(const struct control_param *param, JsonNode *node)
{
	JsonArray *array;
	int64_t number;

	if (param->type == CONTROL_STRING)
		return is_allowed_string(param, node);
	if (param->type == CONTROL_INTEGER) {
		if (json_node_get_value_type(node) != G_TYPE_INT64)
			return false;
		number = json_node_get_int(node);
		return number >= param->min && number <= param->max;
	}
	if (!JSON_NODE_HOLDS_ARRAY(node))
		return false;
	array = json_node_get_array(node);
	for (guint i = 0; i < json_array_get_length(array); i++)
		if (!is_allowed_string(param, json_array_get_element(array, i)))
			return false;
	return true;
}

static void
refuse_name(
	const struct control_method *method, const char *name, const char **known, GError **error)
{
	g_autofree char *start = g_utf8_substring(name, 0, MIN(g_utf8_strlen(name, -1), SHOWN_MAX));
	g_autofree char *unknown = base_unknown(start, known);

	if (*known == NULL)
		g_set_error(error, CONTROL_ERROR, CONTROL_ERROR_PARAMS,
			"%s: no parameter \"%s\"; allowed is none", method->name, start);
	else
		g_set_error(error, CONTROL_ERROR, CONTROL_ERROR_PARAMS, "%s: no parameter %s",
			method->name, unknown);
}

static bool
check_names(const struct control_method *method, JsonObject *params, GError **error)
{
	g_autofree const char **known = list_names(method->params);
	JsonObjectIter iter;
	const char *name;

	json_object_iter_init_ordered(&iter, params);
	while (json_object_iter_next_ordered(&iter, &name, NULL)) {
		if (g_strv_contains(known, name))
			continue;
		refuse_name(method, name, known, error);
		return false;
	}
	return true;
}

/* The parameter that is refused, or NULL. */
static const struct control_param *
find_refused(const struct control_method *method, JsonObject *params, JsonNode **node)
{
	for (const struct control_param *param = method->params; param->name != NULL; param++) {
		*node = params != NULL ? json_object_get_member(params, param->name) : NULL;
		if (*node != NULL ? !is_allowed(param, *node) : param->required)
			return param;
	}
	return NULL;
}

/* The name of a parameter on the command line of spinor. */
static const char *
option_of(const struct control_param *param)
{
	static const struct {
		const char *name, *option;
	} options[] = {{"adapter", "--adapter"}, {"cs", "--cs"}, {"kinds", "--kind"},
		{"millivolts", "--millivolts"}, {"at", "--at"}, {"after_ns", "--after"},
		{"file", "--file"}};

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
		if (strcmp(options[i].name, param->name) == 0)
			return options[i].option;
	}
	return param->name;
}

/* The allowed values in the words of a person. */
static char *
tell_allowed(const struct control_param *param)
{
	g_autofree char *words = NULL;

	if (param->type == CONTROL_INTEGER)
		return g_strdup_printf("whole numbers from %" G_GINT64_FORMAT
				       " to %" G_GINT64_FORMAT,
			param->min, param->max);
	if (param->allowed == NULL)
		return g_strdup("texts that are not empty");
	words = g_strjoinv(", ", (char **)param->allowed);
	return g_steal_pointer(&words);
}

/* The value, or its first item, that is not allowed, as a text; NULL: it is of another type. */
static char *
wrong_value(const struct control_param *param, JsonNode *node)
{
	if (node != NULL && JSON_NODE_HOLDS_ARRAY(node)) {
		JsonArray *array = json_node_get_array(node);
		guint n = json_array_get_length(array), i = 0;

		while (i + 1 < n && is_allowed_string(param, json_array_get_element(array, i)))
			i++;
		node = n > 0 ? json_array_get_element(array, i) : NULL;
	}
	if (node == NULL || !JSON_NODE_HOLDS_VALUE(node))
		return NULL;
	if (json_node_get_value_type(node) == G_TYPE_STRING)
		return g_strdup(
			*json_node_get_string(node) != '\0' ? json_node_get_string(node) : "''");
	return json_node_get_value_type(node) == G_TYPE_INT64
		? g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node))
		: NULL;
}

JsonObject *
control_schema_refusal(const struct control_method *method, JsonObject *params)
{
	JsonNode *node;
	const struct control_param *param = find_refused(method, params, &node);
	g_autofree char *allowed = NULL;
	g_autofree char *text = NULL;
	g_autofree char *suggestion = NULL;
	g_autofree char *value = NULL;
	JsonObject *data;

	if (param == NULL)
		return NULL;
	allowed = tell_allowed(param);
	value = wrong_value(param, node);
	suggestion = value != NULL && param->allowed != NULL ? base_suggest(value, param->allowed)
							     : g_strdup("");
	text = g_strdup_printf("%s%s%s%s allowed are %s", option_of(param),
		value != NULL ? " " : "", value != NULL ? value : "",
		*suggestion != '\0'    ? suggestion
			: node == NULL ? " is missing;"
				       : ":",
		allowed);
	data = json_object_new();
	json_object_set_string_member(data, "method", method->name);
	json_object_set_string_member(data, "parameter", param->name);
	json_object_set_string_member(data, "allowed", allowed);
	json_object_set_string_member(data, "text", text);
	return data;
}

bool
control_schema_check(const struct control_method *method, JsonObject *params, GError **error)
{
	const struct control_param *param;
	g_autofree char *allowed = NULL;
	JsonNode *node;

	if (params != NULL && !check_names(method, params, error))
		return false;
	param = find_refused(method, params, &node);
	if (param == NULL)
		return true;
	allowed = describe_allowed(param);
	g_set_error(error, CONTROL_ERROR, CONTROL_ERROR_PARAMS, "%s: \"%s\" %s%s", method->name,
		param->name, node != NULL ? "has to be " : "is missing; it has to be ", allowed);
	return false;
}

static JsonNode *
take_object(JsonObject *object)
{
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);

	json_node_take_object(node, object);
	return node;
}

static JsonObject *
string_schema(const struct control_param *param)
{
	JsonObject *schema = json_object_new();
	JsonArray *words;

	json_object_set_string_member(schema, "type", "string");
	if (param->allowed == NULL) {
		json_object_set_int_member(schema, "minLength", 1);
		return schema;
	}
	words = json_array_new();
	for (const char *const *word = param->allowed; *word != NULL; word++)
		json_array_add_string_element(words, *word);
	json_object_set_array_member(schema, "enum", words);
	return schema;
}

static JsonObject *
param_schema(const struct control_param *param)
{
	JsonObject *schema;

	if (param->type == CONTROL_STRING)
		return string_schema(param);
	schema = json_object_new();
	json_object_set_string_member(schema, "type", type_names[param->type]);
	if (param->type == CONTROL_STRINGS) {
		json_object_set_object_member(schema, "items", string_schema(param));
	} else {
		json_object_set_int_member(schema, "minimum", param->min);
		json_object_set_int_member(schema, "maximum", param->max);
	}
	return schema;
}

/* type: TYPE, or TYPE? for one that may be null. */
static void
set_type(JsonObject *schema, const char *type)
{
	size_t n = strlen(type);
	JsonArray *either;

	if (type[n - 1] == '?') {
		g_autofree char *name = g_strndup(type, n - 1);

		either = json_array_new();
		json_array_add_string_element(either, name);
		json_array_add_string_element(either, "null");
		json_object_set_array_member(schema, "type", either);
	} else {
		json_object_set_string_member(schema, "type", type);
	}
}

static JsonObject *
result_schema(const char *result)
{
	g_auto(GStrv) words = g_strsplit(result, " ", -1);
	JsonObject *schema = json_object_new();
	JsonObject *of = schema;
	JsonObject *properties;

	set_type(schema, words[0]);
	if (words[1] == NULL)
		return schema;
	if (strcmp(words[0], "array") == 0) {
		of = json_object_new();
		set_type(of, "object");
		json_object_set_object_member(schema, "items", of);
	}
	properties = json_object_new();
	for (char **word = words + 1; *word != NULL; word++) {
		JsonObject *property = json_object_new();
		char *type = strchr(*word, ':');

		*type++ = '\0';
		set_type(property, type);
		json_object_set_object_member(properties, *word, property);
	}
	json_object_set_object_member(of, "properties", properties);
	return schema;
}

JsonNode *
control_schema_describe(const struct control_method *method)
{
	JsonObject *object = json_object_new();
	JsonArray *params = json_array_new();

	for (const struct control_param *param = method->params; param->name != NULL; param++) {
		JsonObject *row = json_object_new();

		json_object_set_string_member(row, "name", param->name);
		json_object_set_string_member(row, "summary", param->summary);
		json_object_set_boolean_member(row, "required", param->required);
		json_object_set_object_member(row, "schema", param_schema(param));
		json_array_add_object_element(params, row);
	}
	json_object_set_string_member(object, "name", method->name);
	json_object_set_string_member(object, "summary", method->summary);
	json_object_set_string_member(object, "paramStructure", "by-name");
	json_object_set_array_member(object, "params", params);
	json_object_set_object_member(object, "result", result_schema(method->result));
	return take_object(object);
}
