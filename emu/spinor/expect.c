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
#include "trace/stats.h"

#include <inttypes.h>
#include <string.h>

const char *const spinor_adapter_counters[] = {"host_sessions", "bytes_in", "bytes_out", NULL};

#define BY_REASON "by_reason."

/* The longer ones first, so that "<=" is not read as "<". */
static const char *const operators[] = {"<=", ">=", "==", "!=", "<", ">", NULL};

struct term {
	char *counter;
	enum trace_counter number_of; /* TRACE_COUNTERS: one of the adapter */
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

static void
clear_term(gpointer data)
{
	g_free(((struct term *)data)->counter);
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

/* The names of the counters from first up to but without end; without NULLs. */
static GPtrArray *
names_of(enum trace_counter first, enum trace_counter end)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	for (enum trace_counter i = first; i < end; i++) {
		char *name = trace_counter_name(i);

		if (name != NULL)
			g_ptr_array_add(names, name);
	}
	return names;
}

static bool
refuse_counter(const char *text, const char *name, GError **error)
{
	bool reason = g_str_has_prefix(name, BY_REASON);
	g_autoptr(GPtrArray) names =
		reason ? names_of(TRACE_BY_REASON, TRACE_BY_OPCODE) : names_of(0, TRACE_BY_REASON);
	g_autofree char *unknown = NULL;

	for (const char *const *at = spinor_adapter_counters; !reason && *at != NULL; at++)
		g_ptr_array_add(names, g_strdup(*at));
	g_ptr_array_add(names, NULL);
	unknown = base_unknown(name, (const char *const *)names->pdata);
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE, "--assert \"%s\": no counter %s%s",
		text, unknown,
		reason ? ""
		       : ", by_opcode.XX with the opcode in hex, and by_reason.REASON such as "
			 "by_reason.wel");
	return false;
}

static bool
find_counter(const char *text, const char *name, struct term *term, GError **error)
{
	term->number_of = trace_counter_find(name);
	if (term->number_of == TRACE_COUNTERS && !g_strv_contains(spinor_adapter_counters, name))
		return refuse_counter(text, name, error);
	/* The name as in the JSON object: the digits of an opcode in upper case. */
	term->counter = term->number_of != TRACE_COUNTERS ? trace_counter_name(term->number_of)
							  : g_strdup(name);
	return true;
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
	size_t n = strcspn(g_strstrip(part), " \t<>=!");
	g_autofree char *name = g_strndup(part, n);
	const char *rest = part + n + strspn(part + n, " \t");
	g_autofree char *number = NULL;

	term->relation = find_operator(rest);
	if (n == 0 || term->relation == NULL)
		return refuse(text, part, error);
	if (!find_counter(text, name, term, error))
		return false;
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
	g_array_set_clear_func(expect->terms, clear_term);
	for (char **part = parts; *part != NULL; part++) {
		struct term term = {0};

		if (!parse_term(text, *part, &term, error)) {
			clear_term(&term);
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

/* The counter in the result of stats.get; -1: it is not there. */
static int64_t
value_of(const struct term *term, JsonObject *stats)
{
	const char *point = strchr(term->counter, '.');
	g_autofree char *group = NULL;
	JsonObject *object;

	if (point == NULL)
		return spinor_number(stats, term->counter, -1);
	group = g_strndup(term->counter, (gsize)(point - term->counter));
	object = spinor_object(stats, group);
	/* An opcode that was not counted is not there. */
	return object != NULL ? spinor_number(object, point + 1, 0) : -1;
}

/* How many operations are allowed; -1: more of them would not break the term. */
static int64_t
most_allowed(const struct term *term)
{
	if (strcmp(term->relation, "<") == 0)
		return term->number - 1;
	if (strcmp(term->relation, "<=") == 0 || strcmp(term->relation, "==") == 0)
		return term->number;
	return -1;
}

const char *
spinor_expect_text(const struct expect *expect)
{
	return expect->text;
}

bool
spinor_expect_holds(
	const struct expect *expect, JsonObject *stats, struct spinor_expect_failure *failure)
{
	*failure = (struct spinor_expect_failure){0};
	for (guint i = 0; i < expect->terms->len; i++) {
		const struct term *term = &g_array_index(expect->terms, struct term, i);
		int64_t value = value_of(term, stats);
		int64_t most = most_allowed(term);

		if (value >= 0 && holds(term, value))
			continue;
		failure->counter = term->counter;
		failure->value = value;
		if (value < 0) {
			failure->message =
				g_strdup_printf("--assert \"%s\": this bench does not count %s",
					expect->text, term->counter);
			return false;
		}
		failure->message = g_strdup_printf("--assert \"%s\": %s is %" PRId64
						   ", expected is %s %" PRId64,
			expect->text, term->counter, value, term->relation, term->number);
		if (term->number_of == TRACE_COUNTERS || most < 0 || value <= most)
			return false;
		failure->too_many = true;
		/* Bytes are no number of operations. */
		if (!g_str_has_prefix(term->counter, "bytes_")) {
			failure->allowed = most;
			failure->broke = value - most;
		}
		return false;
	}
	return true;
}
