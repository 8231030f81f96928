/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of a chip: what the files of this room share and nobody else sees. */
#ifndef SPINOR_FLASH_ENGINE_INTERNAL_H
#define SPINOR_FLASH_ENGINE_INTERNAL_H

#include "base/random.h"
#include "flash/flash.h"
#include "flash/partdata.h"

/* When a command is let through; see flash_gate(). */
enum {
	GATE_WEL = 1 << 0,                    /* needs WEL = 1 */
	GATE_STATUS_WRITE = 1 << 1,           /* needs WEL = 1 or the volatile write enable (50) */
	GATE_WHILE_BUSY = 1 << 2,             /* let through during an operation */
	GATE_POWERED_DOWN = 1 << 3,           /* let through in deep power-down */
	GATE_NOT_IN_ERASE_SUSPEND = 1 << 4,   /* refused while an erase is suspended */
	GATE_NOT_IN_PROGRAM_SUSPEND = 1 << 5, /* refused while a program is suspended */
	GATE_QUAD = 1 << 6,                   /* needs QE = 1 */
	GATE_ANY_END = 1 << 7,                /* acts wherever CS# rises, also inside a byte */
	GATE_IN_AAI = 1 << 8,                 /* let through in auto address increment */
	GATE_EWSR = 1 << 12,                  /* needs EWSR (50) right before it */
	GATE_INHIBIT = 1 << 13,               /* refused within tPUW of power-up */
};

/*
 * A command as a row. The header is the opcode, the address and the dummy clocks; what follows is
 * data. All functions may be NULL. Sets frame.outcome to refuse.
 */
struct flash_command {
	const char *name;
	uint8_t opcode;        /* usual opcode; a part can have it elsewhere */
	uint8_t address_bytes; /* 0 to 4, or ADDRESS */
	uint8_t dummy_clocks;  /* after the address, mode bits included */
	uint8_t address_lanes; /* 0 and 1: one */
	uint8_t data_lanes;
	uint8_t argument; /* which register, which block size: for the handlers */
	uint8_t purpose;  /* enum flash_purpose, for reports */
	uint16_t gates;
	uint16_t data_min; /* bytes; a shorter frame does nothing */
	uint16_t data_max; /* bytes; a longer frame does nothing. DATA_ANY: no limit */

	void (*start)(struct flash *chip); /* header complete */
	void (*out)(struct flash *chip, uint8_t *out, size_t n);
	void (*in)(struct flash *chip, const uint8_t *in, size_t n);
	void (*finish)(struct flash *chip); /* CS# rose, the frame is complete */
};

#define DATA_ANY UINT16_MAX

/* As many address bytes as the chip takes at the moment: 3, or 4 in 4-byte mode; see address.c. */
#define ADDRESS UINT8_MAX

/* See supply.c. */
enum flash_supply {
	SUPPLY_OFF,
	SUPPLY_LOW,
	SUPPLY_GOOD,
	SUPPLY_HIGH,
};

enum flash_phase {
	PHASE_OPCODE,
	PHASE_ADDRESS,
	PHASE_DUMMY,
	PHASE_DATA,
	PHASE_LANES,   /* header or data on more than one lane: bit by bit, see lanes.c */
	PHASE_IGNORED, /* refused: the rest of the frame falls on deaf ears */
};

/* From CS# low to CS# high. */
struct flash_frame {
	const struct flash_command *command;
	enum flash_phase phase;
	enum flash_outcome outcome;
	int opcode;
	unsigned int left;     /* bytes of the phase still to come */
	uint8_t address_bytes; /* of this frame */
	uint32_t address;      /* as sent, below the extended address register */
	bool has_address;      /* complete */
	bool reset_enabled;    /* the frame before was 66 */
	uint64_t cursor;       /* where data goes to or comes from, for the handlers */
	uint64_t position;     /* data bytes so far */
	unsigned int bits;     /* of the byte under way, where it came bit by bit; see frame.c */
	uint8_t bits_in;
	uint8_t bits_out;
	bool begun;           /* the byte under way was fetched before its first clock */
	bool held;            /* HOLD# has swallowed clocks */
	unsigned int clocks;  /* PHASE_LANES: clocks since the opcode, up to the header's end */
	unsigned int pending; /* PHASE_LANES: bits of a data byte under way */
	uint8_t shifter;      /* PHASE_LANES: those bits */
};

