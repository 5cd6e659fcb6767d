# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The frames of AWS's event streams: application/vnd.amazon.eventstream.

https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html: two lengths and their checksum, headers, payload, checksum of it all.
"""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

CONTENT_TYPE = "application/vnd.amazon.eventstream"

#: The kind of a header whose value is a text.
_TEXT = 7


def event(kind: str, payload: bytes, content_type: str = "application/octet-stream") -> bytes:
    """The frame of an event of this kind."""
    return frame({":message-type": "event", ":event-type": kind, ":content-type": content_type}, payload)


def json_event(kind: str, value: dict[str, Any]) -> bytes:
    """The frame of an event whose payload is a JSON object."""
    return event(kind, json.dumps(value).encode(), "application/json")


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    """A frame with text headers."""
    encoded = b"".join(
        bytes([len(name)]) + name.encode() + bytes([_TEXT]) + struct.pack(">H", len(value.encode())) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack(">II", 16 + len(encoded) + len(payload), len(encoded))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + encoded + payload
    return message + struct.pack(">I", zlib.crc32(message))
