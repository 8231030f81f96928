/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serprog protocol from outside: which operation a byte of either direction belongs to. Hosts
 * send several operations before they read the answers, so that operations wait in a queue:
 *
 *	host      [R_BYTE 3 parameters][O_INIT][O_EXEC] ...
 *	adapter                 [ACK, 1 byte][ACK][ACK]
 *
 * Follows the protocol text. Leaves out the departures of firmwares, except commands without an
 * answer; after one, an operation's number can be off until the line is opened again.
 *
 * Document: flashrom's Serial Flasher Protocol Specification, version 1.
 */
#include "replay/decode.h"

#include "serprog/profile.h"

#include <glib.h>
#include <string.h>

#define ACK 0x06
#define SYNCNOP 0x10
#define SPI_OPERATION 0x13
#define WAITING_MAX 65536

struct replay_operations {
	uint32_t unacknowledged;
	uint64_t count;
	GQueue waiting;                  /* struct replay_operation; the tail may be half sent */
	struct replay_operation *taking; /* half sent; NULL: none */
	struct replay_operation last;    /* the last one that was answered */
};

struct replay_operations *
replay_operations_new(uint32_t unacknowledged)
{
	struct replay_operations *operations = g_new0(struct replay_operations, 1);

	operations->unacknowledged = unacknowledged;
	g_queue_init(&operations->waiting);
	return operations;
}

void
replay_operations_reset(struct replay_operations *operations)
{
	g_queue_clear_full(&operations->waiting, g_free);
	operations->taking = NULL;
}

void
replay_operations_free(struct replay_operations *operations)
{
	if (operations == NULL)
		return;
	replay_operations_reset(operations);
	g_free(operations);
}

static void
drop_head(struct replay_operations *operations)
{
	struct replay_operation *done = g_queue_pop_head(&operations->waiting);

	operations->last = *done;
	g_free(done);
}

/* The host has sent everything. */
static void
end_taking(struct replay_operations *operations)
{
	struct replay_operation *operation = operations->taking;

	operation->is_sent = true;
	operations->taking = NULL;
	if (operation->opcode >= 32 || !(operations->unacknowledged >> operation->opcode & 1))
		return;
	operations->last = *operation;
	g_queue_remove(&operations->waiting, operation);
	g_free(operation);
}

static uint32_t
data_bytes(const struct replay_operation *operation)
{
	return serprog_data_bytes(operation->opcode, operation->parameters);
}

static unsigned int
parameter_bytes(const struct replay_operation *operation)
{
	unsigned int n = 0;

	serprog_command_form(operation->opcode, &n);
	return n;
}

/* A new operation begins with that opcode. */
static void
begin(struct replay_operations *operations, uint8_t opcode)
{
	struct replay_operation *operation = g_new0(struct replay_operation, 1);

	operation->number = ++operations->count;
	operation->opcode = opcode;
	/* Only bytes that are no session of a host can wait without a limit. */
	if (g_queue_get_length(&operations->waiting) >= WAITING_MAX)
		drop_head(operations);
	g_queue_push_tail(&operations->waiting, operation);
	operations->taking = operation;
	if (parameter_bytes(operation) == 0)
		end_taking(operations);
}

static size_t
take_parameters(struct replay_operations *operations, const uint8_t *bytes, size_t n)
{
	struct replay_operation *operation = operations->taking;
	unsigned int all = parameter_bytes(operation);
	size_t taken = MIN(n, all - operation->n_parameters);

	memcpy(operation->parameters + operation->n_parameters, bytes, taken);
	operation->n_parameters += (unsigned int)taken;
	if (operation->n_parameters == all && data_bytes(operation) == 0)
		end_taking(operations);
	return taken;
}

static size_t
take_data(struct replay_operations *operations, const uint8_t *bytes, size_t n)
{
	struct replay_operation *operation = operations->taking;
	size_t taken = MIN(n, data_bytes(operation) - operation->data_bytes);

	if (operation->data_bytes < REPLAY_DATA_SHOWN)
		memcpy(operation->data + operation->data_bytes, bytes,
			MIN(taken, REPLAY_DATA_SHOWN - operation->data_bytes));
	operation->data_bytes += (uint32_t)taken;
	if (operation->data_bytes == data_bytes(operation))
		end_taking(operations);
	return taken;
}

