# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import importlib
import re
import unittest
from pathlib import Path

from lamassu_aws_emulator import faults, iot, iot_data, iot_jobs_data

_folder = Path(__file__).parent.parent


class ReadmeTests(unittest.TestCase):
    def setUp(self) -> None:
        self.text = (_folder / "README.md").read_text()

    def test_every_operation_of_iot_is_named_with_its_tests(self) -> None:
        named = {
            name for line in self.text.splitlines() if line.startswith("| ") and "`test_" in line
            for name in re.findall(r"\b[A-Z]\w+", line.split("|")[1])
        }
        for operations in (iot.OPERATIONS, iot_data.OPERATIONS, iot_jobs_data.OPERATIONS):
            self.assertEqual(set(operations) - named, set())

    def test_every_test_that_is_named_exists(self) -> None:
        found = re.findall(r"`(test_\w+)\.(\w+)`", self.text)
        self.assertGreater(len(found), 20)
        for module, name in found:
            with self.subTest(f"{module}.{name}"):
                self.assertTrue(hasattr(importlib.import_module(f"tests.{module}"), name))

    def test_every_fault_and_every_change_is_named(self) -> None:
        source = "".join(path.read_text() for path in (_folder / "lamassu_aws_emulator").rglob("*.py"))
        recorded = set(re.findall(r'record\(\s*(?:[\w.]+,\s*)?"([a-z-]+)"', source)) | set(re.findall(r'"(function-[a-z-]+)"', source))
        self.assertGreater(len(recorded), 60)
        named = set(re.findall(r"`([a-z0-9-]+)`", self.text))
        self.assertEqual((recorded | set(faults.KINDS)) - named, set())
