# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Unpacks the service models of the installed botocore, for the generator and for the comparison with it.

    .venv/bin/python Scripts/unpack-models.py FOLDER
"""

import gzip
import pathlib
import sys

import botocore

SERVICES = ["iot", "iot-data", "iot-jobs-data", "lambda", "cloudformation", "sqs", "sns", "sts"]
FILES = ["service-2.json", "paginators-1.json", "waiters-2.json"]


def main():
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    data = pathlib.Path(botocore.__file__).parent / "data"
    for service in SERVICES:
        # Of several versions of an API the newest one counts; their names are dates.
        source = max(path for path in (data / service).iterdir() if path.is_dir())
        (target / service).mkdir(exist_ok=True)
        for name in FILES:
            packed = source / f"{name}.gz"
            if packed.exists():
                (target / service / name).write_bytes(gzip.decompress(packed.read_bytes()))
            elif (source / name).exists():
                (target / service / name).write_bytes((source / name).read_bytes())
    (target / "version").write_text(botocore.__version__ + "\n")


if __name__ == "__main__":
    main()
