# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "check-layers.py"

TABLE = """
layer 1  above
    Client -> Wire Logging   # a comment
layer 0  below
    Wire ->
toolchain Synchronization
support Foundation
"""


class CheckLayersTests(unittest.TestCase):
    """Runs the check on a small package: Client on layer 1 uses Wire on layer 0 and Logging of another package."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.targets = {
            "Client": {"target_dependencies": ["Wire"], "product_dependencies": ["Logging"], "type": "library"},
            "Wire": {"type": "library"},
            "ClientTests": {"target_dependencies": ["Client", "Wire"], "type": "test"},
        }
        self.sources = {
            "Client": "public import Wire\nimport Synchronization\n@preconcurrency private import struct Logging.Logger\n",
            "Wire": "// import Foundation\nlet text = \"import Foundation\"\n",
            "ClientTests": "import Foundation\n",
        }
        self.table = TABLE

    def check(self) -> tuple[int, str]:
        targets = []
        for name, target in self.targets.items():
            target = {"path": name, **target}
            path = self.root / target["path"]
            path.mkdir(parents=True, exist_ok=True)
            (path / "File.swift").write_text(self.sources[name])
            targets.append({"name": name, "sources": ["File.swift"], "module_type": "SwiftTarget", **target})
        (self.root / "table").write_text(self.table)
        (self.root / "description").write_text(json.dumps({"targets": targets}))
        result = subprocess.run(
            [sys.executable, SCRIPT, "--root", self.root, "--table", self.root / "table", "--description", self.root / "description"],
            capture_output=True, text=True)
        return result.returncode, result.stderr

    def assertFails(self, *messages: str) -> None:
        self.assertEqual(self.check(), (1, "".join(f"error: {message}\n" for message in messages)))

    def test_a_package_as_drawn_passes(self) -> None:
        self.assertEqual(self.check(), (0, ""))

    def test_a_declared_arrow_that_is_not_drawn_fails(self) -> None:
        self.targets["Wire"]["product_dependencies"] = ["Logging"]
        self.assertFails("Wire -> Logging is declared in Package.swift, but not drawn")

    def test_an_import_that_is_not_drawn_fails(self) -> None:
        for line in ("import Foundation", "  @_exported public import Foundation", "#if os(Linux)\nimport Foundation\n#endif"):
            with self.subTest(line):
                self.sources["Wire"] = line
                self.assertFails("Wire -> Foundation is not drawn, but Wire/File.swift imports it")

    def test_only_what_lies_under_tests_imports_what_is_kept_for_it(self) -> None:
        self.table += "TestSupport ->\n"
        self.sources["TestSupport"] = "import Foundation\n"
        self.targets["TestSupport"] = {"type": "library", "path": "Tests/TestSupport"}
        self.assertEqual(self.check(), (0, ""))
        self.targets["TestSupport"]["path"] = "TestSupport"
        self.assertFails("TestSupport -> Foundation is not drawn, but TestSupport/File.swift imports it")

    def test_a_drawn_arrow_that_is_not_there_fails(self) -> None:
        self.targets["Client"]["product_dependencies"] = []
        self.sources["Client"] = "import Wire\n"
        self.assertFails("Client -> Logging is drawn, but not declared in Package.swift")

    def test_a_declared_arrow_that_nothing_imports_fails(self) -> None:
        self.sources["Client"] = "import Wire\n"
        self.assertFails("Client -> Logging is drawn and declared, but no file imports it")

    def test_an_arrow_that_goes_up_fails(self) -> None:
        self.table = TABLE.replace("Wire ->", "Wire -> Client").replace("-> Wire Logging", "-> Logging")
        self.targets["Client"]["target_dependencies"] = []
        self.targets["Wire"]["target_dependencies"] = ["Client"]
        self.sources |= {"Client": "import Logging\n", "Wire": "import Client\n"}
        self.assertFails("Wire -> Client goes up, from layer 0 to layer 1")

    def test_targets_must_be_the_same_on_both_sides(self) -> None:
        self.targets["New"] = {"type": "executable"}
        self.sources["New"] = ""
        self.table += "layer 0\nGone ->\n"
        self.assertFails("New is a target of Package.swift, but not in the table", "Gone is in the table, but no target of Package.swift")

    def test_a_line_that_is_not_understood_fails(self) -> None:
        self.table += "Wire => Client\n"
        code, output = self.check()
        self.assertEqual(code, 1)
        self.assertIn("line 8 of the table is not understood: Wire => Client", output)


if __name__ == "__main__":
    unittest.main()
