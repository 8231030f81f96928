/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a chip does not answer its host, or not as the host expects: modes that another host left,
 * operations in progress, pins, supply. Each in one sentence with how it ends, and with the opcodes
 * of the part.
 *
 * The order is that in which a frame meets them: without supply no pin matters, in reset no mode
 * does, in QPI no opcode is understood. Leaves out the wires, and what only refuses writes, such as
 * protection: registers and protected ranges show these.
 */
#include "flash/commands/otparea.h"
#include "flash/engine/bits.h"
#include "flash/engine/device.h"
#include "flash/engine/operation.h"
#include "flash/engine/supply.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "flash/reasons.h"

#include <glib.h>
#include <inttypes.h>
#include <stdarg.h>

struct collector {
	const struct flash *chip;
	struct flash_reason *reasons;
	unsigned int n;
};

static void add(struct collector *c, const char *kind, bool silent, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

static void
add(struct collector *c, const char *kind, bool silent, const char *format, ...)
{
	struct flash_reason *reason = &c->reasons[c->n++];
	va_list arguments;

	g_assert(c->n <= FLASH_REASONS_MAX);
	reason->kind = kind;
	reason->silent = silent;
	va_start(arguments, format);
	g_vsnprintf(reason->text, sizeof(reason->text), format, arguments);
	va_end(arguments);
}

/* "send AB" with the opcode of the first of the commands that the part has, "cycle the power" if it
 * has none. names ends with NULL. */
static const char *
remedy(const struct flash *chip, const char *const *names, char *text, size_t size)
{
	for (; *names; names++) {
		int opcode = flash_opcode(chip->part, *names);

		if (opcode < 0)
			continue;
		g_snprintf(text, size, "send %02X, or cycle the power", (unsigned int)opcode);
		return text;
	}
	return "cycle the power";
}

/* "42 ms" */
static const char *
duration(int64_t ns, char *text, size_t size)
{
	if (ns >= 1000000000)
		g_snprintf(text, size, "%.3g s", (double)ns / 1e9);
	else if (ns >= 1000000)
		g_snprintf(text, size, "%.3g ms", (double)ns / 1e6);
	else
		g_snprintf(text, size, "%.3g us", (double)MAX(ns, 0) / 1e3);
	return text;
}

static void
explain_supply(struct collector *c)
{
	const struct flash_part *part = c->chip->part;

	if (c->chip->supply == SUPPLY_OFF && c->chip->supply_mv == 0)
		add(c, "no-supply", true, "no supply: VCC is 0 mV; switch it on");
	else if (c->chip->supply == SUPPLY_OFF)
		add(c, "no-supply", true, "VCC is %d mV: the chip is off; it works from %d mV up",
			c->chip->supply_mv, part->vcc_min_mv);
	else if (c->chip->supply == SUPPLY_LOW)
		add(c, "low-supply", false,
			"VCC is %d mV, below %d mV: reads have errors, writes and erases fail",
			c->chip->supply_mv, part->vcc_min_mv);
	else if (c->chip->supply == SUPPLY_HIGH)
		add(c, "high-supply", false,
			"VCC is %d mV, above %d mV: the chip is being damaged; lower it",
			c->chip->supply_mv, part->vcc_max_mv);
	if (c->chip->damage > 0)
		add(c, "damaged", false,
			"damaged by too high a supply: reads have errors; replace the chip");
}

static void
explain_pins(struct collector *c)
{
	const struct flash *chip = c->chip;
	bool own = chip->part->reset_pin && !chip->pin_level[FLASH_PIN_RESET];

	if (chip->in_reset)
		add(c, "reset-pin", true, "RESET# %s low: the chip is in reset; set it high",
			own || chip->pin_set[FLASH_PIN_HOLD] == FLASH_LOW ? "is" : "floats to");
	else if (chip->held)
		add(c, "hold-pin", true, "HOLD# %s low: clocks have no effect; set it high",
			chip->pin_set[FLASH_PIN_HOLD] == FLASH_LOW ? "is" : "floats to");
}

static void
explain_power_down(struct collector *c)
{
	static const char *const names[] = {"RDP", "RES", NULL};
	char end[48];

	if (c->chip->ultra_powered_down)
		add(c, "deep-power-down", true,
			"in ultra-deep power-down: a pulse of CS# ends it, or a power cycle");
	else if (c->chip->powered_down)
		add(c, "deep-power-down", true, "in deep power-down: %s",
			remedy(c->chip, names, end, sizeof(end)));
}

/* The mode applies again after a power cycle. */
static bool
stays_in_qpi(const struct flash *chip)
{
	struct flash_bit_position qpi = chip->bit[FLASH_BIT_QPI];

	return qpi.mask && chip->stored_status[qpi.reg] & qpi.mask;
}

static void
explain_lanes(struct collector *c)
{
	int opcode = flash_opcode(c->chip->part, "RSTQIO");
	const char *mode = c->chip->lanes > 2 ? "QPI mode (four lanes)" : "dual mode (two lanes)";
	char end[48] = ": cycle the power";

	if (c->chip->lanes < 2)
		return;
	if (stays_in_qpi(c->chip))
		g_snprintf(end, sizeof(end), ", also after power-up: clear the QPI bit");
	else if (opcode >= 0)
		g_snprintf(end, sizeof(end), ": send %02X%s, or cycle the power",
			(unsigned int)opcode, opcode == 0xff ? "" : " on them");
	add(c, c->chip->lanes > 2 ? "qpi" : "dual", true, "in %s%s", mode, end);
}

static const char *
purpose_name(const struct flash_operation *operation)
{
	switch (operation->kind->purpose) {
	case FLASH_FOR_PROGRAM:
		return "a program";
	case FLASH_FOR_ERASE:
		return operation->kind->whole_chip ? "a chip erase" : "an erase";
	case FLASH_FOR_STATUS_WRITE:
		return "a register write";
	default:
		return "an operation";
	}
}

/* "an erase at 010000" */
static void
name_operation(const struct flash_operation *operation, char *text, size_t size)
{
	if (flash_operation_is_local(operation))
		g_snprintf(text, size, "%s at %06" PRIX32, purpose_name(operation),
			operation->address);
	else
		g_snprintf(text, size, "%s", purpose_name(operation));
}

static void
explain_busy(struct collector *c)
{
	static const char *const names[] = {"CLSR", NULL};
	const struct flash *chip = c->chip;
	const struct flash_operation *operation = &chip->operation;
	char what[40], since[24], left[24], end[48];

	if (!operation->kind)
		return;
	if (operation->kind == &flash_failed_kind) {
		add(c, "failed", true, "busy after a failed program or erase: %s",
			remedy(chip, names, end, sizeof(end)));
		return;
	}
	name_operation(operation, what, sizeof(what));
	duration(chip->now_ns - operation->begin_ns, since, sizeof(since));
	if (operation->end_ns == INT64_MAX)
		add(c, "busy", true, "busy: %s, since %s, has no end; cycle the power", what,
			since);
	else
		add(c, "busy", true, "busy: %s, since %s, %s left", what, since,
			duration(operation->end_ns - chip->now_ns, left, sizeof(left)));
}

static void
explain_unready(struct collector *c)
{
	char left[24];

	if (c->chip->now_ns < c->chip->unready_until_ns && !c->chip->in_reset)
		add(c, "not-ready", true, "not ready after power-up, reset or wake-up: %s left",
			duration(c->chip->unready_until_ns - c->chip->now_ns, left, sizeof(left)));
}

static void
explain_suspend(struct collector *c)
{
	static const char *const any[] = {"RESUME", NULL};
	static const char *const own[][2] = {{"ERRS", NULL}, {"PGRS", NULL}};
	const struct flash *chip = c->chip;
	bool program = flash_operation_is_for(&chip->suspended, FLASH_FOR_PROGRAM);
	char what[40], end[48];

	if (!chip->suspended.kind)
		return;
	name_operation(&chip->suspended, what, sizeof(what));
	add(c, program ? "program-suspended" : "suspended", false, "%s is suspended: %s", what,
		remedy(chip, flash_opcode(chip->part, "RESUME") >= 0 ? any : own[program], end,
			sizeof(end)));
}

/* Modes in which the chip understands frames in another way than after power-up. */
static void
explain_modes(struct collector *c)
{
	static const char *const aai[] = {"WRDI", NULL};
	static const char *const otp[] = {"EXSO", "WRDI", NULL};
	const struct flash *chip = c->chip;
	char end[48];

	if (chip->continuing)
		add(c, "continuous-read", true,
			"in continuous read, no opcodes: send FF FF, or cycle the power");
	if (chip->boot)
		add(c, "autoboot", true, "AutoBoot: the next frame reads without an opcode");
	if (chip->ignores_frame)
		add(c, "empty-frame", true, "the next frame is ignored, after one without a clock");
	if (chip->aai_bytes)
		add(c, "aai", true, "in auto address increment: %s",
			remedy(chip, aai, end, sizeof(end)));
	if (flash_otp_mode_is_active(chip))
		add(c, "otp", false, "in OTP mode, which hides the array: %s",
			remedy(chip, otp, end, sizeof(end)));
	if (chip->reset_enabled)
		add(c, "reset-enabled", false, "66 was sent: a 99 right after it resets the chip");
}

static void
explain_addresses(struct collector *c)
{
	static const char *const three[] = {"EX4B", "EX4B_WREN", "EX4B_UPPER", "BRWR", NULL};
	static const char *const four[] = {"EN4B", "EN4B_WREN", "BRWR", NULL};
	const struct flash *chip = c->chip;
	bool now_4 = chip->address_bytes == 4;
	bool at_power_up = flash_bit(chip, FLASH_BIT_ADP);
	char end[48];

	if (chip->address_bytes != chip->part->address_bytes)
		add(c, now_4 ? "4-byte" : "3-byte", false, "addresses have %u bytes, not %u: %s",
			chip->address_bytes, chip->part->address_bytes,
			at_power_up ? "ADP=1 sets that at power-up"
				    : remedy(chip, now_4 ? three : four, end, sizeof(end)));
	if (chip->extended_address & 0x7f && !now_4)
		add(c, "ear", false, "3-byte addresses begin at %02X000000 (EAR): a reset ends it",
			chip->extended_address & 0x7fu);
}

unsigned int
flash_reasons(const struct flash *chip, struct flash_reason *reasons)
{
	struct collector c = {.chip = chip, .reasons = reasons};

	explain_supply(&c);
	if (!chip->powered)
		return c.n;
	explain_pins(&c);
	explain_power_down(&c);
	explain_lanes(&c);
	explain_busy(&c);
	explain_unready(&c);
	explain_modes(&c);
	explain_suspend(&c);
	explain_addresses(&c);
	return c.n;
}
