/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot in files. The chip takes one; the input is an edit of its two files, image and state:
 * a byte with the kind, then offsets and bytes. Restored, it is refused with one line and the chip
 * is as before, or the chip has what the files say and gives the same files again.
 */
#include "fuzz.h"
#include "onefile.h"

#include "flash/flash.h"
#include "flash/partdata.h"
#include "store/snapshot.h"

#include <string.h>

struct files {
	char *image, *state;
	GByteArray *array;
	GString *text;
};

static void
read_files(struct files *files)
{
	char *text = NULL;
	gsize n;

	fuzz_check(g_file_get_contents(files->image, &text, &n, NULL), "no image");
	files->array = g_byte_array_new_take((guint8 *)text, n);
	fuzz_check(g_file_get_contents(files->state, &text, &n, NULL), "no state");
	files->text = g_string_new_len(text, (gssize)n);
	g_free(text);
}

/* Each edit is a byte, an offset and up to 15 bytes. */
static void
edit(struct files *files, struct fuzz_input *input)
{
	while (input->left > 0) {
		unsigned int form = fuzz_byte(input);
		uint32_t at = fuzz_number(input, 2);
		size_t n = form & 15;
		const uint8_t *bytes = fuzz_take(input, &n);

		switch (form >> 4 & 7) {
		case 0:
			for (size_t i = 0; i < n && at + i < files->array->len; i++)
				files->array->data[at + i] = bytes[i];
			break;
		case 1:
			g_byte_array_set_size(files->array, MIN(at, files->array->len));
			break;
		case 2:
			g_byte_array_append(files->array, bytes, (guint)n);
			break;
		case 3:
			at = (uint32_t)(at % (files->text->len + 1));
			g_string_insert_len(files->text, at, (const char *)bytes, (gssize)n);
			break;
		case 4:
			at = (uint32_t)(at % (files->text->len + 1));
			g_string_erase(files->text, at, (gssize)MIN(n, files->text->len - at));
			break;
		case 5:
			g_string_truncate(files->text, at % (files->text->len + 1));
			break;
		default:
			for (size_t i = 0; i < n && files->text->len > 0; i++)
				files->text->str[(at + i) % files->text->len] = (char)bytes[i];
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *image, *state;
	struct fuzz_input input = {data, size};
	uint32_t bytes;
	const struct flash_part *part;
	g_autofree uint8_t *array = NULL;
	g_autofree uint8_t *before = NULL;
	g_autoptr(GError) error = NULL;
	struct store_snapshots *snapshots;
	struct files files;
	struct flash *chip;

	fuzz_quiet();
	part = fuzz_part((uint16_t)fuzz_number(&input, 2), &bytes);
	/* The size of a file is that of the part. */
	if (part->size != bytes)
		return 0;
	if (image == NULL) {
		image = onefile_path("a.bin");
		state = onefile_path("a.bin.state");
	}
	array = g_malloc(bytes);
	for (uint32_t i = 0; i < bytes; i++)
		array[i] = (uint8_t)(i * 7 + i / 256);
	chip = flash_new(part, array, 1);
	flash_supply(chip, part->vcc_max_mv);
	snapshots = store_snapshots_new(chip, array, bytes, false);
	fuzz_check(store_snapshots_take_file(snapshots, image, &error), "%s",
		error != NULL ? error->message : "");
	files = (struct files){.image = image, .state = state};
	read_files(&files);
	edit(&files, &input);
	onefile_write(image, files.array->data, files.array->len);
	onefile_write(state, files.text->str, files.text->len);
	before = g_memdup2(array, bytes);
	if (store_snapshots_restore_file(snapshots, image, NULL, &error)) {
		fuzz_check(
			files.array->len == bytes && memcmp(array, files.array->data, bytes) == 0,
			"restored something else");
		fuzz_check(store_snapshots_take_file(snapshots, image, &error) &&
				store_snapshots_restore_file(snapshots, image, NULL, &error),
			"what was restored can't be: %s", error != NULL ? error->message : "");
	} else {
		fuzz_check_error(error, "a.bin");
		fuzz_check(memcmp(array, before, bytes) == 0, "refused, but the array changed");
	}
	g_byte_array_unref(files.array);
	g_string_free(files.text, TRUE);
	store_snapshots_destroy(snapshots);
	flash_destroy(chip);
	return 0;
}
