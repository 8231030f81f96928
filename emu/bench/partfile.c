/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of a chip, as spinor-chipdb(5) describes them, read into struct flash_part.
 *
 * Every key is a row of one table: name, reader, field, and what is allowed, in words for messages.
 * A group sets only what it mentions, on top of a copy of its family; who inherits whom is chipdb's
 * business. Checks that take several keys come last, when families and part are merged.
 *
 * long: a few lines per key, and a key's reader stands beside its row.
 */
#include "bench/partfile.h"

#include "base/units.h"
#include "bench/error.h"
#include "flash/flash.h"

#include <string.h>

struct reading {
	struct bench_part *part;
	const struct bench_part_group *group;
	GStringChunk *strings;
	char *why; /* what exactly is wrong with the value; NULL: it is just not allowed */
};

struct key {
	const char *name;
	bool (*read)(struct reading *r, const struct key *key, const char *value);
	size_t field; /* offset in struct flash_part */
	const char *allowed;
	bool mandatory;
	const struct word *words; /* for read_choice and read_flag */
};

struct word {
	const char *name;
	int value;
};

static const struct word bit_words[] = {{"-", FLASH_BIT_NONE}, {"BUSY", FLASH_BIT_BUSY},
	{"WEL", FLASH_BIT_WEL}, {"BP0", FLASH_BIT_BP0}, {"BP1", FLASH_BIT_BP1},
	{"BP2", FLASH_BIT_BP2}, {"BP3", FLASH_BIT_BP3}, {"TB", FLASH_BIT_TB},
	{"SEC", FLASH_BIT_SEC}, {"CMP", FLASH_BIT_CMP}, {"SRP", FLASH_BIT_SRP},
	{"SRL", FLASH_BIT_SRL}, {"QE", FLASH_BIT_QE}, {"WPS", FLASH_BIT_WPS},
	{"SUS", FLASH_BIT_SUS}, {"LB1", FLASH_BIT_LB1}, {"LB2", FLASH_BIT_LB2},
	{"LB3", FLASH_BIT_LB3}, {"DRV0", FLASH_BIT_DRV0}, {"DRV1", FLASH_BIT_DRV1},
	{"DRV2", FLASH_BIT_DRV2}, {"DC0", FLASH_BIT_DC0}, {"DC1", FLASH_BIT_DC1},
	{"PSB", FLASH_BIT_PSB}, {"ESB", FLASH_BIT_ESB}, {"P_FAIL", FLASH_BIT_P_FAIL},
	{"E_FAIL", FLASH_BIT_E_FAIL}, {"USER", FLASH_BIT_USER},
	/* What other data sheets call the same. */
	{"WIP", FLASH_BIT_BUSY}, {"SRP0", FLASH_BIT_SRP}, {"SRP1", FLASH_BIT_SRL},
	{"SRWD", FLASH_BIT_SRP}, {"ODS0", FLASH_BIT_DRV0}, {"ODS1", FLASH_BIT_DRV1},
	{"ODS2", FLASH_BIT_DRV2}, {NULL, 0}};

static const struct word tail_words[] = {
	{"repeat", FLASH_ID_REPEAT}, {"float", FLASH_ID_FLOAT}, {"zero", FLASH_ID_ZERO}, {NULL, 0}};
static const struct word range_words[] = {{"none", FLASH_RANGE_NONE}, {"pow2", FLASH_RANGE_POW2},
	{"pow2-mirrored", FLASH_RANGE_POW2_MIRRORED}, {NULL, 0}};
static const struct word sfdp_words[] = {
	{"none", FLASH_SFDP_NONE}, {"generated", FLASH_SFDP_GENERATED}, {NULL, 0}};
static const struct word keep_clear_words[] = {{"keep", false}, {"clear", true}, {NULL, 0}};
static const struct word lock_words[] = {{"power-cycle", false}, {"permanent", true}, {NULL, 0}};
static const struct word clear_keep_words[] = {{"clear", false}, {"keep", true}, {NULL, 0}};

static void *
field(struct reading *r, const struct key *key)
{
	return (char *)&r->part->part + key->field;
}

