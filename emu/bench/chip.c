/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One chip: the model, the storage of its array and registers, and the only listener of the model,
 * which distributes each event.
 *
 *	event -> registers to disk -> counters -> trace -> observer -> levels
 *
 * Registers are saved first, in the thread that runs the model and before it continues, so that the
 * result of an operation that a host has seen complete survives any crash of the daemon.
 *
 * Leaves out the clock, which belongs to the adapter.
 */
#include "bench/chip.h"

#include "base/log.h"
#include "base/newfile.h"
#include "base/publish.h"
#include "bench/levels.h"
#include "bench/preset.h"
#include "bench/relabel.h"
#include "bench/saving.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "store/identity.h"
#include "store/image.h"
#include "store/journal.h"
#include "store/snapshot.h"
#include "store/state.h"
#include "trace/examples.h"
#include "trace/text.h"

#include <glib/gstdio.h>
#include <string.h>

struct bench_chip {
	char *label;
	char *owner;
	char *image_path;              /* NULL: the content is not saved */
	char *state_path;              /* NULL: the registers are not saved */
	bool snapshot;                 /* nothing is written to the image and its state */
	bool blank;                    /* the array was FF at the start */
	struct flash_part *relabelled; /* the part with changed identification; NULL: unchanged */
	struct store_image *image;
	struct flash *flash;
	struct bench_levels levels;

	struct flash_listener trace;
	void (*observe)(void *data, const struct flash_event *event);
	void *observe_data;
	struct trace_chip_stats stats;
	struct trace_examples *examples; /* of the counters; NULL: nothing counted yet */

	struct store_snapshots *snapshots; /* NULL: not used yet */
	uint8_t *changed;                  /* blocks changed before snapshots exists */
	size_t changed_bytes;

	struct bench_saving *saving;
	GPtrArray *unsaved; /* not owned; may be NULL */
	bool state_found;   /* at the start */
	bool state_stale;   /* it is of another image, and is renamed when the chip begins */
	bool preset;        /* the registers differ from those of the file */
	bool refused;       /* files that were created do not stay */
	char *aside;        /* new name of the stale state */
};

/* The examples are created on demand: an idle chip has none. */
static void
count(struct bench_chip *chip, const struct flash_event *event)
{
	if (chip->examples == NULL)
		chip->examples = trace_examples_new();
	trace_chip_stats_count(&chip->stats, event);
	trace_examples_add(chip->examples, event);
}

void
bench_chip_save_state(struct bench_chip *chip)
{
	bench_saving_registers(chip->saving);
}

static void
chip_event(void *data, const struct flash_event *event)
{
	struct bench_chip *chip = data;

	bench_saving_event(chip->saving, event);
	count(chip, event);
	if (chip->trace.event != NULL)
		chip->trace.event(chip->trace.data, event);
	if (chip->observe != NULL)
		chip->observe(chip->observe_data, event);
	bench_levels_event(&chip->levels, event);
}

/* The registers of another image, or of one that is gone: the chip has them as delivered. */
static void
refuse_stale(struct bench_chip *chip, const char *state_path)
{
	if (chip->snapshot)
		log_warning("%s: state \"%s\" is of another image and not used; the chip has its "
			    "registers as delivered",
			chip->owner, state_path);
	chip->state_stale = !chip->snapshot;
}

bool
bench_chip_begin(struct bench_chip *chip, GError **error)
{
	if (chip->state_stale) {
		chip->aside = store_state_set_aside(chip->state_path, error);
		if (chip->aside == NULL)
			return false;
		log_warning("%s: state \"%s\" is of another image; it is now \"%s\", and the chip "
			    "has its registers as delivered",
			chip->owner, chip->state_path, chip->aside);
	}
	bench_saving_begin(chip->saving);
	/* The image can change from now on: an existing state is marked as in use. */
	if (chip->preset || chip->state_found || bench_saving_has_unsaved_registers(chip->saving))
		bench_chip_save_state(chip);
	return true;
}

void
bench_chip_refuse(struct bench_chip *chip)
{
	chip->refused = true;
}

/* Removes the files of a refused start. True: the state is as it was before. */
static bool
withdraw(struct bench_chip *chip)
{
	bool restored = bench_saving_has_saved(chip->saving) && !chip->state_found &&
		g_unlink(chip->state_path) == 0;

	if (chip->aside != NULL && base_publish(chip->aside, chip->state_path))
		restored = true;
	store_image_withdraw(chip->image, chip->image_path);
	return restored;
}

/* Completes a change of the content that a killed daemon has left. Sets *state if the registers are
 * not those of the file. */
static bool
recover(const struct bench_chip *chip, const char *state_path, char **state, GError **error)
{
	g_autofree char *message = NULL;

	if (!store_journal_recover(
		    chip->image, chip->image_path, state_path, state, &message, error))
		return false;
	if (message != NULL)
		log_warning("%s: %s", chip->owner, message);
	return true;
}

