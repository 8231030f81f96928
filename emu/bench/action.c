/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hands on the bench: they ground a pin, switch the supply, pull a cable, take a chip's content.
 *
 * An action is a function that runs in the adapter's thread, where chips, wires and time are, while
 * the caller waits. It sees the chip as of now: what has ended by then has ended. Actions that a
 * host's frame would spoil, or that would spoil it, are refused while one is open.
 *
 * Levels and the supply are remembered here, since a chip only knows whether it has enough. Leaves
 * out pins while HOLD# is low (the model does not look at it), and supplies between off and enough.
 */
#include "bench/action.h"

#include "base/clock.h"
#include "bench/adapter.h"
#include "bench/bench.h"
#include "bench/chip.h"
#include "bench/error.h"
#include "bench/event.h"
#include "bench/hand.h"
#include "bench/image.h"
#include "bench/snapshot.h"
#include "clip/clip.h"
#include "flash/flash.h"
#include "flash/part.h"

#include <gio/gio.h>
#include <stdarg.h>
#include <string.h>

#define USUAL_MILLIVOLTS 3300

static void
run_work(void *data)
{
	struct bench_work *work = data;

	if (work->chip != NULL)
		flash_tick(work->flash, sim_clock_now(bench_adapter_clock(work->target->adapter)));
	work->done = work->act(work, &work->error);
}

bool
bench_work_run(const struct bench_target *target,
	bool (*act)(struct bench_work *work, GError **error), void *in, void *out, GError **error)
{
	struct bench_work work = {.target = target, .act = act, .in = in, .out = out};

	if (target->hand != NULL) {
		work.chip = bench_adapter_chip(target->adapter, target->cs);
		work.flash = bench_chip_flash(work.chip);
	}
	bench_adapter_call(target->adapter, run_work, &work);
	if (work.error != NULL)
		g_propagate_error(error, work.error);
	return work.done;
}

/* An event of the target's own, to which the caller adds. */
static struct bench_event
event_of(const struct bench_target *target, enum bench_event_kind kind)
{
	return (struct bench_event){
		.kind = kind,
		.adapter = bench_adapter_name(target->adapter),
		.cs = target->hand != NULL ? (int)target->cs : -1,
		.time_ns = sim_clock_now(bench_adapter_clock(target->adapter)),
		.opcode = -1,
		.outcome = "",
	};
}

void
bench_work_tell(const struct bench_work *work, enum bench_event_kind kind, const char *what,
	const char *text)
{
	const struct bench_actions *actions = work->target->actions;
	struct bench_event event = event_of(work->target, kind);

	if (actions->observe == NULL)
		return;
	event.what = what;
	g_strlcpy(event.text, text, sizeof event.text);
	actions->observe(actions->data, &event);
}

bool
bench_work_fail(const struct bench_work *work, GError **error, const char *format, ...)
{
	g_autofree char *reason = NULL;
	va_list arguments;

	va_start(arguments, format);
	reason = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", bench_chip_label(work->chip),
		reason);
	return false;
}

/* A host's frame goes over the wires in pieces, and is open between them. */
bool
bench_work_between_frames(const struct bench_work *work, GError **error)
{
	return !flash_is_selected(work->flash) ||
		bench_work_fail(work, error, "a host is in the middle of an operation; try again");
}

static enum bench_event_kind
kind_of(const struct flash_event *event)
{
	switch (event->kind) {
	case FLASH_EVENT_COMMAND:
		return BENCH_EVENT_OPERATION;
	case FLASH_EVENT_READY:
		return BENCH_EVENT_READY;
	case FLASH_EVENT_INTERRUPTED:
		return BENCH_EVENT_INTERRUPTED;
	case FLASH_EVENT_POWER:
		return BENCH_EVENT_POWER;
	case FLASH_EVENT_NONVOLATILE:
		break;
	}
	return BENCH_EVENT_KINDS;
}

static void
chip_event(
	void *data, struct bench_adapter *adapter, unsigned int cs, const struct flash_event *event)
{
	const struct bench_actions *actions = data;
	struct bench_event told = {
		.kind = kind_of(event),
		.adapter = bench_adapter_name(adapter),
		.cs = (int)cs,
		.time_ns = event->time_ns,
		.opcode = event->opcode,
		.name = event->name,
		.has_address = event->has_address,
		.address = event->address,
		.length = event->length,
		.outcome = flash_outcome_string(event->outcome),
		.busy_ns = event->busy_ns,
		.on = event->length != 0,
	};

	if (told.kind != BENCH_EVENT_KINDS && actions->observe != NULL)
		actions->observe(actions->data, &told);
}

