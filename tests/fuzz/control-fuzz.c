/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends random messages to a running control server: garbage, incomplete messages, mutations of
 * valid ones, endless lines. Server, clients and random numbers share one thread and one main
 * context, so that a seed gives the same bytes each time; only the adapter's thread and the kernel
 * determine how they are split.
 *
 *	control-fuzz [SECONDS [SEED]]
 *
 * Afterwards the server must still serve a correct client, each reply must have been a line of
 * JSON, and memory must not have grown with the bytes sent. Sanitizers detect crashes and leaks.
 */
#include "bench/bench.h"
#include "control/control.h"
#include "control/methods.h"
#include "control/schema.h"
#include "setup/options.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENTS 12
#define PENDING_MAX (1 << 20)
#define FLOOD_BYTES (3 << 20)

/* The address sanitizer delays the release of memory. */
#ifdef __SANITIZE_ADDRESS__
#define GROWTH_MAX ((int64_t)400 << 20)
#else
#define GROWTH_MAX ((int64_t)32 << 20)
#endif

struct client {
	int fd; /* -1: none */
	GByteArray *pending;
	size_t sent;
	GByteArray *reply;
	bool deaf; /* does not read */
};

static GRand *dice;
static char *directory;
static const char *socket_path;
static struct client clients[CLIENTS];
static uint64_t n_messages;
static uint64_t n_replies;
static uint64_t n_bad_replies;

static const char *const names[] = {"adapter", "cs", "pin", "level", "action", "millivolts", "path",
	"name", "file", "kinds", "subscription", "fault", "id", "counter", "colour", ""};

static const char *const values[] = {"0", "1", "-1", "7", "8", "3300", "1e9", "9223372036854775807",
	"\"wp\"", "\"hold\"", "\"reset\"", "\"low\"", "\"high\"", "\"float\"", "\"on\"", "\"off\"",
	"\"cycle\"", "\"adapter0\"", "\"a.bin\"", "\"b.bin\"", "\"s\"", "\"t\"", "\"\"", "null",
	"true", "[]", "{}", "[\"operation\"]", "[\"power\",\"pin\"]", "\"open line=gnd\"",
	"\"late\"", "[[[]]]", "\"\\u0000\"", "\"\xC3\xA4\"", "\"\xFF\"", "1.5"};

static unsigned int
roll(unsigned int sides)
{
	return (unsigned int)g_rand_int_range(dice, 0, (gint32)sides);
}

#define PICK(list) (list)[roll(G_N_ELEMENTS(list))]

/* One of all methods, or none of them. */
static const char *
pick_method(void)
{
	const struct control_method *method;
	unsigned int n = 0;

	while (control_method_at(n))
		n++;
	method = control_method_at(roll(n + 2));
	return method ? method->name : roll(2) ? "nothing" : "";
}

/* Valid parameters of the main methods, so that not all calls fail at the first check. */
static const char *const fitting[][2] = {
	{"adapter.wiring", "{}"},
	{"adapter.board", "{\"state\":\"reset\"}"},
	{"fault.add", "{\"fault\":\"drop byte=9\"}"},
	{"fault.add", "{\"fault\":\"master\"}"},
	{"fault.add", "{\"fault\":\"open line=miso\"}"},
	{"fault.add", "{\"fault\":\"bit-error rate=1e-3\",\"cs\":0}"},
	{"fault.add", "{\"fault\":\"slow during=erase\"}"},
	{"fault.list", "{}"},
	{"fault.remove", "{\"id\":1}"},
	{"fault.clear", "{}"},
	{"chip.pin", "{\"pin\":\"wp\",\"level\":\"low\"}"},
	{"chip.pin", "{\"pin\":\"hold\",\"level\":\"float\",\"cs\":0}"},
	{"chip.power", "{\"action\":\"cycle\"}"},
	{"chip.power", "{\"action\":\"on\",\"millivolts\":1800}"},
	{"chip.power", "{\"action\":\"off\",\"at\":7,\"after_ns\":1000}"},
	{"chip.reset", "{}"},
	{"image.load", "{\"path\":\"a.bin\"}"},
	{"image.compare", "{\"path\":\"a.bin\"}"},
	{"snapshot.take", "{\"name\":\"s\"}"},
	{"snapshot.restore", "{\"name\":\"s\"}"},
	{"snapshot.drop", "{\"name\":\"s\"}"},
	{"stats.get", "{\"adapter\":\"adapter0\"}"},
	{"stats.examples", "{\"counter\":\"operations\"}"},
	{"events.subscribe", "{}"},
	{"events.subscribe", "{\"kinds\":[\"power\",\"pin\"]}"},
	{"events.unsubscribe", "{\"subscription\":1}"},
	{"bench.status", "{}"},
	{"rpc.discover", "{}"},
};

