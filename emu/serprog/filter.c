/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware as seen by a filter in front of it, such as a serial line with faults. The filter is
 * asked about each command as soon as its opcode has come, and can hang or reset the adapter. The
 * protocol has no such filter; it stands for firmwares that crash or refuse.
 */
#include "serprog/internal.h"

#include "base/clock.h"
#include "serprog/profile.h"

static void
run_refused(struct serprog *adapter, const uint8_t *parameters)
{
	serprog_discard(
		adapter, serprog_data_bytes(adapter->refused_opcode, parameters), SERPROG_NAK);
}

bool
serprog_ask_filter(struct serprog *adapter, uint8_t opcode)
{
	const struct base_command asked = {
		.opcode = opcode,
		.selects = adapter->command && adapter->command->run == serprog_spi_operation,
	};

	switch (adapter->filter(adapter->filter_data, &asked)) {
	case BASE_COMMAND_RUN:
		break;
	case BASE_COMMAND_REFUSE:
		if (!adapter->command)
			break; /* is refused anyway */
		adapter->refused = *adapter->command;
		adapter->refused.operates = false;
		adapter->refused.run = run_refused;
		adapter->refused_opcode = opcode;
		adapter->command = &adapter->refused;
		break;
	case BASE_COMMAND_HANG:
		adapter->state = SERPROG_HUNG;
		return false;
	case BASE_COMMAND_KEEP_SELECTED:
		adapter->keep_selected = true;
		break;
	case BASE_COMMAND_JOIN:
		adapter->joined = true;
		break;
	}
	return true;
}

void
serprog_set_filter(void *self, base_command_filter *filter, void *data)
{
	struct serprog *adapter = self;

	adapter->filter = filter;
	adapter->filter_data = data;
}

uint64_t
serprog_filter_commands(void *self)
{
	return serprog_commands(self);
}

int64_t
serprog_filter_now_ns(void *self)
{
	const struct serprog *adapter = self;

	return base_clock_now(adapter->clock);
}

void
serprog_filter_hang(void *self)
{
	serprog_hang(self);
}

void
serprog_filter_reset(void *self)
{
	serprog_reset(self);
}
