/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guide to faults: the titles of symptoms, and the settings of a kind with their usual values.
 * The texts of the kinds are in faultguide_wires.c, faultguide_chip.c and faultguide_link.c.
 */
#include "setup/faultguide.h"

#include "setup/faultkeys.h"

#include <string.h>

static const char *const titles[SETUP_SYMPTOMS] = {
	[SETUP_SYMPTOM_NONE] = "Other faults",
	[SETUP_SYMPTOM_NO_CHIP] = "No chip is found, or an unknown one",
	[SETUP_SYMPTOM_DATA] = "Two reads differ, or data is wrong, without an error",
	[SETUP_SYMPTOM_WRITE] = "Erasing or verifying fails",
	[SETUP_SYMPTOM_PORT] = "The host hangs, or reports an error of the port",
	[SETUP_SYMPTOM_SLOW] = "The host works, slowly or without a symptom",
};

const char *
setup_symptom_title(enum setup_symptom symptom)
{
	return titles[symptom];
}

const struct setup_fault_guide *
setup_fault_guide(const struct setup_fault *fault)
{
	switch (fault->model) {
	case SETUP_FAULT_OF_WIRES:
		return &setup_fault_guides_wires[fault->wires.what];
	case SETUP_FAULT_OF_CHIP:
		return &setup_fault_guides_chip[fault->chip.what];
	case SETUP_FAULT_OF_LINK:
		return &setup_fault_guides_link[fault->link.what];
	}
	g_assert_not_reached();
}

/* The guide's value of that setting, else the usual one. */
static char *
usual_value(const struct setup_fault_guide *guide, const struct setup_faultset *row)
{
	g_auto(GStrv) words = g_strsplit(guide->usual != NULL ? guide->usual : "", " ", -1);
	size_t n = strlen(row->name);

	for (char **word = words; *word != NULL; word++) {
		const char *value = *word + n + 1;

		if (strncmp(*word, row->name, n) == 0 && (*word)[n] == '=')
			return *value == '(' ? g_strdelimit(g_strdup(value), "_", ' ')
					     : g_strdup(value);
	}
	return g_strdup(row->usual);
}

struct setup_fault_setting *
setup_fault_settings_explained(const struct setup_fault *fault)
{
	GArray *settings = g_array_new(TRUE, FALSE, sizeof(struct setup_fault_setting));

	for (const struct setup_faultset *row = setup_faultset_rows; row->name; row++) {
		struct setup_fault_setting setting = {
			.name = row->name,
			.about = row->about,
			.allowed = row->allowed,
			.when = row->when,
		};

		if (!setup_faultset_is_for(row, fault))
			continue;
		setting.usual = usual_value(setup_fault_guide(fault), row);
		g_array_append_val(settings, setting);
	}
	return (void *)g_array_free(settings, FALSE);
}

void
setup_fault_settings_free(struct setup_fault_setting *settings)
{
	for (struct setup_fault_setting *setting = settings; setting->name; setting++)
		g_free(setting->usual);
	g_free(settings);
}
