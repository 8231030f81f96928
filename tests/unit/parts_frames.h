/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of every length at every part; see parts_frames.c. */
#ifndef SPINOR_TESTS_UNIT_PARTS_FRAMES_H
#define SPINOR_TESTS_UNIT_PARTS_FRAMES_H

#include <check.h>
#include <glib.h>

/* Adds the test case. parts: struct flash_part, which must outlive the run of the suite. */
void parts_frames_add(Suite *suite, const GPtrArray *parts);

#endif
