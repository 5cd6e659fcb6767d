# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Holds the lines of JSON of run-clients.sh against the aims; ends with 1 when one is missed."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

runs = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]


def median(scenario: str, figure: str) -> float:
    return statistics.median(run[figure] for run in runs if run["scenario"] == scenario)


operations = median("optimised", "operations")
wall = (median("optimised", "wall_s") - median("optimised", "idle_wall_s")) / operations * 1e3
cpu = (median("optimised", "cpu_s") - median("optimised", "idle_cpu_s")) / operations * 1e3
aims = [
    ("debug build of the whole package from clean, s", median("whole", "wall_s"), 150),
    ("optimised build of a generated operation, ms", wall, 75),
    ("program of three operations, stripped, beside the Swift runtime, MB", median("program", "bytes") / 1e6, 12),
    ("CPU time of writing a typical operation, µs", median("encode", "cpu_us"), 3),
    ("CPU time of reading a typical answer, µs", median("decode", "cpu_us"), 3),
]
beside = [
    ("CPU time of the debug build of the whole package, s", median("whole", "cpu_s")),
    ("CPU time of the optimised build of a generated operation, ms", cpu),
    ("the same program with the Swift runtime in it, MB", median("program", "static_bytes") / 1e6),
]

print("\n| figure | measured | aim | |\n|---|--:|--:|---|")
missed = 0
for name, value, aim in aims:
    missed += value > aim
    print("| {} | {:.1f} | ≤ {} | {} |".format(name, value, aim, "holds" if value <= aim else "missed"))
for name, value in beside:
    print("| {} | {:.1f} | | |".format(name, value))
sys.exit(missed > 0)
