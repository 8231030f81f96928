/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sandbox, entered by the same functions as in the daemon, in a process of its own that then
 * tries what is forbidden. Each row fails in mode on, and succeeds in the modes off and log.
 */
#define _GNU_SOURCE /* ptsname_r() */
#include "sandbox/sandbox.h"

#include "sandbox/internal.h"
#include "suites.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *top;     /* a folder */
static char *inside;  /* one in it, which is allowed */
static int listener;  /* at a local port */
static int connector; /* a socket that is not connected */
static struct sockaddr_in address = {.sin_family = AF_INET};

static void
make_folders(void)
{
	socklen_t length = sizeof address;
	g_autofree char *file = NULL;

	top = g_dir_make_tmp("spinor-sandbox.XXXXXX", NULL);
	inside = g_build_filename(top, "inside", NULL);
	file = g_build_filename(top, "secret", NULL);
	ck_assert_int_eq(g_mkdir(inside, 0755), 0);
	ck_assert(g_file_set_contents(file, "secret", -1, NULL));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = 0;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	connector = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
}

static void
remove_folders(void)
{
	static const char *const names[] = {
		"inside/new", "inside/to", "inside", "secret", "link", "new", ""};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(top, names[i], NULL);

		g_remove(path);
	}
	close(listener);
	close(connector);
	g_free(inside);
	g_free(top);
}

static char *
outside(const char *name)
{
	return g_build_filename(top, name, NULL);
}

static int
result(int value)
{
	return value < 0 ? errno : 0;
}

static int
read_outside(void)
{
	return result(open(outside("secret"), O_RDONLY));
}

static int
read_by_a_link(void)
{
	g_autofree char *link = g_build_filename(inside, "to", NULL);

	unlink(link);
	return symlink(outside("secret"), link) < 0 ? 0 : result(open(link, O_RDONLY));
}

static int
read_passwords(void)
{
	return result(open("/etc/shadow", O_RDONLY));
}

static int
write_outside(void)
{
	return result(open(outside("secret"), O_WRONLY));
}

static int
truncate_outside(void)
{
	return result(truncate(outside("secret"), 0));
}

static int
create_outside(void)
{
	return result(open(outside("new"), O_WRONLY | O_CREAT, 0600));
}

static int
remove_outside(void)
{
	return result(unlink(outside("secret")));
}

static int
link_outside(void)
{
	return result(symlink("x", outside("link")));
}

static int
move_out(void)
{
	g_autofree char *from = g_build_filename(inside, "new", NULL);

	close(open(from, O_WRONLY | O_CREAT, 0600));
	return result(rename(from, outside("new")));
}

static int
list_root(void)
{
	return result(open("/", O_RDONLY | O_DIRECTORY));
}

static int
start_program(void)
{
	char *words[] = {(char *)"true", NULL};
	int code;

	execv("/bin/true", words);
	code = errno;
	execv("/usr/bin/true", words);
	return code;
}

static int
make_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return result((int)pid);
}

static int
make_socket(void)
{
	return result(socket(AF_INET, SOCK_STREAM, 0));
}

