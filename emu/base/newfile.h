/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that have no name until they are complete, so that a killed process leaves none behind. */
#ifndef SPINOR_BASE_NEWFILE_H
#define SPINOR_BASE_NEWFILE_H

#include <stdbool.h>
#include <stddef.h>

/* Of the only temporary name that a file can have: PATH.spinor-new. */
#define BASE_NEWFILE_SUFFIX ".spinor-new"

struct base_newfile {
	int fd;          /* open for reading and writing, locked (flock) */
	char *temporary; /* its name until it is complete; NULL: none */
};

/* Creates an empty file in the folder of path; mode as for open(). 0 or -errno. */
int base_newfile_open(struct base_newfile *file, const char *path, int mode);

/* Gives the file that name, and replaces no other file: -EEXIST. On success the descriptor belongs
 * to the caller. 0 or -errno. */
int base_newfile_link(struct base_newfile *file, const char *path);

/* The same, but replaces a file of that name. */
int base_newfile_replace(struct base_newfile *file, const char *path);

/* Closes and removes a file that has no name yet. */
void base_newfile_discard(struct base_newfile *file);

/* Writes all bytes; 0 or -errno. */
int base_write_all(int fd, const void *bytes, size_t n);

/* Creates or replaces a file, as a whole or not at all. durable: also if the machine loses power. 0
 * or -errno. */
int base_file_replace(const char *path, const void *bytes, size_t n, int mode, bool durable);

/* Waits until the names in the folder of path are on the disk. */
void base_sync_folder(const char *path);

/* Removes the temporary name that a killed process has left for path: a regular file of this user
 * that no process has locked. */
void base_newfile_clean(const char *path);

/* For tests: as on a file system that has no files without a name. */
void base_newfile_force_names(bool force);

#endif
