/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The W25Q128JV at its pins, frame by frame, against its data sheet rev. M (sections at the rows).
 * Each row starts with a chip as delivered, brings it into a state by other frames, sends one frame
 * and compares the whole reply, the outcome of the command, and status register 1 after it.
 */
#include "suites.h"

#include "chipdb/chipdb.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "store/image.h"

#include <glib.h>
#include <string.h>

#define FRAME_MAX 16
#define ANY -1

static struct chipdb *db;
static struct store_wafer *wafer;
static struct store_image *image;
static const struct flash_part *part;
static uint8_t *array;
static struct flash *chip;
static int64_t now;
static enum flash_outcome outcome;
static unsigned int n_ready, n_nonvolatile;

static void
heard(void *data, const struct flash_event *event)
{
	(void)data;
	if (event->kind == FLASH_EVENT_COMMAND)
		outcome = event->outcome;
	n_ready += event->kind == FLASH_EVENT_READY;
	n_nonvolatile += event->kind == FLASH_EVENT_NONVOLATILE;
}

static void
setup(void)
{
	static const struct flash_listener listener = {.event = heard};
	GError *error = NULL;

	db = chipdb_open(NULL, &error);
	ck_assert_msg(db != NULL, "%s", error->message);
	part = chipdb_find(db, "W25Q128JV", &error);
	ck_assert_msg(part != NULL, "%s", error ? error->message : "");
	wafer = store_wafer_new(&error);
	image = store_image_open(
		&(struct store_image_plan){.size = part->size, .wafer = wafer}, &error);
	ck_assert_msg(image != NULL, "%s", error ? error->message : "");
	array = store_image_array(image);
	chip = flash_new(part, array, 1);
	flash_set_listener(chip, &listener);
	now = 0;
	n_ready = n_nonvolatile = 0;
}

static void
teardown(void)
{
	flash_destroy(chip);
	store_image_close(image);
	store_wafer_destroy(wafer);
	chipdb_close(db);
}

static void
later(int64_t ns)
{
	now += ns;
	flash_tick(chip, now);
}

/* One frame: sends n bytes of in, records the reply, and adds extra bits at the end. */
static void
frame(const uint8_t *in, uint8_t *out, size_t n, unsigned int extra_bits)
{
	flash_select(chip);
	flash_shift(chip, in, out, n);
	flash_deselect(chip, extra_bits);
}

static void
send_hex(const char *hex)
{
	uint8_t in[FRAME_MAX];
	size_t n = 0;

	for (; *hex; hex += hex[2] ? 3 : 2)
		in[n++] =
			(uint8_t)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
	frame(in, NULL, n, 0);
}

/* Frames separated by commas; "~" waits until everything has completed, "%" for a millisecond. */
static void
script(const char *frames)
{
	g_auto(GStrv) list = g_strsplit(frames, ",", -1);

	for (char **item = list; *item; item++) {
		if (strcmp(*item, "~") == 0)
			later(INT64_C(300) * 1000000000);
		else if (strcmp(*item, "%") == 0)
			later(1000000);
		else if (**item)
			send_hex(*item);
	}
}

static uint8_t
status(uint8_t opcode)
{
	uint8_t in[2] = {opcode}, out[2];

	frame(in, out, 2, 0);
	return out[1];
}

struct row {
	const char *what;
	const char *before; /* script */
	const char *in;
	unsigned int extra_bits;
	const char *out; /* from the first byte on; ".." is not compared; NULL: not compared */
	enum flash_outcome outcome;
	int sr1; /* right after it; ANY: not compared */
};

