/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket from the side of clients: a running bench, a real socket, and exact replies.
 * Server and clients share this thread: waiting for a reply runs the main context of the server.
 *
 * long: every method has its replies and its errors here, and all of them share the clients.
 */
#include "bench/adapter.h"
#include "bench/bench.h"
#include "bench/chip.h"
#include "control/control.h"
#include "host_fixture.h"
#include "link/meter.h"
#include "setup/options.h"
#include "suites.h"
#include "trace/stats.h"
#include "wall.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

/* The address sanitizer delays the release of memory. */
#ifdef __SANITIZE_ADDRESS__
#define GROWTH_MAX ((long)(400 * MIB))
#else
#define GROWTH_MAX ((long)(16 * MIB))
#endif

struct client {
	int fd;
	GString *in;
};

static char *dir;
static struct bench *bench;
static struct control_server *server;

static char *
at(const char *name)
{
	return g_build_filename(dir, name, NULL);
}

static struct bench *
new_bench(void)
{
	static const char *const words[] = {
		"test", "--chip", "W25Q80DV", "--timing", "instant", NULL};
	g_autofree char **arguments = g_memdup2(words, sizeof(words));
	char **argv = arguments;
	int argc = G_N_ELEMENTS(words) - 1;
	g_autoptr(GError) error = NULL;
	struct setup_options *options = setup_options_parse(&argc, &argv, &error);
	struct bench *made;

	ck_assert_msg(options != NULL, "%s", error != NULL ? error->message : "");
	made = bench_new(options, NULL, &error);
	setup_options_free(options);
	ck_assert_msg(made != NULL, "%s", error != NULL ? error->message : "");
	ck_assert_msg(bench_start(made, &error), "%s", error != NULL ? error->message : "");
	return made;
}

static void
setup(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;

	signal(SIGPIPE, SIG_IGN);
	dir = g_dir_make_tmp("spinor-control-XXXXXX", NULL);
	ck_assert_ptr_nonnull(dir);
	g_setenv("XDG_RUNTIME_DIR", dir, TRUE);
	bench = new_bench();
	path = at("control.sock");
	server = control_server_new(bench, path, &error);
	ck_assert_msg(server != NULL, "%s", error != NULL ? error->message : "");
	ck_assert_str_eq(control_server_path(server), path);
}

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
	const char *name;

	while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
		g_autofree char *entry = g_build_filename(path, name, NULL);

		if (g_file_test(entry, G_FILE_TEST_IS_DIR) &&
			!g_file_test(entry, G_FILE_TEST_IS_SYMLINK))
			remove_tree(entry);
		else
			g_unlink(entry);
	}
	g_rmdir(path);
}

static void
teardown(void)
{
	g_autofree char *path = at("control.sock");

	control_server_destroy(server);
	ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
	bench_destroy(bench);
	remove_tree(dir);
	g_clear_pointer(&dir, g_free);
}

static struct client
open_client(void)
{
	struct client client = {.in = g_string_new(NULL)};
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	g_strlcpy(address.sun_path, control_server_path(server), sizeof address.sun_path);
	client.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ck_assert_int_ge(client.fd, 0);
	ck_assert_int_eq(connect(client.fd, (struct sockaddr *)&address, sizeof address), 0);
	return client;
}

static void
close_client(struct client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	g_string_free(client->in, TRUE);
}

static void
run_server(void)
{
	while (g_main_context_iteration(NULL, FALSE))
		;
}

/* False if the server has closed the connection. */
static bool
receive(struct client *client)
{
	char piece[65536];
	ssize_t n = recv(client->fd, piece, sizeof piece, MSG_DONTWAIT);

	if (n > 0)
		g_string_append_len(client->in, piece, n);
	return n > 0 || (n < 0 && errno == EAGAIN);
}

/* The next line, or NULL after the last one. */
static char *
next_line(struct client *client)
{
	int64_t until = g_get_monotonic_time() + WALL_LIMIT_MS * INT64_C(1000);
	const char *newline;
	bool open = true;
	char *line;

	while ((newline = strchr(client->in->str, '\n')) == NULL && open) {
		ck_assert_msg(g_get_monotonic_time() < until, "no reply");
		g_main_context_iteration(NULL, FALSE);
		open = receive(client);
	}
	if (newline == NULL)
		return NULL;
	line = g_strndup(client->in->str, (gsize)(newline - client->in->str));
	g_string_erase(client->in, 0, newline - client->in->str + 1);
	return line;
}

/* Sends all bytes; false if the server closes the connection before. */
static bool
send_bytes(struct client *client, const char *text, size_t n)
{
	int64_t until = g_get_monotonic_time() + WALL_LIMIT_MS * INT64_C(1000);

	while (n > 0) {
		ssize_t sent = send(client->fd, text, n, MSG_NOSIGNAL | MSG_DONTWAIT);

		ck_assert_msg(g_get_monotonic_time() < until, "no client reads");
		if (sent < 0 && errno != EAGAIN)
			return false;
		if (sent > 0) {
			text += sent;
			n -= (size_t)sent;
		}
		g_main_context_iteration(NULL, FALSE);
	}
	return true;
}

static void
send_text(struct client *client, const char *text)
{
	ck_assert(send_bytes(client, text, strlen(text)));
}

static void
assert_line(struct client *client, const char *expected)
{
	g_autofree char *line = next_line(client);

	ck_assert_ptr_nonnull(line);
	ck_assert_str_eq(line, expected);
}

static void
assert_closed(struct client *client)
{
	g_autofree char *line = next_line(client);

	ck_assert_msg(line == NULL, "%s", line != NULL ? line : "");
}

/* method, then its parameters as JSON or NULL. */
static void
request(struct client *client, const char *method, const char *params)
{
	g_autofree char *text =
		g_strdup_printf("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\"%s%s}\n", method,
			params != NULL ? ",\"params\":" : "", params != NULL ? params : "");

	send_text(client, text);
}

