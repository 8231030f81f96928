/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A private bench without threads: the replay calls the lines of its adapters itself, in the order
 * of the record, and holds the wall at the recorded time of each call. Chips, wires, firmware and
 * faults so see the same bytes, actions and times, and the result is exact with every timing.
 *
 * The images of the bench are copies in a folder that is removed at the end. Ports, links, traces
 * and the control socket of the recorded bench are left out; so are the timers of a cable, whose
 * effects are in the record.
 */
#include "replay/private.h"

#include "base/clock.h"
#include "base/error.h"
#include "bench/adapter.h"
#include "bench/bench.h"
#include "bench/cable.h"
#include "bench/confine.h"
#include "bench/recording.h"
#include "control/direct.h"
#include "record/data.h"
#include "record/reader.h"
#include "sandbox/sandbox.h"
#include "serprog/profile.h"
#include "setup/files.h"
#include "setup/options.h"
#include "setup/setup.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

struct replay_private {
	const struct record_head *head;
	char *folder;
	struct bench *bench;
	struct control_direct *direct;
	struct bench_adapter **adapters; /* by index in the head */
	unsigned int *bauds;
	struct sandbox *sandbox; /* NULL: not entered */
	GHashTable *files;       /* snapshots in files: recorded path, path in the folder */
};

/* Puts the options of the record and those of the replay together. */
static struct setup_options *
read_options(const struct replay_private_plan *plan, GError **error)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	struct setup_options *options;
	char **argv;
	int argc;

	g_ptr_array_add(words, (gpointer) "spinord");
	for (guint i = 0; i < plan->head->words->len; i++)
		g_ptr_array_add(words, plan->head->words->pdata[i]);
	for (char *const *word = plan->words; word != NULL && *word != NULL; word++)
		g_ptr_array_add(words, *word);
	argc = (int)words->len;
	g_ptr_array_add(words, NULL);
	argv = (char **)words->pdata;
	options = setup_options_parse(&argc, &argv, error);
	if (options == NULL)
		return NULL;
	if (options->file != NULL || options->record != NULL || options->image != NULL) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"a bench file, --record and --image are not for the bench of a replay; "
			"allowed after -- are the other options of spinord");
		setup_options_free(options);
		return NULL;
	}
	options->file = g_strdup(plan->head->bench_path);
	if (options->file != NULL)
		options->file_text = g_strdup(plan->head->bench_text->str);
	if (plan->chipdb != NULL) {
		g_free(options->chipdb);
		options->chipdb = g_strdup(plan->chipdb);
	}
	return options;
}

static bool
copy_file(const char *from, const char *to, GError **error)
{
	g_autoptr(GFile) source = g_file_new_for_path(from);
	g_autoptr(GFile) target = g_file_new_for_path(to);
	g_autoptr(GError) why = NULL;

	if (g_file_copy(source, target, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS,
		    NULL, NULL, NULL, &why))
		return true;
	g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
		"cannot copy \"%s\": %s; a copy of the chip's content at the start of the session "
		"is wanted, --image FILE names it",
		from, why->message);
	return false;
}

/* Gives the chip a copy of its image, with the registers of the record. */
static bool
place_image(struct replay_private *private, const struct record_content *content, guint i,
	const char *given, struct setup_chip *chip, GError **error)
{
	g_autofree char *image = g_strdup_printf("%s/%u.bin", private->folder, i);
	g_autofree char *state = g_strconcat(image, ".state", NULL);
	const char *from = given != NULL ? given : content->image;
	g_autoptr(GError) why = NULL;

	if (from == NULL)
		return true;
	if ((given != NULL || strcmp(content->digest, RECORD_BLANK) != 0) &&
		!copy_file(from, image, error))
		return false;
	g_free(chip->image);
	chip->image = g_steal_pointer(&image);
	if (content->state == NULL || g_file_set_contents(state, content->state, -1, &why))
		return true;
	g_set_error(
		error, BASE_ERROR, BASE_ERROR_FILE, "cannot write \"%s\": %s", state, why->message);
	return false;
}

