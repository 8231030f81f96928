/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A serprog host for measurements that need less time than flashrom. Prints a line per repetition:
 *
 * client read PORT TIMES   MB/s (10^6 bytes) of 16 MiB from a serprog adapter, by O_SPIOP with READ
 *                          (03), two in all
 * client pump PORT TIMES   MB/s of 16 MiB from "floor pump", read in the same way
 * client pages PORT TIMES  us per page: 1000 times WREN, PP of 256 bytes FF, status register read,
 *                          with the same writes and reads as flashrom 1.3
 *
 * client ready TIMES COMMAND [ARGUMENT...]
 *                          ms from the fork until the ready line of a daemon has been read; ends
 *                          the daemon by SIGTERM and waits for it before the next one
 *
 * The first repetition is not counted, because it touches memory for the first time. It has no
 * time-outs: start it with a time limit.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SIZE ((size_t)16 << 20)
#define BLOCK_BYTES 65536

#define ACK 0x06
#define NAK 0x15
#define SYNCNOP 0x10
#define O_SPIOP 0x13
#define READ 0x03
#define PP 0x02
#define RDSR 0x05
#define WREN 0x06

#define PAGE_SIZE 256
#define PAGES 1000

static G_NORETURN void
fail(const char *what, const char *reason)
{
	fprintf(stderr, "client: %s: %s\n", what, reason);
	exit(EXIT_FAILURE);
}

static double
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static int
open_port(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios raw;

	if (fd < 0 || tcgetattr(fd, &raw) < 0)
		fail(path, g_strerror(errno));
	cfmakeraw(&raw);
	if (tcsetattr(fd, TCSANOW, &raw) < 0 || tcflush(fd, TCIOFLUSH) < 0)
		fail(path, g_strerror(errno));
	return fd;
}

/* Requests are much shorter than the buffer of a terminal. */
static void
send_bytes(int fd, const uint8_t *bytes, size_t n)
{
	if (write(fd, bytes, n) != (ssize_t)n)
		fail("write", "not all was taken");
}

static void
receive(int fd, uint8_t *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = read(fd, bytes, n);

		if (done == 0)
			fail("read", "end of file");
		if (done < 0 && errno != EINTR)
			fail("read", g_strerror(errno));
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		}
	}
}

/* The reply to SYNCNOP is NAK, ACK. */
static void
synchronise(int fd)
{
	uint8_t reply[2];

	send_bytes(fd, &(uint8_t){SYNCNOP}, 1);
	receive(fd, reply, sizeof(reply));
	if (reply[0] != NAK || reply[1] != ACK)
		fail("SYNCNOP", "the port does not speak serprog");
}

/* Like flashrom 1.3: the longest possible O_SPIOP, and one for the last byte. */
static void
read_range(int fd, uint32_t address, uint32_t n)
{
	static uint8_t bytes[BLOCK_BYTES];
	const uint8_t request[] = {O_SPIOP, 4, 0, 0, n & 0xff, n >> 8 & 0xff, n >> 16 & 0xff, READ,
		address >> 16 & 0xff, address >> 8 & 0xff, address & 0xff};

	send_bytes(fd, request, sizeof(request));
	receive(fd, bytes, 1);
	if (bytes[0] != ACK)
		fail("O_SPIOP", "refused");
	while (n > 0) {
		uint32_t piece = MIN(n, BLOCK_BYTES);

		receive(fd, bytes, piece);
		n -= piece;
	}
}

static void
read_chip(int fd)
{
	read_range(fd, 0, SIZE - 1);
	read_range(fd, SIZE - 1, 1);
}

static void
read_pump(int fd)
{
	static uint8_t bytes[BLOCK_BYTES];

	send_bytes(fd, bytes, 1);
	for (size_t done = 0; done < SIZE; done += BLOCK_BYTES)
		receive(fd, bytes, BLOCK_BYTES);
}

/* One operation; the opcode is written separately, and ACK is read separately. Returns the last
 * byte read. */