/* result: as JSON, with DIR for the folder. */
static void
assert_result(struct client *client, const char *method, const char *params, const char *result)
{
	g_autoptr(GString) expected = g_string_new("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":");
	g_autoptr(GString) given = g_string_new(params != NULL ? params : "{}");

	g_string_append_printf(expected, "%s}", result);
	g_string_replace(expected, "DIR", dir, 0);
	g_string_replace(given, "DIR", dir, 0);
	request(client, method, given->str);
	assert_line(client, expected->str);
}

static void
assert_error(struct client *client, const char *method, const char *params, int code,
	const char *message)
{
	g_autoptr(GString) given = g_string_new(params != NULL ? params : "{}");
	g_autoptr(GString) wanted = g_string_new(message);
	g_autoptr(JsonNode) root = NULL;
	g_autofree char *line = NULL;
	JsonObject *error;

	g_string_replace(given, "DIR", dir, 0);
	g_string_replace(wanted, "DIR", dir, 0);
	request(client, method, given->str);
	line = next_line(client);
	ck_assert_ptr_nonnull(line);
	root = json_from_string(line, NULL);
	error = json_object_get_object_member(json_node_get_object(root), "error");
	ck_assert_msg(error != NULL, "%s", line);
	ck_assert_str_eq(json_object_get_string_member(error, "message"), wanted->str);
	ck_assert_int_eq(json_object_get_int_member(error, "code"), code);
}

/* The result of a call that must succeed. */
static JsonNode *
ask(struct client *client, const char *method, const char *params)
{
	g_autoptr(JsonNode) root = NULL;
	g_autofree char *line = NULL;
	JsonNode *result;

	request(client, method, params);
	line = next_line(client);
	ck_assert_ptr_nonnull(line);
	root = json_from_string(line, NULL);
	result = json_object_get_member(json_node_get_object(root), "result");
	ck_assert_msg(result != NULL, "%s", line);
	return json_node_copy(result);
}

/* "name:type name:type …" of the members of an object, in order. */
static char *
shape_of(JsonObject *object)
{
	GString *shape = g_string_new(NULL);
	JsonObjectIter iter;
	const char *name;
	JsonNode *node;

	json_object_iter_init_ordered(&iter, object);
	while (json_object_iter_next_ordered(&iter, &name, &node))
		g_string_append_printf(shape, "%s%s:%s", shape->len > 0 ? " " : "", name,
			json_node_type_name(node));
	return g_string_free(shape, FALSE);
}

static void
assert_shape(JsonObject *object, const char *expected)
{
	g_autofree char *shape = shape_of(object);

	ck_assert_str_eq(shape, expected);
}

static void
write_file(const char *name, const void *data, size_t size)
{
	g_autofree char *path = at(name);

	ck_assert(g_file_set_contents(path, data, (gssize)size, NULL));
}

START_TEST(status_reports_all_adapters_and_chips)
{
	struct client client = open_client();
	g_autoptr(JsonNode) result = ask(&client, "bench.status", NULL);
	JsonObject *status = json_node_get_object(result);
	JsonArray *adapters = json_object_get_array_member(status, "adapters");
	JsonObject *adapter = json_array_get_object_element(adapters, 0);
	JsonArray *chips = json_object_get_array_member(adapter, "chips");
	JsonObject *chip = json_array_get_object_element(chips, 0);

	assert_shape(status,
		"version:String pid:Integer control:String sandbox:String timing:String "
		"seed:Integer uptime_s:Floating Point adapters:JsonArray outputs:JsonArray");
	assert_shape(adapter,
		"name:String profile:String tty:String link:NULL tcp:NULL "
		"plugged:Boolean host:Boolean drivers:Boolean frequency_hz:Integer "
		"ready_line:String chips:JsonArray faults:Integer board:String");
	assert_shape(chip,
		"cs:Integer part:String vendor:String flashrom:String package:String "
		"package_pins:JsonArray size:Integer image:NULL snapshot_mode:Boolean "
		"unsaved:JsonArray power_mv:Integer cut_in:Integer "
		"pins:JsonObject busy:Boolean "
		"status:JsonArray registers:JsonArray pin_uses:JsonObject silent:Boolean "
		"reasons:JsonArray protected:JsonArray snapshots:Integer vcc_mv:Integer "
		"faults:Integer board:NULL");
	ck_assert_int_eq(json_object_get_int_member(status, "pid"), getpid());
	ck_assert_str_eq(
		json_object_get_string_member(status, "control"), control_server_path(server));
	ck_assert_str_eq(json_object_get_string_member(status, "timing"), "instant");
	ck_assert_str_eq(json_object_get_string_member(adapter, "name"), "adapter0");
	ck_assert(g_str_has_prefix(json_object_get_string_member(adapter, "ready_line"),
		"ready: adapter0 W25Q80DV 1MiB flashrom -p serprog:dev=/dev/pts/"));
	ck_assert_str_eq(json_object_get_string_member(chip, "part"), "W25Q80DV");
	ck_assert_str_eq(json_object_get_string_member(chip, "vendor"), "Winbond");
	ck_assert_int_eq(json_object_get_int_member(chip, "size"), MIB);
	ck_assert_int_eq(json_object_get_int_member(chip, "power_mv"), 3300);
	ck_assert_uint_eq(json_array_get_length(json_object_get_array_member(chip, "status")), 2);
	close_client(&client);
}
END_TEST

/* Whether the manual's section about status contains all member names of the object. */
static void
assert_described(JsonObject *object, const char *section)
{
	JsonObjectIter iter;
	const char *name;

	json_object_iter_init_ordered(&iter, object);
	while (json_object_iter_next_ordered(&iter, &name, NULL)) {
		g_autofree char *pattern = g_strdup_printf("^\\.It (.* , )*%s( ,|$)", name);

		ck_assert_msg(g_regex_match_simple(pattern, section, G_REGEX_MULTILINE, 0),
			"no field %s in spinor-control(7)", name);
	}
}

START_TEST(the_manual_has_every_field_of_status)
{
	struct client client = open_client();
	g_autoptr(JsonNode) result = ask(&client, "bench.status", NULL);
	JsonObject *status = json_node_get_object(result);
	JsonArray *adapters = json_object_get_array_member(status, "adapters");
	JsonObject *adapter = json_array_get_object_element(adapters, 0);
	JsonArray *chips = json_object_get_array_member(adapter, "chips");
	const char *top = g_getenv("TOP_SRCDIR");
	g_autofree char *path = g_build_filename(top ? top : ".", "man", "spinor-control.7", NULL);
	g_autofree char *manual = NULL;
	char *begin, *end;

	ck_assert(g_file_get_contents(path, &manual, NULL, NULL));
	begin = strstr(manual, "\n.Ss bench.status\n");
	end = begin != NULL ? strstr(begin + 1, "\n.Ss ") : NULL;
	ck_assert_ptr_nonnull(end);
	*end = '\0';
	assert_described(status, begin);
	assert_described(adapter, begin);
	assert_described(json_array_get_object_element(chips, 0), begin);
	close_client(&client);
}
END_TEST

START_TEST(discover_lists_every_method_with_schemas)
{
	static const char names[] =
		"rpc.discover bench.status bench.stop adapter.unplug adapter.plug "
		"adapter.wiring adapter.board fault.add fault.list fault.remove fault.clear "
		"chip.pin "
		"chip.power chip.reset image.info image.save image.load image.compare "
		"snapshot.take snapshot.restore snapshot.list snapshot.usage "
		"snapshot.drop stats.get "
		"stats.examples stats.reset "
		"events.subscribe events.unsubscribe ";
	struct client client = open_client();
	g_autoptr(JsonNode) result = ask(&client, "rpc.discover", NULL);
	g_autoptr(GString) found = g_string_new(NULL);
	JsonArray *methods = json_object_get_array_member(json_node_get_object(result), "methods");
	g_autofree char *pin = NULL;

	for (guint i = 0; i < json_array_get_length(methods); i++) {
		JsonObject *method = json_array_get_object_element(methods, i);

		assert_shape(method,
			"name:String summary:String paramStructure:String "
			"params:JsonArray result:JsonObject");
		g_string_append_printf(found, "%s ", json_object_get_string_member(method, "name"));
		if (strcmp(json_object_get_string_member(method, "name"), "chip.pin") == 0)
			pin = json_to_string(json_array_get_element(methods, i), FALSE);
	}
	ck_assert_str_eq(found->str, names);
	ck_assert_str_eq(pin,
		"{\"name\":\"chip.pin\",\"summary\":\"sets a pin from outside\","
		"\"paramStructure\":\"by-name\",\"params\":[{\"name\":\"adapter\",\"summary\":"
		"\"the adapter; default: the only one\",\"required\":false,\"schema\":{\"type\":"
		"\"string\",\"minLength\":1}},{\"name\":\"cs\",\"summary\":\"the chip select line; "
		"default: the only chip's, or 0\",\"required\":false,\"schema\":{\"type\":"
		"\"integer\",\"minimum\":0,\"maximum\":7}},{\"name\":\"pin\",\"summary\":"
		"\"which pin\",\"required\":true,\"schema\":{\"type\":\"string\",\"enum\":[\"wp\","
		"\"hold\",\"reset\"]}},{\"name\":\"level\",\"summary\":\"float: not "
		"driven\",\"required\":true,\"schema\":{\"type\":\"string\",\"enum\":[\"low\","
		"\"high\",\"float\"]}}],\"result\":{\"type\":\"object\",\"properties\":{\"pins\":"
		"{\"type\":\"object\"},\"note\":{\"type\":\"string\"}}}}");
	close_client(&client);
}
END_TEST

/* SRP of a W25Q80DV as delivered. */
#define WP_NOTE "\"note\":\"WP# has no effect: SRP=0\""

START_TEST(pins_keep_their_level)
{
	struct client client = open_client();

	assert_result(&client, "chip.pin", "{\"pin\":\"wp\",\"level\":\"low\"}",
		"{\"pins\":{\"wp\":\"low\",\"hold\":\"high\",\"reset\":null}," WP_NOTE "}");
	assert_result(&client, "chip.pin", "{\"cs\":0,\"pin\":\"hold\",\"level\":\"low\"}",
		"{\"pins\":{\"wp\":\"low\",\"hold\":\"low\",\"reset\":null}," WP_NOTE "}");
	assert_result(&client, "chip.pin",
		"{\"adapter\":\"adapter0\",\"pin\":\"wp\",\"level\":\"float\"}",
		"{\"pins\":{\"wp\":\"float\",\"hold\":\"low\",\"reset\":null}," WP_NOTE "}");
	assert_error(&client, "chip.pin", "{\"pin\":\"reset\",\"level\":\"low\"}", -32000,
		"W25Q80DV: a W25Q80DV has no RESET# pin; allowed: wp and hold");
	close_client(&client);
}
END_TEST

START_TEST(faults_are_removed_by_number_or_name)
{
	struct client client = open_client();

	assert_result(
		&client, "fault.add", "{\"fault\":\"late\",\"name\":\"shifter\"}", "{\"id\":1}");
	assert_result(&client, "fault.add", "{\"fault\":\"slow\",\"cs\":0}", "{\"id\":2}");
	assert_result(&client, "fault.list", NULL,
		"[{\"id\":1,\"fault\":\"late\",\"cs\":null,\"acted\":0,\"matched\":0,\"name\":"
		"\"shifter\"},{\"id\":2,\"fault\":\"slow\",\"cs\":0,\"acted\":0,\"matched\":0,"
		"\"name\":null}]");
	assert_error(&client, "fault.add", "{\"fault\":\"early\",\"name\":\"shifter\"}", -32602,
		"adapter0 has a fault \"shifter\" already; allowed is a name that is free");
	assert_error(&client, "fault.add", "{\"fault\":\"early\",\"name\":\"12\"}", -32602,
		"\"12\" is no name for a fault; allowed are 1 to 64 of A-Z a-z 0-9 . _ -, not "
		"digits alone");
	assert_error(&client, "fault.remove", NULL, -32602,
		"fault.remove: neither is given; allowed is one of \"id\" and \"name\"");
	assert_error(&client, "fault.remove", "{\"id\":1,\"name\":\"shifter\"}", -32602,
		"fault.remove: both are given; allowed is one of \"id\" and \"name\"");
	assert_error(&client, "fault.remove", "{\"name\":\"late\"}", -32602,
		"there is no fault \"late\"; allowed are the names and numbers in spinor fault "
		"list");
	assert_error(&client, "fault.remove", "{\"adapter\":\"b\",\"name\":\"shifter\"}", -32602,
		"no adapter \"b\"; allowed are adapter0");
	assert_result(&client, "fault.remove", "{\"name\":\"shifter\"}", "true");
	assert_error(&client, "fault.remove", "{\"id\":1}", -32602,
		"adapter0 has no fault 1; allowed are the numbers in spinor fault list");
	assert_result(
		&client, "fault.add", "{\"fault\":\"early\",\"name\":\"shifter\"}", "{\"id\":3}");
	assert_result(&client, "fault.clear", NULL, "true");
	assert_result(&client, "fault.list", NULL, "[]");
	close_client(&client);
}
END_TEST

START_TEST(only_faults_of_chips_take_a_chip)
{
	struct client client = open_client();

	assert_error(&client, "fault.add", "{\"fault\":\"open line=miso\",\"cs\":0}", -32602,
		"open line=miso: cs 0 is refused: the fault is one of the wires, which all chips "
		"of an adapter share; allowed is no cs, and select=0 for that chip's operations");
	assert_error(&client, "fault.add", "{\"fault\":\"nak\",\"cs\":0}", -32602,
		"nak: cs 0 is refused: the fault is one of the line to the host; allowed is no cs");
	assert_error(&client, "fault.add", "{\"fault\":\"slow\",\"cs\":3}", -32602,
		"adapter0 has no chip on chip select 3; allowed are 0");
	assert_result(&client, "fault.list", NULL, "[]");
	close_client(&client);
}
END_TEST

START_TEST(power_switches_the_supply)
{
	struct client client = open_client();

	assert_result(&client, "chip.power", "{\"action\":\"off\"}", "{\"power_mv\":0}");
	assert_error(&client, "chip.reset", NULL, -32000, "W25Q80DV: no reset without power");
	assert_result(&client, "chip.power", "{\"action\":\"on\"}", "{\"power_mv\":3300}");
	assert_result(&client, "chip.power", "{\"action\":\"cycle\",\"millivolts\":3000}",
		"{\"power_mv\":3000}");
	assert_result(&client, "chip.reset", NULL, "true");
	assert_error(&client, "chip.power", "{\"action\":\"off\",\"millivolts\":3300}", -32602,
		"chip.power: \"millivolts\" goes with \"on\" and \"cycle\" only");
	assert_result(&client, "chip.power", "{\"action\":\"on\",\"millivolts\":1000}",
		"{\"power_mv\":1000,\"warning\":\"1000 mV is less than the 2700 mV that a W25Q80DV "
		"needs: it is off\"}");
	close_client(&client);
}
END_TEST

START_TEST(power_cuts_the_supply_in_an_operation)
{
	struct client client = open_client();

	assert_result(&client, "chip.power", "{\"action\":\"off\",\"at\":3,\"after_ns\":0}",
		"{\"power_mv\":3300,\"cut_in\":3}");
	assert_result(&client, "chip.power", "{\"action\":\"off\",\"at\":2}",
		"{\"power_mv\":3300,\"cut_in\":2}");
	/* Two frames. */
	assert_result(&client, "chip.reset", NULL, "true");
	assert_error(&client, "chip.reset", NULL, -32000, "W25Q80DV: no reset without power");
	assert_result(&client, "chip.power", "{\"action\":\"on\"}", "{\"power_mv\":3300}");
	assert_error(&client, "chip.power", "{\"action\":\"on\",\"at\":1}", -32602,
		"chip.power: \"at\" goes with \"off\" only");
	assert_error(&client, "chip.power", "{\"action\":\"off\",\"after_ns\":1}", -32602,
		"chip.power: \"after_ns\" goes with \"at\" only");
	close_client(&client);
}
END_TEST

START_TEST(the_cable_is_unplugged_and_plugged_in)
{
	struct client client = open_client();
	g_autoptr(JsonNode) status = NULL;
	g_autoptr(JsonNode) gone = ask(&client, "adapter.unplug", NULL);
	g_autofree char *tty =
		g_strdup(json_object_get_string_member(json_node_get_object(gone), "tty"));
	g_autoptr(JsonNode) back = NULL;
	JsonObject *adapter;

	ck_assert(g_str_has_prefix(tty, "/dev/pts/"));
	ck_assert_int_lt(open(tty, O_RDWR | O_NOCTTY | O_CLOEXEC), 0);
	assert_result(&client, "adapter.unplug", NULL, "{\"tty\":null,\"tcp\":null}");
	status = ask(&client, "bench.status", NULL);
	adapter = json_array_get_object_element(
		json_object_get_array_member(json_node_get_object(status), "adapters"), 0);
	ck_assert(!json_object_get_boolean_member(adapter, "plugged"));
	ck_assert(json_object_get_null_member(adapter, "tty"));
	back = ask(&client, "adapter.plug", NULL);
	ck_assert(g_file_test(json_object_get_string_member(json_node_get_object(back), "tty"),
		G_FILE_TEST_EXISTS));
	close_client(&client);
}
END_TEST

#define BLANK_SHA256 "f5fb04aa5b882706b9309e885f19477261336ef76a150c3b4d3489dfac3953ec"
#define BLANK_INFO(dirty)                                            \
	"{\"path\":null,\"size\":1048576,\"sha256\":\"" BLANK_SHA256 \
	"\",\"blank\":true,\"used_bytes\":0,\"dirty_since_start\":" dirty "}"

START_TEST(images_are_saved_loaded_and_compared)
{
	struct client client = open_client();
	g_autofree uint8_t *data = g_malloc(MIB);
	g_autofree char *path = at("out.bin");
	g_autofree char *saved = NULL;
	gsize length;

	assert_result(&client, "image.info", NULL, BLANK_INFO("false"));
	memset(data, 0xFF, MIB);
	data[5] = 0;
	data[70000] = 1;
	write_file("in.bin", data, MIB);
	assert_result(&client, "image.compare", "{\"path\":\"DIR/in.bin\"}",
		"{\"equal\":false,\"differing_bytes\":2,\"first\":5,\"last\":70000}");
	assert_result(&client, "image.load", "{\"path\":\"DIR/in.bin\"}", "{\"bytes\":1048576}");
	assert_result(&client, "image.compare", "{\"path\":\"DIR/in.bin\"}",
		"{\"equal\":true,\"differing_bytes\":0,\"first\":null,\"last\":null}");
	assert_result(&client, "image.save", "{\"path\":\"DIR/out.bin\"}", "{\"bytes\":1048576}");
	ck_assert(g_file_get_contents(path, &saved, &length, NULL));
	ck_assert_uint_eq(length, MIB);
	ck_assert_mem_eq(saved, data, MIB);
	close_client(&client);
}
END_TEST

#define HALF                                                                               \
	"cannot read image \"DIR/half.bin\": it has 512 KiB (524288 bytes), the chip has " \
	"1 MiB (1048576 bytes); name an image of that size; --chip names of 512 KiB: "     \
	"W25Q40BV, W25Q40CL, W25X40"

START_TEST(unusable_images_are_rejected)
{
	static const char half[512 * 1024];
	struct client client = open_client();

	write_file("short.bin", "abc", 3);
	assert_error(&client, "image.load", "{\"path\":\"DIR/short.bin\"}", -32000,
		"cannot read image \"DIR/short.bin\": it has 3 bytes, the chip has 1 MiB (1048576 "
		"bytes); name an image of that size; no chip has that size");
	write_file("half.bin", half, sizeof half);
	assert_error(&client, "image.load", "{\"path\":\"DIR/half.bin\"}", -32000, HALF);
	assert_error(&client, "image.compare", "{\"path\":\"DIR/half.bin\"}", -32000, HALF);
	assert_error(&client, "snapshot.restore", "{\"file\":\"DIR/half.bin\"}", -32000, HALF);
	assert_error(&client, "image.compare", "{\"path\":\"DIR/none.bin\"}", -32000,
		"cannot read image \"DIR/none.bin\": No such file or directory; it has to be a "
		"file that can be read");
	assert_error(&client, "image.save", "{\"path\":\"DIR\"}", -32000,
		"cannot save image \"DIR\": not a regular file; name one, or a name that is free");
	assert_error(&client, "image.save", NULL, -32602,
		"image.save: \"path\" is missing; it has to be a string that is not empty");
	assert_result(&client, "image.info", NULL, BLANK_INFO("false"));
	close_client(&client);
}
END_TEST

START_TEST(snapshots_are_taken_restored_and_deleted)
{
	struct client client = open_client();
	g_autofree uint8_t *zeros = g_malloc0(MIB);
	g_autoptr(JsonNode) list = NULL;
	JsonObject *snapshot;

	write_file("zeros.bin", zeros, MIB);
	assert_result(&client, "snapshot.list", NULL, "[]");
	assert_result(&client, "snapshot.take", "{\"name\":\"a\"}",
		"{\"name\":\"a\",\"bytes_copied\":0}");
	assert_result(&client, "image.load", "{\"path\":\"DIR/zeros.bin\"}", "{\"bytes\":1048576}");
	list = ask(&client, "snapshot.list", NULL);
	ck_assert_uint_eq(json_array_get_length(json_node_get_array(list)), 1);
	snapshot = json_array_get_object_element(json_node_get_array(list), 0);
	assert_shape(snapshot, "name:String time:String size:Integer");
	ck_assert_str_eq(json_object_get_string_member(snapshot, "name"), "a");
	assert_result(
		&client, "snapshot.restore", "{\"name\":\"a\"}", "{\"bytes_copied\":1048576}");
	assert_result(&client, "image.info", NULL, BLANK_INFO("true"));
	assert_result(&client, "snapshot.drop", "{\"name\":\"a\"}", "true");
	assert_result(&client, "snapshot.list", NULL, "[]");
	assert_result(&client, "snapshot.take", "{\"name\":\"f\",\"file\":\"DIR/f.bin\"}",
		"{\"name\":\"f\",\"bytes_copied\":1048576}");
	assert_result(&client, "image.compare", "{\"path\":\"DIR/f.bin\"}",
		"{\"equal\":true,\"differing_bytes\":0,\"first\":null,\"last\":null}");
	assert_result(
		&client, "snapshot.restore", "{\"file\":\"DIR/f.bin\"}", "{\"bytes_copied\":0}");
	assert_error(&client, "snapshot.restore", NULL, -32602,
		"snapshot.restore: allowed is one of \"name\" and \"file\"");
	close_client(&client);
}
END_TEST

#define NO_STATS                                                                          \
	"{\"operations\":0,\"reads\":0,\"programs\":0,\"erases\":0,\"status_reads\":0,"   \
	"\"status_writes\":0,\"ignored\":0,\"unknown\":0,\"failed\":0,\"interrupted\":0," \
	"\"bytes_read\":0,\"bytes_programmed\":0,\"bytes_erased\":0,\"busy_ns\":0,"       \
	"\"host_sessions\":0,\"bytes_in\":0,\"bytes_out\":0,\"by_reason\":{REASONS},"     \
	"\"by_opcode\":{}}"

/* result: with REASONS for the members of by_reason, of which the one of WEL=0 is wel. */
static void
assert_stats(struct client *client, const char *result, int wel)
{
	g_autoptr(GString) whole = g_string_new(result);
	g_autoptr(GString) reasons = g_string_new(NULL);

	for (unsigned int i = 0; i < FLASH_OUTCOMES; i++) {
		const char *name = trace_reason_name((enum flash_outcome)i);

		if (name != NULL)
			g_string_append_printf(reasons, "%s\"%s\":%d", reasons->len > 0 ? "," : "",
				name, i == FLASH_WEL_CLEAR ? wel : 0);
	}
	g_string_replace(whole, "REASONS", reasons->str, 0);
	assert_result(client, "stats.get", NULL, whole->str);
}

START_TEST(counters_count_and_are_reset)
{
	struct client client = open_client();
	g_autoptr(JsonNode) stats = NULL;
	g_autofree char *opcodes = NULL;

	assert_stats(&client, NO_STATS, 0);
	assert_result(&client, "chip.reset", NULL, "true");
	stats = ask(&client, "stats.get", "{\"cs\":0}");
	ck_assert_int_eq(json_object_get_int_member(json_node_get_object(stats), "operations"), 2);
	opcodes = json_to_string(
		json_object_get_member(json_node_get_object(stats), "by_opcode"), FALSE);
	ck_assert_str_eq(opcodes, "{\"66\":1,\"99\":1}");
	assert_result(&client, "stats.reset", NULL, "true");
	assert_stats(&client, NO_STATS, 0);
	assert_result(&client, "chip.reset", NULL, "true");
	assert_result(&client, "stats.reset", "{\"cs\":0}", "true");
	assert_stats(&client, NO_STATS, 0);
	close_client(&client);
}
END_TEST

START_TEST(each_counter_has_its_own_value)
{
	static const struct trace_chip_stats counted = {
		1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, {[FLASH_WEL_CLEAR] = 18}, {0}};
	static const struct link_host_stats hosts = {15, 16, 17};
	struct bench_adapter *adapter = bench_adapter_at(bench, 0);
	struct client client = open_client();

	*bench_chip_stats(bench_adapter_chip(adapter, 0)) = counted;
	*bench_adapter_host_stats(adapter) = hosts;
	assert_stats(&client,
		"{\"operations\":1,\"reads\":2,\"programs\":3,\"erases\":4,\"status_reads\":5,"
		"\"status_writes\":6,\"ignored\":7,\"unknown\":8,\"failed\":9,\"interrupted\":10,"
		"\"bytes_read\":11,\"bytes_programmed\":12,\"bytes_erased\":13,\"busy_ns\":14,"
		"\"host_sessions\":15,\"bytes_in\":16,\"bytes_out\":17,\"by_reason\":{REASONS},"
		"\"by_opcode\":{}}",
		18);
	close_client(&client);
}
END_TEST

START_TEST(counters_have_examples)
{
	struct client client = open_client();
	g_autoptr(JsonNode) node = NULL;
	JsonArray *first;

	assert_result(&client, "stats.examples", "{\"counter\":\"by_opcode.66\"}",
		"{\"first\":[],\"last\":[]}");
	assert_result(&client, "chip.reset", NULL, "true");
	node = ask(&client, "stats.examples", "{\"cs\":0,\"counter\":\"operations\"}");
	first = json_object_get_array_member(json_node_get_object(node), "first");
	ck_assert_uint_eq(json_array_get_length(first), 2);
	assert_shape(json_array_get_object_element(first, 0),
		"number:Integer time_ns:Integer opcode:Integer name:String address:NULL "
		"length:Integer outcome:String");
	assert_result(&client, "stats.reset", "{\"cs\":0}", "true");
	assert_result(&client, "stats.examples", "{\"counter\":\"operations\"}",
		"{\"first\":[],\"last\":[]}");
	assert_error(&client, "stats.examples", "{\"counter\":\"bytes_in\"}", -32602,
		"stats.examples: \"counter\" has to be a counter of a chip, such as ignored, "
		"by_reason.wel or by_opcode.20; stats.get has all names");
	close_client(&client);
}
END_TEST

static const struct {
	const char *method;
	const char *params;
	int code;
	const char *message;
} bad_requests[] = {
	{"chip.pni", "{}", -32601, "there is no method \"chip.pni\"; rpc.discover lists them"},
	{"chip.pin", "{\"pin\":\"wp\"}", -32602,
		"chip.pin: \"level\" is missing; it has to be one of low, high, float"},
	{"chip.pin", "{\"pin\":\"wp\",\"level\":\"up\"}", -32602,
		"chip.pin: \"level\" has to be one of low, high, float"},
	{"chip.pin", "{\"pin\":1,\"level\":\"low\"}", -32602,
		"chip.pin: \"pin\" has to be one of wp, hold, reset"},
	{"chip.pin", "{\"pin\":\"wp\",\"levle\":\"low\"}", -32602,
		"chip.pin: no parameter \"levle\": did you mean level?; allowed are "
		"adapter, cs, pin, level"},
	{"bench.status", "{\"cs\":0}", -32602,
		"bench.status: no parameter \"cs\"; allowed is none"},
	{"bench.status", "[0]", -32602,
		"\"params\" has to be an object: parameters have names here"},
	{"chip.reset", "{\"cs\":8}", -32602, "chip.reset: \"cs\" has to be an integer from 0 to 7"},
	{"chip.reset", "{\"cs\":\"0\"}", -32602,
		"chip.reset: \"cs\" has to be an integer from 0 to 7"},
	{"chip.reset", "{\"cs\":3}", -32602,
		"adapter0 has no chip on chip select 3; allowed are 0"},
	{"chip.reset", "{\"adapter\":\"a\"}", -32602, "no adapter \"a\"; allowed are adapter0"},
	{"chip.power", "{\"action\":\"on\",\"millivolts\":0}", -32602,
		"chip.power: \"millivolts\" has to be an integer from 1 to 6000"},
	{"image.load", "{\"path\":\"\"}", -32602,
		"image.load: \"path\" has to be a string that is not empty"},
	{"fault.add", "{\"fault\":\"shifted pins=\\n9\\u001b\"}", -32602,
		"pins=\\n9\\x1B is refused; allowed: 1 or -1"},
	{"events.subscribe", "{\"kinds\":\"power\"}", -32602,
		"events.subscribe: \"kinds\" has to be an array of some of operation, ready, "
		"interrupted, power, pin, host, fault, boot, board, cable, snapshot, image, "
		"output, storage"},
	{"events.subscribe", "{\"kinds\":[\"weather\"]}", -32602,
		"events.subscribe: \"kinds\" has to be an array of some of operation, ready, "
		"interrupted, power, pin, host, fault, boot, board, cable, snapshot, image, "
		"output, storage"},
	{"events.subscribe", "{\"adapter\":\"a\"}", -32602,
		"no adapter \"a\"; allowed are adapter0"},
	{"events.unsubscribe", "{\"subscription\":1}", -32602,
		"events.unsubscribe: this client has no subscription 1"},
};

START_TEST(errors_of_requests_name_the_allowed_values)
{
	struct client client = open_client();

	assert_error(&client, bad_requests[_i].method, bad_requests[_i].params,
		bad_requests[_i].code, bad_requests[_i].message);
	/* The client is still served. */
	assert_result(&client, "chip.reset", NULL, "true");
	close_client(&client);
}
END_TEST

#define KINDS                                                                                    \
	"operation, ready, interrupted, power, pin, host, fault, boot, board, cable, snapshot, " \
	"image, output, storage"
#define PARSE_ERROR(text) \
	"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"" text "\"}}"
#define NOT_JSON(text) \
	PARSE_ERROR(   \
		"cannot parse the message: " text "; allowed is one JSON-RPC 2.0 object per line")
#define INVALID(id, text) \
	"{\"jsonrpc\":\"2.0\",\"id\":" id ",\"error\":{\"code\":-32600,\"message\":\"" text "\"}}"

static const struct {
	const char *line;
	const char *reply;
} bad_lines[] = {
	{"GET / HTTP/1.1\n", NOT_JSON("it does not begin with a brace")},
	{"   \n", NOT_JSON("it is empty")},
	{"{\"a\"\n", NOT_JSON("a bracket is not closed")},
	{"{}{}\n", NOT_JSON("there is text after its end")},
	{"{\"a\":\"b}\n", NOT_JSON("a string has no end, or a NUL in it")},
	{"{\"a\":\"\\u0000\"}\n", NOT_JSON("a string has no end, or a NUL in it")},
	{"{\"a\":\"\xFF\"}\n", NOT_JSON("it is not UTF-8")},
	{"{\"a\":/**/1}\n", NOT_JSON("it has a character that JSON allows only in strings")},
	{"{\"id\":1234567890123456789}\n", NOT_JSON("a number is too long")},
	{"[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]\n", NOT_JSON("it is nested too deeply")},
	{"[]\n",
		INVALID("null",
			"batches are not supported; allowed is one JSON-RPC 2.0 object per "
			"line")},
	{"{}\n", INVALID("null", "\\\"jsonrpc\\\" has to be \\\"2.0\\\"")},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"events.subscribe\",\"params\":{\"kinds\":"
	 "[\"power\",\"fualt\"]}}\n",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":"
		"\"events.subscribe: \\\"kinds\\\" has to be an array of some of " KINDS
		"\",\"data\":{\"method\":\"events.subscribe\",\"parameter\":\"kinds\","
		"\"allowed\":\"" KINDS "\",\"text\":\"--kind fualt: did you mean fault? allowed "
		"are " KINDS "\"}}}"},
	{"{\"id\":7}\n", INVALID("7", "\\\"jsonrpc\\\" has to be \\\"2.0\\\"")},
	{"{\"jsonrpc\":\"2.0\",\"id\":\"x\"}\n",
		INVALID("\"x\"", "\\\"method\\\" has to be a string")},
	{"{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"rpc.discover\"}\n",
		INVALID("null",
			"\\\"id\\\" has to be an integer, or a string of at most 256 "
			"bytes")},
};

