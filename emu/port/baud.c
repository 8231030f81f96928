/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own structure, since the C library's has only the usual speeds; the two can't be
 * included in one file.
 *
 * Document: ioctl_tty(2), TCGETS2.
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
