/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the log says of the files of a bench. */
#ifndef SPINOR_BENCH_FILENOTES_H
#define SPINOR_BENCH_FILENOTES_H

struct setup_bench;

/* Logs which files the bench file creates or changes, and that nothing is written to images. */
void bench_filenotes_log(const struct setup_bench *setup);

#endif
