/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of the wires. A fault is data on separate axes: what, where (line, side) and when. Any
 * number of them act together, each with random numbers of its own.
 */
#ifndef SPINOR_CLIP_WIREFAULT_H
#define SPINOR_CLIP_WIREFAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/faultwhen.h"
#include "base/period.h"
#include "clip/line.h"

struct clip;

/* The most clocks that a fault is late or early: eight bytes. */
#define CLIP_CLOCKS_MAX 64

/* The duty of a fault with a period and no other one. */
#define CLIP_DUTY_USUAL 0.5

/* The kinds of faults. Their names in files and on command lines are in faulttable.c. */
enum clip_fault_what {
	CLIP_OPEN,        /* broken wire, contact that touches nothing */
	CLIP_STUCK_0,     /* solder splash to ground; a board without power clamps the line */
	CLIP_STUCK_1,     /* solder splash to VCC */
	CLIP_SHORT,       /* two lines touch each other: line and line2 */
	CLIP_PULL_UP,     /* resistor to VCC, at one side of the line */
	CLIP_PULL_DOWN,   /* resistor to ground */
	CLIP_PULL_NONE,   /* no resistor where one was: the line floats when no output drives it */
	CLIP_ROTATED,     /* clip put on the wrong way round: contact n on pin n + 4 */
	CLIP_SHIFTED,     /* clip put on one pin off */
	CLIP_MIRRORED,    /* cable pressed or put on the wrong way: contact n on pin 9 - n */
	CLIP_SWAPPED,     /* wires of MOSI and MISO in each other's place */
	CLIP_CONTACT,     /* spring on an oxidised leg: opens now and then */
	CLIP_BIT_ERROR,   /* noise on long wires turns single bits over */
	CLIP_SLIP,        /* ringing or a glitch on CLK: an edge too few or too many */
	CLIP_BOUNCE,      /* glitch on CS#: it is high for an instant in the middle of a frame */
	CLIP_TOO_FAST,    /* wire capacitance: a bit is sampled before its edge has arrived */
	CLIP_BURST_ERROR, /* no capacitor at the chip: long bursts of clocks pull the supply down */
	CLIP_WEAK_GROUND, /* thin ground wire: its level jumps when lines switch together */
	CLIP_LATE,        /* MISO arrives clocks late: level shifters, isolators, long wires */
	CLIP_EARLY,       /* the host samples a clock too far on */
	CLIP_MASTER,      /* the board's own processor uses the bus too */
	CLIP_BOARD_WRITES, /* it keeps data of its own in the chip */
	CLIP_FAULT_WHATS,
};

enum clip_polarity {
	CLIP_BOTH,
	CLIP_0_TO_1,
	CLIP_1_TO_0,
};

enum clip_slip {
	CLIP_SLIP_DROPPED, /* a clock is missing at the chip */
	CLIP_SLIP_DOUBLED, /* the chip sees one clock twice */
	CLIP_SLIP_EITHER,  /* one or the other, as chance has it */
};

/* The level of a line that two masters drive. */
enum clip_rule {
	CLIP_WIRED_AND, /* low wins */
	CLIP_WIRED_OR,  /* high wins */
	CLIP_RANDOM,    /* either */
};

/*
 * A second master. In each period of its cycle it is on the bus for the duty, and reads the
 * array from 0 upwards: frames of opcode 03, an address and read_bytes bytes, one byte of pause
 * between them; the last one is finished. lines (bits 1 << enum clip_line): those of CS#, MOSI and
 * CLK that it drives and, by MISO, whether something else on its bus answers it too, with random
 * bits.
 */
struct clip_master {
	enum clip_rule rule;
	unsigned int lines;
	unsigned int hz;
	uint32_t read_bytes; /* > 0 */
};

/* A board that writes to the region of its addresses (when.address_from, to; to 0: the last 64 KiB)
 * of the first chip that it is aimed at: in each period of its cycle bytes more. */
struct clip_writes {
	uint32_t bytes; /* 1..256 */
};

/*
 * A fault of the wires. It knows all conditions: purposes are bits 1 << enum flash_purpose, times
 * are simulated ones, a match is a frame. What the host does is known from MOSI at the host's side
 * (see hostframe.c): the opcode from the frame's first clock on, the address from the first clock
 * of its last byte on. Reads count their address up as the bytes go by, all else stands at the
 * address of the command. A frame is a match once it has opcode, purpose, address, selects and time
 * right at one of its bytes.
 */
