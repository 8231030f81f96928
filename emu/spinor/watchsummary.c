/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The summary of a bench's activity. The counters are those of stats.get, read when something has
 * happened and at least twice a second; rates are over the time between two readings. Leaves out
 * chips for which the screen has no room.
 */
#include "spinor/watchsummary.h"

#include "base/units.h"
#include "spinor/client.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/methodcall.h"
#include "spinor/output.h"
#include "spinor/terminal.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REDRAW_MS 500
#define LINES_KEPT 64
#define LINES_AT_THE_END 10
#define ROWS_OF_A_CHIP 6

static volatile sig_atomic_t interrupted;

static void
interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* One chip, with the counters of the last two readings. */
struct row {
	char *adapter;
	int64_t cs;
	char *title;
	JsonNode *now, *before;
	int64_t now_us, before_us;
};

struct summary {
	struct spinor_client *client;
	const struct spinor_command *command;
	GPtrArray *rows;   /* struct row */
	JsonArray *faults; /* of all adapters that are shown */
	GQueue lines;      /* char *, oldest first */
	uint64_t n_lines;  /* so far */
};

static void
free_row(void *data)
{
	struct row *row = data;

	g_free(row->adapter);
	g_free(row->title);
	g_clear_pointer(&row->now, json_node_unref);
	g_clear_pointer(&row->before, json_node_unref);
	g_free(row);
}

static void
add_chips(struct summary *summary, JsonObject *adapter)
{
	JsonArray *chips = spinor_array(adapter, "chips");
	const char *name = spinor_text(adapter, "name", "?");

	for (guint i = 0; chips != NULL && i < json_array_get_length(chips); i++) {
		JsonObject *chip = spinor_item(chips, i);
		struct row *row;

		if (summary->command->cs >= 0 &&
			spinor_number(chip, "cs", 0) != summary->command->cs)
			continue;
		row = g_new0(struct row, 1);
		row->adapter = g_strdup(name);
		row->cs = spinor_number(chip, "cs", 0);
		row->title = g_strdup_printf(
			"%s, CS%" PRId64 ": %s", name, row->cs, spinor_text(chip, "part", "?"));
		g_ptr_array_add(summary->rows, row);
	}
}

static bool
find_chips(struct summary *summary, GError **error)
{
	g_autoptr(JsonNode) node =
		spinor_client_call(summary->client, "bench.status", NULL, SPINOR_SHORT_MS, error);
	JsonObject *status = spinor_as_object(node, "bench.status", error);
	JsonArray *adapters = spinor_array(status, "adapters");

	if (status == NULL)
		return false;
	for (guint i = 0; adapters != NULL && i < json_array_get_length(adapters); i++) {
		JsonObject *adapter = spinor_item(adapters, i);

		if (summary->command->adapter == NULL ||
			g_strcmp0(summary->command->adapter, spinor_text(adapter, "name", "")) == 0)
			add_chips(summary, adapter);
	}
	return true;
}

static void
read_faults(struct summary *summary, const char *adapter)
{
	JsonObject *params = json_object_new();
	g_autoptr(JsonNode) node = NULL;
	JsonArray *list;

	json_object_set_string_member(params, "adapter", adapter);
	node = spinor_client_call(summary->client, "fault.list", params, SPINOR_SHORT_MS, NULL);
	list = node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
	for (guint i = 0; list != NULL && i < json_array_get_length(list); i++)
		json_array_add_element(
			summary->faults, json_node_copy(json_array_get_element(list, i)));
}

/* False: the bench has ended. */
static bool
read_counters(struct summary *summary)
{
	const char *last = NULL;

	g_clear_pointer(&summary->faults, json_array_unref);
	summary->faults = json_array_new();
	for (guint i = 0; i < summary->rows->len; i++) {
		struct row *row = summary->rows->pdata[i];
		JsonObject *params = json_object_new();
		JsonNode *node;

		json_object_set_string_member(params, "adapter", row->adapter);
		json_object_set_int_member(params, "cs", row->cs);
		node = spinor_client_call(
			summary->client, "stats.get", params, SPINOR_SHORT_MS, NULL);
		if (node == NULL)
			return false;
		g_clear_pointer(&row->before, json_node_unref);
		row->before = row->now;
		row->before_us = row->now_us;
		row->now = node;
		row->now_us = g_get_monotonic_time();
		if (g_strcmp0(last, row->adapter) != 0)
			read_faults(summary, row->adapter);
		last = row->adapter;
	}
	return true;
}

static int64_t
counter(JsonNode *node, const char *name)
{
	return node != NULL && JSON_NODE_HOLDS_OBJECT(node)
		? spinor_number(json_node_get_object(node), name, 0)
		: 0;
}

/* "1.2 MiB" */
static char *
round_size(double bytes)
{
	if (bytes >= 1048576)
		return g_strdup_printf("%.4g MiB", bytes / 1048576);
	if (bytes >= 1024)
		return g_strdup_printf("%.4g KiB", bytes / 1024);
	return g_strdup_printf("%.0f bytes", bytes);
}

/* "  program   4096   1 MiB   812 KiB/s" */
static void
print_kind(const struct row *row, const char *label, const char *count, const char *bytes)
{
	g_autofree char *size = round_size((double)counter(row->now, bytes));
	int64_t delta = counter(row->now, bytes) - counter(row->before, bytes);
	int64_t us = row->now_us - row->before_us;

	printf("  %-9s%10" PRId64 "  %12s", label, counter(row->now, count), size);
	if (spinor_terminal_is_one() && row->before != NULL && us > 0) {
		g_autofree char *rate = round_size((double)MAX(delta, 0) * 1e6 / (double)us);

		printf("  %10s/s", rate);
	}
	fputs(spinor_terminal_line_end(), stdout);
}

