# SPDX-License-Identifier: GPL-2.0-or-later
#
# One convenience library a room: tests/style/check-rooms links each with the rooms below it alone.

noinst_LIBRARIES += emu/libbase.a
emu_libbase_a_SOURCES = \
	emu/base/clock.c \
	emu/base/clock.h \
	emu/base/endpoint.h \
	emu/base/error.c \
	emu/base/error.h \
	emu/base/escape.c \
	emu/base/escape.h \
	emu/base/faultlist.c \
	emu/base/faultlist.h \
	emu/base/faultwhen.h \
	emu/base/given.c \
	emu/base/given.h \
	emu/base/keyfile.c \
	emu/base/keyfile.h \
	emu/base/keytable.c \
	emu/base/keytable.h \
	emu/base/log.c \
	emu/base/log.h \
	emu/base/mistake.c \
	emu/base/mistake.h \
	emu/base/newfile.c \
	emu/base/newfile.h \
	emu/base/openfile.c \
	emu/base/openfile.h \
	emu/base/optioncheck.c \
	emu/base/optioncheck.h \
	emu/base/optionlist.c \
	emu/base/optionlist.h \
	emu/base/outlet.c \
	emu/base/outlet.h \
	emu/base/ownfolder.c \
	emu/base/ownfolder.h \
	emu/base/pathlock.c \
	emu/base/pathlock.h \
	emu/base/period.c \
	emu/base/period.h \
	emu/base/publish.c \
	emu/base/publish.h \
	emu/base/random.c \
	emu/base/random.h \
	emu/base/sink.c \
	emu/base/sink.h \
	emu/base/units.c \
	emu/base/units.h \
	emu/base/value.c \
	emu/base/value.h \
	emu/base/wholefile.c \
	emu/base/wholefile.h

noinst_LIBRARIES += emu/libflash.a
emu_libflash_a_SOURCES = \
	emu/flash/cells/cellfault.h \
	emu/flash/cells/cells.c \
	emu/flash/cells/cells.h \
	emu/flash/cells/cutoff.c \
	emu/flash/cells/cutoff.h \
	emu/flash/cells/disturb.c \
	emu/flash/cells/disturb.h \
	emu/flash/cells/fault.c \
	emu/flash/commands/aai.c \
	emu/flash/commands/aai.h \
	emu/flash/commands/address.c \
	emu/flash/commands/address.h \
	emu/flash/commands/anyregister.c \
	emu/flash/commands/asp.c \
	emu/flash/commands/autoboot.c \
	emu/flash/commands/bpr.c \
	emu/flash/commands/dataflash.c \
	emu/flash/commands/dataflash.h \
	emu/flash/commands/dataflash_program.c \
	emu/flash/commands/dataflash_protect.c \
	emu/flash/commands/describe.c \
	emu/flash/commands/die.c \
	emu/flash/commands/eeprom.c \
	emu/flash/commands/erase.c \
	emu/flash/commands/erase.h \
	emu/flash/commands/families.c \
	emu/flash/commands/families.h \
	emu/flash/commands/fastboot.c \
	emu/flash/commands/flagstatus.c \
	emu/flash/commands/flagstatus.h \
	emu/flash/commands/idcfi.c \
	emu/flash/commands/idcfi.h \
	emu/flash/commands/identify.c \
	emu/flash/commands/lock.c \
	emu/flash/commands/lock.h \
	emu/flash/commands/otparea.c \
	emu/flash/commands/otparea.h \
	emu/flash/commands/otpmode.c \
	emu/flash/commands/password.c \
	emu/flash/commands/pinuse.c \
	emu/flash/commands/power.c \
	emu/flash/commands/program.c \
	emu/flash/commands/program.h \
	emu/flash/commands/protect.c \
	emu/flash/commands/protect.h \
	emu/flash/commands/qpi.c \
	emu/flash/commands/read.c \
	emu/flash/commands/read.h \
	emu/flash/commands/readparameters.c \
	emu/flash/commands/reasons.c \
	emu/flash/commands/sector.c \
	emu/flash/commands/sector.h \
	emu/flash/commands/securityregister.c \
	emu/flash/commands/sfdp.c \
	emu/flash/commands/sfdp.h \
	emu/flash/commands/sfdpbasic.c \
	emu/flash/commands/sfdpcompare.c \
	emu/flash/commands/sfdplayout.c \
	emu/flash/commands/sfdplayout.h \
	emu/flash/commands/sfdptables.c \
	emu/flash/commands/sfdpvendor.c \
	emu/flash/commands/statusregister.c \
	emu/flash/commands/statusregister.h \
	emu/flash/commands/suspend.c \
	emu/flash/commands/suspend.h \
	emu/flash/describe.h \
	emu/flash/engine/bits.c \
	emu/flash/engine/bits.h \
	emu/flash/engine/continuous.c \
	emu/flash/engine/continuous.h \
	emu/flash/engine/device.h \
	emu/flash/engine/dummy.c \
	emu/flash/engine/dummy.h \
	emu/flash/engine/engine.c \
	emu/flash/engine/failure.c \
	emu/flash/engine/family.c \
	emu/flash/engine/family.h \
	emu/flash/engine/fields.h \
	emu/flash/engine/frame.c \
	emu/flash/engine/frame.h \
	emu/flash/engine/lanes.c \
	emu/flash/engine/lanes.h \
	emu/flash/engine/life.c \
	emu/flash/engine/life.h \
	emu/flash/engine/opcodes.c \
	emu/flash/engine/opcodes.h \
	emu/flash/engine/operation.h \
	emu/flash/engine/pins.c \
	emu/flash/engine/pins.h \
	emu/flash/engine/reset.c \
	emu/flash/engine/supply.c \
	emu/flash/engine/supply.h \
	emu/flash/engine/tell.c \
	emu/flash/engine/tell.h \
	emu/flash/engine/timing.h \
	emu/flash/fault.h \
	emu/flash/fields.c \
	emu/flash/flash.h \
	emu/flash/package.c \
	emu/flash/package.h \
	emu/flash/part.c \
	emu/flash/part.h \
	emu/flash/partdata.h \
	emu/flash/reasons.h \
	emu/flash/sfdpcompare.h \
	emu/flash/validate.c \
	emu/flash/version.h

