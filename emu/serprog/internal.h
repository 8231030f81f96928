/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to the files of a serprog adapter. */
#ifndef SPINOR_SERPROG_INTERNAL_H
#define SPINOR_SERPROG_INTERNAL_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "clip/clip.h"
#include "serprog/opbuf.h"
#include "serprog/reply.h"
#include "serprog/serprog.h"

#define SERPROG_PARAMETERS_MAX 6

/* The commands that a host sends to synchronize. */
#define SERPROG_NOP 0x00
#define SERPROG_SYNCNOP 0x10

/* The meaning of the next byte, from the host or to it. */
enum serprog_state {
	SERPROG_OPCODE,        /* between commands */
	SERPROG_PARAMETERS,    /* the fixed ones that follow an opcode */
	SERPROG_LOST,          /* the same, but the firmware does not see them */
	SERPROG_DISCARD,       /* data that has no effect; then the verdict on it */
	SERPROG_SPI_WRITE,     /* O_SPIOP: the host's data goes to MOSI */
	SERPROG_SPI_DUPLEX,    /* O_SPIOP: the same, and MISO goes to the host */
	SERPROG_SPI_COLLECT,   /* O_SPIOP: the host's data is stored until it is complete */
	SERPROG_SPI_CLOCK,     /* O_SPIOP: what was collected is clocked in parts */
	SERPROG_SPI_READ,      /* O_SPIOP: MISO goes to the host */
	SERPROG_SPI_SEND,      /* O_SPIOP: the data read goes to the host */
	SERPROG_PARALLEL_READ, /* R_NBYTES: an empty socket goes to the host */
	SERPROG_HUNG,          /* for ever */
	SERPROG_STATES,
};

/* S_CS_MODE */
enum serprog_cs_mode {
	SERPROG_CS_AUTO,
	SERPROG_CS_SELECTED,
	SERPROG_CS_DESELECTED,
	SERPROG_CS_MODES,
};

struct serprog_command {
	const char *name;
	uint8_t parameter_bytes;
	bool operates; /* on the chip: takes the turnaround time */
	/* All parameters have come. Leaves the state alone when the command is done. */
	void (*run)(struct serprog *adapter, const uint8_t *parameters);
};

struct serprog {
	const struct serprog_profile *profile;
	struct clip *clip;
	struct base_clock *clock;

	enum serprog_state state;
	const struct serprog_command *command; /* SERPROG_PARAMETERS */
	uint8_t parameters[SERPROG_PARAMETERS_MAX];
	size_t got;          /* parameters so far */
	uint32_t write_left; /* bytes of data that the host still has to send */
	uint32_t read_left;  /* bytes of data still to be made for it */
	bool worked;         /* the wires have faults, and take() has clocked over them */
	uint8_t verdict;     /* SERPROG_DISCARD: ACK or NAK */

	/* Firmwares that depart from the text. */
	uint32_t opcode;     /* of the command, as a set */
	uint8_t last_opcode; /* as it came */
	uint32_t departing;  /* set of commands that depart from it */
	bool spi_departs;    /* O_SPIOP does */
	bool joined;         /* the command's opcode came in one packet with the next one */
	uint32_t lost;       /* the next so many bytes have arrived, and the firmware drops them */
	GByteArray *ring;    /* input that waits in the firmware; NULL: on the line */
	uint8_t *collected;  /* collected data of O_SPIOP; NULL: never collects */
	uint32_t collected_bytes; /* of the part in progress */
	size_t clocked;           /* of what was collected, and of the data read after it */
	uint64_t commands;        /* that have begun since the host opened the line */
	int64_t moved_us;         /* when the host last did something, monotonic */

	enum serprog_cs_mode cs_mode;
	bool keep_selected; /* the operation leaves CS# low */
	bool left_selected; /* one did */
	bool full_duplex;
	unsigned int cs;
	uint32_t hz;
	bool hz_set; /* by a host, since power-on */

