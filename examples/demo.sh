#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Backs up, rewrites and reads back a board's firmware chip with the real flashrom, with spinord in
# place of adapter and chip. The last line of output is the result.
#
# SPINORD is the daemon to run; the default is spinord in PATH.

set -u
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
spinord=${SPINORD:-spinord}
flash_bytes=16777216
flashrom_limit_seconds=300
start_limit_seconds=20

step="start"
daemon=
daemon_out=
tmp=$(mktemp -d "${TMPDIR:-/tmp}/spinor-demo.XXXXXX") || exit 1

if [ -t 1 ]; then
	bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
	bold='' dim='' red='' green='' plain=''
fi

# stop: send SIGTERM, and wait until the daemon ends, which closes its standard output.
stop()
{
	local line status=0
	[ -n "$daemon" ] || return 0
	kill -TERM "$daemon" 2>/dev/null
	while IFS= read -r -t 15 -u "$daemon_out" line || { status=$?; false; }; do
		:
	done
	if [ "$status" -gt 128 ]; then
		kill -KILL "$daemon" 2>/dev/null
	fi
	status=0
	wait "$daemon" 2>/dev/null || status=$?
	daemon=
	exec {daemon_out}<&-
	return "$status"
}

clean_up()
{
	stop
	rm -rf "$tmp"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

fail()
{
	if [ -s "$tmp/out" ]; then
		echo "${dim}last output of flashrom:${plain}"
		tail -n 15 "$tmp/out"
	fi
	if [ -s "$tmp/spinord.log" ]; then
		echo "${dim}log of spinord:${plain}"
		tail -n 15 "$tmp/spinord.log"
	fi
	echo "${red}demo: FAILED at $step${plain}${1:+ ($1)}"
	exit 1
}

begin()
{
	step=$1
	: >"$tmp/out"
	echo
	echo "${bold}$step${plain}"
}

# show COMMAND...: print it as a user types it, with paths relative to the private directory.
show()
{
	echo "${dim}\$${plain} ${*//$tmp\//}"
}

start()
{
	local line
	show spinord --chip W25Q128JV --image "$tmp/board.bin" --link "$tmp/ttyFLASH"
	rm -f "$tmp/stdout"
	mkfifo "$tmp/stdout"
	"$spinord" --chip W25Q128JV --image "$tmp/board.bin" --link "$tmp/ttyFLASH" \
		</dev/null >"$tmp/stdout" 2>"$tmp/spinord.log" &
	daemon=$!
	exec {daemon_out}<"$tmp/stdout"
	while IFS= read -r -t "$start_limit_seconds" -u "$daemon_out" line; do
		case $line in
		ready:*)
			echo "  $line"
			return
			;;
		esac
	done
	fail "spinord did not become ready"
}

# flash TELLING ARGS...: run flashrom on the link; print the lines of output that match TELLING.
flash()
{
	local telling=$1 began=$SECONDS status=0
	shift
	show flashrom -p "serprog:dev=ttyFLASH:115200" "$@"
	timeout --kill-after=5 "$flashrom_limit_seconds" \
		flashrom -p "serprog:dev=$tmp/ttyFLASH:115200" "$@" \
		</dev/null >"$tmp/out" 2>&1 || status=$?
	tr '\b' '\n' <"$tmp/out" | grep -E "$telling" | sed "s/^/  /; s,$tmp/,,g"
	[ "$status" = 0 ] || fail "flashrom: exit status $status"
	echo "  ${dim}$((SECONDS - began)) s${plain}"
}

same()
{
	show cmp "$@"
	cmp -- "$@" || fail "$(basename "$1") and $(basename "$2") differ"
	echo "  same, byte by byte"
}

# known_image FILE: the same pseudo-random bytes each time. Park and Miller's generator stays within
# awk's exact integers; 24 bits of each number make four characters of base64.
known_image()
{
	LC_ALL=C awk -v groups=$((flash_bytes / 3 + 1)) 'BEGIN {
		digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		for (i = 0; i < 4096; i++)
			pair[i] = substr(digits, int(i / 64) + 1, 1) substr(digits, i % 64 + 1, 1)
		x = 20240229
		for (i = 1; i <= groups; i++) {
			x = (x * 16807) % 2147483647
			n = int(x / 128)
			printf("%s%s%s", pair[int(n / 4096)], pair[n % 4096], i % 19 ? "" : "\n")
		}
	}' | base64 -d | head -c "$flash_bytes" >"$1"
	[ "$(wc -c <"$1")" = "$flash_bytes" ] || fail "could not make $1"
}

command -v flashrom >/dev/null || fail "flashrom is not installed"
command -v "$spinord" >/dev/null || fail "$spinord: no such program; set SPINORD"

begin "probe"
start
flash '^serprog: (Interface version|Programmer name|Bus support)|^Found .* on [a-z]' -V
grep -q '^Found .* flash chip' "$tmp/out" || fail "flashrom found no chip"

begin "backup"
flash '^Reading flash' -r "$tmp/backup1.bin"
same "$tmp/backup1.bin" "$tmp/board.bin"

begin "write"
known_image "$tmp/new.bin"
echo "  new.bin: $flash_bytes bytes, SHA-256 $(sha256sum "$tmp/new.bin" | cut -c 1-16)..."
cmp -s "$tmp/new.bin" "$tmp/backup1.bin" && fail "the chip already contains new.bin"
flash 'Erase/write done|VERIFIED' -w "$tmp/new.bin"
grep -q VERIFIED "$tmp/out" || fail "flashrom did not verify"

begin "verify"
flash VERIFIED -v "$tmp/new.bin"

begin "power-cycle"
show kill -TERM "\$spinord"
stop || fail "spinord: exit status $?"
[ ! -e "$tmp/ttyFLASH" ] || fail "the link is still there"
echo "  the chip has no supply; board.bin keeps its content"
start

begin "second backup"
flash '^Reading flash' -r "$tmp/backup2.bin"
same "$tmp/new.bin" "$tmp/backup2.bin"
same "$tmp/new.bin" "$tmp/board.bin"

begin "stop"
stop || fail "spinord: exit status $?"
held="probe, backup, write, verify, power-cycle, second backup identical"
echo "${green}demo: all held - $held${plain}"