static bool
find_state(const struct bench_chip *chip, const char *state_path, enum store_state_found *found,
	GError **error)
{
	g_autofree char *text = NULL;
	struct store_identity identity;

	*found = STORE_STATE_NONE;
	if (!chip->snapshot) {
		base_newfile_clean(chip->image_path);
		base_newfile_clean(state_path);
	}
	if (!recover(chip, state_path, &text, error))
		return false;
	if (text != NULL)
		return store_state_load_text(
			state_path, text, strlen(text), chip->flash, NULL, found, error);
	if (!g_file_test(state_path, G_FILE_TEST_EXISTS))
		return true;
	if (store_image_is_created(chip->image)) {
		*found = STORE_STATE_STALE;
		return true;
	}
	store_image_identity(chip->image, &identity);
	return store_state_load(state_path, chip->flash, &identity, found, error);
}

/* Leaves the registers as delivered, or loads them from the state file. */
static bool
load_state(struct bench_chip *chip, GError **error)
{
	g_autofree char *state_path = NULL;
	enum store_state_found found;

	if (chip->image_path == NULL)
		return true;
	state_path = g_strconcat(chip->image_path, ".state", NULL);
	if (!find_state(chip, state_path, &found, error))
		return false;
	if (found == STORE_STATE_STALE)
		refuse_stale(chip, state_path);
	if (found == STORE_STATE_NO_MARK)
		log_notice("%s: state \"%s\" does not say of which image it is; its registers "
			   "are used",
			chip->owner, state_path);
	if (chip->snapshot)
		return true;
	chip->state_path = g_steal_pointer(&state_path);
	chip->state_found = found == STORE_STATE_LOADED || found == STORE_STATE_NO_MARK;
	bench_saving_set_state(chip->saving, chip->state_path, chip->state_found);
	return true;
}

void
bench_chip_look_at_files(struct bench_chip *chip)
{
	bench_saving_look(chip->saving);
}

void
bench_chip_wrote_image(struct bench_chip *chip)
{
	bench_saving_wrote_image(chip->saving);
}

void
bench_chip_list_unsaved(const struct bench_chip *chip, GPtrArray *unsaved)
{
	bench_saving_list(chip->saving, unsaved);
}

void
bench_chip_set_saving_listener(struct bench_chip *chip,
	void (*report)(void *data, const char *what, const char *text), void *data)
{
	bench_saving_set_listener(chip->saving, report, data);
}

static struct store_image *
open_image(const struct bench_chip_plan *plan, GError **error)
{
	const struct store_image_plan image_plan = {
		.path = plan->image,
		.size = plan->part->size,
		.wafer = plan->wafer,
		.content = plan->content,
		.snapshot = plan->snapshot,
	};
	struct store_image *image = store_image_open(&image_plan, error);

	if (image != NULL && plan->image != NULL && plan->content_by_option &&
		!store_image_is_created(image))
		log_notice("%s: image \"%s\" exists and keeps its content; --content is for new "
			   "images",
			plan->owner, plan->image);
	return image;
}

static struct bench_saving *
new_saving(const struct bench_chip *chip, const struct bench_chip_plan *plan)
{
	const struct bench_saving_plan saving = {
		.owner = chip->owner,
		.flash = chip->flash,
		.image = chip->image,
		.context = plan->context,
		.watch = chip->snapshot ? NULL : plan->watch,
	};

	return bench_saving_new(&saving);
}

struct bench_chip *
bench_chip_new(const struct bench_chip_plan *plan, GError **error)
{
	struct store_image *image = open_image(plan, error);
	struct flash_listener listener = {.event = chip_event};
	struct bench_chip *chip;

	if (image == NULL)
		return NULL;
	chip = g_new0(struct bench_chip, 1);
	chip->label = g_strdup(plan->label);
	chip->owner = g_strdup(plan->owner);
	chip->image_path = g_strdup(plan->image);
	chip->image = image;
	chip->unsaved = plan->unsaved;
	chip->snapshot = plan->snapshot && plan->image != NULL;
	chip->blank = plan->image == NULL && plan->content.kind == STORE_CONTENT_BLANK;
	chip->relabelled = bench_relabel_part(plan->condition, plan->part);
	chip->flash = flash_new(chip->relabelled != NULL ? chip->relabelled : plan->part,
		store_image_array(image), plan->seed);
	/* The reader of chip data has checked the part, and relabelling keeps to its limits. */
	g_assert(chip->flash != NULL);
	chip->saving = new_saving(chip, plan);
	if (!load_state(chip, error)) {
		bench_chip_refuse(chip);
		bench_chip_destroy(chip);
		return NULL;
	}
	bench_levels_init(&chip->levels, chip->flash, plan->clock);
	if (plan->trace != NULL)
		chip->trace = trace_text_listen(plan->trace, plan->label);
	chip->changed_bytes = plan->part->size / FLASH_WATCH_BLOCK / 8 + 1;
	chip->changed = g_malloc0(chip->changed_bytes);
	flash_watch_array(chip->flash, chip->changed);
	if (!bench_preset_apply(
		    plan->condition, &chip->levels, plan->instant, plan->where, error)) {
		bench_chip_refuse(chip);
		bench_chip_destroy(chip);
		return NULL;
	}
	chip->preset = bench_preset_is_kept(plan->condition);
	listener.data = chip;
	flash_set_listener(chip->flash, &listener);
	return chip;
}

