/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of a part: what its data sheet says, and nothing about one chip's state. Not
 * installed: the struct changes with each kind of chip that is added, programs outside of this
 * project have the functions of part.h.
 */
#ifndef SPINOR_FLASH_PARTDATA_H
#define SPINOR_FLASH_PARTDATA_H

#include "part.h"

#include <stdbool.h>
#include <stdint.h>

#define FLASH_REGISTERS 6 /* those, and the configuration registers CR2 to CR4 of WRAR */
#define FLASH_ID_MAX 8
#define FLASH_ID_CFI_TIMES 8 /* bytes of the times in the CFI table of RDID */
#define FLASH_ERASES_MAX 12
#define FLASH_REGIONS_MAX 8
#define FLASH_COMMANDS_MAX 96
#define FLASH_RANGES_MAX 32
#define FLASH_DUMMIES_MAX 12
#define FLASH_REFUSED_MAX 32
#define FLASH_DUMMY_CODES_MAX 16

/* Status, configuration and security register bits that the engine knows by function. */
enum flash_bit {
	FLASH_BIT_NONE, /* reserved: reads 0, ignores writes */
	FLASH_BIT_BUSY,
	FLASH_BIT_WEL,
	FLASH_BIT_BP0,
	FLASH_BIT_BP1,
	FLASH_BIT_BP2,
	FLASH_BIT_BP3,
	FLASH_BIT_BP4,
	FLASH_BIT_TB,
	FLASH_BIT_SEC,
	FLASH_BIT_CMP,
	FLASH_BIT_SRP,
	FLASH_BIT_SRL,
	FLASH_BIT_QE,
	FLASH_BIT_WPS,
	FLASH_BIT_SUS,    /* any operation suspended */
	FLASH_BIT_PSB,    /* program suspended */
	FLASH_BIT_ESB,    /* erase suspended */
	FLASH_BIT_P_FAIL, /* last program failed or met protection */
	FLASH_BIT_E_FAIL, /* last erase */
	FLASH_BIT_LB1,
	FLASH_BIT_LB2,
	FLASH_BIT_LB3,
	FLASH_BIT_DRV0,
	FLASH_BIT_DRV1,
	FLASH_BIT_DRV2,
	FLASH_BIT_DC0,
	FLASH_BIT_DC1,
	FLASH_BIT_ADS,       /* 4-byte address mode in force */
	FLASH_BIT_ADP,       /* 4-byte address mode at power-up */
	FLASH_BIT_AAI,       /* auto address increment in progress */
	FLASH_BIT_QPI,       /* all on four lanes; see lanes.c */
	FLASH_BIT_UNIFORM,   /* the hybrid erases are disabled; see erase.c */
	FLASH_BIT_LDSO,      /* the OTP area is locked; see otpmode.c */
	FLASH_BIT_RDY,       /* DataFlash: ready, bit 7 of each status byte */
	FLASH_BIT_COMP,      /* DataFlash: the last comparison found a difference */
	FLASH_BIT_PROTECT,   /* DataFlash: sector protection is on */
	FLASH_BIT_PAGE_SIZE, /* DataFlash: pages of a power of two */
	FLASH_BIT_SLE,       /* DataFlash: sectors can be locked down */
	FLASH_BIT_PS2,       /* DataFlash: program from buffer 2 suspended */
	FLASH_BIT_EPFAIL,    /* last program or erase failed or met protection */
	FLASH_BIT_EPE,       /* last program or erase failed; protection does not count */
	FLASH_BIT_SPRL,      /* sector protection registers are locked */
	FLASH_BIT_SWP0,      /* some sectors are protected */
	FLASH_BIT_SWP1,      /* all sectors are protected */
	FLASH_BIT_WPP,       /* level of the WP# pin */
	FLASH_BIT_WPLD,      /* block-protection register is locked down */
	FLASH_BIT_BPNV,      /* no block is locked permanently */
	FLASH_BIT_BPNV_O,    /* the BP bits are volatile, 1 after power-up */
	FLASH_BIT_FREEZE,    /* protection bits are locked until power is cycled */
	FLASH_BIT_HRSW,      /* pin 7 is RESET# and not HOLD# */
	FLASH_BIT_USER,      /* stored and read back, no function in the model */
	FLASH_BITS,
};

