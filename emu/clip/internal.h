/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the clip share: the wires with faults on them. */
#ifndef SPINOR_CLIP_INTERNAL_H
#define SPINOR_CLIP_INTERNAL_H

#include <glib.h>

#include "base/random.h"
#include "clip/clip.h"
#include "clip/wirefault.h"
#include "clip/line.h"
#include "flash/describe.h"

#define NS_PER_S INT64_C(1000000000)

/* The host's frame; see hostframe.c. */
struct clip_frame {
	bool open;
	uint64_t operation;
	uint64_t byte; /* the one that is clocked now, or next */
	int opcode;    /* -1: not known */
	uint8_t sent[FLASH_HEADER_MAX];
	struct flash_description means;
};

/* What gives a node its level: drivers, which agree or fight, or else its pull. */
struct clip_source {
	uint8_t drivers; /* bits 1 << line, of the adapter and, with CLIP_MISO, of the chip */
	int8_t dominant; /* line whose driver wins; -1: low wins */
	int8_t forced;   /* 0 or 1, whatever drives; -1: not */
	enum flash_level pull;
};

/* Of struct clip_active_fault: makes left be drawn anew. */
#define RATE_UNKNOWN -1.0

struct clip_active_fault {
	unsigned int id;
	struct clip_fault as;
	struct base_random random;
	uint64_t acted;
	uint64_t matched;
	bool in_force;

	/* In this frame of the host's: */
	bool met;    /* it has been a match */
	bool chosen; /* nth and probability let it act */
	bool told;   /* of a fault that is there all the time: reported */
	uint64_t acted_here;

	/* Of faults that act at single bits: */
	double rate;
	uint64_t left; /* bits until it does, without that one */
	bool due;      /* it does at this one, when the host samples MISO */

	/* CONTACT */
	bool open;
	int64_t change_ns; /* closed: looked at last; open: when it closes */

	/* MASTER: where it is */
	bool low;         /* in a frame */
	int64_t burst;    /* that frame or the last one; -1: none */
	unsigned int bit; /* clocks of it that are over */
	bool wins;        /* RANDOM: on CS# in this frame */

	/* BOARD_WRITES */
	int64_t due_ns;     /* when it next does something */
	uint64_t write_at;  /* address */
	uint64_t erased_to; /* of that sector; at most write_at: the board has not erased it */
	uint32_t unwritten; /* bytes of the record */
};

#define NODES (CLIP_SIDES * CLIP_LINES)
#define NODE(side, line) ((side)*CLIP_LINES + (line))

struct clip_wires {
	GPtrArray *faults; /* of struct clip_active_fault */
	struct base_random noise;
	struct clip_frame frame;

	/* By chip: what each has on WP# and HOLD# from outside is its own. */
	struct clip_source sources[CLIP_SELECTS][NODES];
	unsigned int cs; /* the chip that the other lines go to at the moment */
	bool powered;    /* VCC and GND reach the chips */
	bool supplied;   /* as the chips were told */

	/* The chip's side of the lines; CS# is clip->open. */
	bool clk;
	bool floating_cs;  /* CS# of this frame where nothing holds it */
	bool drives;       /* the chip drives MISO, in the last clock or the next */
	bool miso;         /* with what */
	bool last_mosi;    /* the bit before, at the host's side, as it was driven */
	bool last_miso;    /* as it was on the wire */
	uint64_t heard;    /* the last bits as they were sampled, the newest lowest, unless late */
	unsigned int late; /* clocks */
	bool ahead;        /* the chip has had a clock more than the host gave */

	int64_t began_ns, began_skipped_ns; /* the host's frame: the time, and the skipped one */

	struct clip_active_fault *master; /* the one in force */
	bool master_mosi;
	unsigned int master_clocks; /* in this clock of the host's */
};

/* WP#, HOLD# and supply at the adapter's side of the wires; without faults the chip has them. */
struct clip_outside {
	enum flash_level levels[CLIP_LINES]; /* of WP# and HOLD# */
	int supply_mv;                       /* 0: off */
};