noinst_LIBRARIES += emu/libchipdb.a
emu_libchipdb_a_SOURCES = \
	emu/chipdb/chipcheck.c \
	emu/chipdb/chipcheck.h \
	emu/chipdb/chipdb.c \
	emu/chipdb/chipdb.h \
	emu/chipdb/chipflat.c \
	emu/chipdb/chipflat.h \
	emu/chipdb/chiplookup.c \
	emu/chipdb/chipscan.c \
	emu/chipdb/chipscan.h \
	emu/chipdb/chiptable.c \
	emu/chipdb/chiptable.h \
	emu/chipdb/dump.c \
	emu/chipdb/dump.h \
	emu/chipdb/dumpgroup.c \
	emu/chipdb/installed.c \
	emu/chipdb/installed.h \
	emu/chipdb/internal.h \
	emu/chipdb/ofsize.c \
	emu/chipdb/ofsize.h \
	emu/chipdb/partcheck.c \
	emu/chipdb/partcheck.h \
	emu/chipdb/partcommand.c \
	emu/chipdb/partcommand.h \
	emu/chipdb/partdefinition.c \
	emu/chipdb/partdefinition.h \
	emu/chipdb/partdummy.c \
	emu/chipdb/partdummy.h \
	emu/chipdb/partfile.c \
	emu/chipdb/partfile.h \
	emu/chipdb/partkey.c \
	emu/chipdb/partkey.h \
	emu/chipdb/partprotect.c \
	emu/chipdb/partprotect.h \
	emu/chipdb/partsfdp.c \
	emu/chipdb/partsfdp.h \
	emu/chipdb/partsource.c \
	emu/chipdb/partsource.h \
	emu/chipdb/partstatus.c \
	emu/chipdb/partstatus.h \
	emu/chipdb/partsuspend.c \
	emu/chipdb/partsuspend.h \
	emu/chipdb/sfdpfile.c \
	emu/chipdb/sfdpfile.h \
	emu/chipdb/times.c \
	emu/chipdb/times.h

noinst_LIBRARIES += emu/libembed.a
emu_libembed_a_SOURCES = \
	emu/embed/chips.c \
	emu/embed/chips.h

