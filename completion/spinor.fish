# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion of spinor(1) and spinord(1) for fish. The words and their descriptions come from "spinor
# complete" and so stay current.

function __spinor_complete
    set -l words (commandline -opc) (commandline -ct)
    # The value of --OPTION=VALUE.
    set -l kept (string match -r -- '^--[^=]*=' (commandline -ct); or echo '')
    set -l typed (string replace -r -- '^--[^=]*=' '' (commandline -ct))
    for line in (spinor complete -- $words 2>/dev/null)
        switch $line
            case :files
                printf '%s\n' $kept(__fish_complete_path $typed)
            case :directories
                printf '%s\n' $kept(__fish_complete_directories $typed)
            case ':command *'
                __fish_complete_subcommand --fcs-skip=(string split ' ' -- $line)[2]
            case '*'
                printf '%s\n' $line
        end
    end
end

complete -c spinor -f -a '(__spinor_complete)'
complete -c spinord -f -a '(__spinor_complete)'
