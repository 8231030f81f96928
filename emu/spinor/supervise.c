/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The side of "spinor run" that communicates with the reaper and, at its start, with the command.
 * reaper.c describes the processes.
 *
 * A signal from the terminal (Ctrl-C) reaches the command directly, since it is in the same group;
 * a signal that a process sends to us alone is forwarded. si_code distinguishes the two.
 */
#include "spinor/supervise.h"

#include "spinor/exitstatus.h"
#include "spinor/reaper.h"
#include "spinor/tree.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Limits the length of the paths of sockets in the directory, which have to fit sun_path. */
#define BASE_MAX 60
#define GRACE_MS 3000

static const int forwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

struct supervise {
	int channel, start_channel; /* -1: closed */
	int signals;
	pid_t reaper;
	char *directory;
	GMainLoop *loop; /* while spinor_supervise_wait() runs */
	struct spinor_supervise_outcome *outcome;
	bool exited, done, lost;
};

static bool
fail(GError **error, const char *what)
{
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED, "%s: %s", what, g_strerror(errno));
	return false;
}

/* Receives a message; false: the reaper has ended. */
static bool
receive(struct supervise *supervise, struct spinor_reaper_message *message)
{
	char *at = (char *)message;
	size_t left = sizeof *message;

	while (left > 0) {
		ssize_t n = recv(supervise->channel, at, left, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		left -= (size_t)n;
	}
	return true;
}

static void
send_message(struct supervise *supervise, enum spinor_reaper_message_type type, int value)
{
	const struct spinor_reaper_message message = {.type = type, .value = value};

	/* The reaper has ended. */
	if (send(supervise->channel, &message, sizeof message, MSG_NOSIGNAL) < 0)
		supervise->lost = true;
}

static void
block_signals(struct supervise *supervise, sigset_t *before)
{
	sigset_t ours;

	sigemptyset(&ours);
	for (size_t i = 0; i < G_N_ELEMENTS(forwarded); i++)
		sigaddset(&ours, forwarded[i]);
	supervise->signals = signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC);
	sigaddset(&ours, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &ours, before);
}

static bool
start_reaper(struct supervise *supervise, GError **error)
{
	struct spinor_reaper_message message;
	struct spinor_reaper_plan plan;
	int channel[2], start_channel[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) < 0)
		return fail(error, "socketpair");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, start_channel) < 0) {
		close(channel[0]);
		close(channel[1]);
		return fail(error, "socketpair");
	}
	plan = (struct spinor_reaper_plan){.channel = channel[1],
		.start_channel = start_channel[1],
		.run_channel = channel[0],
		.run_start_channel = start_channel[0]};
	plan.base = strlen(g_get_tmp_dir()) <= BASE_MAX ? g_get_tmp_dir() : "/tmp";
	block_signals(supervise, &plan.mask);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	supervise->reaper = fork();
	if (supervise->reaper == 0)
		spinor_reaper_main(&plan);
	supervise->channel = channel[0];
	supervise->start_channel = start_channel[0];
	close(channel[1]);
	close(start_channel[1]);
	if (supervise->reaper < 0)
		return fail(error, "fork");
	if (!receive(supervise, &message) || message.value != 0) {
		errno = message.value != 0 ? message.value : ECHILD;
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
			"cannot create a private directory in %s: %s; set TMPDIR to another "
			"directory",
			plan.base, g_strerror(errno));
		return false;
	}
	supervise->directory = g_strndup(message.path, sizeof message.path);
	return true;
}

struct supervise *
spinor_supervise_new(GError **error)
{
	struct supervise *supervise = g_new0(struct supervise, 1);

	supervise->channel = -1;
	supervise->start_channel = -1;
	supervise->signals = -1;
	if (start_reaper(supervise, error))
		return supervise;
	spinor_supervise_destroy(supervise);
	return NULL;
}

