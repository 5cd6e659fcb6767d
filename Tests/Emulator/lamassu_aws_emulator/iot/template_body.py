# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The body of a provisioning template: what it must look like, and what its functions come to.

https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import AWSError

RESOURCE_TYPES = ("AWS::IoT::Thing", "AWS::IoT::Certificate", "AWS::IoT::Policy")

#: The functions, each with the number of its arguments; None if it takes something else than a list.
_FUNCTIONS = {"Ref": None, "Fn::Join": 2, "Fn::Select": 2, "Fn::FindInMap": 3, "Fn::Split": 2, "Fn::Sub": None}

#: What the certificate of a device that registers itself puts into the parameters, whether they are declared or not.
_PSEUDO_PARAMETERS = "AWS::IoT::Certificate::"


@dataclass(frozen=True)
class Resource:
    """A resource of a template, whose functions have been evaluated."""

    logical_name: str
    type: str
    properties: dict[str, Any]
    overrides: dict[str, str]


@dataclass(frozen=True)
class TemplateBody:
    """A body that is well formed."""

    document: dict[str, Any]

    @staticmethod
    def parse(text: str) -> TemplateBody:
        """The body in a text; what AWS does not accept as one is refused."""
        try:
            document = json.loads(text)
        except ValueError as error:
            raise _malformed(f"it is not JSON ({error})") from None
        if not isinstance(document, dict):
            raise _malformed("it is not an object")
        body = TemplateBody(document)
        for name, parameter in body._section("Parameters").items():
            if not isinstance(parameter, dict) or parameter.get("Type") != "String":
                raise _malformed(f"the type of the parameter {name} is not String")
        if not body._section("Resources"):
            raise _malformed("it has no Resources")
        for name, resource in body._section("Resources").items():
            if not isinstance(resource, dict) or resource.get("Type") not in RESOURCE_TYPES:
                raise _malformed(f"the type of the resource {name} is none of {', '.join(RESOURCE_TYPES)}")
            if not isinstance(resource.get("Properties", {}), dict) or not isinstance(resource.get("OverrideSettings", {}), dict):
                raise _malformed(f"the Properties or OverrideSettings of the resource {name} are not an object")
        for name in _references(body._section("Resources")):
            if name not in body._section("Parameters") and not name.startswith(_PSEUDO_PARAMETERS):
                raise _malformed(f"the parameter {name} is not declared")
        return body

    def resources(self, parameters: dict[str, str]) -> list[Resource]:
        """The resources, as they are with these parameters."""
        values = {
            name: parameter["Default"] for name, parameter in self._section("Parameters").items() if "Default" in parameter
        } | parameters
        return [
            Resource(name, resource["Type"], self._value(resource.get("Properties", {}), values), resource.get("OverrideSettings", {}))
            for name, resource in self._section("Resources").items()
        ]

    def _section(self, name: str) -> dict[str, Any]:
        section = self.document.get(name, {})
        if not isinstance(section, dict):
            raise _malformed(f"its {name} are not an object")
        return section

    def _value(self, value: Any, parameters: dict[str, str]) -> Any:
        if isinstance(value, list):
            return [self._value(item, parameters) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) != 1 or (function := next(iter(value))) not in _FUNCTIONS:
            return {key: self._value(item, parameters) for key, item in value.items()}
        if function == "Fn::Sub":
            return self._substituted(value[function], parameters)
        argument = self._value(value[function], parameters)
        if (number := _FUNCTIONS[function]) is not None and (not isinstance(argument, list) or len(argument) != number):
            raise _malformed(f"{function} needs {number} arguments")
        try:
            match function:
                case "Ref":
                    return _parameter(argument, parameters)
                case "Fn::Join":
                    return argument[0].join(argument[1])
                case "Fn::Select":
                    return argument[1][int(argument[0])]
                case "Fn::Split":
                    return argument[1].split(argument[0])
                case _:
                    return self._section("Mappings")[argument[0]][argument[1]][argument[2]]
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise _malformed(f"{function} can't be evaluated") from None

    def _substituted(self, argument: Any, parameters: dict[str, str]) -> str:
        text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
        if not isinstance(text, str):
            raise _malformed("Fn::Sub needs a text")
        values = parameters | {name: self._value(value, parameters) for name, value in variables.items()}
        return re.sub(r"\$\{([^}]+)\}", lambda match: _parameter(match[1], values), text)


def _parameter(name: str, parameters: dict[str, str]) -> str:
    if name not in parameters:
        raise AWSError("InvalidRequestException", f"The parameter {name} has no value.")
    return parameters[name]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        if set(value) == {"Ref"} and isinstance(value["Ref"], str):
            yield value["Ref"]
        for item in value.values():
            yield from _references(item)


def _malformed(why: str) -> AWSError:
    return AWSError("InvalidRequestException", f"The provisioning template is malformed: {why}.")
