/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A model of a host that uses a part's data and the chip's pins, and nothing of the engine. */
#ifndef SPINOR_TESTS_UNIT_HOSTMODEL_H
#define SPINOR_TESTS_UNIT_HOSTMODEL_H

#include "flash/flash.h"
#include "flash/partdata.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hostmodel {
	const struct flash_part *part;
	struct flash *chip;
	uint8_t *array; /* part->size bytes, initially 00: all bits programmed */
	int64_t now_ns;
};

struct hostmodel *hostmodel_new(const struct flash_part *part);
void hostmodel_destroy(struct hostmodel *host);

/* Programs all bits of the array directly in memory. */
void hostmodel_clear(struct hostmodel *host);

/* The opcode of a mnemonic in this part, or -1. */
int hostmodel_opcode(const struct hostmodel *host, const char *name);
bool hostmodel_has(const struct hostmodel *host, const char *name);

/* One frame: sends out, then reads n_in bytes; waits until the chip is ready. */
void hostmodel_frame(
	struct hostmodel *host, const uint8_t *out, size_t n_out, uint8_t *in, size_t n_in);

/* A frame of a command without address and data; no effect if the part lacks it. */
void hostmodel_command(struct hostmodel *host, const char *name);

/* Sends write enable; no effect if the part has none. */
void hostmodel_enable(struct hostmodel *host);

/* Makes the array writable: clears block protection, opens locks. */
void hostmodel_unlock(struct hostmodel *host);

/* Returns the address bytes needed to reach address and sets that mode. 0: out of reach. */
unsigned int hostmodel_reach(struct hostmodel *host, uint64_t address);

bool hostmodel_is_dataflash(const struct hostmodel *host);

/* Writes address as n bytes, highest first; returns the end. A DataFlash address is a page and a
 * byte within it. */
uint8_t *hostmodel_put_address(
	const struct hostmodel *host, uint8_t *at, uint64_t address, unsigned int n);

/* Reads n bytes with that opcode and that many address bytes. */
void hostmodel_read(struct hostmodel *host, int opcode, unsigned int address_bytes,
	uint64_t address, uint8_t *in, size_t n);

#endif
