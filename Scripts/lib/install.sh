# shellcheck shell=bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Installs what the demo and the tests need and the machine does not have yet, saying what it does. To be sourced, by a script
# that has set `repository`.

: "${repository:?}"

# What the library links and what its servers run on.
readonly required_packages=(libcurl4-openssl-dev libsqlite3-dev libssl-dev openssl rabbitmq-server python3-venv)
# What the examples link besides.
readonly example_packages=(libpq-dev)

# install_packages PACKAGE…: installs the Debian packages that are missing; asks for root only if one is.
install_packages() {
    local missing=() package
    for package in "$@"; do
        [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || missing+=("$package")
    done
    ((${#missing[@]} > 0)) || return 0

    local as_root=()
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            echo "error: missing Debian packages; install them as root: apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "Installing Debian packages: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends -qq "${missing[@]}" >/dev/null
}

# install_python_environment: makes .venv with the system's Python and the pinned packages of Scripts/requirements.txt.
install_python_environment() {
    local requirements="$repository/Scripts/requirements.txt" environment="$repository/.venv"
    # What was installed, kept beside it: as long as it is what is asked for now, there is nothing to do.
    local installed="$environment/requirements.txt"
    ! cmp --silent "$requirements" "$installed" || return 0

    echo "Installing Python packages in .venv: $(grep --count '==' "$requirements"), pinned in Scripts/requirements.txt"
    /usr/bin/python3 -m venv --clear "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
    cp "$requirements" "$installed"
}

# install_prerequisites PACKAGE…: these Debian packages and the Python environment; the Swift toolchain must be there.
install_prerequisites() {
    if ! command -v swift >/dev/null; then
        echo "error: no Swift toolchain in PATH; install Swift 6.3 from https://www.swift.org/install/linux" >&2
        return 1
    fi
    install_packages "$@"
    install_python_environment
}
