# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""One invocation of a function in Python, in a process of its own.

What is not emulated: containers and their limits, and the version of Python, for a function runs on the emulator's.
"""

from __future__ import annotations

import base64
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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import principals

#: How long a function may take to load, which does not count as its time; AWS gives it 10 seconds, on a machine of its own.
INITIALISATION_SECONDS = 60

_bootstrap = Path(__file__).with_name("lambda_bootstrap.py")


@dataclass(frozen=True)
class Outcome:
    """What an invocation came to."""

    payload: bytes
    failed: bool
    log: bytes


def run(function: Any, payload: bytes, region: str, endpoint: str, on_piece: Callable[[bytes], None] = lambda piece: None) -> Outcome:
    """Runs a function, as moto has it, to its end.

    What a handler yields, in place of returning it, goes to `on_piece` as it comes; all of it together is the payload of the outcome.
    """
    with tempfile.TemporaryDirectory(prefix="lamassu-function-") as folder:
        zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(folder)
        return _run_in(folder, function, payload, region, endpoint, on_piece)


def _run_in(
    folder: str, function: Any, payload: bytes, region: str, endpoint: str, on_piece: Callable[[bytes], None],
) -> Outcome:
    request_id, pieces = str(uuid.uuid4()), []
    reading, writing = os.pipe()
    with _Lines(reading) as lines, subprocess.Popen(
        [sys.executable, str(_bootstrap), function.handler, str(writing)],
        cwd=folder, env=_environment(folder, function, region, endpoint, request_id), pass_fds=(writing,), process_group=0,
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
            while message is not None and "piece" in message:
                pieces.append(base64.b64decode(message["piece"]))
                on_piece(pieces[-1])
                message = lines.next(max(0, function.timeout - (time.monotonic() - started)))
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            message = _error(request_id, "Sandbox.Timedout", f"Task timed out after {function.timeout:.2f} seconds")
        elapsed = time.monotonic() - started
        status = process.wait()
    if message is None:
        message = _error(request_id, "Runtime.ExitError", f"Runtime exited with error: exit status {status}")
    report = f"END RequestId: {request_id}\nREPORT RequestId: {request_id}\tDuration: {elapsed * 1000:.2f} ms\n"
    output = f"START RequestId: {request_id}\n".encode() + log.collected() + report.encode()
    if "error" in message:
        return Outcome(json.dumps(message["error"]).encode(), True, output)
    if "yielded" in message:
        return Outcome(b"".join(pieces), False, output)
    return Outcome(json.dumps(message["result"]).encode(), False, output)


def _environment(folder: str, function: Any, region: str, endpoint: str, request_id: str) -> dict[str, str]:
    """What a function finds in its environment: the variables of Lambda, the credentials of its role, and its own."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "AWS_ENDPOINT_URL": endpoint,
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
