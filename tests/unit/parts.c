/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests every part of the chip files with a host that uses the part's data: it identifies the chip
 * by its own method, erases each block with each erase opcode and checks which bytes changed,
 * programs by the part's method across the edges of pages and dies, and reads the whole array. TAP
 * on stdout. With UNIT_PARTS_FEW set, one part of each group with the same features is tested;
 * frames of every length (parts_frames.c) are sent to all parts even then.
 */
#include "chipdb/chipdb.h"
#include "hostmodel.h"
#include "parts_frames.h"
#include "parts_lengths.h"
#include "wall.h"

#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

static GPtrArray *parts;
static struct hostmodel *host;

static uint8_t *erased; /* MAX_SPAN bytes of FF */
static uint8_t *programmed;

enum {
	MAX_SPAN = 1 << 20
};

static void
setup(void)
{
	erased = g_malloc(MAX_SPAN);
	memset(erased, 0xff, MAX_SPAN);
	programmed = g_malloc0(MAX_SPAN);
}

static void
teardown(void)
{
	g_clear_pointer(&host, hostmodel_destroy);
	g_clear_pointer(&erased, g_free);
	g_clear_pointer(&programmed, g_free);
}

static void
begin(int i)
{
	host = hostmodel_new(g_ptr_array_index(parts, (guint)i));
}

/* Fails unless n bytes of the array at address equal pattern (erased or programmed). */
static void
assert_span(uint64_t address, uint64_t n, const uint8_t *pattern, const char *what)
{
	const char *name = host->part->name;

	while (n) {
		size_t span = MIN(n, MAX_SPAN);

		if (memcmp(host->array + address, pattern, span) != 0)
			ck_abort_msg("%s: %s: not all %02X in %zu bytes at %" G_GINT64_MODIFIER "X",
				name, what, pattern[0], span, address);
		address += span;
		n -= span;
	}
}

/* --- identification --- */

static void
assert_answer(const uint8_t *frame, size_t n_out, const uint8_t *wanted, size_t n)
{
	uint8_t answer[16];

	hostmodel_frame(host, frame, n_out, answer, n);
	if (memcmp(answer, wanted, n) != 0)
		ck_abort_msg("%s: %02X is answered by %02X %02X %02X", host->part->name, frame[0],
			answer[0], answer[1], answer[2]);
}

static bool
has_any_id(void)
{
	return hostmodel_has(host, "RDID") || hostmodel_has(host, "REMS") ||
		hostmodel_has(host, "RES") || hostmodel_has(host, "RDIDP");
}

START_TEST(identifies_by_its_own_method)
{
	static const uint8_t sfdp[] = {'S', 'F', 'D', 'P'};
	static const uint8_t floating[] = {0xff, 0xff, 0xff};
	uint8_t frame[5] = {0};
	const struct flash_part *part;

	begin(_i);
	part = host->part;
	if (hostmodel_has(host, "RDID")) {
		frame[0] = (uint8_t)hostmodel_opcode(host, "RDID");
		assert_answer(frame, 1, part->id, part->id_length);
	}
	if (hostmodel_has(host, "REMS")) {
		uint8_t wanted[] = {part->manufacturer, part->device_id};

		frame[0] = (uint8_t)hostmodel_opcode(host, "REMS");
		assert_answer(frame, 4, wanted, 2);
	}
	if (hostmodel_has(host, "RES")) {
		frame[0] = (uint8_t)hostmodel_opcode(host, "RES");
		assert_answer(frame, 4, part->res, part->res_length);
	}
	if (hostmodel_has(host, "RDIDP")) {
		frame[0] = (uint8_t)hostmodel_opcode(host, "RDIDP");
		assert_answer(frame, 1 + part->address_bytes, part->id, part->id_length);
	}
	if (hostmodel_has(host, "RDSFDP")) {
		frame[0] = (uint8_t)hostmodel_opcode(host, "RDSFDP");
		assert_answer(frame, 5, sfdp, 4);
	}
	if (!has_any_id()) {
		frame[0] = 0x9f;
		assert_answer(frame, 1, floating, 3);
		frame[0] = 0x90;
		assert_answer(frame, 4, floating, 2);
	}
}
END_TEST

