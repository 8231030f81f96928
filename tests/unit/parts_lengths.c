/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The length of a reported frame at every part: its data bytes, without the address and the dummies
 * of the command, whether it was accepted or refused; and the counters that add these up.
 *
 *   opcode | address | dummies | data            event: length = bytes of data
 *
 * The table below has the header of each command from data sheets, not from the engine. A command
 * without a row fails the test.
 *
 * Leaves out QPI. Where a part configures its dummies, or has another number of them than others,
 * that number is the engine's.
 */
#include "parts_lengths.h"

#include "flash/describe.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "trace/stats.h"

#include <string.h>

enum {
	NONE = 0,
	MODE = 0xff, /* address bytes as after power-up */
	HEAD_MAX = 16,
	DATA_MAX = 4,
};

struct row {
	const char *name;
	uint8_t opcode; /* usual one */
	uint8_t address_bytes;
	uint8_t dummy_clocks;
	bool has_data;
	uint8_t address_lanes; /* 0 and 1: one */
	uint8_t data_lanes;
	uint32_t address; /* sequences of four bytes */
	bool any_end;     /* the chip accepts the frame with further bytes, which are no data */
};

#define ROW(name_, opcode_, address_bytes_, dummy_clocks_, has_data_, ...)         \
	{                                                                          \
		.name = name_, .opcode = opcode_, .address_bytes = address_bytes_, \
		.dummy_clocks = dummy_clocks_, .has_data = has_data_, __VA_ARGS__  \
	}

