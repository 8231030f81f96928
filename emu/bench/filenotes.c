/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notices about files at the start: those that a bench file creates or changes, since its user may
 * not have read it, and images that are not changed. Leaves out files that options name.
 */
#include "bench/filenotes.h"

#include "base/log.h"
#include "setup/files.h"
#include "setup/setup.h"

/* One line, also for a thousand adapters. */
static void
note_snapshots(const struct setup_bench *setup)
{
	const struct setup_chip *first = NULL;
	unsigned int n = 0;

	for (guint i = 0; setup->snapshot && i < setup->adapters->len; i++) {
		const struct setup_adapter *adapter = setup->adapters->pdata[i];

		for (guint j = 0; j < adapter->chips->len; j++) {
			const struct setup_chip *chip = adapter->chips->pdata[j];

			n += chip->image != NULL;
			first = first == NULL && chip->image != NULL ? chip : first;
		}
	}
	if (n == 1)
		log_notice("snapshot: nothing is written to \"%s\"; changes are lost at the end",
			first->image);
	else if (n > 1)
		log_notice("snapshot: nothing is written to the images of %u chips; changes are "
			   "lost at the end",
			n);
}

void
bench_filenotes_log(const struct setup_bench *setup)
{
	note_snapshots(setup);
	if (setup->file != NULL)
		setup_files_log(setup->files, setup->file);
}
