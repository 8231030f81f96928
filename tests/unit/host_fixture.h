/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hosts at a port under test: exchanges bytes, limits every wait, counts warnings and descriptors.
 */
#ifndef SPINOR_TESTS_UNIT_HOST_FIXTURE_H
#define SPINOR_TESTS_UNIT_HOST_FIXTURE_H

#include <check.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct host_fixture {
	GMainContext *context; /* the port's */
	bool expired;          /* true: the test takes too long */
	unsigned int warnings;
	char last_warning[256];
};

/* Belongs to the running test. */
extern struct host_fixture fixture;

void host_fixture_setup(void);
/* Fails if a descriptor is open that was not open at setup. */
void host_fixture_teardown(void);

int host_count_descriptors(void);

/* Runs the port until the condition is true; fails if that takes too long. */
#define RUN_UNTIL(condition)                                                      \
	do {                                                                      \
		while (!(condition)) {                                            \
			g_main_context_iteration(fixture.context, TRUE);          \
			ck_assert_msg(!fixture.expired, "never: %s", #condition); \
		}                                                                 \
	} while (0)

/* Runs the port until it is idle. */
void host_run_dry(void);

/* fd is the host's end and does not block. */
void host_write(int fd, const void *bytes, size_t n);

/* Reads up to n bytes and runs the port meanwhile. Fewer if the port has closed: *code (may be
 * NULL) is then 0 or errno. */
size_t host_read(int fd, uint8_t *bytes, size_t n, int *code);

/* Reads n bytes, at most 300, and compares. */
void host_expect(int fd, const void *bytes, size_t n);

#define SEND(fd, bytes) host_write(fd, bytes, sizeof(bytes) - 1)
#define EXPECT(fd, bytes) host_expect(fd, bytes, sizeof(bytes) - 1)

#endif
