/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The properties of a part for programs outside of this project, and the version of the library. */
#include "flash/partdata.h"

#include "flash/version.h"

#define TEXT(x) #x
#define VERSION(major, minor, patch) TEXT(major) "." TEXT(minor) "." TEXT(patch)

const char *
flash_version(void)
{
	return VERSION(FLASH_VERSION_MAJOR, FLASH_VERSION_MINOR, FLASH_VERSION_PATCH);
}

const char *
flash_part_name(const struct flash_part *part)
{
	return part->name;
}

const char *
flash_part_vendor(const struct flash_part *part)
{
	return part->vendor;
}

const char *
flash_part_flashrom_name(const struct flash_part *part)
{
	return part->flashrom_name;
}

uint64_t
flash_part_size(const struct flash_part *part)
{
	return part->size;
}

uint32_t
flash_part_page_size(const struct flash_part *part)
{
	return part->page_size;
}

unsigned int
flash_part_address_bytes(const struct flash_part *part)
{
	return part->address_bytes;
}

const uint8_t *
flash_part_id(const struct flash_part *part, size_t *length)
{
	*length = part->id_length;
	return part->id;
}

int
flash_part_vcc_min_mv(const struct flash_part *part)
{
	return part->vcc_min_mv;
}

int
flash_part_vcc_max_mv(const struct flash_part *part)
{
	return part->vcc_max_mv;
}
