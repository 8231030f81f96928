/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a chip saves: its registers and wear beside the image, and the image itself. */
#ifndef SPINOR_BENCH_SAVING_H
#define SPINOR_BENCH_SAVING_H

#include <glib.h>
#include <stdbool.h>

struct bench_saving;
struct flash;
struct flash_event;
struct port_watch;
struct store_image;

/* Arguments of bench_saving_new(). The string is copied, everything else outlives the saving. */
struct bench_saving_plan {
	const char *owner; /* adapter and chip select, in the log */
	struct flash *flash;
	struct store_image *image;
	GMainContext *context;    /* of the thread that owns the chip; NULL: no retry by itself */
	struct port_watch *watch; /* NULL: files are looked at when a host closes its port */
};

struct bench_saving *bench_saving_new(const struct bench_saving_plan *plan);
void bench_saving_free(struct bench_saving *saving);

/* Calls report after each change, with a word, such as "unsaved", and a text for people. The log
 * has it already. One listener; NULL removes it. */
void bench_saving_set_listener(struct bench_saving *saving,
	void (*report)(void *data, const char *what, const char *text), void *data);

/* The registers are saved in state_path from now on. exists: they were loaded from there. */
void bench_saving_set_state(struct bench_saving *saving, const char *state_path, bool exists);

/* From now on registers are saved; before, changes are only noted. */
void bench_saving_begin(struct bench_saving *saving);
bool bench_saving_has_unsaved_registers(const struct bench_saving *saving);
/* True: the file of the registers was written. */
bool bench_saving_has_saved(const struct bench_saving *saving);

/* This process has written to the image's file: those writes are not another program's. */
void bench_saving_wrote_image(struct bench_saving *saving);

/* Saves the registers. Needed only after a change that sends no event. */
void bench_saving_registers(struct bench_saving *saving);

/* An event of the chip. */
void bench_saving_event(struct bench_saving *saving, const struct flash_event *event);

/* Looks at the files, and tries again to save what is not saved. */
void bench_saving_look(struct bench_saving *saving);

/* Adds a text for each thing that is not saved, as char *, to be freed with g_free(). */
void bench_saving_list(const struct bench_saving *saving, GPtrArray *unsaved);

/* From now on nothing is saved until bench_saving_end(). */
void bench_saving_hold(struct bench_saving *saving);

/* The last save, unless nothing was saved before. What cannot be saved is in bench_saving_list()
 * afterwards. with_image false: the image is about to be removed, and its name has no meaning. */
void bench_saving_end(struct bench_saving *saving, bool with_image);

#endif
