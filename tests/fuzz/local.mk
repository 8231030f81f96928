# SPDX-License-Identifier: GPL-2.0-or-later
#
# A program for each harness. Without a fuzzer it has a main() that replays the saved corpus.

FUZZ_HARNESSES = \
	tests/fuzz/benchfile \
	tests/fuzz/chipfile \
	tests/fuzz/control \
	tests/fuzz/dumpfile \
	tests/fuzz/faultwords \
	tests/fuzz/flash \
	tests/fuzz/recordfile \
	tests/fuzz/serprog \
	tests/fuzz/snapshotfile \
	tests/fuzz/statefile

check_PROGRAMS += $(FUZZ_HARNESSES) tests/fuzz/corpus tests/fuzz/words

FUZZ_COMMON = \
	tests/fuzz/fuzz.c \
	tests/fuzz/fuzz.h
if !FUZZER
FUZZ_COMMON += \
	tests/fuzz/corpusfile.c \
	tests/fuzz/corpusfile.h \
	tests/fuzz/replay.c
endif
FUZZ_LIBS = emu/libembed.a $(SPINOR_ROOMS) $(JSON_LIBS) $(GLIB_LIBS)
FUZZ_LINK = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

tests_fuzz_benchfile_SOURCES = tests/fuzz/benchfile.c $(FUZZ_COMMON)
tests_fuzz_benchfile_LDADD = $(FUZZ_LIBS)
tests_fuzz_benchfile_LDFLAGS = $(FUZZ_LINK)

tests_fuzz_chipfile_SOURCES = \
	tests/fuzz/chipfile.c \
	tests/fuzz/onefile.c \
	tests/fuzz/onefile.h \
	$(FUZZ_COMMON)
tests_fuzz_chipfile_LDADD = $(FUZZ_LIBS)
tests_fuzz_chipfile_LDFLAGS = $(FUZZ_LINK)

tests_fuzz_control_SOURCES = tests/fuzz/control.c $(FUZZ_COMMON)
tests_fuzz_control_LDADD = $(FUZZ_LIBS)
tests_fuzz_control_LDFLAGS = $(FUZZ_LINK)

tests_fuzz_dumpfile_SOURCES = tests/fuzz/dumpfile.c $(FUZZ_COMMON)
tests_fuzz_dumpfile_LDADD = $(FUZZ_LIBS)
tests_fuzz_dumpfile_LDFLAGS = $(FUZZ_LINK)

tests_fuzz_faultwords_SOURCES = tests/fuzz/faultwords.c $(FUZZ_COMMON)
tests_fuzz_faultwords_LDADD = $(FUZZ_LIBS)
tests_fuzz_faultwords_LDFLAGS = $(FUZZ_LINK)

tests_fuzz_flash_SOURCES = \
	tests/fuzz/faults.c \
	tests/fuzz/flash.c \
	tests/fuzz/shadow.c \
	tests/fuzz/shadow.h \
	$(FUZZ_COMMON)
tests_fuzz_flash_LDADD = $(FUZZ_LIBS)
tests_fuzz_flash_LDFLAGS = $(FUZZ_LINK)

tests_fuzz_recordfile_SOURCES = \
	tests/fuzz/onefile.c \
	tests/fuzz/onefile.h \
	tests/fuzz/recordfile.c \
	$(FUZZ_COMMON)
tests_fuzz_recordfile_LDADD = $(FUZZ_LIBS)
tests_fuzz_recordfile_LDFLAGS = $(FUZZ_LINK)

# A new endpoint is such a program with another file than serprog.c.
tests_fuzz_serprog_SOURCES = \
	tests/fuzz/endpoint.c \
	tests/fuzz/endpoint.h \
	tests/fuzz/faults.c \
	tests/fuzz/serprog.c \
	$(FUZZ_COMMON)
tests_fuzz_serprog_LDADD = $(FUZZ_LIBS)
tests_fuzz_serprog_LDFLAGS = $(FUZZ_LINK)

tests_fuzz_snapshotfile_SOURCES = \
	tests/fuzz/onefile.c \
	tests/fuzz/onefile.h \
	tests/fuzz/snapshotfile.c \
	$(FUZZ_COMMON)
tests_fuzz_snapshotfile_LDADD = $(FUZZ_LIBS)
tests_fuzz_snapshotfile_LDFLAGS = $(FUZZ_LINK)

tests_fuzz_statefile_SOURCES = \
	tests/fuzz/onefile.c \
	tests/fuzz/onefile.h \
	tests/fuzz/statefile.c \
	$(FUZZ_COMMON)
tests_fuzz_statefile_LDADD = $(FUZZ_LIBS)
tests_fuzz_statefile_LDFLAGS = $(FUZZ_LINK)

tests_fuzz_corpus_SOURCES = \
	tests/fuzz/corpus.c \
	tests/fuzz/corpusfile.c \
	tests/fuzz/corpusfile.h
tests_fuzz_corpus_LDADD = emu/libbase.a $(GLIB_LIBS)

tests_fuzz_words_SOURCES = tests/fuzz/words.c
tests_fuzz_words_LDADD = $(FUZZ_LIBS)

TESTS += tests/fuzz/replay.test
EXTRA_DIST += tests/fuzz/README tests/fuzz/replay.test tests/fuzz/run $(FUZZ_CORPORA)

FUZZ_CORPORA = \
	tests/fuzz/corpus.d/benchfile \
	tests/fuzz/corpus.d/chipfile \
	tests/fuzz/corpus.d/control \
	tests/fuzz/corpus.d/dumpfile \
	tests/fuzz/corpus.d/faultwords \
	tests/fuzz/corpus.d/flash \
	tests/fuzz/corpus.d/recordfile \
	tests/fuzz/corpus.d/serprog \
	tests/fuzz/corpus.d/snapshotfile \
	tests/fuzz/corpus.d/statefile \
	tests/fuzz/finds.d/dumpfile \
	tests/fuzz/finds.d/faultwords \
	tests/fuzz/finds.d/flash \
	tests/fuzz/finds.d/serprog

# HOURS or SECONDS for each harness, two at once: tests/fuzz/README.
FUZZ_RUN = '$(srcdir)/tests/fuzz/run' --source '$(abs_top_srcdir)' \
	--build '$(abs_top_builddir)/build-fuzz'

.PHONY: fuzz fuzz-coverage fuzz-save

fuzz:
	$(FUZZ_RUN) --hours '$(HOURS)' --seconds '$(SECONDS)' $(notdir $(FUZZ_HARNESSES))

fuzz-coverage:
	$(FUZZ_RUN) --coverage $(notdir $(FUZZ_HARNESSES))

fuzz-save:
	$(FUZZ_RUN) --save $(notdir $(FUZZ_HARNESSES))