/* --- erase --- */

static bool
send_erase(const struct flash_erase *erase, uint64_t address)
{
	bool chip = erase->size == 0 && erase->n_regions == 0;
	unsigned int address_bytes = chip ? 0
		: erase->four_byte        ? 4
					  : hostmodel_reach(host, address);
	uint8_t frame[5] = {erase->opcode};
	uint8_t *end = hostmodel_put_address(host, frame + 1, address, address_bytes);

	if (!chip && address_bytes == 0)
		return false;
	if (chip && hostmodel_is_dataflash(host)) {
		static const uint8_t rest[] = {0x94, 0x80, 0x9a};

		memcpy(frame + 1, rest, sizeof(rest));
		end = frame + 1 + sizeof(rest);
	}
	hostmodel_enable(host);
	hostmodel_frame(host, frame, (size_t)(end - frame), NULL, 0);
	return true;
}

/* Calls each with every block of the erase, from address 0 up. */
static void
for_each_block(const struct flash_erase *erase,
	void (*each)(const struct flash_erase *erase, uint64_t start, uint32_t size,
		unsigned int number))
{
	uint64_t start = 0;
	unsigned int number = 0;

	for (unsigned int i = 0; i < MAX(erase->n_regions, 1); i++) {
		uint32_t size = erase->n_regions ? erase->regions[i].block_size : erase->size;
		uint64_t n =
			erase->n_regions ? erase->regions[i].n_blocks : host->part->size / size;

		for (; n > 0; n--, start += size)
			each(erase, start, size, number++);
	}
	ck_assert_uint_eq(start, host->part->size);
}

static bool
is_reached(uint64_t address)
{
	return hostmodel_reach(host, address) > 0;
}

/* False if the opcode erases nothing there, or the host's addresses do not reach it. */
static bool
is_erasable(const struct flash_erase *erase, uint64_t address)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < erase->n_regions; i++) {
		end += (uint64_t)erase->regions[i].n_blocks * erase->regions[i].block_size;
		if (address < end)
			return !erase->regions[i].gap && is_reached(address);
	}
	return is_reached(address);
}

/* Erases a block by an address inside it. */
static void
erase_block(const struct flash_erase *erase, uint64_t start, uint32_t size, unsigned int number)
{
	if (send_erase(erase, start + (number * 2654435761u) % size))
		assert_span(start, size, is_erasable(erase, start) ? erased : programmed, "block");
}

static void
erase_even(const struct flash_erase *erase, uint64_t start, uint32_t size, unsigned int number)
{
	if (number % 2 == 0)
		erase_block(erase, start, size, number);
}

static void
erase_odd(const struct flash_erase *erase, uint64_t start, uint32_t size, unsigned int number)
{
	if (number % 2 == 1)
		erase_block(erase, start, size, number);
}

static void
check_even(const struct flash_erase *erase, uint64_t start, uint32_t size, unsigned int number)
{
	assert_span(start, size, number % 2 == 0 && is_erasable(erase, start) ? erased : programmed,
		"every other block");
}

static void
check_all(const struct flash_erase *erase, uint64_t start, uint32_t size, unsigned int number)
{
	(void)number;
	assert_span(start, size, is_erasable(erase, start) ? erased : programmed, "all blocks");
}

/* Erases every other block, checks the whole array, then erases the rest. */
static void
erase_all_blocks(const struct flash_erase *erase)
{
	hostmodel_clear(host);
	for_each_block(erase, erase_even);
	for_each_block(erase, check_even);
	for_each_block(erase, erase_odd);
	for_each_block(erase, check_all);
}

