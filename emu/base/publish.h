/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPINOR_BASE_PUBLISH_H
#define SPINOR_BASE_PUBLISH_H

#include <stdbool.h>

/* Renames a file; false with errno EEXIST when the name is taken, and nothing is replaced. */
bool base_publish(const char *from, const char *to);

#endif
