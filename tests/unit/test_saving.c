/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a chip saves, when its files are not as it left them. */
#include "bench/saving.h"
#include "chipdb/chipdb.h"
#include "flash/flash.h"
#include "flash/partdata.h"
#include "port/port.h"
#include "storage_fixture.h"
#include "store/image.h"
#include "suites.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

struct saved {
	GMainContext *context;
	struct port_watch *watch;
	struct store_image *image;
	struct flash *flash;
	struct bench_saving *saving;
	GString *words; /* of the listener, each with a blank behind it */
};

static void
hear(void *data, const char *what, const char *text)
{
	g_string_append_printf(data, "%s ", what);
	ck_assert_uint_gt(strlen(text), 0);
}

static void
ignore_log(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
	(void)domain;
	(void)level;
	(void)message;
	(void)data;
}

static void
begin(struct saved *s, const char *image, const char *state)
{
	const struct flash_part *part = chipdb_find(storage_chipdb, "W25Q80DV", NULL);
	g_autofree char *path = storage_path(state);

	g_log_set_default_handler(ignore_log, NULL);
	s->context = g_main_context_new();
	s->watch = port_watch_new(s->context, NULL);
	s->image = storage_open(image, part->size);
	s->flash = flash_new(part, store_image_array(s->image), 1);
	s->words = g_string_new(NULL);
	s->saving = bench_saving_new(&(struct bench_saving_plan){.owner = "adapter0",
		.flash = s->flash,
		.image = s->image,
		.context = s->context,
		.watch = s->watch});
	bench_saving_set_listener(s->saving, hear, s->words);
	bench_saving_set_state(s->saving, path, false);
	bench_saving_begin(s->saving);
}

static guint
n_unsaved(const struct saved *s)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

	bench_saving_list(s->saving, list);
	return list->len;
}

/* The last save. Returns how many things are not saved. */
static guint
end(struct saved *s)
{
	guint n;

	bench_saving_hold(s->saving);
	bench_saving_end(s->saving, true);
	n = n_unsaved(s);
	bench_saving_free(s->saving);
	flash_destroy(s->flash);
	store_image_close(s->image);
	port_watch_destroy(s->watch);
	g_main_context_unref(s->context);
	g_string_free(s->words, TRUE);
	return n;
}

/* Serves the context until the listener has heard the words. */
static void
wait_for(struct saved *s, const char *words)
{
	while (strcmp(s->words->str, words) != 0 && strlen(s->words->str) < 200)
		g_main_context_iteration(s->context, TRUE);
	ck_assert_str_eq(s->words->str, words);
}

