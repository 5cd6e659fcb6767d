#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# The main job, from end to end: a CA service and a connector as separate programs, a RabbitMQ node and the AWS emulator between and
# behind them. A CA is created, a device enrols and has its certificate revoked, and the sample events of three generations of Lamassu
# are played in; each step shows in a timeline. Ends with an error when a part of it did not happen.

set -euo pipefail

repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source-path=SCRIPTDIR
source "$repository/Scripts/lib/install.sh"
source "$repository/Scripts/lib/servers.sh"

cd "$repository"

# The example programs that run, by process id, in the order in which they were started.
programs=()

stop_everything() {
    local status=$1 index
    for ((index = ${#programs[@]} - 1; index >= 0; index--)); do
        stop_process "${programs[index]}" 10
    done
    stop_servers "$status"
}

# start_program LOG PROGRAM: starts an example. Its timeline is shown, and what it reports besides goes to LOG.
start_program() {
    setsid "$2" 2>"$1" </dev/null &
    programs+=($!)
}

main() {
    install_prerequisites "${required_packages[@]}" "${example_packages[@]}"
    echo "Building the examples; the first time this takes some minutes"
    swift build --package-path Examples
    local examples
    examples="$(swift build --package-path Examples --show-bin-path)"

    start_servers
    export AWS_REGION=eu-west-1
    export AWS_ENDPOINT_URL="$LAMASSU_TEST_AWS_ENDPOINT"
    export AWS_ACCESS_KEY_ID="$LAMASSU_TEST_AWS_ACCESS_KEY_ID"
    export AWS_SECRET_ACCESS_KEY="$LAMASSU_TEST_AWS_SECRET_ACCESS_KEY"
    unset AWS_SESSION_TOKEN

    echo "Deploying the stack"
    local outputs
    outputs="$("$examples/lamassu-cloud" deploy)"
    eval "$outputs"
    export RESPONSE_QUEUE_URL NOTIFY_FUNCTION

    export LAMASSU_AMQP_URL="$LAMASSU_TEST_AMQP_URL"
    export LAMASSU_CONNECTOR_ID=aws-plant-1
    CA_SERVICE_PORT="$(free_ports 1)"
    export CA_SERVICE_PORT CA_SERVICE_ADDRESS="127.0.0.1:$CA_SERVICE_PORT"
    echo "Starting a CA service on $CA_SERVICE_ADDRESS and a connector"
    local service_log="$servers_folder/ca-service.log"
    start_program "$service_log" "$examples/CAService"
    wait_for_port "the CA service" "${programs[0]}" "$service_log" "$CA_SERVICE_PORT"
    start_program "$servers_folder/connector.log" "$examples/Connector"

    run_forwarding_signals "$examples/lamassu-cloud" story --broker "$LAMASSU_AMQP_URL" --service "$CA_SERVICE_ADDRESS" \
        --connector "$LAMASSU_CONNECTOR_ID" Tests/Fixtures/lamassu-events/*.json
}

trap 'stop_everything $?' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
main
