# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Things.

https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry, already_exists, listed, not_found

#: The attributes that a thing without a type may have, and one with a type.
MAXIMUM_ATTRIBUTES = 3
MAXIMUM_ATTRIBUTES_WITH_TYPE = 50


@dataclass
class Thing:
    name: str
    arn: str
    id: str
    type_name: str | None
    attributes: dict[str, str]
    version: int = 1


def create_thing(registry: Registry, parameters: Parameters) -> Output:
    """Repeated with the same configuration it succeeds; with another it is refused."""
    name, type_name = parameters["thingName"], parameters.get("thingTypeName")
    if "billingGroupName" in parameters:
        raise not_found(f"The billing group {parameters['billingGroupName']}")  # billing groups are not emulated
    if type_name is not None:
        _check_type(registry, type_name)
    attributes = _checked_attributes(parameters.get("attributePayload"), type_name)
    thing = registry.things.get(name)
    if thing is None:
        thing = Thing(name, registry.arn(f"thing/{name}"), str(uuid.uuid4()), type_name, attributes)
        registry.things[name] = thing
        registry.record("thing-created", thing.arn, attributes=attributes)
    elif (thing.attributes, thing.type_name) != (attributes, type_name):
        raise already_exists(f"Thing {name} already exists in account with different attributes", thing.id, thing.arn)
    return {"thingName": name, "thingArn": thing.arn, "thingId": thing.id}


def describe_thing(registry: Registry, parameters: Parameters) -> Output:
    thing = registry.require_thing(parameters["thingName"])
    return {**_summary(thing), "defaultClientId": thing.name, "thingId": thing.id}


def update_thing(registry: Registry, parameters: Parameters) -> Output:
    thing = registry.require_thing(parameters["thingName"])
    expected = parameters.get("expectedVersion")
    if expected is not None and expected != thing.version:
        raise AWSError("VersionConflictException", f"The version of thing {thing.name} is {thing.version}, not {expected}.")
    type_name = parameters.get("thingTypeName")
    if type_name is not None:
        if parameters.get("removeThingType"):
            raise AWSError("InvalidRequestException", "A call either sets the thing type or removes it.")
        _check_type(registry, type_name)
    new_type = None if parameters.get("removeThingType") else type_name or thing.type_name
    attributes = thing.attributes
    if (payload := parameters.get("attributePayload")) is not None:
        # An attribute with an empty value is removed.
        merged = {**(thing.attributes if payload.get("merge") else {}), **payload.get("attributes", {})}
        attributes = {name: value for name, value in merged.items() if value != ""}
    _checked_attributes({"attributes": attributes}, new_type)
    if (attributes, new_type) != (thing.attributes, thing.type_name):
        thing.attributes, thing.type_name = attributes, new_type
        thing.version += 1
        registry.record("thing-updated", thing.arn, attributes=attributes, thingTypeName=new_type)
    return {}


def delete_thing(registry: Registry, parameters: Parameters) -> Output:
    """Succeeds for a thing that does not exist, as AWS documents."""
    thing = registry.things.get(parameters["thingName"])
    if thing is None:
        return {}
    expected = parameters.get("expectedVersion")
    if expected is not None and expected != thing.version:
        raise AWSError("VersionConflictException", f"The version of thing {thing.name} is {thing.version}, not {expected}.")
    if any(name == thing.name for name, _, _ in registry.thing_principals):
        raise AWSError("InvalidRequestException", f"Cannot delete. Thing {thing.name} is still attached to one or more principals")
    for group in registry.thing_groups.values():
        group.things.pop(thing.name, None)
    del registry.things[thing.name]
    registry.record("thing-deleted", thing.arn)
    return {}


def list_things(registry: Registry, parameters: Parameters) -> Output:
    name, value = parameters.get("attributeName"), parameters.get("attributeValue")
    type_name, is_prefix = parameters.get("thingTypeName"), parameters.get("usePrefixAttributeValue", False)

    def is_asked_for(thing: Thing) -> bool:
        if name is not None:
            present = thing.attributes.get(name)
            if present is None or (value is not None and not (present.startswith(value) if is_prefix else present == value)):
                return False
        return type_name is None or thing.type_name == type_name

    return listed("things", [_summary(thing) for thing in registry.things.values() if is_asked_for(thing)], parameters)


def _check_type(registry: Registry, type_name: str) -> None:
    thing_type = registry.thing_types.get(type_name)
    if thing_type is None:
        raise not_found(f"The thing type {type_name}")
    if thing_type.deprecated is not None:
        raise AWSError("InvalidRequestException", f"The thing type {type_name} is deprecated; no thing can get it.")


def _checked_attributes(payload: dict | None, type_name: str | None) -> dict[str, str]:
    attributes = (payload or {}).get("attributes", {})
    maximum = MAXIMUM_ATTRIBUTES if type_name is None else MAXIMUM_ATTRIBUTES_WITH_TYPE
    if len(attributes) > maximum:
        raise AWSError("InvalidRequestException", f"A thing {'without' if type_name is None else 'with'} a type has at most "
                       f"{maximum} attributes.")
    return attributes


def _summary(thing: Thing) -> Output:
    return {
        "thingName": thing.name,
        "thingArn": thing.arn,
        "thingTypeName": thing.type_name,
        "attributes": thing.attributes,
        "version": thing.version,
    }


OPERATIONS: Operations = {
    "CreateThing": create_thing,
    "DescribeThing": describe_thing,
    "UpdateThing": update_thing,
    "DeleteThing": delete_thing,
    "ListThings": list_things,
}
