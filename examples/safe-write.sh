#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Writes a flash chip safely: it writes only after it has found the chip twice, taken two equal
# backups and compared the size of the image with that of the chip, and it reports success only
# after verify, read back and a boot of the board. It stops at the first failure.
#
#   safe-write.sh [-c CHIP] [-d FOLDER] [-t SECONDS] [-s] PROGRAMMER IMAGE
#
#   safe-write.sh serprog:dev=/dev/ttyACM0:115200 new.bin
#   safe-write.sh -s serprog:dev=/dev/pts/7:115200 new.bin     # a bench of spinord
#
# With -s spinor does the power cycle and reports whether the board boots; otherwise the script asks
# the user. The backups, the read back and flashrom's output are saved in FOLDER, by default a new
# folder.
#
# Exit status: 0 success; 2 usage; 10 probe; 11 backup; 12 image size; 13 write; 14 verify;
# 15 read back; 16 power cycle; 17 boot; 1 any other error.

set -u
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
flashrom=${FLASHROM:-flashrom}
spinor=${SPINOR:-spinor}
chip=
folder=
limit_seconds=3600
by_spinor=

usage()
{
	echo "usage: safe-write.sh [-c CHIP] [-d FOLDER] [-t SECONDS] [-s] PROGRAMMER IMAGE" >&2
	exit 2
}

# stop STATUS TEXT...: print the error and advice, and exit.
stop()
{
	local status=$1
	shift
	printf 'safe-write: STOPPED at %s\n' "$1" >&2
	shift
	printf '%s\n' "$@" | sed 's/^/  /' >&2
	exit "$status"
}

step()
{
	echo "safe-write: $*"
}

# flash ARGS...: run flashrom with a time limit, because it waits indefinitely for a lost byte. The
# output is in $said.
flash()
{
	local status=0
	printf '$ flashrom -p %s %s\n' "$programmer" "$*" >>"$folder/flashrom.log"
	timeout --kill-after=5 "$limit_seconds" "$flashrom" -p "$programmer" "$@" \
		</dev/null >"$folder/said" 2>&1 || status=$?
	said=$(tr -d '\b' <"$folder/said")
	printf '%s\n' "$said" >>"$folder/flashrom.log"
	if [ "$status" = 124 ] || [ "$status" = 137 ]; then
		said+=$'\n'"flashrom did not end in $limit_seconds s and was killed"
	fi
	return "$status"
}

# last_words: print the most informative lines of flashrom's output, for a message.
last_words()
{
	local telling='FAILED at|Error|No EEPROM|could not be|Multiple|did not end|apparently'
	grep -E "$telling" <<<"$said" | cut -c 1-140 | tail -n 4
}

# found: print flashrom's line for the chip of the last probe, if that found exactly one.
found()
{
	local lines
	lines=$(grep -E '^Found .* flash chip ".*" \([0-9]+ kB, SPI\) on ' <<<"$said")
	if [ -n "$lines" ] && [ "$(wc -l <<<"$lines")" = 1 ]; then
		echo "$lines"
	fi
}

probe()
{
	local first second options=()
	[ -z "$chip" ] || options=(-c "$chip")
	step "probe, twice"
	flash "${options[@]}"
	first=$(found)
	if [ -z "$first" ]; then
		stop 10 "probe: not just one chip is found" "$(last_words)" \
			"Check clip, supply and HOLD#; select one of several definitions with -c."
	fi
	flash "${options[@]}"
	second=$(found)
	if [ "$first" != "$second" ]; then
		stop 10 "probe: another chip the second time" "first:  $first" \
			"second: ${second:-$(last_words)}" \
			"The contact is unreliable: clean the clip and the pins."
	fi
	chip=$(sed -E 's/^Found .* flash chip "(.*)" \(.*/\1/' <<<"$first")
	size=$(sed -E 's/^.* \(([0-9]+) kB, SPI\).*/\1/' <<<"$first")
	size=$((size * 1024))
	if [ "$size" = 0 ]; then
		stop 10 "probe: a chip that flashrom does not know" "$first" \
			"Use a newer flashrom, or -c with a similar part." \
			"If the bits of the ID are shifted by one, use a slower clock."
	fi
	echo "  $chip, $size bytes"
}

# read_chip FILE STATUS STEP
read_chip()
{
	flash -c "$chip" -r "$1" ||
		stop "$2" "$3: the chip can't be read" "$(last_words)"
	[ "$(wc -c <"$1")" = "$size" ] ||
		stop "$2" "$3: $1 has $(wc -c <"$1") bytes and the chip $size"
}

