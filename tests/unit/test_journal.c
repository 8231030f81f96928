/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The content of an image is replaced as a whole or not at all, whenever the process is killed. */
#include "base/newfile.h"
#include "chipdb/chipdb.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "storage_fixture.h"
#include "store/image.h"
#include "store/journal.h"
#include "store/snapshot.h"
#include "store/state.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE STORE_JOURNAL_PAGE
#define PAGES 6
#define SIZE ((uint64_t)(PAGES * PAGE))
#define OLD 0xff /* a new image */
#define NEW 0x5a
#define OLD_STATE "old state\n"
#define NEW_STATE "new state, which is longer\n"

/* New content that kills the process when it is asked for. */
struct source {
	uint8_t pages[PAGES][PAGE + 64]; /* no page follows another: each is written alone */
	int calls_left;
};

static const uint8_t *
page_of(void *data, uint64_t at)
{
	struct source *source = data;

	if (source->calls_left-- == 0)
		kill(getpid(), SIGKILL);
	return source->pages[at / PAGE];
}

static struct source *
new_source(int calls_left)
{
	struct source *source = g_new(struct source, 1);

	memset(source->pages, NEW, sizeof source->pages);
	source->calls_left = calls_left;
	return source;
}

static void
save_state(void *data)
{
	(void)data;
	storage_write("a.bin.state", NEW_STATE, strlen(NEW_STATE));
}

/* Replaces the content in a process of its own. Returns false if it was killed. */
static bool
replace_until(int calls_left)
{
	struct source *source = new_source(calls_left);
	const struct store_journal_content content = {
		.page = page_of, .data = source, .state = NEW_STATE, .applied = save_state};
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct store_image *image = storage_open("a.bin", SIZE);

		_exit(store_journal_replace(image, &content, NULL, NULL) ? 0 : 1);
	}
	g_free(source);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : status == 0);
	return WIFEXITED(status);
}

static char *
read_text(const char *name)
{
	g_autofree char *path = storage_path(name);
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	return text;
}

/* Number of pages of the file that are new; fails on a mixture inside a page. */
static int
new_pages(const uint8_t *array)
{
	int n = 0;

	for (int i = 0; i < PAGES; i++) {
		ck_assert(array[i * PAGE] == OLD || array[i * PAGE] == NEW);
		for (int j = 1; j < PAGE; j++)
			ck_assert_uint_eq(array[i * PAGE + j], array[i * PAGE]);
		n += array[i * PAGE] == NEW;
	}
	return n;
}

