#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Measures spinord and the fastest possible adapters on the same machine, in alternation, and prints
# a table. See README in this folder. Takes a few minutes; fails if a target is missed.
#
# SPEED_BINDIR: the folder of floor, client and inprocess. SPEED_ROUNDS: number of rounds, each with
# new daemons.

set -u
export LC_ALL=C

# Daemons, time limits and a private directory as in the tests; floor says "ready:" like spinord.
# shellcheck source=../system/tap.sh
. "$(dirname "$0")/../system/tap.sh"

BINDIR=${SPEED_BINDIR:-$TOP_SRCDIR/build/tests/speed}
ROUNDS=${SPEED_ROUNDS:-3}
CLIENT_RUNS=12
READY_STARTS=20
INPROCESS_TIMES=11
MANY=1000

CHIP=W25Q128JV
FLASHROM_CHIP=W25Q128.V
RESULTS=$TMP/results
missed=0

progress()
{
	echo "speed: $*" >&2
}

give_up()
{
	echo "speed: $*" >&2
	exit 1
}

# record KEY NUMBER: the nth numbers of all keys are measured in immediate succession.
record()
{
	echo "$2" >>"$RESULTS/$1"
}

# now_us: microseconds.
now_us()
{
	echo "${EPOCHREALTIME/./}"
}

# seconds MICROSECONDS
seconds()
{
	printf '%d.%06d\n' $(($1 / 1000000)) $(($1 % 1000000))
}

# start NAME [ARGS...]: starts a daemon, spinord or a mode of floor; sets TTY and SPINORD_PID.
start()
{
	case $1 in
	spinord) start_spinord --chip "$CHIP" ;;
	*) SPINORD=$BINDIR/floor start_spinord "$1" ;;
	esac
}

# timed KEY COMMAND...: records the duration of the command in seconds.
timed()
{
	local key=$1 begin
	shift
	begin=$(now_us)
	run_limited 300 "$@" >"$TMP/out" 2>&1 || give_up "failed: $*: $(tail -n 5 "$TMP/out")"
	record "$key" "$(seconds $(($(now_us) - begin)))"
}

# flashrom_on TTY ARGS...
flashrom_on()
{
	local tty=$1
	shift
	FLASHROM_COMMAND=("$FLASHROM" -p "serprog:dev=$tty:115200" -c "$FLASHROM_CHIP" "$@")
}

# by_client KEY MODE TTY
by_client()
{
	local got
	got=$(run_limited 60 "$BINDIR/client" "$2" "$3" 1) || give_up "$1 failed"
	record "$1" "$got"
}

# A round: new blank chips; each measurement runs first with the floor and then with spinord.
measure_ports()
{
	local who i
	declare -A tty=() pid=()
	for who in serprog pump spinord; do
		start "$who"
		tty[$who]=$TTY
		pid[$who]=$SPINORD_PID
	done
	head -c 16M /dev/urandom >"$TMP/image"
	for who in serprog spinord; do
		flashrom_on "${tty[$who]}" --flash-name
		timed "start.$who" "${FLASHROM_COMMAND[@]}"
	done
	for who in serprog spinord; do
		flashrom_on "${tty[$who]}" -w "$TMP/image"
		timed "write.$who" "${FLASHROM_COMMAND[@]}"
	done
	for who in serprog spinord; do
		rm -f "$TMP/copy"
		flashrom_on "${tty[$who]}" -r "$TMP/copy"
		timed "read.$who" "${FLASHROM_COMMAND[@]}"
		cmp "$TMP/image" "$TMP/copy" || give_up "$who: read something else than was written"
	done
	for ((i = 0; i < CLIENT_RUNS; i++)); do
		by_client bulk.pump pump "${tty[pump]}"
		by_client bulk.spinord read "${tty[spinord]}"
		by_client bulk.serprog read "${tty[serprog]}"
	done
	for ((i = 0; i < CLIENT_RUNS; i++)); do
		by_client pages.serprog pages "${tty[serprog]}"
		by_client pages.spinord pages "${tty[spinord]}"
	done
	for who in serprog pump spinord; do
		stop_spinord "${pid[$who]}"
	done
}

