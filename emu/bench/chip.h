/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One chip on the bench: the model, its array and registers on disk, and who listens to it. */
#ifndef SPINOR_BENCH_CHIP_H
#define SPINOR_BENCH_CHIP_H

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
struct trace_text;

/* What to build. Strings are copied, everything else outlives the chip. */
struct bench_chip_plan {
	const char *label; /* in the trace */
	const char *owner; /* whose chip it is, in the log */
	const struct flash_part *part;
	const char *image; /* may be NULL: blank and forgotten */
	const struct setup_condition *condition;
	const char *where; /* how errors about it begin; may be NULL */
	bool instant;      /* nothing is ever busy */
	uint64_t seed;
	struct store_wafer *wafer;
	struct base_clock *clock; /* the adapter's */
	struct trace_text *trace; /* may be NULL */
};

/* Builds the chip and brings it into its condition. On error nothing is left behind. */
struct bench_chip *bench_chip_new(const struct bench_chip_plan *plan, GError **error);

/* Takes the supply away, saves the registers and frees the chip. */
void bench_chip_destroy(struct bench_chip *chip);

const struct flash_part *bench_chip_part(const struct bench_chip *chip);
const char *bench_chip_label(const struct bench_chip *chip);
/* NULL: none. */
const char *bench_chip_image_path(const struct bench_chip *chip);

/* All below: in the thread that owns the chip, see bench_adapter_call(). */

struct flash *bench_chip_flash(struct bench_chip *chip);
struct store_image *bench_chip_image(struct bench_chip *chip);
struct bench_levels *bench_chip_wires(struct bench_chip *chip);

/* Made when first asked for; belongs to the chip. */
struct store_snapshots *bench_chip_snapshots(struct bench_chip *chip);
/* How many there are, without making anything. */
unsigned int bench_chip_n_snapshots(const struct bench_chip *chip);
/* True when the array may have changed since the start. */
bool bench_chip_is_changed(const struct bench_chip *chip);

/* Writes the registers to disk, when the chip has an image. For whoever has changed them past the
 * chip; all else is saved as it happens. Failures are logged. */
void bench_chip_save_state(struct bench_chip *chip);

/* Called after state and counters are up to date. One observer; NULL ends it. */
void bench_chip_set_observer(struct bench_chip *chip,
	void (*observe)(void *data, const struct flash_event *event), void *data);

struct trace_chip_stats *bench_chip_stats(struct bench_chip *chip);

#endif