/* The chip of the setup; NULL: options of the replay have removed it. */
static struct setup_chip *
find_chip(const struct setup_bench *setup, const struct record_content *content)
{
	for (guint i = 0; i < setup->adapters->len; i++) {
		const struct setup_adapter *adapter = setup->adapters->pdata[i];

		if (strcmp(adapter->name, content->adapter) != 0)
			continue;
		for (guint j = 0; j < adapter->chips->len; j++) {
			struct setup_chip *chip = adapter->chips->pdata[j];

			if (chip->cs == content->cs)
				return chip;
		}
	}
	return NULL;
}

/* Replaces images by copies, and removes everything that is not the bench itself. */
static bool
isolate(struct replay_private *private, const struct replay_private_plan *plan,
	struct setup_bench *setup, GError **error)
{
	const GPtrArray *contents = plan->head->contents;
	guint n_given = plan->images != NULL ? g_strv_length((char **)plan->images) : 0;

	g_clear_pointer(&setup->trace, g_free);
	g_clear_pointer(&setup->record, g_free);
	g_clear_pointer(&setup->control, g_free);
	for (guint i = 0; i < setup->adapters->len; i++) {
		struct setup_adapter *adapter = setup->adapters->pdata[i];

		g_clear_pointer(&adapter->link, g_free);
		g_clear_pointer(&adapter->tcp, g_free);
		for (guint j = 0; j < adapter->chips->len; j++) {
			struct setup_chip *chip = adapter->chips->pdata[j];

			g_clear_pointer(&chip->image, g_free);
		}
	}
	if (n_given > contents->len) {
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"--image %s: the record has %u chip%s, and each can have one",
			plan->images[contents->len], contents->len, contents->len == 1 ? "" : "s");
		return false;
	}
	for (guint i = 0; i < contents->len; i++) {
		const struct record_content *content = contents->pdata[i];
		struct setup_chip *chip = find_chip(setup, content);

		if (chip != NULL &&
			!place_image(private, content, i, i < n_given ? plan->images[i] : NULL,
				chip, error))
			return false;
	}
	return true;
}

/* Compares the content of the chips with that at the start of the session. */
static bool
check_contents(const struct replay_private *private, GError **error)
{
	const GPtrArray *contents = private->head->contents;

	for (guint i = 0; i < contents->len; i++) {
		const struct record_content *content = contents->pdata[i];
		struct bench_adapter *adapter =
			bench_find_adapter(private->bench, content->adapter, NULL);
		struct bench_chip *chip =
			adapter != NULL ? bench_adapter_chip(adapter, content->cs) : NULL;
		g_autofree char *digest = chip != NULL ? bench_recording_digest(chip) : NULL;

		if (digest == NULL || strcmp(digest, content->digest) == 0)
			continue;
		g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
			"%s, chip select %u: its content is not that at the start of the session; "
			"--image FILE is wanted, a file with the SHA-256 digest %s",
			content->adapter, content->cs, content->digest);
		return false;
	}
	return true;
}

static bool
find_adapters(struct replay_private *private, GError **error)
{
	const GPtrArray *names = private->head->adapters;

	private->adapters = g_new0(struct bench_adapter *, names->len);
	private->bauds = g_new0(unsigned int, names->len);
	for (guint i = 0; i < names->len; i++) {
		struct bench_adapter *adapter =
			bench_find_adapter(private->bench, names->pdata[i], error);

		if (adapter == NULL)
			return false;
		private->adapters[i] = adapter;
		bench_adapter_cable(adapter)->baud = &private->bauds[i];
	}
	return true;
}

/* From here on only the folder can be changed. All files can be read: actions of the record name
 * some, such as image.load. */