static void
host_event(void *data, struct bench_adapter *adapter, bool opened)
{
	struct bench_actions *actions = data;
	struct bench_target target = {.actions = actions, .adapter = adapter};
	struct bench_event told = event_of(&target, BENCH_EVENT_HOST);

	told.on = opened;
	if (actions->observe != NULL)
		actions->observe(actions->data, &told);
}

void
bench_actions_observe(struct bench_actions *actions,
	void (*observe)(void *data, const struct bench_event *event), void *data)
{
	if (observe == NULL) {
		bench_set_observer(actions->bench, NULL, NULL);
		bench_set_host_observer(actions->bench, NULL, NULL);
	}
	actions->observe = observe;
	actions->data = data;
	if (observe != NULL) {
		bench_set_observer(actions->bench, chip_event, actions);
		bench_set_host_observer(actions->bench, host_event, actions);
	}
}

/* What a board gives a chip. */
static int
usual_millivolts(const struct flash_part *part)
{
	if (part->vcc_min_mv <= USUAL_MILLIVOLTS && USUAL_MILLIVOLTS <= part->vcc_max_mv)
		return USUAL_MILLIVOLTS;
	return (part->vcc_min_mv + part->vcc_max_mv) / 2;
}

static void
add_hands(struct bench_actions *actions, const struct bench_adapter *adapter)
{
	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++) {
		struct bench_chip *chip = bench_adapter_chip(adapter, cs);
		struct bench_hand *hand;

		if (chip == NULL)
			continue;
		hand = g_new0(struct bench_hand, 1);
		hand->millivolts = usual_millivolts(bench_chip_part(chip));
		hand->pins.wp = BENCH_FLOAT;
		hand->pins.hold = BENCH_FLOAT;
		g_hash_table_insert(actions->hands, chip, hand);
	}
}

struct bench_actions *
bench_actions_new(struct bench *bench)
{
	struct bench_actions *actions = g_new0(struct bench_actions, 1);

	actions->bench = bench;
	actions->start_us = g_get_monotonic_time();
	actions->hands = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	for (unsigned int i = 0; i < bench_n_adapters(bench); i++)
		add_hands(actions, bench_adapter_at(bench, i));
	return actions;
}

void
bench_actions_destroy(struct bench_actions *actions)
{
	if (actions == NULL)
		return;
	if (actions->observe != NULL)
		bench_actions_observe(actions, NULL, NULL);
	g_hash_table_unref(actions->hands);
	g_free(actions);
}

bool
bench_target_adapter(struct bench_actions *actions, const char *adapter,
	struct bench_target *target, GError **error)
{
	*target = (struct bench_target){.actions = actions};
	target->adapter = bench_find_adapter(actions->bench, adapter, error);
	return target->adapter != NULL;
}

static void
list_chips(GString *lines, const struct bench_adapter *adapter)
{
	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		if (bench_adapter_chip(adapter, cs) != NULL)
			g_string_append_printf(lines, "%s%u", lines->len > 0 ? ", " : "", cs);
}

bool
bench_target_chip(struct bench_actions *actions, const char *adapter, int cs,
	struct bench_target *target, GError **error)
{
	g_autoptr(GString) lines = g_string_new(NULL);
	struct bench_chip *chip;

	if (!bench_target_adapter(actions, adapter, target, error))
		return false;
	target->cs = cs > 0 ? (unsigned int)cs : 0;
	if (cs < 0 && bench_adapter_n_chips(target->adapter) == 1)
		while (bench_adapter_chip(target->adapter, target->cs) == NULL)
			target->cs++;
	chip = bench_adapter_chip(target->adapter, target->cs);
	if (chip != NULL) {
		target->hand = g_hash_table_lookup(actions->hands, chip);
		return true;
	}
	list_chips(lines, target->adapter);
	g_set_error(error, BENCH_ERROR, BENCH_ERROR_USAGE,
		"%s has no chip on chip select %u; allowed %s%s",
		bench_adapter_name(target->adapter), target->cs, lines->len > 0 ? "are " : "is ",
		lines->len > 0 ? lines->str : "none");
	return false;
}

struct pin_request {
	enum bench_pin pin;
	enum bench_level level;
};

