/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The methods of the control socket. Private to the control room. */
#ifndef SPINOR_CONTROL_METHODS_H
#define SPINOR_CONTROL_METHODS_H

#include <stdbool.h>
#include <stddef.h>

struct control_method;

/* Returns method i, NULL after the last. */
const struct control_method *control_method_at(size_t i);

/* Returns the method of that name, NULL: none. */
const struct control_method *control_method_find(const char *name);

/* True: the method changes the bench. It is in the record of a session, and a replay repeats it. */
bool control_method_changes(const struct control_method *method);

#endif
