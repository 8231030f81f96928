/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An adapter that speaks serprog, protocol version 1. */
#ifndef SPINOR_SERPROG_SERPROG_H
#define SPINOR_SERPROG_SERPROG_H

#include "base/endpoint.h"

#include <stdbool.h>
#include <stdint.h>

struct clip;
struct serprog;
struct serprog_profile;
struct base_clock;

/* profile, clip and clock outlive the adapter. */
struct serprog *serprog_new(
	const struct serprog_profile *profile, struct clip *clip, struct base_clock *clock);
void serprog_destroy(struct serprog *adapter);

/* The endpoint for a port. */
struct base_endpoint serprog_endpoint(struct serprog *adapter);

/* The number of commands of any opcode that have begun since the host opened the line. */
uint64_t serprog_commands(const struct serprog *adapter);

/* The firmware has run into an endless loop: nothing moves, CS# included, whatever hosts come and
 * go. Replies that have not been fetched are lost. serprog_reset() ends it. */
void serprog_hang(struct serprog *adapter);

/* Power-on, a watchdog or a reset button: everything is lost except the content of the chip. */
void serprog_reset(struct serprog *adapter);

/* True while CS# is low after a command with the verdict BASE_COMMAND_KEEP_SELECTED. */
bool serprog_left_selected(const struct serprog *adapter);

#endif
