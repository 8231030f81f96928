/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs that need no running bench: chips, chip, profiles. */
#include "spinor/verbs.h"

#include "base/units.h"
#include "chipdb/chipdb.h"
#include "chipdb/chiptable.h"
#include "chipdb/installed.h"
#include "chipdb/partdefinition.h"
#include "flash/describe.h"
#include "flash/partdata.h"
#include "serprog/profile.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/output.h"
#include "spinor/showsfdp.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A file that states no source has not confirmed the value. */
static const char *
or_unconfirmed(const char *source)
{
	return source != NULL && source[0] != '\0' ? source : "unconfirmed";
}

static const char *
reason_of(const struct flash_part *part, unsigned int alias)
{
	return or_unconfirmed(part->alias_reasons != NULL ? part->alias_reasons[alias] : NULL);
}

static char *
hex(const uint8_t *bytes, unsigned int n)
{
	GString *text = g_string_new(NULL);

	for (unsigned int i = 0; i < n; i++)
		g_string_append_printf(text, "%02X", bytes[i]);
	return g_string_free(text, FALSE);
}

static void
add_text(JsonBuilder *builder, const char *name, const char *value)
{
	json_builder_set_member_name(builder, name);
	if (value != NULL)
		json_builder_add_string_value(builder, value);
	else
		json_builder_add_null_value(builder);
}

static void
add_number(JsonBuilder *builder, const char *name, int64_t value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_int_value(builder, value);
}

static void
add_texts(JsonBuilder *builder, const char *name, const char *const *values)
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_array(builder);
	for (; values != NULL && *values != NULL; values++)
		json_builder_add_string_value(builder, *values);
	json_builder_end_array(builder);
}

/* Each alias with the reason why it is the same chip. */
static void
add_alias_reasons(JsonBuilder *builder, const struct flash_part *part)
{
	json_builder_set_member_name(builder, "alias_reasons");
	json_builder_begin_object(builder);
	for (unsigned int i = 0; part->aliases != NULL && part->aliases[i] != NULL; i++)
		add_text(builder, part->aliases[i], reason_of(part, i));
	json_builder_end_object(builder);
}

/* The bits of a delivered value: {"SRP": 0, "BP": 0}. */
static void
add_bits(JsonBuilder *builder, const struct flash_part *part, unsigned int reg)
{
	struct flash_register described;

	flash_status_fields(part, reg, part->status_default[reg], &described);
	json_builder_set_member_name(builder, "bits");
	json_builder_begin_object(builder);
	for (unsigned int i = 0; i < described.n_fields; i++)
		add_number(builder, described.fields[i].name,
			flash_field_value(&described.fields[i], described.value));
	json_builder_end_object(builder);
}

