# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Event source mappings from SQS queues to functions: their states, and the delivery.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html. A mapping shows itself in progress once. A batch that failed comes back when its
visibility timeout is over, and is tried again with the next message that is sent.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from . import moto_services, queue_storage
from .errors import AWSError
from .lambda_runner import LambdaRunner
from .ledger import Ledger
from .messages import Response
from .operations import Operation
from .signature import Claim


class EventSources:
    """Answers the calls for event source mappings, with moto behind it, and delivers to the functions."""

    def __init__(self, ledger: Ledger, runner: LambdaRunner):
        self._ledger = ledger
        self._runner = runner
        #: What mappings show once, by their ids.
        self._in_progress: dict[str, str] = {}
        queue_storage.on_message(self._message_arrived)

    def reset(self) -> None:
        self._in_progress.clear()

    def answer(self, operation: Operation, parameters: dict[str, Any], claim: Claim) -> Response:
        region, backend = claim.region, moto_services.backend("lambda", claim.region)
        present = backend.get_event_source_mapping(parameters.get("UUID", ""))
        if "UUID" in parameters and present is None:
            raise AWSError("ResourceNotFoundException", "The resource you requested does not exist.", Type="User")
        if present is not None and operation.name != "GetEventSourceMapping" and self._in_progress.get(present.uuid):
            raise AWSError("ResourceInUseException", "Cannot update the event source mapping because it is in use.", Type="User")
        if operation.name == "CreateEventSourceMapping":
            self._check_new(parameters, region)
        before = present.get_configuration() if present is not None else {}
        response = moto_services.call(operation.request, claim)
        if response.status >= 300:
            return response
        body = json.loads(response.body)
        match operation.name:
            case "CreateEventSourceMapping":
                response.status = 202
                self._begin(body, "Creating", "event-source-mapping-created", region)
                self._deliver_later(backend.get_event_source_mapping(body["UUID"]), region)
            case "UpdateEventSourceMapping":
                response.status = 202
                if {**body, "LastModified": 0} != {**before, "LastModified": 0}:
                    self._begin(body, "Updating", "event-source-mapping-updated", region)
            case "DeleteEventSourceMapping":
                response.status, body["State"] = 202, "Deleting"
                self._forget(present, region)
                self._ledger.record(region, "event-source-mapping-deleted", present.arn)
            case "GetEventSourceMapping" if state := self._in_progress.pop(body["UUID"], None):
                body["State"] = state
        response.body = json.dumps(body).encode()
        return response

    def _check_new(self, parameters: dict[str, Any], region: str) -> None:
        source = parameters.get("EventSourceArn", "")
        function = self._runner.find(parameters["FunctionName"], region)
        if not source.startswith("arn:aws:sqs:"):
            raise AWSError("InvalidParameterValueException", "The emulator has event sources of SQS only.", Type="User")
        name = source.rpartition(":")[2]
        if name not in moto_services.backend("sqs", region).queues:
            raise AWSError("InvalidParameterValueException", f"Error occurred while ReceiveMessage. SQS Error Code: "
                           f"AWS.SimpleQueueService.NonExistentQueue. The queue {name} does not exist.", Type="User")
        size = parameters.get("BatchSize", 10)
        if size > 10 and (name.endswith(".fifo") or not parameters.get("MaximumBatchingWindowInSeconds")):
            raise AWSError(
                "InvalidParameterValueException",
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10, and a FIFO queue has "
                "at most 10.", Type="User")
        for mapping in _mappings(region):
            if (mapping.event_source_arn, mapping.function_arn) == (source, function.function_arn):
                raise AWSError(
                    "ResourceConflictException",
                    f'The event source arn (" {source} ") and function (" {function.function_name} ") provided mapping already exists. '
                    f"Please update or delete the existing mapping with UUID {mapping.uuid}", Type="User")

    def _begin(self, body: dict[str, Any], state: str, change: str, region: str) -> None:
        """Lets a mapping show itself in progress once."""
        self._in_progress[body["UUID"]] = body["State"] = state
        self._ledger.record(region, change, body["FunctionArn"], uuid=body["UUID"], source=body["EventSourceArn"])

    def _forget(self, mapping: Any, region: str) -> None:
        queue = moto_services.backend("sqs", region).queues.get(mapping.event_source_arn.rpartition(":")[2])
        if queue is not None:
            queue.lambda_event_source_mappings.pop(mapping.function_arn, None)

    def _message_arrived(self, queue: Any) -> None:
        for mapping in _mappings(queue.region):
            if mapping.enabled and mapping.event_source_arn == queue.queue_arn:
                self._deliver_later(mapping, queue.region)

    def _deliver_later(self, mapping: Any, region: str) -> None:
        self._runner.run_later(lambda: self._deliver(mapping, region))

    def _deliver(self, mapping: Any, region: str) -> None:
        """Invokes the function with a batch of what is in the queue, and deletes what it dealt with."""
        queues, name = moto_services.backend("sqs", region), mapping.event_source_arn.rpartition(":")[2]
        if name not in queues.queues:
            return
        queue = queues.queues[name]
        messages = queues.receive_message(name, min(mapping.batch_size, 10), 0, int(queue.visibility_timeout), ["All"])
        if not messages:
            return
        function = self._runner.find(mapping.function_arn, region)
        event = {"Records": [_record(message, mapping.event_source_arn, region) for message in messages]}
        outcome = self._runner.run(function, json.dumps(event).encode(), region, "EventSourceMapping")
        if outcome.failed:
            return
        result = json.loads(outcome.payload)
        failures = result.get("batchItemFailures", []) if isinstance(result, dict) else []
        failed = {failure["itemIdentifier"] for failure in failures}
        for message in messages:
            if message.id not in failed:
                queue.delete_message(message.receipt_handle)
        self._deliver_later(mapping, region)


def _mappings(region: str) -> list[Any]:
    return list(moto_services.backend("lambda", region)._event_source_mappings.values())


def _record(message: Any, source: str, region: str) -> dict[str, Any]:
    """A message as a function gets it."""
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
        "SenderId": str(uuid.UUID(int=0)),
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
    }
    if message.group_id:
        attributes |= {"MessageGroupId": message.group_id, "SequenceNumber": str(message.sequence_number)}
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": attributes,
        "messageAttributes": {},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": source,
        "awsRegion": region,
    }
