/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of a part, as spinor-chipdb(5) describes them: rows of eight bits by their names,
 * and their addresses for RDAR and WRAR. Leaves out their values as delivered, which are plain
 * bytes.
 */
#include "chipdb/partstatus.h"

#include "base/value.h"
#include "flash/describe.h"

#include <glib.h>
#include <string.h>

#define USER "USER"

static const struct base_value_word bit_words[] = {{"-", FLASH_BIT_NONE}, {"BUSY", FLASH_BIT_BUSY},
	{"WEL", FLASH_BIT_WEL}, {"BP0", FLASH_BIT_BP0}, {"BP1", FLASH_BIT_BP1},
	{"BP2", FLASH_BIT_BP2}, {"BP3", FLASH_BIT_BP3}, {"BP4", FLASH_BIT_BP4},
	{"TB", FLASH_BIT_TB}, {"SEC", FLASH_BIT_SEC}, {"CMP", FLASH_BIT_CMP},
	{"SRP", FLASH_BIT_SRP}, {"SRL", FLASH_BIT_SRL}, {"QE", FLASH_BIT_QE},
	{"WPS", FLASH_BIT_WPS}, {"SUS", FLASH_BIT_SUS}, {"LB1", FLASH_BIT_LB1},
	{"LB2", FLASH_BIT_LB2}, {"LB3", FLASH_BIT_LB3}, {"DRV0", FLASH_BIT_DRV0},
	{"DRV1", FLASH_BIT_DRV1}, {"DRV2", FLASH_BIT_DRV2}, {"DC0", FLASH_BIT_DC0},
	{"DC1", FLASH_BIT_DC1}, {"ADS", FLASH_BIT_ADS}, {"ADP", FLASH_BIT_ADP},
	{"AAI", FLASH_BIT_AAI}, {"RDY", FLASH_BIT_RDY}, {"COMP", FLASH_BIT_COMP},
	{"PROTECT", FLASH_BIT_PROTECT}, {"PAGE_SIZE", FLASH_BIT_PAGE_SIZE}, {"SLE", FLASH_BIT_SLE},
	{"PS2", FLASH_BIT_PS2}, {"PSB", FLASH_BIT_PSB}, {"ESB", FLASH_BIT_ESB},
	{"P_FAIL", FLASH_BIT_P_FAIL}, {"E_FAIL", FLASH_BIT_E_FAIL}, {"QPI", FLASH_BIT_QPI},
	{"UNIFORM", FLASH_BIT_UNIFORM}, {"LDSO", FLASH_BIT_LDSO}, {"EPFAIL", FLASH_BIT_EPFAIL},
	{"EPE", FLASH_BIT_EPE}, {"SPRL", FLASH_BIT_SPRL}, {"SWP0", FLASH_BIT_SWP0},
	{"SWP1", FLASH_BIT_SWP1}, {"WPP", FLASH_BIT_WPP}, {"WPLD", FLASH_BIT_WPLD},
	{"BPNV", FLASH_BIT_BPNV}, {"BPNV_O", FLASH_BIT_BPNV_O}, {"FREEZE", FLASH_BIT_FREEZE},
	{"HOLD_RST", FLASH_BIT_HRSW}, {USER, FLASH_BIT_USER},
	/* Names of other data sheets for the same bits. */
	{"WIP", FLASH_BIT_BUSY}, {"PS1", FLASH_BIT_PSB}, {"ES", FLASH_BIT_ESB},
	{"SRP0", FLASH_BIT_SRP}, {"SRP1", FLASH_BIT_SRL}, {"SRWD", FLASH_BIT_SRP},
	{"BPL", FLASH_BIT_SRP}, {"WPEN", FLASH_BIT_SRP}, {"RES", FLASH_BIT_NONE},
	{"IOC", FLASH_BIT_QE}, {"QUAD", FLASH_BIT_QE}, {"TBPROT", FLASH_BIT_TB},
	{"WPSEL", FLASH_BIT_WPS}, {"WSE", FLASH_BIT_ESB}, {"WSP", FLASH_BIT_PSB},
	{"E_ERR", FLASH_BIT_E_FAIL}, {"P_ERR", FLASH_BIT_P_FAIL}, {"ODS0", FLASH_BIT_DRV0},
	{"ODS1", FLASH_BIT_DRV1}, {"ODS2", FLASH_BIT_DRV2}, {NULL, 0}};

static const struct base_value_word register_words[] = {{"-", 0}, {"sr1", 1}, {"sr2", 2},
	{"sr3", 3}, {"cr2", 4}, {"cr3", 5}, {"cr4", 6}, {NULL, 0}};