static const struct row rows[] = {
	/* 8.2.22 to 8.2.27 */
	{"RDID", "", "9F 00 00 00", 0, "FF EF 40 18", FLASH_DONE, 0x00},
	{"RDID goes on", "", "9F 00 00 00 00", 0, "FF EF 40 18 00", FLASH_DONE, 0x00},
	{"REMS", "", "90 00 00 00 00 00 00", 0, "FF FF FF FF EF 17 EF", FLASH_DONE, 0x00},
	{"REMS from 1", "", "90 00 00 01 00 00", 0, "FF FF FF FF 17 EF", FLASH_DONE, 0x00},
	{"RES", "", "AB 00 00 00 00 00", 0, "FF FF FF FF 17 17", FLASH_DONE, 0x00},
	{"SFDP", "", "5A 00 00 00 00 00 00 00 00", 0, "FF FF FF FF FF 53 46 44 50", FLASH_DONE,
		0x00},
	{"unknown", "", "FE 00", 0, "FF FF", FLASH_UNKNOWN_OPCODE, 0x00},
	/* 8.2.1 to 8.2.3 */
	{"WREN", "", "06", 0, "FF", FLASH_DONE, 0x02},
	{"WREN with a byte too many", "", "06 00", 0, NULL, FLASH_LONG_FRAME, 0x00},
	{"WREN with a bit too many", "", "06", 1, NULL, FLASH_BYTE_BOUNDARY, 0x00},
	{"WRDI", "06", "04", 0, NULL, FLASH_DONE, 0x00},
	{"no opcode", "", "", 3, NULL, FLASH_NO_COMMAND, 0x00},
	/* 8.2.4: repeats while it is clocked */
	{"RDSR1", "06", "05 00 00 00", 0, "FF 02 02 02", FLASH_DONE, 0x02},
	{"RDSR2: QE is fixed", "", "35 00 00", 0, "FF 02 02", FLASH_DONE, 0x00},
	{"RDSR3: 25 % drive", "", "15 00 00", 0, "FF 60 60", FLASH_DONE, 0x00},
	/* 8.2.5 */
	{"WRSR without WEL", "", "01 1C", 0, NULL, FLASH_WEL_CLEAR, 0x00},
	{"WRSR", "06", "01 1C", 0, NULL, FLASH_DONE, 0x03},
	{"WRSR is done", "06,01 FC,~", "05 00", 0, "FF FC", FLASH_DONE, 0xfc},
	{"WRSR, two bytes", "06,01 00 43,~", "35 00", 0, "FF 43", FLASH_DONE, 0x00},
	{"WRSR, one byte keeps SR2", "06,31 40,~,06,01 04,~", "35 00", 0, "FF 42", FLASH_DONE,
		0x04},
	{"WRSR, three bytes", "06", "01 00 00 00", 0, NULL, FLASH_LONG_FRAME, 0x02},
	{"WRSR, no byte", "06", "01", 0, NULL, FLASH_SHORT_FRAME, 0x02},
	{"WRSR inside a byte", "06", "01 1C", 4, NULL, FLASH_BYTE_BOUNDARY, 0x02},
	{"WRSR2: SUS, reserved and QE are not written", "06,31 86,~", "35 00", 0, "FF 02",
		FLASH_DONE, 0x00},
	{"WRSR2: LB once 1 stays", "06,31 38,~,06,31 00,~", "35 00", 0, "FF 3A", FLASH_DONE, 0x00},
	{"WRSR3", "06,11 FF,~", "15 00", 0, "FF 64", FLASH_DONE, 0x00},
	{"volatile WRSR is at once and needs no WEL", "50", "01 08", 0, NULL, FLASH_DONE, 0x08},
	{"volatile WRSR leaves LB", "50,31 38", "35 00", 0, "FF 02", FLASH_DONE, 0x00},
	{"volatile bits end with a reset", "50,01 08,66,99,%", "05 00", 0, "FF 00", FLASH_DONE,
		0x00},
	{"SRL locks", "06,31 01,~,06", "01 1C", 0, NULL, FLASH_STATUS_PROTECTED, 0x02},
	/* 8.2.6, 8.2.7; byte n of the array holds 5A after the script */
	{"READ", "06,02 00 00 01 5A,~", "03 00 00 00 00 00 00", 0, "FF FF FF FF FF 5A FF",
		FLASH_DONE, 0x00},
	{"READ wraps", "06,02 00 00 00 5A,~", "03 FF FF FF 00 00", 0, "FF FF FF FF FF 5A",
		FLASH_DONE, 0x00},
	{"READ may end anywhere", "", "03 00 00 00", 5, NULL, FLASH_DONE, 0x00},
	{"FAST_READ", "06,02 00 00 01 5A,~", "0B 00 00 00 00 00 00", 0, "FF FF FF FF FF FF 5A",
		FLASH_DONE, 0x00},
	/* 8.2.8 to 8.2.11: IO1 carries bits 7 5 3 1, or 5 and 1; other lanes of the address are 1.
	 * C3 at 0: 1 0 0 1 of it, then ones; at FFFFFF is FF. */
	{"DREAD", "06,02 00 00 00 C3,~", "3B 00 00 00 00 00", 0, "FF FF FF FF FF 9F", FLASH_DONE,
		0x00},
	{"QREAD", "06,02 00 00 00 C3,~", "6B 00 00 00 00 00", 0, "FF FF FF FF FF 7F", FLASH_DONE,
		0x00},
	{"2READ of AAAAAA", "06,02 AA AA AA 00,~", "BB 00 00 00 00", 0, "FF FF FF 0F FF",
		FLASH_DONE, 0x00},
	{"4READ of EEEEEE: data from the twelfth clock on", "06,02 EE EE EE 00,~", "EB 00 00 00", 0,
		"FF FF F3 FF", FLASH_DONE, 0x00},
	/* 8.2.13 */
	{"PP without WEL", "", "02 00 00 00 00", 0, NULL, FLASH_WEL_CLEAR, 0x00},
	{"PP", "06", "02 00 00 00 00", 0, NULL, FLASH_DONE, 0x03},
	{"PP without data", "06", "02 00 00 00", 0, NULL, FLASH_SHORT_FRAME, 0x02},
	{"PP with half an address", "06", "02 00 00", 0, NULL, FLASH_SHORT_FRAME, 0x02},
	{"PP inside a byte", "06", "02 00 00 00 00", 7, NULL, FLASH_BYTE_BOUNDARY, 0x02},
	{"PP clears WEL", "06,02 00 00 00 00,~", "05 00", 0, "FF 00", FLASH_DONE, 0x00},
	{"PP only clears bits", "06,02 00 00 00 F0,~,06,02 00 00 00 3C,~", "03 00 00 00 00", 0,
		"FF FF FF FF 30", FLASH_DONE, 0x00},
	{"PP wraps in its page", "06,02 00 01 FF 11 22,~", "03 00 01 00 00", 0, "FF FF FF FF 22",
		FLASH_DONE, 0x00},
	{"QPP takes IO0 only", "06,32 00 00 00 00,~", "03 00 00 00 00 00", 0, "FF FF FF FF EE EE",
		FLASH_DONE, 0x00},
	/* 8.2.15 to 8.2.18 */
	{"SE without WEL", "", "20 00 00 00", 0, NULL, FLASH_WEL_CLEAR, 0x00},
	{"SE", "06", "20 00 00 00", 0, NULL, FLASH_DONE, 0x03},
	{"SE with half an address", "06", "20 00 00", 0, NULL, FLASH_SHORT_FRAME, 0x02},
	{"SE with a byte too many", "06", "20 00 00 00 00", 0, NULL, FLASH_LONG_FRAME, 0x02},
	{"CE", "06", "C7", 0, NULL, FLASH_DONE, 0x03},
	{"CE with a protected block", "06,01 04,~,06", "C7", 0, NULL, FLASH_PROTECTED, 0x06},
	{"SE in a protected block", "06,01 1C,~,06", "20 00 00 00", 0, NULL, FLASH_PROTECTED, 0x1e},
	{"PP in a protected block", "06,01 1C,~,06", "02 00 00 00 00", 0, NULL, FLASH_PROTECTED,
		0x1e},
	/* 8: commands allowed while busy */
	{"busy: RDID floats", "06,C7", "9F 00 00", 0, "FF FF FF", FLASH_BUSY, 0x03},
	{"busy: READ floats", "06,C7", "03 00 00 00 00", 0, "FF FF FF FF FF", FLASH_BUSY, 0x03},
	{"busy: WRDI", "06,C7", "04", 0, NULL, FLASH_BUSY, 0x03},
	{"busy: RDSR1", "06,C7", "05 00", 0, "FF 03", FLASH_DONE, 0x03},
	{"busy: RDSR2", "06,C7", "35 00", 0, "FF 02", FLASH_DONE, 0x03},
	{"busy: RDSR3", "06,C7", "15 00", 0, "FF 60", FLASH_DONE, 0x03},
	{"busy: DP", "06,C7", "B9", 0, NULL, FLASH_BUSY, 0x03},
	/* 8.2.19, 8.2.20 */
	{"suspend of nothing", "", "75", 0, NULL, FLASH_NOT_SUSPENDABLE, 0x00},
	{"suspend of CE", "06,C7", "75", 0, NULL, FLASH_NOT_SUSPENDABLE, 0x03},
	{"suspend of WRSR", "06,01 00", "75", 0, NULL, FLASH_NOT_SUSPENDABLE, 0x03},
	{"suspend of SE takes tSUS", "06,20 00 00 00", "75", 0, NULL, FLASH_DONE, 0x03},
	{"suspended: SUS", "06,20 00 00 00,75,%", "35 00", 0, "FF 82", FLASH_DONE, 0x00},
	{"suspended: READ", "06,20 00 00 00,75,%", "03 01 00 00 00", 0, "FF FF FF FF FF",
		FLASH_DONE, 0x00},
	{"erase suspended: SE", "06,20 00 00 00,75,%,06", "20 01 00 00", 0, NULL, FLASH_SUSPENDED,
		0x02},
	{"erase suspended: WRSR", "06,20 00 00 00,75,%,06", "01 00", 0, NULL, FLASH_SUSPENDED,
		0x02},
	{"erase suspended: PP elsewhere", "06,20 00 00 00,75,%,06", "02 01 00 00 00", 0, NULL,
		FLASH_DONE, 0x03},
	{"erase suspended: PP in the sector", "06,20 00 00 00,75,%,06", "02 00 0F 00 00", 0, NULL,
		FLASH_SUSPENDED, 0x02},
	{"program suspended: PP", "06,02 00 00 00 00,75", "02 01 00 00 00", 0, NULL, FLASH_BUSY,
		ANY},
	{"resume of nothing", "", "7A", 0, NULL, FLASH_NOT_SUSPENDED, 0x00},
	{"resume", "06,20 00 00 00,75,%", "7A", 0, NULL, FLASH_DONE, 0x03},
	{"resumed and done", "06,20 00 00 00,75,%,7A,~", "35 00", 0, "FF 02", FLASH_DONE, 0x00},
	{"suspend right after resume", "06,20 00 00 00,75,%,7A", "75", 0, NULL,
		FLASH_NOT_SUSPENDABLE, 0x03},
	/* 8.2.21 */
	{"power-down: RDID", "B9,%", "9F 00", 0, "FF FF", FLASH_POWERED_DOWN, ANY},
	{"power-down: RDSR1", "B9,%", "05 00", 0, "FF FF", FLASH_POWERED_DOWN, ANY},
	{"power-down: reset", "B9,%", "66", 0, NULL, FLASH_POWERED_DOWN, ANY},
	{"power-down: RES gives the ID", "B9,%", "AB 00 00 00 00", 0, "FF FF FF FF 17", FLASH_DONE,
		ANY},
	{"released", "B9,%,AB,%", "9F 00", 0, "FF EF", FLASH_DONE, 0x00},
	{"not released within tRES1", "B9,%,AB", "9F 00", 0, "FF FF", FLASH_BUSY, ANY},
	/* 8.2.37 */
	{"reset alone", "", "99", 0, NULL, FLASH_RESET_NOT_ENABLED, 0x00},
	{"reset not adjacent", "66,04", "99", 0, NULL, FLASH_RESET_NOT_ENABLED, 0x00},
	{"reset clears WEL", "06,66,99,%", "05 00", 0, "FF 00", FLASH_DONE, 0x00},
	{"nothing within tRST", "66,99", "9F 00", 0, "FF FF", FLASH_BUSY, ANY},
	{"reset ends an erase", "06,C7,66,99,%", "05 00", 0, "FF 00", FLASH_DONE, 0x00},
	/* 8.2.29 to 8.2.31 */
	{"security registers are blank", "", "48 00 10 00 00 00", 0, "FF FF FF FF FF FF",
		FLASH_DONE, 0x00},
	{"security register programmed", "06,42 00 20 01 A5,~", "48 00 20 00 00 00 00", 0,
		"FF FF FF FF FF FF A5", FLASH_DONE, 0x00},
	{"its end wraps", "06,42 00 20 00 A5,~", "48 00 20 FF 00 00 00", 0, "FF FF FF FF FF FF A5",
		FLASH_DONE, 0x00},
	{"each has its own", "06,42 00 20 00 A5,~", "48 00 30 00 00 00", 0, "FF FF FF FF FF FF",
		FLASH_DONE, 0x00},
	{"erased", "06,42 00 20 00 A5,~,06,44 00 20 00,~", "48 00 20 00 00 00", 0,
		"FF FF FF FF FF FF", FLASH_DONE, 0x00},
	{"locked by LB2", "06,31 10,~,06", "42 00 20 00 00", 0, NULL, FLASH_OTP_LOCKED, 0x02},
	{"erase locked by LB2", "06,31 10,~,06", "44 00 20 00", 0, NULL, FLASH_OTP_LOCKED, 0x02},
	{"LB2 locks no other", "06,31 10,~,06", "42 00 10 00 00", 0, NULL, FLASH_DONE, 0x03},
	{"no such register", "06", "42 00 40 00 00", 0, NULL, FLASH_BAD_ADDRESS, 0x02},
	/* 7.1.10, 8.2.32 to 8.2.36 */
	{"locked after power-up", "", "3D 00 00 00 00 00", 0, "FF FF FF FF 01 01", FLASH_DONE,
		0x00},
	{"unlock without WEL", "", "39 00 00 00", 0, NULL, FLASH_WEL_CLEAR, 0x00},
	{"unlocked", "06,39 01 00 00", "3D 01 FF FF 00", 0, "FF FF FF FF 00", FLASH_DONE, 0x02},
	{"its neighbour is not", "06,39 01 00 00", "3D 02 00 00 00", 0, "FF FF FF FF 01",
		FLASH_DONE, 0x02},
	{"sectors in the first block", "06,39 00 10 00", "3D 00 00 00 00", 0, "FF FF FF FF 01",
		FLASH_DONE, 0x02},
	{"all unlocked", "06,98", "3D FF F0 00 00", 0, "FF FF FF FF 00", FLASH_DONE, 0x02},
	{"all locked", "06,98,7E", "3D 80 00 00 00", 0, "FF FF FF FF 01", FLASH_DONE, 0x02},
	{"locked again", "06,98,36 80 00 00", "3D 80 00 00 00", 0, "FF FF FF FF 01", FLASH_DONE,
		0x02},
	{"locks count with WPS = 1", "06,11 64,~,06", "20 01 00 00", 0, NULL, FLASH_PROTECTED,
		0x02},
	{"and not with WPS = 0", "06", "20 01 00 00", 0, NULL, FLASH_DONE, 0x03},
	{"WPS: unlocked is erased", "06,11 64,~,06,98", "20 01 00 00", 0, NULL, FLASH_DONE, 0x03},
	{"WPS: one lock stops CE", "06,11 64,~,06,98,36 80 00 00", "C7", 0, NULL, FLASH_PROTECTED,
		0x02},
};

