/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a bench needs to open: the files of its description (setup/files.c), and the chip data. A
 * file that is replaced as a whole, or created, needs its folder; a device or a pipe is opened
 * itself.
 */
#include "bench/confine.h"

#include "bench/bench.h"
#include "chipdb/chipdb.h"
#include "sandbox/sandbox.h"
#include "setup/files.h"
#include "setup/options.h"
#include "setup/setup.h"

#include <string.h>
#include <sys/stat.h>

/* Trace, record and log are opened once, an image and all others are replaced or found again. */
static bool
is_stream(const struct setup_file *file)
{
	return strcmp(file->purpose, "trace") == 0 || strcmp(file->purpose, "record") == 0 ||
		strcmp(file->purpose, "log") == 0;
}

static void
allow_change(struct sandbox *sandbox, const struct setup_file *file)
{
	struct stat info;
	bool exists = stat(file->named, &info) == 0;

	if (exists && (!S_ISREG(info.st_mode) || is_stream(file)))
		sandbox_allow(
			sandbox, file->named, SANDBOX_READ | SANDBOX_WRITE | SANDBOX_TERMINAL);
	else
		sandbox_allow_folder_of(sandbox, file->named, SANDBOX_FOLDER);
}

static void
allow_file(struct sandbox *sandbox, const struct setup_file *file)
{
	switch (file->access) {
	case SETUP_FILE_READ:
		sandbox_allow(sandbox, file->named, SANDBOX_READ);
		break;
	case SETUP_FILE_CREATE:
	case SETUP_FILE_CHANGE:
		allow_change(sandbox, file);
		break;
	case SETUP_FILE_LINK:
		sandbox_allow_folder_of(
			sandbox, file->named, SANDBOX_LINK | SANDBOX_REMOVE | SANDBOX_LIST);
		break;
	case SETUP_FILE_SOCKET:
		/* It exists already. */
		sandbox_allow_folder_of(sandbox, file->named, SANDBOX_REMOVE);
		break;
	}
}

/* Files of the bench file of another user: its folder, wherever links in there lead by now. */
static void
allow_folder(struct sandbox *sandbox, const struct setup_bench *setup)
{
	sandbox_allow_folder_of(sandbox, setup->file, SANDBOX_FOLDER | SANDBOX_LINK);
}

static void
allow_chipdb(struct sandbox *sandbox, const char *path)
{
	/* A file has SFDP tables beside it. */
	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		sandbox_allow(sandbox, path, SANDBOX_READ);
	else
		sandbox_allow_folder_of(sandbox, path, SANDBOX_READ);
}

struct sandbox *
bench_sandbox_new(const struct bench *bench, const struct setup_options *options, bool supervises)
{
	const struct setup_bench *setup = bench_setup(bench);
	struct sandbox *sandbox = sandbox_new(options->sandbox, supervises);
	g_autoptr(GPtrArray) folders = chipdb_folders(setup->chipdb);
	bool restricted = setup_files_are_restricted(options, setup->file);

	for (guint i = 0; i < setup->files->len; i++) {
		const struct setup_file *file = setup->files->pdata[i];

		if (restricted && file->by_bench)
			allow_folder(sandbox, setup);
		else
			allow_file(sandbox, file);
	}
	for (guint i = 0; i < folders->len; i++)
		allow_chipdb(sandbox, folders->pdata[i]);
	for (guint i = 0; options->allow != NULL && i < options->allow->len; i++)
		sandbox_allow(sandbox, options->allow->pdata[i], SANDBOX_FOLDER | SANDBOX_LINK);
	return sandbox;
}
