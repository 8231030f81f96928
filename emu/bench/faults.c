/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults of an adapter under one numbering, wherever they are: on the wires, in a chip, or on
 * the serial link between host and adapter. Each act is logged (at level info) and told to the
 * observer; the removal of a fault logs how often it acted.
 */
#include "bench/faults.h"

#include "base/error.h"
#include "base/log.h"
#include "bench/activity.h"
#include "bench/cable.h"
#include "clip/clip.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "link/link.h"
#include "setup/faultwords.h"

#include <gio/gio.h>
#include <inttypes.h>

#define NS_PER_S INT64_C(1000000000)

struct entry {
	unsigned int id;
	char *name; /* NULL: none */
	char *text;
	enum setup_fault_model model;
	struct flash *chip; /* NULL: not a chip's */
	unsigned int cs;
	unsigned int inner; /* its id there; 0: the board that it stands for does not run */
	struct clip_fault wires;
	bool keeps_selected;
	uint64_t acted, matched; /* before it was put there the last time */
};

struct bench_faults {
	struct clip *clip;
	struct bench_cable *cable;
	struct bench_activity *activity; /* NULL: acts are not noted */
	char *owner;
	GPtrArray *entries;
	unsigned int last_id;
	enum board_state board;
	void (*observe)(void *data, const struct bench_fault_act *act);
	void *observe_data;
	GDestroyNotify free_data;
};

static void
free_entry(void *data)
{
	struct entry *entry = data;

	g_free(entry->name);
	g_free(entry->text);
	g_free(entry);
}

/* "clip: wires: fault 3, bit-error rate=1e-5", without the second when it has no name. */
static char *
title_of(const struct bench_faults *faults, const struct entry *entry)
{
	char select[32] = "";

	if (entry->chip != NULL && entry->cs > 0)
		g_snprintf(select, sizeof(select), " on chip select %u", entry->cs);
	return g_strdup_printf("%s: %s%sfault %u%s, %s", faults->owner,
		entry->name != NULL ? entry->name : "", entry->name != NULL ? ": " : "", entry->id,
		select, entry->text);
}

/* "1 time on 3 occasions". */
static char *
times_of(uint64_t acted, uint64_t matched)
{
	return g_strdup_printf("%" PRIu64 " time%s on %" PRIu64 " occasion%s", acted,
		acted == 1 ? "" : "s", matched, matched == 1 ? "" : "s");
}

static struct entry *
find(const struct bench_faults *faults, enum setup_fault_model model, const struct flash *chip,
	unsigned int inner)
{
	for (guint i = 0; i < faults->entries->len; i++) {
		struct entry *entry = faults->entries->pdata[i];

		if (entry->model == model && entry->chip == chip && entry->inner == inner)
			return entry;
	}
	return NULL;
}

/* The i-th fault of the model that the entry's fault is in. */
static bool
status_at(const struct bench_faults *faults, const struct entry *entry, size_t i,
	struct base_fault_status *status)
{
	switch (entry->model) {
	case SETUP_FAULT_OF_WIRES:
		return clip_fault_at(faults->clip, i, status);
	case SETUP_FAULT_OF_CHIP:
		return flash_fault_at(entry->chip, i, status);
	case SETUP_FAULT_OF_LINK:
		/* Once the fault is removed there may be no filter any more. */
		return faults->cable->faults != NULL &&
			link_fault_at(faults->cable->faults, i, status);
	}
	return false;
}

/* With those of before the board was reset, for faults that come and go with it. */
static void
read_counters(const struct bench_faults *faults, const struct entry *entry, uint64_t *acted,
	uint64_t *matched)
{
	struct base_fault_status status;

	*acted = entry->acted;
	*matched = entry->matched;
	for (size_t i = 0; entry->inner > 0 && status_at(faults, entry, i, &status); i++) {
		if (status.id == entry->inner) {
			*acted += status.acted;
			*matched += status.matched;
		}
	}
}

