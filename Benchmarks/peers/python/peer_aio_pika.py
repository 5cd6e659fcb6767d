# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Benchmark peer: Python with aio-pika. Usage: peer_aio_pika.py <scenario> <count>"""
import asyncio
import json
import os
import resource
import sys
import time

import aio_pika

BODY, WINDOW, PREFETCH, ACK_EVERY = b"x" * 512, 1000, 500, 100
QUEUE = os.environ.get("AMQP_QUEUE", "bench.amqp")
URL = "amqp://%s:%s@%s:%s/" % (
    os.environ.get("AMQP_USER", "guest"), os.environ.get("AMQP_PASSWORD", "guest"),
    os.environ.get("AMQP_HOST", "127.0.0.1"), os.environ.get("AMQP_PORT", "5672"))


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def mark():
    return time.monotonic(), cpu()


def message(mode):
    return aio_pika.Message(BODY, content_type="application/octet-stream", delivery_mode=mode)


async def run(scenario, count):
    latencies = None
    if scenario == "connect":
        latencies = []
        begin = mark()
        for _ in range(count):
            started = time.monotonic()
            connection = await aio_pika.connect(URL)
            channel = await connection.channel()
            await channel.close()
            await connection.close()
            latencies.append((time.monotonic() - started) * 1e6)
        return begin, mark(), latencies
    connection = await aio_pika.connect(URL)
    channel = await connection.channel(publisher_confirms=scenario != "publish-noconfirm")
    queue = await channel.declare_queue(QUEUE, durable=True)
    publish = channel.default_exchange.publish
    if scenario == "publish-confirm-pipelined":
        gate = asyncio.Semaphore(WINDOW)

        async def one():
            try:
                await publish(message(aio_pika.DeliveryMode.PERSISTENT), QUEUE)
            finally:
                gate.release()

        begin = mark()
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                await gate.acquire()
                group.create_task(one())
        end = mark()
        await channel.close()
        await connection.close()
    elif scenario == "publish-noconfirm":
        begin = mark()
        for _ in range(count):
            await publish(message(aio_pika.DeliveryMode.NOT_PERSISTENT), QUEUE)
        await channel.close()
        await connection.close()
        end = mark()
    elif scenario == "consume-ack":
        await channel.set_qos(prefetch_count=PREFETCH)
        got, done = 0, asyncio.Event()

        async def on_message(incoming):
            nonlocal got
            got += 1
            assert len(incoming.body) == len(BODY)
            if got % ACK_EVERY == 0 or got == count:
                await incoming.ack(multiple=True)
            if got == count:
                done.set()

        begin = mark()
        await queue.consume(on_message)
        await done.wait()
        await channel.close()
        await connection.close()
        end = mark()
    elif scenario == "roundtrip":
        latencies = []
        begin = mark()
        for _ in range(count):
            started = time.monotonic()
            await publish(message(aio_pika.DeliveryMode.NOT_PERSISTENT), QUEUE)
            latencies.append((time.monotonic() - started) * 1e6)
        end = mark()
        await channel.close()
        await connection.close()
    else:
        sys.exit("unknown scenario")
    return begin, end, latencies


def main():
    scenario, count = sys.argv[1], int(sys.argv[2])
    begin, end, latencies = asyncio.run(run(scenario, count))
    wall, used = end[0] - begin[0], end[1] - begin[1]
    p50 = p99 = None
    if latencies:
        latencies.sort()
        p50, p99 = round(latencies[count // 2], 1), round(latencies[int(count * 0.99)], 1)
    print(json.dumps({
        "peer": "aio-pika", "scenario": scenario, "count": count, "wall_s": round(wall, 4), "client_cpu_s": round(used, 4),
        "msgs_per_s": round(count / wall), "cpu_us_per_msg": round(used * 1e6 / count, 3), "p50_us": p50, "p99_us": p99,
        "max_rss_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


main()
