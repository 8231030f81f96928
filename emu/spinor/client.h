/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client of a bench's control socket: JSON-RPC calls with a time limit. */
#ifndef SPINOR_SPINOR_CLIENT_H
#define SPINOR_SPINOR_CLIENT_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SPINOR_FOREVER INT64_C(-1)

struct spinor_client;

/* Connects. SPINOR_ERROR_NO_BENCH: no bench listens at that socket. */
struct spinor_client *spinor_client_open(const char *path, GError **error);
void spinor_client_close(struct spinor_client *client);

/* Returns the process that listens at the socket; 0: not known. */
int64_t spinor_client_peer(const struct spinor_client *client);

/* True: the bench has closed the connection. */
bool spinor_client_has_ended(const struct spinor_client *client);

/* Shows a progress bar with that text during long calls. */
void spinor_client_show_progress(struct spinor_client *client, const char *text);

/* The bench's process pid transfers so many bytes in the next call, with write() or read(): the bar
 * has percent and time left. */
void spinor_client_expect_transfer(
	struct spinor_client *client, int64_t pid, bool writes, uint64_t bytes);

/*
 * Calls method and returns its result; free it with json_node_unref(). Takes ownership of params,
 * which may be NULL. SPINOR_ERROR_TIMEOUT: no reply within limit_ms; SPINOR_ERROR_USAGE: the bench
 * refuses the parameters; SPINOR_ERROR_FAILED: any other error of the bench.
 */
JsonNode *spinor_client_call(struct spinor_client *client, const char *method, JsonObject *params,
	int64_t limit_ms, GError **error);

/* Passes descriptors with the next call; they stay open. */
void spinor_client_pass(struct spinor_client *client, const int *files, size_t n);

/* The last call failed because the sandbox of the bench does not allow the file that it named. */
bool spinor_client_was_sandboxed(const struct spinor_client *client);

/* Returns the parameters of the next notification; free them with json_object_unref(). NULL without
 * an error: the bench has closed the connection. */
JsonObject *spinor_client_event(struct spinor_client *client, int64_t limit_ms, GError **error);

/* Waits until the bench closes the connection; false: it has not within limit_ms. */
bool spinor_client_wait_end(struct spinor_client *client, int64_t limit_ms, GError **error);

#endif
