/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reference for spinord's speed: the simplest possible adapters at the other end of a
 * pseudo-terminal. There are two, each a plain loop of blocking reads and writes:
 *
 * floor serprog   a serprog adapter with 16 MiB of memory in place of a W25Q128JV: it reads,
 *                 programs (AND) and erases at once, is never busy and rejects nothing. It replies
 *                 to queries like spinord's default profile, so that the traffic is the same.
 * floor pump      sends 16 MiB for each byte received: the rate of the terminal itself.
 *
 * Supports only the commands that flashrom sends with -c W25Q128.V, and one host; it runs until it
 * is killed.
 *
 * Document: flashrom's Serial Flasher Protocol Specification, version 1.
 */
#include <errno.h>
#include <glib.h>
#include <pty.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define SIZE ((size_t)16 << 20)
#define ADDRESS_MASK ((uint32_t)SIZE - 1)
#define PAGE_SIZE 256

#define ACK 0x06
#define NAK 0x15

#define O_SPIOP 0x13
#define BUFFER_BYTES 65536

struct line {
	int fd;
	size_t in_start, in_end, out_end;
	uint8_t in[BUFFER_BYTES];
	uint8_t out[BUFFER_BYTES];
};

static struct line line;
static uint8_t array[SIZE];

/* The reply after ACK to a command without data, and the number of its parameters. */
static const struct {
	bool known;
	uint8_t parameter_bytes;
	uint8_t serprog_reply_bytes;
	uint8_t reply[32];
} commands[] = {
	[0x00] = {true, 0, 0, {0}},                       /* NOP */
	[0x01] = {true, 0, 2, {1}},                       /* Q_IFACE */
	[0x02] = {true, 0, 32, {0xff, 0xff, 0xff, 0x01}}, /* Q_CMDMAP */
	[0x03] = {true, 0, 16, "floor"},                  /* Q_PGMNAME */
	[0x04] = {true, 0, 2, {0xff, 0xff}},              /* Q_SERBUF */
	[0x05] = {true, 0, 1, {0x08}},                    /* Q_BUSTYPE: SPI */
	[0x07] = {true, 0, 2, {0xff, 0xff}},              /* Q_OPBUF */
	[0x08] = {true, 0, 3, {0xff, 0xff, 0xff}},        /* Q_WRNMAXLEN */
	[0x0b] = {true, 0, 0, {0}},                       /* O_INIT */
	[0x0e] = {true, 4, 0, {0}},                       /* O_DELAY */
	[0x0f] = {true, 0, 0, {0}},                       /* O_EXEC */
	[0x11] = {true, 0, 3, {0xff, 0xff, 0xff}},        /* Q_RDNMAXLEN */
	[0x12] = {true, 1, 0, {0}},                       /* S_BUSTYPE */
	[0x14] = {true, 4, 4, {0x00, 0x1b, 0xb7, 0x00}},  /* S_SPI_FREQ: 12 MHz */
	[0x15] = {true, 1, 0, {0}},                       /* S_PIN_STATE */
};

static G_NORETURN void
fail(const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", what, g_strerror(errno));
	exit(EXIT_FAILURE);
}

static void
write_all(int fd, const uint8_t *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno != EINTR)
			fail("write");
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		}
	}
}

static void
flush(void)
{
	write_all(line.fd, line.out, line.out_end);
	line.out_end = 0;
}

static void
put(const uint8_t *bytes, size_t n)
{
	while (n > 0) {
		size_t step = MIN(n, BUFFER_BYTES - line.out_end);

		memcpy(line.out + line.out_end, bytes, step);
		line.out_end += step;
		bytes += step;
		n -= step;
		if (line.out_end == BUFFER_BYTES)
			flush();
	}
}

static void
put_byte(uint8_t byte)
{
	put(&byte, 1);
}

/* Reads the next n bytes from the host; sends pending replies first. */
static const uint8_t *
get(size_t n)
{
	const uint8_t *bytes;

	if (line.in_start + n > BUFFER_BYTES) {
		memmove(line.in, line.in + line.in_start, line.in_end - line.in_start);
		line.in_end -= line.in_start;
		line.in_start = 0;
	}
	while (line.in_end - line.in_start < n) {
		ssize_t done;

		flush();
		done = read(line.fd, line.in + line.in_end, BUFFER_BYTES - line.in_end);
		if (done <= 0 && errno != EINTR)
			fail("read");
		if (done > 0)
			line.in_end += (size_t)done;
	}
	bytes = line.in + line.in_start;
	line.in_start += n;
	if (line.in_start == line.in_end)
		line.in_start = line.in_end = 0;
	return bytes;
}

