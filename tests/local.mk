# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every test speaks TAP.

TEST_EXTENSIONS = .test
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
TEST_LOG_DRIVER = $(TAP_DRIVER)

# Sanitizers do not see blocks within the slices of GLib, nor what a thread hands over in them.
if SANITIZE
SANITIZER_ENVIRONMENT = G_SLICE=always-malloc; export G_SLICE;
endif

AM_TESTS_ENVIRONMENT = \
	$(SANITIZER_ENVIRONMENT) \
	SPINORD='$(abs_top_builddir)/spinord'; export SPINORD; \
	SPINOR='$(abs_top_builddir)/spinor'; export SPINOR; \
	SPINOR_CHIPDB='$(abs_top_srcdir)/chipdb'; export SPINOR_CHIPDB; \
	CHIPDB_DIR='$(abs_top_srcdir)/chipdb'; export CHIPDB_DIR; \
	TOP_SRCDIR='$(abs_top_srcdir)'; export TOP_SRCDIR; \
	TEST_TIME_FACTOR=`'$(abs_top_srcdir)/tests/time-factor'`; export TEST_TIME_FACTOR; \
	STYLE_CC='$(CC)'; export STYLE_CC; \
	STYLE_CFLAGS='$(BUILD_CFLAGS) $(GLIB_CFLAGS) $(JSON_CFLAGS) $(CHECK_CFLAGS)'; \
	export STYLE_CFLAGS;

STYLE_TESTS = \
	tests/style/check-headers \
	tests/style/check-rooms \
	tests/style/check-style

SYSTEM_TESTS = \
	tests/system/against-verilog.test \
	tests/system/bench-file.test \
	tests/system/bootstrap.test \
	tests/system/ci-examples.test \
	tests/system/completion.test \
	tests/system/control-hammer.test \
	tests/system/control.test \
	tests/system/crash.test \
	tests/system/documents.test \
	tests/system/embed.test \
	tests/system/events-churn.test \
	tests/system/every-chip.test \
	tests/system/every-protection.test \
	tests/system/examples.test \
	tests/system/faults.test \
	tests/system/first-hour.test \
	tests/system/flashrom-hosts.test \
	tests/system/flashrom-killed.test \
	tests/system/flashrom-link.test \
	tests/system/flashrom-modes.test \
	tests/system/flashrom-names.test \
	tests/system/flashrom-protect.test \
	tests/system/flashrom-recipe.test \
	tests/system/flashrom-tcp.test \
	tests/system/flashrom-timing.test \
	tests/system/flashrom-unlock.test \
	tests/system/flashrom-wp.test \
	tests/system/from-dump.test \
	tests/system/ignored.test \
	tests/system/install.test \
	tests/system/load.test \
	tests/system/lost-image.test \
	tests/system/many.test \
	tests/system/memcheck.test \
	tests/system/mistakes.test \
	tests/system/next-host.test \
	tests/system/power-sweep.test \
	tests/system/presets.test \
	tests/system/profiles.test \
	tests/system/refused-start.test \
	tests/system/release.test \
	tests/system/repeat.test \
	tests/system/replay.test \
	tests/system/restrict.test \
	tests/system/run-report.test \
	tests/system/sandbox.test \
	tests/system/screens.test \
	tests/system/sfdp.test \
	tests/system/snapshot-limit.test \
	tests/system/spinor-lists.test \
	tests/system/spinor-run.test \
	tests/system/spinor-verbs.test \
	tests/system/spinord-detached.test \
	tests/system/spinord-files.test \
	tests/system/spinord-idle.test \
	tests/system/spinord-options.test \
	tests/system/spinord-signals.test \
	tests/system/state.test \
	tests/system/two-users.test \
	tests/system/unread-output.test \
	tests/system/user-files.test

# Scripts that take minutes: `make check-all` runs them after the others, X-long.test in place of
# X.test.
LONG_TESTS = \
	tests/fuzz/control-long.test \
	tests/system/crash-long.test \
	tests/system/every-chip-long.test \
	tests/system/every-protection-long.test \
	tests/system/examples-long.test \
	tests/system/lost-image-long.test \
	tests/system/power-sweep-long.test

