#!/usr/bin/python3
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Holds the package against its table of arrows, Scripts/layers.txt: what Package.swift declares, and what the sources import."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?(\w+)",
    re.MULTILINE,
)


@dataclass
class Table:
    """The table of arrows."""

    layers: dict[str, int] = field(default_factory=dict)
    arrows: dict[str, set[str]] = field(default_factory=dict)
    toolchain: set[str] = field(default_factory=set)
    support: set[str] = field(default_factory=set)

    @staticmethod
    def parse(text: str) -> Table:
        table = Table()
        layer = None
        for number, line in enumerate(text.splitlines(), start=1):
            words = line.partition("#")[0].split()
            match words:
                case []:
                    pass
                case ["layer", digits, *_] if digits.isdigit():
                    layer = int(digits)
                case ["toolchain", *modules]:
                    table.toolchain.update(modules)
                case ["support", *modules]:
                    table.support.update(modules)
                case [target, "->", *uses] if layer is not None and target not in table.arrows:
                    table.layers[target] = layer
                    table.arrows[target] = set(uses)
                case _:
                    raise SystemExit(f"error: line {number} of the table is not understood: {line}")
        return table


def violations(table: Table, package: dict, root: Path) -> Iterator[str]:
    """Everything in which the package and the table differ, one sentence each."""
    targets = {target["name"]: target for target in package["targets"] if target["type"] not in ("test", "snippet")}
    for name in sorted(targets.keys() - table.arrows.keys()):
        yield f"{name} is a target of Package.swift, but not in the table"
    for name in sorted(table.arrows.keys() - targets.keys()):
        yield f"{name} is in the table, but no target of Package.swift"

    for name in sorted(targets.keys() & table.arrows.keys()):
        drawn, target = table.arrows[name], targets[name]
        declared = {*target.get("target_dependencies", []), *target.get("product_dependencies", [])}
        for used in sorted(declared - drawn):
            yield f"{name} -> {used} is declared in Package.swift, but not drawn"
        for used in sorted(drawn - declared):
            yield f"{name} -> {used} is drawn, but not declared in Package.swift"
        for used in sorted(drawn):
            if table.layers.get(used, 0) > table.layers[name]:
                yield f"{name} -> {used} goes up, from layer {table.layers[name]} to layer {table.layers[used]}"

        imported = _imports(target, root)
        support = table.support if target["path"].startswith("Tests/") else set()
        for used in sorted(imported.keys() - drawn - table.toolchain - support):
            yield f"{name} -> {used} is not drawn, but {imported[used]} imports it"
        if target["module_type"] == "SwiftTarget":
            for used in sorted((drawn & declared) - imported.keys()):
                yield f"{name} -> {used} is drawn and declared, but no file imports it"


def _imports(target: dict, root: Path) -> dict[str, Path]:
    """The modules that the Swift files of a target import, each with one of the files."""
    imported: dict[str, Path] = {}
    for source in target["sources"]:
        if source.endswith(".swift"):
            path = Path(target["path"]) / source
            for module in _IMPORT.findall((root / path).read_text()):
                imported.setdefault(module, path)
    return imported


def main() -> None:
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=root, help="folder of the package")
    parser.add_argument("--table", type=Path, default=root / "Scripts/layers.txt", help="the table of arrows")
    parser.add_argument("--description", type=Path, help="what `swift package describe --type json` prints; without it, asks that")
    arguments = parser.parse_args()

    if arguments.description:
        description = arguments.description.read_text()
    else:
        command = ["swift", "package", "--package-path", str(arguments.root), "describe", "--type", "json"]
        description = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    table = Table.parse(arguments.table.read_text())
    found = list(violations(table, json.loads(description), arguments.root))
    for violation in found:
        print(f"error: {violation}", file=sys.stderr)
    if found:
        sys.exit(1)
    print(f"{len(table.arrows)} targets, {sum(map(len, table.arrows.values()))} arrows: all drawn, declared and used")


if __name__ == "__main__":
    main()
