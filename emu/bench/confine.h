/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sandbox of a process with a bench. */
#ifndef SPINOR_BENCH_CONFINE_H
#define SPINOR_BENCH_CONFINE_H

#include <stdbool.h>

struct bench;
struct sandbox;
struct setup_options;

/* A sandbox for the files of the description and of --allow. To be entered before bench_build(),
 * which opens them. supervises: see sandbox_new(). Free with sandbox_free(). */
struct sandbox *bench_sandbox_new(
	const struct bench *bench, const struct setup_options *options, bool supervises);

#endif
