/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens files whose names pass through folders that other users can write to. */
#ifndef SPINOR_BASE_OPENFILE_H
#define SPINOR_BASE_OPENFILE_H

#include <glib.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * As open(), with O_CLOEXEC. Fails with EACCES where the kernel does with fs.protected_symlinks,
 * protected_hardlinks, protected_fifos and protected_regular set, whatever they are: see
 * base_may_follow(), for each component of the path, and base_may_write().
 */
int base_open(const char *path, int flags, mode_t mode);

/* The reason why base_open(), called last in this thread, failed with that errno. */
const char *base_open_reason(int code);

/*
 * Checks a name under which a file is about to be created, replaced or renamed: its folder can be
 * opened by the rule of base_open(), and nothing of another user is there if all can write to it.
 * 0, or the errno that base_open_reason() explains.
 */
int base_check_path(const char *path);

/* True if user may follow a symbolic link that is in folder. False in a sticky folder that all can
 * write to, unless the link is the user's or the owner's of the folder. */
bool base_may_follow(const struct stat *folder, const struct stat *link, uid_t user);

/* True if user may write to an existing file that is in folder. False in a sticky folder that all
 * can write to, if the file is neither the user's nor the owner's of the folder, or if it is a
 * regular file with another name, which can be anywhere. */
bool base_may_write(const struct stat *folder, const struct stat *file, uid_t user);

#endif