static void
add_params(GString *text)
{
	unsigned int n = roll(4);

	g_string_append_c(text, '{');
	for (unsigned int i = 0; i < n; i++)
		g_string_append_printf(
			text, "%s\"%s\":%s", i > 0 ? "," : "", PICK(names), PICK(values));
	g_string_append_c(text, '}');
}

/* A valid message, before any mutation. */
static GString *
make_message(void)
{
	GString *text = g_string_new("{\"jsonrpc\":\"2.0\"");
	unsigned int fit = roll(G_N_ELEMENTS(fitting));

	if (roll(8) != 0)
		g_string_append_printf(text, ",\"id\":%s", roll(8) != 0 ? "1" : PICK(values));
	if (roll(2) != 0) {
		g_string_append_printf(
			text, ",\"method\":\"%s\",\"params\":%s", fitting[fit][0], fitting[fit][1]);
	} else {
		g_string_append_printf(text, ",\"method\":\"%s\"", pick_method());
		if (roll(4) != 0) {
			g_string_append(text, ",\"params\":");
			add_params(text);
		}
	}
	g_string_append_c(text, '}');
	return text;
}

/* No slashes, which would create files elsewhere, and no newlines. */
static char
random_byte(void)
{
	static const char special[] = "{}[]\",:\\ \t\r0123456789-+.eEtfn";
	char byte = roll(2) != 0 ? special[roll(sizeof special - 1)] : (char)roll(256);

	return byte == '/' || byte == '\n' ? '_' : byte;
}

static void
mutate(GString *text)
{
	for (unsigned int n = roll(4); n > 0 && text->len > 0; n--) {
		gsize at = roll((unsigned int)text->len);
		gsize wanted = roll(16);
		gssize length = (gssize)MIN(wanted, text->len - at);
		g_autofree char *piece = g_strndup(text->str + at, (gsize)length);

		switch (roll(4)) {
		case 0:
			text->str[at] = random_byte();
			break;
		case 1:
			g_string_erase(text, (gssize)at, length);
			break;
		case 2:
			g_string_insert(text, (gssize)roll((unsigned int)text->len), piece);
			break;
		default:
			g_string_insert_c(text, (gssize)at, random_byte());
			break;
		}
	}
}

static void
add_noise(GByteArray *out, unsigned int n)
{
	while (n-- > 0) {
		guint8 byte = (guint8)random_byte();

		g_byte_array_append(out, &byte, 1);
	}
}

static void
add_repeated(GByteArray *out, guint8 byte, guint n)
{
	guint before = out->len;

	g_byte_array_set_size(out, before + n);
	memset(out->data + before, byte, n);
}

/* The next message of a client. */
static void
compose(GByteArray *out)
{
	static const guint8 fillers[] = {'a', '[', '{', ' ', '"', 0, 0xFF};
	g_autoptr(GString) text = make_message();
	unsigned int kind = roll(400);

	n_messages++;
	if (kind == 0) {
		add_repeated(out, PICK(fillers), FLOOD_BYTES);
		return;
	}
	if (kind < 4)
		add_repeated(out, PICK(fillers), roll(1 << 20));
	else if (kind < 20)
		add_noise(out, roll(2000));
	else if (kind < 150)
		mutate(text);
	else if (kind < 160)
		g_string_truncate(text, roll((unsigned int)text->len));
	g_byte_array_append(out, (const guint8 *)text->str, (guint)text->len);
	if (roll(100) != 0)
		g_byte_array_append(out, (const guint8 *)"\n", 1);
}

