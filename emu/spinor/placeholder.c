/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command of spinor run may be a shell's, which would take some characters of a link, such as
 * one in a bench file, for its own. They are refused, not quoted: quotes would be part of the name
 * for a command that is not a shell's, and would be wrong inside of quotes. The environment has the
 * values in any case.
 */
#include "spinor/placeholder.h"

#include "base/escape.h"
#include "spinor/exitstatus.h"

#include <stdint.h>
#include <string.h>

bool
spinor_placeholder_check(const char *word, const char *value, GError **error)
{
	static const char plain[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "/._+-@%:,=[]";
	g_autofree char *shown = NULL;

	for (const char *at = value; *at != '\0'; at++) {
		if (strchr(plain, *at) != NULL || (uint8_t)*at >= 0x80)
			continue;
		shown = base_escape(value);
		g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_USAGE,
			"%.*s: \"%s\" has characters that are special in a shell; name another "
			"link, or use {tty} or \"$SPINOR_LINK\"",
			(int)strcspn(word, "}") + 1, word, shown);
		return false;
	}
	return true;
}
