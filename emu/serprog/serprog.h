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

/* How a port drives it. */
struct base_endpoint serprog_endpoint(struct serprog *adapter);

/* How many commands have begun since the host opened the line, of any opcode. */
uint64_t serprog_commands(const struct serprog *adapter);

/* The firmware has run into an endless loop: nothing moves, CS# included, whatever hosts come and
 * go. What it was about to say is lost. serprog_reset() ends it. */
void serprog_hang(struct serprog *adapter);

/* Power-on, a watchdog or a reset button: all is lost but what is in the chip. */
void serprog_reset(struct serprog *adapter);

/* CS# is low since a command whose verdict was BASE_COMMAND_KEEP_SELECTED; no other has come. */
bool serprog_left_selected(const struct serprog *adapter);

#endif
