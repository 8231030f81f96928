/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gives a file a name that is free, and replaces no other file, not even in a race. */
#define _GNU_SOURCE /* renameat2() */

#include "base/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

bool
base_publish(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	/* A file system without that flag, such as NFS. */
	if (link(from, to) < 0)
		return false;
	g_unlink(from);
	return true;
}
