/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blank arrays. The wafer is 2 MiB of FF in a memory file; an array maps it copy-on-write, repeated
 * over its whole length. A page belongs to the wafer until it is written, so blank chips need
 * address space and page tables, but no memory. An array needs one mapping per 2 MiB, and Linux
 * allows a process about 65000 of these.
 */
#define _GNU_SOURCE /* memfd_create() */

#include "store/wafer.h"

#include "base/error.h"
#include "store/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WAFER_SIZE ((size_t)2 << 20)

struct store_wafer {
	int fd;
};

static bool
fill(int fd)
{
	uint8_t ff[64 * 1024];

	memset(ff, 0xFF, sizeof(ff));
	for (size_t done = 0; done < WAFER_SIZE;) {
		ssize_t n = write(fd, ff, MIN(sizeof(ff), WAFER_SIZE - done));

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			done += (size_t)n;
	}
	return true;
}

struct store_wafer *
store_wafer_new(GError **error)
{
	int fd = memfd_create("spinor-wafer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct store_wafer *wafer;

	/* Sealed, so that no bug can write to the pages that all blank chips share. */
	if (fd < 0 || !fill(fd) ||
		fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) <
			0) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
			"cannot make the memory that blank chips share: %s; it takes 2 MiB of "
			"memory",
			g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	wafer = g_new0(struct store_wafer, 1);
	wafer->fd = fd;
	return wafer;
}

void
store_wafer_destroy(struct store_wafer *wafer)
{
	if (!wafer)
		return;
	close(wafer->fd);
	g_free(wafer);
}

uint8_t *
store_wafer_map(struct store_wafer *wafer, uint64_t size, GError **error)
{
	/* Reserves the whole range; the mappings then replace the reservation in place. */
	uint8_t *array =
		mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	bool good = array != MAP_FAILED;
	int reason;

	for (uint64_t done = 0; good && done < size; done += WAFER_SIZE)
		good = mmap(array + done, MIN(size - done, WAFER_SIZE), PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, wafer->fd, 0) != MAP_FAILED;
	if (good)
		return array;
	reason = errno;
	if (array != MAP_FAILED)
		munmap(array, size);
	g_autofree char *bytes = g_strdup_printf("%" G_GUINT64_FORMAT, size);
	g_set_error(error, BASE_ERROR, BASE_ERROR_FILE,
		"cannot map a blank array of %s bytes: %s; use fewer or smaller chips, or raise "
		"vm.max_map_count",
		bytes, g_strerror(reason));
	return NULL;
}

void
store_wafer_unmap(uint8_t *array, uint64_t size)
{
	munmap(array, size);
}

int
store_wafer_file(const struct store_wafer *wafer, uint64_t *bytes)
{
	*bytes = WAFER_SIZE;
	return wafer != NULL ? wafer->fd : -1;
}