static bool
find_word(const struct word *words, const char *text, int *value)
{
	for (; words->name; words++) {
		if (strcmp(words->name, text) == 0) {
			*value = words->value;
			return true;
		}
	}
	return false;
}

static bool
is_power_of_two(uint64_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* "EF" to 0xEF. */
static bool
parse_hex_byte(const char *text, uint8_t *byte)
{
	if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]) || text[2] != '\0')
		return false;
	*byte = (uint8_t)(g_ascii_xdigit_value(text[0]) * 16 + g_ascii_xdigit_value(text[1]));
	return true;
}

/* "EF 40 18" to bytes; how many, or 0 when the text is anything else or more than room. */
static unsigned int
parse_hex_bytes(const char *text, uint8_t *bytes, unsigned int room)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	unsigned int n = 0;

	for (char **word = words; *word; word++) {
		if (**word == '\0')
			continue;
		if (n == room || !parse_hex_byte(*word, &bytes[n]))
			return 0;
		n++;
	}
	return n;
}

/* "50 MHz". False as well for what does not fit, and for 0. */
static bool
parse_frequency(const char *text, unsigned int *hz)
{
	char *end;
	double value = g_ascii_strtod(text, &end);

	if (end == text || !g_ascii_isdigit(text[0]))
		return false;
	while (*end == ' ')
		end++;
	if (strcmp(end, "MHz") == 0)
		value *= 1e6;
	else if (strcmp(end, "kHz") == 0)
		value *= 1e3;
	else if (strcmp(end, "Hz") != 0)
		return false;
	if (!(value >= 1 && value <= 4e9))
		return false;
	*hz = (unsigned int)(value + 0.5);
	return true;
}

/* "0.4 ms, 3 ms" is typical and maximum; one time alone is both. */
static bool
parse_times(struct reading *r, char **texts, struct flash_time *time)
{
	unsigned int n = g_strv_length(texts);

	if (n < 1 || n > 2)
		return false;
	if (!units_parse_time(g_strstrip(texts[0]), &time->typ_ns))
		return false;
	if (!units_parse_time(g_strstrip(texts[n - 1]), &time->max_ns))
		return false;
	if (time->typ_ns > time->max_ns) {
		r->why = g_strdup("typical is more than maximum");
		return false;
	}
	return true;
}

static bool
read_text(struct reading *r, const struct key *key, const char *value)
{
	const char **text = field(r, key);

	*text = g_string_chunk_insert_const(r->strings, value);
	return value[0] != '\0';
}

/* What a part answers to, so that it can be found before its family is read. */
static bool
refuse_in_family(struct reading *r)
{
	if (r->group->family)
		r->why = g_strdup("a part's own, not a family's");
	return r->group->family;
}

static bool
read_flashrom(struct reading *r, const struct key *key, const char *value)
{
	return !refuse_in_family(r) && read_text(r, key, value);
}

static bool
read_aliases(struct reading *r, const struct key *key, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, ";", -1);
	unsigned int n = 0;

	(void)key;
	if (refuse_in_family(r))
		return false;
	g_free(r->part->aliases);
	r->part->aliases = g_new0(const char *, g_strv_length(words) + 1);
	r->part->part.aliases = r->part->aliases;
	for (char **word = words; *word; word++) {
		g_strstrip(*word);
		if (strpbrk(*word, " \t"))
			return false;
		if (**word != '\0')
			r->part->aliases[n++] = g_string_chunk_insert_const(r->strings, *word);
	}
	return true;
}

static bool
read_size(struct reading *r, const struct key *key, const char *value)
{
	uint64_t *size = field(r, key);

	return units_parse_size(value, size) && is_power_of_two(*size) && *size <= 4 * (1ull << 30);
}

/* Of a page or a security register. */
static bool
read_small_size(struct reading *r, const struct key *key, const char *value)
{
	uint32_t *bytes = field(r, key);
	uint64_t size;

	if (!units_parse_size(value, &size) || !is_power_of_two(size) || size > 64 * 1024)
		return false;
	*bytes = (uint32_t)size;
	return true;
}

