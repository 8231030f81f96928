/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reaper: parent of the command, and subreaper of all processes that the command starts. It
 * creates and removes the private directory. If run is killed (SIGKILL), its end of the socket
 * closes, and the reaper ends the remaining processes and removes the directory.
 *
 *   run ------ channel ------ reaper      fork() before any thread is created, which is safe
 *    |                          |
 *    +---- start channel ---- command     waits in run's group and session for the text to exec
 *
 * It has a session of its own, so that neither signals of the terminal nor a kill of run's group
 * reach it. The command, forked before that, stays with the terminal as if run had started it. If
 * the reaper itself is killed, the kernel kills the command (PR_SET_PDEATHSIG), and run, which is a
 * subreaper too, becomes the parent of the remaining processes and ends them.
 */
#define _GNU_SOURCE /* nftw() */

#include "spinor/reaper.h"

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

struct reaper {
	int channel;
	pid_t command; /* 0: it has ended */
	char directory[SPINOR_REAPER_PATH_MAX];
};

static int
remove_entry(const char *path, const struct stat *info, int type, struct FTW *position)
{
	(void)info;
	(void)position;
	/* remove() tries unlink() on a folder first, which the sandbox refuses in another way than
	 * the file system. */
	if (type == FTW_DP)
		rmdir(path);
	else
		unlink(path);
	return 0;
}

void
spinor_reaper_remove(const char *path)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): without FTW_CHDIR it changes nothing shared */
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
 * The process of the command before exec: receives a length, then that many bytes of text. Each
 * text ends with a NUL: those for the environment, an empty one, and the arguments.
 */
static _Noreturn void
exec_command(const struct spinor_reaper_plan *plan)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	size_t n;
	char *texts, *at;
	int code;

	if (!read_all(plan->start_channel, &n, sizeof n))
		_exit(NOT_STARTED);
	texts = g_malloc(n);
	if (!read_all(plan->start_channel, texts, n))
		_exit(NOT_STARTED);
	for (at = texts; *at != '\0'; at += strlen(at) + 1)
		putenv(at); /* NOLINT(concurrency-mt-unsafe): the only thread of a new process */
	for (at++; at < texts + n; at += strlen(at) + 1)
		g_ptr_array_add(argv, at);
	g_ptr_array_add(argv, NULL);
	pthread_sigmask(SIG_SETMASK, &plan->mask, NULL);
	execvp(argv->pdata[0], (char **)argv->pdata);
	code = errno;
	if (write(plan->start_channel, &code, sizeof code) < 0)
		_exit(NOT_STARTED);
	_exit(NOT_STARTED);
}

static pid_t
fork_command(const struct spinor_reaper_plan *plan)
{
	pid_t reaper = getpid();
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != reaper)
		_exit(NOT_STARTED);
	close(plan->channel);
	exec_command(plan);
}

static void
send_message(struct reaper *reaper, enum spinor_reaper_message_type type, int value)
{
	struct spinor_reaper_message message = {.type = type, .value = value};

	memcpy(message.path, reaper->directory, sizeof message.path);
	/* If run has ended, the next read detects it. */
	if (send(reaper->channel, &message, sizeof message, MSG_NOSIGNAL) < 0)
		return;
}

static void
reaped(pid_t pid, int status, void *data)
{
	struct reaper *reaper = data;

	if (pid != reaper->command)
		return;
	reaper->command = 0;
	send_message(reaper, SPINOR_REAPER_EXITED, status);
}

static bool
make_directory(struct reaper *reaper, const char *base)
{
	int n = snprintf(reaper->directory, sizeof reaper->directory, "%s/spinor-run.XXXXXX", base);

	if (n < 0 || (size_t)n >= sizeof reaper->directory) {
		errno = ENAMETOOLONG;
		return false;
	}
	return mkdtemp(reaper->directory) != NULL;
}

static void
handle_message(struct reaper *reaper, const struct spinor_reaper_message *message)
{
	bool ended;

	switch (message->type) {
	case SPINOR_REAPER_SIGNAL:
		if (reaper->command > 0)
			kill(reaper->command, message->value);
		break;
	case SPINOR_REAPER_END:
		ended = spinor_tree_end(message->value, reaped, reaper);
		send_message(reaper, SPINOR_REAPER_DONE, !ended);
		break;
	default:
		break;
	}
}

/* Handles messages and children until run closes its end of the channel or ends. */
static void
serve(struct reaper *reaper, int children)
{
	struct pollfd pollers[] = {
		{.fd = reaper->channel, .events = POLLIN},
		{.fd = children, .events = POLLIN},
	};

	for (;;) {
		struct signalfd_siginfo info;
		struct spinor_reaper_message message;

		if (poll(pollers, G_N_ELEMENTS(pollers), -1) < 0 && errno != EINTR)
			return;
		while (read(children, &info, sizeof info) > 0)
			;
		spinor_tree_reap(reaped, reaper);
		if (pollers[0].revents == 0)
			continue;
		if (!read_all(reaper->channel, &message, sizeof message))
			return;
		handle_message(reaper, &message);
	}
}

void
spinor_reaper_main(const struct spinor_reaper_plan *plan)
{
	struct reaper reaper = {.channel = plan->channel};
	sigset_t all, child;
	int children;

	close(plan->run_channel);
	close(plan->run_start_channel);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	reaper.command = fork_command(plan);
	close(plan->start_channel);
	setsid();
	prctl(PR_SET_NAME, "spinor-reaper");
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	children = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
	if (reaper.command < 0 || children < 0 || !make_directory(&reaper, plan->base)) {
		send_message(&reaper, SPINOR_REAPER_READY, errno);
		*reaper.directory = '\0';
	} else {
		send_message(&reaper, SPINOR_REAPER_READY, 0);
		serve(&reaper, children);
	}
	spinor_tree_end(ORPHAN_GRACE_MS, NULL, NULL);
	if (*reaper.directory != '\0')
		spinor_reaper_remove(reaper.directory);
	_exit(EXIT_SUCCESS);
}
