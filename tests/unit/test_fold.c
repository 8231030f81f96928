/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folding of events into groups, and the words of these. Leaves out times of the wall: the timer of
 * an observer is in bench/activity.c. */
#include "suites.h"

#include "trace/fold.h"

#include <glib.h>
#include <string.h>

static GString *lines;
static struct trace_fold fold;
static unsigned int columns;
static int64_t now_ns;

static void
complete(void *data, struct trace_group *group)
{
	g_autofree char *text = trace_group_text(group, columns);

	(void)data;
	ck_assert_uint_le(g_utf8_strlen(text, -1), MAX(columns, 40));
	g_string_append_printf(lines, "%s\n", text);
}

static void
setup(void)
{
	lines = g_string_new(NULL);
	fold = (struct trace_fold){.complete = complete};
	columns = 67; /* what 80 leaves beside the time */
	now_ns = 0;
}

static void
teardown(void)
{
	g_string_free(lines, TRUE);
}

static void
frame(const char *name, int opcode, enum flash_purpose purpose, int64_t address, uint64_t length,
	enum flash_outcome outcome)
{
	struct flash_event event = {.kind = FLASH_EVENT_COMMAND,
		.purpose = purpose,
		.time_ns = now_ns += 1000000,
		.outcome = outcome,
		.opcode = opcode,
		.name = name,
		.has_address = address >= 0,
		.address = address >= 0 ? (uint32_t)address : 0,
		.length = length};

	trace_fold_event(&fold, 0, &event);
}

static void
end(enum flash_event_kind kind, enum flash_purpose purpose, int64_t address, uint64_t length,
	int64_t busy_ns, enum flash_outcome outcome)
{
	struct flash_event event = {.kind = kind,
		.purpose = purpose,
		.time_ns = now_ns += 1000000,
		.outcome = outcome,
		.opcode = -1,
		.has_address = address >= 0,
		.address = address >= 0 ? (uint32_t)address : 0,
		.busy_ns = busy_ns,
		.length = length};

	trace_fold_event(&fold, 0, &event);
}

static void
program(int64_t address, unsigned int polls)
{
	frame("WREN", 0x06, FLASH_FOR_OTHER, -1, 0, FLASH_DONE);
	frame("PP", 0x02, FLASH_FOR_PROGRAM, address, 256, FLASH_DONE);
	for (unsigned int i = 0; i < polls; i++)
		frame("RDSR", 0x05, FLASH_FOR_STATUS_READ, -1, 1, FLASH_DONE);
	end(FLASH_EVENT_READY, FLASH_FOR_PROGRAM, address, 256, 400000, FLASH_DONE);
}

static void
erase(int64_t address)
{
	frame("WREN", 0x06, FLASH_FOR_OTHER, -1, 0, FLASH_DONE);
	frame("SE", 0x20, FLASH_FOR_ERASE, address, 0, FLASH_DONE);
	frame("RDSR", 0x05, FLASH_FOR_STATUS_READ, -1, 1, FLASH_DONE);
	end(FLASH_EVENT_READY, FLASH_FOR_ERASE, address, 4096, 45000000, FLASH_DONE);
}

static void
expect(const char *wanted)
{
	trace_fold_flush(&fold);
	ck_assert_str_eq(lines->str, wanted);
	g_string_truncate(lines, 0);
}

START_TEST(programs_with_polls_are_one_line)
{
	for (int64_t page = 0; page < 4096; page++)
		program(page * 256, 3);
	expect("program 000000-0FFFFF, 1 MiB, 4096 x 256 bytes, 12288 polls, 24.6 s\n");
	columns = 107;
	for (int64_t page = 0; page < 2; page++)
		program(page * 256, 1);
	expect("program 000000-0001FF, 512 bytes, 2 x 256 bytes, 2 polls, 7 ms, PP (02), 2 WREN, "
	       "busy 800 us\n");
}
END_TEST