static void
tell(const struct bench_faults *faults, const struct entry *entry, struct bench_fault_act *act)
{
	g_autofree char *title = title_of(faults, entry);
	uint64_t matched;

	act->id = entry->id;
	act->name = entry->name;
	act->cs = entry->chip != NULL ? (int)entry->cs : -1;
	act->text = entry->text;
	read_counters(faults, entry, &act->acted, &matched);
	/* The link counts commands of the protocol, the wires frames. */
	log_info("%s: %s, %s %" PRIu64 ", %" PRId64 ".%09" PRId64 " s", title, act->position,
		entry->model == SETUP_FAULT_OF_LINK ? "command" : "operation", act->operation,
		act->time_ns / NS_PER_S, act->time_ns % NS_PER_S);
	if (faults->activity != NULL)
		bench_activity_acted(faults->activity, act);
	if (faults->observe != NULL)
		faults->observe(faults->observe_data, act);
}

static void
wires_acted(void *data, const struct clip_fault_report *report)
{
	const struct bench_faults *faults = data;
	const struct entry *entry = find(faults, SETUP_FAULT_OF_WIRES, NULL, report->id);
	char position[80];
	char opcode[16] = "";
	struct bench_fault_act act = {
		.operation = report->operation,
		.position = position,
		.address = report->has_address ? (int64_t)report->address : -1,
		.byte = (int64_t)report->byte,
		.time_ns = report->time_ns,
	};

	if (entry == NULL)
		return;
	if (report->opcode >= 0)
		g_snprintf(opcode, sizeof(opcode), ", opcode %02X", (unsigned int)report->opcode);
	if (report->length > 0)
		g_snprintf(position, sizeof(position), "address %06" PRIX64 ", %" PRIu32 " byte%s",
			report->address, report->length, report->length == 1 ? "" : "s");
	else if (report->idle)
		g_snprintf(position, sizeof(position), "%s, between operations",
			clip_line_string(report->line));
	else /* The first bit on the wire is the byte's bit 7. */
		g_snprintf(position, sizeof(position), "%s, byte %" PRIu64 ", bit %u%s%s",
			clip_line_string(report->line), report->byte, 7 - report->bit, opcode,
			report->by_board ? ", of the board's" : "");
	tell(faults, entry, &act);
}

static void
chip_acted(void *data, const struct flash_fault_report *report)
{
	const struct bench_faults *faults = data;
	char position[40];
	struct bench_fault_act act = {
		.operation = clip_operations(faults->clip),
		.position = position,
		.address = (int64_t)report->address,
		.byte = -1,
		.time_ns = report->time_ns,
	};
	const struct entry *entry = NULL;

	g_snprintf(position, sizeof(position), "address %06" PRIX64, report->address);
	for (guint i = 0; i < faults->entries->len && entry == NULL; i++) {
		const struct entry *candidate = faults->entries->pdata[i];
		struct base_fault_status status;

		for (size_t j = 0; candidate->chip && flash_fault_at(candidate->chip, j, &status);
			j++) {
			if (status.fault == report->fault && status.id == candidate->inner)
				entry = candidate;
		}
	}
	if (entry != NULL)
		tell(faults, entry, &act);
}

void
bench_faults_link_acted(struct bench_faults *faults, const struct link_fault_report *report)
{
	const struct entry *entry = find(faults, SETUP_FAULT_OF_LINK, NULL, report->id);
	char position[60];
	struct bench_fault_act act = {
		.operation = report->operation,
		.position = position,
		.address = -1,
		.byte = (int64_t)report->byte,
		.time_ns = report->time_ns,
	};

	if (entry == NULL)
		return;
	if (report->byte > 0)
		g_snprintf(
			position, sizeof(position), "byte %" PRIu64 " of the line", report->byte);
	else
		g_strlcpy(position, "a command of the line", sizeof(position));
	tell(faults, entry, &act);
}

void
bench_faults_set_cable(struct bench_faults *faults, struct bench_cable *cable)
{
	faults->cable = cable;
}

void
bench_faults_set_activity(struct bench_faults *faults, struct bench_activity *activity)
{
	faults->activity = activity;
}

struct bench_faults *
bench_faults_new(struct clip *clip, const char *owner)
{
	struct bench_faults *faults = g_new0(struct bench_faults, 1);
	struct clip_fault_listener listener = {wires_acted, faults};

	faults->clip = clip;
	faults->owner = g_strdup(owner);
	faults->entries = g_ptr_array_new_with_free_func(free_entry);
	clip_set_fault_listener(clip, &listener);
	return faults;
}

