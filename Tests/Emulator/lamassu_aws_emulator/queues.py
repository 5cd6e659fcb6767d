# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""SQS: what AWS refuses before it looks at a queue, and a ledger of what moto then does.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: a message, and all of a batch together,
has at most 1 MiB (256 KiB until August 2025), and a queue may ask for less.
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

MAXIMUM_BATCH = 1_048_576

#: The parameters that are numbers, with what they may be.
_RANGES = {
    "MaxNumberOfMessages": (1, 10), "WaitTimeSeconds": (0, 20), "VisibilityTimeout": (0, 43200), "DelaySeconds": (0, 900),
}

#: What XML 1.0 does not have, and messages therefore neither.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Queues:
    """Answers the calls of SQS, with moto behind it."""

    def __init__(self, ledger: Ledger):
        self._ledger = ledger
        #: Held while queues are made, because moto does not mind calls at the same time.
        self._lock = threading.Lock()

    def answer(self, operation: Operation, claim: Claim) -> Response:
        if form := operation.request.form_items():  # the older of the two protocols that SQS speaks, which our clients do not
            response = moto_services.call(operation.request, claim)
            if (operation.name, response.status) == ("SendMessage", 200):
                message = dict(form)
                self._ledger.record(claim.region, "message-sent", message["QueueUrl"], body=message["MessageBody"])
            return response
        parameters = operation.parameters()
        queue = _queue(parameters, claim.region)
        self._check(operation.name, parameters, queue)
        if operation.name == "CreateQueue":
            with self._lock:
                existed = parameters["QueueName"] in moto_services.backend("sqs", claim.region).queues
                response = moto_services.call(operation.request, claim)
        else:
            existed, response = False, moto_services.call(operation.request, claim)
        if response.status == 200:
            self._record(operation.name, parameters, json.loads(response.body or b"{}"), claim.region, existed)
        return response

    def _check(self, name: str, parameters: dict[str, Any], queue: Any) -> None:
        entries = parameters.get("Entries", [])
        if name.endswith("Batch"):
            batches.check_entries(entries)
        for part in (parameters, *entries):
            for parameter, (low, high) in _RANGES.items():
                if parameter in part and not low <= part[parameter] <= high:
                    raise AWSError(
                        "InvalidParameterValue", f"Value {part[parameter]} for parameter {parameter} is invalid. Reason: Must be between "
                        f"{low} and {high}, if provided.", 400)
        messages = entries if name == "SendMessageBatch" else [parameters] if name == "SendMessage" else []
        for message in messages:
            _check_message(message, queue)
        if name == "SendMessageBatch":
            batches.check_total((_size(message) for message in messages), MAXIMUM_BATCH)

    def _record(self, name: str, parameters: dict[str, Any], answer: dict[str, Any], region: str, existed: bool) -> None:
        match name:
            case "CreateQueue" if not existed:
                self._ledger.record(region, "queue-created", answer["QueueUrl"])
            case "DeleteQueue":
                self._ledger.record(region, "queue-deleted", parameters["QueueUrl"])
            case "SetQueueAttributes":
                self._ledger.record(region, "queue-attributes-set", parameters["QueueUrl"], **parameters["Attributes"])
            case "SendMessage":
                self._ledger.record(region, "message-sent", parameters["QueueUrl"], body=parameters["MessageBody"])
            case "SendMessageBatch":
                sent = {entry["Id"] for entry in answer.get("Successful", [])}
                for entry in parameters["Entries"]:
                    if entry["Id"] in sent:
                        self._ledger.record(region, "message-sent", parameters["QueueUrl"], body=entry["MessageBody"])
            case "DeleteMessage":
                self._ledger.record(region, "message-deleted", parameters["QueueUrl"])
            case "DeleteMessageBatch":
                for _ in answer.get("Successful", []):
                    self._ledger.record(region, "message-deleted", parameters["QueueUrl"])


def _check_message(message: dict[str, Any], queue: Any) -> None:
    if not message.get("MessageBody"):
        raise AWSError("MissingParameter", "The request must contain the parameter MessageBody.", 400)
    if _FORBIDDEN.search(message["MessageBody"]):
        raise AWSError("InvalidMessageContents", "The message contains characters outside the allowed set.")
    if queue is None:
        return
    if _size(message) > int(queue.maximum_message_size):
        raise AWSError(
            "InvalidParameterValue", "One or more parameters are invalid. Reason: Message must be shorter than "
            f"{queue.maximum_message_size} bytes.", 400)
    if queue.fifo_queue and message.get("DelaySeconds"):
        raise AWSError(
            "InvalidParameterValue", f"Value {message['DelaySeconds']} for parameter DelaySeconds is invalid. Reason: The request include "
            "parameter that is not valid for this queue type.", 400)


def _size(message: dict[str, Any]) -> int:
    return batches.size(message["MessageBody"], message.get("MessageAttributes", {}))


def _queue(parameters: dict[str, Any], region: str) -> Any:
    """The queue that a call is about, as moto has it."""
    name = parameters.get("QueueUrl", "").rpartition("/")[2]
    return moto_services.backend("sqs", region).queues.get(name)

