/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors: an adapter takes a terminal's two ends (or a listener and a host) and one to wake
 * its thread, a chip with an image its file and its lock. The usual soft limit, 1024, is for
 * programs that use select(); the hard one is what the system really allows. Leaves out threads,
 * watches and mappings: whoever asks for these gets the system's own answer, with the name of the
 * limit.
 *
 * Memory: malloc keeps a pool for each thread, up to eight per CPU; threads that are idle and small
 * get along with two.
 */
#include "bench/limits.h"

#include "base/error.h"

#include <errno.h>
#include <malloc.h>
#include <sys/resource.h>

#define FDS_PER_ADAPTER 3
#define FDS_PER_CHIP 2
#define FDS_SHARED 64 /* standard ones, wafer, watch, trace, control clients */
#define ARENAS 2

bool
bench_limits_raise(unsigned int n_adapters, unsigned int n_chips, GError **error)
{
	rlim_t wanted =
		FDS_SHARED + (rlim_t)FDS_PER_ADAPTER * n_adapters + (rlim_t)FDS_PER_CHIP * n_chips;
	struct rlimit limit;

#ifdef __GLIBC__
	mallopt(M_ARENA_MAX, ARENAS);
#endif
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
		return true;
	if (limit.rlim_max >= wanted) {
		limit.rlim_cur = limit.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
			return true;
	}
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"%u adapters with %u chips: that takes %" G_GUINT64_FORMAT
		" file descriptors, and the hard limit is %" G_GUINT64_FORMAT
		"; use fewer, or raise the limit (ulimit -Hn)",
		n_adapters, n_chips, (guint64)wanted, (guint64)limit.rlim_max);
	return false;
}
