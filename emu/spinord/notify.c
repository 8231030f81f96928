/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The notification protocol of sd_notify(3): one datagram per change of state, to a path or, if the
 * name starts with @, to a name in Linux's abstract socket namespace. Leaves out other kinds of
 * address (vsock:), which are for whole virtual machines.
 */
#include "spinord/notify.h"

#include "base/log.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

void
spinord_notify(const char *state)
{
	const char *name = g_getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const struct timeval limit = {.tv_sec = 1}; /* for a manager that does not receive */
	socklen_t size;
	size_t length;
	int fd;

	if (name == NULL || *name == '\0')
		return;
	length = strlen(name);
	if ((*name != '/' && *name != '@') || length >= sizeof address.sun_path) {
		log_warning(
			"NOTIFY_SOCKET %s: not used; allowed are /PATH and @NAME up to %zu bytes",
			name, sizeof address.sun_path - 1);
		return;
	}
	memcpy(address.sun_path, name, length);
	size = offsetof(struct sockaddr_un, sun_path) + length;
	if (*name == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (fd < 0 ||
		sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size) <
			0)
		log_warning("NOTIFY_SOCKET %s: cannot send %s: %s", name, state, g_strerror(errno));
	if (fd >= 0)
		close(fd);
}