/* One bit of a status register, as drawn in the data sheet. */
struct flash_register_bit {
	enum flash_bit function;
	const char *name; /* in the part's data sheet; NULL: not said */
	bool otp;         /* can't be cleared */
	bool read_only;   /* not affected by a register write */
	bool is_volatile; /* returns to its delivered value at each power-up */
};

struct flash_time {
	int64_t typ_ns;
	int64_t max_ns;
};

/* AC characteristics; names as in Winbond's tables. */
enum flash_timing {
	FLASH_T_PP,   /* page program */
	FLASH_T_BP1,  /* first byte of a program shorter than a page; 0: not given */
	FLASH_T_BP2,  /* each further byte */
	FLASH_T_W,    /* write status register, non-volatile */
	FLASH_T_SR,   /* security register erase; 0: as a sector */
	FLASH_T_DP,   /* CS# high to power-down */
	FLASH_T_RES1, /* CS# high to standby, AB without ID read */
	FLASH_T_RES2, /* the same, with ID read */
	FLASH_T_SUS,  /* CS# high to next command after suspend */
	FLASH_T_RS,   /* resume to the next suspend that is accepted; 0: tSUS */
	FLASH_T_RST,  /* CS# high to next command after reset */
	FLASH_T_VSL,  /* VCC(min) to CS# low */
	FLASH_T_EP,   /* DataFlash: erase and program a page */
	FLASH_T_XFR,  /* DataFlash: page to buffer */
	FLASH_T_COMP, /* DataFlash: compare page and buffer */
	FLASH_T_UDPD, /* CS# high to standby after ultra-deep power-down */
	FLASH_T_PUW,  /* power-up to the first write command */
	FLASH_T_NVCR, /* write non-volatile configuration register; 0: as tW */
	FLASH_T_PW,   /* page write: erase and program a page */
	FLASH_TIMINGS,
};

/* Blocks of one size, side by side. */
struct flash_region {
	uint32_t n_blocks;
	uint32_t block_size; /* bytes, a power of two; of a DataFlash whole pages */
	bool gap;            /* the opcode erases nothing here */
};

struct flash_erase {
	uint8_t opcode;
	bool four_byte;         /* always 4 address bytes; else as the mode says */
	bool hybrid;            /* only while FLASH_BIT_UNIFORM is 0, instead of its namesake */
	uint32_t size;          /* bytes; 0: the whole chip, or n_regions says more */
	unsigned int n_regions; /* non-uniform: from address 0 up, n_regions of these; else 0 */
	struct flash_region regions[FLASH_REGIONS_MAX];
	struct flash_time time;
};

/* A command of the part: a row (by its mnemonic) and its opcode on this part. */
struct flash_part_command {
	const char *name;
	int opcode; /* -1: the row's usual opcode */
};

/* Output after the last byte of an ID: RDID (9F), RDUID (4B). */
enum flash_id_tail {
	FLASH_ID_REPEAT, /* the ID again */
	FLASH_ID_FLOAT,  /* MISO is not driven */
	FLASH_ID_ZERO,
};

/* The generation of the CFI table that RDID goes on with. */
enum flash_id_cfi {
	FLASH_ID_CFI_NONE,
	FLASH_ID_CFI_FL_P, /* S25FL-P */
	FLASH_ID_CFI_FL_S, /* S25FL-S, S25FS-S */
};

/* How the BP bits select a range. */
enum flash_range_rule {
	FLASH_RANGE_NONE, /* the part has no block protection */
	FLASH_RANGE_POW2, /* BP = 1 is a unit, each further value doubles it, the highest is all */
	FLASH_RANGE_POW2_MIRRORED,       /* four BP bits; 9 to 14 are the complements of 6 to 1 */
	FLASH_RANGE_POW2_CMP_INVERTS_BP, /* CMP inverts the BP bits as well */
	FLASH_RANGE_POW2_FIXED64K,       /* a unit is always 64 KiB */
	FLASH_RANGE_POW2_DOUBLE,         /* BP = 1 is two units */
	FLASH_RANGE_FROM3_SIXTEENTH,     /* BP = 3 is a unit, below it nothing */
	FLASH_RANGE_QUARTERS,            /* as POW2, with units of any size */
	FLASH_RANGE_LIST,                /* each BP value has its range in the part's list */
	FLASH_RANGE_AT2X_SECTORS, /* no BP: sector protection registers, and WRSR for all of them */
	FLASH_RANGE_SST26,        /* no BP: a block-protection register */
};

