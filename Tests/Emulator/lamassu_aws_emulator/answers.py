# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""What an operation of ours answers, as a response of the REST-JSON protocol: headers, payload or JSON, as the model has it."""

from __future__ import annotations

import base64
import json
from typing import Any

from botocore.model import OperationModel, Shape

from .messages import Response


def respond(model: OperationModel, output: dict[str, Any]) -> Response:
    """The response with this output, whose members have the names of the model; a member that the model does not know is a defect."""
    shape = model.output_shape
    status = model.http.get("responseCode", 200)
    output = {name: value for name, value in output.items() if value is not None}
    if shape is None:
        if output:
            raise KeyError(f"{model.name} answers nothing, and {sorted(output)} was answered")
        return Response(status, [("Content-Type", "application/json")], b"{}")
    headers, members = [("Content-Type", "application/json")], {}
    payload, body = shape.serialization.get("payload"), None
    for name, value in output.items():
        member = shape.members[name]
        if name == payload:
            body = value
        elif member.serialization.get("location") == "statusCode":
            status = value
        elif member.serialization.get("location") == "header":
            headers.append((member.serialization.get("name", name), str(value)))
        else:
            members[member.serialization.get("name", name)] = to_json(value, member)
    if payload or status == 204:
        return Response(status, headers, body or b"")
    return Response(status, headers, json.dumps(members).encode())


def to_json(value: Any, shape: Shape) -> Any:
    """A value with the names that the model gives its members on the wire."""
    match shape.type_name:
        case "structure":
            return {
                shape.members[name].serialization.get("name", name): to_json(item, shape.members[name])
                for name, item in value.items() if item is not None
            }
        case "list":
            return [to_json(item, shape.member) for item in value]
        case "map":
            return {key: to_json(item, shape.value) for key, item in value.items()}
        case "blob":
            return base64.b64encode(value).decode()
        case "string" if isinstance(value, dict):  # a `jsonvalue`
            return json.dumps(value)
        case _:
            return value