static int
make_unix_socket(void)
{
	return result(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int
connect_out(void)
{
	return result(connect(connector, (struct sockaddr *)&address, sizeof address));
}

static int
listen_again(void)
{
	return result(listen(listener, 1));
}

/* MSG_FASTOPEN connects. */
static int
send_to_address(void)
{
	return result((int)sendto(connector, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL,
		(struct sockaddr *)&address, sizeof address));
}

static int
signal_parent(void)
{
	return result(kill(getppid(), 0));
}

static int
map_writable_program(void)
{
	void *map = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED ? errno : 0;
}

static int
make_memory_a_program(void)
{
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return result(mprotect(map, 4096, PROT_READ | PROT_EXEC));
}

static int
change_root(void)
{
	return result(chdir(top));
}

static const struct {
	const char *name;
	int (*try)(void);
	int wanted; /* errno */
	bool landlock;
} rows[] = {
	{"read a file", read_outside, EACCES, true},
	{"read through a link inside", read_by_a_link, EACCES, true},
	{"read /etc/shadow", read_passwords, EACCES, true},
	{"write a file", write_outside, EACCES, true},
	{"truncate a file", truncate_outside, EPERM, false},
	{"create a file", create_outside, EACCES, true},
	{"remove a file", remove_outside, EACCES, true},
	{"create a link", link_outside, EACCES, true},
	{"move a file out", move_out, EACCES, true},
	{"list /", list_root, EACCES, true},
	{"exec", start_program, EPERM, false},
	{"fork", make_process, EPERM, false},
	{"a TCP socket", make_socket, EPERM, false},
	{"a Unix socket", make_unix_socket, EPERM, false},
	{"connect", connect_out, EPERM, false},
	{"listen", listen_again, EPERM, false},
	{"connect by sendto", send_to_address, EPERM, false},
	{"kill another process", signal_parent, EPERM, false},
	{"writable and executable memory", map_writable_program, EPERM, false},
	{"memory becomes executable", make_memory_a_program, EPERM, false},
	{"change the folder", change_root, EPERM, false},
};

static void
enter(enum setup_sandbox mode)
{
	struct sandbox *sandbox = sandbox_new(mode, false);

	sandbox_allow(sandbox, inside, SANDBOX_FOLDER | SANDBOX_LINK);
	sandbox_enter_files(sandbox);
	sandbox_enter_calls(sandbox);
	sandbox_free(sandbox);
}

static void *
run_try(void *try)
{
	return GINT_TO_POINTER(((int (*)(void))try)());
}

/* errno of the row in a process in the sandbox, in a later thread of it if wanted. */
static int
outcome(int (*try)(void), enum setup_sandbox mode, bool in_thread)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		pthread_t thread;
		void *code;

		enter(mode);
		if (!in_thread)
			_exit(try());
		if (pthread_create(&thread, NULL, run_try, (void *)try) != 0)
			_exit(255);
		pthread_join(thread, &code);
		_exit(GPOINTER_TO_INT(code));
	}
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static bool
can_be_tested(size_t row)
{
	return rows[row].landlock ? sandbox_landlock_version() >= 3 : sandbox_filter_exists();
}

START_TEST(what_is_not_named_fails)
{
	if (!can_be_tested((size_t)_i))
		return;
	for (int in_thread = 0; in_thread < 2; in_thread++) {
		int code = outcome(rows[_i].try, SETUP_SANDBOX_ON, in_thread);

		ck_assert_msg(code == rows[_i].wanted, "%s: %s, wanted %s", rows[_i].name,
			code < 0 ? "killed" : g_strerror(code), g_strerror(rows[_i].wanted));
	}
}
END_TEST

START_TEST(without_a_sandbox_all_of_it_succeeds)
{
	int code = outcome(rows[_i].try, SETUP_SANDBOX_OFF, false);

	/* A user who is not root. */
	if (rows[_i].try == read_passwords && geteuid() != 0)
		return;
	ck_assert_msg(code == 0 || code == EINPROGRESS, "%s: %s", rows[_i].name, g_strerror(code));
}
END_TEST

START_TEST(the_mode_log_refuses_nothing)
{
	int code = outcome(rows[_i].try, SETUP_SANDBOX_LOG, false);

	if (rows[_i].try == read_passwords && geteuid() != 0)
		return;
	ck_assert_msg(code == 0 || code == EINPROGRESS, "%s: %s", rows[_i].name, g_strerror(code));
}
END_TEST

static int
trace_parent(void)
{
	return result((int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

START_TEST(a_hostile_call_ends_the_process)
{
	if (sandbox_filter_exists())
		ck_assert_int_eq(outcome(trace_parent, SETUP_SANDBOX_ON, false), -SIGSYS);
}
END_TEST

/* What a bench does: 0, or the number of the step that failed. */
static int
use_what_is_named(void)
{
	g_autofree char *file = g_build_filename(inside, "new", NULL);
	g_autofree char *link = g_build_filename(inside, "to", NULL);
	int fd = posix_openpt(O_RDWR | O_NOCTTY), host;
	char name[64];

	if (!g_file_set_contents(file, "text", -1, NULL) || symlink("new", link) < 0 ||
		unlink(link) < 0)
		return 1;
	if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0 || ptsname_r(fd, name, sizeof name) != 0)
		return 2;
	host = open(name, O_RDWR | O_NOCTTY);
	if (host < 0 || !isatty(host))
		return 3;
	if (ioctl(host, TIOCSTI, "x") == 0)
		return 4;
	return open("/dev/null", O_RDWR) < 0 ? 5 : 0;
}

START_TEST(what_is_named_can_be_used)
{
	ck_assert_int_eq(outcome(use_what_is_named, SETUP_SANDBOX_ON, false), 0);
	ck_assert_int_eq(outcome(use_what_is_named, SETUP_SANDBOX_ON, true), 0);
}
END_TEST

static int
tell_refusals(void)
{
	g_autofree char *in = g_build_filename(inside, "new", NULL);
	bool landlock = strstr(sandbox_state(), "no Landlock") == NULL;

	if (sandbox_refuses(in))
		return 1;
	return sandbox_refuses(outside("new")) == landlock &&
			sandbox_refuses(outside("secret")) == landlock
		? 0
		: 2;
}

START_TEST(it_knows_what_it_refuses)
{
	ck_assert_int_eq(outcome(tell_refusals, SETUP_SANDBOX_ON, false), 0);
}
END_TEST

Suite *
suite_sandbox(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *tcase = tcase_create("sandbox");

	tcase_add_checked_fixture(tcase, make_folders, remove_folders);
	tcase_add_loop_test(tcase, what_is_not_named_fails, 0, G_N_ELEMENTS(rows));
	tcase_add_loop_test(tcase, without_a_sandbox_all_of_it_succeeds, 0, G_N_ELEMENTS(rows));
	tcase_add_loop_test(tcase, the_mode_log_refuses_nothing, 0, G_N_ELEMENTS(rows));
	tcase_add_test(tcase, a_hostile_call_ends_the_process);
	tcase_add_test(tcase, what_is_named_can_be_used);
	tcase_add_test(tcase, it_knows_what_it_refuses);
	suite_add_tcase(suite, tcase);
	return suite;
}
