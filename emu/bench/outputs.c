/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of trace, record and log, for people and programs. None of these waits for a reader
 * (base/outlet.h), so that this is where a user sees that lines are missing. Leaves out images and
 * states of chips, and the streams of events to clients, which have counts of their own.
 */
#include "bench/outputs.h"

#include "base/log.h"
#include "base/outlet.h"
#include "bench/bench.h"
#include "record/recorder.h"
#include "trace/text.h"

#include <string.h>

static struct bench_output
describe(const char *name, const char *path, const struct base_outlet_state *state)
{
	return (struct bench_output){
		.name = name,
		.path = path,
		.lost = state->dropped,
		.waiting = state->waiting,
		.problem = state->code != 0 ? g_strerror(state->code) : NULL,
	};
}

unsigned int
bench_outputs(const struct bench *bench, struct bench_output *outputs)
{
	struct base_outlet_state state = {0};
	struct record_writer *record;
	struct trace_text *trace;
	unsigned int n = 0;

	bench_writers(bench, &trace, &record);
	if (trace != NULL) {
		base_outlet_get(trace_text_outlet(trace), &state);
		outputs[n++] = describe("trace", bench_trace_path(bench), &state);
	}
	if (record != NULL) {
		state = (struct base_outlet_state){.code = record_writer_failure(record)};
		outputs[n++] = describe("record", record_writer_path(record), &state);
	}
	if (base_log_state(&state))
		outputs[n++] = describe("log", NULL, &state);
	return n;
}

struct base_outlet *
bench_outputs_stdout(const struct bench *bench)
{
	struct record_writer *record;
	struct trace_text *trace;

	bench_writers(bench, &trace, &record);
	return trace != NULL && strcmp(bench_trace_path(bench), "-") == 0 ? trace_text_outlet(trace)
									  : NULL;
}

void
bench_outputs_observe(
	const struct bench *bench, void (*observe)(void *data, const char *message), void *data)
{
	struct record_writer *record;
	struct trace_text *trace;

	bench_writers(bench, &trace, &record);
	if (trace != NULL)
		trace_text_observe(trace, observe, data);
}
