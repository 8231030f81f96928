/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host is silent if no byte moves in either direction, and it is not the adapter that lets it
 * wait: while an erase with timing real takes a minute, the time does not count. A host that does
 * not read its reply is silent.
 *
 * Every quarter of the limit the number of bytes is compared with the one before, so that nothing
 * is done for each exchange. The timer is a descriptor: one of GLib would make port_poll() serve
 * hosts in the slow way.
 */
#include "port/idle.h"

#include "port/pump.h"

#include <stdint.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define TICKS 4

struct port_idle {
	GSource *source; /* NULL: no timer */
	int timer;
	struct port_pump *pump;
	uint64_t moved; /* bytes at the last tick */
	unsigned int ticks;
	void (*silent)(void *data);
	void *data;
};

struct idle_source {
	GSource base;
	struct port_idle *idle;
};

bool
port_idle_tick(struct port_idle *idle)
{
	uint64_t moved = port_pump_moved(idle->pump);

	if (moved != idle->moved || !port_pump_waits_for_host(idle->pump))
		idle->ticks = 0;
	else
		idle->ticks++;
	idle->moved = moved;
	return idle->ticks >= TICKS;
}

static gboolean
idle_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
	struct port_idle *idle = ((struct idle_source *)source)->idle;
	uint64_t expirations;

	(void)callback;
	(void)data;
	if (read(idle->timer, &expirations, sizeof expirations) == sizeof expirations &&
		port_idle_tick(idle))
		idle->silent(idle->data);
	return G_SOURCE_CONTINUE;
}

/* Without descriptors there is no timer, and no limit. */
static void
start_timer(struct port_idle *idle, GMainContext *context, unsigned int limit_s)
{
	static GSourceFuncs funcs = {.dispatch = idle_dispatch};
	const struct timespec tick = {
		.tv_sec = limit_s / TICKS,
		.tv_nsec = (long)(limit_s % TICKS) * (1000000000 / TICKS),
	};
	const struct itimerspec every = {.it_interval = tick, .it_value = tick};

	idle->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (idle->timer < 0)
		return;
	timerfd_settime(idle->timer, 0, &every, NULL);
	idle->source = g_source_new(&funcs, sizeof(struct idle_source));
	((struct idle_source *)idle->source)->idle = idle;
	g_source_set_name(idle->source, "silent host");
	g_source_add_unix_fd(idle->source, idle->timer, G_IO_IN);
	g_source_attach(idle->source, context);
}

struct port_idle *
port_idle_new(GMainContext *context, unsigned int limit_s, struct port_pump *pump,
	void (*silent)(void *data), void *data)
{
	struct port_idle *idle = g_new0(struct port_idle, 1);

	idle->pump = pump;
	idle->moved = port_pump_moved(pump);
	idle->silent = silent;
	idle->data = data;
	start_timer(idle, context, limit_s);
	return idle;
}

void
port_idle_destroy(struct port_idle *idle)
{
	if (idle == NULL)
		return;
	if (idle->source != NULL) {
		g_source_destroy(idle->source);
		g_source_unref(idle->source);
	}
	if (idle->timer >= 0)
		close(idle->timer);
	g_free(idle);
}