static bool
exists(const char *name)
{
	g_autofree char *path = storage_path(name);

	return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static void
rename_file(const char *from, const char *to)
{
	g_autofree char *a = storage_path(from), *b = storage_path(to);

	ck_assert_int_eq(g_rename(a, b), 0);
}

static void
make_folder(const char *name)
{
	g_autofree char *path = storage_path(name);

	ck_assert_int_eq(g_mkdir(path, 0755), 0);
}

START_TEST(a_save_that_fails_is_repeated)
{
	struct saved s;

	begin(&s, "a.bin", "d/a.bin.state");
	bench_saving_registers(s.saving);
	bench_saving_registers(s.saving);
	ck_assert_str_eq(s.words->str, "unsaved ");
	ck_assert_uint_eq(n_unsaved(&s), 1);
	make_folder("d");
	/* By the clock alone. */
	wait_for(&s, "unsaved saved ");
	ck_assert(exists("d/a.bin.state"));
	ck_assert_uint_eq(end(&s), 0);
}
END_TEST

START_TEST(a_new_spell_is_told_again)
{
	struct saved s;

	begin(&s, "a.bin", "d/a.bin.state");
	for (unsigned int i = 0; i < 2; i++) {
		bench_saving_registers(s.saving);
		make_folder("d");
		/* With the next change. */
		bench_saving_registers(s.saving);
		rename_file("d", i == 0 ? "e" : "f");
	}
	ck_assert_str_eq(s.words->str, "unsaved saved deleted unsaved saved ");
	bench_saving_look(s.saving);
	ck_assert_uint_eq(end(&s), 1);
}
END_TEST

START_TEST(a_save_at_the_end_counts)
{
	struct saved s;

	begin(&s, "a.bin", "d/a.bin.state");
	bench_saving_registers(s.saving);
	make_folder("d");
	ck_assert_uint_eq(end(&s), 0);
	ck_assert(exists("d/a.bin.state"));
}
END_TEST

START_TEST(a_change_of_the_image_is_told_without_a_host)
{
	g_autofree char *path = storage_path("a.bin");
	struct saved s;

	begin(&s, "a.bin", "a.bin.state");
	rename_file("a.bin", "b.bin");
	wait_for(&s, "deleted ");
	rename_file("b.bin", "a.bin");
	wait_for(&s, "deleted returned ");
	/* In place, like cp to a file that exists; once in a session. */
	for (unsigned int i = 0; i < 3; i++) {
		FILE *file = fopen(path, "r+");

		ck_assert_ptr_nonnull(file);
		fputs("theirs", file);
		fclose(file);
		wait_for(&s, "deleted returned changed ");
		bench_saving_look(s.saving);
	}
	ck_assert_int_eq(memcmp(store_image_array(s.image), "theirs", 6), 0);
	ck_assert_uint_eq(n_unsaved(&s), 0);
	ck_assert_int_eq(truncate(path, 100), 0);
	wait_for(&s, "deleted returned changed lost ");
	ck_assert_uint_eq(n_unsaved(&s), 1);
	ck_assert_uint_eq(end(&s), 1);
}
END_TEST

START_TEST(a_deleted_image_is_written_again_at_the_end)
{
	g_autofree char *path = storage_path("a.bin");
	g_autofree char *data = NULL;
	struct saved s;
	gsize length;

	begin(&s, "a.bin", "a.bin.state");
	bench_saving_registers(s.saving);
	g_unlink(path);
	store_image_array(s.image)[7] = 0x12;
	ck_assert_uint_eq(end(&s), 0);
	ck_assert(g_file_get_contents(path, &data, &length, NULL));
	ck_assert_uint_eq(length, 1048576);
	ck_assert_uint_eq((uint8_t)data[7], 0x12);
	ck_assert(exists("a.bin.state"));
}
END_TEST

/* The registers do not stay beside an image that is not theirs. */
START_TEST(a_replaced_image_takes_its_state_along)
{
	g_autofree char *path = storage_path("a.bin"), *state = storage_path("a.bin.state");
	g_autofree char *theirs = NULL, *their_state = NULL;
	struct saved s;

	begin(&s, "a.bin", "a.bin.state");
	bench_saving_registers(s.saving);
	storage_write("new", "theirs", 6);
	rename_file("new", "a.bin");
	bench_saving_look(s.saving);
	ck_assert_str_eq(s.words->str, "replaced ");
	ck_assert(!exists("a.bin.state"));
	ck_assert(exists("a.bin.lost.state"));
	bench_saving_registers(s.saving);
	ck_assert(!exists("a.bin.state"));
	/* The state of the new image stays as it is, too. */
	storage_write("a.bin.state", "state", 5);
	ck_assert_uint_eq(end(&s), 1);
	ck_assert(exists("a.bin.lost"));
	ck_assert(g_file_get_contents(path, &theirs, NULL, NULL));
	ck_assert_str_eq(theirs, "theirs");
	ck_assert(g_file_get_contents(state, &their_state, NULL, NULL));
	ck_assert_str_eq(their_state, "state");
}
END_TEST

START_TEST(an_image_that_is_back_has_its_state_again)
{
	struct saved s;

	begin(&s, "a.bin", "a.bin.state");
	bench_saving_registers(s.saving);
	rename_file("a.bin", "b.bin");
	storage_write("a.bin", "theirs", 6);
	bench_saving_look(s.saving);
	rename_file("b.bin", "a.bin");
	bench_saving_look(s.saving);
	ck_assert_str_eq(s.words->str, "replaced returned ");
	ck_assert(exists("a.bin.state"));
	ck_assert(!exists("a.bin.lost.state"));
	ck_assert_uint_eq(end(&s), 0);
	ck_assert(!exists("a.bin.lost"));
}
END_TEST

START_TEST(a_state_of_others_is_kept)
{
	g_autofree char *old = storage_path("a.bin.state.old");
	g_autofree char *state = storage_path("a.bin.state");
	g_autofree char *theirs = NULL;
	struct saved s;

	begin(&s, "a.bin", "a.bin.state");
	bench_saving_registers(s.saving);
	g_unlink(state);
	bench_saving_look(s.saving);
	bench_saving_look(s.saving);
	bench_saving_registers(s.saving);
	ck_assert_str_eq(s.words->str, "deleted ");
	storage_write("a.bin.state", "theirs", 6);
	bench_saving_look(s.saving);
	bench_saving_look(s.saving);
	ck_assert_str_eq(s.words->str, "deleted replaced ");
	ck_assert_uint_eq(end(&s), 0);
	ck_assert(exists("a.bin.state"));
	ck_assert(g_file_get_contents(old, &theirs, NULL, NULL));
	ck_assert_str_eq(theirs, "theirs");
}
END_TEST

/* A chip that has nothing to save leaves the files of others alone. */
START_TEST(a_state_that_appears_is_not_touched_without_need)
{
	g_autofree char *state = storage_path("a.bin.state");
	g_autofree char *theirs = NULL;
	struct saved s;

	begin(&s, "a.bin", "a.bin.state");
	storage_write("a.bin.state", "theirs", 6);
	ck_assert_uint_eq(end(&s), 0);
	ck_assert(g_file_get_contents(state, &theirs, NULL, NULL));
	ck_assert_str_eq(theirs, "theirs");
	ck_assert(!exists("a.bin.state.old"));
}
END_TEST

Suite *
suite_saving(void)
{
	Suite *suite = suite_create("saving");
	TCase *tcase = tcase_create("saving");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, storage_setup, storage_teardown);
	tcase_add_test(tcase, a_save_that_fails_is_repeated);
	tcase_add_test(tcase, a_new_spell_is_told_again);
	tcase_add_test(tcase, a_save_at_the_end_counts);
	tcase_add_test(tcase, a_change_of_the_image_is_told_without_a_host);
	tcase_add_test(tcase, a_deleted_image_is_written_again_at_the_end);
	tcase_add_test(tcase, a_replaced_image_takes_its_state_along);
	tcase_add_test(tcase, an_image_that_is_back_has_its_state_again);
	tcase_add_test(tcase, a_state_of_others_is_kept);
	tcase_add_test(tcase, a_state_that_appears_is_not_touched_without_need);
	suite_add_tcase(suite, tcase);
	return suite;
}
