#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tests with bats; each test has its own chip.
#
#   bats examples/ci/flash.bats

setup()
{
	PATH=$PATH:/usr/sbin:/sbin
	spinor=${SPINOR:-spinor}
	firmware=$BATS_TEST_TMPDIR/firmware.bin
	head -c 1048576 /dev/urandom >"$firmware"
}

# emulated OPTION... -- COMMAND...
emulated()
{
	"$spinor" run --chip W25Q80DV --timeout 5m "$@"
}

@test "flashrom writes the image" {
	emulated --expect-image "$firmware" -- \
		flashrom -p serprog:dev={tty}:115200 -w "$firmware"
}

@test "a probe changes nothing" {
	emulated --assert 'programs == 0 and erases == 0' -- \
		flashrom -p serprog:dev={tty}:115200
}

@test "a different image is detected" {
	run emulated --expect-image "$firmware" -- true
	[ "$status" -eq 1 ]
	[[ "$output" == *"content differs"* ]]
}