static bool
read_voltage(struct reading *r, const struct key *key, const char *value)
{
	g_auto(GStrv) ends = g_strsplit(value, "-", -1);
	struct flash_part *part = &r->part->part;

	(void)key;
	return g_strv_length(ends) == 2 &&
		units_parse_voltage(g_strstrip(ends[0]), &part->vcc_min_mv) &&
		units_parse_voltage(g_strstrip(ends[1]), &part->vcc_max_mv) &&
		part->vcc_min_mv > 0 && part->vcc_min_mv <= part->vcc_max_mv;
}

static bool
read_id(struct reading *r, const struct key *key, const char *value)
{
	(void)key;
	r->part->part.id_length = parse_hex_bytes(value, r->part->part.id, FLASH_ID_MAX);
	return r->part->part.id_length > 0;
}

static bool
read_rems(struct reading *r, const struct key *key, const char *value)
{
	uint8_t bytes[2];

	(void)key;
	if (parse_hex_bytes(value, bytes, 2) != 2)
		return false;
	r->part->part.manufacturer = bytes[0];
	r->part->part.device_id = bytes[1];
	return true;
}

static bool
read_count(struct reading *r, const struct key *key, const char *value)
{
	unsigned int *count = field(r, key);
	guint64 n;

	if (!g_ascii_string_to_unsigned(value, 10, 0, 16, &n, NULL))
		return false;
	*count = (unsigned int)n;
	return true;
}

static bool
read_frequency(struct reading *r, const struct key *key, const char *value)
{
	return parse_frequency(value, field(r, key));
}

static bool
read_time(struct reading *r, const struct key *key, const char *value)
{
	g_auto(GStrv) texts = g_strsplit(value, ",", -1);

	return parse_times(r, texts, field(r, key));
}

/* Enumerations and flags: one of the key's words. */
static bool
read_choice(struct reading *r, const struct key *key, const char *value)
{
	unsigned int *choice = field(r, key);
	int word;

	if (!find_word(key->words, value, &word))
		return false;
	*choice = (unsigned int)word;
	return true;
}

static bool
read_flag(struct reading *r, const struct key *key, const char *value)
{
	bool *flag = field(r, key);
	int word;

	if (!find_word(key->words, value, &word))
		return false;
	*flag = word;
	return true;
}

/* Bits that only the chip itself sets. */
static bool
is_reported(enum flash_bit bit)
{
	switch (bit) {
	case FLASH_BIT_BUSY:
	case FLASH_BIT_WEL:
	case FLASH_BIT_SUS:
	case FLASH_BIT_PSB:
	case FLASH_BIT_ESB:
	case FLASH_BIT_P_FAIL:
	case FLASH_BIT_E_FAIL:
		return true;
	default:
		return false;
	}
}

/* One cell of a register's figure: "LB1/otp". */
static bool
read_bit(struct reading *r, char *cell, struct flash_register_bit *bit)
{
	char *suffix = strchr(cell, '/');
	int function;

	memset(bit, 0, sizeof(*bit));
	if (suffix) {
		*suffix++ = '\0';
		bit->otp = strcmp(suffix, "otp") == 0;
		bit->read_only = strcmp(suffix, "ro") == 0;
		if (!bit->otp && !bit->read_only) {
			r->why = g_strdup_printf("unknown suffix \"/%s\"", suffix);
			return false;
		}
	}
	if (!find_word(bit_words, cell, &function)) {
		r->why = g_strdup_printf("unknown bit \"%s\"", cell);
		return false;
	}
	bit->function = (enum flash_bit)function;
	bit->read_only = bit->read_only || is_reported(bit->function);
	return true;
}

static bool
read_status(struct reading *r, const struct key *key, const char *value)
{
	g_auto(GStrv) cells = g_strsplit_set(value, " \t", -1);
	struct flash_register_bit *status = field(r, key);
	unsigned int n = 0;

	for (char **cell = cells; *cell; cell++) {
		if (**cell == '\0')
			continue;
		if (n < 8 && !read_bit(r, *cell, &status[7 - n]))
			return false;
		n++;
	}
	if (n == 8)
		return true;
	r->why = g_strdup_printf("%u bits", n);
	return false;
}

