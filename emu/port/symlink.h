/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stable name for a pseudo-terminal. */
#ifndef SPINOR_PORT_SYMLINK_H
#define SPINOR_PORT_SYMLINK_H

#include <glib.h>

struct port_symlink;

/* Makes the symbolic link path point to target, a /dev/pts node. Replaces what an ended spinor left
 * there and nothing else. */
struct port_symlink *port_symlink_new(const char *path, const char *target, GError **error);

/* Points the link to another node, or with target NULL takes it away; the name stays claimed. On
 * error there is no link of ours. */
gboolean port_symlink_point(struct port_symlink *link, const char *target, GError **error);

/* Removes the link, unless somebody has pointed it elsewhere. */
void port_symlink_destroy(struct port_symlink *link);

#endif
