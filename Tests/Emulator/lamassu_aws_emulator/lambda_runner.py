# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Lambda's Invoke: Python functions really run, in a process of their own.

What is not emulated: containers and their limits; what follows when an asynchronous invocation fails (AWS tries twice more, and then
uses the function's dead-letter queue); the version of Python, for a function runs on the emulator's.
"""

from __future__ import annotations

import base64
import concurrent.futures
import contextlib
import io
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException

from . import moto_services, principals
from .errors import AWSError
from .ledger import Ledger
from .messages import Response
from .operations import Operation

#: How long a function may take to load, which does not count as its time; AWS gives it 10 seconds, on a machine of its own.
INITIALISATION_SECONDS = 60

#: The longest payload of a synchronous invocation.
MAXIMUM_PAYLOAD = 6 * 1024 * 1024

_bootstrap = Path(__file__).with_name("lambda_bootstrap.py")


@dataclass(frozen=True)
class Outcome:
    """What an invocation came to."""

    payload: bytes
    failed: bool
    log: bytes


class LambdaRunner:
    """Runs functions that moto's Lambda has registered."""

    def __init__(self, ledger: Ledger, endpoint: str):
        self._ledger = ledger
        self._endpoint = endpoint
        self._background = ThreadPoolExecutor(max_workers=4, thread_name_prefix="lambda")
        self._asynchronous: set[Future[Outcome]] = set()

    def invoke(self, operation: Operation, region: str) -> Response:
        """Answers a call of Invoke."""
        name, request = operation.labels["FunctionName"], operation.request
        function = self.find(name, region, dict(request.query_items()).get("Qualifier"))
        payload = request.body or b"{}"
        try:
            json.loads(payload)
        except ValueError as error:
            raise AWSError("InvalidRequestContentException", f"Could not parse request body into json: {error}") from None
        if len(payload) > MAXIMUM_PAYLOAD:
            raise AWSError("RequestTooLargeException", f"{len(payload)} byte payload is too large for the RequestResponse invocation type")

        match request.header("X-Amz-Invocation-Type", "RequestResponse"):
            case "DryRun":
                return Response(204)
            case "Event":
                self._run_later(function, payload, region)
                return Response(202)
            case "RequestResponse":
                return self._response(function, self.run(function, payload, region, "RequestResponse"), request.header("X-Amz-Log-Type"))
            case other:
                raise AWSError("InvalidParameterValueException", f"Value '{other}' at 'invocationType' is not known.")

    def invoke_later(self, function: Any, event: dict[str, Any], region: str) -> None:
        """Invokes a function with an event, as another service does: asynchronously."""
        self._run_later(function, json.dumps(event).encode(), region)

    def finish(self) -> None:
        """Returns when no asynchronous invocation is running or waiting to run."""
        concurrent.futures.wait(set(self._asynchronous))

    def _run_later(self, function: Any, payload: bytes, region: str) -> None:
        future = self._background.submit(self.run, function, payload, region, "Event")
        self._asynchronous.add(future)
        future.add_done_callback(self._asynchronous.discard)

    def find(self, name_or_arn: str, region: str, qualifier: str | None = None) -> Any:
        """The function as moto has it."""
        try:
            return moto_services.backend("lambda", region).get_function(name_or_arn, qualifier)
        except UnknownFunctionException as error:
            raise AWSError("ResourceNotFoundException", error.message, Type="User") from None

    def run(self, function: Any, payload: bytes, region: str, invocation_type: str) -> Outcome:
        """Runs a function to its end and records that it ran."""
        if not (function.run_time or "").startswith("python"):
            raise AWSError("InvalidRuntimeException", f"The emulator runs functions in Python only, not {function.run_time}.")
        with tempfile.TemporaryDirectory(prefix="lamassu-function-") as folder:
            zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(folder)
            outcome = self._run_in(folder, function, payload, region)
        self._ledger.record(
            region, "function-invoked", function.function_arn, invocationType=invocation_type, failed=outcome.failed,
            payload=json.loads(payload), result=json.loads(outcome.payload), log=outcome.log.decode("utf-8", "replace"),
        )
        return outcome

    def _response(self, function: Any, outcome: Outcome, log_type: str | None) -> Response:
        headers = [("Content-Type", "application/json"), ("X-Amz-Executed-Version", str(function.version))]
        if outcome.failed:
            headers.append(("X-Amz-Function-Error", "Unhandled"))
        if log_type == "Tail":
            headers.append(("X-Amz-Log-Result", base64.b64encode(outcome.log[-4096:]).decode()))
        return Response(200, headers, outcome.payload)

    def _run_in(self, folder: str, function: Any, payload: bytes, region: str) -> Outcome:
        request_id = str(uuid.uuid4())
        reading, writing = os.pipe()
        with _Lines(reading) as lines, subprocess.Popen(
            [sys.executable, str(_bootstrap), function.handler, str(writing)],
            cwd=folder, env=self._environment(folder, function, region, request_id), pass_fds=(writing,), process_group=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:
            os.close(writing)
            log = _Collector(process.stdout)
            with contextlib.suppress(BrokenPipeError):  # it has ended already, which shows below
                process.stdin.write(payload)
                process.stdin.close()
            started = time.monotonic()
            try:
                message = lines.next(INITIALISATION_SECONDS)
                if message == {"initialised": True}:
                    started = time.monotonic()
                    message = lines.next(function.timeout)
            except TimeoutError:
                os.killpg(process.pid, signal.SIGKILL)
                message = _error(request_id, "Sandbox.Timedout", f"Task timed out after {function.timeout:.2f} seconds")
            elapsed = time.monotonic() - started
            status = process.wait()
        if message is None:
            message = _error(request_id, "Runtime.ExitError", f"Runtime exited with error: exit status {status}")
        report = f"END RequestId: {request_id}\nREPORT RequestId: {request_id}\tDuration: {elapsed * 1000:.2f} ms\n"
        output = f"START RequestId: {request_id}\n".encode() + log.collected() + report.encode()
        failed = "error" in message
        return Outcome(json.dumps(message["error" if failed else "result"]).encode(), failed, output)

    def _environment(self, folder: str, function: Any, region: str, request_id: str) -> dict[str, str]:
        """What a function finds in its environment: the variables of Lambda, the credentials of its role, and its own."""
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            **principals.assume_role(function.role, function.function_name, region),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.function_name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": request_id,
            "LAMBDA_TASK_ROOT": folder,
            "_HANDLER": function.handler,
            "LAMASSU_EMULATOR_REQUEST_ID": request_id,
            "LAMASSU_EMULATOR_FUNCTION_ARN": function.function_arn,
            "LAMASSU_EMULATOR_TIMEOUT": str(function.timeout),
            **{name: str(value) for name, value in (function.environment_vars or {}).items()},
        }


def _error(request_id: str, kind: str, message: str) -> dict[str, Any]:
    """What Lambda reports when a function could not report its error itself."""
    return {"error": {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {message}"}}


class _Collector:
    """Everything that a process prints, read as it comes so that it never waits for a reader."""

    def __init__(self, stream: Any):
        self._bytes = b""
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream: Any) -> None:
        self._bytes = stream.read()

    def collected(self) -> bytes:
        self._thread.join()
        return self._bytes


class _Lines:
    """The lines of JSON that the bootstrap writes into its pipe."""

    def __init__(self, descriptor: int):
        self._file = os.fdopen(descriptor, "rb", buffering=0)
        self._buffer = b""

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def next(self, seconds: float) -> dict[str, Any] | None:
        """The next line, or None at the end of the pipe; raises TimeoutError when the time is over."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            if not select.select([self._file], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError
            chunk = self._file.read(65536)
            if not chunk:
                return None
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return json.loads(line)