/* Hybrid erases that are enabled at delivery replace the others with the same opcode. */
static bool
is_in_force(const struct flash_erase *erase)
{
	for (unsigned int i = 0; i < host->part->n_erases; i++) {
		const struct flash_erase *other = &host->part->erases[i];

		if (other->hybrid && !erase->hybrid && other->opcode == erase->opcode)
			return false;
	}
	return true;
}

START_TEST(erases_only_the_addressed_block)
{
	begin(_i);
	hostmodel_unlock(host);
	for (unsigned int i = 0; i < host->part->n_erases; i++) {
		const struct flash_erase *erase = &host->part->erases[i];

		if (!is_in_force(erase))
			continue;
		if (erase->size || erase->n_regions) {
			erase_all_blocks(erase);
			continue;
		}
		hostmodel_clear(host);
		send_erase(erase, 0);
		assert_span(0, host->part->size, erased, "erased chip");
	}
}
END_TEST

/* --- program --- */

/* The part's commands that program some bytes at an address. */
struct method {
	const char *name;
	unsigned int address_bytes; /* 0: as the mode says */
	bool one_byte;
	bool overwrites; /* bits go both ways */
};

static const struct method methods[] = {
	{"PP", 0, false, false},
	{"PP4", 4, false, false},
	{"BP", 0, true, false},
	{"WRITE", 0, false, true},
};

static void
send_program(const struct method *method, uint64_t address, const uint8_t *data, size_t n)
{
	unsigned int address_bytes =
		method->address_bytes ? method->address_bytes : hostmodel_reach(host, address);
	g_autofree uint8_t *frame = g_malloc(5 + n);
	uint8_t *end;

	frame[0] = (uint8_t)hostmodel_opcode(host, method->name);
	end = hostmodel_put_address(host, frame + 1, address, address_bytes);
	memcpy(end, data, n);
	hostmodel_enable(host);
	hostmodel_frame(host, frame, (size_t)(end - frame) + n, NULL, 0);
}

/* Programs a few bytes across the edge at address: they wrap to the start of the page before it. */
static void
program_over(const struct method *method, uint64_t edge)
{
	static const uint8_t first[] = {0x5a, 0xf0, 0x3c, 0x0f, 0x81, 0x7e};
	static const uint8_t second[] = {0xff, 0x3f, 0xfc, 0xff, 0x18, 0xe7};
	uint32_t page = host->part->page_size;
	uint64_t start = edge - page;
	g_autofree uint8_t *wanted = g_malloc(page);

	memcpy(wanted, host->array + start, page);
	send_program(method, edge - 3, first, sizeof(first));
	send_program(method, edge - 3, second, sizeof(second));
	for (unsigned int i = 0; i < sizeof(first); i++) {
		uint8_t *at = &wanted[(page - 3 + i) % page];

		*at = method->overwrites ? second[i] : *at & first[i] & second[i];
	}
	if (memcmp(host->array + start, wanted, page) != 0)
		ck_abort_msg("%s: %s over the edge at %" G_GINT64_MODIFIER "X", host->part->name,
			method->name, edge);
	if (edge < host->part->size)
		assert_span(edge, 1, erased, "behind the page");
}

static void
program_byte(const struct method *method, uint64_t address)
{
	static const uint8_t values[] = {0x5a, 0xf0};

	send_program(method, address, &values[0], 1);
	send_program(method, address, &values[1], 1);
	ck_assert_uint_eq(host->array[address], 0x50);
	if (address > 0)
		assert_span(address - 1, 1, erased, "before the byte");
	if (address + 1 < host->part->size)
		assert_span(address + 1, 1, erased, "behind the byte");
}

static void
program_all_over(const struct method *method)
{
	uint64_t size = host->part->size;
	uint64_t step = MAX(host->part->page_size, size / 64);

	memset(host->array, 0xff, size);
	for (uint64_t edge = step; edge <= size; edge += step) {
		if (method->one_byte)
			program_byte(method, edge - 1);
		else
			program_over(method, edge);
	}
}