/* Invalid JSON ends the connection; an invalid request does not. */
START_TEST(invalid_lines_get_an_error)
{
	struct client client = open_client();
	struct client other = open_client();

	send_text(&client, bad_lines[_i].line);
	assert_line(&client, bad_lines[_i].reply);
	if (strstr(bad_lines[_i].reply, "-32700") != NULL)
		assert_closed(&client);
	else
		assert_result(&client, "chip.reset", NULL, "true");
	assert_result(&other, "chip.reset", NULL, "true");
	close_client(&client);
	close_client(&other);
}
END_TEST

#define RESET "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"chip.reset\"}\n"
#define RESET_DONE "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":true}"

START_TEST(a_line_may_arrive_in_pieces)
{
	struct client client = open_client();

	for (const char *c = RESET RESET; *c != '\0'; c++)
		ck_assert(send_bytes(&client, c, 1));
	assert_line(&client, RESET_DONE);
	assert_line(&client, RESET_DONE);
	send_text(&client, "\n" RESET);
	assert_line(&client, RESET_DONE);
	close_client(&client);
}
END_TEST

START_TEST(an_incomplete_last_line_gets_an_error)
{
	struct client client = open_client();

	send_text(&client, RESET "{\"jsonrpc\":\"2.0\"}");
	shutdown(client.fd, SHUT_WR);
	assert_line(&client, RESET_DONE);
	assert_line(
		&client, PARSE_ERROR("the message is not complete: it has to end with a newline"));
	assert_closed(&client);
	close_client(&client);
}
END_TEST

