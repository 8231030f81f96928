/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The adapters that can be chosen, as rows. The functions of a firmware, its limits and its
 * departures from the protocol text are data here.
 *
 * "spinor" follows the serprog protocol text, version 1, and offers every command of it. The other
 * rows are firmwares as their public sources have them; the commit stands with each where it is
 * known. Where a source leaves a default open, the row follows the text.
 *
 * Turnaround is one frame of full-speed USB, 1 ms, where nothing else is known.
 *
 * Leaves out: what a host sees of USB and TCP themselves; a memory overrun is at best a crash.
 *
 * flashrom, in the rows: what flashrom 1.3.0 did with a W25Q80DV on this emulation of it
 * (tests/system/profiles.test): "works" is probe, read and write; "hangs" is for ever.
 */
#include "serprog/profile.h"

#include <glib.h>

#include "serprog/divider.h"

#define FRAME_NS 1000000
#define MS_NS INT64_C(1000000)
#define MHZ 1000000u

/* Queries 00-05 and SYNCNOP, S_BUSTYPE, O_SPIOP: what each firmware has at least. */
#define BASE_COMMANDS 0x000d003fu
#define MAX_QUERIES (SERPROG_COMMAND(0x08) | SERPROG_COMMAND(0x11))
#define FREQUENCY SERPROG_COMMAND(0x14)
#define PIN_STATE SERPROG_COMMAND(0x15)
#define CHIP_SELECT SERPROG_COMMAND(0x16)

/* 72 MHz / 256 .. 2 */
static const uint32_t stm32_clocks[] = {
	281250, 562500, 1125000, 2250000, 4500000, 9000000, 18000000, 36000000, 0};

/* 16 MHz / 128 .. 2 */
static const uint32_t avr_clocks[] = {
	125000, 250000, 500000, 1000000, 2000000, 4000000, 8000000, 0};

/* The names of SPI2's speeds; the wire is up to 2.5 % faster. */
static const uint32_t hydrabus_clocks[] = {
	160000, 320000, 650000, 1310000, 2620000, 5250000, 10500000, 21000000, 0};

/* libfrser's table of lengths; 17 and 18 were O_POLL and O_POLL_DLY. O_WRITEN's is not in it. */
static const uint8_t frser_parameters[32] = {
	[0x09] = 3, [0x0a] = 6, [0x0c] = 4, [0x17] = 4, [0x18] = 8};

/* The ESP32 Bit Pirate's adapter mode, but for limits and order, where its versions differ. */
#define BITPIRATE                                                                         \
	.program = "ESP32-BP-SERPRG", .bus_types = 0x08, .chip_selects = 1,               \
	.commands = BASE_COMMANDS | MAX_QUERIES | FREQUENCY | PIN_STATE | CHIP_SELECT |   \
		SERPROG_COMMAND(0x17) | SERPROG_COMMAND(0x18),                            \
	.resets_bus = SERPROG_COMMAND(0x10) | PIN_STATE, .purges = SERPROG_COMMAND(0x10), \
	.clock_default_hz = 20 * MHZ, .clock_min_hz = 1, .clock_max_hz = 40 * MHZ,        \
	.zero = SERPROG_ZERO_CLOCK, .clock_zero_hz = 8 * MHZ, .pins_needed = true,        \
	.half_duplex_only = true, .cs_auto_keeps = true, .over = SERPROG_OVER_PURGE,      \
	.byte_timeout_ns = 1000 * MS_NS, .timeout = SERPROG_TIMEOUT_NAK,                  \
	.send_timeout_ns = 5000 * MS_NS, .survives_close = true, .turnaround_ns = FRAME_NS

