# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Batches of SQS and SNS of which a test lets some entries fail: those are taken out of the call, and told as failed in its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from .messages import Response
from .operations import Operation

_SNS_ENTRY = re.compile(r"PublishBatchRequestEntries\.member\.(\d+)\.(.+)")


def perform(operation: Operation, text: str, is_fault_of_sender: bool, proceed: Callable[[Operation], Response]) -> Response:
    """Answers a call, of whose entries those fail that have this text."""
    if operation.service == "sns":
        return _perform_sns(operation, text, is_fault_of_sender, proceed)
    body = json.loads(operation.request.body)
    kept = [entry for entry in body["Entries"] if text not in json.dumps(entry, ensure_ascii=False)]
    failed = [
        {"Id": entry["Id"], "SenderFault": is_fault_of_sender, "Code": _code(is_fault_of_sender), "Message": "Asked for by a test."}
        for entry in body["Entries"] if entry not in kept
    ]
    answer: dict[str, Any] = {"Successful": []}
    response = Response.json(answer)
    if kept:
        response = proceed(_with_body(operation, json.dumps({**body, "Entries": kept}).encode()))
        if response.status != 200:
            return response
        answer = json.loads(response.body)
    response.body = json.dumps({**answer, "Failed": [*answer.get("Failed", []), *failed]}).encode()
    return response


def _perform_sns(operation: Operation, text: str, is_fault_of_sender: bool, proceed: Callable[[Operation], Response]) -> Response:
    entries: dict[int, dict[str, str]] = {}
    rest: list[tuple[str, str]] = []
    for name, value in operation.request.form_items():
        if match := _SNS_ENTRY.fullmatch(name):
            entries.setdefault(int(match[1]), {})[match[2]] = value
        else:
            rest.append((name, value))
    ordered = [entries[number] for number in sorted(entries)]
    kept = [entry for entry in ordered if not any(text in value for value in entry.values())]
    failed = "".join(
        f"<member><Id>{escape(entry['Id'])}</Id><SenderFault>{str(is_fault_of_sender).lower()}</SenderFault>"
        f"<Code>{_code(is_fault_of_sender)}</Code><Message>Asked for by a test.</Message></member>"
        for entry in ordered if entry not in kept
    )
    if not kept:
        result = f"<PublishBatchResult><Successful/><Failed>{failed}</Failed></PublishBatchResult>"
        return Response(200, [("Content-Type", "text/xml")], f"<PublishBatchResponse>{result}</PublishBatchResponse>".encode())
    form = rest + [
        (f"PublishBatchRequestEntries.member.{number}.{name}", value)
        for number, entry in enumerate(kept, 1) for name, value in entry.items()
    ]
    response = proceed(_with_body(operation, urlencode(form).encode()))
    if response.status == 200:
        body = re.sub(r"<Failed\s*/>|<Failed>\s*</Failed>", "", response.body.decode())
        response.body = body.replace("</Successful>", f"</Successful><Failed>{failed}</Failed>", 1).encode()
    return response


def _with_body(operation: Operation, body: bytes) -> Operation:
    return replace(operation, request=replace(operation.request, body=body))


def _code(is_fault_of_sender: bool) -> str:
    return "InvalidMessageContents" if is_fault_of_sender else "InternalError"
