/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion of command lines for shells. */
#ifndef SPINOR_SPINOR_COMPLETE_H
#define SPINOR_SPINOR_COMPLETE_H

/* Prints the completions of the last of words, a command line of spinor or spinord, which may
 * follow "--". */
void spinor_complete(char **words);

#endif
