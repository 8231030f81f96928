/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers for running benches. The number of a bench is a symbolic link with that name to its
 * socket, in the directory of the sockets: symlink() is atomic, so two tools at the same moment
 * agree, and the number remains while the bench runs. The links of benches that have ended are
 * removed. Without write access numbers are those of the sorted list.
 */
#include "spinor/benches.h"

#include "base/units.h"
#include "control/control.h"
#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/find.h"
#include "spinor/output.h"
#include "spinor/verbs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATUS_LIMIT_MS 2000
#define NUMBER_MAX 10000

static void
free_bench(gpointer data)
{
	struct spinor_bench *bench = data;

	g_free(bench->path);
	g_free(bench->name);
	g_free(bench->link);
	g_free(bench->chip);
	g_free(bench);
}

/* Asks the bench for its names. */
static struct spinor_bench *
new_bench(const char *path)
{
	struct spinor_bench *bench = g_new0(struct spinor_bench, 1);
	struct spinor_client *client = spinor_client_open(path, NULL);
	g_autoptr(JsonNode) node = client != NULL
		? spinor_client_call(client, "bench.status", NULL, STATUS_LIMIT_MS, NULL)
		: NULL;
	JsonObject *status =
		node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
	JsonArray *adapters = status != NULL ? spinor_array(status, "adapters") : NULL;

	bench->path = g_strdup(path);
	bench->pid = status != NULL ? spinor_number(status, "pid", 0) : 0;
	bench->adapters = adapters != NULL ? json_array_get_length(adapters) : 0;
	if (bench->adapters > 0) {
		JsonObject *adapter = spinor_item(adapters, 0);
		JsonArray *chips = spinor_array(adapter, "chips");
		const char *link = spinor_text(adapter, "link", NULL);

		bench->name = g_strdup(spinor_text(adapter, "name", NULL));
		bench->link = link != NULL ? g_path_get_basename(link) : NULL;
		if (chips != NULL && json_array_get_length(chips) > 0)
			bench->chip = g_strdup(spinor_text(spinor_item(chips, 0), "part", NULL));
	}
	spinor_client_close(client);
	return bench;
}

static struct spinor_bench *
bench_at(const GPtrArray *benches, const char *socket)
{
	for (guint i = 0; i < benches->len; i++) {
		struct spinor_bench *bench = benches->pdata[i];
		g_autofree char *name = g_path_get_basename(bench->path);

		if (strcmp(name, socket) == 0)
			return bench;
	}
	return NULL;
}

/* Reads the link of that number: sets the number of its bench, or removes it if its socket is
 * gone. */
static void
read_number(const GPtrArray *benches, const char *directory, const char *name)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);
	g_autofree char *socket = g_file_read_link(path, NULL);
	struct spinor_bench *bench = socket != NULL ? bench_at(benches, socket) : NULL;
	struct stat info;
	uint64_t number;

	if (socket == NULL || !base_parse_decimal(name, 1, NUMBER_MAX, &number))
		return;
	if (bench != NULL && (bench->number == 0 || number < bench->number))
		bench->number = (unsigned int)number;
	if (bench == NULL && stat(path, &info) < 0 && errno == ENOENT)
		unlink(path);
}

/* Gives the bench the lowest number that is free. */
static void
take_number(struct spinor_bench *bench, const char *directory, unsigned int otherwise)
{
	g_autofree char *socket = g_path_get_basename(bench->path);

	for (unsigned int number = 1; number <= NUMBER_MAX; number++) {
		g_autofree char *path = g_strdup_printf("%s/%u", directory, number);

		if (symlink(socket, path) == 0) {
			bench->number = number;
			return;
		}
		if (errno != EEXIST)
			break;
	}
	bench->number = otherwise;
}

static gint
by_number(gconstpointer a, gconstpointer b)
{
	const struct spinor_bench *const *first = a;
	const struct spinor_bench *const *second = b;

	return (*first)->number < (*second)->number ? -1 : (*first)->number > (*second)->number;
}

