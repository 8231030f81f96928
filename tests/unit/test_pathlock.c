/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Claims of names within a process, between processes, and of several users. */
#include "base/ownfolder.h"
#include "base/pathlock.h"
#include "host_fixture.h"
#include "suites.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

/* Claims the name in a child process, as that user (0: as this one); 0 or errno. hold: receives the
 * child, which keeps the claim until it is killed; NULL: it ends. */
static int
claim_elsewhere(const char *kind, const char *path, uid_t user, pid_t *hold)
{
	int ends[2], code = -1;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		if (user != 0 && (setgid(user) < 0 || setuid(user) < 0))
			_exit(1);
		base_pathlock_new(kind, path, &code);
		if (write(ends[1], &code, sizeof code) != sizeof code)
			_exit(1);
		while (hold != NULL)
			pause();
		_exit(0);
	}
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &code, sizeof code), sizeof code);
	close(ends[0]);
	if (hold != NULL)
		*hold = child;
	else
		waitpid(child, NULL, 0);
	return code;
}

static struct base_pathlock *
must_claim(const char *kind, const char *path)
{
	int code = -1;
	struct base_pathlock *lock = base_pathlock_new(kind, path, &code);

	ck_assert_int_eq(code, 0);
	ck_assert_ptr_nonnull(lock);
	return lock;
}

START_TEST(a_name_is_claimed_once)
{
	int before = host_count_descriptors();
	struct base_pathlock *lock = must_claim("link", "/test/claimed-once");
	struct base_pathlock *other = must_claim("pid", "/test/claimed-once");
	int code = 0;

	ck_assert_ptr_null(base_pathlock_new("link", "/test/claimed-once", &code));
	ck_assert_int_eq(code, EADDRINUSE);
	ck_assert_int_eq(claim_elsewhere("link", "/test/claimed-once", 0, NULL), EADDRINUSE);
	ck_assert_int_eq(claim_elsewhere("link", "/test/another", 0, NULL), 0);
	base_pathlock_destroy(lock);
	ck_assert_int_eq(claim_elsewhere("link", "/test/claimed-once", 0, NULL), 0);
	ck_assert_int_eq(claim_elsewhere("pid", "/test/claimed-once", 0, NULL), EADDRINUSE);
	base_pathlock_destroy(other);
	base_pathlock_destroy(NULL);
	ck_assert_int_eq(host_count_descriptors(), before);
}
END_TEST

START_TEST(a_claim_ends_with_a_killed_process)
{
	int code;
	pid_t child;

	ck_assert_int_eq(claim_elsewhere("link", "/test/killed", 0, &child), 0);
	ck_assert_ptr_null(base_pathlock_new("link", "/test/killed", &code));
	ck_assert_int_eq(code, EADDRINUSE);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	base_pathlock_destroy(must_claim("link", "/test/killed"));
}
END_TEST

/* Another user can neither take a claim nor see it. */
START_TEST(users_have_claims_of_their_own)
{
	struct base_pathlock *lock;
	pid_t child;

	if (geteuid() != 0)
		return;
	ck_assert_int_eq(claim_elsewhere("link", "/test/users", NOBODY, &child), 0);
	lock = must_claim("link", "/test/users");
	ck_assert_int_eq(claim_elsewhere("link", "/test/users", NOBODY, NULL), EADDRINUSE);
	base_pathlock_destroy(lock);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}
END_TEST

/* No process has a name that others could have bound first. */
START_TEST(no_claim_is_an_abstract_socket)
{
	struct base_pathlock *lock = must_claim("link", "/test/abstract");
	g_autofree char *text = NULL;
	g_autofree char *digest =
		g_compute_checksum_for_string(G_CHECKSUM_SHA256, "/test/abstract", -1);

	if (g_file_get_contents("/proc/net/unix", &text, NULL, NULL))
		ck_assert_ptr_null(strstr(text, digest));
	base_pathlock_destroy(lock);
}
END_TEST

static char *shared;

static void
setup_folder(void)
{
	shared = g_dir_make_tmp("spinor-ownfolder-XXXXXX", NULL);
	ck_assert_ptr_nonnull(shared);
	ck_assert_int_eq(chmod(shared, 01777), 0);
}

static void
teardown_folder(void)
{
	const char *argv[] = {"rm", "-rf", shared, NULL};

	ck_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
		NULL, NULL, NULL));
	g_free(shared);
}

static char *
usual(void)
{
	return g_strdup_printf("%s/spinor-%lu", shared, (unsigned long)geteuid());
}

START_TEST(the_own_folder_has_the_usual_name)
{
	g_autofree char *expected = usual();
	g_autofree char *name = base_own_folder(shared);
	g_autofree char *made = NULL;
	g_autofree char *again = NULL;
	struct stat info;

	ck_assert_str_eq(name, expected);
	ck_assert(!g_file_test(name, G_FILE_TEST_EXISTS));
	umask(0);
	made = base_own_folder_create(shared);
	ck_assert_str_eq(made, expected);
	ck_assert_int_eq(stat(made, &info), 0);
	ck_assert_uint_eq(info.st_mode & 07777, 0700);
	again = base_own_folder_create(shared);
	ck_assert_str_eq(again, expected);
}
END_TEST

/* What another user can put there first. */
static void
take_name(int kind, const char *path)
{
	if (kind == 0) {
		ck_assert_int_eq(mkdir(path, 0700), 0);
	} else if (kind == 1) {
		ck_assert_int_eq(mkdir(path, 0777), 0);
		ck_assert_int_eq(chmod(path, 0777), 0);
	} else if (kind == 2) {
		ck_assert_int_eq(symlink("/tmp", path), 0);
	} else {
		ck_assert(g_file_set_contents(path, "", 0, NULL));
	}
	ck_assert_int_eq(lchown(path, NOBODY, NOBODY), 0);
}

START_TEST(a_taken_name_of_the_own_folder_keeps_nobody_out)
{
	g_autofree char *expected = usual();
	g_autofree char *prefix = g_strconcat(expected, "-", NULL);
	g_autofree char *trap = g_strconcat(expected, "-000000", NULL);
	g_autofree char *made = NULL;
	g_autofree char *again = NULL;
	g_autofree char *found = NULL;
	int fd;

	if (geteuid() != 0)
		return;
	take_name(_i, expected);
	take_name(_i, trap);
	made = base_own_folder_create(shared);
	ck_assert_msg(g_str_has_prefix(made, prefix), "%s", made);
	ck_assert_str_ne(made, trap);
	fd = base_own_folder_open(made);
	ck_assert_int_ge(fd, 0);
	close(fd);
	/* Found again, by other processes too. */
	again = base_own_folder_create(shared);
	ck_assert_str_eq(again, made);
	found = base_own_folder(shared);
	ck_assert_str_eq(found, made);
	ck_assert_int_eq(base_own_folder_open(trap), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

Suite *
suite_pathlock(void)
{
	Suite *suite = suite_create("pathlock");
	TCase *tcase = tcase_create("claims");

	tcase_add_test(tcase, a_name_is_claimed_once);
	tcase_add_test(tcase, a_claim_ends_with_a_killed_process);
	tcase_add_test(tcase, users_have_claims_of_their_own);
	tcase_add_test(tcase, no_claim_is_an_abstract_socket);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("folders");
	tcase_add_checked_fixture(tcase, setup_folder, teardown_folder);
	tcase_add_test(tcase, the_own_folder_has_the_usual_name);
	tcase_add_loop_test(tcase, a_taken_name_of_the_own_folder_keeps_nobody_out, 0, 4);
	suite_add_tcase(suite, tcase);
	return suite;
}