backup()
{
	step "backup, twice"
	read_chip "$folder/backup-1.bin" 11 backup
	read_chip "$folder/backup-2.bin" 11 backup
	cmp -s "$folder/backup-1.bin" "$folder/backup-2.bin" ||
		stop 11 "backup: two reads differ" \
			"$(cmp -l "$folder"/backup-[12].bin | wc -l) of $size bytes" \
			"Possible causes: a loose clip, long wires, a clock that is too fast." \
			"Nothing was written."
	echo "  equal, $folder/backup-1.bin"
	if [ -z "$(tr -d '\377' <"$folder/backup-1.bin" | head -c 1 | tr '\0' x)" ]; then
		echo "  the chip is blank, all FF: check that this is right"
	elif [ -z "$(tr -d '\0' <"$folder/backup-1.bin" | head -c 1)" ]; then
		echo "  the chip is all 00: check that this is right"
	fi
}

image_size()
{
	local bytes
	step "image size"
	bytes=$(wc -c <"$image") || stop 12 "image size: $image can't be read"
	[ "$bytes" = "$size" ] ||
		stop 12 "image size: $image has $bytes bytes and the chip $size" \
			"Is it the image of this chip? Nothing was written."
}

restore_hint()
{
	echo "Leave the clip on and the board off. The old content is in $folder/backup-1.bin."
}

write()
{
	local status=0
	step "write"
	flash -c "$chip" -w "$image" || status=$?
	if [ "$status" != 0 ] && grep -q 'Verifying flash... FAILED' <<<"$said"; then
		stop 14 "verify: the chip is not as the image" "$(last_words)" "$(restore_hint)"
	fi
	if [ "$status" != 0 ]; then
		if grep -q 'protection could not be disabled' <<<"$said"; then
			stop 13 "write: the chip is protected" "$(last_words)" \
				"Set WP# high and try again; otherwise do a power cycle first."
		fi
		stop 13 "write: flashrom ended with $status" "$(last_words)" "$(restore_hint)"
	fi
	step "verify"
	flash -c "$chip" -v "$image" ||
		stop 14 "verify: the chip is not as the image" "$(last_words)" "$(restore_hint)"
}

read_back()
{
	step "read back"
	read_chip "$folder/read-back.bin" 15 "read back"
	cmp -s "$folder/read-back.bin" "$image" ||
		stop 15 "read back: it is not as the image, although it was verified" \
			"$(restore_hint)"
}

power_cycle()
{
	local answer
	step "power cycle"
	if [ -n "$by_spinor" ]; then
		answer=$("$spinor" power cycle 2>&1) || stop 16 "power cycle: $answer"
		step "boot"
		if grep -q 'does not boot' <<<"$answer"; then
			stop 17 "boot" "$(grep 'does not boot' <<<"$answer")" \
				"The chip is as the image, so the image is not for this board." \
				"To restore the backup: safe-write.sh with $folder/backup-1.bin."
		fi
		grep 'boots' <<<"$answer" || echo "  there is no board on this bench"
		return
	fi
	echo "  Remove the clip and all supplies from the board, wait some seconds, switch it on."
	read -r -p "  Press Enter when that is done: " answer ||
		stop 16 "power cycle: nobody has done it"
	step "boot"
	read -r -p "  Does the board boot? [y/N] " answer
	case $answer in
	[yY]*) ;;
	*)
		stop 17 "boot" "The chip is as the image, so the image is not for this board," \
			"or the board also needs another setting, such as QE or an address mode." \
			"To restore the backup: safe-write.sh with $folder/backup-1.bin."
		;;
	esac
}

while getopts c:d:t:s option; do
	case $option in
	c) chip=$OPTARG ;;
	d) folder=$OPTARG ;;
	t) limit_seconds=$OPTARG ;;
	s) by_spinor=yes ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# = 2 ] || usage
programmer=$1
image=$2
size=0
said=
command -v "$flashrom" >/dev/null || stop 1 "start: $flashrom is not installed"
if [ ! -f "$image" ]; then
	echo "safe-write: $image: no such file" >&2
	exit 2
fi
if [ -z "$folder" ]; then
	folder=$(mktemp -d ./safe-write.XXXXXX) || exit 1
fi
mkdir -p "$folder" || exit 1

probe
backup
image_size
write
read_back
power_cycle
step "all is well: written, verified, read back"
