/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening files below folders that all can write to. The rule is compared with a table of its own,
 * and the walk with open() on random paths; root can also create the links of another user. None of
 * it depends on the settings fs.protected_* of the machine.
 */
#define _GNU_SOURCE /* pipe2() */
#include "base/openfile.h"

#include "suites.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#define USER 1000
#define OWNER 2000
#define OTHER 3000
#define NOBODY 65534

static char *dir;
static int start; /* descriptor of the working directory */

static void
setup(void)
{
	dir = g_dir_make_tmp("spinor-openfile-XXXXXX", NULL);
	ck_assert_ptr_nonnull(dir);
	start = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(mkdir("shared", 0700), 0);
	ck_assert_int_eq(chmod("shared", 01777), 0);
	ck_assert_int_eq(mkdir("own", 0700), 0);
	ck_assert(g_file_set_contents("own/file", "kept", 4, NULL));
}

static void
teardown(void)
{
	const char *argv[] = {"rm", "-rf", dir, NULL};

	ck_assert_int_eq(fchdir(start), 0);
	close(start);
	ck_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
		NULL, NULL, NULL));
	g_free(dir);
}

static const struct {
	mode_t folder;
	uid_t link;
	bool follow;
} rule[] = {
	{01777, USER, true},
	{01777, OWNER, true},
	{01777, OTHER, false},
	{01773, OTHER, false},
	{00777, OTHER, true}, /* there anybody can replace files as well */
	{01775, OTHER, true},
	{01755, OTHER, true},
	{00755, OTHER, true},
};

START_TEST(the_rule_of_protected_symlinks)
{
	struct stat folder = {.st_mode = S_IFDIR | rule[_i].folder, .st_uid = OWNER};
	struct stat link = {.st_mode = S_IFLNK | 0777, .st_uid = rule[_i].link, .st_nlink = 1};
	struct stat file = {.st_mode = S_IFREG | 0666, .st_uid = rule[_i].link, .st_nlink = 1};

	ck_assert_int_eq(base_may_follow(&folder, &link, USER), rule[_i].follow);
	ck_assert_int_eq(base_may_write(&folder, &file, USER), rule[_i].follow);
	file.st_mode = S_IFIFO | 0666;
	ck_assert_int_eq(base_may_write(&folder, &file, USER), rule[_i].follow);
	/* A hard link to a file of the user, which another one has created. */
	file = (struct stat){.st_mode = S_IFREG | 0600, .st_uid = USER, .st_nlink = 2};
	ck_assert_int_eq(base_may_write(&folder, &file, USER),
		(rule[_i].folder & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH));
}
END_TEST

static void
must_refuse(const char *path, int flags, const char *reason)
{
	int fd = base_open(path, flags, 0600);
	int code = errno;

	ck_assert_msg(fd < 0, "%s was opened", path);
	ck_assert_int_eq(code, EACCES);
	ck_assert_str_eq(base_open_reason(code), reason);
}

static void
must_open(const char *path, int flags)
{
	int fd = base_open(path, flags, 0600);

	ck_assert_msg(fd >= 0, "%s: %s", path, base_open_reason(errno));
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
}

/* Creates a link that belongs to another user. */
static void
foreign_link(const char *target, const char *path)
{
	ck_assert_int_eq(symlink(target, path), 0);
	ck_assert_int_eq(lchown(path, NOBODY, NOBODY), 0);
}

#define FOREIGN_LINK                                                                  \
	"a symbolic link of another user, in a folder that all can write to; name a " \
	"path without it"
#define FOREIGN_FILE                                                                          \
	"a file of another user, in a folder that all can write to; name one in a folder of " \
	"yours"
#define SECOND_NAME \
	"a file with other names, in a folder that all can write to; name one in a folder of yours"