START_TEST(a_client_that_shuts_down_writing_gets_all_replies)
{
	struct client client = open_client();

	for (int i = 0; i < 1000; i++)
		send_text(&client, RESET);
	shutdown(client.fd, SHUT_WR);
	for (int i = 0; i < 1000; i++)
		assert_line(&client, RESET_DONE);
	assert_closed(&client);
	close_client(&client);
}
END_TEST

START_TEST(notifications_are_not_answered)
{
	struct client client = open_client();

	send_text(&client,
		"{\"jsonrpc\":\"2.0\",\"method\":\"chip.power\","
		"\"params\":{\"action\":\"off\"}}\n"
		"{\"jsonrpc\":\"2.0\",\"method\":\"no.such\"}\n");
	assert_error(&client, "chip.reset", NULL, -32000, "W25Q80DV: no reset without power");
	close_client(&client);
}
END_TEST

START_TEST(a_line_longer_than_the_limit_is_rejected)
{
	struct client client = open_client();
	size_t n = MIB - strlen(RESET) + 1;
	g_autofree char *blanks = g_malloc(n + 1);

	memset(blanks, ' ', n + 1);
	ck_assert(send_bytes(&client, blanks, n));
	send_text(&client, RESET);
	assert_line(&client, RESET_DONE);
	ck_assert(send_bytes(&client, blanks, n + 1));
	send_bytes(&client, RESET, strlen(RESET));
	assert_line(&client, PARSE_ERROR("the message is too long; allowed are 1048576 bytes"));
	assert_closed(&client);
	close_client(&client);
}
END_TEST

