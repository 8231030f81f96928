/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of chips that the installed flashrom accepts after -c. Debian's 1.3.0 prints "unknown"
 * as its version, so the list of "flashrom -L" is read in its place: a table with the columns
 * Vendor, Device and Test, where a long name continues on further lines after a slash.
 */
#include "chipdb/installed.h"

#include "chipdb/partdefinition.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_US (5 * G_USEC_PER_SEC)
#define OUTPUT_MAX (1 << 20)

/* Debian has it in a folder that is not in the PATH of all users. */
static char *
find_program(void)
{
	static const char *const folders[] = {"/usr/sbin", "/usr/local/sbin", "/sbin"};
	char *path = g_find_program_in_path("flashrom");

	for (size_t i = 0; !path && i < G_N_ELEMENTS(folders); i++) {
		path = g_build_filename(folders[i], "flashrom", NULL);
		if (!g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
			g_clear_pointer(&path, g_free);
	}
	return path;
}

/* Reads until the end; false when it lasts too long, or is too much. */
static bool
read_all(int fd, GString *text)
{
	gint64 end = g_get_monotonic_time() + LIMIT_US;
	char buffer[4096];

	for (;;) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		gint64 left = (end - g_get_monotonic_time()) / 1000;
		ssize_t n;

		if (left <= 0 || text->len > OUTPUT_MAX || poll(&ready, 1, (int)left) == 0)
			return false;
		n = read(fd, buffer, sizeof(buffer));
		if (n == 0)
			return true;
		if (n > 0)
			g_string_append_len(text, buffer, n);
		else if (errno != EINTR)
			return false;
	}
}

/* One line of the table, without its columns after the name. */
static void
take_line(GHashTable *names, GString *name, const char *line, size_t device, size_t test)
{
	g_autofree char *cell = NULL;

	if (strlen(line) <= device)
		return;
	cell = g_strstrip(g_strndup(line + device, test - device));
	if (name->len > 0 && name->str[name->len - 1] != '/')
		g_string_truncate(name, 0);
	g_string_append(name, cell);
	if (name->len > 0 && name->str[name->len - 1] != '/')
		g_hash_table_add(names, g_strdup(name->str));
}

GHashTable *
chipdb_installed_parse(const char *text)
{
	GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GString) name = g_string_new(NULL);
	size_t device = 0;
	size_t test = 0;

	for (char **line = lines; *line; line++) {
		const char *heading = strstr(*line, "Device ");

		if (g_str_has_prefix(*line, "Vendor ") && heading && strstr(heading, "Test")) {
			/* The lists of chipsets and boards have the same columns. */
			if (test > 0)
				break;
			device = (size_t)(heading - *line);
			test = (size_t)(strstr(heading, "Test") - *line);
		} else if (g_str_has_prefix(*line, "Supported ") && test > 0) {
			break;
		} else if (test > 0 && (*line)[0] != '(') {
			take_line(names, name, *line, device, test);
		}
	}
	return names;
}

GHashTable *
chipdb_installed_flashrom(void)
{
	g_autofree char *program = find_program();
	char *argv[] = {program, (char *)"-L", NULL};
	g_autoptr(GString) text = g_string_new(NULL);
	int fd;
	GPid child;
	bool good;

	if (!program ||
		!g_spawn_async_with_pipes(NULL, argv, NULL,
			G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &child,
			NULL, &fd, NULL, NULL))
		return NULL;
	good = read_all(fd, text);
	close(fd);
	if (!good)
		kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return good && text->len > 0 ? chipdb_installed_parse(text->str) : NULL;
}

static gpointer
ask_once(gpointer data)
{
	(void)data;
	return chipdb_installed_flashrom();
}

static bool
is_renamed(const struct flash_part *part)
{
	for (int list = FLASH_FLASHROM_1_7; list <= FLASH_FLASHROM_1_3; list++) {
		if (part->definitions[list])
			return true;
	}
	return false;
}

const char *
chipdb_part_choice(const struct flash_part *part)
{
	static GOnce once = G_ONCE_INIT;

	if (!part->flashrom_several)
		return NULL;
	return chipdb_part_definition_in(
		part, is_renamed(part) ? g_once(&once, ask_once, NULL) : NULL);
}
