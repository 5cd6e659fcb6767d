# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""What runs inside the process of a Lambda function: loads its handler, calls it once, and reports the result.

    lambda_bootstrap.py HANDLER DESCRIPTOR      event on the standard input; one line of JSON per step on DESCRIPTOR

It uses nothing of the emulator, and only what a function may see.
"""

import base64
import importlib
import inspect
import json
import os
import sys
import time
import traceback


class Context:
    """The second argument of a handler."""

    def __init__(self):
        self.aws_request_id = os.environ.pop("LAMASSU_EMULATOR_REQUEST_ID")
        self.invoked_function_arn = os.environ.pop("LAMASSU_EMULATOR_FUNCTION_ARN")
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.client_context = None
        self.identity = None
        self._timeout = float(os.environ.pop("LAMASSU_EMULATOR_TIMEOUT"))
        self._started = time.monotonic()

    def start(self):
        self._started = time.monotonic()

    def get_remaining_time_in_millis(self):
        return max(0, int((self._timeout - (time.monotonic() - self._started)) * 1000))


def main(handler, descriptor):
    event = json.load(sys.stdin)
    context = Context()
    with os.fdopen(descriptor, "w") as report:

        def say(message):
            print(json.dumps(message), file=report, flush=True)

        try:
            sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
            module, _, name = handler.rpartition(".")
            function = getattr(importlib.import_module(module.replace("/", ".")), name)
            say({"initialised": True})
            context.start()
            result = function(event, context)
            if inspect.isgenerator(result):
                for piece in result:
                    say({"piece": base64.b64encode(piece.encode() if isinstance(piece, str) else piece).decode()})
                say({"yielded": True})
            else:
                say({"result": result})
        except Exception as error:
            traceback.print_exc()
            say({"error": {
                "errorMessage": str(error),
                "errorType": type(error).__name__,
                "requestId": context.aws_request_id,
                "stackTrace": traceback.format_tb(error.__traceback__),
            }})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
