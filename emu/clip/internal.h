/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to the files of the clip: the wires with faults. */
#ifndef SPINOR_CLIP_INTERNAL_H
#define SPINOR_CLIP_INTERNAL_H

#include <glib.h>

#include "base/faultlist.h"
#include "base/random.h"
#include "clip/clip.h"
#include "clip/line.h"
#include "clip/wirefault.h"
#include "flash/describe.h"

#define NS_PER_S INT64_C(1000000000)

/* The most bytes at once with faults. */
#define CLIP_CHUNK 4096

#define CLIP_PERIOD_ALLOWED "period has to be above 0, phase 0 or more"

/* The host's frame; see hostframe.c. */
struct clip_frame {
	bool open;
	uint64_t operation;
	uint64_t byte; /* the one that is clocked now, or next */
	int opcode;    /* -1: not known */
	uint8_t sent[FLASH_HEADER_MAX];
	struct flash_description means;
};

/* The source of the level of a node: its drivers, or else its pull. */
struct clip_source {
	uint8_t drivers; /* bits 1 << line, of the adapter and, with CLIP_MISO, of the chip */
	int8_t dominant; /* line whose driver wins; -1: low wins */
	int8_t forced;   /* 0 or 1, whatever drives; -1: not */
	enum flash_level pull;
};

/* Of struct clip_active_fault: left has to be drawn anew. */
#define RATE_UNKNOWN -1.0

struct clip_active_fault {
	struct base_fault base; /* first: the list knows it */
	struct clip_fault as;
	const struct clip_fault_row *row;
	bool in_force;
	bool told; /* of a lasting fault: reported in this frame */

	/* Of faults that act at single bits: */
	double rate;
	uint64_t left; /* bits that it can act at until it does, without that one */
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

/* A contact of the clip on its way to a pin of the chip. */
struct flash_package;

struct clip_contact {
	bool is_left;
	int along; /* see geometry.c */
	int row;   /* pins on each side of the package */
	bool swapped;
};

/* A bit of the host's that faults act at, before the host samples it. */
struct clip_bit {
	unsigned int bit; /* 0: the first of its byte .. 7 */
	int64_t now_ns;
	bool mosi;
	unsigned int clocks; /* for the chip */
};

struct clip_nets;

/* All that a fault is: its name, its usual values and its effects. The table is in faulttable.c;
 * where a function is NULL the fault has no such effect. */
struct clip_fault_row {
	const char *name;
	enum clip_line line; /* the usual one */
	bool one_line;       /* there is no other */
	bool lasting;        /* there all the time it is in force: reported once in a frame */
	bool opens;          /* an act lasts until the contact closes, not until the frame ends */
	bool of_board;       /* made by the board, while it runs */
	bool by_itself;      /* whatever the host does */
	bool own_cycle;      /* knows its cycle itself */

	void (*init)(struct clip_fault *fault);
	/* NULL, or the reason why no clip can have the fault. */
	const char *(*check)(const struct clip_fault *fault);
	/* Its lines, bits 1 << line. NULL: fault->line. */
	unsigned int (*lines)(const struct clip_fault *fault);
	void (*start)(struct clip_active_fault *fault, int64_t now_ns);

	/* lines.c: moves the contacts; changes the nets */
	void (*move)(const struct clip_fault *fault, struct clip_contact *contact);
	void (*wire)(const struct clip_active_fault *fault, struct clip_nets *nets);

	/* wires.c. At each look, in force or not: true when the nets have changed. */
	bool (*pass)(struct clip *clip, struct clip_active_fault *fault);
	/* At each look, in force. */
	void (*hold)(struct clip *clip, struct clip_active_fault *fault);
	/* To be reported in this frame, lasting faults aside. */
	bool (*shows)(const struct clip_active_fault *fault, bool reads);
	bool of_bits; /* can be aimed at one bit of each byte */
	/* Acts at single bits; of_data: of those only that the host writes to MOSI or reads from
	 * MISO. hold() sets how many are left until it does. */
	void (*act)(struct clip *clip, struct clip_active_fault *fault, struct clip_bit *bit);
	bool of_data;
	/* Of data: the bit of its line that arrives instead of the one of mosi or miso. */
	bool (*arrives)(struct clip *clip, struct clip_active_fault *fault, bool mosi, bool miso);
	/* Between the command and the first byte that the host reads. */
	void (*before_data)(struct clip *clip, struct clip_active_fault *fault, bool mosi);
	/* While CS# is high and no board starts: what is due up to now. */
	void (*idle)(struct clip *clip, struct clip_active_fault *fault, int64_t now_ns);
};

/* faulttable.c */
const struct clip_fault_row *clip_fault_row(enum clip_fault_what what);

#define NODES (CLIP_SIDES * CLIP_LINES)
#define NODE(side, line) ((side)*CLIP_LINES + (line))

struct clip_wires {
	struct base_random noise;
	struct clip_frame frame;

