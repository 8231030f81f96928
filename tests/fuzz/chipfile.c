/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text as a *.chips file: refused with one line that names the place, or read; then each part that
 * passes its check can be played. The check of the file names each mistake on a line of its own.
 */
#include "fuzz.h"
#include "onefile.h"

#include "chipdb/chipcheck.h"
#include "chipdb/chipdb.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>

#define SIZE_MOST 65536
#define LINES_MOST 22 /* 20 mistakes, their number, and the end */

/* As `spinor chip --check`: all mistakes, each a line with file and number. */
static void
check_mistakes(const uint8_t *data, size_t size)
{
	static char *path;
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) lines = NULL;
	struct chipdb_check *check;

	if (path == NULL) {
		g_autofree char *one = onefile_path("one.chips");
		g_autofree char *folder = g_path_get_dirname(one);
		static const char empty[] = "# none\n";

		onefile_write(one, empty, sizeof empty - 1);
		g_setenv("SPINOR_CHIPDB", folder, TRUE);
		path = onefile_path("checked");
	}
	onefile_write(path, data, size);
	check = chipdb_check(NULL, path, &error);
	if (check == NULL) {
		fuzz_check_error(error, path);
		return;
	}
	fuzz_check(
		check->n_mistakes > 0 || check->mistakes[0] == '\0', "mistakes that do not count");
	lines = g_strsplit(check->mistakes, "\n", -1);
	fuzz_check(
		g_strv_length(lines) <= LINES_MOST, "%u lines of mistakes", g_strv_length(lines));
	for (char **line = lines; *line != NULL; line++) {
		if ((*line)[0] != '\0' && line[1] != NULL && line[1][0] != '\0')
			fuzz_check_line(*line, path);
	}
	chipdb_check_free(check);
}

static void
play(const struct flash_part *part)
{
	g_autofree uint8_t *array = NULL;
	struct flash *chip;
	uint8_t id[8];

	if (part->size > SIZE_MOST)
		return;
	array = g_malloc0(part->size);
	chip = flash_new(part, array, 1);
	fuzz_check(chip != NULL, "[%s] was read and does not pass its check", part->name);
	flash_supply(chip, part->vcc_max_mv);
	flash_tick(chip, INT64_C(1000000000));
	flash_select(chip);
	flash_shift(chip, (const uint8_t *)"\x9f", NULL, 1);
	flash_shift(chip, NULL, id, sizeof id);
	flash_deselect(chip, 0);
	flash_destroy(chip);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) parts = NULL;
	struct chipdb *db;

	fuzz_quiet();
	/* A key that names a file reads that file. */
	if (strstr(text, "sfdp") != NULL && strchr(text, '/') != NULL)
		return 0;
	check_mistakes(data, size);
	db = chipdb_open_text(text, &error);
	if (db == NULL) {
		fuzz_check_error(error, "text");
		return 0;
	}
	parts = chipdb_list(db, NULL);
	for (guint i = 0; i < parts->len; i++) {
		const struct flash_part *part = parts->pdata[i];
		g_autofree char *source = chipdb_source(db, part->name, NULL);

		fuzz_check(source != NULL, "[%s] has no source", part->name);
		play(part);
	}
	if (chipdb_find(db, "W25Q", &error) == NULL)
		fuzz_check_error(error, "W25Q");
	chipdb_close(db);
	return 0;
}
