/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bench file as groups and keys. */
#ifndef SPINOR_BASE_KEYFILE_H
#define SPINOR_BASE_KEYFILE_H

#include <glib.h>

/* NULL and an error when it can't be read, is no text, or says something twice. */
GKeyFile *base_keyfile_load(const char *path, GError **error);

#endif