START_TEST(a_block_by_block_write_is_a_line_for_each_purpose)
{
	frame("READ", 0x03, FLASH_FOR_READ, 0, 8192, FLASH_DONE);
	for (int64_t block = 0; block < 2; block++) {
		erase(block * 4096);
		frame("READ", 0x03, FLASH_FOR_READ, block * 4096, 4096, FLASH_DONE);
		program(block * 4096, 1);
	}
	expect("read 000000-001FFF, 8 KiB, READ (03)\n"
	       "erase 000000-001FFF, 8 KiB, 2 x 4 KiB, 2 polls, 12 ms, SE (20)\n"
	       "read 000000-001FFF, 8 KiB, 2 x 4 KiB, 9 ms, READ (03)\n"
	       "program 000000-0010FF, 512 bytes, 2 x 256 bytes, with gaps, 2 polls\n");
}
END_TEST

START_TEST(an_ignored_frame_is_never_folded_away)
{
	program(0, 1);
	frame("PP", 0x02, FLASH_FOR_PROGRAM, 0x100, 256, FLASH_WEL_CLEAR);
	frame("RDSR", 0x05, FLASH_FOR_STATUS_READ, -1, 1, FLASH_DONE);
	program(0x200, 1);
	frame(NULL, 0x15, FLASH_FOR_OTHER, -1, 1, FLASH_UNKNOWN_OPCODE);
	frame(NULL, 0x15, FLASH_FOR_OTHER, -1, 1, FLASH_UNKNOWN_OPCODE);
	frame(NULL, 0x15, FLASH_FOR_OTHER, -1, 2, FLASH_UNKNOWN_OPCODE);
	frame("RDSR", 0x05, FLASH_FOR_STATUS_READ, -1, 1, FLASH_NO_POWER);
	frame(NULL, -1, FLASH_FOR_OTHER, -1, 0, FLASH_NO_COMMAND);
	expect("program 000000-0000FF, 256 bytes, 1 poll, 3 ms, PP (02), 1 WREN\n"
	       "PP (02) 000100, 256 bytes, ignored: WEL=0\n"
	       "program 000200-0002FF, 256 bytes, 1 poll, 3 ms, PP (02), 1 WREN\n"
	       "opcode 15, 1 byte, ignored: no such command, 2 times\n"
	       "opcode 15, 2 bytes, ignored: no such command\n"
	       "RDSR (05), 1 byte, ignored: no power\n"
	       "no opcode, ignored: CS# rose before an opcode was complete\n");
}
END_TEST

START_TEST(an_interruption_and_a_failure_are_said)
{
	erase(0);
	frame("WREN", 0x06, FLASH_FOR_OTHER, -1, 0, FLASH_DONE);
	frame("SE", 0x20, FLASH_FOR_ERASE, 0x1000, 0, FLASH_DONE);
	end(FLASH_EVENT_INTERRUPTED, FLASH_FOR_ERASE, 0x1000, 4096, 2000000, FLASH_DONE);
	end(FLASH_EVENT_POWER, FLASH_FOR_OTHER, -1, 0, 0, FLASH_DONE);
	frame("SE", 0x20, FLASH_FOR_ERASE, 0x3123, 0, FLASH_DONE);
	end(FLASH_EVENT_READY, FLASH_FOR_ERASE, 0x3123, 4096, 45000000, FLASH_NOT_ERASED);
	expect("erase 000000-000FFF, 4 KiB, 2 times, 1 poll, 5 ms, SE (20), 2 WREN\n"
	       "erase 001000 was interrupted, after 2 ms\n"
	       "supply off\n"
	       "erase 003000-003FFF, 1 failed: some cells are not erased, 4 KiB\n");
}
END_TEST

START_TEST(other_commands_are_counted_if_they_are_alike)
{
	frame("RDID", 0x9f, FLASH_FOR_OTHER, -1, 3, FLASH_DONE);
	frame("RDID", 0x9f, FLASH_FOR_OTHER, -1, 3, FLASH_DONE);
	frame("RDID", 0x9f, FLASH_FOR_OTHER, -1, 4, FLASH_DONE);
	frame("RDSFDP", 0x5a, FLASH_FOR_OTHER, 0, 8, FLASH_DONE);
	frame("RDSFDP", 0x5a, FLASH_FOR_OTHER, 8, 8, FLASH_DONE);
	frame("WREN", 0x06, FLASH_FOR_OTHER, -1, 0, FLASH_DONE);
	frame("RDSR", 0x05, FLASH_FOR_STATUS_READ, -1, 1, FLASH_DONE);
	frame("CE", 0xc7, FLASH_FOR_ERASE, -1, 0, FLASH_DONE);
	end(FLASH_EVENT_READY, FLASH_FOR_ERASE, -1, 1048576, 2000000000, FLASH_DONE);
	frame("WREN", 0x06, FLASH_FOR_OTHER, -1, 0, FLASH_DONE);
	expect("RDID (9F), 3 bytes, 2 times, 1 ms\n"
	       "RDID (9F), 4 bytes\n"
	       "RDSFDP (5A) 000000-00000F, 16 bytes, 2 x 8 bytes, 1 ms\n"
	       "RDSR (05), 1 byte\n"
	       "erase the chip, 1 MiB, 3 ms, CE (C7), 1 WREN, busy 2 s\n"
	       "WREN (06)\n");
}
END_TEST

