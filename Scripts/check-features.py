#!/usr/bin/python3
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Holds the tables of features in the documentation against the tests: each row of a table in an article whose last column is headed
"tests" names there, in code voice, at least one test as TARGET/SUITE/NAME, and a file of Tests/TARGET has that suite with a test of that
name."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_CODE = re.compile(r"`([^`]+)`")
_SEPARATOR = re.compile(r"^\|[\s|:-]+\|$")


class Row(NamedTuple):
    """A row of a table: the feature, and the tests that it names."""

    file: Path
    line: int
    feature: str
    tests: list[str]


def rows(file: Path) -> Iterator[Row]:
    lines = file.read_text().split("\n")
    header: list[str] = []
    is_body = False
    for number, line in enumerate(lines, start=1):
        if not line.startswith("|"):
            is_body = False
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if _SEPARATOR.match(line):
            is_body = header[-1:] == ["tests"]
        elif not is_body:
            header = cells
        else:
            yield Row(file, number, cells[0], _CODE.findall(cells[-1]))


class Tests:
    """The tests of the package, as they stand in its sources."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._sources: dict[str, list[str]] = {}

    def problem(self, reference: str) -> str | None:
        """What is wrong with the name of a test; None where there is such a test."""
        parts = reference.split("/", 2)
        if len(parts) != 3:
            return "is no TARGET/SUITE/NAME"
        target, suite, name = parts
        if target not in self._sources:
            self._sources[target] = [file.read_text() for file in sorted((self._root / "Tests" / target).glob("**/*.swift"))]
        if not self._sources[target]:
            return f"is of a target without sources in Tests/{target}"
        declaration = re.compile(rf"\b(?:struct|class|actor|enum|extension) {re.escape(suite)}\b")
        sources = [source for source in self._sources[target] if declaration.search(source)]
        if not sources:
            return f"is of a suite that {target} has not"
        if not any(f"func `{name}`(" in source for source in sources):
            return f"is not in {suite}"
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent, help="folder of the package")
    root = parser.parse_args().root
    tests = Tests(root)
    features = [row for file in sorted(root.glob("Sources/*/*.docc/*.md")) for row in rows(file)]
    problems: list[str] = [] if features else ["no article has a table of features"]
    for row in features:
        place = f"{row.file.relative_to(root)}:{row.line}"
        if not row.tests:
            problems.append(f"{place}: no test is named for '{row.feature}'")
        for reference in row.tests:
            if problem := tests.problem(reference):
                problems.append(f"{place}: the test '{reference}' {problem}")
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"{len(features)} features, each of them with a test: {sum(len(row.tests) for row in features)}")


if __name__ == "__main__":
    main()
