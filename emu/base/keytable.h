/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of "KEY = VALUE" in a file, read by tables with a row for each key. */
#ifndef SPINOR_BASE_KEYTABLE_H
#define SPINOR_BASE_KEYTABLE_H

#include "base/error.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct base_value_word;
struct base_key_reading;

/* One key of a group. The members after take are for take() alone, or for the owner of the
 * table. */
struct base_key {
	const char *name;    /* NULL ends a table */
	const char *allowed; /* its values, in words; NULL: take() says in why what is wrong */
	/* Sets what the key is about. False when the value is refused. NULL: nothing to set. */
	bool (*take)(struct base_key_reading *r, const char *value);
	size_t field;                        /* which field: an offset, or an index */
	const struct base_value_word *words; /* values that are words */
	bool mandatory;
	/* For a key whose name is a pattern, such as "erase-20": whether it is this one. NULL: the
	 * name itself. */
	bool (*matches)(const char *name);
};

/* A row; after take there can be more members, such as .field = 1. */
#define BASE_KEY(name_, allowed_, take_, ...)                                  \
	{                                                                      \
		.name = name_, .allowed = allowed_, .take = take_, __VA_ARGS__ \
	}
#define BASE_KEY_END         \
	{                    \
		.name = NULL \
	}

/* Keys of one target. An array of tables ends with keys == NULL. */
struct base_keytable {
	const struct base_key *keys;
	void *target;
	/* Called after keys[row] was taken. NULL: not called. */
	void (*taken)(void *target, size_t row);
};

/* A group of a file, and how messages about it are worded. */
struct base_keygroup {
	const char *path;
	const char *name; /* as between the brackets */
	GKeyFile *file;
	enum base_error code; /* of what is wrong in it */
	const char *unknown;  /* begins the message about an unknown key; NULL: "unknown key" */
	bool is_option;       /* path is an option with its value: messages leave the name out */
	const char *manual;   /* where the keys are listed; NULL: the message lists them */
};

/* One key while it is taken. */
struct base_key_reading {
	const struct base_keygroup *group; /* NULL: the value is from no file */
	const struct base_key *key;
	const char *name; /* the key as written; differs from key->name where that is a pattern */
	void *target;     /* of the table */
	char *why;        /* set by take() where there is more to say; freed by the reader */
};

/* Gives each key of the group to the row that has its name, in the order of the file. False and an
 * error at the first one that no table has, or whose value is empty or refused. */
bool base_keytable_read(
	const struct base_keygroup *group, const struct base_keytable *tables, GError **error);

/* One value from elsewhere, such as the command line. False when it is refused; *why (g_free(), or
 * NULL) has then what is wrong beside what is allowed. why may be NULL. */
bool base_key_take(const struct base_key *key, void *target, const char *value, char **why);

/* The row of that name, or -1. */
int base_key_find(const struct base_key *keys, const char *name);

/* The names of all rows of all tables, NULL-terminated. Free the list with g_free(). */
const char **base_keytable_names(const struct base_keytable *tables);

/* Sets the error to "FILE: [GROUP]: …". Always false. */
bool base_keygroup_refuse(const struct base_keygroup *group, GError **error, const char *format,
	...) G_GNUC_PRINTF(3, 4);

/* "FILE: [GROUP]", or "FILE: [GROUP]: KEY". key may be NULL. Free with g_free(). */
char *base_keygroup_where(const struct base_keygroup *group, const char *key);

#endif
