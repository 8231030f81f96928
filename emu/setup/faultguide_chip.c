/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guide to faults of the chip: symptom and remedy of each kind.
 *
 * The event is the first sentence about the kind in spinor-bench(5); what the host sees and how to
 * fix it begin as in the row of the bench in examples/README.md. Suite fault_guide compares them.
 */
#include "setup/faultguide.h"

const struct setup_fault_guide setup_fault_guides_chip[FLASH_FAULT_WHATS] = {
	[FLASH_FAULT_STUCK_CELL] = {SETUP_SYMPTOM_WRITE, "cells that can't be erased or programmed",
		.event = "Cells that can't hold a charge, or can't lose it.",
		.seen = "ERASE FAILED with one byte, always at the same address. flashrom "
			"prints the address, the expected byte and the byte that it found.",
		.find = "The address is the same in each try; with noise it is not.",
		.fix = "A new chip. An image that has the same bit there works, too.",
		.example = "stuck-cell address=0x1234 bits=01 level=0", .bench = "stuck-bit"},
	[FLASH_FAULT_WEAK_CELL] = {SETUP_SYMPTOM_DATA, "cells that read as 0 or 1 at random",
		.event = "Cells near the read threshold: they read as 0 or 1 at random.",
		.seen = "Two reads differ, at the same addresses each time. flashrom ends with "
			"status 0.",
		.find = "Read several times: the addresses that differ are the same in each "
			"pair of reads; with noise they are not.",
		.fix = "A new chip; for the backup, several reads and a majority vote.",
		.example = "weak-cell every=4096 bits=80", .bench = "weak-cells",
		.usual = "rate=0.5"},
	[FLASH_FAULT_NO_EFFECT] = {SETUP_SYMPTOM_WRITE, "programs or erases change nothing",
		.event = "A failed charge pump: an operation takes its time and has no effect, "
			 "and no flag reports it.",
		.seen = "Verifying fails, in whole pages of FF. Erases without effect end with "
			"\"ERASE FAILED!\".",
		.find = "spinor fault list counts these operations. In verified data whole "
			"pages are FF.",
		.fix = "Write again; if the same pages fail, a better supply or a new chip.",
		.example = "no-effect during=program probability=0.01", .bench = "lost-programs"},
	[FLASH_FAULT_ENDLESS] = {SETUP_SYMPTOM_PORT, "the chip stays busy",
		.event = "The chip hangs in an operation: it is busy until a reset or a power "
			 "loss.",
		.seen = "flashrom hangs in an erase. It reads the status register without a "
			"time limit.",
		.find = "spinor status shows busy, spinor watch one 05 after another.",
		.fix = "Kill flashrom, power cycle, fix the cause. Replace the chip if it "
		       "happens again.",
		.example = "endless during=erase count=1", .bench = "endless-busy"},
	[FLASH_FAULT_BROWN_OUT] = {SETUP_SYMPTOM_WRITE, "an operation pulls the supply down",
		.event = "The current of an operation pulls the supply down for an instant in "
			 "the middle of it.",
		.seen = "ERASE FAILED now and then, at a different block each time. An "
			"operation that is cut off leaves a block neither old nor blank.",
		.find = "spinord --trace FILE has \"interrupted\" for these operations, and "
			"spinor fault list counts them.",
		.fix = "Capacitors at the chip, a stronger supply. 100 nF and 4.7 uF between "
		       "VCC and GND.",
		.example = "brown-out down-to=0mV during=erase count=1", .bench = "supply-dips"},
	[FLASH_FAULT_SLOW] = {SETUP_SYMPTOM_SLOW, "operations take longer",
		.event = "Old or cold cells: an operation takes longer.",
		.seen = "Tools with a time limit give up and continue while the chip is busy. "
			"flashrom waits and ends with status 0.",
		.find = "spinor stats shows the busy time; spinor fault list counts the "
			"operations.",
		.fix = "A longer limit; flashrom has none. The data sheet's maximum time is "
		       "the right limit.",
		.example = "slow factor=10 during=erase", .bench = "slow-erase"},
	[FLASH_FAULT_READ_DISTURB] = {SETUP_SYMPTOM_WRITE, "reads change cells",
		.event = "Cells that are disturbed by reads.",
		.seen = "Verifying fails in single bits that were 1, more with each read. Reads "
			"end with status 0, but from some read on they differ.",
		.find = "Bits that were 1 are 0 in a block that is read often, and stay 0. "
			"spinor fault list counts the reads.",
		.fix = "Erase and write it again, and read it less often.",
		.example = "read-disturb after=1000 rate=1e-6", .bench = "read-disturb"},
};
