/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verb fault explain, and the list of all kinds by symptom. The texts are in setup. */
#include "spinor/explain.h"

#include "base/optionlist.h"
#include "setup/faultguide.h"
#include "spinor/command.h"
#include "spinor/exitstatus.h"
#include "spinor/output.h"
#include "spinor/verbs.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>

#define KIND_COLUMN 18
#define TEXT_COLUMN 16

char *
spinor_fault_kinds(void)
{
	g_autofree const char **names = setup_fault_names();
	GString *list = g_string_new(NULL);

	for (unsigned int symptom = SETUP_SYMPTOM_NO_CHIP; symptom < SETUP_SYMPTOMS; symptom++) {
		g_string_append_printf(list, "\n%s:\n", setup_symptom_title(symptom));
		for (const char **name = names; *name != NULL; name++) {
			struct setup_fault *fault = setup_fault_new(*name, NULL);
			const struct setup_fault_guide *guide = setup_fault_guide(fault);
			g_autofree char *term = g_strconcat("  ", *name, NULL);

			if (guide->symptom == symptom)
				base_list_append(list, term, guide->summary, KIND_COLUMN);
			setup_fault_free(fault);
		}
	}
	return g_string_free(list, FALSE);
}

static void
append_settings(GString *text, const struct setup_fault_setting *settings, bool when)
{
	const char *title = when ? "\nWhen it acts, with the default of each setting:\n"
				 : "\nSettings, with the default of each:\n";

	for (; settings->name != NULL; settings++) {
		bool words = *settings->usual == '(';
		g_autofree char *term = g_strdup_printf(
			"  %s%s%s", settings->name, words ? " " : "=", settings->usual);
		g_autofree char *about =
			g_strdup_printf("%s; allowed: %s", settings->about, settings->allowed);

		if (settings->when != when)
			continue;
		g_string_append(text, title);
		title = "";
		base_list_append(text, term, about, 24);
	}
}

static void
print_guide(const struct setup_fault *fault)
{
	const struct setup_fault_guide *guide = setup_fault_guide(fault);
	struct setup_fault_setting *settings = setup_fault_settings_explained(fault);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *bench =
		guide->bench != NULL ? g_strconcat(guide->bench, ".bench", NULL) : NULL;

	g_string_append_printf(text, "%s%s%s: %s\n\n", spinor_colour(SPINOR_BOLD), fault->text,
		spinor_colour(SPINOR_PLAIN), guide->summary);
	base_list_append(text, "Symptom", setup_symptom_title(guide->symptom), TEXT_COLUMN);
	base_list_append(text, "What happens", guide->event, TEXT_COLUMN);
	base_list_append(text, "The host sees", guide->seen, TEXT_COLUMN);
	base_list_append(text, "How to find it", guide->find, TEXT_COLUMN);
	base_list_append(text, "How to fix it", guide->fix, TEXT_COLUMN);
	/* A line to copy is not folded. */
	g_string_append_printf(
		text, "%-*sspinor fault add %s\n", TEXT_COLUMN, "Example", guide->example);
	if (bench != NULL)
		base_list_append(text, "Bench", bench, TEXT_COLUMN);
	append_settings(text, settings, false);
	append_settings(text, settings, true);
	fputs(text->str, stdout);
	setup_fault_settings_free(settings);
}

static void
add_text(JsonObject *object, const char *name, const char *text)
{
	if (text != NULL)
		json_object_set_string_member(object, name, text);
	else
		json_object_set_null_member(object, name);
}

static JsonArray *
settings_json(const struct setup_fault *fault)
{
	struct setup_fault_setting *settings = setup_fault_settings_explained(fault);
	JsonArray *list = json_array_new();

	for (const struct setup_fault_setting *setting = settings; setting->name; setting++) {
		JsonObject *object = json_object_new();

		add_text(object, "name", setting->name);
		add_text(object, "about", setting->about);
		add_text(object, "allowed", setting->allowed);
		add_text(object, "default", *setting->usual != '(' ? setting->usual : NULL);
		json_array_add_object_element(list, object);
	}
	setup_fault_settings_free(settings);
	return list;
}

static void
print_guide_json(const struct setup_fault *fault)
{
	const struct setup_fault_guide *guide = setup_fault_guide(fault);
	g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
	JsonObject *object = json_object_new();

	json_node_take_object(root, object);
	add_text(object, "kind", fault->text);
	add_text(object, "summary", guide->summary);
	add_text(object, "symptom", setup_symptom_title(guide->symptom));
	add_text(object, "event", guide->event);
	add_text(object, "seen", guide->seen);
	add_text(object, "find", guide->find);
	add_text(object, "fix", guide->fix);
	add_text(object, "example", guide->example);
	add_text(object, "bench", guide->bench);
	json_object_set_array_member(object, "settings", settings_json(fault));
	spinor_print_json(root);
}

int
spinor_fault_explain(struct spinor_command *command, GError **error)
{
	g_autoptr(GError) why = NULL;
	struct setup_fault *fault = setup_fault_new(command->args[0], &why);

	if (fault == NULL) {
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE, "%s", why->message);
		return -1;
	}
	if (command->json)
		print_guide_json(fault);
	else
		print_guide(fault);
	setup_fault_free(fault);
	return EXIT_SUCCESS;
}