static uint32_t
le24(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;
}

static uint32_t
address(const uint8_t *frame)
{
	return ((uint32_t)frame[1] << 16 | (uint32_t)frame[2] << 8 | frame[3]) & ADDRESS_MASK;
}

static void
program(const uint8_t *frame, size_t n)
{
	uint8_t *page = array + (address(frame) & ~(uint32_t)(PAGE_SIZE - 1));
	uint32_t column = frame[3];

	for (size_t i = 4; i < n; i++)
		page[column++ % PAGE_SIZE] &= frame[i];
}

static void
erase(const uint8_t *frame, uint32_t size)
{
	memset(array + (address(frame) & ~(size - 1)), 0xff, size);
}

static void
put_memory(uint32_t from, size_t n)
{
	while (n > 0) {
		size_t step = MIN(n, SIZE - from);

		put(array + from, step);
		from = 0;
		n -= step;
	}
}

/* A register, followed by zeros. */
static void
put_register(const uint8_t *bytes, size_t size, size_t n)
{
	put(bytes, MIN(n, size));
	for (size_t i = size; i < n; i++)
		put_byte(0);
}

static void
execute(const uint8_t *frame, size_t slen, size_t rlen)
{
	static const uint8_t id[] = {0xef, 0x40, 0x18}, quad_enable[] = {0x02};
	bool addressed = slen >= 4;

	put_byte(ACK);
	if (slen > 4 && frame[0] == 0x02)
		program(frame, slen);
	else if (addressed && frame[0] == 0x20)
		erase(frame, 4 << 10);
	else if (addressed && frame[0] == 0x52)
		erase(frame, 32 << 10);
	else if (addressed && frame[0] == 0xd8)
		erase(frame, 64 << 10);
	else if (frame[0] == 0xc7 || frame[0] == 0x60)
		memset(array, 0xff, SIZE);

	if (addressed && frame[0] == 0x03)
		put_memory(address(frame), rlen);
	else if (frame[0] == 0x9f)
		put_register(id, sizeof(id), rlen);
	else if (frame[0] == 0x35)
		put_register(quad_enable, sizeof(quad_enable), rlen);
	else
		put_register(NULL, 0, rlen);
}

static G_NORETURN void
serve_serprog(void)
{
	memset(array, 0xff, SIZE);
	for (;;) {
		uint8_t opcode = *get(1);

		if (opcode == O_SPIOP) {
			const uint8_t *lengths = get(6);
			size_t slen = le24(lengths), rlen = le24(lengths + 3);

			/* flashrom sends no more than a page and its header. */
			if (slen == 0 || slen > BUFFER_BYTES) {
				errno = EMSGSIZE;
				fail("O_SPIOP");
			}
			execute(get(slen), slen, rlen);
		} else if (opcode == 0x10) {
			put_byte(NAK); /* SYNCNOP */
			put_byte(ACK);
		} else if (opcode < G_N_ELEMENTS(commands) && commands[opcode].known) {
			get(commands[opcode].parameter_bytes);
			put_byte(ACK);
			put(commands[opcode].reply, commands[opcode].serprog_reply_bytes);
		} else {
			put_byte(NAK);
		}
	}
}

static G_NORETURN void
serve_pump(void)
{
	memset(array, 0x5a, SIZE);
	for (;;) {
		get(1);
		for (size_t done = 0; done < SIZE; done += BUFFER_BYTES)
			write_all(line.fd, array + done, BUFFER_BYTES);
	}
}

/* Both ends remain open, as in spinord, so that the line never hangs up. */
static void
open_line(char *path, size_t path_bytes)
{
	struct termios raw;
	int host;

	if (openpty(&line.fd, &host, NULL, NULL, NULL) < 0)
		fail("openpty");
	if (tcgetattr(host, &raw) < 0)
		fail("tcgetattr");
	cfmakeraw(&raw);
	if (tcsetattr(host, TCSANOW, &raw) < 0)
		fail("tcsetattr");
	if (ttyname_r(host, path, path_bytes) != 0)
		fail("ttyname");
}

int
main(int argc, char **argv)
{
	bool pump = argc == 2 && strcmp(argv[1], "pump") == 0;
	char path[64];

	if (!pump && (argc != 2 || strcmp(argv[1], "serprog") != 0)) {
		fputs("usage: floor serprog|pump\n", stderr);
		return 2;
	}
	open_line(path, sizeof(path));
	/* The same ready line as spinord's. */
	printf("ready: %s W25Q128JV 16MiB flashrom -p serprog:dev=%s:115200\n", argv[1], path);
	fflush(stdout);
	if (pump)
		serve_pump();
	serve_serprog();
}