GPtrArray *
spinor_benches_find(GError **error)
{
	g_autoptr(GPtrArray) found = spinor_find_all(error);
	g_autofree char *directory = control_directory();
	g_autoptr(GDir) dir = NULL;
	GPtrArray *benches;
	const char *name;

	if (found == NULL)
		return NULL;
	benches = g_ptr_array_new_with_free_func(free_bench);
	for (guint i = 0; i < found->len; i++)
		g_ptr_array_add(benches, new_bench(found->pdata[i]));
	dir = g_dir_open(directory, 0, NULL);
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
		read_number(benches, directory, name);
	for (guint i = 0; i < benches->len; i++) {
		struct spinor_bench *bench = benches->pdata[i];

		if (bench->number == 0)
			take_number(bench, directory, i + 1);
	}
	g_ptr_array_sort(benches, by_number);
	return benches;
}

void
spinor_benches_print(const GPtrArray *benches, FILE *to)
{
	fprintf(to, "%3s  %-12s %-14s %-8s %s\n", "N", "NAME", "CHIP", "PID", "SOCKET");
	for (guint i = 0; i < benches->len; i++) {
		const struct spinor_bench *bench = benches->pdata[i];
		const char *name = bench->link != NULL ? bench->link : bench->name;
		g_autofree char *more = bench->adapters > 1
			? g_strdup_printf("%s +%u", name, bench->adapters - 1)
			: g_strdup(name);

		fprintf(to, "%3u  %-12s %-14s %-8" PRId64 " %s\n", bench->number,
			more != NULL ? more : "?", bench->chip != NULL ? bench->chip : "no chip",
			bench->pid, bench->path);
	}
}

static bool
is_named(const struct spinor_bench *bench, const char *which)
{
	return g_strcmp0(bench->name, which) == 0 || g_strcmp0(bench->link, which) == 0;
}

char *
spinor_benches_resolve(const char *which, GError **error)
{
	g_autoptr(GPtrArray) benches = spinor_benches_find(error);
	const struct spinor_bench *match = NULL;
	unsigned int matches = 0;
	uint64_t number = 0;
	bool is_number = base_parse_decimal(which, 1, G_MAXINT32, &number);

	if (benches == NULL)
		return NULL;
	for (guint i = 0; i < benches->len; i++) {
		const struct spinor_bench *bench = benches->pdata[i];

		if (is_number ? bench->number == number || bench->pid == (int64_t)number
			      : is_named(bench, which)) {
			match = bench;
			matches++;
		}
	}
	if (matches == 1)
		return g_strdup(match->path);
	g_set_error(error, SPINOR_ERROR,
		benches->len > 0 ? SPINOR_ERROR_SEVERAL : SPINOR_ERROR_NO_BENCH, "--bench %s: %s",
		which,
		benches->len == 0     ? "no bench is running; start one with: spinord"
			: matches > 1 ? "several benches have that name; allowed are numbers:"
				      : "there is no such bench; allowed are those listed:");
	return NULL;
}

static void
print_json(const GPtrArray *benches)
{
	g_autoptr(JsonNode) root = json_node_new(JSON_NODE_ARRAY);
	JsonArray *list = json_array_new();

	json_node_take_array(root, list);
	for (guint i = 0; i < benches->len; i++) {
		const struct spinor_bench *bench = benches->pdata[i];
		JsonObject *object = json_object_new();

		json_object_set_int_member(object, "number", bench->number);
		json_object_set_string_member(object, "name", bench->name);
		json_object_set_string_member(object, "link", bench->link);
		json_object_set_string_member(object, "chip", bench->chip);
		json_object_set_int_member(object, "adapters", bench->adapters);
		json_object_set_int_member(object, "pid", bench->pid);
		json_object_set_string_member(object, "control", bench->path);
		json_array_add_object_element(list, object);
	}
	spinor_print_json(root);
}

int
spinor_benches(struct spinor_command *command, GError **error)
{
	g_autoptr(GPtrArray) benches = spinor_benches_find(error);

	if (benches == NULL)
		return -1;
	if (command->json)
		print_json(benches);
	else if (benches->len == 0)
		puts("no bench is running");
	else
		spinor_benches_print(benches, stdout);
	return EXIT_SUCCESS;
}
