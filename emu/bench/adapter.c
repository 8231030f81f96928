/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One adapter: connects its port, cable, firmware, wires and chips, and runs the thread that serves
 * it.
 *
 * Everything here belongs to the adapter's thread from bench_adapter_start() until that thread has
 * been joined; the main thread only attaches sources to the context, and waits for those that
 * bench_adapter_call() attaches. Leaves out the chips themselves (chip.c).
 */
#include "bench/adapter.h"

#include "base/error.h"
#include "bench/activity.h"
#include "bench/cable.h"
#include "bench/chip.h"
#include "bench/faults.h"
#include "bench/levels.h"
#include "bench/readyline.h"
#include "board/board.h"
#include "chipdb/partdefinition.h"
#include "clip/clip.h"
#include "clip/wirefault.h"
#include "flash/flash.h"
#include "link/meter.h"
#include "port/port.h"
#include "record/tap.h"
#include "serprog/profile.h"
#include "serprog/serprog.h"

#include <gio/gio.h>
#include <stdarg.h>
#include <string.h>

/* Serial adapters ignore the speed, but flashrom requires one after the device. */
#define READY_BAUD 115200

/* The characters without special meaning in a shell and in flashrom's programmer parameters. */
#define PLAIN_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-@%"

/* A chip select line. */
struct chip_select {
	struct bench_adapter *adapter;
	unsigned int cs;
	struct bench_chip *chip; /* NULL: none */
	struct board *board;     /* of that chip; NULL: none */
	char *board_name;
	enum bench_boot boot;
};

struct bench_adapter {
	char *name;
	char *link; /* absolute; NULL: none */
	struct serprog_profile *profile;

	GMainContext *context;
	GMainLoop *loop;
	GThread *thread; /* NULL: not running */
	bool stopping;   /* main thread: bench_adapter_stop() was called */

	struct base_clock clock;
	struct clip *clip;
	struct serprog *serprog;
	struct bench_cable cable;
	struct link_meter meter;
	struct port_pty *pty; /* NULL: TCP */
	struct port_tcp *tcp; /* NULL: pseudo-terminal */
	struct chip_select selects[CLIP_SELECTS];
	struct bench_faults *faults; /* NULL: no fault was ever added */
	struct bench_activity *activity;

	bench_chip_observer *observe_chip;
	void *chip_data;
	bench_host_observer *observe_host;
	void *host_data;
	bench_saving_observer *observe_saving;
	void *saving_data;
};

/* An address that cannot be parsed is a usage error, one that the system refuses is not. */
static bool
open_tcp(struct bench_adapter *adapter, const struct bench_adapter_plan *plan, GError **error)
{
	struct base_endpoint endpoint = bench_cable_endpoint(&adapter->cable);
	GError *why = NULL;

	if (plan->listener != 0)
		adapter->tcp = port_tcp_new_at(adapter->context, endpoint, plan->listener);
	else
		adapter->tcp = port_tcp_new(adapter->context, endpoint, plan->tcp, &why);
	if (adapter->tcp != NULL) {
		port_tcp_set_idle(adapter->tcp, plan->tcp_idle_s);
		return true;
	}
	g_assert(why != NULL); /* only the second function fails */
	if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
		g_set_error(
			error, BASE_ERROR, BASE_ERROR_USAGE, "%s: %s", adapter->name, why->message);
	else
		g_set_error(
			error, BASE_ERROR, BASE_ERROR_FILE, "%s: %s", adapter->name, why->message);
	g_error_free(why);
	return false;
}

static bool
open_port(struct bench_adapter *adapter, const struct bench_adapter_plan *plan, GError **error)
{
	struct base_endpoint endpoint = bench_cable_endpoint(&adapter->cable);

	if (plan->tcp != NULL)
		return open_tcp(adapter, plan, error);
	adapter->pty = port_pty_new(adapter->context, plan->watch, endpoint, plan->link, error);
	if (adapter->pty == NULL)
		return false;
	if (plan->link != NULL)
		adapter->link = g_canonicalize_filename(plan->link, NULL);
	return true;
}

static void
chip_event(void *data, const struct flash_event *event)
{
	const struct chip_select *select = data;
	struct bench_adapter *adapter = select->adapter;

	bench_activity_event(adapter->activity, (int)select->cs, event);
	if (adapter->observe_chip != NULL)
		adapter->observe_chip(adapter->chip_data, adapter, select->cs, event);
}

