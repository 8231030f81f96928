/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sandbox of a process with a bench. Hosts and clients of the control socket send it bytes that
 * nobody has checked; if an error in it let one of them run code, that code could do only what the
 * bench needs. There are three parts, each as far as the kernel and the build have it:
 *
 *	no_new_privs   no program that is started gets more rights
 *	Landlock       opens files only below the paths that the setup names; entered before any of
 *	               them is opened, and before there are other threads, which inherit it
 *	seccomp        makes only the calls of a bench in use; entered when all sockets exist
 *
 * A state file is replaced as a whole, by a temporary file beside it: the folder of an image is
 * writable therefore, with all that is in it.
 *
 * Leaves out: limits of memory and time, and other users' processes, from which the kernel protects
 * already.
 */
#include "sandbox/sandbox.h"

#include "base/log.h"
#include "base/pathlock.h"
#include "sandbox/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct sandbox {
	enum setup_sandbox mode;
	bool supervises;
	struct base_pathlock *claim; /* keeps the files of the claims open */
	GPtrArray *rules;            /* struct sandbox_rule */
	GHashTable *known;           /* path -> its rule */
};

/* Of the process; written before there are other threads. */
static struct {
	bool entered, only_logs, filter;
	int landlock;     /* version; 0: not active */
	GPtrArray *rules; /* struct sandbox_rule with real paths; NULL: not entered */
	char text[96];
} state;

static void
free_rule(void *data)
{
	struct sandbox_rule *rule = data;

	g_free(rule->path);
	g_free(rule);
}

/* Needed by any program, at any time. Host names are looked up when adapters get their TCP ports.
 * Libraries can be loaded late, such as those of character sets. */
static const struct {
	const char *path;
	unsigned int access;
} usual[] = {
	{"/dev/null", SANDBOX_READ | SANDBOX_WRITE},
	{"/dev/ptmx", SANDBOX_READ | SANDBOX_WRITE | SANDBOX_TERMINAL},
	{"/dev/pts", SANDBOX_READ | SANDBOX_WRITE | SANDBOX_TERMINAL},
	{"/etc/gai.conf", SANDBOX_READ},
	{"/etc/host.conf", SANDBOX_READ},
	{"/etc/hosts", SANDBOX_READ},
	{"/etc/ld.so.cache", SANDBOX_READ},
	{"/etc/localtime", SANDBOX_READ},
	{"/etc/nsswitch.conf", SANDBOX_READ},
	{"/etc/resolv.conf", SANDBOX_READ},
	{"/etc/services", SANDBOX_READ},
	{"/lib", SANDBOX_READ},
	{"/lib64", SANDBOX_READ},
	/* Standard output and error are opened again, if they are pipes or terminals. */
	{"/proc/self/fd/1", SANDBOX_WRITE},
	{"/proc/self/fd/2", SANDBOX_WRITE},
	{"/proc/sys/vm/overcommit_memory", SANDBOX_READ},
	{"/sys/devices/system/cpu", SANDBOX_READ},
	{"/usr/lib", SANDBOX_READ},
	{"/usr/lib64", SANDBOX_READ},
	{"/usr/share/locale", SANDBOX_READ},
	{"/usr/share/zoneinfo", SANDBOX_READ},
};

struct sandbox *
sandbox_new(enum setup_sandbox mode, bool supervises)
{
	struct sandbox *sandbox = g_new0(struct sandbox, 1);
	g_autofree char *self = g_strdup_printf("%ld", (long)getpid());
	int code;

	sandbox->mode = mode;
	sandbox->supervises = supervises;
	sandbox->claim = base_pathlock_new("process", self, &code);
	sandbox->rules = g_ptr_array_new_with_free_func(free_rule);
	sandbox->known = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < G_N_ELEMENTS(usual); i++)
		sandbox_allow(sandbox, usual[i].path, usual[i].access);
	if (supervises)
		sandbox_allow(sandbox, "/proc", SANDBOX_READ);
	return sandbox;
}

void
sandbox_free(struct sandbox *sandbox)
{
	if (sandbox == NULL)
		return;
	base_pathlock_destroy(sandbox->claim);
	g_hash_table_unref(sandbox->known);
	g_ptr_array_unref(sandbox->rules);
	g_free(sandbox);
}

