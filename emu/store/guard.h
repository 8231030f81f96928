/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings of files that can lose their pages while a chip uses them. */
#ifndef SPINOR_STORE_GUARD_H
#define SPINOR_STORE_GUARD_H

#include <stdbool.h>
#include <stdint.h>

struct store_guard;

enum store_loss {
	STORE_LOSS_NONE,
	STORE_LOSS_WRITES,  /* the array is a copy in memory: changes do not reach the file */
	STORE_LOSS_CONTENT, /* the array is FF in memory: the file was truncated or is unreadable */
};

/*
 * Guards the mapping of size bytes at array, a whole mapping of the file fd from its beginning.
 * shared: MAP_SHARED. blank: a descriptor of blank_bytes of FF, which replaces lost content; -1:
 * none, the FF are written. Both descriptors stay open until store_guard_remove().
 */
struct store_guard *store_guard_add(
	uint8_t *array, uint64_t size, int fd, bool shared, int blank, uint64_t blank_bytes);

/* To be called before the mapping is removed. NULL is allowed. */
void store_guard_remove(struct store_guard *guard);

/* One read of memory; any thread. */
enum store_loss store_guard_loss(const struct store_guard *guard);

/* True: the file is shorter than the array, which still is a mapping or a copy of it. */
bool store_guard_is_short(const struct store_guard *guard);

/* Replaces the array by FF if the file has become shorter than the array; returns the loss. To be
 * called by the thread that uses the array. */
enum store_loss store_guard_check(struct store_guard *guard);

/* The file has all changes again: maps it shared. False: the kernel refuses it. */
bool store_guard_restore(struct store_guard *guard);

/* From now on the descriptor is fd. */
void store_guard_set_fd(struct store_guard *guard, int fd);

#endif