static const struct row rows[] = {
	ROW("2PP", 0xd2, MODE, 0, true, .address_lanes = 2, .data_lanes = 2),
	ROW("2READ", 0xbb, MODE, 4, true, .address_lanes = 2, .data_lanes = 2),
	ROW("2READ4", 0xbc, 4, 4, true, .address_lanes = 2, .data_lanes = 2),
	ROW("4PP", 0x38, MODE, 0, true, .address_lanes = 4, .data_lanes = 4),
	ROW("4PP4", 0x3e, 4, 0, true, .address_lanes = 4, .data_lanes = 4),
	ROW("4READ", 0xeb, MODE, 6, true, .address_lanes = 4, .data_lanes = 4),
	ROW("4READ4", 0xec, 4, 6, true, .address_lanes = 4, .data_lanes = 4),
	ROW("AAI", 0xad, 3, 0, true),
	ROW("AAI_BYTE", 0xaf, 3, 0, true),
	ROW("ABRD", 0x14, NONE, 0, true),
	ROW("ABWR", 0x15, NONE, 0, true),
	ROW("ASPP", 0x2f, NONE, 0, true),
	ROW("ASPRD", 0x2b, NONE, 0, true),
	ROW("BLOCK_LOCK", 0x36, MODE, 0, false),
	ROW("BLOCK_UNLOCK", 0x39, MODE, 0, false),
	ROW("BP", 0x02, MODE, 0, true),
	ROW("BRRD", 0x16, NONE, 0, true),
	ROW("BRWR", 0x17, NONE, 0, true),
	ROW("BURST_WRAP", 0x77, 3, 0, true, .address_lanes = 4, .data_lanes = 4),
	ROW("CLFSR", 0x50, NONE, 0, false),
	ROW("CLSR", 0x30, NONE, 0, false),
	ROW("DF_BUF1_ERASE_PROGRAM", 0x83, MODE, 0, false, .any_end = true),
	ROW("DF_BUF1_PROGRAM", 0x88, MODE, 0, false, .any_end = true),
	ROW("DF_BUF1_READ", 0xd4, MODE, 8, true),
	ROW("DF_BUF1_READ_LF", 0xd1, MODE, 0, true),
	ROW("DF_BUF1_WRITE", 0x84, MODE, 0, true),
	ROW("DF_BUF2_ERASE_PROGRAM", 0x86, MODE, 0, false, .any_end = true),
	ROW("DF_BUF2_PROGRAM", 0x89, MODE, 0, false, .any_end = true),
	ROW("DF_BUF2_READ", 0xd6, MODE, 8, true),
	ROW("DF_BUF2_READ_LF", 0xd3, MODE, 0, true),
	ROW("DF_BUF2_WRITE", 0x87, MODE, 0, true),
	ROW("DF_BYTE_PROGRAM", 0x02, MODE, 0, true),
	ROW("DF_COMPARE1", 0x60, MODE, 0, false, .any_end = true),
	ROW("DF_COMPARE2", 0x61, MODE, 0, false, .any_end = true),
	ROW("DF_ERASE_PROTECTION", 0x3d, 3, 0, false, .address = 0x2a7fcf),
	ROW("DF_FAST_READ", 0x0b, MODE, 8, true),
	ROW("DF_FREEZE_LOCKDOWN", 0x34, 3, 0, false, .address = 0x55aa40),
	ROW("DF_LOCKDOWN", 0x3d, 3, 24, false, .address = 0x2a7f30),
	ROW("DF_MODIFY1", 0x58, MODE, 0, true),
	ROW("DF_MODIFY2", 0x59, MODE, 0, true),
	ROW("DF_PAGE_BINARY", 0x3d, 3, 0, false, .address = 0x2a80a6),
	ROW("DF_PAGE_PROGRAM1", 0x82, MODE, 0, true),
	ROW("DF_PAGE_PROGRAM2", 0x85, MODE, 0, true),
	ROW("DF_PAGE_READ", 0xd2, MODE, 32, true),
	ROW("DF_PAGE_STANDARD", 0x3d, 3, 0, false, .address = 0x2a80a7),
	ROW("DF_PROGRAM_PROTECTION", 0x3d, 3, 0, true, .address = 0x2a7ffc),
	ROW("DF_PROTECT_OFF", 0x3d, 3, 0, false, .address = 0x2a7f9a),
	ROW("DF_PROTECT_ON", 0x3d, 3, 0, false, .address = 0x2a7fa9),
	ROW("DF_PRSECURITY", 0x9b, 3, 0, true),
	ROW("DF_RDLOCKDOWN", 0x35, NONE, 24, true),
	ROW("DF_RDPROTECTION", 0x32, NONE, 24, true),
	ROW("DF_RDSECURITY", 0x77, NONE, 24, true),
	ROW("DF_RDSR", 0xd7, NONE, 0, true),
	ROW("DF_READ", 0x03, MODE, 0, true),
	ROW("DF_READ_HF", 0x1b, MODE, 16, true),
	ROW("DF_READ_LEGACY", 0xe8, MODE, 32, true),
	ROW("DF_READ_LP", 0x01, MODE, 0, true),
	ROW("DF_RESET", 0xf0, 3, 0, false),
	ROW("DF_REWRITE1", 0x58, MODE, 0, false, .any_end = true),
	ROW("DF_REWRITE2", 0x59, MODE, 0, false, .any_end = true),
	ROW("DF_TRANSFER1", 0x53, MODE, 0, false, .any_end = true),
	ROW("DF_TRANSFER2", 0x55, MODE, 0, false, .any_end = true),
	ROW("DIE_SELECT", 0xc2, NONE, 0, true),
	ROW("DP", 0xb9, NONE, 0, false),
	ROW("DPP", 0xa2, MODE, 0, true, .address_lanes = 1, .data_lanes = 2),
	ROW("DREAD", 0x3b, MODE, 8, true, .address_lanes = 1, .data_lanes = 2),
	ROW("DREAD4", 0x3c, 4, 8, true, .address_lanes = 1, .data_lanes = 2),
	ROW("DREMS", 0x92, 3, 4, true, .address_lanes = 2, .data_lanes = 2),
	ROW("EN4B", 0xb7, NONE, 0, false),
	ROW("EN4B_WREN", 0xb7, NONE, 0, false),
	ROW("ENSO", 0xb1, NONE, 0, false),
	ROW("EQIO", 0x38, NONE, 0, false),
	ROW("EQIO_QE", 0x38, NONE, 0, false),
	ROW("ERRS", 0x7a, NONE, 0, false),
	ROW("ERSCUR", 0x44, MODE, 0, false),
	ROW("ERSP", 0x75, NONE, 0, false),
	ROW("ESFBR", 0x18, NONE, 0, false),
	ROW("ESSPB", 0xe4, NONE, 0, false),
	ROW("EWSR", 0x50, NONE, 0, false),
	ROW("EX4B", 0xe9, NONE, 0, false),
	ROW("EX4B_UPPER", 0xe9, NONE, 0, false),
	ROW("EX4B_WREN", 0xe9, NONE, 0, false),
	ROW("EXSO", 0xc1, NONE, 0, false),
	ROW("FAST_READ", 0x0b, MODE, 8, true),
	ROW("FAST_READ4", 0x0c, 4, 8, true),
	ROW("GLOBAL_LOCK", 0x7e, NONE, 0, false),
	ROW("GLOBAL_UNLOCK", 0x98, NONE, 0, false),
	ROW("LBPR", 0x8d, NONE, 0, false),
	ROW("LSID", 0x85, NONE, 0, false),
	ROW("NVWLDR", 0xe8, NONE, 0, true),
	ROW("OTP_ENTER", 0x3a, NONE, 0, false),
	ROW("PASSP", 0xe8, NONE, 0, true),
	ROW("PASSRD", 0xe7, NONE, 0, true),
	ROW("PASSU", 0xe9, NONE, 0, true),
	ROW("PGRS", 0x8a, NONE, 0, false),
	ROW("PGSP", 0x85, NONE, 0, false),
	ROW("PLBRD", 0xa7, NONE, 0, true),
	ROW("PLBWR", 0xa6, NONE, 0, false),
	ROW("PP", 0x02, MODE, 0, true),
	ROW("PP4", 0x12, 4, 0, true),
	ROW("PPBE", 0xe4, NONE, 0, false),
	ROW("PPBP", 0xe3, 4, 0, false),
	ROW("PROTECT_SECTOR", 0x36, MODE, 0, false),
	ROW("PROTP", 0x42, MODE, 0, true),
	ROW("PRSCUR", 0x42, MODE, 0, true),
	ROW("PRSP", 0x2c, NONE, 0, true),
	ROW("PSID", 0xa5, 2, 0, true),
	ROW("PSID1", 0xa5, 1, 0, true),
	ROW("PW", 0x0a, MODE, 0, true),
	ROW("QPP", 0x32, MODE, 0, true, .address_lanes = 1, .data_lanes = 4),
	ROW("QPP4", 0x34, 4, 0, true, .address_lanes = 1, .data_lanes = 4),
	ROW("QREAD", 0x6b, MODE, 8, true, .address_lanes = 1, .data_lanes = 4),
	ROW("QREAD4", 0x6c, 4, 8, true, .address_lanes = 1, .data_lanes = 4),
	ROW("QREMS", 0x94, 3, 6, true, .address_lanes = 4, .data_lanes = 4),
	ROW("RBPR", 0x72, NONE, 0, true),
	ROW("RDAR", 0x65, MODE, 8, true),
	ROW("RDBLOCK", 0x3d, MODE, 0, true),
	ROW("RDCR", 0x15, NONE, 0, true),
	ROW("RDDPB", 0xe0, 4, 0, true),
	ROW("RDDYB", 0xe0, 4, 0, true),
	ROW("RDEAR", 0xc8, NONE, 0, true),
	ROW("RDEVCR", 0x65, NONE, 0, true),
	ROW("RDFBR", 0x16, NONE, 0, true),
	ROW("RDFSR", 0x70, NONE, 0, true),
	ROW("RDGPRR", 0x96, NONE, 8, true),
	ROW("RDID", 0x9f, NONE, 0, true),
	ROW("RDIDP", 0x83, MODE, 0, true),
	ROW("RDNVCR", 0xb5, NONE, 0, true),
	ROW("RDOTP", 0x4b, MODE, 8, true),
	ROW("RDP", 0xab, NONE, 24, false, .any_end = true),
	ROW("RDPASS", 0x27, NONE, 0, true),
	ROW("RDPPB", 0xe2, 4, 0, true),
	ROW("RDRP", 0x61, NONE, 0, true),
	ROW("RDSCUR", 0x48, MODE, 8, true),
	ROW("RDSECTOR", 0x3c, MODE, 0, true),
	ROW("RDSECUR", 0x2b, NONE, 0, true),
	ROW("RDSFDP", 0x5a, 3, 8, true),
	ROW("RDSP", 0x2d, NONE, 0, true),
	ROW("RDSPB", 0xe2, 4, 0, true),
	ROW("RDSR1", 0x05, NONE, 0, true),
	ROW("RDSR2", 0x35, NONE, 0, true),
	ROW("RDSR3", 0x15, NONE, 0, true),
	ROW("RDSR_ALL", 0x05, NONE, 0, true),
	ROW("RDUID", 0x4b, NONE, 32, true),
	ROW("RDVCR", 0x85, NONE, 0, true),
	ROW("RDVLB", 0xe8, MODE, 0, true),
	ROW("READ", 0x03, MODE, 0, true),
	ROW("READ4", 0x13, 4, 0, true),
	ROW("REMS", 0x90, 3, 0, true),
	ROW("RES", 0xab, NONE, 24, true),
	ROW("RESUME", 0x7a, NONE, 0, false),
	ROW("RSID", 0x88, 2, 8, true),
	ROW("RSID1", 0x88, 1, 8, true),
	ROW("RST", 0x99, NONE, 0, false),
	ROW("RSTEN", 0x66, NONE, 0, false),
	ROW("RSTQIO", 0xff, NONE, 0, false),
	ROW("RST_F0", 0xf0, NONE, 0, false),
	ROW("SBL", 0xc0, NONE, 0, true),
	ROW("SID_ERASE", 0x64, MODE, 0, false),
	ROW("SID_PROGRAM", 0x62, MODE, 0, true),
	ROW("SID_READ", 0x68, MODE, 8, true),
	ROW("SRPNV", 0x65, NONE, 0, true),
	ROW("SRPV", 0xc0, NONE, 0, true),
	ROW("SUSPEND", 0x75, NONE, 0, false),
	ROW("ULBPR", 0x98, NONE, 0, false),
	ROW("ULTRA_DP", 0x79, NONE, 0, false),
	ROW("UNPASS", 0x29, NONE, 0, true),
	ROW("UNPROTECT_SECTOR", 0x39, MODE, 0, false),
	ROW("VWREN", 0x50, NONE, 0, false),
	ROW("WBPR", 0x42, NONE, 0, true),
	ROW("WPSEL", 0x68, NONE, 0, false),
	ROW("WRAR", 0x71, MODE, 0, true),
	ROW("WRDI", 0x04, NONE, 0, false),
	ROW("WRDPB", 0xe1, 4, 0, true),
	ROW("WRDYB", 0xe1, 4, 0, true),
	ROW("WREAR", 0xc5, NONE, 0, true),
	ROW("WREN", 0x06, NONE, 0, false),
	ROW("WREVCR", 0x61, NONE, 0, true),
	ROW("WRFBR", 0x17, NONE, 0, true),
	ROW("WRIDP", 0x82, MODE, 0, true),
	ROW("WRITE", 0x02, MODE, 0, true),
	ROW("WRNVCR", 0xb1, NONE, 0, true),
	ROW("WRPASS", 0x28, NONE, 0, true),
	ROW("WRSCUR_LDSO", 0x2f, NONE, 0, false),
	ROW("WRSCUR_NO_WREN", 0x2f, NONE, 0, false),
	ROW("WRSPB", 0xe3, 4, 0, false),
	ROW("WRSR", 0x01, NONE, 0, true),
	ROW("WRSR2", 0x31, NONE, 0, true),
	ROW("WRSR3", 0x11, NONE, 0, true),
	ROW("WRSR_EWSR", 0x01, NONE, 0, true),
	ROW("WRVCR", 0x81, NONE, 0, true),
	ROW("WRVLB", 0xe5, MODE, 0, true),
};

