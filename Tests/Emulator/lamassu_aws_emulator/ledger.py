# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The ledger: every change that took effect, in order, so that a test can ask what really happened."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timezone
from typing import Any


class Ledger:
    """A list of entries that grows at its end. An entry is

        {"sequence": 1, "time": "2026-11-23T10:00:00.000Z", "region": "eu-west-1", "change": "certificate-status-changed",
         "resource": "arn:aws:iot:…", "values": {"previous": "ACTIVE", "status": "REVOKED"}}

    A call that changed nothing (refused, failed by a fault, or repeated without effect) leaves no entry.
    """

    def __init__(self) -> None:
        self._entries: list[dict[str, Any]] = []
        self._changed = threading.Condition()

    def record(self, region: str, change: str, resource: str, **values: Any) -> None:
        """Appends an entry."""
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._changed:
            self._entries.append({
                "sequence": len(self._entries) + 1, "time": now, "region": region, "change": change, "resource": resource,
                "values": values,
            })
            self._changed.notify_all()

    def entries(self, after: int = 0, wait: float = 0) -> list[dict[str, Any]]:
        """The entries behind the one with the number `after`; if there are none, waits for one, up to `wait` seconds."""
        deadline = time.monotonic() + wait
        with self._changed:
            while len(self._entries) <= after and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
            return self._entries[after:]

    def reset(self) -> None:
        with self._changed:
            self._entries = []
