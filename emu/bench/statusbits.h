/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of status registers that are given by the names of their bits. */
#ifndef SPINOR_BENCH_STATUSBITS_H
#define SPINOR_BENCH_STATUSBITS_H

#include "flash/part.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct setup_board;

/*
 * Sets bits in the values of a part's status registers: words "SRP=1 BP=7", with the names of the
 * part's data sheet; a number is decimal, or binary with one digit for each bit. False: a name or
 * number is refused; *why says so in a sentence whose subject is the part ("has no bit ..."), free
 * it with g_free().
 */
bool bench_status_bits(const char *words, const struct flash_part *part,
	uint8_t values[FLASH_STATUS_REGISTERS], char **why);

/* Refuses expectations of registers that the part does not have; the message names the first. */
bool bench_status_check_board(
	const struct setup_board *entry, const struct flash_part *part, GError **error);

#endif