static const struct serprog_profile profiles[] = {
	{
		.name = "spinor",
		.summary = "the protocol as written, every command offered",
		.program = "spinor",
		.commands = 0x01ffffff, /* 00-18 */
		.serial_buffer = 0xffff,
		.operation_buffer = 0xffff,
		/* Lengths of O_SPIOP are 24-bit and 0 is no byte there: 2^24 can't be asked for. */
		.write_max = 0xffffff,
		.read_max = 0xffffff,
		.bus_types = 0x08,
		.address_lines = 24,
		.chip_selects = 0,
		.clock_default_hz = 12000000,
		.clock_min_hz = 1,
		.clock_max_hz = 133000000,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* flashrom: works */
		.name = "bitpirate-1.6",
		.summary = "ESP32 Bit Pirate 1.6: 4 KiB, collects a write first; pins stay off "
			   "when the host has gone",
		BITPIRATE,
		.serial_buffer = 4160,
		.write_max = 4096,
		.read_max = 4096,
		.order = SERPROG_COLLECT,
	},
	{
		/* 88821901; flashrom: works */
		.name = "bitpirate",
		.summary = "ESP32 Bit Pirate after 1.6: streams, a broken off write reaches the "
			   "chip; pins stay off when the host has gone",
		BITPIRATE,
		.serial_buffer = 0xffff,
		.write_max = 0xffffff,
		.read_max = 0xffffff,
	},
	{
		/* stacksmashing/pico-serprog; flashrom: works */
		.name = "pico-serprog",
		.summary = "Raspberry Pi Pico, PIO: no limits told, but a write over 4096 bytes "
			   "hangs; S_PIN_STATE does nothing",
		.program = "pico-serprog",
		.commands = BASE_COMMANDS | FREQUENCY | PIN_STATE,
		.serial_buffer = 0xffff,
		.bus_types = 0x08,
		.bus_rule = SERPROG_BUS_WITHIN,
		.clock_default_hz = 1 * MHZ,
		.clock_min_hz = 1,
		.clock_max_hz = 31250000,
		.clock = serprog_divider_rp2040_pio,
		.pin_state_ignored = true,
		.reread_bytes = 4096,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* flashrom: works */
		.name = "pico-kukrimate",
		.summary = "Raspberry Pi Pico, SPI block: no limits, real S_PIN_STATE",
		.program = "pico-serprog",
		.commands = BASE_COMMANDS | FREQUENCY | PIN_STATE,
		.serial_buffer = 0xffff,
		.bus_types = 0x08,
		.clock_default_hz = 12 * MHZ,
		.clock_min_hz = 1,
		.clock_max_hz = UINT32_MAX,
		.clock = serprog_divider_rp2040_spi,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* flashrom: works; 1.3.0 never sends S_SPI_CS, newer ones do for cs= */
		.name = "pico-ytec",
		.summary = "Raspberry Pi Pico, four chip selects: S_SPI_CS of a line that exists "
			   "is not answered",
		.program = "pico-serprog",
		.commands = BASE_COMMANDS | FREQUENCY | PIN_STATE | CHIP_SELECT,
		.serial_buffer = 0xffff,
		.bus_types = 0x08,
		.chip_selects = 4,
		.unacknowledged = CHIP_SELECT,
		.clock_default_hz = 12 * MHZ,
		.clock_min_hz = 1,
		.clock_max_hz = UINT32_MAX,
		.clock = serprog_divider_rp2040_spi,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* dword1511, c74b4ed; flashrom: works */
		.name = "stm32-vserprog",
		.summary = "STM32: silent on what it does not know; clocks 36 MHz / 2^n",
		.program = "stm32-vserprog",
		.commands = BASE_COMMANDS | FREQUENCY | PIN_STATE,
		.unknown = SERPROG_UNKNOWN_SILENCE,
		.serial_buffer = 0xffff,
		.bus_types = 0x08,
		.bus_rule = SERPROG_BUS_WITHIN,
		.clock_default_hz = 10 * MHZ, /* and gets 9 */
		.clock_min_hz = 1,
		.clock_max_hz = UINT32_MAX,
		.clocks = stm32_clocks,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* thisiseth, e1ef014, on USB; flashrom: works */
		.name = "esp32-serprog",
		.summary = "ESP32: 2047 bytes told, 4094 in all taken; NAK at once when over, the "
			   "data is then run as commands",
		.program = "esp32-serprog",
		.commands = BASE_COMMANDS | MAX_QUERIES | FREQUENCY,
		.serial_buffer = 0xffff,
		.write_max = 2047,
		.read_max = 2047,
		.write_limit = SERPROG_NO_LIMIT,
		.read_limit = SERPROG_NO_LIMIT,
		.total_limit = 4094,
		.over = SERPROG_OVER_NAK,
		.order = SERPROG_COLLECT_ALL,
		.bus_types = 0x08,
		.bus_rule = SERPROG_BUS_WITHIN,
		.clock_default_hz = 8 * MHZ,
		.clock_min_hz = 1,
		.clock_max_hz = UINT32_MAX,
		.clock_fail_hz = 80 * MHZ,
		.clock = serprog_divider_esp32,
		.turnaround_ns = 10 * MS_NS, /* a scheduler tick after each command */
	},
	{
		/* urjaman, 4483292, libfrser a628f19, ATmega328P at 115200 baud; flashrom: works */
		.name = "frser-duino",
		.summary =
			"Arduino, libfrser: takes the parameters of what it NAKs; 17 and 18 are "
			"older commands; MOSI is high while it reads; bytes that arrive then are "
			"lost after 1020 bytes",
		.program = "frser-duino",
		.commands = BASE_COMMANDS | MAX_QUERIES | FREQUENCY | PIN_STATE |
			SERPROG_COMMAND(0x07) | SERPROG_COMMAND(0x0b) | SERPROG_COMMAND(0x0e) |
			SERPROG_COMMAND(0x0f),
		.refused_bytes = frser_parameters,
		.serial_buffer = 1020,
		.ring_bytes = 1020, /* as it says itself; nothing tells of an overflow */
		.operation_buffer = 12,
		.operation_buffer_fake = true,
		.write_max = 1013,
		.read_max = 23552,
		.write_limit = SERPROG_NO_LIMIT,
		.read_limit = SERPROG_NO_LIMIT,
		.mosi_high = true,
		.bus_types = 0x08,
		.bus_rule = SERPROG_BUS_ALWAYS,
		.clock_default_hz = 8 * MHZ,
		.clock_min_hz = 1,
		.clock_max_hz = UINT32_MAX,
		.clocks = avr_clocks,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* hydrafw, dfb2879; flashrom: works */
		.name = "hydrabus",
		.summary = "HydraBus: NOP and what it does not know are not answered; SPI is off "
			   "until S_PIN_STATE 1; 4 KiB, NAK at once when over",
		.program = "Hydrabus",
		.commands = BASE_COMMANDS | MAX_QUERIES | FREQUENCY | PIN_STATE,
		.unknown = SERPROG_UNKNOWN_SILENCE,
		.unacknowledged = SERPROG_COMMAND(0x00),
		.serial_buffer = 16,
		.write_max = 4096,
		.read_max = 4096,
		.over = SERPROG_OVER_NAK,
		.order = SERPROG_COLLECT_ALL,
		.pins_off = true,
		.bus_types = 0x08,
		.bus_rule = SERPROG_BUS_ALWAYS,
		.clock_default_hz = 21 * MHZ,
		.clock_min_hz = 1,
		.clock_max_hz = UINT32_MAX,
		.clocks = hydrabus_clocks,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* 9elements, 3fc430b; flashrom: hangs. It writes an opcode and its parameters one
		 * after the other: two packets on USB, but a pseudo-terminal joins them. */
		.name = "picoprog",
		.summary = "Raspberry Pi Pico, 9elements: parameters that come together with their "
			   "opcode are lost; a length over 2048 is a crash",
		.program = "Picoprog",
		.commands = BASE_COMMANDS | MAX_QUERIES | FREQUENCY | PIN_STATE,
		.unknown = SERPROG_UNKNOWN_ACK,
		.refused = SERPROG_UNKNOWN_NAK,
		.known = 0x007fffff, /* 00-16 */
		.packet_bytes = 64,
		.serial_buffer = 0xffff,
		.write_max = 2048,
		.read_max = 2048,
		.over = SERPROG_OVER_RESET,
		.order = SERPROG_COLLECT_ALL,
		.pin_state_ignored = true, /* an LED shows it */
		.bus_types = 0x08,
		.bus_rule = SERPROG_BUS_EQUAL,
		.clock_default_hz = 12 * MHZ,
		.clock_min_hz = 1,
		.clock_max_hz = UINT32_MAX,
		.zero = SERPROG_ZERO_ECHO,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* jhbdream, 61b59cc; flashrom: works */
		.name = "serprog-pico",
		.summary = "Raspberry Pi Pico, jhbdream: S_BUSTYPE and S_SPI_FREQ are ACKed before "
			   "their parameters; no Q_SERBUF; silent on what it does not know",
		.program = "pico serprog",
		.commands = (BASE_COMMANDS | MAX_QUERIES | FREQUENCY) & ~SERPROG_COMMAND(0x04),
		.unknown = SERPROG_UNKNOWN_SILENCE,
		.early_ack = SERPROG_COMMAND(0x12) | FREQUENCY,
		.write_max = 256,
		.read_max = 65536,
		/* One buffer, nothing is checked. */
		.write_limit = 65536,
		.over = SERPROG_OVER_RESET,
		.order = SERPROG_COLLECT_ALL,
		.bus_types = 0x08,
		.clock_default_hz = 31250000,
		.clock_min_hz = 1,
		.clock_max_hz = UINT32_MAX,
		.clock = serprog_divider_rp2040_spi,
		.zero = SERPROG_ZERO_ECHO,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* bit2shift, 254a208; flashrom: works */
		.name = "serprog-due",
		.summary =
			"Arduino Due: clock held to 4-84 MHz and then echoed; a byte late by 1 s "
			"is a NAK, the chip has seen what came before",
		.program = "serprog-due",
		.commands = BASE_COMMANDS | FREQUENCY,
		.serial_buffer = 256,
		.bus_types = 0x08,
		.bus_rule = SERPROG_BUS_EQUAL,
		.clock_default_hz = 4 * MHZ, /* Arduino's own */
		.clock_min_hz = 4 * MHZ,
		.clock_max_hz = 84 * MHZ,
		.byte_timeout_ns = 1000 * MS_NS, /* Arduino's Stream */
		.timeout = SERPROG_TIMEOUT_NAK,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* CH552; flashrom: works */
		.name = "ezp2019",
		.summary = "EZP2019+ (CH552): clock 12 MHz / n, 4 MHz at most; has S_VCC (1A); a "
			   "byte late by 0.5 s resets it",
		.program = "ezp2019-serprog",
		.commands = BASE_COMMANDS | MAX_QUERIES | FREQUENCY | SERPROG_COMMAND(0x1a),
		.serial_buffer = 0xffff,
		.write_max = 0xffffff,
		.read_max = 0xffffff,
		.mosi_high = true,
		.bus_types = 0x08,
		.bus_rule = SERPROG_BUS_WITHIN,
		.clock_default_hz = 1500000,
		.clock_min_hz = 1,
		.clock_max_hz = 4 * MHZ,
		.clock = serprog_divider_ch552,
		/* Between commands it waits 2 s and starts to wait again. */
		.byte_timeout_ns = 500 * MS_NS,
		.timeout = SERPROG_TIMEOUT_RESET,
		.send_timeout_ns = 500 * MS_NS,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* nankeen, 505c409; flashrom: refuses it, exit status 1 */
		.name = "stm32-serprog-rs",
		.summary = "STM32 in Rust: SYNCNOP answers ACK, NAK: no host gets in step; replies "
			   "over 33 bytes are lost",
		.program = "stm32-vserprog",
		.commands = BASE_COMMANDS | FREQUENCY | PIN_STATE,
		.unknown = SERPROG_UNKNOWN_SILENCE,
		.sync_reversed = true,
		.reply_max = 33,
		.serial_buffer = 0xffff,
		.write_limit = 128,
		.read_limit = 128,
		.order = SERPROG_COLLECT_ALL,
		.bus_types = 0x08,
		.clock_default_hz = 1 * MHZ,
		.clock_min_hz = 1,
		.clock_max_hz = UINT32_MAX,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* flashrom: works */
		.name = "zephyr-serprog",
		.summary = "Zephyr: a command broken off for 300 ms is dropped in silence; 4096 "
			   "bytes told, 4091 taken",
		.program = "zephyr-serprog",
		.commands = BASE_COMMANDS | MAX_QUERIES | FREQUENCY | SERPROG_COMMAND(0x07),
		.serial_buffer = 4096,
		.operation_buffer = 4096,
		.write_max = 4096,
		.read_max = 4096,
		/* Six bytes of the buffer's count are the header's. NAK when it is full. */
		.write_limit = 4091,
		.over_takes = 4091,
		.order = SERPROG_COLLECT_ALL,
		.bus_types = 0x08,
		.bus_rule = SERPROG_BUS_EQUAL,
		.clock_default_hz = 1 * MHZ,
		.clock_min_hz = 1,
		.clock_max_hz = UINT32_MAX,
		.byte_timeout_ns = 300 * MS_NS,
		.timeout = SERPROG_TIMEOUT_DROP,
		.turnaround_ns = FRAME_NS,
	},
	{
		/* 8bec710d, clock as by default; flashrom: works */
		.name = "glasgow",
		.summary = "Glasgow: fixed clock of 100 kHz; O_SPIOP is ACKed before its data",
		.program = "Glasgow serprog",
		.commands = BASE_COMMANDS,
		.serial_buffer = 0xffff,
		.bus_types = 0x08,
		.bus_rule = SERPROG_BUS_EQUAL,
		.order = SERPROG_STREAM_ACK_EARLY,
		.clock_default_hz = 100000,
		.clock_min_hz = 1,
		.clock_max_hz = UINT32_MAX,
		.turnaround_ns = FRAME_NS,
	},
};

const struct serprog_profile *
serprog_profiles(size_t *n)
{
	*n = G_N_ELEMENTS(profiles);
	return profiles;
}
