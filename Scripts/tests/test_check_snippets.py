# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "check-snippets.py"

SNIPPET = """import Wire

for frame in frames {
    if frame.isLast {
        print(frame)
    }
}
"""


class CheckSnippetsTests(unittest.TestCase):
    """Runs the check on a small package with one snippet."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("Snippets/Frames.swift", SNIPPET)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def check(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, str(SCRIPT), "--root", str(self.root)], capture_output=True, text=True)

    def test_a_run_of_lines_is_found_whatever_its_indentation(self) -> None:
        self.write("README.md", "Text\n\n```swift\nif frame.isLast {\n    print(frame)\n}\n```\n")
        self.write("Sources/Wire/Frame.swift", "    /// ```swift\n    /// print(frame)\n    /// ```\n    struct Frame {}\n")
        result = self.check()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("2 samples", result.stdout)

    def test_a_sample_that_differs_is_named_with_its_place_and_the_difference(self) -> None:
        self.write("Sources/Wire/Wire.docc/Wire.md", "# Wire\n\n```swift\nif frame.isLast {\n    dump(frame)\n}\n```\n")
        result = self.check()
        self.assertEqual(result.returncode, 1)
        self.assertIn("Sources/Wire/Wire.docc/Wire.md:3:", result.stderr)
        self.assertIn("Frames.swift, which has not: dump(frame)", result.stderr)

    def test_a_sample_in_a_doc_comment_is_checked(self) -> None:
        self.write("Sources/Wire/Frame.swift", "let other = 1\n\n/// ```swift\n/// dump(frame)\n/// ```\nstruct Frame {}\n")
        result = self.check()
        self.assertEqual(result.returncode, 1)
        self.assertIn("Sources/Wire/Frame.swift:3:", result.stderr)

    def test_lines_that_do_not_follow_each_other_are_no_run(self) -> None:
        self.write("README.md", "```swift\nimport Wire\nprint(frame)\n```\n")
        result = self.check()
        self.assertEqual(result.returncode, 1)
        self.assertIn("not one after the other", result.stderr)

    def test_code_of_other_languages_is_no_sample(self) -> None:
        self.write("README.md", "```json\n{}\n```\n")
        self.assertEqual(self.check().returncode, 0)


if __name__ == "__main__":
    unittest.main()