static size_t
parse(const char *hex, uint8_t *bytes)
{
	size_t n = 0;

	for (; *hex; hex += hex[2] ? 3 : 2)
		bytes[n++] =
			(uint8_t)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
	return n;
}

static void
run_row(const struct row *row, bool in_pieces)
{
	uint8_t in[FRAME_MAX], out[FRAME_MAX], wanted[FRAME_MAX];
	size_t n = parse(row->in, in);

	script(row->before);
	if (in_pieces) {
		flash_select(chip);
		for (size_t i = 0; i < n; i++)
			flash_shift(chip, in + i, out + i, 1);
		flash_deselect(chip, row->extra_bits);
	} else {
		frame(in, out, n, row->extra_bits);
	}
	ck_assert_msg(outcome == row->outcome, "%s: \"%s\", not \"%s\"", row->what,
		flash_outcome_string(outcome), flash_outcome_string(row->outcome));
	if (row->out) {
		ck_assert_uint_eq(parse(row->out, wanted), n);
		ck_assert_msg(
			memcmp(out, wanted, n) == 0, "%s: last byte %02X", row->what, out[n - 1]);
	}
	if (row->sr1 != ANY)
		ck_assert_msg(status(0x05) == row->sr1, "%s: SR1 is %02X", row->what, status(0x05));
}