static void
add_delivered(JsonBuilder *builder, const struct flash_part *part)
{
	json_builder_set_member_name(builder, "delivered");
	json_builder_begin_array(builder);
	for (unsigned int reg = 0; reg < FLASH_REGISTERS; reg++) {
		g_autofree char *value = hex(&part->status_default[reg], 1);

		if (!flash_has_status(part, reg))
			continue;
		json_builder_begin_object(builder);
		add_text(builder, "register", flash_status_name(reg));
		add_text(builder, "value", value);
		add_bits(builder, part, reg);
		add_text(builder, "source", or_unconfirmed(part->status_source[reg]));
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

/* Blocks of one size have "size", others "regions" in order of their addresses. */
static void
add_erase(JsonBuilder *builder, const struct flash_part *part, const struct flash_erase *erase)
{
	g_autofree char *opcode = hex(&erase->opcode, 1);

	json_builder_begin_object(builder);
	add_text(builder, "opcode", opcode);
	json_builder_set_member_name(builder, "four_byte");
	json_builder_add_boolean_value(builder, erase->four_byte);
	if (erase->n_regions == 0) {
		add_number(builder, "size",
			erase->size != 0 ? (int64_t)erase->size : (int64_t)part->size);
	} else {
		json_builder_set_member_name(builder, "regions");
		json_builder_begin_array(builder);
		for (unsigned int i = 0; i < erase->n_regions; i++) {
			json_builder_begin_object(builder);
			add_number(builder, "count", erase->regions[i].n_blocks);
			add_number(builder, "size", erase->regions[i].block_size);
			json_builder_end_object(builder);
		}
		json_builder_end_array(builder);
	}
	add_number(builder, "typ_ns", erase->time.typ_ns);
	add_number(builder, "max_ns", erase->time.max_ns);
	json_builder_end_object(builder);
}

/* The commands as in the chip data: "RDID", or "RDID:15" if the opcode is not the usual one. */
static void
add_commands(JsonBuilder *builder, const struct flash_part *part)
{
	json_builder_set_member_name(builder, "commands");
	json_builder_begin_array(builder);
	for (unsigned int i = 0; i < part->n_commands; i++) {
		const struct flash_part_command *command = &part->commands[i];
		g_autofree char *text = command->opcode < 0
			? g_strdup(command->name)
			: g_strdup_printf("%s:%02X", command->name, (unsigned int)command->opcode);

		json_builder_add_string_value(builder, text);
	}
	json_builder_end_array(builder);
}

/* The definitions of each release: as in its key, or as in the next newer release that has one. */
static void
add_definitions(JsonBuilder *builder, const struct flash_part *part)
{
	static const char *const names[] = {"flashrom", "flashrom-1.7", "flashrom-1.6",
		"flashrom-1.5", "flashrom-1.4", "flashrom-1.3", "flashprog"};

	json_builder_set_member_name(builder, "definitions");
	json_builder_begin_object(builder);
	for (int i = 0; i < FLASH_DEFINITION_LISTS; i++)
		add_texts(builder, names[i],
			chipdb_part_definitions(part, (enum flash_definition_list)i));
	json_builder_end_object(builder);
}

static void
add_part(JsonBuilder *builder, const struct flash_part *part)
{
	g_autofree char *id = hex(part->id, part->id_length);

	json_builder_begin_object(builder);
	add_text(builder, "name", part->name);
	add_text(builder, "vendor", part->vendor);
	add_text(builder, "flashrom", part->flashrom_name);
	add_texts(builder, "flashrom_names", part->flashrom_names);
	add_definitions(builder, part);
	add_texts(builder, "aliases", part->aliases);
	add_alias_reasons(builder, part);
	add_number(builder, "size", (int64_t)part->size);
	add_number(builder, "page_size", part->page_size);
	add_number(builder, "vcc_min_mv", part->vcc_min_mv);
	add_number(builder, "vcc_max_mv", part->vcc_max_mv);
	add_number(builder, "address_bytes", part->address_bytes);
	add_text(builder, "id", id);
	add_delivered(builder, part);
	add_number(builder, "read_max_hz", part->read_max_hz);
	add_number(builder, "fast_read_max_hz", part->fast_read_max_hz);
	json_builder_set_member_name(builder, "erases");
	json_builder_begin_array(builder);
	for (unsigned int i = 0; i < part->n_erases; i++)
		add_erase(builder, part, &part->erases[i]);
	json_builder_end_array(builder);
	add_commands(builder, part);
	spinor_add_sfdp(builder, part);
	json_builder_end_object(builder);
}

static void
finish_json(JsonBuilder *builder)
{
	g_autoptr(JsonNode) root = json_builder_get_root(builder);

	spinor_print_json(root);
}

static int
chips_json(const char *chipdb, const char *pattern, GError **error)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(GPtrArray) parts = NULL;
	struct chipdb *db = chipdb_open(chipdb, error);

	if (db == NULL)
		return -1;
	parts = chipdb_list(db, pattern);
	json_builder_begin_array(builder);
	for (guint i = 0; i < parts->len; i++)
		add_part(builder, parts->pdata[i]);
	json_builder_end_array(builder);
	finish_json(builder);
	chipdb_close(db);
	return EXIT_SUCCESS;
}

int
spinor_chips(struct spinor_command *command, GError **error)
{
	const char *pattern = command->n_args > 0 ? command->args[0] : NULL;
	g_autofree char *table = NULL;
	g_autoptr(GError) found = NULL;

	if (command->json)
		return chips_json(command->chipdb, pattern, error);
	table = chipdb_table(command->chipdb, pattern, &found);
	if (table != NULL) {
		fputs(table, stdout);
		return EXIT_SUCCESS;
	}
	/* The message of chipdb_table() names spinord's option. */
	if (spinor_error_status(found) == SPINOR_ERROR_USAGE && pattern != NULL)
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s: no chip has that in its name or vendor; spinor chips lists all",
			pattern);
	else
		g_propagate_error(error, g_steal_pointer(&found));
	return -1;
}