/* Programs by way of buffer 1, three bytes more than a page, which wrap in the buffer. */
static void
program_dataflash_page(uint64_t start)
{
	static const uint8_t data[] = {0x5a, 0xf0, 0x3c, 0x0f, 0x81, 0x7e};
	uint32_t page = host->part->page_size;
	g_autofree uint8_t *wanted = g_malloc(page);
	g_autofree uint8_t *fill = g_malloc(page + 4);
	uint8_t frame[4 + sizeof(data)] = {(uint8_t)hostmodel_opcode(host, "DF_BUF1_WRITE")};

	fill[0] = frame[0];
	hostmodel_put_address(host, fill + 1, 0, 3);
	memset(fill + 4, 0xff, page);
	hostmodel_frame(host, fill, page + 4, NULL, 0);
	hostmodel_put_address(host, frame + 1, page - 3, 3);
	memcpy(frame + 4, data, sizeof(data));
	hostmodel_frame(host, frame, sizeof(frame), NULL, 0);
	frame[0] = (uint8_t)hostmodel_opcode(host, "DF_BUF1_PROGRAM");
	hostmodel_put_address(host, frame + 1, start, 3);
	hostmodel_frame(host, frame, 4, NULL, 0);
	memset(wanted, 0xff, page);
	for (unsigned int i = 0; i < sizeof(data); i++)
		wanted[(page - 3 + i) % page] = data[i];
	if (memcmp(host->array + start, wanted, page) != 0)
		ck_abort_msg("%s: the page at %" G_GINT64_MODIFIER "X", host->part->name, start);
}

static void
program_dataflash(void)
{
	uint64_t size = host->part->size;
	uint32_t page = host->part->page_size;
	uint64_t step = MAX(page, size / page / 64 * page);

	memset(host->array, 0xff, size);
	for (uint64_t start = 0; start + page <= size && is_reached(start); start += step) {
		program_dataflash_page(start);
		if (start + page < size)
			assert_span(start + page, 1, erased, "behind the page");
	}
}

START_TEST(programs_by_its_own_method)
{
	begin(_i);
	hostmodel_unlock(host);
	if (hostmodel_is_dataflash(host))
		program_dataflash();
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
		if (hostmodel_has(host, methods[i].name))
			program_all_over(&methods[i]);
	}
}
END_TEST

/* --- read --- */

static void
read_from(int opcode, unsigned int address_bytes, uint64_t address, uint64_t n)
{
	g_autofree uint8_t *in = g_malloc(n);

	hostmodel_read(host, opcode, address_bytes, address, in, n);
	if (memcmp(in, host->array + address, n) != 0)
		ck_abort_msg("%s: %02X reads something else at %" G_GINT64_MODIFIER "X",
			host->part->name, (unsigned int)opcode, address);
}

/* With the address bytes of power-up: only the bytes within reach, and the wrap at their end. */
static void
read_within_reach(int opcode)
{
	unsigned int n = host->part->address_bytes;
	uint64_t reach = MIN(host->part->size, UINT64_C(1) << 8 * n);
	uint8_t around[2];

	for (uint64_t address = 0; address < reach; address += MIN(reach, MAX_SPAN))
		read_from(opcode, n, address, MIN(reach, MAX_SPAN));
	hostmodel_read(host, opcode, n, reach - 1, around, 2);
	ck_assert_uint_eq(around[0], host->array[reach - 1]);
	ck_assert_uint_eq(around[1], host->array[0]);
}

static void
read_all(int opcode, bool four_byte)
{
	uint64_t size = host->part->size;
	uint64_t span =
		hostmodel_is_dataflash(host) ? 64 * host->part->page_size : MIN(size, MAX_SPAN);

	for (uint64_t address = 0; address < size; address += span) {
		unsigned int n = four_byte ? 4 : hostmodel_reach(host, address);

		if (n > 0)
			read_from(opcode, n, address, span);
	}
}

