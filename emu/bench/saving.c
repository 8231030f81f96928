/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a chip saves, and what it does when that is not possible.
 *
 * Registers are saved when they change, in the thread that runs the model. A save that fails is
 * reported once, and again when one succeeds; until then it is repeated with the next change, after
 * 1, 2, 4 ... 60 s, and at the end. The image needs no saving, as it is mapped; its file is looked
 * at when the kernel reports a change of it (inotify), when a host closes its port, at each save of
 * the registers, and at the end. Nothing polls.
 *
 *	the image is            while the bench runs            at the end
 *	shorter, unreadable     the chip is FF                  nothing can be saved
 *	on a full disk          changes are in memory, and      the same once more
 *	                        written when there is space
 *	without a name          as before                       written again under its name
 *	replaced                the registers are saved in      written to IMAGE.lost
 *	                        IMAGE.lost.state
 *	written by others       the chip has their content      nothing
 *
 * A state file that somebody else has written is renamed (IMAGE.state.old) before the next save.
 * long: what each kind of loss does to saving, and the source that repeats it.
 */
#include "bench/saving.h"

#include "base/log.h"
#include "base/publish.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "port/nodewatch.h"
#include "port/port.h"
#include "store/identity.h"
#include "store/image.h"
#include "store/lost.h"
#include "store/state.h"

#include <stdarg.h>
#include <unistd.h>

#define DELAY_MIN_S 1
#define DELAY_MAX_S 60
/* A program that writes a file anew, such as cp, truncates it first. */
#define SHORT_MAX_US (1 * G_USEC_PER_SEC)

struct saving_source {
	GSource base;
	struct bench_saving *saving;
};

struct bench_saving {
	char *owner;
	struct flash *flash;
	struct store_image *image;
	void (*report)(void *data, const char *what, const char *text);
	void *data;

	GSource *source; /* NULL: there is no context */
	struct port_watch *watch;
	struct port_watch_entry *entry; /* NULL: the image is not watched */
	unsigned int delay_s;           /* until the next attempt; 0: everything is saved */
	int64_t retry_us;               /* the time of the next attempt; 0: none */
	int64_t short_us;               /* since then the image is too short; 0: it is not */

	char *state_path;             /* NULL: the registers are not saved */
	char *usual_state_path;       /* while the image is replaced; else NULL */
	char *lost_path;              /* the same: for the content */
	struct store_file_mark state; /* the file as last written or loaded */
	bool dirty;                   /* unsaved changes: wear, or the last save failed */
	bool in_use;                  /* the file is marked as in use */
	bool begun;                   /* the registers are saved from now on */
	bool held;                    /* the last save follows */
	bool foreign_told;            /* of the state file that is there now */
	char *registers_why;          /* why the last save failed; NULL: it did not */

	enum store_loss loss; /* as reported */
	enum store_name name; /* as reported */
	bool written_told;    /* that others write to the image */
	char *image_why;      /* why the content is not saved at the end; NULL: it is */
};

static void G_GNUC_PRINTF(4, 5) tell(const struct bench_saving *saving, GLogLevelFlags level,
	const char *what, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_log("spinor", level, "%s: %s", saving->owner, text);
	if (saving->report != NULL)
		saving->report(saving->data, what, text);
}

/* Wakes the thread for the next attempt, and to look at an image that is too short. */
static void
set_timer(struct bench_saving *saving)
{
	int64_t at = saving->retry_us > 0 ? saving->retry_us : G_MAXINT64;

	if (saving->short_us > 0)
		at = MIN(at, saving->short_us + SHORT_MAX_US);
	if (saving->source != NULL && !saving->held)
		g_source_set_ready_time(saving->source, at < G_MAXINT64 ? at : -1);
}

/* Sets the time of the next attempt; the delay doubles with each one that fails. */
static void
schedule(struct bench_saving *saving, bool failed)
{
	bool waits = saving->registers_why != NULL || saving->loss == STORE_LOSS_WRITES;

	if (!waits)
		saving->delay_s = 0;
	else if (saving->delay_s == 0)
		saving->delay_s = DELAY_MIN_S;
	else if (failed)
		saving->delay_s = MIN(saving->delay_s * 2, DELAY_MAX_S);
	saving->retry_us = waits ? g_get_monotonic_time() + saving->delay_s * G_USEC_PER_SEC : 0;
	set_timer(saving);
}