noinst_LIBRARIES += emu/libstore.a
emu_libstore_a_SOURCES = \
	emu/store/filesize.c \
	emu/store/filesize.h \
	emu/store/guard.c \
	emu/store/guard.h \
	emu/store/identity.c \
	emu/store/identity.h \
	emu/store/image.c \
	emu/store/image.h \
	emu/store/imagefile.c \
	emu/store/initialcontent.c \
	emu/store/initialcontent.h \
	emu/store/internal.h \
	emu/store/journal.c \
	emu/store/journal.h \
	emu/store/lost.c \
	emu/store/lost.h \
	emu/store/registers.c \
	emu/store/registers.h \
	emu/store/snapshot.c \
	emu/store/snapshot.h \
	emu/store/state.c \
	emu/store/state.h \
	emu/store/wafer.c \
	emu/store/wafer.h \
	emu/store/wear.c \
	emu/store/wear.h

noinst_LIBRARIES += emu/libclip.a
emu_libclip_a_SOURCES = \
	emu/clip/clip.c \
	emu/clip/clip.h \
	emu/clip/contact.c \
	emu/clip/edge.c \
	emu/clip/faulttable.c \
	emu/clip/geometry.c \
	emu/clip/hostframe.c \
	emu/clip/internal.h \
	emu/clip/line.h \
	emu/clip/lines.c \
	emu/clip/master.c \
	emu/clip/names.c \
	emu/clip/noise.c \
	emu/clip/others.c \
	emu/clip/slip.c \
	emu/clip/trigger.c \
	emu/clip/wirefault.c \
	emu/clip/wirefault.h \
	emu/clip/wirereason.c \
	emu/clip/wirereason.h \
	emu/clip/wires.c \
	emu/clip/writer.c

noinst_LIBRARIES += emu/libboard.a
emu_libboard_a_SOURCES = \
	emu/board/board.c \
	emu/board/board.h \
	emu/board/boot.c \
	emu/board/boot.h \
	emu/board/send.c \
	emu/board/send.h

noinst_LIBRARIES += emu/libserprog.a
emu_libserprog_a_SOURCES = \
	emu/serprog/commands.c \
	emu/serprog/divider.c \
	emu/serprog/divider.h \
	emu/serprog/filter.c \
	emu/serprog/internal.h \
	emu/serprog/opbuf.c \
	emu/serprog/opbuf.h \
	emu/serprog/packet.c \
	emu/serprog/profile.c \
	emu/serprog/profile.h \
	emu/serprog/profiles.c \
	emu/serprog/reply.c \
	emu/serprog/reply.h \
	emu/serprog/serprog.c \
	emu/serprog/serprog.h \
	emu/serprog/spiop.c

noinst_LIBRARIES += emu/liblink.a
emu_liblink_a_SOURCES = \
	emu/link/act.c \
	emu/link/internal.h \
	emu/link/link.c \
	emu/link/link.h \
	emu/link/linkfault.c \
	emu/link/linkfault.h \
	emu/link/meter.c \
	emu/link/meter.h \
	emu/link/occasion.c \
	emu/link/occasion.h \
	emu/link/uart.c \
	emu/link/uart.h

noinst_LIBRARIES += emu/libport.a
emu_libport_a_SOURCES = \
	emu/port/baud.c \
	emu/port/baud.h \
	emu/port/blocking.c \
	emu/port/blocking.h \
	emu/port/idle.c \
	emu/port/idle.h \
	emu/port/nodewatch.c \
	emu/port/nodewatch.h \
	emu/port/port.h \
	emu/port/pty.c \
	emu/port/pump.c \
	emu/port/pump.h \
	emu/port/symlink.c \
	emu/port/symlink.h \
	emu/port/tcp.c

noinst_LIBRARIES += emu/librecord.a
emu_librecord_a_SOURCES = \
	emu/record/data.c \
	emu/record/data.h \
	emu/record/reader.c \
	emu/record/reader.h \
	emu/record/recorder.c \
	emu/record/recorder.h \
	emu/record/tap.c \
	emu/record/tap.h

