# SPDX-License-Identifier: GPL-2.0-or-later
#
# Installed beside the documents, with the names that README.md has for them.

examplesdir = $(docdir)/examples
dist_examples_DATA = \
	examples/README.md \
	examples/adapter-hangs.bench \
	examples/adapter-reboots.bench \
	examples/block-locks.bench \
	examples/board-clamps-the-lines.bench \
	examples/board-drives-bus.bench \
	examples/board-load.bench \
	examples/board-writes-its-own-data.bench \
	examples/boot-banner.bench \
	examples/both-chips-answer.bench \
	examples/brown-out.bench \
	examples/byte-late.bench \
	examples/byte-program-only.bench \
	examples/calibration-lost.bench \
	examples/chip-comes-and-goes.bench \
	examples/clk-open.bench \
	examples/clock-slip.bench \
	examples/clock-too-fast-for-a-write.bench \
	examples/clock-too-fast.bench \
	examples/cmp-inversion.bench \
	examples/corrupt-serial-line.bench \
	examples/counterfeit-ones.bench \
	examples/counterfeit.bench \
	examples/cpu-fetches-in-bursts.bench \
	examples/crosstalk-in-an-erase.bench \
	examples/cs-bounces.bench \
	examples/cs-open.bench \
	examples/cs-stuck.bench \
	examples/dead-block.bench \
	examples/dead-sector.bench \
	examples/debug-prints.bench \
	examples/deep-power-down.bench \
	examples/ear-bank.bench \
	examples/early-sample.bench \
	examples/echo.bench \
	examples/endless-busy.bench \
	examples/erase-does-nothing.bench \
	examples/erase-suspended.bench \
	examples/first-bit-late.bench \
	examples/hangs-without-a-clock.bench \
	examples/hold-floating.bench \
	examples/hold-low.bench \
	examples/image-size.bench \
	examples/joined-packets.bench \
	examples/late-data.bench \
	examples/latency.bench \
	examples/left-in-4-byte-mode.bench \
	examples/left-in-aai.bench \
	examples/left-in-otp-mode.bench \
	examples/left-in-qpi.bench \
	examples/limits-not-told.bench \
	examples/locked-at-power-up.bench \
	examples/long-wires.bench \
	examples/loose-clip-in-a-write.bench \
	examples/loose-clip.bench \
	examples/lost-byte-to-adapter.bench \
	examples/lost-byte-to-host.bench \
	examples/lost-programs.bench \
	examples/lost-write-enable.bench \
	examples/low-supply.bench \
	examples/mirrored-cable.bench \
	examples/miso-to-ground.bench \
	examples/missing-capacitor.bench \
	examples/modem-manager.bench \
	examples/mosi-miso-short.bench \
	examples/mosi-open.bench \
	examples/nak.bench \
	examples/nand-chip.bench \
	examples/needs-dtr.bench \
	examples/no-contact-miso.bench \
	examples/no-ground.bench \
	examples/no-room-for-an-address.bench \
	examples/no-supply.bench \
	examples/noise-with-a-period.bench \
	examples/one-block-locked.bench \
	examples/parasitic-supply.bench \
	examples/protected-status.bench \
	examples/qe-cleared.bench \
	examples/read-disturb.bench \
	examples/region-never-written.bench \
	examples/register-lost.bench \
	examples/relabelled.bench \
	examples/reset-on-open.bench \
	examples/rotated-clip.bench \
	examples/shifted-clip.bench \
	examples/six-wire-clip.bench \
	examples/slow-boot.bench \
	examples/slow-erase.bench \
	examples/small-buffers.bench \
	examples/status-all-ones.bench \
	examples/status-locked-for-ever.bench \
	examples/status-power-cycle-lock.bench \
	examples/stuck-bit.bench \
	examples/supply-dips.bench \
	examples/swapped-data-lines.bench \
	examples/too-high-supply.bench \
	examples/two-adapters.bench \
	examples/two-chips.bench \
	examples/two-definitions.bench \
	examples/unknown-id.bench \
	examples/unplug.bench \
	examples/vcc-open.bench \
	examples/verified-but-no-boot.bench \
	examples/weak-cells.bench \
	examples/worn-out.bench \
	examples/wp-low-and-locked.bench \
	examples/wp-low.bench \
	examples/wrong-baud.bench \
	examples/wrong-chip-of-two.bench \
	examples/wrong-power-up-address-mode.bench \
	examples/wrong-sfdp-erase.bench \
	examples/wrong-sfdp-opcode.bench \
	examples/wrong-sfdp.bench
dist_examples_SCRIPTS = \
	examples/demo.sh \
	examples/safe-write.sh

examplesembeddir = $(examplesdir)/embed
dist_examplesembed_DATA = \
	examples/embed/README.md \
	examples/embed/demo.c

examplescidir = $(examplesdir)/ci
dist_examplesci_DATA = \
	examples/ci/Makefile \
	examples/ci/flash.bats \
	examples/ci/github.yml \
	examples/ci/gitlab.yml \
	examples/ci/test_flash.py
