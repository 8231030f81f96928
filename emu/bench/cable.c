/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serial link and the cable between the port and the adapter's firmware. Without faults the
 * meter is connected to the firmware directly. Timers of the adapter's own main context unplug the
 * cable and plug it in again, never the firmware itself. With TCP the cable is the network's.
 */
#include "bench/cable.h"

#include "base/clock.h"
#include "base/log.h"
#include "link/link.h"
#include "link/meter.h"
#include "port/port.h"
#include "record/reader.h"
#include "serprog/serprog.h"

static void
cancel_timer(struct bench_cable *cable)
{
	if (cable->timer != NULL)
		g_source_destroy(cable->timer);
	g_clear_pointer(&cable->timer, g_source_unref);
}

static void
start_timer(struct bench_cable *cable, uint32_t ms, GSourceFunc function)
{
	cancel_timer(cable);
	cable->timer = g_timeout_source_new(ms);
	g_source_set_callback(cable->timer, function, cable, NULL);
	g_source_attach(cable->timer, cable->context);
	/* A fault acts while port_poll() waits for the port alone. */
	g_main_context_wakeup(cable->context);
}

bool
bench_cable_is_plugged(const struct bench_cable *cable)
{
	return cable->pty != NULL ? port_pty_path(cable->pty) != NULL
				  : port_tcp_is_plugged(cable->tcp);
}

void
bench_cable_unplug(struct bench_cable *cable)
{
	cancel_timer(cable);
	/* Without its supply the adapter holds no line any more. */
	if (bench_cable_is_plugged(cable))
		serprog_reset(cable->serprog);
	if (cable->pty != NULL)
		port_pty_unplug(cable->pty);
	else
		port_tcp_unplug(cable->tcp);
}

bool
bench_cable_plug(struct bench_cable *cable, GError **error)
{
	cancel_timer(cable);
	/* With the cable in, nothing starts anew; else the adapter gets its supply again. */
	if (!bench_cable_is_plugged(cable)) {
		if (cable->faults != NULL)
			link_plugged(cable->faults);
		else
			serprog_reset(cable->serprog);
	}
	if (cable->pty != NULL)
		return port_pty_plug(cable->pty, error);
	port_tcp_plug(cable->tcp);
	return true;
}

/* Records the effect of a timer: a replay has no timers. */
static void
begin_event(struct bench_cable *cable, const char *text)
{
	if (cable->tap.writer == NULL)
		return;
	base_wall_hold();
	record_tap_note(&cable->tap, "%s", text);
}

static void
end_event(const struct bench_cable *cable)
{
	if (cable->tap.writer != NULL)
		base_wall_release();
}

static gboolean
plug_in(void *data)
{
	struct bench_cable *cable = data;
	g_autoptr(GError) error = NULL;

	begin_event(cable, RECORD_PLUGGED);
	if (!bench_cable_plug(cable, &error))
		log_warning("%s: cannot plug in again: %s", cable->owner, error->message);
	end_event(cable);
	return G_SOURCE_REMOVE;
}

static gboolean
unplug(void *data)
{
	struct bench_cable *cable = data;

	begin_event(cable, RECORD_UNPLUGGED);
	bench_cable_unplug(cable);
	end_event(cable);
	if (cable->out_ms > 0)
		start_timer(cable, cable->out_ms, plug_in);
	return G_SOURCE_REMOVE;
}

static void
fault_unplugs(void *data, uint32_t ms)
{
	struct bench_cable *cable = data;

	cable->out_ms = ms;
	start_timer(cable, 0, unplug);
}

static unsigned int
host_baud(void *data)
{
	const struct bench_cable *cable = data;

	if (cable->baud != NULL)
		return *cable->baud;
	return cable->pty != NULL ? port_pty_baud(cable->pty) : 0;
}

static void
fault_acted(void *data, const struct link_fault_report *report)
{
	struct bench_cable *cable = data;

	if (cable->acted != NULL)
		cable->acted(cable->data, report);
}

void
bench_cable_begin(struct bench_cable *cable)
{
	cable->meter->behind = serprog_endpoint(cable->serprog);
}

static unsigned int
ask_baud(void *data)
{
	const struct bench_cable *cable = data;

	return cable->pty != NULL ? port_pty_baud(cable->pty) : 0;
}

/* Only a plain firmware without faults before it processes each byte when it takes it. */
static bool
may_wait(void *data)
{
	const struct bench_cable *cable = data;

	return cable->meter->behind.ops->deadline_ns != NULL;
}

void
bench_cable_record(struct bench_cable *cable, struct record_writer *writer)
{
	cable->tap = (struct record_tap){.writer = writer,
		.adapter = cable->owner,
		.behind = link_meter_endpoint(cable->meter),
		.ask_baud = ask_baud,
		.may_wait = may_wait,
		.data = cable};
	cable->baud = &cable->tap.baud;
}

struct base_endpoint
bench_cable_endpoint(struct bench_cable *cable)
{
	return cable->tap.writer != NULL ? record_tap_endpoint(&cable->tap)
					 : link_meter_endpoint(cable->meter);
}

void
bench_cable_end(struct bench_cable *cable)
{
	cancel_timer(cable);
	if (cable->faults == NULL)
		return;
	bench_cable_begin(cable);
	g_clear_pointer(&cable->faults, link_destroy);
}

struct link *
bench_cable_faults(struct bench_cable *cable)
{
	const struct link_listener listener = {
		.acted = fault_acted, .unplug = fault_unplugs, .baud = host_baud, .data = cable};

	if (cable->faults != NULL)
		return cable->faults;
	cable->faults = link_new(serprog_endpoint(cable->serprog), &listener);
	link_set_seed(cable->faults, cable->seed);
	if (cable->meter->host)
		link_join(cable->faults, cable->meter->opened_us, cable->meter->session_in,
			cable->meter->session_out);
	cable->meter->behind = link_endpoint(cable->faults);
	return cable->faults;
}

void
bench_cable_changed(struct bench_cable *cable)
{
	if (cable->faults != NULL && !link_is_needed(cable->faults))
		bench_cable_end(cable);
	if (cable->pty != NULL)
		port_pty_kick(cable->pty);
	if (cable->tcp != NULL)
		port_tcp_kick(cable->tcp);
}