static char *
format_time(int64_t ns)
{
	if (ns >= 1000000000)
		return g_strdup_printf("%.4g s", (double)ns / 1e9);
	if (ns >= 1000000)
		return g_strdup_printf("%.4g ms", (double)ns / 1e6);
	return g_strdup_printf("%.4g us", (double)ns / 1e3);
}

static void
print_erase(const struct flash_erase *erase)
{
	g_autofree char *size = erase->size ? base_format_size(erase->size) : g_strdup("chip");
	g_autofree char *typical = format_time(erase->time.typ_ns);
	g_autofree char *most = format_time(erase->time.max_ns);

	printf("  %02X %-8s %s typical, %s at most\n", erase->opcode, size, typical, most);
}

/* The other names, each with the reason why it is the same chip. */
static void
print_aliases(const struct flash_part *part)
{
	for (unsigned int i = 0; part->aliases != NULL && part->aliases[i] != NULL; i++)
		printf("also      %s (%s)\n", part->aliases[i], reason_of(part, i));
}

static void
print_delivered(const struct flash_part *part)
{
	const char *separator = "delivered ";

	for (unsigned int reg = 0; reg < FLASH_REGISTERS; reg++) {
		g_autofree char *words = NULL;

		if (!flash_has_status(part, reg))
			continue;
		words = flash_status_words(part, reg, part->status_default[reg]);
		printf("%s%s %s (%s)", separator, flash_status_name(reg), words,
			or_unconfirmed(part->status_source[reg]));
		separator = ", ";
	}
	if (separator[0] == ',')
		putchar('\n');
}

/* If the user wrote an alias. */
static void
print_alias_asked_for(const struct flash_part *part, const char *name)
{
	for (unsigned int i = 0; part->aliases != NULL && part->aliases[i] != NULL; i++) {
		if (g_ascii_strcasecmp(part->aliases[i], name) == 0)
			printf("%s is another name of %s: %s\n", part->aliases[i], part->name,
				reason_of(part, i));
	}
}

/* The names in flashrom and flashprog, and the command for the flashrom that is installed. */
static void
print_definitions(const struct flash_part *part)
{
	g_autoptr(GHashTable) installed = chipdb_installed_flashrom();
	g_autofree char *text = chipdb_part_definition_text(part);
	g_auto(GStrv) ranges = NULL;
	const char *const *flashprog = chipdb_part_definitions(part, FLASH_FLASHPROG);
	const char *name = chipdb_part_definition_in(part, installed);
	g_autofree char *command = chipdb_flashrom_command("serprog:dev={tty}", name);

	if (text == NULL)
		return;
	ranges = g_strsplit(text, ", ", -1);
	for (unsigned int i = 0; ranges[i] != NULL; i++)
		printf("%-9s %s\n", i == 0 ? "flashrom" : "", ranges[i]);
	printf("flashprog %s\n", flashprog != NULL && flashprog[0] != NULL ? flashprog[0] : "none");
	printf("command   %s\n", command);
	if (part->flashrom_several && name != NULL)
		printf("          several definitions match this ID: flashrom needs -c\n");
	if (installed == NULL)
		printf("          (flashrom is not installed here; the newest one)\n");
	else if (name == NULL)
		printf("          (the flashrom here has no definition of this chip)\n");
}

