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
	emu/bench/action.c \
	emu/bench/action.h \
	emu/bench/adapter.c \
	emu/bench/adapter.h \
	emu/bench/bench.c \
	emu/bench/bench.h \
	emu/bench/chip.c \
	emu/bench/chip.h \
	emu/bench/chipdb.c \
	emu/bench/chipdb.h \
	emu/bench/chiptable.c \
	emu/bench/content.c \
	emu/bench/error.c \
	emu/bench/error.h \
	emu/bench/event.h \
	emu/bench/file.c \
	emu/bench/file.h \
	emu/bench/hand.h \
	emu/bench/image.c \
	emu/bench/image.h \
	emu/bench/limits.c \
	emu/bench/limits.h \
	emu/bench/meter.c \
	emu/bench/meter.h \
	emu/bench/observe.c \
	emu/bench/options.c \
	emu/bench/options.h \
	emu/bench/partcommand.c \
	emu/bench/partcommand.h \
	emu/bench/partfile.c \
	emu/bench/partfile.h \
	emu/bench/partvalue.c \
	emu/bench/partvalue.h \
	emu/bench/setup.c \
	emu/bench/setup.h \
	emu/bench/snapshot.c \
	emu/bench/snapshot.h \
	emu/bench/state.c \
	emu/bench/state.h \
	emu/bench/stats.c \
	emu/bench/stats.h \
	emu/bench/status.c \
	emu/bench/status.h \
	emu/bench/wafer.c \
	emu/bench/wafer.h \
	emu/clip/clip.c \
	emu/clip/clip.h \
	emu/control/call.c \
	emu/control/client.c \
	emu/control/client.h \
	emu/control/control.h \
	emu/control/events.c \
	emu/control/events.h \
	emu/control/internal.h \
	emu/control/methods.c \
	emu/control/methods.h \
	emu/control/report.c \
	emu/control/rpc.c \
	emu/control/rpc.h \
	emu/control/schema.c \
	emu/control/schema.h \
	emu/control/server.c \
	emu/control/socket.c \
	emu/control/socket.h \
	emu/control/storage.c \
	emu/flash/aai.c \
	emu/flash/address.c \
	emu/flash/bits.c \
	emu/flash/chip.c \
	emu/flash/chip.h \
	emu/flash/command.c \
	emu/flash/dataflash.c \
	emu/flash/dataflash.h \
	emu/flash/dataflash_program.c \
	emu/flash/dataflash_protect.c \
	emu/flash/eeprom.c \
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
	emu/port/tcp.c \
	emu/port/watch.c \
	emu/port/watch.h \
	emu/serprog/commands.c \
	emu/serprog/divider.c \
	emu/serprog/divider.h \
	emu/serprog/internal.h \
	emu/serprog/opbuf.c \
	emu/serprog/opbuf.h \
	emu/serprog/profile.c \
	emu/serprog/profile.h \
	emu/serprog/profiles.c \
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

bin_PROGRAMS += spinor
spinor_SOURCES = \
	emu/spinor/call.c \
	emu/spinor/call.h \
	emu/spinor/client.c \
	emu/spinor/client.h \
	emu/spinor/command.c \
	emu/spinor/command.h \
	emu/spinor/complete.c \
	emu/spinor/error.c \
	emu/spinor/error.h \
	emu/spinor/expect.c \
	emu/spinor/expect.h \
	emu/spinor/find.c \
	emu/spinor/find.h \
	emu/spinor/janitor.c \
	emu/spinor/janitor.h \
	emu/spinor/main.c \
	emu/spinor/output.c \
	emu/spinor/output.h \
	emu/spinor/report.c \
	emu/spinor/report.h \
	emu/spinor/run.c \
	emu/spinor/supervise.c \
	emu/spinor/supervise.h \
	emu/spinor/tree.c \
	emu/spinor/tree.h \
	emu/spinor/verb_bench.c \
	emu/spinor/verb_chip.c \
	emu/spinor/verb_list.c \
	emu/spinor/verbs.c \
	emu/spinor/verbs.h \
	emu/spinor/watch.c
spinor_LDADD = libspinor.a $(JSON_LIBS) $(GLIB_LIBS)

chipdbdir = $(pkgdatadir)/chipdb
dist_chipdb_DATA = \
	chipdb/macronix.chips \
	chipdb/winbond.chips
