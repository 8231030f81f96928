/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SFDP of a part: the one of a real chip, with its source, or generated, with its layout. A
 * field that is not as in the part's own data is a quirk if its file lists it, else a mistake of
 * the part or of the file.
 */
#include "spinor/showsfdp.h"

#include "flash/flash.h"
#include "flash/partdata.h"
#include "flash/sfdpcompare.h"

#include <inttypes.h>
#include <stdio.h>

static bool
has_sfdp(const struct flash_part *part)
{
	return part->sfdp != FLASH_SFDP_NONE && flash_opcode(part, "RDSFDP") >= 0;
}

static void
print_difference(void *data, const char *field, const char *text)
{
	g_autofree char *reason = flash_sfdp_quirk(data, field);

	if (reason)
		printf("  quirk %s: %s (%s)\n", field, text, reason);
	else
		printf("  differs from the part in %s: %s\n", field, text);
}

void
spinor_print_sfdp(const struct flash_part *part)
{
	printf("SFDP      ");
	if (!has_sfdp(part)) {
		printf("none\n");
		return;
	}
	if (part->sfdp == FLASH_SFDP_GENERATED) {
		printf("generated, layout %s\n", flash_sfdp_layout_name(part->sfdp_layout));
		return;
	}
	printf("dump %s, %" PRIu32 " bytes, read from: %s\n", part->sfdp_file, part->sfdp_length,
		part->sfdp_source ? part->sfdp_source : "not given");
	flash_sfdp_compare(part, print_difference, (void *)part);
}

struct differences {
	JsonBuilder *builder;
	const struct flash_part *part;
};

static void
add_difference(void *data, const char *field, const char *text)
{
	struct differences *to = data;
	g_autofree char *reason = flash_sfdp_quirk(to->part, field);

	json_builder_begin_object(to->builder);
	json_builder_set_member_name(to->builder, "field");
	json_builder_add_string_value(to->builder, field);
	json_builder_set_member_name(to->builder, "values");
	json_builder_add_string_value(to->builder, text);
	json_builder_set_member_name(to->builder, "quirk");
	if (reason)
		json_builder_add_string_value(to->builder, reason);
	else
		json_builder_add_null_value(to->builder);
	json_builder_end_object(to->builder);
}

static void
add_text(JsonBuilder *builder, const char *name, const char *value)
{
	json_builder_set_member_name(builder, name);
	if (value)
		json_builder_add_string_value(builder, value);
	else
		json_builder_add_null_value(builder);
}

static void
add_dump(JsonBuilder *builder, const struct flash_part *part)
{
	struct differences to = {builder, part};

	add_text(builder, "origin", "dump");
	add_text(builder, "file", part->sfdp_file);
	add_text(builder, "source", part->sfdp_source);
	json_builder_set_member_name(builder, "bytes");
	json_builder_add_int_value(builder, part->sfdp_length);
	json_builder_set_member_name(builder, "differences");
	json_builder_begin_array(builder);
	flash_sfdp_compare(part, add_difference, &to);
	json_builder_end_array(builder);
}

void
spinor_add_sfdp(JsonBuilder *builder, const struct flash_part *part)
{
	json_builder_set_member_name(builder, "sfdp");
	json_builder_begin_object(builder);
	if (!has_sfdp(part)) {
		add_text(builder, "origin", "none");
	} else if (part->sfdp == FLASH_SFDP_GENERATED) {
		add_text(builder, "origin", "generated");
		add_text(builder, "layout", flash_sfdp_layout_name(part->sfdp_layout));
	} else {
		add_dump(builder, part);
	}
	json_builder_end_object(builder);
}
