/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tells ThreadSanitizer which order the synchronisation of GLib gives, since GLib is not compiled
 * for it: its locks are futexes, which the sanitizer does not see. The functions here have the
 * names of GLib's and are linked into the programs of a build with --enable-sanitizers=thread only.
 * Each calls GLib's and states the order that GLib's documentation promises, nothing more:
 *
 *  - a GMutex is a lock, and a GCond releases it while it waits;
 *  - a thread that changes a source or wakes a context is before the next dispatch of that context;
 *  - a thread that pushes into a queue is before the one that takes from it;
 *  - the initialisation of g_once_init_leave() is before whatever has seen its result.
 *
 * Threads are created and joined by pthread functions, which the sanitizer sees by itself. The
 * order between two callbacks of different contexts, or from a dispatch back to the thread that
 * attached its source, is left out on purpose: a program that relied on it would rely on locks
 * inside GLib.
 */
#include <dlfcn.h>
#include <glib.h>
#include <pthread.h>
#include <sanitizer/tsan_interface.h>

/* The dispatching loop of a context, for g_main_loop_quit(). */
struct run {
	GMainLoop *loop;
	gboolean is_running;
	struct run *outer;
};

static pthread_mutex_t runs_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct run *runs;

/* Calls GLib's function of this name; the macro of the same name, if any, is not used. */
#define REAL(function)                                                            \
	static __typeof__(&(function)) real;                                      \
	__typeof__(&(function)) found = __atomic_load_n(&real, __ATOMIC_RELAXED); \
	if (found == NULL) {                                                      \
		*(void **)&found = dlsym(RTLD_NEXT, #function);                   \
		__atomic_store_n(&real, found, __ATOMIC_RELAXED);                 \
	}

/* Blocks that GLib itself allocates and frees are ordered by its locks. And each test of a suite is
 * a process, which without an option waits for a second at its exit. */
const char *__tsan_default_options(void);

const char *
__tsan_default_options(void)
{
	return "ignore_noninstrumented_modules=1 atexit_sleep_ms=0";
}

static GMainContext *
or_default(GMainContext *context)
{
	return context != NULL ? context : g_main_context_default();
}

void
g_mutex_init(GMutex *mutex)
{
	REAL(g_mutex_init)
	found(mutex);
	__tsan_mutex_create(mutex, __tsan_mutex_not_static);
}

void
g_mutex_clear(GMutex *mutex)
{
	REAL(g_mutex_clear)
	__tsan_mutex_destroy(mutex, __tsan_mutex_not_static);
	found(mutex);
}

void
g_mutex_lock(GMutex *mutex)
{
	REAL(g_mutex_lock)
	__tsan_mutex_pre_lock(mutex, 0);
	found(mutex);
	__tsan_mutex_post_lock(mutex, 0, 0);
}

gboolean
g_mutex_trylock(GMutex *mutex)
{
	REAL(g_mutex_trylock)
	gboolean is_locked;

	__tsan_mutex_pre_lock(mutex, __tsan_mutex_try_lock);
	is_locked = found(mutex);
	__tsan_mutex_post_lock(mutex,
		is_locked ? __tsan_mutex_try_lock
			  : __tsan_mutex_try_lock | __tsan_mutex_try_lock_failed,
		0);
	return is_locked;
}

void
g_mutex_unlock(GMutex *mutex)
{
	REAL(g_mutex_unlock)
	__tsan_mutex_pre_unlock(mutex, 0);
	found(mutex);
	__tsan_mutex_post_unlock(mutex, 0);
}

void
g_cond_wait(GCond *cond, GMutex *mutex)
{
	REAL(g_cond_wait)
	__tsan_mutex_pre_unlock(mutex, 0);
	__tsan_mutex_post_unlock(mutex, 0);
	found(cond, mutex);
	__tsan_mutex_pre_lock(mutex, 0);
	__tsan_mutex_post_lock(mutex, 0, 0);
}

gboolean
g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time)
{
	REAL(g_cond_wait_until)
	gboolean is_signalled;

	__tsan_mutex_pre_unlock(mutex, 0);
	__tsan_mutex_post_unlock(mutex, 0);
	is_signalled = found(cond, mutex, end_time);
	__tsan_mutex_pre_lock(mutex, 0);
	__tsan_mutex_post_lock(mutex, 0, 0);
	return is_signalled;
}

void
g_async_queue_push(GAsyncQueue *queue, gpointer data)
{
	REAL(g_async_queue_push)
	__tsan_release(queue);
	found(queue, data);
}