static int
connect_to_server(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	g_strlcpy(address.sun_path, socket_path, sizeof address.sun_path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void
open_client(struct client *client)
{
	client->fd = connect_to_server();
	client->pending = g_byte_array_new();
	client->reply = g_byte_array_new();
	client->sent = 0;
	client->deaf = roll(16) == 0;
}

static void
close_client(struct client *client)
{
	if (client->fd < 0)
		return;
	close(client->fd);
	client->fd = -1;
	g_byte_array_unref(client->pending);
	g_byte_array_unref(client->reply);
}

static void
check_reply(const char *line, size_t n)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonNode *root = NULL;

	n_replies++;
	if (g_utf8_validate_len(line, n, NULL) &&
		json_parser_load_from_data(parser, line, (gssize)n, NULL))
		root = json_parser_get_root(parser);
	if (root != NULL && JSON_NODE_HOLDS_OBJECT(root) &&
		json_object_has_member(json_node_get_object(root), "jsonrpc"))
		return;
	if (n_bad_replies++ == 0)
		printf("# no reply: %.*s\n", (int)MIN(n, 200), line);
}

/* False if the server has closed the connection. */
static bool
receive(struct client *client)
{
	static guint8 piece[65536];
	ssize_t n = recv(client->fd, piece, sizeof piece, MSG_DONTWAIT);
	const guint8 *newline;

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return false;
	if (n > 0)
		g_byte_array_append(client->reply, piece, (guint)n);
	while (client->reply->len > 0 &&
		(newline = memchr(client->reply->data, '\n', client->reply->len)) != NULL) {
		guint length = (guint)(newline - client->reply->data);

		check_reply((const char *)client->reply->data, length);
		g_byte_array_remove_range(client->reply, 0, length + 1);
	}
	return true;
}

static bool
transmit(struct client *client)
{
	size_t left = client->pending->len - client->sent;
	ssize_t n;

	/* Truncated at a random position. */
	if (left > 1 && roll(4) == 0)
		left = 1 + roll((unsigned int)left);
	n = send(client->fd, client->pending->data + client->sent, left,
		MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	client->sent += (size_t)n;
	if (client->sent == client->pending->len) {
		g_byte_array_set_size(client->pending, 0);
		client->sent = 0;
	}
	return true;
}

static void
step(struct client *client)
{
	unsigned int event = roll(1000);

	if (client->fd < 0) {
		open_client(client);
		return;
	}
	if (event < 5) {
		close_client(client);
		return;
	}
	if (event < 8)
		shutdown(client->fd, SHUT_WR);
	if (client->pending->len < PENDING_MAX)
		compose(client->pending);
	if (!transmit(client) || (!client->deaf && !receive(client)))
		close_client(client);
}

static void
clean_directory(void)
{
	g_autoptr(GDir) entries = g_dir_open(".", 0, NULL);
	const char *name;

	while (entries != NULL && (name = g_dir_read_name(entries)) != NULL)
		if (strcmp(name, "a.bin") != 0 && !g_str_has_suffix(name, ".sock"))
			g_unlink(name);
}

static int64_t
resident_bytes(void)
{
	long total = 0;
	long resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (file == NULL || fscanf(file, "%ld %ld", &total, &resident) != 2)
		resident = 0;
	if (file != NULL)
		fclose(file);
	return (int64_t)resident * sysconf(_SC_PAGESIZE);
}

static void
fuzz(int64_t until_us)
{
	while (g_get_monotonic_time() < until_us) {
		for (size_t i = 0; i < G_N_ELEMENTS(clients); i++)
			step(&clients[i]);
		for (int i = 0; i < 4; i++)
			g_main_context_iteration(NULL, FALSE);
		if (roll(50) == 0)
			clean_directory();
	}
	for (size_t i = 0; i < G_N_ELEMENTS(clients); i++)
		close_client(&clients[i]);
	while (g_main_context_iteration(NULL, FALSE))
		;
}

/* Sends a valid request and returns the reply. */
static char *
ask(const char *question)
{
	int fd = connect_to_server();
	g_autoptr(GString) answer = g_string_new(NULL);
	int64_t until = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

	if (fd < 0 || send(fd, question, strlen(question), MSG_NOSIGNAL) < 0)
		return NULL;
	while (strchr(answer->str, '\n') == NULL && g_get_monotonic_time() < until) {
		char piece[4096];
		ssize_t n;

		g_main_context_iteration(NULL, FALSE);
		n = recv(fd, piece, sizeof piece, MSG_DONTWAIT);
		if (n == 0)
			break;
		if (n > 0)
			g_string_append_len(answer, piece, n);
	}
	close(fd);
	return g_strdup(answer->str);
}

static int n_points;
static int n_failed;

static void
point(bool good, const char *name)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++n_points, name);
	n_failed += !good;
}

