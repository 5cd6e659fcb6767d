# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Consumers of events as others write them: what each generation of Lamassu declares, insists on and reads, imitated
with pika.

    consume.py declare GENERATION EXCHANGE QUEUE
    consume.py consume GENERATION EXCHANGE QUEUE COUNT

The broker is that of LAMASSU_TEST_AMQP_URL. `declare` makes what a consumer of that generation makes when it starts.
`consume` does the same, takes COUNT messages, and prints one line of JSON for each. It ends with status 1 and says why as
soon as a message comes that such a consumer would not have read.
"""

from __future__ import annotations

import base64
import json
import os
import re
import ssl
import sys
from typing import Any, NoReturn

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.spec import Basic, BasicProperties

TIMEOUT = 60


class Refused(Exception):
    """A message that the imitated consumer does not read."""


# What Go's encoding/json makes of a value. A name ends with '?' where the field may be missing or null; Go reads a
# missing field as its zero value, so one without it is a field that the consumer cannot do without.


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(f"{value!r} is no string")
    return value


def integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(f"{value!r} is no integer")
    return value


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(f"{value!r} is no boolean")
    return value


def time(value: Any) -> str:
    """time.Time: RFC 3339 with up to nine digits of a second."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", text(value)):
        raise Refused(f"{value!r} is no time")
    return value


def certificate(value: Any) -> str:
    """A certificate as all generations write it: base64 of PEM of something that is ASN.1."""
    der = ssl.PEM_cert_to_DER_cert(base64.b64decode(text(value), validate=True).decode("ascii"))
    if der[:1] != b"\x30":
        raise Refused("the certificate is no ASN.1 sequence")
    return value


def dashed(value: Any) -> str:
    """A serial number of the older generations."""
    if not re.fullmatch(r"[0-9a-f]{2}(-[0-9a-f]{2})*", text(value)):
        raise Refused(f"{value!r} is no serial number")
    return value


def anything(value: Any) -> Any:
    return value


