/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Methods as rows: their parameters and results, checked and described from the same data. Private
 * to the room. */
#ifndef SPINOR_CONTROL_SCHEMA_H
#define SPINOR_CONTROL_SCHEMA_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

struct control_call;

enum control_type {
	CONTROL_STRING, /* of allowed, when that is given; never empty */
	CONTROL_INTEGER,
	CONTROL_STRINGS, /* an array of them */
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
	/* The result; NULL on error. */
	JsonNode *(*handler)(struct control_call *call, GError **error);
};

/* Checks the parameters (NULL: none) against the rows. Errors name the parameter and the values
 * allowed. */
bool control_schema_check(const struct control_method *method, JsonObject *params, GError **error);

/* A row as rpc.discover returns it. */
JsonNode *control_schema_describe(const struct control_method *method);

#endif
