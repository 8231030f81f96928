/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many serprog hosts at a time, for a load test of the daemon:
 *
 *   load SECONDS PID CONTROL
 *
 * Standard input names the adapters of the daemon with this process ID, one per line: a device, or
 * HOST:PORT. A thread for each of them plays a host. It first erases and programs 64 KiB of its
 * chip. Then it takes random steps for SECONDS: reads, erases, page programs, block protection, and
 * closing and opening the port. It compares all that it reads with its own model of the chip. At
 * the end it reads the whole range again. Another thread calls bench.status on the control socket
 * CONTROL, and notes descriptors, threads and memory of the daemon once a second.
 *
 * Prints figures, one "NAME VALUE" per line. Exit status 0: all content was right, descriptors and
 * threads of the daemon at the end are as after the preparation, and its memory has not grown by
 * more than 32 KiB for each adapter; 1 otherwise, with reasons on standard error; 2 for errors of
 * the command line. LOAD_SEED in the environment selects another sequence of steps.
 */
#include "latency.h"
#include "loadhost.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	STATUS_INTERVAL_US = 200000,
	STATUS_PER_SAMPLE = 5,
	MEMORY_PER_ADAPTER_KIB = 32
};

struct usage {
	unsigned int descriptors;
	unsigned int threads;
	unsigned int kib;
};