def struct(value: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """A Go struct: members that it does not know are passed over."""
    if not isinstance(value, dict):
        raise Refused(f"{value!r} is no object")
    read = {}
    for name, kind in fields.items():
        member = value.get(name.removesuffix("?"))
        if member is None:
            if not name.endswith("?"):
                raise Refused(f"the member {name} is missing")
            continue
        read[name.removesuffix("?")] = struct(member, kind) if isinstance(kind, dict) else kind(member)
    return read


NAME = dict.fromkeys(
    ["common_name", "organization", "organization_unit", "country", "state", "locality"], text)
KEY = {"type": text, "bits": integer, "strength": text}
CERTIFICATE = {
    "serial_number": text, "subject_key_id": text, "authority_key_id": text, "metadata": anything, "status": text,
    "certificate": certificate, "key_metadata": KEY, "subject": NAME, "issuer": NAME, "valid_from": time,
    "valid_to": time, "revocation_timestamp": time, "revocation_reason": text, "type": text, "engine_id": text,
    "is_ca": boolean,
    "issuer_metadata": {"serial_number": text, "id": text, "level": integer},
}
CA = {
    "id": text, "certificate": CERTIFICATE, "metadata": anything, "creation_ts": time, "level": integer,
    "profile_id?": text,
}
CERTIFICATE_2 = {
    "name": text, "status": text, "certificate": certificate, "serial_number": dashed, "key_metadata": KEY,
    "subject": NAME, "valid_from": integer, "valid_to": integer, "revocation_timestamp?": integer,
    "revocation_reason?": text,
}
CURRENT_PAYLOADS = {
    "ca.create": CA,
    "certificate.status.update": {"previous": CERTIFICATE, "updated": CERTIFICATE},
    "kms.delete": {"Identifier": text},
}
PAYLOADS = {
    "standard": CURRENT_PAYLOADS,
    "queue": CURRENT_PAYLOADS,
    "current": CURRENT_PAYLOADS,
    "generation2": {"io.lamassuiot.ca.create": CERTIFICATE_2, "io.lamassuiot.certificate.update": CERTIFICATE_2},
    "generation1": {
        "io.lamassu.ca.create": {"name": text, "serial_number": dashed, "cert": certificate},
        "io.lamassu.cert.update": {"name": text, "serial_number": dashed, "status": text},
    },
}


def declare(channel: BlockingChannel, generation: str, exchange: str, queue: str) -> None:
    """What a consumer declares when it starts, with its arguments; the broker closes the channel on any difference."""
    if generation == "generation1":
        channel.queue_declare(queue, durable=False, exclusive=False, auto_delete=False)
    elif generation == "queue":
        channel.queue_declare(queue, durable=True)
    else:
        channel.exchange_declare(exchange, exchange_type="topic", durable=True)
        channel.queue_declare(queue, durable=True)
        for key in ["io.lamassuiot.ca.*", "io.lamassuiot.certificate.*"] if generation == "generation2" else ["#"]:
            channel.queue_bind(queue, exchange, routing_key=key)


def check_properties(generation: str, properties: BasicProperties) -> None:
    headers = properties.headers or {}
    if generation == "current":
        # Watermill unmarshals headers into strings, and gives back a message that has any other.
        for name, value in headers.items():
            if not isinstance(value, str):
                raise Refused(f"the header {name} is {type(value).__name__}, and no string")
        if not headers.get("_watermill_message_uuid"):
            raise Refused("the message has no id for Watermill")
        if not re.fullmatch("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", headers.get("traceparent", "")):
            raise Refused("the message has no W3C trace context")
    elif generation in ("standard", "queue"):
        if properties.content_type != "application/cloudevents+json":
            raise Refused(f"the content type {properties.content_type} is not that of a structured event")
    elif properties.content_type != "text/json":
        raise Refused(f"the content type is {properties.content_type}")


def read_event(generation: str, body: bytes) -> dict[str, Any]:
    """A structured event, as sdk-go reads it."""
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Refused(f"the body is no JSON: {error}") from error
    read = struct(event, {
        "specversion": text, "id": text, "source": text, "type": text, "subject?": text, "datacontenttype?": text,
        "dataschema?": text, "time?": time, "data?": anything,
    })
    if read["specversion"] != "1.0" or not read["id"] or not read["source"] or not read["type"]:
        raise Refused("an attribute that is required is missing")
    for name, value in event.items():
        if name not in read and name != "data_base64":
            if not re.fullmatch("[a-z0-9]{1,20}", name) or not isinstance(value, (str, int)):
                raise Refused(f"{name} is no extension")
    payload = PAYLOADS[generation].get(read["type"])
    if payload is None:
        raise Refused(f"nobody of {generation} knows the type {read['type']}")
    return {**event, "data": struct(read.get("data"), payload)}


def consume(channel: BlockingChannel, generation: str, queue: str, count: int) -> None:
    # The older generations acknowledge before they read; the current one holds one message at a time.
    acknowledges = generation in ("standard", "queue", "current")
    channel.basic_qos(prefetch_count=1 if generation == "current" else 0)
    taken = 0
    messages = channel.consume(
        queue, auto_ack=not acknowledges, exclusive=generation == "generation1", inactivity_timeout=TIMEOUT)
    method: Basic.Deliver
    for method, properties, body in messages:
        if method is None:
            raise Refused(f"{taken} messages of {count} came within {TIMEOUT} s")
        check_properties(generation, properties)
        event = read_event(generation, body)
        if acknowledges:
            channel.basic_ack(method.delivery_tag)
        print(json.dumps({
            "exchange": method.exchange, "routing_key": method.routing_key, "content_type": properties.content_type,
            "headers": properties.headers or {}, "delivery_mode": properties.delivery_mode,
            "user_id": properties.user_id, "event": event,
        }))
        taken += 1
        if taken == count:
            break
    channel.cancel()


def main(arguments: list[str]) -> None:
    action, generation, exchange, queue, *rest = arguments
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["LAMASSU_TEST_AMQP_URL"]))
    try:
        channel = connection.channel()
        declare(channel, generation, exchange, queue)
        if action == "consume":
            consume(channel, generation, queue, int(rest[0]))
    finally:
        if connection.is_open:
            connection.close()


def refuse(reason: object) -> NoReturn:
    print(f"refused: {reason}")
    sys.exit(1)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (Refused, pika.exceptions.AMQPError, ValueError) as error:
        refuse(error)