static void
close_channel(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
spinor_supervise_destroy(struct supervise *supervise)
{
	if (supervise == NULL)
		return;
	close_channel(&supervise->start_channel);
	close_channel(&supervise->channel);
	close_channel(&supervise->signals);
	while (supervise->reaper > 0 && waitpid(supervise->reaper, NULL, 0) < 0 && errno == EINTR)
		;
	/* The reaper was killed: do its work here. */
	if (supervise->directory != NULL && supervise->lost) {
		spinor_tree_end(GRACE_MS, NULL, NULL);
		spinor_reaper_remove(supervise->directory);
	}
	g_free(supervise->directory);
	g_free(supervise);
}

const char *
spinor_supervise_directory(const struct supervise *supervise)
{
	return supervise->directory;
}

static bool
send_all(int fd, const void *data, size_t n)
{
	const char *at = data;

	while (n > 0) {
		ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return false;
		at += sent;
		n -= (size_t)sent;
	}
	return true;
}

bool
spinor_supervise_start(struct supervise *supervise, char **argv, char **environment, GError **error)
{
	g_autoptr(GByteArray) texts = g_byte_array_new();
	size_t n;
	ssize_t got;
	int code = 0;

	for (char **at = environment; *at != NULL; at++)
		g_byte_array_append(texts, (const guint8 *)*at, (guint)strlen(*at) + 1);
	g_byte_array_append(texts, (const guint8 *)"", 1);
	for (char **at = argv; *at != NULL; at++)
		g_byte_array_append(texts, (const guint8 *)*at, (guint)strlen(*at) + 1);
	n = texts->len;
	if (!send_all(supervise->start_channel, &n, sizeof n) ||
		!send_all(supervise->start_channel, texts->data, n))
		return fail(error, argv[0]);
	/* exec() closes the channel. */
	do
		got = recv(supervise->start_channel, &code, sizeof code, MSG_WAITALL);
	while (got < 0 && errno == EINTR);
	close_channel(&supervise->start_channel);
	if (got != sizeof code)
		return true;
	g_set_error(error, SPINOR_ERROR,
		code == ENOENT ? SPINOR_ERROR_NOT_FOUND : SPINOR_ERROR_NOT_EXECUTABLE,
		"cannot start %s: %s; %s", argv[0], g_strerror(code),
		code == ENOENT ? "is it installed, and in PATH?" : "is it a program?");
	return false;
}

static gboolean
take_signal(gint fd, GIOCondition condition, gpointer data)
{
	struct supervise *supervise = data;
	struct signalfd_siginfo info;

	(void)condition;
	while (read(fd, &info, sizeof info) == sizeof info) {
		if (info.ssi_code <= 0)
			send_message(supervise, SPINOR_REAPER_SIGNAL, (int)info.ssi_signo);
	}
	return G_SOURCE_CONTINUE;
}

static gboolean
take_message(gint fd, GIOCondition condition, gpointer data)
{
	struct supervise *supervise = data;
	struct spinor_reaper_message message;

	(void)fd;
	(void)condition;
	if (!receive(supervise, &message)) {
		supervise->lost = true;
		g_main_loop_quit(supervise->loop);
		return G_SOURCE_CONTINUE;
	}
	if (message.type == SPINOR_REAPER_EXITED && !supervise->exited) {
		supervise->exited = true;
		supervise->outcome->status = message.value;
		if (!supervise->outcome->timed_out)
			send_message(supervise, SPINOR_REAPER_END, GRACE_MS);
	} else if (message.type == SPINOR_REAPER_DONE) {
		supervise->outcome->survivors = message.value != 0;
		g_main_loop_quit(supervise->loop);
	}
	return G_SOURCE_CONTINUE;
}

static gboolean
take_timeout(gpointer data)
{
	struct supervise *supervise = data;

	if (!supervise->exited) {
		supervise->outcome->timed_out = true;
		send_message(supervise, SPINOR_REAPER_END, GRACE_MS);
	}
	return G_SOURCE_REMOVE;
}

bool
spinor_supervise_wait(struct supervise *supervise, int64_t timeout_ns,
	struct spinor_supervise_outcome *outcome, GError **error)
{
	guint signals = g_unix_fd_add(supervise->signals, G_IO_IN, take_signal, supervise);
	guint channel =
		g_unix_fd_add(supervise->channel, G_IO_IN | G_IO_HUP, take_message, supervise);
	GSource *timer = NULL;

	*outcome = (struct spinor_supervise_outcome){0};
	supervise->outcome = outcome;
	supervise->loop = g_main_loop_new(NULL, FALSE);
	if (timeout_ns > 0) {
		timer = g_timeout_source_new((guint)MIN(timeout_ns / 1000000 + 1, G_MAXINT));
		g_source_set_callback(timer, take_timeout, supervise, NULL);
		g_source_attach(timer, NULL);
	}
	g_main_loop_run(supervise->loop);
	if (timer != NULL) {
		g_source_destroy(timer);
		g_source_unref(timer);
	}
	g_source_remove(signals);
	g_source_remove(channel);
	g_clear_pointer(&supervise->loop, g_main_loop_unref);
	supervise->outcome = NULL;
	if (!supervise->lost)
		return true;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED,
		"spinor's own reaper process was killed, and the command with it");
	return false;
}

void
spinor_supervise_die(int number)
{
	const struct rlimit none = {0, 0};
	sigset_t only;

	/* The first disables core files, the second a program that receives cores. */
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	signal(number, SIG_DFL);
	sigemptyset(&only);
	sigaddset(&only, number);
	pthread_sigmask(SIG_UNBLOCK, &only, NULL);
	raise(number);
	_exit(128 + number);
}
