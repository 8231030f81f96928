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

/* The level of a pin from outside. */
enum flash_level {
	FLASH_LOW,
	FLASH_HIGH,
	FLASH_FLOATING, /* not driven: the part's pull-up, or a random level */
	FLASH_NO_PIN,   /* in answers: the part has no such pin */
};

/* Which column of the data sheet's AC table an operation takes; INSTANT: nothing is ever busy. */
enum flash_corner {
	FLASH_CORNER_TYPICAL,
	FLASH_CORNER_MAXIMUM,
	FLASH_CORNER_INSTANT,
};

/* The outcome of a command. All except DONE left the chip unchanged. */
enum flash_outcome {
	FLASH_DONE,
	FLASH_UNKNOWN_OPCODE,
	FLASH_NO_COMMAND,        /* CS# rose before eight clocks */
	FLASH_WEL_CLEAR,         /* needs write enable */
	FLASH_BUSY,              /* an operation is in progress */
	FLASH_POWERED_DOWN,      /* deep power-down */
	FLASH_SUSPENDED,         /* not allowed while an operation is suspended */
	FLASH_NOT_SUSPENDED,     /* resume with nothing to resume */
	FLASH_NOT_SUSPENDABLE,   /* suspend of an operation that can't be suspended */
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
	FLASH_LOW_SUPPLY,  /* too low to program or erase */
	FLASH_DAMAGED,     /* damaged by too high a supply */
	FLASH_NOT_ERASED,  /* of READY: some cells have failed */
	FLASH_NOT_PROGRAMMED,
	FLASH_EMPTY_FRAME, /* the frame before had no clock, after which the part ignores one */
	FLASH_OUTCOMES,
};

enum flash_event_kind {
	FLASH_EVENT_COMMAND,     /* a frame ended: CS# rose */
	FLASH_EVENT_READY,       /* the operation in progress has finished */
	FLASH_EVENT_INTERRUPTED, /* the operation in progress was cut off by reset or power loss */
	FLASH_EVENT_NONVOLATILE, /* a non-volatile register changed: save it */
	FLASH_EVENT_POWER,       /* supply on (length 1) or off (length 0) */
};

/* The purpose of a command, or of an operation that ends. */
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
	uint64_t length;  /* data bytes that went in or out, without address and dummies; of READY
			   * and INTERRUPTED: the bytes of the array that were programmed or
			   * erased */
	int64_t busy_ns;  /* READY, INTERRUPTED: how long it took, without what was suspended */
	const char *note; /* COMMAND: more about the outcome, for reports; NULL: nothing */
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
 * Creates a chip as delivered and powers it up. The part outlives it, and so does array, the
 * flash_part_size() bytes of its cells. seed: determines its unique ID and random numbers. NULL:
 * the part does not pass its check (chips.h provides none such). Out of memory aborts.
 */
struct flash *flash_new(const struct flash_part *part, uint8_t *array, uint64_t seed);
void flash_destroy(struct flash *chip);

const struct flash_part *flash_part(const struct flash *chip);

/* Sets the listener; NULL removes it. */
void flash_set_listener(struct flash *chip, const struct flash_listener *listener);
void flash_set_corner(struct flash *chip, enum flash_corner corner);

/* Period of the SPI clock: one byte takes 8 periods of chip time. 0: clocks take no time. */
void flash_set_clock(struct flash *chip, unsigned int hz);

/* CS# falls. */
void flash_select(struct flash *chip);

/* Clocks n full bytes, in to MOSI (NULL: all ones) and out from MISO (NULL: not sampled). out gets
 * FF where the line is not driven. */
void flash_shift(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n);

/* n_bits (1..8) clocks: the lowest n_bits of in go to MOSI, the highest of them first; out (may be
 * NULL) gets as many from MISO likewise, ones where it is not driven. All later bytes are shifted
 * by that many bits, until CS# rises. */
void flash_shift_bits(struct flash *chip, unsigned int n_bits, uint8_t in, uint8_t *out);

/* n bytes on n_lanes (2 or 4) at once, to a chip that expects more than one at this place of the
 * frame; no effect on another. The lanes above are 1. */
void flash_shift_lanes(struct flash *chip, unsigned int n_lanes, const uint8_t *in, size_t n);

/* Whether the chip drives MISO at the next clock; *n_bytes (may be NULL): for how many bytes the
 * answer stays valid, 0 if it may change within the next, SIZE_MAX to the end of the frame. */
bool flash_drives_miso(const struct flash *chip, size_t *n_bytes);

/* The level of MISO at the next clock; true if it is not driven. For callers whose clocks depend on
 * it: the rest of the frame is slower. */
bool flash_next_miso(struct flash *chip);

/* CS# rises after extra_bits (0..7) further clocks with MOSI high. */
void flash_deselect(struct flash *chip, unsigned int extra_bits);

/* Sets the level of a pin until the next call; at first all are driven high. No effect on a pin
 * that the part lacks. */
void flash_pin(struct flash *chip, enum flash_pin pin, enum flash_level level);

/* The level that flash_pin() has set. */
enum flash_level flash_pin_level(const struct flash *chip, enum flash_pin pin);