START_TEST(a_link_of_another_user_is_not_followed)
{
	g_autofree char *text = NULL;

	if (geteuid() != 0)
		return;
	foreign_link("../own/file", "shared/link");
	foreign_link("../own", "shared/folder");
	foreign_link("../own/new", "shared/dangling");
	must_refuse("shared/link", O_RDONLY, FOREIGN_LINK);
	must_refuse("shared/link", O_RDWR | O_CREAT | O_TRUNC, FOREIGN_LINK);
	must_refuse("shared/folder/file", O_RDONLY, FOREIGN_LINK);
	must_refuse("shared/folder/new", O_WRONLY | O_CREAT, FOREIGN_LINK);
	must_refuse("shared/dangling", O_WRONLY | O_CREAT, FOREIGN_LINK);
	ck_assert_int_eq(base_check_path("shared/folder/new"), EACCES);
	ck_assert_str_eq(base_open_reason(EACCES), FOREIGN_LINK);
	ck_assert_int_eq(base_check_path("shared/link"), EACCES);
	ck_assert_str_eq(base_open_reason(EACCES), FOREIGN_FILE);
	ck_assert_int_eq(base_check_path("shared/new"), 0);
	ck_assert_int_eq(base_check_path("nothing/new"), ENOENT);
	ck_assert(!g_file_test("own/new", G_FILE_TEST_EXISTS));
	/* Through a link of one's own as well. */
	ck_assert_int_eq(symlink("shared/link", "mine"), 0);
	must_refuse("mine", O_RDONLY, FOREIGN_LINK);
	/* Not in a folder of one's own, and not after a later mistake of another kind. */
	foreign_link("file", "own/link");
	must_open("own/link", O_RDONLY);
	ck_assert_int_eq(base_open("nothing", O_RDONLY, 0), -1);
	ck_assert_str_eq(base_open_reason(EACCES), g_strerror(EACCES));
	ck_assert(g_file_get_contents("own/file", &text, NULL, NULL));
	ck_assert_str_eq(text, "kept");
}
END_TEST

START_TEST(the_owner_of_the_folder_and_the_user_may_have_links)
{
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(symlink("../own/file", "shared/roots"), 0);
	must_open("shared/roots", O_RDWR);
	ck_assert_int_eq(chown("shared", NOBODY, NOBODY), 0);
	foreign_link("../own/file", "shared/owners");
	must_open("shared/owners", O_RDWR);
	must_open("shared/roots", O_RDWR);
}
END_TEST

START_TEST(a_file_of_another_user_is_not_written)
{
	g_autofree char *text = NULL;

	if (geteuid() != 0)
		return;
	ck_assert(g_file_set_contents("shared/file", "theirs", 6, NULL));
	ck_assert_int_eq(chown("shared/file", NOBODY, NOBODY), 0);
	ck_assert_int_eq(mkfifo("shared/fifo", 0666), 0);
	ck_assert_int_eq(chown("shared/fifo", NOBODY, NOBODY), 0);
	must_refuse("shared/file", O_WRONLY | O_CREAT | O_TRUNC, FOREIGN_FILE);
	must_refuse("shared/file", O_RDWR, FOREIGN_FILE);
	must_refuse("shared/fifo", O_WRONLY | O_NONBLOCK, FOREIGN_FILE);
	must_open("shared/file", O_RDONLY);
	ck_assert(g_file_get_contents("shared/file", &text, NULL, NULL));
	ck_assert_str_eq(text, "theirs");
}
END_TEST

START_TEST(a_second_name_of_a_file_is_not_written)
{
	g_autofree char *text = NULL;

	ck_assert_int_eq(link("own/file", "shared/name"), 0);
	must_refuse("shared/name", O_WRONLY | O_CREAT | O_TRUNC, SECOND_NAME);
	must_open("shared/name", O_RDONLY);
	must_open("own/file", O_RDWR);
	ck_assert(g_file_get_contents("own/file", &text, NULL, NULL));
	ck_assert_str_eq(text, "kept");
}
END_TEST

START_TEST(links_of_the_kernel_are_followed)
{
	int ends[2];
	g_autofree char *path = NULL;
	int fd;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	path = g_strdup_printf("/dev/fd/%d", ends[1]);
	fd = base_open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
	ck_assert_msg(fd >= 0, "%s: %s", path, base_open_reason(errno));
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
	close(ends[0]);
	close(ends[1]);
	must_open("/proc/self/cwd/own/file", O_RDWR);
	must_open("/proc/self/status", O_RDONLY);
	must_open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC);
}
END_TEST