# From the spawn to the ready line, without the time of this shell.
measure_ready()
{
	run_limited 120 "$BINDIR/client" ready "$READY_STARTS" "$SPINORD" --chip "$CHIP" \
		2>"$TMP/out" >"$RESULTS/ready" ||
		give_up "spinord did not become ready: $(tail -n 5 "$TMP/out")"
}

# A daemon with many adapters, of which the last one has a host, and a daemon with only one.
measure_many()
{
	local i begin alone alone_pid many_pid
	start spinord
	alone=$TTY
	alone_pid=$SPINORD_PID
	begin=$(now_us)
	start_spinord --chip "$CHIP" --count "$MANY"
	many_pid=$SPINORD_PID
	for ((i = 1; i < MANY; i++)); do
		read_ready "${tap_outputs[$many_pid]}" 20 || give_up "only $i adapters became ready"
	done
	record many.ready "$(seconds $(($(now_us) - begin)))"
	awk '/^VmRSS/ { print $2 / 1024 }' "/proc/$many_pid/status" >>"$RESULTS/many.resident"
	for ((i = 0; i < CLIENT_RUNS; i++)); do
		by_client many.alone pages "$alone"
		by_client many.pages pages "$TTY"
	done
	stop_spinord "$alone_pid"
	stop_spinord "$many_pid"
}

measure_inprocess()
{
	local key number
	run_limited 120 "$BINDIR/inprocess" "$INPROCESS_TIMES" >"$TMP/inprocess" ||
		give_up "inprocess failed"
	while read -r key number; do
		record "$key" "$number"
	done <"$TMP/inprocess"
}

# less KEY START: subtracts the start of flashrom from its times.
less()
{
	paste -d ' ' "$RESULTS/$1" "$RESULTS/$2" | awk '{ print $1 - $2 }' >"$RESULTS/$1.net"
}

measure_latency()
{
	local i got
	for ((i = 1; i <= ROUNDS; i++)); do
		got=$(SPINORD=$SPINORD run_limited 60 "$TOP_SRCDIR/tests/speed/latency.py") ||
			give_up "the control calls failed"
		record latency "$got"
	done
}

# summary < NUMBERS: median, lowest, highest.
summary()
{
	sort -g | awk '{ v[NR] = $1 }
		END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2, v[1], v[NR] }'
}

# ratios KEY FLOOR: of the pairs measured in immediate succession.
ratios()
{
	paste -d ' ' "$RESULTS/$1" "$RESULTS/$2" | awk '{ print $1 / $2 }'
}

# verdict VALUE TARGET: TARGET is like "<= 1.10"; prints nothing if it is empty.
verdict()
{
	[ -n "$2" ] || return 0
	if awk -v "value=$1" "BEGIN { exit !(value $2) }"; then
		echo ok
	else
		echo MISSED
	fi
}

# row NAME FORMAT KEY FLOOR TARGET: TARGET is for the ratio, or for the value if FLOOR is empty.
row()
{
	local value low high floor=- ratio=- judged word
	read -r value low high < <(summary <"$RESULTS/$3")
	judged=$value
	if [ -n "$4" ]; then
		read -r floor _ < <(summary <"$RESULTS/$4")
		floor=$(awk -v "v=$floor" "BEGIN { printf \"$2\", v }")
		read -r judged _ < <(ratios "$3" "$4" | summary)
		ratio=$(awk -v "v=$judged" 'BEGIN { printf "%.3f", v }')
	fi
	word=$(verdict "$judged" "$5")
	[ "$word" != MISSED ] || missed=1
	# shellcheck disable=SC2059
	printf "%-34s $2  ($2..$2)  %8s %7s  %-8s %s\n" "$1" "$value" "$low" "$high" "$floor" \
		"$ratio" "$5" "$word"
}

