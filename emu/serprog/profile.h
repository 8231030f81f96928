/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adapters as data: what a firmware offers and how it departs from the protocol text. */
#ifndef SPINOR_SERPROG_PROFILE_H
#define SPINOR_SERPROG_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct serprog_profile {
	const char *name;    /* --profile */
	const char *summary; /* one line for people */
	const char *program; /* Q_PGMNAME; at most 16 bytes count */
	uint32_t commands;   /* bit n: command n is offered */
	uint16_t serial_buffer;
	uint16_t operation_buffer;
	uint32_t write_max;        /* Q_WRNMAXLEN as reported: 0 is 2^24 */
	uint32_t read_max;         /* Q_RDNMAXLEN */
	uint8_t bus_types;         /* Q_BUSTYPE: 8 is SPI */
	uint8_t address_lines;     /* Q_CHIPSIZE */
	unsigned int chip_selects; /* 0: line 0 and every line with a chip on it */
	uint32_t clock_default_hz;
	uint32_t clock_min_hz;
	uint32_t clock_max_hz;
	int64_t turnaround_ns; /* before each operation: R_*, O_EXEC, O_SPIOP */
};

/* The profile of that name, or NULL. NULL asks for the default. */
const struct serprog_profile *serprog_profile_find(const char *name);

/* All profiles in order of listing; sets n. */
const struct serprog_profile *serprog_profiles(size_t *n);

#endif
