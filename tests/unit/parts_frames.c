/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of every length at every part: no host may make the engine access memory outside its
 * buffers. Sends every opcode of the part, in each of its modes, at boundary addresses, with 0, 1,
 * n and n + 1 data bytes for each size n of the part; if the chip becomes busy, the operation
 * completes, is suspended, and is interrupted by each reset and by power loss.
 *
 * as delivered, mode | write enable | opcode address dummies data | busy: status, end | status
 *
 * Other tests check the effect of commands: here only the sanitizers check, and the unmapped page
 * after the array. All parts are tested under sanitizers too, so this has to be cheap. After each
 * operation the chip gets its delivered state back, since a single program can lock it permanently.
 *
 * This file is long: chip, frames, sizes and endings share one state, part by part.
 *
 * Not covered: commands on several lanes are sent bit by bit, hence with fewer addresses and at
 * most a page; in QPI only the four opcodes that a host with single wires can send.
 */
#include "parts_frames.h"

#include "flash/fault.h"
#include "flash/flash.h"
#include "flash/partdata.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	PROBE = 16, /* bytes after the opcode, to find the length of the header */
	PAGE = 4096,
	SMALL = 300, /* most bytes of a frame that comes bit by bit */
	VCC_MV = 3300,
};

enum mode {
	MODE_PLAIN,
	MODE_FOUR_BYTE,
	MODE_OTP,
	MODE_QPI,
	MODES,
};

/* How an operation ends. */
enum ending {
	END_COMPLETE,
	END_SUSPEND,
	END_RESET,
	END_RESET_F0,
	END_RESET_PIN,
	END_POWER_LOSS,
	ENDINGS,
};

/* The form of a command, as probed. */
struct form {
	uint8_t opcode;
	unsigned int address_bytes;
	unsigned int header; /* bytes after the opcode, address included */
	bool lanes;
};

static const GPtrArray *parts;

static const struct flash_part *part;
static struct flash *chip;
static uint8_t *array;
static GByteArray *delivered; /* non-volatile state, item by item */
static int64_t now_ns;
static enum mode mode;
static uint8_t opcode_sent;      /* the opcode under test */
static struct flash_event event; /* of the last frame */
static uint8_t *data;            /* 00, as many as in the longest frame */
static uint8_t *answer;

static GArray *lengths;   /* size_t, ascending */
static GArray *addresses; /* uint32_t */

/* --- on abort: reports the part under test when a sanitizer ends the process --- */

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void
tell_part(void)
{
	char text[128];
	int n = g_snprintf(text, sizeof(text), "testing %s, mode %d, opcode %02X\n", part->name,
		(int)mode, (unsigned int)opcode_sent);

	if (write(STDERR_FILENO, text, (size_t)n) < 0)
		return;
}

/* --- opcodes --- */

/* Commands that the test sends by name, and their default opcodes. */
enum known {
	CLSR,
	WREN,
	EWSR,
	ULBPR,
	GLOBAL_UNLOCK,
	EN4B,
	EN4B_WREN,
	BRWR,
	ENSO,
	OTP_ENTER,
	EQIO,
	EQIO_QE,
	WBPR,
	WRIDP,
	WRAR,
	SUSPEND,
	RST,
	RST_F0,
	RESUME,
	RSTEN,
	AAI,
	WRDI,
	AAI_BYTE,
	RDSR1,
	RDSR_ALL,
	RDSR2,
	RDSR3,
	RDFSR,
	DF_RDSR,
	KNOWN,
};