static const GPtrArray *parts;

static const struct flash_part *part;
static struct flash *chip;
static int64_t now_ns;
static struct flash_event event; /* of the last frame */
static struct trace_chip_stats stats;

static void
note(void *unused, const struct flash_event *seen)
{
	(void)unused;
	trace_chip_stats_count(&stats, seen);
	if (seen->kind == FLASH_EVENT_COMMAND)
		event = *seen;
}

static const struct row *
find_row(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	}
	return NULL;
}

static const struct row *
need_row(const char *name)
{
	const struct row *row = find_row(name);

	ck_assert_msg(row != NULL, "%s: %s has no row in parts_lengths.c", part->name, name);
	return row;
}

static int
opcode_of(const char *name)
{
	for (unsigned int i = 0; i < part->n_commands; i++) {
		const struct flash_part_command *command = &part->commands[i];

		if (strcmp(command->name, name) == 0)
			return command->opcode >= 0 ? command->opcode : need_row(name)->opcode;
	}
	return -1;
}

static void
send(const uint8_t *bytes, size_t n)
{
	flash_select(chip);
	flash_shift(chip, bytes, NULL, n);
	flash_deselect(chip, 0);
}

static void
send_named(const char *name)
{
	int opcode = opcode_of(name);
	uint8_t byte = (uint8_t)opcode;

	if (opcode >= 0)
		send(&byte, 1);
}