START_TEST(a_frame_acts_as_in_the_data_sheet)
{
	run_row(&rows[_i], false);
}
END_TEST

START_TEST(a_frame_sent_byte_by_byte_acts_the_same)
{
	run_row(&rows[_i], true);
}
END_TEST

/* 7.1.8 and 7.1.9: start and end in KiB of the range that SEC TB BP2 BP1 BP0 protect with CMP =
 * 0. */
static const struct {
	uint8_t sec_tb_bp;
	unsigned int start, end;
} ranges[] = {
	{0x00, 0, 0},
	{0x08, 0, 0},
	{0x01, 16128, 16384},
	{0x02, 15872, 16384},
	{0x03, 15360, 16384},
	{0x04, 14336, 16384},
	{0x05, 12288, 16384},
	{0x06, 8192, 16384},
	{0x09, 0, 256},
	{0x0a, 0, 512},
	{0x0b, 0, 1024},
	{0x0c, 0, 2048},
	{0x0d, 0, 4096},
	{0x0e, 0, 8192},
	{0x07, 0, 16384},
	{0x0f, 0, 16384},
	{0x11, 16380, 16384},
	{0x12, 16376, 16384},
	{0x13, 16368, 16384},
	{0x14, 16352, 16384},
	{0x15, 16352, 16384},
	{0x19, 0, 4},
	{0x1a, 0, 8},
	{0x1b, 0, 16},
	{0x1c, 0, 32},
	{0x1d, 0, 32},
	{0x17, 0, 16384},
	{0x1f, 0, 16384},
};