static uint8_t
operate(int fd, const uint8_t *frame, size_t slen, size_t rlen)
{
	uint8_t rest[6 + 4 + PAGE_SIZE] = {slen & 0xff, slen >> 8 & 0xff, 0, (uint8_t)rlen};
	uint8_t ack, reply[4] = {0};

	memcpy(rest + 6, frame, slen);
	send_bytes(fd, &(uint8_t){O_SPIOP}, 1);
	send_bytes(fd, rest, 6 + slen);
	receive(fd, &ack, 1);
	if (ack != ACK)
		fail("O_SPIOP", "refused");
	receive(fd, reply, rlen);
	return reply[0];
}

static void
write_pages(int fd)
{
	static const uint8_t enable[] = {WREN}, status[] = {RDSR};
	uint8_t program[4 + PAGE_SIZE] = {PP};

	memset(program + 4, 0xff, PAGE_SIZE);
	for (int i = 0; i < PAGES; i++) {
		program[1] = (uint8_t)(i >> 8);
		program[2] = (uint8_t)i;
		operate(fd, enable, sizeof(enable), 0);
		operate(fd, program, sizeof(program), 0);
		while (operate(fd, status, sizeof(status), 2) & 1)
			;
	}
}

/* Writes the first line of its standard output to fd. */
static G_NORETURN void
become_daemon(char **command, int fd)
{
	if (dup2(fd, STDOUT_FILENO) < 0)
		_exit(EXIT_FAILURE);
	execv(command[0], command);
	_exit(EXIT_FAILURE);
}

static void
read_ready_line(int fd)
{
	char line[4096];
	size_t n = 0;

	do {
		ssize_t done = read(fd, line + n, sizeof(line) - n);

		if (done <= 0)
			fail("ready", "the daemon has ended");
		n += (size_t)done;
	} while (!memchr(line, '\n', n) && n < sizeof(line));
	if (n < 6 || memcmp(line, "ready:", 6) != 0)
		fail("ready", "the daemon said something else");
}

static double
start_once(char **command)
{
	int ends[2], status;
	double start, taken;
	pid_t pid;

	if (pipe(ends) < 0)
		fail("pipe", g_strerror(errno));
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	start = now_s();
	pid = fork();
	if (pid < 0)
		fail("fork", g_strerror(errno));
	if (pid == 0)
		become_daemon(command, ends[1]);
	close(ends[1]);
	read_ready_line(ends[0]);
	taken = now_s() - start;
	kill(pid, SIGTERM);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		fail(command[0], "did not end well");
	close(ends[0]);
	return taken;
}

static int
measure_ready(int times, char **command)
{
	for (int i = 0; i <= times; i++) {
		double taken = start_once(command);

		if (i > 0)
			printf("%.3f\n", taken * 1e3);
	}
	return EXIT_SUCCESS;
}

static const struct mode {
	const char *name;
	bool serprog;
	void (*run)(int fd);
	double amount; /* unit of the number: MB, or pages */
	bool per_second;
} modes[] = {
	{"read", true, read_chip, (double)SIZE / 1e6, true},
	{"pump", false, read_pump, (double)SIZE / 1e6, true},
	{"pages", true, write_pages, PAGES, false},
};

static const struct mode *
find_mode(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(modes); i++)
		if (strcmp(modes[i].name, name) == 0)
			return &modes[i];
	return NULL;
}

int
main(int argc, char **argv)
{
	const struct mode *mode = argc == 4 ? find_mode(argv[1]) : NULL;
	int fd, times;

	if (argc >= 4 && strcmp(argv[1], "ready") == 0)
		return measure_ready(atoi(argv[2]), argv + 3);
	if (!mode) {
		fputs("usage: client read|pump|pages PORT TIMES, client ready TIMES COMMAND...\n",
			stderr);
		return 2;
	}
	fd = open_port(argv[2]);
	times = atoi(argv[3]);
	if (mode->serprog)
		synchronise(fd);
	for (int i = 0; i <= times; i++) {
		double start = now_s(), taken;

		mode->run(fd);
		taken = now_s() - start;
		if (i > 0)
			printf("%.1f\n",
				mode->per_second ? mode->amount / taken
						 : taken * 1e6 / mode->amount);
	}
	close(fd);
	return EXIT_SUCCESS;
}
