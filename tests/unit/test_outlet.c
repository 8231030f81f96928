/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output to readers that are slow, stopped or gone, and to a full disk: nobody waits for it, and
 * every line is either there or counted where it is missing. */
#include "base/outlet.h"
#include "base/sink.h"

#include "suites.h"
#include "wall.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CAPACITY 4096

/* What the owner was told, in order, as letters; *: lines were dropped. */
static GString *told;
static GMutex told_lock;

static void
keep_news(void *data, enum base_outlet_news news, uint64_t dropped, int code)
{
	(void)data;
	(void)code;
	g_mutex_lock(&told_lock);
	g_string_append_c(told, "DFWO"[news]);
	if (dropped > 0)
		g_string_append_c(told, '*');
	g_mutex_unlock(&told_lock);
}

static void
check_told(const char *wanted)
{
	g_mutex_lock(&told_lock);
	ck_assert_str_eq(told->str, wanted);
	g_mutex_unlock(&told_lock);
}

static size_t
write_gap(char *out, size_t size, uint64_t n, const char *last)
{
	(void)last;
	return (size_t)g_snprintf(out, size, "lost %" PRIu64 "\n", n);
}

static struct base_outlet *
create(int fd, bool shared)
{
	const struct base_outlet_plan plan = {
		.fd = fd,
		.shared = shared,
		.capacity = CAPACITY,
		.gap = write_gap,
		.news = keep_news,
	};

	signal(SIGPIPE, SIG_IGN);
	told = g_string_new(NULL);
	return base_outlet_new(&plan);
}

static bool
put(struct base_outlet *outlet, uint64_t number)
{
	g_autofree char *line = g_strdup_printf("%" PRIu64 "\n", number);

	return base_outlet_put(outlet, line, strlen(line));
}

/* Puts lines until one is dropped. Returns the number of the next one. A terminal is stopped, since
 * the kernel moves its bytes to the reader's side when it has time to. */
static uint64_t
fill(struct base_outlet *outlet, int writer)
{
	uint64_t number = 0;

	if (isatty(writer))
		tcflow(writer, TCOOFF);
	while (put(outlet, number))
		number++;
	return number + 1;
}

/* What has been read so far: numbers that follow on each other, where "lost N" stands for N. */
struct reading {
	int fd;
	uint64_t next, lost;
	char rest[64];
};

static void
take_line(struct reading *reading, const char *line)
{
	uint64_t n;

	if (sscanf(line, "lost %" SCNu64, &n) == 1) {
		reading->next += n;
		reading->lost += n;
		return;
	}
	ck_assert_int_eq(sscanf(line, "%" SCNu64, &n), 1);
	ck_assert_uint_eq(n, reading->next);
	reading->next++;
}

/* Reads what is there within the time; false: nothing. */
static bool
read_some(struct reading *reading, int limit_ms)
{
	struct pollfd fd = {.fd = reading->fd, .events = POLLIN};
	g_autoptr(GString) text = g_string_new(reading->rest);
	char piece[4096];
	ssize_t n;
	char *line = text->str, *end;

	if (poll(&fd, 1, limit_ms) != 1)
		return false;
	n = read(reading->fd, piece, sizeof piece);
	if (n <= 0)
		return false;
	g_string_append_len(text, piece, n);
	for (line = text->str; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		take_line(reading, line);
	}
	g_strlcpy(reading->rest, line, sizeof reading->rest);
	return true;
}

static void
read_until(struct reading *reading, uint64_t next)
{
	while (reading->next < next)
		ck_assert(read_some(reading, (int)WALL_LIMIT_MS));
	ck_assert_uint_eq(reading->next, next);
}

static unsigned int
count_threads(void)
{
	g_autoptr(GDir) dir = g_dir_open("/proc/self/task", 0, NULL);
	unsigned int n = 0;

	while (g_dir_read_name(dir) != NULL)
		n++;
	return n;
}

/* The ways to a reader that does not read. */
enum way {
	WAY_PIPE,
	WAY_PIPE_OF_ANOTHER, /* which cannot be opened again */
	WAY_SOCKET,
	WAY_TERMINAL,
	WAY_FIFO,
	WAYS,
};

static char *fifo;

static int
open_fifo(int *reader)
{
	int fd;

	fifo = g_build_filename(g_get_tmp_dir(), "spinor-outlet-XXXXXX", NULL);
	ck_assert_ptr_nonnull(g_mkdtemp(fifo));
	ck_assert_int_eq(g_rmdir(fifo), 0);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	fd = base_sink_open(fifo, O_APPEND);
	ck_assert_int_ge(fd, 0);
	*reader = open(fifo, O_RDONLY | O_CLOEXEC);
	return fd;
}