enum flash_operation_kind {
	OPERATION_NONE,
	OPERATION_PROGRAM,
	OPERATION_ERASE,
	OPERATION_ERASE_CHIP,
	OPERATION_STATUS,
	OPERATION_SECURITY_PROGRAM,
	OPERATION_SECURITY_ERASE,
	OPERATION_BUFFER,  /* page to buffer or comparison, see dataflash.c */
	OPERATION_SUSPEND, /* tSUS */
	OPERATION_FAILED,  /* was refused; waits for CLSR or a reset */
	OPERATION_FAMILY,  /* what its action says */
};

struct flash_operation;

/* How an operation takes effect, where its kind alone does not say it. */
struct flash_action {
	void (*complete)(struct flash *chip, const struct flash_operation *operation);
	/* Cut off by reset or power loss; may be NULL. */
	void (*interrupt)(struct flash *chip, const struct flash_operation *operation);
};

/* What keeps the chip busy. It takes effect when it ends. */
struct flash_operation {
	enum flash_operation_kind kind;
	const struct flash_action *action; /* NULL: that of its kind */
	uint32_t address; /* start of the page or block; first register for STATUS */
	uint32_t length;  /* bytes */
	uint8_t buffer;   /* that it uses: 1 or 2; 0: none */
	int64_t begin_ns;
	int64_t end_ns;
};

struct flash_bit_place {
	uint8_t reg;
	uint8_t mask; /* 0: the part has no such bit */
};

/* Pieces of state that survive power loss. */
#define NONVOLATILE_MAX 12

/* Individual locks, one bit per block from address 0 up, 1 = locked; see lock.c. */
struct flash_locks {
	struct flash_region regions[FLASH_REGIONS_MAX];
	unsigned int n_regions;
	unsigned int count; /* 0: the part has none */
	bool start_locked;  /* after power-up */
	bool skipped;       /* a chip erase passes over locked blocks instead of being refused */
	bool pin_protects;  /* WP# low protects everything while WPS is set */
	bool frozen;        /* no lock changes until power is cycled */
	bool hides;         /* some block can't be read */
	uint8_t *write;     /* volatile */
	uint8_t *fixed;     /* survives power loss */
	uint8_t *down;      /* volatile: this lock does not change until reset */
	uint8_t *read;      /* volatile: the block can't be read */
};

struct flash {
	const struct flash_part *part;
	uint8_t *array;
	uint8_t *changed; /* see flash_watch_array(); may be NULL */
	const struct flash_listener *listener;
	struct flash_listener listener_copy;
	const struct flash_command *commands[256];
	struct flash_command *erase_rows; /* one per erase of the part */
	struct flash_bit_place bit[FLASH_BITS];

	enum flash_corner corner;
	int64_t now_ns;
	uint32_t byte_ps; /* one byte on the wire; 0: no time */
	uint32_t rest_ps;
	uint32_t wrap_bytes;      /* of quad I/O reads; 0: the whole array */
	uint8_t address_bytes;    /* of ADDRESS rows, at present */
	uint8_t extended_address; /* EAR: address byte 3 of 3-byte addresses */
	uint8_t aai_bytes;        /* auto address increment: unit; 0: not in it */
	uint64_t aai_address;     /* of its next unit */
	uint8_t lanes;            /* that the opcode comes on: 4 in QPI; see lanes.c */
	uint8_t die;              /* selected; see die.c */
	int64_t deaf_until_ns;    /* tRST, tDP, tRES, tVSL: no command is taken before */
	int64_t resumed_ns;       /* last resume; a suspend needs tSUS from it */

