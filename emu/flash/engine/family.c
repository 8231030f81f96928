/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls the functions of the families that a chip is made of. */
#include "flash/engine/family.h"

#include "flash/engine/device.h"

#include <glib.h>
#include "flash/engine/operation.h"
#include "flash/flash.h"

/* list: those of the chip, or its watchers. */
#define FOR_EACH(list, family) \
	for (const struct flash_family *const *family = (list); *family; family++)

static bool
watches(const struct flash_family *family)
{
	return family->frame_edge || family->operation_began || family->operation_suppressed ||
		family->operation_ended;
}

void
flash_families_init(struct flash *chip, const struct flash_family *const *families)
{
	unsigned int n = 0;

	chip->families = families;
	FOR_EACH(families, family)
	{
		if (!watches(*family))
			continue;
		g_assert(n < WATCHERS_MAX);
		chip->watchers[n++] = *family;
	}
}

void
flash_families_create(struct flash *chip)
{
	FOR_EACH(chip->families, family)
	{
		if ((*family)->create)
			(*family)->create(chip);
	}
}

void
flash_families_destroy(struct flash *chip)
{
	FOR_EACH(chip->families, family)
	{
		if ((*family)->destroy)
			(*family)->destroy(chip);
	}
}

size_t
flash_families_page_bytes(const struct flash *chip)
{
	size_t most = 0;

	FOR_EACH(chip->families, family)
	{
		if ((*family)->page_bytes)
			most = MAX(most, (*family)->page_bytes(chip));
	}
	return most;
}

void
flash_families_adapt_rows(struct flash *chip)
{
	FOR_EACH(chip->families, family)
	{
		if ((*family)->adapt_rows)
			(*family)->adapt_rows(chip);
	}
}

void
flash_families_reset(struct flash *chip, bool lost_power)
{
	FOR_EACH(chip->families, family)
	{
		if ((*family)->reset)
			(*family)->reset(chip, lost_power);
	}
}

void
flash_families_woke(struct flash *chip)
{
	FOR_EACH(chip->families, family)
	{
		if ((*family)->woke)
			(*family)->woke(chip);
	}
}

void
flash_families_pins_changed(struct flash *chip)
{
	FOR_EACH(chip->families, family)
	{
		if ((*family)->pins_changed)
			(*family)->pins_changed(chip);
	}
}

void
flash_families_frame_edge(struct flash *chip)
{
	FOR_EACH(chip->watchers, family)
	{
		if ((*family)->frame_edge)
			(*family)->frame_edge(chip);
	}
}

void
flash_families_operation_began(struct flash *chip, struct flash_operation *operation)
{
	FOR_EACH(chip->watchers, family)
	{
		if ((*family)->operation_began)
			(*family)->operation_began(chip, operation);
	}
}

bool
flash_families_operation_suppressed(struct flash *chip, const struct flash_operation *operation)
{
	bool suppressed = false;

	FOR_EACH(chip->watchers, family)
	{
		if ((*family)->operation_suppressed)
			suppressed |= (*family)->operation_suppressed(chip, operation);
	}
	return suppressed;
}

void
flash_families_operation_ended(
	struct flash *chip, const struct flash_operation *operation, bool interrupted)
{
	FOR_EACH(chip->watchers, family)
	{
		if ((*family)->operation_ended)
			(*family)->operation_ended(chip, operation, interrupted);
	}
}

void
flash_families_operations_lost(struct flash *chip)
{
	FOR_EACH(chip->families, family)
	{
		if ((*family)->operations_lost)
			(*family)->operations_lost(chip);
	}
}

void
flash_families_cells_failed(struct flash *chip, bool erase)
{
	FOR_EACH(chip->families, family)
	{
		if ((*family)->cells_failed)
			(*family)->cells_failed(chip, erase);
	}
}

void
flash_families_registers(const struct flash *chip, struct flash_registers *list)
{
	FOR_EACH(chip->families, family)
	{
		if ((*family)->registers)
			(*family)->registers(chip, list);
	}
}
