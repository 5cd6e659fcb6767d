# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""boto3 as a peer of aws-bench: peer_boto3.py publish PORT IN_FLIGHT COUNT prints one line of JSON."""

import json
import resource
import sys
import threading
import time

import boto3
from botocore.config import Config

BODY = b'{"state":{"desired":{"k":"' + b"x" * 270 + b'"}}}'


def processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    port, in_flight, count = (int(argument) for argument in sys.argv[2:5])
    client = boto3.client(
        "iot-data",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="eu-west-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        config=Config(max_pool_connections=in_flight, retries={"mode": "standard"}),
    )

    def publish(times: int) -> None:
        for _ in range(times):
            client.publish(topic="device/1/pki", qos=1, payload=BODY[:300])

    publish(20)
    start, cpu = time.perf_counter(), processor_seconds()
    threads = [threading.Thread(target=publish, args=(count // in_flight,)) for _ in range(in_flight)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall, cpu = time.perf_counter() - start, processor_seconds() - cpu
    done = count // in_flight * in_flight
    figures = {"scenario": "boto3", "in_flight": in_flight, "calls_per_s": round(done / wall), "cpu_us": round(cpu / done * 1e6, 2)}
    print(json.dumps(figures))


main()