/* One connection for all calls, so that the number of descriptors of the daemon stays the same. */
static int
open_control(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, path, sizeof(address.sun_path));
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Reads the whole answer to bench.status, one line. */
static bool
call_status(int fd)
{
	static const char call[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"bench.status\"}\n";
	char piece[65536];
	ssize_t n;

	if (write(fd, call, strlen(call)) != (ssize_t)strlen(call))
		return false;
	do {
		n = read(fd, piece, sizeof(piece));
	} while (n > 0 && piece[n - 1] != '\n');
	return n > 0;
}

static unsigned int
status_field(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? (unsigned int)strtoul(at + strlen(name), NULL, 10) : 0;
}

static struct usage
usage_of(pid_t pid)
{
	char *status_path = g_strdup_printf("/proc/%d/status", (int)pid);
	char *fd_path = g_strdup_printf("/proc/%d/fd", (int)pid);
	struct usage usage = {0};
	char *text = NULL;
	GDir *dir = g_dir_open(fd_path, 0, NULL);

	if (dir) {
		while (g_dir_read_name(dir))
			usage.descriptors++;
		g_dir_close(dir);
	}
	if (g_file_get_contents(status_path, &text, NULL, NULL)) {
		usage.threads = status_field(text, "\nThreads:");
		usage.kib = status_field(text, "\nVmRSS:");
		g_free(text);
	}
	g_free(status_path);
	g_free(fd_path);
	return usage;
}

static void
print_usage(const char *when, struct usage usage)
{
	printf("descriptors_%s %u\nthreads_%s %u\nmemory_%s_kib %u\n", when, usage.descriptors,
		when, usage.threads, when, usage.kib);
}

static void
wait_for(struct load *load, const unsigned int *count)
{
	g_mutex_lock(&load->lock);
	while (*count < load->hosts)
		g_cond_wait(&load->changed, &load->lock);
	g_mutex_unlock(&load->lock);
}

/* Calls bench.status until the hosts stop. Returns the number of calls without a whole answer. */
static unsigned int
watch(struct load *load, struct usage *most, struct latency *latency)
{
	unsigned int unanswered = 0;

	for (unsigned int i = 0; g_get_monotonic_time() < load->stop_us; i++) {
		int64_t start_us = g_get_monotonic_time();

		if (!call_status(load->control))
			unanswered++;
		latency_note(latency, g_get_monotonic_time() - start_us);
		if (i % STATUS_PER_SAMPLE == 0) {
			struct usage now = usage_of(load->daemon);

			most->descriptors = MAX(most->descriptors, now.descriptors);
			most->threads = MAX(most->threads, now.threads);
			most->kib = MAX(most->kib, now.kib);
		}
		g_usleep(STATUS_INTERVAL_US);
	}
	return unanswered;
}

static void
add_figures(struct figures *sum, const struct figures *one)
{
	sum->exchanges += one->exchanges;
	sum->verified += one->verified;
	sum->erases += one->erases;
	sum->programs += one->programs;
	sum->refused += one->refused;
	sum->opened += one->opened;
	sum->mismatches += one->mismatches;
	sum->lost += one->lost;
	latency_add(&sum->latency, &one->latency);
}

static void
print_figures(const struct figures *sum, int64_t us)
{
	printf("exchanges %" G_GUINT64_FORMAT "\n", sum->exchanges);
	printf("exchanges_per_second %.0f\n", (double)sum->exchanges * 1e6 / (double)us);
	printf("verified_bytes %" G_GUINT64_FORMAT "\n", sum->verified);
	printf("erases %" G_GUINT64_FORMAT "\n", sum->erases);
	printf("programs %" G_GUINT64_FORMAT "\n", sum->programs);
	printf("refused_programs %" G_GUINT64_FORMAT "\n", sum->refused);
	printf("opened %" G_GUINT64_FORMAT "\n", sum->opened);
	printf("mismatches %" G_GUINT64_FORMAT "\n", sum->mismatches);
	printf("lost %" G_GUINT64_FORMAT "\n", sum->lost);
	latency_print(&sum->latency, "exchange");
}

static bool
is_flat(const struct load *load, struct usage before, struct usage after)
{
	if (after.descriptors == before.descriptors && after.threads == before.threads &&
		after.kib <= before.kib + load->hosts * MEMORY_PER_ADAPTER_KIB)
		return true;
	fprintf(stderr,
		"load: the daemon had %u descriptors, %u threads, %u KiB; it has %u, %u, "
		"%u KiB\n",
		before.descriptors, before.threads, before.kib, after.descriptors, after.threads,
		after.kib);
	return false;
}

/* Starts the hosts' steps, waits until they have stopped, and lets them close their ports. */
static bool
measure(struct load *load, int seconds)
{
	struct usage before, most = {0}, after;
	struct latency *control = g_new0(struct latency, 1);
	unsigned int unanswered;

	wait_for(load, &load->prepared);
	call_status(load->control);
	before = usage_of(load->daemon);
	g_mutex_lock(&load->lock);
	load->stop_us = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
	g_cond_broadcast(&load->changed);
	g_mutex_unlock(&load->lock);

	unanswered = watch(load, &most, control);
	wait_for(load, &load->ended);
	after = usage_of(load->daemon);
	g_mutex_lock(&load->lock);
	load->may_close = true;
	g_cond_broadcast(&load->changed);
	g_mutex_unlock(&load->lock);

	printf("hosts %u\nseconds %d\n", load->hosts, seconds);
	print_usage("before", before);
	print_usage("most", most);
	print_usage("after", after);
	latency_print(control, "control");
	printf("control_unanswered %u\n", unanswered);
	g_free(control);
	return is_flat(load, before, after) && unanswered == 0;
}

int
main(int argc, char **argv)
{
	struct load load = {0};
	int seconds = argc == 4 ? atoi(argv[1]) : 0;
	GPtrArray *hosts = g_ptr_array_new(), *threads = g_ptr_array_new();
	const char *seed = g_getenv("LOAD_SEED");
	int64_t start_us = g_get_monotonic_time();
	char line[256];
	bool flat;

	if (seconds < 1) {
		fputs("usage: load SECONDS PID CONTROL <PORTS\n", stderr);
		return 2;
	}
	load.daemon = atoi(argv[2]);
	load.control = open_control(argv[3]);
	load.seed = seed ? (uint32_t)strtoul(seed, NULL, 10) : 1;
	while (fgets(line, sizeof(line), stdin))
		g_ptr_array_add(hosts, loadhost_new(&load, g_strstrip(line), hosts->len));
	load.hosts = hosts->len;
	for (guint i = 0; i < hosts->len; i++)
		g_ptr_array_add(threads, g_thread_new("host", loadhost_run, hosts->pdata[i]));
	flat = measure(&load, seconds);
	for (guint i = 0; i < hosts->len; i++) {
		struct host *host = hosts->pdata[i];

		g_thread_join(threads->pdata[i]);
		add_figures(&load.sum, &host->figures);
		loadhost_destroy(host);
	}
	print_figures(&load.sum, g_get_monotonic_time() - start_us);
	g_ptr_array_free(hosts, TRUE);
	g_ptr_array_free(threads, TRUE);
	return flat && load.sum.mismatches == 0 && load.sum.lost == 0 && load.hosts > 0
		? EXIT_SUCCESS
		: EXIT_FAILURE;
}