	bool powered;
	bool selected;
	bool powered_down;
	bool ultra_powered_down; /* until CS# falls and rises */
	bool reset_enabled;
	bool volatile_write_enabled;
	bool status_write_enabled;            /* the frame before was EWSR */
	bool failures_stay;                   /* the part has CLSR */
	enum flash_level pin_set[FLASH_PINS]; /* from outside; see pins.c */
	bool pin_level[FLASH_PINS];           /* as the chip sees it */
	bool pins_matter;                     /* some pin is not driven high */
	bool held;                            /* HOLD# stops the clock */
	bool in_reset;                        /* RESET# is low */
	struct base_random random;            /* see flash_random() */
	uint64_t seed;

	enum flash_supply supply;
	int supply_mv;
	int64_t supply_since_ns;  /* up to when damage has been reckoned */
	int64_t inhibit_until_ns; /* tPUW: no write enable before */
	uint32_t noise_bytes;     /* one byte in so many errs; 0: none */
	uint32_t noise_left;      /* until the next */
	bool writes_fail;         /* too low a supply, or damage */

	uint8_t status[FLASH_REGISTERS];     /* in force */
	uint8_t status_new[FLASH_REGISTERS]; /* being written */
	uint64_t protected_start;            /* by the BP bits */
	uint64_t protected_end;              /* equal to start: nothing */
	bool chip_erase_protected;           /* by the BP bits, beyond their range */
	struct flash_locks locks;

	struct flash_frame frame;
	struct flash_operation operation;
	struct flash_operation suspended; /* begin/end: what was left of it */
	uint8_t *page;                    /* program buffer; see life.c for its size */
	uint8_t *sfdp;

	uint8_t flag_errors; /* micron.c */
	uint8_t vcr;
	uint8_t evcr;
	uint8_t nvcr_new[2];
	struct flash_command *own_rows;  /* by opcode; NULL as long as there are none */
	struct flash_otp_mode *otp_mode; /* otpmode.c; NULL until it is needed */
	bool in_otp_mode;
	uint8_t *otp_new; /* otparea.c: being programmed */

	/* survives power loss */
	uint8_t stored_status[FLASH_REGISTERS];
	uint8_t *security;
	uint8_t *id_page;                  /* see eeprom.c; may be NULL */
	struct flash_dataflash *dataflash; /* see dataflash.c; may be NULL */
	uint8_t unique_id[16];
	uint8_t *otp; /* the area, its control byte if it has one, 1 = locked */
	uint8_t nvcr[2];
	uint8_t damage;      /* see supply.c */
	uint8_t damage_told; /* for the state file */
	uint32_t *cells;     /* see cells.c; NULL: all as delivered */
	uint32_t block_size; /* of those */
	uint32_t n_unstable; /* blocks */
	bool wears_out;
	uint64_t die_size;           /* bytes that have cells; usually the part's size */
	uint64_t decoded;            /* where addresses begin anew; at least that */
	struct flash_faults *faults; /* see fault.c; NULL: none */
	struct {
		int64_t at_ns; /* 0: no */
		double share;  /* of the operation that is done by then */
		int millivolts;
	} cut;                       /* the supply is going to break down */
	bool faulty_reads;           /* some fault is of reads */
	enum flash_outcome verified; /* by the chip itself, of the operation that ends */
	struct flash_nonvolatile stored[NONVOLATILE_MAX];
	size_t n_stored;
};

/* --- chip.c --- */
int64_t flash_duration(const struct flash *chip, enum flash_timing timing);
int64_t flash_pick(const struct flash *chip, struct flash_time time);
void flash_operation_begin(struct flash *chip, enum flash_operation_kind kind, uint32_t address,
	uint32_t length, int64_t duration_ns);
