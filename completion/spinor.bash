# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of spinor(1) and spinord(1) for bash. The words come from "spinor complete" and so stay
# current.

# _spinor_files ACTION: names of files or directories for the current word, after its "=".
_spinor_files()
{
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -A "$1" -- "${_spinor_current##*=}")
}

# _spinor_command N: the words from the N-th on are a command of their own.
_spinor_command()
{
	if declare -F _command_offset >/dev/null; then
		_command_offset "$1"
	elif ((${#_spinor_words[@]} - 1 == $1)); then
		mapfile -t COMPREPLY < <(compgen -A command -- "$_spinor_current")
	else
		_spinor_files file
	fi
}

_spinor()
{
	local line=${COMP_LINE:0:COMP_POINT} _spinor_words=() _spinor_current kept word text
	# COMP_WORDS has words that are split at "=" and ":".
	read -ra _spinor_words <<<"$line"
	[[ $line != *[[:blank:]] ]] || _spinor_words+=("")
	_spinor_current=${_spinor_words[-1]}
	# bash replaces only what follows these.
	kept=${_spinor_current%"${_spinor_current##*[=:]}"}
	COMPREPLY=()
	while IFS=$'\t' read -r word _; do
		case $word in
		:files) _spinor_files file ;;
		:directories) _spinor_files directory ;;
		":command "*) _spinor_command "${word#* }" ;;
		*)
			[[ $word != *[=:] ]] || compopt -o nospace 2>/dev/null
			COMPREPLY+=("${word:${#kept}}")
			;;
		esac
	done < <(spinor complete -- "${_spinor_words[@]}" 2>/dev/null)
}

complete -F _spinor spinor spinord
