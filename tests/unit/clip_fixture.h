/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chip on a clip whose wires can have faults: sends frames, records events and reports. */
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
	uint8_t *read;   /* size of the array */
	GArray *events;  /* struct flash_event: frames of the chip */
	GArray *reports; /* struct clip_fault_report */
};

/* The array holds a pattern, the clock is 10 MHz, nothing is ever busy. */
struct clip_fixture *clip_fixture_new(void);
void clip_fixture_destroy(struct clip_fixture *f);

/* One frame: sends in, then reads out. */
void clip_fixture_transfer(
	struct clip_fixture *f, const void *in, size_t n_in, void *out, size_t n_out);
/* Opcode 03, n bytes from address into f->read. */
void clip_fixture_read(struct clip_fixture *f, uint32_t address, size_t n);
/* Opcode 05. */
uint8_t clip_fixture_status(struct clip_fixture *f);

/* Adds a fault of that kind on that line with default settings. */
unsigned int clip_fixture_add(
	struct clip_fixture *f, enum clip_fault_what what, enum clip_line line);
unsigned int clip_fixture_put(struct clip_fixture *f, const struct clip_fault *fault);

/* The i-th record; fails if there are fewer. */
const struct flash_event *clip_fixture_event(const struct clip_fixture *f, size_t i);
const struct clip_fault_report *clip_fixture_report(const struct clip_fixture *f, size_t i);
void clip_fixture_forget(struct clip_fixture *f);

/* Bits of n bytes of f->read that differ from the array at address. */
size_t clip_fixture_wrong_bits(const struct clip_fixture *f, uint32_t address, size_t n);

/* Fails unless RDID is answered correctly without a report. Clears earlier records first. */
void clip_fixture_assert_sound(struct clip_fixture *f);
/* Compares the three bytes of the answer to RDID. */
void clip_fixture_assert_id(struct clip_fixture *f, const char *id);
/* Fails unless there is exactly one report, this one, at the first bit of the frame. */
void clip_fixture_assert_report(struct clip_fixture *f, enum clip_fault_what what,
	enum clip_line line, enum flash_level level);

#endif
