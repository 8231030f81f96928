/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots of a chip. A snapshot costs memory for the changes only, not for the size of the chip.
 *
 * A snapshot is a row of 64 KiB blocks. Blocks are read-only and reference-counted by the snapshots
 * that contain them; all snapshots share one block of FF. For each block of the live array we store
 * which saved block it equals, and the chip marks the blocks that it changes (flash_watch_array()):
 *
 *	live array    [ 0 ][ 1 ][ 2*][ 3 ]      * changed since the last take or restore
 *	equals          A    FF   B    C
 *	take            A    FF   D    C        only block 2 is copied
 *	restore A FF B C        B <- copied, the others are equal already
 *
 * "equals" holds no reference: when the last snapshot with a block is dropped, the block is freed
 * and that block of the array counts as unknown, so the next take copies it.
 *
 * Leaves out volatile state (a restored chip has just powered up), snapshots that outlive the
 * daemon other than as files, and changes of an image file by other programs.
 */
#include "store/snapshot.h"

#include "base/error.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "store/identity.h"
#include "store/image.h"
#include "store/journal.h"
#include "store/registers.h"
#include "store/state.h"

#include <string.h>

#define BLOCK_BYTES FLASH_WATCH_BLOCK
#define NAME_MAX_LENGTH 64
#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

struct block {
	unsigned int refs; /* snapshots that contain it; not counted for the blank one */
	uint8_t data[BLOCK_BYTES];
};

struct snapshot {
	char *name;
	int64_t time_us;
	struct block **blocks;
	struct store_registers *registers; /* and wear */
};

struct store_snapshots {
	struct flash *chip;
	uint8_t *array;
	uint64_t size;
	size_t n_blocks;
	uint8_t *dirty;       /* set by the chip: bit set, "equals" is out of date */
	struct block **equal; /* NULL: unknown */
	struct block *blank;
	GPtrArray *snapshots;      /* oldest first */
	struct store_image *image; /* of the array; NULL: memory */
	bool has_state;            /* registers are saved, too */
	bool changed;              /* according to bits of dirty that were cleared */
	void (*restored)(void *data);
	void *data;
};

static size_t
block_length(const struct store_snapshots *s, size_t i)
{
	return (size_t)MIN(s->size - (uint64_t)i * BLOCK_BYTES, BLOCK_BYTES);
}

static uint8_t *
block_at(const struct store_snapshots *s, size_t i)
{
	return s->array + i * BLOCK_BYTES;
}

static bool
is_dirty(const struct store_snapshots *s, size_t i)
{
	return s->dirty[i / 8] >> i % 8 & 1;
}

/* Records that block i of the array equals that one. */
static void
set_equal(struct store_snapshots *s, size_t i, struct block *block)
{
	s->changed = s->changed || is_dirty(s, i);
	s->dirty[i / 8] &= (uint8_t) ~(1 << i % 8);
	s->equal[i] = block;
}

static void
release_block(struct store_snapshots *s, size_t i, struct block *block)
{
	if (!block || block == s->blank || --block->refs > 0)
		return;
	if (s->equal[i] == block)
		s->equal[i] = NULL;
	g_free(block);
}

static void
free_snapshot(struct store_snapshots *s, struct snapshot *snapshot)
{
	for (size_t i = 0; i < s->n_blocks; i++)
		release_block(s, i, snapshot->blocks[i]);
	g_free(snapshot->blocks);
	store_registers_free(snapshot->registers);
	g_free(snapshot->name);
	g_free(snapshot);
}

/* A saved block that equals block i of the array, with a reference; NULL when out of memory. */
static struct block *
keep_block(struct store_snapshots *s, size_t i, size_t *copied)
{
	const uint8_t *array = block_at(s, i);
	size_t n = block_length(s, i);
	struct block *block = s->equal[i];

	/* A block that was erased and rewritten often has the same content. */
	if (block && is_dirty(s, i) && memcmp(array, block->data, n) != 0)
		block = NULL;
	if (!block && memcmp(array, s->blank->data, n) == 0)
		block = s->blank;
	if (!block) {
		block = g_try_malloc(sizeof(*block));
		if (!block)
			return NULL;
		block->refs = 0;
		memcpy(block->data, array, n);
		*copied += n;
	}
	block->refs++;
	set_equal(s, i, block);
	return block;
}