/* A file that is not the one that was saved last keeps its content under another name. */
static bool
move_foreign_state(struct bench_saving *saving, GError **error)
{
	struct store_file_mark now;
	g_autofree char *aside = NULL;

	store_file_mark(saving->state_path, &now);
	if (store_file_mark_equal(&now, &saving->state))
		return true;
	if (!now.exists) {
		if (!saving->foreign_told)
			tell(saving, G_LOG_LEVEL_WARNING, "deleted",
				"state \"%s\" was deleted or renamed; it is written again",
				saving->state_path);
		saving->state = now;
		return true;
	}
	aside = store_state_set_aside(saving->state_path, error);
	if (aside == NULL)
		return false;
	tell(saving, G_LOG_LEVEL_WARNING, "replaced",
		"state \"%s\" was written by another program; it is now \"%s\", and the chip's "
		"registers are saved under its name",
		saving->state_path, aside);
	return true;
}

static void
report_save(struct bench_saving *saving, GError *error)
{
	if (error != NULL && saving->registers_why == NULL)
		tell(saving, G_LOG_LEVEL_CRITICAL, "unsaved",
			"the chip's registers are not saved: %s", error->message);
	else if (error == NULL && saving->registers_why != NULL)
		tell(saving, G_LOG_LEVEL_MESSAGE, "saved",
			"the chip's registers are saved in \"%s\"", saving->state_path);
	g_clear_pointer(&saving->registers_why, g_free);
	if (error != NULL)
		saving->registers_why = g_strdup(error->message);
}

/* identity: as for store_state_save(). */
static void
save_state(struct bench_saving *saving, const struct store_identity *identity)
{
	g_autoptr(GError) error = NULL;
	bool good;

	if (saving->state_path == NULL)
		return;
	saving->dirty = true;
	if (!saving->begun)
		return;
	good = move_foreign_state(saving, &error) &&
		store_state_save(saving->state_path, saving->flash, identity, &error);
	saving->dirty = !good;
	if (good) {
		saving->in_use = true;
		saving->foreign_told = false;
		store_file_mark(saving->state_path, &saving->state);
	}
	report_save(saving, error);
	schedule(saving, !good);
}

/* The registers move to another file. Ours moves with them, so that it is not taken for the state
 * of the file that has replaced the image; others stay. */
static void
move_state(struct bench_saving *saving, const char *path)
{
	struct store_file_mark now;

	store_file_mark(saving->state_path, &now);
	if (now.exists && store_file_mark_equal(&now, &saving->state))
		base_publish(saving->state_path, path);
	g_free(saving->state_path);
	saving->state_path = g_strdup(path);
	store_file_mark(path, &saving->state);
	saving->dirty = saving->dirty || !saving->state.exists;
}

static void
begin_replaced(struct bench_saving *saving)
{
	g_autofree char *state = NULL;

	saving->lost_path = store_image_lost_name(saving->image);
	if (saving->state_path == NULL)
		return;
	state = g_strconcat(saving->lost_path, ".state", NULL);
	saving->usual_state_path = g_strdup(saving->state_path);
	move_state(saving, state);
}

static void
end_replaced(struct bench_saving *saving)
{
	g_clear_pointer(&saving->lost_path, g_free);
	if (saving->usual_state_path == NULL)
		return;
	move_state(saving, saving->usual_state_path);
	g_clear_pointer(&saving->usual_state_path, g_free);
}