/* Whether the part has that pin, with whatever function. */
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
 *   higher                             is damaged permanently, more each second
 */
void flash_supply(struct flash *chip, int millivolts);

/*
 * Cuts the supply at a given time: it falls to millivolts at at_ns (chip time, not in the past) and
 * stays there, as after flash_supply(). The time until then is skipped: the chip carries the cut
 * out when the frame in progress has ended and was reported, whatever it does meanwhile; a caller
 * with a clock of its own skips the same time. Outside of a frame, flash_tick() carries it out.
 * May be called by a listener.
 */
void flash_cut_supply(struct flash *chip, int64_t at_ns, int millivolts);

/* VCC at the chip, in mV. */
int flash_millivolts(const struct flash *chip);

/* VCC below which the chip is off, in mV. */
int flash_inhibit_millivolts(const struct flash_part *part);

/* 0: none; 1 to 255: reads have more and more errors, from 128 on programs and erases fail. */
uint8_t flash_damage(const struct flash *chip);

/* Restores what flash_damage() returned. */
void flash_set_damage(struct flash *chip, uint8_t damage);

/* Sets register reg (0: SR1) as another tool would have left it: in force and non-volatile, with
 * the reserved bits as delivered. Locks are ignored. */
void flash_status_preset(struct flash *chip, unsigned int reg, uint8_t value);

/* Advances the time to now_ns; operations that have ended by then take effect. No effect if now_ns
 * is in the past. */
void flash_tick(struct flash *chip, int64_t now_ns);

bool flash_is_busy(const struct flash *chip);
bool flash_is_powered(const struct flash *chip);

/* True while CS# is low. */
bool flash_is_selected(const struct flash *chip);

/* The present value of status register reg (0: SR1); reg < FLASH_STATUS_REGISTERS. */
uint8_t flash_status_register(const struct flash *chip, unsigned int reg);

/* True if a program or erase that touches any of these bytes would be refused now. */
bool flash_is_protected(const struct flash *chip, uint64_t address, uint64_t length);

/* The first protected range at or above from: its start and length, bytes. False: none. */
bool flash_next_protected(
	const struct flash *chip, uint64_t from, uint64_t *start, uint64_t *length);

/* When the operation in progress ends, ns; meaningful while busy. INT64_MAX: only CLSR or a reset
 * ends it (after a failure, on a part that then stays busy). */
int64_t flash_busy_until(const struct flash *chip);

/* The chip's non-volatile state, for callers that save it. Items and their data belong to the chip.
 * After filling the data call flash_power_up(). */
const struct flash_nonvolatile *flash_nonvolatile(struct flash *chip, size_t *n_items);

/* Sets the volatile state as after power-on, from the non-volatile one. */
void flash_power_up(struct flash *chip);

/* Unit in which changes of the array are recorded, bytes. */
#define FLASH_WATCH_BLOCK 65536

/* map: one bit per FLASH_WATCH_BLOCK of the array, the lowest bit of a byte first, that is set
 * when the block may have changed and never cleared here. It outlives the chip or the next call;
 * NULL ends it. */
void flash_watch_array(struct flash *chip, uint8_t *map);

/* Records a change of length bytes at address in the map; for callers that write to the array
 * themselves. */
void flash_array_changed(struct flash *chip, uint64_t address, uint64_t length);

/* Sets stuck cells (fault.h) to their level again: for callers that have changed the array
 * themselves, after flash_array_changed(). */
void flash_array_replaced(struct flash *chip);

/* State of the cells beside their bits, by blocks of the smallest erase. It survives power loss;
 * callers that save the chip's state save it too. */
struct flash_block {
	uint32_t number; /* from address 0 up */
	uint32_t cycles; /* complete erases; up to 2^31 - 1 */
	bool unstable;   /* an erase was interrupted: cells don't read the same each time */
	uint32_t reserved[5];
};

/* Bytes of such a block; 0: the part is not erased by blocks. */
uint32_t flash_block_size(const struct flash_part *part);

/* The first block from number from on that is not as delivered. False: none. */
bool flash_next_block(const struct flash *chip, uint32_t from, struct flash_block *block);

/* Restores what flash_next_block() returned; numbers beyond the chip are ignored. */
void flash_put_block(struct flash *chip, const struct flash_block *block);

/* Resets all blocks to the delivered state. */
void flash_forget_blocks(struct flash *chip);

/* Sets the cycles of all blocks. */
void flash_set_cycles(struct flash *chip, uint32_t cycles);

/* Enables the effects of cycles past the part's endurance; disabled at first. */
void flash_set_wear(struct flash *chip, bool effects);

/* "WEL=0", "busy", ..., for reports; "" for FLASH_DONE. */
const char *flash_outcome_string(enum flash_outcome outcome);

/* True if the part has the command set of AT45 DataFlash. */
bool flash_part_is_dataflash(const struct flash_part *part);

/* Bytes of the part's SFDP, in whole blocks of 256: behind them reads give FF, or begin again.
 * Meaningless for a part without RDSFDP. */
uint32_t flash_sfdp_length(const struct flash_part *part);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
