/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text as the state of a chip: refused with one line that names the file, the chip as before, or
 * loaded; then it is saved, loaded by another chip and saved again, and the files are equal. The
 * first two bytes choose the part, unless the text names a part for which it then is.
 */
#include "fuzz.h"
#include "onefile.h"

#include "chipdb/chipdb.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "store/state.h"

#include <string.h>

/* The words "PART" of the text become the part's name. */
static GString *
make_text(const struct fuzz_input *input, const struct flash_part *part)
{
	GString *text = g_string_new_len((const char *)input->at, (gssize)input->left);
	char *at;

	while (text->len > 0 && strlen(text->str) == text->len &&
		(at = strstr(text->str, "@PART@")) != NULL) {
		gssize offset = at - text->str;

		g_string_erase(text, offset, 6);
		g_string_insert(text, offset, part->name);
	}
	return text;
}

static char *
save(struct flash *chip, const char *path)
{
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	fuzz_check(store_state_save(path, chip, NULL, &error), "%s",
		error != NULL ? error->message : "");
	fuzz_check(g_file_get_contents(path, &text, NULL, NULL), "%s is gone", path);
	return text;
}

static void
compare_registers(struct flash *one, struct flash *two)
{
	size_t n, m;
	const struct flash_nonvolatile *left = flash_nonvolatile(one, &n);
	const struct flash_nonvolatile *right = flash_nonvolatile(two, &m);

	fuzz_check(n == m, "%zu and %zu items", n, m);
	for (size_t i = 0; i < n; i++)
		fuzz_check(left[i].size == right[i].size &&
				memcmp(left[i].data, right[i].data, left[i].size) == 0,
			"%s was saved or loaded wrong", left[i].name);
}

static void
check_again(const struct flash_part *part, struct flash *chip, const char *path)
{
	g_autofree char *first = save(chip, path);
	g_autofree char *second = NULL;
	g_autoptr(GError) error = NULL;
	struct flash *other = flash_new(part, NULL, 1);

	fuzz_check(store_state_load(path, other, NULL, NULL, &error), "%s",
		error != NULL ? error->message : "");
	compare_registers(chip, other);
	second = save(other, path);
	fuzz_check(strcmp(first, second) == 0, "a saved state changes:\n%s\n%s", first, second);
	flash_destroy(other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *path, *copy;
	struct fuzz_input input = {data, size};
	uint32_t bytes;
	const struct flash_part *part = fuzz_part((uint16_t)fuzz_number(&input, 2), &bytes);
	g_autoptr(GString) text = make_text(&input, part);
	g_autoptr(GError) error = NULL;
	struct flash *chip = flash_new(part, NULL, 1);
	enum store_state_found found;

	fuzz_quiet();
	if (path == NULL) {
		path = onefile_path("a.state");
		copy = onefile_path("b.state");
	}
	onefile_write(path, text->str, text->len);
	if (store_state_load(path, chip, NULL, &found, &error))
		check_again(part, chip, copy);
	else
		fuzz_check_error(error, path);
	flash_destroy(chip);
	return 0;
}
