/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outputs of a bench that are not a chip's: what is lost there, and why. From any thread. */
#ifndef SPINOR_BENCH_OUTPUTS_H
#define SPINOR_BENCH_OUTPUTS_H

#include <stddef.h>
#include <stdint.h>

struct base_outlet;
struct bench;

#define BENCH_OUTPUTS_MAX 3

struct bench_output {
	const char *name;    /* "trace", "record", "log" */
	const char *path;    /* NULL: none, the log */
	uint64_t lost;       /* lines */
	size_t waiting;      /* bytes */
	const char *problem; /* the reason why nothing can be written; NULL: it can */
};

/* Those that are in use. Returns their number. */
unsigned int bench_outputs(const struct bench *bench, struct bench_output *outputs);

/* Standard output, if the trace goes there; NULL otherwise. */
struct base_outlet *bench_outputs_stdout(const struct bench *bench);

/* Calls observe with each change of the state of an output, "trace" for now. NULL ends that; no
 * call is in progress when this returns. To be called from the main thread. */
void bench_outputs_observe(
	const struct bench *bench, void (*observe)(void *data, const char *message), void *data);

#endif
