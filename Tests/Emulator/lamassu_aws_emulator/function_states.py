# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The states that a function and its last update go through, which moto skips."""

from __future__ import annotations

import time

#: How long a change is in progress if nobody looks at the function.
MAXIMUM_SECONDS = 1.0


class FunctionStates:
    """What is in progress, by the ARN of the function or version: until it has been looked at once, or for a second."""

    def __init__(self) -> None:
        self._creations: dict[str, float] = {}
        self._updates: dict[str, float] = {}
        #: The functions whose last update failed.
        self._failures: set[str] = set()

    def reset(self) -> None:
        self._creations.clear()
        self._updates.clear()
        self._failures.clear()

    def created(self, arn: str) -> None:
        self._creations[arn] = time.monotonic()

    def updated(self, arn: str, fails: bool = False) -> None:
        self._updates[arn] = time.monotonic()
        self._failures.discard(arn)
        if fails:
            self._failures.add(arn)

    def is_pending(self, arn: str) -> bool:
        """Whether it can't be invoked yet."""
        return _is_recent(self._creations, arn)

    def is_in_progress(self, arn: str) -> bool:
        """Whether it can't be changed yet."""
        return self.is_pending(arn) or _is_recent(self._updates, arn)

    def description(self, arn: str, looked_at: bool) -> dict[str, str]:
        """The members of its configuration that tell; when they are looked at, what is in progress ends."""
        answer = {"State": "Active", "LastUpdateStatus": "Successful"}
        if self.is_pending(arn):
            answer = {
                "State": "Pending", "StateReason": "The function is being created.", "StateReasonCode": "Creating",
                "LastUpdateStatus": "InProgress",
            }
        elif _is_recent(self._updates, arn):
            answer |= {
                "LastUpdateStatus": "InProgress", "LastUpdateStatusReason": "The function is being created.",
                "LastUpdateStatusReasonCode": "Creating",
            }
        elif arn in self._failures:
            answer |= {
                "LastUpdateStatus": "Failed", "LastUpdateStatusReason": "The update has failed (asked for by a test).",
                "LastUpdateStatusReasonCode": "InternalError",
            }
        if looked_at:
            self._creations.pop(arn, None)
            self._updates.pop(arn, None)
        return answer


def _is_recent(changes: dict[str, float], arn: str) -> bool:
    return arn in changes and time.monotonic() - changes[arn] < MAXIMUM_SECONDS
