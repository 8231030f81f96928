/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adapters as data: the commands of a firmware and its departures from the protocol text. */
#ifndef SPINOR_SERPROG_PROFILE_H
#define SPINOR_SERPROG_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sets of commands: bit n is command n. */
#define SERPROG_COMMAND(opcode) (UINT32_C(1) << (opcode))

#define SERPROG_NO_LIMIT UINT32_MAX

/* The behaviour of the protocol text comes first in each enum: it is the default of a row. */

/* The answer to an opcode that is not offered. */
enum serprog_unknown_answer {
	SERPROG_UNKNOWN_NAK,
	SERPROG_UNKNOWN_SILENCE,
	SERPROG_UNKNOWN_ACK, /* taken for a NOP */
};

/* Which S_BUSTYPE is ACKed. */
enum serprog_bus_rule {
	SERPROG_BUS_ANY,    /* one of the bus types is offered */
	SERPROG_BUS_WITHIN, /* all of them are offered, and also none at all */
	SERPROG_BUS_EQUAL,  /* exactly what is offered */
	SERPROG_BUS_ALWAYS,
};

/* S_SPI_FREQ 0 */
enum serprog_zero {
	SERPROG_ZERO_NAK,
	SERPROG_ZERO_CLOCK, /* clock_zero_hz, ACK */
	SERPROG_ZERO_ECHO,  /* ACK and 0; the clock stays */
};

/* When O_SPIOP is ACKed, and the data that the firmware collects first. */
enum serprog_order {
	SERPROG_STREAM,           /* clocked as it arrives; ACK after the write part */
	SERPROG_STREAM_ACK_EARLY, /* the same; ACK before the write data */
	SERPROG_COLLECT,          /* all data first, then the chip; ACK before the read part */
	SERPROG_COLLECT_ALL,      /* the read part is collected too; ACK after everything */
};

/* O_SPIOP with a length over the limits. */
enum serprog_over {
	SERPROG_OVER_DRAIN, /* NAK after its data (at most over_takes bytes of it; 0: all) */
	SERPROG_OVER_NAK,   /* NAK at once: its data is taken for commands */
	SERPROG_OVER_PURGE, /* drops the data received with the header, resets the bus, NAK */
	SERPROG_OVER_RESET, /* the firmware crashes: as after power-on, no answer */
};

/* The host has stopped in the middle of a command, for byte_timeout_ns. */
enum serprog_timeout {
	SERPROG_TIMEOUT_NAK,   /* the bus is reset, NAK */
	SERPROG_TIMEOUT_DROP,  /* the bus is reset, no answer */
	SERPROG_TIMEOUT_RESET, /* as after power-on, no answer */
};

/* What flashrom 1.3.0 does with the emulated firmware (tests/system/profiles.test). */
enum serprog_flashrom {
	SERPROG_FLASHROM_WORKS, /* probe, read and write */
	SERPROG_FLASHROM_REFUSES,
	SERPROG_FLASHROM_HANGS,
	SERPROG_FLASHROMS,
};

struct serprog_profile {
	const char *name;    /* --profile */
	const char *summary; /* one line for people */
	char program[17];    /* Q_PGMNAME */
	enum serprog_flashrom flashrom;
	/* What leaves a host waiting for ever, and why; NULL: nothing that is known. */
	const char *hangs;
	uint32_t commands; /* set that is offered: Q_CMDMAP */
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

	/* From here on: departures. All 0 is the protocol text. */

	enum serprog_unknown_answer unknown; /* to an opcode that the firmware does not know */
	enum serprog_unknown_answer refused; /* to one of the set known that is not offered */
	uint32_t known;
	const uint8_t *refused_bytes; /* 00-1F: parameters taken before that NAK; NULL: none */

	uint32_t unacknowledged; /* set whose success is not answered */
	uint32_t early_ack;      /* set that is ACKed before its parameters; a value follows them */
	uint32_t resets_bus;     /* set that raises CS# and forgets S_CS_MODE */
	uint32_t purges;         /* set that drops what has come with it */
	bool sync_reversed;      /* SYNCNOP: ACK, NAK */
	bool one_command_per_packet; /* what follows an opcode in its USB packet is lost */
	size_t reply_max;            /* longer replies are lost; 0: none */
	size_t ring_bytes;           /* input beyond so much, while the firmware is busy giving, is
				  * lost; 0: the line waits */

	enum serprog_bus_rule bus_rule;
	bool operation_buffer_fake; /* has no end, whatever is reported */

	/* S_SPI_FREQ: within the limits, then down to one of clocks (ascending, 0 at the end), or
	 * what clock makes of it. Over clock_fail_hz the answer is 0 and SPI dead (0: never). */
	const uint32_t *clocks;
	uint32_t (*clock)(uint32_t hz);
	uint32_t clock_fail_hz;
	enum serprog_zero zero;
	uint32_t clock_zero_hz;

	bool clock_needed; /* hangs at the first O_SPIOP without S_SPI_FREQ before it */

	bool pin_state_ignored; /* ACKed, nothing happens */
	bool pins_off;          /* drivers are off until S_PIN_STATE 1 */
	bool pins_needed;       /* O_SPIOP with drivers off is treated as over its limits */
	bool half_duplex_only;
	bool cs_auto_keeps; /* S_CS_MODE 0: CS# rises only after the next operation */

	enum serprog_order order;
	bool mosi_high;       /* while reading */
	uint32_t write_limit; /* of O_SPIOP; 0: as reported */
	uint32_t read_limit;
	uint32_t total_limit; /* write and read together; 0: none */
	enum serprog_over over;
	uint32_t over_takes;
	uint32_t reread_bytes; /* a longer write is fetched in whole for each piece of this size */

	int64_t byte_timeout_ns; /* 0: waits for ever */
	enum serprog_timeout timeout;
	int64_t send_timeout_ns; /* a host that fetches nothing: the rest is dropped */

	bool survives_close; /* pins and clock outlive the host; the bus does not */
};

/* The profile of that name, or NULL. NULL asks for the default. */
const struct serprog_profile *serprog_profile_find(const char *name);

/* All profiles in order of listing; sets n. */
const struct serprog_profile *serprog_profiles(size_t *n);

/* "works", "refuses", "hangs". */
const char *serprog_flashrom_string(enum serprog_flashrom flashrom);

/* The SPI clock that hz (> 0) gives; 0: none, SPI is dead. */
uint32_t serprog_profile_clock(const struct serprog_profile *profile, uint32_t hz);

/* The opcode of the command that the protocol text, or the authors of S_VCC, name so: "Q_SERBUF".
 * False: there is none. */
bool serprog_opcode_from_string(const char *name, uint8_t *opcode);

/* The name of a command and the bytes of its parameters; NULL: the protocol has none. */
const char *serprog_command_form(uint8_t opcode, unsigned int *parameter_bytes);

/* The bytes of data that a host sends behind the parameters, and that an adapter sends behind ACK
 * (of SYNCNOP: behind the first byte). */
uint32_t serprog_data_bytes(uint8_t opcode, const uint8_t *parameters);
uint32_t serprog_answer_bytes(uint8_t opcode, const uint8_t *parameters);

#endif
