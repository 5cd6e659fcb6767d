#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Measures what the clients of AWS cost who builds, ships and calls them, and holds it against the aims: Benchmarks/run-clients.sh
#
# RUNS (3) is how often the debug build and the writing and reading of an operation are measured, of which the median counts; the rest is
# measured once. Checkouts are there before a build is timed, and what the clients are built on is built. To be run on a machine that does
# nothing else. Fails when an aim is missed.

set -euo pipefail

benchmarks="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
repository="$(dirname "$benchmarks")"
# shellcheck source-path=SCRIPTDIR
source "$benchmarks/lib.sh"

readonly clients=(IoTCoreClient LambdaClient CloudFormationClient SQSClient SNSClient)
folder="$(mktemp -d "${TMPDIR:-/tmp}/lamassu-clients.XXXXXX")"
trap 'rm -rf "$folder"' EXIT
out="$benchmarks/.build/clients.jsonl"
mkdir -p "$benchmarks/.build"
rm -f "$out"

# timed COMMAND…: runs it on two processors, and sets $wall and $cpu to the seconds that it took.
timed() {
    local TIMEFORMAT="%R %U %S"
    { time taskset --cpu-list 0,1 "$@" >"$folder/log" 2>&1; } 2>"$folder/times" || { cat "$folder/log" >&2 && return 1; }
    read -r wall user system <"$folder/times"
    cpu="$(/usr/bin/python3 -c "print($user + $system)")"
}

# A user does not have the variable that makes warnings errors.
unset CI
install_packages libcurl4-openssl-dev libssl-dev

for ((run = 0; run < ${RUNS:-3}; run++)); do
    swift package --package-path "$repository" --scratch-path "$folder/whole" resolve >/dev/null
    timed swift build --package-path "$repository" --scratch-path "$folder/whole"
    echo "{\"scenario\": \"whole\", \"wall_s\": $wall, \"cpu_s\": $cpu}" | tee -a "$out"
    rm -rf "$folder/whole"
done

# A package that imports all clients, so that one build makes them side by side.
mkdir -p "$folder/package/Sources/Importer"
products="" imports=""
for client in "${clients[@]}"; do
    products+="            .product(name: \"$client\", package: \"lamassu-cloud\"),"$'\n'
    imports+="import $client"$'\n'
done
cat >"$folder/package/Package.swift" <<END
// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "importer",
    dependencies: [.package(name: "lamassu-cloud", path: "$repository")],
    targets: [.target(name: "Importer", dependencies: [
$products        ])])
END
echo "$imports" >"$folder/package/Sources/Importer/Importer.swift"
build=(swift build --configuration release --package-path "$folder/package")
timed "${build[@]}"
timed "${build[@]}"
idle_wall="$wall" idle_cpu="$cpu"
binaries="$("${build[@]}" --show-bin-path)"
for client in "${clients[@]}"; do rm "$binaries/$client.build/"*.o "$binaries/Modules/$client".*; done
timed "${build[@]}"
operations="$(for client in "${clients[@]}"; do grep -rhE '^ *public struct \w+: .*Operation\b' "$repository/Sources/$client/Generated"; done | wc -l)"
echo "{\"scenario\": \"optimised\", \"operations\": $operations, \"wall_s\": $wall, \"cpu_s\": $cpu, \"idle_wall_s\": $idle_wall, \"idle_cpu_s\": $idle_cpu}" |
    tee -a "$out"

swift build --configuration release --package-path "$benchmarks" --product three-operations
cp "$(swift build --configuration release --package-path "$benchmarks" --show-bin-path)/three-operations" "$folder/dynamic"
swift build --configuration release --static-swift-stdlib --package-path "$benchmarks" --product three-operations
cp "$benchmarks/.build/release/three-operations" "$folder/static"
strip "$folder/dynamic" "$folder/static"
echo "{\"scenario\": \"program\", \"bytes\": $(stat --format %s "$folder/dynamic"), \"static_bytes\": $(stat --format %s "$folder/static")}" | tee -a "$out"

swift build --configuration release --static-swift-stdlib --package-path "$benchmarks" --product aws-bench
for ((run = 0; run < ${RUNS:-3}; run++)); do
    "$benchmarks/.build/release/aws-bench" encode 300000 | tee -a "$out"
    "$benchmarks/.build/release/aws-bench" decode 300000 | tee -a "$out"
done
/usr/bin/python3 "$benchmarks/clients-table.py" "$out"