static bool
read_status_default(struct reading *r, const struct key *key, const char *value)
{
	return parse_hex_byte(value, field(r, key));
}

static bool
has_command(const struct flash_part *part, const char *name)
{
	for (unsigned int i = 0; i < part->n_commands; i++) {
		if (strcmp(part->commands[i].name, name) == 0)
			return true;
	}
	return false;
}

/* "RDSR1", or "SUSPEND:B0" for another opcode than the engine's row has. One may have both. */
static bool
add_command(struct reading *r, char *text)
{
	struct flash_part *part = &r->part->part;
	struct flash_part_command command = {.opcode = -1};
	char *colon = strchr(text, ':');
	uint8_t opcode;

	if (colon) {
		*colon = '\0';
		if (!parse_hex_byte(colon + 1, &opcode)) {
			r->why = g_strdup_printf("bad opcode \"%s\"", colon + 1);
			return false;
		}
		command.opcode = opcode;
	}
	for (unsigned int i = 0; i < part->n_commands; i++) {
		if (strcmp(part->commands[i].name, text) != 0 ||
			part->commands[i].opcode != command.opcode)
			continue;
		r->why = g_strdup_printf("command %s is there twice", text);
		return false;
	}
	if (!flash_command_known(text))
		r->why = g_strdup_printf("unknown command \"%s\"", text);
	else if (part->n_commands == FLASH_COMMANDS_MAX)
		r->why = g_strdup_printf("more than %d commands", FLASH_COMMANDS_MAX);
	if (r->why)
		return false;
	command.name = g_string_chunk_insert_const(r->strings, text);
	part->commands[part->n_commands++] = command;
	return true;
}

/* With all its opcodes. */
static bool
remove_command(struct reading *r, const char *text)
{
	struct flash_part *part = &r->part->part;
	unsigned int kept = 0;

	for (unsigned int i = 0; i < part->n_commands; i++) {
		if (strcmp(part->commands[i].name, text) != 0)
			part->commands[kept++] = part->commands[i];
	}
	if (kept == part->n_commands) {
		r->why = g_strdup_printf("no command \"%s\" is inherited", text);
		return false;
	}
	part->n_commands = kept;
	return true;
}

static bool
change_commands(struct reading *r, const char *value, bool remove)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", -1);

	for (char **word = words; *word; word++) {
		if (**word == '\0')
			continue;
		if (remove ? !remove_command(r, *word) : !add_command(r, *word))
			return false;
	}
	return true;
}

/* commands, commands+ and commands-: the last letter says which. */
static bool
read_commands(struct reading *r, const struct key *key, const char *value)
{
	char how = key->name[strlen(key->name) - 1];

	if (how != '+' && how != '-')
		r->part->part.n_commands = 0;
	return change_commands(r, value, how == '-');
}

/* "4K, 45 ms, 400 ms", "chip, 40 s, 200 s", or "none" for what only the family has. */
static bool
read_erase(struct reading *r, uint8_t opcode, const char *value)
{
	g_auto(GStrv) texts = g_strsplit(value, ",", -1);
	struct flash_part *part = &r->part->part;
	struct flash_erase erase = {.opcode = opcode};
	bool none = strcmp(value, "none") == 0;
	uint64_t size = 0;
	unsigned int kept = 0;

	if (!none) {
		if (g_strv_length(texts) < 2 || !parse_times(r, texts + 1, &erase.time))
			return false;
		if (strcmp(g_strstrip(texts[0]), "chip") != 0 &&
			(!units_parse_size(texts[0], &size) || !is_power_of_two(size) ||
				size > UINT32_MAX))
			return false;
		erase.size = (uint32_t)size;
	}
	for (unsigned int i = 0; i < part->n_erases; i++) {
		if (part->erases[i].opcode != opcode)
			part->erases[kept++] = part->erases[i];
	}
	part->n_erases = kept;
	if (none)
		return true;
	if (kept == FLASH_ERASES_MAX) {
		r->why = g_strdup_printf("more than %d erase opcodes", FLASH_ERASES_MAX);
		return false;
	}
	part->erases[part->n_erases++] = erase;
	return true;
}

