# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""EventBridge: PutEvents, the delivery of events to the targets of the rules, and the events that AWS itself emits.

Rules and targets are kept by moto. Delivered is to Lambda functions and SQS queues, from the default bus, whole events only.
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timezone
from typing import Any

from . import moto_services
from .answers import to_json
from .errors import AWSError
from .lambda_runner import LambdaRunner
from .ledger import Ledger
from .messages import Response
from .operations import Operation
from .principals import Principal


#: What CloudTrail does not tell of an answer.
_SECRET = ("keyPair",)


class EventBus:
    """The default event bus of each region."""

    def __init__(self, ledger: Ledger, runner: LambdaRunner):
        self._ledger = ledger
        self._runner = runner

    def put_events(self, operation: Operation, region: str) -> Response:
        """Answers a call of PutEvents."""
        entries = operation.parameters()["Entries"]
        if not 1 <= len(entries) <= 10:
            raise AWSError("ValidationException", "1 validation error detected: Member 'entries' must have length between 1 and 10")
        results = [self._put_entry(entry, region) for entry in entries]
        return Response(
            200, [("Content-Type", "application/x-amz-json-1.1")],
            json.dumps({"FailedEntryCount": sum("ErrorCode" in result for result in results), "Entries": results}).encode(),
        )

    def emit_api_call(self, operation: Operation, principal: Principal, region: str, outcome: dict | AWSError) -> None:
        """Emits the event "AWS API Call via CloudTrail" that follows a call which changes something, also one that was refused.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
        """
        detail: dict[str, Any] = {
            "eventVersion": "1.09",
            "userIdentity": {
                "type": "AssumedRole" if ":assumed-role/" in principal.arn else "IAMUser",
                "arn": principal.arn,
                "accountId": moto_services.ACCOUNT,
                "accessKeyId": principal.access_key_id,
            },
            "eventTime": _now(),
            "eventSource": f"{operation.service}.amazonaws.com",
            "eventName": operation.name,
            "awsRegion": region,
            "sourceIPAddress": "127.0.0.1",
            "userAgent": operation.request.header("User-Agent") or "",
            "requestParameters": _request_parameters(operation),
            "responseElements": None,
            "requestID": str(uuid.uuid4()),
            "eventID": str(uuid.uuid4()),
            "readOnly": False,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": moto_services.ACCOUNT,
            "eventCategory": "Management",
        }
        if isinstance(outcome, AWSError):
            detail |= {"errorCode": outcome.code, "errorMessage": outcome.message}
        else:
            detail["responseElements"] = {name: value for name, value in outcome.items() if name not in _SECRET} or None
        self._deliver(f"aws.{operation.service}", "AWS API Call via CloudTrail", detail, [], region)

    def _put_entry(self, entry: dict[str, Any], region: str) -> dict[str, str]:
        for name in ("Source", "DetailType", "Detail"):
            if not entry.get(name):
                return _refused("InvalidArgument", f"Parameter {name} is not valid. Reason: {name} is a required argument.")
        if entry["Source"].startswith("aws."):
            return _refused("NotAuthorizedForSourceException", "Not authorized for the source.")
        if entry.get("EventBusName", "default") != "default":
            return _refused("ResourceNotFoundException", "The emulator has the default event bus only.")
        try:
            detail = json.loads(entry["Detail"])
        except ValueError:
            detail = None
        if not isinstance(detail, dict):
            return _refused("MalformedDetail", "Detail is malformed.")
        return {"EventId": self._deliver(entry["Source"], entry["DetailType"], detail, entry.get("Resources", []), region)}

    def _deliver(self, source: str, detail_type: str, detail: dict[str, Any], resources: list[str], region: str) -> str:
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": moto_services.ACCOUNT,
            "time": _now(),
            "region": region,
            "resources": resources,
            "detail": detail,
        }
        for rule in moto_services.backend("events", region).describe_event_bus("default").rules.values():
            if rule.state == "ENABLED" and rule.event_pattern.matches_event(event):
                for target in rule.targets:
                    self._send(event, rule, target, region)
        return event["id"]

    def _send(self, event: dict[str, Any], rule: Any, target: dict[str, Any], region: str) -> None:
        """Sends an event to a target, or else to the target's dead-letter queue; AWS tries again for a day before it does that."""
        queue = target.get("DeadLetterConfig", {}).get("Arn")
        if self._accepts(target["Arn"], event, rule, region):
            change, receiver = "event-delivered", target["Arn"]
        elif queue is not None and self._accepts(queue, event, rule, region):
            change, receiver = "event-dead-lettered", queue
        else:
            change, receiver = "event-not-delivered", target["Arn"]
        self._ledger.record(region, change, receiver, rule=rule.name, detailType=event["detail-type"], eventID=event["id"])

    def _accepts(self, receiver: str, event: dict[str, Any], rule: Any, region: str) -> bool:
        """Hands an event over if the receiver is there and its own policy lets EventBridge do that; says whether it did."""
        service, name = receiver.split(":")[2], receiver.rpartition(":")[2]
        match service:
            case "lambda":
                try:
                    function = self._runner.find(receiver, region)
                except AWSError:
                    return False
                if not _allows(function.policy.statements, rule.arn):
                    return False
                self._runner.invoke_later(function, event, region)
                return True
            case "sqs":
                queues = moto_services.backend("sqs", region)
                if name not in queues.queues or not _allows(_queue_statements(queues.get_queue(name)), rule.arn):
                    return False
                queues.send_message(name, json.dumps(event))
                return True
            case _:
                return False


def _request_parameters(operation: Operation) -> dict[str, Any] | None:
    shape = operation.model.input_shape
    return (to_json(operation.parameters(), shape) if shape else None) or None


def _refused(code: str, message: str) -> dict[str, str]:
    return {"ErrorCode": code, "ErrorMessage": message}


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _queue_statements(queue: Any) -> list[dict[str, Any]]:
    return json.loads(queue.policy)["Statement"] if queue.policy else []


def _allows(statements: list[dict[str, Any]], rule_arn: str) -> bool:
    """Whether a resource policy lets EventBridge in for this rule."""
    for statement in statements:
        principal = statement.get("Principal")
        services = principal.get("Service") if isinstance(principal, dict) else principal
        if statement.get("Effect") != "Allow" or "events.amazonaws.com" not in (services if isinstance(services, list) else [services]):
            continue
        sources = [
            pattern
            for operator, keys in statement.get("Condition", {}).items() if operator in ("ArnLike", "ArnEquals", "StringEquals")
            for key, pattern in keys.items() if key.lower() == "aws:sourcearn"
        ]
        if all(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), rule_arn) for pattern in sources):
            return True
    return False
