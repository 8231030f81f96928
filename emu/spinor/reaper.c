/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The janitor: parent of the command, and adoptive parent of all that the command leaves behind.
 * It owns the private directory from before its creation to after its removal. When run goes away
 * without a word (SIGKILL), its end of the socket closes, and the janitor does what is left to do.
 *
 *   run ----- line ----- janitor          fork() before any thread, so that all of this is safe
 *    |                      |
 *    +--- command line --- command        waits in run's group and session; execs when told to
 *
 * It has a session of its own, so that neither a terminal nor a kill of run's group reaches it. The
 * command, forked before that, stays with the terminal as if run had started it. When the janitor
 * itself is killed, the kernel kills the command (PR_SET_PDEATHSIG), run adopts the rest, which is
 * a subreaper too, and does the janitor's work.
 */
#define _GNU_SOURCE /* nftw() */

#include "spinor/janitor.h"

#include "spinor/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ORPHAN_GRACE_MS 1000
#define NOT_STARTED 127
#define OPEN_DIRECTORIES 16

struct janitor {
	int line;
	pid_t command; /* 0: it has ended */
	char directory[SPINOR_JANITOR_PATH_MAX];
};

static int
remove_entry(const char *path, const struct stat *info, int type, struct FTW *position)
{
	(void)info;
	(void)type;
	(void)position;
	remove(path);
	return 0;
}

void
spinor_janitor_remove(const char *path)
{
	nftw(path, remove_entry, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
}

static bool
read_all(int fd, void *data, size_t n)
{
	char *at = data;

	while (n > 0) {
		ssize_t got = read(fd, at, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

/*
 * The command's life before it is one: a length, then that many bytes of text. Each text ends in a
 * NUL; first come those for the environment, an empty one, and then the arguments.
 */
static _Noreturn void
become_command(const struct spinor_janitor_plan *plan)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	size_t n;
	char *texts, *at;
	int code;

	if (!read_all(plan->command_line, &n, sizeof n))
		_exit(NOT_STARTED);
	texts = g_malloc(n);
	if (!read_all(plan->command_line, texts, n))
		_exit(NOT_STARTED);
	for (at = texts; *at != '\0'; at += strlen(at) + 1)
		putenv(at);
	for (at++; at < texts + n; at += strlen(at) + 1)
		g_ptr_array_add(argv, at);
	g_ptr_array_add(argv, NULL);
	sigprocmask(SIG_SETMASK, &plan->mask, NULL);
	execvp(argv->pdata[0], (char **)argv->pdata);
	code = errno;
	if (write(plan->command_line, &code, sizeof code) < 0)
		_exit(NOT_STARTED);
	_exit(NOT_STARTED);
}

static pid_t
fork_command(const struct spinor_janitor_plan *plan)
{
	pid_t janitor = getpid();
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != janitor)
		_exit(NOT_STARTED);
	close(plan->line);
	become_command(plan);
}

static void
tell(struct janitor *janitor, enum spinor_janitor_message_type type, int value)
{
	struct spinor_janitor_message message = {.type = type, .value = value};

	memcpy(message.path, janitor->directory, sizeof message.path);
	/* When run has gone there is nobody to tell; the next read shows that. */
	if (send(janitor->line, &message, sizeof message, MSG_NOSIGNAL) < 0)
		return;
}

static void
reaped(pid_t pid, int status, void *data)
{
	struct janitor *janitor = data;

	if (pid != janitor->command)
		return;
	janitor->command = 0;
	tell(janitor, SPINOR_JANITOR_EXITED, status);
}

static bool
make_directory(struct janitor *janitor, const char *base)
{
	int n = snprintf(
		janitor->directory, sizeof janitor->directory, "%s/spinor-run.XXXXXX", base);

	if (n < 0 || (size_t)n >= sizeof janitor->directory) {
		errno = ENAMETOOLONG;
		return false;
	}
	return mkdtemp(janitor->directory) != NULL;
}

static void
obey(struct janitor *janitor, const struct spinor_janitor_message *message)
{
	bool ended;

	switch (message->type) {
	case SPINOR_JANITOR_SIGNAL:
		if (janitor->command > 0)
			kill(janitor->command, message->value);
		break;
	case SPINOR_JANITOR_END:
		ended = spinor_tree_end(message->value, reaped, janitor);
		tell(janitor, SPINOR_JANITOR_DONE, !ended);
		break;
	default:
		break;
	}
}

/* Until run closes its end, or has gone. */
static void
serve(struct janitor *janitor, int children)
{
	struct pollfd pollers[] = {
		{.fd = janitor->line, .events = POLLIN},
		{.fd = children, .events = POLLIN},
	};

	for (;;) {
		struct signalfd_siginfo info;
		struct spinor_janitor_message message;

		if (poll(pollers, G_N_ELEMENTS(pollers), -1) < 0 && errno != EINTR)
			return;
		while (read(children, &info, sizeof info) > 0)
			;
		spinor_tree_reap(reaped, janitor);
		if (pollers[0].revents == 0)
			continue;
		if (!read_all(janitor->line, &message, sizeof message))
			return;
		obey(janitor, &message);
	}
}

void
spinor_janitor_main(const struct spinor_janitor_plan *plan)
{
	struct janitor janitor = {.line = plan->line};
	sigset_t all, child;
	int children;

	close(plan->run_line);
	close(plan->run_command_line);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	janitor.command = fork_command(plan);
	close(plan->command_line);
	setsid();
	prctl(PR_SET_NAME, "spinor-janitor");
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	children = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
	if (janitor.command < 0 || children < 0 || !make_directory(&janitor, plan->base)) {
		tell(&janitor, SPINOR_JANITOR_READY, errno);
		*janitor.directory = '\0';
	} else {
		tell(&janitor, SPINOR_JANITOR_READY, 0);
		serve(&janitor, children);
	}
	spinor_tree_end(ORPHAN_GRACE_MS, NULL, NULL);
	if (*janitor.directory != '\0')
		spinor_janitor_remove(janitor.directory);
	_exit(EXIT_SUCCESS);
}
