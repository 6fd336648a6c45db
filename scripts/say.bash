# Sourced by the scripts: how they speak. Sets the working folder to the top of the project.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

say() {
    printf '%s\n' "$*"
}

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Runs a command and shows what it says only if it fails.
quietly() {
    local log status
    log=$(mktemp)
    status=0
    "$@" >"$log" 2>&1 || status=$?
    if ((status)); then
        cat "$log" >&2
        printf 'This failed: %s\n' "$*" >&2
    fi
    rm -f "$log"
    return "$status"
}
