/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A queue of lines in front of a sink.
 *
 *	caller      put: into the queue; writes the queue itself, unless the sink is blocked or
 *	            another thread is writing, which then writes these lines too
 *	own thread  exists from the first time that the sink is blocked: polls for room, writes
 *
 * So a line is with a healthy reader when put() returns, and costs one write(2). No lock is held
 * during that, and one thread writes at a time, which keeps the order. After an error other than a
 * reader that is gone, the lines stay in the queue, and the next put() tries again: a disk has no
 * way to tell when it has room.
 *
 * When the queue is full, lines are dropped until it is half empty; then a line with their number
 * follows. Lines are dropped at the end and not at the beginning: the first ones of a burst tell
 * how it began.
 *
 * At the end the thread may be stuck in a write (base/sink.h, may_wait): then it is left alone, and
 * frees the queue if it ever returns.
 */
#include "base/outlet.h"

#include "base/sink.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define GAP_BYTES 160
#define LAST_BYTES 64

/* The end waits for a reader that reads. */
#define PROGRESS_US (G_USEC_PER_SEC / 10)
#define FINISH_US (2 * (gint64)G_USEC_PER_SEC)

/* A pause if poll() finds room that write() does not. */
#define PAUSE_US 10000

struct base_outlet {
	struct base_outlet_plan plan;
	struct base_sink sink;
	gint references; /* atomic: the caller and the thread */

	GMutex lock;            /* guards the rest */
	GCond work;             /* for the thread */
	bool is_idle;           /* it waits for that */
	GCond progress;         /* for others */
	unsigned int n_waiting; /* how many */
	GThread *thread;        /* NULL: not needed so far */
	int wake;               /* eventfd that ends its poll; -1: no thread */
	bool ending;            /* the thread has to end */
	bool writing;           /* a thread is in drain() */
	bool blocked;           /* the sink has no room: the thread waits for it */
	bool over;
	int code;
	char *queue;
	size_t first, used;
	uint64_t written; /* bytes */
	uint64_t dropped; /* lines */
	uint64_t gap;     /* those that are not told in a line yet */
	char last[LAST_BYTES];
	unsigned int news;     /* to be told: bits of enum base_outlet_news */
	uint64_t news_dropped; /* for BASE_OUTLET_WORKS */
	int news_code;         /* for BASE_OUTLET_FAILED and _OVER */
};

static void *serve(void *data);

/* Signals are system calls, also if nobody waits. */
static void
wake_thread(struct base_outlet *outlet)
{
	if (outlet->is_idle)
		g_cond_signal(&outlet->work);
}

static void
tell_progress(struct base_outlet *outlet)
{
	if (outlet->n_waiting > 0)
		g_cond_broadcast(&outlet->progress);
}

/* False: the time is over. */
static bool
wait_for_progress(struct base_outlet *outlet, int64_t until_us)
{
	bool good;

	outlet->n_waiting++;
	good = g_cond_wait_until(&outlet->progress, &outlet->lock, until_us);
	outlet->n_waiting--;
	return good;
}

static void
unref(struct base_outlet *outlet)
{
	if (!g_atomic_int_dec_and_test(&outlet->references))
		return;
	base_sink_close(&outlet->sink);
	if (outlet->wake >= 0)
		close(outlet->wake);
	g_mutex_clear(&outlet->lock);
	g_cond_clear(&outlet->work);
	g_cond_clear(&outlet->progress);
	g_free(outlet->queue);
	g_free(outlet);
}

struct base_outlet *
base_outlet_new(const struct base_outlet_plan *plan)
{
	struct base_outlet *outlet = g_new0(struct base_outlet, 1);

	outlet->plan = *plan;
	base_sink_init(&outlet->sink, plan->fd, plan->shared);
	outlet->references = 1;
	outlet->wake = -1;
	outlet->queue = g_malloc(plan->capacity);
	g_mutex_init(&outlet->lock);
	g_cond_init(&outlet->work);
	g_cond_init(&outlet->progress);
	return outlet;
}

static uint64_t
count_lines(const struct base_outlet *outlet)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < outlet->used; i++)
		lines += outlet->queue[(outlet->first + i) % outlet->plan.capacity] == '\n';
	return lines;
}

static void
append(struct base_outlet *outlet, const char *text, size_t n)
{
	size_t at = (outlet->first + outlet->used) % outlet->plan.capacity;
	size_t piece = MIN(n, outlet->plan.capacity - at);

	memcpy(outlet->queue + at, text, piece);
	memcpy(outlet->queue, text + piece, n - piece);
	outlet->used += n;
}

/* Ends a gap once there is room again. */
static void
close_gap(struct base_outlet *outlet)
{
	char line[GAP_BYTES];

	if (outlet->gap == 0 || outlet->over || outlet->used > outlet->plan.capacity / 2)
		return;
	if (outlet->plan.gap != NULL)
		append(outlet, line,
			outlet->plan.gap(line, sizeof line, outlet->gap, outlet->last));
	outlet->news |= 1u << BASE_OUTLET_WORKS;
	outlet->news_dropped += outlet->gap;
	outlet->gap = 0;
}