static const char *const pieces[] = {"own", "file", "shared", ".", "..", "", "mine", "loop", "far",
	"new", "nothing", "away", "own/file", "up"};

/* Opens the path; returns errno or 0, and the file. */
static int
try_open(bool ours, const char *path, int flags, struct stat *info)
{
	int fd = ours ? base_open(path, flags, 0600) : open(path, flags | O_CLOEXEC, 0600);
	int code = fd < 0 ? errno : 0;

	*info = (struct stat){0};
	if (fd >= 0) {
		fstat(fd, info);
		close(fd);
	}
	return code;
}

/* The same file or the same errno as from open(), in both orders. */
static void
compare(const char *path, int flags, bool ours_first)
{
	struct stat first, second;
	int code = try_open(ours_first, path, flags, &first);
	int other;

	if (code == 0 && flags & O_EXCL)
		ck_assert_int_eq(unlink(path), 0);
	other = try_open(!ours_first, path, flags, &second);
	if (ours_first) {
		int swap = code;

		code = other;
		other = swap;
	}
	/* Of two reasons the kernel may give the other one. */
	if (flags & O_CREAT && g_str_has_suffix(path, "/"))
		ck_assert_msg(code != 0 && other != 0, "%s is created", path);
	else if (code == EISDIR || code == EEXIST || code == ENOTDIR)
		ck_assert_msg(other == EISDIR || other == EEXIST || other == ENOTDIR,
			"%s %x: %d, not %d", path, (unsigned int)flags, other, code);
	else
		ck_assert_msg(
			other == code, "%s %x: %d, not %d", path, (unsigned int)flags, other, code);
	ck_assert_msg((flags & O_EXCL) || first.st_ino == second.st_ino, "%s: another file", path);
	if (code == 0 && flags & O_CREAT)
		unlink(path);
}

START_TEST(paths_lead_where_open_leads)
{
	static const int flags[] = {O_RDONLY, O_RDWR, O_RDWR | O_CREAT, O_RDWR | O_CREAT | O_EXCL,
		O_WRONLY | O_CREAT | O_TRUNC, O_RDONLY | O_DIRECTORY, O_RDWR | O_NOFOLLOW};
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);

	ck_assert_int_eq(symlink("own", "mine"), 0);
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	ck_assert_int_eq(symlink("mine/../shared/away", "far"), 0);
	ck_assert_int_eq(symlink("../own/file", "shared/away"), 0);
	ck_assert_int_eq(symlink("../own/new", "shared/far"), 0);
	ck_assert_int_eq(symlink("..//.", "own/up"), 0);
	for (int i = 0; i < 20000; i++) {
		g_autoptr(GString) path = g_string_new(g_rand_boolean(rand) ? "" : dir);

		if (path->len > 0)
			g_string_append_c(path, '/');
		for (int n = g_rand_int_range(rand, 1, 6); n > 0; n--) {
			g_string_append(
				path, pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))]);
			if (n > 1 || g_rand_int_range(rand, 0, 8) == 0)
				g_string_append_c(path, '/');
		}
		compare(path->str, flags[g_rand_int_range(rand, 0, G_N_ELEMENTS(flags))],
			g_rand_boolean(rand));
	}
}
END_TEST

Suite *
suite_openfile(void)
{
	Suite *suite = suite_create("openfile");
	TCase *tcase = tcase_create("openfile");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, the_rule_of_protected_symlinks, 0, G_N_ELEMENTS(rule));
	tcase_add_test(tcase, a_link_of_another_user_is_not_followed);
	tcase_add_test(tcase, the_owner_of_the_folder_and_the_user_may_have_links);
	tcase_add_test(tcase, a_file_of_another_user_is_not_written);
	tcase_add_test(tcase, a_second_name_of_a_file_is_not_written);
	tcase_add_test(tcase, links_of_the_kernel_are_followed);
	tcase_add_test(tcase, paths_lead_where_open_leads);
	suite_add_tcase(suite, tcase);
	return suite;
}