/* Returns the writing end. */
static int
open_way(enum way way, int *reader)
{
	int ends[2];

	if (way == WAY_FIFO)
		return open_fifo(reader);
	if (way == WAY_SOCKET) {
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	} else if (way == WAY_TERMINAL) {
		struct termios raw;

		ck_assert_int_eq(openpty(&ends[0], &ends[1], NULL, NULL, NULL), 0);
		tcgetattr(ends[1], &raw);
		cfmakeraw(&raw);
		tcsetattr(ends[1], TCSANOW, &raw);
	} else {
		ck_assert_int_eq(pipe(ends), 0);
	}
	*reader = ends[0];
	return ends[1];
}

/* Fills a pipe with lines that count nothing. */
static void
fill_pipe(int writer)
{
	int flags = fcntl(writer, F_GETFL);

	fcntl(writer, F_SETFL, flags | O_NONBLOCK);
	while (write(writer, "lost 0\n", 7) > 0)
		;
	fcntl(writer, F_SETFL, flags);
}

static struct base_outlet *
create_way(enum way way, struct reading *reading, int *writer)
{
	struct base_outlet *outlet;
	struct rlimit limit, none;

	*reading = (struct reading){0};
	*writer = open_way(way, &reading->fd);
	if (way != WAY_PIPE_OF_ANOTHER)
		return create(*writer, way != WAY_FIFO);
	/* Its thread would make room while the test fills the queue. */
	fill_pipe(*writer);
	/* No descriptor is left for opening it again. */
	getrlimit(RLIMIT_NOFILE, &limit);
	none = limit;
	none.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &none);
	outlet = create(*writer, true);
	setrlimit(RLIMIT_NOFILE, &limit);
	return outlet;
}

static void
remove_way(const struct reading *reading, int writer, enum way way)
{
	close(reading->fd);
	if (way != WAY_FIFO)
		close(writer);
	if (fifo != NULL)
		g_unlink(fifo);
	g_clear_pointer(&fifo, g_free);
	g_string_free(told, TRUE);
}

START_TEST(a_reader_that_does_not_read_blocks_nobody)
{
	struct reading reading;
	struct base_outlet_state state;
	int writer;
	struct base_outlet *outlet = create_way((enum way)_i, &reading, &writer);
	uint64_t next = fill(outlet, writer);

	for (unsigned int i = 0; i < 1000; i++)
		ck_assert(!put(outlet, next++));
	base_outlet_get(outlet, &state);
	ck_assert_uint_eq(state.dropped, 1001);
	ck_assert_uint_gt(state.waiting, CAPACITY - 16);
	ck_assert(!state.over);
	ck_assert_int_eq(state.code, 0);
	check_told("D");

	if (isatty(writer))
		tcflow(writer, TCOON);
	/* It reads again: the number is where the lines are missing, without a further line. */
	read_until(&reading, next);
	ck_assert_uint_eq(reading.lost, 1001);
	ck_assert(put(outlet, next++));
	read_until(&reading, next);
	ck_assert_uint_eq(reading.lost, 1001);
	base_outlet_finish(outlet, &state);
	ck_assert_uint_eq(state.dropped, 1001);
	check_told("DW*");
	remove_way(&reading, writer, (enum way)_i);
}
END_TEST

START_TEST(the_end_does_not_wait_for_a_reader)
{
	struct reading reading;
	struct base_outlet_state state;
	int writer;
	struct base_outlet *outlet = create_way((enum way)_i, &reading, &writer);
	uint64_t next = fill(outlet, writer);
	uint64_t missing;

	base_outlet_finish(outlet, &state);
	missing = state.dropped;
	while (read_some(&reading, 0))
		;
	/* The last line that was read can be incomplete, and is a missing one then. */
	ck_assert_uint_eq(reading.next + missing, next);
	remove_way(&reading, writer, (enum way)_i);
}
END_TEST

static void *
read_slowly(void *data)
{
	struct reading *reading = data;

	while (read_some(reading, (int)WALL_LIMIT_MS))
		g_usleep(100);
	return NULL;
}

START_TEST(the_end_waits_for_a_reader_that_reads)
{
	struct reading reading;
	struct base_outlet_state state;
	int writer;
	struct base_outlet *outlet = create_way(WAY_PIPE, &reading, &writer);
	uint64_t next = fill(outlet, writer);
	GThread *thread = g_thread_new("reader", read_slowly, &reading);

	base_outlet_finish(outlet, &state);
	ck_assert_uint_eq(state.dropped, 1);
	close(writer);
	g_thread_join(thread);
	ck_assert_uint_eq(reading.next, next);
	ck_assert_uint_eq(reading.lost, 1);
	close(reading.fd);
	g_string_free(told, TRUE);
}
END_TEST

