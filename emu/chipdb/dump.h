/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output of a host tool about a chip, and a definition made from it. */
#ifndef SPINOR_CHIPDB_DUMP_H
#define SPINOR_CHIPDB_DUMP_H

#include "flash/partdata.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct chipdb;

/* An erase that flashrom lists without the bytes of the SFDP. */
struct chipdb_dump_erase {
	uint8_t opcode;
	uint32_t size;
};

struct chipdb_dump {
	char *flashrom; /* the definition that flashrom found; NULL: unknown */
	char *vendor;   /* likewise */
	uint64_t size;  /* as flashrom printed it; 0: unknown */
	uint8_t id[FLASH_ID_MAX];
	unsigned int id_length;
	uint8_t rems[2];
	bool has_rems;
	int status;       /* SR1; -1: unknown */
	GByteArray *sfdp; /* empty: unknown */
	char *sfdp_file;  /* an absolute path that has these bytes alone; NULL: none */
	bool four_byte_only;
	struct chipdb_dump_erase erases[FLASH_ERASES_MAX]; /* for a dump without sfdp */
	unsigned int n_erases;
};

struct chipdb_dump *chipdb_dump_new(void);
void chipdb_dump_free(struct chipdb_dump *dump);

/* Hex digits of the ID: "EF4018", "0xEF4018", "EF 40 18". */
bool chipdb_dump_take_id(struct chipdb_dump *dump, const char *text);

/* Adds the content of a file: an SFDP as in sfdpfile.h, or the output of flashrom -VV or -VVV.
 * name: for the error, and for SFDPs the value of the key. */
bool chipdb_dump_take_file(
	struct chipdb_dump *dump, const char *name, const char *text, gsize length, GError **error);

/* A group of a *.chips file, with a comment on the origin of each key. db (may be NULL): the chips
 * with the same ID are named. NULL and an error when the size is unknown. Free with g_free(). */
char *chipdb_dump_group(const struct chipdb_dump *dump, struct chipdb *db, GError **error);

#endif
