/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that cleans up after "spinor run", whatever happens to that. Private to run. */
#ifndef SPINOR_SPINOR_JANITOR_H
#define SPINOR_SPINOR_JANITOR_H

#include <signal.h>

/* Between run and its janitor, both ways. */
enum spinor_janitor_message_type {
	SPINOR_JANITOR_READY,  /* value: errno, or 0; the directory's name follows */
	SPINOR_JANITOR_SIGNAL, /* value: the signal that the command shall get */
	SPINOR_JANITOR_END,    /* value: ms between SIGTERM and SIGKILL, for all that is left */
	SPINOR_JANITOR_EXITED, /* value: the command's status as from waitpid() */
	SPINOR_JANITOR_DONE,   /* value: 1 when something could not be ended, else 0 */
};

#define SPINOR_JANITOR_PATH_MAX 256

struct spinor_janitor_message {
	enum spinor_janitor_message_type type;
	int value;
	char path[SPINOR_JANITOR_PATH_MAX];
};

/* What a janitor needs of the process it is forked from. */
struct spinor_janitor_plan {
	int line;         /* the socket to talk to run */
	int command_line; /* the socket at which the command waits for its start */
	int run_line;     /* run's ends of both, to be closed here */
	int run_command_line;
	const char *base; /* where the directory shall be */
	sigset_t mask;    /* the command's blocked signals */
};

/* The janitor's life, which begins in a new process: never returns. */
_Noreturn void spinor_janitor_main(const struct spinor_janitor_plan *plan);

/* Removes a directory with all that is in it. */
void spinor_janitor_remove(const char *path);

#endif
