/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known at the end of "spinor run": counters, arrays, and what was expected of them. */
#ifndef SPINOR_SPINOR_RUNREPORT_H
#define SPINOR_SPINOR_RUNREPORT_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

struct spinor_client;
struct spinor_command;

struct spinor_report {
	JsonArray *chips;    /* {adapter, cs, part, stats, image} */
	JsonObject *stats;   /* the sums of those that --adapter and --cs mean */
	JsonObject *compare; /* --expect-image: what image.compare said; NULL: not asked for */
};

/* Asks a bench, the adapters of which are in status. Arrays are only looked at for --report. */
bool spinor_report_collect(struct spinor_report *report, struct spinor_client *client,
	JsonObject *status, const struct spinor_command *command, GError **error);
void spinor_report_clear(struct spinor_report *report);

#endif
