# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""What the model of a service asks of the parameters of a call, which the services check before they look at their state.

Required members, types, enumerations, lengths, ranges and patterns, at any depth; members that the model does not know are ignored,
as AWS ignores them. The error is the one that the service gives for a parameter that its model does not allow.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import regex
from botocore.model import OperationModel, Shape

from .errors import AWSError

#: What the services call a parameter that their model does not allow: one that is missing, and one that is wrong.
_CODES = {
    "iot": ("InvalidRequestException", "InvalidRequestException"),
    "iotdata": ("InvalidRequestException", "InvalidRequestException"),
    "iot-jobs-data": ("InvalidRequestException", "InvalidRequestException"),
    "cloudformation": ("ValidationError", "ValidationError"),
    "sns": ("ValidationError", "ValidationError"),
    "sts": ("ValidationError", "ValidationError"),
    "sqs": ("MissingParameter", "InvalidParameterValue"),
}
_OTHERS = ("ValidationException", "ValidationException")

#: The enumerations that take more than they list. ReceiveMessage takes names of attributes of messages for names of attributes of queues:
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
_OPEN_ENUMERATIONS = {"QueueAttributeName"}

_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "list": list,
    "structure": dict,
    "map": dict,
}


def check(parameters: dict[str, Any], model: OperationModel, service: str) -> None:
    """Raises the error of the service for the first parameter that its model does not allow."""
    missing, wrong = _CODES.get(service, _OTHERS)
    errors = {shape.name for shape in model.error_shapes}
    if missing == "InvalidRequestException" and missing not in errors and "ValidationException" in errors:
        missing, wrong = _OTHERS  # the younger operations of IoT
    for path, value, constraint in _violations(parameters, model.input_shape, ""):
        code = missing if value is None else wrong
        shown = "null" if value is None else f"'{value}'"
        raise AWSError(
            code, f"1 validation error detected: Value {shown} at '{path}' failed to satisfy constraint: {constraint}", 400)


def _violations(value: Any, shape: Shape, path: str) -> Iterator[tuple[str, Any, str]]:
    """Where something is not as the model has it: the path, what is there, and what should be."""
    expected = _PYTHON_TYPES.get(shape.type_name)
    if expected is not None and (not isinstance(value, expected) or (isinstance(value, bool) and shape.type_name != "boolean")):
        yield path, value, f"Member must be of type {shape.type_name}"
        return
    match shape.type_name:
        case "structure":
            for name in shape.required_members:
                if value.get(name) is None:
                    yield _below(path, name), None, "Member must not be null"
            for name, member in shape.members.items():
                if value.get(name) is not None:
                    yield from _violations(value[name], member, _below(path, name))
        case "list":
            yield from _length(value, shape, path)
            for number, item in enumerate(value, 1):
                yield from _violations(item, shape.member, f"{path}.{number}.member")
        case "map":
            yield from _length(value, shape, path)
            for key, item in value.items():
                yield from _violations(key, shape.key, path)
                yield from _violations(item, shape.value, f"{path}.{key}")
        case "string":
            yield from _string(value, shape, path)
        case "integer" | "long" | "float" | "double":
            if "min" in shape.metadata and value < shape.metadata["min"]:
                yield path, value, f"Member must have value greater than or equal to {shape.metadata['min']}"
            if "max" in shape.metadata and value > shape.metadata["max"]:
                yield path, value, f"Member must have value less than or equal to {shape.metadata['max']}"
        case "blob":
            yield from _length(value, shape, path)


def _string(value: str, shape: Shape, path: str) -> Iterator[tuple[str, Any, str]]:
    if (allowed := shape.metadata.get("enum")) and shape.name not in _OPEN_ENUMERATIONS:
        if value not in allowed:
            yield path, value, f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        return
    yield from _length(value, shape, path)
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield path, value, f"Member must satisfy regular expression pattern: {pattern}"


def _length(value: Any, shape: Shape, path: str) -> Iterator[tuple[str, Any, str]]:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    if minimum is not None and len(value) < minimum:
        yield path, value, f"Member must have length greater than or equal to {minimum}"
    if maximum is not None and len(value) > maximum:
        yield path, value, f"Member must have length less than or equal to {maximum}"


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@lru_cache(maxsize=None)
def _compiled(pattern: str) -> regex.Pattern[str]:
    """A pattern of a model. They are Java's, with classes such as `\\p{Graph}` that the `re` of Python does not know."""
    return regex.compile(pattern)