/* Time passes with n bytes on the wire. */
void flash_pass(struct flash *chip, size_t n);
void flash_pass_bit(struct flash *chip);
/* What is over by now takes effect. */
void flash_advance(struct flash *chip);
void flash_lose_operation(struct flash *chip);
/* Of a suspended operation, whose times are relative: puts them back on the clock. */
void flash_operation_put_back(const struct flash *chip, struct flash_operation *operation);
/* The share of the operation that is done, 0 to 1. */
double flash_share_done(const struct flash *chip, const struct flash_operation *operation);
/* One more piece of state that survives power loss; data stays where it is as long as the chip. */
void flash_keep(struct flash *chip, const char *name, uint8_t *data, size_t size);
/* 64 bits by chance, repeatable by the chip's seed. */
uint64_t flash_random(struct flash *chip);

/* --- command.c --- */
extern const struct flash_command flash_identify_commands[];
extern const struct flash_command flash_read_commands[];
extern const struct flash_command flash_program_commands[];
extern const struct flash_command flash_aai_commands[];
extern const struct flash_command flash_eeprom_commands[];
extern const struct flash_command flash_dataflash_commands[];
extern const struct flash_command flash_dataflash_program_commands[];
extern const struct flash_command flash_dataflash_protect_commands[];
extern const struct flash_command flash_status_commands[];
extern const struct flash_command flash_lock_commands[];
extern const struct flash_command flash_sector_commands[];
extern const struct flash_command flash_bpr_commands[];
extern const struct flash_command flash_asp_commands[];
extern const struct flash_command flash_otp_commands[];
extern const struct flash_command flash_power_commands[];
extern const struct flash_command flash_suspend_commands[];
extern const struct flash_command flash_sfdp_commands[];
extern const struct flash_command flash_lane_commands[];
extern const struct flash_command flash_micron_commands[];
extern const struct flash_command flash_die_commands[];
extern const struct flash_command flash_any_register_commands[];
extern const struct flash_command flash_otp_area_commands[];
extern const struct flash_command flash_otp_mode_commands[];
void flash_commands_build(struct flash *chip);
bool flash_has_command(const struct flash_part *part, const char *name);
/* The command that the part has under that mnemonic, at any opcode; NULL when it has none. */
const struct flash_command *flash_command_named(const struct flash *chip, const char *name);
/* The chip's own copy of a row that it has, to be changed. */
struct flash_command *flash_command_own(struct flash *chip, uint8_t opcode);
/* The first reason why the command can't run now, or FLASH_DONE. */
enum flash_outcome flash_gate(const struct flash *chip, const struct flash_command *command);

/* --- address.c --- */
extern const struct flash_command flash_address_commands[];
/* Address mode and extended address register as after power-up or reset. */
void flash_address_reset(struct flash *chip);
/* The address of the frame is complete: adds what the host can't send in 3 bytes. */
void flash_address_extend(struct flash *chip);
/* Where in the array the frame's address points to; at die_size and above are no cells. */
uint64_t flash_array_address(const struct flash *chip);
/* Sets the mode and the bits that show it. */
void flash_address_set_mode(struct flash *chip, bool four_byte);

/* --- bits.c --- */
void flash_bits_build(struct flash *chip);
/* Registers of the part, up to the last with a bit that means something; at least 1. */
unsigned int flash_register_count(const struct flash_part *part);
/* Reserved and read-only bits, and bits of registers that the part lacks, are 0 in the mask. */
uint8_t flash_writable_mask(const struct flash_part *part, unsigned int reg);
uint8_t flash_otp_mask(const struct flash_part *part, unsigned int reg);
uint8_t flash_volatile_mask(const struct flash_part *part, unsigned int reg);

static inline bool
flash_bit(const struct flash *chip, enum flash_bit bit)
{
	return chip->status[chip->bit[bit].reg] & chip->bit[bit].mask;
}

