/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reported lengths of frames at every part; see parts_lengths.c. */
#ifndef SPINOR_TESTS_UNIT_PARTS_LENGTHS_H
#define SPINOR_TESTS_UNIT_PARTS_LENGTHS_H

#include <check.h>
#include <glib.h>

/* Adds the test case. parts: struct flash_part, which must outlive the run of the suite. */
void parts_lengths_add(Suite *suite, const GPtrArray *parts);

#endif
