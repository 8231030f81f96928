/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One host of the load test: what it does to its chip and what it has found. */
#ifndef SPINOR_TESTS_SYSTEM_LOADHOST_H
#define SPINOR_TESTS_SYSTEM_LOADHOST_H

#include "latency.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	LOADHOST_RANGE = 65536 /* bytes of its chip */
};

struct figures {
	uint64_t exchanges;
	uint64_t verified; /* bytes */
	uint64_t erases;
	uint64_t programs;
	uint64_t refused; /* programs of a protected range that changed nothing */
	uint64_t opened;
	uint64_t mismatches;
	uint64_t lost;
	struct latency latency;
};

struct load {
	GMutex lock;
	GCond changed;
	unsigned int hosts;
	unsigned int prepared; /* hosts whose range is programmed, or that failed */
	unsigned int ended;    /* hosts that have ended, with the port open */
	bool may_close;
	int64_t stop_us;
	struct figures sum;
	pid_t daemon;
	int control; /* connection to the control socket */
	uint32_t seed;
};

struct host {
	struct load *load;
	char *port;
	int fd;
	bool failed;
	GRand *random;
	uint32_t base;
	uint8_t id[3];
	uint8_t model[LOADHOST_RANGE];
	struct figures figures;
};

/* PORT is a device or HOST:PORT. Does nothing until loadhost_run(). */
struct host *loadhost_new(struct load *load, const char *port, unsigned int number);

/* For a thread: prepares the chip, waits until load->stop_us is set, takes steps until that time,
 * verifies, and waits for load->may_close. Returns NULL. */
void *loadhost_run(void *host);

void loadhost_destroy(struct host *host);

#endif
