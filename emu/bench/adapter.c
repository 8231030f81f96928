/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One adapter: what the rooms below are, put together, and the thread that serves it.
 *
 * Everything here belongs to the adapter's thread from bench_adapter_start() until that thread has
 * been joined; the main thread then only attaches sources to the context. The chip's registers are
 * saved in the same thread, before the model goes on, so that a host which has seen an operation
 * end will find its result after any crash of the daemon.
 */
#include "bench/adapter.h"

#include "base/log.h"
#include "base/units.h"
#include "bench/image.h"
#include "bench/state.h"
#include "clip/clip.h"
#include "flash/flash.h"
#include "flash/part.h"
#include "port/port.h"
#include "serprog/serprog.h"
#include "trace/text.h"

#include <string.h>

/* Serial adapters ignore the speed, but flashrom wants one after the device. */
#define READY_BAUD 115200

/* What neither flashrom's programmer parameters nor a shell take for anything special. */
#define PLAIN_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-@%"

struct bench_adapter {
	char *name;
	char *link;       /* absolute; NULL: none */
	char *state_path; /* NULL: the chip is forgotten at the end */

	GMainContext *context;
	GMainLoop *loop;
	GThread *thread;

	struct sim_clock clock;
	struct clip *clip;
	struct serprog *serprog;
	struct port_pty *pty;
	struct bench_image *image;
	struct flash *chip;

	struct flash_listener chip_listener;
	struct flash_listener trace;
	bool state_dirty; /* the last save failed */
	bool save_failure_logged;
};

static void
save_state(struct bench_adapter *adapter)
{
	g_autoptr(GError) error = NULL;

	adapter->state_dirty = !bench_state_save(adapter->state_path, adapter->chip, &error);
	if (adapter->state_dirty && !adapter->save_failure_logged) {
		log_error("%s: the chip's registers are not saved: %s", adapter->name,
			error->message);
		adapter->save_failure_logged = true;
	}
}

static void
chip_event(void *data, const struct flash_event *event)
{
	struct bench_adapter *adapter = data;

	if (event->kind == FLASH_EVENT_NONVOLATILE && adapter->state_path != NULL)
		save_state(adapter);
	if (adapter->trace.event != NULL)
		adapter->trace.event(adapter->trace.data, event);
}

/* The chip as delivered or as its files say; the last step, since it may create the image. */
static bool
build_chip(struct bench_adapter *adapter, const struct bench_adapter_plan *plan, GError **error)
{
	const struct flash_part *part = plan->part;

	adapter->image = bench_image_open(plan->image, part->size, plan->wafer, error);
	if (adapter->image == NULL)
		return false;
	adapter->chip = flash_new(part, bench_image_array(adapter->image), plan->seed);
	if (plan->image != NULL) {
		g_autofree char *state_path = g_strconcat(plan->image, ".state", NULL);

		if (!bench_state_load(state_path, adapter->chip, error))
			return false;
		adapter->state_path = g_steal_pointer(&state_path);
	}
	if (plan->timing == SIM_CLOCK_INSTANT)
		flash_set_corner(adapter->chip, FLASH_CORNER_INSTANT);
	if (plan->trace != NULL)
		adapter->trace = trace_text_listen(plan->trace, part->name);
	adapter->chip_listener.event = chip_event;
	adapter->chip_listener.data = adapter;
	flash_set_listener(adapter->chip, &adapter->chip_listener);
	clip_attach(adapter->clip, 0, adapter->chip);
	return true;
}

struct bench_adapter *
bench_adapter_new(const struct bench_adapter_plan *plan, GError **error)
{
	struct bench_adapter *adapter = g_new0(struct bench_adapter, 1);

	adapter->name = g_strdup(plan->name);
	adapter->context = g_main_context_new();
	g_main_context_set_poll_func(adapter->context, port_poll);
	adapter->loop = g_main_loop_new(adapter->context, FALSE);
	sim_clock_init(&adapter->clock, plan->timing);
	adapter->clip = clip_new(&adapter->clock);
	adapter->serprog = serprog_new(plan->profile, adapter->clip, &adapter->clock);
	adapter->pty = port_pty_new(adapter->context, plan->watch,
		serprog_personality(adapter->serprog), plan->link, error);
	if (adapter->pty == NULL)
		goto fail;
	if (plan->link != NULL)
		adapter->link = g_canonicalize_filename(plan->link, NULL);
	if (!build_chip(adapter, plan, error))
		goto fail;
	return adapter;

fail:
	bench_adapter_destroy(adapter);
	return NULL;
}

static void *
serve(void *data)
{
	struct bench_adapter *adapter = data;

	g_main_context_push_thread_default(adapter->context);
	g_main_loop_run(adapter->loop);
	g_main_context_pop_thread_default(adapter->context);
	return NULL;
}

bool
bench_adapter_start(struct bench_adapter *adapter, GError **error)
{
	g_autoptr(GError) why = NULL;

	adapter->thread = g_thread_try_new(adapter->name, serve, adapter, &why);
	if (adapter->thread == NULL) {
		g_propagate_prefixed_error(error, g_steal_pointer(&why),
			"%s: can't start its thread: ", adapter->name);
		return false;
	}
	return true;
}

static gboolean
quit(void *data)
{
	g_main_loop_quit(data);
	return G_SOURCE_REMOVE;
}

/* Not g_main_context_invoke(), which would run quit() here, too early and without effect, when the
 * thread has not yet come to its loop. */
void
bench_adapter_stop(struct bench_adapter *adapter)
{
	g_autoptr(GSource) source = NULL;

	if (adapter->thread == NULL)
		return;
	source = g_idle_source_new();
	g_source_set_priority(source, G_PRIORITY_HIGH);
	g_source_set_callback(source, quit, adapter->loop, NULL);
	g_source_attach(source, adapter->context);
}

/* What has finished by now counts; what has not is cut off, as when a clip is pulled off. */
static void
power_off(struct bench_adapter *adapter)
{
	flash_tick(adapter->chip, sim_clock_now(&adapter->clock));
	flash_supply(adapter->chip, 0);
	if (adapter->state_dirty)
		save_state(adapter);
}

void
bench_adapter_destroy(struct bench_adapter *adapter)
{
	if (adapter->thread != NULL) {
		bench_adapter_stop(adapter);
		g_thread_join(adapter->thread);
	}
	g_clear_pointer(&adapter->pty, port_pty_destroy);
	g_clear_pointer(&adapter->serprog, serprog_destroy);
	g_clear_pointer(&adapter->clip, clip_destroy);
	if (adapter->chip_listener.event != NULL)
		power_off(adapter);
	g_clear_pointer(&adapter->chip, flash_destroy);
	g_clear_pointer(&adapter->image, bench_image_close);
	g_main_loop_unref(adapter->loop);
	g_main_context_unref(adapter->context);
	g_free(adapter->state_path);
	g_free(adapter->link);
	g_free(adapter->name);
	g_free(adapter);
}

char *
bench_adapter_ready_line(const struct bench_adapter *adapter)
{
	const struct flash_part *part = flash_part(adapter->chip);
	g_autofree char *size = units_format_size(part->size);
	g_auto(GStrv) words = g_strsplit(size, " ", -1);
	g_autofree char *one_word = g_strjoinv("", words);
	const char *device = adapter->link;

	if (device == NULL || device[strspn(device, PLAIN_CHARACTERS)] != '\0')
		device = port_pty_path(adapter->pty);
	return g_strdup_printf("ready: %s %s %s flashrom -p serprog:dev=%s:%d", adapter->name,
		part->name, one_word, device, READY_BAUD);
}
