# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Runs the emulator until it is told to end:

    python -m lamassu_aws_emulator --port 4566

The environment gives the credentials of its first user: LAMASSU_EMULATOR_ACCESS_KEY_ID and LAMASSU_EMULATOR_SECRET_ACCESS_KEY.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys

from .http_server import Server
from .server import Credentials, Emulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="lamassu_aws_emulator", description="An emulator of AWS for the tests of lamassu-cloud.")
    parser.add_argument("--port", type=int, required=True, help="TCP port on 127.0.0.1")
    port = parser.parse_args().port
    try:
        credentials = Credentials(os.environ["LAMASSU_EMULATOR_ACCESS_KEY_ID"], os.environ["LAMASSU_EMULATOR_SECRET_ACCESS_KEY"])
    except KeyError as missing:
        sys.exit(f"error: the environment variable {missing} is not set")

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    emulator = Emulator(credentials, f"http://127.0.0.1:{port}")
    with Server("127.0.0.1", port, emulator.handle) as server:
        print(f"The emulator answers on http://127.0.0.1:{port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
