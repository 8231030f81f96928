/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folders that belong to the user, and that nobody else can enter. */
#ifndef SPINOR_BASE_OWNFOLDER_H
#define SPINOR_BASE_OWNFOLDER_H

#include <glib.h>

/*
 * Returns the user's folder in the folder shared (/tmp): shared/spinor-UID. If that name is taken
 * by another user: the first of the folders shared/spinor-UID-XXXXXX that are the user's. Creates
 * nothing; if the user has none, returns the first name.
 */
char *base_own_folder(const char *shared);

/* The same, and creates it if necessary; if the name is taken, with a name that nobody can guess.
 * NULL and errno: not possible. */
char *base_own_folder_create(const char *shared);

/* Opens a folder, if it is one, not a link, the user's and of mode 0700. -1 and errno: EPERM when
 * it is something else. */
int base_own_folder_open(const char *path);

#endif
