/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options whose value is a group of a bench file in words: --fault, --board, --firmware. */
#ifndef SPINOR_SETUP_OPTIONWORDS_H
#define SPINOR_SETUP_OPTIONWORDS_H

#include <glib.h>
#include <stdbool.h>

struct setup_adapter;
struct setup_bench;
struct setup_options;

/* Changes the adapter's firmware; before adapters with a count become several. */
bool setup_optionwords_firmware(
	struct setup_adapter *adapter, const struct setup_options *options, GError **error);

/* Adds faults and boards. equal: all adapters are copies of one; then each of them gets what names
 * no adapter. Errors are BASE_ERROR_USAGE. */
bool setup_optionwords_add(
	struct setup_bench *setup, const struct setup_options *options, bool equal, GError **error);

#endif