static void
run(int64_t seconds)
{
	g_autofree char *answer = NULL;
	int64_t before;
	int64_t after;

	/* The server has allocated its permanent memory by then. */
	fuzz(g_get_monotonic_time() + seconds * G_USEC_PER_SEC / 4);
	before = resident_bytes();
	fuzz(g_get_monotonic_time() + seconds * G_USEC_PER_SEC * 3 / 4);
	after = resident_bytes();
	printf("# %" PRIu64 " messages, %" PRIu64 " replies, resident %" PRId64
	       " KiB, then %" PRId64 " KiB\n",
		n_messages, n_replies, before / 1024, after / 1024);
	point(n_replies > 0 && n_bad_replies == 0, "every reply is a line of JSON-RPC");
	point(after - before < GROWTH_MAX, "memory does not grow with what was sent");
	answer = ask("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"chip.power\","
		     "\"params\":{\"action\":\"on\",\"millivolts\":3000}}\n");
	point(g_strcmp0(answer,
		      "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{\"power_mv\":3000}}\n") == 0,
		"a client that behaves is served");
}

/* Creates the bench with its adapter, and a file of the chip's size to load. */
static struct bench *
build(GError **error)
{
	static const char *const words[] = {
		"control-fuzz", "--chip", "W25Q80DV", "--timing", "instant", NULL};
	g_autofree char **arguments = g_memdup2(words, sizeof(words));
	char **argv = arguments;
	int argc = G_N_ELEMENTS(words) - 1;
	struct setup_options *options = setup_options_parse(&argc, &argv, error);
	g_autofree char *data = g_malloc0(1 << 20);
	struct bench *bench;

	if (options == NULL || !g_file_set_contents("a.bin", data, 1 << 20, error))
		return NULL;
	bench = bench_new(options, NULL, error);
	setup_options_free(options);
	if (bench != NULL && !bench_start(bench, error)) {
		bench_destroy(bench);
		bench = NULL;
	}
	return bench;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	int64_t seconds = argc > 1 ? g_ascii_strtoll(argv[1], NULL, 10) : 3;
	uint32_t seed = argc > 2 ? (uint32_t)g_ascii_strtoull(argv[2], NULL, 10) : 1;
	struct control_server *server = NULL;
	struct bench *bench;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, SIG_IGN); /* bench.stop */
	setlinebuf(stdout);
	printf("# %" PRId64 " s, seed %" PRIu32 "\n1..3\n", seconds, seed);
	dice = g_rand_new_with_seed(seed);
	directory = g_dir_make_tmp("spinor-fuzz-XXXXXX", &error);
	for (size_t i = 0; i < G_N_ELEMENTS(clients); i++)
		clients[i].fd = -1;
	bench = directory != NULL && g_chdir(directory) == 0 ? build(&error) : NULL;
	if (bench != NULL)
		server = control_server_new(bench, "c.sock", &error);
	if (server == NULL) {
		printf("Bail out! %s\n", error != NULL ? error->message : "no directory");
		return EXIT_FAILURE;
	}
	socket_path = control_server_path(server);
	run(seconds);
	control_server_destroy(server);
	bench_destroy(bench);
	clean_directory();
	g_unlink("a.bin");
	g_rmdir(directory);
	g_free(directory);
	g_rand_free(dice);
	return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
