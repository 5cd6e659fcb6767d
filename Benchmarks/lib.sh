# shellcheck shell=bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# What the scripts of this folder share. To be sourced, by a script that has set `benchmarks` and `repository`.

: "${benchmarks:?}" "${repository:?}"
# shellcheck source-path=SCRIPTDIR/..
source "$repository/Scripts/lib/install.sh"
source "$repository/Scripts/lib/processes.sh"
source "$repository/Scripts/lib/certificates.sh"
source "$repository/Scripts/lib/broker.sh"

# shellcheck disable=SC2034 # for those who source this
readonly benchmark_packages=(libcurl4-openssl-dev openssl rabbitmq-server gcc)
# shellcheck disable=SC2034 # as above
benchmark="$benchmarks/.build/release/amqp-bench"
broker_folder=""

# build_benchmark: builds $benchmark, with Swift's libraries in it, as a program is deployed.
build_benchmark() {
    swift build --configuration release --static-swift-stdlib --package-path "$benchmarks" --product amqp-bench
}

# start_benchmark_broker: starts a node of its own and exports where it is, as every peer reads it; it ends with the script.
start_benchmark_broker() {
    local ports
    trap 'stop_broker; [[ -z "$broker_folder" ]] || rm -rf "$broker_folder"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    broker_folder="$(mktemp -d "${TMPDIR:-/tmp}/lamassu-benchmarks.XXXXXX")"
    chmod 755 "$broker_folder"
    read -r -a ports <<<"$(free_ports 3)"
    make_certificates "$broker_folder/certificates"
    start_broker "$broker_folder/broker" "$broker_folder/certificates" "${ports[@]}"
    wait_for_broker "${ports[0]}" "${ports[1]}"
    export AMQP_HOST=127.0.0.1 AMQP_PORT="${ports[0]}" AMQP_USER=lamassu AMQP_PASSWORD="${broker_password:?}"
}
