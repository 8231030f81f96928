/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A chip in a program: a page program and an erase, their results, and the events that the chip
 * reports. README.md describes how to build it.
 */
#include <spinor/chips.h>
#include <spinor/flash.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
print_event(void *data, const struct flash_event *event)
{
	double ms = (double)event->time_ns / 1e6;

	(void)data;
	if (event->kind == FLASH_EVENT_COMMAND)
		printf("%6.2f ms: %s %s\n", ms, event->name ? event->name : "unknown",
			event->outcome ? flash_outcome_string(event->outcome) : "done");
	else if (event->kind == FLASH_EVENT_READY)
		printf("%6.2f ms: ready after %.2f ms\n", ms, (double)event->busy_ns / 1e6);
}

/* Sends one frame, from CS# low to CS# high, and completes its operation. out may be NULL. */
static void
transfer(struct flash *chip, const uint8_t *in, uint8_t *out, size_t n)
{
	flash_select(chip);
	flash_shift(chip, in, out, n);
	flash_deselect(chip, 0);
	if (flash_is_busy(chip))
		flash_tick(chip, flash_busy_until(chip));
}

int
main(void)
{
	static const uint8_t enable[] = {0x06};
	static const uint8_t program[] = {0x02, 0x00, 0x10, 0x00, 'f', 'l', 'a', 's', 'h'};
	static const uint8_t read[] = {0x03, 0x00, 0x10, 0x00, 0, 0, 0, 0, 0, 0};
	static const uint8_t erase[] = {0x20, 0x00, 0x10, 0x00};
	const struct flash_listener listener = {print_event, NULL};
	const struct flash_part *part = flash_part_by_name("W25Q128JV");
	uint8_t *array = part ? (uint8_t *)malloc(flash_part_size(part)) : NULL;
	uint8_t out[sizeof(read)];
	struct flash *chip;

	if (!array) {
		fprintf(stderr, "no chip data of a W25Q128JV, or no memory\n");
		return 1;
	}
	memset(array, 0xff, flash_part_size(part));
	chip = flash_new(part, array, 1);
	flash_set_listener(chip, &listener);
	printf("%s %s\n", flash_part_vendor(part), flash_part_name(part));

	flash_tick(chip, 10000000); /* tPUW: the chip accepts writes 10 ms after power-up */
	transfer(chip, program, NULL, sizeof(program));
	transfer(chip, enable, NULL, sizeof(enable));
	transfer(chip, program, NULL, sizeof(program));
	transfer(chip, read, out, sizeof(read));
	printf("%.5s\n", (const char *)out + 4);
	transfer(chip, enable, NULL, sizeof(enable));
	transfer(chip, erase, NULL, sizeof(erase));
	transfer(chip, read, out, sizeof(read));
	printf("%02x %02x %02x\n", out[4], out[5], out[6]);

	flash_destroy(chip);
	free(array);
	return 0;
}
