/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors: an adapter needs two for its terminal (or listener and host) and one to wake its
 * thread, a chip with an image one for the file and one for the lock. The usual soft limit, 1024,
 * protects programs that use select(); the system's real limit is the hard one. Leaves out threads,
 * watches and mappings: the calls that need them report the system's error and the limit.
 *
 * Memory: malloc creates an arena for each thread, up to eight per CPU; threads that are mostly
 * idle need no more than two in all.
 */
#include "bench/limits.h"

#include "base/error.h"
#include "serprog/profile.h"
#include "setup/setup.h"

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
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): before there are threads */
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
		"%u adapters with %u chips need %" G_GUINT64_FORMAT
		" file descriptors, and the hard limit is %" G_GUINT64_FORMAT
		"; use fewer, or raise the limit (ulimit -Hn)",
		n_adapters, n_chips, (guint64)wanted, (guint64)limit.rlim_max);
	return false;
}

void
bench_limits_refuse_select(const struct setup_adapter *adapter, const struct setup_chip *chip,
	const struct serprog_profile *profile, GError **error)
{
	unsigned int last = profile->chip_selects - 1;
	g_autofree char *allowed = last > 0 ? g_strdup_printf("0 to %u", last) : g_strdup("0");

	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"%s%scs = %u: adapter %s is a %s, which has no such chip select; allowed: %s",
		chip->where != NULL ? chip->where : "", chip->where != NULL ? ": " : "", chip->cs,
		adapter->name, profile->name, allowed);
}
