/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the dictionary of a harness, in the format of libFuzzer and AFL++, from the tables of the
 * program: keys, methods and parameters, names and settings of faults, opcodes.
 *
 *	words HARNESS
 */
#include "base/keytable.h"
#include "chipdb/partkey.h"
#include "control/methods.h"
#include "control/schema.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "serprog/profile.h"
#include "setup/benchfile.h"
#include "setup/faultfile.h"
#include "setup/faultwords.h"
#include "store/wear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
word(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else if (g_ascii_isprint(*text))
			putchar(*text);
		else
			printf("\\x%02x", (unsigned char)*text);
	}
	puts("\"");
}

static void
words(const char *const *list)
{
	for (; *list; list++)
		word(*list);
}

/* Words that are separated by other characters than letters, digits and -. */
static void
words_in(const char *text)
{
	g_auto(GStrv) list = g_strsplit_set(text != NULL ? text : "", " ,;()\"=:", -1);

	for (char **one = list; *one; one++) {
		if (strlen(*one) > 1)
			word(*one);
	}
}

static void
keys(const struct base_key *table)
{
	for (; table->name; table++) {
		word(table->name);
		words_in(table->allowed);
	}
}

static void
fault_words(void)
{
	g_autofree const char **names = setup_fault_names();

	words(names);
	for (const char **name = names; *name; name++) {
		struct setup_fault *fault = setup_fault_new(*name, NULL);
		g_autofree const char **settings =
			fault != NULL ? setup_fault_settings(fault) : NULL;

		if (settings != NULL)
			words(settings);
		setup_fault_free(fault);
	}
	words(setup_fault_place_words);
}

static void
benchfile(void)
{
	static const char *const kinds[] = {"bench", "adapter", "chip", "fault", "board", NULL};
	g_autofree const char **board = setup_board_keys();

	words(kinds);
	for (const char *const *kind = kinds; *kind; kind++) {
		g_autofree const char **list =
			strcmp(*kind, "fault") == 0 || strcmp(*kind, "board") == 0
			? NULL
			: setup_file_keys(*kind);

		if (list != NULL)
			words(list);
	}
	words(board);
	fault_words();
}

static void
chipfile(void)
{
	g_autofree const char **names = flash_command_names();

	keys(chipdb_partkeys);
	words(names);
	word("[family ");
	word("inherits = ");
	word(" += ");
}

static void
control(void)
{
	const struct control_method *method;

	for (size_t i = 0; (method = control_method_at(i)) != NULL; i++) {
		word(method->name);
		for (const struct control_param *param = method->params; param->name; param++) {
			word(param->name);
			if (param->allowed != NULL)
				words(param->allowed);
		}
	}
	word("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"");
	word("\",\"params\":{");
	fault_words();
}

static void
faultwords(void)
{
	fault_words();
}

static void
statefile(void)
{
	static const char *const other[] = {"[spinor]", "version=", "part=", "[image]",
		"size=", "mtime=", "digest=", "in-use=yes", "[nonvolatile]", "[cells]", "@PART@",
		NULL};

	words(other);
	keys(store_wear_keys);
}

static void
recordfile(void)
{
	static const char *const other[] = {"spinor-record", "end", "open", "close", "timeout",
		"unplugged", "plugged", "failed", "baud ", "advance ", "do ", NULL};

	words(other);
}

static void
dumpfile(void)
{
	static const char *const other[] = {"SFDP", "Found ", "flash chip", "RDID returned", "RDID",
		"(", " kB, SPI)", "on serprog", "SFDP revision", "erase", "0x", NULL};

	words(other);
}

static void
flash(void)
{
	for (unsigned int opcode = 0; opcode < 256; opcode++)
		printf("\"\\x%02x\"\n\"\\x02\\x00\\x%02x\"\n", opcode, opcode);
}

static void
serprog(void)
{
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		unsigned int n;

		if (serprog_command_form((uint8_t)opcode, &n) == NULL)
			continue;
		printf("\"\\x%02x", opcode);
		for (unsigned int i = 0; i < n; i++)
			fputs(i % 3 == 0 ? "\\x04" : "\\x00", stdout);
		puts("\"");
	}
	/* O_SPIOP with opcode and address. */
	puts("\"\\x13\\x01\\x00\\x00\\x03\\x00\\x00\\x9f\"");
	puts("\"\\x13\\x01\\x00\\x00\\x00\\x00\\x00\\x06\"");
	puts("\"\\x13\\x04\\x00\\x00\\x08\\x00\\x00\\x03\\x00\\x00\\x00\"");
	puts("\"\\x13\\x08\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\x00\\x00\\x01\\x02\\x03\\x04\"");
	puts("\"\\x13\\x04\\x00\\x00\\x00\\x00\\x00\\x20\\x00\\x00\\x00\"");
}

static const struct {
	const char *name;
	void (*print)(void);
} harnesses[] = {
	{"benchfile", benchfile},
	{"chipfile", chipfile},
	{"control", control},
	{"dumpfile", dumpfile},
	{"faultwords", faultwords},
	{"flash", flash},
	{"recordfile", recordfile},
	{"serprog", serprog},
	{"snapshotfile", statefile},
	{"statefile", statefile},
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < G_N_ELEMENTS(harnesses); i++) {
		if (strcmp(argv[1], harnesses[i].name) != 0)
			continue;
		harnesses[i].print();
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "usage: words HARNESS, a name of FUZZ_HARNESSES\n");
	return 2;
}
