/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Landlock: a thread gives up the right to open files, except below the paths of the rules. The
 * kernel checks the file that is opened, whatever name or symbolic link leads to it. Descriptors
 * that are open already, and those that are received, keep their rights.
 *
 * Versions of the kernel differ in the rights that they know: those that one does not know are
 * neither limited nor allowed. The C library has no functions for the calls, and headers of older
 * systems lack the newer constants; the numbers are part of the kernel's ABI.
 *
 * Document: landlock(7), Documentation/userspace-api/landlock.rst of the kernel. Leaves out its
 * limits of TCP ports and signals: the filter of system calls is stricter.
 */
#define _GNU_SOURCE /* O_PATH */
#include "sandbox/internal.h"
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same numbers on all architectures. */
#define NR_CREATE_RULESET 444
#define NR_ADD_RULE 445
#define NR_RESTRICT_SELF 446

#define CREATE_RULESET_VERSION 1
#define RULE_PATH_BENEATH 1

#define FS_EXECUTE (UINT64_C(1) << 0)
#define FS_WRITE_FILE (UINT64_C(1) << 1)
#define FS_READ_FILE (UINT64_C(1) << 2)
#define FS_READ_DIR (UINT64_C(1) << 3)
#define FS_REMOVE_DIR (UINT64_C(1) << 4)
#define FS_REMOVE_FILE (UINT64_C(1) << 5)
#define FS_MAKE_REG (UINT64_C(1) << 8)
#define FS_MAKE_SOCK (UINT64_C(1) << 9)
#define FS_MAKE_SYM (UINT64_C(1) << 12)
#define FS_REFER (UINT64_C(1) << 13)
#define FS_TRUNCATE (UINT64_C(1) << 14)
#define FS_IOCTL_DEV (UINT64_C(1) << 15)

/* Rights of files; all others are of folders. */
#define FS_FILE (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

struct ruleset_attributes {
	uint64_t handled_fs;
};

struct path_beneath {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

int
sandbox_landlock_version(void)
{
	long version = syscall(NR_CREATE_RULESET, NULL, (size_t)0, CREATE_RULESET_VERSION);

	return version > 0 ? (int)version : 0;
}

/* All rights that this version of the kernel knows. */
static uint64_t
known_rights(int version)
{
	uint64_t rights = (UINT64_C(1) << 13) - 1;

	if (version >= 2)
		rights |= FS_REFER;
	if (version >= 3)
		rights |= FS_TRUNCATE;
	if (version >= 5)
		rights |= FS_IOCTL_DEV;
	return rights;
}

static uint64_t
rights_of(unsigned int access)
{
	static const struct {
		unsigned int access;
		uint64_t rights;
	} rows[] = {
		{SANDBOX_READ, FS_READ_FILE | FS_READ_DIR},
		{SANDBOX_WRITE, FS_WRITE_FILE | FS_TRUNCATE},
		{SANDBOX_TERMINAL, FS_IOCTL_DEV},
		{SANDBOX_CREATE, FS_MAKE_REG | FS_REFER},
		{SANDBOX_LINK, FS_MAKE_SYM},
		{SANDBOX_REMOVE, FS_REMOVE_FILE},
		{SANDBOX_RMDIR, FS_REMOVE_DIR},
		{SANDBOX_SOCKET, FS_MAKE_SOCK},
		{SANDBOX_LIST, FS_READ_DIR},
	};
	uint64_t rights = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (access & rows[i].access)
			rights |= rows[i].rights;
	return rights;
}

/* 0 or -errno. A path that does not exist, or a pipe that /dev/stdout leads to, needs no rule. */
static int
add_rule(int ruleset, const struct sandbox_rule *rule, uint64_t known)
{
	struct path_beneath beneath = {.allowed = rights_of(rule->access) & known};
	int fd = open(rule->path, O_PATH | O_CLOEXEC);
	struct stat info;
	int code = 0;

	if (fd < 0)
		return 0;
	if (fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode))
		beneath.allowed &= FS_FILE;
	beneath.parent = fd;
	if (beneath.allowed != 0 &&
		syscall(NR_ADD_RULE, ruleset, RULE_PATH_BENEATH, &beneath, 0) < 0 &&
		errno != EBADFD)
		code = -errno;
	close(fd);
	return code;
}

int
sandbox_landlock_enter(const GPtrArray *rules, int version)
{
	const struct ruleset_attributes attributes = {.handled_fs = known_rights(version)};
	int ruleset = (int)syscall(NR_CREATE_RULESET, &attributes, sizeof attributes, (uint32_t)0);
	int code = 0;

	if (ruleset < 0)
		return -errno;
	for (guint i = 0; code == 0 && i < rules->len; i++)
		code = add_rule(ruleset, rules->pdata[i], attributes.handled_fs);
	if (code == 0 && syscall(NR_RESTRICT_SELF, ruleset, (uint32_t)0) < 0)
		code = -errno;
	close(ruleset);
	return code;
}
