/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two parts of the sandbox. */
#ifndef SPINOR_SANDBOX_INTERNAL_H
#define SPINOR_SANDBOX_INTERNAL_H

#include <glib.h>
#include <stdbool.h>

struct sandbox_rule {
	char *path;
	unsigned int access; /* enum sandbox_access */
};

/* The version of the kernel's Landlock; 0: it has none, or it is switched off. */
int sandbox_landlock_version(void);

/* Restricts this thread to the rules. 0 or -errno. */
int sandbox_landlock_enter(const GPtrArray *rules, int version);

/* Whether the program was built with libseccomp. */
bool sandbox_filter_exists(void);

/* Installs the filter in all threads. 0 or -errno. */
int sandbox_filter_enter(bool only_log, bool supervises);

#endif
