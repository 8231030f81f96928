/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of a client to a control server, all in this thread: the bench has no threads, so that
 * calls run at once. Each line gets exactly one answer, or none if it is a valid notification, each
 * answer is one line of JSON-RPC of bounded length, and afterwards the server still serves another
 * client. control-fuzz.c does the same with a real adapter's thread and many clients.
 *
 * A bench that may have changed is built anew. Files are written to a folder of this process:
 * inputs with a slash are left out, and the ends of the daemon ignored.
 */
#include "fuzz.h"

#include "bench/bench.h"
#include "control/control.h"
#include "control/methods.h"
#include "control/rpc.h"
#include "setup/options.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PART "FUZZ64K"
#define LINES_MAX 16
#define ANSWER_MAX ((size_t)1 << 20)
#define IDLE_TURNS 3

static struct bench *bench;
static struct control_server *server;
static char *folder;

static void
clean(void)
{
	g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
	const char *name;

	while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (!g_str_has_suffix(name, ".sock") && !g_str_has_suffix(name, ".chips") &&
			g_unlink(path) < 0)
			g_rmdir(path);
	}
}

static void
leave(void)
{
	g_clear_pointer(&server, control_server_destroy);
	g_clear_pointer(&bench, bench_destroy);
	clean();
	g_unlink("one.chips");
	g_unlink("c.sock");
	g_rmdir(folder);
}

/* Reading all chip data would take most of the time. */
static const char chips[] =
	"[" PART "]\n"
	"vendor = spinor\n"
	"size = 64K\n"
	"page = 256\n"
	"voltage = 2.7 V - 3.6 V\n"
	"id = EF 30 10\n"
	"rems = EF 0F\n"
	"sr1 = SRP - - - BP1 BP0 WEL BUSY\n"
	"sr1-default = 00 (unconfirmed)\n"
	"protection = pow2\n"
	"commands = WREN WRDI RDSR1 WRSR READ FAST_READ PP RDID REMS RES DP RSTEN RST\n"
	"fR = 33 MHz\n"
	"FR = 75 MHz\n"
	"tPP = 1.5 ms, 5 ms\n"
	"tW = 10 ms, 15 ms\n"
	"erase-20 = 4K, 150 ms, 300 ms\n"
	"erase-C7 = chip, 500 ms, 1 s\n";

/* A folder of our own, with the chip data of one part. */
static void
enter(void)
{
	g_autoptr(GError) error = NULL;

	folder = g_dir_make_tmp("spinor-fuzz-XXXXXX", &error);
	fuzz_check(folder != NULL && g_chdir(folder) == 0 &&
			g_file_set_contents("one.chips", chips, -1, &error),
		"no folder");
	g_setenv("SPINOR_CHIPDB", folder, TRUE);
	g_setenv("XDG_RUNTIME_DIR", folder, TRUE);
	signal(SIGTERM, SIG_IGN); /* bench.stop */
	signal(SIGPIPE, SIG_IGN);
	atexit(leave);
}

static void
build(void)
{
	static const char *const words[] = {"fuzz", "--chip", PART, "--timing", "instant", NULL};
	g_autofree char **arguments = g_memdup2(words, sizeof words);
	char **argv = arguments;
	int argc = G_N_ELEMENTS(words) - 1;
	g_autoptr(GError) error = NULL;
	struct setup_options *options = setup_options_parse(&argc, &argv, &error);

	bench = options != NULL ? bench_new(options, NULL, &error) : NULL;
	if (options != NULL)
		setup_options_free(options);
	if (bench != NULL)
		server = control_server_new(bench, "c.sock", &error);
	fuzz_check(server != NULL, "%s", error != NULL ? error->message : "");
}

static void
turn(void)
{
	for (int idle = 0; idle < IDLE_TURNS; idle++) {
		if (g_main_context_iteration(NULL, FALSE))
			idle = 0;
	}
}

static int
connect_client(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	g_strlcpy(address.sun_path, control_server_path(server), sizeof address.sun_path);
	fuzz_check(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0,
		"no connection: %s", g_strerror(errno));
	turn();
	return fd;
}

