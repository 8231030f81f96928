/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder for the files of a test, with the chips of chipdb and memory for arrays. */
#ifndef SPINOR_TESTS_UNIT_STORAGE_FIXTURE_H
#define SPINOR_TESTS_UNIT_STORAGE_FIXTURE_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

struct chipdb;
struct store_image;
struct store_wafer;

extern char *storage_dir;
extern struct store_wafer *storage_wafer;
extern struct chipdb *storage_chipdb;

void storage_setup(void);
void storage_teardown(void);

/* A path in the folder; free with g_free(). */
char *storage_path(const char *name);

void storage_write(const char *name, const void *data, size_t size);

/* Names, types and contents of all files in the folder; free with g_free(). */
char *storage_listing(void);

/* message: the expected text, with DIR for the folder. */
void storage_check_error(const GError *error, const char *message);

/* name: NULL for an image in memory. */
struct store_image *storage_open(const char *name, uint64_t size);

/* Permissions do not limit root; the test process ends after the test. */
void storage_become_ordinary(void);

#endif
