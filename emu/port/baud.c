/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads and sets the speed of a terminal with the kernel's struct termios2: struct termios of the C
 * library has only the speeds with a constant. The headers of the two structures conflict, so this
 * code has a file of its own.
 *
 * Document: ioctl_tty(2), TCGETS2 and TCSETS2.
 */
#include "port/baud.h"

#include <asm/termbits.h>
#include <sys/ioctl.h>

unsigned int
port_baud_of(int fd)
{
	struct termios2 settings;

	if (ioctl(fd, TCGETS2, &settings) < 0)
		return 0;
	return settings.c_ospeed;
}

void
port_baud_set(int fd, unsigned int baud)
{
	struct termios2 settings;

	if (ioctl(fd, TCGETS2, &settings) < 0)
		return;
	settings.c_cflag &= ~(unsigned int)(CBAUD | CIBAUD);
	settings.c_cflag |= BOTHER;
	settings.c_ispeed = settings.c_ospeed = baud;
	ioctl(fd, TCSETS2, &settings);
}
