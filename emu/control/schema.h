/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Methods as rows: their parameters and results. The same rows are used to check a request and to
 * describe the method. Private to the control room. */
#ifndef SPINOR_CONTROL_SCHEMA_H
#define SPINOR_CONTROL_SCHEMA_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

struct control_call;

enum control_type {
	CONTROL_STRING, /* one of allowed if that is given; never empty */
	CONTROL_INTEGER,
	CONTROL_STRINGS, /* an array of strings */
};

struct control_param {
	const char *name; /* NULL ends a list */
	enum control_type type;
	bool required;
	const char *const *allowed; /* NULL-terminated; NULL: any */
	int64_t min, max;           /* of integers */
	const char *summary;
};

struct control_method {
	const char *name;
	const char *summary;
	/* "TYPE", or "object|array FIELD:TYPE …"; a type that ends in ? may be null. */
	const char *result;
	const struct control_param *params;
	/* Returns the result, or NULL and an error. */
	JsonNode *(*handler)(struct control_call *call, GError **error);
};

/* Checks the parameters of a request (NULL: none) against the rows. An error names the parameter
 * and the allowed values. */
bool control_schema_check(const struct control_method *method, JsonObject *params, GError **error);

/* The first parameter that control_schema_check() refuses, for the member "data" of the error: its
 * name, what is allowed, and a text for people in which it has its name on the command line. NULL:
 * none is. */
JsonObject *control_schema_refusal(const struct control_method *method, JsonObject *params);

/* Returns the description of a method for rpc.discover. */
JsonNode *control_schema_describe(const struct control_method *method);

#endif