static void
confine(struct replay_private *private, const struct setup_options *options)
{
	struct sandbox *sandbox = bench_sandbox_new(private->bench, options, false);

	bench_ask_flashrom(private->bench);
	sandbox_allow(sandbox, "/", SANDBOX_READ);
	sandbox_allow(sandbox, private->folder, SANDBOX_FOLDER | SANDBOX_LIST);
	sandbox_allow_folder_of(sandbox, private->folder, SANDBOX_RMDIR);
	sandbox_enter_files(sandbox);
	private->sandbox = sandbox;
}

/* The bench without its links, ports, and files of the user. */
static bool
describe(struct replay_private *private, const struct replay_private_plan *plan,
	const struct setup_options *options, GError **error)
{
	struct setup_bench *setup = setup_new(options, error);

	if (setup == NULL)
		return false;
	if (!isolate(private, plan, setup, error)) {
		setup_free(setup);
		return false;
	}
	g_ptr_array_unref(setup->files);
	setup->files = setup_files_new(setup, options);
	private->bench = bench_describe_from(setup, error);
	return private->bench != NULL;
}

static bool
build(struct replay_private *private, const struct replay_private_plan *plan, GError **error)
{
	struct setup_options *options = read_options(plan, error);
	bool good = options != NULL && describe(private, plan, options, error);

	if (good && plan->confined)
		confine(private, options);
	good = good && bench_build(private->bench, options, NULL, error);
	setup_options_free(options);
	if (good && private->sandbox != NULL)
		sandbox_enter_calls(private->sandbox);
	if (!good || !check_contents(private, error) || !find_adapters(private, error))
		return false;
	private->direct = control_direct_new(private->bench);
	return true;
}

struct replay_private *
replay_private_new(const struct replay_private_plan *plan, GError **error)
{
	struct replay_private *private = g_new0(struct replay_private, 1);

	private->head = plan->head;
	private->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	base_wall_hold_at(plan->head->origin_ns);
	private->folder = g_dir_make_tmp("spinor-replay-XXXXXX", error);
	if (private->folder != NULL && build(private, plan, error))
		return private;
	replay_private_free(private);
	return NULL;
}

static void
remove_folder(const char *folder)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		g_unlink(path);
	}
	if (dir != NULL)
		g_dir_close(dir);
	g_rmdir(folder);
}

void
replay_private_free(struct replay_private *private)
{
	if (private == NULL)
		return;
	control_direct_free(private->direct);
	bench_destroy(private->bench);
	base_wall_release();
	if (private->folder != NULL)
		remove_folder(private->folder);
	g_clear_pointer(&private->sandbox, sandbox_free);
	g_hash_table_unref(private->files);
	g_free(private->folder);
	g_free(private->adapters);
	g_free(private->bauds);
	g_free(private);
}

/* The wall moves to the time of the event, and stays there until the next one. */
static void
begin(void *self, unsigned int adapter, int64_t time_ns)
{
	const struct replay_private *private = self;

	(void)adapter;
	base_wall_release();
	base_wall_hold_at(private->head->origin_ns + time_ns);
}

static bool
open_line(void *self, unsigned int adapter, GError **error)
{
	const struct replay_private *private = self;
	struct base_endpoint line = bench_adapter_endpoint(private->adapters[adapter]);

	(void)error;
	line.ops->host_opened(line.self);
	return true;
}

static void
close_line(void *self, unsigned int adapter)
{
	const struct replay_private *private = self;
	struct base_endpoint line = bench_adapter_endpoint(private->adapters[adapter]);

	line.ops->host_closed(line.self);
}

static size_t
send_bytes(void *self, unsigned int adapter, const uint8_t *bytes, size_t n, GError **error)
{
	const struct replay_private *private = self;
	struct base_endpoint line = bench_adapter_endpoint(private->adapters[adapter]);

	(void)error;
	return line.ops->take(line.self, bytes, n);
}

static size_t
receive(void *self, unsigned int adapter, uint8_t *out, size_t want, bool full, GError **error)
{
	const struct replay_private *private = self;
	struct base_endpoint line = bench_adapter_endpoint(private->adapters[adapter]);

	(void)error;
	return line.ops->give(line.self, out, full ? want : RECORD_DATA_MAX);
}

