/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults in text form: they set the right fields, or are rejected with the allowed values. */
#include "flash/flash.h"
#include "setup/faultwords.h"
#include "suites.h"

#include <check.h>
#include <string.h>

static struct setup_fault *
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct setup_fault *fault = setup_fault_parse(text, &error);

	ck_assert_msg(fault != NULL, "%s: %s", text, error ? error->message : "");
	return fault;
}

START_TEST(texts_set_the_fields_of_wire_faults)
{
	struct setup_fault *fault =
		parse("bit-error line=miso rate=1e-3 only=0-to-1 opcode=9F  address=0x1000-0x1FFF "
		      "nth=3 count=7 per-frame=2 probability=0.5 bytes=4-260 from=1ms to=2s "
		      "select=1 during=read,erase");

	ck_assert_int_eq(fault->model, SETUP_FAULT_OF_WIRES);
	ck_assert_int_eq(fault->wires.what, CLIP_BIT_ERROR);
	ck_assert_int_eq(fault->wires.line, CLIP_MISO);
	ck_assert(fault->wires.rate > 0.00099 && fault->wires.rate < 0.00101);
	ck_assert_int_eq(fault->wires.only, CLIP_0_TO_1);
	ck_assert(fault->wires.when.has_opcode);
	ck_assert_uint_eq(fault->wires.when.opcode, 0x9f);
	ck_assert_uint_eq(fault->wires.when.address_from, 0x1000);
	ck_assert_uint_eq(fault->wires.when.address_to, 0x2000);
	ck_assert_uint_eq(fault->wires.when.nth, 3);
	ck_assert_uint_eq(fault->wires.when.count, 7);
	ck_assert_uint_eq(fault->wires.when.per_frame, 2);
	ck_assert(fault->wires.when.probability == 0.5);
	ck_assert_uint_eq(fault->wires.when.byte_from, 4);
	ck_assert_uint_eq(fault->wires.when.byte_to, 261);
	ck_assert_int_eq(fault->wires.when.from_ns, 1000000);
	ck_assert_int_eq(fault->wires.when.to_ns, 2000000000);
	ck_assert_uint_eq(fault->wires.when.selects, 2);
	ck_assert_uint_eq(fault->wires.when.purposes, 1 << FLASH_FOR_READ | 1 << FLASH_FOR_ERASE);
	ck_assert_ptr_nonnull(strstr(fault->text, "bit-error line=miso rate=1e-3 only=0-to-1"));
	setup_fault_free(fault);
}
END_TEST

START_TEST(texts_set_the_fields_of_chip_faults)
{
	struct setup_fault *fault = parse("weak-cell address=16-31 every=256 offset=6 bits=80 "
					  "rate=0.25 count=9");

	ck_assert_int_eq(fault->model, SETUP_FAULT_OF_CHIP);
	ck_assert_int_eq(fault->chip.what, FLASH_FAULT_WEAK_CELL);
	ck_assert_uint_eq(fault->chip.when.address_from, 16);
	ck_assert_uint_eq(fault->chip.when.address_to, 32);
	ck_assert_uint_eq(fault->chip.every, 256);
	ck_assert_uint_eq(fault->chip.offset, 6);
	ck_assert_uint_eq(fault->chip.mask, 0x80);
	ck_assert(fault->chip.rate == 0.25);
	ck_assert_uint_eq(fault->chip.when.count, 9);
	setup_fault_free(fault);
	fault = parse("slow during=erase factor=20 nth=2 probability=1");
	ck_assert_uint_eq(fault->chip.when.purposes, 1 << FLASH_FOR_ERASE);
	ck_assert(fault->chip.factor == 20);
	ck_assert_uint_eq(fault->chip.when.nth, 2);
	setup_fault_free(fault);
	fault = parse("read-disturb");
	ck_assert_uint_eq(fault->chip.after, 1000);
	ck_assert(fault->chip.rate == 1e-6);
	ck_assert(!fault->chip.level);
	setup_fault_free(fault);
	fault = parse("read-disturb after=7 rate=1e-3 level=1 address=0x1000-0x1FFF count=2");
	ck_assert_uint_eq(fault->chip.after, 7);
	ck_assert(fault->chip.rate == 1e-3);
	ck_assert(fault->chip.level);
	ck_assert_uint_eq(fault->chip.when.address_to, 0x2000);
	ck_assert_uint_eq(fault->chip.when.count, 2);
	setup_fault_free(fault);
	fault = parse("stuck-cell level=1 bits=0F");
	ck_assert(fault->chip.level);
	setup_fault_free(fault);
}
END_TEST

