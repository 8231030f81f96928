/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wear of a chip's cells, in memory and as a group of its state file. */
#ifndef SPINOR_STORE_WEAR_H
#define SPINOR_STORE_WEAR_H

#include <glib.h>
#include <stdbool.h>

#define STORE_WEAR_GROUP "cells"

struct flash;
struct store_wear;

struct store_wear *store_wear_read(const struct flash *chip);

/* Sets the wear of the chip's blocks; blocks without wear are as delivered. */
void store_wear_write(const struct store_wear *cells, struct flash *chip);

void store_wear_free(struct store_wear *cells);

/* Adds the group to keys; adds nothing when all cells are as delivered. */
void store_wear_to_keys(const struct store_wear *cells, GKeyFile *keys);

/* Reads the group for a chip of that part; without the group all cells are as delivered. NULL when
 * the group does not match the part: *why (g_free()) is the reason. */
struct store_wear *store_wear_from_keys(GKeyFile *keys, const struct flash *chip, char **why);

#endif
