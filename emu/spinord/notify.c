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

/* Connected; -1: there is none. */
static int notify = -1;

void
spinord_notify_open(void)
{
	const char *name = g_getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const struct timeval limit = {.tv_sec = 1}; /* for a manager that does not receive */
	socklen_t size;
	size_t length;

	if (name == NULL || *name == '\0' || notify >= 0)
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
	notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (notify >= 0)
		setsockopt(notify, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (notify >= 0 && connect(notify, (struct sockaddr *)&address, size) == 0)
		return;
	log_warning("NOTIFY_SOCKET %s: cannot connect: %s", name, g_strerror(errno));
	if (notify >= 0)
		close(notify);
	notify = -1;
}

void
spinord_notify(const char *state)
{
	if (notify >= 0 && send(notify, state, strlen(state), MSG_NOSIGNAL) < 0)
		log_warning("NOTIFY_SOCKET %s: cannot send %s: %s", g_getenv("NOTIFY_SOCKET"),
			state, g_strerror(errno));
}
