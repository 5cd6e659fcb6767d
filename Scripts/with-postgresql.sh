#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Runs a command with a PostgreSQL server of its own, and ends it when the command has ended:
#
#     Scripts/with-postgresql.sh Scripts/with-servers.sh swift test --package-path Examples

set -euo pipefail

if (($# == 0)); then
    echo "usage: $0 COMMAND [ARGUMENT…]" >&2
    exit 64
fi

repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source-path=SCRIPTDIR
source "$repository/Scripts/lib/install.sh"
source "$repository/Scripts/lib/processes.sh"
source "$repository/Scripts/lib/postgresql.sh"

install_packages postgresql
trap stop_postgresql EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
start_postgresql
run_forwarding_signals "$@"
