/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a chip's array lives: blank and private, or a file that is mapped. */
#ifndef SPINOR_BENCH_IMAGE_H
#define SPINOR_BENCH_IMAGE_H

#include <glib.h>
#include <stdint.h>

struct bench_image;
struct bench_wafer;

/* FF (memory shared by all blank chips of the process). */
struct bench_wafer *bench_wafer_new(GError **error);
void bench_wafer_destroy(struct bench_wafer *wafer);

/*
 * path NULL: a blank array, copy-on-write on the wafer. Otherwise the file, locked against other
 * daemons and mapped shared; created blank when absent. size: bytes, the chip's; a file of another
 * size is refused. On error nothing on disk has changed.
 */
struct bench_image *bench_image_open(
	const char *path, uint64_t size, struct bench_wafer *wafer, GError **error);
void bench_image_close(struct bench_image *image);

uint8_t *bench_image_array(struct bench_image *image);

#endif
