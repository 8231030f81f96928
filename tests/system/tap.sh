# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# TAP and daemon helpers for the test scripts, to be sourced first:
#
#   . "$(dirname "$0")/tap.sh"
#   need flashrom
#   plan 3
#   start_spinord --chip W25Q128JV --image "$TMP/board.bin"
#   try "flashrom finds the chip" run_limited 60 "$FLASHROM" -p "serprog:dev=$TTY:115200"
#   is "size is named" "$got" "16384 kB"
#   stop_spinord; is "a clean stop" "$STOP_STATUS" 0
#
# TMP is a private directory, removed at exit. Instead of plan, done_testing may end a script.

set -u

TOP_SRCDIR=${TOP_SRCDIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
SPINORD=${SPINORD:-$TOP_SRCDIR/build/spinord}
export SPINOR_CHIPDB=${SPINOR_CHIPDB:-$TOP_SRCDIR/chipdb}
export CHIPDB_DIR=${CHIPDB_DIR:-$SPINOR_CHIPDB}
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
FLASHROM=${FLASHROM:-$(command -v flashrom)}
HOST=${HOST:-$(dirname "$SPINORD")/tests/system/host}

TMP=$(mktemp -d "${TMPDIR:-/tmp}/spinor-test.XXXXXX") || exit 99
export XDG_RUNTIME_DIR=$TMP

# Multiplies all time limits; see time-factor.
TEST_TIME_FACTOR=$("$TOP_SRCDIR/tests/time-factor") || exit 99
export TEST_TIME_FACTOR

tap_count=0
tap_planned=
tap_daemons=0
declare -A tap_outputs=()

READY=
TTY=
SPINORD_PID=
SPINORD_ERR=
STOP_STATUS=

# plan N: announces N test points.
plan()
{
	tap_planned=$1
	echo "1..$1"
}

# done_testing: prints the plan at the end, for a script without a fixed number of points.
done_testing()
{
	plan "$tap_count"
}

# diag TEXT: prints a diagnostic for the point before it.
diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

ok()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1"
}

# not_ok NAME [WHY]
not_ok()
{
	tap_count=$((tap_count + 1))
	echo "not ok $tap_count - $1"
	if [ $# -gt 1 ]; then
		diag "${@:2}"
	fi
}

# skip NAME REASON
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

bail_out()
{
	echo "Bail out! $*"
	exit 1
}

# skip_all REASON: instead of a plan; ends the script.
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# missing NAME REASON: skips one point because a tool is missing. With CI=true that is a failure,
# since nothing may be skipped unnoticed there.
missing()
{
	if [ "${CI:-}" = true ]; then
		not_ok "$1" "$2"
	else
		skip "$1" "$2"
	fi
}

# need TOOL...: ends the script, before its plan, if a tool is missing.
need()
{
	local tool
	for tool in "$@"; do
		if ! command -v "$tool" >/dev/null; then
			if [ "${CI:-}" = true ]; then
				bail_out "$tool is not installed"
			fi
			skip_all "$tool is not installed"
		fi
	done
}

# is NAME GOT WANTED: compares text.
is()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got:    $2" "wanted: $3"
	fi
}

# like NAME GOT REGEX: extended regular expression, anywhere in the text.
like()
{
	if [[ $2 =~ $3 ]]; then
		ok "$1"
	else
		not_ok "$1" "got:            $2" "wanted a match: $3"
	fi
}

# same NAME FILE FILE: compares all bytes.
same()
{
	local why
	if why=$(cmp -- "$2" "$3" 2>&1); then
		ok "$1"
	else
		not_ok "$1" "$why"
	fi
}

# try NAME COMMAND...: passes if the command succeeds; otherwise prints its output.
try()
{
	local name=$1 status=0
	shift
	"$@" >"$TMP/try.out" 2>&1 || status=$?
	if [ "$status" = 0 ]; then
		ok "$name"
	else
		not_ok "$name" "exit status $status: $*" "$(tail -n 40 "$TMP/try.out")"
	fi
}

# limit SECONDS: a time limit for a hang, in whole seconds: at least a minute, and more on a slow or
# busy machine.
limit()
{
	echo $((($1 > 60 ? $1 : 60) * TEST_TIME_FACTOR))
}

# run_limited SECONDS COMMAND...: exit status 124 or 137 after a time-out.
run_limited()
{
	timeout --kill-after=5 "$(limit "$1")" "${@:2}"
}

# run_hanging SECONDS COMMAND...: for a command that should hang; exit status 124 or 137 then.
run_hanging()
{
	timeout --kill-after=5 $(($1 * TEST_TIME_FACTOR)) "${@:2}"
}

# run_flashrom ARGS...: flashrom on TTY, with its output in TMP/try.out. It waits some tenths of a
# second for an adapter to synchronise, which is too short on a busy machine; it has sent nothing to
# the chip then, and gets another try.
run_flashrom()
{
	local status tries=5
	while :; do
		status=0
		run_limited 300 "$FLASHROM" -p "serprog:dev=$TTY:115200" "$@" >"$TMP/try.out" 2>&1 \
			</dev/null || status=$?
		tries=$((tries - 1))
		if [ "$status" = 0 ] || [ "$tries" = 0 ] ||
			! grep -q 'cannot synchronize protocol' "$TMP/try.out"; then
			return "$status"
		fi
	done
}