START_TEST(acts_of_a_fault_are_counted_beside_operations)
{
	struct trace_group act = {.kind = TRACE_GROUP_FAULT,
		.cs = -1,
		.id = 3,
		.count = 1,
		.opcode = -1,
		.has_address = true,
		.what = "bit-error (clip)",
		.text = "miso, byte 12, bit 7"};

	for (unsigned int i = 0; i < 3; i++) {
		act.from = 0x1000 - 16 * i;
		act.to = act.from + 1;
		trace_fold_add(&fold, &act);
		frame("READ", 0x03, FLASH_FOR_READ, 4096 * i, 4096, FLASH_DONE);
	}
	expect("fault 3, bit-error (clip), acted 3 times at 000FE0-001000\n"
	       "read 000000-002FFF, 12 KiB, 3 x 4 KiB, 2 ms, READ (03)\n");
}
END_TEST

static const struct {
	struct trace_group group;
	const char *text;
} others[] = {
	{{.kind = TRACE_GROUP_HOST, .on = true}, "host opened the port"},
	{{.kind = TRACE_GROUP_HOST}, "host closed the port"},
	{{.kind = TRACE_GROUP_PIN, .what = "hold", .text = "float"}, "HOLD# set to float"},
	{{.kind = TRACE_GROUP_POWER, .on = true}, "supply on"},
	{{.kind = TRACE_GROUP_BOOT, .on = true}, "board boots"},
	{{.kind = TRACE_GROUP_BOOT, .text = "no content"}, "board does not boot: no content"},
	{{.kind = TRACE_GROUP_BOARD, .what = "reset"}, "board is held in reset"},
	{{.kind = TRACE_GROUP_BOARD, .what = "off"}, "board has no supply"},
	{{.kind = TRACE_GROUP_CABLE}, "cable unplugged"},
	{{.kind = TRACE_GROUP_SNAPSHOT, .what = "take", .text = "clean"}, "snapshot take: clean"},
	{{.kind = TRACE_GROUP_IMAGE,
		 .what = "load",
		 .text = "/a/very/long/name/of/a/file/that/does/not/fit/into/the/line/at/all.bin"},
		"image load: /a/very/long/name/of/a/file/that/does/not/fit/into/t..."},
};

START_TEST(everything_else_is_a_line_that_completes_what_is_open)
{
	g_autofree char *wanted = g_strdup_printf("RDID (9F), 3 bytes\n%s\n", others[_i].text);

	frame("RDID", 0x9f, FLASH_FOR_OTHER, -1, 3, FLASH_DONE);
	trace_fold_add(&fold, &others[_i].group);
	ck_assert_str_eq(lines->str, wanted);
}
END_TEST

Suite *
suite_fold(void)
{
	Suite *suite = suite_create("fold");
	TCase *tcase = tcase_create("fold");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, programs_with_polls_are_one_line);
	tcase_add_test(tcase, a_block_by_block_write_is_a_line_for_each_purpose);
	tcase_add_test(tcase, an_ignored_frame_is_never_folded_away);
	tcase_add_test(tcase, an_interruption_and_a_failure_are_said);
	tcase_add_test(tcase, other_commands_are_counted_if_they_are_alike);
	tcase_add_test(tcase, acts_of_a_fault_are_counted_beside_operations);
	tcase_add_loop_test(tcase, everything_else_is_a_line_that_completes_what_is_open, 0,
		G_N_ELEMENTS(others));
	suite_add_tcase(suite, tcase);
	return suite;
}
