/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all harnesses share: the entry of libFuzzer and AFL++, the input as a stream of small
 * values, checks that end the process, and parts to play with. */
#ifndef SPINOR_TESTS_FUZZ_FUZZ_H
#define SPINOR_TESTS_FUZZ_FUZZ_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clip_fault;
struct flash_fault;
struct flash_part;
struct link_fault;

/* The entry of a harness; the same input does the same each time. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The rest of an input. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

/* The next value, little endian; bytes behind the end are 0. */
uint8_t fuzz_byte(struct fuzz_input *input);
uint32_t fuzz_number(struct fuzz_input *input, unsigned int n_bytes);

/* The next bytes, at most *n; sets *n to their number. */
const uint8_t *fuzz_take(struct fuzz_input *input, size_t *n);

/* As memcmp() == 0, without the cost of sanitizers and of hooks of the fuzzer. */
bool fuzz_same(const void *a, const void *b, size_t n);

/* The first n bytes of a pattern with blocks of FF and of data in turn. */
#define FUZZ_PATTERN_MAX 524288
const uint8_t *fuzz_pattern(void);

/* A number that depends on all bytes. */
uint32_t fuzz_hash(const void *data, size_t n);

/* Reports a broken invariant and ends the process, which the fuzzer sees as a crash. */
void fuzz_fail(const char *format, ...) G_GNUC_PRINTF(1, 2) G_GNUC_NORETURN;

#define fuzz_check(condition, ...)              \
	do {                                    \
		if (G_UNLIKELY(!(condition)))   \
			fuzz_fail(__VA_ARGS__); \
	} while (0)

/* An error for a user: a message of bounded length that contains where (NULL: any place). Control
 * characters of the input are escaped where it is printed. */
void fuzz_check_error(const GError *error, const char *where);
void fuzz_check_line(const char *message, const char *where);

/* Drops all messages of GLib's log, except fatal ones. */
void fuzz_quiet(void);

/*
 * A part of the chip data. Each has a place on a ring of 2^16, by its name, and the next one from
 * the place is taken: a new part changes the meaning of few inputs. *size: the bytes of its array
 * here, at most 128 KiB or two of its blocks; flash_set_real_size() makes the chip so small.
 */
const struct flash_part *fuzz_part(uint16_t place, uint32_t *size);

/* Faults from bytes; false if nothing of the kind can have such values. The address of one of the
 * chip is below size. */
bool fuzz_chip_fault(struct fuzz_input *input, const struct flash_part *part, uint32_t size,
	struct flash_fault *fault);
bool fuzz_wire_fault(struct fuzz_input *input, struct clip_fault *fault);
bool fuzz_link_fault(struct fuzz_input *input, struct link_fault *fault);

#endif
