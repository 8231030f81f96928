/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Divides the bytes between host and adapter into operations of the serprog protocol. */
#ifndef SPINOR_REPLAY_DECODE_H
#define SPINOR_REPLAY_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPLAY_PARAMETERS_MAX 6
#define REPLAY_DATA_SHOWN 4

struct replay_operation {
	uint64_t number; /* from 1 on */
	uint8_t opcode;
	uint8_t parameters[REPLAY_PARAMETERS_MAX];
	unsigned int n_parameters;       /* that have come */
	uint8_t data[REPLAY_DATA_SHOWN]; /* the first bytes of the host's data */
	uint32_t data_bytes;             /* that have come */
	bool is_sent;                    /* completely */
	bool has_verdict;
	uint32_t answered; /* bytes behind the verdict so far */
};

struct replay_operations;

/* unacknowledged: the commands that the firmware does not answer, as a set of SERPROG_COMMAND(). */
struct replay_operations *replay_operations_new(uint32_t unacknowledged);
void replay_operations_free(struct replay_operations *operations);

/* The line was opened or closed: operations in progress are dropped. */
void replay_operations_reset(struct replay_operations *operations);

/* n bytes of the host. */
void replay_operations_send(struct replay_operations *operations, const uint8_t *bytes, size_t n);

/* A part of an answer that belongs to one operation. */
struct replay_span {
	const struct replay_operation *operation; /* NULL: no operation waits for an answer */
	int64_t offset; /* of its first byte behind the verdict; -1: the verdict alone */
};

/* Returns how many of n answer bytes, > 0, are of one span. The operation is valid until the next
 * call. */
size_t replay_operations_answer(struct replay_operations *operations, const uint8_t *bytes,
	size_t n, struct replay_span *span);

/* The operation that waits for its answer or sends it, or the last one; NULL: there was none. */
const struct replay_operation *replay_operations_current(struct replay_operations *operations);

/* True: no operation waits for an answer, and none is half sent. */
bool replay_operations_idle(const struct replay_operations *operations);

/* Operations so far. */
uint64_t replay_operations_count(const struct replay_operations *operations);

/* "SPI 03 001000 4096" or "S_SPI_FREQ 00093D00". Free with g_free(). */
char *replay_operation_text(const struct replay_operation *operation);

#endif