static const struct {
	const char *name;
	int usual;
} known[KNOWN] = {
	[CLSR] = {"CLSR", 0x30},
	[WREN] = {"WREN", 0x06},
	[EWSR] = {"EWSR", 0x50},
	[ULBPR] = {"ULBPR", 0x98},
	[GLOBAL_UNLOCK] = {"GLOBAL_UNLOCK", 0x98},
	[EN4B] = {"EN4B", 0xb7},
	[EN4B_WREN] = {"EN4B_WREN", 0xb7},
	[BRWR] = {"BRWR", 0x17},
	[ENSO] = {"ENSO", 0xb1},
	[OTP_ENTER] = {"OTP_ENTER", 0x3a},
	[EQIO] = {"EQIO", 0x38},
	[EQIO_QE] = {"EQIO_QE", 0x38},
	[WBPR] = {"WBPR", 0x42},
	[WRIDP] = {"WRIDP", 0x82},
	[WRAR] = {"WRAR", 0x71},
	[SUSPEND] = {"SUSPEND", 0x75},
	[RST] = {"RST", 0x99},
	[RST_F0] = {"RST_F0", 0xf0},
	[RESUME] = {"RESUME", 0x7a},
	[RSTEN] = {"RSTEN", 0x66},
	[AAI] = {"AAI", 0xad},
	[WRDI] = {"WRDI", 0x04},
	[AAI_BYTE] = {"AAI_BYTE", 0xaf},
	[RDSR1] = {"RDSR1", 0x05},
	[RDSR_ALL] = {"RDSR_ALL", 0x05},
	[RDSR2] = {"RDSR2", 0x35},
	[RDSR3] = {"RDSR3", 0x15},
	[RDFSR] = {"RDFSR", 0x70},
	[DF_RDSR] = {"DF_RDSR", 0xd7},
};

static int opcodes[KNOWN]; /* of the part; -1: the part lacks the command */

static void
find_opcodes(void)
{
	for (enum known i = 0; i < KNOWN; i++) {
		opcodes[i] = -1;
		for (unsigned int j = 0; j < part->n_commands && opcodes[i] < 0; j++) {
			const struct flash_part_command *command = &part->commands[j];

			if (strcmp(command->name, known[i].name) == 0)
				opcodes[i] =
					command->opcode >= 0 ? command->opcode : known[i].usual;
		}
	}
}

static bool
is_chip_erase(uint8_t opcode)
{
	for (unsigned int i = 0; i < part->n_erases; i++) {
		const struct flash_erase *erase = &part->erases[i];

		if (erase->opcode == opcode && erase->size == 0 && erase->n_regions == 0)
			return true;
	}
	return false;
}

/* --- frames --- */

static void
send(const uint8_t *head, size_t n_head, size_t n_data)
{
	flash_select(chip);
	flash_shift(chip, head, answer, n_head);
	flash_shift(chip, data, answer, n_data);
	flash_deselect(chip, 0);
}

static void
command(enum known which)
{
	uint8_t byte = (uint8_t)opcodes[which];

	if (opcodes[which] >= 0)
		send(&byte, 1, 0);
}

static void
pass(int64_t ns)
{
	now_ns += ns;
	flash_tick(chip, now_ns);
}

/* Waits for the end of the operation; a failed one needs CLSR. */
static void
wait_ready(void)
{
	if (flash_is_busy(chip) && flash_busy_until(chip) == INT64_MAX)
		command(CLSR);
	else if (flash_is_busy(chip))
		pass(MAX(flash_busy_until(chip) - now_ns, 0));
}

static void
read_status(void)
{
	static const enum known reads[] = {RDSR1, RDSR_ALL, RDSR2, RDSR3, RDFSR, DF_RDSR};

	for (size_t i = 0; i < G_N_ELEMENTS(reads); i++) {
		uint8_t byte = (uint8_t)opcodes[reads[i]];

		if (opcodes[reads[i]] >= 0)
			send(&byte, 1, 3);
	}
}

/* Sends every command that a write, an erase or a reset may require first. */
static void
enable(void)
{
	command(WREN);
	wait_ready();
	command(EWSR);
}

static void
note(void *unused, const struct flash_event *seen)
{
	(void)unused;
	if (seen->kind == FLASH_EVENT_COMMAND)
		event = *seen;
}

/* --- chips --- */

/* The last byte of the array is the last accessible byte of the mapping. */
static uint8_t *
map_array(void)
{
	size_t size = (part->size + PAGE - 1) / PAGE * PAGE;
	uint8_t *base = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	ck_assert_ptr_ne(base, MAP_FAILED);
	ck_assert_int_eq(mprotect(base + size, PAGE, PROT_NONE), 0);
	return base + size - part->size;
}

static void
unmap_array(void)
{
	size_t size = (part->size + PAGE - 1) / PAGE * PAGE;

	munmap(array + part->size - size, size + PAGE);
}

