/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kinds of faults for a person: the symptom of each, how to find it and how to fix it. */
#ifndef SPINOR_SETUP_FAULTGUIDE_H
#define SPINOR_SETUP_FAULTGUIDE_H

#include "setup/faultwords.h"

#include <stdbool.h>

/* The symptom at the host in most cases. */
enum setup_symptom {
	SETUP_SYMPTOM_NONE, /* no guide */
	SETUP_SYMPTOM_NO_CHIP,
	SETUP_SYMPTOM_DATA,
	SETUP_SYMPTOM_WRITE,
	SETUP_SYMPTOM_PORT,
	SETUP_SYMPTOM_SLOW,
	SETUP_SYMPTOMS,
};

struct setup_fault_guide {
	enum setup_symptom symptom;
	const char *summary; /* a few words */
	const char *event;   /* in the hardware */
	const char *seen;    /* by the user of the host, with flashrom 1.3.0 */
	const char *find;
	const char *fix;
	const char *example; /* the kind and settings, as after spinor fault add */
	const char *bench;   /* in examples/, without ".bench"; NULL: there is none */
	/* Settings without which other values apply than to other kinds, "NAME=VALUE ..."; in words
	 * "NAME=(WORD_WORD)". May be NULL. */
	const char *usual;
};

/* By the enum of each model. A new kind is a row here. */
extern const struct setup_fault_guide setup_fault_guides_wires[CLIP_FAULT_WHATS];
extern const struct setup_fault_guide setup_fault_guides_chip[FLASH_FAULT_WHATS];
extern const struct setup_fault_guide setup_fault_guides_link[LINK_WHATS];

/* "No chip is found, or an unknown one" */
const char *setup_symptom_title(enum setup_symptom symptom);

const struct setup_fault_guide *setup_fault_guide(const struct setup_fault *fault);

struct setup_fault_setting {
	const char *name; /* NULL ends a list */
	const char *about;
	const char *allowed;
	char *usual; /* the value without the setting; "(...)": in words */
	bool when;   /* one of the conditions that say when the fault acts */
};

/* Returns the settings of a fault. Free with setup_fault_settings_free(). */
struct setup_fault_setting *setup_fault_settings_explained(const struct setup_fault *fault);
void setup_fault_settings_free(struct setup_fault_setting *settings);

#endif