	/* By chip: what each has on WP# and HOLD# from outside is its own. */
	struct clip_source sources[CLIP_SELECTS][NODES];
	uint8_t open[CLIP_SELECTS]; /* contacts that touch nothing: bits 1 << line */
	unsigned int cs;            /* the chip that the adapter addresses, or did */
	unsigned int held; /* other chips whose CS# a fault can hold low: bits 1 << select */
	unsigned int low;  /* chips that see CS# low, likewise; clip->open is the one on cs */
	bool powered;      /* VCC and GND reach the chips */
	bool supplied;     /* as the chips were told */

	/* The chips' side of the lines. */
	bool clk;
	uint64_t floating_cs; /* CS# of this frame where nothing holds it: bits 1 << select */
	bool drives;          /* a chip drives MISO, in the last clock or the next */
	bool miso;            /* with what; low wins */
	bool last_mosi;       /* the bit before, at the host's side, as it was driven */
	bool last_miso;       /* as it was on the wire */
	uint64_t heard;    /* the last bits as they were sampled, the newest lowest, unless late */
	unsigned int late; /* clocks */
	bool ahead;        /* the chip has had a clock more than the host gave */

	int64_t looked_ns;                  /* when the faults in force were last updated */
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
	size_t span;                   /* of tests; 0: none */
	struct base_fault_list faults; /* of struct clip_active_fault */
	struct clip_fault_listener listener;
};

static inline guint
clip_n_faults(const struct clip *clip)
{
	return base_fault_list_length(&clip->faults);
}

static inline struct clip_active_fault *
clip_active(const struct clip *clip, guint i)
{
	return base_fault_list_get(&clip->faults, i);
}

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

/* True when the fault is on the way of the master that has the bus: host or board. */
bool clip_wires_meet(const struct clip *clip, const struct clip_active_fault *fault);
/* Sets the probability per bit of acting, and draws how many bits are left when it is another. */
void clip_wires_set_rate(struct clip_active_fault *fault, double rate);

/* edge.c: the chips' side */
/* The chip that the adapter addresses. */
struct flash *clip_wires_chip(const struct clip *clip);
/* Its line; that of none where there is no chip. */
unsigned int clip_wires_cs(const struct clip *clip);
/* The chip on line cs is addressed from now on; no edge of CS#. */
void clip_wires_address(struct clip *clip, unsigned int cs);
/* CS# of the chip on line cs rises. */
void clip_wires_raise(struct clip *clip, unsigned int cs, int64_t now_ns);
void clip_wires_raise_all(struct clip *clip, int64_t now_ns);
/* A clock for the chips whose CS# is low. */
void clip_wires_clock(struct clip *clip, bool mosi);
/* n bytes (1..CLIP_CHUNK) for them; out gets the AND of their answers, NULL: nobody listens. */
void clip_wires_clock_bytes(struct clip *clip, const uint8_t *in, uint8_t *out, size_t n);
/* One of them drives MISO at the next clock; *n_bytes is lowered to how long that stays so. */
bool clip_wires_drive(const struct clip *clip, size_t *n_bytes);
/* The clock by which their time goes on; 0: by none. */
void clip_wires_set_clock(struct clip *clip, unsigned int hz);
/* Shows the chip the levels that the adapter drives (bits 1 << line). */
void clip_wires_settle(struct clip *clip, unsigned int levels, int64_t now_ns);

/* lines.c: effects of the rows on contacts and nets */
void clip_lines_open(const struct clip_active_fault *fault, struct clip_nets *nets);
void clip_lines_open_now(const struct clip_active_fault *fault, struct clip_nets *nets);
void clip_lines_short(const struct clip_active_fault *fault, struct clip_nets *nets);
void clip_lines_force_0(const struct clip_active_fault *fault, struct clip_nets *nets);
void clip_lines_force_1(const struct clip_active_fault *fault, struct clip_nets *nets);
void clip_lines_pull_up(const struct clip_active_fault *fault, struct clip_nets *nets);
void clip_lines_pull_down(const struct clip_active_fault *fault, struct clip_nets *nets);
void clip_lines_pull_none(const struct clip_active_fault *fault, struct clip_nets *nets);

void clip_lines_derive(struct clip *clip);
/* CS# of the chip on line cs as the levels (levels[line]) make it. */
bool clip_lines_cs(struct clip *clip, unsigned int cs, const uint8_t *levels);
/* The source of the level of a node, for the chip that is addressed at the moment. */
const struct clip_source *clip_lines_source(const struct clip *clip, unsigned int node);
/* That of CS# of the chip on line cs while an operation is in progress with any chip. */
struct clip_source clip_lines_cs_in_operation(const struct clip *clip, unsigned int cs);
/* Tells the chips the levels of pins and supply that have changed. */
void clip_lines_show(struct clip *clip);
/* The same, as it was at that time, which no chip has passed. */
void clip_lines_show_at(struct clip *clip, int64_t at_ns);
/* The same for the chip on line cs, which has come. */
void clip_lines_attach(struct clip *clip, unsigned int cs);
/* Gives the chip on line cs what is at the adapter's side, whatever the wires are. */
void clip_lines_restore(struct clip *clip, unsigned int cs);
/* The chip's pin at the end of WP# or HOLD#. */
enum flash_pin clip_lines_pin(enum clip_line line);
/* levels[line]: what drives, all bits of it; the value of a node, all bits of it. */
uint8_t clip_lines_value(struct clip *clip, unsigned int node, const uint8_t *levels);
enum flash_level clip_lines_level(const struct clip *clip, unsigned int node, unsigned int levels);
/* Drivers that are on, bits 1 << line. */
unsigned int clip_lines_driven(const struct clip *clip);

/* others.c: chips that are selected with the one that is addressed */
/* The fault is on CS#, which is a line of each chip: its select says which, not when it acts. */
bool clip_others_has_own_line(const struct clip_active_fault *fault);
/* True when the nets of the chip on line cs have the fault. */
bool clip_others_concerns(const struct clip_active_fault *fault, unsigned int cs);
/* The chip to report: the addressed one, or another that the fault is aimed at. */
unsigned int clip_others_select(const struct clip *clip, const struct clip_active_fault *fault);
/* The chips whose CS# can be low while the adapter does not address them, bits 1 << select. */
unsigned int clip_others_find(const struct clip *clip);
/* True when their CS# keeps its level while only bits of data change; driven: the drivers that are
 * on. */
bool clip_others_keep_cs(const struct clip *clip, unsigned int driven);
/* True when the fault keeps another chip than that on line cs selected in operations. */
bool clip_others_answer(
	const struct clip *clip, const struct clip_active_fault *fault, unsigned int cs);

/* geometry.c */
void clip_geometry_rotate(const struct clip_fault *fault, struct clip_contact *contact);
void clip_geometry_move(const struct clip_fault *fault, struct clip_contact *contact);
void clip_geometry_mirror(const struct clip_fault *fault, struct clip_contact *contact);
void clip_geometry_swap(const struct clip_fault *fault, struct clip_contact *contact);
/* The package of the chip on line cs. */
const struct flash_package *clip_geometry_package(const struct clip *clip, unsigned int cs);
/* The pin of a line, from 0 up. */
int clip_geometry_pin(const struct flash_package *package, enum clip_line line);
/* The line whose contact is on the pin of pin_line, or -1. */
int clip_geometry_contact(const struct clip *clip, unsigned int cs, enum clip_line pin_line);

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
/* The times of the fault that began and ended since from_ns: the last of them. */
bool clip_trigger_missed(const struct clip_active_fault *fault, int64_t from_ns, int64_t now_ns,
	int64_t *on_ns, int64_t *off_ns);
/* In its times, and not used up. */
bool clip_trigger_is_due(const struct clip *clip, const struct clip_active_fault *fault);
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

/* noise.c: rows of faults of single bits */
void clip_noise_init(struct clip_fault *fault);
void clip_noise_init_burst(struct clip_fault *fault);
void clip_noise_init_too_fast(struct clip_fault *fault);
const char *clip_noise_check(const struct clip_fault *fault);
const char *clip_noise_check_too_fast(const struct clip_fault *fault);
void clip_noise_hold(struct clip *clip, struct clip_active_fault *fault);
void clip_noise_hold_ground(struct clip *clip, struct clip_active_fault *fault);
void clip_noise_hold_too_fast(struct clip *clip, struct clip_active_fault *fault);
void clip_noise_act(struct clip *clip, struct clip_active_fault *fault, struct clip_bit *bit);
bool clip_noise_flip(struct clip *clip, struct clip_active_fault *fault, bool mosi, bool miso);
bool clip_noise_jump(struct clip *clip, struct clip_active_fault *fault, bool mosi, bool miso);
bool clip_noise_hold_last(struct clip *clip, struct clip_active_fault *fault, bool mosi, bool miso);
/* The bit of the fault's line (mosi or miso) at a candidate; reports an error. */
bool clip_noise_bit(
	struct clip *clip, struct clip_active_fault *fault, unsigned int bit, bool mosi, bool miso);

/* slip.c */
void clip_slip_init(struct clip_fault *fault);
const char *clip_slip_check_clocks(const struct clip_fault *fault);
void clip_slip_hold(struct clip *clip, struct clip_active_fault *fault);
void clip_slip_hold_late(struct clip *clip, struct clip_active_fault *fault);
bool clip_slip_shows_late(const struct clip_active_fault *fault, bool reads);
void clip_slip_act(struct clip *clip, struct clip_active_fault *fault, struct clip_bit *bit);
void clip_slip_bounce(struct clip *clip, struct clip_active_fault *fault, struct clip_bit *bit);
/* Gives the chip the clocks that it is ahead by, once in a frame. */
void clip_slip_ahead(struct clip *clip, struct clip_active_fault *fault, bool mosi);

/* contact.c */
/* Applies to the chips the changes of contacts of supply and HOLD# since the last look. */
void clip_contact_catch_up(struct clip *clip);
/* Time went on between bytes. True: it opened or closed. */
bool clip_contact_pass(struct clip *clip, struct clip_active_fault *fault);
/* Bits went by: chances of those are used up. */
void clip_contact_clocked(struct clip *clip);
void clip_contact_init(struct clip_fault *fault);
const char *clip_contact_check(const struct clip_fault *fault);
void clip_contact_hold(struct clip *clip, struct clip_active_fault *fault);
bool clip_contact_shows(const struct clip_active_fault *fault, bool reads);
/* Opens or closes. */
void clip_contact_act(struct clip *clip, struct clip_active_fault *fault, struct clip_bit *bit);

/* master.c */
void clip_master_init(struct clip_fault *fault);
const char *clip_master_check(const struct clip_fault *fault);
unsigned int clip_master_lines(const struct clip_fault *fault);
void clip_master_hold(struct clip *clip, struct clip_active_fault *fault);
/* The fault comes into force. */
void clip_master_start(struct clip *clip, struct clip_active_fault *fault);
/* Host is silent: the master does what it does up to now. */
void clip_master_pass(struct clip *clip, int64_t now_ns);
/* Bytes of the host's that the master leaves alone, up to n. */
/* The most clocks of a second master that one of the host's can meet; 0: there is none. */
uint64_t clip_master_clocks(const struct clip *clip);
size_t clip_master_quiet(const struct clip *clip, size_t n);
/* One clock of the host's, the bit-th of its byte: what the master does meanwhile. */
void clip_master_step(struct clip *clip, unsigned int bit);
/* The master's clocks in it but for the first given ones, with MOSI as the host has it. */
void clip_master_rest(struct clip *clip, unsigned int given, bool mosi);
/* The level of a line that both drive. */
bool clip_master_mix(struct clip *clip, enum clip_line line, bool host, bool master);

/* writer.c */
void clip_writer_init(struct clip_fault *fault);
const char *clip_writer_check(const struct clip_fault *fault);
unsigned int clip_writer_lines(const struct clip_fault *fault);
void clip_writer_idle(struct clip *clip, struct clip_active_fault *fault, int64_t now_ns);
/* The fault comes. */
void clip_writer_start(struct clip_active_fault *fault, int64_t now_ns);
/* Up to now the host had the bus: what was due meanwhile is due now. */
void clip_writer_wait(struct clip *clip, int64_t now_ns);
/* While CS# is high and no board starts: those that write do what is due up to now. */
void clip_writer_pass(struct clip *clip, int64_t now_ns);

#endif