static long
resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long total;
	long resident;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%ld %ld", &total, &resident), 2);
	fclose(file);
	return resident * sysconf(_SC_PAGESIZE);
}

START_TEST(a_hundred_megabytes_without_newline_are_not_buffered)
{
	struct client other = open_client();
	g_autofree char *piece = g_malloc(MIB);
	long before = resident_bytes();

	memset(piece, 'x', MIB);
	for (int i = 0; i < 100; i++) {
		struct client client = open_client();

		for (int j = 0; j < 100 && send_bytes(&client, piece, MIB); j++)
			ck_assert_int_lt(j, 3);
		assert_line(
			&client, PARSE_ERROR("the message is too long; allowed are 1048576 bytes"));
		close_client(&client);
	}
	ck_assert_int_lt(resident_bytes() - before, GROWTH_MAX);
	assert_result(&other, "chip.reset", NULL, "true");
	close_client(&other);
}
END_TEST

/* The server stops reading requests of a client that does not read: 20 MB of replies are not
 * buffered. */
START_TEST(a_client_that_does_not_read_is_no_longer_read_from)
{
	static const char status[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\"}\n";
	struct client deaf = open_client();
	struct client other = open_client();
	long before = resident_bytes();
	size_t taken = 0;
	ssize_t n = 1;

	for (int idle = 0; idle < 100;) {
		n = send(deaf.fd, status, strlen(status), MSG_NOSIGNAL | MSG_DONTWAIT);
		taken += n > 0 ? (size_t)n : 0;
		idle = n > 0 ? 0 : idle + 1;
		run_server();
		ck_assert_uint_lt(taken, 16 * MIB);
	}
	ck_assert_int_lt(resident_bytes() - before, GROWTH_MAX);
	assert_result(&other, "chip.reset", NULL, "true");
	close_client(&deaf);
	close_client(&other);
}
END_TEST

START_TEST(the_sixty_fifth_client_is_rejected)
{
	struct client clients[64];
	struct client late;

	for (size_t i = 0; i < G_N_ELEMENTS(clients); i++)
		clients[i] = open_client();
	run_server();
	late = open_client();
	assert_line(&late,
		"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":\"64 "
		"clients are connected, and no more are allowed; end one of them\"}}");
	assert_closed(&late);
	close_client(&late);
	close_client(&clients[7]);
	run_server();
	late = open_client();
	assert_result(&late, "chip.reset", NULL, "true");
	assert_result(&clients[63], "chip.reset", NULL, "true");
	close_client(&late);
	for (size_t i = 0; i < G_N_ELEMENTS(clients); i++)
		if (i != 7)
			close_client(&clients[i]);
}
END_TEST

static gboolean
note(void *data)
{
	*(bool *)data = true;
	return G_SOURCE_CONTINUE;
}

START_TEST(stop_raises_sigterm)
{
	struct client client = open_client();
	bool stopped = false;
	guint source = g_unix_signal_add(SIGTERM, note, &stopped);
	int64_t until = g_get_monotonic_time() + WALL_LIMIT_MS * INT64_C(1000);

	assert_result(&client, "bench.stop", NULL, "true");
	while (!stopped && g_get_monotonic_time() < until)
		g_main_context_iteration(NULL, FALSE);
	ck_assert(stopped);
	g_source_remove(source);
	close_client(&client);
}
END_TEST

START_TEST(clients_that_disconnect_early_leak_no_descriptor)
{
	int before = host_count_descriptors();

	for (int i = 0; i < 200; i++) {
		struct client client = open_client();

		if (i % 2 == 0)
			send_text(&client,
				"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
				"\"events.subscribe\"}\n");
		if (i % 3 == 0)
			send_text(&client, RESET RESET "{\"jso");
		close_client(&client);
	}
	run_server();
	ck_assert_int_eq(host_count_descriptors(), before);
}
END_TEST

/* Compares an event, without its time. */
static void
assert_event(struct client *client, const char *expected)
{
	g_autofree char *line = next_line(client);
	g_autoptr(GRegex) time = g_regex_new("\"time_ns\":\\d+,?", 0, 0, NULL);
	g_autofree char *timeless = NULL;
	g_autofree char *whole = g_strdup_printf(
		"{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{%s}}", expected);

	ck_assert_ptr_nonnull(line);
	timeless = g_regex_replace(time, line, -1, 0, "", 0, NULL);
	ck_assert_str_eq(timeless, whole);
}

#define FROM(number, kind) \
	"\"subscription\":" number ",\"kind\":\"" kind "\",\"adapter\":\"adapter0\",\"cs\":0,"

START_TEST(subscribers_receive_the_selected_events)
{
	struct client all = open_client();
	struct client some = open_client();
	struct client actor = open_client();

	assert_result(&all, "events.subscribe", NULL, "{\"subscription\":1}");
	assert_result(&some, "events.subscribe",
		"{\"kinds\":[\"pin\",\"snapshot\"],\"adapter\":\"adapter0\"}",
		"{\"subscription\":2}");
	assert_result(&actor, "chip.power", "{\"action\":\"cycle\"}", "{\"power_mv\":3300}");
	assert_result(&actor, "chip.pin", "{\"pin\":\"wp\",\"level\":\"low\"}",
		"{\"pins\":{\"wp\":\"low\",\"hold\":\"high\",\"reset\":null}," WP_NOTE "}");
	assert_result(&actor, "chip.reset", NULL, "true");
	assert_result(
		&actor, "snapshot.take", "{\"name\":\"a\"}", "{\"name\":\"a\",\"bytes_copied\":0}");
	assert_event(&all, FROM("1", "power") "\"on\":false");
	assert_event(&all, FROM("1", "power") "\"on\":true");
	assert_event(&all, FROM("1", "pin") "\"pin\":\"wp\",\"level\":\"low\"");
	assert_event(&some, FROM("2", "pin") "\"pin\":\"wp\",\"level\":\"low\"");
	assert_event(&all,
		FROM("1", "operation") "\"opcode\":102,\"name\":\"RSTEN\",\"address\":null,"
				       "\"length\":0,\"outcome\":\"done\","
				       "\"purpose\":\"other\",\"note\":null");
	assert_event(&all,
		FROM("1", "operation") "\"opcode\":153,\"name\":\"RST\",\"address\":null,"
				       "\"length\":0,\"outcome\":\"done\","
				       "\"purpose\":\"other\",\"note\":null");
	assert_event(&all, FROM("1", "snapshot") "\"action\":\"take\",\"name\":\"a\"");
	assert_event(&some, FROM("2", "snapshot") "\"action\":\"take\",\"name\":\"a\"");
	close_client(&all);
	close_client(&some);
	close_client(&actor);
}
END_TEST

static JsonNode *
read_message(struct client *client)
{
	g_autofree char *line = next_line(client);

	ck_assert_ptr_nonnull(line);
	return json_from_string(line, NULL);
}

/* The text of the next event, "" if it has none. Free with g_free(). */
static char *
next_text(struct client *client, const char *kind)
{
	g_autoptr(JsonNode) message = read_message(client);
	JsonObject *params = json_object_get_object_member(json_node_get_object(message), "params");

	ck_assert_str_eq(json_object_get_string_member(params, "kind"), kind);
	return g_strdup(json_object_get_string_member_with_default(params, "text", ""));
}

START_TEST(a_folded_subscription_begins_with_the_past)
{
	struct client actor = open_client();
	struct client late = open_client();
	static const char *const kinds[] = {"power", "power", "pin", "operation", "operation"};
	static const char *const texts[] = {
		"supply off", "supply on", "WP# set to low", "RSTEN (66)", "RST (99)"};

	assert_result(&actor, "chip.power", "{\"action\":\"cycle\"}", "{\"power_mv\":3300}");
	json_node_unref(ask(&actor, "chip.pin", "{\"pin\":\"wp\",\"level\":\"low\"}"));
	assert_result(&actor, "chip.reset", NULL, "true");
	request(&late, "events.subscribe",
		"{\"detail\":\"folded\",\"since_ns\":999999999999999999}");
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *text = next_text(&late, kinds[i]);

		ck_assert_str_eq(text, texts[i]);
	}
	json_node_unref(read_message(&late)); /* the reply */
	json_node_unref(ask(&actor, "chip.pin", "{\"pin\":\"wp\",\"level\":\"high\"}"));
	g_autofree char *text = next_text(&late, "pin");

	ck_assert_str_eq(text, "WP# set to high");
	assert_error(&actor, "events.subscribe", "{\"since_ns\":1}", -32602,
		"events.subscribe: \"since_ns\" goes with \"detail\": \"folded\" only");
	close_client(&actor);
	close_client(&late);
}
END_TEST

