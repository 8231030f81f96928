/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guide to faults of the wires: symptom and remedy of each kind.
 *
 * The event is the first sentence about the kind in spinor-bench(5); what the host sees and how to
 * fix it begin as in the row of the bench in examples/README.md. Suite fault_guide compares them.
 */
#include "setup/faultguide.h"

const struct setup_fault_guide setup_fault_guides_wires[CLIP_FAULT_WHATS] = {
	[CLIP_OPEN] = {SETUP_SYMPTOM_NO_CHIP, "a line without contact",
		.event = "A broken wire, or an open contact of the clip.",
		.seen = "No chip is found; forced reads are all FF. flashrom prints \"No "
			"EEPROM/flash device found.\" and ends with status 1. With HOLD# or WP# "
			"open it depends on the pull resistors of the part.",
		.find = "spinor wiring marks the line: its two ends have different levels. On "
			"hardware a multimeter shows no continuity from the adapter's pin to "
			"the chip's.",
		.fix = "Re-seat the clip.", .example = "open line=miso",
		.bench = "no-contact-miso"},
	[CLIP_STUCK_0] = {SETUP_SYMPTOM_NO_CHIP, "a line shorted to ground",
		.event = "A solder splash to ground, or an unpowered board that clamps the line.",
		.seen = "No chip is found; forced reads are all 00. flashrom prints \"No "
			"EEPROM/flash device found.\" A board without a supply that clamps a "
			"line looks the same.",
		.find = "spinor wiring shows the line low at both ends while no chip is "
			"selected.",
		.fix = "Remove the solder splash. If an unpowered board clamps the line, "
		       "supply the board or lift the pin.",
		.example = "stuck-0 line=miso", .bench = "miso-to-ground"},
	[CLIP_STUCK_1] = {SETUP_SYMPTOM_NO_CHIP, "a line shorted to the supply",
		.event = "A solder splash to the supply.",
		.seen = "No chip is found: flashrom prints \"No EEPROM/flash device found.\", "
			"and a forced read is all FF if the line is MISO.",
		.find = "spinor wiring shows the line high at both ends also when it should be "
			"low.",
		.fix = "Remove the solder splash; look for it with the supply off.",
		.example = "stuck-1 line=miso"},
	[CLIP_SHORT] = {SETUP_SYMPTOM_NO_CHIP, "two lines touch each other",
		.event = "Two lines are shorted.",
		.seen = "No chip is found, all 00. flashrom prints \"No EEPROM/flash device "
			"found.\"",
		.find = "spinor wiring marks both lines, which have the same level.",
		.fix = "Remove the short. Look for the solder bridge with the supply off.",
		.example = "short line=miso with=mosi", .bench = "mosi-miso-short"},
	[CLIP_PULL_UP] = {SETUP_SYMPTOM_NO_CHIP, "a resistor to the supply",
		.event = "A resistor to the supply.",
		.seen = "Nothing as long as an output drives the line. Without one, as with an "
			"open contact, the line is high: MISO reads as FF.",
		.find = "spinor wiring shows the line high at that end where it should float or "
			"be low.",
		.fix = "Remove the resistor, or drive the line.",
		.example = "pull-up line=hold side=chip"},
	[CLIP_PULL_DOWN] = {SETUP_SYMPTOM_NO_CHIP, "a resistor to ground",
		.event = "A resistor to ground.",
		.seen = "No chip is found if the line is HOLD# or RESET#. An open MISO reads as "
			"00 instead of FF. Otherwise nothing.",
		.find = "spinor wiring shows the line low at that end where it should be high "
			"or float.",
		.fix = "Remove the resistor, or tie the pin to VCC.",
		.example = "pull-down line=hold"},
	[CLIP_PULL_NONE] = {SETUP_SYMPTOM_NO_CHIP, "a pull resistor is missing",
		.event = "The resistor that the design provides is missing.",
		.seen = "Nothing as long as an output drives the line. Without one the level is "
			"random: an open MISO reads as noise, an open HOLD# stops the chip at "
			"times.",
		.find = "spinor wiring shows the line as floating.",
		.fix = "Fit the resistor, or tie the pin to VCC.",
		.example = "pull-none line=miso"},
	[CLIP_ROTATED] = {SETUP_SYMPTOM_NO_CHIP, "the clip is on the wrong way round",
		.event = "The clip is on the wrong way round: contact 1 on pin 5, and so on.",
		.seen = "No chip is found; the adapter gets warm. flashrom prints \"No "
			"EEPROM/flash device found.\"",
		.find = "spinor wiring marks all lines: VCC is low at the chip and ground is "
			"high.",
		.fix = "Turn the clip. Remove the clip at once, and look for the mark of pin 1.",
		.example = "rotated", .bench = "rotated-clip"},
	[CLIP_SHIFTED] = {SETUP_SYMPTOM_NO_CHIP, "the clip is off by one pin",
		.event = "The clip is off by one pin.",
		.seen = "No chip is found. flashrom prints \"No EEPROM/flash device found.\"",
		.find = "spinor wiring marks all lines, and VCC is floating at the chip.",
		.fix = "Move the clip by one pin.", .example = "shifted pins=1",
		.bench = "shifted-clip"},
	[CLIP_MIRRORED] = {SETUP_SYMPTOM_NO_CHIP, "the two rows of the cable are exchanged",
		.event = "The two rows of the cable or the clip are exchanged: contact 1 on pin "
			 "8, contact 2 on pin 7, and so on.",
		.seen = "No chip is found, all FF. flashrom prints \"No EEPROM/flash device "
			"found.\"",
		.find = "spinor wiring marks all lines. A multimeter shows no continuity "
			"between the adapter's ground and pin 4 of the chip.",
		.fix = "Turn the plug, or crimp it on again. Turning the clip adds a second "
		       "mistake.",
		.example = "mirrored", .bench = "mirrored-cable"},
	[CLIP_SWAPPED] = {SETUP_SYMPTOM_NO_CHIP, "the wires of MOSI and MISO are exchanged",
		.event = "The wires of MOSI and MISO are exchanged.",
		.seen = "No chip is found, or an unknown one. flashrom prints \"No EEPROM/flash "
			"device found.\"",
		.find = "spinor wiring marks just these two lines.",
		.fix = "Swap the two wires. The adapter's MOSI is connected to the chip's DI.",
		.example = "swapped", .bench = "swapped-data-lines"},
	[CLIP_CONTACT] = {SETUP_SYMPTOM_DATA, "a contact opens now and then",
		.event = "A contact on an oxidised pin: it opens now and then, for some time.",
		.seen = "Two reads differ, without an error. flashrom ends with status 0. With "
			"MOSI a verify fails in some pages; with CS# the chip is unknown at "
			"times.",
		.find = "Read twice and compare. spinor fault list counts how often the contact "
			"opened.",
		.fix = "Clean pins and clip, re-seat it, read twice and compare.",
		.example = "contact line=miso rate=1e-6", .bench = "loose-clip"},
	[CLIP_BIT_ERROR] = {SETUP_SYMPTOM_DATA, "noise inverts single bits",
		.event = "Long wires beside noisy ones: single bits are inverted.",
		.seen = "Two reads differ in single bits, without an error. flashrom ends with "
			"status 0. With MOSI a verify fails, or a write enable is lost.",
		.find = "Read twice and compare: single bits differ, at different addresses "
			"each time.",
		.fix = "Wires below 10 cm, a ground wire beside each, a slower clock.",
		.example = "bit-error line=miso rate=1e-6", .bench = "long-wires"},
	[CLIP_SLIP] = {SETUP_SYMPTOM_DATA, "a clock too few or too many",
		.event = "Ringing on CLK: the chip misses an edge, or counts one twice, and the "
			 "rest of the operation is shifted by one bit.",
		.seen = "From some byte on a read is shifted by one bit. flashrom ends with "
			"status 0; the next operation is right again.",
		.find = "Two reads are equal up to a point, and differ in nearly every byte "
			"after it.",
		.fix = "A resistor of 33 ohms in CLK, shorter wires.", .example = "slip rate=1e-7",
		.bench = "clock-slip", .usual = "rate=1e-7"},
	[CLIP_BOUNCE] = {SETUP_SYMPTOM_DATA, "a glitch on CS# ends the operation",
		.event = "A glitch on CS#: the line is high for an instant in the middle of an "
			 "operation.",
		.seen = "From some byte on a read is all FF or another part of the chip. "
			"flashrom ends with status 0.",
		.find = "Two reads are equal up to a point, and after it one of them is all FF.",
		.fix = "A resistor in CS#, shorter wires, a ground wire beside it.",
		.example = "bounce rate=1e-7", .bench = "cs-bounces", .usual = "rate=1e-7"},
	[CLIP_TOO_FAST] = {SETUP_SYMPTOM_DATA, "the clock is too fast for the wires",
		.event = "Wires with too much capacitance for the clock: a bit is sampled before "
			 "its edge has arrived.",
		.seen = "Reads are wrong above some MHz. flashrom ends with status 0. With MOSI "
			"a verify fails in single bits.",
		.find = "Read at two clocks and compare: the slower one is right.",
		.fix = "A slower clock (spispeed=). Shorter wires help as well.",
		.example = "too-fast line=miso limit=8MHz", .bench = "clock-too-fast"},
	[CLIP_BURST_ERROR] = {SETUP_SYMPTOM_DATA, "long operations pull the supply down",
		.event = "No decoupling capacitor at the chip: a long operation pulls the chip's "
			 "supply down, and from that point on bits are wrong.",
		.seen = "IDs and short reads are right, long reads are not. flashrom finds the "
			"chip and ends with status 0.",
		.find = "Read twice and compare: the first bytes of each operation are right, "
			"later ones differ.",
		.fix = "100 nF between VCC and GND at the chip.",
		.example = "burst-error rate=1e-4 after=256", .bench = "missing-capacitor",
		.usual = "rate=1e-4"},
	[CLIP_WEAK_GROUND] = {SETUP_SYMPTOM_DATA, "a thin ground wire",
		.event = "A thin ground wire: the chip's ground level jumps when several lines "
			 "switch together.",
		.seen = "Reads are wrong in many bits, without an error. flashrom finds the "
			"chip, since an ID has few edges, and ends with status 0.",
		.find = "Read twice and compare: bytes with many changing bits are wrong most "
			"often.",
		.fix = "A short, thick ground wire.", .example = "weak-ground rate=1e-6",
		.bench = "no-ground"},
	[CLIP_LATE] = {SETUP_SYMPTOM_NO_CHIP, "MISO arrives one or more clocks late",
		.event = "MISO arrives several clocks late, because of level shifters, isolators "
			 "or long wires; eight clocks correspond to a host that omits a dummy "
			 "byte, or a chip that sends one.",
		.seen = "An unknown chip with ID F7 A0 0A. A delay of 8 clocks gives an ID that "
			"begins with FF.",
		.find = "Shift the ID by one bit to the left and look it up.",
		.fix = "A slower clock, or a faster level shifter. A delay of 8 clocks is a "
		       "wrong number of dummy cycles in the host.",
		.example = "late clocks=1", .bench = "late-data"},
	[CLIP_EARLY] = {SETUP_SYMPTOM_NO_CHIP, "the host samples MISO too early",
		.event = "The adapter samples MISO several clocks early: in place of each bit it "
			 "gets a later one.",
		.seen = "An unknown chip with ID DE 80 28. The ID is shifted by one bit to the "
			"left.",
		.find = "Shift the ID by one bit to the right and look it up.",
		.fix = "SPI mode 0. Mode 3 works as well.", .example = "early clocks=1",
		.bench = "early-sample"},
	[CLIP_MASTER] = {SETUP_SYMPTOM_NO_CHIP, "the board's processor uses the bus too",
		.event = "The clip supplies the board's own processor, which also reads the chip.",
		.seen = "An unknown chip, or none. If the processor reads the chip only at "
			"times, two reads differ.",
		.find = "spinor fault list shows the second master. An oscilloscope shows "
			"clocks while the adapter is idle.",
		.fix = "Hold the processor in reset. Here spinor board reset does that.",
		.example = "master period=100ms duty=0.3", .bench = "board-drives-bus",
		.usual = "period=100ms duty=0.3"},
	[CLIP_BOARD_WRITES] = {SETUP_SYMPTOM_DATA, "the board stores its own data in the chip",
		.event = "The board runs and stores its own data in the chip, firmware settings "
			 "or a log: it appends random bytes to a region, erases each sector of 4 "
			 "KiB before its first write to it, and starts again at the end.",
		.seen = "Two reads differ in one region; verifying fails there. If its commands "
			"follow a write enable of the host, an erase fails or a page is lost.",
		.find = "Two reads differ in one region only, and a third has more of the new "
			"data. spinor fault list counts the writes.",
		.fix = "Hold the processor in reset, or disconnect the board's supply. Here "
		       "spinor board reset does that.",
		.example = "board-writes address=0xF0000-0xFFFFF period=1s",
		.bench = "board-writes-its-own-data", .usual = "address=(last_64_KiB) period=1s"},
};
