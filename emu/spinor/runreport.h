/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The results of "spinor run": counters, arrays and their comparison. */
#ifndef SPINOR_SPINOR_RUNREPORT_H
#define SPINOR_SPINOR_RUNREPORT_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

struct spinor_client;
struct spinor_command;

struct spinor_report {
	JsonArray *chips;    /* {adapter, cs, part, registers, silent, reasons, stats, image} */
	JsonObject *stats;   /* sums over the chips that --adapter and --cs select */
	JsonObject *compare; /* --expect-image: result of image.compare; NULL: not given */
};

/* Queries the bench. Reads arrays only for --report. */
bool spinor_report_collect(struct spinor_report *report, struct spinor_client *client,
	const struct spinor_command *command, GError **error);

/* "adapter0/0 is silent: ..." of the first chip that is; NULL: none is. Free with g_free(). */
char *spinor_report_silence(const struct spinor_report *report);
void spinor_report_clear(struct spinor_report *report);

#endif
