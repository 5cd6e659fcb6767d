# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""What SQS and SNS ask of a batch and of a message, which they ask alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from .errors import AWSError

MAXIMUM_ENTRIES = 10


def check_entries(entries: list[dict[str, Any]], suffix: str = "") -> None:
    """Refuses a batch without entries, with too many, with an id twice or with one that is malformed.

    `suffix` ends the names of the errors in the model of the service.
    """
    if not entries:
        raise AWSError(f"EmptyBatchRequest{suffix}", "The batch request doesn't contain any entries.")
    if len(entries) > MAXIMUM_ENTRIES:
        raise AWSError(
            f"TooManyEntriesInBatchRequest{suffix}", f"Maximum number of entries per request are {MAXIMUM_ENTRIES}. "
            f"You have sent {len(entries)}.")
    for entry in entries:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", entry["Id"]):
            raise AWSError(
                f"InvalidBatchEntryId{suffix}", "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
                "It can be at most 80 letters long.")
    repeated = [name for name, number in Counter(entry["Id"] for entry in entries).items() if number > 1]
    if repeated:
        raise AWSError(f"BatchEntryIdsNotDistinct{suffix}", f"Id {repeated[0]} repeated.")


def check_total(sizes: Iterable[int], maximum: int, suffix: str = "") -> None:
    """Refuses a batch whose messages are together longer than that."""
    total = sum(sizes)
    if total > maximum:
        raise AWSError(
            f"BatchRequestTooLong{suffix}", f"Batch requests cannot be longer than {maximum} bytes. You have sent {total} bytes.")


def size(body: str, attributes: dict[str, Any]) -> int:
    """The bytes of a message, with the names, types and values of its attributes."""
    return len(body.encode()) + sum(
        len(name.encode()) + len(attribute.get("DataType", "").encode()) + len(attribute.get("StringValue", "").encode())
        + len(attribute.get("BinaryValue", b""))
        for name, attribute in attributes.items()
    )
