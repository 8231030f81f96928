/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loadhost.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum {
	PAGE = 256,
	SECTOR = 4096,
	READ_MAX = 4096,
	PROTECT_ALL = 0x1c, /* BP2..BP0 of the parts that the test uses */

	ACK = 0x06,
	NAK = 0x15,
	SYNCNOP = 0x10,
	O_SPIOP = 0x13,

	WRSR = 0x01,
	PP = 0x02,
	READ = 0x03,
	RDSR = 0x05,
	WREN = 0x06,
	SECTOR_ERASE = 0x20,
	RDID = 0x9f,

	/* A reply that does not come in this time is lost. */
	REPLY_LIMIT_S = 60,
	HISTORY = 1100, /* operations; more than BENCH_ACTIVITY_GROUPS_MAX */
};

static uint8_t
random_byte(GRand *random)
{
	return (uint8_t)g_rand_int(random);
}

/* Prints the first failures only: when one adapter is wrong, often all are. */
G_GNUC_PRINTF(3, 4)
static void
host_fail(struct host *host, uint64_t *counter, const char *format, ...)
{
	static int failures;
	va_list args;
	char *text;

	(*counter)++;
	host->failed = true;
	if (g_atomic_int_add(&failures, 1) >= 10)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	fprintf(stderr, "load: %s: %s\n", host->port, text);
	g_free(text);
}

static int
open_tcp(const char *address)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	char *name = g_strdup(address), *colon = strrchr(name, ':');
	struct addrinfo *found = NULL;
	int fd = -1;

	if (colon) {
		*colon = '\0';
		if (getaddrinfo(name, colon + 1, &hints, &found) == 0)
			fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	}
	if (fd >= 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
		if (connect(fd, found->ai_addr, found->ai_addrlen) < 0) {
			close(fd);
			fd = -1;
		}
	}
	if (found)
		freeaddrinfo(found);
	g_free(name);
	return fd;
}

static int
open_terminal(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios raw;

	if (fd < 0)
		return -1;
	if (tcgetattr(fd, &raw) == 0) {
		cfmakeraw(&raw);
		if (tcsetattr(fd, TCSANOW, &raw) == 0)
			return fd;
	}
	close(fd);
	return -1;
}

