# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The parameters of a call, wherever the protocol of the service puts them, under the names that its model gives them.

REST-JSON (path, query, headers, body), JSON and the query protocol (a form with names such as `Tags.member.1.Key`).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

from botocore.model import Shape, StructureShape

from .errors import AWSError
from .messages import Request


def read(request: Request, labels: dict[str, str], shape: StructureShape | None, protocol: str) -> dict[str, Any]:
    """The parameters of a request, not checked yet; `labels` are those of its path."""
    if shape is None:
        return {}
    if protocol == "query":
        return _structure_from_form([*request.query_items(), *request.form_items()], "", shape)
    body = {} if _payload(shape) else _json_object(request.body)
    return _from_json(body, shape) if protocol == "json" else _from_rest(request, labels, body, shape)


def _from_rest(request: Request, labels: dict[str, str], body: dict[str, Any], shape: StructureShape) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for member, member_shape in shape.members.items():
        location = member_shape.serialization.get("location")
        wire_name = member_shape.serialization.get("name", member)
        value: Any = None
        match location:
            case "uri":
                value = _from_text(labels.get(wire_name), member_shape)
            case "querystring" if member_shape.type_name == "list":
                value = [text for name, text in request.query_items() if name == wire_name] or None
            case "querystring":
                value = _from_text(dict(request.query_items()).get(wire_name), member_shape)
            case "header":
                value = _from_header(request.header(wire_name), member_shape)
            case _ if member == _payload(shape):
                value = _from_json(_json_object(request.body), member_shape) if member_shape.type_name == "structure" else request.body
            case _:
                value = _from_json(body.get(wire_name), member_shape)
        if value is not None:
            values[member] = value
    return values


def _payload(shape: StructureShape) -> str | None:
    """The member that is the whole body."""
    return shape.serialization.get("payload")


def _json_object(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        value = json.loads(body)
    except ValueError:
        raise AWSError("SerializationException", "The body is not JSON.", 400) from None
    if not isinstance(value, dict):
        raise AWSError("SerializationException", "The body is not a JSON object.", 400)
    return value


def _from_json(value: Any, shape: Shape) -> Any:
    """A value under the names of the model, which those on the wire may differ from; what has another type stays as it is."""
    match shape.type_name:
        case "structure" if isinstance(value, dict):
            wire_names = {name: member.serialization.get("name", name) for name, member in shape.members.items()}
            return {
                name: _from_json(value[wire_name], shape.members[name])
                for name, wire_name in wire_names.items() if value.get(wire_name) is not None
            }
        case "list" if isinstance(value, list):
            return [_from_json(item, shape.member) for item in value]
        case "map" if isinstance(value, dict):
            return {key: _from_json(item, shape.value) for key, item in value.items()}
        case "blob" if value is not None:
            return _blob(value)
        case _:
            return value


def _from_text(text: str | None, shape: Shape) -> Any:
    match shape.type_name:
        case "boolean" if text is not None:
            return {"true": True, "false": False}.get(text.lower(), text)
        case "integer" | "long" if text is not None and re.fullmatch(r"-?\d+", text):
            return int(text)
        case "float" | "double" if text is not None and re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text):
            return float(text)
        case "blob" if text is not None:
            return _blob(text)
        case _:
            return text


def _from_header(text: str | None, shape: Shape) -> Any:
    if text is None or not shape.serialization.get("jsonvalue"):
        return _from_text(text, shape)
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        raise AWSError("InvalidRequestException", f"The header {shape.serialization.get('name')} is not in base64.", 400) from None


def _blob(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, binascii.Error, ValueError):
        raise AWSError("SerializationException", "A blob is not in base64.", 400) from None


def _structure_from_form(items: list[tuple[str, str]], prefix: str, shape: StructureShape) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for member, member_shape in shape.members.items():
        value = _from_form(items, prefix + member_shape.serialization.get("name", member), member_shape)
        if value is not None:
            values[member] = value
    return values


def _from_form(items: list[tuple[str, str]], name: str, shape: Shape) -> Any:
    match shape.type_name:
        case "structure":
            if not any(key.startswith(f"{name}.") for key, _ in items):
                return None
            return _structure_from_form(items, f"{name}.", shape)
        case "list":
            item_name = "" if shape.serialization.get("flattened") else "." + shape.member.serialization.get("name", "member")
            prefix = f"{name}{item_name}"
            if (numbers := _numbers(items, prefix)) is None:
                return [] if (name, "") in items else None
            return [_from_form(items, f"{prefix}.{number}", shape.member) for number in numbers]
        case "map":
            prefix = name if shape.serialization.get("flattened") else f"{name}.entry"
            key_name = shape.key.serialization.get("name", "key")
            value_name = shape.value.serialization.get("name", "value")
            if (numbers := _numbers(items, prefix)) is None:
                return None
            return {
                _from_form(items, f"{prefix}.{number}.{key_name}", shape.key):
                    _from_form(items, f"{prefix}.{number}.{value_name}", shape.value)
                for number in numbers
            }
        case _:
            return _from_text(dict(items).get(name), shape)


def _numbers(items: list[tuple[str, str]], prefix: str) -> list[int] | None:
    """The numbers that follow a prefix in the names of a form, in order; None if there are none."""
    found = {int(match[1]) for key, _ in items if (match := re.match(re.escape(prefix) + r"\.(\d+)(?:\.|$)", key))}
    return sorted(found) or None
