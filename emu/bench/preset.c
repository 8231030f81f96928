/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A chip in the state in which another tool, a board or age has left it. Modes are entered by the
 * part's own commands, so that a chip can only be in a state that a host can bring about. Registers
 * are written directly, in spite of the locks that they may set themselves.
 *
 * The order of the steps matters: first the settings that take effect at power-up, then those by
 * commands, then the modes in which the chip ignores commands, and pins and supply last.
 *
 * Operations take no time here, except one that is left in progress or suspended (unfinished.c).
 * Leaves out modes of DataFlash, and QPI or address modes by WRAR.
 *
 * long: the check of each mode is beside the code that sets it.
 */
#include "bench/preset.h"

#include "base/error.h"
#include "bench/levels.h"
#include "bench/relabel.h"
#include "bench/statusbits.h"
#include "bench/unfinished.h"
#include "board/send.h"
#include "flash/fault.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "setup/condition.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define LARGE (UINT64_C(1) << 24) /* bytes that three address bytes reach */
#define BANK_EXTADD 0x80
#define EVCR_QUAD 0x80
#define NVCR_ADDRESS 0x01
#define BPR_MAX 64

static bool
has(const struct flash_part *part, const char *name)
{
	return flash_opcode(part, name) >= 0;
}

/* Finds the bit. False: the part has none that can be written. */
static bool
find_bit(const struct flash_part *part, enum flash_bit function, unsigned int *reg, uint8_t *mask)
{
	for (*reg = 0; *reg < FLASH_REGISTERS; ++*reg) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			const struct flash_register_bit *place = &part->status[*reg][bit];

			*mask = (uint8_t)(1u << bit);
			if (place->function == function && !place->read_only)
				return true;
		}
	}
	return false;
}

static bool
has_bit(const struct flash_part *part, enum flash_bit function)
{
	unsigned int reg;
	uint8_t mask;

	return find_bit(part, function, &reg, &mask);
}

/* Sets the bit, also its non-volatile value. No effect where the part lacks it. */
static void
set_bit(struct flash *flash, enum flash_bit function)
{
	unsigned int reg;
	uint8_t mask;

	if (find_bit(flash_part(flash), function, &reg, &mask))
		flash_status_preset(flash, reg, flash_status_register(flash, reg) | mask);
}

static size_t
address_bytes(struct flash *flash)
{
	const struct flash_part *part = flash_part(flash);
	unsigned int reg;
	uint8_t mask;
	uint8_t nvcr[2];

	if (find_bit(part, FLASH_BIT_ADP, &reg, &mask) && flash_status_register(flash, reg) & mask)
		return 4;
	if (part->size > LARGE && board_send_read(flash, "RDNVCR", nvcr, sizeof nvcr) &&
		!(nvcr[0] & NVCR_ADDRESS))
		return 4;
	return part->address_bytes;
}

/* --- the modes of a part --- */

static bool
has_lock_commands(const struct flash_part *part)
{
	/* Some parts have these commands but nothing to lock. */
	bool wps = has_bit(part, FLASH_BIT_WPS) || has(part, "WPSEL") || part->n_lock_regions > 0;

	return (wps && (has(part, "GLOBAL_LOCK") || has(part, "BLOCK_LOCK"))) ||
		has(part, "PROTECT_SECTOR") || has(part, "WRDYB") || has(part, "WRDPB") ||
		has(part, "WRVLB") || has(part, "WBPR");
}

static bool
can_be_otp_locked(const struct flash_part *part)
{
	return has_bit(part, FLASH_BIT_LB1) || has_bit(part, FLASH_BIT_LB2) ||
		has_bit(part, FLASH_BIT_LB3) || has(part, "WRSCUR_LDSO") ||
		(has(part, "PROTP") &&
			(part->otp_lock == FLASH_OTP_CONTROL_BYTE ||
				part->otp_lock == FLASH_OTP_REGIONS));
}

