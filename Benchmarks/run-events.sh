#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Measures what publishing an event costs a service, against a broker of its own, and holds it against the aims: Benchmarks/run-events.sh
#
# RUNS (3) is how often each is measured, of which the median counts; SCALE (1) a factor for the number of events; FOLDER, by default
# .build/events, is on the disk that is measured. To be run on a machine that does nothing else. Fails when an aim is missed.

set -euo pipefail

benchmarks="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
repository="$(dirname "$benchmarks")"
# shellcheck source-path=SCRIPTDIR
source "$benchmarks/lib.sh"

runs="${RUNS:-3}"
folder="${FOLDER:-$benchmarks/.build/events}"
out="$benchmarks/.build/events.jsonl"

# scaled COUNT: the number, times SCALE.
scaled() { /usr/bin/python3 -c "print(max(64, round($1 * float('${SCALE:-1}'))))"; }

install_packages "${benchmark_packages[@]}" libsqlite3-dev
for product in events-bench events-footprint swift-floor; do
    swift build --configuration release --package-path "$benchmarks" --product "$product"
done
mkdir -p "$benchmarks/.build/peers"
gcc -O2 -Wall -o "$benchmarks/.build/peers/floor" "$benchmarks/floor/floor.c" -lcurl
start_benchmark_broker

rm -f "$out"
for ((run = 0; run < runs; run++)); do
    for scenario in "overhead-memory $(scaled 50000)" "overhead-sqlite $(scaled 12800)" "relay $(scaled 50000)"; do
        rm -rf "$folder"
        mkdir -p "$folder"
        # shellcheck disable=SC2086 # a name and a number
        timeout 600 "$benchmarks/.build/release/events-bench" $scenario "$folder" | tee -a "$out"
    done
    "$benchmarks/.build/peers/floor" >>"$out"
    "$benchmarks/.build/release/swift-floor" >>"$out"
done
timeout 600 "$benchmarks/.build/release/events-footprint" "$(scaled 120)" | tee -a "$out"
rm -rf "$folder"
/usr/bin/python3 "$benchmarks/events-table.py" "$out"