struct clip_fault {
	enum clip_fault_what what;
	enum clip_line line;
	enum clip_line line2;    /* SHORT */
	bool dominates;          /* SHORT: line's driver wins; false: low wins */
	enum clip_side side;     /* STUCK, SHORT, PULL: which end, where the line is open */
	unsigned int clocks;     /* LATE, EARLY: by so many, 1..CLIP_CLOCKS_MAX */
	int pins;                /* SHIFTED: contact n is on pin n + pins (-1, 1), of pins 1..4 */
	enum clip_polarity only; /* BIT_ERROR, BURST_ERROR, WEAK_GROUND */
	enum clip_slip slip;
	/* Probability per bit, 0..1: of an error, a slip, a bounce, of opening. Of WEAK_GROUND with
	 * no line but CLK switching: n lines have n * n times that. For errors, bits of MISO are
	 * those that the host takes, bits of MOSI those that it writes. */
	double rate;
	double per_us;   /* CONTACT instead: probability of opening per us, between frames too */
	int64_t open_ns; /* CONTACT: how long it stays open on average */
	/* TOO_FAST: no errors up to this frequency; of opcode 03, where not 0, up to the other. */
	unsigned int limit_hz;
	unsigned int limit_read_hz;
	/* TOO_FAST: late bits per bit at twice the limit, growing evenly up to 1. One that is late
	 * is an error where the line changes. */
	double slope;
	uint64_t after_bytes;      /* BURST_ERROR: bytes of a frame without errors */
	struct clip_master master; /* MASTER */
	struct clip_writes writes; /* BOARD_WRITES */
	/* When it acts, beside the other conditions. MASTER, BOARD_WRITES have periods of their
	 * own: period_ns > 0. */
	struct base_period cycle;
	/* Faults of single bits: only at that bit of each byte, 7 the first on the wire .. 0. */
	bool has_bit;
	unsigned int bit;
	struct base_fault_when when;
};

/* One act of a fault. A line that is wrong all the time acts once in each frame that meets it. */
struct clip_fault_report {
	unsigned int id;
	const struct clip_fault *fault;
	enum clip_line line;
	uint64_t operation; /* frames of the host since the clip was made, this one included */
	int opcode;         /* -1: not known */
	uint64_t byte;      /* of the frame, from 0 */
	unsigned int bit;   /* 0: the byte's first on the wire .. 7 */
	int64_t time_ns;
	enum flash_level level; /* of the line, at the end that is misled */
	bool by_board;          /* in a frame of the board behind the clip */
	bool idle;              /* between frames: opcode, byte and bit mean nothing */
	bool has_address;
	uint64_t address; /* of that byte in the array; BOARD_WRITES: of its record, in place
				 * of line, byte and bit */
	uint32_t length;  /* its bytes; 0: of another fault */
};

struct clip_fault_listener {
	void (*acted)(void *data, const struct clip_fault_report *report);
	void *data;
};

/* Fills fault with the usual values of its kind. */
void clip_fault_init(struct clip_fault *fault, enum clip_fault_what what);

/* NULL, or the reason why no clip can have the fault, and the values allowed. */
const char *clip_fault_check(const struct clip_fault *fault);

/* True when the board makes that fault, and only while it runs. */
bool clip_fault_is_of_board(enum clip_fault_what what);

/* True when the fault can be aimed at one bit of each byte. */
bool clip_fault_is_of_bits(enum clip_fault_what what);

/* True when the fault writes to the addresses of its conditions, in the first chip it may. */
bool clip_fault_writes(enum clip_fault_what what);

/* Adds a copy of the fault to the clip. Its id, > 0, is never used again; 0: the check fails. */
unsigned int clip_fault_add(struct clip *clip, const struct clip_fault *fault);

/* False when there is none of that id. */
bool clip_fault_remove(struct clip *clip, unsigned int id);
void clip_fault_clear(struct clip *clip);

/* The i-th fault on the clip, oldest first; false when there are no more. */
bool clip_fault_at(const struct clip *clip, size_t i, struct base_fault_status *status);

/* One listener; NULL ends it. It must not change the clip's faults. */
void clip_set_fault_listener(struct clip *clip, const struct clip_fault_listener *listener);

/* The seed of all random numbers. Starts those of the faults on the clip anew. */
void clip_set_seed(struct clip *clip, uint64_t seed);

/* "open", "stuck-0", ...; false, NULL when there is no such one. */
bool clip_fault_what_from_string(const char *text, enum clip_fault_what *what);
const char *clip_fault_what_string(enum clip_fault_what what);
bool clip_polarity_from_string(const char *text, enum clip_polarity *polarity);
const char *clip_polarity_string(enum clip_polarity polarity);
bool clip_slip_from_string(const char *text, enum clip_slip *slip);
const char *clip_slip_string(enum clip_slip slip);
bool clip_rule_from_string(const char *text, enum clip_rule *rule);
const char *clip_rule_string(enum clip_rule rule);

#endif