/* Bits that only the chip itself sets. */
static bool
is_reported(enum flash_bit bit)
{
	switch (bit) {
	case FLASH_BIT_BUSY:
	case FLASH_BIT_WEL:
	case FLASH_BIT_SUS:
	case FLASH_BIT_PSB:
	case FLASH_BIT_ESB:
	case FLASH_BIT_P_FAIL:
	case FLASH_BIT_E_FAIL:
	case FLASH_BIT_ADS:
	case FLASH_BIT_AAI:
	case FLASH_BIT_LDSO:
	case FLASH_BIT_EPFAIL:
	case FLASH_BIT_EPE:
	case FLASH_BIT_SWP0:
	case FLASH_BIT_SWP1:
	case FLASH_BIT_WPP:
	case FLASH_BIT_WPLD:
	case FLASH_BIT_BPNV:
	case FLASH_BIT_RDY:
	case FLASH_BIT_COMP:
	case FLASH_BIT_PROTECT:
	case FLASH_BIT_PAGE_SIZE:
	case FLASH_BIT_SLE:
	case FLASH_BIT_PS2:
		return true;
	default:
		return false;
	}
}

/* Bits that are volatile in all parts. */
static bool
is_forgetful(enum flash_bit bit)
{
	return bit == FLASH_BIT_SPRL || bit == FLASH_BIT_FREEZE;
}

/* "USER:LC0" to "LC0", in place; false: a bad name. */
static bool
read_own_name(char *cell, const char **name, char **why)
{
	char *own = strchr(cell, ':');
	size_t n;

	*name = NULL;
	if (!own)
		return true;
	*own++ = '\0';
	n = strlen(own);
	if (strcmp(cell, USER) == 0 && n > 0 && n < FLASH_FIELD_NAME_MAX &&
		strspn(own, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_") == n) {
		*name = g_intern_string(own);
		return true;
	}
	*why = g_strdup_printf("unknown bit \"%s:%s\"; allowed is USER:NAME with up to %d letters, "
			       "digits and underscores",
		cell, own, FLASH_FIELD_NAME_MAX - 1);
	return false;
}

/* The name of the table, which lives as long as the part. */
static const char *
static_name(const char *cell)
{
	const struct base_value_word *word = bit_words;

	while (word->name && strcmp(word->name, cell) != 0)
		word++;
	return word->name;
}

/* One bit of a register: "LB1/otp". */
static bool
read_bit(char *cell, struct flash_register_bit *bit, char **why)
{
	char *suffix = strchr(cell, '/');
	int function;

	memset(bit, 0, sizeof(*bit));
	if (suffix) {
		*suffix++ = '\0';
		bit->otp = strcmp(suffix, "otp") == 0;
		bit->read_only = strcmp(suffix, "ro") == 0;
		bit->is_volatile = strcmp(suffix, "v") == 0;
		if (!bit->otp && !bit->read_only && !bit->is_volatile) {
			*why = g_strdup_printf("unknown suffix \"/%s\"", suffix);
			return false;
		}
	}
	if (!read_own_name(cell, &bit->name, why))
		return false;
	if (!base_value_word(bit_words, cell, &function)) {
		*why = g_strdup_printf("unknown bit \"%s\"", cell);
		return false;
	}
	bit->function = (enum flash_bit)function;
	if (!bit->name && bit->function != FLASH_BIT_NONE && bit->function != FLASH_BIT_USER)
		bit->name = static_name(cell);
	bit->read_only = bit->read_only || is_reported(bit->function);
	bit->is_volatile = bit->is_volatile || is_forgetful(bit->function);
	return true;
}

bool
chipdb_part_read_figure(const char *value, struct flash_register_bit *bits, char **why)
{
	g_auto(GStrv) cells = g_strsplit_set(value, " \t", -1);
	unsigned int n = 0;

	for (char **cell = cells; *cell; cell++) {
		if (**cell == '\0')
			continue;
		if (n < 8 && !read_bit(*cell, &bits[7 - n], why))
			return false;
		n++;
	}
	if (n == 8)
		return true;
	*why = g_strdup_printf("%u bits", n);
	return false;
}

bool
chipdb_part_read_registers(const char *value, uint8_t *registers)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);
	unsigned int n = 0;
	int reg;

	memset(registers, 0, FLASH_REGISTERS);
	for (char **word = words; *word; word++) {
		if (**word == '\0')
			continue;
		if (n == FLASH_REGISTERS || !base_value_word(register_words, *word, &reg))
			return false;
		registers[n++] = (uint8_t)reg;
	}
	return n > 0;
}

const char *
chipdb_part_register_name(unsigned int reg)
{
	return register_words[reg + 1].name;
}
