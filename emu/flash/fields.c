/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers by the names of their bits. A part's status and configuration registers have the names
 * that its data sheet uses (SRP0 or SRWD, WIP or BUSY); those of other registers are in the family
 * that has the register.
 *
 *   SRWD  -  -  -  BP1 BP0 WEL WIP        9C  1  -  -  -  11  0  0      SRWD=1 BP=11
 *
 * Bits that are numbered from 0 up are one number. One-time bits stay separate, since each is a
 * lock of its own. A bit that two places of a register show (BUSY of the SST26) is one field.
 */
#include "flash/describe.h"
#include "flash/engine/device.h"
#include "flash/engine/family.h"
#include "flash/engine/fields.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

static const char *const status_names[FLASH_REGISTERS] = {"SR1", "SR2", "SR3", "CR2", "CR3", "CR4"};

/* The bits of a register, [0] the least significant. A reserved one has no name. */
struct layout {
	char name[16][FLASH_FIELD_NAME_MAX];
	bool separate[16];
	unsigned int n_bits;
};

/* The place of a bit in the layout; -1: there is none. */
static int
find(const struct layout *layout, const char *stem, unsigned int number)
{
	char name[FLASH_FIELD_NAME_MAX + 12];

	g_snprintf(name, sizeof(name), "%s%u", stem, number);
	for (unsigned int i = 0; i < layout->n_bits; i++) {
		if (!layout->separate[i] && strcmp(layout->name[i], name) == 0)
			return (int)i;
	}
	return -1;
}

/* "BP2" to "BP"; without a number at its end the name itself. */
static void
get_stem(const char *name, char *stem)
{
	size_t n = strlen(name);

	g_strlcpy(stem, name, FLASH_FIELD_NAME_MAX);
	while (n > 1 && g_ascii_isdigit(stem[n - 1]))
		n--;
	stem[n] = '\0';
}

/* The field that bit i belongs to. */
static struct flash_field
field_of(const struct layout *layout, unsigned int i)
{
	struct flash_field field = {.n_bits = 0};
	char stem[FLASH_FIELD_NAME_MAX];
	int place;

	get_stem(layout->name[i], stem);
	while (!layout->separate[i] && field.n_bits < 8 &&
		(place = find(layout, stem, field.n_bits)) >= 0)
		field.place[field.n_bits++] = (uint8_t)place;
	for (unsigned int bit = 0; bit < field.n_bits; bit++) {
		if (field.n_bits > 1 && field.place[bit] == i) {
			memcpy(field.name, stem, sizeof(field.name));
			return field;
		}
	}
	memcpy(field.name, layout->name[i], sizeof(field.name));
	field.place[0] = (uint8_t)i;
	field.n_bits = 1;
	return field;
}

static struct flash_field *
find_field(struct flash_register *reg, const char *name)
{
	for (unsigned int i = 0; i < reg->n_fields; i++) {
		if (strcmp(reg->fields[i].name, name) == 0)
			return &reg->fields[i];
	}
	return NULL;
}

/* The protection of blocks is what people look for, also if there is none. */
static bool
is_brief(const char *name)
{
	return strcmp(name, "BP") == 0 || strcmp(name, "BP0") == 0 || strcmp(name, "SWP") == 0;
}

static void
take_layout(struct flash_register *reg, const struct layout *layout)
{
	for (unsigned int i = layout->n_bits; i-- > 0;) {
		struct flash_field field, *same;

		if (layout->name[i][0] == '\0')
			continue;
		field = field_of(layout, i);
		same = find_field(reg, field.name);
		if (same && same->n_bits == 1 && same->place[0] != i) {
			same->place[1] = (uint8_t)i;
			same->repeats = true;
		}
		if (same)
			continue;
		field.brief = is_brief(field.name);
		reg->fields[reg->n_fields++] = field;
	}
}

const char *
flash_status_name(unsigned int reg)
{
	return status_names[reg];
}

bool
flash_has_status(const struct flash_part *part, unsigned int reg)
{
	for (unsigned int bit = 0; bit < 8; bit++) {
		if (part->status[reg][bit].function != FLASH_BIT_NONE)
			return true;
	}
	return false;
}

