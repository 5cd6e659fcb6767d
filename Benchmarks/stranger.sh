#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# What it costs a stranger's package to import LamassuEvents and CurlTransport: the packages that it resolves, and the seconds of a
# debug build from clean on two cores, checkouts not included. To be run on a machine that does nothing else.

set -euo pipefail

benchmarks="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
repository="$(dirname "$benchmarks")"
# shellcheck source-path=SCRIPTDIR
source "$repository/Scripts/lib/install.sh"

readonly packages_at_most=6 seconds_at_most=60

install_packages libcurl4-openssl-dev
folder="$(mktemp -d "${TMPDIR:-/tmp}/lamassu-stranger.XXXXXX")"
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/Sources/stranger"
cat >"$folder/Package.swift" <<END
// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "stranger",
    dependencies: [.package(name: "lamassu-cloud", path: "$repository")],
    targets: [
        .executableTarget(
            name: "stranger",
            dependencies: [
                .product(name: "LamassuEvents", package: "lamassu-cloud"), .product(name: "CurlTransport", package: "lamassu-cloud"),
            ])
    ])
END
# The embedding of the README, with the outbox in memory.
sed -e '/SQLiteOutbox/d' -e 's/store: outbox, //' "$repository/Snippets/Embedding.swift" >"$folder/Sources/stranger/main.swift"

# A user does not have the variable that makes warnings errors.
unset CI
swift package --package-path "$folder" resolve >/dev/null
packages="$(swift package --package-path "$folder" show-dependencies --format json | /usr/bin/python3 -c '
import json, sys

def names(package):
    for dependency in package["dependencies"]:
        yield dependency["identity"]
        yield from names(dependency)

print(*sorted(set(names(json.load(sys.stdin)))))
')"
start="$EPOCHREALTIME"
taskset --cpu-list 0,1 swift build --package-path "$folder" --quiet
seconds="$(/usr/bin/python3 -c "print(round($EPOCHREALTIME - $start, 1))")"

read -r -a names <<<"$packages"
echo "packages resolved: ${#names[@]}, at most $packages_at_most ($packages)"
echo "debug build from clean on two cores: $seconds s, at most $seconds_at_most s"
((${#names[@]} <= packages_at_most)) && ((${seconds%.*} < seconds_at_most))
