# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Benchmark peer: Python with pika. Usage: peer_pika.py <scenario> <count>

The confirm pipeline uses SelectConnection, since BlockingConnection waits for each confirm; the rest use BlockingConnection.
"""
import json
import os
import resource
import sys
import time

import pika

BODY, WINDOW, PREFETCH, ACK_EVERY = b"x" * 512, 1000, 500, 100
QUEUE = os.environ.get("AMQP_QUEUE", "bench.amqp")
PARAMETERS = pika.ConnectionParameters(
    os.environ.get("AMQP_HOST", "127.0.0.1"), int(os.environ.get("AMQP_PORT", "5672")),
    credentials=pika.PlainCredentials(os.environ.get("AMQP_USER", "guest"), os.environ.get("AMQP_PASSWORD", "guest")))
PERSISTENT = pika.BasicProperties(content_type="application/octet-stream", delivery_mode=2)
TRANSIENT = pika.BasicProperties(content_type="application/octet-stream", delivery_mode=1)


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def pipelined(count):
    """SelectConnection: fill the window, then publish as confirms arrive."""
    state = {"sent": 0, "confirmed": 0, "low": 1, "seen": set()}
    marks = {}

    def on_open(connection):
        connection.channel(on_open_callback=on_channel)

    def on_channel(channel):
        state["channel"] = channel
        channel.queue_declare(QUEUE, durable=True, callback=on_declared)

    def on_declared(_frame):
        state["channel"].confirm_delivery(ack_nack_callback=on_confirm, callback=on_selected)

    def on_selected(_frame):
        marks["begin"] = (time.monotonic(), cpu())
        pump()

    def pump():
        publish = state["channel"].basic_publish
        while state["sent"] < count and state["sent"] - state["confirmed"] < WINDOW:
            publish("", QUEUE, BODY, PERSISTENT)
            state["sent"] += 1

    def on_confirm(frame):
        method = frame.method
        if method.NAME != "Basic.Ack":
            sys.exit("nack")
        if method.multiple:
            covered = method.delivery_tag - state["low"] + 1
            early = {tag for tag in state["seen"] if tag <= method.delivery_tag}
            state["seen"] -= early
            state["confirmed"] += covered - len(early)
            state["low"] = method.delivery_tag + 1
        else:
            state["confirmed"] += 1
            if method.delivery_tag == state["low"]:
                state["low"] += 1
                while state["low"] in state["seen"]:
                    state["seen"].remove(state["low"])
                    state["low"] += 1
            else:
                state["seen"].add(method.delivery_tag)
        if state["confirmed"] == count:
            marks["end"] = (time.monotonic(), cpu())
            connection.close()
        else:
            pump()

    def on_close(_connection, _reason):
        connection.ioloop.stop()

    connection = pika.SelectConnection(PARAMETERS, on_open_callback=on_open, on_close_callback=on_close)
    connection.ioloop.start()
    return marks["begin"], marks["end"], None


def connected():
    connection = pika.BlockingConnection(PARAMETERS)
    channel = connection.channel()
    return connection, channel


def blocking(scenario, count):
    latencies = None
    if scenario == "connect":
        latencies = []
        begin = (time.monotonic(), cpu())
        for _ in range(count):
            started = time.monotonic()
            connection, channel = connected()
            channel.close()
            connection.close()
            latencies.append((time.monotonic() - started) * 1e6)
        return begin, (time.monotonic(), cpu()), latencies
    connection, channel = connected()
    channel.queue_declare(QUEUE, durable=True)
    if scenario == "publish-noconfirm":
        begin = (time.monotonic(), cpu())
        for _ in range(count):
            channel.basic_publish("", QUEUE, BODY, TRANSIENT)
        channel.close()
        connection.close()
        end = (time.monotonic(), cpu())
    elif scenario == "consume-ack":
        channel.basic_qos(prefetch_count=PREFETCH)
        got = 0

        def on_message(ch, method, _properties, body):
            nonlocal got
            got += 1
            assert len(body) == len(BODY)
            if got % ACK_EVERY == 0 or got == count:
                ch.basic_ack(method.delivery_tag, multiple=True)
            if got == count:
                ch.stop_consuming()

        begin = (time.monotonic(), cpu())
        channel.basic_consume(QUEUE, on_message)
        channel.start_consuming()
        channel.close()
        connection.close()
        end = (time.monotonic(), cpu())
    elif scenario == "roundtrip":
        channel.confirm_delivery()
        latencies = []
        begin = (time.monotonic(), cpu())
        for _ in range(count):
            started = time.monotonic()
            channel.basic_publish("", QUEUE, BODY, TRANSIENT)
            latencies.append((time.monotonic() - started) * 1e6)
        end = (time.monotonic(), cpu())
        channel.close()
        connection.close()
    else:
        sys.exit("unknown scenario")
    return begin, end, latencies


def main():
    scenario, count = sys.argv[1], int(sys.argv[2])
    run = (lambda s, c: pipelined(c)) if scenario == "publish-confirm-pipelined" else blocking
    begin, end, latencies = run(scenario, count)
    wall, used = end[0] - begin[0], end[1] - begin[1]
    p50 = p99 = None
    if latencies:
        latencies.sort()
        p50, p99 = round(latencies[count // 2], 1), round(latencies[int(count * 0.99)], 1)
    print(json.dumps({
        "peer": "pika", "scenario": scenario, "count": count, "wall_s": round(wall, 4), "client_cpu_s": round(used, 4),
        "msgs_per_s": round(count / wall), "cpu_us_per_msg": round(used * 1e6 / count, 3), "p50_us": p50, "p99_us": p99,
        "max_rss_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


main()