void
bench_faults_destroy(struct bench_faults *faults)
{
	if (faults == NULL)
		return;
	bench_faults_clear(faults);
	clip_set_fault_listener(faults->clip, NULL);
	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		if (clip_chip(faults->clip, cs) != NULL)
			flash_set_fault_listener(clip_chip(faults->clip, cs), NULL);
	g_ptr_array_unref(faults->entries);
	if (faults->free_data != NULL)
		faults->free_data(faults->observe_data);
	g_free(faults->owner);
	g_free(faults);
}

static unsigned int
add_to_chip(struct bench_faults *faults, const struct setup_fault *fault, struct flash *chip)
{
	struct flash_fault_listener listener = {chip_acted, faults};

	flash_set_fault_listener(chip, &listener);
	return flash_fault_add(chip, &fault->chip);
}

static unsigned int
add_to_link(struct bench_faults *faults, const struct setup_fault *fault)
{
	int id = link_fault_add(bench_cable_faults(faults->cable), &fault->link);

	bench_cable_changed(faults->cable);
	return id > 0 ? (unsigned int)id : 0;
}

/* Only a board that runs does it. */
static bool
is_board_s(const struct entry *entry)
{
	return entry->model == SETUP_FAULT_OF_WIRES && clip_fault_is_of_board(entry->wires.what);
}

/* A second master goes and comes with the board. */
static void
follow_board(struct bench_faults *faults, struct entry *entry)
{
	bool runs = faults->board == BOARD_RUNS;
	struct clip_fault again = entry->wires;
	uint64_t acted, matched;

	if (!is_board_s(entry) || runs == (entry->inner > 0))
		return;
	if (runs) {
		if (again.when.count > 0 && again.when.count <= entry->acted)
			return;
		if (again.when.count > 0)
			again.when.count -= entry->acted;
		entry->inner = clip_fault_add(faults->clip, &again);
		return;
	}
	read_counters(faults, entry, &acted, &matched);
	clip_fault_remove(faults->clip, entry->inner);
	entry->acted = acted;
	entry->matched = matched;
	entry->inner = 0;
}

static struct bench_fault_target
target_of(const struct bench_faults *faults, unsigned int cs)
{
	struct bench_fault_target target = {
		.cs = cs, .is_terminal = faults->cable == NULL || faults->cable->tcp == NULL};

	for (unsigned int line = 0; line < CLIP_SELECTS; line++) {
		const struct flash *chip = clip_chip(faults->clip, line);

		target.parts[line] = chip != NULL ? flash_part(chip) : NULL;
	}
	return target;
}

/* Whether one more may come. */
static bool
has_room(const struct bench_faults *faults, const struct setup_fault *fault, GError **error)
{
	if (faults->entries->len >= SETUP_FAULTS_MAX) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
			"%s: %s has %d faults, and no more are allowed; remove some of them first",
			fault->text, faults->owner, SETUP_FAULTS_MAX);
		return false;
	}
	if (fault->name != NULL && bench_faults_named(faults, fault->name) > 0) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s: there is a fault \"%s\" already; allowed is a name that is free",
			fault->text, fault->name);
		return false;
	}
	return true;
}

unsigned int
bench_faults_add(struct bench_faults *faults, const struct setup_fault *fault, unsigned int cs,
	GError **error)
{
	const struct bench_fault_target target = target_of(faults, cs);
	bool of_chip = fault->model == SETUP_FAULT_OF_CHIP;
	struct flash *chip = of_chip ? clip_chip(faults->clip, cs) : NULL;
	struct entry *entry;
	unsigned int inner;

	if (!has_room(faults, fault, error) || !bench_faults_check(fault, &target, error))
		return 0;
	if (of_chip)
		inner = add_to_chip(faults, fault, chip);
	else if (fault->model == SETUP_FAULT_OF_LINK)
		inner = add_to_link(faults, fault);
	else
		inner = clip_fault_add(faults->clip, &fault->wires);
	entry = g_new0(struct entry, 1);
	entry->id = ++faults->last_id;
	entry->name = g_strdup(fault->name);
	entry->text = g_strdup(fault->text);
	entry->model = fault->model;
	entry->wires = fault->wires;
	entry->keeps_selected =
		fault->model == SETUP_FAULT_OF_LINK && link_fault_keeps_selected(fault->link.what);
	entry->chip = chip;
	entry->cs = cs;
	entry->inner = inner;
	g_ptr_array_add(faults->entries, entry);
	follow_board(faults, entry);
	return entry->id;
}