/* The bench keeps 1024 groups. */
START_TEST(a_past_that_is_too_long_is_counted)
{
	struct client actor = open_client();
	struct client late = open_client();
	g_autoptr(JsonNode) first = NULL;
	JsonObject *params;

	for (int i = 0; i < 1030; i++)
		json_node_unref(ask(&actor, "chip.pin",
			i % 2 == 0 ? "{\"pin\":\"wp\",\"level\":\"low\"}"
				   : "{\"pin\":\"wp\",\"level\":\"high\"}"));
	request(&late, "events.subscribe",
		"{\"detail\":\"folded\",\"since_ns\":999999999999999999}");
	first = read_message(&late);
	params = json_object_get_object_member(json_node_get_object(first), "params");
	ck_assert_str_eq(json_object_get_string_member(params, "kind"), "lost");
	ck_assert_int_eq(json_object_get_int_member(params, "count"), 6);
	for (int i = 6; i < 1030; i++) {
		g_autofree char *text = next_text(&late, "pin");

		ck_assert_str_eq(text, i % 2 == 0 ? "WP# set to low" : "WP# set to high");
	}
	close_client(&actor);
	close_client(&late);
}
END_TEST

START_TEST(opening_and_closing_a_host_sends_events)
{
	struct client client = open_client();
	g_autoptr(JsonNode) status = ask(&client, "bench.status", NULL);
	JsonObject *adapter = json_array_get_object_element(
		json_object_get_array_member(json_node_get_object(status), "adapters"), 0);
	int tty;

	assert_result(
		&client, "events.subscribe", "{\"kinds\":[\"host\"]}", "{\"subscription\":1}");
	tty = open(json_object_get_string_member(adapter, "tty"), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(tty, 0);
	assert_event(&client,
		"\"subscription\":1,\"kind\":\"host\",\"adapter\":\"adapter0\","
		"\"cs\":null,\"opened\":true");
	close(tty);
	assert_event(&client,
		"\"subscription\":1,\"kind\":\"host\",\"adapter\":\"adapter0\","
		"\"cs\":null,\"opened\":false");
	close_client(&client);
}
END_TEST

START_TEST(unsubscribing_ends_the_events)
{
	struct client client = open_client();
	struct client other = open_client();

	assert_result(&client, "events.subscribe", NULL, "{\"subscription\":1}");
	assert_error(&other, "events.unsubscribe", "{\"subscription\":1}", -32602,
		"events.unsubscribe: this client has no subscription 1");
	assert_result(&client, "events.unsubscribe", "{\"subscription\":1}", "true");
	assert_result(&client, "chip.reset", NULL, "true");
	assert_result(&client, "chip.power", "{\"action\":\"off\"}", "{\"power_mv\":0}");
	for (int i = 0; i < 16; i++)
		json_node_unref(ask(&client, "events.subscribe", NULL));
	assert_error(&client, "events.subscribe", NULL, -32000,
		"events.subscribe: this client has 16 subscriptions, and no more are allowed; end "
		"one of them");
	close_client(&client);
	close_client(&other);
}
END_TEST

#define EVENTS 20000

/* Counts received and lost events until they add up to EVENTS. */
START_TEST(a_slow_subscriber_gets_the_number_of_lost_events)
{
	struct client slow = open_client();
	struct client actor = open_client();
	int64_t seen = 0;
	int64_t lost = 0;

	assert_result(
		&slow, "events.subscribe", "{\"kinds\":[\"operation\"]}", "{\"subscription\":1}");
	for (int i = 0; i < EVENTS / 2; i++)
		assert_result(&actor, "chip.reset", NULL, "true");
	while (seen + lost < EVENTS) {
		g_autofree char *line = next_line(&slow);
		g_autoptr(JsonNode) root = NULL;
		JsonObject *params;

		ck_assert_ptr_nonnull(line);
		root = json_from_string(line, NULL);
		params = json_object_get_object_member(json_node_get_object(root), "params");
		if (strcmp(json_object_get_string_member(params, "kind"), "lost") == 0)
			lost += json_object_get_int_member(params, "count");
		else
			seen++;
	}
	ck_assert_int_eq(seen + lost, EVENTS);
	ck_assert_int_gt(seen, 100);
	ck_assert_int_gt(lost, 100);
	/* Later events are received again. */
	assert_result(&actor, "chip.reset", NULL, "true");
	assert_event(&slow,
		FROM("1", "operation") "\"opcode\":102,\"name\":\"RSTEN\",\"address\":null,"
				       "\"length\":0,\"outcome\":\"done\","
				       "\"purpose\":\"other\",\"note\":null");
	close_client(&slow);
	close_client(&actor);
}
END_TEST

static unsigned int
mode_of(const char *path)
{
	struct stat info;

	ck_assert_int_eq(lstat(path, &info), 0);
	return info.st_mode & 07777;
}

/* message: the expected error, with DIR for the folder; NULL: none. */
static void
assert_server(const char *path, const char *message)
{
	g_autoptr(GError) error = NULL;
	struct control_server *other = control_server_new(bench, path, &error);
	g_autoptr(GString) wanted = g_string_new(message);
	g_autofree char *prefix = g_strconcat(dir, "/", NULL);

	if (message == NULL) {
		ck_assert_msg(other != NULL, "%s", error != NULL ? error->message : "");
		ck_assert_uint_eq(mode_of(control_server_path(other)), 0600);
		control_server_destroy(other);
		return;
	}
	ck_assert_ptr_null(other);
	g_string_replace(wanted, "DIR/", prefix, 0);
	ck_assert_str_eq(error->message, wanted->str);
}

START_TEST(the_default_socket_is_private)
{
	g_autofree char *directory = control_directory();
	g_autofree char *expected = at("spinor");

	ck_assert_str_eq(directory, expected);
	umask(0);
	assert_server(NULL, NULL);
	ck_assert_uint_eq(mode_of(directory), 0700);
	g_chmod(directory, 0755);
	assert_server(NULL,
		"the control socket's directory DIR/spinor is refused: it has to be a directory "
		"that is yours, with mode 0700; remove it, or name another socket with --control "
		"PATH");
	g_chmod(directory, 0700);
	if (geteuid() == 0) {
		ck_assert_int_eq(chown(directory, 65534, 65534), 0);
		assert_server(NULL,
			"the control socket's directory DIR/spinor is refused: it has to be a "
			"directory that is yours, with mode 0700; remove it, or name another "
			"socket with --control PATH");
	}
	g_rmdir(directory);
	ck_assert_int_eq(symlink("/tmp", directory), 0);
	assert_server(NULL,
		"the control socket's directory DIR/spinor is refused: it has to be a directory "
		"that is yours, with mode 0700; remove it, or name another socket with --control "
		"PATH");
	g_setenv("XDG_RUNTIME_DIR", "/nowhere/at/all", TRUE);
	assert_server(NULL,
		"cannot create the control socket's directory /nowhere/at/all/spinor: No such file "
		"or directory; set XDG_RUNTIME_DIR to a directory of yours, or name another "
		"socket with --control PATH");
}
END_TEST

START_TEST(without_a_runtime_directory_the_socket_is_in_tmp)
{
	g_autofree char *expected = g_strdup_printf("/tmp/spinor-%lu", (unsigned long)geteuid());
	g_autofree char *unset = NULL;
	g_autofree char *relative = NULL;

	g_unsetenv("XDG_RUNTIME_DIR");
	unset = control_directory();
	ck_assert_str_eq(unset, expected);
	g_setenv("XDG_RUNTIME_DIR", "relative", TRUE);
	relative = control_directory();
	ck_assert_str_eq(relative, expected);
}
END_TEST

/* Creates a socket without a listener. */
static void
leave_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	close(fd);
}

