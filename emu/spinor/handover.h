/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that this program opens for a bench whose sandbox refuses them. */
#ifndef SPINOR_SPINOR_HANDOVER_H
#define SPINOR_SPINOR_HANDOVER_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdint.h>

struct spinor_client;

/* As spinor_client_call(). If the sandbox of the bench refuses the file that params name, calls
 * again, and passes descriptors of it. */
JsonNode *spinor_handover_call(struct spinor_client *client, const char *method, JsonObject *params,
	int64_t limit_ms, GError **error);

#endif