/* name: as the user wrote it. */
static void
print_part(const struct flash_part *part, const char *name)
{
	g_autofree char *size = base_format_size(part->size);
	g_autofree char *id = hex(part->id, part->id_length);
	g_autofree char *program = format_time(part->timing[FLASH_T_PP].typ_ns);

	print_alias_asked_for(part, name);
	printf("%s%s%s, %s\n", spinor_colour(SPINOR_BOLD), part->name, spinor_colour(SPINOR_PLAIN),
		part->vendor);
	print_aliases(part);
	print_definitions(part);
	printf("size      %s, pages of %" PRIu32 " bytes, %s typical to program one\n", size,
		part->page_size, program);
	printf("supply    %.4g-%.4g V\n", part->vcc_min_mv / 1000.0, part->vcc_max_mv / 1000.0);
	printf("ID (9F)   %s\n", id);
	printf("clock     %.6g MHz for READ (03), %.6g MHz for all others\n",
		part->read_max_hz / 1e6, part->fast_read_max_hz / 1e6);
	spinor_print_sfdp(part);
	print_delivered(part);
	printf("erases\n");
	for (unsigned int i = 0; i < part->n_erases; i++)
		print_erase(&part->erases[i]);
	printf("commands ");
	for (unsigned int i = 0; i < part->n_commands; i++)
		printf(" %s", part->commands[i].name);
	putchar('\n');
}

static int
print_source(struct chipdb *db, const struct spinor_command *command, GError **error)
{
	g_autofree char *source = chipdb_source(db, command->args[0], error);

	if (source == NULL)
		return -1;
	if (command->json) {
		g_autoptr(JsonBuilder) builder = json_builder_new();

		json_builder_begin_object(builder);
		add_text(builder, "source", source);
		json_builder_end_object(builder);
		finish_json(builder);
	} else {
		fputs(source, stdout);
	}
	return EXIT_SUCCESS;
}

static int
print_properties(struct chipdb *db, const struct spinor_command *command, GError **error)
{
	const struct flash_part *part = chipdb_find(db, command->args[0], error);

	if (part == NULL)
		return -1;
	if (command->json) {
		g_autoptr(JsonBuilder) builder = json_builder_new();

		add_part(builder, part);
		finish_json(builder);
	} else {
		print_part(part, command->args[0]);
	}
	return EXIT_SUCCESS;
}

int
spinor_chip(struct spinor_command *command, GError **error)
{
	struct chipdb *db = chipdb_open(command->chipdb, error);
	int status;

	if (db == NULL)
		return -1;
	status = command->source ? print_source(db, command, error)
				 : print_properties(db, command, error);
	chipdb_close(db);
	return status;
}

static void
profiles_json(const struct serprog_profile *profiles, size_t n)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_array(builder);
	for (size_t i = 0; i < n; i++) {
		json_builder_begin_object(builder);
		add_text(builder, "name", profiles[i].name);
		add_text(builder, "summary", profiles[i].summary);
		add_text(builder, "program", profiles[i].program);
		add_text(builder, "flashrom", serprog_flashrom_string(profiles[i].flashrom));
		add_text(builder, "hangs", profiles[i].hangs);
		add_number(builder, "serial_buffer", profiles[i].serial_buffer);
		add_number(builder, "write_max", profiles[i].write_max);
		add_number(builder, "read_max", profiles[i].read_max);
		add_number(builder, "clock_default_hz", profiles[i].clock_default_hz);
		add_number(builder, "clock_min_hz", profiles[i].clock_min_hz);
		add_number(builder, "clock_max_hz", profiles[i].clock_max_hz);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	finish_json(builder);
}

static void
print_profile(const struct serprog_profile *profile)
{
	printf("%s%-16s%s %s\n", spinor_colour(SPINOR_BOLD), profile->name,
		spinor_colour(SPINOR_PLAIN), profile->summary);
	if (profile->flashrom == SERPROG_FLASHROM_REFUSES)
		printf("%-16s flashrom 1.3.0 refuses it\n", "");
	if (profile->flashrom == SERPROG_FLASHROM_HANGS)
		printf("%-16s flashrom 1.3.0 hangs\n", "");
	if (profile->hangs != NULL)
		printf("%-16s hangs a host: %s\n", "", profile->hangs);
}

int
spinor_profiles(struct spinor_command *command, GError **error)
{
	size_t n;
	const struct serprog_profile *profiles = serprog_profiles(&n);

	(void)error;
	if (command->json) {
		profiles_json(profiles, n);
		return EXIT_SUCCESS;
	}
	for (size_t i = 0; i < n; i++)
		print_profile(&profiles[i]);
	return EXIT_SUCCESS;
}