table()
{
	printf '%-34s %8s  (%8s..%8s)  %8s %7s  %s\n' "" median lowest highest floor ratio target
	row "flashrom write + verify, s" %8.2f write.spinord write.serprog "<= 1.05"
	row "  without flashrom's start, s" %8.2f write.spinord.net write.serprog.net ""
	row "flashrom read, s" %8.2f read.spinord read.serprog "<= 1.10"
	row "  without flashrom's start, s" %8.2f read.spinord.net read.serprog.net ""
	row "page write, us" %8.1f pages.spinord pages.serprog ""
	row "16 MiB read, MB/s; floor: pump" %8.1f bulk.spinord bulk.pump ">= 0.95"
	row "16 MiB read, MB/s; floor: serprog" %8.1f bulk.spinord bulk.serprog ""
	row "ready, ms" %8.2f ready "" "< 20"
	row "worst control call of 400, ms" %8.1f latency "" "< 100"
	row "$MANY adapters ready, s" %8.2f many.ready "" "< 2"
	row "  resident, MiB" %8.1f many.resident "" "< 100"
	row "  page write, us; floor: alone" %8.1f many.pages many.alone "<= 1.10"
	row "in process: status read, ns" %8.1f status_ns "" "< 100"
	row "in process: WREN + page program, ns" %8.1f program_ns "" ""
	row "in process: page program, ns" %8.1f program_only_ns "" "< 400"
	row "in process: 16 MiB read, ms" %8.2f read_ms "" "< 10"
	row "  page read through a clip, ns" %8.1f clip_page_ns "" ""
	row "  faults removed; floor: none" %8.1f clip_cleared_ns clip_page_ns "<= 1.10"
	row "  a fault for another opcode" %8.1f clip_faulty_ns clip_page_ns "<= 15"
	row "  faults of the chip removed" %8.1f chip_cleared_ns clip_page_ns "<= 1.10"
	row "  a weak cell elsewhere" %8.1f chip_faulty_ns clip_page_ns "<= 1.50"
	row "  over the line by O_SPIOP, ns" %8.1f line_page_ns "" ""
	row "  a fault elsewhere; floor: none" %8.1f line_faulty_ns line_page_ns "<= 3"
	row "snapshot of 16 MiB, all new, ms" %8.3f snapshot_first_ms "" ""
	row "  of 1 MiB that has changed, ms" %8.3f snapshot_take_ms "" "< 5"
	row "  restored, the same changes, ms" %8.3f snapshot_restore_ms "" "< 5"
}

# ticks FIELD: a field of the first line of /proc/stat; 0 is the sum of user to steal.
ticks()
{
	awk -v "field=$1" 'NR == 1 { for (i = 2; i <= 9; i++) sum += $i
		print field ? $field : sum }' /proc/stat
}

# Other load of the cores: processes before the run, other virtual machines during it.
surroundings()
{
	local stolen all
	stolen=$(($(ticks 9) - stolen_before))
	all=$(($(ticks 0) - all_before))
	echo "$(nproc) cores, Linux $(uname -r)"
	echo "load before: $load_before; stolen by the host of this machine:" \
		"$((1000 * stolen / all)) per mille"
	if awk -v "load=$load_before" "BEGIN { exit !(load > 0.5) }" ||
		[ $((1000 * stolen / all)) -gt 10 ]; then
		echo "The machine was not idle: the ratios may be wrong; measure again."
	fi
}

[ -x "$SPINORD" ] || give_up "no spinord at $SPINORD; run: make speed"
[ -x "$BINDIR/client" ] || give_up "no client in $BINDIR; run: make speed"
[ -n "$FLASHROM" ] || give_up "flashrom is not installed"
mkdir "$RESULTS" || exit 1
load_before=$(cut -d ' ' -f 1 /proc/loadavg)
stolen_before=$(ticks 9)
all_before=$(ticks 0)

progress "in process"
measure_inprocess
progress "ready"
measure_ready
progress "control calls"
measure_latency
for ((n = 1; n <= ROUNDS; n++)); do
	progress "$MANY adapters, round $n of $ROUNDS"
	measure_many
	progress "flashrom and bulk reads, round $n of $ROUNDS"
	measure_ports
done
for who in serprog spinord; do
	less "write.$who" "start.$who"
	less "read.$who" "start.$who"
done
surroundings
table
exit "$missed"
