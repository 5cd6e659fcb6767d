# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Records the rates at which botocore's retry mode "adaptive" sends, as a fixture for the tests of AWSRuntime.

    .venv/bin/python Scripts/record-aws-rates.py

Its limiter is driven by a clock of ours through answers of which some are throttled; noted are, after each answer, the rate and
how long the next attempt waits. Run it after raising botocore in Scripts/requirements.txt, and commit what changes.
"""

import json
import pathlib
import random

import botocore
from botocore.retries import adaptive, bucket, throttling


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def current_time(self) -> float:
        return self.now


class Detector:
    """Says of an answer what it was told."""

    def is_throttling_error(self, *, throttled: bool) -> bool:
        return throttled


def record(seed: int, count: int) -> list[list[float | bool]]:
    generator = random.Random(seed)
    clock = Clock()
    tokens = bucket.TokenBucket(max_rate=1, clock=clock)
    limiter = adaptive.ClientRateLimiter(
        rate_adjustor=throttling.CubicCalculator(starting_max_rate=0, start_time=clock.now),
        rate_clocker=adaptive.RateClocker(clock),
        token_bucket=tokens,
        throttling_detector=Detector(),
        clock=clock,
    )
    rows = []
    is_enabled = False
    for _ in range(count):
        # Waiting is ours: the clock goes on by as much as the bucket asks for.
        wait = 0.0
        if is_enabled:
            tokens._refill()
            wait = max(tokens._sleep_amount(1), 0.0)
            clock.now += wait
            tokens._refill()
            tokens._current_capacity -= 1
        clock.now += generator.choice([0.01, 0.05, 0.2, 0.7])
        throttled = generator.random() < 0.15
        is_enabled = is_enabled or throttled
        limiter.on_receiving_response(throttled=throttled)
        rows.append([round(wait, 9), round(clock.now, 9), throttled, round(tokens.max_rate, 9)])
    return rows


def main() -> None:
    source = f"botocore {botocore.__version__}, retries/adaptive.py: wait before the attempt, time of its answer, throttled, rate after it"
    fixture = pathlib.Path(__file__).parent.parent / "Tests/AWSRuntimeTests/Fixtures/rates.json"
    walks = ",\n".join("[\n" + ",\n".join(json.dumps(row) for row in record(seed, 200)) + "\n]" for seed in (1, 2, 3))
    fixture.write_text(f'{{"source": {json.dumps(source)},\n"walks": [\n{walks}\n]}}\n')


main()
