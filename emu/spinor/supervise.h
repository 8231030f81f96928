/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command under supervision: started late, ended with all that it has started. */
#ifndef SPINOR_SPINOR_SUPERVISE_H
#define SPINOR_SPINOR_SUPERVISE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct supervise;

struct spinor_supervise_outcome {
	int status; /* as from waitpid() */
	bool timed_out;
	bool left_over; /* something of it could not be ended */
};

/*
 * Prepares a private directory and a process for the command. Has to be called before there are
 * threads. From then on signals to this process (INT, TERM, HUP, QUIT, USR1, USR2) are the
 * command's.
 */
struct supervise *spinor_supervise_new(GError **error);

/* Ends what is left, and removes the directory with all that is in it. */
void spinor_supervise_destroy(struct supervise *supervise);

/* The private directory. */
const char *spinor_supervise_directory(const struct supervise *supervise);

/* Starts the command. environment: NAME=VALUE, NULL-terminated. SPINOR_ERROR_NOT_FOUND or
 * SPINOR_ERROR_NOT_EXECUTABLE when it can't be started. */
bool spinor_supervise_start(
	struct supervise *supervise, char **argv, char **environment, GError **error);

/* Runs the default main context until the command and all that it has started have ended.
 * timeout_ns: 0 for none. */
bool spinor_supervise_wait(struct supervise *supervise, int64_t timeout_ns,
	struct spinor_supervise_outcome *outcome, GError **error);

/* Ends this process by the signal, without a core file. */
_Noreturn void spinor_supervise_die(int number);

#endif
