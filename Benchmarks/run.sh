#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Measures the AMQP client and its peers in one batch, against a broker of its own, and prints the table: Benchmarks/run.sh [OUT.jsonl]
#
# RUNS (3) is how often each is run, SCALE (1) a factor for the number of messages, PEERS the peers (c go pika aio-pika lamassu
# lamassu-io), SCENARIOS the scenarios. The lines of JSON go to OUT.jsonl, by default .build/results.jsonl, which is written anew.

set -euo pipefail

benchmarks="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
repository="$(dirname "$benchmarks")"
# shellcheck source-path=SCRIPTDIR
source "$benchmarks/lib.sh"

peers=(c go pika aio-pika lamassu lamassu-io)
[[ -z "${PEERS:-}" ]] || read -r -a peers <<<"$PEERS"
out="${1:-$benchmarks/.build/results.jsonl}"

install_packages "${benchmark_packages[@]}" librabbitmq-dev golang-go golang-github-rabbitmq-amqp091-go-dev python3-venv
environment="$benchmarks/.build/python"
if [[ ! -x "$environment/bin/python" ]]; then
    /usr/bin/python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$benchmarks/peers/python/requirements.txt"
fi
build_benchmark
mkdir -p "$benchmarks/.build/peers"
gcc -O2 -Wall -o "$benchmarks/.build/peers/floor" "$benchmarks/floor/floor.c" -lcurl

start_benchmark_broker
rm -f "$out"
export PYTHON="$environment/bin/python" BUILD="$benchmarks/.build/peers" EXTRA_lamassu="$benchmark"
export EXTRA_lamassu_io="env AMQP_IO_THREAD=1 PEER_NAME=lamassu-cloud-io $benchmark"
"$benchmarks/peers/run-peers.sh" "$out" "${peers[@]}"
for _ in 1 2 3; do "$benchmarks/.build/peers/floor" >>"$out"; done
echo
/usr/bin/python3 "$benchmarks/peers/peers-table.py" "$out"
