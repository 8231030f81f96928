/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Actions on the content of chips: images and snapshots.
 *
 * The adapter's thread reads and writes the files, since it owns the array; its host waits
 * meanwhile. Leaves out registers, except in snapshots: an image is the array alone.
 */
#include "action/action.h"

#include "action/internal.h"
#include "bench/bench.h"
#include "bench/chip.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "store/image.h"
#include "store/snapshot.h"

static uint8_t *
array_of(const struct action_work *work)
{
	return store_image_array(bench_chip_image(work->chip));
}

static uint64_t
size_of(const struct action_work *work)
{
	return bench_chip_part(work->chip)->size;
}

static uint64_t
count_used(const uint8_t *array, uint64_t size)
{
	uint64_t used = 0;

	for (uint64_t i = 0; i < size; i++)
		used += array[i] != 0xFF;
	return used;
}

static bool
describe_image(struct action_work *work, GError **error)
{
	struct action_image_info *info = work->out;

	(void)error;
	info->path = g_strdup(bench_chip_image_path(work->chip));
	info->size = size_of(work);
	info->sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, array_of(work), info->size);
	info->used_bytes = count_used(array_of(work), info->size);
	info->dirty = bench_chip_is_changed(work->chip);
	return true;
}

bool
action_image_info(
	const struct action_target *target, struct action_image_info *info, GError **error)
{
	return action_work_run(target, describe_image, NULL, info, error);
}

/* A transfer between a chip and a file or a snapshot. */
struct transfer {
	bool in;          /* to the chip */
	const char *name; /* of the snapshot; NULL: none */
	const char *file; /* NULL: none */
};

static bool
transfer_image(struct action_work *work, GError **error)
{
	const struct transfer *transfer = work->in;
	uint64_t *bytes = work->out;

	*bytes = size_of(work);
	bench_chip_look_at_files(work->chip);
	if (!transfer->in && !store_image_save(array_of(work), *bytes, transfer->file, error))
		return false;
	if (transfer->in) {
		if (!action_work_between_frames(work, error) ||
			!store_image_load(bench_chip_image(work->chip), transfer->file, error))
			return false;
		bench_chip_wrote_image(work->chip);
		flash_array_changed(work->flash, 0, *bytes);
		flash_array_replaced(work->flash);
	}
	action_work_notify(
		work, ACTION_EVENT_IMAGE, transfer->in ? "load" : "save", transfer->file);
	return true;
}

/* The same as action_work_run(), and an error about the size of the file names chips that fit. */
static bool
run_with_file(const struct action_target *target,
	bool (*act)(struct action_work *work, GError **error), void *in, void *out,
	const char *file, GError **error)
{
	const struct bench_chip *chip = bench_adapter_chip(target->adapter, target->cs);
	GError *why = NULL;
	bool good = action_work_run(target, act, in, out, &why);

	if (why != NULL && chip != NULL && file != NULL)
		bench_explain_size(target->actions->bench, chip, file, &why);
	if (why != NULL)
		g_propagate_error(error, why);
	return good;
}

bool
action_image_save(
	const struct action_target *target, const char *path, uint64_t *bytes, GError **error)
{
	struct transfer transfer = {.in = false, .file = path};

	return action_work_run(target, transfer_image, &transfer, bytes, error);
}

bool
action_image_load(
	const struct action_target *target, const char *path, uint64_t *bytes, GError **error)
{
	struct transfer transfer = {.in = true, .file = path};

	return run_with_file(target, transfer_image, &transfer, bytes, path, error);
}

static bool
compare_image(struct action_work *work, GError **error)
{
	return store_image_compare(work->in, array_of(work), size_of(work), work->out, error);
}

bool
action_image_compare(const struct action_target *target, const char *path,
	struct store_difference *difference, GError **error)
{
	return run_with_file(target, compare_image, (void *)path, difference, path, error);
}

static bool
transfer_snapshot(struct action_work *work, GError **error)
{
	const struct transfer *transfer = work->in;
	const char *name = transfer->name, *file = transfer->file;
	uint64_t *bytes_copied = work->out;
	struct store_snapshots *snapshots;
	size_t copied = 0;
	bool good;

	if (!action_work_between_frames(work, error))
		return false;
	snapshots = bench_chip_snapshots(work->chip);
	if (transfer->in && file != NULL) {
		good = store_snapshots_restore_file(snapshots, file, &copied, error);
	} else if (transfer->in) {
		good = store_snapshots_restore(snapshots, name, &copied, error);
	} else if (file != NULL) {
		good = store_snapshots_take_file(snapshots, file, error);
		copied = size_of(work);
	} else {
		good = store_snapshots_take(snapshots, name, &copied, error);
	}
	*bytes_copied = copied;
	if (good)
		action_work_notify(work, ACTION_EVENT_SNAPSHOT, transfer->in ? "restore" : "take",
			transfer->in && file != NULL ? file : name);
	return good;
}

bool
action_snapshot_take(const struct action_target *target, const char *name, const char *file,
	uint64_t *bytes_copied, GError **error)
{
	struct transfer transfer = {.in = false, .name = name, .file = file};

	return action_work_run(target, transfer_snapshot, &transfer, bytes_copied, error);
}

bool
action_snapshot_restore(const struct action_target *target, const char *name, const char *file,
	uint64_t *bytes_copied, GError **error)
{
	struct transfer transfer = {.in = true, .name = name, .file = file};

	return run_with_file(target, transfer_snapshot, &transfer, bytes_copied, file, error);
}

static bool
list_snapshots(struct action_work *work, GError **error)
{
	(void)error;
	*(GPtrArray **)work->out = store_snapshots_list(bench_chip_snapshots(work->chip));
	return true;
}

GPtrArray *
action_snapshot_list(const struct action_target *target, GError **error)
{
	GPtrArray *list = NULL;

	action_work_run(target, list_snapshots, NULL, &list, error);
	return list;
}

static bool
drop_snapshot(struct action_work *work, GError **error)
{
	if (!store_snapshots_drop(bench_chip_snapshots(work->chip), work->in, error))
		return false;
	action_work_notify(work, ACTION_EVENT_SNAPSHOT, "drop", work->in);
	return true;
}

bool
action_snapshot_drop(const struct action_target *target, const char *name, GError **error)
{
	return action_work_run(target, drop_snapshot, (void *)name, NULL, error);
}
