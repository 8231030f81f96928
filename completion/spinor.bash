# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of spinor(1) for bash. The words come from spinor itself and so stay current.

# _spinor_words KIND [VERB]...: words from spinor, for the bench named on the command line.
_spinor_words()
{
	spinor complete "${_spinor_bench[@]}" "$@" 2>/dev/null
}

_spinor_reply()
{
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$_spinor_current")
}

# Values of the option before the current word; fails if that takes none.
_spinor_value()
{
	case $1 in
	--chip) _spinor_reply "$(_spinor_words chips)" ;;
	--profile) _spinor_reply "$(_spinor_words profiles)" ;;
	--control) _spinor_reply "$(_spinor_words benches)" ;;
	--adapter) _spinor_reply "$(_spinor_words adapters)" ;;
	--timing) _spinor_reply "instant virtual real" ;;
	--wp | --hold) _spinor_reply "low high float" ;;
	--reset)
		# For stats it is a flag.
		[[ ${words[0]-} == run ]] || return 1
		_spinor_reply "low high float"
		;;
	--corner) _spinor_reply "typ max" ;;
	--wear) _spinor_reply "on off" ;;
	--mode)
		_spinor_reply "deep-power-down 4-byte 3-byte ear: qpi suspended program-suspended \
			erasing programming writing-status aai otp reset-enabled write-enabled \
			continuous-read locked unlocked power-up-4-byte otp-locked"
		;;
	--kind)
		_spinor_reply "operation ready interrupted power pin host fault boot snapshot \
			image"
		;;
	--image | --expect-image | --report | --file | --trace | --link | --record | --dev)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$_spinor_current")
		;;
	--chipdb)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$_spinor_current")
		;;
	--pace) _spinor_reply "fast real" ;;
	--after | --assert | --at | --cs | --count | --cut-at | --cycles | --differences | \
		--millivolts | --name | --seed | --status | --supply | --tcp | --time-scale | --timeout)
		COMPREPLY=()
		;;
	*) return 1 ;;
	esac
}

# NAME=VALUE of a fault, which bash splits into three words.
_spinor_setting()
{
	local at=$COMP_CWORD
	if [[ $_spinor_current == = ]]; then
		_spinor_current=
	elif [[ ${COMP_WORDS[at - 1]} == = ]]; then
		((at--))
	else
		compopt -o nospace 2>/dev/null
		_spinor_reply "$(_spinor_words settings "$1")"
		return
	fi
	case ${COMP_WORDS[at - 1]} in
	line | with) _spinor_reply "cs clk mosi miso wp hold vcc gnd" ;;
	esac
}

# Arguments of a verb, other than options.
_spinor_argument()
{
	case "$*" in
	chip) _spinor_reply "$(_spinor_words chips)" ;;
	help) _spinor_reply "$(_spinor_words verbs)" ;;
	pin) _spinor_reply "wp hold reset" ;;
	pin\ *) _spinor_reply "low high float" ;;
	power) _spinor_reply "on off cycle" ;;
	board) _spinor_reply "run reset off" ;;
	"snapshot restore" | "snapshot drop") _spinor_reply "$(_spinor_words snapshots)" ;;
	"image save" | "image load" | "image compare" | replay | run)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$_spinor_current")
		;;
	"fault add") _spinor_reply "$(_spinor_words faults)" ;;
	"fault add "*) _spinor_setting "$3" ;;
	"fault remove") _spinor_reply "$(_spinor_words fault-numbers)" ;;
	image | snapshot | fault | help\ *) _spinor_reply "$(_spinor_words words "${!#}")" ;;
	esac
}

_spinor()
{
	local _spinor_current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local _spinor_bench=() words=() word i
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		--)
			if ((i + 1 == COMP_CWORD)); then
				mapfile -t COMPREPLY < <(compgen -c -- "$_spinor_current")
			else
				compopt -o filenames 2>/dev/null
				mapfile -t COMPREPLY < <(compgen -f -- "$_spinor_current")
			fi
			return
			;;
		--control | --adapter | --cs | --chipdb)
			((i + 1 < COMP_CWORD)) && _spinor_bench+=("$word" "${COMP_WORDS[i + 1]}")
			((i++))
			;;
		--timeout | --millivolts | --at | --after | --count | --kind | --file | --name | \
			--image | --dev | --pace | --differences) ((i++)) ;;
		-*) ;;
		*) words+=("$word") ;;
		esac
	done
	if _spinor_value "$previous"; then
		return
	fi
	if [[ $_spinor_current == -* ]]; then
		if ((${#words[@]} == 0)); then
			_spinor_reply "--help --version --json --control --adapter --cs --timeout"
		else
			_spinor_reply "$(_spinor_words options "${words[@]:0:2}")"
		fi
	elif ((${#words[@]} == 0)); then
		_spinor_reply "$(_spinor_words verbs)"
	else
		_spinor_argument "${words[@]}"
	fi
}

complete -F _spinor spinor
