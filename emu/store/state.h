/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chip's non-volatile registers on disk, beside its image (IMAGE.state). */
#ifndef SPINOR_STORE_STATE_H
#define SPINOR_STORE_STATE_H

#include <glib.h>
#include <stdbool.h>

struct flash;
struct store_identity;

enum store_state_found {
	STORE_STATE_NONE,    /* no file: as delivered */
	STORE_STATE_LOADED,  /* of this image, or left in use by a daemon that was killed */
	STORE_STATE_NO_MARK, /* loaded, but it does not say of which image it is */
	STORE_STATE_STALE,   /* of another image: not loaded */
};

/*
 * Sets the chip's non-volatile state from path and powers the chip up; without the file, and if it
 * is of another image, the chip stays as delivered. A damaged file, and one of a newer version or
 * of another part, is an error and changes nothing. image: the image beside it; NULL: it can be of
 * any. found may be NULL.
 */
bool store_state_load(const char *path, struct flash *chip, const struct store_identity *image,
	enum store_state_found *found, GError **error);

/* The same with the text of the file. */
bool store_state_load_text(const char *path, const char *text, gsize length, struct flash *chip,
	const struct store_identity *image, enum store_state_found *found, GError **error);

/* The text that store_state_save() writes; free with g_free(). */
char *store_state_text(struct flash *chip, const struct store_identity *image, gsize *length);

/* Replaces path atomically and durably. image: its image, unchanged from now on; NULL: the image is
 * in use and will change. */
bool store_state_save(
	const char *path, struct flash *chip, const struct store_identity *image, GError **error);

/* Renames a file that does not belong to its image to path.old, path.old.2 and so on, the first
 * name that is free. Returns that name, free with g_free(); NULL on error. */
char *store_state_set_aside(const char *path, GError **error);

#endif