TESTS += $(STYLE_TESTS) $(SYSTEM_TESTS)
EXTRA_DIST += $(STYLE_TESTS) $(SYSTEM_TESTS) $(LONG_TESTS) \
	tests/style/opens \
	tests/style/rooms \
	tests/system/against-verilog \
	tests/system/behaviour.py \
	tests/system/bench.py \
	tests/system/first-hour \
	tests/system/memcheck.supp \
	tests/system/recipe.py \
	tests/system/session.py \
	tests/system/session.rec \
	tests/system/tap.sh \
	tests/system/tee.py \
	tests/time-factor \
	tests/verilog/map \
	tests/verilog/tiny.chips \
	tests/verilog/tiny.v

check_PROGRAMS += tests/system/frames
tests_system_frames_SOURCES = tests/system/frames.c
tests_system_frames_LDADD = emu/libembed.a $(SPINOR_ROOMS) $(JSON_LIBS) $(GLIB_LIBS)

check_PROGRAMS += tests/system/host
tests_system_host_SOURCES = tests/system/host.c
tests_system_host_LDADD = $(GLIB_LIBS)

check_PROGRAMS += tests/system/load
tests_system_load_SOURCES = \
	tests/system/latency.c tests/system/latency.h tests/system/load.c \
	tests/system/loadhost.c tests/system/loadhost.h
tests_system_load_LDADD = $(GLIB_LIBS)

# A library to be preloaded, hence with flags of its own.
check_PROGRAMS += tests/system/idle.so
tests_system_idle_so_SOURCES = tests/system/idle.c
tests_system_idle_so_CFLAGS = -Wall -Wextra -fPIC
tests_system_idle_so_LDFLAGS = -shared

# Linked before GLib, whose functions of the same names it calls.
EXTRA_DIST += tests/tsan/glibsync.c
if SANITIZE_THREADS
noinst_LIBRARIES += tests/tsan/libglibsync.a
tests_tsan_libglibsync_a_SOURCES = tests/tsan/glibsync.c
TSAN_GLIB = tests/tsan/libglibsync.a
endif