/* The range of one BP value of FLASH_RANGE_LIST: bytes, or a fraction of the chip. */
struct flash_bp_range {
	uint32_t bytes;
	uint16_t numerator;
	uint16_t denominator;  /* 0: bytes */
	bool other_end;        /* from the other end than TB = 0 selects */
	bool stops_chip_erase; /* with any length */
};

/* Individual locks of blocks after power-up. */
enum flash_lock_start {
	FLASH_LOCKS_BY_FAMILY, /* open with the commands WRVLB, WRDYB; else locked */
	FLASH_LOCKS_LOCKED,
	FLASH_LOCKS_OPEN,
};

enum flash_sfdp {
	FLASH_SFDP_NONE,
	FLASH_SFDP_GENERATED, /* composed from the part's own data */
	FLASH_SFDP_FILE,      /* sfdp_data */
};

#define FLASH_SFDP_BYTES_MAX 64

/* The pins of the part (package.h). */
struct flash_package;

/* The places and forms of a generated SFDP: a vendor's and a generation's. */
struct flash_sfdp_layout;

/* A byte of an SFDP that differs from the generated one or the file. */
struct flash_sfdp_byte {
	uint32_t offset;
	uint8_t value;
};

/* The mode bits M7-0, after the address of 2READ and 4READ, with which the next frame has no
 * opcode; see engine/continuous.c. */
enum flash_continuous {
	FLASH_CONTINUOUS_NONE,
	FLASH_CONTINUOUS_M54,    /* M5-4 = 10 */
	FLASH_CONTINUOUS_AXH,    /* M7-4 = 1010 */
	FLASH_CONTINUOUS_TOGGLE, /* M7-4 is the complement of M3-0; 4READ only */
};

/* A command, or ERASE for all erases, that the chip ignores while it has suspended an operation. */
enum {
	FLASH_REFUSED_IN_PROGRAM = 1 << 0, /* a program */
	FLASH_REFUSED_IN_ERASE = 1 << 1,   /* an erase */
};

struct flash_refused {
	const char *command;
	uint8_t when; /* FLASH_REFUSED_* */
};

/* The register with the code that selects the dummy clocks of reads. */
enum flash_dummy_register {
	FLASH_DUMMY_FIXED,    /* none: each command has one number of clocks */
	FLASH_DUMMY_STATUS_1, /* this one and those above it: status and configuration registers */
	FLASH_DUMMY_VCR = FLASH_DUMMY_STATUS_1 + FLASH_REGISTERS, /* Micron's, volatile */
	FLASH_DUMMY_READ_PARAMETERS,                              /* ISSI's, volatile */
};

/* The dummy clocks of a command, mode bits included, for each code: one for all codes, or as many
 * as there are codes. */
struct flash_dummy {
	const char *command;  /* its mnemonic; the form with 4 address bytes has the same clocks */
	uint8_t n_clocks;     /* 0: as the row of the command says */
	uint8_t n_qpi_clocks; /* 0: in QPI as otherwise */
	uint8_t clocks[FLASH_DUMMY_CODES_MAX];
	uint8_t qpi_clocks[FLASH_DUMMY_CODES_MAX];
};

/* Function of pin 7 of eight while it is no data lane. */
enum flash_pin7 {
	FLASH_PIN7_HOLD, /* unless the part has FLASH_BIT_HRSW and it is set */
	FLASH_PIN7_RESET,
	FLASH_PIN7_NONE,
};

/* How the OTP area of RDOTP and PROTP is locked (otparea.c). */
enum flash_otp_lock {
	FLASH_OTP_OPEN,
	FLASH_OTP_CONTROL_BYTE, /* one more byte behind the area: its bit 0 = 0 locks all */
	FLASH_OTP_REGIONS,      /* bytes 10 to 13: a bit for each 32 bytes, 0 = locked */
	FLASH_OTP_ONCE,         /* the first program is the only one */
};

