/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that ends the command and removes its files, even if "spinor run" is killed. Private
 * to run. */
#ifndef SPINOR_SPINOR_REAPER_H
#define SPINOR_SPINOR_REAPER_H

#include <signal.h>

/* Messages between run and its reaper, in both directions. */
enum spinor_reaper_message_type {
	SPINOR_REAPER_READY,  /* value: errno, or 0; the directory's name follows */
	SPINOR_REAPER_SIGNAL, /* value: the signal to send to the command */
	SPINOR_REAPER_END, /* value: ms between SIGTERM and SIGKILL, for all remaining processes */
	SPINOR_REAPER_EXITED, /* value: the command's status as from waitpid() */
	SPINOR_REAPER_DONE,   /* value: 1: a process could not be ended, else 0 */
};

#define SPINOR_REAPER_PATH_MAX 256

struct spinor_reaper_message {
	enum spinor_reaper_message_type type;
	int value;
	char path[SPINOR_REAPER_PATH_MAX];
};

/* Arguments of spinor_reaper_main(), from the process that forks it. */
struct spinor_reaper_plan {
	int channel;       /* the socket to run */
	int start_channel; /* the socket on which the command waits for its arguments */
	int run_channel;   /* run's ends of both, to be closed in the reaper */
	int run_start_channel;
	const char *base; /* the parent of the private directory */
	sigset_t mask;    /* the command's blocked signals */
};

/* Runs the reaper in a new process. Never returns. */
_Noreturn void spinor_reaper_main(const struct spinor_reaper_plan *plan);

/* Removes a directory and its content. */
void spinor_reaper_remove(const char *path);

#endif