static bool
can_be_in(const struct flash_part *part, enum setup_mode mode)
{
	switch (mode) {
	case SETUP_MODE_DEEP_POWER_DOWN:
		return has(part, "DP") || has(part, "ULTRA_DP");
	case SETUP_MODE_4_BYTE:
		return has(part, "EN4B") || has(part, "EN4B_WREN") || has(part, "BRWR");
	case SETUP_MODE_3_BYTE:
		return has(part, "EX4B") || has(part, "EX4B_WREN") || has(part, "EX4B_UPPER") ||
			has(part, "BRWR");
	case SETUP_MODE_EAR:
		return part->size > LARGE && (has(part, "WREAR") || has(part, "BRWR"));
	case SETUP_MODE_QPI:
		return has(part, "EQIO") || has(part, "EQIO_QE") || has(part, "WREVCR") ||
			has_bit(part, FLASH_BIT_QPI);
	case SETUP_MODE_SUSPENDED:
	case SETUP_MODE_PROGRAM_SUSPENDED:
	case SETUP_MODE_ERASING:
	case SETUP_MODE_PROGRAMMING:
	case SETUP_MODE_WRITING_STATUS:
	case SETUP_MODE_AAI:
	case SETUP_MODE_OTP:
	case SETUP_MODE_RESET_ENABLED:
	case SETUP_MODE_WRITE_ENABLED:
	case SETUP_MODE_CONTINUOUS_READ:
		return bench_can_be_unfinished(part, mode);
	case SETUP_MODE_LOCKED:
	case SETUP_MODE_UNLOCKED:
		return has_lock_commands(part);
	case SETUP_MODE_POWER_UP_4_BYTE:
		return has_bit(part, FLASH_BIT_ADP) || (has(part, "WRNVCR") && part->size > LARGE);
	case SETUP_MODE_OTP_LOCKED:
		return can_be_otp_locked(part);
	case SETUP_MODES:
		break;
	}
	return false;
}

static unsigned int
count_registers(const struct flash_part *part)
{
	unsigned int n = 0;

	for (unsigned int reg = 0; reg < FLASH_STATUS_REGISTERS; reg++)
		for (unsigned int bit = 0; bit < 8; bit++)
			if (part->status[reg][bit].function != FLASH_BIT_NONE)
				n = reg + 1;
	return n;
}

struct target {
	const struct setup_condition *condition;
	const struct flash_part *part;
	const char *where;
};

static bool refuse(const struct target *target, enum setup_condition_key key, GError **error,
	const char *format, ...) G_GNUC_PRINTF(4, 5);

/* "FILE: [chip boot]: mode: a PART …", or "--mode: a PART …"; always false. */
static bool
refuse(const struct target *target, enum setup_condition_key key, GError **error,
	const char *format, ...)
{
	bool option = target->where == NULL || target->condition->by_option >> key & 1;
	g_autofree char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s%s%s: a %s %s",
		option ? "--" : target->where, option ? "" : ": ", setup_condition_rows[key].name,
		target->part->name, text);
	return false;
}

/* One of the commands that take a block's address and, most of them, a byte. */
struct block_command {
	const char *name[2]; /* to unlock, to lock */
	uint8_t value[2];
	uint8_t n_values;
	uint8_t n_address; /* 0: as many as the part's mode says */
};

static const struct block_command block_commands[] = {
	{{"UNPROTECT_SECTOR", "PROTECT_SECTOR"}, {0, 0}, 0, 0},
	{{"BLOCK_UNLOCK", "BLOCK_LOCK"}, {0, 0}, 0, 0},
	{{"WRDYB", "WRDYB"}, {0xff, 0x00}, 1, 4},
	{{"WRDPB", "WRDPB"}, {0x00, 0xff}, 1, 4},
	{{"WRVLB", "WRVLB"}, {0x00, 0x01}, 1, 0},
};

/* The one that the part has, or NULL. */
static const struct block_command *
find_block_command(const struct flash_part *part, bool lock)
{
	for (size_t i = 0; i < G_N_ELEMENTS(block_commands); i++)
		if (has(part, block_commands[i].name[lock]))
			return &block_commands[i];
	return NULL;
}