/* Enables quad commands and clears all other bits. */
static void
set_quad(void)
{
	for (unsigned int reg = 0; reg < FLASH_STATUS_REGISTERS; reg++) {
		uint8_t value = 0;

		for (unsigned int bit = 0; bit < 8; bit++) {
			if (part->status[reg][bit].function == FLASH_BIT_QE)
				value |= (uint8_t)(1u << bit);
		}
		flash_status_preset(chip, reg, value);
	}
}

static void
unlock(void)
{
	enable();
	command(ULBPR);
	enable();
	command(GLOBAL_UNLOCK);
}

static void
enter_mode(void)
{
	static const uint8_t bank[] = {0x17, 0x80};

	enable();
	switch (mode) {
	case MODE_FOUR_BYTE:
		command(EN4B);
		command(EN4B_WREN);
		if (opcodes[BRWR] >= 0)
			send(bank, sizeof(bank), 0);
		break;
	case MODE_OTP:
		command(ENSO);
		command(OTP_ENTER);
		break;
	case MODE_QPI:
		command(EQIO);
		command(EQIO_QE);
		break;
	default:
		break;
	}
}

static bool
has_mode(void)
{
	switch (mode) {
	case MODE_FOUR_BYTE:
		return opcodes[EN4B] >= 0 || opcodes[EN4B_WREN] >= 0 || opcodes[BRWR] >= 0;
	case MODE_OTP:
		return opcodes[ENSO] >= 0 || opcodes[OTP_ENTER] >= 0;
	case MODE_QPI:
		return opcodes[EQIO] >= 0 || opcodes[EQIO_QE] >= 0;
	default:
		return true;
	}
}

static void
power_loss(void)
{
	flash_supply(chip, 0);
	pass(1000000);
	flash_supply(chip, CLAMP(VCC_MV, part->vcc_min_mv, part->vcc_max_mv));
	pass(1000000000);
}

static void
make_chip(void)
{
	static const struct flash_listener listener = {note, NULL};
	const struct flash_nonvolatile *items;
	size_t n;

	chip = flash_new(part, array, 1);
	flash_set_listener(chip, &listener);
	now_ns = 0;
	delivered = g_byte_array_new();
	items = flash_nonvolatile(chip, &n);
	for (size_t i = 0; i < n; i++)
		g_byte_array_append(delivered, items[i].data, (guint)items[i].size);
}

static void
destroy_chip(void)
{
	g_clear_pointer(&chip, flash_destroy);
	g_byte_array_unref(delivered);
}

/* Restores the delivered state, and enters the mode. Cheaper than a new chip. */
static void
renew(uint8_t opcode)
{
	size_t n;
	const struct flash_nonvolatile *items = flash_nonvolatile(chip, &n);
	const uint8_t *from = delivered->data;

	flash_supply(chip, 0);
	for (size_t i = 0; i < n; from += items[i].size, i++)
		memcpy(items[i].data, from, items[i].size);
	power_loss();
	flash_forget_blocks(chip);
	flash_set_real_size(chip, part->size, FLASH_ONES);
	set_quad();
	unlock();
	enter_mode();
	/* Erasing a whole array that often takes too long; other tests check where it ends. */
	if (is_chip_erase(opcode))
		flash_set_real_size(chip, MIN(part->size, 65536), FLASH_ONES);
}

/* --- lengths and addresses --- */

static void
add_length(size_t n)
{
	for (size_t length = n; length <= n + 1; length++) {
		guint at = 0;

		while (at < lengths->len && g_array_index(lengths, size_t, at) < length)
			at++;
		if (at == lengths->len || g_array_index(lengths, size_t, at) != length)
			g_array_insert_val(lengths, at, length);
	}
}

static void
add_address(uint64_t address)
{
	uint32_t value = (uint32_t)address;

	for (guint i = 0; i < addresses->len; i++) {
		if (g_array_index(addresses, uint32_t, i) == value)
			return;
	}
	g_array_append_val(addresses, value);
}