static inline void
flash_bit_set(struct flash *chip, enum flash_bit bit, bool on)
{
	uint8_t *reg = &chip->status[chip->bit[bit].reg];
	uint8_t mask = chip->bit[bit].mask;

	*reg = on ? *reg | mask : *reg & ~mask;
}

/* --- frame.c --- */
void flash_take_opcode(struct flash *chip, uint8_t opcode);

/* --- supply.c --- */
/* CS# falls at another than the usual supply: what time has done. */
void flash_supply_reckon(struct flash *chip);
/* n bytes that the chip has driven, at a supply where some of them are wrong. */
void flash_supply_noise(struct flash *chip, uint8_t *out, size_t n);
/* Why a command of that purpose does nothing at this supply. */
enum flash_outcome flash_supply_gate(const struct flash *chip);

/* --- cells.c --- */
int64_t flash_erase_time(
	const struct flash *chip, struct flash_time time, uint64_t start, uint64_t length);
/* Whole blocks have been erased. */
void flash_cells_erased(struct flash *chip, uint64_t start, uint64_t length);
/* Their erase was cut off when that share (0 to 1) of it was done. */
void flash_cells_cut_off(struct flash *chip, uint64_t start, uint64_t length, double share);
/* Bytes that a chip erase does at a time. */
uint64_t flash_cells_piece(const struct flash *chip);
/* n bytes were read from address, and some block is unstable or some fault is of reads. */
void flash_cells_read(struct flash *chip, uint64_t address, uint8_t *out, size_t n);

/* Whether reads have to go by flash_cells_read(). */
static inline bool
flash_cells_err(const struct flash *chip)
{
	return chip->n_unstable || chip->faulty_reads;
}
/* Cells were not erased, or not programmed: says so where the part can. */
void flash_cells_failed(struct flash *chip, bool erase);

/* --- fault.c --- */
/* An operation has begun; its end can change. */
void flash_faults_begin(struct flash *chip, struct flash_operation *operation);
/* The time has come for the supply to break down. */
void flash_faults_cut(struct flash *chip);
/* True: the operation that ends shall have no effect. */
bool flash_faults_spoil(struct flash *chip, const struct flash_operation *operation);
/* It has taken effect, or was cut off; true: not on all cells. */
bool flash_faults_end(struct flash *chip, const struct flash_operation *operation);
/* CS# falls, or rises: what was read was one operation. */
void flash_faults_frame(struct flash *chip);
/* n bytes were read from address, and some fault is of reads. */
void flash_faults_read(struct flash *chip, uint64_t address, uint8_t *out, size_t n);
/* Whole blocks have been erased, and some fault is of reads. */
void flash_faults_erased(struct flash *chip, uint64_t start, uint64_t length);
void flash_faults_free(struct flash *chip);

/* --- disturb.c --- */
struct flash_disturb;
struct flash_fault;
struct flash_disturb *flash_disturb_new(const struct flash *chip);
void flash_disturb_free(struct flash_disturb *disturb);
/* Bytes of [from, to) were read; in how many blocks that have not been in this operation. */
uint64_t flash_disturb_read(struct flash_disturb *disturb, uint64_t from, uint64_t to);
void flash_disturb_erased(struct flash_disturb *disturb, uint64_t start, uint64_t length);
/* The operation is over: bits turn, in up to that many blocks. In how many they did, the first of
 * them at that address. */
uint64_t flash_disturb_end(struct flash *chip, struct flash_disturb *disturb,
	const struct flash_fault *fault, uint64_t most, uint64_t *first);

/* --- pins.c --- */
/* Before CS# falls: pins that float get a level, registers may have changed what pins do. */
void flash_pins_settle(struct flash *chip);