static void
report_name(struct bench_saving *saving, enum store_name before)
{
	const char *path = store_image_real_path(saving->image);

	if (saving->name == STORE_NAME_FREE)
		tell(saving, G_LOG_LEVEL_WARNING, "deleted",
			"image \"%s\" was deleted or renamed; the chip goes on, and its content is "
			"written under that name at the end",
			path);
	else if (saving->name == STORE_NAME_FOREIGN)
		tell(saving, G_LOG_LEVEL_WARNING, "replaced",
			"image \"%s\" was replaced by another file, which stays as it is; the chip "
			"goes on, and its content is written to \"%s\" at the end",
			path, saving->lost_path);
	else if (before != STORE_NAME_KEPT)
		tell(saving, G_LOG_LEVEL_MESSAGE, "returned", "image \"%s\" has its name again",
			path);
}

static void
look_at_name(struct bench_saving *saving)
{
	enum store_name before = saving->name;
	enum store_name now = store_image_name(saving->image);

	if (now == before)
		return;
	saving->name = now;
	if (before == STORE_NAME_FOREIGN)
		end_replaced(saving);
	if (now == STORE_NAME_FOREIGN)
		begin_replaced(saving);
	report_name(saving, before);
}

static void
look_at_loss(struct bench_saving *saving, enum store_loss now)
{
	const char *path = store_image_source(saving->image);

	if (now == saving->loss)
		return;
	saving->loss = now;
	if (now == STORE_LOSS_CONTENT) {
		flash_array_changed(saving->flash, 0, flash_part(saving->flash)->size);
		tell(saving, G_LOG_LEVEL_CRITICAL, "lost",
			"\"%s\" was truncated or cannot be read: the chip has lost its content "
			"and reads as FF; programs and erases are not saved any more",
			path);
	} else if (now == STORE_LOSS_WRITES) {
		tell(saving, G_LOG_LEVEL_CRITICAL, "unsaved",
			"image \"%s\" cannot be written, its disk is full or has failed: programs "
			"and erases are in memory until it can",
			path);
	} else {
		tell(saving, G_LOG_LEVEL_MESSAGE, "saved", "image \"%s\" has all changes again",
			path);
	}
	schedule(saving, false);
}

/* The chip loses its content with the first page that it misses, or when the file stays short. */
static void
look_at_size(struct bench_saving *saving, bool last)
{
	int64_t now_us = g_get_monotonic_time();

	if (!store_image_is_short(saving->image))
		saving->short_us = 0;
	else if (saving->short_us == 0)
		saving->short_us = now_us;
	if (saving->short_us > 0 &&
		(last || saving->source == NULL || now_us - saving->short_us >= SHORT_MAX_US)) {
		saving->short_us = 0;
		store_image_check(saving->image);
	}
	look_at_loss(saving, store_image_loss(saving->image));
}

/* Others have written to the file; the chip sees it, since it is mapped. */
static void
look_at_writes(struct bench_saving *saving)
{
	if (saving->entry == NULL || saving->short_us > 0 || saving->loss != STORE_LOSS_NONE ||
		!port_watch_file_written(saving->watch, saving->entry))
		return;
	flash_array_changed(saving->flash, 0, flash_part(saving->flash)->size);
	if (!saving->written_told)
		tell(saving, G_LOG_LEVEL_WARNING, "changed",
			"image \"%s\" was written by another program; the chip has that content",
			store_image_source(saving->image));
	saving->written_told = true;
}

static void
look_at_state(struct bench_saving *saving)
{
	struct store_file_mark now;

	if (saving->state_path == NULL || saving->foreign_told)
		return;
	store_file_mark(saving->state_path, &now);
	if (store_file_mark_equal(&now, &saving->state))
		return;
	saving->foreign_told = true;
	if (now.exists)
		tell(saving, G_LOG_LEVEL_WARNING, "replaced",
			"state \"%s\" was written by another program; it gets another name when "
			"the chip's registers are saved",
			saving->state_path);
	else
		tell(saving, G_LOG_LEVEL_WARNING, "deleted",
			"state \"%s\" was deleted or renamed; it is written again with the next "
			"change of registers, or at the end",
			saving->state_path);
}

void
bench_saving_wrote_image(struct bench_saving *saving)
{
	if (saving->entry != NULL)
		port_watch_file_written(saving->watch, saving->entry);
}

