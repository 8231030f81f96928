/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A chip as a host leaves it that stops, or loses its cable, in the middle of its work:
 *
 *   suspended         .. erase | 75 |
 *   program-suspended .. 02 a a a d d | 75 |
 *   erasing           .. erase |                 busy; the block is erased at the end
 *   programming       .. 02 a a a d d |          busy
 *   writing-status    06 | 01 d d |           busy
 *   aai               06 | AD a a a d d |        the sequence has not ended: 04 is missing
 *   otp               B1 |                       C1 is missing
 *   reset-enabled     66 |                       99 is missing
 *   write-enabled     06 |
 *   continuous-read   EB a a a A5 |           the next frame has no opcode
 *
 * All of them are brought about by the part's own commands. A program or an AAI sequence writes the
 * bytes that are there already, so that the array does not depend on how far it came, and a status
 * write the registers as they are; an erase erases the block at address 0.
 *
 * Operations take no time here, except the one that is left in progress: it takes its
 * time with every timing mode.
 * Leaves out status writes of DataFlash and sequences of OTP areas.
 */
#include "bench/unfinished.h"

#include "board/send.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <glib.h>
#include <string.h>

#define MODE(name) (1u << SETUP_MODE_##name)
#define UNFINISHED                                                                          \
	(MODE(ERASING) | MODE(PROGRAMMING) | MODE(WRITING_STATUS) | MODE(AAI) | MODE(OTP) | \
		MODE(RESET_ENABLED) | MODE(WRITE_ENABLED) | MODE(CONTINUOUS_READ))

enum {
	ADDRESS_MAX = 4,
	DATA_MAX = 16,
};

/* Programs with an address and data, in order of preference. */
static const struct program {
	const char *name;
	size_t n_data;
} programs[] = {{"PP", DATA_MAX}, {"WRITE", DATA_MAX}, {"BP", 1}};

/* Reads with mode bits, and their lanes, in order of preference. */
static const struct {
	const char *name;
	unsigned int n_lanes;
} io_reads[] = {{"4READ", 4}, {"2READ", 2}};

/* Asks for another read without an opcode on all parts that have such reads. */
#define MODE_BITS 0xa5

/* Auto address increment: word, byte. */
static const struct program sequences[] = {{"AAI", 2}, {"AAI_BYTE", 1}};

static bool
has(const struct flash_part *part, const char *name)
{
	return flash_opcode(part, name) >= 0;
}

/* The first that the part has, or NULL. */
static const struct program *
find(const struct flash_part *part, const struct program *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (has(part, list[i].name))
			return &list[i];
	return NULL;
}

static const struct program *
find_program(const struct flash_part *part)
{
	return find(part, programs, G_N_ELEMENTS(programs));
}

static const struct program *
find_sequence(const struct flash_part *part)
{
	return find(part, sequences, G_N_ELEMENTS(sequences));
}

static bool
has_block_erase(const struct flash_part *part)
{
	for (unsigned int i = 0; i < part->n_erases; i++)
		if (part->erases[i].size > 0 || part->erases[i].n_regions > 0)
			return true;
	return false;
}

/* The command that suspends an erase, or a program; NULL: the part has none. */
static const char *
suspend_name(const struct flash_part *part, bool program)
{
	const char *own = program ? "PGSP" : "ERSP";

	if (has(part, "SUSPEND"))
		return "SUSPEND";
	return has(part, own) ? own : NULL;
}

static bool
can_program(const struct flash_part *part)
{
	return find_program(part) != NULL ||
		(has(part, "DF_TRANSFER1") && has(part, "DF_BUF1_PROGRAM"));
}

static bool
has_continuous_read(const struct flash_part *part)
{
	return part->continuous != FLASH_CONTINUOUS_NONE &&
		(has(part, "4READ") ||
			(has(part, "2READ") && part->continuous != FLASH_CONTINUOUS_TOGGLE));
}

bool
bench_is_unfinished(enum setup_mode mode)
{
	return UNFINISHED >> mode & 1;
}

bool
bench_can_be_unfinished(const struct flash_part *part, enum setup_mode mode)
{
	switch (mode) {
	case SETUP_MODE_SUSPENDED:
		return suspend_name(part, false) != NULL && part->n_erases > 0;
	case SETUP_MODE_PROGRAM_SUSPENDED:
		return suspend_name(part, true) != NULL && can_program(part);
	case SETUP_MODE_ERASING:
		return has_block_erase(part);
	case SETUP_MODE_PROGRAMMING:
		return can_program(part);
	case SETUP_MODE_WRITING_STATUS:
		return (has(part, "WRSR") || has(part, "WRSR_EWSR")) &&
			part->timing[FLASH_T_W].typ_ns > 0;
	case SETUP_MODE_AAI:
		return find_sequence(part) != NULL;
	case SETUP_MODE_OTP:
		return has(part, "ENSO") || has(part, "OTP_ENTER");
	case SETUP_MODE_RESET_ENABLED:
		return has(part, "RSTEN");
	case SETUP_MODE_WRITE_ENABLED:
		return has(part, "WREN");
	case SETUP_MODE_CONTINUOUS_READ:
		return has_continuous_read(part);
	default:
		return false;
	}
}

/* --- erases --- */

/* Sends the part's block erases with address 0 until the chip accepts one. */
static void
try_erases(struct flash *flash, bool hybrid, size_t address_bytes)
{
	const struct flash_part *part = flash_part(flash);

	for (unsigned int i = 0; i < part->n_erases && !flash_is_busy(flash); i++) {
		const struct flash_erase *erase = &part->erases[i];
		bool whole = erase->size == 0 && erase->n_regions == 0;

		if (whole || erase->hybrid != hybrid ||
			(erase->n_regions > 0 && erase->regions[0].gap))
			continue;
		board_send(flash, "WREN", NULL, 0);
		board_send_at_0(flash, erase->opcode, erase->four_byte ? 4 : address_bytes);
	}
}

