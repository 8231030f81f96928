/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What identifies an image. A copy has another time, and an edited image another time and, if its
 * beginning or end was edited, another digest; a different image differs in both. So an image is
 * taken for another one only if both differ:
 *
 *	untouched       time, digest      the same image
 *	copied, touched       digest      the same image
 *	edited inside         digest      the same image
 *	replaced                          another image
 *
 * Leaves out the content between the two blocks: a digest of all of a large image would take longer
 * than the rest of the start.
 */
#include "store/identity.h"

#include "base/given.h"

#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGEST_BLOCK UINT64_C(65536)
#define NS_PER_S INT64_C(1000000000)

void
store_identity_read(struct store_identity *identity, int fd, const uint8_t *array, uint64_t size)
{
	g_autoptr(GChecksum) digest = g_checksum_new(G_CHECKSUM_SHA256);
	uint64_t n = MIN(size, DIGEST_BLOCK);
	struct stat info = {0};

	g_checksum_update(digest, array, (gssize)n);
	g_checksum_update(digest, array + size - n, (gssize)n);
	g_strlcpy(identity->digest, g_checksum_get_string(digest), sizeof identity->digest);
	identity->size = size;
	identity->mtime_ns = 0;
	if (fstat(fd, &info) == 0)
		identity->mtime_ns = info.st_mtim.tv_sec * NS_PER_S + info.st_mtim.tv_nsec;
}

bool
store_identity_read_path(
	struct store_identity *identity, const char *path, const uint8_t *array, uint64_t size)
{
	int fd = base_given_or_read(path);

	if (fd < 0)
		return false;
	store_identity_read(identity, fd, array, size);
	close(fd);
	return true;
}

bool
store_identity_fits(const struct store_identity *a, const struct store_identity *b)
{
	return a->size == b->size &&
		(a->mtime_ns == b->mtime_ns || strcmp(a->digest, b->digest) == 0);
}
