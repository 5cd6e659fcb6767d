# shellcheck shell=bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# The servers that the demo and the integration tests talk to: a private RabbitMQ node and the project's AWS emulator, on
# loopback, for one run. To be sourced, by a script that has set `repository`.

: "${repository:?}"
# shellcheck source-path=SCRIPTDIR
source "$repository/Scripts/lib/processes.sh"
source "$repository/Scripts/lib/certificates.sh"
source "$repository/Scripts/lib/broker.sh"
source "$repository/Scripts/lib/emulator.sh"

servers_folder=""

# start_servers: starts both, waits until they answer, and exports where they are.
#
#     LAMASSU_TEST_AMQP_URL               amqp URL with user and password, plain
#     LAMASSU_TEST_AMQPS_PORT             the TLS port of the same node, on localhost and 127.0.0.1, which its certificate names,
#                                         and on 127.0.0.2, which it does not
#     LAMASSU_TEST_PKI                    folder with the certificates (certificates.sh lists them)
#     LAMASSU_TEST_RABBITMQ_NODE          name of the node; `rabbitmqctl` in PATH speaks to it
#     LAMASSU_TEST_AWS_ENDPOINT           http URL of the emulator (Tests/Emulator/README.md says how to steer it)
#     LAMASSU_TEST_AWS_ACCESS_KEY_ID      the credentials that it accepts
#     LAMASSU_TEST_AWS_SECRET_ACCESS_KEY
start_servers() {
    servers_folder="$(mktemp -d "${TMPDIR:-/tmp}/lamassu-cloud.XXXXXX")"
    chmod 755 "$servers_folder"
    local certificates="$servers_folder/certificates" broker="$servers_folder/broker" ports
    read -r -a ports <<<"$(free_ports 4)"

    echo "Starting a private RabbitMQ node (ports ${ports[0]} and ${ports[1]}) and the AWS emulator (port ${ports[3]}) in $servers_folder"
    make_certificates "$certificates"
    start_broker "$broker" "$certificates" "${ports[@]:0:3}"
    start_emulator "$servers_folder/emulator" "${ports[3]}"
    wait_for_emulator "${ports[3]}"
    wait_for_broker "${ports[0]}" "${ports[1]}"

    export LAMASSU_TEST_AMQP_URL="amqp://lamassu:$broker_password@127.0.0.1:${ports[0]}/%2F"
    export LAMASSU_TEST_AMQPS_PORT="${ports[1]}"
    export LAMASSU_TEST_PKI="$certificates"
    export LAMASSU_TEST_RABBITMQ_NODE="$broker_node"
    export LAMASSU_TEST_AWS_ENDPOINT="http://127.0.0.1:${ports[3]}"
    export LAMASSU_TEST_AWS_ACCESS_KEY_ID="$emulator_access_key_id"
    export LAMASSU_TEST_AWS_SECRET_ACCESS_KEY="$emulator_secret_access_key"
    export PATH="$broker/bin:$PATH"
}

# stop_servers STATUS: ends both by their process ids; after a failure, which Ctrl-C is not, it keeps their logs and says where.
stop_servers() {
    stop_emulator
    stop_broker
    [[ -n "$servers_folder" ]] || return 0
    if (($1 == 0 || $1 == 130)); then
        rm -rf "$servers_folder"
    else
        echo "The logs of the servers are in $servers_folder" >&2
    fi
    servers_folder=""
}
