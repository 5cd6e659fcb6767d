# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "check-features.py"

TESTS = """@Suite struct FrameTests {
    @Test(arguments: [1, 2]) func `a frame is read`(size: Int) {}
    @Test func `a|b and a/b are read`() {}
}
"""


class CheckFeaturesTests(unittest.TestCase):
    """Runs the check on a small package with one suite."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("Tests/WireTests/Frames/FrameTests.swift", TESTS)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def check(self, *rows: str) -> subprocess.CompletedProcess[str]:
        table = "\n".join(["# Features", "", "| feature | API | tests |", "| --- | :-: | --- |", *rows, "", "Text `WireTests/No/test`."])
        self.write("Sources/Wire/Wire.docc/Features.md", table)
        return subprocess.run([sys.executable, str(SCRIPT), "--root", str(self.root)], capture_output=True, text=True)

    def test_tests_that_exist_are_counted(self) -> None:
        result = self.check(
            "| Frames | ``Frame`` | `WireTests/FrameTests/a frame is read` |",
            "| Slashes | `Frame.a/b` | `WireTests/FrameTests/a|b and a/b are read`, `WireTests/FrameTests/a frame is read` |",
        )
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("2 features, each of them with a test: 3", result.stdout)

    def test_a_test_that_does_not_exist_is_named_with_its_place(self) -> None:
        result = self.check("| Frames | ``Frame`` | `WireTests/FrameTests/a frame` |")
        self.assertEqual(result.returncode, 1)
        self.assertIn("Sources/Wire/Wire.docc/Features.md:5: the test 'WireTests/FrameTests/a frame' is not in FrameTests", result.stderr)

    def test_a_suite_that_does_not_exist_is_named(self) -> None:
        result = self.check("| Frames | ``Frame`` | `WireTests/FrameTest/a frame is read` |")
        self.assertEqual(result.returncode, 1)
        self.assertIn("is of a suite that WireTests has not", result.stderr)

    def test_a_target_that_does_not_exist_is_named(self) -> None:
        result = self.check("| Frames | ``Frame`` | `OtherTests/FrameTests/a frame is read` |")
        self.assertEqual(result.returncode, 1)
        self.assertIn("without sources in Tests/OtherTests", result.stderr)

    def test_a_row_without_a_test_is_named(self) -> None:
        result = self.check("| Frames | `WireTests/FrameTests/a frame is read` | none yet |")
        self.assertEqual(result.returncode, 1)
        self.assertIn("no test is named for 'Frames'", result.stderr)

    def test_what_is_no_name_of_a_test_is_named(self) -> None:
        result = self.check("| Frames | ``Frame`` | `FrameTests` |")
        self.assertEqual(result.returncode, 1)
        self.assertIn("is no TARGET/SUITE/NAME", result.stderr)

    def test_no_table_at_all_is_an_error(self) -> None:
        result = self.check()
        self.assertEqual(result.returncode, 1)
        self.assertIn("no article has a table of features", result.stderr)

    def test_a_table_of_something_else_is_passed_over(self) -> None:
        self.write("Sources/Wire/Wire.docc/Errors.md", "| error | meaning |\n| --- | --- |\n| `A` | `B` |\n")
        result = self.check("| Frames | ``Frame`` | `WireTests/FrameTests/a frame is read` |")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("1 features", result.stdout)

    def test_a_table_of_any_article_is_checked(self) -> None:
        self.write("Sources/Wire/Wire.docc/Frames.md", "| feature | tests |\n| --- | --- |\n| Frames | `WireTests/FrameTests/a frame` |\n")
        result = self.check("| Frames | ``Frame`` | `WireTests/FrameTests/a frame is read` |")
        self.assertEqual(result.returncode, 1)
        self.assertIn("Frames.md:3", result.stderr)


if __name__ == "__main__":
    unittest.main()
