/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A board's verdict as a sentence that a person can act on. */
#include "bench/boot.h"

#include "clip/board.h"

#include <glib.h>
#include <inttypes.h>

/* After "byte". */
static const char *
differ(const struct board_verdict *v)
{
	return v->n_bytes == 1 ? " differs" : "s differ";
}

char *
bench_boot_reason(const struct board_verdict *v)
{
	uint64_t last = v->start + v->length - 1;

	switch (v->result) {
	case BOARD_NO_CHIP:
		return g_strdup_printf(
			"no chip answers: 9F reads %02X %02X %02X", v->id[0], v->id[1], v->id[2]);
	case BOARD_OTHER_CONTENT:
		return g_strdup_printf("%06" PRIX64 "-%06" PRIX64 " is not what it wants: %" PRIu64
				       " byte%s, from %06" PRIX64,
			v->start, last, v->n_bytes, differ(v), v->first);
	case BOARD_OTHER_DIGEST:
		return g_strdup_printf(
			"%06" PRIX64 "-%06" PRIX64 " has another SHA-256", v->start, last);
	case BOARD_CHANGED:
		return g_strdup_printf("%06" PRIX64 "-%06" PRIX64
				       " is no longer the board's own: %" PRIu64
				       " byte%s, from %06" PRIX64,
			v->start, last, v->n_bytes, differ(v), v->first);
	case BOARD_REGISTER:
		return g_strdup_printf("SR%u is %02X; of its bits %02X it wants %02X", v->reg + 1,
			v->found, v->mask, v->wanted);
	case BOARD_BOOTS:
		break;
	}
	return g_strdup("it boots");
}
