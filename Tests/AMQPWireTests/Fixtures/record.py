#!/usr/bin/env python3
# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0
"""Records what RabbitMQ and an independent client (pika) say to each other, as rabbitmq-3.10.8.bin and pika-1.4.4.bin:

    Scripts/with-servers.sh python3 Tests/AMQPWireTests/Fixtures/record.py

The session goes through every class but access, which pika does not have.
"""

import datetime
import decimal
import os
import pathlib
import socket
import subprocess
import threading
import time
import urllib.parse

import pika

FOLDER = pathlib.Path(__file__).parent
BROKER = urllib.parse.urlparse(os.environ["LAMASSU_TEST_AMQP_URL"])


def control(*arguments):
    subprocess.run(["rabbitmqctl", "-q", "-n", os.environ["LAMASSU_TEST_RABBITMQ_NODE"], *arguments], check=True)


def relay(source, target, record):
    try:
        while data := source.recv(65536):
            record += data
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except ConnectionResetError:
        pass  # The broker ends a closed connection so.


def record_session(client_bytes, server_bytes):
    """Starts a relay for one connection and returns its port and its threads."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads = []

    def accept():
        client, _ = listener.accept()
        server = socket.create_connection((BROKER.hostname, BROKER.port))
        for arguments in ((client, server, client_bytes), (server, client, server_bytes)):
            threads.append(threading.Thread(target=relay, args=arguments))
            threads[-1].start()

    threads.append(threading.Thread(target=accept))
    threads[0].start()
    return listener.getsockname()[1], threads


def exchanges_and_queues(channel):
    channel.exchange_declare("codec.events", "topic", auto_delete=True, arguments={"alternate-exchange": "amq.fanout"})
    channel.exchange_declare("codec.copy", "fanout", internal=True)
    channel.exchange_bind("codec.copy", "codec.events", "#", arguments={"k": 1})
    channel.queue_declare("codec", durable=True, arguments={"x-max-length": 1000, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "codec.dead"})
    channel.queue_declare("codec.dead", exclusive=True)
    channel.queue_bind("codec", "codec.events", "ca.*")
    channel.queue_bind("codec", "amq.headers", "", arguments={"x-match": "all", "type": "ca"})


def publishing(channel):
    channel.confirm_delivery()
    headers = {
        "bool": True, "int": 1, "long": 2**40, "negative": -1, "decimal": decimal.Decimal("-123.45"), "void": None,
        "text": "é€𝄞", "bytes": b"\xff\x00", "time": datetime.datetime(2026, 1, 2, 3, 4, 5), "array": [1, "two", [3], {"four": 4}],
        "table": {"inner": {"innermost": [None]}},
    }
    properties = pika.BasicProperties(
        content_type="application/json", content_encoding="identity", headers=headers, delivery_mode=2, priority=5,
        correlation_id="correlation", reply_to="codec.dead", expiration="60000", message_id="message", timestamp=1_700_000_000,
        type="ca.create", user_id="codec", app_id="app", cluster_id="")
    channel.basic_publish("codec.events", "ca.create", b'{"a":1}', properties, mandatory=True)
    channel.basic_publish("", "codec", bytes(range(256)) * 40)
    for body in (b"", b"rejected", b"for nack", b"unsettled"):
        channel.basic_publish("", "codec", body, mandatory=True)
    try:
        channel.basic_publish("codec.events", "nowhere", b"returned", mandatory=True)
    except pika.exceptions.UnroutableError:
        pass


def consuming(connection, channel):
    channel.basic_qos(prefetch_count=10)
    deliveries = channel.consume("codec", inactivity_timeout=5)
    first, second, third, fourth, fifth, _ = (next(deliveries)[0] for _ in range(6))
    channel.basic_ack(first.delivery_tag)
    channel.basic_ack(third.delivery_tag, multiple=True)
    channel.basic_reject(fourth.delivery_tag, requeue=False)
    channel.basic_nack(fifth.delivery_tag, requeue=False)
    channel.basic_recover(requeue=True)
    channel.cancel()
    connection.sleep(0.2)
    channel.basic_get("codec.dead", auto_ack=True)
    channel.basic_get("codec", auto_ack=True)
    channel.basic_get("codec", auto_ack=True)
    channel.queue_declare("codec.short", auto_delete=True)
    channel.basic_consume("codec.short", lambda *_: None, consumer_tag="gone", exclusive=True)
    control("delete_queue", "codec.short")
    connection.sleep(0.5)


def clearing(channel):
    channel.queue_unbind("codec", "codec.events", "ca.*")
    channel.exchange_unbind("codec.copy", "codec.events", "#", arguments={"k": 1})
    channel.queue_purge("codec")
    channel.queue_delete("codec")
    channel.exchange_delete("codec.copy", if_unused=True)


def transaction(connection):
    channel = connection.channel()
    channel.tx_select()
    channel.tx_commit()
    channel.tx_rollback()
    try:
        channel.queue_declare("missing", passive=True)
    except pika.exceptions.ChannelClosedByBroker:
        pass


control("add_user", "codec", "codec")
control("set_permissions", "codec", ".*", ".*", ".*")
client_bytes, server_bytes = bytearray(), bytearray()
port, threads = record_session(client_bytes, server_bytes)
connection = pika.BlockingConnection(pika.ConnectionParameters(
    "127.0.0.1", port, "/", pika.PlainCredentials("codec", "codec"), frame_max=4096, heartbeat=2))
channel = connection.channel()
exchanges_and_queues(channel)
publishing(channel)
consuming(connection, channel)
clearing(channel)
transaction(connection)
connection.update_secret("codec", "recorded")
control("set_vm_memory_high_watermark", "0.00001")
connection.channel().basic_publish("", "missing", b"blocked")
connection.sleep(2.5)
control("set_vm_memory_high_watermark", "0.4")
connection.sleep(2.5)
channel.close()
connection.close()
for thread in threads:
    thread.join()
(FOLDER / "rabbitmq-3.10.8.bin").write_bytes(server_bytes)
(FOLDER / "pika-1.4.4.bin").write_bytes(client_bytes)
print(len(server_bytes), len(client_bytes))
