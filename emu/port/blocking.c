/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocking calls that another descriptor interrupts. A blocking read() costs less than poll() and
 * read(), but GLib wakes a context by making a descriptor readable, which does not end a read().
 * Here one thread per process, the waker, waits for the descriptors of all threads that block, and
 * sends a signal to the thread concerned.
 *
 * A signal alone could be lost: it may arrive after the last check and before the read(). Therefore
 * its handler makes the line non-blocking. The kernel looks at O_NONBLOCK and at pending signals
 * only when it finds nothing to read (no room to write), and then:
 *
 *	the handler has run before the system call     EAGAIN
 *	the signal arrives during the system call      the call ends, the handler runs, and
 *	                                               SA_RESTART repeats the call: EAGAIN
 *	the call has something to return               it does; the handler runs before the thread
 *	                                               is back in user mode, as in the first case
 *
 * Nor can the wake-up be lost before the signal: epoll_ctl() reports a descriptor that is readable
 * already, and its owner reads it only after port_blocking_end(). A descriptor is registered
 * only between port_blocking_begin() and _end(), for one event (EPOLLONESHOT), so that neither a
 * closed descriptor nor a thread that has ended is ever in the table. An event that the waker holds
 * when its thread has ended the blocking finds no entry, or that of another thread to which the
 * descriptor's number has passed: that one is interrupted for nothing and checks again.
 *
 * By all this one signal is enough. The waker still repeats it until the blocking has ended: nobody
 * shall wait for ever for something that was overlooked here, or in what runs the program (valgrind
 * and ThreadSanitizer deliver signals late).
 *
 * The signal is SIGURG: ignored by default, so that none that goes astray does harm, passed on by
 * debuggers, and, unlike a real-time signal, never refused for want of memory (RLIMIT_SIGPENDING).
 * Other system calls of the thread may be interrupted between begin and end, as they may by any
 * handler of the program, and are restarted.
 */
#include "port/blocking.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#define WAKE_SIGNAL SIGURG

/* Events per epoll_wait(); more wait for the next one. */
#define EVENTS_MAX 32

#define REPEAT_MS 10

/* ThreadSanitizer runs a handler only after the system call, which therefore has to return. */
#ifdef __SANITIZE_THREAD__
#define RESTART 0
#else
#define RESTART SA_RESTART
#endif

/* What this thread has made blocking. The handler uses the volatile members. */
struct line {
	volatile int fd; /* -1: nothing */
	volatile int flags;
	volatile sig_atomic_t blocking;
	int wake_fd;
	pthread_t thread;
	sigset_t mask; /* of the thread, before */
};

static __thread struct line line = {.fd = -1};

static struct {
	pid_t pid; /* a forked child has no such thread */
	int epoll;
	/* Guards the tables and the registrations that they mirror; not a GMutex, of which
	 * ThreadSanitizer knows nothing. */
	pthread_mutex_t mutex;
	GHashTable *lines; /* wake_fd -> line */
	GHashTable *woken; /* those of which wake_fd was readable, likewise */
} waker = {.epoll = -1, .mutex = PTHREAD_MUTEX_INITIALIZER};

static void
handle_signal(int number)
{
	int code = errno;

	(void)number;
	port_blocking_stop();
	errno = code;
}

/* With the mutex held: so the threads are still there. */
static void
send_signals(void)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, waker.woken);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		pthread_kill(((const struct line *)value)->thread, WAKE_SIGNAL);
}

static gpointer
run_waker(gpointer data)
{
	struct epoll_event events[EVENTS_MAX];
	int timeout_ms = -1;

	(void)data;
	for (;;) {
		int n = epoll_wait(waker.epoll, events, EVENTS_MAX, timeout_ms);

		pthread_mutex_lock(&waker.mutex);
		for (int i = 0; i < n; i++) {
			gpointer key = GINT_TO_POINTER(events[i].data.fd);
			gpointer of = g_hash_table_lookup(waker.lines, key);

			if (of)
				g_hash_table_insert(waker.woken, key, of);
		}
		send_signals();
		timeout_ms = g_hash_table_size(waker.woken) > 0 ? REPEAT_MS : -1;
		pthread_mutex_unlock(&waker.mutex);
	}
	return NULL;
}

