/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wear of a chip's cells, in memory and as a group of its state file. */
#ifndef SPINOR_STORE_WEAR_H
#define SPINOR_STORE_WEAR_H

#include "base/keytable.h"

#include <glib.h>
#include <stdbool.h>

#define STORE_WEAR_GROUP "cells"

struct flash;
struct store_wear;

/* Of a chip without wear. */
struct store_wear *store_wear_new(const struct flash *chip);

struct store_wear *store_wear_read(const struct flash *chip);

/* Sets the wear of the chip's blocks; blocks without wear are as delivered. */
void store_wear_write(const struct store_wear *cells, struct flash *chip);

void store_wear_free(struct store_wear *cells);

/* Adds the group to keys; adds nothing when all cells are as delivered. */
void store_wear_to_keys(const struct store_wear *cells, GKeyFile *keys);

/* The keys of the group; their target is a struct store_wear that store_wear_new() has made. */
extern const struct base_key store_wear_keys[];

#endif
