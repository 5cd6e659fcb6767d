# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Thing types.

https://docs.aws.amazon.com/iot/latest/developerguide/thing-types.html: a type is deleted when no thing has it any more and five minutes
after it was deprecated. The emulator does not ask for the five minutes.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry, already_exists, listed, not_found
from .tags import tag_values

#: The attributes of a type that things can be searched by.
MAXIMUM_SEARCHABLE = 3


@dataclass
class ThingType:
    name: str
    arn: str
    id: str
    properties: dict[str, Any]
    #: When it was deprecated; None if it is not.
    deprecated: float | None = None
    created: float = field(default_factory=time.time)


def create_thing_type(registry: Registry, parameters: Parameters) -> Output:
    name, properties = parameters["thingTypeName"], _checked_properties(parameters)
    present = registry.thing_types.get(name)
    if present is None:
        tags = tag_values(parameters.get("tags"))
        present = ThingType(name, registry.arn(f"thingtype/{name}"), str(uuid.uuid4()), properties)
        registry.thing_types[name], registry.tags[present.arn] = present, tags
        registry.record("thing-type-created", present.arn, properties=properties, tags=tags)
    elif present.properties != properties:
        raise already_exists(f"ThingType {name} already exists in account with different properties", present.id, present.arn)
    return {"thingTypeName": name, "thingTypeArn": present.arn, "thingTypeId": present.id}


def describe_thing_type(registry: Registry, parameters: Parameters) -> Output:
    thing_type = _require(registry, parameters["thingTypeName"])
    return {**_summary(thing_type), "thingTypeId": thing_type.id}


def update_thing_type(registry: Registry, parameters: Parameters) -> Output:
    thing_type = _require(registry, parameters["thingTypeName"])
    properties = {**thing_type.properties, **_checked_properties(parameters)}
    if properties != thing_type.properties:
        thing_type.properties = properties
        registry.record("thing-type-updated", thing_type.arn, properties=properties)
    return {}


def list_thing_types(registry: Registry, parameters: Parameters) -> Output:
    name = parameters.get("thingTypeName")
    return listed("thingTypes", [
        _summary(thing_type) for thing_type in registry.thing_types.values() if name in (None, thing_type.name)
    ], parameters)


def deprecate_thing_type(registry: Registry, parameters: Parameters) -> Output:
    thing_type = _require(registry, parameters["thingTypeName"])
    undo = parameters.get("undoDeprecate", False)
    if undo == (thing_type.deprecated is not None):
        thing_type.deprecated = None if undo else time.time()
        registry.record("thing-type-deprecated", thing_type.arn, deprecated=not undo)
    return {}


def delete_thing_type(registry: Registry, parameters: Parameters) -> Output:
    thing_type = _require(registry, parameters["thingTypeName"])
    if thing_type.deprecated is None:
        raise AWSError("InvalidRequestException", f"The thing type {thing_type.name} must be deprecated before it is deleted.")
    if any(thing.type_name == thing_type.name for thing in registry.things.values()):
        raise AWSError("InvalidRequestException", f"Things have the type {thing_type.name}; it can't be deleted.")
    del registry.thing_types[thing_type.name], registry.tags[thing_type.arn]
    registry.record("thing-type-deleted", thing_type.arn)
    return {}


def _checked_properties(parameters: Parameters) -> dict[str, Any]:
    properties = parameters.get("thingTypeProperties", {})
    if len(properties.get("searchableAttributes", ())) > MAXIMUM_SEARCHABLE:
        raise AWSError("InvalidRequestException", f"A thing type has at most {MAXIMUM_SEARCHABLE} searchable attributes.")
    return properties


def _require(registry: Registry, name: str) -> ThingType:
    if name not in registry.thing_types:
        raise not_found(f"The thing type {name}")
    return registry.thing_types[name]


def _summary(thing_type: ThingType) -> Output:
    metadata = {
        "deprecated": thing_type.deprecated is not None, "deprecationDate": thing_type.deprecated, "creationDate": thing_type.created,
    }
    return {
        "thingTypeName": thing_type.name,
        "thingTypeArn": thing_type.arn,
        "thingTypeProperties": thing_type.properties,
        "thingTypeMetadata": metadata,
    }


OPERATIONS: Operations = {
    "CreateThingType": create_thing_type,
    "DescribeThingType": describe_thing_type,
    "UpdateThingType": update_thing_type,
    "ListThingTypes": list_thing_types,
    "DeprecateThingType": deprecate_thing_type,
    "DeleteThingType": delete_thing_type,
}