/* Each text begins with the names of adapter and chip select, as in the log. */
static void
hand_over_unsaved(const struct bench_chip *chip)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

	bench_chip_list_unsaved(chip, list);
	for (guint i = 0; chip->unsaved != NULL && i < list->len; i++)
		g_ptr_array_add(chip->unsaved,
			g_strdup_printf("%s: %s", chip->owner, (const char *)list->pdata[i]));
}

void
bench_chip_destroy(struct bench_chip *chip)
{
	if (chip == NULL)
		return;
	bench_saving_hold(chip->saving);
	flash_supply(chip->flash, 0);
	if (!chip->refused || !withdraw(chip))
		bench_saving_end(chip->saving, !chip->refused);
	hand_over_unsaved(chip);
	bench_saving_free(chip->saving);
	g_clear_pointer(&chip->snapshots, store_snapshots_destroy);
	flash_destroy(chip->flash);
	store_image_close(chip->image);
	g_free(chip->relabelled);
	g_free(chip->changed);
	g_free(chip->state_path);
	g_free(chip->aside);
	g_free(chip->image_path);
	g_free(chip->owner);
	trace_examples_free(chip->examples);
	g_free(chip->label);
	g_free(chip);
}

const struct flash_part *
bench_chip_part(const struct bench_chip *chip)
{
	return flash_part(chip->flash);
}

const char *
bench_chip_label(const struct bench_chip *chip)
{
	return chip->label;
}

const char *
bench_chip_image_path(const struct bench_chip *chip)
{
	return chip->image_path;
}

bool
bench_chip_is_snapshot(const struct bench_chip *chip)
{
	return chip->snapshot;
}

bool
bench_chip_image_is_created(const struct bench_chip *chip)
{
	return store_image_is_created(chip->image);
}

struct flash *
bench_chip_flash(struct bench_chip *chip)
{
	return chip->flash;
}

struct store_image *
bench_chip_image(struct bench_chip *chip)
{
	return chip->image;
}

struct bench_levels *
bench_chip_levels(struct bench_chip *chip)
{
	return &chip->levels;
}

static bool
changed_before_snapshots(const struct bench_chip *chip)
{
	for (size_t i = 0; i < chip->changed_bytes; i++)
		if (chip->changed[i] != 0)
			return true;
	return false;
}

static void
restored(void *data)
{
	struct bench_chip *chip = data;

	bench_chip_wrote_image(chip);
	bench_chip_save_state(chip);
}

/* Created on demand: their administrative data is larger than the rest of an idle chip. */
struct store_snapshots *
bench_chip_snapshots(struct bench_chip *chip)
{
	bool blank = chip->blank && !changed_before_snapshots(chip);

	if (chip->snapshots == NULL) {
		chip->snapshots = store_snapshots_new(chip->flash, store_image_array(chip->image),
			flash_part(chip->flash)->size, blank);
		store_snapshots_set_image(chip->snapshots, chip->image, chip->state_path != NULL);
		store_snapshots_set_listener(chip->snapshots, restored, chip);
	}
	return chip->snapshots;
}

unsigned int
bench_chip_n_snapshots(const struct bench_chip *chip)
{
	return chip->snapshots != NULL ? store_snapshots_count(chip->snapshots) : 0;
}

bool
bench_chip_is_changed(const struct bench_chip *chip)
{
	return changed_before_snapshots(chip) ||
		(chip->snapshots != NULL && store_snapshots_changed(chip->snapshots));
}

void
bench_chip_set_observer(struct bench_chip *chip,
	void (*observe)(void *data, const struct flash_event *event), void *data)
{
	chip->observe = observe;
	chip->observe_data = data;
}

struct trace_chip_stats *
bench_chip_stats(struct bench_chip *chip)
{
	return &chip->stats;
}

void
bench_chip_reset_stats(struct bench_chip *chip)
{
	chip->stats = (struct trace_chip_stats){0};
	g_clear_pointer(&chip->examples, trace_examples_free);
}

const struct trace_examples *
bench_chip_examples(const struct bench_chip *chip)
{
	return chip->examples;
}
