/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An adapter that speaks serprog, protocol version 1. */
#ifndef SPINOR_SERPROG_SERPROG_H
#define SPINOR_SERPROG_SERPROG_H

#include "base/personality.h"

struct clip;
struct serprog;
struct serprog_profile;
struct sim_clock;

/* profile, clip and clock outlive the adapter. */
struct serprog *serprog_new(
	const struct serprog_profile *profile, struct clip *clip, struct sim_clock *clock);
void serprog_destroy(struct serprog *adapter);

/* How a port drives it. */
struct personality serprog_personality(struct serprog *adapter);

#endif
