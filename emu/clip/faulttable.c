/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults of the wires, a row for each: its name and line, its usual values, the values allowed
 * and its effects. The functions are in the file of the effect: geometry.c for the clip on pins,
 * lines.c for nets, noise.c, slip.c, contact.c, master.c and writer.c. A new fault is an enum value
 * and a row here.
 *
 * Words of other enums are in names.c.
 */
#include "clip/internal.h"

#include <string.h>

static void
init_shift(struct clip_fault *fault)
{
	fault->pins = 1;
}

static const char *
check_shift(const struct clip_fault *fault)
{
	return fault->pins == 1 || fault->pins == -1 ? NULL : "pins to shift by are 1 or -1";
}

static const char *
check_short(const struct clip_fault *fault)
{
	return (size_t)fault->line2 < CLIP_LINES && fault->line2 != fault->line
		? NULL
		: "a short takes two different lines";
}

static unsigned int
lines_of_short(const struct clip_fault *fault)
{
	return 1u << fault->line | 1u << fault->line2;
}

static unsigned int
all_lines(const struct clip_fault *fault)
{
	(void)fault;
	return (1u << CLIP_LINES) - 1;
}

static unsigned int
data_lines(const struct clip_fault *fault)
{
	(void)fault;
	return 1 << CLIP_MOSI | 1 << CLIP_MISO;
}

static unsigned int
miso(const struct clip_fault *fault)
{
	(void)fault;
	return 1 << CLIP_MISO;
}

static const struct clip_fault_row rows[CLIP_FAULT_WHATS] = {
	[CLIP_OPEN] = {"open", CLIP_MISO, .lasting = true, .wire = clip_lines_open},
	[CLIP_STUCK_0] = {"stuck-0", CLIP_MISO, .lasting = true, .wire = clip_lines_force_0},
	[CLIP_STUCK_1] = {"stuck-1", CLIP_MISO, .lasting = true, .wire = clip_lines_force_1},
	[CLIP_SHORT] = {"short", CLIP_MISO, .lasting = true, .check = check_short,
		.lines = lines_of_short, .wire = clip_lines_short},
	[CLIP_PULL_UP] = {"pull-up", CLIP_MISO, .lasting = true, .wire = clip_lines_pull_up},
	[CLIP_PULL_DOWN] = {"pull-down", CLIP_MISO, .lasting = true, .wire = clip_lines_pull_down},
	[CLIP_PULL_NONE] = {"pull-none", CLIP_MISO, .lasting = true, .wire = clip_lines_pull_none},
	[CLIP_ROTATED] = {"rotated", CLIP_MISO, .lasting = true, .lines = all_lines,
		.move = clip_geometry_rotate},
	[CLIP_SHIFTED] = {"shifted", CLIP_MISO, .lasting = true, .init = init_shift,
		.check = check_shift, .lines = all_lines, .move = clip_geometry_move},
	[CLIP_MIRRORED] = {"mirrored", CLIP_MISO, .lasting = true, .lines = all_lines,
		.move = clip_geometry_mirror},
	[CLIP_SWAPPED] = {"swapped", CLIP_MISO, .lasting = true, .lines = data_lines,
		.move = clip_geometry_swap},
	[CLIP_CONTACT] = {"contact", CLIP_MISO, .opens = true, .init = clip_contact_init,
		.check = clip_contact_check, .wire = clip_lines_open_now, .pass = clip_contact_pass,
		.hold = clip_contact_hold, .shows = clip_contact_shows, .act = clip_contact_act},
	[CLIP_BIT_ERROR] = {"bit-error", CLIP_MISO, .of_bits = true, .init = clip_noise_init,
		.check = clip_noise_check, .hold = clip_noise_hold, .act = clip_noise_act,
		.of_data = true, .arrives = clip_noise_flip},
	[CLIP_SLIP] = {"slip", CLIP_CLK, .of_bits = true, .one_line = true, .init = clip_slip_init,
		.hold = clip_slip_hold, .act = clip_slip_act},
	[CLIP_BOUNCE] = {"bounce", CLIP_CS, .of_bits = true, .one_line = true,
		.init = clip_slip_init, .hold = clip_slip_hold, .act = clip_slip_bounce},
	[CLIP_TOO_FAST] = {"too-fast", CLIP_MISO, .of_bits = true, .init = clip_noise_init_too_fast,
		.check = clip_noise_check_too_fast, .hold = clip_noise_hold_too_fast,
		.act = clip_noise_act, .of_data = true, .arrives = clip_noise_hold_last},
	[CLIP_BURST_ERROR] = {"burst-error", CLIP_MISO, .of_bits = true,
		.init = clip_noise_init_burst, .check = clip_noise_check, .hold = clip_noise_hold,
		.act = clip_noise_act, .of_data = true, .arrives = clip_noise_flip},
	[CLIP_WEAK_GROUND] = {"weak-ground", CLIP_MISO, .of_bits = true, .init = clip_noise_init,
		.check = clip_noise_check, .hold = clip_noise_hold_ground, .act = clip_noise_act,
		.of_data = true, .arrives = clip_noise_jump},
	[CLIP_LATE] = {"late", CLIP_MISO, .check = clip_slip_check_clocks, .lines = miso,
		.hold = clip_slip_hold_late, .shows = clip_slip_shows_late},
	[CLIP_EARLY] = {"early", CLIP_MISO, .check = clip_slip_check_clocks, .lines = miso,
		.before_data = clip_slip_ahead},
	[CLIP_MASTER] = {"master", CLIP_CS, .of_board = true, .own_cycle = true,
		.init = clip_master_init, .check = clip_master_check, .lines = clip_master_lines,
		.hold = clip_master_hold},
	[CLIP_BOARD_WRITES] = {"board-writes", CLIP_CS, .of_board = true, .by_itself = true,
		.own_cycle = true, .init = clip_writer_init, .check = clip_writer_check,
		.lines = clip_writer_lines, .start = clip_writer_start, .idle = clip_writer_idle},
};

const struct clip_fault_row *
clip_fault_row(enum clip_fault_what what)
{
	return &rows[what];
}

bool
clip_fault_is_of_board(enum clip_fault_what what)
{
	return rows[what].of_board;
}

bool
clip_fault_is_of_bits(enum clip_fault_what what)
{
	return rows[what].of_bits;
}

bool
clip_fault_writes(enum clip_fault_what what)
{
	return rows[what].idle;
}

bool
clip_fault_what_from_string(const char *text, enum clip_fault_what *what)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (strcmp(rows[i].name, text) == 0) {
			*what = (enum clip_fault_what)i;
			return true;
		}
	}
	return false;
}

const char *
clip_fault_what_string(enum clip_fault_what what)
{
	return (size_t)what < G_N_ELEMENTS(rows) ? rows[what].name : NULL;
}
