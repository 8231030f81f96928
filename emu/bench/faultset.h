/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings of faults. Private to fault.c, which has the words around them. */
#ifndef SPINOR_BENCH_FAULTSET_H
#define SPINOR_BENCH_FAULTSET_H

#include <stdbool.h>

struct bench_fault;

struct faultset {
	const char *name;
	unsigned int wires; /* which faults of the wires have it: bits 1 << what */
	unsigned int chip;
	unsigned int link;
	const char *allowed;
	bool (*take)(struct bench_fault *fault, const char *value); /* false: refused */
};

/* Ends with a name that is NULL. One name can be there for different faults. */
extern const struct faultset faultset_rows[];

/* Whether the fault has that setting. */
bool faultset_is_for(const struct faultset *setting, const struct bench_fault *fault);

#endif
