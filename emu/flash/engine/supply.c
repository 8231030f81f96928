/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VCC: its ranges, and the effects of too low and too high a supply.
 *
 *   0      inhibit            min              max        max + 1/4
 *   |  off    |  low             |   good         |  good     |  high
 *
 * Off: volatile state is lost, and the chip does not answer. On the way up no command is accepted
 * for tVSL and no write enable for tPUW (W25Q128JV rev. M, 9.3; there VWI is 1.0 to 2.0 V). Low:
 * the chip answers, but its charge pump can't program or erase, a brown-out interrupts the
 * operation in progress, and reads have errors, more the lower it is. The same holds for a chip
 * without VCC that is supplied by leakage through its I/O pins. High: beyond the absolute maximum
 * (4.6 V for 3.6 V parts, about a quarter more) a 1.8 V chip at 3.3 V works and gets hot, then has
 * errors permanently. The rates of errors and of damage are assumptions: a chip of 1.8 V at 3.3 V
 * lasts half a minute at most.
 */
#include "flash/engine/supply.h"

#include "flash/engine/device.h"
#include "flash/engine/life.h"
#include "flash/engine/operation.h"
#include "flash/engine/tell.h"
#include "flash/engine/timing.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>

/* From here on programs and erases fail. */
#define DAMAGE_WRITES 128
#define DAMAGE_MAX 255

int
flash_inhibit_millivolts(const struct flash_part *part)
{
	return part->inhibit_mv ? part->inhibit_mv : part->vcc_min_mv * 3 / 4;
}

static int
limit_millivolts(const struct flash_part *part)
{
	return part->vcc_max_mv * 5 / 4;
}

uint8_t
flash_damage(const struct flash *chip)
{
	return chip->damage;
}

static enum flash_supply
supply_of(const struct flash_part *part, int millivolts)
{
	if (millivolts < flash_inhibit_millivolts(part))
		return SUPPLY_OFF;
	if (millivolts < part->vcc_min_mv)
		return SUPPLY_LOW;
	return millivolts <= limit_millivolts(part) ? SUPPLY_GOOD : SUPPLY_HIGH;
}

/* One byte in 64 Ki just below the range, one in 16 where the chip goes off. */
static uint32_t
noise_of_low(const struct flash *chip)
{
	const struct flash_part *part = chip->part;
	int range = part->vcc_min_mv - flash_inhibit_millivolts(part);
	int missing = part->vcc_min_mv - chip->supply_mv;

	return UINT32_C(65536) >> (range > 0 ? 12 * missing / range : 12);
}

/* One byte in 512 Ki at first, one in 32 at the end. */
static uint32_t
noise_of_damage(const struct flash *chip)
{
	return (UINT32_C(1) << 20) >> (1 + chip->damage * 14 / DAMAGE_MAX);
}

static void
next_error(struct flash *chip)
{
	chip->noise_left = 1 + (uint32_t)(flash_random(chip) % (2 * (uint64_t)chip->noise_bytes));
}

void
flash_supply_update(struct flash *chip)
{
	uint32_t noise = chip->supply == SUPPLY_LOW ? noise_of_low(chip)
		: chip->damage                      ? noise_of_damage(chip)
						    : 0;

	chip->writes_fail = chip->supply == SUPPLY_LOW || chip->damage >= DAMAGE_WRITES;
	if (noise == chip->noise_bytes)
		return;
	chip->noise_bytes = noise;
	if (noise)
		next_error(chip);
}

/* Time of a unit of damage: a 1.95 V part at 3.3 V is at DAMAGE_MAX in 10 to 30 s, by its seed. */
static int64_t
ns_of_damage(const struct flash *chip)
{
	int limit = limit_millivolts(chip->part);
	int excess = chip->supply_mv - limit;
	int64_t best = INT64_C(30000000000) / DAMAGE_MAX;
	int64_t of_this = best - (int64_t)(chip->seed % 1000) * best * 2 / 3 / 1000;

	return of_this * limit / 3 / MAX(excess, 1) + 1;
}

void
flash_set_damage(struct flash *chip, uint8_t damage)
{
	chip->damage = damage;
	chip->damage_told = damage;
	flash_supply_update(chip);
}