if HAVE_CHECK
check_PROGRAMS += tests/unit/flash tests/unit/parts tests/unit/unit
TESTS += tests/unit/flash tests/unit/parts tests/unit/unit
endif
tests_unit_unit_SOURCES = \
	tests/unit/chips_fixture.c \
	tests/unit/chips_fixture.h \
	tests/unit/clip_fixture.c \
	tests/unit/clip_fixture.h \
	tests/unit/flash_fixture.c \
	tests/unit/flash_fixture.h \
	tests/unit/host_fixture.c \
	tests/unit/host_fixture.h \
	tests/unit/main.c \
	tests/unit/serprog_fixture.c \
	tests/unit/serprog_fixture.h \
	tests/unit/storage_fixture.c \
	tests/unit/storage_fixture.h \
	tests/unit/suites.h \
	tests/unit/suites_unit.c \
	tests/unit/test_action.c \
	tests/unit/test_base.c \
	tests/unit/test_base_faults.c \
	tests/unit/test_bench.c \
	tests/unit/test_board.c \
	tests/unit/test_chipdb.c \
	tests/unit/test_chipdb_check.c \
	tests/unit/test_chipdb_definition.c \
	tests/unit/test_chipdb_dump.c \
	tests/unit/test_chipdb_failures.c \
	tests/unit/test_chipdb_folders.c \
	tests/unit/test_chipdb_manual.c \
	tests/unit/test_chipdb_modes.c \
	tests/unit/test_chipdb_parts.c \
	tests/unit/test_chipdb_protect.c \
	tests/unit/test_chipdb_sfdp.c \
	tests/unit/test_chipdb_sources.c \
	tests/unit/test_chipdb_table.c \
	tests/unit/test_clip.c \
	tests/unit/test_clip_aim.c \
	tests/unit/test_clip_contact.c \
	tests/unit/test_clip_cycle.c \
	tests/unit/test_clip_faults.c \
	tests/unit/test_clip_faults_bits.c \
	tests/unit/test_clip_faults_when.c \
	tests/unit/test_clip_master.c \
	tests/unit/test_clip_others.c \
	tests/unit/test_clip_pins.c \
	tests/unit/test_clip_writer.c \
	tests/unit/test_content.c \
	tests/unit/test_control.c \
	tests/unit/test_control_manual.c \
	tests/unit/test_embed.c \
	tests/unit/test_fault_file.c \
	tests/unit/test_fault_guide.c \
	tests/unit/test_fault_manual.c \
	tests/unit/test_fault_words.c \
	tests/unit/test_faults.c \
	tests/unit/test_files.c \
	tests/unit/test_firmware.c \
	tests/unit/test_fold.c \
	tests/unit/test_idle.c \
	tests/unit/test_image.c \
	tests/unit/test_journal.c \
	tests/unit/test_keytable.c \
	tests/unit/test_levels.c \
	tests/unit/test_link_faults.c \
	tests/unit/test_link_port.c \
	tests/unit/test_log.c \
	tests/unit/test_lost.c \
	tests/unit/test_openfile.c \
	tests/unit/test_option_words.c \
	tests/unit/test_options.c \
	tests/unit/test_outlet.c \
	tests/unit/test_pathlock.c \
	tests/unit/test_port.c \
	tests/unit/test_preset.c \
	tests/unit/test_profile_streams.c \
	tests/unit/test_profiles.c \
	tests/unit/test_pump.c \
	tests/unit/test_reasons.c \
	tests/unit/test_record.c \
	tests/unit/test_registers.c \
	tests/unit/test_replay.c \
	tests/unit/test_sandbox.c \
	tests/unit/test_saving.c \
	tests/unit/test_serprog.c \
	tests/unit/test_snapshot.c \
	tests/unit/test_state.c \
	tests/unit/test_state_image.c \
	tests/unit/test_stats.c \
	tests/unit/test_storage.c \
	tests/unit/test_tcp.c \
	tests/unit/test_trace.c \
	tests/unit/test_uart.c \
	tests/unit/test_unfinished.c \
	tests/unit/test_wear.c \
	tests/unit/wall.c \
	tests/unit/wall.h
tests_unit_unit_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_unit_LDADD = emu/libembed.a $(SPINOR_ROOMS) $(CHECK_LIBS) $(JSON_LIBS) $(GLIB_LIBS)

tests_unit_flash_SOURCES = \
	tests/unit/chips_fixture.c \
	tests/unit/chips_fixture.h \
	tests/unit/flash_dataflash_parts.c \
	tests/unit/flash_dataflash_parts.h \
	tests/unit/flash_fixture.c \
	tests/unit/flash_fixture.h \
	tests/unit/main.c \
	tests/unit/suites.h \
	tests/unit/suites_flash.c \
	tests/unit/test_flash.c \
	tests/unit/test_flash_aai.c \
	tests/unit/test_flash_address.c \
	tests/unit/test_flash_asp.c \
	tests/unit/test_flash_bpr.c \
	tests/unit/test_flash_brownout.c \
	tests/unit/test_flash_cells.c \
	tests/unit/test_flash_cutoff.c \
	tests/unit/test_flash_dataflash.c \
	tests/unit/test_flash_dataflash_protect.c \
	tests/unit/test_flash_describe.c \
	tests/unit/test_flash_disturb.c \
	tests/unit/test_flash_dummy.c \
	tests/unit/test_flash_eeprom.c \
	tests/unit/test_flash_erase.c \
	tests/unit/test_flash_fault.c \
	tests/unit/test_flash_flagstatus.c \
	tests/unit/test_flash_frames.c \
	tests/unit/test_flash_identify.c \
	tests/unit/test_flash_idmethod.c \
	tests/unit/test_flash_lanes.c \
	tests/unit/test_flash_otp.c \
	tests/unit/test_flash_part.c \
	tests/unit/test_flash_pins.c \
	tests/unit/test_flash_power.c \
	tests/unit/test_flash_program.c \
	tests/unit/test_flash_protect.c \
	tests/unit/test_flash_random.c \
	tests/unit/test_flash_ranges.c \
	tests/unit/test_flash_readout.c \
	tests/unit/test_flash_registers.c \
	tests/unit/test_flash_sector.c \
	tests/unit/test_flash_sfdp.c \
	tests/unit/test_flash_silicon_macronix.c \
	tests/unit/test_flash_silicon_models.c \
	tests/unit/test_flash_status.c \
	tests/unit/test_flash_supply.c \
	tests/unit/test_flash_unlock.c \
	tests/unit/wall.c \
	tests/unit/wall.h
