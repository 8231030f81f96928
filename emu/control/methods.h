/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be asked of a bench. Private to the control room. */
#ifndef SPINOR_CONTROL_METHODS_H
#define SPINOR_CONTROL_METHODS_H

struct control_method;

/* NULL when there is none of that name. */
const struct control_method *control_method_find(const char *name);

#endif
