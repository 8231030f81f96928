/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings of faults. Private to faultwords.c and faultguide.c, which have the words around
 * them. */
#ifndef SPINOR_SETUP_FAULTKEYS_H
#define SPINOR_SETUP_FAULTKEYS_H

#include <stdbool.h>

struct setup_fault;

struct setup_faultset {
	const char *name;
	unsigned int wires; /* which faults of the wires have it: bits 1 << what */
	unsigned int chip;
	unsigned int link;
	const char *allowed;
	bool (*take)(struct setup_fault *fault, const char *value); /* false: refused */
	/* For fault explain. The value that a fault without the setting has, unless its guide has
	 * another; "(...)": words, since no value means the same. */
	const char *usual;
	const char *about;
	bool when; /* of the conditions that say when a fault acts */
};

/* Ends with a name that is NULL. One name can be there for different faults. */
extern const struct setup_faultset setup_faultset_rows[];

/* Whether the fault has that setting. */
bool setup_faultset_is_for(const struct setup_faultset *setting, const struct setup_fault *fault);

#endif
