#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Fuzzes the AMQP decoder and state machines: Scripts/fuzz.sh [frames|connection|channel|all] [SECONDS], by default all, 20 seconds each.
#
# Each target first runs over its corpus in Fuzz/Corpus. What it finds in that time and is new is kept in Fuzz/.build/found, from where
# `Scripts/fuzz.sh merge` takes what reaches new code into the corpus. An input that fails is printed and kept in Fuzz/.build/crashes;
# once the fault is mended, it belongs in the corpus.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../Fuzz"

declare -rA programs=([frames]=FrameFuzzer [connection]=ConnectionFuzzer [channel]=ChannelFuzzer)
# The longest input in bytes: more than one frame of the least limit, or a story of some hundred steps.
declare -rA lengths=([frames]=5000 [connection]=600 [channel]=600)

# The coverage that libFuzzer reads; what the compiler chooses by itself is of a kind that it does not know any more.
readonly coverage=(
    -Xswiftc "-sanitize-coverage=edge,indirect-calls,trace-cmp"
    -Xswiftc -Xllvm -Xswiftc -sanitizer-coverage-inline-8bit-counters
    -Xswiftc -Xllvm -Xswiftc -sanitizer-coverage-pc-table
)

# fuzz TARGET ARGUMENT…: runs a target's program. An input may take five seconds and memory in pieces of 2 MB.
fuzz() {
    local target="$1"
    shift
    # Swift's own report of a crash would stand between libFuzzer and its own.
    SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 nice ".build/release/${programs[$target]}" \
        -timeout=5 -malloc_limit_mb=2 -rss_limit_mb=2048 -max_len="${lengths[$target]}" -artifact_prefix=.build/crashes/ \
        -print_final_stats=1 "$@"
}

main() {
    local target="${1:-all}" seconds="${2:-20}" chosen=("${1:-all}")
    case "$target" in
    all | merge) chosen=(frames connection channel) ;;
    frames | connection | channel) ;;
    *)
        echo "error: there is no target '$target'; there are: ${!programs[*]}" >&2
        exit 64
        ;;
    esac
    swift build --configuration release --sanitize fuzzer --sanitize address "${coverage[@]}"
    mkdir -p .build/crashes
    for target in "${chosen[@]}"; do
        mkdir -p ".build/found/$target"
        if [[ "${1:-all}" == merge ]]; then
            fuzz "$target" -merge=1 -set_cover_merge=1 -use_counters=0 "Corpus/$target" ".build/found/$target" 2>&1 | tail --lines 1
            continue
        fi
        echo "fuzz: $target, $seconds seconds"
        if ! fuzz "$target" -max_total_time="$seconds" ".build/found/$target" "Corpus/$target" >".build/$target.log" 2>&1; then
            tail --lines 60 ".build/$target.log" >&2
            echo "error: $target fails; the input is in Fuzz/.build/crashes" >&2
            exit 1
        fi
        grep -E 'stat::(number_of_executed_units|new_units_added)' ".build/$target.log"
    done
}

main "$@"