void
flash_status_fields(const struct flash_part *part, unsigned int reg, uint8_t value,
	struct flash_register *described)
{
	struct layout layout = {.n_bits = 8};

	*described = (struct flash_register){
		.name = status_names[reg], .n_bits = 8, .value = value, .brief = reg < 3};
	for (unsigned int bit = 0; bit < 8; bit++) {
		const struct flash_register_bit *place = &part->status[reg][bit];

		layout.separate[bit] = place->otp;
		if (place->function != FLASH_BIT_NONE && place->name)
			g_strlcpy(layout.name[bit], place->name, FLASH_FIELD_NAME_MAX);
		else if (place->function != FLASH_BIT_NONE)
			g_snprintf(layout.name[bit], FLASH_FIELD_NAME_MAX, "bit%u", bit);
		if (place->function != FLASH_BIT_NONE && !place->name)
			layout.separate[bit] = true;
	}
	take_layout(described, &layout);
}

void
flash_registers_add(struct flash_registers *list, const char *name, const char *figure,
	uint32_t value, bool brief)
{
	g_auto(GStrv) cells = g_strsplit(figure, " ", -1);
	struct layout layout = {.n_bits = g_strv_length(cells)};
	struct flash_register *reg = &list->at[list->n];

	g_assert(list->n < FLASH_NAMED_REGISTERS && layout.n_bits <= G_N_ELEMENTS(layout.name));
	*reg = (struct flash_register){
		.name = name, .n_bits = layout.n_bits, .value = value, .brief = brief};
	for (unsigned int i = 0; i < layout.n_bits; i++) {
		if (strcmp(cells[i], "-") != 0)
			g_strlcpy(
				layout.name[layout.n_bits - 1 - i], cells[i], FLASH_FIELD_NAME_MAX);
	}
	take_layout(reg, &layout);
	list->n++;
}

unsigned int
flash_registers(const struct flash *chip, struct flash_register *registers)
{
	struct flash_registers list = {.at = registers};

	for (unsigned int reg = 0; reg < FLASH_REGISTERS; reg++) {
		uint8_t value = reg < FLASH_STATUS_REGISTERS ? flash_status_register(chip, reg)
							     : chip->status[reg];

		if (flash_has_status(chip->part, reg))
			flash_status_fields(chip->part, reg, value, &list.at[list.n++]);
	}
	flash_families_registers(chip, &list);
	return list.n;
}

uint32_t
flash_field_value(const struct flash_field *field, uint32_t value)
{
	uint32_t number = 0;

	for (unsigned int i = 0; i < field->n_bits; i++)
		number |= (value >> field->place[i] & 1) << i;
	return number;
}

bool
flash_field_set(const struct flash_field *field, uint32_t number, uint32_t *value)
{
	if (number >> field->n_bits)
		return false;
	for (unsigned int i = 0; i < field->n_bits; i++) {
		uint32_t mask = UINT32_C(1) << field->place[i];

		*value = number >> i & 1 ? *value | mask : *value & ~mask;
	}
	if (field->repeats) {
		uint32_t mask = UINT32_C(1) << field->place[1];

		*value = number & 1 ? *value | mask : *value & ~mask;
	}
	return true;
}

char *
flash_register_words(const struct flash_register *reg, bool all)
{
	GString *words = g_string_new(NULL);

	for (unsigned int i = 0; i < reg->n_fields; i++) {
		const struct flash_field *field = &reg->fields[i];
		uint32_t number = flash_field_value(field, reg->value);

		if (number == 0 && !all && !field->brief)
			continue;
		g_string_append_printf(words, "%s%s=", words->len > 0 ? " " : "", field->name);
		for (unsigned int bit = field->n_bits; bit-- > 0;)
			g_string_append_c(words, number >> bit & 1 ? '1' : '0');
	}
	return g_string_free(words, FALSE);
}

char *
flash_status_words(const struct flash_part *part, unsigned int reg, uint8_t value)
{
	g_autofree char *words = NULL;
	struct flash_register described;

	flash_status_fields(part, reg, value, &described);
	words = flash_register_words(&described, false);
	return g_strdup_printf("%02X%s%s", value, words[0] != '\0' ? ": " : "", words);
}
