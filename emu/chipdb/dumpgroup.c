/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a definition of a chip from data read out of it: the ID, and of the SFDP the basic
 * table and the one of 4-byte commands (JESD216D). A dump does not say everything: such keys get a
 * usual value, and a comment "see data sheet". Left out: protection, and the modes of other vendors
 * for QE.
 *
 * long: a function of some lines for each group of keys.
 */
#include "chipdb/dump.h"

#include "base/error.h"
#include "base/value.h"
#include "chipdb/chipdb.h"

#include <inttypes.h>
#include <string.h>

#define CLOCKS_MAX 32
#define BASIC_DWORDS 16
#define BASIC 0xff00
#define FOUR_BYTE 0xff84

/* The tables of the SFDP, and the text so far. */
struct writing {
	const struct chipdb_dump *dump;
	GString *text;
	GString *commands;
	uint32_t basic[BASIC_DWORDS + 1]; /* [1] is dword 1 */
	unsigned int n_basic;             /* dwords */
	uint32_t four_byte[3];
	bool has_four_byte;
	bool erased[256]; /* opcodes that have a key */
	uint64_t size;
};

static uint32_t
dword_at(const GByteArray *sfdp, uint32_t at)
{
	const uint8_t *b = sfdp->data + at;

	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void
read_header(struct writing *w, uint32_t at)
{
	const GByteArray *sfdp = w->dump->sfdp;
	const uint8_t *h = sfdp->data + at;
	uint32_t offset = dword_at(sfdp, at + 4) & 0xffffff;
	uint32_t id = (uint32_t)h[7] << 8 | h[0];
	unsigned int n = MIN(h[3], BASIC_DWORDS);

	if (offset + n * 4 > sfdp->len)
		return;
	if ((id == BASIC || (h[0] == 0 && h[7] == 0)) && n >= w->n_basic) {
		for (unsigned int i = 0; i < n; i++)
			w->basic[1 + i] = dword_at(sfdp, offset + i * 4);
		w->n_basic = n;
	} else if (id == FOUR_BYTE && n >= 2) {
		w->four_byte[1] = dword_at(sfdp, offset);
		w->four_byte[2] = dword_at(sfdp, offset + 4);
		w->has_four_byte = true;
	}
}

static void
read_tables(struct writing *w)
{
	const GByteArray *sfdp = w->dump->sfdp;

	if (sfdp->len < 16 || memcmp(sfdp->data, "SFDP", 4) != 0)
		return;
	for (uint32_t i = 0; i <= sfdp->data[6] && 16 + i * 8 <= sfdp->len; i++)
		read_header(w, 8 + i * 8);
}

static void
comment(struct writing *w, const char *text)
{
	g_string_append_printf(w->text, "# %s\n", text);
}

/* "16M" */
static char *
size_text(uint64_t size)
{
	if (size % (1 << 20) == 0)
		return g_strdup_printf("%" PRIu64 "M", size >> 20);
	if (size % 1024 == 0)
		return g_strdup_printf("%" PRIu64 "K", size >> 10);
	return g_strdup_printf("%" PRIu64, size);
}

/* "45 ms", "10.5 us" */
static char *
time_text(uint64_t ns)
{
	if (ns >= 1000000000)
		return g_strdup_printf("%.6g s", (double)ns / 1e9);
	if (ns >= 1000000)
		return g_strdup_printf("%.6g ms", (double)ns / 1e6);
	return g_strdup_printf("%.6g us", (double)ns / 1e3);
}

/* "45 ms, 180 ms": the maximum is 2 * (multiplier + 1) times the typical time. */
static char *
times_text(uint64_t typical_ns, unsigned int multiplier)
{
	g_autofree char *typical = time_text(typical_ns);
	g_autofree char *most = time_text(typical_ns * 2 * (multiplier + 1));

	return g_strdup_printf("%s, %s", typical, most);
}

static bool
has(const struct writing *w, unsigned int dword)
{
	return w->n_basic >= dword;
}

static bool
bit(const struct writing *w, unsigned int dword, unsigned int n)
{
	return has(w, dword) && (w->basic[dword] >> n & 1);
}

static unsigned int
bits(const struct writing *w, unsigned int dword, unsigned int low, unsigned int n)
{
	return w->basic[dword] >> low & ((1u << n) - 1);
}

static uint64_t
sfdp_size(const struct writing *w)
{
	uint32_t density = w->basic[2];

	if (!has(w, 2))
		return 0;
	if (density >> 31)
		return (density & 0x7fffffff) > 40 || (density & 0x7fffffff) < 3
			? 0
			: UINT64_C(1) << ((density & 0x7fffffff) - 3);
	return ((uint64_t)density + 1) / 8;
}

/* --- erases --- */

static char *
erase_times(const struct writing *w, unsigned int type, uint32_t size)
{
	static const uint64_t units[] = {1000000, 16000000, 128000000, 1000000000};
	static const unsigned int places[] = {4, 11, 18, 25};

	if (has(w, 10) && type < 4)
		return times_text((bits(w, 10, places[type], 5) + 1) *
				units[bits(w, 10, places[type] + 5, 2)],
			bits(w, 10, 0, 4));
	return g_strdup(size <= 4096 ? "50 ms, 400 ms" : "200 ms, 2 s");
}

static void
write_erase(struct writing *w, const char *key, uint8_t opcode, uint32_t size, const char *times)
{
	g_autofree char *text = size_text(size);

	if (opcode == 0 || opcode == 0xff) {
		g_string_append_printf(w->text, "# %02X is no opcode: see data sheet\n", opcode);
		return;
	}
	if (w->erased[opcode]) {
		g_string_append_printf(
			w->text, "# %02X erases %s as well: see data sheet\n", opcode, text);
		return;
	}
	w->erased[opcode] = true;
	g_string_append_printf(w->text, "%s-%02X = %s, %s\n", key, opcode, text, times);
}

/* The opcode and the power of two of a type, or 0. */
static uint32_t
type_of(const struct writing *w, unsigned int type)
{
	return w->basic[8 + type / 2] >> (type % 2 * 16) & 0xffff;
}

/* A chip with regions has one opcode for several sizes. */
static bool
has_larger_type(const struct writing *w, unsigned int type)
{
	for (unsigned int i = 0; i < 4; i++) {
		if (type_of(w, i) >> 8 == type_of(w, type) >> 8 && type_of(w, i) > type_of(w, type))
			return true;
	}
	return false;
}

static void
write_erase_types(struct writing *w)
{
	if (!has(w, 10))
		comment(w, "times: see data sheet");
	for (unsigned int type = 0; type < 4; type++) {
		uint32_t half = type_of(w, type);
		unsigned int power = half & 0xff;
		g_autofree char *times = NULL;

		if (has_larger_type(w, type)) {
			g_string_append_printf(w->text,
				"# %02X erases %u bytes in a region: see data sheet\n", half >> 8,
				1u << MIN(power, 28));
			continue;
		}
		if (power == 0 || power > 28 || (UINT64_C(1) << power) > w->size)
			continue;
		times = erase_times(w, type, 1u << power);
		g_string_append_printf(w->text, "# SFDP: dword %u, type %u%s\n", 8 + type / 2,
			type + 1, has(w, 10) ? "; times: dword 10" : "");
		write_erase(w, "erase", (uint8_t)(half >> 8), 1u << power, times);
		if (w->has_four_byte && (w->four_byte[1] >> (9 + type) & 1)) {
			comment(w, "SFDP: table of 4-byte commands");
			write_erase(w, "erase4", (uint8_t)(w->four_byte[2] >> (8 * type)),
				1u << power, times);
		}
	}
}

static void
write_chip_erase(struct writing *w)
{
	static const uint64_t units[] = {16000000, 256000000, 4000000000, 64000000000};
	g_autofree char *times = has(w, 11)
		? times_text(
			  (bits(w, 11, 24, 5) + 1) * units[bits(w, 11, 29, 2)], bits(w, 11, 0, 4))
		: g_strdup("20 s, 100 s");

	g_string_append_printf(w->text, "# opcodes: usual ones, see data sheet; times: %s\n",
		has(w, 11) ? "SFDP, dword 11" : "see data sheet");
	if (!w->erased[0xc7])
		g_string_append_printf(w->text, "erase-C7 = chip, %s\n", times);
	if (!w->erased[0x60])
		g_string_append_printf(w->text, "erase-60 = chip, %s\n", times);
}

static void
write_erases(struct writing *w)
{
	if (has(w, 9))
		write_erase_types(w);
	if (has(w, 1) && (w->basic[1] & 3) == 1 && !w->erased[bits(w, 1, 8, 8)]) {
		comment(w, "SFDP: dword 1; times: see data sheet");
		write_erase(w, "erase", (uint8_t)bits(w, 1, 8, 8), 4096, "50 ms, 400 ms");
	}
	for (unsigned int i = 0; w->n_basic == 0 && i < w->dump->n_erases; i++) {
		comment(w, "flashrom: block eraser; times: see data sheet");
		write_erase(w, "erase", w->dump->erases[i].opcode, w->dump->erases[i].size,
			w->dump->erases[i].size <= 4096 ? "50 ms, 400 ms" : "200 ms, 2 s");
	}
	if (w->n_basic == 0 && w->dump->n_erases == 0) {
		comment(w, "usual erases and times: see data sheet");
		write_erase(w, "erase", 0x20, 4096, "50 ms, 400 ms");
		write_erase(w, "erase", 0xd8, 65536, "200 ms, 2 s");
	}
	write_chip_erase(w);
}

/* --- commands --- */

static void
add_command(struct writing *w, const char *name)
{
	g_string_append_printf(w->commands, "%s%s", w->commands->len ? " " : "", name);
}

/* "DREAD", or "DREAD:3C" if the opcode is not the usual one. */
static void
add_opcode(struct writing *w, const char *name, uint8_t opcode, uint8_t usual)
{
	g_autofree char *text =
		opcode == usual ? g_strdup(name) : g_strdup_printf("%s:%02X", name, opcode);

	add_command(w, text);
}

/* The reads on several lanes, which a flag of dword 1 announces; their clocks. */
static void
write_reads(struct writing *w)
{
	static const struct {
		const char *name;
		uint8_t usual;
		unsigned int flag, dword, shift;
	} reads[] = {{"DREAD", 0x3b, 16, 4, 0}, {"2READ", 0xbb, 20, 4, 16},
		{"QREAD", 0x6b, 22, 3, 16}, {"4READ", 0xeb, 21, 3, 0}};

	for (size_t i = 0; i < G_N_ELEMENTS(reads); i++) {
		uint32_t half = w->basic[reads[i].dword] >> reads[i].shift & 0xffff;
		unsigned int opcode = half >> 8;

		if (!bit(w, 1, reads[i].flag) || !has(w, 4) || opcode == 0 || opcode == 0xff)
			continue;
		add_opcode(w, reads[i].name, (uint8_t)opcode, reads[i].usual);
		if ((half & 0x1f) + (half >> 5 & 7) > CLOCKS_MAX)
			continue;
		g_string_append_printf(w->text,
			"# SFDP: dword %u, wait and mode clocks\ndummy-%s = %u\n", reads[i].dword,
			reads[i].name, (half & 0x1f) + (half >> 5 & 7));
	}
}

static void
add_four_byte_commands(struct writing *w)
{
	static const char *const names[] = {"READ4", "FAST_READ4", "DREAD4", "2READ4", "QREAD4",
		"4READ4", "PP4", "QPP4", "4PP4"};
	bool mode = has(w, 1) && bits(w, 1, 17, 2) == 1;

	for (unsigned int i = 0; w->has_four_byte && i < G_N_ELEMENTS(names); i++) {
		if (w->four_byte[1] >> i & 1)
			add_command(w, names[i]);
	}
	if (!mode)
		return;
	if (bit(w, 16, 24) || !has(w, 16))
		add_command(w, "EN4B EX4B");
	else if (bit(w, 16, 25))
		add_command(w, "EN4B_WREN EX4B_WREN");
	if (bit(w, 16, 26))
		add_command(w, "RDEAR WREAR");
}

static void
add_state_commands(struct writing *w)
{
	if (has(w, 13) && !bit(w, 12, 31)) {
		add_opcode(w, "SUSPEND", (uint8_t)bits(w, 13, 24, 8), 0x75);
		add_opcode(w, "RESUME", (uint8_t)bits(w, 13, 16, 8), 0x7a);
	}
	if (has(w, 14) && !bit(w, 14, 31))
		add_command(w, w->dump->has_rems ? "DP RES" : "DP RDP");
	else if (w->dump->has_rems)
		add_command(w, "RES");
	if (bit(w, 16, 12))
		add_command(w, "RSTEN RST");
}

/* --- registers --- */

/* Where QE is: 0 nowhere, 1 in SR1, 2 in SR2. */
static int
quad_enable_register(const struct writing *w)
{
	unsigned int way = has(w, 15) ? bits(w, 15, 20, 3) : 0;

	return way == 2 ? 1 : way == 1 || (way >= 4 && way <= 6) ? 2 : 0;
}

static void
write_registers(struct writing *w)
{
	int qe = quad_enable_register(w);
	unsigned int way = has(w, 15) ? bits(w, 15, 20, 3) : 0;

	comment(w, "BP bits and their protection: see data sheet");
	if (w->dump->status >= 0)
		g_string_append_printf(w->text, "# flashrom read %02X from it\n", w->dump->status);
	if (has(w, 15))
		g_string_append_printf(w->text, "# SFDP: dword 15, QE requirements %u\n", way);
	g_string_append_printf(w->text,
		"sr1 = - %s - - - - WEL BUSY\nsr1-default = 00 "
		"(unconfirmed)\n",
		qe == 1 ? "QE" : "-");
	if (qe == 2)
		g_string_append(w->text,
			"sr2 = - - - - - - QE -\nsr2-default = 00 (unconfirmed)\nwrsr-bytes = 2\n");
	if (way == 1)
		g_string_append(w->text, "wrsr-short = clear\n");
	if (way == 3)
		comment(w,
			"QE is bit 7 of SR2, read by 3F and written by 3E: no such commands "
			"here");
	add_command(w, qe == 2 ? "RDSR2" : "");
	if (way == 6)
		add_command(w, "WRSR2");
}

/* --- the group --- */

static void
write_program_times(struct writing *w)
{
	static const char note[] = "SFDP: dword 11";
	g_autofree char *page = NULL;
	g_autofree char *first = NULL;
	g_autofree char *next = NULL;

	comment(w, has(w, 11) ? note : "times: see data sheet");
	if (!has(w, 11)) {
		g_string_append(w->text, "tPP = 0.7 ms, 3 ms\n");
		return;
	}
	page = times_text(
		(bits(w, 11, 8, 5) + 1) * (bits(w, 11, 13, 1) ? 64000 : 8000), bits(w, 11, 0, 4));
	first = times_text(
		(bits(w, 11, 14, 4) + 1) * (bits(w, 11, 18, 1) ? 8000 : 1000), bits(w, 11, 0, 4));
	next = times_text(
		(bits(w, 11, 19, 4) + 1) * (bits(w, 11, 23, 1) ? 8000 : 1000), bits(w, 11, 0, 4));
	g_string_append_printf(w->text, "tPP = %s\n", page);
	g_string_append_printf(w->text, "tBP1 = %s\ntBP2 = %s\n", first, next);
}

/* A name from flashrom's, or from the ID. */
static char *
group_name(const struct chipdb_dump *dump)
{
	GString *name = g_string_new(NULL);
	const char *at = dump->flashrom;

	if (at && strcmp(at, "SFDP-capable chip") != 0) {
		for (; *at && *at != '/' && *at != '('; at++)
			g_string_append_c(
				name, g_ascii_isalnum(*at) || strchr("._-", *at) ? *at : '-');
	}
	if (name->len > 0)
		return g_string_free(name, FALSE);
	g_string_assign(name, "CHIP");
	for (unsigned int i = 0; i < dump->id_length; i++)
		g_string_append_printf(name, "%s%02X", i ? "" : "-", dump->id[i]);
	return g_string_free(name, FALSE);
}

/* Names the chips of the same ID; the vendor of those with the same first byte. */
static const char *
write_relatives(struct writing *w, struct chipdb *db)
{
	g_autoptr(GPtrArray) parts = db ? chipdb_list(db, NULL) : g_ptr_array_new();
	g_autoptr(GString) same = g_string_new(NULL);
	const struct chipdb_dump *dump = w->dump;
	const char *vendor = NULL;

	for (guint i = 0; i < parts->len && dump->id_length > 0; i++) {
		const struct flash_part *part = g_ptr_array_index(parts, i);

		if (part->id_length > 0 && part->id[0] == dump->id[0] && !vendor)
			vendor = part->vendor;
		if (part->id_length < 3 || memcmp(part->id, dump->id, MIN(dump->id_length, 3)) != 0)
			continue;
		vendor = part->vendor;
		g_string_append_printf(same, "%s%s", same->len ? ", " : "", part->name);
	}
	if (same->len > 0)
		g_string_append_printf(w->text, "# Chips with the same ID: %s\n", same->str);
	return vendor;
}

static void
write_identity(struct writing *w, const char *vendor)
{
	const struct chipdb_dump *dump = w->dump;
	g_autofree char *size = size_text(w->size);
	unsigned int page = has(w, 11) ? 1u << bits(w, 11, 4, 4) : 256;

	comment(w,
		dump->vendor     ? "flashrom"
			: vendor ? "other chips with the first byte of the ID"
				 : "see data sheet");
	g_string_append_printf(w->text, "vendor = %s\n",
		dump->vendor && strcmp(dump->vendor, "Unknown") != 0 ? dump->vendor
			: vendor                                     ? vendor
								     : "unknown");
	if (dump->flashrom)
		g_string_append_printf(w->text,
			"# flashrom: the definition that it found\nflashrom = %s\n",
			dump->flashrom);
	else
		g_string_append(w->text, "# flashrom = its name in flashrom -L, or none\n");
	comment(w, has(w, 2) ? "SFDP: dword 2" : "flashrom, or the last byte of the ID");
	g_string_append_printf(w->text, "size = %s\n", size);
	comment(w, has(w, 11) ? "SFDP: dword 11" : "see data sheet");
	g_string_append_printf(w->text, "page = %u\n", MIN(page, 65536));
	if (dump->four_byte_only || (has(w, 1) && bits(w, 1, 17, 2) == 2))
		g_string_append(w->text, "# SFDP: dword 1\naddress = 4\n");
	if (dump->id_length > 0)
		g_string_append(w->text, "# RDID (9F)\nid =");
	for (unsigned int i = 0; i < dump->id_length; i++)
		g_string_append_printf(w->text, " %02X", dump->id[i]);
	g_string_append(w->text, dump->id_length > 0 ? "\n" : "# id = see data sheet\n");
	if (dump->has_rems)
		g_string_append_printf(
			w->text, "# REMS (90)\nrems = %02X %02X\n", dump->rems[0], dump->rems[1]);
	g_string_append(w->text, "# see data sheet\nvoltage = 2.7 V - 3.6 V\n");
}

static void
write_sfdp(struct writing *w)
{
	const struct chipdb_dump *dump = w->dump;

	if (w->n_basic == 0 && dump->n_erases == 0)
		return;
	add_command(w, "RDSFDP");
	if (dump->sfdp_file)
		g_string_append_printf(
			w->text, "# the bytes of the chip\nsfdp = %s\n", dump->sfdp_file);
	else
		g_string_append(w->text,
			"# composed from the keys; a file with the bytes of the chip is better\n"
			"sfdp = generated\n");
}

/* The last byte of most IDs is the power of two of the size. */
static uint64_t
size_of(const struct writing *w)
{
	const struct chipdb_dump *dump = w->dump;
	uint8_t last = dump->id_length >= 3 ? dump->id[2] : 0;

	if (sfdp_size(w) > 0)
		return sfdp_size(w);
	if (dump->size > 0)
		return dump->size;
	return last >= 0x10 && last <= 0x1c ? UINT64_C(1) << last : 0;
}

static void
write_commands(struct writing *w)
{
	add_command(w, w->dump->id_length > 0 ? "RDID" : "");
	add_command(w, w->dump->has_rems ? "REMS" : "");
	add_four_byte_commands(w);
	add_state_commands(w);
	g_string_append(w->text, "# Basic ones, and those of the SFDP; others: see data sheet\n");
	g_string_append_printf(w->text, "commands = WREN WRDI RDSR1 WRSR READ FAST_READ PP");
	for (const char *at = w->commands->str; *at; at++) {
		if (at[0] != ' ' || (at[1] != ' ' && at[1] != '\0'))
			g_string_append_printf(w->text, "%s%c",
				at == w->commands->str && *at != ' ' ? " " : "", *at);
	}
	g_string_append_c(w->text, '\n');
}

static void
write_group(struct writing *w, const char *name, struct chipdb *db)
{
	const char *vendor;

	comment(w, "A start, made from a dump: the comment above a key says where it is from.");
	vendor = write_relatives(w, db);
	g_string_append_printf(w->text, "[%s]\n", name);
	write_identity(w, vendor);
	write_registers(w);
	write_reads(w);
	write_sfdp(w);
	write_commands(w);
	g_string_append(w->text, "# clocks: see data sheet\nfR = 50 MHz\nFR = 104 MHz\n");
	write_program_times(w);
	g_string_append(w->text, "# times: see data sheet\ntW = 10 ms, 15 ms\n");
	if (strstr(w->commands->str, "SUSPEND"))
		g_string_append(w->text, "tSUS = 30 us\n");
	if (strstr(w->commands->str, " DP "))
		g_string_append(w->text, "tDP = 3 us\ntRES1 = 30 us\n");
	if (strstr(w->commands->str, "RSTEN"))
		g_string_append(w->text, "tRST = 30 us\n");
	g_string_append(w->text, "tVSL = 10 us\ntPUW = 5 ms\n");
	write_erases(w);
}

/* A table with mistakes can contradict itself: two commands with one opcode. */
static bool
can_be_played(const char *text, const char *name, GError **error)
{
	g_autoptr(GError) cause = NULL;
	struct chipdb *db = chipdb_open_text(text, &cause);
	bool good = db && chipdb_find(db, name, &cause);

	chipdb_close(db);
	if (!good)
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"the dump contradicts itself or has mistakes: %s", cause->message);
	return good;
}

char *
chipdb_dump_group(const struct chipdb_dump *dump, struct chipdb *db, GError **error)
{
	struct writing w = {.dump = dump};
	g_autofree char *name = group_name(dump);
	char *text = NULL;

	read_tables(&w);
	w.size = size_of(&w);
	if (w.size < 1024 || w.size > (UINT64_C(4) << 30) || !base_value_is_power_of_two(w.size)) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"the dump does not say the size of the chip; allowed: an SFDP, "
			"flashrom's line "
			"\"Found ...\", or an ID whose third byte is from 10 to 1C");
		return NULL;
	}
	w.text = g_string_new(NULL);
	w.commands = g_string_new(NULL);
	write_group(&w, name, db);
	text = g_string_free(w.text, FALSE);
	g_string_free(w.commands, TRUE);
	if (can_be_played(text, name, error))
		return text;
	g_free(text);
	return NULL;
}
