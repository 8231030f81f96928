/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sandbox of spinor run. */
#ifndef SPINOR_SPINOR_RUNSANDBOX_H
#define SPINOR_SPINOR_RUNSANDBOX_H

struct bench;
struct sandbox;
struct setup_options;
struct spinor_command;
struct supervise;

/* Limits what this process opens to the bench, the report, and the private directory. control: the
 * path of the control socket. Free with sandbox_free(). */
struct sandbox *spinor_run_sandbox_enter(const struct bench *bench,
	const struct setup_options *options, const struct spinor_command *command,
	const struct supervise *supervise, const char *control);

#endif