START_TEST(texts_set_the_fields_of_line_faults)
{
	struct setup_fault *fault = parse("contact line=clk per-us=0.01 open-for=50us");

	ck_assert_int_eq(fault->wires.line, CLIP_CLK);
	ck_assert_int_eq(fault->wires.open_ns, 50000);
	setup_fault_free(fault);
	fault = parse("too-fast limit=10MHz limit-read=5MHz slope=0.1");
	ck_assert_uint_eq(fault->wires.limit_hz, 10000000);
	ck_assert_uint_eq(fault->wires.limit_read_hz, 5000000);
	setup_fault_free(fault);
	fault = parse("slip bit=6 period=20ms phase=5ms duty=0.25");
	ck_assert(fault->wires.has_bit);
	ck_assert_uint_eq(fault->wires.bit, 6);
	ck_assert_int_eq(fault->wires.cycle.period_ns, 20000000);
	ck_assert_int_eq(fault->wires.cycle.phase_ns, 5000000);
	ck_assert(fault->wires.cycle.duty == 0.25);
	setup_fault_free(fault);
	fault = parse("master duty=0.7 period=10ms phase=1ms rule=and drives=cs,mosi,clk "
		      "clock=24MHz reads=64");
	ck_assert_int_eq(fault->wires.cycle.period_ns, 10000000);
	ck_assert_uint_eq(
		fault->wires.master.lines, 1u << CLIP_CS | 1u << CLIP_MOSI | 1u << CLIP_CLK);
	ck_assert_uint_eq(fault->wires.master.read_bytes, 64);
	setup_fault_free(fault);
	fault = parse("board-writes writes=16 period=2s phase=3ms address=0x1000-0x2FFF select=1");
	ck_assert_uint_eq(fault->wires.writes.bytes, 16);
	ck_assert_int_eq(fault->wires.cycle.period_ns, 2000000000);
	ck_assert_int_eq(fault->wires.cycle.phase_ns, 3000000);
	ck_assert_uint_eq(fault->wires.when.address_from, 0x1000);
	ck_assert_uint_eq(fault->wires.when.address_to, 0x3000);
	ck_assert_uint_eq(fault->wires.when.selects, 1 << 1);
	setup_fault_free(fault);
	fault = parse("short line=mosi with=miso dominates=yes side=host");
	ck_assert_int_eq(fault->wires.line2, CLIP_MISO);
	ck_assert(fault->wires.dominates);
	setup_fault_free(fault);
	fault = parse("shifted pins=-1");
	ck_assert_int_eq(fault->wires.pins, -1);
	setup_fault_free(fault);
	fault = parse("unplug direction=to-adapter command=O_SPIOP operation=3 time=2s");
	ck_assert_int_eq(fault->model, SETUP_FAULT_OF_LINK);
	ck_assert_int_eq(fault->link.direction, LINK_TO_ADAPTER);
	ck_assert(fault->link.when.has_opcode);
	ck_assert_uint_eq(fault->link.when.opcode, 0x13);
	ck_assert_uint_eq(fault->link.when.from_nth, 3);
	ck_assert_uint_eq(fault->link.ms, 2000);
	setup_fault_free(fault);
	fault = parse("nak command=1f");
	ck_assert_uint_eq(fault->link.when.opcode, 0x1f);
	setup_fault_free(fault);
	fault = parse("wrong-baud baud=57600");
	ck_assert_uint_eq(fault->link.baud, 57600);
	setup_fault_free(fault);
	fault = parse("slip edge=doubled rate=1e-4");
	ck_assert_int_eq(fault->wires.slip, CLIP_SLIP_DOUBLED);
	setup_fault_free(fault);
}
END_TEST

