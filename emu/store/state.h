/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chip's non-volatile registers on disk, beside its image (IMAGE.state). */
#ifndef SPINOR_STORE_STATE_H
#define SPINOR_STORE_STATE_H

#include <glib.h>
#include <stdbool.h>

struct flash;

/* Sets the chip's non-volatile state from path and powers the chip up; without the file it stays as
 * delivered. A damaged file, and one of a newer version or of another part, is an error and changes
 * nothing. */
bool store_state_load(const char *path, struct flash *chip, GError **error);

/* Replaces path atomically and durably. */
bool store_state_save(const char *path, struct flash *chip, GError **error);

#endif
