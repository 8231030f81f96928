/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A daemon in the background. The first process waits for the second one:
 *
 *	first    fork, wait for a byte on a pipe                 exit status 0
 *	second   setsid, start, ready lines, standard streams,   byte, run
 *
 * The second one prints ready lines and errors of the start itself, since it still has the standard
 * streams of the first. If it ends before the byte, the pipe does, and the first one exits with its
 * status. It closes all other inherited descriptors: a reader of a pipe from the caller must not
 * wait for the end of the daemon. The working directory stays, for relative names of files.
 */
#define _GNU_SOURCE /* pipe2() */
#include "spinord/detach.h"

#include "base/error.h"
#include "base/log.h"
#include "base/openfile.h"
#include "base/sink.h"
#include "control/control.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t second;

static void
forward(int number)
{
	kill(second, number);
}

/* Closes all descriptors from first on. */
static void
close_from(int first)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): before there are threads */
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		/* NOLINTNEXTLINE(cert-err34-c): "." and ".." are 0 */
		int fd = atoi(entry->d_name);

		if (fd >= first && fd != dirfd(dir))
			close(fd);
	}
	if (dir != NULL)
		closedir(dir);
}

/* Waits until the second process is ready or has ended; returns the exit status. */
static int
wait_for_second(int report)
{
	char byte;
	ssize_t n;
	int status;

	signal(SIGINT, forward);
	signal(SIGTERM, forward);
	do
		n = read(report, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		return EXIT_SUCCESS;
	while (waitpid(second, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) != EXIT_SUCCESS)
		return WEXITSTATUS(status);
	if (WIFSIGNALED(status))
		log_error("--detach: signal %d ended the daemon before it was ready",
			WTERMSIG(status));
	else
		log_error("--detach: the daemon was stopped before it was ready");
	return EXIT_FAILURE;
}

bool
spinord_detach(int keep, int *report, int *status)
{
	int ends[2];

	close_from(keep);
	*status = EXIT_FAILURE;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		log_error("--detach: cannot create a pipe: %s", g_strerror(errno));
		return false;
	}
	second = fork();
	if (second < 0) {
		log_error("--detach: cannot create a process: %s", g_strerror(errno));
		return false;
	}
	if (second > 0) {
		close(ends[1]);
		*status = wait_for_second(ends[0]);
		return false;
	}
	close(ends[0]);
	setsid();
	*report = ends[1];
	return true;
}

void
spinord_detach_ready(int report)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	ssize_t n;

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		close(null);
	}
	n = write(report, "", 1);
	(void)n;
	close(report);
}

struct spinord_log {
	char *path;
	bool chosen; /* by the user */
	bool stays;  /* even if it is empty */
	int fd;
};

struct spinord_log *
spinord_log_new(const char *path, GError **error)
{
	g_autofree char *file = path != NULL ? g_canonicalize_filename(path, NULL)
					     : control_own_file(".log", error);
	struct spinord_log *log;
	bool created;
	int fd;

	if (file == NULL)
		return NULL;
	fd = base_sink_open(file, O_APPEND | O_EXCL);
	created = fd >= 0;
	/* It exists, or is a link to a name that is free. */
	if (fd < 0)
		fd = base_sink_open(file, O_APPEND);
	if (fd < 0) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE, "--log %s: %s", file,
			base_open_reason(-fd));
		return NULL;
	}
	log = g_new0(struct spinord_log, 1);
	log->path = g_steal_pointer(&file);
	log->stays = path != NULL && !created;
	log->chosen = path != NULL;
	log->fd = fd;
	return log;
}

const char *
spinord_log_path(const struct spinord_log *log)
{
	return log->path;
}

void
spinord_log_begin(struct spinord_log *log)
{
	if (log == NULL)
		return;
	dup2(log->fd, STDERR_FILENO);
	base_log_start();
	log->stays = log->stays || log->chosen;
}

void
spinord_log_destroy(struct spinord_log *log)
{
	struct stat info;

	if (log == NULL)
		return;
	if (!log->stays && fstat(log->fd, &info) == 0 && info.st_size == 0)
		unlink(log->path);
	close(log->fd);
	g_free(log->path);
	g_free(log);
}