static const struct {
	const char *text;
	const char *message;
} refused[] = {
	{"", "no fault is named; spinor help fault lists them"},
	{"opne", "unknown fault \"opne\": did you mean open?; spinor help fault lists them"},
	{"open line", "\"line\" is no setting; allowed is NAME=VALUE"},
	{"open line=sck", "line=sck is refused; allowed: cs, clk, mosi, miso, wp, hold, vcc, gnd"},
	{"open line=msio", "line=msio is refused: did you mean miso?; allowed: cs, clk"},
	{"open during=read,eraze", "during=read,eraze is refused: did you mean erase?; allowed"},
	{"open rate=0.1", "fault open has no \"rate\""},
	{"bit-error lime=miso", "fault bit-error has no \"lime\": did you mean line?; allowed are"},
	{"bit-error rate=2", "rate=2 is refused; allowed: a probability from 0 to 1"},
	{"bit-error bit=8", "bit=8 is refused; allowed: 7, the first on the wire, to 0"},
	{"open bit=7", "fault open has no \"bit\""},
	{"open period=0", "period=0 is refused; allowed: a time, such as 50us or 1.5s, above 0"},
	{"open duty=1.5", "duty=1.5 is refused; allowed: a share from 0 to 1"},
	{"nak period=1s", "fault nak has no \"period\""},
	{"bit-error rate=nan", "rate=nan is refused"},
	{"bit-error rate=\n1e-3", "rate=\n1e-3 is refused"},
	{"bit-error rate=+1e-3", "rate=+1e-3 is refused"},
	{"bit-error rate=1e-3x", "rate=1e-3x is refused"},
	{"open address=9-3", "address=9-3 is refused; allowed: a number or FIRST-LAST"},
	{"open nth=0", "nth=0 is refused"},
	{"open during=reads",
		"during=reads is refused: did you mean read?; allowed: some of read,"},
	{"slow factor=0", "factor=0 is refused; allowed: a number from 1 to 1000000"},
	{"stuck-cell opcode=9F", "fault stuck-cell has no \"opcode\""},
	{"stuck-cell bits=100", "bits=100 is refused; allowed: a mask in hex"},
	{"read-disturb after=1ms", "after=1ms is refused; allowed: a number of reads up to"},
	{"read-disturb bits=01", "fault read-disturb has no \"bits\""},
	{"shifted pins=2", "pins=2 is refused; allowed: 1 or -1"},
	{"bit-error rate=1e-3 line=miso rate=1e-4",
		"rate=1e-4 is refused: rate is there twice; allowed is once"},
	{"slow during=erase during=erase",
		"during=erase is refused: during is there twice; allowed is once"},
	{"drop after=1s after=2s", "after=2s is refused: after is there twice; allowed is once"},
	{"board-writes writes=257",
		"writes=257 is refused; allowed: a number of bytes from 1 to 256"},
	{"board-writes period=0ms", "period=0ms is refused"},
	{"board-writes during=read", "fault board-writes has no \"during\""},
	{"master drives=power", "drives=power is refused"},
	{"master drives=", "drives= is refused; allowed: some of cs,mosi,clk,miso"},
	{"master drives=cs,vcc", "drives=cs,vcc is refused; allowed: some of cs,mosi,clk,miso"},
	{"open during=", "during= is refused; allowed: some of read"},
	{"stall time=1.5ms", "time=1.5ms is refused; allowed: whole milliseconds up to an hour"},
	{"stall after=100us", "after=100us is refused; allowed: whole milliseconds up to an hour"},
	{"garbage text=a\\q", "text=a\\q is refused; allowed: a text of up to 256 bytes; \\n, \\r"},
	{"garbage text=a\\", "text=a\\ is refused"},
	{"garbage text=\\x4", "text=\\x4 is refused"},
	{"garbage text=\\x4g", "text=\\x4g is refused"},
	{"open opcode=0x1FF",
		"opcode=0x1FF is refused; allowed: a byte in hex, such as 9F or 0x9F"},
	{"open opcode=0x", "opcode=0x is refused"},
	{"chunks size=1048577",
		"size=1048577 is refused; allowed: a whole number from 1 to 1048576"},
	{"stuck-cell every=4294967296",
		"every=4294967296 is refused; allowed: a whole number from 1 to 4294967295"},
	{"too-fast slope=1e7", "slope=1e7 is refused; allowed: a number from 0 to 1000000"},
	{"nak command=O_SPI",
		"command=O_SPI is refused: did you mean O_SPIOP?; allowed: a command by name"},
	{"latency command=13", "fault latency has no \"command\""},
	{"wrong-baud byte=1", "fault wrong-baud has no \"byte\""},
	{"wrong-baud baud=9600.5", "baud=9600.5 is refused; allowed: a speed from 300 to"},
};

