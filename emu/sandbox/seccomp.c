/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filter of system calls: a list of those that a bench in use makes. Any other one fails with
 * EPERM, as if the kernel did not allow it; a call that no program of this kind makes by mistake,
 * such as ptrace() or mount(), ends the process (the rows below "hostile").
 *
 * Some calls are allowed with certain arguments only:
 *
 *	clone          threads; clone3, whose arguments a filter cannot read, fails with ENOSYS, on
 *	               which the C library uses clone
 *	mmap, mprotect no memory that can be both written and executed; no memory becomes executable
 *	ioctl          settings of terminals; not TIOCSTI, which types for another user
 *	sendto         without an address, on sockets that are connected
 *	kill           this process; any process if it supervises a command
 *
 * Document: seccomp(2), seccomp_rule_add(3). Leaves out file names, which a filter cannot read.
 */
#define _GNU_SOURCE /* CLONE_THREAD */
#include "config.h"

#include "sandbox/internal.h"

#include <errno.h>

#ifdef HAVE_SECCOMP

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441
#endif
/* Of struct termios2, in a header that excludes termios.h. */
#define IOCTL_TCGETS2 0x802C542AUL
#define IOCTL_TCSETS2 0x402C542BUL

/* By name: an architecture lacks some of them, and an older libseccomp does not know the newest. */
static const char *const allowed[] = {
	/* files */
	"access",
	"chmod",
	"close",
	"close_range",
	"copy_file_range",
	"dup",
	"dup2",
	"dup3",
	"faccessat",
	"faccessat2",
	"fadvise64",
	"fallocate",
	"fchmod",
	"fchmodat",
	"fcntl",
	"fcntl64",
	"fdatasync",
	"flock",
	"fstat",
	"fstat64",
	"fstatat64",
	"fstatfs",
	"fstatfs64",
	"fsync",
	"ftruncate",
	"ftruncate64",
	"getcwd",
	"getdents",
	"getdents64",
	"_llseek",
	"link",
	"linkat",
	"lseek",
	"lstat",
	"lstat64",
	"mkdir",
	"mkdirat",
	"newfstatat",
	"open",
	"openat",
	"openat2",
	"pread64",
	"preadv",
	"pwrite64",
	"pwritev",
	"read",
	"readlink",
	"readlinkat",
	"readv",
	"rename",
	"renameat",
	"renameat2",
	"rmdir",
	"stat",
	"stat64",
	"statfs",
	"statfs64",
	"statx",
	"symlink",
	"symlinkat",
	"sync_file_range",
	"umask",
	"unlink",
	"unlinkat",
	"utimensat",
	"write",
	"writev",
	/* waiting, and what is waited for */
	"epoll_create",
	"epoll_create1",
	"epoll_ctl",
	"epoll_pwait",
	"epoll_pwait2",
	"epoll_wait",
	"eventfd2",
	"inotify_add_watch",
	"inotify_init1",
	"inotify_rm_watch",
	"pipe",
	"pipe2",
	"poll",
	"ppoll",
	"ppoll_time64",
	"pselect6",
	"select",
	"signalfd4",
	"timerfd_create",
	"timerfd_settime",
	/* hosts and clients */
	"accept",
	"accept4",
	"getpeername",
	"getsockname",
	"getsockopt",
	"recv",
	"recvfrom",
	"recvmsg",
	"send",
	"setsockopt",
	"shutdown",
	/* memory */
	"brk",
	"madvise",
	"membarrier",
	"memfd_create",
	"mincore",
	"mremap",
	"msync",
	"munmap",
	/* threads and signals */
	"exit",
	"exit_group",
	"futex",
	"futex_time64",
	"futex_wait",
	"futex_waitv",
	"futex_wake",
	"get_robust_list",
	"getpid",
	"getppid",
	"gettid",
	"restart_syscall",
	"rseq",
	"rt_sigaction",
	"rt_sigpending",
	"rt_sigprocmask",
	"rt_sigreturn",
	"rt_sigsuspend",
	"rt_sigtimedwait",
	"sched_getaffinity",
	"sched_getattr",
	"sched_getparam",
	"sched_getscheduler",
	"sched_yield",
	"set_robust_list",
	"sigaltstack",
	"sigreturn",
	"wait4",
	"waitid",
	"waitpid",
	/* time, and facts about the system */
	"clock_getres",
	"clock_gettime",
	"clock_gettime64",
	"clock_nanosleep",
	"clock_nanosleep_time64",
	"getegid",
	"geteuid",
	"getgid",
	"getpgrp",
	"getrandom",
	"getrlimit",
	"getrusage",
	"getsid",
	"gettimeofday",
	"getuid",
	"nanosleep",
	"prlimit64",
	"setrlimit",
	"sysinfo",
	"time",
	"times",
	"ugetrlimit",
	"uname",
};

static const char *const hostile[] = {
	"bpf",
	"delete_module",
	"finit_module",
	"init_module",
	"kexec_file_load",
	"kexec_load",
	"mount",
	"move_mount",
	"open_tree",
	"pivot_root",
	"process_vm_readv",
	"process_vm_writev",
	"ptrace",
	"reboot",
	"setns",
	"swapon",
	"umount2",
	"unshare",
};

