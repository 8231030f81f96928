/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A serprog adapter on the bench of a test, seen from the host's side of the line. */
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

/* What a chip tells of. */
struct rig_eye {
	struct rig *rig;
	char name; /* of the chip; 0: none */
};

struct rig {
	const struct serprog_profile *profile;
	struct base_clock clock;
	uint8_t *array; /* of all chips, one after the other */
	struct flash *chips[RIG_CHIPS];
	struct rig_eye eyes[RIG_CHIPS];
	GString *seen; /* frames that chips have seen: "9f+3 ", opcode and how many data bytes */
	struct clip *clip;
	struct serprog *adapter;
	struct base_endpoint port;
	GByteArray *got; /* what came back */
};

/* The first chip is on line 0, a second one on none. Two have names, "a9f+3 ". profile outlives the
 * rig. A host has opened the line. */
struct rig *rig_new(
	const struct serprog_profile *profile, enum base_clock_mode mode, unsigned int n_chips);
void rig_free(struct rig *rig);

/* What the chips hold at first. */
uint8_t rig_pattern(size_t address);

/* Fetches at most room bytes; false when there were none. */
bool rig_fetch(struct rig *rig, size_t room);

/* Bytes from hex digits, each repeated when "*N" follows it; blanks don't count. */
GByteArray *rig_from_hex(const char *text);
char *rig_to_hex(const GByteArray *bytes);

#endif