static void
remove_from_link(const struct bench_faults *faults, unsigned int id)
{
	link_fault_remove(bench_cable_faults(faults->cable), id);
	bench_cable_changed(faults->cable);
}

/* Logs how often the fault acted when it is removed. */
static void
take_away(struct bench_faults *faults, const struct entry *entry)
{
	g_autofree char *title = title_of(faults, entry);
	g_autofree char *times = NULL;
	uint64_t acted, matched;

	read_counters(faults, entry, &acted, &matched);
	times = times_of(acted, matched);
	log_notice("%s: acted %s", title, times);
	if (entry->chip != NULL)
		flash_fault_remove(entry->chip, entry->inner);
	else if (entry->model == SETUP_FAULT_OF_LINK)
		remove_from_link(faults, entry->inner);
	else if (entry->inner > 0)
		clip_fault_remove(faults->clip, entry->inner);
}

unsigned int
bench_faults_of_wires(const struct bench_faults *faults, unsigned int clip_id)
{
	const struct entry *entry =
		clip_id > 0 ? find(faults, SETUP_FAULT_OF_WIRES, NULL, clip_id) : NULL;

	return entry != NULL ? entry->id : 0;
}

unsigned int
bench_faults_count(const struct bench_faults *faults, int cs)
{
	unsigned int n = 0;

	if (cs < 0)
		return faults->entries->len;
	for (guint i = 0; i < faults->entries->len; i++) {
		const struct entry *entry = faults->entries->pdata[i];

		n += entry->chip != NULL && entry->cs == (unsigned int)cs;
	}
	return n;
}

unsigned int
bench_faults_named(const struct bench_faults *faults, const char *name)
{
	for (guint i = 0; i < faults->entries->len; i++) {
		const struct entry *entry = faults->entries->pdata[i];

		if (g_strcmp0(entry->name, name) == 0)
			return entry->id;
	}
	return 0;
}

void
bench_faults_set_board(struct bench_faults *faults, enum board_state state)
{
	faults->board = state;
	for (guint i = 0; i < faults->entries->len; i++)
		follow_board(faults, faults->entries->pdata[i]);
}

enum board_state
bench_faults_board(const struct bench_faults *faults)
{
	return faults->board;
}

bool
bench_faults_remove(struct bench_faults *faults, unsigned int id)
{
	for (guint i = 0; i < faults->entries->len; i++) {
		const struct entry *entry = faults->entries->pdata[i];

		if (entry->id != id)
			continue;
		take_away(faults, entry);
		g_ptr_array_remove_index(faults->entries, i);
		return true;
	}
	return false;
}

void
bench_faults_clear(struct bench_faults *faults)
{
	for (guint i = 0; i < faults->entries->len; i++)
		take_away(faults, faults->entries->pdata[i]);
	g_ptr_array_set_size(faults->entries, 0);
}

static void
free_info(void *data)
{
	struct bench_fault_info *info = data;

	g_free(info->name);
	g_free(info->text);
	g_free(info);
}

GPtrArray *
bench_faults_list(struct bench_faults *faults)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(free_info);

	for (guint i = 0; i < faults->entries->len; i++) {
		const struct entry *entry = faults->entries->pdata[i];
		struct bench_fault_info *info = g_new0(struct bench_fault_info, 1);

		info->id = entry->id;
		info->name = g_strdup(entry->name);
		info->text = g_strdup(entry->text);
		info->cs = entry->chip != NULL ? (int)entry->cs : -1;
		info->keeps_selected = entry->keeps_selected;
		read_counters(faults, entry, &info->acted, &info->matched);
		g_ptr_array_add(list, info);
	}
	return list;
}

void
bench_faults_observe(struct bench_faults *faults,
	void (*observe)(void *data, const struct bench_fault_act *act), void *data,
	GDestroyNotify free_data)
{
	if (faults->free_data != NULL)
		faults->free_data(faults->observe_data);
	faults->observe = observe;
	faults->observe_data = data;
	faults->free_data = free_data;
}

bool
bench_faults_is_observed(const struct bench_faults *faults)
{
	return faults->observe != NULL;
}
