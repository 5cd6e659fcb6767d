#!/usr/bin/python3
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Holds every Swift sample of the documentation against what is compiled: each fenced block in README.md or SECURITY.md, in an
article or in a doc comment must be a run of lines of a file in Snippets, whatever its indentation. `swift build` compiles the snippets."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

_DOC_COMMENT = re.compile(r"^\s*///(?: |$)", re.MULTILINE)
_SAMPLE = re.compile(r"^([ ]*)```swift\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


class Sample(NamedTuple):
    """A fenced block of Swift."""

    file: Path
    line: int
    code: list[str]


def samples(file: Path) -> Iterator[Sample]:
    text = file.read_text()
    if file.suffix == ".swift":
        # As many lines as before, so that the numbers stay right; what is no doc comment is blank.
        text = "\n".join(_DOC_COMMENT.sub("", line) if _DOC_COMMENT.match(line) else "" for line in text.split("\n"))
    for match in _SAMPLE.finditer(text):
        yield Sample(file, text.count("\n", 0, match.start()) + 1, _lines(match[2]))


def is_run(code: list[str], snippet: list[str]) -> bool:
    """Whether the code is a run of the snippet's lines."""
    starts = range(len(snippet) - len(code) + 1)
    return any(_lines("\n".join(snippet[start : start + len(code)])) == code for start in starts)


def _lines(text: str) -> list[str]:
    """The lines without the indentation that all of them have, and without empty lines at their end."""
    return dedent(text).rstrip().split("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent, help="folder of the package")
    root = parser.parse_args().root
    snippets = {path.name: path.read_text().split("\n") for path in sorted((root / "Snippets").glob("*.swift"))}
    files = [root / "README.md", root / "SECURITY.md", *sorted(root.glob("Sources/**/*.md")), *sorted(root.glob("Sources/**/*.swift"))]
    found = [sample for file in files if file.exists() for sample in samples(file)]
    failed = False
    for sample in found:
        if any(is_run(sample.code, snippet) for snippet in snippets.values()):
            continue
        failed = True
        nearest, missing = min(
            ((name, [line for line in sample.code if line.strip() not in map(str.strip, snippet)]) for name, snippet in snippets.items()),
            key=lambda candidate: len(candidate[1]),
        )
        difference = f"which has not: {missing[0].strip()}" if missing else "which has its lines, but not one after the other"
        print(
            f"error: {sample.file.relative_to(root)}:{sample.line}: this sample is in no file of Snippets\n"
            f"       the nearest is {nearest}, {difference}",
            file=sys.stderr,
        )
    if failed:
        sys.exit(1)
    print(f"{len(found)} samples, each of them compiled in one of {len(snippets)} snippets")


if __name__ == "__main__":
    main()