#define PART(member) offsetof(struct flash_part, member)
#define TIMING(name) offsetof(struct flash_part, timing) + name * sizeof(struct flash_time)
#define STATUS(n) offsetof(struct flash_part, status) + n * 8 * sizeof(struct flash_register_bit)

#define TEXT_ALLOWED "some text"
#define FIGURE_ALLOWED                                                                           \
	"8 bits, bit 7 first, each one of - BUSY WEL BP0 BP1 BP2 BP3 TB SEC CMP SRP SRL QE WPS " \
	"SUS LB1 LB2 LB3 DRV0 DRV1 DRV2 DC0 DC1 USER, with /otp or /ro where it applies"
#define BYTE_ALLOWED "one hex byte, such as 02"
#define COMMANDS_ALLOWED "mnemonics of spinor-chipdb(5), each with :OPCODE in hex where it differs"
#define TIME_ALLOWED "typical and maximum, such as 0.4 ms, 3 ms, or one time for both"
#define FREQUENCY_ALLOWED "a frequency up to 4 GHz, such as 50 MHz"
#define SIZE_ALLOWED "a power of two up to 4G, such as 16M"
#define ERASE_ALLOWED \
	"a power of two or chip, and one or two times, such as 4K, 45 ms, 400 ms; or none"

static const struct key keys[] = {
	{"inherits", NULL, 0, "the name of a family", false, NULL},
	{"vendor", read_text, PART(vendor), TEXT_ALLOWED, true, NULL},
	{"flashrom", read_flashrom, PART(flashrom_name), TEXT_ALLOWED, false, NULL},
	{"aliases", read_aliases, 0, "names without blanks, with ; between them", false, NULL},
	{"size", read_size, PART(size), SIZE_ALLOWED, true, NULL},
	{"page", read_small_size, PART(page_size), "a power of two up to 64K, such as 256", true,
		NULL},
	{"voltage", read_voltage, 0, "lowest and highest, such as 2.7 V - 3.6 V", true, NULL},
	{"id", read_id, 0, "1 to 8 hex bytes, such as EF 40 18", true, NULL},
	{"id-tail", read_choice, PART(id_tail), "repeat, float or zero", false, tail_words},
	{"rems", read_rems, 0, "2 hex bytes: manufacturer and device, such as EF 17", false, NULL},
	{"unique-id", read_count, PART(unique_id_length), "0 to 16 (bytes)", false, NULL},
	{"sr1", read_status, STATUS(0), FIGURE_ALLOWED, true, NULL},
	{"sr2", read_status, STATUS(1), FIGURE_ALLOWED, false, NULL},
	{"sr3", read_status, STATUS(2), FIGURE_ALLOWED, false, NULL},
	{"sr1-default", read_status_default, PART(status_default[0]), BYTE_ALLOWED, false, NULL},
	{"sr2-default", read_status_default, PART(status_default[1]), BYTE_ALLOWED, false, NULL},
	{"sr3-default", read_status_default, PART(status_default[2]), BYTE_ALLOWED, false, NULL},
	{"wrsr-short", read_flag, PART(wrsr_short_clears), "keep or clear", false,
		keep_clear_words},
	{"wel-on-reject", read_flag, PART(wel_kept_on_reject), "clear or keep", false,
		clear_keep_words},
	{"protection", read_choice, PART(range_rule), "none, pow2 or pow2-mirrored", false,
		range_words},
	{"srl-with-srp", read_flag, PART(srl_srp_permanent), "power-cycle or permanent", false,
		lock_words},
	{"commands", read_commands, 0, COMMANDS_ALLOWED, true, NULL},
	{"commands+", read_commands, 0, COMMANDS_ALLOWED, false, NULL},
	{"commands-", read_commands, 0, "commands of the family", false, NULL},
	{"security-registers", read_count, PART(security_registers), "0 to 16", false, NULL},
	{"security-register-size", read_small_size, PART(security_register_size),
		"a power of two up to 64K, such as 256", false, NULL},
	{"sfdp", read_choice, PART(sfdp), "none or generated", false, sfdp_words},
	{"fR", read_frequency, PART(read_max_hz), FREQUENCY_ALLOWED, true, NULL},
	{"FR", read_frequency, PART(fast_read_max_hz), FREQUENCY_ALLOWED, true, NULL},
	{"tPP", read_time, TIMING(FLASH_T_PP), TIME_ALLOWED, true, NULL},
	{"tBP1", read_time, TIMING(FLASH_T_BP1), TIME_ALLOWED, false, NULL},
	{"tBP2", read_time, TIMING(FLASH_T_BP2), TIME_ALLOWED, false, NULL},
	{"tW", read_time, TIMING(FLASH_T_W), TIME_ALLOWED, true, NULL},
	{"tSR", read_time, TIMING(FLASH_T_SR), TIME_ALLOWED, false, NULL},
	{"tDP", read_time, TIMING(FLASH_T_DP), TIME_ALLOWED, false, NULL},
	{"tRES1", read_time, TIMING(FLASH_T_RES1), TIME_ALLOWED, false, NULL},
	{"tRES2", read_time, TIMING(FLASH_T_RES2), TIME_ALLOWED, false, NULL},
	{"tSUS", read_time, TIMING(FLASH_T_SUS), TIME_ALLOWED, false, NULL},
	{"tRST", read_time, TIMING(FLASH_T_RST), TIME_ALLOWED, false, NULL},
	{"tVSL", read_time, TIMING(FLASH_T_VSL), TIME_ALLOWED, false, NULL},
	{"tPUW", read_time, TIMING(FLASH_T_PUW), TIME_ALLOWED, false, NULL},
};
G_STATIC_ASSERT(G_N_ELEMENTS(keys) <= 64);                           /* bits of bench_part.given */
G_STATIC_ASSERT(sizeof(enum flash_id_tail) == sizeof(unsigned int)); /* read_choice */