static bool
receive(int fd, uint8_t *bytes, size_t n)
{
	while (n > 0) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		ssize_t done;

		if (poll(&wait, 1, REPLY_LIMIT_S * 1000) <= 0)
			return false;
		done = read(fd, bytes, n);
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

static bool
exchange(struct host *host, const uint8_t *out, size_t n_out, uint8_t *in, size_t n_in)
{
	int64_t start_us = g_get_monotonic_time();

	if (host->failed)
		return false;
	if (write(host->fd, out, n_out) != (ssize_t)n_out || !receive(host->fd, in, n_in)) {
		host_fail(host, &host->figures.lost, "no reply to %02X in %d s", out[0],
			REPLY_LIMIT_S);
		return false;
	}
	host->figures.exchanges++;
	latency_note(&host->figures.latency, g_get_monotonic_time() - start_us);
	return true;
}

static bool
spi(struct host *host, const uint8_t *out, size_t n_out, uint8_t *in, size_t n_in)
{
	uint8_t request[7 + 4 + PAGE] = {O_SPIOP, n_out & 0xff, n_out >> 8 & 0xff, 0, n_in & 0xff,
		n_in >> 8 & 0xff, n_in >> 16 & 0xff};
	uint8_t reply[1 + READ_MAX];

	memcpy(request + 7, out, n_out);
	if (!exchange(host, request, 7 + n_out, reply, 1 + n_in))
		return false;
	if (reply[0] != ACK) {
		host_fail(host, &host->figures.lost, "O_SPIOP answered with %02X", reply[0]);
		return false;
	}
	if (n_in > 0)
		memcpy(in, reply + 1, n_in);
	return true;
}

static bool
command(struct host *host, uint8_t opcode)
{
	return spi(host, &opcode, 1, NULL, 0);
}

/* Address bytes of an offset in the host's range; returns their end. */
static uint8_t *
put_address(const struct host *host, uint8_t *at, uint32_t offset)
{
	uint32_t address = host->base + offset;

	*at++ = address >> 16 & 0xff;
	*at++ = address >> 8 & 0xff;
	*at++ = address & 0xff;
	return at;
}

static uint8_t
wait_ready(struct host *host)
{
	const uint8_t rdsr = RDSR;
	uint8_t status;

	do {
		if (!spi(host, &rdsr, 1, &status, 1))
			return 0;
	} while (status & 1);
	return status;
}

/* Opens the port, synchronises, and expects the chip that was there before. */
static void
host_open(struct host *host)
{
	const uint8_t sync = SYNCNOP, rdid = RDID;
	uint8_t reply[2], id[3];

	host->fd = host->port[0] == '/' ? open_terminal(host->port) : open_tcp(host->port);
	if (host->fd < 0) {
		host_fail(host, &host->figures.lost, "cannot be opened: %s", g_strerror(errno));
		return;
	}
	if (!exchange(host, &sync, 1, reply, 2))
		return;
	if (reply[0] != NAK || reply[1] != ACK) {
		host_fail(host, &host->figures.mismatches, "SYNCNOP answered with %02X %02X",
			reply[0], reply[1]);
		return;
	}
	if (!spi(host, &rdid, 1, id, sizeof(id)))
		return;
	if (host->figures.opened++ == 0)
		memcpy(host->id, id, sizeof(id));
	else if (memcmp(host->id, id, sizeof(id)) != 0)
		host_fail(host, &host->figures.mismatches, "RDID answered with %02X %02X %02X",
			id[0], id[1], id[2]);
}

static void
step_reopen(struct host *host)
{
	close(host->fd);
	host_open(host);
}

static void
verify(struct host *host, uint32_t offset, uint32_t n)
{
	uint8_t request[4] = {READ}, found[READ_MAX];

	put_address(host, request + 1, offset);
	if (!spi(host, request, sizeof(request), found, n))
		return;
	host->figures.verified += n;
	for (uint32_t i = 0; i < n; i++) {
		if (found[i] != host->model[offset + i]) {
			host_fail(host, &host->figures.mismatches,
				"address %06X is %02X instead of %02X", host->base + offset + i,
				found[i], host->model[offset + i]);
			return;
		}
	}
}

static void
step_read(struct host *host)
{
	uint32_t offset = (uint32_t)g_rand_int_range(host->random, 0, LOADHOST_RANGE);
	uint32_t n = (uint32_t)g_rand_int_range(host->random, 1, READ_MAX + 1);

	verify(host, offset, MIN(n, LOADHOST_RANGE - offset));
}

static void
erase(struct host *host, uint32_t offset)
{
	uint8_t request[4] = {SECTOR_ERASE};

	put_address(host, request + 1, offset);
	command(host, WREN);
	spi(host, request, sizeof(request), NULL, 0);
	wait_ready(host);
	memset(host->model + (offset & ~(uint32_t)(SECTOR - 1)), 0xff, SECTOR);
	host->figures.erases++;
}

static void
step_erase(struct host *host)
{
	uint32_t offset = (uint32_t)g_rand_int_range(host->random, 0, LOADHOST_RANGE);

	erase(host, offset);
	verify(host, offset & ~(uint32_t)(SECTOR - 1), SECTOR);
}

/* Sends random bytes to the page of an address from there on: they wrap around in the page. */
static void
program(struct host *host, uint32_t offset, uint32_t n, bool protected)
{
	uint8_t request[4 + PAGE] = {PP}, *data = put_address(host, request + 1, offset);
	uint8_t *page = host->model + (offset & ~(uint32_t)(PAGE - 1));

	for (uint32_t i = 0; i < n; i++) {
		data[i] = random_byte(host->random);
		if (!protected)
			page[(offset + i) % PAGE] &= data[i];
	}
	command(host, WREN);
	spi(host, request, 4 + n, NULL, 0);
	wait_ready(host);
	if (protected)
		host->figures.refused++;
	else
		host->figures.programs++;
}

static void
step_program(struct host *host, bool protected)
{
	uint32_t offset = (uint32_t)g_rand_int_range(host->random, 0, LOADHOST_RANGE);
	uint32_t n = (uint32_t)g_rand_int_range(host->random, 1, PAGE + 1);

	program(host, offset, n, protected);
	verify(host, offset & ~(uint32_t)(PAGE - 1), PAGE);
}

static void
write_status(struct host *host, uint8_t value)
{
	const uint8_t request[2] = {WRSR, value};
	uint8_t status;

	command(host, WREN);
	spi(host, request, sizeof(request), NULL, 0);
	status = wait_ready(host);
	if (!host->failed && status != value)
		host_fail(host, &host->figures.mismatches, "status register is %02X, not %02X",
			status, value);
}

static void
step_protect(struct host *host)
{
	write_status(host, PROTECT_ALL);
	step_program(host, true);
	write_status(host, 0);
}

static void
host_step(struct host *host)
{
	int kind = g_rand_int_range(host->random, 0, 100);

	if (kind < 50)
		step_read(host);
	else if (kind < 85)
		step_program(host, false);
	else if (kind < 93)
		step_erase(host);
	else if (kind < 97)
		step_protect(host);
	else
		step_reopen(host);
}

static void
verify_all(struct host *host)
{
	for (uint32_t offset = 0; offset < LOADHOST_RANGE && !host->failed; offset += READ_MAX)
		verify(host, offset, READ_MAX);
}

/* The daemon keeps the last operations, and folds equal ones: this makes that memory full. */
static void
fill_history(struct host *host)
{
	for (unsigned int i = 0; i < HISTORY / 2 && !host->failed; i++) {
		uint8_t rdid = RDID, id[3];

		spi(host, &rdid, 1, id, sizeof(id));
		step_read(host);
	}
}

static void
host_prepare(struct host *host)
{
	host_open(host);
	for (uint32_t offset = 0; offset < LOADHOST_RANGE && !host->failed; offset += SECTOR)
		erase(host, offset);
	for (uint32_t offset = 0; offset < LOADHOST_RANGE && !host->failed; offset += PAGE)
		program(host, offset, PAGE, false);
	fill_history(host);
	verify_all(host);
}

void *
loadhost_run(void *data)
{
	struct host *host = data;
	struct load *load = host->load;
	int64_t stop_us;

	host_prepare(host);
	g_mutex_lock(&load->lock);
	load->prepared++;
	g_cond_broadcast(&load->changed);
	while (load->stop_us == 0)
		g_cond_wait(&load->changed, &load->lock);
	stop_us = load->stop_us;
	g_mutex_unlock(&load->lock);

	while (!host->failed && g_get_monotonic_time() < stop_us)
		host_step(host);
	verify_all(host);
	g_mutex_lock(&load->lock);
	load->ended++;
	g_cond_broadcast(&load->changed);
	while (!load->may_close)
		g_cond_wait(&load->changed, &load->lock);
	g_mutex_unlock(&load->lock);
	if (host->fd >= 0)
		close(host->fd);
	return NULL;
}

struct host *
loadhost_new(struct load *load, const char *port, unsigned int number)
{
	struct host *host = g_new0(struct host, 1);

	host->load = load;
	host->port = g_strdup(port);
	host->fd = -1;
	host->random = g_rand_new_with_seed(load->seed + number);
	/* Not the same place in each chip. */
	host->base = number % 16 * LOADHOST_RANGE;
	return host;
}

void
loadhost_destroy(struct host *host)
{
	g_rand_free(host->random);
	g_free(host->port);
	g_free(host);
}