static void
saving_changed(void *data, const char *what, const char *text)
{
	const struct chip_select *select = data;
	struct bench_adapter *adapter = select->adapter;
	struct trace_group group = {.kind = TRACE_GROUP_STORAGE,
		.cs = (int)select->cs,
		.time_ns = base_clock_now(&adapter->clock)};

	bench_activity_note(adapter->activity, group, what, text);
	if (adapter->observe_saving != NULL)
		adapter->observe_saving(adapter->saving_data, adapter, select->cs, what, text);
}

static void
host_changed(void *data, bool opened)
{
	struct bench_adapter *adapter = data;
	struct trace_group group = {.kind = TRACE_GROUP_HOST,
		.cs = -1,
		.time_ns = base_clock_now(&adapter->clock),
		.on = opened};

	bench_activity_note(adapter->activity, group, NULL, NULL);
	if (adapter->observe_host != NULL)
		adapter->observe_host(adapter->host_data, adapter, opened);
	for (unsigned int cs = 0; !opened && cs < CLIP_SELECTS; cs++)
		if (adapter->selects[cs].chip != NULL)
			bench_chip_look_at_files(adapter->selects[cs].chip);
}

struct bench_adapter *
bench_adapter_new(const struct bench_adapter_plan *plan, GError **error)
{
	struct bench_adapter *adapter = g_new0(struct bench_adapter, 1);

	adapter->name = g_strdup(plan->name);
	adapter->profile = setup_firmware_apply(&plan->firmware, plan->profile);
	adapter->context = g_main_context_new();
	g_main_context_set_poll_func(adapter->context, port_poll);
	adapter->loop = g_main_loop_new(adapter->context, FALSE);
	adapter->activity = bench_activity_new(adapter->context);
	base_clock_init(&adapter->clock, plan->timing);
	if (plan->time_scale > 0)
		base_clock_set_scale(&adapter->clock, plan->time_scale);
	adapter->clip = clip_new(&adapter->clock);
	clip_set_seed(adapter->clip, plan->seed);
	adapter->serprog = serprog_new(adapter->profile, adapter->clip, &adapter->clock);
	adapter->cable = (struct bench_cable){.owner = adapter->name,
		.context = adapter->context,
		.serprog = adapter->serprog,
		.meter = &adapter->meter,
		.seed = plan->seed};
	bench_cable_begin(&adapter->cable);
	adapter->meter.host_changed = host_changed;
	adapter->meter.data = adapter;
	if (plan->record != NULL)
		bench_cable_record(&adapter->cable, plan->record);
	if (open_port(adapter, plan, error)) {
		adapter->cable.pty = adapter->pty;
		adapter->cable.tcp = adapter->tcp;
		return adapter;
	}
	bench_adapter_destroy(adapter);
	return NULL;
}

void
bench_adapter_clip_on(struct bench_adapter *adapter, unsigned int cs, struct bench_chip *chip)
{
	struct chip_select *select = &adapter->selects[cs];

	g_return_if_fail(cs < CLIP_SELECTS && select->chip == NULL);
	select->adapter = adapter;
	select->cs = cs;
	select->chip = chip;
	bench_chip_set_observer(chip, chip_event, select);
	bench_chip_set_saving_listener(chip, saving_changed, select);
	clip_attach(adapter->clip, cs, bench_chip_flash(chip));
	bench_levels_clip_on(bench_chip_levels(chip), adapter->clip, cs);
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
			"%s: cannot start its thread: ", adapter->name);
		return false;
	}
	return true;
}

/* Not g_main_context_invoke(), which would run the function in this thread if the adapter's has not
 * yet entered its loop. */
static void
attach(struct bench_adapter *adapter, GSourceFunc function, void *data)
{
	g_autoptr(GSource) source = g_idle_source_new();

	g_source_set_priority(source, G_PRIORITY_HIGH);
	g_source_set_callback(source, function, data, NULL);
	g_source_attach(source, adapter->context);
}

static gboolean
quit(void *data)
{
	g_main_loop_quit(data);
	return G_SOURCE_REMOVE;
}

void
bench_adapter_stop(struct bench_adapter *adapter)
{
	if (adapter->thread == NULL || adapter->stopping)
		return;
	adapter->stopping = true;
	attach(adapter, quit, adapter->loop);
}

static void
join(struct bench_adapter *adapter)
{
	bench_adapter_stop(adapter);
	if (adapter->thread != NULL)
		g_thread_join(adapter->thread);
	adapter->thread = NULL;
}

