/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys about the SFDP of a part: a real chip's in a file, or the layout of a generated one. */
#include "chipdb/partsfdp.h"

#include "base/units.h"
#include "base/value.h"
#include "chipdb/sfdpfile.h"

#include <string.h>

#define WRAP_MIN 256
#define WRAP_MAX (16 << 20)

static char *
keep(GStringChunk *strings, const void *bytes, gsize n)
{
	return g_string_chunk_insert_len(strings, bytes, (gssize)n);
}

/* NULL stays NULL. */
static const char *
keep_text(GStringChunk *strings, const char *text)
{
	return text ? keep(strings, text, strlen(text) + 1) : NULL;
}

bool
chipdb_part_read_sfdp(const char *chips, const char *name, GStringChunk *strings,
	struct flash_part *part, char **why)
{
	g_autofree char *folder = g_path_get_dirname(chips);
	g_autofree char *path =
		g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(folder, name, NULL);
	struct chipdb_sfdp *sfdp = chipdb_sfdp_read(path, why);

	if (!sfdp)
		return false;
	part->sfdp = FLASH_SFDP_FILE;
	part->sfdp_file = keep_text(strings, name);
	part->sfdp_data = (const uint8_t *)keep(strings, sfdp->data, sfdp->length);
	part->sfdp_length = sfdp->length;
	part->sfdp_source = keep_text(strings, sfdp->source);
	part->sfdp_quirks = keep_text(strings, sfdp->quirks);
	chipdb_sfdp_free(sfdp);
	return true;
}

bool
chipdb_part_set_sfdp_layout(struct flash_part *part, const char *name, char **why)
{
	g_autofree char *names = NULL;

	part->sfdp_layout = flash_sfdp_layout_find(name);
	if (part->sfdp_layout)
		return true;
	names = flash_sfdp_layout_names();
	*why = g_strdup_printf("there are %s", names);
	return false;
}

bool
chipdb_part_set_sfdp_wrap(struct flash_part *part, const char *value)
{
	uint64_t size = 0;

	if (strcmp(value, "no") != 0 &&
		(!base_parse_size(value, &size) || !base_value_is_power_of_two(size) ||
			size < WRAP_MIN || size > WRAP_MAX))
		return false;
	part->sfdp_wrap = (uint32_t)size;
	return true;
}