/* An address is a page above the bytes of a page; command sequences take the place of addresses. */
static void
add_dataflash_addresses(void)
{
	static const uint32_t sequences[] = {0x2a7fa9, 0x2a7f9a, 0x2a7fcf, 0x2a7ffc, 0x2a7f30,
		0x2a80a6, 0x2a80a7, 0x94809a, 0x55aa40};
	unsigned int bits = 0;

	while (1u << bits < part->page_size)
		bits++;
	add_address((part->size / part->page_size - 1) << bits | (part->page_size - 1));
	for (size_t i = 0; i < G_N_ELEMENTS(sequences); i++)
		add_address(sequences[i]);
}

static void
add_security_registers(void)
{
	uint32_t first = part->security_register_first;

	if (part->security_registers == 0)
		return;
	add_length(part->security_register_size);
	add_address((uint64_t)first << 12);
	add_address(((uint64_t)(first + part->security_registers - 1) << 12) +
		part->security_register_size - 1);
	add_address((uint64_t)(first + part->security_registers) << 12);
}

static void
collect_sizes(void)
{
	lengths = g_array_new(FALSE, FALSE, sizeof(size_t));
	addresses = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	add_length(0);
	add_length(2); /* registers, up to 4 bytes */
	add_length(FLASH_STATUS_REGISTERS);
	add_length(part->page_size);
	add_address(0);
	add_address(part->size - 1);
	add_security_registers();
	if (part->otp_size) {
		add_length(part->otp_size);
		add_address(part->otp_size);
	}
	/* SST26: a bit for each block of 64 KiB, and 16 more */
	if (opcodes[WBPR] >= 0)
		add_length(((size_t)(part->size / 65536) + 16 + 7) / 8);
	/* address bit 10 selects the lock of the identification page; WRAR: the stored register and
	 * the active one */
	if (opcodes[WRIDP] >= 0)
		add_address(1 << 10);
	for (uint32_t reg = 1; opcodes[WRAR] >= 0 && reg <= FLASH_REGISTERS; reg++) {
		add_address(reg);
		add_address(0x800000 | reg);
	}
	if (flash_part_is_dataflash(part)) {
		add_length((size_t)(part->size / part->page_size / 8)); /* sectors */
		add_dataflash_addresses();
	}
	data = g_malloc0(g_array_index(lengths, size_t, lengths->len - 1) + PROBE);
	answer = g_malloc0(g_array_index(lengths, size_t, lengths->len - 1) + PROBE);
}

static void
forget_sizes(void)
{
	g_array_unref(lengths);
	g_array_unref(addresses);
	g_clear_pointer(&data, g_free);
	g_clear_pointer(&answer, g_free);
}

/* --- endings --- */

static bool
has_ending(enum ending ending)
{
	switch (ending) {
	case END_SUSPEND:
		return opcodes[SUSPEND] >= 0;
	case END_RESET:
		return opcodes[RST] >= 0;
	case END_RESET_F0:
		return opcodes[RST_F0] >= 0;
	case END_RESET_PIN:
		return part->reset_pin;
	default:
		return true;
	}
}

static void
half_way(void)
{
	if (flash_is_busy(chip) && flash_busy_until(chip) != INT64_MAX)
		pass((flash_busy_until(chip) - now_ns) / 2);
}

/* Suspends twice: resumes after the first suspend, loses power after the second. */
static void
suspend(void)
{
	command(SUSPEND);
	wait_ready();
	read_status();
	pass(1000000);
	command(RESUME);
	half_way();
	command(SUSPEND);
	wait_ready();
	read_status();
}

static void
end(enum ending ending)
{
	read_status();
	if (ending != END_COMPLETE)
		half_way();
	switch (ending) {
	case END_SUSPEND:
		suspend();
		power_loss();
		break;
	case END_RESET:
		command(RSTEN);
		command(RST);
		break;
	case END_RESET_F0:
		command(RST_F0);
		break;
	case END_RESET_PIN:
		flash_pin(chip, FLASH_PIN_RESET, FLASH_LOW);
		flash_pin(chip, FLASH_PIN_RESET, FLASH_HIGH);
		break;
	case END_POWER_LOSS:
		power_loss();
		break;
	default:
		break;
	}
	wait_ready();
	pass(1000000000);
	read_status();
}

/* --- frames of a part --- */