noinst_LIBRARIES += emu/libsetup.a
emu_libsetup_a_SOURCES = \
	emu/setup/benchfile.c \
	emu/setup/benchfile.h \
	emu/setup/benchfind.c \
	emu/setup/benchfind.h \
	emu/setup/boardfile.c \
	emu/setup/condition.c \
	emu/setup/condition.h \
	emu/setup/faultfile.c \
	emu/setup/faultfile.h \
	emu/setup/faultguide.c \
	emu/setup/faultguide.h \
	emu/setup/faultguide_chip.c \
	emu/setup/faultguide_link.c \
	emu/setup/faultguide_wires.c \
	emu/setup/faultkeys.c \
	emu/setup/faultkeys.h \
	emu/setup/faultwords.c \
	emu/setup/faultwords.h \
	emu/setup/files.c \
	emu/setup/files.h \
	emu/setup/firmware.c \
	emu/setup/firmware.h \
	emu/setup/listener.c \
	emu/setup/listener.h \
	emu/setup/options.c \
	emu/setup/options.h \
	emu/setup/optionwords.c \
	emu/setup/optionwords.h \
	emu/setup/resolve.c \
	emu/setup/restrict.c \
	emu/setup/samefile.c \
	emu/setup/setup.c \
	emu/setup/setup.h

noinst_LIBRARIES += emu/libsandbox.a
emu_libsandbox_a_SOURCES = \
	emu/sandbox/internal.h \
	emu/sandbox/landlock.c \
	emu/sandbox/sandbox.c \
	emu/sandbox/sandbox.h \
	emu/sandbox/seccomp.c

noinst_LIBRARIES += emu/libtrace.a
emu_libtrace_a_SOURCES = \
	emu/trace/examples.c \
	emu/trace/examples.h \
	emu/trace/fold.c \
	emu/trace/fold.h \
	emu/trace/foldtext.c \
	emu/trace/stats.c \
	emu/trace/stats.h \
	emu/trace/text.c \
	emu/trace/text.h

noinst_LIBRARIES += emu/libbench.a
emu_libbench_a_SOURCES = \
	emu/bench/activity.c \
	emu/bench/activity.h \
	emu/bench/adapter.c \
	emu/bench/adapter.h \
	emu/bench/bench.c \
	emu/bench/bench.h \
	emu/bench/cable.c \
	emu/bench/cable.h \
	emu/bench/chip.c \
	emu/bench/chip.h \
	emu/bench/confine.c \
	emu/bench/confine.h \
	emu/bench/created.c \
	emu/bench/created.h \
	emu/bench/faultcheck.c \
	emu/bench/faults.c \
	emu/bench/faults.h \
	emu/bench/filenotes.c \
	emu/bench/filenotes.h \
	emu/bench/levels.c \
	emu/bench/levels.h \
	emu/bench/limits.c \
	emu/bench/limits.h \
	emu/bench/observe.c \
	emu/bench/outputs.c \
	emu/bench/outputs.h \
	emu/bench/preset.c \
	emu/bench/preset.h \
	emu/bench/readyline.c \
	emu/bench/readyline.h \
	emu/bench/recording.c \
	emu/bench/recording.h \
	emu/bench/relabel.c \
	emu/bench/relabel.h \
	emu/bench/saving.c \
	emu/bench/saving.h \
	emu/bench/statusbits.c \
	emu/bench/statusbits.h \
	emu/bench/unfinished.c \
	emu/bench/unfinished.h \
	emu/bench/wrongsize.c \
	emu/bench/wrongsize.h

noinst_LIBRARIES += emu/libaction.a
emu_libaction_a_SOURCES = \
	emu/action/action.c \
	emu/action/action.h \
	emu/action/benchstatus.c \
	emu/action/benchstatus.h \
	emu/action/boards.c \
	emu/action/content.c \
	emu/action/event.h \
	emu/action/faultedit.c \
	emu/action/internal.h \
	emu/action/past.c

noinst_LIBRARIES += emu/libcontrol.a
emu_libcontrol_a_SOURCES = \
	emu/control/arguments.c \
	emu/control/connection.c \
	emu/control/connection.h \
	emu/control/control.h \
	emu/control/direct.c \
	emu/control/direct.h \
	emu/control/eventjson.c \
	emu/control/eventjson.h \
	emu/control/events.c \
	emu/control/events.h \
	emu/control/faultmethods.c \
	emu/control/internal.h \
	emu/control/methods.c \
	emu/control/methods.h \
	emu/control/passed.c \
	emu/control/passed.h \
	emu/control/rpc.c \
	emu/control/rpc.h \
	emu/control/schema.c \
	emu/control/schema.h \
	emu/control/server.c \
	emu/control/socket.c \
	emu/control/socket.h \
	emu/control/statsjson.c \
	emu/control/statusjson.c \
	emu/control/storage.c