static bool
check_modes(const struct target *target, GError **error)
{
	const struct setup_condition *condition = target->condition;
	unsigned int ear_max = (unsigned int)((target->part->size - 1) >> 24);
	g_autoptr(GString) allowed = g_string_new(NULL);
	enum setup_mode lacking = SETUP_MODES;

	for (unsigned int mode = 0; mode < SETUP_MODES; mode++) {
		if (can_be_in(target->part, mode))
			g_string_append_printf(allowed, "%s%s", allowed->len > 0 ? ", " : "",
				setup_mode_names[mode]);
		else if (setup_condition_mode(condition, mode) && lacking == SETUP_MODES)
			lacking = mode;
	}
	if (lacking < SETUP_MODES)
		return refuse(target, SETUP_KEY_MODE, error, "can't be in mode %s; allowed: %s",
			setup_mode_names[lacking], allowed->len > 0 ? allowed->str : "none");
	if (condition->lock_to > 0 && find_block_command(target->part, true) == NULL)
		return refuse(target, SETUP_KEY_MODE, error,
			"has no command for the lock of a block; allowed: locked, for all of them");
	if (condition->lock_to > target->part->size)
		return refuse(target, SETUP_KEY_MODE, error,
			"ends before 0x%" PRIX64 "; allowed: addresses up to 0x%" PRIX64,
			condition->lock_to - 1, target->part->size - 1);
	if (setup_condition_mode(condition, SETUP_MODE_EAR) && condition->ear > ear_max)
		return refuse(target, SETUP_KEY_MODE, error,
			"has no %u in its extended address register; allowed: ear:0 to ear:%u",
			condition->ear, ear_max);
	return true;
}

static const enum setup_condition_key pin_keys[FLASH_PINS] = {
	[FLASH_PIN_WP] = SETUP_KEY_WP,
	[FLASH_PIN_HOLD] = SETUP_KEY_HOLD,
	[FLASH_PIN_RESET] = SETUP_KEY_RESET,
};

static bool
check_pins(const struct target *target, GError **error)
{
	for (enum flash_pin pin = FLASH_PIN_WP; pin < FLASH_PINS; pin++)
		if (setup_condition_has(target->condition, pin_keys[pin]) &&
			!bench_part_may_have_pin(target->part, pin))
			return refuse(target, pin_keys[pin], error, "has no such pin; allowed: %s",
				bench_part_pin_names(target->part));
	return true;
}

static bool
check_status_bits(const struct target *target, GError **error)
{
	uint8_t values[FLASH_STATUS_REGISTERS] = {0};
	g_autofree char *why = NULL;

	return target->condition->status_bits == NULL ||
		bench_status_bits(target->condition->status_bits, target->part, values, &why) ||
		refuse(target, SETUP_KEY_STATUS, error, "%s", why);
}

bool
bench_preset_check(const struct setup_condition *condition, const struct flash_part *part,
	const char *where, GError **error)
{
	const struct target target = {condition, part, where};
	unsigned int registers = flash_part_is_dataflash(part) ? 0 : count_registers(part);

	if (setup_condition_has(condition, SETUP_KEY_STATUS) && condition->n_status > registers)
		return refuse(&target, SETUP_KEY_STATUS, error,
			"has %u status register%s that can be written; allowed: as many bytes",
			registers, registers == 1 ? "" : "s");
	return check_status_bits(&target, error) && check_pins(&target, error) &&
		bench_relabel_check(condition, part, where, error) &&
		(!setup_condition_has(condition, SETUP_KEY_MODE) || check_modes(&target, error));
}

/* --- registers --- */

/* Micron's non-volatile configuration register: bit 0 = 0. */
static void
preset_nvcr(struct flash *flash)
{
	uint8_t value[2];

	if (!board_send_read(flash, "RDNVCR", value, sizeof value))
		return;
	value[0] &= (uint8_t)~NVCR_ADDRESS;
	board_send_enabled(flash, "WRNVCR", value, sizeof value);
}

static void
preset_power_up(struct flash *flash, const struct setup_condition *condition)
{
	const struct flash_part *part = flash_part(flash);
	bool qpi = setup_condition_mode(condition, SETUP_MODE_QPI) && !has(part, "EQIO") &&
		!has(part, "EQIO_QE") && !has(part, "WREVCR");
	bool address = setup_condition_mode(condition, SETUP_MODE_POWER_UP_4_BYTE);

	if (address && has_bit(part, FLASH_BIT_ADP))
		set_bit(flash, FLASH_BIT_ADP);
	else if (address)
		preset_nvcr(flash);
	if (qpi)
		set_bit(flash, FLASH_BIT_QPI);
	if (address || qpi)
		flash_power_up(flash);
}

