/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words a group of fold.c as one line for a person: the subject first, then addresses, then numbers
 * in the order of their importance. What does not fit into the columns is left out from the end;
 * the reason for which a chip ignored a frame is never left out.
 */
#include "trace/fold.h"

#include "base/units.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

const char *
trace_purpose_string(enum flash_purpose purpose)
{
	switch (purpose) {
	case FLASH_FOR_READ:
		return "read";
	case FLASH_FOR_PROGRAM:
		return "program";
	case FLASH_FOR_ERASE:
		return "erase";
	case FLASH_FOR_STATUS_READ:
		return "status-read";
	case FLASH_FOR_STATUS_WRITE:
		return "status-write";
	case FLASH_FOR_OTHER:
		break;
	}
	return "other";
}

const char *
trace_group_outcome(const struct trace_group *group)
{
	return group->outcome == FLASH_DONE ? "done" : flash_outcome_string(group->outcome);
}

/* "256 bytes", "64 KiB". */
static char *
size_of(uint64_t bytes)
{
	char *text;

	if (bytes < 1024)
		return g_strdup_printf("%" PRIu64 " byte%s", bytes, bytes == 1 ? "" : "s");
	text = base_format_size(bytes);
	if (g_str_has_suffix(text, " B")) {
		g_free(text);
		text = g_strdup_printf("%" PRIu64 " bytes", bytes);
	}
	return text;
}

static char *
time_of(int64_t ns)
{
	if (ns >= INT64_C(100000000000))
		return g_strdup_printf("%" PRId64 " s", ns / 1000000000);
	if (ns >= 1000000000)
		return g_strdup_printf("%.3g s", (double)ns / 1e9);
	if (ns >= 1000000)
		return g_strdup_printf("%.3g ms", (double)ns / 1e6);
	return g_strdup_printf("%.3g us", (double)ns / 1e3);
}

/* Appends a clause if it fits. Frees it. */
static void
add_clause(GString *line, unsigned int columns, char *clause)
{
	if (line->len + 2 + strlen(clause) <= columns)
		g_string_append_printf(line, ", %s", clause);
	g_free(clause);
}

/* "PP (02)", "opcode 15", "no opcode". */
static void
add_name(GString *line, const struct trace_group *group)
{
	if (group->opcode < 0)
		g_string_append(line, "no opcode");
	else if (group->name == NULL)
		g_string_append_printf(line, "opcode %02X", (unsigned int)group->opcode);
	else
		g_string_append_printf(line, "%s (%02X)", group->name, (unsigned int)group->opcode);
}

static void
add_range(GString *line, const struct trace_group *group)
{
	if (!group->has_address)
		return;
	g_string_append_printf(line, " %06" PRIX64, group->from);
	if (group->to > group->from + 1)
		g_string_append_printf(line, "-%06" PRIX64, group->to - 1);
}

static void
word_ignored(GString *line, const struct trace_group *group, unsigned int columns)
{
	const char *reason = flash_outcome_string(group->outcome);
	GString *middle = g_string_new(NULL);
	size_t fixed;

	add_name(line, group);
	if (group->has_address)
		g_string_append_printf(line, " %06" PRIX64, group->from);
	fixed = line->len + strlen(", ignored: ") + strlen(reason);
	if (group->bytes > 0) {
		g_autofree char *size = size_of(group->bytes);

		g_string_append_printf(middle, ", %s", size);
	}
	if (fixed + middle->len <= columns)
		g_string_append(line, middle->str);
	g_string_free(middle, TRUE);
	g_string_append_printf(line, ", ignored: %s", reason);
	if (group->count > 1)
		g_string_append_printf(line, ", %" PRIu64 " times", group->count);
	if (group->note != NULL)
		add_clause(line, columns, g_strdup(group->note));
}

/* "1 MiB, 4096 x 256 bytes"; "1 MiB, 17 times". */
static void
add_amount(GString *line, const struct trace_group *group, unsigned int columns)
{
	g_autofree char *each = size_of(group->each);

	bool alike = !group->has_address && group->each > 0;

	if (group->bytes > 0)
		add_clause(line, columns, size_of(alike ? group->each : group->bytes));
	if (group->count == 1)
		return;
	if (alike || group->bytes == 0)
		add_clause(line, columns, g_strdup_printf("%" PRIu64 " times", group->count));
	else if (group->each > 0 && group->bytes == group->count * group->each)
		add_clause(line, columns, g_strdup_printf("%" PRIu64 " x %s", group->count, each));
	else
		add_clause(line, columns, g_strdup_printf("%" PRIu64 " times", group->count));
	if (group->has_address && group->bytes < group->to - group->from)
		add_clause(line, columns, g_strdup("with gaps"));
}