void
replay_operations_send(struct replay_operations *operations, const uint8_t *bytes, size_t n)
{
	while (n > 0) {
		size_t taken = 1;

		if (operations->taking == NULL)
			begin(operations, bytes[0]);
		else if (operations->taking->n_parameters < parameter_bytes(operations->taking))
			taken = take_parameters(operations, bytes, n);
		else
			taken = take_data(operations, bytes, n);
		bytes += taken;
		n -= taken;
	}
}

/* The bytes of its answer behind the verdict. */
static uint32_t
answer_bytes(const struct replay_operation *operation)
{
	if (operation->n_parameters < parameter_bytes(operation))
		return 0;
	return serprog_answer_bytes(operation->opcode, operation->parameters);
}

size_t
replay_operations_answer(struct replay_operations *operations, const uint8_t *bytes, size_t n,
	struct replay_span *span)
{
	struct replay_operation *operation;
	size_t length = 1;

	/* A refused operation, or one without data, is over. */
	while ((operation = g_queue_peek_head(&operations->waiting)) != NULL &&
		operation->has_verdict && operation != operations->taking &&
		operation->answered >= answer_bytes(operation))
		drop_head(operations);
	*span = (struct replay_span){.operation = operation, .offset = -1};
	if (operation == NULL)
		return n;
	if (!operation->has_verdict) {
		operation->has_verdict = true;
		if (*bytes != ACK && operation->opcode != SYNCNOP)
			operation->answered = UINT32_MAX;
	} else if (operation->answered < answer_bytes(operation)) {
		length = MIN(n, answer_bytes(operation) - operation->answered);
		span->offset = operation->answered;
		operation->answered += (uint32_t)length;
	}
	return length;
}

const struct replay_operation *
replay_operations_current(struct replay_operations *operations)
{
	const struct replay_operation *operation = g_queue_peek_head(&operations->waiting);

	if (operation != NULL)
		return operation;
	return operations->last.number > 0 ? &operations->last : NULL;
}

bool
replay_operations_idle(const struct replay_operations *operations)
{
	const struct replay_operation *operation =
		operations->waiting.length == 1 ? operations->waiting.head->data : NULL;

	return operations->waiting.length == 0 ||
		(operation != NULL && operation->is_sent && operation->has_verdict &&
			operation->answered >= answer_bytes(operation));
}

uint64_t
replay_operations_count(const struct replay_operations *operations)
{
	return operations->count;
}

static void
append_hex(GString *text, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		g_string_append_printf(text, "%02X", bytes[i]);
}

/* "SPI 03 001000 4096", "SPI 02 001000+256" */
static void
append_spi(GString *text, const struct replay_operation *operation)
{
	uint32_t written = data_bytes(operation);
	uint32_t shown = MIN(operation->data_bytes, REPLAY_DATA_SHOWN);

	g_string_append(text, "SPI");
	if (shown > 0)
		g_string_append_printf(text, " %02X", operation->data[0]);
	if (shown > 1) {
		g_string_append_c(text, ' ');
		append_hex(text, operation->data + 1, shown - 1);
	}
	if (written > shown)
		g_string_append_printf(text, "+%u", written - shown);
	if (answer_bytes(operation) > 0)
		g_string_append_printf(text, " %u", answer_bytes(operation));
}

char *
replay_operation_text(const struct replay_operation *operation)
{
	GString *text = g_string_new(NULL);
	unsigned int n;
	const char *name = serprog_command_form(operation->opcode, &n);

	if (operation->opcode == SPI_OPERATION && operation->n_parameters == n) {
		append_spi(text, operation);
	} else if (name != NULL) {
		g_string_append(text, name);
		if (operation->n_parameters > 0) {
			g_string_append_c(text, ' ');
			append_hex(text, operation->parameters, operation->n_parameters);
		}
	} else {
		g_string_append_printf(text, "opcode %02X", operation->opcode);
	}
	return g_string_free(text, FALSE);
}
