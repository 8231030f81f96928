/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The other end of a bench's control socket: JSON-RPC calls that wait, but not for ever. */
#ifndef SPINOR_SPINOR_CLIENT_H
#define SPINOR_SPINOR_CLIENT_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SPINOR_FOREVER INT64_C(-1)

struct spinor_client;

/* Connects. A socket at which nobody listens is SPINOR_ERROR_NO_BENCH. */
struct spinor_client *spinor_client_open(const char *path, GError **error);
void spinor_client_close(struct spinor_client *client);

/* Shows a sign of life while calls take long. */
void spinor_client_show_progress(struct spinor_client *client, const char *what);

/*
 * Calls method and returns its result, which is freed with json_node_unref(). params: taken; may be
 * NULL. limit_ms: SPINOR_ERROR_TIMEOUT when there is no answer after that. Parameters that the
 * bench refuses are SPINOR_ERROR_USAGE, everything else that it says is SPINOR_ERROR_FAILED.
 */
JsonNode *spinor_client_call(struct spinor_client *client, const char *method, JsonObject *params,
	int64_t limit_ms, GError **error);

/* The next notification's parameters, which is freed with json_object_unref(). NULL without an
 * error: the bench has closed the connection. */
JsonObject *spinor_client_event(struct spinor_client *client, int64_t limit_ms, GError **error);

/* True when the bench has closed the connection within that time. */
bool spinor_client_wait_end(struct spinor_client *client, int64_t limit_ms, GError **error);

#endif