static void
wait_ready(void)
{
	if (!flash_is_busy(chip) || flash_busy_until(chip) == INT64_MAX)
		return;
	now_ns = MAX(now_ns, flash_busy_until(chip));
	flash_tick(chip, now_ns);
}

/* Quad commands are enabled, blocks are unlocked. */
static void
make_chip(uint8_t *array)
{
	static const struct flash_listener listener = {note, NULL};
	uint8_t values[FLASH_STATUS_REGISTERS] = {0};

	chip = flash_new(part, array, 1);
	flash_set_listener(chip, &listener);
	now_ns = 1000000000;
	flash_tick(chip, now_ns);
	for (unsigned int reg = 0; reg < FLASH_STATUS_REGISTERS; reg++) {
		for (unsigned int bit = 0; bit < 8; bit++)
			if (part->status[reg][bit].function == FLASH_BIT_QE)
				values[reg] |= (uint8_t)(1u << bit);
		flash_status_preset(chip, reg, values[reg]);
	}
	send_named("WREN");
	send_named("ULBPR");
	send_named("GLOBAL_UNLOCK");
	send_named("WRDI");
}

static bool
is_configured(const struct row *row)
{
	for (unsigned int i = 0; i < part->n_dummies; i++) {
		const char *command = part->dummies[i].command;
		size_t n = strlen(command);

		if (strncmp(row->name, command, n) == 0 &&
			(row->name[n] == '\0' || strcmp(row->name + n, "4") == 0))
			return true;
	}
	return false;
}