	base_command_filter *filter; /* NULL: every command runs */
	void *filter_data;
	struct serprog_command refused; /* stands in for the row of a command that is not to run */
	uint8_t refused_opcode;

	struct serprog_opbuf opbuf;
	struct serprog_reply reply;
};

/* The row of that opcode; NULL when the profile does not offer it. */
const struct serprog_command *serprog_command(const struct serprog *adapter, uint8_t opcode);

/* Receives and drops n bytes, then answers with the verdict. */
void serprog_discard(struct serprog *adapter, uint32_t n, uint8_t verdict);

/* filter.c */
/* Asks the filter about the command that begins with opcode. False: the adapter has stopped. */
bool serprog_ask_filter(struct serprog *adapter, uint8_t opcode);
/* For struct base_endpoint_ops. */
void serprog_set_filter(void *self, base_command_filter *filter, void *data);
uint64_t serprog_filter_commands(void *self);
int64_t serprog_filter_now_ns(void *self);
void serprog_filter_hang(void *self);
void serprog_filter_reset(void *self);

/* CS# rises at the end of an operation, when the firmware does not forget it. */
static inline void
serprog_end_frame(struct serprog *adapter)
{
	adapter->left_selected = adapter->keep_selected;
	adapter->keep_selected = false;
	if (!adapter->left_selected)
		clip_deselect(adapter->clip);
}

/* CS# rises and S_CS_MODE is forgotten. */
void serprog_reset_bus(struct serprog *adapter);

/* As after power-on, but earlier replies get out; the next n bytes of data are lost. */
void serprog_crash(struct serprog *adapter, uint32_t n);

/* packet.c */
/* The opcode of a command has come: what its packet makes of the next bytes. True when they are its
 * parameters and are lost: SERPROG_LOST. */
bool serprog_packet_begin(struct serprog *adapter);
size_t serprog_packet_take_lost(struct serprog *adapter, const uint8_t *in, size_t n);
/* Of slen bytes of data behind a header those in the same packet. */
uint32_t serprog_packet_rest(const struct serprog *adapter, uint32_t slen);

/* Real time: data may run ahead of the wall by 1 / this many seconds at once. */
#define SERPROG_BURSTS_PER_S 250

/* The number of bytes that may be clocked before the wall has to catch up, or others their turn. */
static inline size_t
serprog_burst(const struct serprog *adapter)
{
	size_t most = clip_span(adapter->clip), n = adapter->hz / 8 / SERPROG_BURSTS_PER_S;

	if (adapter->clock->mode != BASE_CLOCK_REAL)
		return most;
	return MIN(most, MAX(n, 1));
}

/* Lets others have their turn after what has been clocked, if it may have taken long. */
static inline void
serprog_note_work(struct serprog *adapter)
{
	adapter->worked = clip_span(adapter->clip) != SIZE_MAX;
}

/* O_SPIOP; one function for each of its states. Like take() and give() of the endpoint, they
 * return the number of bytes they took or gave. */
void serprog_spi_operation(struct serprog *adapter, const uint8_t *parameters);
size_t serprog_spi_write(struct serprog *adapter, const uint8_t *in, size_t n);
size_t serprog_spi_duplex(struct serprog *adapter, const uint8_t *in, size_t n);
size_t serprog_spi_collect(struct serprog *adapter, const uint8_t *in, size_t n);
size_t serprog_spi_clock(struct serprog *adapter, uint8_t *out, size_t room);
size_t serprog_spi_read(struct serprog *adapter, uint8_t *out, size_t room);
size_t serprog_spi_send(struct serprog *adapter, uint8_t *out, size_t room);

/* Clocks the rest of what was collected. */
void serprog_spi_finish(struct serprog *adapter);

/* Derives the settings of O_SPIOP from the profile. */
void serprog_spi_prepare(struct serprog *adapter);

static inline uint32_t
serprog_le24(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;
}

static inline uint32_t
serprog_le32(const uint8_t *bytes)
{
	return serprog_le24(bytes) | (uint32_t)bytes[3] << 24;
}

#endif
