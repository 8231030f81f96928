/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that chips are defined in: what spinor chip and spinor chips do with options. */
#ifndef SPINOR_SPINOR_CHIPFILE_H
#define SPINOR_SPINOR_CHIPFILE_H

#include <glib.h>

struct chipdb;
struct spinor_command;

/* chip NAME --source. All return the exit status, or -1 and an error. */
int spinor_chip_source(struct chipdb *db, const struct spinor_command *command, GError **error);

/* chip --check FILE. */
int spinor_chip_check(const struct spinor_command *command, GError **error);

/* chip --from-dump FILE... */
int spinor_chip_from_dump(const struct spinor_command *command, GError **error);

/* chips --families. */
int spinor_chip_families(const struct spinor_command *command, GError **error);

#endif
