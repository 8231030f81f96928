/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots of a chip: its array and non-volatile registers, in memory by name, or in files. */
#ifndef SPINOR_STORE_SNAPSHOT_H
#define SPINOR_STORE_SNAPSHOT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store_snapshots;
struct flash;
struct store_image;

struct store_snapshot_info {
	char *name;
	int64_t time_us; /* since 1970 */
	uint64_t size;   /* bytes of memory that dropping it frees */
};

/*
 * Snapshots of one chip. array, size: the chip's own, watched from now on (flash_watch_array());
 * blank: the array is known to be all FF. Chip and array outlive the snapshots. Call all these
 * functions in the thread that owns the chip, between its frames, and after flash_tick().
 */
struct store_snapshots *store_snapshots_new(
	struct flash *chip, uint8_t *array, uint64_t size, bool blank);
/* The array is that of an image, which a restore changes as a whole or not at all; has_state:
 * together with the state file, which the listener saves. Without this call the array is memory
 * alone. */
void store_snapshots_set_image(
	struct store_snapshots *snapshots, struct store_image *image, bool has_state);

void store_snapshots_destroy(struct store_snapshots *snapshots);

/* Calls restored after each restore, before the chip is used again: for saving its registers. One
 * listener; NULL removes it. */
void store_snapshots_set_listener(
	struct store_snapshots *snapshots, void (*restored)(void *data), void *data);

/* Takes a snapshot under a new name (1 to 64 of A-Z a-z 0-9 . _ -). It does not contain the effect
 * of an operation in progress. bytes_copied may be NULL. */
bool store_snapshots_take(
	struct store_snapshots *snapshots, const char *name, size_t *bytes_copied, GError **error);

/*
 * Restores array and registers, as if the chip were replaced by the one of the snapshot: supply
 * off, which interrupts an operation in progress, and on again if it was on. bytes_copied (may be
 * NULL) is set to the number of bytes written to the array.
 */
bool store_snapshots_restore(
	struct store_snapshots *snapshots, const char *name, size_t *bytes_copied, GError **error);

bool store_snapshots_drop(struct store_snapshots *snapshots, const char *name, GError **error);

/* struct store_snapshot_info, oldest first; free with g_ptr_array_unref(). */
GPtrArray *store_snapshots_list(const struct store_snapshots *snapshots);
unsigned int store_snapshots_count(const struct store_snapshots *snapshots);

/* The same with files: path is the array, a plain raw image, and path.state the registers. The two
 * are replaced one after the other, each as a whole or not at all. */
bool store_snapshots_take_file(struct store_snapshots *snapshots, const char *path, GError **error);
bool store_snapshots_restore_file(
	struct store_snapshots *snapshots, const char *path, size_t *bytes_copied, GError **error);

/* True when the array may have changed since store_snapshots_new(). */
bool store_snapshots_changed(const struct store_snapshots *snapshots);

#endif