START_TEST(a_reader_that_reads_needs_no_thread)
{
	struct reading reading;
	unsigned int before = count_threads();
	int writer, flags;
	struct base_outlet *outlet = create_way((enum way)_i, &reading, &writer);

	flags = fcntl(writer, F_GETFL);
	for (uint64_t i = 0; i < 1000; i++) {
		ck_assert(put(outlet, i));
		/* The line is there. */
		ck_assert(read_some(&reading, 0));
		ck_assert_uint_eq(reading.next, i + 1);
	}
	ck_assert_uint_eq(count_threads(), before);
	ck_assert_int_eq(fcntl(writer, F_GETFL), flags);
	if (_i != WAY_FIFO)
		ck_assert_int_eq(flags & O_NONBLOCK, 0);
	base_outlet_finish(outlet, NULL);
	check_told("");
	remove_way(&reading, writer, (enum way)_i);
}
END_TEST

START_TEST(a_reader_that_is_gone_is_told_once)
{
	struct reading reading;
	struct base_outlet_state state;
	int writer;
	struct base_outlet *outlet = create_way((enum way)_i, &reading, &writer);

	close(reading.fd);
	reading.fd = -1;
	for (uint64_t i = 0; i < 100; i++)
		put(outlet, i);
	/* In the pipe of another user it is the thread that finds out. */
	base_outlet_flush(outlet, WALL_LIMIT_MS * 1000, WALL_LIMIT_MS * 1000);
	for (uint64_t i = 0; i < 100; i++)
		ck_assert(!put(outlet, i));
	base_outlet_finish(outlet, &state);
	ck_assert(state.over);
	ck_assert_int_eq(state.code, _i == WAY_TERMINAL ? EIO : EPIPE);
	ck_assert_uint_eq(state.dropped, 200);
	check_told("O");
	remove_way(&reading, writer, (enum way)_i);
}
END_TEST

START_TEST(a_fifo_needs_no_reader_and_outlives_one)
{
	struct reading reading = {0};
	int writer = open_fifo(&reading.fd);
	struct base_outlet *outlet = create(writer, false);

	close(reading.fd);
	ck_assert(put(outlet, 0));
	ck_assert(put(outlet, 1));
	reading.fd = open(fifo, O_RDONLY | O_CLOEXEC);
	read_until(&reading, 2);
	close(reading.fd);
	ck_assert(put(outlet, 2));
	reading.fd = open(fifo, O_RDONLY | O_CLOEXEC);
	read_until(&reading, 3);
	base_outlet_finish(outlet, NULL);
	ck_assert(!read_some(&reading, (int)WALL_LIMIT_MS)); /* the end of the file */
	check_told("");
	remove_way(&reading, writer, WAY_FIFO);
}
END_TEST

/* A limit of the size of files fails as a full disk does. */
static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		abort();
}

/* Nothing is asserted meanwhile: Check writes to a file, too. */
START_TEST(a_full_disk_is_told_once_and_goes_on)
{
	g_autofree char *path = NULL;
	int fd = g_file_open_tmp("spinor-outlet-XXXXXX", &path, NULL);
	struct reading reading = {.fd = open(path, O_RDONLY | O_CLOEXEC)};
	struct base_outlet *outlet = create(fd, false);
	struct base_outlet_state state;
	uint64_t next;

	signal(SIGXFSZ, SIG_IGN);
	limit_files(100);
	next = fill(outlet, fd);
	put(outlet, next++);
	base_outlet_get(outlet, &state);
	limit_files(RLIM_INFINITY);
	ck_assert_int_eq(state.code, EFBIG);
	ck_assert_uint_eq(state.dropped, 2);
	ck_assert(!state.over);
	check_told("F");
	/* The line that finds room again is the last that is dropped, and the gap ends. */
	put(outlet, next++);
	ck_assert(put(outlet, next++));
	while (read_some(&reading, 0))
		;
	ck_assert_uint_eq(reading.next, next);
	ck_assert_uint_eq(reading.lost, 3);
	base_outlet_finish(outlet, &state);
	ck_assert_int_eq(state.code, 0);
	ck_assert_uint_eq(state.dropped, 3);
	check_told("FW*");
	close(reading.fd);
	g_unlink(path);
	g_string_free(told, TRUE);
}
END_TEST

START_TEST(a_disk_that_is_full_for_a_moment_loses_nothing)
{
	g_autofree char *path = NULL;
	int fd = g_file_open_tmp("spinor-outlet-XXXXXX", &path, NULL);
	struct reading reading = {.fd = open(path, O_RDONLY | O_CLOEXEC)};
	struct base_outlet *outlet = create(fd, false);
	struct base_outlet_state state;
	bool good = true;

	signal(SIGXFSZ, SIG_IGN);
	limit_files(1);
	for (uint64_t i = 0; i < 100; i++)
		good &= put(outlet, i);
	limit_files(RLIM_INFINITY);
	ck_assert(good);
	base_outlet_finish(outlet, &state);
	ck_assert_uint_eq(state.dropped, 0);
	while (read_some(&reading, 0))
		;
	ck_assert_uint_eq(reading.next, 100);
	check_told("FW");
	close(reading.fd);
	g_unlink(path);
	g_string_free(told, TRUE);
}
END_TEST