/* In QPI the first two clocks are the opcode. */
static size_t
put_head(uint8_t *head, const struct form *form, uint32_t address)
{
	memset(head, 0, PROBE + 1);
	head[0] = form->opcode;
	for (unsigned int i = 0; i < form->address_bytes; i++)
		head[1 + i] = (uint8_t)(address >> 8 * (form->address_bytes - 1 - i));
	return 1 + form->header;
}

/* Finds where data begins. False: the part lacks the command; the chip has not changed. */
static bool
probe(struct form *form, uint8_t opcode)
{
	uint8_t head[1 + PROBE] = {opcode, 0x01, 0x02, 0x03, 0x04};

	*form = (struct form){.opcode = opcode};
	enable();
	send(head, sizeof(head), 0);
	if (mode == MODE_QPI) {
		form->lanes = true;
		form->address_bytes = form->header = 1;
		return event.name != NULL;
	}
	if (!event.name)
		return false;
	form->lanes = event.length > PROBE;
	form->header = form->lanes ? 0 : PROBE - (unsigned int)event.length;
	if (event.has_address || form->header >= 3)
		form->address_bytes = MIN(event.address >> 24 ? 4 : 3, form->header);
	if (strstr(event.name, "AAI"))
		form->address_bytes = form->header = 3;
	return true;
}

/* Sends one frame for each ending of the operation that it starts. */
static void
test_frame(const struct form *form, uint32_t address, size_t length)
{
	uint8_t head[1 + PROBE];
	size_t n_head = put_head(head, form, address);

	for (enum ending ending = END_COMPLETE; ending < ENDINGS; ending++) {
		if (!has_ending(ending))
			continue;
		if (form->opcode == opcodes[RST])
			command(RSTEN);
		else
			enable();
		send(head, n_head, length);
		if (!flash_is_busy(chip))
			break;
		end(ending);
		renew(form->opcode);
	}
}

/* An AAI sequence continues with words only. */
static void
test_aai(const struct form *form)
{
	uint8_t head[] = {form->opcode, (uint8_t)((part->size - 4) >> 16),
		(uint8_t)((part->size - 4) >> 8), (uint8_t)(part->size - 4), 0, 0};
	bool words = form->opcode == opcodes[AAI];

	renew(form->opcode);
	enable();
	send(head, words ? 6 : 5, 0);
	for (unsigned int i = 0; i < 5; i++) {
		wait_ready();
		send(head, words ? 3 : 2, 0);
		read_status();
	}
	wait_ready();
	command(WRDI);
}

static void
test_opcode(uint8_t opcode)
{
	struct form form;

	opcode_sent = opcode;
	if (!probe(&form, opcode))
		return;
	for (guint i = 0; i < addresses->len; i++) {
		if ((form.lanes && i >= 2) || (form.address_bytes == 0 && i >= 1))
			break;
		renew(opcode);
		for (guint j = 0; j < lengths->len; j++) {
			size_t length = g_array_index(lengths, size_t, j);

			if (!form.lanes || length <= SMALL)
				test_frame(&form, g_array_index(addresses, uint32_t, i), length);
		}
	}
	if (opcode == opcodes[AAI] || opcode == opcodes[AAI_BYTE])
		test_aai(&form);
	renew(0);
}

static void
test_mode(void)
{
	static const uint8_t qpi[] = {0x00, 0x40, 0x80, 0xc0}; /* EE EF FE FF */

	renew(0);
	for (unsigned int opcode = 0; mode != MODE_QPI && opcode < 256; opcode++)
		test_opcode((uint8_t)opcode);
	for (size_t i = 0; mode == MODE_QPI && i < sizeof(qpi); i++)
		test_opcode(qpi[i]);
}

START_TEST(frames_of_any_length_stay_inside_buffers)
{
	part = g_ptr_array_index(parts, (guint)_i);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(tell_part);
	find_opcodes();
	array = map_array();
	make_chip();
	collect_sizes();
	for (mode = MODE_PLAIN; mode < MODES; mode++) {
		if (has_mode())
			test_mode();
	}
	destroy_chip();
	forget_sizes();
	unmap_array();
}
END_TEST

void
parts_frames_add(Suite *suite, const GPtrArray *all)
{
	TCase *tcase = tcase_create("frames");

	parts = all;
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, frames_of_any_length_stay_inside_buffers, 0, (int)all->len);
	suite_add_tcase(suite, tcase);
}
