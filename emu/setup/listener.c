/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inherited TCP sockets and the adapters that listen there. Leaves out the protocol by which the
 * process gets them: the daemon reads LISTEN_FDS.
 */
#include "setup/listener.h"

#include "base/error.h"
#include "setup/options.h"
#include "setup/setup.h"

#include <string.h>

struct listener {
	char *name;
	char *address;
	int fd;
};

static void
free_listener(void *data)
{
	struct listener *listener = data;

	g_free(listener->name);
	g_free(listener->address);
	g_free(listener);
}

void
setup_listener_add(struct setup_options *options, const char *name, const char *address, int fd)
{
	struct listener *listener = g_new0(struct listener, 1);

	listener->name = g_strdup(name);
	listener->address = g_strdup(address);
	listener->fd = fd;
	if (options->listeners == NULL)
		options->listeners = g_ptr_array_new_with_free_func(free_listener);
	g_ptr_array_add(options->listeners, listener);
}

/* Returns the adapter for an inherited socket. */
static struct setup_adapter *
adapter_of_listener(
	const struct setup_bench *setup, const struct listener *listener, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autofree char *why = NULL;

	if (strcmp(listener->name, "tcp") == 0 && setup->adapters->len == 1)
		return setup->adapters->pdata[0];
	g_ptr_array_add(known, (gpointer) "control");
	if (setup->adapters->len == 1)
		g_ptr_array_add(known, (gpointer) "tcp");
	for (guint i = 0; i < setup->adapters->len; i++) {
		struct setup_adapter *adapter = setup->adapters->pdata[i];

		if (strcmp(adapter->name, listener->name) == 0)
			return adapter;
		g_ptr_array_add(known, adapter->name);
	}
	g_ptr_array_add(known, NULL);
	why = base_unknown(listener->name, (const char *const *)known->pdata);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "LISTEN_FDNAMES: %s", why);
	return NULL;
}

bool
setup_listeners_take(struct setup_bench *setup, const struct setup_options *options, GError **error)
{
	for (guint i = 0; options->listeners != NULL && i < options->listeners->len; i++) {
		const struct listener *listener = options->listeners->pdata[i];
		struct setup_adapter *adapter = adapter_of_listener(setup, listener, error);

		if (adapter == NULL)
			return false;
		if (adapter->listener != 0 || adapter->link != NULL) {
			g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
				"LISTEN_FDNAMES: %s: adapter %s has a %s already; allowed is one "
				"socket for each",
				listener->name, adapter->name,
				adapter->link != NULL ? "link" : "socket");
			return false;
		}
		adapter->listener = listener->fd;
		g_free(adapter->tcp);
		adapter->tcp = g_strdup(listener->address);
	}
	return true;
}