static bool
begin_erase(struct flash *flash, enum flash_corner corner, size_t address_bytes)
{
	flash_set_corner(flash, corner);
	/* While hybrid erases are in force the others erase nothing at 0. */
	try_erases(flash, true, address_bytes);
	try_erases(flash, false, address_bytes);
	flash_set_corner(flash, FLASH_CORNER_INSTANT);
	return flash_is_busy(flash);
}

/* --- programs --- */

static void
read_at_0(struct flash *flash, size_t address_bytes, uint8_t *data, size_t n)
{
	uint8_t address[ADDRESS_MAX] = {0};

	flash_select(flash);
	flash_shift(flash, (uint8_t[]){(uint8_t)flash_opcode(flash_part(flash), "READ")}, NULL, 1);
	flash_shift(flash, address, NULL, address_bytes);
	flash_shift(flash, NULL, data, n);
	flash_deselect(flash, 0);
}

/* Writes the bytes at address 0 once more. */
static void
program_at_0(struct flash *flash, const struct program *program, size_t address_bytes)
{
	uint8_t frame[ADDRESS_MAX + DATA_MAX] = {0};

	read_at_0(flash, address_bytes, frame + address_bytes, program->n_data);
	board_send_enabled(flash, program->name, frame, address_bytes + program->n_data);
}

static bool
begin_program(struct flash *flash, enum flash_corner corner, size_t address_bytes)
{
	const struct flash_part *part = flash_part(flash);
	const struct program *program = find_program(part);

	if (program == NULL)
		board_send_at_0(flash, (uint8_t)flash_opcode(part, "DF_TRANSFER1"), address_bytes);
	flash_set_corner(flash, corner);
	if (program != NULL)
		program_at_0(flash, program, address_bytes);
	else
		board_send_at_0(
			flash, (uint8_t)flash_opcode(part, "DF_BUF1_PROGRAM"), address_bytes);
	flash_set_corner(flash, FLASH_CORNER_INSTANT);
	return flash_is_busy(flash);
}

bool
bench_suspend(
	struct flash *flash, enum setup_mode mode, enum flash_corner corner, size_t address_bytes)
{
	bool program = mode == SETUP_MODE_PROGRAM_SUSPENDED;
	bool begun = program ? begin_program(flash, corner, address_bytes)
			     : begin_erase(flash, corner, address_bytes);

	if (!begun)
		return false;
	board_send(flash, suspend_name(flash_part(flash), program), NULL, 0);
	return !flash_is_busy(flash);
}

static bool
begin_sequence(struct flash *flash)
{
	if (flash_is_protected(flash, 0, DATA_MAX))
		return false;
	program_at_0(flash, find_sequence(flash_part(flash)), 3);
	return true;
}

/* Writes all registers that 01 takes; with fewer bytes some parts clear the others. */
static bool
begin_status_write(struct flash *flash, enum flash_corner corner)
{
	uint8_t bytes[FLASH_STATUS_REGISTERS];
	size_t n = flash_part(flash)->wrsr_bytes;

	for (unsigned int reg = 0; reg < n; reg++)
		bytes[reg] = flash_status_register(flash, reg);
	flash_set_corner(flash, corner);
	if (!board_send_enabled(flash, "WRSR", bytes, n)) {
		board_send(flash, "EWSR", NULL, 0);
		board_send(flash, "WRSR_EWSR", bytes, n);
	}
	flash_set_corner(flash, FLASH_CORNER_INSTANT);
	return flash_is_busy(flash);
}

/* A read at address 0, by a host that drives all lanes. */
static void
begin_continuous_read(struct flash *flash, size_t address_bytes)
{
	size_t i = has(flash_part(flash), io_reads[0].name) ? 0 : 1;
	uint8_t opcode = (uint8_t)flash_opcode(flash_part(flash), io_reads[i].name);
	uint8_t header[ADDRESS_MAX + 1] = {0};

	header[address_bytes] = MODE_BITS;
	flash_select(flash);
	flash_shift(flash, &opcode, NULL, 1);
	flash_shift_lanes(flash, io_reads[i].n_lanes, header, address_bytes + 1);
	flash_deselect(flash, 0);
}

bool
bench_leave_unfinished(
	struct flash *flash, enum setup_mode mode, enum flash_corner corner, size_t address_bytes)
{
	switch (mode) {
	case SETUP_MODE_ERASING:
		return begin_erase(flash, corner, address_bytes);
	case SETUP_MODE_PROGRAMMING:
		return begin_program(flash, corner, address_bytes);
	case SETUP_MODE_WRITING_STATUS:
		return begin_status_write(flash, corner);
	case SETUP_MODE_AAI:
		return begin_sequence(flash);
	case SETUP_MODE_OTP:
		return board_send(flash, "ENSO", NULL, 0) ||
			board_send(flash, "OTP_ENTER", NULL, 0);
	case SETUP_MODE_RESET_ENABLED:
		return board_send(flash, "RSTEN", NULL, 0);
	case SETUP_MODE_WRITE_ENABLED:
		return board_send(flash, "WREN", NULL, 0);
	case SETUP_MODE_CONTINUOUS_READ:
		begin_continuous_read(flash, address_bytes);
		return true;
	default:
		return true;
	}
}