static const unsigned long ioctls[] = {
	FIONREAD,
	IOCTL_TCGETS2,
	IOCTL_TCSETS2,
	TCFLSH,
	TCGETS,
	TCSBRK,
	TCSETS,
	TCSETSF,
	TCSETSW,
	TCXONC,
	TIOCEXCL,
	TIOCGEXCL,
	TIOCGPTN,
	TIOCGPTPEER,
	TIOCGWINSZ,
	TIOCNXCL,
	TIOCOUTQ,
	TIOCSPTLCK,
};

static const unsigned long prctls[] = {PR_GET_NAME, PR_SET_DUMPABLE, PR_SET_NAME, PR_SET_VMA};

/* 0 if the call does not exist here. */
static int
add(scmp_filter_ctx filter, uint32_t action, const char *name, unsigned int n,
	const struct scmp_arg_cmp *arguments)
{
	int number = seccomp_syscall_resolve_name(name);

	return number == __NR_SCMP_ERROR
		? 0
		: seccomp_rule_add_array(filter, action, number, n, arguments);
}

/* A rule for each of the calls, whatever their arguments. */
static int
add_all(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t n)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < n; i++)
		code = add(filter, action, names[i], 0, NULL);
	return code;
}

static int
add_values(scmp_filter_ctx filter, const char *name, unsigned int argument,
	const unsigned long *values, size_t n)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < n; i++) {
		/* The kernel ignores the upper half. */
		const struct scmp_arg_cmp is = {
			argument, SCMP_CMP_MASKED_EQ, UINT32_MAX, values[i]};

		code = add(filter, SCMP_ACT_ALLOW, name, 1, &is);
	}
	return code;
}

/* Allows the call if these bits of the argument have that value. */
static int
add_masked(scmp_filter_ctx filter, const char *name, unsigned int argument, uint64_t mask,
	uint64_t value)
{
	const struct scmp_arg_cmp is = {argument, SCMP_CMP_MASKED_EQ, mask, value};

	return add(filter, SCMP_ACT_ALLOW, name, 1, &is);
}

static int
add_memory(scmp_filter_ctx filter)
{
	static const char *const maps[] = {"mmap", "mmap2"};
	int code = add_masked(filter, "mprotect", 2, PROT_EXEC, 0);

	for (size_t i = 0; code == 0 && i < G_N_ELEMENTS(maps); i++) {
		code = add_masked(filter, maps[i], 2, PROT_EXEC, 0);
		if (code == 0)
			code = add_masked(filter, maps[i], 2, PROT_EXEC | PROT_WRITE, PROT_EXEC);
	}
	return code;
}

static int
add_signals(scmp_filter_ctx filter, bool supervises)
{
	const unsigned long self[] = {(unsigned long)getpid()};
	int code = supervises ? add(filter, SCMP_ACT_ALLOW, "kill", 0, NULL)
			      : add_values(filter, "kill", 0, self, 1);

	return code == 0 ? add_values(filter, "tgkill", 0, self, 1) : code;
}

static int
add_threads(scmp_filter_ctx filter, bool only_log)
{
#ifdef __s390__
	unsigned int flags = 1;
#else
	unsigned int flags = 0;
#endif
	int code = add_masked(filter, "clone", flags, CLONE_THREAD, CLONE_THREAD);

	(void)only_log;
	return code == 0 ? add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3", 0, NULL) : code;
}

static int
fill(scmp_filter_ctx filter, bool only_log, bool supervises)
{
	int code = add_all(filter, SCMP_ACT_ALLOW, allowed, G_N_ELEMENTS(allowed));

	if (code == 0)
		code = add_values(filter, "ioctl", 1, ioctls, G_N_ELEMENTS(ioctls));
	if (code == 0)
		code = add_values(filter, "prctl", 0, prctls, G_N_ELEMENTS(prctls));
	if (code == 0)
		code = add_masked(filter, "sendto", 4, UINT64_MAX, 0);
	if (code == 0)
		code = add_memory(filter);
	if (code == 0)
		code = add_signals(filter, supervises);
	if (code == 0)
		code = add_threads(filter, only_log);
	if (code == 0 && !only_log)
		code = add_all(filter, SCMP_ACT_KILL_PROCESS, hostile, G_N_ELEMENTS(hostile));
	return code;
}

int
sandbox_filter_enter(bool only_log, bool supervises)
{
	scmp_filter_ctx filter = seccomp_init(only_log ? SCMP_ACT_LOG : SCMP_ACT_ERRNO(EPERM));
	int code;

	if (filter == NULL)
		return -ENOMEM;
	/* All threads; a tree instead of a list; no slower mode of the processor. */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	code = fill(filter, only_log, supervises);
	if (code == 0)
		code = seccomp_load(filter);
	seccomp_release(filter);
	return code;
}

bool
sandbox_filter_exists(void)
{
	return true;
}

#else

int
sandbox_filter_enter(bool only_log, bool supervises)
{
	(void)only_log;
	(void)supervises;
	return -ENOSYS;
}

bool
sandbox_filter_exists(void)
{
	return false;
}

#endif