/* Lists of the names that host tools have for a part. */
enum flash_definition_list {
	FLASH_FLASHROM,     /* the newest release */
	FLASH_FLASHROM_1_7, /* that release and those before it, and so on */
	FLASH_FLASHROM_1_6,
	FLASH_FLASHROM_1_5,
	FLASH_FLASHROM_1_4,
	FLASH_FLASHROM_1_3,
	FLASH_FLASHPROG, /* NULL: as the newest flashrom */
	FLASH_DEFINITION_LISTS,
};

/* All strings and arrays belong to the part and live as long as it does. */
struct flash_part {
	const char *name; /* what the user orders: "W25Q128JV" */
	const char *vendor;
	/* The definition of the newest flashrom, the first if there are several; NULL: none. */
	const char *flashrom_name;
	bool flashrom_several; /* other definitions match the same ID: flashrom needs -c */
	/* The definitions of all releases, the newest first, then those of flashprog;
	 * NULL-terminated; may be NULL. */
	const char *const *flashrom_names;
	/* The definitions of each list, NULL-terminated and empty if the release has none; NULL:
	 * not given. */
	const char *const *definitions[FLASH_DEFINITION_LISTS];
	const char *const *aliases; /* NULL-terminated; may be NULL */
	/* Why each alias is the same chip; empty: not said. NULL if aliases is. */
	const char *const *alias_reasons;

	/* Powers of two; of a DataFlash both can be 1/32 more. */
	uint64_t size;
	uint32_t page_size;
	int vcc_min_mv;
	int vcc_max_mv;
	int inhibit_mv;     /* write-inhibit level; 0: three quarters of vcc_min_mv */
	uint32_t endurance; /* erase cycles; 0: 100 000 */

	unsigned int address_bytes; /* after power-up: 2 to 4 */

	uint8_t id[FLASH_ID_MAX]; /* RDID (9F) */
	unsigned int id_length;   /* 0: none */
	enum flash_id_tail id_tail;
	unsigned int id_unique;   /* bytes after it that differ in each chip, up to 16 */
	enum flash_id_cfi id_cfi; /* a table after it; see commands/idcfi.c */
	uint8_t id_cfi_times[FLASH_ID_CFI_TIMES]; /* its bytes 1F to 26 */
	uint8_t manufacturer;                     /* REMS (90) */
	uint8_t device_id;                        /* REMS (90) */
	uint8_t res[FLASH_ID_MAX]; /* RES (AB) after three dummy bytes, over and over */
	unsigned int res_length;
	unsigned int unique_id_length; /* bytes of 4B; 0: none */
	enum flash_id_tail unique_id_tail;
	unsigned int unique_id_register; /* 48 reads the unique ID there: its number + 1; 0: none */
	bool empty_frame_blocks;         /* the frame after one without a clock is ignored */

	/* [register][bit]: register 0 is SR1, 3 is CR2; bit 0 is the least significant. */
	struct flash_register_bit status[FLASH_REGISTERS][8];
	uint8_t status_default[FLASH_REGISTERS];    /* as delivered */
	const char *status_source[FLASH_REGISTERS]; /* of those values; NULL: not said */
	unsigned int wrsr_bytes;                    /* most data bytes of WRSR (01) */
	bool wrsr_short_clears;  /* a 1-byte WRSR (01) clears the non-OTP bits of register 2 */
	bool wrsr_short_refused; /* it has no effect */
	bool wel_kept_on_reject; /* a command refused for protection leaves WEL set */
	enum flash_continuous continuous;
	bool wp_with_qe;        /* WP# locks the registers also while QE is set */
	bool srl_srp_permanent; /* SRL and SRP both 1: locked permanently; else like SRL alone */

	bool busy_after_failure; /* a refused program or erase: BUSY and WEL until CLSR or reset */

	enum flash_range_rule range_rule;
	struct flash_bp_range bp_ranges[FLASH_RANGES_MAX]; /* of FLASH_RANGE_LIST, by BP */
	unsigned int n_bp_ranges;
	const struct flash_package *package; /* NULL: see flash_package_of() */
	const char *package_source;          /* NULL: not said */
	enum flash_pin7 pin7;
	bool reset_pin;       /* a RESET# of its own */
	uint8_t no_pull_up;   /* 1 << enum flash_pin: floats if it is not driven */
	uint32_t wp_protects; /* bytes from address 0 while WP# is low */

