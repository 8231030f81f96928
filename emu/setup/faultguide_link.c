/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guide to faults of the line to the host: symptom and remedy of each kind.
 *
 * The event is the first sentence about the kind in spinor-bench(5); what the host sees and how to
 * fix it begin as in the row of the bench in examples/README.md. Suite fault_guide compares them.
 */
#include "setup/faultguide.h"

const struct setup_fault_guide setup_fault_guides_link[LINK_WHATS] = {
	[LINK_DROP] = {SETUP_SYMPTOM_PORT, "a byte is lost",
		.event = "A byte is lost: a UART overrun, a dropped USB packet.",
		.seen = "flashrom hangs in a read. It waits for the byte, without a time limit. "
			"A byte that is lost on the way to the adapter makes it hang as well.",
		.find = "spinor fault list counts the lost bytes.",
		.fix = "A time limit for flashrom, then try again; hardware flow control. In a "
		       "script: timeout 600 flashrom and its arguments.",
		.example = "drop direction=to-host operation=10", .bench = "lost-byte-to-host",
		.usual = "count=1"},
	[LINK_DUPLICATE] = {SETUP_SYMPTOM_PORT, "a byte arrives twice",
		.event = "A byte arrives twice: a USB packet is sent again.",
		.seen = "In a reply with data, all bytes after it are shifted by one, and the "
			"next command fails: \"invalid response\" and a byte of data.",
		.find = "Two reads are equal up to a point, and shifted by one byte after it.",
		.fix = "Run it again; if it happens often, use another cable, hub or bridge.",
		.example = "duplicate operation=8 byte=1000", .usual = "count=1"},
	[LINK_CORRUPT] = {SETUP_SYMPTOM_DATA, "bits of a byte are inverted",
		.event = "Bits of a byte are inverted, by noise or by UART clocks that differ "
			 "too much.",
		.seen = "Two reads differ, without an error. flashrom ends with status 0: "
			"serprog has no checksum.",
		.find = "Read twice and compare. Better wires to the chip do not help; spinor "
			"fault list counts the bytes.",
		.fix = "Shorter cable, slower line; an adapter with native USB.",
		.example = "corrupt direction=to-host chance=1e-5 count=100",
		.bench = "corrupt-serial-line", .usual = "count=1"},
	[LINK_STALL] = {SETUP_SYMPTOM_PORT, "the transfer stops",
		.event = "The transfer stops for some time, or permanently: a suspended hub, a "
			 "network failure.",
		.seen = "The host waits until the transfer continues, or without end. When it "
			"stops as the port is opened, flashrom prints \"Error: NAK to query "
			"interface version\".",
		.find = "spinor fault list counts the stops; the line carries nothing meanwhile.",
		.fix = "Another hub or port without power saving; a time limit for the host.",
		.example = "stall time=2s", .usual = "count=1"},
	[LINK_LATENCY] = {SETUP_SYMPTOM_SLOW, "each reply is delayed",
		.event = "Each reply is delayed: the timer of a USB converter, a network.",
		.seen = "Writes are slow, reads are not. A read is one long reply and takes no "
			"longer; a write has thousands of short ones.",
		.find = "Compare the time of a read with that of a write. spinor fault list "
			"counts the replies.",
		.fix = "Set latency_timer of the driver to 1.", .example = "latency time=16ms",
		.bench = "latency", .usual = "time=16ms"},
	[LINK_CHUNKS] = {SETUP_SYMPTOM_SLOW, "replies arrive in small pieces",
		.event = "Replies arrive in small pieces, as with USB packets.",
		.seen = "Nothing with flashrom, which reads until it has all bytes. A host that "
			"takes one read() for one reply gets a part of it.",
		.find = "spinor fault list counts the pieces. strace of the host shows short "
			"reads.",
		.fix = "The host has to read until the reply is complete.",
		.example = "chunks size=1"},
	[LINK_NAK] = {SETUP_SYMPTOM_PORT, "the firmware refuses a command",
		.event = "The firmware refuses a command that it supports.",
		.seen = "A message in the middle of a write that succeeds. flashrom prints "
			"\"spi_write_cmd failed during command execution\" and tries another "
			"erase command.",
		.find = "spinor fault list counts the refusals.",
		.fix = "Firmware with more free memory. The host has to keep to the limits "
		       "that the adapter reports.",
		.example = "nak command=O_SPIOP operation=20", .bench = "nak", .usual = "count=1"},
	[LINK_GARBAGE] = {SETUP_SYMPTOM_PORT, "another program writes to the port",
		.event = "Another program writes to the port, such as a modem manager, or the "
			 "board prints its messages there.",
		.seen = "Various errors at times, mostly after plugging in. flashrom prints "
			"\"NAK to a stream buffer operation\" or \"invalid response\". Text to "
			"the host is in the dump.",
		.find = "On hardware lsof names the program that has the port open. spinor "
			"fault list counts the texts.",
		.fix = "Exclude the port from ModemManager. A udev rule with "
		       "ID_MM_DEVICE_IGNORE does that.",
		.example = "garbage direction=to-adapter operation=20", .bench = "modem-manager",
		.usual = "direction=to-adapter text=AT\\r count=1"},
	[LINK_BANNER] = {SETUP_SYMPTOM_SLOW, "the firmware sends a greeting",
		.event = "The firmware sends a greeting when the port is opened.",
		.seen = "Nothing: flashrom discards the greeting. Over TCP flashrom discards no "
			"input, and fails.",
		.find = "spinor fault list counts it. A terminal program shows the text.",
		.fix = "Nothing to do. For a host that does not discard its input: firmware "
		       "without a greeting.",
		.example = "banner", .bench = "boot-banner"},
	[LINK_RESET_ON_OPEN] = {SETUP_SYMPTOM_PORT, "opening the port resets the adapter",
		.event = "Opening the port resets the adapter's board, which ignores all input "
			 "while its boot loader waits, and then sends a greeting.",
		.seen = "Nothing: the board is ready before flashrom begins. A boot of more "
			"than a second makes flashrom print \"Error: cannot synchronize "
			"protocol\".",
		.find = "spinor fault list counts it.",
		.fix = "Nothing to do. If it is slower than the host: keep the port open, or "
		       "cut DTR.",
		.example = "reset-on-open time=800ms", .bench = "reset-on-open",
		.usual = "time=800ms"},
	[LINK_DEAF] = {SETUP_SYMPTOM_PORT, "the adapter ignores the host",
		.event = "The firmware waits for DTR, which this opening does not raise, or its "
			 "USB works only from the second opening on.",
		.seen = "Error: cannot synchronize protocol; the second time it works. flashrom "
			"ends with status 1.",
		.find = "It works after another program, such as a terminal, has opened the "
			"port.",
		.fix = "Open the port once before. stty -F /dev/ttyACM0 hup does that.",
		.example = "deaf count=1", .bench = "needs-dtr", .usual = "count=1"},
	[LINK_WRONG_BAUD] = {SETUP_SYMPTOM_PORT, "host and adapter differ in baud rate",
		.event = "The firmware's UART has a fixed baud rate; with a host at another "
			 "rate, both receive wrong bytes.",
		.seen = "Error: cannot synchronize protocol. flashrom ends with status 1.",
		.find = "The baud rate is in the source or the manual of the firmware.",
		.fix = "Set the adapter's baud rate after the device. For example -p "
		       "serprog:dev=/dev/ttyUSB0:57600.",
		.example = "wrong-baud baud=57600", .bench = "wrong-baud"},
	[LINK_ECHO] = {SETUP_SYMPTOM_PORT, "all bytes come back",
		.event = "All bytes that the host sends are returned to it: RX and TX are "
			 "shorted.",
		.seen = "Error: cannot synchronize protocol. flashrom ends with status 1.",
		.find = "Type at the port with a terminal program: a serprog adapter echoes "
			"nothing.",
		.fix = "The right port, the right firmware.", .example = "echo", .bench = "echo"},
	[LINK_REBOOT] = {SETUP_SYMPTOM_PORT, "the adapter restarts",
		.event = "The firmware restarts in the middle of its work and loses its state.",
		.seen = "flashrom hangs. It waits for a reply that does not come.",
		.find = "spinor fault list counts it; the greeting of the firmware is in the "
			"data.",
		.fix = "Kill flashrom and try again. If it happens often: a better supply for "
		       "the adapter.",
		.example = "reboot operation=20 time=800ms", .bench = "adapter-reboots",
		.usual = "time=800ms count=1"},
	[LINK_UNPLUG] = {SETUP_SYMPTOM_PORT, "the cable is unplugged",
		.event = "The cable is unplugged, and plugged in after some time or never.",
		.seen = "Serial port read error, or flashrom hangs. The error appears if "
			"flashrom waits for a reply at that moment.",
		.find = "On hardware the kernel log has it; spinor status shows an unplugged "
			"adapter.",
		.fix = "Plug it in and try again. Here spinor plug does that.",
		.example = "unplug operation=20", .bench = "unplug", .usual = "count=1"},
	[LINK_HANG] = {SETUP_SYMPTOM_PORT, "the firmware hangs",
		.event = "The firmware hangs until it is unplugged and plugged in again.",
		.seen = "flashrom hangs, and so does the next run. It waits for a reply, and "
			"the next run can't synchronise.",
		.find = "spinor fault list counts it.",
		.fix = "Unplug the adapter and plug it in again. Here spinor unplug and spinor "
		       "plug.",
		.example = "hang operation=20", .bench = "adapter-hangs",
		.usual = "direction=to-adapter count=1"},
	[LINK_CS_STUCK] = {SETUP_SYMPTOM_DATA, "CS# stays low after an operation",
		.event = "The firmware does not raise CS# at the end of an operation.",
		.seen = "The chip takes the next commands as data. flashrom ends with status 0, "
			"and data is missing or wrong.",
		.find = "spinor watch shows fewer operations than the host has sent.",
		.fix = "Other firmware, or a power cycle.", .example = "cs-stuck operation=8",
		.bench = "cs-stuck", .usual = "count=1"},
	[LINK_JOIN] = {SETUP_SYMPTOM_PORT, "opcode and parameters in one USB packet",
		.event = "The opcode of a command arrives in one USB packet with its parameters "
			 "and data, as from a host that writes them together or a driver that "
			 "collects writes.",
		.seen = "flashrom hangs before it finds a chip. Only firmwares that depend on "
			"packets lose something; spinor profiles names them.",
		.find = "spinor fault list counts the packets. With another profile the fault "
			"has no effect.",
		.fix = "Unplug the adapter and try again; firmware that reads a stream.",
		.example = "join command=O_SPIOP", .bench = "joined-packets", .usual = "count=1"},
};
