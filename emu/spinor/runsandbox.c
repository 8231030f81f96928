/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What spinor run opens besides the files of its bench. The command is a child of the reaper, which
 * was forked before, and is not in the sandbox. If the reaper is killed, this process ends the
 * command, for which it reads /proc, and removes the private directory.
 */
#include "spinor/runsandbox.h"

#include "bench/bench.h"
#include "bench/confine.h"
#include "sandbox/sandbox.h"
#include "spinor/command.h"
#include "spinor/supervise.h"

#include <stddef.h>

struct sandbox *
spinor_run_sandbox_enter(const struct bench *bench, const struct setup_options *options,
	const struct spinor_command *command, const struct supervise *supervise,
	const char *control)
{
	const char *directory = spinor_supervise_directory(supervise);
	struct sandbox *sandbox = bench_sandbox_new(bench, options, true);

	bench_ask_flashrom(bench);
	sandbox_allow(sandbox, directory, SANDBOX_FOLDER | SANDBOX_LINK | SANDBOX_SOCKET);
	sandbox_allow_folder_of(sandbox, directory, SANDBOX_RMDIR);
	sandbox_allow_folder_of(sandbox, control, SANDBOX_LIST | SANDBOX_REMOVE | SANDBOX_SOCKET);
	if (command->report != NULL)
		sandbox_allow_folder_of(sandbox, command->report, SANDBOX_FOLDER);
	if (command->expect_image != NULL)
		sandbox_allow(sandbox, command->expect_image, SANDBOX_READ);
	sandbox_enter_files(sandbox);
	return sandbox;
}
