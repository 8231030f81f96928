/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One chip on the bench: the model, its array and registers on disk, and its listeners. */
#ifndef SPINOR_BENCH_CHIP_H
#define SPINOR_BENCH_CHIP_H

#include "store/initialcontent.h"
#include "trace/stats.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct bench_chip;
struct setup_condition;
struct store_image;
struct store_snapshots;
struct store_wafer;
struct bench_levels;
struct flash;
struct flash_event;
struct flash_part;
struct base_clock;
struct port_watch;
struct trace_examples;
struct trace_text;

/* Arguments of bench_chip_new(). Strings are copied, everything else outlives the chip. */
struct bench_chip_plan {
	const char *label; /* in the trace */
	const char *owner; /* adapter and chip select, in the log */
	const struct flash_part *part;
	const char *image; /* may be NULL: in memory */
	struct store_content content;
	bool content_by_option; /* worth a warning if the image has content already */
	bool snapshot;          /* nothing is written to image and state */
	const struct setup_condition *condition;
	const char *where; /* prefix of error messages; may be NULL */
	bool instant;      /* no operation takes time */
	uint64_t seed;
	struct store_wafer *wafer;
	struct base_clock *clock; /* the adapter's */
	struct trace_text *trace; /* may be NULL */
	GMainContext *context;    /* of the thread that owns the chip; may be NULL */
	struct port_watch *watch; /* of files; may be NULL */
	GPtrArray *unsaved; /* gets a text (char *) for each thing that is not saved at the end */
};

/* Creates the chip and brings it into its condition. No file but a new image is created or changed.
 * On error nothing remains. */
struct bench_chip *bench_chip_new(const struct bench_chip_plan *plan, GError **error);

/* Begins to save the registers, and renames a state that is of another image: when all of the bench
 * has been created. False on error. */
bool bench_chip_begin(struct bench_chip *chip, GError **error);

/* The start of the daemon is refused: bench_chip_destroy() will remove all files that the chip has
 * created. */
void bench_chip_refuse(struct bench_chip *chip);

/* Switches the supply off, saves registers and image if the chip has begun to, and frees it. */
void bench_chip_destroy(struct bench_chip *chip);

const struct flash_part *bench_chip_part(const struct bench_chip *chip);
const char *bench_chip_label(const struct bench_chip *chip);
/* NULL: none. */
const char *bench_chip_image_path(const struct bench_chip *chip);
/* True: nothing is written to the image. */
bool bench_chip_is_snapshot(const struct bench_chip *chip);
/* True: there was no image, and the chip has created it. */
bool bench_chip_image_is_created(const struct bench_chip *chip);

/* The functions below are to be called in the thread that owns the chip, see
 * bench_adapter_call(). */

struct flash *bench_chip_flash(struct bench_chip *chip);
struct store_image *bench_chip_image(struct bench_chip *chip);
struct bench_levels *bench_chip_levels(struct bench_chip *chip);

/* The first call creates them; the chip owns them. */
struct store_snapshots *bench_chip_snapshots(struct bench_chip *chip);
/* The number of snapshots; creates nothing. */
unsigned int bench_chip_n_snapshots(const struct bench_chip *chip);
/* True: the array may have changed since the start. */
bool bench_chip_is_changed(const struct bench_chip *chip);

/* Saves the registers if the chip has an image. Needed only after a change that sends no event:
 * others are saved at once. Logs failures. */
void bench_chip_save_state(struct bench_chip *chip);

/* Looks whether image and state are still there and whole, and tries again to save what is not
 * saved. Logs and reports what it finds. */
void bench_chip_look_at_files(struct bench_chip *chip);

/* To be called after this process has written to the image's file, as a load does. */
void bench_chip_wrote_image(struct bench_chip *chip);
/* Adds a text (char *) for each thing that is not saved now, without the name of the chip. */
void bench_chip_list_unsaved(const struct bench_chip *chip, GPtrArray *unsaved);
/* Calls report when something cannot be saved, and when it is. NULL removes it. */
void bench_chip_set_saving_listener(struct bench_chip *chip,
	void (*report)(void *data, const char *what, const char *text), void *data);

/* Sets the only observer, which is called after state and counters are updated; NULL removes it. */
void bench_chip_set_observer(struct bench_chip *chip,
	void (*observe)(void *data, const struct flash_event *event), void *data);

struct trace_chip_stats *bench_chip_stats(struct bench_chip *chip);
/* Sets all counters to 0. */
void bench_chip_reset_stats(struct bench_chip *chip);
/* Examples of the operations that the counters have counted; NULL: none. */
const struct trace_examples *bench_chip_examples(const struct bench_chip *chip);

#endif
