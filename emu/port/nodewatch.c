/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One inotify instance for all ports of the process (inotify(7): 128 instances per user, but
 * thousands of watches). Its descriptor wakes the main thread, but any thread may read it: a port
 * must see the CLOSE of its host before it interprets bytes received after that, and cannot wait
 * for another thread to deliver it. Every reader therefore distributes all events to the entries
 * and wakes the other entries' ports.
 *
 * The kernel merges equal consecutive events that are still unread: one OPEN may stand for two
 * opens. The ports allow for that.
 *
 * A second instance reports write() and close(), in order: a port has to know whether a host that
 * has gone wrote more than the port has read. It wakes nobody, since hosts write all the time: the
 * ports read it together with the bytes. Without it (a limit of the kernel) nothing was left.
 */
#include "port/nodewatch.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* A queue that is full is replaced by one PORT_WATCH_LOST. */
#define QUEUE_MAX 64

struct port_watch {
	int fd;
	GSource *source;
	GMutex mutex;        /* guards the rest */
	GHashTable *entries; /* watch descriptor -> entry */
	int writes_fd;       /* the second instance; -1: none */
	GHashTable *writers; /* its watch descriptor -> entry */
};

struct port_watch_entry {
	int wd;
	GSource *wake;
	GByteArray *queue; /* of enum port_watch_event */
	int writes_wd;     /* -1: none */
	struct port_watch_writes writes;
	bool is_file; /* without events in the queue */
	bool changed;
	bool written;
};

static void
queue_event(struct port_watch_entry *entry, enum port_watch_event event)
{
	uint8_t byte = (uint8_t)event;

	if (entry->queue->len >= QUEUE_MAX) {
		g_byte_array_set_size(entry->queue, 0);
		byte = PORT_WATCH_LOST;
	}
	g_byte_array_append(entry->queue, &byte, 1);
}

static void
queue_and_wake(struct port_watch_entry *entry, enum port_watch_event event,
	const struct port_watch_entry *reader)
{
	if (!entry->is_file)
		queue_event(entry, event);
	if (entry != reader)
		g_source_set_ready_time(entry->wake, 0);
}

static void
distribute(struct port_watch *watch, const struct inotify_event *event,
	const struct port_watch_entry *reader)
{
	struct port_watch_entry *entry;

	if (event->mask & IN_Q_OVERFLOW) {
		GHashTableIter iter;
		gpointer value;

		g_hash_table_iter_init(&iter, watch->entries);
		while (g_hash_table_iter_next(&iter, NULL, &value))
			queue_and_wake(value, PORT_WATCH_LOST, reader);
		return;
	}
	/* The queue may still hold events of a watch that was removed. */
	entry = g_hash_table_lookup(watch->entries, GINT_TO_POINTER(event->wd));
	if (!entry)
		return;
	entry->changed = true;
	entry->written = entry->written || (event->mask & IN_MODIFY) != 0;
	if (entry->is_file)
		queue_and_wake(entry, PORT_WATCH_LOST, NULL);
	else if (event->mask & IN_OPEN)
		queue_and_wake(entry, PORT_WATCH_OPEN, reader);
	else if (event->mask & IN_CLOSE)
		queue_and_wake(entry, PORT_WATCH_CLOSE, reader);
}

/* The caller holds the mutex. */
static void
read_events(struct port_watch *watch, const struct port_watch_entry *reader)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n;

	while ((n = read(watch->fd, buffer, sizeof(buffer))) > 0) {
		const char *p = buffer;

		while (p < buffer + n) {
			const struct inotify_event *event = (const void *)p;

			distribute(watch, event, reader);
			p += sizeof(*event) + event->len;
		}
	}
}

static void
note_write(const struct port_watch *watch, const struct inotify_event *event)
{
	struct port_watch_entry *entry =
		g_hash_table_lookup(watch->writers, GINT_TO_POINTER(event->wd));

	if (!entry)
		return;
	if (event->mask & IN_MODIFY) {
		entry->writes.wrote = true;
	} else if (event->mask & IN_CLOSE) {
		entry->writes.left = entry->writes.left || entry->writes.wrote;
		entry->writes.wrote = false;
	}
}

/* The caller holds the mutex. */
static void
read_writes(struct port_watch *watch)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n;

	do {
		const char *p = buffer;

		n = read(watch->writes_fd, buffer, sizeof(buffer));
		while (p < buffer + n) {
			const struct inotify_event *event = (const void *)p;

			note_write(watch, event);
			p += sizeof(*event) + event->len;
		}
		/* With room for one more event there was none. */
	} while (n + (ssize_t)sizeof(struct inotify_event) > (ssize_t)sizeof(buffer));
}

static gboolean
watch_readable(gint fd, GIOCondition condition, gpointer data)
{
	struct port_watch *watch = data;

	(void)fd;
	(void)condition;
	g_mutex_lock(&watch->mutex);
	read_events(watch, NULL);
	g_mutex_unlock(&watch->mutex);
	return G_SOURCE_CONTINUE;
}