/* --- families --- */
void flash_program_complete(struct flash *chip, const struct flash_operation *operation);
void flash_program_interrupt(struct flash *chip, const struct flash_operation *operation);
int64_t flash_program_time(const struct flash *chip, uint64_t n_bytes);
/* Fills the program buffer from byte offset of the page on, wrapping in it. */
void flash_page_fill(struct flash *chip, const uint8_t *in, size_t n, uint32_t page_size);
void flash_eeprom_new(struct flash *chip);
/* Of the first frame of an auto address increment. */
#define FLASH_AAI_ADDRESS_BYTES 3u
/* Out of auto address increment, whatever the reason. */
void flash_aai_end(struct flash *chip);
void flash_erase_rows_build(struct flash *chip);
/* Puts the erases in force that FLASH_BIT_UNIFORM asks for. */
void flash_erase_rows_select(struct flash *chip);
/* Size of the block at address, and where it starts; 0 beyond a non-uniform map. */
uint32_t flash_erase_block(const struct flash_erase *erase, uint64_t address, uint64_t *start);
void flash_erase_complete(struct flash *chip, const struct flash_operation *operation);
void flash_erase_interrupt(struct flash *chip, const struct flash_operation *operation);
void flash_status_complete(struct flash *chip);
void flash_status_interrupt(struct flash *chip, const struct flash_operation *operation);
/* SRP, SRL or SPRL with the WP# pin keep the status registers from being written. */
bool flash_status_is_locked(const struct flash *chip);
/* Ends a command that is refused for that reason. */
void flash_refuse(struct flash *chip, enum flash_outcome outcome);
/* Bits that report something else than what was written: pins, locks. */
void flash_status_report(struct flash *chip);
void flash_status_power_up(struct flash *chip, bool lost_power);
void flash_otp_complete(struct flash *chip, const struct flash_operation *operation);
void flash_otp_interrupt(struct flash *chip, const struct flash_operation *operation);

/* --- cutoff.c: what an operation leaves that is cut off, beside the array --- */
/* The first bytes of n at target take the bits of data, as far as that share of them. */
void flash_program_part(
	struct flash *chip, uint8_t *target, const uint8_t *data, uint32_t n, double share);
/* Bits of n bytes become 1, the more the larger the share. */
void flash_erase_part(struct flash *chip, uint8_t *target, uint32_t n, double share);
/* n bytes of a register that is erased, then written: as before, FF or as meant. */
void flash_register_part(
	struct flash *chip, uint8_t *stored, const uint8_t *meant, size_t n, double share);
/* Whether a single cell has changed: by chance, the likelier the larger the share. */
bool flash_cell_part(struct flash *chip, double share);

bool flash_in_suspended(const struct flash *chip, uint64_t address, uint64_t length);
void flash_power_reset(struct flash *chip);
/* Address mode, lanes, die and OTP mode as after power-up or reset; the registers already are. */
void flash_modes_reset(struct flash *chip);

/* CS# rose in ultra-deep power-down. */
void flash_power_wake(struct flash *chip);

/* --- dataflash.c --- */
void flash_dataflash_new(struct flash *chip);
/* Bytes of a buffer, which holds a page of either size; 0: no DataFlash. */
uint32_t flash_dataflash_buffer_size(const struct flash *chip);
void flash_dataflash_destroy(struct flash *chip);
void flash_dataflash_power_up(struct flash *chip);
void flash_dataflash_lose_buffers(struct flash *chip);
/* Where the sector at address ends; without sectors the array. */
uint64_t flash_dataflash_sector_end(const struct flash *chip, uint64_t address);
/* Whether a sector that the span touches is protected or locked down. */
bool flash_dataflash_is_protected(const struct flash *chip, uint64_t address, uint64_t length);
uint8_t flash_dataflash_status(const struct flash *chip, unsigned int reg);
struct flash_command flash_dataflash_erase_row(const struct flash *chip, unsigned int index);

/* --- protect.c --- */
void flash_protect_update(struct flash *chip);
/* A chip erase is refused. */
bool flash_all_is_protected(const struct flash *chip);
/* Raises the flag of a program or erase that failed; true when the chip stays busy for it. */
bool flash_fail(struct flash *chip, bool erase);
/* Ends a command that protection refuses. */
void flash_refuse_protected(struct flash *chip);
/* BUSY and WEL stay until CLSR or a reset. */
void flash_stay_busy(struct flash *chip);