noinst_LIBRARIES += emu/libreplay.a
emu_libreplay_a_SOURCES = \
	emu/replay/compare.c \
	emu/replay/compare.h \
	emu/replay/decode.c \
	emu/replay/decode.h \
	emu/replay/private.c \
	emu/replay/private.h \
	emu/replay/replay.c \
	emu/replay/replay.h \
	emu/replay/serialport.c \
	emu/replay/serialport.h

# Upper rooms first: each finds what it calls in those behind it.
SPINOR_ROOMS = \
	emu/libreplay.a \
	emu/libcontrol.a \
	emu/libaction.a \
	emu/libbench.a \
	emu/libtrace.a \
	emu/libsandbox.a \
	emu/libsetup.a \
	emu/librecord.a \
	emu/libport.a \
	emu/liblink.a \
	emu/libserprog.a \
	emu/libboard.a \
	emu/libclip.a \
	emu/libstore.a \
	emu/libchipdb.a \
	emu/libflash.a \
	emu/libbase.a \
	$(TSAN_GLIB) \
	$(SECCOMP_LIBS)

bin_PROGRAMS += spinord
spinord_SOURCES = \
	emu/spinord/detach.c \
	emu/spinord/detach.h \
	emu/spinord/inherit.c \
	emu/spinord/inherit.h \
	emu/spinord/main.c \
	emu/spinord/notify.c \
	emu/spinord/notify.h \
	emu/spinord/pidfile.c \
	emu/spinord/pidfile.h \
	emu/spinord/signals.c \
	emu/spinord/signals.h
spinord_LDADD = $(SPINOR_ROOMS) $(JSON_LIBS) $(GLIB_LIBS)

bin_PROGRAMS += spinor
spinor_SOURCES = \
	emu/spinor/benches.c \
	emu/spinor/benches.h \
	emu/spinor/chipfile.c \
	emu/spinor/chipfile.h \
	emu/spinor/client.c \
	emu/spinor/client.h \
	emu/spinor/command.c \
	emu/spinor/command.h \
	emu/spinor/complete.c \
	emu/spinor/complete.h \
	emu/spinor/exitstatus.c \
	emu/spinor/exitstatus.h \
	emu/spinor/expect.c \
	emu/spinor/expect.h \
	emu/spinor/explain.c \
	emu/spinor/explain.h \
	emu/spinor/find.c \
	emu/spinor/find.h \
	emu/spinor/handover.c \
	emu/spinor/handover.h \
	emu/spinor/main.c \
	emu/spinor/methodcall.c \
	emu/spinor/methodcall.h \
	emu/spinor/output.c \
	emu/spinor/output.h \
	emu/spinor/placeholder.c \
	emu/spinor/placeholder.h \
	emu/spinor/reaper.c \
	emu/spinor/reaper.h \
	emu/spinor/reportfile.c \
	emu/spinor/reportfile.h \
	emu/spinor/run.c \
	emu/spinor/runreport.c \
	emu/spinor/runreport.h \
	emu/spinor/runsandbox.c \
	emu/spinor/runsandbox.h \
	emu/spinor/showsfdp.c \
	emu/spinor/showsfdp.h \
	emu/spinor/supervise.c \
	emu/spinor/supervise.h \
	emu/spinor/terminal.c \
	emu/spinor/terminal.h \
	emu/spinor/tree.c \
	emu/spinor/tree.h \
	emu/spinor/verb_bench.c \
	emu/spinor/verb_chip.c \
	emu/spinor/verb_daemon.c \
	emu/spinor/verb_examples.c \
	emu/spinor/verb_fault.c \
	emu/spinor/verb_list.c \
	emu/spinor/verb_replay.c \
	emu/spinor/verb_wiring.c \
	emu/spinor/verbs.c \
	emu/spinor/verbs.h \
	emu/spinor/watch.c \
	emu/spinor/watchsummary.c \
	emu/spinor/watchsummary.h \
	emu/spinor/words.c \
	emu/spinor/words.h
spinor_LDADD = $(SPINOR_ROOMS) $(JSON_LIBS) $(GLIB_LIBS)

