/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SIGTERM and SIGINT by signalfd(2). GLib's own sources of signals start a thread, which would
 * exist before the sandbox is entered, and keep its rights.
 */
#include "spinord/signals.h"

#include "base/log.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static gboolean
take(gint fd, GIOCondition condition, gpointer loop)
{
	struct signalfd_siginfo info;

	(void)condition;
	while (read(fd, &info, sizeof info) == sizeof info)
		g_main_loop_quit(loop);
	return G_SOURCE_CONTINUE;
}

void
spinord_signals_quit(GMainLoop *loop)
{
	sigset_t ends;
	int fd;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	fd = signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0) {
		log_warning("signals end the daemon at once: %s", g_strerror(errno));
		return;
	}
	sigprocmask(SIG_BLOCK, &ends, NULL);
	g_unix_fd_add(fd, G_IO_IN, take, loop);
}
