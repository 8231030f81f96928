/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A serprog adapter for tests, driven from the host's side of the line. */
#ifndef SPINOR_TESTS_UNIT_SERPROG_FIXTURE_H
#define SPINOR_TESTS_UNIT_SERPROG_FIXTURE_H

#include "base/clock.h"
#include "base/endpoint.h"

#include <glib.h>
#include <stdbool.h>

#define RIG_CHIPS 2
#define RIG_ARRAY_SIZE 65536

struct rig;
struct serprog_profile;

/* Identifies the chip of an event. */
struct rig_eye {
	struct rig *rig;
	char name; /* of the chip; 0: none */
};

struct rig {
	const struct serprog_profile *profile;
	struct base_clock clock;
	uint8_t *array; /* of all chips, in order */
	struct flash *chips[RIG_CHIPS];
	struct rig_eye eyes[RIG_CHIPS];
	GString *seen; /* frames of the chips: "9f+3 ", opcode and number of data bytes */
	struct clip *clip;
	struct serprog *adapter;
	struct base_endpoint port;
	GByteArray *got; /* bytes from the adapter */
};

/* The first chip is on line 0, the second one on no line. With two chips, each frame begins with
 * the name of its chip: "a9f+3 ". profile outlives the rig. A host has opened the line. */
struct rig *rig_new(
	const struct serprog_profile *profile, enum base_clock_mode mode, unsigned int n_chips);
void rig_free(struct rig *rig);

/* Initial contents of the chips. */
uint8_t rig_pattern(size_t address);

/* Fetches at most room bytes; false if there were none. */
bool rig_fetch(struct rig *rig, size_t room);

/* Converts hex digits to bytes, each repeated if "*N" follows it; blanks are ignored. */
GByteArray *rig_from_hex(const char *text);
char *rig_to_hex(const GByteArray *bytes);

#endif
