#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Runs a command with a RabbitMQ node and the AWS emulator of its own, and ends them when it has ended:
#
#     Scripts/with-servers.sh swift test --filter AMQPBehaviourTests

set -euo pipefail

if (($# == 0)); then
    echo "usage: $0 COMMAND [ARGUMENT…]" >&2
    exit 64
fi

repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source-path=SCRIPTDIR
source "$repository/Scripts/lib/install.sh"
source "$repository/Scripts/lib/servers.sh"

install_prerequisites "${required_packages[@]}"
trap 'stop_servers $?' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
start_servers
run_forwarding_signals "$@"
