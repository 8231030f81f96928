/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A serial device or a TCP port as the device of a replay, which is its host. */
#ifndef SPINOR_REPLAY_SERIALPORT_H
#define SPINOR_REPLAY_SERIALPORT_H

#include "replay/replay.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct replay_device;

struct replay_device_plan {
	/* Returns the device node or HOST:PORT, which can be another one each time the line is
	 * opened; NULL and an error: there is none. Free with g_free(). */
	char *(*find)(void *data, GError **error);
	/* Repeats an action, "METHOD PARAMETERS"; NULL: actions are left out. */
	bool (*action)(void *data, const char *request, GError **error);
	void *data;
	int64_t limit_ms;     /* for an answer */
	unsigned int adapter; /* index in the head of the record; others are left out */
};

struct replay_device *replay_device_new(const struct replay_device_plan *plan);
void replay_device_free(struct replay_device *device);

struct replay_target replay_device_target(struct replay_device *device);

#endif
