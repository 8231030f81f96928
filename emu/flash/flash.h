/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A SPI NOR flash chip as seen from its pins. Installed with part.h and fault.h; version.h says
 * what of it can change.
 *
 * A chip belongs to one thread at a time. Different chips have nothing in common but their parts,
 * which do not change.
 */
#ifndef SPINOR_FLASH_FLASH_H
#define SPINOR_FLASH_FLASH_H

#include "part.h"
#include "version.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct flash;

/* As a pin of the chip. Where a pin goes by its name on the package, HOLD is a HOLD# and RESET a
 * RESET#, which can be pin 7 too. */
enum flash_pin {
	FLASH_PIN_WP,    /* WP#, IO2 */
	FLASH_PIN_HOLD,  /* pin 7 of eight: HOLD# or, where part or register says so, RESET#; IO3 */
	FLASH_PIN_RESET, /* a RESET# that is no other pin, in large packages */
	FLASH_PINS,
};

/* What is on a pin from outside. */
enum flash_level {
	FLASH_LOW,
	FLASH_HIGH,
	FLASH_FLOATING, /* nobody drives it: the part's pull-up, or chance */
	FLASH_NO_PIN,   /* in answers: the part has no such pin */
};

/* Which column of the data sheet's AC table an operation takes; INSTANT: nothing is ever busy. */
enum flash_corner {
	FLASH_CORNER_TYPICAL,
	FLASH_CORNER_MAXIMUM,
	FLASH_CORNER_INSTANT,
};

/* What became of a command. Everything but DONE left the chip as it was. */
enum flash_outcome {
	FLASH_DONE,
	FLASH_UNKNOWN_OPCODE,
	FLASH_NO_COMMAND,        /* CS# rose before eight clocks */
	FLASH_WEL_CLEAR,         /* needs write enable */
	FLASH_BUSY,              /* an operation is in progress */
	FLASH_POWERED_DOWN,      /* deep power-down */
	FLASH_SUSPENDED,         /* not allowed while an operation is suspended */
	FLASH_NOT_SUSPENDED,     /* resume with nothing to resume */
	FLASH_NOT_SUSPENDABLE,   /* suspend of an operation that can't be */
	FLASH_PROTECTED,         /* block protection or an individual lock */
	FLASH_STATUS_PROTECTED,  /* status register locked by SRP/SRL */
	FLASH_PROTECTION_LOCKED, /* individual locks that can't be changed now */
	FLASH_OTP_LOCKED,        /* security register locked */
	FLASH_SHORT_FRAME,       /* CS# rose before the command was complete */
	FLASH_LONG_FRAME,        /* more bytes than the command takes */
	FLASH_BYTE_BOUNDARY,     /* CS# rose in the middle of a byte */
	FLASH_RESET_NOT_ENABLED, /* 99 without 66 right before it */
	FLASH_QUAD_DISABLED,     /* needs QE = 1 */
	FLASH_BAD_ADDRESS,       /* no such register */
	FLASH_IN_AAI,            /* not allowed in auto address increment */
	FLASH_IN_OTP,            /* not allowed in OTP mode */
	FLASH_NO_POWER,
	FLASH_HELD,        /* HOLD# was low: clocks are missing, or all of them */
	FLASH_IN_RESET,    /* RESET# is low */
	FLASH_POWERING_UP, /* write inhibit after power-up, tPUW */
	FLASH_LOW_SUPPLY,  /* not enough to program or erase */
	FLASH_DAMAGED,     /* too high a supply has ruined it */
	FLASH_NOT_ERASED,  /* of READY: some cells have failed */
	FLASH_NOT_PROGRAMMED,
	FLASH_OUTCOMES,
};

enum flash_event_kind {
	FLASH_EVENT_COMMAND,     /* a frame ended: CS# rose */
	FLASH_EVENT_READY,       /* the operation in progress has finished */
	FLASH_EVENT_INTERRUPTED, /* the operation in progress was cut off by reset or power loss */
	FLASH_EVENT_NONVOLATILE, /* a non-volatile register changed: save it */
	FLASH_EVENT_POWER,       /* supply came (length 1) or went (length 0) */
};

