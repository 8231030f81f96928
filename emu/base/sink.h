/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A descriptor for output that is written without waiting: file, pipe, FIFO, terminal, device or
 * socket. */
#ifndef SPINOR_BASE_SINK_H
#define SPINOR_BASE_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct base_sink {
	int fd;       /* as given */
	int twin;     /* the same file, opened again so that writing does not wait; -1: none */
	bool own;     /* base_sink_close() closes fd */
	bool is_file; /* a regular file: writing takes no long time, and there is nothing to poll */
	bool is_socket;
	bool may_wait; /* there is no way to write without waiting, as in another user's pipe */
};

/*
 * Opens a path for output, and creates a regular file; flags: O_TRUNC, O_APPEND. Never waits: a
 * FIFO needs no reader, keeps what is written until one comes, and stays open when it goes. Returns
 * the descriptor or negative errno, which base_open_reason() explains.
 */
int base_sink_open(const char *path, int flags);

/* shared: other processes have the same open file, as that of standard output; its flags stay. */
void base_sink_init(struct base_sink *sink, int fd, bool shared);

/*
 * Writes a beginning of n bytes: that many, or negative errno; -EAGAIN: the reader does not read.
 * Pipes, terminals and sockets get whole lines, up to PIPE_BUF bytes, which the kernel does not mix
 * with the lines of other processes.
 */
ssize_t base_sink_write(const struct base_sink *sink, const char *text, size_t n);

/* True: no later write can succeed, since the reader is gone. code: errno of a write. */
bool base_sink_is_over(const struct base_sink *sink, int code);

/* The descriptor to poll for POLLOUT. */
int base_sink_poll_fd(const struct base_sink *sink);

/* Returns 0, or negative errno: a file system can tell a full disk as late as that. */
int base_sink_close(struct base_sink *sink);

#endif
