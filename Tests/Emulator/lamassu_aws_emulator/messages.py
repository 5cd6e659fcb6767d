# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The HTTP messages that all parts of the emulator pass to each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, unquote_plus


@dataclass(frozen=True)
class Request:
    """One HTTP request as it was on the wire: nothing is decoded, because the signature covers the bytes."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str, default: str | None = None) -> str | None:
        """The value of a header; the values of one that comes several times, joined by commas."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ",".join(values) if values else default

    def query_items(self) -> list[tuple[str, str]]:
        """The parameters of the query string, decoded, in their order."""
        items = [item.partition("=") for item in self.query.split("&") if item]
        return [(unquote(name), unquote(value)) for name, _, value in items]

    def form_items(self) -> list[tuple[str, str]]:
        """The parameters of a form body (the query protocol of AWS), decoded, in their order."""
        if not (self.header("Content-Type") or "").startswith("application/x-www-form-urlencoded"):
            return []
        items = [item.partition("=") for item in self.body.decode("utf-8", "replace").split("&") if item]
        return [(unquote_plus(name), unquote_plus(value)) for name, _, value in items]


@dataclass
class Response:
    """One HTTP response."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    #: What comes in place of a body whose length is known: each piece goes out as soon as it is there.
    pieces: Iterator[bytes] | None = None
    #: How much of the body is sent before the connection is closed; None for all.
    cut_at: int | None = None
    #: Whether the connection is closed when all is sent, without a word about it.
    closes_silently: bool = False

    def has_header(self, name: str) -> bool:
        return any(key.lower() == name.lower() for key, _ in self.headers)

    @staticmethod
    def json(value: Any, status: int = 200, headers: list[tuple[str, str]] | None = None) -> Response:
        """A response whose body is `value` as JSON."""
        return Response(status, [("Content-Type", "application/json"), *(headers or [])], json.dumps(value).encode())


class ConnectionCut(Exception):
    """Raised to close the connection without an answer."""
