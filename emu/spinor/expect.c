/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expectations of counters: terms NAME OPERATOR NUMBER, joined by "and". Blanks around operators
 * are optional. Numbers may have units of sizes (64K), for counters that end in _ns also units of
 * time. Leaves out "or" and arithmetic, for which --report and jq can be used.
 */
#include "spinor/expect.h"

#include "base/error.h"
#include "base/units.h"
#include "spinor/exitstatus.h"
#include "spinor/output.h"
#include "spinor/verbs.h"

#include <inttypes.h>
#include <string.h>

static const char *const counters[] = {"operations", "reads", "programs", "erases", "status_reads",
	"status_writes", "ignored", "bytes_read", "bytes_programmed", "bytes_erased", "busy_ns",
	"host_sessions", "bytes_in", "bytes_out", NULL};

const char *const *
spinor_expect_counters(void)
{
	return counters;
}

/* The longer ones first, so that "<=" is not read as "<". */
static const char *const operators[] = {"<=", ">=", "==", "!=", "<", ">", NULL};

struct term {
	const char *counter;
	const char *relation;
	int64_t number;
};

struct expect {
	char *text;
	GArray *terms;
};

static void
expect_free(gpointer data)
{
	struct expect *expect = data;

	g_free(expect->text);
	g_array_unref(expect->terms);
	g_free(expect);
}

static const char *
find_word(const char *const *words, const char *text, size_t n)
{
	for (; *words != NULL; words++) {
		if (strlen(*words) == n && strncmp(*words, text, n) == 0)
			return *words;
	}
	return NULL;
}

static const char *
find_operator(const char *text)
{
	for (const char *const *at = operators; *at != NULL; at++) {
		if (g_str_has_prefix(text, *at))
			return *at;
	}
	return NULL;
}

static bool
refuse_counter(const char *text, const char *name, GError **error)
{
	g_autofree char *unknown = base_unknown(name, counters);

	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE, "--assert \"%s\": no counter %s", text,
		unknown);
	return false;
}

static bool
refuse(const char *text, const char *part, GError **error)
{
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
		"--assert \"%s\": \"%s\" is not understood; allowed is COUNTER OPERATOR NUMBER, "
		"such as erases <= 256, with < <= == != >= > and several joined by \"and\"",
		text, part);
	return false;
}

static bool
parse_number(const char *counter, const char *text, int64_t *number)
{
	uint64_t value;

	if (base_parse_size(text, &value) && value <= INT64_MAX) {
		*number = (int64_t)value;
		return true;
	}
	return g_str_has_suffix(counter, "_ns") && base_parse_time(text, number);
}

static bool
parse_term(const char *text, char *part, struct term *term, GError **error)
{
	size_t n = strspn(g_strstrip(part), "abcdefghijklmnopqrstuvwxyz_");
	g_autofree char *name = g_strndup(part, n);
	const char *rest = part + n + strspn(part + n, " \t");
	g_autofree char *number = NULL;

	term->relation = find_operator(rest);
	if (n == 0 || term->relation == NULL)
		return refuse(text, part, error);
	term->counter = find_word(counters, part, n);
	if (term->counter == NULL)
		return refuse_counter(text, name, error);
	number = g_strstrip(g_strdup(rest + strlen(term->relation)));
	return parse_number(term->counter, number, &term->number) || refuse(text, part, error);
}

static struct expect *
parse_one(const char *text, GError **error)
{
	struct expect *expect = g_new0(struct expect, 1);
	g_auto(GStrv) parts = g_strsplit(text, " and ", -1);

	expect->text = g_strdup(text);
	expect->terms = g_array_new(FALSE, TRUE, sizeof(struct term));
	for (char **part = parts; *part != NULL; part++) {
		struct term term;

		if (!parse_term(text, *part, &term, error)) {
			expect_free(expect);
			return NULL;
		}
		g_array_append_val(expect->terms, term);
	}
	if (expect->terms->len > 0)
		return expect;
	refuse(text, text, error);
	expect_free(expect);
	return NULL;
}

GPtrArray *
spinor_expect_parse(char *const *texts, GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(expect_free);

	for (; texts != NULL && *texts != NULL; texts++) {
		struct expect *expect = parse_one(*texts, error);

		if (expect == NULL)
			return NULL;
		g_ptr_array_add(all, expect);
	}
	return g_steal_pointer(&all);
}

static bool
holds(const struct term *term, int64_t value)
{
	switch (term->relation[0]) {
	case '<':
		return term->relation[1] != '\0' ? value <= term->number : value < term->number;
	case '>':
		return term->relation[1] != '\0' ? value >= term->number : value > term->number;
	case '!':
		return value != term->number;
	default:
		return value == term->number;
	}
}

char *
spinor_expect_failure(const struct expect *expect, JsonObject *stats)
{
	for (guint i = 0; i < expect->terms->len; i++) {
		const struct term *term = &g_array_index(expect->terms, struct term, i);
		int64_t value = spinor_number(stats, term->counter, -1);

		if (value < 0)
			return g_strdup_printf("--assert \"%s\": this bench does not count %s",
				expect->text, term->counter);
		if (!holds(term, value))
			return g_strdup_printf("--assert \"%s\": %s is %" PRId64
					       ", expected is %s %" PRId64,
				expect->text, term->counter, value, term->relation, term->number);
	}
	return NULL;
}

JsonObject *
spinor_expect_report(const struct expect *expect, JsonObject *stats)
{
	g_autofree char *failure = spinor_expect_failure(expect, stats);
	JsonObject *report = json_object_new();

	json_object_set_string_member(report, "assert", expect->text);
	json_object_set_boolean_member(report, "holds", failure == NULL);
	if (failure != NULL)
		json_object_set_string_member(report, "failure", failure);
	return report;
}
