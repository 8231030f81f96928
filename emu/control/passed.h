/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors that a client passes with a request. Private to the control room. */
#ifndef SPINOR_CONTROL_PASSED_H
#define SPINOR_CONTROL_PASSED_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct control_method;

/* A file, and the state beside it; -1: none. */
#define CONTROL_PASSED_MAX 2

struct control_passed {
	int files[CONTROL_PASSED_MAX];
};

#define CONTROL_PASSED_NONE    \
	{                      \
		{              \
			-1, -1 \
		}              \
	}

/* recv(2) without waiting, which also receives descriptors; they replace those received before. */
ssize_t control_passed_receive(int fd, void *buffer, size_t n, struct control_passed *passed);

/* The name of the file in the parameters of a request; NULL: it names none. */
const char *control_passed_path(JsonObject *params);

/* Until control_passed_end() path, and path.state, are those files; the descriptors are taken. */
void control_passed_begin(struct control_passed *passed, const char *path);
void control_passed_end(const char *path);

/* Closes what was not used. */
void control_passed_clear(struct control_passed *passed);

#endif