static bool
erase_is_refused(unsigned int sector)
{
	uint8_t in[4] = {0x20, (uint8_t)(sector >> 4), (uint8_t)(sector << 4), 0};

	script("06");
	frame(in, NULL, sizeof(in), 0);
	later(INT64_C(1000000000));
	return outcome == FLASH_PROTECTED;
}

static void
check_range(unsigned int i, bool cmp)
{
	uint8_t in[3] = {0x01, (uint8_t)(ranges[i].sec_tb_bp << 2), cmp ? 0x42 : 0x02};

	script("06");
	frame(in, NULL, sizeof(in), 0);
	script("~");
	for (unsigned int sector = 0; sector < 4096; sector++) {
		bool inside = sector * 4 >= ranges[i].start && sector * 4 < ranges[i].end;

		ck_assert_msg(erase_is_refused(sector) == (inside != cmp), "%02X CMP=%d: sector %u",
			ranges[i].sec_tb_bp, cmp, sector);
	}
}

START_TEST(bp_bits_protect_the_range_of_the_table)
{
	check_range(_i, false);
}
END_TEST

START_TEST(cmp_protects_all_other_sectors)
{
	check_range(_i, true);
}
END_TEST

/* 9.6: typical and maximum of each operation, to the nanosecond. */
static const struct {
	const char *what;
	int64_t typ_us, max_us;
} times[] = {
	{"01 00", 10000, 15000},
	{"20 00 00 00", 45000, 400000},
	{"52 00 00 00", 120000, 1600000},
	{"D8 00 00 00", 150000, 2000000},
	{"C7", 40000000, 200000000},
	{"44 00 10 00", 45000, 400000},
};

