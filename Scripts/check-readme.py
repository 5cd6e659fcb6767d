#!/usr/bin/python3
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Holds README.md to its limits: at most 200 lines, and every Swift sample stands word for word in a file of Snippets, which the
build compiles."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from textwrap import dedent

MAXIMUM_LINES = 200


def main() -> None:
    root = Path(__file__).resolve().parent.parent
    readme = (root / "README.md").read_text()
    snippets = [_lines(path.read_text()) for path in sorted((root / "Snippets").glob("*.swift"))]
    samples = [_lines(sample) for sample in re.findall(r"^```swift\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)]

    problems = []
    if (count := len(readme.splitlines())) > MAXIMUM_LINES:
        problems.append(f"README.md has {count} lines; it may have {MAXIMUM_LINES}")
    if not samples:
        problems.append("README.md has no Swift sample")
    problems += [
        f"no file of Snippets has the sample of README.md that begins with: {sample.splitlines()[0]}"
        for sample in samples if not any(sample in snippet for snippet in snippets)
    ]
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"README.md: {count} lines, {len(samples)} Swift samples, each compiled as a snippet")


def _lines(text: str) -> str:
    """The text without the indentation that all its lines have, and without empty lines at its ends."""
    return dedent(text).strip("\n")


if __name__ == "__main__":
    main()