/* The lock is in bytes 10 to 13 of the area, or in the byte after it. */
static void
lock_otp_area(struct flash *flash)
{
	const struct flash_part *part = flash_part(flash);
	uint8_t frame[8] = {0};
	bool regions = part->otp_lock == FLASH_OTP_REGIONS;
	uint32_t address = regions ? 0x10 : part->otp_size;
	size_t n_address = address_bytes(flash);

	if (!regions && part->otp_lock != FLASH_OTP_CONTROL_BYTE)
		return;
	for (size_t i = 0; i < n_address; i++)
		frame[i] = (uint8_t)(address >> 8 * (n_address - 1 - i));
	board_send_enabled(flash, "PROTP", frame, n_address + (regions ? 4 : 1));
}

static void
lock_otp(struct flash *flash)
{
	set_bit(flash, FLASH_BIT_LB1);
	set_bit(flash, FLASH_BIT_LB2);
	set_bit(flash, FLASH_BIT_LB3);
	board_send_enabled(flash, "WRSCUR_LDSO", NULL, 0);
	lock_otp_area(flash);
}

/* words: as bench_preset_check() has accepted them. */
static void
preset_status_bits(struct flash *flash, const char *words)
{
	uint8_t values[FLASH_STATUS_REGISTERS];
	g_autofree char *why = NULL;

	for (unsigned int reg = 0; reg < FLASH_STATUS_REGISTERS; reg++)
		values[reg] = flash_status_register(flash, reg);
	bench_status_bits(words, flash_part(flash), values, &why);
	for (unsigned int reg = 0; reg < count_registers(flash_part(flash)); reg++)
		flash_status_preset(flash, reg, values[reg]);
}

/* Writes the requested registers, and the bits that the requested modes need. */
static void
preset_status(struct flash *flash, const struct setup_condition *condition)
{
	for (unsigned int reg = 0; reg < condition->n_status; reg++)
		flash_status_preset(flash, reg, condition->status[reg]);
	if (condition->status_bits != NULL)
		preset_status_bits(flash, condition->status_bits);
	if ((setup_condition_mode(condition, SETUP_MODE_QPI) &&
		    has(flash_part(flash), "EQIO_QE")) ||
		setup_condition_mode(condition, SETUP_MODE_CONTINUOUS_READ))
		set_bit(flash, FLASH_BIT_QE);
	if (setup_condition_mode(condition, SETUP_MODE_LOCKED))
		set_bit(flash, FLASH_BIT_WPS);
	if (setup_condition_mode(condition, SETUP_MODE_POWER_UP_4_BYTE))
		set_bit(flash, FLASH_BIT_ADP);
}

/* --- locks --- */

static uint32_t
smallest_block(const struct flash_part *part)
{
	uint32_t size = flash_block_size(part);

	return size > 0 ? size : 4096;
}

/* The bytes of an SST26's block-protection register. */
static size_t
bpr_length(const struct flash *flash)
{
	return (size_t)(flash_part(flash)->size / 65536 + 16 + 7) / 8;
}

/* Locks or unlocks all blocks that overlap [from, to). */
static void
lock_blocks(struct flash *flash, const struct block_command *command, bool lock, uint64_t from,
	uint64_t to)
{
	const struct flash_part *part = flash_part(flash);
	size_t n = command->n_address > 0 ? command->n_address : address_bytes(flash);
	uint32_t block = smallest_block(part);
	uint8_t frame[5];

	for (uint64_t address = from / block * block; address < to; address += block) {
		for (size_t i = 0; i < n; i++)
			frame[i] = (uint8_t)(address >> 8 * (n - 1 - i));
		frame[n] = command->value[lock];
		board_send_enabled(flash, command->name[lock], frame, n + command->n_values);
	}
}

/* Writes zeros to the block-protection register of a part without a command that does; false if it
 * has none. */
static bool
clear_bpr(struct flash *flash)
{
	const uint8_t zeros[BPR_MAX] = {0};
	size_t n = bpr_length(flash);

	return n <= BPR_MAX && board_send_enabled(flash, "WBPR", zeros, n);
}

static void
set_locks(struct flash *flash, bool lock)
{
	const struct block_command *command;

	if (lock ? board_send_enabled(flash, "GLOBAL_LOCK", NULL, 0)
		 : board_send_enabled(flash, "GLOBAL_UNLOCK", NULL, 0) ||
				board_send_enabled(flash, "ULBPR", NULL, 0) || clear_bpr(flash))
		return;
	command = find_block_command(flash_part(flash), lock);
	if (command != NULL)
		lock_blocks(flash, command, lock, 0, flash_part(flash)->size);
}

