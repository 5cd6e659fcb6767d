# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""SNS: what AWS refuses before it looks at a topic, and a ledger of what moto then does.

https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html: a message, and all of a batch together, has at most 256 KiB.
"""

from __future__ import annotations

import json
import re
import threading
from typing import Any

from . import batches, moto_services
from .errors import AWSError
from .ledger import Ledger
from .messages import Response
from .operations import Operation
from .signature import Claim

MAXIMUM_SIZE = 262_144
MAXIMUM_SUBJECT = 100


class Topics:
    """Answers the calls of SNS, with moto behind it."""

    def __init__(self, ledger: Ledger):
        self._ledger = ledger
        #: Held by all calls, because moto does not mind calls at the same time.
        self._lock = threading.Lock()

    def answer(self, operation: Operation, claim: Claim) -> Response:
        parameters = operation.parameters()
        match operation.name:
            case "Publish":
                if sum(name in parameters for name in ("TopicArn", "TargetArn", "PhoneNumber")) != 1:
                    raise _invalid("TopicArn, TargetArn or PhoneNumber", "exactly one of them is needed")
                _check_message(parameters, parameters.get("TopicArn", ""))
                if _size(parameters) > MAXIMUM_SIZE:
                    raise _invalid("Message", "Message too long")
            case "PublishBatch":
                entries = parameters["PublishBatchRequestEntries"]
                batches.check_entries(entries, "Exception")
                for entry in entries:
                    _check_message(entry, parameters["TopicArn"])
                batches.check_total((_size(entry) for entry in entries), MAXIMUM_SIZE, "Exception")
        with self._lock:
            topics = moto_services.backend("sns", claim.region).topics
            before = set(topics)
            response = moto_services.call(operation.request, claim)
            if response.status == 200:
                self._record(operation.name, parameters, response, claim.region, set(topics) - before)
        return response

    def _record(self, name: str, parameters: dict[str, Any], response: Response, region: str, added: set[str]) -> None:
        match name:
            case "CreateTopic":
                for arn in added:
                    self._ledger.record(region, "topic-created", arn)
            case "DeleteTopic":
                self._ledger.record(region, "topic-deleted", parameters["TopicArn"])
            case "Subscribe":
                self._ledger.record(
                    region, "topic-subscribed", parameters["TopicArn"], protocol=parameters["Protocol"],
                    endpoint=parameters.get("Endpoint"))
            case "Publish":
                target = parameters.get("TopicArn") or parameters.get("TargetArn") or parameters["PhoneNumber"]
                self._ledger.record(region, "message-published", target, message=parameters["Message"])
            case "PublishBatch":
                sent = set(re.findall(rb"<Id>([^<]+)</Id>\s*<MessageId>|<MessageId>[^<]+</MessageId>\s*<Id>([^<]+)</Id>", response.body))
                names = {(first or second).decode() for first, second in sent}
                for entry in parameters["PublishBatchRequestEntries"]:
                    if entry["Id"] in names:
                        self._ledger.record(region, "message-published", parameters["TopicArn"], message=entry["Message"])


def _check_message(message: dict[str, Any], topic: str) -> None:
    if not message["Message"]:
        raise _invalid("Message", "Empty message")
    if len(message.get("Subject", "")) > MAXIMUM_SUBJECT or "\n" in message.get("Subject", ""):
        raise _invalid("Subject", "it is longer than 100 characters or has a line break")
    if message.get("MessageStructure") == "json":
        try:
            has_default = isinstance(json.loads(message["Message"]).get("default"), str)
        except (AttributeError, ValueError):
            raise _invalid("Message Structure", "JSON message body failed to parse") from None
        if not has_default:
            raise _invalid("Message Structure", "No default entry in JSON message body")
    if topic.endswith(".fifo") and "MessageGroupId" not in message:
        raise _invalid("MessageGroupId", "The MessageGroupId parameter is required for FIFO topics")


def _size(message: dict[str, Any]) -> int:
    return batches.size(message["Message"], message.get("MessageAttributes", {}))


def _invalid(parameter: str, reason: str) -> AWSError:
    return AWSError("InvalidParameterException", f"Invalid parameter: {parameter} Reason: {reason}")