chipdbdir = $(pkgdatadir)/chipdb
dist_chipdb_DATA = \
	chipdb/amic.chips \
	chipdb/atmel.chips \
	chipdb/boya.chips \
	chipdb/eon.chips \
	chipdb/esi.chips \
	chipdb/esmt.chips \
	chipdb/fudan.chips \
	chipdb/gigadevice.chips \
	chipdb/intel.chips \
	chipdb/issi.chips \
	chipdb/macronix.chips \
	chipdb/microchip.chips \
	chipdb/micron.chips \
	chipdb/nantronics.chips \
	chipdb/normem.chips \
	chipdb/pmc.chips \
	chipdb/puya.chips \
	chipdb/sanyo.chips \
	chipdb/spansion.chips \
	chipdb/sst.chips \
	chipdb/st.chips \
	chipdb/winbond.chips \
	chipdb/xmc.chips \
	chipdb/xtx.chips \
	chipdb/zbit.chips \
	chipdb/zetta.chips

chipdbsfdpdir = $(chipdbdir)/sfdp
dist_chipdbsfdp_DATA = \
	chipdb/sfdp/AT25FF321A.sfdp \
	chipdb/sfdp/AT25QL128A.sfdp \
	chipdb/sfdp/BY25Q128AS.sfdp \
	chipdb/sfdp/BY25Q32ES.sfdp \
	chipdb/sfdp/GD25LB512ME.sfdp \
	chipdb/sfdp/GD25Q32C.sfdp \
	chipdb/sfdp/GD25WQ32E.sfdp \
	chipdb/sfdp/IS25WP01G.sfdp \
	chipdb/sfdp/IS25WP256.sfdp \
	chipdb/sfdp/MT25QL01GBBB.sfdp \
	chipdb/sfdp/MT25QL128ABA.sfdp \
	chipdb/sfdp/MT25QL256ABA.sfdp \
	chipdb/sfdp/MT25QU01GBBB.sfdp \
	chipdb/sfdp/MT25QU256ABA.sfdp \
	chipdb/sfdp/MT25QU512ABB.sfdp \
	chipdb/sfdp/MT35XU02GCBA.sfdp \
	chipdb/sfdp/MX25L12835F.sfdp \
	chipdb/sfdp/MX25L1606E.sfdp \
	chipdb/sfdp/MX25L25635E.sfdp \
	chipdb/sfdp/MX25L25635F.sfdp \
	chipdb/sfdp/MX25L25645G.sfdp \
	chipdb/sfdp/MX25L3233F.sfdp \
	chipdb/sfdp/MX25L3255E.sfdp \
	chipdb/sfdp/MX25L51245G.sfdp \
	chipdb/sfdp/MX25L6436F.sfdp \
	chipdb/sfdp/MX25LM51245G.sfdp \
	chipdb/sfdp/MX25R6435F.sfdp \
	chipdb/sfdp/MX25U25635F.sfdp \
	chipdb/sfdp/MX25U25645G.sfdp \
	chipdb/sfdp/MX25U51245G.sfdp \
	chipdb/sfdp/MX66L1G45G.sfdp \
	chipdb/sfdp/MX66L2G45G.sfdp \
	chipdb/sfdp/MX66L51235F.sfdp \
	chipdb/sfdp/MX66U1G45G.sfdp \
	chipdb/sfdp/MX66U2G45G.sfdp \
	chipdb/sfdp/MX77L51250F.sfdp \
	chipdb/sfdp/N25Q064A11E.sfdp \
	chipdb/sfdp/N25Q256A13E.sfdp \
	chipdb/sfdp/P25D40SH.sfdp \
	chipdb/sfdp/S25FL064L.sfdp \
	chipdb/sfdp/S25FS256T.sfdp \
	chipdb/sfdp/S28HS02GT.sfdp \
	chipdb/sfdp/SK25LP128.sfdp \
	chipdb/sfdp/SST26VF032B.sfdp \
	chipdb/sfdp/SST26VF064B.sfdp \
	chipdb/sfdp/SST26WF080B.sfdp \
	chipdb/sfdp/W25Q01JV.sfdp \
	chipdb/sfdp/W25Q128FV.sfdp \
	chipdb/sfdp/W25Q128JV.sfdp \
	chipdb/sfdp/W25Q16JV.sfdp \
	chipdb/sfdp/W25Q256FV.sfdp \
	chipdb/sfdp/W25Q256JV.sfdp \
	chipdb/sfdp/W25Q512JV.sfdp \
	chipdb/sfdp/W25Q512NW-IM.sfdp \
	chipdb/sfdp/W25Q512NW-IQ.sfdp \
	chipdb/sfdp/W25Q64JW-IM.sfdp \
	chipdb/sfdp/W25Q80BL.sfdp \
	chipdb/sfdp/XM25QH32D-46.sfdp \
	chipdb/sfdp/ZD25Q128C.sfdp

