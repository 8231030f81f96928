/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A board that runs and keeps data of its own in the chip: settings of its firmware, a log.
 *
 *   host    ____|===frame===|______|===frame===|_______________________|==frame==|___
 *   board   _________________|05 06 20|________|05 .. 05 06 02|__________________
 *   chip                              | erase          |      | program |
 *
 * Every period it appends a record of random bytes to its region, and starts over at its end.
 * Before a record enters a sector of 4 KiB the board erases that sector. It respects the host: it
 * waits until CS# is high, asks for the status (05) until the chip is ready, and sends whole frames
 * of 06, 20 and 02, with three address bytes, beyond 16 MiB 21 and 12 with four. It
 * knows no more of the chip: one that is protected, in another address mode or without 20 stores
 * nothing, or stores it elsewhere, and the board does not verify.
 *
 * A frame of the board can come between two of the host's, such as a write enable and its program,
 * which is lost then. Records that were due while the host had the bus are written once,
 * afterwards.
 *
 * Leaves out: how long the board's own frames take, and that the adapter's drivers pull against
 * them; the board wins. After a pause too long for STEPS_MAX the rest is dropped.
 */
#include "clip/internal.h"

#include "flash/flash.h"
#include "flash/partdata.h"

#define SECTOR 4096u
#define PAGE 256u
#define REACH (UINT64_C(1) << 24) /* of three address bytes */
#define USUAL_REGION 65536u       /* the end of the chip */

/* Steps that are played at a time, several for each record. */
#define STEPS_MAX 20000

struct region {
	uint64_t from, to;
};

static struct flash *
chip_of(const struct clip *clip, const struct clip_fault *fault)
{
	for (unsigned int cs = 0; cs < CLIP_SELECTS; cs++)
		if (clip->chips[cs] && (fault->when.selects == 0 || fault->when.selects & 1u << cs))
			return clip->chips[cs];
	return NULL;
}

/* Empty when the chip is too small for a sector. */
static struct region
region_of(const struct clip_fault *fault, const struct flash *chip)
{
	uint64_t size = flash_part(chip)->size / SECTOR * SECTOR;

	if (fault->when.address_to)
		return (struct region){fault->when.address_from, fault->when.address_to};
	return (struct region){size > USUAL_REGION ? size - USUAL_REGION : 0, size};
}

/* The first time after now at which a record is due. */
static int64_t
next_due(const struct clip_fault *fault, int64_t now_ns)
{
	int64_t since = now_ns - fault->cycle.phase_ns;

	if (since < 0)
		return fault->cycle.phase_ns;
	return fault->cycle.phase_ns +
		(since / fault->cycle.period_ns + 1) * fault->cycle.period_ns;
}

/* One frame at that time; the chip's clock is the host's, time goes on by itself. */
static void
frame(const struct clip *clip, struct flash *chip, int64_t now_ns, const uint8_t *in, size_t n,
	uint8_t *out)
{
	static const uint8_t low;

	flash_tick(chip, now_ns);
	flash_set_clock(chip, 0);
	flash_select(chip);
	flash_shift(chip, in, NULL, n);
	if (out)
		flash_shift(chip, &low, out, 1);
	flash_deselect(chip, 0);
	flash_set_clock(chip, clip->hz);
}

static bool
is_ready(const struct clip *clip, struct flash *chip, int64_t now_ns)
{
	static const uint8_t rdsr = 0x05;
	uint8_t status;

	frame(clip, chip, now_ns, &rdsr, 1, &status);
	return !(status & 1);
}

/* A command with an address, after a write enable. */
static void
command(const struct clip *clip, struct flash *chip, int64_t now_ns, uint8_t near, uint8_t far,
	uint64_t address, const uint8_t *data, size_t n)
{
	static const uint8_t wren = 0x06;
	uint8_t bytes[5 + PAGE] = {address < REACH ? near : far};
	unsigned int n_address = address < REACH ? 3 : 4;

	for (unsigned int i = 0; i < n_address; i++)
		bytes[1 + i] = (uint8_t)(address >> 8 * (n_address - 1 - i));
	for (size_t i = 0; i < n; i++)
		bytes[1 + n_address + i] = data[i];
	frame(clip, chip, now_ns, &wren, 1, NULL);
	frame(clip, chip, now_ns, bytes, 1 + n_address + n, NULL);
}

static void
erase(const struct clip *clip, struct clip_active_fault *fault, struct flash *chip, int64_t now_ns)
{
	command(clip, chip, now_ns, 0x20, 0x21, fault->write_at, NULL, 0);
	fault->erased_to = fault->write_at + SECTOR;
}

