# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Holds the lines of JSON of run-events.sh against the aims; ends with 1 when one is missed."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

runs = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]


def median(scenario: str, figure: str) -> float:
    return statistics.median(run[figure] for run in runs if run["scenario"] == scenario)


# Heartbeats go both ways twice in an interval.
heartbeats = 60 / median("footprint", "heartbeat_s") * 4
aims = [
    ("publishing in memory, p50, µs", median("overhead-memory", "p50_us"), "<=", 15),
    ("publishing with SQLite, 64 writers, after the fact, p50 beyond the wait for the disk, µs",
        median("overhead-sqlite", "after_the_fact_beyond_us"), "<=", 150),
    ("publishing with SQLite, 64 writers, write-ahead, p50 beyond two waits for the disk, µs",
        median("overhead-sqlite", "write_ahead_beyond_us"), "<=", 150),
    ("relay from SQLite, events/s, to publishing directly with confirms", median("relay", "relay_to_direct"), ">=", 0.7),
    ("wake-ups of an idle publisher in a minute beyond those of Swift's runtime, for each heartbeat",
        (median("footprint", "wakeups_per_minute") - median("footprint", "wakeups_without_publisher")) / heartbeats, "<=", 2),
    ("memory above a program that initialises libcurl, MiB",
        (median("footprint", "max_rss_kib") - median("floor", "max_rss_kib")) / 1024, "<=", 10),
]
beside = [
    ("the disk's sync alone, p50, µs", median("overhead-sqlite", "sync_p50_us")),
    ("the wait for the disk of 64 writers who share its syncs, p50, µs", median("overhead-sqlite", "shared_sync_p50_us")),
    ("the same while as many events go out of memory, p50, µs", median("overhead-sqlite", "busy_shared_sync_p50_us")),
    ("publishing in memory, p99, µs", median("overhead-memory", "p99_us")),
    ("publishing with SQLite, after the fact, p50, µs", median("overhead-sqlite", "after_the_fact_p50_us")),
    ("the same with the relay paused, beyond the wait for the disk, p50, µs",
        median("overhead-sqlite", "paused_after_the_fact_beyond_us")),
    ("publishing with SQLite, write-ahead, p50, µs", median("overhead-sqlite", "write_ahead_p50_us")),
    ("the same with the relay paused, beyond two waits for the disk, p50, µs",
        median("overhead-sqlite", "paused_write_ahead_beyond_us")),
    ("relay from SQLite, events/s", median("relay", "relay_events_per_s")),
    ("publishing directly with confirms, events/s", median("relay", "direct_events_per_s")),
    ("wake-ups of an idle publisher in a minute", median("footprint", "wakeups_per_minute")),
    ("the same before there is a publisher", median("footprint", "wakeups_without_publisher")),
    ("memory of a program of Swift that only initialises libcurl, MiB", median("swift-floor", "max_rss_kib") / 1024),
    ("memory above that, MiB", (median("footprint", "max_rss_kib") - median("swift-floor", "max_rss_kib")) / 1024),
    ("memory of an idle publisher that no other process can share, MiB", median("footprint", "anonymous_kib") / 1024),
]

print("\n| figure | measured | aim | |\n|---|--:|--:|---|")
missed = 0
for name, value, comparison, aim in aims:
    holds = value <= aim if comparison == "<=" else value >= aim
    missed += not holds
    print("| {} | {:.2f} | {} {} | {} |".format(name, value, "≤" if comparison == "<=" else "≥", aim, "holds" if holds else "missed"))
for name, value in beside:
    print("| {} | {:.1f} | | |".format(name, value))
sys.exit(missed > 0)
