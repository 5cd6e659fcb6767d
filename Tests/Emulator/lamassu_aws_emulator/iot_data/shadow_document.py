# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The document of a device shadow: how an update is read, merged and measured, and how the delta and the metadata follow from it.

https://docs.aws.amazon.com/iot/latest/developerguide/device-shadow-document.html; the messages of the errors are those of
https://docs.aws.amazon.com/iot/latest/developerguide/device-shadow-error-messages.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..errors import AWSError

#: The length of a document in bytes, and its depth, counted from the members of `state` on.
MAXIMUM_LENGTH = 8192
MAXIMUM_DEPTH = 6

#: The bytes of a client token.
MAXIMUM_CLIENT_TOKEN = 64

SECTIONS = ("desired", "reported")


@dataclass(frozen=True)
class Update:
    """An update of a shadow, well formed."""

    state: dict[str, dict[str, Any] | None]
    version: int | None
    client_token: str | None


def read_update(payload: bytes) -> Update:
    """The update in the body of a request; what the Device Shadow service refuses, is refused with its message."""
    if len(payload) > MAXIMUM_LENGTH:
        raise too_large()
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        raise AWSError(
            "UnsupportedDocumentEncodingException", "Unsupported documented encoding; supported encoding is UTF-8") from None
    try:
        document = json.loads(text)
    except ValueError:
        raise _refused("Invalid JSON") from None
    if not isinstance(document, dict) or "state" not in document:
        raise _refused("Missing required node: state")
    state, version, token = document["state"], document.get("version"), document.get("clientToken")
    if not isinstance(state, dict):
        raise _refused("State node must be an object")
    for name, section in state.items():
        if name not in SECTIONS:
            raise _refused("State contains an invalid node")
        if section is not None and not isinstance(section, dict):
            raise _refused(f"{name.capitalize()} node must be an object")
        if _depth(section) > MAXIMUM_DEPTH:
            raise _refused(f"JSON contains too many levels of nesting; maximum is {MAXIMUM_DEPTH}")
    if version is not None and (not isinstance(version, int) or isinstance(version, bool) or version < 0):
        raise _refused("Invalid version")
    if token is not None and (not isinstance(token, str) or len(token.encode()) > MAXIMUM_CLIENT_TOKEN):
        raise _refused("Invalid clientToken")
    return Update(state, version, token)


def merge(present: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """What is there with a change: objects are merged, other values replaced, and null removes."""
    merged = dict(present)
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            below = merged.get(key)
            merged[key] = merge(below if isinstance(below, dict) else {}, value)
        else:
            merged[key] = value
    return merged


def merge_metadata(present: dict[str, Any], change: dict[str, Any], timestamp: int) -> dict[str, Any]:
    """The times of the values after a change of them."""
    merged = dict(present)
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            below = merged.get(key)
            # The metadata of a value has a time; that of an object has its members.
            is_object = isinstance(below, dict) and not isinstance(below.get("timestamp"), int)
            merged[key] = merge_metadata(below if is_object else {}, value, timestamp)
        else:
            merged[key] = metadata(value, timestamp)
    return merged


def metadata(value: Any, timestamp: int) -> Any:
    """The times of a value that was just set."""
    if isinstance(value, dict):
        return {key: metadata(item, timestamp) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [metadata(item, timestamp) for item in value]
    return {"timestamp": timestamp}


def delta(desired: dict[str, Any], reported: dict[str, Any]) -> dict[str, Any]:
    """What is desired and not reported so: of objects the members that differ, of other values the whole."""
    difference: dict[str, Any] = {}
    for key, value in desired.items():
        present = reported.get(key)
        if isinstance(value, dict) and isinstance(present, dict):
            if below := delta(value, present):
                difference[key] = below
        elif key not in reported or type(value) is not type(present) or value != present:
            difference[key] = value
    return difference


def too_large() -> AWSError:
    return AWSError("RequestEntityTooLargeException", "The payload exceeds the maximum size allowed")


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max((_depth(item) for item in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((_depth(item) for item in value), default=0)
    return 0


def _refused(message: str) -> AWSError:
    return AWSError("InvalidRequestException", message)