/* What a command is for, or an operation that ends. */
enum flash_purpose {
	FLASH_FOR_OTHER,
	FLASH_FOR_READ, /* of the array */
	FLASH_FOR_PROGRAM,
	FLASH_FOR_ERASE,
	FLASH_FOR_STATUS_READ,
	FLASH_FOR_STATUS_WRITE,
};

struct flash_event {
	enum flash_event_kind kind;
	enum flash_purpose purpose;
	int64_t time_ns;
	enum flash_outcome outcome;
	int opcode;       /* -1: none was received */
	const char *name; /* mnemonic; NULL for an unknown opcode */
	bool has_address;
	uint32_t address;
	uint64_t length; /* data bytes that went in or out; of READY and INTERRUPTED: the
			  * bytes of the array that were programmed or erased */
	int64_t busy_ns; /* READY, INTERRUPTED: how long it took, without what was suspended */
};

struct flash_listener {
	void (*event)(void *data, const struct flash_event *event);
	void *data;
};

/* A piece of state that survives power loss, other than the array. */
struct flash_nonvolatile {
	const char *name; /* key in state files */
	uint8_t *data;
	size_t size;
};

/*
 * Makes a chip as delivered and powers it up. The part outlives it, and so does array, the
 * flash_part_size() bytes of its cells. seed: gives the chip its unique ID. NULL: the part does not
 * pass its check (none that chips.h provides). Out of memory aborts, as with g_new.
 */
struct flash *flash_new(const struct flash_part *part, uint8_t *array, uint64_t seed);
void flash_destroy(struct flash *chip);

const struct flash_part *flash_part(const struct flash *chip);

/* One listener; NULL ends it. */
void flash_set_listener(struct flash *chip, const struct flash_listener *listener);
void flash_set_corner(struct flash *chip, enum flash_corner corner);

/* Period of the SPI clock: one byte takes 8 periods of chip time. 0: clocks take no time. */
void flash_set_clock(struct flash *chip, unsigned int hz);

/* CS# falls. */
void flash_select(struct flash *chip);

/* n full bytes are clocked, in to MOSI (NULL: all ones) and out from MISO (NULL: not sampled). out
 * gets FF wherever nobody drives the line. */
void flash_shift(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n);

/* n_bits (1..8) clocks: the lowest n_bits of in go to MOSI, the highest of them first; out (may be
 * NULL) gets as many from MISO likewise, ones where nobody drives it. What follows is that many
 * bits late, until CS# rises. */
void flash_shift_bits(struct flash *chip, unsigned int n_bits, uint8_t in, uint8_t *out);

/* Whether the chip drives MISO at the next clock; *n_bytes (may be NULL): for how many bytes the
 * answer stays true, 0 when it may change within the next, SIZE_MAX to the end of the frame. */
bool flash_drives_miso(const struct flash *chip, size_t *n_bytes);

/* What it drives MISO with at the next clock, true: nothing. For those whose clocks depend on it:
 * what follows in the frame goes slower. */
bool flash_next_miso(struct flash *chip);

/* CS# rises after extra_bits (0..7) further clocks with MOSI high. */
void flash_deselect(struct flash *chip, unsigned int extra_bits);

/* Stays so until the next call; at first all are driven high. A pin that the part lacks changes
 * nothing. */
void flash_pin(struct flash *chip, enum flash_pin pin, enum flash_level level);

/* What flash_pin() has set. */
enum flash_level flash_pin_level(const struct flash *chip, enum flash_pin pin);

/* Whether the part has that pin, whatever its function at the moment. */
bool flash_has_pin(const struct flash_part *part, enum flash_pin pin);

/* True while pin 7 is RESET# and not HOLD#. */
bool flash_pin7_is_reset(const struct flash *chip);

/*
 * VCC in millivolts, from 0 up.
 *   below the write-inhibit level (flash_inhibit_millivolts())  off: forgets what is volatile
 *   from there to the part's minimum   reads with errors, programs and erases nothing, and drops
 *                                      what it was doing
 *   in the part's range                as the data sheet says
 *   above, up to a quarter             the same (the absolute maximum)
 *   higher                             is damaged for ever, more each second
 */
void flash_supply(struct flash *chip, int millivolts);

/* VCC at the chip, in mV. */
int flash_millivolts(const struct flash *chip);