START_TEST(reads_the_whole_array)
{
	begin(_i);
	/* All parts of the pattern differ, within a 16 MiB piece and between two of them. */
	for (uint64_t i = 0; i < host->part->size; i += 4) {
		uint32_t word = (uint32_t)(i * UINT64_C(2654435761) >> 2);

		memcpy(host->array + i, &word, 4);
	}
	if (hostmodel_has(host, "READ")) {
		read_within_reach(hostmodel_opcode(host, "READ"));
		read_all(hostmodel_opcode(host, "READ"), false);
	}
	if (hostmodel_has(host, "READ4"))
		read_all(hostmodel_opcode(host, "READ4"), true);
	if (hostmodel_has(host, "DF_READ"))
		read_all(hostmodel_opcode(host, "DF_READ"), false);
}
END_TEST

/* Describes the features of a part that select code in the engine, without sizes and times. */
static char *
features_of(const struct flash_part *part)
{
	GString *features = g_string_new(NULL);

	g_string_append_printf(
		features, "%u %u %u", part->page_size, part->address_bytes, part->dies);
	for (unsigned int i = 0; i < part->n_commands; i++)
		g_string_append_printf(features, " %s", part->commands[i].name);
	for (unsigned int i = 0; i < part->n_erases; i++)
		g_string_append_printf(features, " %u%s", part->erases[i].n_regions,
			part->erases[i].hybrid ? "h" : "");
	return g_string_free(features, FALSE);
}

static int
by_size(const void *a, const void *b)
{
	const struct flash_part *const *left = a, *const *right = b;

	return (*left)->size < (*right)->size ? -1 : (*left)->size > (*right)->size;
}

/* Keeps the smallest part of each set of features, for slow runs. */
static void
keep_one_of_each_feature_set(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	guint n = 0;

	g_ptr_array_sort(parts, by_size);
	for (guint i = 0; i < parts->len; i++) {
		if (g_hash_table_add(seen, features_of(g_ptr_array_index(parts, i))))
			parts->pdata[n++] = parts->pdata[i];
	}
	g_ptr_array_set_size(parts, (gint)n);
}

/* Only the part of that name; ends the program if there is none. */
static void
keep_named(const char *name)
{
	guint n = 0;

	for (guint i = 0; i < parts->len; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);

		if (g_ascii_strcasecmp(part->name, name) == 0)
			parts->pdata[n++] = parts->pdata[i];
	}
	if (n == 0)
		g_error("UNIT_PARTS_ONLY: no part %s", name);
	g_ptr_array_set_size(parts, (gint)n);
}

int
main(void)
{
	Suite *suite;
	TCase *tcase;
	SRunner *runner;
	bool few = g_getenv("UNIT_PARTS_FEW");
	const char *only = g_getenv("UNIT_PARTS_ONLY");
	struct chipdb *db;
	g_autoptr(GPtrArray) all = NULL;
	g_autoptr(GError) error = NULL;
	int failed;

	wall_scale_check();
	suite = suite_create("parts");
	tcase = tcase_create("parts");
	runner = srunner_create(suite);
	db = chipdb_open(NULL, &error);
	if (!db)
		g_error("%s", error->message);
	parts = chipdb_list(db, NULL);
	if (only)
		keep_named(only);
	all = g_ptr_array_copy(parts, NULL, NULL);
	if (few) {
		keep_one_of_each_feature_set();
		/* A leak check at the end of every process would take most of the time. */
		srunner_set_fork_status(runner, CK_NOFORK);
	}
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, identifies_by_its_own_method, 0, (int)parts->len);
	tcase_add_loop_test(tcase, erases_only_the_addressed_block, 0, (int)parts->len);
	tcase_add_loop_test(tcase, programs_by_its_own_method, 0, (int)parts->len);
	tcase_add_loop_test(tcase, reads_the_whole_array, 0, (int)parts->len);
	suite_add_tcase(suite, tcase);
	parts_frames_add(suite, all);
	parts_lengths_add(suite, all);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	g_ptr_array_unref(parts);
	chipdb_close(db);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