struct clip {
	struct base_clock *clock;
	struct flash *chips[CLIP_SELECTS];
	struct clip_outside outside[CLIP_SELECTS];
	int selected;              /* line that the adapter holds low; -1: none */
	bool drivers;              /* the adapter's outputs are on */
	struct flash *open;        /* chip that sees CS# low; NULL: none */
	struct clip_wires *faulty; /* NULL: all is well */
	bool by_board;             /* the board has the bus; the adapter's drivers are on then */
	bool had_drivers;          /* before */
	uint64_t had_operations;
	unsigned int hz;
	uint64_t fraction; /* of a ns, in units of 1/hz, that clocks took and the clock lacks */
	uint64_t operations;
	uint64_t seed;
	struct clip_fault_listener listener;
	unsigned int last_id;
};

/* clip.c */
/* Shows the chips the levels of CS# as they are now, all wires being well. */
void clip_show(struct clip *clip);
/* Lets the time of n bytes pass. */
void clip_pass(struct clip *clip, size_t n);

/* wires.c: what clip.h has, with faults */
/* The chip on line cs has come, or is about to go. */
void clip_wires_attach(struct clip *clip, unsigned int cs);
void clip_wires_detach(struct clip *clip, unsigned int cs);
void clip_wires_select(struct clip *clip);
void clip_wires_deselect(struct clip *clip);
void clip_wires_shift(struct clip *clip, const uint8_t *in, uint8_t *out, size_t n);
/* Levels, faults in force and time as they are now, between frames or between bytes. */
void clip_wires_update(struct clip *clip);

/* Whoever has the bus meets the fault. */
bool clip_wires_meet(const struct clip *clip, const struct clip_active_fault *fault);

/* edge.c: the chip's side */
struct flash *clip_wires_chip(const struct clip *clip);
/* Its line; that of none where there is no chip. */
unsigned int clip_wires_cs(const struct clip *clip);
void clip_wires_raise(struct clip *clip, int64_t now_ns);
void clip_wires_lower(struct clip *clip, int64_t now_ns);
void clip_wires_clock(struct clip *clip, bool mosi);
/* Lets the chip see what the adapter drives (bits 1 << line). */
void clip_wires_settle(struct clip *clip, unsigned int levels, int64_t now_ns);

/* lines.c */
void clip_lines_derive(struct clip *clip);
/* What gives the node its level, for the chip that lines go to at the moment. */
const struct clip_source *clip_lines_source(const struct clip *clip, unsigned int node);
/* Tells the chips of pins and supply what they do not know yet. */
void clip_lines_show(struct clip *clip);
/* The same, as it was at that time, which no chip has passed. */
void clip_lines_show_at(struct clip *clip, int64_t at_ns);
/* The same for the chip on line cs, which has come. */
void clip_lines_greet(struct clip *clip, unsigned int cs);
/* Gives the chip on line cs what is at the adapter's side, whatever the wires are. */
void clip_lines_restore(struct clip *clip, unsigned int cs);
/* The chip's pin at the end of WP# or HOLD#. */
enum flash_pin clip_lines_pin(enum clip_line line);
/* levels[line]: what drives, all bits of it; the value of a node, all bits of it. */
uint8_t clip_lines_value(struct clip *clip, unsigned int node, const uint8_t *levels);
enum flash_level clip_lines_level(const struct clip *clip, unsigned int node, unsigned int levels);
/* Drivers that are on, bits 1 << line. */
unsigned int clip_lines_driven(const struct clip *clip);

/* hostframe.c */
void clip_frame_begin(struct clip_frame *frame, uint64_t operation);
/* The host is about to send this byte, one of opcode and address. */
void clip_frame_take(struct clip *clip, uint8_t mosi);

