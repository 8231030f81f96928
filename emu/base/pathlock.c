/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks on names of files: an abstract Unix socket named after a digest of the path, since paths
 * may be longer than sun_path. Leaves out processes in other network namespaces, which have
 * abstract names of their own.
 */
#include "base/pathlock.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

char *
base_path_canonical(const char *path, char **reason, int *code)
{
	g_autofree char *directory = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	char *real;
	char *result;

	if (*path == '\0' || g_str_has_suffix(path, "/") || strcmp(name, ".") == 0 ||
		strcmp(name, "..") == 0) {
		*code = EINVAL;
		*reason = g_strdup("names no file; allowed is a path to a new one");
		return NULL;
	}
	real = realpath(directory, NULL);
	if (real == NULL) {
		*code = errno;
		*reason = g_strdup_printf("directory %s: %s", directory, g_strerror(*code));
		return NULL;
	}
	result = g_build_filename(real, name, NULL);
	free(real);
	return result;
}

int
base_path_lock(const char *kind, const char *path)
{
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, path, -1);
	g_autofree char *name = g_strconcat("spinor-", kind, ":", digest, NULL);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	/* A NUL as the first byte makes the name abstract. */
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int code;

	if (fd < 0)
		return -errno;
	memcpy(address.sun_path + 1, name, strlen(name));
	if (bind(fd, (const struct sockaddr *)&address, length) == 0)
		return fd;
	code = errno;
	close(fd);
	return -code;
}