/* Where the part has its own number, or registers for it, that of the engine. */
static unsigned int
clocks_of_dummies(const struct row *row, uint8_t opcode, unsigned int address_bytes)
{
	struct flash_description description;

	if (strcmp(row->name, "RDOTP") == 0 && part->otp_read_dummy)
		return part->otp_read_dummy;
	if (!is_configured(row))
		return row->dummy_clocks;
	flash_describe(chip, &opcode, 1, &description);
	return description.data_clock - 8 - address_bytes * 8 / MAX(row->address_lanes, 1u);
}

/* The opcode and the whole bytes of its header. Returns their number; *clocks: those that the
 * header has beyond them. */
static size_t
put_head(const struct row *row, uint8_t opcode, uint8_t *head, unsigned int *clocks)
{
	unsigned int address_bytes =
		row->address_bytes == MODE ? part->address_bytes : row->address_bytes;
	unsigned int dummy_clocks = clocks_of_dummies(row, opcode, address_bytes);
	unsigned int all = address_bytes * 8 / MAX(row->address_lanes, 1u) + dummy_clocks;

	memset(head, 0, HEAD_MAX);
	head[0] = opcode;
	for (unsigned int i = 0; row->address_lanes <= 1 && i < address_bytes; i++)
		head[1 + i] = (uint8_t)(row->address >> 8 * (address_bytes - 1 - i));
	*clocks = all % 8;
	return 1 + all / 8;
}

