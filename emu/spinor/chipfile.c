/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that chips are defined in: where a key comes from, a check, the families. */
#include "spinor/chipfile.h"

#include "base/wholefile.h"
#include "chipdb/chipcheck.h"
#include "chipdb/chipdb.h"
#include "chipdb/chipflat.h"
#include "chipdb/dump.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "commands += X" for the key "commands+". */
static char *
format_key(const struct chipdb_flat_key *key)
{
	size_t n = strlen(key->key);

	if (n > 0 && (key->key[n - 1] == '+' || key->key[n - 1] == '-'))
		return g_strdup_printf(
			"%.*s %c= %s", (int)n - 1, key->key, key->key[n - 1], key->value);
	return g_strdup_printf("%s = %s", key->key, key->value);
}

static void
print_keys(const char *name, const GPtrArray *keys)
{
	int width = 0;

	for (guint i = 0; i < keys->len; i++) {
		const struct chipdb_flat_key *key = keys->pdata[i];
		g_autofree char *file = g_path_get_basename(key->file);

		width = MAX(width, snprintf(NULL, 0, "%s:%u", file, key->line));
	}
	printf("%s%s%s: %u keys, with those of its families\n", spinor_colour(SPINOR_BOLD), name,
		spinor_colour(SPINOR_PLAIN), keys->len);
	for (guint i = 0; i < keys->len; i++) {
		const struct chipdb_flat_key *key = keys->pdata[i];
		const struct chipdb_flat_key *before = i > 0 ? keys->pdata[i - 1] : NULL;
		g_autofree char *file = g_path_get_basename(key->file);
		g_autofree char *place = g_strdup_printf("%s:%u", file, key->line);
		g_autofree char *text = format_key(key);

		if (before == NULL || strcmp(before->group, key->group) != 0)
			printf("[%s]\n", key->group);
		printf("%-*s  %s\n", width, place, text);
	}
	putchar('\n');
}

static void
add_member(JsonBuilder *builder, const char *name, const char *value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, value);
}

static void
print_source_json(const char *source, const GPtrArray *keys)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;

	json_builder_begin_object(builder);
	add_member(builder, "source", source);
	json_builder_set_member_name(builder, "keys");
	json_builder_begin_array(builder);
	for (guint i = 0; i < keys->len; i++) {
		const struct chipdb_flat_key *key = keys->pdata[i];

		json_builder_begin_object(builder);
		add_member(builder, "key", key->key);
		add_member(builder, "value", key->value);
		add_member(builder, "group", key->group);
		add_member(builder, "file", key->file);
		json_builder_set_member_name(builder, "line");
		json_builder_add_int_value(builder, key->line);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	spinor_print_json(root);
}

int
spinor_chip_source(struct chipdb *db, const struct spinor_command *command, GError **error)
{
	g_autofree char *source = chipdb_source(db, command->args[0], error);
	g_autoptr(GPtrArray) keys =
		source != NULL ? chipdb_flat(db, command->args[0], error) : NULL;

	if (keys == NULL)
		return -1;
	if (command->json) {
		print_source_json(source, keys);
		return EXIT_SUCCESS;
	}
	print_keys(command->args[0], keys);
	fputs(source, stdout);
	return EXIT_SUCCESS;
}

int
spinor_chip_check(const struct spinor_command *command, GError **error)
{
	struct chipdb_check *check = chipdb_check(command->chipdb, command->args[0], error);
	int status;

	if (check == NULL)
		return -1;
	status = check->n_mistakes == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	if (command->json) {
		g_autoptr(JsonBuilder) builder = json_builder_new();
		g_autoptr(JsonNode) root = NULL;

		json_builder_begin_object(builder);
		json_builder_set_member_name(builder, "n_mistakes");
		json_builder_add_int_value(builder, check->n_mistakes);
		add_member(builder, "mistakes", check->mistakes);
		add_member(builder, "warnings", check->warnings);
		add_member(builder, "good", check->good);
		json_builder_end_object(builder);
		root = json_builder_get_root(builder);
		spinor_print_json(root);
	} else {
		fputs(check->good, stdout);
		fputs(check->mistakes, stderr);
		fputs(check->warnings, stderr);
	}
	chipdb_check_free(check);
	return status;
}