	/* Individual locks: the blocks they are for, from address 0 up. n_lock_regions 0: as usual
	 * in the family, if it has locks. One region with n_blocks 1: all blocks have its size. */
	struct flash_region lock_regions[FLASH_REGIONS_MAX];
	unsigned int n_lock_regions;
	enum flash_lock_start lock_start;
	bool locks_kept_on_reset; /* a reset leaves them as they are */

	struct flash_part_command commands[FLASH_COMMANDS_MAX];
	unsigned int n_commands;
	struct flash_erase erases[FLASH_ERASES_MAX];
	unsigned int n_erases;
	struct flash_time timing[FLASH_TIMINGS];

	unsigned int security_registers;      /* 48/42/44: how many, numbered from 1 */
	uint32_t security_register_size;      /* bytes */
	unsigned int security_register_first; /* number of the first one */
	uint32_t security_register_step;      /* register n lies at n times this; 0: 4 KiB */

	uint32_t otp_size;          /* bytes of the OTP area; 0: none */
	uint32_t otp_factory_start; /* bytes that the factory programmed */
	uint32_t otp_factory_end;
	unsigned int otp_read_dummy; /* clocks of RDOTP; 0: the row's */
	enum flash_otp_lock otp_lock;

	uint8_t evcr_default; /* Micron's enhanced volatile configuration register */
	const char *evcr_source;
	uint8_t evcr_fixed;                     /* its bits that a write does not change */
	uint8_t asp_default[2];                 /* ASP register as it reads; see password.c */
	uint8_t any_registers[FLASH_REGISTERS]; /* RDAR and WRAR: at address n lies register
						 * any_registers[n] - 1; 0: none there */
	unsigned int dies;                      /* 0 and 1: one */

	enum flash_sfdp sfdp;
	const struct flash_sfdp_layout *sfdp_layout; /* of a generated one; NULL: the first row */
	const uint8_t *sfdp_data;                    /* FLASH_SFDP_FILE */
	uint32_t sfdp_length;
	const char *sfdp_file;   /* FLASH_SFDP_FILE: its name, as in the part's key */
	const char *sfdp_source; /* the source of the dump; may be NULL */
	const char *sfdp_quirks; /* lines "FIELD = REASON" (sfdpcompare.h); may be NULL */
	uint32_t sfdp_wrap; /* bytes after which reads begin again; 0: FF comes after the tables */
	uint64_t sfdp_size; /* size in the table; 0: the part's */
	const struct flash_sfdp_byte *sfdp_bytes; /* replace those of the table */
	unsigned int n_sfdp_bytes;
	struct flash_refused refused[FLASH_REFUSED_MAX];
	unsigned int n_refused;
	bool suspend_flags_late; /* SUS, PSB, ESB change tSUS after the suspend; else at once */

	enum flash_dummy_register dummy_register;
	uint8_t dummy_mask; /* the bits of that register */
	struct flash_dummy dummies[FLASH_DUMMIES_MAX];
	unsigned int n_dummies;
	unsigned int read_max_hz;      /* fR: clock of READ (03) */
	unsigned int fast_read_max_hz; /* FR: clock of all others */
};

/* Checks that the engine supports the part; flash_new() returns NULL for any other. *why (may be
 * NULL) is then the reason, in terms of the keys of spinor-chipdb(5); free with g_free(). */
bool flash_part_check(const struct flash_part *part, char **why);

/* True when the engine has a command row of that mnemonic (see chipdb). */
bool flash_command_known(const char *name);

/* The mnemonics of all rows, NULL-terminated. Free the list with g_free(). */
const char **flash_command_names(void);

/* The layout of that name; NULL if there is none. NULL for its name: the usual one. */
const struct flash_sfdp_layout *flash_sfdp_layout_find(const char *name);
const char *flash_sfdp_layout_name(const struct flash_sfdp_layout *layout);

/* The names of all layouts, with blanks between them; free with g_free(). */
char *flash_sfdp_layout_names(void);

#endif
