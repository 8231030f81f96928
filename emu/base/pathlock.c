/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Claims of names of files. A claim is a lock on one byte of a file "claims" in a folder of the
 * user, at an offset that is a digest of the name. The kernel releases the lock when the process
 * ends; no file remains for each claim.
 *
 * Only the user can open the file, so that nobody else can hold a claim or see which there are.
 * Names in the abstract socket namespace have no owner: any process can bind one, and the
 * credentials of its peer show only afterwards that the name is lost.
 *
 * The folders are /run/user/UID/spinor, if the system has made /run/user/UID, and one in /tmp
 * (ownfolder.h). Neither depends on the environment, in which two daemons can differ. A claim is
 * taken in each of them, since /run/user/UID comes and goes with the sessions of the user: two
 * processes exclude each other if one of the folders is there for both.
 *
 * Leaves out processes with another /tmp, such as in another container, and files on a file system
 * that another machine shares.
 */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "base/pathlock.h"

#include "base/log.h"
#include "base/openfile.h"
#include "base/ownfolder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHARED "/tmp"
#define CLAIMS "claims"
#define FOLDERS 2

struct base_pathlock {
	off_t offset;
};

/* Of the whole process: the files, open while it has claims, and the offsets of these. */
static struct {
	GMutex mutex;
	GHashTable *claims; /* NULL: none */
	int files[FOLDERS]; /* -1: that folder is not there */
} process;

char *
base_path_canonical(const char *path, char **reason, int *code)
{
	g_autofree char *directory = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	int folder;
	char *real;
	char *result;

	if (*path == '\0' || g_str_has_suffix(path, "/") || strcmp(name, ".") == 0 ||
		strcmp(name, "..") == 0) {
		*code = EINVAL;
		*reason = g_strdup("names no file; allowed is a path to a new one");
		return NULL;
	}
	folder = base_open(directory, O_PATH | O_DIRECTORY, 0);
	real = folder >= 0 ? realpath(directory, NULL) : NULL;
	if (real == NULL) {
		*code = errno;
		*reason = g_strdup_printf("directory %s: %s", directory, base_open_reason(*code));
	}
	if (folder >= 0)
		close(folder);
	if (real == NULL)
		return NULL;
	result = g_build_filename(real, name, NULL);
	free(real);
	return result;
}

/* Opens the file of the claims in a folder; -1: not there, or not the user's own. */
static int
open_claims(const char *path)
{
	int folder = path != NULL ? base_own_folder_open(path) : -1;
	int fd = -1;

	if (folder >= 0) {
		fd = openat(folder, CLAIMS, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		close(folder);
	}
	/* systemd-tmpfiles removes old files in /tmp, except such as have this lock. */
	if (fd >= 0)
		flock(fd, LOCK_SH | LOCK_NB);
	return fd;
}

static int
open_runtime(void)
{
	g_autofree char *session = g_strdup_printf("/run/user/%lu", (unsigned long)geteuid());
	g_autofree char *path = g_build_filename(session, "spinor", NULL);
	int folder = base_own_folder_open(session);

	if (folder < 0)
		return -1;
	if (mkdirat(folder, "spinor", 0700) < 0 && errno != EEXIST) {
		close(folder);
		return -1;
	}
	close(folder);
	return open_claims(path);
}

static void
open_files(void)
{
	g_autofree char *folder = base_own_folder_create(SHARED);

	process.claims = g_hash_table_new(g_int64_hash, g_int64_equal);
	process.files[0] = open_runtime();
	process.files[1] = open_claims(folder);
	if (process.files[0] < 0 && process.files[1] < 0)
		log_warning("cannot create a folder in " SHARED ": %s; another spinord is not kept "
			    "from using the same link, control socket or PID file",
			g_strerror(errno));
}

static void
close_files(void)
{
	for (int i = 0; i < FOLDERS; i++)
		if (process.files[i] >= 0)
			close(process.files[i]);
	g_clear_pointer(&process.claims, g_hash_table_unref);
}

static int
set_lock(int fd, off_t offset, short type)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1};

	if (fd < 0 || fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	return errno == EAGAIN || errno == EACCES ? EADDRINUSE : errno;
}

/* 0 or errno. */
static int
lock_files(off_t offset)
{
	int code = 0;

	for (int i = 0; code == 0 && i < FOLDERS; i++) {
		code = set_lock(process.files[i], offset, F_WRLCK);
		for (int j = 0; code != 0 && j < i; j++)
			set_lock(process.files[j], offset, F_UNLCK);
	}
	return code;
}

static off_t
offset_of(const char *kind, const char *path)
{
	g_autofree char *name = g_strconcat(kind, ":", path, NULL);
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);

	digest[15] = '\0';
	return (off_t)g_ascii_strtoull(digest, NULL, 16);
}

struct base_pathlock *
base_pathlock_new(const char *kind, const char *path, int *code)
{
	struct base_pathlock *lock = g_new(struct base_pathlock, 1);

	lock->offset = offset_of(kind, path);
	g_mutex_lock(&process.mutex);
	if (process.claims == NULL)
		open_files();
	*code = g_hash_table_contains(process.claims, &lock->offset) ? EADDRINUSE
								     : lock_files(lock->offset);
	if (*code == 0)
		g_hash_table_add(process.claims, &lock->offset);
	else if (g_hash_table_size(process.claims) == 0)
		close_files();
	g_mutex_unlock(&process.mutex);
	if (*code == 0)
		return lock;
	g_free(lock);
	return NULL;
}

void
base_pathlock_destroy(struct base_pathlock *lock)
{
	if (lock == NULL)
		return;
	g_mutex_lock(&process.mutex);
	for (int i = 0; i < FOLDERS; i++)
		set_lock(process.files[i], lock->offset, F_UNLCK);
	g_hash_table_remove(process.claims, &lock->offset);
	if (g_hash_table_size(process.claims) == 0)
		close_files();
	g_mutex_unlock(&process.mutex);
	g_free(lock);
}
