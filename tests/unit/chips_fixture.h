/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The installed chip data, for suites that test its parts. */
#ifndef SPINOR_TESTS_CHIPS_FIXTURE_H
#define SPINOR_TESTS_CHIPS_FIXTURE_H

#include "chipdb/chipdb.h"
#include "flash/part.h"

/* Between the two functions of the fixture. */
extern struct chipdb *chips;

void chips_setup(void);
void chips_teardown(void);

/* The test fails if there is no such part. */
const struct flash_part *chips_find(const char *name);

#endif
