/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A serprog host for tests, which reports progress after each acknowledged step:
 *
 *   host pages PORT N      programs N pages of known content from address 0 on, one by one, and
 *                          prints the number of each page as soon as the chip is ready again
 *   host check IMAGE N     compares the first N pages of a file with that content
 *   host connect PORT N    opens the port, exchanges a NOP and closes it, N times
 *
 * Exit status 0 on success, 1 on a failure, 2 for errors of the command line. It waits for replies
 * without limit: start it with a time limit.
 */
#define _GNU_SOURCE /* F_SETPIPE_SZ */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
	PAGE = 256,
	ACK = 0x06,
	NAK = 0x15,
	NOP = 0x00,
	SYNCNOP = 0x10,
	O_SPIOP = 0x13
};

static int
fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static int
open_port(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY);
	struct termios settings;

	if (fd < 0 || tcgetattr(fd, &settings) < 0)
		fail(path);
	cfmakeraw(&settings);
	if (tcsetattr(fd, TCSANOW, &settings) < 0)
		fail(path);
	return fd;
}

static void
exchange(int fd, const uint8_t *out, size_t n_out, uint8_t *in, size_t n_in)
{
	if (write(fd, out, n_out) != (ssize_t)n_out)
		fail("write");
	while (n_in) {
		ssize_t n = read(fd, in, n_in);

		if (n <= 0)
			fail("read");
		in += n;
		n_in -= (size_t)n;
	}
}

static void
spi(int fd, const uint8_t *out, size_t n_out, uint8_t *in, size_t n_in)
{
	uint8_t request[7 + 4 + PAGE] = {
		O_SPIOP, (uint8_t)n_out, (uint8_t)(n_out >> 8), 0, (uint8_t)n_in};
	uint8_t reply[8];

	memcpy(request + 7, out, n_out);
	exchange(fd, request, 7 + n_out, reply, 1 + n_in);
	if (reply[0] != ACK) {
		fprintf(stderr, "host: O_SPIOP answered with %02X\n", reply[0]);
		exit(EXIT_FAILURE);
	}
	memcpy(in, reply + 1, n_in);
}

/* All pages differ, and no byte is FF. */
static void
fill_page(uint8_t *page, unsigned int number)
{
	for (unsigned int i = 0; i < PAGE; i++)
		page[i] = (uint8_t)((number * 2654435761u + i * 40503u) >> 16) & 0x7f;
}

static void
program_page(int fd, unsigned int number)
{
	static const uint8_t wren[] = {0x06}, rdsr[] = {0x05};
	uint8_t program[4 + PAGE] = {0x02, (uint8_t)(number >> 8), (uint8_t)number, 0};
	uint8_t status;

	fill_page(program + 4, number);
	spi(fd, wren, sizeof(wren), &status, 0);
	spi(fd, program, sizeof(program), &status, 0);
	do {
		spi(fd, rdsr, sizeof(rdsr), &status, 1);
	} while (status & 1);
}

static int
pages(const char *port, unsigned int n)
{
	static const uint8_t sync = SYNCNOP;
	int fd = open_port(port);
	uint8_t reply[2];

	/* A pipe holds few numbers: pages are at most 900 ahead of a slow reader. */
	fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 4096);
	exchange(fd, &sync, 1, reply, 2);
	if (reply[0] != NAK || reply[1] != ACK)
		return EXIT_FAILURE;
	for (unsigned int i = 0; i < n; i++) {
		program_page(fd, i);
		printf("%u\n", i);
		fflush(stdout);
	}
	return EXIT_SUCCESS;
}

static int
check(const char *path, unsigned int n)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		fail(path);
	for (unsigned int i = 0; i < n; i++) {
		uint8_t wanted[PAGE], found[PAGE];

		fill_page(wanted, i);
		if (fread(found, PAGE, 1, file) != 1)
			fail(path);
		if (memcmp(found, wanted, PAGE) != 0) {
			fprintf(stderr, "host: page %u of %s differs\n", i, path);
			return EXIT_FAILURE;
		}
	}
	fclose(file);
	return EXIT_SUCCESS;
}

static int
connect_often(const char *port, unsigned int n)
{
	static const uint8_t nop = NOP;

	for (unsigned int i = 0; i < n; i++) {
		int fd = open_port(port);
		uint8_t reply;

		exchange(fd, &nop, 1, &reply, 1);
		if (reply != ACK)
			return EXIT_FAILURE;
		close(fd);
	}
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "pages") == 0)
		return pages(argv[2], (unsigned int)atoi(argv[3]));
	if (argc == 4 && strcmp(argv[1], "check") == 0)
		return check(argv[2], (unsigned int)atoi(argv[3]));
	if (argc == 4 && strcmp(argv[1], "connect") == 0)
		return connect_often(argv[2], (unsigned int)atoi(argv[3]));
	fputs("usage: host pages|connect PORT N, host check IMAGE N\n", stderr);
	return 2;
}