/* The path in the folder for a snapshot in a file: a replay overwrites no file of the user. NULL:
 * the record did not take it. */
static const char *
path_in_folder(struct replay_private *private, const char *file, bool takes)
{
	guint n = g_hash_table_size(private->files);

	if (takes && !g_hash_table_contains(private->files, file))
		g_hash_table_insert(private->files, g_strdup(file),
			g_strdup_printf("%s/snapshot-%u", private->folder, n));
	return g_hash_table_lookup(private->files, file);
}

/* A copy of the object with another "file". */
static JsonObject *
with_file(JsonObject *object, const char *file)
{
	g_autoptr(GList) members = json_object_get_members(object);
	JsonObject *copy = json_object_new();

	for (GList *at = members; at != NULL; at = at->next)
		json_object_set_member(
			copy, at->data, json_node_copy(json_object_get_member(object, at->data)));
	json_object_set_string_member(copy, "file", file);
	return copy;
}

/* The request with a file of the folder instead of a snapshot's. */
static char *
redirect(struct replay_private *private, const char *request, GError **error)
{
	g_autofree char *method = NULL;
	g_autoptr(JsonObject) object = control_direct_parse(request, &method, error);
	g_autoptr(JsonNode) node = NULL;
	g_autofree char *params = NULL;
	const char *path = NULL;
	JsonNode *file;

	if (object == NULL)
		return NULL;
	file = json_object_get_member(object, "file");
	if (g_str_has_prefix(method, "snapshot.") && file != NULL &&
		json_node_get_value_type(file) == G_TYPE_STRING)
		path = path_in_folder(
			private, json_node_get_string(file), strcmp(method, "snapshot.take") == 0);
	if (path == NULL)
		return g_strdup(request);
	node = json_node_new(JSON_NODE_OBJECT);
	json_node_take_object(node, with_file(object, path));
	params = json_to_string(node, FALSE);
	return g_strconcat(method, " ", params, NULL);
}

static bool
act(void *self, const char *request, GError **error)
{
	struct replay_private *private = self;
	g_autofree char *redirected = redirect(private, request, error);

	return redirected != NULL && control_direct_run(private->direct, redirected, error);
}

static void
note(void *self, unsigned int i, const char *text)
{
	struct replay_private *private = self;
	struct bench_adapter *adapter = private->adapters[i];
	struct base_endpoint line = bench_adapter_endpoint(adapter);

	if (strcmp(text, RECORD_TIMEOUT) == 0) {
		if (line.ops->deadline_ns != NULL && line.ops->deadline_ns(line.self) >= 0)
			line.ops->timed_out(line.self);
	} else if (strcmp(text, RECORD_UNPLUGGED) == 0) {
		bench_cable_unplug(bench_adapter_cable(adapter));
	} else if (strcmp(text, RECORD_PLUGGED) == 0) {
		bench_cable_plug(bench_adapter_cable(adapter), NULL);
	} else if (g_str_has_prefix(text, RECORD_BAUD)) {
		private->bauds[i] =
			(unsigned int)g_ascii_strtoull(text + strlen(RECORD_BAUD), NULL, 10);
	} else if (g_str_has_prefix(text, RECORD_ADVANCE)) {
		bench_adapter_advance(adapter,
			(int)CLAMP(
				g_ascii_strtoll(text + strlen(RECORD_ADVANCE), NULL, 10), -1, 255));
	}
}

struct replay_target
replay_private_target(struct replay_private *private)
{
	static const struct replay_target_ops ops = {
		.begin = begin,
		.open = open_line,
		.close = close_line,
		.send = send_bytes,
		.receive = receive,
		.action = act,
		.note = note,
	};

	return (struct replay_target){.ops = &ops, .self = private, .only = -1};
}

uint32_t
replay_private_unacknowledged(const struct replay_private *private)
{
	const struct serprog_profile *profile =
		serprog_profile_find(bench_adapter_profile(private->adapters[0]));

	return profile != NULL ? profile->unacknowledged : 0;
}