START_TEST(busy_lasts_for_the_time_of_the_data_sheet)
{
	for (int corner = 0; corner < 2; corner++) {
		int64_t us = corner ? times[_i].max_us : times[_i].typ_us;

		flash_set_corner(chip, corner ? FLASH_CORNER_MAXIMUM : FLASH_CORNER_TYPICAL);
		script("06");
		send_hex(times[_i].what);
		later(us * 1000 - 1);
		ck_assert_uint_eq(status(0x05), 0x03);
		later(1);
		ck_assert_uint_eq(status(0x05), 0x00);
	}
}
END_TEST

START_TEST(the_instant_corner_is_never_busy)
{
	flash_set_corner(chip, FLASH_CORNER_INSTANT);
	script("06");
	send_hex(times[_i].what);
	ck_assert_uint_eq(status(0x05), 0x00);
}
END_TEST

static void
program_page(uint32_t address, size_t n, uint8_t first)
{
	g_autofree uint8_t *in = g_malloc(4 + n);

	in[0] = 0x02;
	in[1] = address >> 16;
	in[2] = address >> 8;
	in[3] = address;
	for (size_t i = 0; i < n; i++)
		in[4 + i] = (uint8_t)(first + i);
	script("06");
	frame(in, NULL, 4 + n, 0);
	script("~");
}