void
flash_supply_add_damage(struct flash *chip)
{
	int64_t step;
	int64_t n;

	if (chip->supply != SUPPLY_HIGH)
		return;
	step = ns_of_damage(chip);
	n = (chip->now_ns - chip->supply_since_ns) / step;
	chip->supply_since_ns += n * step;
	chip->damage = (uint8_t)MIN(chip->damage + n, DAMAGE_MAX);
	flash_supply_update(chip);
}

void
flash_supply_noise(struct flash *chip, uint8_t *out, size_t n)
{
	while (n >= chip->noise_left) {
		out += chip->noise_left;
		n -= chip->noise_left;
		out[-1] ^= (uint8_t)(1u << flash_random(chip) % 8);
		next_error(chip);
	}
	chip->noise_left -= (uint32_t)n;
}

enum flash_outcome
flash_supply_gate(const struct flash *chip)
{
	return chip->supply == SUPPLY_LOW ? FLASH_LOW_SUPPLY : FLASH_DAMAGED;
}

static void
power_off(struct flash *chip)
{
	chip->selected = false;
	flash_lose_operation(chip);
	chip->powered = false;
	flash_tell(chip, FLASH_EVENT_POWER, 0);
}

static void
power_on(struct flash *chip)
{
	flash_power_up(chip);
	chip->unready_until_ns = chip->now_ns + flash_duration(chip, FLASH_T_VSL);
	chip->inhibit_until_ns = chip->now_ns + flash_duration(chip, FLASH_T_PUW);
	flash_tell(chip, FLASH_EVENT_POWER, 1);
}

int
flash_millivolts(const struct flash *chip)
{
	return chip->supply_mv;
}

void
flash_supply(struct flash *chip, int millivolts)
{
	enum flash_supply supply = supply_of(chip->part, millivolts);

	flash_supply_add_damage(chip);
	chip->supply = supply;
	chip->supply_mv = millivolts;
	chip->supply_since_ns = chip->now_ns;
	if (chip->powered && supply == SUPPLY_OFF)
		power_off(chip);
	else if (chip->powered && supply == SUPPLY_LOW && flash_is_busy(chip))
		flash_lose_operation(chip);
	else if (!chip->powered && supply != SUPPLY_OFF)
		power_on(chip);
	flash_supply_update(chip);
	/* Once per change of the supply, however often damage was added. */
	if (chip->damage != chip->damage_told)
		flash_tell(chip, FLASH_EVENT_NONVOLATILE, 0);
	chip->damage_told = chip->damage;
}

/* --- planned cuts --- */

void
flash_cut_supply(struct flash *chip, int64_t at_ns, int millivolts)
{
	chip->cuts_planned = true;
	chip->cut = (struct flash_cut){
		.planned = true,
		.skips = true,
		.at_ns = at_ns,
		.millivolts = millivolts,
	};
}

void
flash_supply_cut_operation(
	struct flash *chip, struct flash_operation *operation, double share, int millivolts)
{
	int64_t whole_ns = operation->end_ns - operation->begin_ns;

	chip->cuts_planned = true;
	chip->cut_share = share;
	chip->operation_cut = (struct flash_cut){
		.planned = true,
		.returns = true,
		.at_ns = operation->begin_ns + 1,
		.millivolts = millivolts,
	};
	if (operation->end_ns != INT64_MAX)
		chip->operation_cut.at_ns += (int64_t)(share * (double)whole_ns);
	operation->end_ns = INT64_MAX;
}

/* At its time, however late the tick; what has ended by then has taken effect. */
static void
carry_out(struct flash *chip, struct flash_cut *cut)
{
	int64_t now_ns = chip->now_ns;
	int before_mv = chip->supply_mv;

	if (!cut->planned || cut->at_ns > now_ns)
		return;
	chip->now_ns = cut->at_ns;
	flash_advance(chip);
	flash_supply(chip, cut->millivolts);
	cut->planned = false;
	cut->skips = false;
	if (cut->returns)
		flash_supply(chip, before_mv);
	chip->now_ns = now_ns;
}

void
flash_supply_cut_due(struct flash *chip)
{
	bool operation_first = chip->operation_cut.at_ns <= chip->cut.at_ns;

	carry_out(chip, operation_first ? &chip->operation_cut : &chip->cut);
	carry_out(chip, operation_first ? &chip->cut : &chip->operation_cut);
	chip->cuts_planned = chip->operation_cut.planned || chip->cut.planned;
}
