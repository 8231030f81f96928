/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts about the kinds of faults. */
#ifndef SPINOR_SPINOR_EXPLAIN_H
#define SPINOR_SPINOR_EXPLAIN_H

/* Returns a line for each kind below the heading of its symptom. Free with g_free(). */
char *spinor_fault_kinds(void);

#endif
