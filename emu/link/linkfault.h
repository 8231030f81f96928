/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The faults of the serial link between host and adapter, as data. link.h has the link itself. */
#ifndef SPINOR_LINK_LINKFAULT_H
#define SPINOR_LINK_LINKFAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/faultwhen.h"

#define LINK_TEXT_MAX 256

/* The longest times allowed: a mistyped number must not make a host wait for ever. */
#define LINK_LATENCY_MAX_MS 10000
#define LINK_MS_MAX 3600000

/* Of UARTs: a teleprinter's to an FTDI chip's usual ones. */
#define LINK_BAUD_MIN 300
#define LINK_BAUD_MAX 4000000

/* Each with the event that it stands for. */
enum link_fault_what {
	/* A UART that is not emptied in time (overrun), a USB packet that is given up. */
	LINK_DROP,
	/* A USB packet whose acknowledgement was lost is sent again. */
	LINK_DUPLICATE,
	/* Noise on the wire, or clocks of UARTs that differ by some per cent. */
	LINK_CORRUPT,
	/* A hub or a host controller that suspends, flow control that holds, a network that stops.
	 * For ms; 0: for ever. */
	LINK_STALL,
	/* The timer after which an FTDI chip sends a packet that is not full (16 ms), a network. */
	LINK_LATENCY,
	/* USB packets, and their bundling by the host: a reply comes in pieces of at most size. */
	LINK_CHUNKS,
	/* A firmware that refuses a command it knows, as it is busy or short of memory. */
	LINK_NAK,
	/* To the adapter: another program writes to the port, such as a modem manager its AT. To
	 * the host: a firmware's or a board's messages on the same line. */
	LINK_GARBAGE,
	/* A firmware sends a banner when the port is opened. */
	LINK_BANNER,
	/* DTR falls when the port is opened and resets the board: it hears nothing for ms, while
	 * its boot loader waits, and then sends its banner. */
	LINK_RESET_ON_OPEN,
	/* A firmware that waits for DTR, which this opening does not raise, or that works from the
	 * second opening on: nothing is heard or said until the host closes the line. */
	LINK_DEAF,
	/* The firmware's UART runs at baud, whatever the host has set. Of a terminal's; TCP has no
	 * speed. */
	LINK_WRONG_BAUD,
	/* RX and TX that touch, or a console that repeats what is typed. */
	LINK_ECHO,
	/* A watchdog, a crash or a dip of the supply: state is lost, nothing is heard for ms, then
	 * the banner is sent. */
	LINK_REBOOT,
	/* The cable is pulled, or a hub resets the port; in again after ms; 0: never. */
	LINK_UNPLUG,
	/* An endless loop in the firmware: nothing is taken or given until it is plugged again. */
	LINK_HANG,
	/* A firmware that does not raise CS# at the end of an operation, as after an error. */
	LINK_CS_STUCK,
	/* A host that writes opcode and parameters at once, or a driver that collects writes: both
	 * are in one USB packet. */
	LINK_JOIN,
	LINK_WHATS,
};

enum link_direction {
	LINK_TO_ADAPTER,
	LINK_TO_HOST,
	LINK_DIRECTIONS,
};

/*
 * What, where and when. Which of the numbers are used depends on what:
 *
 *	drop duplicate corrupt echo    each byte of the direction is a chance to act
 *	garbage stall                  the same: before that byte; with neither byte, command nor
 *	                               a probability below 1: once, from_ns after the opening
 *	hang reboot unplug             the same, but with operation and no byte: each command
 *	nak join cs-stuck              each command; cs-stuck: each O_SPIOP
 *	latency                        each reply, however long
 *	chunks                         each piece of one
 *	banner reset-on-open deaf      each opening of the line
 *	wrong-baud                     all bytes, while the speeds differ; acts once an opening
 *
 * With an opcode only commands of that opcode are counted, for from_nth as well; from_nth 0 is
 * then the first of them.
 *
 * All numbers start anew when a host opens the link, except count and the random numbers.
 */
struct link_fault {
	enum link_fault_what what;
	enum link_direction direction; /* of those that have one */

	bool at_byte; /* a byte is named, when.byte_from; from there on it acts at bytes */

	/*
	 * Of these the link knows:
	 *
	 *	opcode       of a command of the adapter's protocol
	 *	from_nth     from that command on; then the first byte is the one that follows its
	 *	             opcode. 0: none is waited for
	 *	byte_from    from that byte on
	 *	from_ns      not before; of wall time, since the link was opened, in whole ms
	 *	probability  of each chance to act
	 *	count
	 */
	struct base_fault_when when;

	uint32_t ms;                 /* see above; wall time */
	size_t size;                 /* chunks: bytes of a piece */
	uint32_t baud;               /* wrong-baud */
	uint8_t mask;                /* corrupt: bits that flip; 0: one, by chance */
	uint8_t text[LINK_TEXT_MAX]; /* garbage, banner, reset-on-open, reboot */
	size_t text_bytes;
};

/* Fills fault with the usual values: once, at the first chance, and numbers of real adapters. */
void link_fault_init(struct link_fault *fault, enum link_fault_what what);

/* Sets the text, n bytes; false when it is over LINK_TEXT_MAX. */
bool link_fault_set_text(struct link_fault *fault, const void *text, size_t n);

/* NULL when fault can act; else a few words on the values allowed, for a message. */
const char *link_fault_check(const struct link_fault *fault);

/* The number of matching commands that have to begin before the fault can act; 0: any byte will
 * do. */
uint64_t link_fault_operation(const struct link_fault *fault);

/* True when the host's side of the link needs a speed for it: a terminal. */
bool link_fault_needs_speed(enum link_fault_what what);

/* True when the adapter keeps a chip selected after it has acted. */
bool link_fault_keeps_selected(enum link_fault_what what);

/* True when such a fault has a direction to choose. */
bool link_fault_has_direction(enum link_fault_what what);

/* "drop", "reset-on-open" and so on. False when text is none of them. */
bool link_fault_what_from_string(const char *text, enum link_fault_what *what);
const char *link_fault_what_to_string(enum link_fault_what what);

/* "to-adapter", "to-host" */
bool link_direction_from_string(const char *text, enum link_direction *direction);
const char *link_direction_to_string(enum link_direction direction);

#endif