tests_unit_flash_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_flash_LDADD = $(SPINOR_ROOMS) $(CHECK_LIBS) $(JSON_LIBS) $(GLIB_LIBS)

# A program of its own, as it takes as long as all the others together.
tests_unit_parts_SOURCES = \
	tests/unit/hostmodel.c \
	tests/unit/hostmodel.h \
	tests/unit/parts.c \
	tests/unit/parts_frames.c \
	tests/unit/parts_frames.h \
	tests/unit/parts_lengths.c \
	tests/unit/parts_lengths.h \
	tests/unit/wall.c \
	tests/unit/wall.h
tests_unit_parts_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_parts_LDADD = $(SPINOR_ROOMS) $(CHECK_LIBS) $(JSON_LIBS) $(GLIB_LIBS)

check_PROGRAMS += tests/fuzz/control-fuzz
TESTS += tests/fuzz/control-fuzz
tests_fuzz_control_fuzz_SOURCES = tests/fuzz/control-fuzz.c
tests_fuzz_control_fuzz_LDADD = $(SPINOR_ROOMS) $(JSON_LIBS) $(GLIB_LIBS)

include tests/fuzz/local.mk

.PHONY: check-all cppcheck lint speed tidy

check-all:
	$(MAKE) check TESTS='$(filter-out $(LONG_TESTS:-long.test=.test),$(TESTS)) $(LONG_TESTS)'

# Programs that read the code. FILES='emu/base/log.c ...' limits both to some files.
EXTRA_DIST += .clang-tidy tests/.clang-tidy tests/style/cppcheck.suppressions tests/style/tidy
LINT_CPPFLAGS = -Iemu -I$(abs_top_builddir) -DHAVE_CONFIG_H \
	-DBINDIR=\"/\" -DCHIPDB_DIR=\"/\" -DEXAMPLES_DIR=\"/\"

lint: cppcheck tidy

tidy: config.h
	TIDY_CFLAGS='-std=gnu11 $(LINT_CPPFLAGS) $(GLIB_CFLAGS) $(JSON_CFLAGS) $(CHECK_CFLAGS)' \
	TIDY_CACHE='$(abs_top_builddir)/tidy' '$(top_srcdir)/tests/style/tidy' $(FILES)

cppcheck: config.h
	$(MKDIR_P) cppcheck
	cd '$(top_srcdir)' && cppcheck --quiet -j "$$(nproc)" --error-exitcode=1 --std=c11 \
		--cppcheck-build-dir='$(abs_top_builddir)/cppcheck' \
		--enable=warning,performance,portability --library=gnu,gtk,posix \
		--suppressions-list=tests/style/cppcheck.suppressions \
		$(LINT_CPPFLAGS) $(or $(FILES),emu tests)

EXTRA_PROGRAMS += tests/speed/client tests/speed/floor tests/speed/inprocess
EXTRA_DIST += tests/speed/README tests/speed/latency.py tests/speed/speed.sh
tests_speed_client_SOURCES = tests/speed/client.c
tests_speed_client_LDADD = $(GLIB_LIBS)
tests_speed_floor_SOURCES = tests/speed/floor.c
tests_speed_floor_LDADD = $(GLIB_LIBS)
tests_speed_inprocess_SOURCES = tests/speed/inprocess.c
tests_speed_inprocess_LDADD = $(SPINOR_ROOMS) $(JSON_LIBS) $(GLIB_LIBS)
CLEANFILES += $(EXTRA_PROGRAMS)

speed: spinord tests/speed/client tests/speed/floor tests/speed/inprocess
	$(AM_TESTS_ENVIRONMENT) \
	SPEED_BINDIR='$(abs_top_builddir)/tests/speed' '$(srcdir)/tests/speed/speed.sh'