START_TEST(only_a_stale_socket_is_replaced)
{
	g_autofree char *left = at("left.sock");
	g_autofree char *file = at("file");
	g_autofree char *missing = at("missing/a.sock");
	g_autofree char *name = g_strnfill(120, 'n');
	g_autofree char *longest = at(name);
	g_autoptr(GString) long_message = g_string_new(NULL);

	leave_socket(left);
	assert_server(left, NULL);
	ck_assert(!g_file_test(left, G_FILE_TEST_EXISTS));
	assert_server(control_server_path(server),
		"control socket DIR/control.sock: in use by another spinord; name another socket "
		"with --control PATH");
	write_file("file", "abc", 3);
	assert_server(file,
		"control socket DIR/file: another file is there; allowed is a new path or the "
		"socket of an ended spinord");
	ck_assert(g_file_test(file, G_FILE_TEST_IS_REGULAR));
	assert_server(missing,
		"control socket DIR/missing/a.sock: directory DIR/missing: No such file or "
		"directory; name another socket with --control PATH");
	g_string_printf(long_message,
		"control socket DIR/%s: %zu bytes are too long; allowed are 107", name,
		strlen(longest));
	assert_server(longest, long_message->str);
	assert_server("", "control socket : names no file; allowed is a path to a new one");
}
END_TEST