static int
find_key(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (strcmp(keys[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

static bool
is_given(const struct bench_part *part, const char *name)
{
	return part->given >> find_key(name) & 1;
}

/* "erase-20"; sets opcode. */
static bool
is_erase_key(const char *name, uint8_t *opcode)
{
	return g_str_has_prefix(name, "erase-") && parse_hex_byte(name + strlen("erase-"), opcode);
}

static void
refuse_key(const struct bench_part_group *group, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const char *nearest;

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		g_ptr_array_add(known, (gpointer)keys[i].name);
	g_ptr_array_add(known, "erase-20");
	nearest = bench_nearest(name, known);
	if (nearest)
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: unknown key \"%s\": did you mean %s?", group->file, group->name,
			name, nearest);
	else
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: unknown key \"%s\" (spinor-chipdb(5) lists all)", group->file,
			group->name, name);
}

static bool
read_key(struct reading *r, const char *name, const char *value, GError **error)
{
	int i = find_key(name);
	uint8_t opcode;
	bool good;

	if (i >= 0) {
		good = !keys[i].read || keys[i].read(r, &keys[i], value);
		r->part->given |= 1ull << i;
	} else if (is_erase_key(name, &opcode)) {
		good = read_erase(r, opcode, value);
	} else {
		refuse_key(r->group, name, error);
		return false;
	}
	if (!good) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: %s = \"%s\" is refused%s%s; allowed: %s", r->group->file,
			r->group->name, name, value, r->why ? ": " : "", r->why ? r->why : "",
			i >= 0 ? keys[i].allowed : ERASE_ALLOWED);
		g_clear_pointer(&r->why, g_free);
	}
	return good;
}

struct bench_part *
bench_part_new(const struct bench_part *family)
{
	struct bench_part *part = g_new0(struct bench_part, 1);

	if (family)
		*part = *family;
	return part;
}

void
bench_part_free(struct bench_part *part)
{
	if (!part)
		return;
	g_free(part->aliases);
	g_free(part);
}