struct port_watch *
port_watch_new(GMainContext *context, GError **error)
{
	struct port_watch *watch;
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd < 0) {
		int code = errno;

		g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(code),
			"cannot watch for hosts: inotify_init1: %s%s", g_strerror(code),
			code == EMFILE ? " (/proc/sys/fs/inotify/max_user_instances)" : "");
		return NULL;
	}
	watch = g_new0(struct port_watch, 1);
	watch->fd = fd;
	g_mutex_init(&watch->mutex);
	watch->entries = g_hash_table_new(NULL, NULL);
	watch->writes_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	watch->writers = g_hash_table_new(NULL, NULL);
	watch->source = g_unix_fd_source_new(fd, G_IO_IN);
	g_source_set_callback(watch->source, G_SOURCE_FUNC(watch_readable), watch, NULL);
	g_source_attach(watch->source, context);
	return watch;
}

void
port_watch_destroy(struct port_watch *watch)
{
	if (!watch)
		return;
	g_source_destroy(watch->source);
	g_source_unref(watch->source);
	g_hash_table_unref(watch->entries);
	g_hash_table_unref(watch->writers);
	g_mutex_clear(&watch->mutex);
	close(watch->fd);
	if (watch->writes_fd >= 0)
		close(watch->writes_fd);
	g_free(watch);
}

/* NULL and errno on error. */
static struct port_watch_entry *
add(struct port_watch *watch, const char *path, uint32_t mask, GSource *wake)
{
	struct port_watch_entry *entry = NULL;
	int wd, code;

	g_mutex_lock(&watch->mutex);
	wd = inotify_add_watch(watch->fd, path, mask);
	code = errno;
	if (wd >= 0) {
		entry = g_new0(struct port_watch_entry, 1);
		entry->wd = wd;
		entry->wake = g_source_ref(wake);
		entry->queue = g_byte_array_new();
		entry->is_file = (mask & IN_MODIFY) != 0;
		g_hash_table_insert(watch->entries, GINT_TO_POINTER(wd), entry);
		entry->writes_wd = entry->is_file
			? -1
			: inotify_add_watch(watch->writes_fd, path, IN_MODIFY | IN_CLOSE);
		if (entry->writes_wd >= 0)
			g_hash_table_insert(
				watch->writers, GINT_TO_POINTER(entry->writes_wd), entry);
	}
	g_mutex_unlock(&watch->mutex);
	errno = code;
	return entry;
}

struct port_watch_entry *
port_watch_add_file(struct port_watch *watch, const char *path, GSource *wake)
{
	return add(watch, path, IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF, wake);
}

/* Returns a flag of an entry after all events, and clears it. */
static bool
take(struct port_watch *watch, bool *flag)
{
	bool taken;

	g_mutex_lock(&watch->mutex);
	read_events(watch, NULL);
	taken = *flag;
	*flag = false;
	g_mutex_unlock(&watch->mutex);
	return taken;
}

bool
port_watch_file_changed(struct port_watch *watch, struct port_watch_entry *entry)
{
	return take(watch, &entry->changed);
}

bool
port_watch_file_written(struct port_watch *watch, struct port_watch_entry *entry)
{
	return take(watch, &entry->written);
}

struct port_watch_entry *
port_watch_add(struct port_watch *watch, const char *path, GSource *wake, GError **error)
{
	struct port_watch_entry *entry = add(watch, path, IN_OPEN | IN_CLOSE, wake);
	int code = errno;

	if (!entry)
		g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(code),
			"cannot watch %s for hosts: %s%s", path, g_strerror(code),
			code == ENOSPC ? " (/proc/sys/fs/inotify/max_user_watches)" : "");
	return entry;
}

void
port_watch_remove(struct port_watch *watch, struct port_watch_entry *entry)
{
	if (!entry)
		return;
	g_mutex_lock(&watch->mutex);
	inotify_rm_watch(watch->fd, entry->wd);
	g_hash_table_remove(watch->entries, GINT_TO_POINTER(entry->wd));
	if (entry->writes_wd >= 0) {
		inotify_rm_watch(watch->writes_fd, entry->writes_wd);
		g_hash_table_remove(watch->writers, GINT_TO_POINTER(entry->writes_wd));
	}
	g_mutex_unlock(&watch->mutex);
	g_source_unref(entry->wake);
	g_byte_array_unref(entry->queue);
	g_free(entry);
}

bool
port_watch_poll(
	struct port_watch *watch, struct port_watch_entry *entry, enum port_watch_event *event)
{
	bool found;

	g_mutex_lock(&watch->mutex);
	if (entry->queue->len == 0)
		read_events(watch, entry);
	found = entry->queue->len > 0;
	if (found) {
		*event = (enum port_watch_event)entry->queue->data[0];
		g_byte_array_remove_index(entry->queue, 0);
	}
	g_mutex_unlock(&watch->mutex);
	return found;
}

struct port_watch_writes
port_watch_writes(struct port_watch *watch, struct port_watch_entry *entry)
{
	struct port_watch_writes writes;

	g_mutex_lock(&watch->mutex);
	read_writes(watch);
	writes = entry->writes;
	entry->writes = (struct port_watch_writes){0};
	g_mutex_unlock(&watch->mutex);
	return writes;
}