START_TEST(a_socket_of_another_program_is_not_replaced)
{
	g_autofree char *path = at("foreign.sock");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	assert_server(path,
		"control socket DIR/foreign.sock: in use by another program; name another socket "
		"with --control PATH");
	ck_assert(g_file_test(path, G_FILE_TEST_EXISTS));
	close(fd);
}
END_TEST

static void
add_method_tests(TCase *tcase)
{
	tcase_add_test(tcase, status_reports_all_adapters_and_chips);
	tcase_add_test(tcase, the_manual_has_every_field_of_status);
	tcase_add_test(tcase, discover_lists_every_method_with_schemas);
	tcase_add_test(tcase, pins_keep_their_level);
	tcase_add_test(tcase, faults_are_removed_by_number_or_name);
	tcase_add_test(tcase, only_faults_of_chips_take_a_chip);
	tcase_add_test(tcase, power_switches_the_supply);
	tcase_add_test(tcase, power_cuts_the_supply_in_an_operation);
	tcase_add_test(tcase, the_cable_is_unplugged_and_plugged_in);
	tcase_add_test(tcase, images_are_saved_loaded_and_compared);
	tcase_add_test(tcase, unusable_images_are_rejected);
	tcase_add_test(tcase, snapshots_are_taken_restored_and_deleted);
	tcase_add_test(tcase, counters_count_and_are_reset);
	tcase_add_test(tcase, each_counter_has_its_own_value);
	tcase_add_test(tcase, counters_have_examples);
	tcase_add_test(tcase, stop_raises_sigterm);
	tcase_add_loop_test(tcase, errors_of_requests_name_the_allowed_values, 0,
		(int)G_N_ELEMENTS(bad_requests));
}

static void
add_line_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, invalid_lines_get_an_error, 0, (int)G_N_ELEMENTS(bad_lines));
	tcase_add_test(tcase, a_line_may_arrive_in_pieces);
	tcase_add_test(tcase, an_incomplete_last_line_gets_an_error);
	tcase_add_test(tcase, a_client_that_shuts_down_writing_gets_all_replies);
	tcase_add_test(tcase, notifications_are_not_answered);
	tcase_add_test(tcase, a_line_longer_than_the_limit_is_rejected);
	tcase_add_test(tcase, a_hundred_megabytes_without_newline_are_not_buffered);
	tcase_add_test(tcase, a_client_that_does_not_read_is_no_longer_read_from);
	tcase_add_test(tcase, the_sixty_fifth_client_is_rejected);
	tcase_add_test(tcase, clients_that_disconnect_early_leak_no_descriptor);
}

Suite *
suite_control(void)
{
	Suite *suite = suite_create("control");
	TCase *tcase = tcase_create("control");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	add_method_tests(tcase);
	add_line_tests(tcase);
	tcase_add_test(tcase, subscribers_receive_the_selected_events);
	tcase_add_test(tcase, a_folded_subscription_begins_with_the_past);
	tcase_add_test(tcase, a_past_that_is_too_long_is_counted);
	tcase_add_test(tcase, opening_and_closing_a_host_sends_events);
	tcase_add_test(tcase, unsubscribing_ends_the_events);
	tcase_add_test(tcase, a_slow_subscriber_gets_the_number_of_lost_events);
	tcase_add_test(tcase, the_default_socket_is_private);
	tcase_add_test(tcase, without_a_runtime_directory_the_socket_is_in_tmp);
	tcase_add_test(tcase, only_a_stale_socket_is_replaced);
	tcase_add_test(tcase, a_socket_of_another_program_is_not_replaced);
	suite_add_tcase(suite, tcase);
	return suite;
}
