/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The version of libspinor-flash, apart from that of spinor. It is semantic:
 *   MAJOR  a program that was built with an earlier version no longer works; part of the soname
 *   MINOR  something was added: a program may need at least this version
 *   PATCH  neither
 *
 * Within a major version
 * - functions keep their names, arguments and results;
 * - enumerators keep their values, new ones get values above those of their kind so far. So the
 *   counts at the ends of enumerations (FLASH_OUTCOMES, ...) change: no array of a program should
 *   have that size without a check;
 * - structs that the library passes by pointer (flash_event, flash_fault_report) can get more
 *   fields at their end: a program does not rely on their size;
 * - structs that a program provides, and arrays of structs, keep their size. Those that may need
 *   more fields end in reserved ones, which take their places: the program sets all fields to 0
 *   that it does not know, as an initialiser with field names does, and 0 means what earlier
 *   versions did.
 */
#ifndef SPINOR_FLASH_VERSION_H
#define SPINOR_FLASH_VERSION_H

/* configure reads these. */
#define FLASH_VERSION_MAJOR 1
#define FLASH_VERSION_MINOR 1
#define FLASH_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* The version of the library that the program runs with, such as "1.0.0". */
const char *flash_version(void);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