struct store_snapshots *
store_snapshots_new(struct flash *chip, uint8_t *array, uint64_t size, bool blank)
{
	struct store_snapshots *s = g_new0(struct store_snapshots, 1);

	s->chip = chip;
	s->array = array;
	s->size = size;
	s->n_blocks = (size_t)((size + BLOCK_BYTES - 1) / BLOCK_BYTES);
	s->dirty = g_malloc0(s->n_blocks / 8 + 1);
	s->equal = g_new0(struct block *, s->n_blocks);
	s->blank = g_new(struct block, 1);
	s->blank->refs = 0;
	memset(s->blank->data, 0xff, BLOCK_BYTES);
	for (size_t i = 0; blank && i < s->n_blocks; i++)
		s->equal[i] = s->blank;
	s->snapshots = g_ptr_array_new();
	flash_watch_array(chip, s->dirty);
	return s;
}

void
store_snapshots_destroy(struct store_snapshots *s)
{
	if (!s)
		return;
	flash_watch_array(s->chip, NULL);
	for (unsigned int i = 0; i < s->snapshots->len; i++)
		free_snapshot(s, s->snapshots->pdata[i]);
	g_ptr_array_unref(s->snapshots);
	g_free(s->blank);
	g_free(s->equal);
	g_free(s->dirty);
	g_free(s);
}

void
store_snapshots_set_image(struct store_snapshots *s, struct store_image *image, bool has_state)
{
	s->image = image;
	s->has_state = has_state;
}

void
store_snapshots_set_listener(struct store_snapshots *s, void (*restored)(void *data), void *data)
{
	s->restored = restored;
	s->data = data;
}

static struct snapshot *
find(const struct store_snapshots *s, const char *name)
{
	for (unsigned int i = 0; i < s->snapshots->len; i++) {
		struct snapshot *snapshot = s->snapshots->pdata[i];

		if (strcmp(snapshot->name, name) == 0)
			return snapshot;
	}
	return NULL;
}

/* "there are a, b" */
static char *
describe_names(const struct store_snapshots *s)
{
	GString *text = g_string_new("there are ");

	for (unsigned int i = 0; i < s->snapshots->len; i++) {
		const struct snapshot *snapshot = s->snapshots->pdata[i];

		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", snapshot->name);
	}
	if (s->snapshots->len == 0)
		g_string_append(text, "none");
	return g_string_free(text, FALSE);
}

static struct snapshot *
find_or_fail(const struct store_snapshots *s, const char *name, const char *verb, GError **error)
{
	struct snapshot *snapshot = find(s, name);
	g_autofree char *names = NULL;

	if (snapshot)
		return snapshot;
	names = describe_names(s);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"cannot %s snapshot \"%s\": none has that name; %s", verb, name, names);
	return NULL;
}

static bool
check_new_name(const struct store_snapshots *s, const char *name, GError **error)
{
	size_t length = strlen(name);
	g_autofree char *names = NULL;

	if (length == 0 || length > NAME_MAX_LENGTH || strspn(name, NAME_CHARACTERS) != length) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"cannot take snapshot \"%s\": not a name; allowed are 1 to %d of "
			"A-Z a-z 0-9 . _ -",
			name, NAME_MAX_LENGTH);
		return false;
	}
	if (!find(s, name))
		return true;
	names = describe_names(s);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"cannot take snapshot \"%s\": there is one already; drop it or choose another "
		"name; %s",
		name, names);
	return false;
}

bool
store_snapshots_take(
	struct store_snapshots *s, const char *name, size_t *bytes_copied, GError **error)
{
	struct snapshot *snapshot;
	size_t copied = 0;

