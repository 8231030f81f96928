/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An adapter's firmware as the harness of endpoints plays it. A new one is a file like serprog.c
 * and a program of it and endpoint.c. */
#ifndef SPINOR_TESTS_FUZZ_ENDPOINT_H
#define SPINOR_TESTS_FUZZ_ENDPOINT_H

#include "base/endpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct base_clock;
struct clip;

struct fuzz_endpoint {
	/* Creates the firmware; form selects a variant, such as a profile. */
	void *(*create)(unsigned int form, struct clip *clip, struct base_clock *clock);
	void (*destroy)(void *firmware);
	struct base_endpoint (*endpoint)(void *firmware);

	/* The bytes with which a host gets in step with a variant, and the answer; *n_answer is 0
	 * if the variant has none. */
	const uint8_t *(*sync)(
		unsigned int form, size_t *n, const uint8_t **answer, size_t *n_answer);

	/* True if a variant can hang so that only a reset helps. */
	bool (*can_hang)(unsigned int form);

	/* The most bytes that an adapter sends for n bytes from the host, without those of link
	 * faults; UINT64_MAX: not known. */
	uint64_t (*most)(const uint8_t *data, size_t n);
};

/* Of this program. */
extern const struct fuzz_endpoint fuzz_endpoint;

#endif
