/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of one chip. */
#ifndef SPINOR_FLASH_ENGINE_DEVICE_H
#define SPINOR_FLASH_ENGINE_DEVICE_H

#include "base/random.h"
#include "flash/engine/frame.h"
#include "flash/engine/operation.h"
#include "flash/engine/supply.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flash_command;
struct flash_family;

/* Pieces of state that survive power loss. */
#define NONVOLATILE_MAX 12

/* Families that watch frames or operations. */
#define WATCHERS_MAX 4

struct flash_bit_position {
	uint8_t reg;
	uint8_t mask; /* 0: the part has no such bit */
};

struct flash {
	const struct flash_part *part;
	const struct flash_family *const *families;
	const struct flash_family *watchers[WATCHERS_MAX + 1]; /* those that watch frames and
								* operations, then NULL */
	uint8_t *array;
	uint8_t *changed; /* see flash_watch_array(); may be NULL */
	const struct flash_listener *listener;
	struct flash_listener listener_copy;
	const struct flash_command *commands[256];
	struct flash_command *own_rows; /* by opcode; NULL as long as there are none */
	uint8_t suspend_refuses[256];   /* by opcode: FLASH_REFUSED_* */
	uint8_t dummy_rule[256];        /* see dummy.c: by opcode, 1 + index; 0: as the row says */
	const uint8_t *dummy_register;  /* its code selects among the clocks of a rule */
	struct flash_bit_position bit[FLASH_BITS];
	struct base_random random; /* see flash_random() */
	uint64_t seed;

	enum flash_corner corner;
	int64_t now_ns;
	uint32_t byte_ps; /* one byte on the wire; 0: no time */
	uint32_t rest_ps;
	int64_t unready_until_ns; /* tRST, tDP, tRES, tVSL: no command is accepted before */
	int64_t resumed_ns;       /* last resume; a suspend needs tRS from it */

	bool powered;
	bool selected;
	bool powered_down;
	bool ultra_powered_down; /* until CS# falls and rises */
	bool reset_enabled;
	bool volatile_write_enabled;
	bool status_write_enabled; /* the frame before was EWSR */
	bool failures_stay;        /* the part has CLSR */
	bool ignores_frame;        /* the frame before was empty, on a part that minds */
	bool frames_watched;       /* see struct flash_family */
	bool operations_watched;
	bool cuts_planned;                    /* cut or operation_cut may be planned */
	enum flash_level pin_set[FLASH_PINS]; /* from outside; see pins.c */
	bool pin_level[FLASH_PINS];           /* as the chip sees it */
	bool pins_matter;                     /* some pin is not driven high */
	bool held;                            /* HOLD# stops the clock */
	bool in_reset;                        /* RESET# is low */

	enum flash_supply supply;
	int supply_mv;
	int64_t supply_since_ns;        /* up to when damage has been added */
	int64_t inhibit_until_ns;       /* tPUW: no write enable before */
	uint32_t noise_bytes;           /* one byte in so many is wrong; 0: none */
	uint32_t noise_left;            /* until the next */
	bool writes_fail;               /* too low a supply, or damage */
	uint8_t damage;                 /* survives power loss */
	uint8_t damage_told;            /* for the state file */
	struct flash_cut cut;           /* of the supply, from outside */
	struct flash_cut operation_cut; /* caused by the operation in progress */
	double cut_share;               /* of the operation that is done by then */

	uint8_t status[FLASH_REGISTERS];        /* in force */
	uint8_t stored_status[FLASH_REGISTERS]; /* survives power loss */
	struct flash_frame frame;
	struct flash_operation operation;
	struct flash_operation suspended; /* begin/end: what was left of it */
	enum flash_outcome verified;      /* by the chip itself, of the operation that ends */
	uint8_t *page;                    /* program buffer; see life.c for its size */
	const struct flash_command *boot; /* runs without an opcode at the next CS# low; may be
					   * NULL */
	struct flash_nonvolatile stored[NONVOLATILE_MAX];
	size_t n_stored;

	uint8_t address_bytes;    /* of ADDRESS rows, at present */
	uint8_t extended_address; /* EAR: address byte 3 of 3-byte addresses; bit 7: 4-byte mode */
	uint8_t aai_bytes;        /* auto address increment: unit; 0: not in it */
	bool continuing;          /* the next frame has no opcode but this one; see continuous.c */
	uint8_t continuing_opcode;
	uint8_t lanes;     /* that the opcode comes on: 4 in QPI; see lanes.c */
	uint64_t die_size; /* bytes that have cells; usually the part's size */
	uint64_t decoded;  /* at this address the array begins again; at least die_size */

	/* State of the families; the engine does not use it. */
	uint64_t aai_address;           /* of the next unit; see commands/aai.c */
	uint8_t fast_boot[4];           /* survives power loss; see commands/fastboot.c */
	uint8_t fast_boot_new[4];       /* being written */
	uint8_t read_parameters;        /* in force; see commands/readparameters.c */
	uint8_t read_parameters_stored; /* survives power loss */
	uint32_t wrap_bytes;       /* of quad I/O reads; 0: the whole array; see commands/read.c */
	uint8_t die;               /* selected; see commands/die.c */
	uint64_t protected_start;  /* by the BP bits; see commands/protect.c */
	uint64_t protected_end;    /* equal to start: nothing */
	bool chip_erase_protected; /* by the BP bits, beyond their range */
	uint8_t status_new[FLASH_REGISTERS]; /* being written; see commands/statusregister.c */
	struct flash_command *erase_rows;    /* one per erase of the part; see commands/erase.c */
	uint8_t unique_id[16];               /* see commands/identify.c */
	uint8_t *sfdp;                       /* see commands/sfdp.c */
	uint8_t *security;                   /* see commands/securityregister.c */
	uint8_t *id_page;                    /* see commands/eeprom.c; may be NULL */
	uint8_t *otp; /* see commands/otparea.c: the area, its control byte if any, 1 = locked */
	uint8_t *otp_new;                      /* being programmed */
	struct flash_otp_mode *otp_mode;       /* see commands/otpmode.c; NULL until first used */
	struct flash_locks *locks;             /* see commands/lock.h */
	struct flash_flag_status *flag_status; /* see commands/flagstatus.c */
	struct flash_dataflash *dataflash;     /* see commands/dataflash.h; may be NULL */
	struct flash_password *password;       /* see commands/password.c; may be NULL */
	struct flash_autoboot *autoboot;       /* see commands/autoboot.c; may be NULL */

	/* State of the cells; see cells/cells.c and cells/fault.c. */
	uint32_t *cells;     /* NULL: all as delivered */
	uint32_t block_size; /* bytes of a block with wear of its own */
	uint32_t n_unstable; /* blocks */
	bool wears_out;
	bool faulty_reads;           /* some fault affects reads */
	struct flash_faults *faults; /* NULL: none */
};

#endif