	if (!check_new_name(s, name, error))
		return false;
	snapshot = g_new0(struct snapshot, 1);
	snapshot->name = g_strdup(name);
	snapshot->time_us = g_get_real_time();
	snapshot->blocks = g_new0(struct block *, s->n_blocks);
	snapshot->registers = store_registers_read(s->chip);
	for (size_t i = 0; i < s->n_blocks; i++) {
		snapshot->blocks[i] = keep_block(s, i, &copied);
		if (snapshot->blocks[i])
			continue;
		free_snapshot(s, snapshot);
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot take snapshot \"%s\": out of memory after %zu bytes; drop others "
			"or take it to a file",
			name, copied);
		return false;
	}
	g_ptr_array_add(s->snapshots, snapshot);
	if (bytes_copied)
		*bytes_copied = copied;
	return true;
}

/* The text of the state file for the registers. */
static char *
state_text(const struct store_snapshots *s, const struct store_registers *registers)
{
	struct flash *model = flash_new(flash_part(s->chip), NULL, 0);
	gsize length;
	char *text;

	store_registers_write(registers, model);
	text = store_state_text(model, NULL, &length);
	flash_destroy(model);
	return text;
}

/* A restore. */
struct restoring {
	struct store_snapshots *snapshots;
	const struct store_registers *registers;
	const struct snapshot *snapshot; /* NULL: of a file */
	const uint8_t *array;            /* of the file */
	int millivolts;
};

static bool
is_unchanged(const struct restoring *restoring, size_t i)
{
	return restoring->snapshots->equal[i] == restoring->snapshot->blocks[i] &&
		!is_dirty(restoring->snapshots, i);
}

static const uint8_t *
page_of(void *data, uint64_t at)
{
	const struct restoring *restoring = data;
	size_t i = (size_t)(at / BLOCK_BYTES);

	if (restoring->snapshot == NULL)
		return restoring->array + at;
	return is_unchanged(restoring, i) ? NULL
					  : restoring->snapshot->blocks[i]->data + at % BLOCK_BYTES;
}

/* Switches the chip off, as if it were replaced by another. Returns its supply, in mV. */
static int
switch_off(struct store_snapshots *s)
{
	int millivolts = flash_millivolts(s->chip);

	flash_supply(s->chip, 0);
	return millivolts;
}

/* Switches on the chip that has replaced it. */
static void
switch_on(struct store_snapshots *s, const struct store_registers *registers, int millivolts)
{
	flash_array_replaced(s->chip);
	store_registers_write(registers, s->chip);
	flash_supply(s->chip, millivolts);
	if (s->restored)
		s->restored(s->data);
}

/* The array has the new content. */
static void
applied(void *data)
{
	const struct restoring *restoring = data;
	struct store_snapshots *s = restoring->snapshots;

	if (restoring->snapshot == NULL)
		flash_array_changed(s->chip, 0, s->size);
	for (size_t i = 0; restoring->snapshot != NULL && i < s->n_blocks; i++) {
		if (is_unchanged(restoring, i))
			continue;
		s->changed = true;
		set_equal(s, i, restoring->snapshot->blocks[i]);
	}
	switch_on(s, restoring->registers, restoring->millivolts);
}

/* Without an image. */
static size_t
put_pages(struct store_snapshots *s, struct restoring *restoring)
{
	size_t written = 0;

	for (uint64_t at = 0; at < s->size; at += STORE_JOURNAL_PAGE) {
		const uint8_t *page = page_of(restoring, at);

		if (page != NULL)
			written += store_image_put(
				s->array + at, page, (size_t)MIN(s->size - at, STORE_JOURNAL_PAGE));
	}
	applied(restoring);
	return written;
}

static bool
restore(struct restoring *restoring, size_t *bytes_copied, GError **error)
{
	struct store_snapshots *s = restoring->snapshots;
	struct store_journal_content content = {
		.page = page_of, .data = restoring, .applied = applied, .applied_data = restoring};
	g_autofree char *text = NULL;
	size_t written;
	bool good = true;

	restoring->millivolts = switch_off(s);
	if (s->image == NULL) {
		written = put_pages(s, restoring);
	} else {
		content.state = text = s->has_state ? state_text(s, restoring->registers) : NULL;
		good = store_journal_replace(s->image, &content, &written, error);
	}
	if (!good)
		flash_supply(s->chip, restoring->millivolts);
	else if (bytes_copied != NULL)
		*bytes_copied = written;
	return good;
}