/* 8.2.13: of more than 256 bytes the last 256 are programmed, whatever the start. */
START_TEST(of_more_than_a_page_the_last_256_bytes_are_programmed)
{
	program_page(0x000110, 256 + 40, 0);
	for (unsigned int i = 0; i < 256; i++) {
		unsigned int position = (0x10 + 40 + i) % 256;

		ck_assert_uint_eq(array[0x100 + position], (40 + i) % 256);
	}
	ck_assert_uint_eq(array[0x0ff], 0xff);
	ck_assert_uint_eq(array[0x200], 0xff);
}
END_TEST

/* 8.2.15 to 8.2.18: erases the block that holds the address, and nothing else. */
START_TEST(an_erase_clears_only_the_block_of_its_address)
{
	static const struct {
		const char *what;
		uint32_t start, end;
	} erases[] = {{"20 12 34 56", 0x123000, 0x124000}, {"52 12 34 56", 0x120000, 0x128000},
		{"D8 12 34 56", 0x120000, 0x130000}, {"C7", 0, 0x1000000}};
	uint32_t start = erases[_i].start, end = erases[_i].end;

	memset(array, 0x00, part->size);
	script("06");
	send_hex(erases[_i].what);
	ck_assert_uint_eq(array[start], 0x00);
	script("~");
	for (uint32_t i = 0; i < part->size; i++) {
		if (array[i] != (i >= start && i < end ? 0xff : 0x00))
			ck_abort_msg("%s: %06X is %02X", erases[_i].what, i, array[i]);
	}
	ck_assert_uint_eq(n_ready, 1);
}
END_TEST