/* Time stands still during a call that is recorded. */
static void
run_held(struct bench_adapter *adapter, void (*function)(void *data), void *data)
{
	bool recorded = adapter->cable.tap.writer != NULL;

	if (recorded)
		base_wall_hold();
	function(data);
	if (recorded)
		base_wall_release();
}

static gboolean
run_call(void *data)
{
	struct bench_call *call = data;

	run_held(call->adapter, call->function, call->data);
	g_mutex_lock(&call->mutex);
	call->done = true;
	g_cond_signal(&call->cond);
	g_mutex_unlock(&call->mutex);
	return G_SOURCE_REMOVE;
}

void
bench_call_begin(struct bench_call *call, struct bench_adapter *adapter,
	void (*function)(void *data), void *data)
{
	*call = (struct bench_call){.adapter = adapter, .function = function, .data = data};
	/* A thread that is about to end would not run the call. */
	if (adapter->stopping && adapter->thread != g_thread_self())
		join(adapter);
	if (adapter->thread == NULL || adapter->thread == g_thread_self()) {
		run_held(adapter, function, data);
		return;
	}
	call->waits = true;
	g_mutex_init(&call->mutex);
	g_cond_init(&call->cond);
	attach(adapter, run_call, call);
}

void
bench_call_end(struct bench_call *call)
{
	if (!call->waits)
		return;
	g_mutex_lock(&call->mutex);
	while (!call->done)
		g_cond_wait(&call->cond, &call->mutex);
	g_mutex_unlock(&call->mutex);
	g_cond_clear(&call->cond);
	g_mutex_clear(&call->mutex);
}

void
bench_adapter_call(struct bench_adapter *adapter, void (*function)(void *data), void *data)
{
	struct bench_call call;

	bench_call_begin(&call, adapter, function, data);
	bench_call_end(&call);
}

/* Completes operations that are over; interrupts others, as when a clip is removed. */
static void
remove_chips(struct bench_adapter *adapter)
{
	int64_t now = base_clock_now(&adapter->clock);

	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++) {
		g_clear_pointer(&adapter->selects[cs].board, board_free);
		g_clear_pointer(&adapter->selects[cs].board_name, g_free);
		if (adapter->selects[cs].chip == NULL)
			continue;
		flash_tick(bench_chip_flash(adapter->selects[cs].chip), now);
		g_clear_pointer(&adapter->selects[cs].chip, bench_chip_destroy);
	}
}

void
bench_adapter_destroy(struct bench_adapter *adapter)
{
	join(adapter);
	adapter->meter.host_changed = NULL;
	g_clear_pointer(&adapter->faults, bench_faults_destroy);
	bench_cable_end(&adapter->cable);
	g_clear_pointer(&adapter->pty, port_pty_destroy);
	g_clear_pointer(&adapter->tcp, port_tcp_destroy);
	g_clear_pointer(&adapter->serprog, serprog_destroy);
	g_clear_pointer(&adapter->clip, clip_destroy);
	remove_chips(adapter);
	bench_activity_destroy(adapter->activity);
	g_main_loop_unref(adapter->loop);
	g_main_context_unref(adapter->context);
	g_free(adapter->link);
	g_free(adapter->profile);
	g_free(adapter->name);
	g_free(adapter);
}

const char *
bench_adapter_name(const struct bench_adapter *adapter)
{
	return adapter->name;
}

const char *
bench_adapter_profile(const struct bench_adapter *adapter)
{
	return adapter->profile->name;
}

const char *
bench_adapter_link(const struct bench_adapter *adapter)
{
	return adapter->link;
}

const char *
bench_adapter_tcp(const struct bench_adapter *adapter)
{
	return adapter->tcp != NULL ? port_tcp_address(adapter->tcp) : NULL;
}

struct bench_chip *
bench_adapter_chip(const struct bench_adapter *adapter, unsigned int cs)
{
	return cs < CLIP_SELECTS ? adapter->selects[cs].chip : NULL;
}

unsigned int
bench_adapter_n_chips(const struct bench_adapter *adapter)
{
	unsigned int n = 0;

	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		n += adapter->selects[cs].chip != NULL;
	return n;
}

const char *
bench_adapter_path(const struct bench_adapter *adapter)
{
	return adapter->pty != NULL ? port_pty_path(adapter->pty) : NULL;
}

bool
bench_adapter_has_host(const struct bench_adapter *adapter)
{
	return adapter->meter.host;
}

struct base_endpoint
bench_adapter_endpoint(struct bench_adapter *adapter)
{
	return link_meter_endpoint(&adapter->meter);
}