gpointer
g_async_queue_timeout_pop(GAsyncQueue *queue, guint64 timeout_us)
{
	REAL(g_async_queue_timeout_pop)
	gpointer data = found(queue, timeout_us);

	__tsan_acquire(queue);
	return data;
}

gboolean(g_once_init_enter)(volatile void *location)
{
	REAL(g_once_init_enter)
	gboolean is_first = found(location);

	__tsan_acquire((void *)location);
	return is_first;
}

void(g_once_init_leave)(volatile void *location, gsize result)
{
	REAL(g_once_init_leave)
	__tsan_release((void *)location);
	found(location, result);
}

guint
g_source_attach(GSource *source, GMainContext *context)
{
	REAL(g_source_attach)
	__tsan_release(or_default(context));
	return found(source, context);
}

void
g_source_set_ready_time(GSource *source, gint64 ready_time)
{
	REAL(g_source_set_ready_time)
	if (!g_source_is_destroyed(source) && g_source_get_context(source) != NULL)
		__tsan_release(g_source_get_context(source));
	found(source, ready_time);
}

void
g_main_context_invoke_full(GMainContext *context, gint priority, GSourceFunc function,
	gpointer data, GDestroyNotify notify)
{
	REAL(g_main_context_invoke_full)
	__tsan_release(or_default(context));
	found(context, priority, function, data, notify);
}

void
g_main_context_invoke(GMainContext *context, GSourceFunc function, gpointer data)
{
	g_main_context_invoke_full(context, G_PRIORITY_DEFAULT, function, data, NULL);
}

void
g_main_context_wakeup(GMainContext *context)
{
	REAL(g_main_context_wakeup)
	__tsan_release(or_default(context));
	found(context);
}

guint
g_idle_add(GSourceFunc function, gpointer data)
{
	REAL(g_idle_add)
	__tsan_release(g_main_context_default());
	return found(function, data);
}

/* One iteration as GLib does it, but the dispatch is after all that was released to the context:
 * GLib looks at its sources again after the poll, so the poll is too early.
 */
static gboolean
iterate(GMainContext *context, gboolean may_block)
{
	GPollFD few[16];
	g_autofree GPollFD *many = NULL;
	GPollFD *fds = few;
	gint priority, timeout_ms, n, allocated = G_N_ELEMENTS(few);
	gboolean is_ready;

	if (!g_main_context_acquire(context))
		g_error("two threads iterate one context");
	__tsan_acquire(context);
	g_main_context_prepare(context, &priority);
	while ((n = g_main_context_query(context, priority, &timeout_ms, fds, allocated)) >
		allocated) {
		g_free(many);
		many = fds = g_new(GPollFD, n);
		allocated = n;
	}
	g_main_context_get_poll_func(context)(fds, (guint)n, may_block ? timeout_ms : 0);
	is_ready = g_main_context_check(context, priority, fds, n);
	__tsan_acquire(context);
	g_main_context_dispatch(context);
	g_main_context_release(context);
	return is_ready;
}

gboolean
g_main_context_iteration(GMainContext *context, gboolean may_block)
{
	return iterate(or_default(context), may_block);
}

static void
stop(GMainLoop *loop)
{
	pthread_mutex_lock(&runs_mutex);
	for (struct run *run = runs; run != NULL; run = run->outer)
		if (run->loop == loop)
			run->is_running = FALSE;
	pthread_mutex_unlock(&runs_mutex);
}

static gboolean
is_running(const struct run *run)
{
	gboolean is;

	pthread_mutex_lock(&runs_mutex);
	is = run->is_running;
	pthread_mutex_unlock(&runs_mutex);
	return is;
}

void
g_main_loop_run(GMainLoop *loop)
{
	struct run run = {.loop = loop, .is_running = TRUE};
	struct run **link;

	g_main_loop_ref(loop);
	pthread_mutex_lock(&runs_mutex);
	run.outer = runs;
	runs = &run;
	pthread_mutex_unlock(&runs_mutex);
	while (is_running(&run))
		iterate(g_main_loop_get_context(loop), TRUE);
	pthread_mutex_lock(&runs_mutex);
	for (link = &runs; *link != &run; link = &(*link)->outer)
		;
	*link = run.outer;
	pthread_mutex_unlock(&runs_mutex);
	g_main_loop_unref(loop);
}

void
g_main_loop_quit(GMainLoop *loop)
{
	REAL(g_main_loop_quit)
	stop(loop);
	__tsan_release(g_main_loop_get_context(loop));
	found(loop);
}
