/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The topics of help: words that arguments and options take, each list from the table that its
 * parser uses. A new list is a function and a row here.
 */
#include "spinor/words.h"

#include "base/error.h"
#include "base/optionlist.h"
#include "control/control.h"
#include "serprog/profile.h"
#include "setup/condition.h"
#include "setup/faultguide.h"
#include "spinor/expect.h"
#include "spinor/explain.h"

#include <string.h>

#define WORD_COLUMN 22

const char *const spinor_pins[] = {"wp", "hold", "reset", NULL};
const char *const spinor_levels[] = {"low", "high", "float", NULL};

static void
free_word(gpointer data)
{
	struct spinor_word *word = data;

	g_free(word->word);
	g_free(word->text);
	g_free(word);
}

GPtrArray *
spinor_words_new(void)
{
	return g_ptr_array_new_with_free_func(free_word);
}

void
spinor_words_add(GPtrArray *words, const char *word, const char *text)
{
	struct spinor_word *added = g_new(struct spinor_word, 1);

	added->word = g_strdup(word);
	added->text = g_strdup(text);
	g_ptr_array_add(words, added);
}

static void
list_faults(GPtrArray *words)
{
	g_autofree const char **names = setup_fault_names();

	for (const char **name = names; *name != NULL; name++) {
		struct setup_fault *fault = setup_fault_new(*name, NULL);

		spinor_words_add(words, *name, setup_fault_guide(fault)->summary);
		setup_fault_free(fault);
	}
}

static void
list_event_kinds(GPtrArray *words)
{
	const char *text;
	const char *kind;

	for (unsigned int i = 0; (kind = control_event_kind(i, &text)) != NULL; i++)
		spinor_words_add(words, kind, text);
}

static void
list_modes(GPtrArray *words)
{
	for (unsigned int mode = 0; mode < SETUP_MODES; mode++)
		spinor_words_add(words, setup_mode_names[mode], setup_mode_texts[mode]);
}

static void
list_counters(GPtrArray *words)
{
	for (const char *const *counter = spinor_expect_counters(); *counter != NULL; counter++)
		spinor_words_add(words, *counter, NULL);
}

static void
list_profiles(GPtrArray *words)
{
	size_t n;
	const struct serprog_profile *profiles = serprog_profiles(&n);

	for (size_t i = 0; i < n; i++)
		spinor_words_add(words, profiles[i].name, profiles[i].summary);
}

static void
list_pins(GPtrArray *words)
{
	static const char *const texts[] = {
		"write protection of the status registers, active low",
		"pauses the chip while it is low",
		"resets the chip while it is low",
	};

	G_STATIC_ASSERT(G_N_ELEMENTS(texts) == G_N_ELEMENTS(spinor_pins) - 1);
	for (size_t i = 0; spinor_pins[i] != NULL; i++)
		spinor_words_add(words, spinor_pins[i], texts[i]);
}

static void
list_levels(GPtrArray *words)
{
	static const char *const texts[] = {
		"tied to ground",
		"tied to VCC",
		"not connected: the part's pull-up decides, or chance",
	};

	G_STATIC_ASSERT(G_N_ELEMENTS(texts) == G_N_ELEMENTS(spinor_levels) - 1);
	for (size_t i = 0; spinor_levels[i] != NULL; i++)
		spinor_words_add(words, spinor_levels[i], texts[i]);
}

static void
list_timings(GPtrArray *words)
{
	spinor_words_add(words, "virtual",
		"the chip is busy as long as the data sheet says, in a time that runs faster");
	spinor_words_add(words, "real", "the same in wall-clock time, see --time-scale");
	spinor_words_add(words, "instant", "the chip is never busy; output is reproducible");
}

static const struct spinor_topic topics[] = {
	{"fault", "Kinds of faults", NULL, NULL, list_faults},
	{"kind", "Kinds of events", "spinor watch --kind", "watch", list_event_kinds},
	{"mode", "Modes", "spinord --mode", NULL, list_modes},
	{"timing", "Ways in which time passes", "spinord --timing", NULL, list_timings},
	{"profile", "Adapters", "spinord --profile", NULL, list_profiles},
	{"assert", "Counters", "spinor run --assert", NULL, list_counters},
	{"pin", "Pins", NULL, "pin", list_pins},
	{"level", "Levels of pins", "spinord --wp", "pin", list_levels},
	{NULL, NULL, NULL, NULL, NULL},
};

const struct spinor_topic *
spinor_topics(void)
{
	return topics;
}

const struct spinor_topic *
spinor_topic_find(const char *name)
{
	for (const struct spinor_topic *topic = topics; topic->name != NULL; topic++)
		if (strcmp(topic->name, name) == 0)
			return topic;
	return NULL;
}

GPtrArray *
spinor_words(const struct spinor_topic *topic)
{
	GPtrArray *words = spinor_words_new();

	topic->list(words);
	return words;
}

bool
spinor_words_contain(const struct spinor_topic *topic, const char *word, char **hint)
{
	g_autoptr(GPtrArray) words = spinor_words(topic);
	g_autoptr(GPtrArray) known = g_ptr_array_new();

	for (guint i = 0; i < words->len; i++)
		g_ptr_array_add(known, ((struct spinor_word *)words->pdata[i])->word);
	g_ptr_array_add(known, NULL);
	if (g_strv_contains((const char *const *)known->pdata, word))
		return true;
	*hint = base_suggest(word, (const char *const *)known->pdata);
	return false;
}

char *
spinor_words_text(const struct spinor_topic *topic)
{
	g_autoptr(GPtrArray) words = spinor_words(topic);
	GString *text = g_string_new(NULL);

	if (topic->list == list_faults) {
		g_string_free(text, TRUE);
		return spinor_fault_kinds();
	}
	g_string_append_printf(text, "\n%s", topic->title);
	if (topic->option != NULL)
		g_string_append_printf(text, " (%s)", topic->option);
	g_string_append(text, ":\n");
	for (guint i = 0; i < words->len; i++) {
		const struct spinor_word *word = words->pdata[i];
		g_autofree char *term = g_strconcat("  ", word->word, NULL);

		if (word->text != NULL)
			base_list_append(text, term, word->text, WORD_COLUMN);
		else
			g_string_append_printf(text, "%s\n", term);
	}
	return g_string_free(text, FALSE);
}
