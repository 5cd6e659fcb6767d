# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Holds the lines of JSON of run-aws.sh against the aims; ends with 1 when one is missed."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

runs = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]


def median(scenario: str, figure: str, in_flight: int | None = None) -> float:
    return statistics.median(
        run[figure] for run in runs if run["scenario"] == scenario and (in_flight is None or run["in_flight"] == in_flight)
    )


limit = median("load", "calls_per_s", 32)
rate = median("lamassu-cloud", "calls_per_s", 32)
aims = [
    ("CPU time of a call, 32 in flight, to boto3's with 4 threads", median("lamassu-cloud", "cpu_us", 32) / median("boto3", "cpu_us", 4), "<=", 0.08),
    ("CPU time of a call, one at a time, to boto3's", median("lamassu-cloud", "cpu_us", 1) / median("boto3", "cpu_us", 1), "<=", 0.08),
    ("calls/s, 32 in flight, to 20,000 or to the server's own limit", rate / min(20_000, limit), ">=", 1),
    ("CPU time of signing, to that of OpenSSL's digests alone", median("sign", "cpu_us") / median("digests", "cpu_us"), "<=", 2),
    ("memory gained by nine tenths of a million calls, MiB",
        (median("memory", "late_kib") - median("memory", "early_kib")) / 1024, "<=", 2),
]
beside = [
    ("calls/s, 32 in flight", rate),
    ("the same of a program in C that sends one request over and over: the server's limit", limit),
    ("calls/s, one at a time", median("lamassu-cloud", "calls_per_s", 1)),
    ("calls/s of boto3, one at a time", median("boto3", "calls_per_s", 1)),
    ("calls/s of boto3, 4 threads", median("boto3", "calls_per_s", 4)),
    ("CPU time of a call, 32 in flight, µs", median("lamassu-cloud", "cpu_us", 32)),
    ("CPU time of a call, one at a time, µs", median("lamassu-cloud", "cpu_us", 1)),
    ("CPU time of boto3 for a call, one at a time, µs", median("boto3", "cpu_us", 1)),
    ("CPU time of signing, µs", median("sign", "cpu_us")),
    ("CPU time of OpenSSL's digests alone, µs", median("digests", "cpu_us")),
    ("memory after a million calls, MiB", median("memory", "late_kib") / 1024),
]

print("\n| figure | measured | aim | |\n|---|--:|--:|---|")
missed = 0
for name, value, comparison, aim in aims:
    holds = value <= aim if comparison == "<=" else value >= aim
    missed += not holds
    print("| {} | {:.3f} | {} {} | {} |".format(name, value, "≤" if comparison == "<=" else "≥", aim, "holds" if holds else "missed"))
for name, value in beside:
    print("| {} | {:.1f} | | |".format(name, value))
sys.exit(missed > 0)
