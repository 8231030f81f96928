/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults as text: a kind and settings, "bit-error line=miso rate=1e-6", in bench files, on command
 * lines and on the control socket alike; spinor-bench(5) explains them.
 */
#ifndef SPINOR_SETUP_FAULTWORDS_H
#define SPINOR_SETUP_FAULTWORDS_H

#include "clip/wirefault.h"
#include "flash/fault.h"
#include "link/linkfault.h"

#include <glib.h>

/* The model that executes a fault. */
enum setup_fault_model {
	SETUP_FAULT_OF_WIRES, /* between adapter and clip */
	SETUP_FAULT_OF_CHIP,
	SETUP_FAULT_OF_LINK, /* between host and adapter */
};

#define SETUP_FAULT_NAME_MAX 64
#define SETUP_FAULTS_MAX 1024 /* of one adapter, its chips and its line */

struct setup_fault {
	char *name;     /* NULL: it has none */
	char *text;     /* kind and settings, as given */
	uint64_t given; /* which settings: bits 1 << row of setup_faultset_rows */
	enum setup_fault_model model;
	union { /* of its model */
		struct clip_fault wires;
		struct flash_fault chip;
		struct link_fault link;
	};
};

/* A fault of that name with its usual settings; NULL and BASE_ERROR_USAGE when there is none. */
struct setup_fault *setup_fault_new(const char *what, GError **error);

/* Changes a setting; false and BASE_ERROR_USAGE for one that the fault lacks, with the nearest it
 * has, for a value that is refused, with what is allowed, and for one that was given before. */
bool setup_fault_set(
	struct setup_fault *fault, const char *name, const char *value, GError **error);

/* The conditions of the fault that all models share. */
struct base_fault_when *setup_fault_when(struct setup_fault *fault);

/* True when a setting of that name was given. */
bool setup_fault_is_given(const struct setup_fault *fault, const char *name);

/* "WHAT [NAME=VALUE ...]". */
struct setup_fault *setup_fault_parse(const char *text, GError **error);

/* The place of a fault, as words beside its settings; NULL: not given. */
struct setup_fault_place {
	char *adapter;
	char *chip; /* by its name in the bench file, */
	char *cs;   /* or by its chip select */
	char *name; /* of the fault */
};

/* "WHAT [NAME=VALUE ...]" with adapter=, chip=, cs= and name= among them, which go to place and not
 * into the fault's text. The name is set, too. Clear place with setup_fault_place_clear(). */
struct setup_fault *setup_fault_parse_placed(
	const char *text, struct setup_fault_place *place, GError **error);
void setup_fault_place_clear(struct setup_fault_place *place);

/* The words of a place, NULL-terminated. */
extern const char *const setup_fault_place_words[];

/* False and BASE_ERROR_USAGE for what can't be told from a number, or is no word. */
bool setup_fault_set_name(struct setup_fault *fault, const char *name, GError **error);

void setup_fault_free(struct setup_fault *fault);

/* All names of faults, and the settings of one, NULL-terminated. Free the list with g_free(). */
const char **setup_fault_names(void);
const char **setup_fault_settings(const struct setup_fault *fault);

#endif
