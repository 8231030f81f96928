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
struct base_endpoint serprog_personality(struct serprog *adapter);

/* What becomes of a command. */
enum serprog_fate {
	SERPROG_FATE_RUN,
	SERPROG_FATE_NAK,          /* its parameters and data are received for nothing, then NAK */
	SERPROG_FATE_HANG,         /* as serprog_hang(), but what was said before gets out */
	SERPROG_FATE_KEEP_SELECTED /* CS# does not rise at its end, but at the next one's */
};

/* Asks about each command, of any opcode, when its opcode has come. NULL asks nobody. */
typedef enum serprog_fate serprog_judge(void *data, uint8_t opcode);
void serprog_set_judge(struct serprog *adapter, serprog_judge *judge, void *data);

/* How many commands have begun since the host opened the line, of any opcode. */
uint64_t serprog_commands(const struct serprog *adapter);

/* The firmware has run into an endless loop: nothing moves, CS# included, whatever hosts come and
 * go. What it was about to say is lost. serprog_reset() ends it. */
void serprog_hang(struct serprog *adapter);

/* Power-on, a watchdog or a reset button: all is lost but what is in the chip. */
void serprog_reset(struct serprog *adapter);

/* CS# is low since a command whose fate was KEEP_SELECTED, and no other has come. */
bool serprog_left_selected(const struct serprog *adapter);

/* The command that the protocol text, or S_VCC's authors, call so: "Q_SERBUF". False: none. */
bool serprog_opcode_from_string(const char *name, uint8_t *opcode);

#endif