/* As much of the record as goes into one page and into what is erased. */
static void
program(const struct clip *clip, struct clip_active_fault *fault, struct flash *chip,
	int64_t now_ns)
{
	size_t n = MIN(fault->unwritten, PAGE - fault->write_at % PAGE);
	uint8_t data[PAGE];

	for (size_t i = 0; i < n; i++)
		data[i] = (uint8_t)base_random_next(&fault->base.random);
	command(clip, chip, now_ns, 0x02, 0x12, fault->write_at, data, n);
	fault->write_at += n;
	fault->unwritten -= (uint32_t)n;
}

static bool
may_begin(const struct clip_active_fault *fault, int64_t now_ns)
{
	return base_fault_when_is_in_time(&fault->as.when, now_ns) &&
		!base_fault_is_spent(&fault->base);
}

static void
begin(struct clip *clip, struct clip_active_fault *fault)
{
	fault->unwritten = fault->as.writes.bytes;
	fault->base.matched++;
	clip_trigger_wrote(clip, fault, fault->due_ns, fault->write_at, fault->unwritten);
}

/* The step that is due first. */
static void
step(struct clip *clip, struct clip_active_fault *fault, struct flash *chip,
	const struct region *region, int64_t now_ns)
{
	int64_t at_ns = fault->due_ns;

	if (fault->unwritten == 0 && !may_begin(fault, at_ns)) {
		fault->due_ns = next_due(&fault->as, at_ns);
		return;
	}
	if (!is_ready(clip, chip, at_ns)) {
		int64_t until_ns = flash_is_busy(chip) ? flash_busy_until(chip) : INT64_MAX;

		fault->due_ns = until_ns > at_ns && until_ns <= now_ns ? until_ns : now_ns + 1;
		return;
	}
	if (fault->write_at < region->from || fault->write_at >= region->to)
		fault->write_at = fault->erased_to = region->from;
	if (fault->unwritten == 0)
		begin(clip, fault);
	if (fault->write_at >= fault->erased_to)
		erase(clip, fault, chip, at_ns);
	else
		program(clip, fault, chip, at_ns);
	if (fault->unwritten == 0)
		fault->due_ns = next_due(&fault->as, at_ns);
}

void
clip_writer_idle(struct clip *clip, struct clip_active_fault *fault, int64_t now_ns)
{
	struct flash *chip = chip_of(clip, &fault->as);
	struct region region;

	if (fault->due_ns > now_ns)
		return;
	if (!chip) {
		fault->due_ns = next_due(&fault->as, now_ns);
		return;
	}
	region = region_of(&fault->as, chip);
	if (region.to <= region.from || region.to > flash_part(chip)->size)
		return;
	for (unsigned int i = 0; i < STEPS_MAX && fault->due_ns <= now_ns; i++)
		step(clip, fault, chip, &region, now_ns);
	if (fault->due_ns <= now_ns && fault->unwritten == 0)
		fault->due_ns = next_due(&fault->as, now_ns);
}

void
clip_writer_init(struct clip_fault *fault)
{
	fault->writes = (struct clip_writes){.bytes = 64};
	fault->cycle.period_ns = NS_PER_S;
}

const char *
clip_writer_check(const struct clip_fault *fault)
{
	if (fault->writes.bytes == 0 || fault->writes.bytes > 256)
		return "a board writes 1 to 256 bytes at a time";
	if (fault->cycle.period_ns <= 0)
		return CLIP_PERIOD_ALLOWED;
	if (fault->when.address_from % SECTOR || fault->when.address_to % SECTOR)
		return "a board writes to whole sectors of 4096 bytes, such as 0xFE000-0xFFFFF";
	return NULL;
}

unsigned int
clip_writer_lines(const struct clip_fault *fault)
{
	(void)fault;
	return 1 << CLIP_CS | 1 << CLIP_CLK | 1 << CLIP_MOSI;
}

void
clip_writer_start(struct clip_active_fault *fault, int64_t now_ns)
{
	fault->due_ns = next_due(&fault->as, now_ns);
}

void
clip_writer_wait(struct clip *clip, int64_t now_ns)
{
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);

		fault->due_ns = MAX(fault->due_ns, now_ns);
	}
}

void
clip_writer_pass(struct clip *clip, int64_t now_ns)
{
	if (clip->faulty->frame.open || clip->faulty->low || clip->by_board)
		return;
	for (guint i = 0; i < clip_n_faults(clip); i++) {
		struct clip_active_fault *fault = clip_active(clip, i);

		if (fault->row->idle)
			fault->row->idle(clip, fault, now_ns);
	}
}
