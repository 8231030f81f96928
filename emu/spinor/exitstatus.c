/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exit status for an error, of the tool or of the bench in this process. */
#include "spinor/exitstatus.h"

#include "base/error.h"

GQuark
spinor_error_quark(void)
{
	return g_quark_from_static_string("spinor-error");
}

int
spinor_error_status(const GError *error)
{
	if (g_error_matches(error, SPINOR_ERROR, SPINOR_ERROR_SEVERAL))
		return SPINOR_ERROR_NO_BENCH;
	if (error->domain == SPINOR_ERROR)
		return error->code;
	if (g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE))
		return SPINOR_ERROR_USAGE;
	return SPINOR_ERROR_FAILED;
}