/* --- lock.c --- */
void flash_locks_new(struct flash *chip);
void flash_locks_free(struct flash *chip);
void flash_locks_power_up(struct flash *chip, bool lost_power);
/* True while the locks decide, alone or with others. */
bool flash_locks_count(const struct flash *chip);
bool flash_is_locked(const struct flash *chip, uint64_t address, uint64_t length);
/* The block whose lock covers address: its number, and from where to where it goes. */
unsigned int flash_lock_at(
	const struct flash *chip, uint64_t address, uint64_t *start, uint64_t *end);
/* The block that the frame's address names. */
unsigned int flash_lock_addressed(const struct flash *chip);
bool flash_lock_get(const uint8_t *bits, unsigned int i); /* bits may be NULL */
void flash_lock_set(uint8_t *bits, unsigned int i, bool on);
void flash_lock_set_all(struct flash *chip, uint8_t *bits, bool on);
/* Of write and fixed locks; of fixed ones. */
unsigned int flash_locks_locked(const struct flash *chip);
unsigned int flash_locks_fixed(const struct flash *chip);
/* Blanks what can't be read in n bytes that were read from address. */
void flash_locks_hide(const struct flash *chip, uint64_t address, uint8_t *out, size_t n);

/* --- bpr.c --- */
/* Bytes of the block-protection register; 0: no command writes it. */
unsigned int flash_bpr_size(const struct flash *chip);

/* --- sector.c --- */
/* SR1 is written and its old value still stands. */
void flash_sectors_status_written(struct flash *chip, uint8_t value);

/* --- lanes.c --- */
bool flash_needs_lanes(const struct flash_command *command);
/* True once address and dummy clocks are over. */
bool flash_lanes_ended(const struct flash *chip);
void flash_lanes_shift(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n);
/* One clock; returns the level of IO1. */
bool flash_lanes_clock(struct flash *chip, bool mosi);
/* The same of a clock of data that has not come yet. */
bool flash_lanes_next(struct flash *chip);
void flash_lanes_set(struct flash *chip, unsigned int lanes);
void flash_lanes_reset(struct flash *chip);

/* --- micron.c --- */
void flash_micron_reset(struct flash *chip);
/* A program or an erase met protection. */
void flash_micron_flag(struct flash *chip, bool erase);
/* A program or an erase failed at its cells. */
void flash_micron_failed(struct flash *chip, bool erase);

/* --- die.c --- */
void flash_dies_build(struct flash *chip);
/* An operation has begun: its die is the selected one. */
void flash_die_follow(struct flash *chip);

/* --- otparea.c, otpmode.c --- */
void flash_otp_area_new(struct flash *chip);
/* Bytes of chip->otp that a host can address. */
uint32_t flash_otp_area_limit(const struct flash_part *part);
bool flash_otp_area_locked(const struct flash *chip);
void flash_otp_area_lock(struct flash *chip);
void flash_otp_area_out(struct flash *chip, uint8_t *out, size_t n);
void flash_otp_area_in(struct flash *chip, const uint8_t *in, size_t n);
void flash_otp_area_start(struct flash *chip);
void flash_otp_area_finish(struct flash *chip);
void flash_otp_mode_reset(struct flash *chip);

/* --- event.c --- */
enum flash_purpose flash_operation_purpose(enum flash_operation_kind kind);
void flash_tell(struct flash *chip, enum flash_event_kind kind, uint64_t length);
void flash_tell_command(struct flash *chip);
/* The end of an operation; busy_ns: how long it took. */
void flash_tell_end(struct flash *chip, enum flash_event_kind kind,
	const struct flash_operation *operation, int64_t busy_ns);

#endif
