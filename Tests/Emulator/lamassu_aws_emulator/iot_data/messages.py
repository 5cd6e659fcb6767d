# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Messages: what is published over HTTP, kept for tests to read, and the retained ones.

https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_Publish.html; the limits are those of
https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

from ..errors import AWSError
from ..iot.registry import Operations, Output, Parameters, Registry, listed, not_found

#: The bytes of a topic, its forward slashes, and the bytes of a payload.
MAXIMUM_TOPIC = 256
MAXIMUM_SLASHES = 7
MAXIMUM_PAYLOAD = 128 * 1024


@dataclass
class PublishedMessage:
    topic: str
    payload: bytes
    qos: int
    retain: bool
    #: The client that it was sent to directly; None if it was published.
    client_id: str | None = None
    #: What else it had: userProperties, payloadFormatIndicator, contentType, responseTopic, correlationData, messageExpiry.
    properties: dict[str, Any] = field(default_factory=dict)
    time: int = field(default_factory=lambda: int(time.time() * 1000))

    def description(self) -> dict[str, Any]:
        """The message as the control path tells it."""
        return {
            "topic": self.topic, "payload": base64.b64encode(self.payload).decode(), "qos": self.qos, "retain": self.retain,
            "clientId": self.client_id, "time": self.time, **self.properties,
        }


def publish(registry: Registry, parameters: Parameters) -> Output:
    message = read_message(parameters)
    registry.published.append(message)
    registry.record("message-published", registry.arn(f"topic/{message.topic}"), qos=message.qos, retain=message.retain)
    if message.retain:
        if message.payload:
            registry.retained[message.topic] = message
        else:
            registry.retained.pop(message.topic, None)
    return {}


def get_retained_message(registry: Registry, parameters: Parameters) -> Output:
    message = registry.retained.get(parameters["topic"])
    if message is None:
        raise not_found(f"A retained message of the topic {parameters['topic']}")
    properties = message.properties.get("userProperties")
    return {
        "topic": message.topic,
        "payload": message.payload,
        "qos": message.qos,
        "lastModifiedTime": message.time,
        "userProperties": None if properties is None else properties.encode(),
    }


def list_retained_messages(registry: Registry, parameters: Parameters) -> Output:
    return listed("retainedTopics", [
        {"topic": message.topic, "payloadSize": len(message.payload), "qos": message.qos, "lastModifiedTime": message.time}
        for message in registry.retained.values()
    ], parameters)


def read_message(parameters: Parameters) -> PublishedMessage:
    """The message of a call, which must be one that the broker would take."""
    payload = parameters.get("payload", b"")
    check_topic(parameters["topic"])
    if len(payload) > MAXIMUM_PAYLOAD:
        raise _refused(f"The payload is longer than {MAXIMUM_PAYLOAD} bytes.")
    if "responseTopic" in parameters:
        check_topic(parameters["responseTopic"])
    if (properties := parameters.get("userProperties")) is not None:
        _check_user_properties(properties)
    others = ("userProperties", "payloadFormatIndicator", "contentType", "responseTopic", "correlationData", "messageExpiry")
    return PublishedMessage(
        parameters["topic"], payload, parameters.get("qos", 0), parameters.get("retain", False),
        properties={name: parameters[name] for name in others if name in parameters})


def check_topic(topic: str) -> None:
    if not topic or len(topic.encode()) > MAXIMUM_TOPIC or topic.count("/") > MAXIMUM_SLASHES:
        raise _refused(f"A topic has 1 to {MAXIMUM_TOPIC} bytes and at most {MAXIMUM_SLASHES} slashes: {topic[:300]}")
    if "#" in topic or "+" in topic or "\0" in topic:
        raise _refused(f"A topic to publish to has no wildcards: {topic}")
    if topic.startswith("$") and not topic.startswith("$aws/"):
        raise _refused(f"A topic that begins with $ is reserved: {topic}")


def _check_user_properties(text: str) -> None:
    try:
        properties = json.loads(text)
    except ValueError:
        raise _refused("The user properties are not JSON.") from None
    if not isinstance(properties, list) or not all(
        isinstance(pair, dict) and len(pair) == 1 and all(isinstance(value, str) for value in pair.values()) for pair in properties
    ):
        raise _refused("The user properties are not an array of objects with one text each.")


def _refused(message: str) -> AWSError:
    return AWSError("InvalidRequestException", message)


OPERATIONS: Operations = {
    "Publish": publish,
    "GetRetainedMessage": get_retained_message,
    "ListRetainedMessages": list_retained_messages,
}
