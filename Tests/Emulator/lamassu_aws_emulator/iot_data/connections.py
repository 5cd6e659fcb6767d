# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The connections of devices: told of, ended, and sent to directly. The emulator speaks no MQTT; tests say which there are.

https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_DeleteConnection.html
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from ..errors import AWSError
from ..iot.registry import Operations, Output, Parameters, Registry, listed
from .messages import read_message

#: The seconds that a call may wait for the device's confirmation.
TIMEOUTS = range(1, 16)


@dataclass
class Connection:
    """The session of a client; with one that is clean nothing of it is left when it ends."""

    client_id: str
    thing_name: str | None = None
    clean_session: bool = False
    keep_alive: int = 30
    #: Each with `topicFilter` and `qos`.
    subscriptions: list[dict[str, Any]] = field(default_factory=list)
    #: Whether the device confirms what it is sent.
    confirms: bool = True
    connected_since: int = field(default_factory=lambda: int(time.time() * 1000))
    disconnected_since: int | None = None


def connect(registry: Registry, description: dict[str, Any]) -> None:
    """Makes a connection, as a test describes it in JSON; raises KeyError or TypeError if that is not understood."""
    names = {
        "clientId": "client_id", "thingName": "thing_name", "cleanSession": "clean_session", "keepAlive": "keep_alive",
        "subscriptions": "subscriptions", "confirms": "confirms",
    }
    connection = Connection(**{names[name]: value for name, value in description.items()})
    registry.connections[connection.client_id] = connection


def get_connection(registry: Registry, parameters: Parameters) -> Output:
    connection = _require(registry, parameters)
    is_connected = connection.disconnected_since is None
    answer: Output = {
        "clientId": connection.client_id,
        "connected": is_connected,
        "thingName": connection.thing_name,
        "cleanSession": connection.clean_session,
        "keepAliveDuration": connection.keep_alive,
        "connectedSince": connection.connected_since if is_connected else None,
        "disconnectedSince": connection.disconnected_since,
        "disconnectReason": None if is_connected else "API_INITIATED_DISCONNECT",
    }
    if parameters.get("includeSocketInformation"):
        answer |= {"sourceIp": "127.0.0.1", "sourcePort": 50000, "targetIp": "127.0.0.1", "targetPort": 8883}
    return answer


def delete_connection(registry: Registry, parameters: Parameters) -> Output:
    """Ends a connection; of a persistent session the state stays, unless the caller wants that to go."""
    connection = _require_connected(registry, parameters)
    clean = parameters.get("cleanSession", False)
    if clean or connection.clean_session:
        del registry.connections[connection.client_id]
    else:
        connection.disconnected_since = int(time.time() * 1000)
    registry.record("connection-deleted", registry.arn(f"client/{connection.client_id}"), cleanSession=clean)
    return {}


def list_subscriptions(registry: Registry, parameters: Parameters) -> Output:
    return listed("subscriptions", _require(registry, parameters).subscriptions, parameters, default_size=20)


def send_direct_message(registry: Registry, parameters: Parameters) -> Output:
    connection, message = _require_connected(registry, parameters), read_message(parameters)
    if parameters.get("timeout", 5) not in TIMEOUTS:
        raise AWSError("InvalidRequestException", "The timeout is not between 1 and 15 seconds.")
    if parameters.get("confirmation") and not connection.confirms:
        raise AWSError("GatewayTimeoutException", "The client did not confirm the message in time.")
    message.client_id, message.qos = connection.client_id, int(parameters.get("confirmation", False))
    registry.published.append(message)
    registry.record("direct-message-sent", registry.arn(f"client/{connection.client_id}"), topic=message.topic)
    return {"message": "OK", "traceId": str(uuid.uuid4())}


def _require(registry: Registry, parameters: Parameters) -> Connection:
    client_id = parameters["clientId"]
    if client_id not in registry.connections:
        raise AWSError("ResourceNotFoundException", f"There is no session of the client {client_id}.")
    return registry.connections[client_id]


def _require_connected(registry: Registry, parameters: Parameters) -> Connection:
    connection = _require(registry, parameters)
    if connection.disconnected_since is not None:
        raise AWSError("ResourceNotFoundException", f"The client {connection.client_id} is not connected.")
    return connection


OPERATIONS: Operations = {
    "GetConnection": get_connection,
    "DeleteConnection": delete_connection,
    "ListSubscriptions": list_subscriptions,
    "SendDirectMessage": send_direct_message,
}