static void
word_operation(GString *line, const struct trace_group *group, unsigned int columns)
{
	bool named = group->purpose == FLASH_FOR_OTHER || group->purpose == FLASH_FOR_STATUS_READ;
	int64_t lasted_ns = group->end_ns - group->time_ns;

	if (group->outcome != FLASH_DONE) {
		word_ignored(line, group, columns);
		return;
	}
	if (named)
		add_name(line, group);
	else if (group->purpose == FLASH_FOR_STATUS_WRITE)
		g_string_append(line, "write a register");
	else if (group->purpose == FLASH_FOR_ERASE && !group->has_address)
		g_string_append(line, "erase the chip");
	else
		g_string_append(line, trace_purpose_string(group->purpose));
	add_range(line, group);
	if (group->failures > 0)
		g_string_append_printf(line, ", %" PRIu64 " failed: %s", group->failures,
			flash_outcome_string(group->failure));
	add_amount(line, group, columns);
	if (group->polls > 0)
		add_clause(line, columns,
			g_strdup_printf(
				"%" PRIu64 " poll%s", group->polls, group->polls == 1 ? "" : "s"));
	if (lasted_ns >= 1000)
		add_clause(line, columns, time_of(lasted_ns));
	if (group->note != NULL)
		add_clause(line, columns, g_strdup(group->note));
	if (!named) {
		g_autoptr(GString) name = g_string_new(NULL);

		add_name(name, group);
		add_clause(line, columns, g_strdup(name->str));
	}
	if (group->enables > 0)
		add_clause(line, columns, g_strdup_printf("%" PRIu64 " WREN", group->enables));
	if (group->busy_ns > 0) {
		g_autofree char *busy = time_of(group->busy_ns);

		add_clause(line, columns, g_strdup_printf("busy %s", busy));
	}
}

static void
word_interrupted(GString *line, const struct trace_group *group, unsigned int columns)
{
	const char *purpose = group->purpose == FLASH_FOR_STATUS_WRITE
		? "the write of a register"
		: trace_purpose_string(group->purpose);

	g_string_append(line, purpose);
	if (group->has_address)
		g_string_append_printf(line, " %06" PRIX64, group->from);
	g_string_append(line, " was interrupted");
	if (group->busy_ns > 0) {
		g_autofree char *busy = time_of(group->busy_ns);

		add_clause(line, columns, g_strdup_printf("after %s", busy));
	}
}

static void
word_fault(GString *line, const struct trace_group *group, unsigned int columns)
{
	g_string_append_printf(line, "fault %u, %s, acted", group->id, group->what);
	if (group->count > 1)
		g_string_append_printf(line, " %" PRIu64 " times", group->count);
	if (group->has_address) {
		g_string_append(line, " at");
		add_range(line, group);
	}
	add_clause(line, columns, g_strdup(group->text));
}

static const char *
pin_label(const char *pin)
{
	if (strcmp(pin, "wp") == 0)
		return "WP#";
	if (strcmp(pin, "hold") == 0)
		return "HOLD#";
	return strcmp(pin, "reset") == 0 ? "RESET#" : pin;
}

static void
word_board(GString *line, const struct trace_group *group)
{
	if (strcmp(group->what, "run") == 0)
		g_string_append(line, "board runs");
	else if (strcmp(group->what, "off") == 0)
		g_string_append(line, "board has no supply");
	else
		g_string_append(line, "board is held in reset");
}

/* Cuts a line at the columns, between UTF-8 characters. */
static void
cut(GString *line, unsigned int columns)
{
	if (!g_utf8_validate(line->str, -1, NULL)) {
		g_autofree char *valid = g_utf8_make_valid(line->str, -1);

		g_string_assign(line, valid);
	}
	if (g_utf8_strlen(line->str, -1) <= (glong)columns || columns < 4)
		return;
	g_string_truncate(
		line, (gsize)(g_utf8_offset_to_pointer(line->str, (glong)columns - 3) - line->str));
	g_string_append(line, "...");
}

char *
trace_group_text(const struct trace_group *group, unsigned int columns)
{
	GString *line = g_string_new(NULL);

	switch (group->kind) {
	case TRACE_GROUP_OPERATION:
		word_operation(line, group, columns);
		break;
	case TRACE_GROUP_INTERRUPTED:
		word_interrupted(line, group, columns);
		break;
	case TRACE_GROUP_POWER:
		g_string_append(line, group->on ? "supply on" : "supply off");
		break;
	case TRACE_GROUP_PIN:
		g_string_append_printf(line, "%s set to %s", pin_label(group->what), group->text);
		break;
	case TRACE_GROUP_HOST:
		g_string_append(line, group->on ? "host opened the port" : "host closed the port");
		break;
	case TRACE_GROUP_FAULT:
		word_fault(line, group, columns);
		break;
	case TRACE_GROUP_BOOT:
		g_string_append(line, group->on ? "board boots" : "board does not boot: ");
		g_string_append(line, group->on ? "" : group->text);
		break;
	case TRACE_GROUP_BOARD:
		word_board(line, group);
		break;
	case TRACE_GROUP_CABLE:
		g_string_append(line, group->on ? "cable plugged in" : "cable unplugged");
		break;
	case TRACE_GROUP_SNAPSHOT:
	case TRACE_GROUP_IMAGE:
		g_string_append_printf(line, "%s %s: %s",
			group->kind == TRACE_GROUP_IMAGE ? "image" : "snapshot", group->what,
			group->text);
		break;
	case TRACE_GROUP_STORAGE:
		g_string_append_printf(line, "storage %s: %s", group->what, group->text);
		break;
	case TRACE_GROUP_KINDS:
		break;
	}
	cut(line, columns);
	return g_string_free(line, FALSE);
}
