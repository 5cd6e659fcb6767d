# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Records messages of event streams, as a fixture for the tests of AWSRuntime.

    .venv/bin/python Scripts/record-event-streams.py

The bytes are laid out here by the "Amazon event stream specification" of Smithy 2.0, and read again by botocore, which must find
the same headers and payload. Commit what changes.
"""

import json
import pathlib
import struct
import uuid
import zlib
from typing import NamedTuple

import botocore
from botocore.eventstream import EventStreamBuffer

ID = uuid.UUID("01234567-89ab-cdef-0123-456789abcdef")


class Case(NamedTuple):
    name: str
    headers: list[tuple[str, str, object]]
    payload: bytes = b""


CASES = [
    Case("nothing", []),
    Case("a payload alone", [], b'{"foo": "bar"}'),
    Case("an event", [(":message-type", "string", "event"), (":event-type", "string", "PayloadChunk")], bytes(range(256))),
    Case("true", [("a", "bool", True)]),
    Case("false", [("a", "bool", False)]),
    Case("bytes of integers", [("low", "byte", -128), ("high", "byte", 127)]),
    Case("shorts", [("low", "short", -(2**15)), ("high", "short", 2**15 - 1)]),
    Case("integers", [("low", "integer", -(2**31)), ("high", "integer", 2**31 - 1)]),
    Case("longs", [("low", "long", -(2**63)), ("high", "long", 2**63 - 1)]),
    Case("byte arrays", [("empty", "bytes", ""), ("some", "bytes", "00ff80"), ("long", "bytes", "ab" * 300)]),
    Case("texts", [("empty", "string", ""), ("wide", "string", "ü€😀"), ("long", "string", "x" * 300)]),
    Case("moments", [("epoch", "timestamp", 0), ("before", "timestamp", -1), ("now", "timestamp", 1_440_938_160_123)]),
    Case("a UUID", [("id", "uuid", ID.hex)]),
    Case("a name as long as can be", [("n" * 255, "bool", True)]),
    Case("a name twice", [("a", "byte", 1), ("a", "byte", 2)]),
]


def encode_value(kind: str, value: object) -> bytes:
    match kind:
        case "bool":
            return struct.pack("!B", 0 if value else 1)
        case "byte":
            return struct.pack("!Bb", 2, value)
        case "short":
            return struct.pack("!Bh", 3, value)
        case "integer":
            return struct.pack("!Bi", 4, value)
        case "long":
            return struct.pack("!Bq", 5, value)
        case "bytes":
            content = bytes.fromhex(value)
            return struct.pack("!BH", 6, len(content)) + content
        case "string":
            content = value.encode()
            return struct.pack("!BH", 7, len(content)) + content
        case "timestamp":
            return struct.pack("!Bq", 8, value)
        case "uuid":
            return struct.pack("!B", 9) + bytes.fromhex(value)
    raise ValueError(kind)


def encode(case: Case) -> bytes:
    headers = b""
    for name, kind, value in case.headers:
        headers += struct.pack("!B", len(name)) + name.encode() + encode_value(kind, value)
    prelude = struct.pack("!II", 16 + len(headers) + len(case.payload), len(headers))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + case.payload
    return message + struct.pack("!I", zlib.crc32(message))


def check(case: Case, encoded: bytes) -> None:
    """Has botocore read it, which refuses names that stand twice."""
    if len({name for name, _, _ in case.headers}) < len(case.headers):
        return
    buffer = EventStreamBuffer()
    buffer.add_data(encoded)
    (message,) = list(buffer)
    assert message.payload == case.payload, case.name
    expected = {name: bytes.fromhex(value) if kind in ("bytes", "uuid") else value for name, kind, value in case.headers}
    assert message.headers == expected, case.name


def main() -> None:
    rows = []
    for case in CASES:
        encoded = encode(case)
        check(case, encoded)
        headers = [[name, kind, str(value)] for name, kind, value in case.headers]
        rows.append({"name": case.name, "encoded": encoded.hex(), "headers": headers, "payload": case.payload.hex()})
    source = f"laid out by the Amazon event stream specification, read by botocore {botocore.__version__}"
    fixture = pathlib.Path(__file__).parent.parent / "Tests/AWSRuntimeTests/Fixtures/event-streams.json"
    lines = ",\n".join(json.dumps(row) for row in rows)
    fixture.write_text(f'{{"source": {json.dumps(source)},\n"cases": [\n{lines}\n]}}\n')


main()
