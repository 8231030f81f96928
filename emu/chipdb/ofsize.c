/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of a size, in the order in which a user probably means them: the vendor of the part at
 * hand, the same supply, a name that begins and ends alike (W25Q128JV: W25Q80DV before W25X80),
 * then the vendors that are met most. Leaves out how common a part is: the chip data do not say it.
 */
#include "chipdb/ofsize.h"

#include "chipdb/chipdb.h"
#include "flash/partdata.h"

#include <string.h>

#define SHOWN 3

/* Vendors whose parts most boards have, first. */
static const char *const met_most[] = {"Winbond", "Macronix", "GigaDevice"};

static unsigned int
rank_of_vendor(const char *vendor)
{
	for (unsigned int i = 0; i < G_N_ELEMENTS(met_most); i++)
		if (strcmp(vendor, met_most[i]) == 0)
			return G_N_ELEMENTS(met_most) - i;
	return 0;
}

static unsigned int
same_begin(const char *a, const char *b)
{
	unsigned int n = 0;

	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

static unsigned int
same_end(const char *a, const char *b)
{
	size_t n_a = strlen(a), n_b = strlen(b);
	unsigned int n = 0;

	while (n < n_a && n < n_b && a[n_a - 1 - n] == b[n_b - 1 - n])
		n++;
	return n;
}

/* Larger: more like it. The criteria do not add up: each decides before the next. */
static unsigned int
likeness(const struct flash_part *part, const struct flash_part *like)
{
	bool same_vendor = strcmp(part->vendor, like->vendor) == 0;
	bool same_supply =
		part->vcc_min_mv <= like->vcc_max_mv && like->vcc_min_mv <= part->vcc_max_mv;

	return (unsigned int)same_vendor << 24 | (unsigned int)same_supply << 20 |
		MIN(same_begin(part->name, like->name), 15u) << 16 |
		MIN(same_end(part->name, like->name), 15u) << 12 | rank_of_vendor(part->vendor);
}

static gint
compare(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct flash_part *left = *(const struct flash_part *const *)a;
	const struct flash_part *right = *(const struct flash_part *const *)b;
	unsigned int of_left = likeness(left, data), of_right = likeness(right, data);

	if (of_left != of_right)
		return of_left > of_right ? -1 : 1;
	return strcmp(left->name, right->name);
}

char *
chipdb_of_size(struct chipdb *db, uint64_t size, const struct flash_part *like)
{
	g_autoptr(GPtrArray) parts = chipdb_list(db, NULL);
	g_autoptr(GPtrArray) fitting = g_ptr_array_new();
	GString *names;

	for (guint i = 0; i < parts->len; i++) {
		const struct flash_part *part = parts->pdata[i];

		if (part->size == size)
			g_ptr_array_add(fitting, (gpointer)part);
	}
	if (fitting->len == 0)
		return NULL;
	g_ptr_array_sort_with_data(fitting, compare, (gpointer)like);
	names = g_string_new(NULL);
	for (guint i = 0; i < MIN(fitting->len, SHOWN); i++) {
		const struct flash_part *part = fitting->pdata[i];

		g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", part->name);
	}
	return g_string_free(names, FALSE);
}