static bool
set_pin(struct bench_work *work, GError **error)
{
	static const char *const levels[] = {"low", "high", "float"};
	const struct pin_request *request = work->in;
	struct bench_pins *pins = &work->target->hand->pins;
	/* Left alone, both are held high by the chip. */
	bool high = request->level != BENCH_LOW;

	if (request->pin == BENCH_PIN_RESET)
		return bench_work_fail(work, error,
			"a %s has no RESET# pin; allowed are wp and hold",
			bench_chip_part(work->chip)->name);
	if (request->pin == BENCH_PIN_WP)
		pins->wp = request->level;
	else
		pins->hold = request->level;
	flash_pin(work->flash, request->pin == BENCH_PIN_WP ? FLASH_PIN_WP : FLASH_PIN_HOLD, high);
	*(struct bench_pins *)work->out = *pins;
	bench_work_tell(work, BENCH_EVENT_PIN, request->pin == BENCH_PIN_WP ? "wp" : "hold",
		levels[request->level]);
	return true;
}

bool
bench_action_pin(const struct bench_target *target, enum bench_pin pin, enum bench_level level,
	struct bench_pins *pins, GError **error)
{
	struct pin_request request = {.pin = pin, .level = level};

	return bench_work_run(target, set_pin, &request, pins, error);
}

static bool
set_power(struct bench_work *work, GError **error)
{
	const enum bench_power *power = work->in;
	struct bench_hand *hand = work->target->hand;
	int *millivolts = work->out;

	(void)error;
	if (*power == BENCH_POWER_OFF)
		*millivolts = 0;
	else if (*millivolts == 0)
		*millivolts = usual_millivolts(bench_chip_part(work->chip));
	if (*power != BENCH_POWER_ON)
		flash_supply(work->flash, 0);
	hand->millivolts = *millivolts;
	flash_supply(work->flash, *millivolts);
	return true;
}

bool
bench_action_power(
	const struct bench_target *target, enum bench_power power, int *millivolts, GError **error)
{
	return bench_work_run(target, set_power, &power, millivolts, error);
}

/* The opcode that the part has for the command, or -1. */
static int
opcode_of(const struct flash_part *part, const char *name, int usual)
{
	for (unsigned int i = 0; i < part->n_commands; i++)
		if (strcmp(part->commands[i].name, name) == 0)
			return part->commands[i].opcode >= 0 ? part->commands[i].opcode : usual;
	return -1;
}

static void
send_opcode(struct flash *flash, int opcode)
{
	uint8_t byte = (uint8_t)opcode;

	flash_select(flash);
	flash_shift(flash, &byte, NULL, 1);
	flash_deselect(flash, 0);
}

static bool
reset(struct bench_work *work, GError **error)
{
	const struct flash_part *part = bench_chip_part(work->chip);
	int enable = opcode_of(part, "RSTEN", 0x66);
	int act = opcode_of(part, "RST", 0x99);

	if (enable < 0 || act < 0)
		return bench_work_fail(work, error,
			"a %s has no software reset; allowed is its supply, off "
			"and on",
			part->name);
	if (!flash_is_powered(work->flash))
		return bench_work_fail(work, error, "no reset without power");
	if (!bench_work_between_frames(work, error))
		return false;
	send_opcode(work->flash, enable);
	send_opcode(work->flash, act);
	return true;
}

bool
bench_action_reset(const struct bench_target *target, GError **error)
{
	return bench_work_run(target, reset, NULL, NULL, error);
}

static bool
unplug(struct bench_work *work, GError **error)
{
	char *tty = g_strdup(bench_adapter_path(work->target->adapter));

	if (!bench_adapter_unplug(work->target->adapter, error)) {
		g_free(tty);
		return false;
	}
	*(char **)work->out = tty;
	return true;
}

bool
bench_action_unplug(const struct bench_target *target, char **tty, GError **error)
{
	return bench_work_run(target, unplug, NULL, tty, error);
}

static bool
plug(struct bench_work *work, GError **error)
{
	if (!bench_adapter_plug(work->target->adapter, error))
		return false;
	*(char **)work->out = g_strdup(bench_adapter_path(work->target->adapter));
	return true;
}

bool
bench_action_plug(const struct bench_target *target, char **tty, GError **error)
{
	return bench_work_run(target, plug, NULL, tty, error);
}

static bool
reset_stats(struct bench_work *work, GError **error)
{
	(void)error;
	*bench_chip_stats(work->chip) = (struct bench_chip_stats){0};
	return true;
}

void
bench_action_stats_reset(const struct bench_target *target)
{
	bench_work_run(target, reset_stats, NULL, NULL, NULL);
}
