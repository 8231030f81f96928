/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bench in its sandbox opens only the files of its setup. For any other file of image save,
 * image load, image compare and the snapshots in files this program opens it, with the rights of
 * its user, and passes the descriptor. A file that is written is a new one beside the old one,
 * which gets its name when the bench has written all; a chip of a bench keeps its image, which is
 * locked.
 *
 * Leaves out benches without a sandbox, and files that the sandbox allows: the bench opens those.
 */
#include "spinor/handover.h"

#include "base/newfile.h"
#include "base/openfile.h"
#include "spinor/client.h"
#include "spinor/exitstatus.h"
#include "spinor/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 2

/* One file that is passed. */
struct passed {
	int fd;       /* -1: none */
	int held;     /* the file that is replaced, locked; -1: none */
	char *target; /* its name without symbolic links */
	bool is_new;  /* file is to get that name */
	struct base_newfile file;
};

static const struct {
	const char *method;
	const char *param;
	bool writes, has_state;
} methods[] = {
	{"image.save", "path", true, false},
	{"image.load", "path", false, false},
	{"image.compare", "path", false, false},
	{"snapshot.take", "file", true, true},
	{"snapshot.restore", "file", false, true},
};

static bool
fail(const char *path, const char *why, GError **error)
{
	g_set_error(error, SPINOR_ERROR, SPINOR_ERROR_FAILED, "cannot save \"%s\": %s", path, why);
	return false;
}

/* Locks the existing file that the new one replaces; fails if a chip has locked it. */
static bool
hold(struct passed *passed, const char *path, mode_t *mode, GError **error)
{
	struct stat info;
	char *real;

	passed->held = base_open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
	if (passed->held < 0 && errno != ENOENT)
		return fail(path, base_open_reason(errno), error);
	if (passed->held < 0) {
		if (lstat(path, &info) == 0)
			return fail(path, "a symbolic link to nothing; name a file", error);
		passed->target = g_strdup(path);
		return true;
	}
	if (fstat(passed->held, &info) < 0 || !S_ISREG(info.st_mode))
		return fail(path, "not a regular file; name one, or a name that is free", error);
	if (flock(passed->held, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return fail(path, "it is in use by a chip; name another file", error);
	*mode = info.st_mode & 0777;
	real = realpath(path, NULL);
	passed->target = g_strdup(real != NULL ? real : path);
	free(real);
	return true;
}

static bool
open_new(struct passed *passed, const char *path, GError **error)
{
	mode_t mask = umask(0), mode = 0666 & ~mask;
	int code;

	umask(mask);
	if (!hold(passed, path, &mode, error))
		return false;
	code = base_newfile_open(&passed->file, passed->target, 0666);
	if (code < 0)
		return fail(path, base_open_reason(-code), error);
	passed->is_new = true;
	passed->fd = passed->file.fd;
	fchmod(passed->fd, mode);
	return true;
}

static bool
open_passed(struct passed *passed, const char *path, bool writes, GError **error)
{
	if (writes)
		return open_new(passed, path, error);
	passed->fd = base_open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
	return passed->fd >= 0;
}

/* Gives the new files their names; false: one of them could not get it. */
static bool
publish(struct passed *passed, GError **error)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		int code = passed[i].is_new
			? base_newfile_replace(&passed[i].file, passed[i].target)
			: 0;

		if (code < 0)
			return fail(passed[i].target, g_strerror(-code), error);
	}
	return true;
}

static void
clear(struct passed *passed)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		if (passed[i].is_new)
			base_newfile_discard(&passed[i].file);
		else if (passed[i].fd >= 0)
			close(passed[i].fd);
		if (passed[i].held >= 0)
			close(passed[i].held);
		g_free(passed[i].target);
	}
}

/* NULL without an error: a file that is read cannot be opened here either. */
static JsonNode *
call_with_files(struct spinor_client *client, size_t row, JsonObject *params, int64_t limit_ms,
	GError **error)
{
	struct passed passed[FILES_MAX] = {{.fd = -1, .held = -1}, {.fd = -1, .held = -1}};
	const char *path = spinor_text(params, methods[row].param, "");
	g_autofree char *state = g_strconcat(path, ".state", NULL);
	JsonNode *result = NULL;
	int files[FILES_MAX];
	size_t n = 1;
	bool good = open_passed(&passed[0], path, methods[row].writes, error);

	/* Without a state the bench says what it lacks. */
	if (good && methods[row].has_state && (methods[row].writes || access(state, F_OK) == 0)) {
		good = open_passed(&passed[1], state, methods[row].writes, error);
		n = 2;
	}
	for (size_t i = 0; i < n; i++)
		files[i] = passed[i].fd;
	if (good) {
		spinor_client_pass(client, files, n);
		result = spinor_client_call(
			client, methods[row].method, json_object_ref(params), limit_ms, error);
	}
	if (result != NULL && !publish(passed, error))
		g_clear_pointer(&result, json_node_unref);
	clear(passed);
	return result;
}

JsonNode *
spinor_handover_call(struct spinor_client *client, const char *method, JsonObject *params,
	int64_t limit_ms, GError **error)
{
	g_autoptr(JsonObject) kept = params != NULL ? json_object_ref(params) : NULL;
	g_autoptr(GError) why = NULL;
	GError *again = NULL;
	JsonNode *result = spinor_client_call(client, method, params, limit_ms, &why);

	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++)
		if (result == NULL && spinor_client_was_sandboxed(client) &&
			strcmp(methods[i].method, method) == 0 &&
			spinor_text(kept, methods[i].param, NULL) != NULL)
			result = call_with_files(client, i, kept, limit_ms, &again);
	if (result == NULL)
		g_propagate_error(error, again != NULL ? again : g_steal_pointer(&why));
	return result;
}
