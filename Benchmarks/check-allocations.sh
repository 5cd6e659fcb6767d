#!/bin/bash
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

# Counts the allocations for each message against a broker of its own, and fails where there are more than allocations/thresholds.txt
# allows. A count is the same on any machine, which a time is not.

set -euo pipefail

benchmarks="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
repository="$(dirname "$benchmarks")"
# shellcheck source-path=SCRIPTDIR
source "$benchmarks/lib.sh"

install_packages "${benchmark_packages[@]}"
build_benchmark
counter="$benchmarks/.build/count.so"
gcc -O2 -Wall -Wextra -Werror -shared -fPIC "$benchmarks/allocations/count.c" -o "$counter"
start_benchmark_broker

failed=0
while read -r scenario threshold; do
    [[ -n "$scenario" && "$scenario" != "#" ]] || continue
    line="$(LD_PRELOAD="$counter" timeout 120 "$benchmark" "$scenario" 20000)"
    /usr/bin/python3 - "$line" "$threshold" <<'END' || failed=1
import json
import sys

run, threshold = json.loads(sys.argv[1]), float(sys.argv[2])
count = run["allocations_per_msg"]
print("{:28} {:6.2f} allocations a message, at most {:.2f}".format(run["scenario"], count, threshold))
sys.exit(count > threshold)
END
done <"$benchmarks/allocations/thresholds.txt"
((failed == 0)) || echo "error: more allocations than allocations/thresholds.txt allows" >&2
exit "$failed"