static void
print_row(const struct row *row)
{
	const char *end = spinor_terminal_line_end();
	int64_t ignored = counter(row->now, "ignored");

	printf("%s%s%s, %" PRId64 " operations, %" PRId64 " session%s of a host%s",
		spinor_colour(SPINOR_BOLD), row->title, spinor_colour(SPINOR_PLAIN),
		counter(row->now, "operations"), counter(row->now, "host_sessions"),
		counter(row->now, "host_sessions") == 1 ? "" : "s", end);
	print_kind(row, "read", "reads", "bytes_read");
	print_kind(row, "program", "programs", "bytes_programmed");
	print_kind(row, "erase", "erases", "bytes_erased");
	printf("  status   %10" PRId64 "  reads, %" PRId64 " writes, busy %.3g s%s",
		counter(row->now, "status_reads"), counter(row->now, "status_writes"),
		(double)counter(row->now, "busy_ns") / 1e9, end);
	printf("  %signored  %10" PRId64 "%s%s", ignored > 0 ? spinor_colour(SPINOR_YELLOW) : "",
		ignored, ignored > 0 ? spinor_colour(SPINOR_PLAIN) : "", end);
}

/* Cuts the text at the columns. */
static void
print_cut(const char *text, unsigned int columns)
{
	g_autofree char *cut = g_utf8_strlen(text, -1) > (glong)columns
		? g_utf8_substring(text, 0, (glong)columns)
		: g_strdup(text);

	fputs(cut, stdout);
	fputs(spinor_terminal_line_end(), stdout);
}

/* Returns the number of lines. */
static unsigned int
print_faults(const struct summary *summary, unsigned int columns)
{
	guint n = summary->faults != NULL ? json_array_get_length(summary->faults) : 0;

	for (guint i = 0; i < n; i++) {
		JsonObject *fault = spinor_item(summary->faults, i);
		g_autofree char *text =
			g_strdup_printf("fault %" PRId64 " acted %" PRId64 " times: %s",
				spinor_number(fault, "id", 0), spinor_number(fault, "acted", 0),
				spinor_text(fault, "fault", "?"));

		print_cut(text, columns);
	}
	return n;
}

static void
draw(const struct summary *summary)
{
	unsigned int columns = spinor_terminal_columns();
	bool terminal = spinor_terminal_is_one();
	unsigned int rows = terminal ? spinor_terminal_rows() : G_MAXINT;
	unsigned int used = 2, room;

	spinor_terminal_home();
	for (guint i = 0; i < summary->rows->len && used + ROWS_OF_A_CHIP < rows; i++) {
		print_row(summary->rows->pdata[i]);
		used += ROWS_OF_A_CHIP;
	}
	if (!terminal || used + 2 < rows)
		used += print_faults(summary, columns);
	room = terminal ? (rows > used ? rows - used : 0) : LINES_AT_THE_END;
	if (room > 1 && summary->lines.length > 0)
		print_cut("last:", columns);
	for (guint i = summary->lines.length > room ? summary->lines.length - room : 0;
		room > 1 && i < summary->lines.length; i++)
		print_cut(g_queue_peek_nth((GQueue *)&summary->lines, i), columns);
	spinor_terminal_clear_rest();
	fflush(stdout);
}

static void
keep_line(struct summary *summary, char *line)
{
	g_queue_push_tail(&summary->lines, line);
	summary->n_lines++;
	if (summary->lines.length > LINES_KEPT)
		g_free(g_queue_pop_head(&summary->lines));
}

/* Waits for an event up to limit_ms; false: the bench has ended, or an error. */
static bool
take_event(struct summary *summary, int64_t limit_ms, char *(*line)(JsonObject *, void *),
	void *data, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(JsonObject) event = spinor_client_event(summary->client, limit_ms, &why);

	if (event != NULL) {
		keep_line(summary, line(event, data));
		return true;
	}
	if (g_error_matches(why, SPINOR_ERROR, SPINOR_ERROR_TIMEOUT))
		return true;
	if (why != NULL)
		g_propagate_error(error, g_steal_pointer(&why));
	return false;
}

static bool
goes_on(const struct summary *summary)
{
	return !interrupted &&
		(summary->command->count == 0 ||
			summary->n_lines < (uint64_t)summary->command->count);
}

int
spinor_watch_summary(struct spinor_client *client, const struct spinor_command *command,
	char *(*line)(JsonObject *event, void *data), void *data, GError **error)
{
	struct summary summary = {.client = client, .command = command};
	const struct sigaction action = {.sa_handler = interrupt};
	g_autoptr(GError) why = NULL;
	int64_t next_us = 0;
	bool runs;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	summary.rows = g_ptr_array_new_with_free_func(free_row);
	runs = find_chips(&summary, &why) && read_counters(&summary);
	if (runs && spinor_terminal_is_one())
		fputs("\033[2J", stdout);
	while (runs && goes_on(&summary)) {
		int64_t left_us = next_us - g_get_monotonic_time();

		if (left_us <= 0) {
			runs = read_counters(&summary);
			if (runs && spinor_terminal_is_one())
				draw(&summary);
			next_us = g_get_monotonic_time() + REDRAW_MS * 1000;
			continue;
		}
		runs = take_event(&summary, MAX(left_us / 1000, 1), line, data, &why);
	}
	if (runs)
		read_counters(&summary);
	if (why == NULL)
		draw(&summary);
	else
		g_propagate_error(error, g_steal_pointer(&why));
	g_ptr_array_unref(summary.rows);
	g_clear_pointer(&summary.faults, json_array_unref);
	g_queue_clear_full(&summary.lines, g_free);
	return error != NULL && *error != NULL ? -1 : EXIT_SUCCESS;
}