static void
write_image(struct bench_saving *saving)
{
	g_autoptr(GError) why = NULL;

	if (saving->loss != STORE_LOSS_WRITES)
		return;
	store_image_write_back(saving->image, &why);
	bench_saving_wrote_image(saving);
	look_at_loss(saving, store_image_loss(saving->image));
	schedule(saving, why != NULL);
}

static void
look(struct bench_saving *saving, bool last)
{
	look_at_size(saving, last);
	look_at_name(saving);
	look_at_writes(saving);
	look_at_state(saving);
}

void
bench_saving_look(struct bench_saving *saving)
{
	if (saving->entry != NULL)
		port_watch_file_changed(saving->watch, saving->entry);
	look(saving, false);
	write_image(saving);
	if (saving->registers_why != NULL)
		save_state(saving, NULL);
	set_timer(saving);
	/* An event between the look and the timer, which has replaced its wake-up. */
	if (saving->source != NULL && saving->entry != NULL &&
		port_watch_file_changed(saving->watch, saving->entry))
		g_source_set_ready_time(saving->source, 0);
}

void
bench_saving_registers(struct bench_saving *saving)
{
	if (saving->state_path == NULL)
		return;
	if (saving->begun)
		look_at_name(saving);
	save_state(saving, NULL);
}

void
bench_saving_event(struct bench_saving *saving, const struct flash_event *event)
{
	enum store_loss loss = store_image_loss(saving->image);

	if (loss != saving->loss)
		look_at_loss(saving, loss);
	/* Wear is saved with the next change of registers: a save now would slow the erase down. */
	if (event->kind == FLASH_EVENT_READY && event->purpose == FLASH_FOR_ERASE)
		saving->dirty = true;
	if (saving->held)
		saving->dirty = saving->dirty || event->kind == FLASH_EVENT_NONVOLATILE;
	else if (event->kind == FLASH_EVENT_NONVOLATILE ||
		(event->kind == FLASH_EVENT_POWER && event->length == 0 && saving->dirty))
		bench_saving_registers(saving);
}

void
bench_saving_begin(struct bench_saving *saving)
{
	if (saving->state_path != NULL)
		store_file_mark(saving->state_path, &saving->state);
	saving->begun = true;
}

bool
bench_saving_has_unsaved_registers(const struct bench_saving *saving)
{
	return saving->dirty;
}

bool
bench_saving_has_saved(const struct bench_saving *saving)
{
	return saving->in_use;
}

void
bench_saving_hold(struct bench_saving *saving)
{
	saving->held = true;
	if (saving->source != NULL)
		g_source_set_ready_time(saving->source, -1);
}

/* Gives the image its name again, or another one. */
static void
end_image(struct bench_saving *saving)
{
	const char *real = store_image_real_path(saving->image);
	g_autoptr(GError) why = NULL;

	if (saving->loss == STORE_LOSS_CONTENT)
		return;
	if (saving->name == STORE_NAME_FREE && !store_image_put_back(saving->image, &why) &&
		g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_EXIST)) {
		g_clear_error(&why);
		look_at_name(saving);
	} else if (saving->name == STORE_NAME_FREE && why == NULL) {
		tell(saving, G_LOG_LEVEL_MESSAGE, "saved",
			"image \"%s\" is written again with the chip's content", real);
		saving->name = STORE_NAME_KEPT;
		saving->loss = STORE_LOSS_NONE;
	}
	if (saving->name == STORE_NAME_FOREIGN &&
		store_image_keep(saving->image, saving->lost_path, &why)) {
		saving->loss = STORE_LOSS_NONE;
		saving->image_why = g_strdup_printf(
			"image \"%s\" was replaced by another file; the chip's content is in "
			"\"%s\"",
			real, saving->lost_path);
	}
	if (why != NULL)
		saving->image_why = g_strdup_printf(
			"the content of image \"%s\" is not saved: %s", real, why->message);
	if (saving->image_why != NULL)
		log_error("%s: %s", saving->owner, saving->image_why);
}