#define THREADS 4
#define LINES 20000

struct putter {
	struct base_outlet *outlet;
	unsigned int number;
};

static void *
put_many(void *data)
{
	const struct putter *putter = data;
	char line[32];

	for (unsigned int i = 1; i <= LINES; i++) {
		g_snprintf(line, sizeof line, "%u of %u\n", i, putter->number);
		base_outlet_put(putter->outlet, line, strlen(line));
	}
	return NULL;
}

/* Four threads, a fast reader and a slow one: lines are in order, and none is lost uncounted. */
START_TEST(threads_keep_order_and_count)
{
	unsigned int lines = 0, lost = 0, n, number, last[THREADS] = {0};
	struct putter putters[THREADS];
	struct base_outlet_state state;
	GThread *threads[THREADS];
	struct base_outlet *outlet;
	char line[64];
	int ends[2];
	FILE *file;

	ck_assert_int_eq(pipe(ends), 0);
	outlet = create(ends[1], true);
	for (unsigned int i = 0; i < THREADS; i++) {
		putters[i] = (struct putter){outlet, i};
		threads[i] = g_thread_new("put", put_many, &putters[i]);
	}
	file = fdopen(ends[0], "r");
	while (lines + lost < THREADS * LINES && fgets(line, sizeof line, file) != NULL) {
		if (sscanf(line, "lost %u", &n) == 1) {
			lost += n;
			continue;
		}
		ck_assert_int_eq(sscanf(line, "%u of %u", &n, &number), 2);
		ck_assert_uint_lt(number, THREADS);
		ck_assert_uint_gt(n, last[number]);
		last[number] = n;
		if (lines++ % 100 == 0 && _i == 1)
			g_usleep(1000);
	}
	for (unsigned int i = 0; i < THREADS; i++)
		g_thread_join(threads[i]);
	ck_assert_uint_eq(lines + lost, THREADS * LINES);
	base_outlet_finish(outlet, &state);
	ck_assert_uint_eq(state.dropped, lost);
	fclose(file);
	close(ends[1]);
	g_string_free(told, TRUE);
}
END_TEST

/* A record, which has no gaps, waits for room, but not for ever. */
START_TEST(waiting_for_room_has_a_limit)
{
	struct reading reading;
	int writer;
	struct base_outlet *outlet = create_way(WAY_PIPE, &reading, &writer);
	uint64_t next = fill(outlet, writer);
	g_autofree char *line = g_strdup_printf("%" PRIu64 "\n", next);
	GThread *thread;

	ck_assert(!base_outlet_put_within(outlet, line, strlen(line), 1000));
	thread = g_thread_new("reader", read_slowly, &reading);
	g_free(line);
	line = g_strdup_printf("%" PRIu64 "\n", next + 1);
	ck_assert(base_outlet_put_within(outlet, line, strlen(line), WALL_LIMIT_MS * 1000));
	base_outlet_finish(outlet, NULL);
	close(writer);
	g_thread_join(thread);
	ck_assert_uint_eq(reading.lost, 2);
	ck_assert_uint_eq(reading.next, next + 2);
	close(reading.fd);
	g_string_free(told, TRUE);
}
END_TEST

Suite *
suite_outlet(void)
{
	Suite *suite = suite_create("outlet");
	TCase *outlet = tcase_create("outlet");

	tcase_add_loop_test(outlet, a_reader_that_does_not_read_blocks_nobody, 0, WAYS);
	tcase_add_loop_test(outlet, the_end_does_not_wait_for_a_reader, 0, WAYS);
	tcase_add_test(outlet, the_end_waits_for_a_reader_that_reads);
	tcase_add_loop_test(outlet, a_reader_that_reads_needs_no_thread, WAY_PIPE, WAY_PIPE + 1);
	tcase_add_loop_test(outlet, a_reader_that_reads_needs_no_thread, WAY_SOCKET, WAYS);
	tcase_add_loop_test(outlet, a_reader_that_is_gone_is_told_once, 0, WAY_FIFO);
	tcase_add_test(outlet, a_fifo_needs_no_reader_and_outlives_one);
	tcase_add_test(outlet, a_full_disk_is_told_once_and_goes_on);
	tcase_add_test(outlet, a_disk_that_is_full_for_a_moment_loses_nothing);
	tcase_add_loop_test(outlet, threads_keep_order_and_count, 0, 2);
	tcase_add_test(outlet, waiting_for_room_has_a_limit);
	suite_add_tcase(suite, outlet);
	return suite;
}
