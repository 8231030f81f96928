/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a chip on the clip is silent, as far as the wires are the reason. */
#ifndef SPINOR_CLIP_WIREREASON_H
#define SPINOR_CLIP_WIREREASON_H

struct clip;

#define CLIP_REASONS_MAX 16
#define CLIP_REASON_BYTES 80

struct clip_reason {
	const char *kind;      /* for programs: the kind of the fault, or "outputs-off" */
	unsigned int fault_id; /* 0: it is no fault */
	char text[CLIP_REASON_BYTES];
};

/* The reasons at present for the chip on line cs. Returns their number, at most
 * CLIP_REASONS_MAX. */
unsigned int clip_reasons(const struct clip *clip, unsigned int cs, struct clip_reason *reasons);

#endif