# flash NAME ARGS...: passes if flashrom succeeds on TTY; its output is in TMP/try.out.
flash()
{
	local name=$1
	shift
	local status=0
	run_flashrom "$@" || status=$?
	if [ "$status" = 0 ]; then
		ok "$name"
	else
		not_ok "$name" "exit status $status: flashrom $*" "$(tail -n 40 "$TMP/try.out")"
	fi
}

# flash_fails NAME ARGS...: passes if flashrom ends by itself with an error.
flash_fails()
{
	local name=$1 status=0
	shift
	run_flashrom "$@" || status=$?
	if [ "$status" -gt 0 ] && [ "$status" -lt 124 ]; then
		ok "$name"
	else
		not_ok "$name" "exit status $status" "$(tail -n 20 "$TMP/try.out")"
	fi
}

# says NAME TEXT: passes if the output in TMP/try.out contains that text.
says()
{
	local text
	text=$(tr '\b' '\n' <"$TMP/try.out")
	case $text in
	*"$2"*) ok "$1" ;;
	*) not_ok "$1" "wanted: $2" "$(tail -n 20 <<<"$text")" ;;
	esac
}

# host ARGS...: runs the serprog client, see host.c.
host()
{
	run_limited 60 "$HOST" "$@"
}

# tell FD ESCAPES: writes to the open terminal, with a time limit, as the daemon may not read.
tell()
{
	run_limited 20 printf '%b' "$2" >&"$1"
}

# hear FD COUNT: reads COUNT bytes from the open terminal and prints them in hexadecimal.
hear()
{
	run_limited 20 head -c "$2" <&"$1" | od -An -v -tx1 | tr -d ' \n'
}

# synchronise FD: sends a SYNCNOP on an open terminal; the reply should be 1506, NAK and ACK.
synchronise()
{
	tell "$1" '\x10'
	hear "$1" 2
}

# operate FD COUNT HEX...: one SPI operation that sends these bytes and reads COUNT; prints the
# reply in hexadecimal, ACK (06) first.
operate()
{
	local fd=$1 count=$2 request
	shift 2
	printf -v request '\\x%s' 13 "$(printf %02x $#)" 00 00 "$(printf %02x "$count")" 00 00 "$@"
	tell "$fd" "$request"
	hear "$fd" $((count + 1))
}

# read_ready FD SECONDS: waits for a ready line; sets READY and TTY.
read_ready()
{
	local line
	while IFS= read -r -t "$(limit "$2")" -u "$1" line; do
		case $line in
		ready:*)
			READY=$line
			TTY=${line##*serprog:dev=}
			TTY=${TTY%%:*}
			return 0
			;;
		esac
	done
	return 1
}

# start_spinord ARGS...: returns when the daemon is ready. Sets READY, its ready line, TTY,
# SPINORD_PID, and SPINORD_ERR, the file with its log. Ends the script if the daemon does not become
# ready.
start_spinord()
{
	local fifo fd
	tap_daemons=$((tap_daemons + 1))
	fifo=$TMP/stdout.$tap_daemons
	SPINORD_ERR=$TMP/stderr.$tap_daemons
	READY=
	TTY=
	mkfifo "$fifo"
	"$SPINORD" "$@" </dev/null >"$fifo" 2>"$SPINORD_ERR" &
	SPINORD_PID=$!
	exec {fd}<"$fifo"
	tap_outputs[$SPINORD_PID]=$fd
	if ! read_ready "$fd" "${SPINORD_START_SECONDS:-20}"; then
		diag "$(tail -n 20 "$SPINORD_ERR")"
		stop_spinord
		bail_out "spinord $*: no ready line, exit status $STOP_STATUS"
	fi
}

# stop_spinord [PID [SIGNAL]]: ends a daemon of this script and waits for it; STOP_STATUS is its
# exit status. It waits for the end of the daemon's standard output, so nothing has to be polled.
stop_spinord()
{
	local pid=${1:-$SPINORD_PID} signal=${2:-TERM} fd line read_status=0
	STOP_STATUS=
	fd=${tap_outputs[$pid]-}
	if [ -z "$fd" ]; then
		return 0
	fi
	kill "-$signal" "$pid" 2>/dev/null
	while IFS= read -r -t "$(limit 15)" -u "$fd" line || { read_status=$?; false; }; do
		:
	done
	if [ "$read_status" -gt 128 ]; then
		diag "spinord did not end $(limit 15) s after SIG$signal"
		kill -KILL "$pid" 2>/dev/null
	fi
	STOP_STATUS=0
	wait "$pid" 2>/dev/null || STOP_STATUS=$?
	exec {fd}<&-
	unset "tap_outputs[$pid]"
	return 0
}

tap_exit()
{
	local status=$? pid
	trap - EXIT INT TERM HUP
	for pid in "${!tap_outputs[@]}"; do
		stop_spinord "$pid"
	done
	rm -rf "$TMP"
	if [ -n "$tap_planned" ] && [ "$tap_count" != "$tap_planned" ]; then
		diag "planned $tap_planned points, ran $tap_count"
	fi
	exit "$status"
}
trap tap_exit EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