static void
drop(struct base_outlet *outlet, const char *line, size_t n)
{
	if (outlet->gap++ == 0 && outlet->code == 0 && !outlet->over)
		outlet->news |= 1u << BASE_OUTLET_DROPS;
	outlet->dropped++;
	n = MIN(n, sizeof outlet->last - 1);
	memcpy(outlet->last, line, n);
	outlet->last[n] = '\0';
}

/* False: there are no resources for a thread; the next put() tries again. */
static bool
start_thread(struct base_outlet *outlet)
{
	if (outlet->thread != NULL)
		return true;
	if (outlet->wake < 0)
		outlet->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (outlet->wake < 0)
		return false;
	g_atomic_int_inc(&outlet->references);
	outlet->thread = g_thread_try_new("outlet", serve, outlet, NULL);
	if (outlet->thread == NULL)
		g_atomic_int_add(&outlet->references, -1);
	return outlet->thread != NULL;
}

static void
end_here(struct base_outlet *outlet, int code)
{
	outlet->over = true;
	outlet->code = code;
	outlet->dropped += count_lines(outlet);
	outlet->used = 0;
	outlet->news |= 1u << BASE_OUTLET_OVER;
	outlet->news_code = code;
}

static void
note_error(struct base_outlet *outlet, int code)
{
	if (code == EAGAIN) {
		outlet->blocked = start_thread(outlet);
	} else if (base_sink_is_over(&outlet->sink, code)) {
		end_here(outlet, code);
	} else {
		if (outlet->code == 0) {
			outlet->news |= 1u << BASE_OUTLET_FAILED;
			outlet->news_code = code;
		}
		outlet->code = code;
	}
}

static void
note_success(struct base_outlet *outlet, size_t n)
{
	outlet->used -= n;
	outlet->first = outlet->used > 0 ? (outlet->first + n) % outlet->plan.capacity : 0;
	outlet->written += n;
	if (outlet->code != 0 && outlet->gap == 0)
		outlet->news |= 1u << BASE_OUTLET_WORKS;
	outlet->code = 0;
	close_gap(outlet);
	tell_progress(outlet);
}

/* Writes the queue until it is empty or the sink takes no more. The lock is held, except during a
 * write. */
static void
drain(struct base_outlet *outlet)
{
	outlet->writing = true;
	while (outlet->used > 0) {
		const char *from = outlet->queue + outlet->first;
		size_t n = MIN(outlet->used, outlet->plan.capacity - outlet->first);
		ssize_t result;

		g_mutex_unlock(&outlet->lock);
		result = base_sink_write(&outlet->sink, from, n);
		g_mutex_lock(&outlet->lock);
		if (result < 0) {
			note_error(outlet, (int)-result);
			break;
		}
		note_success(outlet, (size_t)result);
		if (outlet->sink.may_wait || outlet->ending) {
			outlet->blocked = outlet->sink.may_wait;
			break;
		}
	}
	outlet->writing = false;
	tell_progress(outlet);
	if (outlet->blocked)
		wake_thread(outlet);
}

/* Calls the owner, without the lock. */
static void
tell(struct base_outlet *outlet)
{
	unsigned int news = outlet->news;
	uint64_t dropped = outlet->news_dropped;
	int code = outlet->news_code;

	outlet->news = 0;
	outlet->news_dropped = 0;
	if (news == 0 || outlet->plan.news == NULL)
		return;
	g_mutex_unlock(&outlet->lock);
	for (int i = BASE_OUTLET_DROPS; i <= BASE_OUTLET_OVER; i++) {
		if (news & 1u << i)
			outlet->plan.news(outlet->plan.data, (enum base_outlet_news)i,
				i == BASE_OUTLET_WORKS ? dropped : 0,
				i == BASE_OUTLET_FAILED || i == BASE_OUTLET_OVER ? code : 0);
	}
	g_mutex_lock(&outlet->lock);
}

/* Polls for room without the lock; a pause if the last time there was none in spite of that. */
static void
wait_for_room(struct base_outlet *outlet, bool in_vain)
{
	struct pollfd fds[] = {
		{.fd = base_sink_poll_fd(&outlet->sink), .events = POLLOUT},
		{.fd = outlet->wake, .events = POLLIN},
	};

	g_mutex_unlock(&outlet->lock);
	if (in_vain)
		g_usleep(PAUSE_US);
	while (poll(fds, G_N_ELEMENTS(fds), -1) < 0 && errno == EINTR)
		;
	g_mutex_lock(&outlet->lock);
}