bool
bench_part_read(struct bench_part *part, const struct bench_part_group *group,
	GStringChunk *strings, GError **error)
{
	g_auto(GStrv) names = g_key_file_get_keys(group->keys, group->name, NULL, NULL);
	struct reading reading = {.part = part, .group = group, .strings = strings};

	if (!group->family)
		part->part.name = g_string_chunk_insert_const(strings, group->name);
	for (char **name = names; *name; name++) {
		g_autofree char *value =
			g_key_file_get_value(group->keys, group->name, *name, NULL);
		size_t length = strlen(*name);

		/* "commands += X" is the key "commands +" to GKeyFile. */
		if (length >= 2 && (*name)[length - 2] == ' ') {
			(*name)[length - 2] = (*name)[length - 1];
			(*name)[length - 1] = '\0';
		}
		if (!read_key(&reading, *name, g_strstrip(value), error))
			return false;
	}
	return true;
}

static bool
check_mandatory(const struct bench_part *part, const struct bench_part_group *group, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (!keys[i].mandatory || part->given >> i & 1)
			continue;
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: key %s is missing, here and in its families; allowed: %s",
			group->file, group->name, keys[i].name, keys[i].allowed);
		return false;
	}
	return true;
}

/* Commands that answer with what another key says. */
static bool
check_needs(const struct bench_part *part, const struct bench_part_group *group, GError **error)
{
	static const char *const needs[][2] = {{"REMS", "rems"}, {"DREMS", "rems"},
		{"QREMS", "rems"}, {"RES", "rems"}, {"RDUID", "unique-id"}, {"RDSFDP", "sfdp"},
		{"RDSR2", "sr2"}, {"WRSR2", "sr2"}, {"RDCR", "sr2"}, {"RDSR3", "sr3"},
		{"WRSR3", "sr3"}, {"RDSECUR", "sr3"}, {"ERSCUR", "security-registers"},
		{"PRSCUR", "security-registers"}, {"RDSCUR", "security-registers"},
		{"RDSCUR", "security-register-size"}};

	for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
		if (!has_command(&part->part, needs[i][0]) || is_given(part, needs[i][1]))
			continue;
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: command %s needs the key %s, which is missing", group->file,
			group->name, needs[i][0], needs[i][1]);
		return false;
	}
	return true;
}

/* A bit has one place, and what is reserved is delivered as 0. */
static bool
check_status(const struct flash_part *part, const struct bench_part_group *at, GError **error)
{
	bool placed[FLASH_BITS] = {false};

	for (unsigned int i = 0; i < FLASH_STATUS_REGISTERS * 8; i++) {
		unsigned int reg = i / 8;
		unsigned int bit = i % 8;
		enum flash_bit function = part->status[reg][bit].function;

		if (function == FLASH_BIT_NONE && part->status_default[reg] >> bit & 1) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
				"%s: [%s]: sr%u-default sets bit %u, which is reserved (-) in sr%u",
				at->file, at->name, reg + 1, bit, reg + 1);
			return false;
		}
		if (function == FLASH_BIT_NONE || function == FLASH_BIT_USER)
			continue;
		if (placed[function]) {
			g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
				"%s: [%s]: bit %u of sr%u is in another place already", at->file,
				at->name, bit, reg + 1);
			return false;
		}
		placed[function] = true;
	}
	return true;
}

static bool
check_sizes(const struct flash_part *part, const struct bench_part_group *at, GError **error)
{
	if (part->page_size > part->size) {
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: page is larger than size", at->file, at->name);
		return false;
	}
	for (unsigned int i = 0; i < part->n_erases; i++) {
		if (part->erases[i].size <= part->size)
			continue;
		g_set_error(error, BENCH_ERROR, BENCH_ERROR_FILE,
			"%s: [%s]: erase-%02X is larger than size", at->file, at->name,
			part->erases[i].opcode);
		return false;
	}
	return true;
}

bool
bench_part_check(
	const struct bench_part *part, const struct bench_part_group *group, GError **error)
{
	return check_mandatory(part, group, error) && check_needs(part, group, error) &&
		check_status(&part->part, group, error) && check_sizes(&part->part, group, error);
}
