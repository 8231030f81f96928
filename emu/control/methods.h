/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be asked of a bench. Private to the control room. */
#ifndef SPINOR_CONTROL_METHODS_H
#define SPINOR_CONTROL_METHODS_H

struct control_method;

#include <stddef.h>

/* The i-th of all; NULL when there are no more. */
const struct control_method *control_method_at(size_t i);

/* NULL when there is none of that name. */
const struct control_method *control_method_find(const char *name);

#endif