int
spinor_chip_families(const struct spinor_command *command, GError **error)
{
	struct chipdb *db = chipdb_open(command->chipdb, error);
	g_autofree char *text = NULL;

	if (db == NULL)
		return -1;
	text = chipdb_families(db);
	fputs(text, stdout);
	chipdb_close(db);
	return EXIT_SUCCESS;
}

static bool
take_json_text(JsonObject *object, const char *const *names, const char **text)
{
	for (; *names != NULL && *text == NULL; names++)
		*text = spinor_text(object, *names, NULL);
	return *text != NULL;
}

/* {"id": "EF4018", "sfdp": "53464450...", "flashrom": "W25Q128.V"}; other members are ignored. */
static bool
take_json(struct chipdb_dump *dump, const char *name, JsonObject *object, GError **error)
{
	static const char *const ids[] = {"id", "jedec_id", "rdid", NULL};
	static const char *const tables[] = {"sfdp", "sfdp_hex", NULL};
	const char *id = NULL;
	const char *sfdp = NULL;

	if (take_json_text(object, ids, &id) && !chipdb_dump_take_id(dump, id)) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s: id \"%s\": allowed are 2 to 8 bytes in hex, such as EF4018", name, id);
		return false;
	}
	if (take_json_text(object, tables, &sfdp) &&
		!chipdb_dump_take_file(dump, name, sfdp, strlen(sfdp), error))
		return false;
	g_clear_pointer(&dump->sfdp_file, g_free);
	if (spinor_number(object, "size", 0) > 0)
		dump->size = (uint64_t)spinor_number(object, "size", 0);
	dump->flashrom = g_strdup(spinor_text(object, "flashrom", NULL));
	dump->vendor = g_strdup(spinor_text(object, "vendor", NULL));
	if (id != NULL || sfdp != NULL)
		return true;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"%s: the JSON has neither \"id\" nor \"sfdp\" as a text", name);
	return false;
}

static bool
take_file(struct chipdb_dump *dump, const char *name, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autofree char *text = NULL;
	gsize length;

	if (!base_whole_file(name, BASE_TEXT_MAX, &text, &length, error))
		return false;
	if (length == 0 || text[strspn(text, " \t\r\n")] != '{')
		return chipdb_dump_take_file(dump, name, text, length, error);
	if (!json_parser_load_from_data(parser, text, (gssize)length, NULL) ||
		!JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%s: it begins as JSON, but is no JSON object", name);
		return false;
	}
	return take_json(dump, name, json_node_get_object(json_parser_get_root(parser)), error);
}

/* A word of the command line: a file, or else an ID. */
static bool
take_word(struct chipdb_dump *dump, const char *word, GError **error)
{
	if (g_file_test(word, G_FILE_TEST_EXISTS))
		return take_file(dump, word, error);
	if (chipdb_dump_take_id(dump, word))
		return true;
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"%s: neither a file nor an ID in hex, such as 0xEF4018", word);
	return false;
}

int
spinor_chip_from_dump(const struct spinor_command *command, GError **error)
{
	struct chipdb_dump *dump = chipdb_dump_new();
	struct chipdb *db = chipdb_open(command->chipdb, NULL);
	g_autofree char *text = NULL;
	bool good = true;

	for (unsigned int i = 0; good && i < command->n_args; i++)
		good = take_word(dump, command->args[i], error);
	if (good)
		text = chipdb_dump_group(dump, db, error);
	if (text != NULL)
		fputs(text, stdout);
	chipdb_close(db);
	chipdb_dump_free(dump);
	return text != NULL ? EXIT_SUCCESS : -1;
}
