/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors that a client passes with its request (SCM_RIGHTS, unix(7)): of the file that the
 * parameter "path" or "file" names, and of the file with the suffix .state beside it. The daemon in
 * its sandbox cannot open them; the client could, with rights of its own.
 *
 * Leaves out a check of the kind of the descriptors: a client that can pass one could open it, and
 * the daemon only reads and writes them.
 */
#include "control/passed.h"

#include "base/given.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STATE ".state"

void
control_passed_clear(struct control_passed *passed)
{
	for (size_t i = 0; i < CONTROL_PASSED_MAX; i++) {
		if (passed->files[i] >= 0)
			close(passed->files[i]);
		passed->files[i] = -1;
	}
}

static void
take(struct control_passed *passed, const struct cmsghdr *header)
{
	size_t n = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	int files[CONTROL_PASSED_MAX];

	control_passed_clear(passed);
	n = MIN(n, CONTROL_PASSED_MAX);
	memcpy(files, CMSG_DATA(header), n * sizeof(int));
	for (size_t i = 0; i < n; i++)
		passed->files[i] = files[i];
}

ssize_t
control_passed_receive(int fd, void *buffer, size_t n, struct control_passed *passed)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(CONTROL_PASSED_MAX * sizeof(int))];
	} space;
	struct iovec piece = {buffer, n};
	struct msghdr message = {.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &space,
		.msg_controllen = sizeof space};
	ssize_t got = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (got < 0)
		return got;
	/* The kernel closes those that do not fit. */
	for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
		header = CMSG_NXTHDR(&message, header))
		if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
			take(passed, header);
	return got;
}

const char *
control_passed_path(JsonObject *params)
{
	static const char *const names[] = {"path", "file"};

	for (size_t i = 0; params != NULL && i < G_N_ELEMENTS(names); i++) {
		JsonNode *node = json_object_get_member(params, names[i]);

		if (node != NULL && json_node_get_value_type(node) == G_TYPE_STRING)
			return json_node_get_string(node);
	}
	return NULL;
}

void
control_passed_begin(struct control_passed *passed, const char *path)
{
	for (size_t i = 0; path != NULL && i < CONTROL_PASSED_MAX; i++) {
		g_autofree char *name = g_strconcat(path, i > 0 ? STATE : "", NULL);

		if (passed->files[i] >= 0)
			base_given_add(name, passed->files[i]);
		passed->files[i] = -1;
	}
	control_passed_clear(passed);
}

void
control_passed_end(const char *path)
{
	g_autofree char *state = NULL;

	if (path == NULL)
		return;
	state = g_strconcat(path, STATE, NULL);
	base_given_remove(path);
	base_given_remove(state);
}
