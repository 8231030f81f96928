/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mappings of files that lose their pages. A page of a mapped file that is truncated, that cannot
 * be read, or that gets no block on a full disk, is a SIGBUS for the thread that uses it (mmap(2)).
 * The handler replaces the mapping, and the instruction is repeated:
 *
 *	the file can be read as a whole   a copy of it in memory; what is written stays there
 *	it is shorter, or unreadable      FF in memory
 *
 * A private mapping would do for the first only on some file systems: tmpfs needs a page of the
 * disk even to show a hole through a mapping. The whole array is replaced, not the page, so that a
 * chip has either its content or none, and no mixture. The owner of the array learns it from
 * store_guard_loss().
 *
 * The handler calls fstat(), pread() and mmap(), all plain system calls on Linux, and reads a list
 * that is only ever extended: an entry that is no longer used has the size 0 and is not used again.
 * A SIGBUS at any other address has the effect that it had before the first mapping was guarded.
 *
 * Leaves out system calls that are given the address of a lost page: they fail with EFAULT and no
 * signal, so a caller reads the pages first.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */

#include "store/guard.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct store_guard {
	struct store_guard *next;
	uint8_t *array;
	uint64_t size; /* atomic; 0: not used any more */
	int fd;
	int blank;
	uint64_t blank_bytes;
	bool shared;
	gint loss; /* atomic; enum store_loss */
};

static struct store_guard *guards; /* atomic */
static struct sigaction before;

static bool
map(uint8_t *at, uint64_t size, int flags, int fd)
{
	return mmap(at, size, PROT_READ | PROT_WRITE, flags | MAP_FIXED | MAP_NORESERVE, fd, 0) !=
		MAP_FAILED;
}

/* The FF of the wafer, as in wafer.c; without it, memory. */
static bool
map_blank(const struct store_guard *guard)
{
	uint64_t piece = guard->blank_bytes;
	bool good = guard->blank >= 0 && piece > 0;

	for (uint64_t done = 0; good && done < guard->size; done += piece)
		good = map(guard->array + done, MIN(guard->size - done, piece), MAP_PRIVATE,
			guard->blank);
	if (good)
		return true;
	if (!map(guard->array, guard->size, MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return false;
	memset(guard->array, 0xFF, guard->size);
	return true;
}

static bool
is_short(const struct store_guard *guard)
{
	struct stat info;

	return fstat(guard->fd, &info) < 0 || (uint64_t)info.st_size < guard->size;
}

/* A copy of the file in memory. It contains what was written through the mapping. */
static bool
map_copy(const struct store_guard *guard)
{
	if (!map(guard->array, guard->size, MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return false;
	for (uint64_t done = 0; done < guard->size;) {
		ssize_t n = pread(guard->fd, guard->array + done, guard->size - done, (off_t)done);

		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		if (n > 0)
			done += (uint64_t)n;
	}
	return true;
}

/* Replaces the mapping after a page of it has failed. False: it is not possible. Safe in a signal
 * handler. */
static bool
replace(struct store_guard *guard)
{
	/* Another thread has been here since the page failed. */
	if (store_guard_loss(guard) != STORE_LOSS_NONE)
		return true;
	if (guard->shared && !is_short(guard) && map_copy(guard)) {
		g_atomic_int_set(&guard->loss, STORE_LOSS_WRITES);
		return true;
	}
	if (!map_blank(guard))
		return false;
	g_atomic_int_set(&guard->loss, STORE_LOSS_CONTENT);
	return true;
}

static struct store_guard *
find(const uint8_t *address)
{
	struct store_guard *guard = g_atomic_pointer_get(&guards);

	for (; guard != NULL; guard = guard->next) {
		uint64_t size = __atomic_load_n(&guard->size, __ATOMIC_ACQUIRE);

		if (size > 0 && address >= guard->array &&
			(uint64_t)(address - guard->array) < size)
			return guard;
	}
	return NULL;
}

static void
bus_error(int number, siginfo_t *info, void *context)
{
	/* A code of 0 and less: another process has sent the signal. */
	struct store_guard *guard = info->si_code > 0 ? find(info->si_addr) : NULL;
	int code = errno;

	(void)context;
	if (guard == NULL || !replace(guard)) {
		/* The instruction is repeated, and fails with the handler of before. */
		sigaction(number, &before, NULL);
		if (info->si_code <= 0)
			raise(number);
	}
	errno = code;
}

static void
install(void)
{
	static gsize done;
	struct sigaction action = {.sa_sigaction = bus_error, .sa_flags = SA_SIGINFO | SA_RESTART};

	if (!g_once_init_enter(&done))
		return;
	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, &before);
	g_once_init_leave(&done, 1);
}

struct store_guard *
store_guard_add(uint8_t *array, uint64_t size, int fd, bool shared, int blank, uint64_t blank_bytes)
{
	struct store_guard *guard = g_new0(struct store_guard, 1);

	install();
	guard->array = array;
	guard->size = size;
	guard->fd = fd;
	guard->blank = blank;
	guard->blank_bytes = blank_bytes;
	guard->shared = shared;
	do
		guard->next = g_atomic_pointer_get(&guards);
	while (!g_atomic_pointer_compare_and_exchange(&guards, guard->next, guard));
	return guard;
}

void
store_guard_remove(struct store_guard *guard)
{
	if (guard != NULL)
		__atomic_store_n(&guard->size, 0, __ATOMIC_RELEASE);
}

enum store_loss
store_guard_loss(const struct store_guard *guard)
{
	return guard != NULL ? (enum store_loss)g_atomic_int_get(&guard->loss) : STORE_LOSS_NONE;
}

bool
store_guard_is_short(const struct store_guard *guard)
{
	return guard != NULL && store_guard_loss(guard) != STORE_LOSS_CONTENT && is_short(guard);
}

enum store_loss
store_guard_check(struct store_guard *guard)
{
	if (store_guard_is_short(guard) && map_blank(guard))
		g_atomic_int_set(&guard->loss, STORE_LOSS_CONTENT);
	return store_guard_loss(guard);
}

bool
store_guard_restore(struct store_guard *guard)
{
	if (!map(guard->array, guard->size, MAP_SHARED, guard->fd))
		return false;
	g_atomic_int_set(&guard->loss, STORE_LOSS_NONE);
	return true;
}

void
store_guard_set_fd(struct store_guard *guard, int fd)
{
	guard->fd = fd;
}