/* True: it is an answer; false: an event. */
static bool
check_line(const char *line, size_t n)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonNode *root = NULL;
	JsonObject *object;

	fuzz_check(g_utf8_validate_len(line, n, NULL), "an answer that is no UTF-8");
	if (json_parser_load_from_data(parser, line, (gssize)n, NULL))
		root = json_parser_get_root(parser);
	fuzz_check(root != NULL && JSON_NODE_HOLDS_OBJECT(root), "an answer that is no object: %s",
		line);
	object = json_node_get_object(root);
	fuzz_check(json_object_has_member(object, "jsonrpc"), "no JSON-RPC: %s", line);
	return !json_object_has_member(object, "method");
}

/* Reads all there is; returns the number of answers. *gone: the server has closed. */
static unsigned int
receive(int fd, bool *gone)
{
	g_autoptr(GString) got = g_string_new(NULL);
	unsigned int n_answers = 0;
	char piece[65536];
	char *line, *end;
	ssize_t n;

	do {
		turn();
		n = recv(fd, piece, sizeof piece, MSG_DONTWAIT);
		if (n > 0)
			g_string_append_len(got, piece, n);
		fuzz_check(got->len <= ANSWER_MAX, "an answer of %zu bytes", got->len);
	} while (n > 0);
	*gone = n == 0 || (n < 0 && errno != EAGAIN);
	for (line = got->str; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		n_answers += check_line(line, strlen(line));
	}
	fuzz_check(*line == '\0', "an answer without an end: %s", line);
	return n_answers;
}

/* The number of answers to the line; *changes is set if it may change the bench. */
static unsigned int
expect(const char *line, size_t n, bool *changes)
{
	struct control_request request;
	g_autoptr(GError) error = NULL;
	const struct control_method *method;
	unsigned int answers = 1;

	if (n == 0)
		return 0;
	if (control_request_parse(&request, line, n, &error)) {
		method = control_method_find(request.method);
		*changes |= method != NULL && control_method_changes(method);
		/* Without an id there is no answer, not even about a mistake. */
		answers = request.id != NULL;
	} else {
		fuzz_check_line(error->message, NULL);
	}
	control_request_clear(&request);
	return answers;
}

/* Sends a line, with its newline; false if the server has closed. */
static bool
send_line(int fd, const char *line, size_t n, bool *changes)
{
	unsigned int expected = expect(line, n, changes);
	unsigned int answers;
	bool gone = false;
	bool sent = send(fd, line, n, MSG_NOSIGNAL) == (ssize_t)n &&
		send(fd, "\n", 1, MSG_NOSIGNAL) == 1;

	if (!sent)
		return false;
	answers = receive(fd, &gone);
	fuzz_check(answers == expected, "%u answers, not %u, to: %s", answers, expected, line);
	return !gone;
}

static void
check_served(void)
{
	static const char question[] = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"fault.list\"}";
	bool changes = false;
	int fd = connect_client();

	fuzz_check(send_line(fd, question, sizeof question - 1, &changes),
		"another client is not served");
	close(fd);
	turn();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_auto(GStrv) lines = NULL;
	bool changes = false;
	bool open = true;
	int fd;

	if (memchr(data, '/', size) != NULL || memchr(data, 0, size) != NULL ||
		strstr(text, "\\u") != NULL || size > 65536)
		return 0;
	fuzz_quiet();
	if (folder == NULL)
		enter();
	if (bench == NULL)
		build();
	lines = g_strsplit(text, "\n", LINES_MAX);
	fd = connect_client();
	for (guint i = 0; lines[i] != NULL && open; i++) {
		g_strdelimit(lines[i], "\n", ' ');
		open = send_line(fd, lines[i], strlen(lines[i]), &changes);
	}
	close(fd);
	turn();
	check_served();
	if (changes) {
		g_clear_pointer(&server, control_server_destroy);
		g_clear_pointer(&bench, bench_destroy);
		clean();
	}
	return 0;
}