START_TEST(power_loss_keeps_non_volatile_state)
{
	script("06,02 00 00 00 12,~,06,01 08,~,06,98,50,31 40");
	flash_supply(chip, 0);
	send_hex("9F 00");
	ck_assert_int_eq(outcome, FLASH_NO_POWER);
	flash_supply(chip, 3300);
	later(1000000);
	ck_assert_uint_eq(status(0x05), 0x08);
	ck_assert_uint_eq(status(0x35), 0x02);
	ck_assert_uint_eq(array[0], 0x12);
}
END_TEST

/* 7.1.4: locked until power is cycled, not by a reset. */
START_TEST(srl_lasts_until_power_is_cycled)
{
	script("06,31 01,~,66,99,%,06,01 1C");
	ck_assert_int_eq(outcome, FLASH_STATUS_PROTECTED);
	flash_supply(chip, 0);
	flash_supply(chip, 3300);
	later(5000000); /* tPUW */
	script("%,06,01 1C,~");
	ck_assert_uint_eq(status(0x05), 0x1c);
	ck_assert_uint_eq(status(0x35), 0x02);
}
END_TEST

START_TEST(non_volatile_changes_are_reported)
{
	script("06,01 04,~");
	ck_assert_uint_eq(n_nonvolatile, 1);
	script("50,01 00");
	ck_assert_uint_eq(n_nonvolatile, 1);
	script("06,42 00 10 00 00,~");
	ck_assert_uint_eq(n_nonvolatile, 2);
	script("06,02 00 00 00 00,~");
	ck_assert_uint_eq(n_nonvolatile, 2);
}
END_TEST

START_TEST(serial_numbers_differ_by_seed)
{
	uint8_t in[14] = {0x4b}, one[14], two[14];
	struct flash *other = flash_new(part, array, 2);

	frame(in, one, sizeof(in), 0);
	flash_select(other);
	flash_shift(other, in, two, sizeof(in));
	flash_deselect(other, 0);
	flash_destroy(other);
	ck_assert_mem_ne(one + 5, two + 5, 8);
	/* The figure ends after 64 bits. */
	ck_assert_uint_eq(one[13], 0xff);
}
END_TEST

Suite *
suite_flash(void)
{
	Suite *suite = suite_create("flash");
	TCase *tcase = tcase_create("w25q128jv");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, a_frame_acts_as_in_the_data_sheet, 0, G_N_ELEMENTS(rows));
	tcase_add_loop_test(tcase, a_frame_sent_byte_by_byte_acts_the_same, 0, G_N_ELEMENTS(rows));
	tcase_add_loop_test(tcase, bp_bits_protect_the_range_of_the_table, 0, G_N_ELEMENTS(ranges));
	tcase_add_loop_test(tcase, cmp_protects_all_other_sectors, 0, G_N_ELEMENTS(ranges));
	tcase_add_loop_test(
		tcase, busy_lasts_for_the_time_of_the_data_sheet, 0, G_N_ELEMENTS(times));
	tcase_add_loop_test(tcase, the_instant_corner_is_never_busy, 0, G_N_ELEMENTS(times));
	tcase_add_test(tcase, of_more_than_a_page_the_last_256_bytes_are_programmed);
	tcase_add_loop_test(tcase, an_erase_clears_only_the_block_of_its_address, 0, 4);
	tcase_add_test(tcase, power_loss_keeps_non_volatile_state);
	tcase_add_test(tcase, srl_lasts_until_power_is_cycled);
	tcase_add_test(tcase, non_volatile_changes_are_reported);
	tcase_add_test(tcase, serial_numbers_differ_by_seed);
	suite_add_tcase(suite, tcase);
	return suite;
}