START_TEST(errors_give_the_reason)
{
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(setup_fault_parse(refused[_i].text, &error));
	ck_assert_msg(g_str_has_prefix(error->message, refused[_i].message), "%s: %s",
		refused[_i].text, error->message);
}
END_TEST

START_TEST(a_number_is_not_a_valid_name)
{
	static const char *const bad[] = {"", "3", "0815", "a b", "a/b", "\xC3\xA4",
		"0123456789012345678901234567890123456789012345678901234567890123x"};
	struct setup_fault *fault = parse("late");
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(fault->name);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		ck_assert_msg(!setup_fault_set_name(fault, bad[i], NULL), "%s", bad[i]);
	ck_assert(setup_fault_set_name(fault, "x", NULL));
	ck_assert(setup_fault_set_name(fault, "2.wire_a-B", NULL));
	ck_assert_str_eq(fault->name, "2.wire_a-B");
	ck_assert(!setup_fault_set_name(fault, "3", &error));
	ck_assert_str_eq(error->message,
		"\"3\" is no name for a fault; allowed are 1 to 64 of A-Z a-z 0-9 . _ -, not "
		"digits alone");
	ck_assert_str_eq(fault->name, "2.wire_a-B");
	setup_fault_free(fault);
}
END_TEST

START_TEST(a_text_sets_its_bytes)
{
	struct setup_fault *fault = parse("garbage text=a\\n\\r\\t\\\\\\\"\\xff\\x00z");

	ck_assert_uint_eq(fault->link.text_bytes, 9);
	ck_assert_mem_eq(fault->link.text, "a\n\r\t\\\"\xff\0z", 9);
	setup_fault_free(fault);
}
END_TEST

START_TEST(hexadecimal_bytes_may_begin_with_0x)
{
	struct setup_fault *fault = parse("open opcode=0x9F");

	ck_assert_uint_eq(fault->wires.when.opcode, 0x9f);
	setup_fault_free(fault);
	fault = parse("stuck-cell bits=0x80");
	ck_assert_uint_eq(fault->chip.mask, 0x80);
	setup_fault_free(fault);
	fault = parse("nak command=0x13");
	ck_assert_uint_eq(fault->link.when.opcode, 0x13);
	setup_fault_free(fault);
}
END_TEST

/* Text from the socket can contain any byte. */
START_TEST(control_characters_of_a_text_are_escaped)
{
	struct setup_fault *fault = parse("garbage text=AT\r\n\x1b[1m");

	ck_assert_str_eq(fault->text, "garbage text=AT\\r\\n\\x1B[1m");
	ck_assert_mem_eq(fault->link.text, "AT\r\n\x1b[1m", 8);
	setup_fault_free(fault);
}
END_TEST

/* Every fault is valid with its default settings. */
START_TEST(every_name_parses_as_a_fault)
{
	g_autofree const char **names = setup_fault_names();

	for (const char **name = names; *name; name++) {
		struct setup_fault *fault = parse(*name);
		g_autofree const char **known = setup_fault_settings(fault);

		ck_assert_msg(known[0] != NULL, "%s", *name);
		if (fault->model == SETUP_FAULT_OF_WIRES)
			ck_assert_msg(clip_fault_check(&fault->wires) == NULL, "%s: %s", *name,
				clip_fault_check(&fault->wires));
		setup_fault_free(fault);
	}
}
END_TEST

Suite *
suite_fault_words(void)
{
	Suite *suite = suite_create("fault_words");
	TCase *tcase = tcase_create("words");

	tcase_add_test(tcase, texts_set_the_fields_of_wire_faults);
	tcase_add_test(tcase, texts_set_the_fields_of_chip_faults);
	tcase_add_test(tcase, texts_set_the_fields_of_line_faults);
	tcase_add_loop_test(tcase, errors_give_the_reason, 0, G_N_ELEMENTS(refused));
	tcase_add_test(tcase, a_number_is_not_a_valid_name);
	tcase_add_test(tcase, a_text_sets_its_bytes);
	tcase_add_test(tcase, hexadecimal_bytes_may_begin_with_0x);
	tcase_add_test(tcase, control_characters_of_a_text_are_escaped);
	tcase_add_test(tcase, every_name_parses_as_a_fault);
	suite_add_tcase(suite, tcase);
	return suite;
}
