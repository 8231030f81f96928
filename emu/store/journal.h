/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replaces the content of an image as a whole or not at all, also when the daemon is killed. */
#ifndef SPINOR_STORE_JOURNAL_H
#define SPINOR_STORE_JOURNAL_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store_image;

/* The file beside an image that exists while its content is replaced. */
#define STORE_JOURNAL_SUFFIX ".spinor-load"

#define STORE_JOURNAL_PAGE 4096

/* The new content of a chip. */
struct store_journal_content {
	/* STORE_JOURNAL_PAGE bytes of the array from that offset, fewer at its end; valid until the
	 * content is replaced. NULL: they don't change. */
	const uint8_t *(*page)(void *data, uint64_t at);
	void *data;
	const char
		*state; /* text of the state file for the new content; NULL: the registers stay */
	/* called when the array has the new content; saves the state. May be NULL. */
	void (*applied)(void *applied_data);
	void *applied_data;
};

/* The function page for content that is in memory as a whole: data points to it. */
const uint8_t *store_journal_page_of_bytes(void *data, uint64_t at);

/*
 * Replaces the content of the array; writes only pages that differ. On error
 * nothing is changed: there is no space for the new pages, or they can't be written. Sets written
 * (may be NULL) to the number of bytes that differed.
 */
bool store_journal_replace(struct store_image *image, const struct store_journal_content *content,
	size_t *written, GError **error);

/*
 * Completes the replacement that a killed daemon has left for the image of that name, which has
 * just been opened, or drops it if it had not begun. If nothing is to be written to the image, all
 * files stay as they are: the array has the complete content and *state, if not NULL afterwards, is
 * the text of its state. Sets *message to what has happened; unchanged if there was nothing to do.
 * Free both with g_free().
 */
bool store_journal_recover(struct store_image *image, const char *path, const char *state_path,
	char **state, char **message, GError **error);

#endif
