/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The descendants of this process, found in /proc by their parents (proc(5), stat). For a subreaper
 * (prctl(2), PR_SET_CHILD_SUBREAPER) these are all processes that its commands have started, also
 * those in the background, in other groups and in other sessions: an orphan becomes a child of the
 * subreaper. One scan of /proc can miss a process that is forked at that moment; the scan is
 * therefore repeated until it finds none.
 */
#include "spinor/tree.h"

#include "base/units.h"

#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KILL_LIMIT_MS 5000
#define SCAN_INTERVAL_MS 20

struct process {
	pid_t pid, parent;
	bool descendant;
};

/* Fields of /proc/PID/stat, from the ) after the name. */
enum {
	FIELD_PARENT = 2,
	FIELDS_READ,
};

/* Returns field 4 of /proc/PID/stat; the name before it may contain anything, even parentheses. */
static pid_t
parent_of(const char *pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%s/stat", pid);
	g_autofree char *text = NULL;
	g_auto(GStrv) fields = NULL;
	const char *after;
	uint64_t parent;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return -1;
	after = strrchr(text, ')');
	if (after == NULL)
		return -1;
	fields = g_strsplit(after, " ", FIELDS_READ + 1);
	if (g_strv_length(fields) < FIELDS_READ ||
		!base_parse_decimal(fields[FIELD_PARENT], 0, G_MAXINT, &parent))
		return -1;
	return (pid_t)parent;
}

static GArray *
all_processes(void)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct process));
	g_autoptr(GDir) dir = g_dir_open("/proc", 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		struct process process = {0};
		uint64_t pid;

		if (!base_parse_decimal(name, 1, G_MAXINT, &pid))
			continue;
		process.pid = (pid_t)pid;
		process.parent = parent_of(name);
		if (process.parent > 0)
			g_array_append_val(all, process);
	}
	return all;
}

static bool
is_descendant(const GArray *all, pid_t pid)
{
	for (guint i = 0; i < all->len; i++) {
		const struct process *process = &g_array_index(all, struct process, i);

		if (process->pid == pid)
			return process->descendant;
	}
	return false;
}

/* Processes are not listed in order of descent: repeat until a pass finds no more. */
static void
mark_descendants(GArray *all, pid_t top)
{
	bool more = true;

	while (more) {
		more = false;
		for (guint i = 0; i < all->len; i++) {
			struct process *process = &g_array_index(all, struct process, i);

			if (process->descendant)
				continue;
			process->descendant =
				process->parent == top || is_descendant(all, process->parent);
			more |= process->descendant;
		}
	}
}

/* Sends a signal to all descendants, 0: none. Returns their number. */
static unsigned int
signal_all(int number)
{
	g_autoptr(GArray) all = all_processes();
	unsigned int n = 0;

	mark_descendants(all, getpid());
	for (guint i = 0; i < all->len; i++) {
		const struct process *process = &g_array_index(all, struct process, i);

		if (!process->descendant)
			continue;
		n++;
		if (number == 0)
			continue;
		kill(process->pid, number);
		/* A stopped process handles no signal but SIGKILL. */
		if (number != SIGKILL)
			kill(process->pid, SIGCONT);
	}
	return n;
}

void
spinor_tree_reap(spinor_tree_reaped *reaped, void *data)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (reaped != NULL)
			reaped(pid, status, data);
	}
}

/* Waits until a child ends, for a limited time: other descendants end without a signal to us. */
static void
pause_for_child(void)
{
	const struct timespec limit = {.tv_nsec = SCAN_INTERVAL_MS * 1000000L};
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigtimedwait(&child, NULL, &limit);
}

bool
spinor_tree_end(int grace_ms, spinor_tree_reaped *reaped, void *data)
{
	gint64 start_us = g_get_monotonic_time();
	bool killing = false;

	spinor_tree_reap(reaped, data);
	if (signal_all(SIGTERM) == 0)
		return true;
	for (;;) {
		gint64 waited_ms = (g_get_monotonic_time() - start_us) / 1000;

		killing = waited_ms >= grace_ms;
		spinor_tree_reap(reaped, data);
		if (signal_all(killing ? SIGKILL : 0) == 0)
			return true;
		if (waited_ms >= grace_ms + KILL_LIMIT_MS)
			return false;
		pause_for_child();
	}
}
