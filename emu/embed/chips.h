/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts for programs that are built against libspinor-flash: from the chip data that is installed
 * with spinor, or from text in its format, see spinor-chipdb(5). Installed with flash.h.
 *
 * All functions can be called from any thread.
 */
#ifndef SPINOR_EMBED_CHIPS_H
#define SPINOR_EMBED_CHIPS_H

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct flash_part;

/*
 * The part of that name, alias or flashrom name, case ignored, from the chip data of spinord(1):
 * the installed folder or $SPINOR_CHIPDB instead, and the user's. They are read once. The part
 * belongs to the library and is valid until the process ends. NULL: flash_part_load(NULL, ...)
 * tells why.
 */
const struct flash_part *flash_part_by_name(const char *name);

/*
 * The same, with the *.chips files of folder dir (may be NULL) on top, all read anew: for data that
 * change, and for the reason of a failure. NULL on error: *why (why may be NULL) is one line that
 * names the chip, or file, group and key; free with free(3).
 */
struct flash_part *flash_part_load(const char *dir, const char *name, char **why);

/* The part of that name in text, the content of a *.chips file, which has the families that it
 * inherits too: the installed data are not read. Errors as those of flash_part_load(). */
struct flash_part *flash_part_from_text(const char *text, const char *name, char **why);

/* For parts of flash_part_load() and flash_part_from_text(), after their last chip is destroyed;
 * NULL does nothing. */
void flash_part_free(struct flash_part *part);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