/* Where a chip stops working altogether, mV. */
int flash_inhibit_millivolts(const struct flash_part *part);

/* 0: healthy; 1 to 255: reads err more and more, from 128 on it no longer programs or erases. */
uint8_t flash_damage(const struct flash *chip);

/* As saved before. */
void flash_set_damage(struct flash *chip, uint8_t damage);

/* Gives register reg (0: SR1) the value, as another tool left it: in force and non-volatile, the
 * reserved bits as delivered. Locks do not keep it from that. */
void flash_status_preset(struct flash *chip, unsigned int reg, uint8_t value);

/* Time goes on to now (ns); what has finished by then takes effect. Never goes back. */
void flash_tick(struct flash *chip, int64_t now_ns);

bool flash_is_busy(const struct flash *chip);
bool flash_is_powered(const struct flash *chip);

/* True while CS# is low. */
bool flash_is_selected(const struct flash *chip);

/* Status register reg (0: SR1) as it stands now; reg < FLASH_STATUS_REGISTERS. */
uint8_t flash_status_register(const struct flash *chip, unsigned int reg);

/* True when a program or erase that touches any of these bytes is refused as things stand. */
bool flash_is_protected(const struct flash *chip, uint64_t address, uint64_t length);

/* The first range at or above from that is_protected: its start and length, bytes. False: none. */
bool flash_next_protected(
	const struct flash *chip, uint64_t from, uint64_t *start, uint64_t *length);

/* When the operation in progress ends, ns; meaningful while busy. INT64_MAX: only CLSR or a reset
 * ends it (a failure on a part that stays busy then). */
int64_t flash_busy_until(const struct flash *chip);

/* The chip's non-volatile state, for whoever keeps it on disk. Items and their data belong to the
 * chip. After filling the data call flash_power_up(). */
const struct flash_nonvolatile *flash_nonvolatile(struct flash *chip, size_t *n_items);

/* Volatile state as after power-on, from the non-volatile one. */
void flash_power_up(struct flash *chip);

/* Unit in which changes of the array are noted. */
#define FLASH_WATCH_BLOCK 65536

/* map: one bit per FLASH_WATCH_BLOCK of the array, the lowest bit of a byte first, that is set
 * when the block may have changed and never cleared here. It outlives the chip or the next call;
 * NULL ends it. */
void flash_watch_array(struct flash *chip, uint8_t *map);

/* Notes a change of length bytes at address in the map; for whoever writes to the array past the
 * chip. */
void flash_array_changed(struct flash *chip, uint64_t address, uint64_t length);

/* Stuck cells (fault.h) are at their level again: for whoever has given the array another content
 * past the chip, after noting that. */
void flash_array_replaced(struct flash *chip);

/* What the chip remembers of its cells beside their bits, by blocks of the smallest erase. Like the
 * array it outlives power; whoever keeps the chip's state saves it. */
struct flash_block {
	uint32_t number; /* from address 0 up */
	uint32_t cycles; /* complete erases; up to 2^31 - 1 */
	bool unstable;   /* an erase was cut off: cells don't read the same each time */
	uint32_t reserved[5];
};

/* Bytes of such a block; 0: the part is not erased by blocks. */
uint32_t flash_block_size(const struct flash_part *part);

/* The first block from number from on that is not as delivered. False: none. */
bool flash_next_block(const struct flash *chip, uint32_t from, struct flash_block *block);

/* As saved before; numbers beyond the chip are ignored. */
void flash_put_block(struct flash *chip, const struct flash_block *block);

/* All as delivered. */
void flash_forget_blocks(struct flash *chip);

/* Sets the cycles of all blocks. */
void flash_set_cycles(struct flash *chip, uint32_t cycles);

/* Whether cycles past the part's endurance do anything; false at first. */
void flash_set_wear(struct flash *chip, bool effects);

/* "WEL=0", "busy", … for reports; "" for FLASH_DONE. */
const char *flash_outcome_string(enum flash_outcome outcome);

/* True when the part speaks the command set of AT45 DataFlash. */
bool flash_part_is_dataflash(const struct flash_part *part);

/* Bytes of the part's SFDP, which is read over and over; meaningless for a part without RDSFDP. */
uint32_t flash_sfdp_length(const struct flash_part *part);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