static bool
exists(const char *name)
{
	g_autofree char *path = storage_path(name);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* Opens the image as a start does. Returns it with what was told, which may be NULL. */
static struct store_image *
start(char **message)
{
	g_autofree char *path = storage_path("a.bin");
	g_autofree char *state = storage_path("a.bin.state");
	struct store_image *image = storage_open("a.bin", SIZE);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	*message = NULL;
	ck_assert_msg(store_journal_recover(image, path, state, &text, message, &error), "%s",
		error != NULL ? error->message : "");
	ck_assert_ptr_null(text);
	return image;
}

static void
begin(void)
{
	g_autofree char *path = storage_path("a.bin");
	g_autofree char *journal = storage_path("a.bin" STORE_JOURNAL_SUFFIX);

	g_unlink(path);
	g_unlink(journal);
	store_image_close(storage_open("a.bin", SIZE));
	storage_write("a.bin.state", OLD_STATE, strlen(OLD_STATE));
}

/* Kills the process at each page of each step. */
static void
kill_everywhere(void)
{
	int olds = 0, completed = 0;
	bool ended = false;

	for (int calls = 0; !ended; calls++) {
		g_autofree char *message = NULL;
		g_autofree char *state = NULL;
		struct store_image *image;
		int n;

		begin();
		ended = replace_until(calls);
		image = start(&message);
		n = new_pages(store_image_array(image));
		state = read_text("a.bin.state");
		ck_assert_str_eq(state, n == 0 ? OLD_STATE : NEW_STATE);
		ck_assert(n == 0 || n == PAGES);
		ck_assert(!exists("a.bin" STORE_JOURNAL_SUFFIX));
		olds += n == 0;
		completed += n > 0 && message != NULL;
		ck_assert(ended == (n > 0 && message == NULL));
		store_image_close(image);
	}
	ck_assert_int_gt(olds, PAGES);
	ck_assert_int_ge(completed, PAGES - 1);
}

START_TEST(a_killed_replacement_is_all_or_nothing)
{
	g_autofree char *listing = NULL;

	kill_everywhere();
	listing = storage_listing();
	ck_assert_ptr_null(strstr(listing, "spinor-"));
}
END_TEST

START_TEST(a_killed_replacement_is_all_or_nothing_without_unnamed_files)
{
	base_newfile_force_names(true);
	kill_everywhere();
	base_newfile_force_names(false);
	ck_assert(!exists("a.bin" STORE_JOURNAL_SUFFIX BASE_NEWFILE_SUFFIX));
}
END_TEST

/* Leaves an image with some new pages and its journal. */
static void
leave_journal(void)
{
	bool begun = false;

	for (int calls = 0; !begun; calls++) {
		g_autofree char *text = NULL;

		begin();
		ck_assert(!replace_until(calls));
		text = read_text("a.bin");
		begun = (uint8_t)text[0] == NEW;
	}
	ck_assert(exists("a.bin" STORE_JOURNAL_SUFFIX));
}

START_TEST(a_journal_does_not_change_an_image_of_another_program)
{
	g_autofree char *message = NULL;
	g_autofree uint8_t *other = g_malloc(SIZE);
	struct store_image *image;

	leave_journal();
	memset(other, 0x11, SIZE);
	storage_write("a.bin", other, SIZE);
	image = start(&message);
	ck_assert_mem_eq(store_image_array(image), other, SIZE);
	ck_assert_ptr_nonnull(strstr(message, "another program has changed"));
	ck_assert(!exists("a.bin" STORE_JOURNAL_SUFFIX));
	store_image_close(image);
}
END_TEST

START_TEST(a_journal_does_not_change_a_new_image)
{
	g_autofree char *path = storage_path("a.bin");
	g_autofree char *message = NULL;
	struct store_image *image;

	leave_journal();
	g_unlink(path);
	image = start(&message);
	ck_assert_int_eq(new_pages(store_image_array(image)), 0);
	ck_assert(!exists("a.bin" STORE_JOURNAL_SUFFIX));
	store_image_close(image);
}
END_TEST

/* As after a loss of power; every byte of the file counts. */
START_TEST(a_damaged_journal_is_removed)
{
	g_autofree char *path = storage_path("a.bin" STORE_JOURNAL_SUFFIX);
	g_autofree char *journal = NULL;
	gsize length;

	leave_journal();
	ck_assert(g_file_get_contents(path, &journal, &length, NULL));
	begin();
	for (gsize at = 16; at < length; at += at < 256 ? 3 : 997) {
		g_autofree char *message = NULL;
		struct store_image *image;

		journal[at] ^= 1;
		storage_write("a.bin" STORE_JOURNAL_SUFFIX, journal, length);
		journal[at] ^= 1;
		image = start(&message);
		ck_assert_int_eq(new_pages(store_image_array(image)), 0);
		ck_assert(!exists("a.bin" STORE_JOURNAL_SUFFIX));
		store_image_close(image);
	}
	for (gsize n = 16 + 8 * 4; n < length; n += 311) {
		g_autofree char *message = NULL;
		struct store_image *image;

		storage_write("a.bin" STORE_JOURNAL_SUFFIX, journal, n);
		image = start(&message);
		ck_assert_int_eq(new_pages(store_image_array(image)), 0);
		ck_assert(!exists("a.bin" STORE_JOURNAL_SUFFIX));
		store_image_close(image);
	}
}
END_TEST

START_TEST(a_file_that_is_no_journal_stays)
{
	struct source *source = new_source(-1);
	const struct store_journal_content content = {.page = page_of, .data = source};
	g_autofree char *message = NULL;
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	struct store_image *image;

	begin();
	storage_write("a.bin" STORE_JOURNAL_SUFFIX, "a letter", 8);
	image = start(&message);
	ck_assert_ptr_null(message);
	ck_assert(!store_journal_replace(image, &content, NULL, &error));
	storage_check_error(error,
		"cannot replace the content: \"DIR/a.bin.spinor-load\": File exists; its "
		"folder has to be writable and have space for the pages that differ, and that "
		"name has to be free");
	ck_assert_int_eq(new_pages(store_image_array(image)), 0);
	text = read_text("a.bin" STORE_JOURNAL_SUFFIX);
	ck_assert_str_eq(text, "a letter");
	store_image_close(image);
	g_free(source);
}
END_TEST

START_TEST(a_snapshot_bench_sees_all_of_a_killed_replacement_and_writes_nothing)
{
	g_autofree char *path = storage_path("a.bin");
	g_autofree char *state = storage_path("a.bin.state");
	struct store_image_plan plan = {
		.path = path, .size = SIZE, .wafer = storage_wafer, .snapshot = true};
	g_autofree char *message = NULL;
	g_autofree char *text = NULL;
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;
	struct store_image *image;

	leave_journal();
	before = storage_listing();
	image = store_image_open(&plan, NULL);
	ck_assert(store_journal_recover(image, path, state, &text, &message, NULL));
	ck_assert_int_eq(new_pages(store_image_array(image)), PAGES);
	ck_assert_str_eq(text, NEW_STATE);
	store_image_close(image);
	after = storage_listing();
	ck_assert_str_eq(before, after);
}
END_TEST

/* The journal has a head and one page more than the image has room for here. */
START_TEST(without_space_for_the_journal_nothing_changes)
{
	struct source *source = new_source(-1);
	const struct store_journal_content content = {
		.page = page_of, .data = source, .state = NEW_STATE, .applied = save_state};
	struct rlimit limit;
	rlim_t was;
	g_autofree char *text = NULL;
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;
	g_autoptr(GError) error = NULL;
	struct store_image *image;
	bool good;

	begin();
	before = storage_listing();
	image = storage_open("a.bin", SIZE);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	was = limit.rlim_cur;
	limit.rlim_cur = SIZE;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	good = store_journal_replace(image, &content, NULL, &error);
	limit.rlim_cur = was;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert(!good);
	ck_assert_ptr_nonnull(strstr(error->message, "a.bin.spinor-load\": File too large"));
	ck_assert_int_eq(new_pages(store_image_array(image)), 0);
	store_image_close(image);
	after = storage_listing();
	ck_assert_str_eq(before, after);
	g_free(source);
}
END_TEST

START_TEST(only_files_that_a_killed_process_has_left_are_removed)
{
	g_autofree char *path = storage_path("a");
	g_autofree char *temporary = storage_path("a" BASE_NEWFILE_SUFFIX);
	struct base_newfile file;

	storage_write("a" BASE_NEWFILE_SUFFIX, "left", 4);
	storage_write("ab" BASE_NEWFILE_SUFFIX, "of another path", 15);
	base_newfile_clean(path);
	ck_assert(!exists("a" BASE_NEWFILE_SUFFIX));
	ck_assert(exists("ab" BASE_NEWFILE_SUFFIX));

	ck_assert_int_eq(g_mkdir(temporary, 0700), 0);
	base_newfile_clean(path);
	ck_assert(exists("a" BASE_NEWFILE_SUFFIX));
	g_rmdir(temporary);

	/* In use by a process that lives. */
	base_newfile_force_names(true);
	ck_assert_int_eq(base_newfile_open(&file, path, 0600), 0);
	base_newfile_clean(path);
	ck_assert(exists("a" BASE_NEWFILE_SUFFIX));
	ck_assert_int_eq(base_file_replace(path, "x", 1, 0600, false), -EBUSY);
	base_newfile_discard(&file);
	ck_assert(!exists("a" BASE_NEWFILE_SUFFIX));
	base_newfile_force_names(false);
}
END_TEST

START_TEST(a_file_is_replaced_over_one_that_was_left)
{
	g_autofree char *path = storage_path("a");

	for (int named = 0; named < 2; named++) {
		g_autofree char *text = NULL;

		base_newfile_force_names(named);
		storage_write("a", "old", 3);
		storage_write("a" BASE_NEWFILE_SUFFIX, "left", 4);
		ck_assert_int_eq(base_file_replace(path, "new", 3, 0600, true), 0);
		text = read_text("a");
		ck_assert_str_eq(text, "new");
		ck_assert(!exists("a" BASE_NEWFILE_SUFFIX));
	}
	base_newfile_force_names(false);
}
END_TEST

Suite *
suite_journal(void)
{
	Suite *suite = suite_create("journal");
	TCase *test_case = tcase_create("journal");

	tcase_add_checked_fixture(test_case, storage_setup, storage_teardown);
	tcase_add_test(test_case, a_killed_replacement_is_all_or_nothing);
	tcase_add_test(test_case, a_killed_replacement_is_all_or_nothing_without_unnamed_files);
	tcase_add_test(test_case, a_journal_does_not_change_an_image_of_another_program);
	tcase_add_test(test_case, a_journal_does_not_change_a_new_image);
	tcase_add_test(test_case, a_damaged_journal_is_removed);
	tcase_add_test(test_case, a_file_that_is_no_journal_stays);
	tcase_add_test(
		test_case, a_snapshot_bench_sees_all_of_a_killed_replacement_and_writes_nothing);
	tcase_add_test(test_case, without_space_for_the_journal_nothing_changes);
	tcase_add_test(test_case, only_files_that_a_killed_process_has_left_are_removed);
	tcase_add_test(test_case, a_file_is_replaced_over_one_that_was_left);
	suite_add_tcase(suite, test_case);
	return suite;
}