static void
lock_region(struct flash *flash, uint64_t from, uint64_t to)
{
	set_locks(flash, false);
	lock_blocks(flash, find_block_command(flash_part(flash), true), true, from, to);
}

/* Reads the block-protection register, which has every write lock set after power-up, to write it
 * back later. Returns its length, 0: the part has none. */
static size_t
read_bpr(struct flash *flash, uint8_t *bpr)
{
	size_t n = bpr_length(flash);

	return n <= BPR_MAX && board_send_read(flash, "RBPR", bpr, n) ? n : 0;
}

/* --- modes --- */

static void
set_address_mode(struct flash *flash, const struct setup_condition *condition)
{
	bool four = setup_condition_mode(condition, SETUP_MODE_4_BYTE);
	bool three = setup_condition_mode(condition, SETUP_MODE_3_BYTE);
	bool ear = setup_condition_mode(condition, SETUP_MODE_EAR);
	uint8_t bank = (uint8_t)(condition->ear | (four ? BANK_EXTADD : 0));

	if (has(flash_part(flash), "BRWR")) {
		if (four || three || ear)
			board_send(flash, "BRWR", &bank, 1);
		return;
	}
	if (four && !board_send(flash, "EN4B", NULL, 0))
		board_send_enabled(flash, "EN4B_WREN", NULL, 0);
	if (three && !board_send(flash, "EX4B", NULL, 0) &&
		!board_send(flash, "EX4B_UPPER", NULL, 0))
		board_send_enabled(flash, "EX4B_WREN", NULL, 0);
	if (ear)
		board_send_enabled(flash, "WREAR", &condition->ear, 1);
}

static void
enter_qpi(struct flash *flash)
{
	uint8_t evcr;

	if (board_send(flash, "EQIO_QE", NULL, 0) || board_send(flash, "EQIO", NULL, 0) ||
		!board_send_read(flash, "RDEVCR", &evcr, 1))
		return;
	evcr &= (uint8_t)~EVCR_QUAD;
	board_send_enabled(flash, "WREVCR", &evcr, 1);
}

static bool
refuse_protected(const struct target *target, enum setup_mode mode, GError **error)
{
	return refuse(target, SETUP_KEY_MODE, error,
		"can't be in mode %s: the erase or program at 0 was refused; allowed is a block "
		"that is not protected",
		setup_mode_names[mode]);
}

/* No effect without that mode in the condition. False: refused. */
static bool
enter_suspended(
	const struct target *target, struct flash *flash, enum setup_mode mode, GError **error)
{
	if (!setup_condition_mode(target->condition, mode))
		return true;
	set_locks(flash, false);
	return bench_suspend(flash, mode, target->condition->corner, address_bytes(flash)) ||
		refuse_protected(target, mode, error);
}

static bool
enter_modes(const struct target *target, struct flash *flash, GError **error)
{
	const struct setup_condition *condition = target->condition;
	bool locked = setup_condition_mode(condition, SETUP_MODE_LOCKED);
	uint8_t bpr[BPR_MAX];
	size_t n_bpr = read_bpr(flash, bpr);

	if (!enter_suspended(target, flash, SETUP_MODE_SUSPENDED, error) ||
		!enter_suspended(target, flash, SETUP_MODE_PROGRAM_SUSPENDED, error))
		return false;
	if (setup_condition_mode(condition, SETUP_MODE_OTP_LOCKED))
		lock_otp(flash);
	if (setup_condition_mode(condition, SETUP_MODE_UNLOCKED))
		set_locks(flash, false);
	if (locked)
		board_send_enabled(flash, "WPSEL", NULL, 0);
	if (locked && condition->lock_to > 0)
		lock_region(flash, condition->lock_from, condition->lock_to);
	else if (locked && n_bpr > 0)
		board_send_enabled(flash, "WBPR", bpr, n_bpr);
	else if (locked)
		set_locks(flash, true);
	set_address_mode(flash, condition);
	board_send(flash, "WRDI", NULL, 0);
	return true;
}

