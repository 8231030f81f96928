/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing without waiting. O_NONBLOCK belongs to an open file, which standard output and error
 * share with the shell and with other programs that expect to wait; so the file is opened again
 * through /proc/self/fd, which gives this process an open file of its own, for pipes and terminals
 * too. Sockets cannot be opened again, and have MSG_DONTWAIT. If neither is possible (a pipe of
 * another user, no /proc), the caller polls first and writes at most PIPE_BUF bytes, which waits
 * only if another process fills the pipe between the two.
 *
 * A FIFO is opened for reading as well (fifo(7): "this never blocks on Linux"): it then needs no
 * reader, and the end of one reader is no error for the next.
 *
 * Leaves out regular files on a file system that hangs: writing to these waits.
 */
#include "base/sink.h"

#include "base/openfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define OPEN_FLAGS (O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

/* A FIFO with a name, unlike the pipe behind /dev/stdout: there the end of the reader is final. */
static bool
is_fifo(int fd)
{
	struct stat info;
	struct statfs system;

	return fstat(fd, &info) == 0 && S_ISFIFO(info.st_mode) && fstatfs(fd, &system) == 0 &&
		system.f_type != PIPEFS_MAGIC;
}

int
base_sink_open(const char *path, int flags)
{
	int fd = base_open(path, O_WRONLY | O_CREAT | OPEN_FLAGS | flags, 0666);
	int both;

	if (fd >= 0 ? !is_fifo(fd) : errno != ENXIO)
		return fd >= 0 ? fd : -errno;
	both = base_open(path, O_RDWR | OPEN_FLAGS, 0);
	if (both < 0)
		return fd >= 0 ? fd : -errno;
	if (fd >= 0)
		close(fd);
	return both;
}

void
base_sink_init(struct base_sink *sink, int fd, bool shared)
{
	char path[32];
	struct stat info;

	*sink = (struct base_sink){.fd = fd, .twin = -1, .own = !shared};
	if (fstat(fd, &info) < 0)
		return;
	sink->is_file = S_ISREG(info.st_mode) || S_ISBLK(info.st_mode);
	sink->is_socket = S_ISSOCK(info.st_mode);
	if (sink->is_file || sink->is_socket || !shared)
		return;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	sink->twin = open(path, O_WRONLY | O_APPEND | OPEN_FLAGS);
	sink->may_wait = sink->twin < 0;
}

/* Up to PIPE_BUF bytes that end with a line, if there is one. */
static size_t
piece_of(const char *text, size_t n)
{
	size_t piece;

	if (n <= PIPE_BUF)
		return n;
	for (piece = PIPE_BUF; piece > 0 && text[piece - 1] != '\n'; piece--)
		;
	return piece > 0 ? piece : PIPE_BUF;
}

ssize_t
base_sink_write(const struct base_sink *sink, const char *text, size_t n)
{
	int fd = base_sink_poll_fd(sink);
	ssize_t written;

	if (!sink->is_file)
		n = piece_of(text, n);
	do
		written = sink->is_socket ? send(fd, text, n, MSG_DONTWAIT | MSG_NOSIGNAL)
					  : write(fd, text, n);
	while (written < 0 && errno == EINTR);
	if (written < 0)
		return -errno;
	return written > 0 ? written : -ENOSPC;
}

bool
base_sink_is_over(const struct base_sink *sink, int code)
{
	switch (code) {
	case EPIPE:
	case ECONNRESET:
	case ENOTCONN:
	case EBADF:
	case EINVAL:
	case ENXIO:
	case ENODEV:
		return true;
	case EIO: /* of a terminal that has hung up */
		return !sink->is_file;
	default:
		return false;
	}
}

int
base_sink_poll_fd(const struct base_sink *sink)
{
	return sink->twin >= 0 ? sink->twin : sink->fd;
}

int
base_sink_close(struct base_sink *sink)
{
	int code = 0;

	if (sink->twin >= 0)
		close(sink->twin);
	if (sink->own && sink->fd >= 0 && close(sink->fd) < 0)
		code = -errno;
	sink->twin = sink->fd = -1;
	return code;
}
