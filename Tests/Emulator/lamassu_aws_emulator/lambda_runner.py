# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Lambda's Invoke and InvokeWithResponseStream: Python functions really run.

What is not emulated: what follows when an asynchronous invocation fails (AWS tries twice more, and then uses the function's dead-letter
queue). AWS streams only from Node.js and from runtimes of one's own; here a Python function streams what it yields.
"""

from __future__ import annotations

import base64
import concurrent.futures
import json
import queue
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException

from . import event_stream, lambda_process, moto_services
from .errors import AWSError
from .lambda_process import Outcome
from .ledger import Ledger
from .messages import Response
from .operations import Operation

#: The longest payload of a synchronous invocation, and of an asynchronous one (256 KiB until October 2025).
MAXIMUM_PAYLOAD = 6 * 1024 * 1024
MAXIMUM_EVENT = 1024 * 1024

#: How much of its log an invocation answers with.
LOG_TAIL = 4096


class LambdaRunner:
    """Runs functions that moto's Lambda has registered."""

    def __init__(self, ledger: Ledger, endpoint: str):
        self._ledger = ledger
        self._endpoint = endpoint
        self._background = ThreadPoolExecutor(max_workers=4, thread_name_prefix="lambda")
        self._asynchronous: set[Future[Any]] = set()

    def invoke(self, operation: Operation, function: Any, region: str) -> Response:
        """Answers a call of Invoke."""
        parameters = operation.parameters()
        kind, payload = parameters.get("InvocationType", "RequestResponse"), _payload(parameters)
        if kind == "Event" and len(payload) > MAXIMUM_EVENT:
            raise AWSError("RequestTooLargeException", f"{len(payload)} byte payload is too large for the Event invocation type")
        if kind == "DryRun":
            return Response(204)
        if kind == "Event":
            self.run_later(lambda: self.run(function, payload, region, "Event"))
            return Response(202)
        outcome = self.run(function, payload, region, "RequestResponse")
        headers = [("Content-Type", "application/json"), ("X-Amz-Executed-Version", str(function.version))]
        if outcome.failed:
            headers.append(("X-Amz-Function-Error", "Unhandled"))
        if parameters.get("LogType") == "Tail":
            headers.append(("X-Amz-Log-Result", _tail(outcome)))
        return Response(200, headers, outcome.payload)

    def invoke_with_response_stream(self, operation: Operation, function: Any, region: str) -> Response:
        """Answers a call of InvokeWithResponseStream: each piece goes out as soon as the function yields it."""
        parameters = operation.parameters()
        payload = _payload(parameters)
        if parameters.get("InvocationType") == "DryRun":
            return Response(204)
        headers = [
            ("Content-Type", event_stream.CONTENT_TYPE),
            ("X-Amz-Executed-Version", str(function.version)),
            ("X-Amzn-Remapped-Content-Type", "application/octet-stream"),
        ]
        frames = self._frames(function, payload, region, with_log=parameters.get("LogType") == "Tail")
        return Response(200, headers, pieces=frames)

    def invoke_later(self, function: Any, event: dict[str, Any], region: str) -> None:
        """Invokes a function with an event, as another service does: asynchronously."""
        self.run_later(lambda: self.run(function, json.dumps(event).encode(), region, "Event"))

    def run_later(self, work: Callable[[], Any]) -> None:
        """Does something in the background, which a reset waits for."""

        def attempt() -> None:
            try:
                work()
            except Exception:  # nobody asks the future for it, and it would be a defect of ours
                traceback.print_exc()

        future = self._background.submit(attempt)
        self._asynchronous.add(future)
        future.add_done_callback(self._asynchronous.discard)

    def finish(self) -> None:
        """Returns when nothing is running or waiting to run in the background."""
        concurrent.futures.wait(set(self._asynchronous))

    def find(self, name_or_arn: str, region: str, qualifier: str | None = None) -> Any:
        """The function as moto has it."""
        try:
            return moto_services.backend("lambda", region).get_function(name_or_arn, qualifier)
        except UnknownFunctionException as error:
            raise AWSError("ResourceNotFoundException", error.message, Type="User") from None

    def run(
        self, function: Any, payload: bytes, region: str, invocation_type: str, on_piece: Callable[[bytes], None] = lambda piece: None,
    ) -> Outcome:
        """Runs a function to its end and records that it ran."""
        if not (function.run_time or "").startswith("python"):
            raise AWSError("InvalidRuntimeException", f"The emulator runs functions in Python only, not {function.run_time}.")
        outcome = lambda_process.run(function, payload, region, self._endpoint, on_piece)
        self._ledger.record(
            region, "function-invoked", function.function_arn, invocationType=invocation_type, failed=outcome.failed,
            payload=json.loads(payload), result=_decoded(outcome.payload), log=outcome.log.decode("utf-8", "replace"),
        )
        return outcome

    def _frames(self, function: Any, payload: bytes, region: str, with_log: bool) -> Iterator[bytes]:
        """The event stream of an invocation."""
        pieces: queue.SimpleQueue[bytes | Outcome | AWSError] = queue.SimpleQueue()

        def work() -> None:
            try:
                pieces.put(self.run(function, payload, region, "ResponseStream", pieces.put))
            except AWSError as error:
                pieces.put(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        is_streamed = False
        while isinstance(piece := pieces.get(), bytes):
            is_streamed = True
            yield event_stream.event("PayloadChunk", piece)
        thread.join()
        complete: dict[str, Any] = {}
        if isinstance(piece, AWSError):
            complete |= {"ErrorCode": piece.code, "ErrorDetails": piece.message}
        else:
            if piece.failed:
                complete |= {"ErrorCode": "Unhandled", "ErrorDetails": piece.payload.decode()}
            elif not is_streamed:
                yield event_stream.event("PayloadChunk", piece.payload)
            if with_log:
                complete["LogResult"] = _tail(piece)
        yield event_stream.json_event("InvokeComplete", complete)


def _payload(parameters: dict[str, Any]) -> bytes:
    payload = parameters.get("Payload") or b"{}"
    try:
        json.loads(payload)
    except ValueError as error:
        raise AWSError("InvalidRequestContentException", f"Could not parse request body into json: {error}") from None
    if len(payload) > MAXIMUM_PAYLOAD:
        raise AWSError("RequestTooLargeException", f"{len(payload)} byte payload is too large for the RequestResponse invocation type")
    return payload


def _decoded(payload: bytes) -> Any:
    """A result as the ledger tells it: as JSON, or as text if it is none."""
    try:
        return json.loads(payload)
    except ValueError:
        return payload.decode("utf-8", "replace")


def _tail(outcome: Outcome) -> str:
    return base64.b64encode(outcome.log[-LOG_TAIL:]).decode()