/* trigger.c */
/* Whether the fault can act at the next byte; *bytes is lowered to how long that stays so. */
bool clip_trigger_holds(struct clip *clip, struct clip_active_fault *fault, uint64_t *bytes);
/* The frame is over: what faults remember of it is forgotten. */
void clip_trigger_forget(struct clip *clip);
/* It has acted as often as it may. What is there all the time lasts until the frame is over, an
 * open contact until it closes. */
bool clip_trigger_is_spent(const struct clip_active_fault *fault);
/* It has conditions that only a frame can meet. */
bool clip_trigger_needs_frame(const struct clip_active_fault *fault);
/* Reports what happened while nothing was clocked. */
void clip_trigger_acted_at(struct clip *clip, struct clip_active_fault *fault, int64_t time_ns,
	enum flash_level level);
/* Reports; line and level as in struct clip_fault_report. */
void clip_trigger_acted(struct clip *clip, struct clip_active_fault *fault, unsigned int bit,
	enum clip_line line, enum flash_level level);

/* The same for a record that the board has begun at that time. */
void clip_trigger_wrote(struct clip *clip, struct clip_active_fault *fault, int64_t time_ns,
	uint64_t address, uint32_t length);

/* noise.c */
bool clip_noise_is(enum clip_fault_what what);
/* Candidates per bit at this byte. */
double clip_noise_rate(const struct clip *clip, const struct clip_active_fault *fault);
/* The bit (mosi or miso, the fault's) after a candidate came. */
bool clip_noise_bit(
	struct clip *clip, struct clip_active_fault *fault, unsigned int bit, bool mosi, bool miso);

/* slip.c */
/* Clocks that the chip sees instead of one. */
unsigned int clip_slip_clocks(struct clip *clip, struct clip_active_fault *fault, unsigned int bit);
void clip_slip_bounce(
	struct clip *clip, struct clip_active_fault *fault, unsigned int bit, int64_t now_ns);
/* EARLY: gives the chip the clock by which it is to be ahead, once in a frame. */
void clip_slip_ahead(struct clip *clip, bool mosi);

/* contact.c */
/* What contacts of supply and HOLD# have done to the chips since it was looked at last. */
void clip_contact_play(struct clip *clip);
/* Time went on between bytes. True: it opened or closed. */
bool clip_contact_pass(struct clip *clip, struct clip_active_fault *fault);
/* Bits went by: chances of those are used up. */
void clip_contact_clocked(struct clip *clip);
void clip_contact_toggle(
	struct clip *clip, struct clip_active_fault *fault, unsigned int bit, int64_t now_ns);
double clip_contact_rate(const struct clip *clip, const struct clip_active_fault *fault);
/* Bits until it closes. */
uint64_t clip_contact_left(
	const struct clip *clip, const struct clip_active_fault *fault, int64_t now_ns);

/* master.c */
/* How long one of its reads takes, with the pause behind it. */
int64_t clip_master_read_ns(const struct clip_master *master);
/* The fault comes into force. */
void clip_master_start(struct clip *clip, struct clip_active_fault *fault);
/* Host is silent: the master does what it does up to now. */
void clip_master_pass(struct clip *clip, int64_t now_ns);
/* Bytes of the host's that the master leaves alone, up to n. */
size_t clip_master_quiet(const struct clip *clip, size_t n);
/* One clock of the host's, the bit-th of its byte: what the master does meanwhile. */
void clip_master_step(struct clip *clip, unsigned int bit);
/* The master's clocks in it but for the first given ones, with MOSI as the host has it. */
void clip_master_rest(struct clip *clip, unsigned int given, bool mosi);
/* What a line is that both drive. */
bool clip_master_mix(struct clip *clip, enum clip_line line, bool host, bool master);

/* writer.c */
/* The fault comes. */
void clip_writer_start(struct clip_active_fault *fault, int64_t now_ns);
/* Up to now the host had the bus: what was due meanwhile is due now. */
void clip_writer_wait(struct clip *clip, int64_t now_ns);
/* While CS# is high and no board starts: those that write do what is due up to now. */
void clip_writer_pass(struct clip *clip, int64_t now_ns);

#endif
