/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the ready line of an adapter says about its chips. Leaves out its port (adapter.c). */
#include "bench/readyline.h"

#include "base/units.h"
#include "bench/adapter.h"
#include "bench/chip.h"
#include "chipdb/installed.h"
#include "clip/clip.h"
#include "flash/partdata.h"

char *
bench_readyline_chips(const struct bench_adapter *adapter)
{
	GString *parts = g_string_new(NULL);
	g_autoptr(GString) sizes = g_string_new(NULL);

	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++) {
		const struct flash_part *part;

		if (bench_adapter_chip(adapter, cs) == NULL)
			continue;
		part = bench_chip_part(bench_adapter_chip(adapter, cs));
		g_autofree char *size = base_format_size(part->size);
		g_auto(GStrv) words = g_strsplit(size, " ", -1);
		g_autofree char *one_word = g_strjoinv("", words);

		g_string_append_printf(parts, "%s%s", parts->len > 0 ? "," : "", part->name);
		g_string_append_printf(sizes, "%s%s", sizes->len > 0 ? "," : "", one_word);
	}
	if (parts->len == 0)
		return g_string_append(parts, "- -"), g_string_free(parts, FALSE);
	g_string_append_printf(parts, " %s", sizes->str);
	return g_string_free(parts, FALSE);
}

const char *
bench_readyline_definition(const struct bench_adapter *adapter)
{
	const struct bench_chip *chip = NULL;

	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++) {
		if (bench_adapter_chip(adapter, cs) != NULL && chip != NULL)
			return NULL;
		if (bench_adapter_chip(adapter, cs) != NULL)
			chip = bench_adapter_chip(adapter, cs);
	}
	return chip != NULL ? chipdb_part_choice(bench_chip_part(chip)) : NULL;
}
