/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A symbolic link as the stable name of a pseudo-terminal. */
#ifndef SPINOR_PORT_SYMLINK_H
#define SPINOR_PORT_SYMLINK_H

#include <glib.h>

struct port_symlink;

/* Creates the symbolic link path to target, a /dev/pts node. Replaces a stale link of a spinord
 * that has ended; any other existing file is an error. */
struct port_symlink *port_symlink_new(const char *path, const char *target, GError **error);

/* Points the link to another node; target NULL removes it and keeps the name locked. On error the
 * link does not exist. */
gboolean port_symlink_point(struct port_symlink *link, const char *target, GError **error);

/* Removes the link, unless another program has changed it. */
void port_symlink_destroy(struct port_symlink *link);

#endif
