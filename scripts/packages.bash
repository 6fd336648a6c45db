# Sourced by setup: programs of the system, through apt where that is possible without asking.
# shellcheck shell=bash

has_postgres() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null
}

# Prints the Debian packages that are missing, one a line.
missing_packages() { # run|test
    local python
    command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null || echo ffmpeg
    command -v setpriv >/dev/null && command -v prlimit >/dev/null || echo util-linux
    if python=$(find_python); then
        "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    elif ! command -v python3 >/dev/null; then
        printf '%s\n' python3 python3-venv
    fi # else it is too old, which set-up says
    [[ $1 == test ]] || return 0
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
    command -v chromium >/dev/null || echo chromium
    PATH=$PATH:/usr/sbin command -v nginx >/dev/null || echo nginx-light
    command -v redis-server >/dev/null || echo redis-server
    has_postgres || echo postgresql
    command -v docker-compose >/dev/null || echo docker-compose
}

system_packages() { # run|test
    local missing apt
    mapfile -t missing < <(missing_packages "$1")
    ((${#missing[@]})) || return 0
    if ! command -v apt-get >/dev/null; then
        stop "Please install these first (Debian's names): ${missing[*]}"
    elif ((EUID == 0)); then
        apt=(apt-get)
    elif sudo -n true 2>/dev/null; then
        apt=(sudo apt-get)
    else
        stop "Please install these first: sudo apt-get install ${missing[*]}"
    fi
    say "Installing system packages: ${missing[*]} ..."
    # RUNLEVEL: servers that only the tests use need not be started now.
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    "${apt[@]}" install -y -q --no-install-recommends "${missing[@]}" >/dev/null 2>&1 || {
        quietly "${apt[@]}" update -q
        quietly "${apt[@]}" install -y -q --no-install-recommends "${missing[@]}"
    }
}