void
bench_saving_end(struct bench_saving *saving, bool with_image)
{
	bool failed_before = saving->registers_why != NULL, lost;
	struct store_identity identity;

	if (!saving->begun)
		return;
	if (with_image) {
		look(saving, true);
		write_image(saving);
		end_image(saving);
	}
	if (saving->state_path == NULL || (!saving->dirty && !saving->in_use))
		return;
	/* The registers are those of the file that was there, whatever its content is now. */
	lost = saving->loss == STORE_LOSS_CONTENT;
	if (!lost)
		store_image_identity(saving->image, &identity);
	save_state(saving, lost ? NULL : &identity);
	if (saving->registers_why != NULL && failed_before)
		log_error("%s: the chip's registers could not be saved until the end: %s",
			saving->owner, saving->registers_why);
}

void
bench_saving_list(const struct bench_saving *saving, GPtrArray *unsaved)
{
	const char *path = store_image_source(saving->image);

	if (saving->loss == STORE_LOSS_CONTENT)
		g_ptr_array_add(unsaved,
			g_strdup_printf("the content of the chip is lost: \"%s\" was truncated or "
					"cannot be read",
				path));
	else if (saving->loss == STORE_LOSS_WRITES)
		g_ptr_array_add(unsaved,
			g_strdup_printf("changes of image \"%s\": it cannot be written", path));
	if (saving->image_why != NULL)
		g_ptr_array_add(unsaved, g_strdup(saving->image_why));
	else if (saving->name == STORE_NAME_FOREIGN)
		g_ptr_array_add(unsaved,
			g_strdup_printf("image \"%s\" was replaced by another file", path));
	else if (saving->name == STORE_NAME_FREE)
		g_ptr_array_add(
			unsaved, g_strdup_printf("image \"%s\" was deleted or renamed", path));
	if (saving->registers_why != NULL)
		g_ptr_array_add(unsaved,
			g_strdup_printf("the chip's registers: %s", saving->registers_why));
}

void
bench_saving_set_listener(struct bench_saving *saving,
	void (*report)(void *data, const char *what, const char *text), void *data)
{
	saving->report = report;
	saving->data = data;
}

void
bench_saving_set_state(struct bench_saving *saving, const char *state_path, bool exists)
{
	saving->state_path = g_strdup(state_path);
	store_file_mark(state_path, &saving->state);
	saving->state.exists = saving->state.exists && exists;
}

static gboolean
dispatch(GSource *source, GSourceFunc callback, void *data)
{
	struct bench_saving *saving = ((struct saving_source *)source)->saving;

	(void)callback;
	(void)data;
	bench_saving_look(saving);
	return G_SOURCE_CONTINUE;
}

/* Observes the file, of which there is a descriptor whatever its name. */
static void
watch_image(struct bench_saving *saving, struct port_watch *watch)
{
	g_autofree char *path = store_image_descriptor_path(saving->image);

	if (watch == NULL || saving->source == NULL || path == NULL)
		return;
	saving->watch = watch;
	saving->entry = port_watch_add_file(watch, path, saving->source);
}

struct bench_saving *
bench_saving_new(const struct bench_saving_plan *plan)
{
	static GSourceFuncs functions = {.dispatch = dispatch};
	struct bench_saving *saving = g_new0(struct bench_saving, 1);

	saving->owner = g_strdup(plan->owner);
	saving->flash = plan->flash;
	saving->image = plan->image;
	if (plan->context == NULL || store_image_source(plan->image) == NULL)
		return saving;
	saving->source = g_source_new(&functions, sizeof(struct saving_source));
	g_source_set_name(saving->source, "saving");
	((struct saving_source *)saving->source)->saving = saving;
	g_source_attach(saving->source, plan->context);
	watch_image(saving, plan->watch);
	return saving;
}

void
bench_saving_free(struct bench_saving *saving)
{
	if (saving == NULL)
		return;
	if (saving->entry != NULL)
		port_watch_remove(saving->watch, saving->entry);
	if (saving->source != NULL) {
		g_source_destroy(saving->source);
		g_source_unref(saving->source);
	}
	g_free(saving->owner);
	g_free(saving->state_path);
	g_free(saving->usual_state_path);
	g_free(saving->lost_path);
	g_free(saving->registers_why);
	g_free(saving->image_why);
	g_free(saving);
}
