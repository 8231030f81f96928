/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands between the port and the adapter's firmware. Without faults that is nothing: the
 * meter talks to the firmware itself. The cable is pulled and put in again by timers of the
 * adapter's own main context, never from within the firmware. With TCP the cable is the network's.
 */
#include "bench/cable.h"

#include "base/log.h"
#include "link/meter.h"
#include "port/port.h"
#include "link/link.h"
#include "serprog/serprog.h"

static void
forget_cable(struct bench_cable *line)
{
	if (line->cable != NULL)
		g_source_destroy(line->cable);
	g_clear_pointer(&line->cable, g_source_unref);
}

static void
wait_for_cable(struct bench_cable *line, uint32_t ms, GSourceFunc function)
{
	forget_cable(line);
	line->cable = g_timeout_source_new(ms);
	g_source_set_callback(line->cable, function, line, NULL);
	g_source_attach(line->cable, line->context);
	/* A fault acts while port_poll() waits for the line alone. */
	g_main_context_wakeup(line->context);
}

bool
bench_cable_is_plugged(const struct bench_cable *line)
{
	return line->pty != NULL ? port_pty_path(line->pty) != NULL
				 : port_tcp_is_plugged(line->tcp);
}

void
bench_cable_unplug(struct bench_cable *line)
{
	forget_cable(line);
	/* Without its supply the adapter holds no line any more. */
	if (bench_cable_is_plugged(line))
		serprog_reset(line->serprog);
	if (line->pty != NULL)
		port_pty_unplug(line->pty);
	else
		port_tcp_unplug(line->tcp);
}

bool
bench_cable_plug(struct bench_cable *line, GError **error)
{
	forget_cable(line);
	/* With the cable in, nothing starts anew; else the adapter gets its supply again. */
	if (!bench_cable_is_plugged(line)) {
		if (line->faults != NULL)
			link_line_plugged(line->faults);
		else
			serprog_reset(line->serprog);
	}
	if (line->pty != NULL)
		return port_pty_plug(line->pty, error);
	port_tcp_plug(line->tcp);
	return true;
}

static gboolean
put_in(void *data)
{
	struct bench_cable *line = data;
	g_autoptr(GError) error = NULL;

	if (!bench_cable_plug(line, &error))
		log_warning("%s: cannot plug in again: %s", line->owner, error->message);
	return G_SOURCE_REMOVE;
}

static gboolean
pull_out(void *data)
{
	struct bench_cable *line = data;

	bench_cable_unplug(line);
	if (line->out_ms > 0)
		wait_for_cable(line, line->out_ms, put_in);
	return G_SOURCE_REMOVE;
}

static void
fault_unplugs(void *data, uint32_t ms)
{
	struct bench_cable *line = data;

	line->out_ms = ms;
	wait_for_cable(line, 0, pull_out);
}

static unsigned int
host_baud(void *data)
{
	const struct bench_cable *line = data;

	return line->pty != NULL ? port_pty_baud(line->pty) : 0;
}

static void
fault_acted(void *data, const struct link_fault_report *report)
{
	struct bench_cable *line = data;

	if (line->acted != NULL)
		line->acted(line->data, report);
}

void
bench_cable_begin(struct bench_cable *line)
{
	line->meter->behind = serprog_endpoint(line->serprog);
}

void
bench_cable_end(struct bench_cable *line)
{
	forget_cable(line);
	if (line->faults == NULL)
		return;
	bench_cable_begin(line);
	g_clear_pointer(&line->faults, link_line_destroy);
}

struct link_line *
bench_cable_faults(struct bench_cable *line)
{
	const struct link_listener listener = {
		.acted = fault_acted, .unplug = fault_unplugs, .baud = host_baud, .data = line};

	if (line->faults != NULL)
		return line->faults;
	line->faults = link_line_new(serprog_endpoint(line->serprog), &listener);
	if (line->meter->host)
		link_line_join(line->faults, line->meter->opened_us, line->meter->session_in,
			line->meter->session_out);
	line->meter->behind = link_line_endpoint(line->faults);
	return line->faults;
}

void
bench_cable_changed(struct bench_cable *line)
{
	if (line->faults != NULL && !link_line_is_needed(line->faults))
		bench_cable_end(line);
	if (line->pty != NULL)
		port_pty_kick(line->pty);
	if (line->tcp != NULL)
		port_tcp_kick(line->tcp);
}
