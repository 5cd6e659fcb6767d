# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Faults that a test asks for: what a client meets when AWS, or the way to it, fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from . import partial_failures
from .errors import AWSError, error_response
from .messages import ConnectionCut, Response
from .operations import Operation

#: What each fault does.
KINDS = {
    "403": "AccessDeniedException",
    "429": "ThrottlingException",
    "500": "InternalFailureException in the form of the service",
    "500-html": "status 500 with a page of HTML, as a proxy in between gives",
    "503": "ServiceUnavailableException",
    "throttling": "the error of the service for too many calls, with the status that its model gives it",
    "conflict": "the error of the service for a change during another change of the same",
    "empty": "status 200 with an empty body, and nothing done",
    "delay": "the answer comes after `seconds`",
    "cut": "the connection is closed without an answer, and nothing done",
    "cut-after": "all is done, and the connection is closed without an answer",
    "cut-body": "all is done, and the connection is closed in the middle of the answer",
    "500-after": "all is done, and the answer is InternalFailureException all the same",
    "partial": "of a batch of SQS or SNS, the entries that have the text `containing` fail; the rest is done",
    "fail-later": "the update of a function is begun and answered; then it fails, and nothing is done",
    "close-after": "all is done and answered, and the connection is then closed without a word",
}

#: The operations that can fail in part.
BATCHES = ("SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch", "PublishBatch")

#: The operations that begin what can fail later.
UPDATES = ("UpdateFunctionCode", "UpdateFunctionConfiguration")

#: What the services call too many calls.
_THROTTLING = {"lambda": "TooManyRequestsException", "sqs": "RequestThrottled", "sns": "ThrottledException"}

#: What the services call a change during another change of the same.
_CONFLICTS = {"iot": "ConflictingResourceUpdateException", "iotdata": "ConflictException", "lambda": "ResourceConflictException"}


@dataclass
class Fault:
    """A fault for the next calls of an operation."""

    service: str
    fault: str
    #: The operation; `*` for all of the service.
    operation: str = "*"
    #: How many calls are still to fail.
    times: int = 1
    #: How many calls that it concerns go well before that: with 2, the third call is the first to fail.
    after: int = 0
    #: Only calls count whose path, query or body has this text.
    containing: str = ""
    #: For `delay`.
    seconds: float = 0
    #: For `partial`: whether it was the sender's fault, so that sending again is of no use.
    senderFault: bool = False

    def concerns(self, operation: Operation) -> bool:
        request = operation.request
        return (
            self.service == operation.service
            and self.operation in ("*", operation.name)
            and self.containing in f"{request.path}?{request.query}\n{request.body.decode('utf-8', 'replace')}"
        )


class Faults:
    """The faults that are still to happen, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, description: dict[str, Any]) -> None:
        """Adds a fault as a test describes it in JSON; raises ValueError or TypeError if that is not understood."""
        fault = Fault(**description)
        if fault.fault == "partial" and fault.operation not in BATCHES:
            raise ValueError(f"only these operations can fail in part: {', '.join(BATCHES)}")
        if fault.fault == "fail-later" and fault.operation not in UPDATES:
            raise ValueError(f"only these operations can fail later: {', '.join(UPDATES)}")
        if fault.fault == "conflict" and fault.service not in _CONFLICTS:
            raise ValueError(f"only these services know of conflicts: {', '.join(_CONFLICTS)}")
        if fault.fault not in KINDS:
            raise ValueError(f"unknown fault '{fault.fault}'; known are {', '.join(KINDS)}")
        with self._lock:
            self._faults.append(fault)

    def pending(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults if fault.times > 0]

    def reset(self) -> None:
        with self._lock:
            self._faults = []

    def perform(self, operation: Operation, proceed: Callable[[Operation], Response]) -> Response:
        """Answers a call: with the next fault that concerns it, or with what `proceed` answers."""
        fault = self._next(operation)
        match fault.fault if fault else None:
            case None:
                return proceed(operation)
            case "delay":
                time.sleep(fault.seconds)
                return proceed(operation)
            case "cut":
                raise ConnectionCut
            case "cut-after":
                proceed(operation)
                raise ConnectionCut
            case "cut-body":
                response = proceed(operation)
                if not response.body and response.pieces is None:
                    raise ConnectionCut
                response.cut_at = len(response.body) // 2
                return response
            case "partial":
                return partial_failures.perform(operation, fault.containing, fault.senderFault, proceed)
            case "fail-later":
                return proceed(replace(operation, fails_later=True))
            case "close-after":
                response = proceed(operation)
                response.closes_silently = True
                return response
            case "500-after":
                proceed(operation)
                return error_response(_errors["500"], operation.model.service_model)
            case "throttling":
                name = _THROTTLING.get(operation.service, "ThrottlingException")
                return error_response(AWSError(name, "Rate exceeded (asked for by a test)."), operation.model.service_model)
            case "conflict":
                error = AWSError(_CONFLICTS[operation.service], "Another change is in progress (asked for by a test).")
                return error_response(error, operation.model.service_model)
            case "empty":
                return Response(200)
            case "500-html":
                page = b"<!DOCTYPE html><html><body><h1>500 Internal Server Error</h1></body></html>"
                return Response(500, [("Content-Type", "text/html")], page)
            case kind:
                return error_response(_errors[kind], operation.model.service_model)

    def _next(self, operation: Operation) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fault.concerns(operation):
                    if fault.after > 0:
                        fault.after -= 1
                    else:
                        fault.times -= 1
                        return fault
        return None


_errors = {
    "403": AWSError("AccessDeniedException", "User is not authorized to perform this action (asked for by a test).", 403),
    "429": AWSError("ThrottlingException", "Rate exceeded (asked for by a test).", 429),
    "500": AWSError("InternalFailureException", "An unexpected error has occurred (asked for by a test).", 500),
    "503": AWSError("ServiceUnavailableException", "The service is temporarily unavailable (asked for by a test).", 503),
}