void
sandbox_allow(struct sandbox *sandbox, const char *path, unsigned int access)
{
	struct sandbox_rule *rule = g_hash_table_lookup(sandbox->known, path);

	if (rule == NULL) {
		rule = g_new0(struct sandbox_rule, 1);
		rule->path = g_strdup(path);
		g_ptr_array_add(sandbox->rules, rule);
		g_hash_table_insert(sandbox->known, rule->path, rule);
	}
	rule->access |= access;
}

void
sandbox_allow_folder_of(struct sandbox *sandbox, const char *file, unsigned int access)
{
	g_autofree char *folder = g_path_get_dirname(file);
	char *real = realpath(file, NULL);
	g_autofree char *target = real != NULL ? g_path_get_dirname(real) : NULL;

	sandbox_allow(sandbox, folder, access);
	if (target != NULL)
		sandbox_allow(sandbox, target, access);
	free(real);
}

static void
describe(void)
{
	g_autofree char *landlock = state.landlock > 0
		? g_strdup_printf("Landlock %d", state.landlock)
		: g_strdup("no Landlock");

	g_snprintf(state.text, sizeof state.text, "%s: %s, %s", state.only_logs ? "log" : "on",
		landlock, state.filter ? "seccomp" : "no seccomp");
}

/* Keeps the rules of the process, with real paths. */
static void
keep_rules(const struct sandbox *sandbox)
{
	state.rules = g_ptr_array_new();
	for (guint i = 0; i < sandbox->rules->len; i++) {
		const struct sandbox_rule *rule = sandbox->rules->pdata[i];
		char *real = realpath(rule->path, NULL);
		struct sandbox_rule *kept;

		if (real == NULL)
			continue;
		kept = g_new0(struct sandbox_rule, 1);
		kept->path = g_strdup(real);
		kept->access = rule->access;
		g_ptr_array_add(state.rules, kept);
		free(real);
	}
}

/* Landlock limits this thread, and those that it will create. */
static void
note_threads(void)
{
	struct stat info;

	if (stat("/proc/self/task", &info) == 0 && info.st_nlink > 3)
		log_info("sandbox: %lu other threads exist already, which Landlock does not limit",
			(unsigned long)info.st_nlink - 3);
}

void
sandbox_enter_files(struct sandbox *sandbox)
{
	int version, code;

	if (sandbox->mode == SETUP_SANDBOX_OFF)
		return;
	state.entered = true;
	state.only_logs = sandbox->mode == SETUP_SANDBOX_LOG;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		log_info("sandbox: no_new_privs: %s", g_strerror(errno));
	/* Landlock cannot log without refusing. */
	keep_rules(sandbox);
	note_threads();
	version = state.only_logs ? 0 : sandbox_landlock_version();
	code = version > 0 ? sandbox_landlock_enter(sandbox->rules, version) : 0;
	if (code == 0)
		state.landlock = version;
	else
		log_info("sandbox: Landlock: %s", g_strerror(-code));
	describe();
}

void
sandbox_enter_calls(struct sandbox *sandbox)
{
	int code;

	if (sandbox->mode == SETUP_SANDBOX_OFF)
		return;
	code = sandbox_filter_enter(state.only_logs, sandbox->supervises);
	state.filter = code == 0;
	if (code < 0)
		log_info("sandbox: seccomp: %s", g_strerror(-code));
	describe();
	log_info("sandbox %s", state.text);
}

/* Whether a rule allows that access below the real path. */
static bool
is_allowed(const char *path, unsigned int access)
{
	for (guint i = 0; i < state.rules->len; i++) {
		const struct sandbox_rule *rule = state.rules->pdata[i];
		size_t n = strlen(rule->path);

		if ((rule->access & access) == access && strncmp(path, rule->path, n) == 0 &&
			(path[n] == '/' || path[n] == '\0' || n == 1))
			return true;
	}
	return false;
}

bool
sandbox_refuses(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	char *file = realpath(path, NULL);
	char *real = realpath(folder, NULL);
	bool refuses = state.landlock > 0 &&
		((file != NULL && !is_allowed(file, SANDBOX_READ)) ||
			(real != NULL && !is_allowed(real, SANDBOX_FOLDER)));

	free(file);
	free(real);
	return refuses;
}

const char *
sandbox_state(void)
{
	return state.entered ? state.text : "off";
}

bool
sandbox_has_filter(void)
{
	return sandbox_filter_exists();
}