static void *
serve(void *data)
{
	struct base_outlet *outlet = data;
	bool in_vain = false;

	g_mutex_lock(&outlet->lock);
	while (!outlet->ending) {
		uint64_t before = outlet->written;

		if (!outlet->blocked || outlet->writing || outlet->used == 0) {
			outlet->is_idle = true;
			g_cond_wait(&outlet->work, &outlet->lock);
			outlet->is_idle = false;
			continue;
		}
		wait_for_room(outlet, in_vain);
		if (outlet->ending)
			break;
		outlet->blocked = false;
		drain(outlet);
		in_vain = outlet->blocked && outlet->written == before;
		tell(outlet);
	}
	g_mutex_unlock(&outlet->lock);
	unref(outlet);
	return NULL;
}

/* True: the lines are in the queue. The lock is held. */
static bool
enqueue(struct base_outlet *outlet, const char *lines, size_t n)
{
	if (outlet->gap > 0)
		close_gap(outlet);
	if (outlet->over || outlet->gap > 0 || n > outlet->plan.capacity - outlet->used)
		return false;
	append(outlet, lines, n);
	return true;
}

/* Writes, or lets the thread write. */
static void
push(struct base_outlet *outlet)
{
	if (outlet->used > 0 && outlet->sink.may_wait)
		outlet->blocked = start_thread(outlet);
	if (outlet->blocked)
		wake_thread(outlet);
	else if (!outlet->writing && !outlet->sink.may_wait)
		drain(outlet);
}

/* The caller holds the lock, which is released. good: the lines are in the queue. */
static bool
end_put(struct base_outlet *outlet, const char *lines, size_t n, bool good)
{
	if (!good)
		drop(outlet, lines, n);
	push(outlet);
	if (outlet->news != 0)
		tell(outlet);
	g_mutex_unlock(&outlet->lock);
	return good;
}

bool
base_outlet_put(struct base_outlet *outlet, const char *lines, size_t n)
{
	g_mutex_lock(&outlet->lock);
	return end_put(outlet, lines, n, enqueue(outlet, lines, n));
}

bool
base_outlet_put_within(struct base_outlet *outlet, const char *lines, size_t n, int64_t limit_us)
{
	int64_t until_us = g_get_monotonic_time() + limit_us;
	bool good;

	g_mutex_lock(&outlet->lock);
	while (!(good = enqueue(outlet, lines, n)) && !outlet->over && outlet->code == 0)
		if (!wait_for_progress(outlet, until_us))
			break;
	return end_put(outlet, lines, n, good);
}

void
base_outlet_get(struct base_outlet *outlet, struct base_outlet_state *state)
{
	g_mutex_lock(&outlet->lock);
	*state = (struct base_outlet_state){
		.dropped = outlet->dropped,
		.waiting = outlet->used,
		.code = outlet->code,
		.over = outlet->over,
	};
	g_mutex_unlock(&outlet->lock);
}

/* Waits for the thread, as long as the reader reads. The lock is held. */
static void
flush(struct base_outlet *outlet, int64_t patience_us, int64_t limit_us)
{
	int64_t end_us = g_get_monotonic_time() + limit_us;

	if (!outlet->blocked && !outlet->writing && !outlet->sink.may_wait)
		drain(outlet);
	while ((outlet->used > 0 || outlet->writing) && (outlet->blocked || outlet->writing)) {
		int64_t until_us = MIN(g_get_monotonic_time() + patience_us, end_us);
		uint64_t before = outlet->written;

		while (outlet->written == before && (outlet->blocked || outlet->writing))
			if (!wait_for_progress(outlet, until_us))
				return;
	}
}

bool
base_outlet_flush(struct base_outlet *outlet, int64_t patience_us, int64_t limit_us)
{
	bool good;

	g_mutex_lock(&outlet->lock);
	flush(outlet, patience_us, limit_us);
	good = outlet->used == 0 && !outlet->over;
	g_mutex_unlock(&outlet->lock);
	return good;
}

void
base_outlet_finish(struct base_outlet *outlet, struct base_outlet_state *state)
{
	GThread *thread;
	uint64_t one = 1;
	bool stuck;
	int code = 0;

	if (outlet == NULL)
		return;
	g_mutex_lock(&outlet->lock);
	flush(outlet, PROGRESS_US, FINISH_US);
	tell(outlet);
	outlet->ending = true;
	outlet->dropped += count_lines(outlet);
	thread = outlet->thread;
	stuck = outlet->writing && outlet->sink.may_wait;
	wake_thread(outlet);
	g_mutex_unlock(&outlet->lock);
	if (thread != NULL && write(outlet->wake, &one, sizeof one) == sizeof one && !stuck)
		g_thread_join(thread);
	else if (thread != NULL)
		g_thread_unref(thread);
	if (!stuck)
		code = base_sink_close(&outlet->sink);
	if (state != NULL)
		base_outlet_get(outlet, state);
	if (state != NULL && code < 0)
		state->code = -code;
	unref(outlet);
}
