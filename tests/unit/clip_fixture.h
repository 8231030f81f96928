/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chip on a clip whose wires can be spoiled: frames, and what chip and faults report of them. */
#ifndef SPINOR_TESTS_UNIT_CLIP_FIXTURE_H
#define SPINOR_TESTS_UNIT_CLIP_FIXTURE_H

#include "base/clock.h"
#include "clip/clip.h"
#include "clip/wirefault.h"
#include "flash/flash.h"

#include <glib.h>

#define CLIP_ARRAY_SIZE ((size_t)1 << 20)
#define CLIP_HZ 10000000
#define CLIP_BYTE_NS 800

struct clip_fixture {
	struct base_clock clock;
	struct clip *clip;
	struct flash *chip;
	uint8_t *array;
	uint8_t *read;   /* as long as the array */
	GArray *events;  /* struct flash_event: of frames that the chip saw */
	GArray *reports; /* struct clip_fault_report */
};

/* Array filled with a pattern, 10 MHz, nothing is ever busy. */
struct clip_fixture *clip_fixture_new(void);
void clip_fixture_destroy(struct clip_fixture *f);

/* One frame: in is written, then out read. */
void clip_fixture_transfer(
	struct clip_fixture *f, const void *in, size_t n_in, void *out, size_t n_out);
/* Opcode 03, n bytes from address into f->read. */
void clip_fixture_read(struct clip_fixture *f, uint32_t address, size_t n);
/* Opcode 05. */
uint8_t clip_fixture_status(struct clip_fixture *f);

/* Puts a fault of that kind and line on with its defaults. */
unsigned int clip_fixture_add(
	struct clip_fixture *f, enum clip_fault_what what, enum clip_line line);
unsigned int clip_fixture_put(struct clip_fixture *f, const struct clip_fault *fault);

/* The i-th of what was reported; fails when there are not as many. */
const struct flash_event *clip_fixture_event(const struct clip_fixture *f, size_t i);
const struct clip_fault_report *clip_fixture_report(const struct clip_fixture *f, size_t i);
void clip_fixture_forget(struct clip_fixture *f);

/* Bits of n bytes of f->read that differ from the array at address. */
size_t clip_fixture_wrong_bits(const struct clip_fixture *f, uint32_t address, size_t n);

/* RDID is answered as with sound wires, and nothing is reported. Forgets what was before. */
void clip_fixture_assert_sound(struct clip_fixture *f);
/* The answer to RDID, three bytes. */
void clip_fixture_assert_id(struct clip_fixture *f, const char *id);
/* There is one report, of that, at the frame's first bit. */
void clip_fixture_assert_report(struct clip_fixture *f, enum clip_fault_what what,
	enum clip_line line, enum flash_level level);

#endif