# libspinor-flash: chips for other programs. It is compiled apart from the rooms above, which are
# linked into spinord without the cost of position-independent code; from base and chipdb it has
# what flash and embed call. Static, it is one object, so that its own names can be made local.
PIC_CFLAGS = $(AM_CFLAGS) -fPIC -fvisibility=hidden
noinst_LIBRARIES += emu/libflash-pic.a
emu_libflash_pic_a_SOURCES = $(emu_libflash_a_SOURCES) $(emu_libembed_a_SOURCES)
emu_libflash_pic_a_CFLAGS = $(PIC_CFLAGS)
noinst_LIBRARIES += emu/libbelow-pic.a
emu_libbelow_pic_a_SOURCES = $(emu_libbase_a_SOURCES) $(emu_libchipdb_a_SOURCES)
emu_libbelow_pic_a_CFLAGS = $(PIC_CFLAGS)

FLASH_PIC = emu/libflash-pic.a emu/libbelow-pic.a
LINK_FLASH_PIC = -Wl,--whole-archive emu/libflash-pic.a -Wl,--no-whole-archive emu/libbelow-pic.a
FLASH_SO = libspinor-flash.so
FLASH_SONAME = $(FLASH_SO).$(FLASH_VERSION_MAJOR)
FLASH_MAP = $(srcdir)/emu/embed/spinor-flash.map
EXTRA_DIST += emu/embed/spinor-flash.map emu/embed/spinor-flash.pc.in

$(FLASH_SO).$(FLASH_VERSION): $(FLASH_PIC) $(FLASH_MAP)
	$(AM_V_CCLD)$(CC) $(CFLAGS) -shared $(filter-out -pie,$(BUILD_LDFLAGS)) $(LDFLAGS) \
		-Wl,-soname,$(FLASH_SONAME) -Wl,--version-script,$(FLASH_MAP) -Wl,--as-needed \
		-o $@ $(LINK_FLASH_PIC) $(GLIB_LIBS)

# With -flto in CFLAGS, gcc needs nolto-rel for an object with code, in which names can be local;
# other compilers do not know it.
LINK_FLASH_O = $(CC) $(CFLAGS) -r -nostdlib -o libspinor-flash.o $(LINK_FLASH_PIC)
libspinor-flash.a: $(FLASH_PIC)
	$(AM_V_AR)rm -f $@ && \
	{ $(LINK_FLASH_O) -flinker-output=nolto-rel 2>/dev/null || $(LINK_FLASH_O); } && \
	$(OBJCOPY) --localize-hidden libspinor-flash.o && \
	$(AR) cr $@ libspinor-flash.o && $(RANLIB) $@
CLEANFILES += libspinor-flash.o

flashexeclibdir = $(libdir)
flashexeclib_DATA = libspinor-flash.a $(FLASH_SO).$(FLASH_VERSION)
CLEANFILES += $(flashexeclib_DATA)
flashincludedir = $(includedir)/spinor
flashinclude_HEADERS = \
	emu/embed/chips.h \
	emu/flash/fault.h \
	emu/flash/flash.h \
	emu/flash/part.h \
	emu/flash/version.h
# Included by fault.h.
flashincludebasedir = $(flashincludedir)/base
flashincludebase_HEADERS = emu/base/faultwhen.h
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = emu/embed/spinor-flash.pc

.PHONY: install-flash install-flash-links

install-flash-links: install-flashexeclibDATA
	cd '$(DESTDIR)$(libdir)' && \
	ln -sf $(FLASH_SO).$(FLASH_VERSION) $(FLASH_SONAME) && ln -sf $(FLASH_SONAME) $(FLASH_SO)

# The library, what is compiled against it and the chips that it reads, without the programs.
install-flash: install-flash-links install-flashincludeHEADERS install-pkgconfigDATA \
	install-dist_chipdbDATA install-dist_chipdbsfdpDATA install-flashincludebaseHEADERS

install-exec-hook: install-flash-links

uninstall-hook:
	cd '$(DESTDIR)$(libdir)' && rm -f $(FLASH_SONAME) $(FLASH_SO)
