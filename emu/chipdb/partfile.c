/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A group of a *.chips file, as spinor-chipdb(5) describes it, read into a part.
 *
 * A group sets only what it mentions, on top of a copy of its family; who inherits whom is chipdb's
 * business. The keys stand in partkey.c, but those of erases, which have an opcode in their names.
 * Checks that take several keys come last, when families and part are merged: partcheck.c.
 */
#include "chipdb/partfile.h"

#include "base/error.h"
#include "chipdb/partcheck.h"
#include "chipdb/partcommand.h"
#include "chipdb/partkey.h"
#include "base/value.h"

#include <string.h>

#define ERASE_ALLOWED                                                                            \
	"a power of two, a map such as 4Kx2 + 8K + 16K, or chip; and one or two times, such as " \
	"4K, 45 ms, 400 ms; as and another opcode, such as as C7; or none"

bool
chipdb_part_is_given(const struct chipdb_part *part, const char *name)
{
	return part->given[chipdb_partkey_find(name)];
}

/* "erase-20", "erase4-21" for one that takes 4 address bytes, "hybrid-20", "hybrid4-21". */
static bool
is_erase_key(const char *name, struct flash_erase *erase)
{
	const char *dash = strchr(name, '-');

	memset(erase, 0, sizeof(*erase));
	erase->hybrid = g_str_has_prefix(name, "hybrid");
	erase->four_byte = dash && dash > name && dash[-1] == '4';
	if (!dash || (!erase->hybrid && !g_str_has_prefix(name, "erase")) ||
		dash - name != (erase->hybrid ? 6 : 5) + erase->four_byte)
		return false;
	return base_value_hex_byte(dash + 1, &erase->opcode);
}

static bool
read_erase(struct chipdb_partkey_reading *r, const struct flash_erase *erase, const char *value)
{
	struct chipdb_partcommand at = chipdb_partkey_place(r);

	return chipdb_part_set_erase(&at, erase, value);
}

static void
refuse_key(const struct chipdb_part_group *group, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const char *nearest;

	for (unsigned int i = 0; chipdb_partkey_get(i); i++)
		g_ptr_array_add(known, (gpointer)chipdb_partkey_get(i)->name);
	g_ptr_array_add(known, (gpointer) "erase-20");
	nearest = base_nearest(name, known);
	if (nearest)
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: [%s]: unknown key \"%s\": did you mean %s?", group->file, group->name,
			name, nearest);
	else
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: [%s]: unknown key \"%s\" (spinor-chipdb(5) lists all)", group->file,
			group->name, name);
}

static bool
read_key(struct chipdb_partkey_reading *r, const char *name, const char *value, GError **error)
{
	int i = chipdb_partkey_find(name);
	const struct chipdb_partkey *key = i >= 0 ? chipdb_partkey_get((unsigned int)i) : NULL;
	struct flash_erase erase;
	bool good;

	if (key) {
		good = !key->read || key->read(r, key, value);
		r->part->given[i] = true;
	} else if (is_erase_key(name, &erase)) {
		good = read_erase(r, &erase, value);
	} else {
		refuse_key(r->group, name, error);
		return false;
	}
	if (!good) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: [%s]: %s = \"%s\" is refused%s%s; allowed: %s", r->group->file,
			r->group->name, name, value, r->why ? ": " : "", r->why ? r->why : "",
			key ? key->allowed : ERASE_ALLOWED);
		g_clear_pointer(&r->why, g_free);
	}
	return good;
}

struct chipdb_part *
chipdb_part_new(const struct chipdb_part *family)
{
	struct chipdb_part *part = g_new0(struct chipdb_part, 1);

	if (family) {
		*part = *family;
		return part;
	}
	part->part.address_bytes = 3;
	part->part.security_register_first = 1;
	part->part.evcr_default = 0xdf;
	part->part.dies = 1;
	memcpy(part->part.any_registers, (uint8_t[FLASH_REGISTERS]){1, 3, 2, 4, 5, 6},
		FLASH_REGISTERS);
	return part;
}

void
chipdb_part_free(struct chipdb_part *part)
{
	if (!part)
		return;
	g_free(part->aliases);
	g_free(part->flashrom_names);
	g_free(part);
}

bool
chipdb_part_read(struct chipdb_part *part, const struct chipdb_part_group *group,
	GStringChunk *strings, GError **error)
{
	g_auto(GStrv) names = g_key_file_get_keys(group->keys, group->name, NULL, NULL);
	struct chipdb_partkey_reading reading = {.part = part, .group = group, .strings = strings};

	if (!group->family)
		part->part.name = g_string_chunk_insert_const(strings, group->name);
	for (char **name = names; *name; name++) {
		g_autofree char *value =
			g_key_file_get_value(group->keys, group->name, *name, NULL);
		size_t length = strlen(*name);

		/* "commands += X" is the key "commands +" to GKeyFile. */
		if (length >= 2 && (*name)[length - 2] == ' ') {
			(*name)[length - 2] = (*name)[length - 1];
			(*name)[length - 1] = '\0';
		}
		if (!read_key(&reading, *name, g_strstrip(value), error))
			return false;
	}
	if (!chipdb_part_is_given(part, "wrsr-bytes"))
		part->part.wrsr_bytes = chipdb_part_is_given(part, "sr2") ? 2 : 1;
	return true;
}

static bool
check_mandatory(
	const struct chipdb_part *part, const struct chipdb_part_group *group, GError **error)
{
	const struct chipdb_partkey *key;

	for (unsigned int i = 0; (key = chipdb_partkey_get(i)); i++) {
		if (!key->mandatory || part->given[i])
			continue;
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"%s: [%s]: key %s is missing, here and in its families; allowed: %s",
			group->file, group->name, key->name, key->allowed);
		return false;
	}
	return true;
}

static bool
copy_erases(struct chipdb_part *part, const struct chipdb_part_group *group, GError **error)
{
	uint8_t missing;

	if (chipdb_part_copy_erases(part, &missing))
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%s: [%s]: an erase is \"as %02X\", but erase-%02X is missing, here and in its "
		"families",
		group->file, group->name, missing, missing);
	return false;
}

bool
chipdb_part_finish(struct chipdb_part *part, const struct chipdb_part_group *group, GError **error)
{
	return copy_erases(part, group, error) && check_mandatory(part, group, error) &&
		chipdb_part_check(part, group, error);
}
