# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Which operation of which service a request asks for, and with which parameters, by the service models of botocore."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import botocore.loaders
import botocore.session
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, ServiceModel, Shape

from .errors import AWSError
from .messages import Request

_session = botocore.session.get_session()


@dataclass(frozen=True)
class Operation:
    """An operation of a service, and the request's parameters by the names that the service's model gives them."""

    service: str
    name: str
    model: OperationModel
    request: Request
    labels: dict[str, str]

    @property
    def is_read_only(self) -> bool:
        """Whether it only reads, as its name tells."""
        return self.name.startswith(("Describe", "Get", "List", "Search", "Validate"))

    def parameters(self) -> dict[str, Any]:
        """The parameters, wherever the service's model puts them (path, query, headers, body), checked against the model.

        For the REST-JSON and JSON protocols only.
        """
        shape = self.model.input_shape
        if shape is None:
            return {}
        body = self._json_body()
        query = dict(self.request.query_items())
        values: dict[str, Any] = {}
        for member, member_shape in shape.members.items():
            location = member_shape.serialization.get("location")
            wire_name = member_shape.serialization.get("name", member)
            if location == "uri":
                value = self.labels.get(wire_name)
            elif location == "querystring":
                value = _from_text(query.get(wire_name), member_shape)
            elif location == "header":
                value = self.request.header(wire_name)
            elif member == shape.serialization.get("payload"):
                value = self.request.body
            else:
                value = body.get(wire_name)
            if value is not None:
                values[member] = value
        _check(values, shape)
        return values

    def _json_body(self) -> dict[str, Any]:
        shape = self.model.input_shape
        if not self.request.body or (shape is not None and shape.serialization.get("payload")):
            return {}
        try:
            body = json.loads(self.request.body)
        except ValueError:
            raise AWSError("SerializationException", "The body is not JSON.") from None
        if not isinstance(body, dict):
            raise AWSError("SerializationException", "The body is not a JSON object.")
        return body


@lru_cache
def service_model(service: str) -> ServiceModel | None:
    """The model of the service with this signing name; None if there is none."""
    try:
        return _session.get_service_model({"iotdata": "iot-data"}.get(service, service))
    except UnknownServiceError:
        return None


def identify(request: Request, service: str) -> Operation | None:
    """The operation that a request, signed for `service`, asks for; None if the service has none like it."""
    model = service_model(service)
    if model is None:
        return None
    labels: dict[str, str] = {}
    if target := request.header("X-Amz-Target"):
        name = target.rpartition(".")[2]
    elif action := dict([*request.query_items(), *request.form_items()]).get("Action"):
        name = action
    else:
        for method, pattern, candidate in _routes(service):
            if request.method == method and (match := pattern.fullmatch(request.path)):
                name = candidate
                labels = {label: unquote(value) for label, value in match.groupdict().items()}
                break
        else:
            return None
    if name not in model.operation_names:
        return None
    return Operation(service, name, model.operation_model(name), request, labels)


@lru_cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    """The operations of a REST service with their paths as patterns, those with the fewest labels first."""
    model = service_model(service)
    routes = []
    for name in model.operation_names if model else ():
        http = model.operation_model(name).http
        path = http["requestUri"].partition("?")[0]
        pattern = "".join(
            f"(?P<{part[1:-1].rstrip('+')}>{'.+' if part.endswith('+}') else '[^/]+'})" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{[^}]+\})", path)
        )
        routes.append((path.count("{"), http["method"], re.compile(pattern.rstrip("/") + "/?"), name))
    return [route[1:] for route in sorted(routes, key=lambda route: route[0])]


def _from_text(value: str | None, shape: Shape) -> Any:
    if value is None:
        return None
    if shape.type_name == "boolean":
        return value == "true"
    if shape.type_name in ("integer", "long"):
        return int(value) if re.fullmatch(r"-?\d+", value) else value
    return value


_python_types = {"string": str, "boolean": bool, "integer": int, "long": int, "list": list, "structure": dict, "map": dict}


def _check(values: dict[str, Any], shape: Shape) -> None:
    """Refuses what the model of the service does not allow, as the services do before they look at their state."""
    for member in shape.required_members:
        if member not in values:
            raise AWSError("InvalidRequestException", f"1 validation error detected: Value null at '{member}' failed to satisfy "
                           "constraint: Member must not be null")
    for member, value in values.items():
        if constraint := _violated_constraint(value, shape.members[member]):
            raise AWSError("InvalidRequestException", f"1 validation error detected: Value '{value}' at '{member}' failed to "
                           f"satisfy constraint: {constraint}")


def _violated_constraint(value: Any, shape: Shape) -> str | None:
    expected = _python_types.get(shape.type_name)
    if expected is not None and (not isinstance(value, expected) or (expected is int and isinstance(value, bool))):
        return f"Member must be of type {shape.type_name}"
    if shape.type_name == "string":
        minimum, maximum = shape.metadata.get("min", 0), shape.metadata.get("max")
        if getattr(shape, "enum", None) and value not in shape.enum:
            return f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
        if len(value) < minimum or (maximum is not None and len(value) > maximum):
            return f"Member must have length between {minimum} and {maximum}"
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern, value):
            return f"Member must satisfy regular expression pattern: {pattern}"
    if shape.type_name in ("integer", "long"):
        if value < shape.metadata.get("min", value) or value > shape.metadata.get("max", value):
            return f"Member must be between {shape.metadata.get('min')} and {shape.metadata.get('max')}"
    return None