void
bench_adapter_note(struct bench_adapter *adapter, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list arguments;

	if (adapter->cable.tap.writer == NULL)
		return;
	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	record_tap_note(&adapter->cable.tap, "%s", text);
}

GMainContext *
bench_adapter_context(struct bench_adapter *adapter)
{
	return adapter->context;
}

struct base_clock *
bench_adapter_clock(struct bench_adapter *adapter)
{
	return &adapter->clock;
}

struct clip *
bench_adapter_clip(struct bench_adapter *adapter)
{
	return adapter->clip;
}

static void
link_acted(void *data, const struct link_fault_report *report)
{
	const struct bench_adapter *adapter = data;

	bench_faults_link_acted(adapter->faults, report);
}

struct bench_faults *
bench_adapter_faults(struct bench_adapter *adapter)
{
	if (adapter->faults == NULL) {
		adapter->faults = bench_faults_new(adapter->clip, adapter->name);
		adapter->cable.acted = link_acted;
		adapter->cable.data = adapter;
		bench_faults_set_cable(adapter->faults, &adapter->cable);
		bench_faults_set_activity(adapter->faults, adapter->activity);
	}
	return adapter->faults;
}

struct bench_faults *
bench_adapter_has_faults(const struct bench_adapter *adapter)
{
	return adapter->faults;
}

void
bench_adapter_set_board(
	struct bench_adapter *adapter, unsigned int cs, const char *name, struct board *board)
{
	struct chip_select *select = &adapter->selects[cs];

	g_return_if_fail(select->board == NULL);
	select->board = board;
	select->board_name = g_strdup(name);
}

struct board *
bench_adapter_board(const struct bench_adapter *adapter, unsigned int cs, const char **name)
{
	if (cs >= CLIP_SELECTS)
		return NULL;
	if (name != NULL)
		*name = adapter->selects[cs].board_name;
	return adapter->selects[cs].board;
}

void
bench_adapter_set_boot(struct bench_adapter *adapter, unsigned int cs, enum bench_boot boot)
{
	g_return_if_fail(cs < CLIP_SELECTS);
	adapter->selects[cs].boot = boot;
}

enum bench_boot
bench_adapter_boot(const struct bench_adapter *adapter, unsigned int cs)
{
	return cs < CLIP_SELECTS ? adapter->selects[cs].boot : BENCH_BOOT_NEVER;
}

struct bench_cable *
bench_adapter_cable(struct bench_adapter *adapter)
{
	return &adapter->cable;
}

void
bench_adapter_set_chip_observer(
	struct bench_adapter *adapter, bench_chip_observer *observe, void *data)
{
	adapter->observe_chip = observe;
	adapter->chip_data = data;
}

void
bench_adapter_set_host_observer(
	struct bench_adapter *adapter, bench_host_observer *observe, void *data)
{
	adapter->observe_host = observe;
	adapter->host_data = data;
}

struct bench_activity *
bench_adapter_activity(struct bench_adapter *adapter)
{
	return adapter->activity;
}

void
bench_adapter_set_saving_observer(
	struct bench_adapter *adapter, bench_saving_observer *observe, void *data)
{
	adapter->observe_saving = observe;
	adapter->saving_data = data;
}

struct link_host_stats *
bench_adapter_host_stats(struct bench_adapter *adapter)
{
	return &adapter->meter.stats;
}

char *
bench_adapter_ready_line(const struct bench_adapter *adapter)
{
	g_autofree char *chips = bench_readyline_chips(adapter);
	g_autofree char *programmer = NULL;
	g_autofree char *command = NULL;
	const char *device = adapter->link;

	if (adapter->tcp != NULL) {
		programmer = g_strdup_printf("serprog:ip=%s", port_tcp_address(adapter->tcp));
		command = chipdb_flashrom_command(programmer, bench_readyline_definition(adapter));
		return g_strdup_printf("ready: %s %s %s%s", adapter->name, chips, command,
			port_tcp_is_public(adapter->tcp)
				? " # warning: anyone on the network can use it"
				: "");
	}
	if (device == NULL || device[strspn(device, PLAIN_CHARACTERS)] != '\0')
		device = port_pty_path(adapter->pty);
	programmer =
		g_strdup_printf("serprog:dev=%s:%d", device != NULL ? device : "-", READY_BAUD);
	command = chipdb_flashrom_command(programmer, bench_readyline_definition(adapter));
	return g_strdup_printf("ready: %s %s %s", adapter->name, chips, command);
}
