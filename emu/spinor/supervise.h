/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts a command, and ends it with all processes that it has started. */
#ifndef SPINOR_SPINOR_SUPERVISE_H
#define SPINOR_SPINOR_SUPERVISE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct supervise;

struct spinor_supervise_outcome {
	int status; /* as from waitpid() */
	bool timed_out;
	bool survivors; /* a process of it could not be ended */
};

/*
 * Creates a private directory and the process for the command. To be called before any thread is
 * created. From then on signals to this process (INT, TERM, HUP, QUIT, USR1, USR2) are forwarded to
 * the command.
 */
struct supervise *spinor_supervise_new(GError **error);

/* Ends the remaining processes, and removes the directory and its content. */
void spinor_supervise_destroy(struct supervise *supervise);

/* Returns the path of the private directory. */
const char *spinor_supervise_directory(const struct supervise *supervise);

/* Starts the command. environment: NAME=VALUE, NULL-terminated. SPINOR_ERROR_NOT_FOUND or
 * SPINOR_ERROR_NOT_EXECUTABLE if it cannot be started. */
bool spinor_supervise_start(
	struct supervise *supervise, char **argv, char **environment, GError **error);

/* Runs the default main context until the command and all processes that it has started have ended.
 * timeout_ns: 0: none. */
bool spinor_supervise_wait(struct supervise *supervise, int64_t timeout_ns,
	struct spinor_supervise_outcome *outcome, GError **error);

/* Ends this process with the signal, without a core file. */
_Noreturn void spinor_supervise_die(int number);

#endif
