# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libspinor.a
libspinor_a_SOURCES = \
	emu/base/clock.c \
	emu/base/clock.h \
	emu/base/log.c \
	emu/base/log.h \
	emu/base/personality.h \
	emu/base/units.c \
	emu/base/units.h \
	emu/bench/adapter.c \
	emu/bench/adapter.h \
	emu/bench/bench.c \
	emu/bench/bench.h \
	emu/bench/chipdb.c \
	emu/bench/chipdb.h \
	emu/bench/error.c \
	emu/bench/error.h \
	emu/bench/image.c \
	emu/bench/image.h \
	emu/bench/options.c \
	emu/bench/options.h \
	emu/bench/partfile.c \
	emu/bench/partfile.h \
	emu/bench/state.c \
	emu/bench/state.h \
	emu/bench/wafer.c \
	emu/bench/wafer.h \
	emu/clip/clip.c \
	emu/clip/clip.h \
	emu/flash/bits.c \
	emu/flash/chip.c \
	emu/flash/chip.h \
	emu/flash/command.c \
	emu/flash/erase.c \
	emu/flash/event.c \
	emu/flash/flash.h \
	emu/flash/identify.c \
	emu/flash/lanes.c \
	emu/flash/lock.c \
	emu/flash/otp.c \
	emu/flash/part.h \
	emu/flash/power.c \
	emu/flash/program.c \
	emu/flash/protect.c \
	emu/flash/read.c \
	emu/flash/sfdp.c \
	emu/flash/status.c \
	emu/flash/suspend.c \
	emu/port/link.c \
	emu/port/link.h \
	emu/port/port.h \
	emu/port/pty.c \
	emu/port/pump.c \
	emu/port/pump.h \
	emu/port/watch.c \
	emu/port/watch.h \
	emu/serprog/commands.c \
	emu/serprog/internal.h \
	emu/serprog/opbuf.c \
	emu/serprog/opbuf.h \
	emu/serprog/profile.c \
	emu/serprog/profile.h \
	emu/serprog/reply.c \
	emu/serprog/reply.h \
	emu/serprog/serprog.c \
	emu/serprog/serprog.h \
	emu/serprog/spiop.c \
	emu/trace/text.c \
	emu/trace/text.h

bin_PROGRAMS += spinord
spinord_SOURCES = \
	emu/spinord/main.c \
	emu/spinord/notify.c \
	emu/spinord/notify.h
spinord_LDADD = libspinor.a $(JSON_LIBS) $(GLIB_LIBS)

chipdbdir = $(pkgdatadir)/chipdb
dist_chipdb_DATA = \
	chipdb/macronix.chips \
	chipdb/winbond.chips