/* 0, or what failed. */
static const char *
install_handler(void)
{
	struct sigaction action = {.sa_handler = handle_signal, .sa_flags = RESTART}, old;

	if (sigaction(WAKE_SIGNAL, NULL, &old) < 0)
		return "sigaction";
	if ((old.sa_flags & SA_SIGINFO) || (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN))
		return "SIGURG is in use";
	sigemptyset(&action.sa_mask);
	return sigaction(WAKE_SIGNAL, &action, NULL) < 0 ? "sigaction" : NULL;
}

/* The program's signals are none of the waker's business. */
static GThread *
start_thread(void)
{
	sigset_t all, old;
	GThread *thread;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	thread = g_thread_try_new("port waker", run_waker, NULL, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return thread;
}

static gpointer
start_waker(gpointer data)
{
	const char *failed = NULL;
	GThread *thread = NULL;

	(void)data;
	waker.lines = g_hash_table_new(NULL, NULL);
	waker.woken = g_hash_table_new(NULL, NULL);
	waker.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (waker.epoll < 0)
		failed = "epoll_create1";
	if (!failed)
		failed = install_handler();
	if (!failed && !(thread = start_thread()))
		failed = "no thread";
	if (failed) {
		log_debug("no blocking exchange with hosts: %s", failed);
		return NULL;
	}
	g_thread_unref(thread);
	waker.pid = getpid();
	return &waker;
}

static bool
is_started(void)
{
	static GOnce once = G_ONCE_INIT;

	return g_once(&once, start_waker, NULL) && waker.pid == getpid();
}

static bool
add_line(void)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = line.wake_fd};
	bool done;

	pthread_mutex_lock(&waker.mutex);
	done = epoll_ctl(waker.epoll, EPOLL_CTL_ADD, line.wake_fd, &event) == 0;
	/* The event may have come already, but the waker needs the mutex to handle it. */
	if (done)
		g_hash_table_insert(waker.lines, GINT_TO_POINTER(line.wake_fd), &line);
	pthread_mutex_unlock(&waker.mutex);
	return done;
}

static void
remove_line(void)
{
	pthread_mutex_lock(&waker.mutex);
	epoll_ctl(waker.epoll, EPOLL_CTL_DEL, line.wake_fd, NULL);
	g_hash_table_remove(waker.lines, GINT_TO_POINTER(line.wake_fd));
	g_hash_table_remove(waker.woken, GINT_TO_POINTER(line.wake_fd));
	pthread_mutex_unlock(&waker.mutex);
}

static void
allow_signal(void)
{
	sigset_t only;

	sigemptyset(&only);
	sigaddset(&only, WAKE_SIGNAL);
	pthread_sigmask(SIG_UNBLOCK, &only, &line.mask);
}

/* A signal that is still pending is handled when fcntl() returns, at the latest. */
static void
restore_line(int fd)
{
	line.fd = -1;
	fcntl(fd, F_SETFL, line.flags | O_NONBLOCK);
	pthread_sigmask(SIG_SETMASK, &line.mask, NULL);
}

bool
port_blocking_begin(int fd, int wake_fd)
{
	int flags;

	g_return_val_if_fail(line.fd < 0, false);
	if (!is_started())
		return false;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return false;
	line.flags = flags;
	line.wake_fd = wake_fd;
	line.thread = pthread_self();
	line.blocking = 1;
	line.fd = fd;
	allow_signal();
	if (add_line())
		return true;
	restore_line(fd);
	return false;
}

bool
port_blocking_holds(void)
{
	return line.blocking;
}

void
port_blocking_stop(void)
{
	int fd = line.fd;

	if (fd < 0)
		return;
	line.blocking = 0;
	fcntl(fd, F_SETFL, line.flags | O_NONBLOCK);
}

void
port_blocking_end(void)
{
	remove_line();
	restore_line(line.fd);
}
