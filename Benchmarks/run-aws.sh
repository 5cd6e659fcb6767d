#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Measures what a call of AWS costs, beside boto3, against a server in C that does next to nothing, and the signing of a request beside
# OpenSSL's digests alone; holds them against the aims: Benchmarks/run-aws.sh
#
# RUNS (3) is how often each is measured, of which the median counts; SCALE (1) a factor for the number of calls. To be run on a machine
# that does nothing else: on a loaded one only the ratios of CPU time mean something. Fails when an aim is missed.

set -euo pipefail

benchmarks="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
repository="$(dirname "$benchmarks")"
# shellcheck source-path=SCRIPTDIR
source "$benchmarks/lib.sh"

runs="${RUNS:-3}"
out="$benchmarks/.build/aws.jsonl"
server="$benchmarks/.build/peers/aws-server"
bench="$benchmarks/.build/release/aws-bench"
server_process=""
trap '[[ -z "$server_process" ]] || kill "$server_process" 2>/dev/null' EXIT

# scaled COUNT: the number, times SCALE.
scaled() { /usr/bin/python3 -c "print(max(64, round($1 * float('${SCALE:-1}'))))"; }

install_packages libcurl4-openssl-dev libssl-dev gcc python3-venv
install_python_environment
swift build --configuration release --static-swift-stdlib --package-path "$benchmarks" --product aws-bench
mkdir -p "$benchmarks/.build/peers"
gcc -O2 -Wall -Wextra -o "$server" "$benchmarks/peers/aws/server.c" -lcrypto

exec {port_of_server}< <(exec "$server" server)
server_process=$!
read -r -u "$port_of_server" port

rm -f "$out"
for ((run = 0; run < runs; run++)); do
    {
        "$server" load "$port" 32 "$(scaled 200000)"
        timeout 600 "$bench" publish "$port" 32 "$(scaled 200000)"
        timeout 600 "$bench" publish "$port" 1 "$(scaled 20000)"
        timeout 600 "$repository/.venv/bin/python" "$benchmarks/peers/python/peer_boto3.py" publish "$port" 1 "$(scaled 4000)"
        timeout 600 "$repository/.venv/bin/python" "$benchmarks/peers/python/peer_boto3.py" publish "$port" 4 "$(scaled 4000)"
        timeout 600 "$bench" sign "$(scaled 200000)"
        "$server" digests "$(scaled 1000000)"
    } | tee -a "$out"
done
timeout 1200 "$bench" memory "$port" 32 "$(scaled 1000000)" | tee -a "$out"
/usr/bin/python3 "$benchmarks/aws-table.py" "$out"