/* Sends the frame with n further bytes, and compares its report. */
static void
check_frame(const struct row *row, uint8_t opcode, size_t n, bool enabled)
{
	uint8_t bytes[HEAD_MAX + DATA_MAX] = {0};
	unsigned int clocks;
	size_t head = put_head(row, opcode, bytes, &clocks);
	uint64_t data = (n * 8 - clocks) * MAX(row->data_lanes, 1) / 8;

	if (enabled) {
		send_named("WREN");
		send_named("EWSR");
	}
	memset(&stats, 0, sizeof(stats));
	send(bytes, head + n);
	ck_assert_msg(event.name != NULL && event.opcode == opcode, "%s: %s was not received",
		part->name, row->name);
	if (!row->has_data)
		data = event.outcome == FLASH_DONE ? 0 : n;
	ck_assert_msg(event.length == data,
		"%s: %s, %zu bytes of data, %s: reported are %" G_GUINT64_FORMAT, part->name,
		row->name, (size_t)data,
		event.outcome == FLASH_DONE ? "done" : flash_outcome_string(event.outcome),
		event.length);
	if (event.outcome != FLASH_DONE)
		data = 0;
	ck_assert_uint_eq(stats.bytes_programmed, event.purpose == FLASH_FOR_PROGRAM ? data : 0);
	ck_assert_uint_eq(stats.bytes_read, event.purpose == FLASH_FOR_READ ? data : 0);
}

/* The frames of a sequence after the first have no address. */
static void
check_sequence(const struct row *row, uint8_t opcode)
{
	struct row next = *row;
	size_t unit = strcmp(row->name, "AAI") == 0 ? 2 : 1;

	next.address_bytes = NONE;
	check_frame(row, opcode, unit, true);
	ck_assert_int_eq(event.outcome, FLASH_DONE);
	for (size_t n = 1; n <= DATA_MAX; n++)
		check_frame(&next, opcode, n, false);
	wait_ready();
	check_frame(&next, opcode, unit, false);
	ck_assert_int_eq(event.outcome, FLASH_DONE);
	wait_ready();
	send_named("WRDI");
	check_frame(row, opcode, unit, false);
}

static void
check_command(const char *name, uint8_t opcode, uint8_t *array)
{
	const struct row *row = need_row(name);

	for (size_t n = row->has_data ? 1 : 0; n <= (row->has_data || row->any_end ? 2 : 0); n++) {
		for (int enabled = 0; enabled <= 1; enabled++) {
			make_chip(array);
			check_frame(row, opcode, n, enabled);
			flash_destroy(chip);
		}
	}
	if (strncmp(name, "AAI", 3) != 0)
		return;
	make_chip(array);
	check_sequence(row, opcode);
	flash_destroy(chip);
}

START_TEST(reports_and_counters_have_the_data_bytes_only)
{
	uint8_t *array;

	part = g_ptr_array_index(parts, (guint)_i);
	array = g_malloc(part->size);
	memset(array, 0xff, part->size);
	for (unsigned int i = 0; i < part->n_commands; i++)
		check_command(
			part->commands[i].name, (uint8_t)opcode_of(part->commands[i].name), array);
	g_free(array);
}
END_TEST

void
parts_lengths_add(Suite *suite, const GPtrArray *all)
{
	TCase *tcase = tcase_create("lengths");

	parts = all;
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, reports_and_counters_have_the_data_bytes_only, 0, (int)all->len);
	suite_add_tcase(suite, tcase);
}