/* As a host does before it writes to a chip that powers up protected. */
static void
unprotect(const struct setup_condition *condition, struct flash *flash)
{
	static const uint8_t zero;

	if (!flash_is_protected(flash, 0, 1))
		return;
	set_locks(flash, false);
	if (!flash_is_protected(flash, 0, 1) || setup_condition_has(condition, SETUP_KEY_STATUS))
		return;
	board_send(flash, "EWSR", NULL, 0);
	if (!board_send(flash, "WRSR_EWSR", &zero, 1))
		board_send_enabled(flash, "WRSR", &zero, 1);
}

static bool
leave_unfinished(
	const struct target *target, struct flash *flash, enum setup_mode mode, GError **error)
{
	const struct setup_condition *condition = target->condition;
	size_t n_address = setup_condition_mode(condition, SETUP_MODE_4_BYTE) ? 4
		: setup_condition_mode(condition, SETUP_MODE_3_BYTE)          ? 3
								     : address_bytes(flash);

	if (mode == SETUP_MODE_ERASING || mode == SETUP_MODE_PROGRAMMING || mode == SETUP_MODE_AAI)
		unprotect(condition, flash);
	if (bench_leave_unfinished(flash, mode, condition->corner, n_address))
		return true;
	if (mode != SETUP_MODE_WRITING_STATUS)
		return refuse_protected(target, mode, error);
	return refuse(target, SETUP_KEY_MODE, error,
		"can't be in mode %s: the write was refused; allowed are status registers that "
		"are not locked",
		setup_mode_names[mode]);
}

/* In these modes the chip ignores commands, or misreads them. */
static bool
enter_last_mode(const struct target *target, struct flash *flash, GError **error)
{
	const struct setup_condition *condition = target->condition;

	if (setup_condition_mode(condition, SETUP_MODE_DEEP_POWER_DOWN) &&
		!board_send(flash, "DP", NULL, 0))
		board_send(flash, "ULTRA_DP", NULL, 0);
	if (setup_condition_mode(condition, SETUP_MODE_QPI))
		enter_qpi(flash);
	for (enum setup_mode mode = 0; mode < SETUP_MODES; mode++)
		if (setup_condition_mode(condition, mode) && bench_is_unfinished(mode))
			return leave_unfinished(target, flash, mode, error);
	return true;
}

static bool
set_pins(const struct target *target, struct bench_levels *wires, GError **error)
{
	for (enum flash_pin pin = FLASH_PIN_WP; pin < FLASH_PINS; pin++) {
		enum setup_condition_key key = pin_keys[pin];

		if (!setup_condition_has(target->condition, key) ||
			bench_levels_set_pin(wires, pin, target->condition->levels[pin]))
			continue;
		return refuse(target, key, error, "has no such pin as it is; allowed: %s",
			bench_levels_pin_names(wires));
	}
	return true;
}

bool
bench_preset_apply(const struct setup_condition *condition, struct bench_levels *wires,
	bool instant, const char *where, GError **error)
{
	struct flash *flash = wires->flash;
	const struct target target = {condition, flash_part(flash), where};

	flash_set_corner(flash, FLASH_CORNER_INSTANT);
	preset_power_up(flash, condition);
	if (!enter_modes(&target, flash, error))
		return false;
	preset_status(flash, condition);
	if (!enter_last_mode(&target, flash, error))
		return false;
	if (setup_condition_has(condition, SETUP_KEY_CYCLES))
		flash_set_cycles(flash, condition->cycles);
	flash_set_wear(flash, condition->wear);
	if (setup_condition_has(condition, SETUP_KEY_REAL_SIZE))
		flash_set_real_size(flash, condition->real_size, condition->beyond);
	if (!set_pins(&target, wires, error))
		return false;
	flash_set_corner(flash, instant ? FLASH_CORNER_INSTANT : condition->corner);
	if (setup_condition_has(condition, SETUP_KEY_SUPPLY))
		bench_levels_supply(wires,
			condition->millivolts == SETUP_PARASITIC
				? bench_parasitic_millivolts(flash_part(flash))
				: condition->millivolts);
	if (setup_condition_has(condition, SETUP_KEY_CUT_AT))
		bench_levels_cut_in(wires, condition->cut_at, BENCH_HALF_OF_BUSY);
	return true;
}

bool
bench_preset_is_kept(const struct setup_condition *condition)
{
	return setup_condition_has(condition, SETUP_KEY_CYCLES) ||
		setup_condition_has(condition, SETUP_KEY_STATUS) ||
		setup_condition_has(condition, SETUP_KEY_MODE);
}
