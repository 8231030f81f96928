/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that a client has opened for this process, which cannot open them itself. */
#ifndef SPINOR_BASE_GIVEN_H
#define SPINOR_BASE_GIVEN_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Until base_given_remove(), functions that are given this path use the descriptor instead, and
 * own it. Any thread. */
void base_given_add(const char *path, int fd);
void base_given_remove(const char *path);

bool base_given_has(const char *path);

/* A new descriptor of that file, at its beginning; -1: it was not given. Close it. */
int base_given_open(const char *path);

/* The same, or else the file opened for reading; -1 and errno. */
int base_given_or_read(const char *path);

/* Replaces the content of the file and waits until it is on the disk. False and errno; ENOENT: it
 * was not given. */
bool base_given_write(const char *path, const void *data, size_t n);

#endif