bool
store_snapshots_restore(
	struct store_snapshots *s, const char *name, size_t *bytes_copied, GError **error)
{
	const struct snapshot *snapshot = find_or_fail(s, name, "restore", error);
	struct restoring restoring = {.snapshots = s, .snapshot = snapshot};

	if (!snapshot)
		return false;
	restoring.registers = snapshot->registers;
	return restore(&restoring, bytes_copied, error);
}

bool
store_snapshots_drop(struct store_snapshots *s, const char *name, GError **error)
{
	struct snapshot *snapshot = find_or_fail(s, name, "drop", error);

	if (!snapshot)
		return false;
	g_ptr_array_remove(s->snapshots, snapshot);
	free_snapshot(s, snapshot);
	return true;
}

static void
free_info(void *data)
{
	struct store_snapshot_info *info = data;

	g_free(info->name);
	g_free(info);
}

GPtrArray *
store_snapshots_list(const struct store_snapshots *s)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(free_info);

	for (unsigned int i = 0; i < s->snapshots->len; i++) {
		const struct snapshot *snapshot = s->snapshots->pdata[i];
		struct store_snapshot_info *info = g_new0(struct store_snapshot_info, 1);

		info->name = g_strdup(snapshot->name);
		info->time_us = snapshot->time_us;
		for (size_t j = 0; j < s->n_blocks; j++) {
			const struct block *block = snapshot->blocks[j];

			if (block != s->blank && block->refs == 1)
				info->size += sizeof(*block);
		}
		g_ptr_array_add(list, info);
	}
	return list;
}

unsigned int
store_snapshots_count(const struct store_snapshots *s)
{
	return s->snapshots->len;
}

bool
store_snapshots_take_file(struct store_snapshots *s, const char *path, GError **error)
{
	g_autofree char *state = g_strconcat(path, ".state", NULL);

	struct store_identity image;

	return store_image_save_without(s->array, s->size, path, state, error) &&
		store_state_save(state, s->chip,
			store_identity_read_path(&image, path, s->array, s->size) ? &image : NULL,
			error);
}

/* The content of path.state, the registers of that array; NULL on error. */
static struct store_registers *
read_state(struct store_snapshots *s, const char *path, const uint8_t *array, GError **error)
{
	g_autofree char *state = g_strconcat(path, ".state", NULL);
	struct store_registers *registers;
	struct store_identity image;
	enum store_state_found found;
	struct flash *model;
	bool good;

	if (!g_file_test(state, G_FILE_TEST_EXISTS)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot restore snapshot \"%s\": its registers, \"%s\", are missing; "
			"load it as an image to keep the registers as they are",
			path, state);
		return NULL;
	}
	/* A second chip of that part reads the file, so that a bad file leaves ours unchanged. */
	model = flash_new(flash_part(s->chip), NULL, 0);
	registers = store_registers_read(s->chip);
	store_registers_write(registers, model);
	store_registers_free(registers);
	good = store_state_load(state, model,
		store_identity_read_path(&image, path, array, s->size) ? &image : NULL, &found,
		error);
	if (good && found == STORE_STATE_STALE) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot restore snapshot \"%s\": \"%s\" has the registers of another "
			"image; load it as an image to keep the registers as they are",
			path, state);
		good = false;
	}
	registers = good ? store_registers_read(model) : NULL;
	flash_destroy(model);
	return registers;
}

bool
store_snapshots_restore_file(
	struct store_snapshots *s, const char *path, size_t *bytes_copied, GError **error)
{
	g_autofree uint8_t *array = store_image_read(path, s->size, error);
	g_autoptr(store_registers) registers = array ? read_state(s, path, array, error) : NULL;
	struct restoring restoring = {.snapshots = s, .registers = registers, .array = array};

	return registers != NULL && restore(&restoring, bytes_copied, error);
}

bool
store_snapshots_changed(const struct store_snapshots *s)
{
	bool changed = s->changed;

	for (size_t i = 0; !changed && i < s->n_blocks; i++)
		changed = is_dirty(s, i);
	return changed;
}
