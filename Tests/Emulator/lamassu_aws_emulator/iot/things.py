# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Things and the certificates that belong to them.

https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html
"""

from __future__ import annotations

import uuid

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry, Thing, already_exists, not_found, page

#: The attributes that a thing without a type may have.
MAXIMUM_ATTRIBUTES = 3


def create_thing(registry: Registry, parameters: Parameters) -> Output:
    """Repeated with the same configuration it succeeds; with another it is refused."""
    name, type_name = parameters["thingName"], parameters.get("thingTypeName")
    if type_name is not None:
        raise not_found(f"The thing type {type_name}")  # thing types are not emulated
    attributes = _checked_attributes(parameters.get("attributePayload"))
    thing = registry.things.get(name)
    if thing is None:
        thing = Thing(name, registry.arn(f"thing/{name}"), str(uuid.uuid4()), type_name, attributes)
        registry.things[name] = thing
        registry.record("thing-created", thing.arn, attributes=attributes)
    elif thing.attributes != attributes:
        raise already_exists(f"Thing {name} already exists in account with different attributes", thing.id, thing.arn)
    return {"thingName": name, "thingArn": thing.arn, "thingId": thing.id}


def describe_thing(registry: Registry, parameters: Parameters) -> Output:
    thing = _require(registry, parameters["thingName"])
    return {**_summary(thing), "defaultClientId": thing.name, "thingId": thing.id}


def update_thing(registry: Registry, parameters: Parameters) -> Output:
    thing = _require(registry, parameters["thingName"])
    expected = parameters.get("expectedVersion")
    if expected is not None and expected != thing.version:
        raise AWSError("VersionConflictException", f"The version of thing {thing.name} is {thing.version}, not {expected}.")
    payload = parameters.get("attributePayload", {})
    attributes = _checked_attributes(payload)
    if payload.get("merge"):
        attributes = {**thing.attributes, **attributes}
    if "attributePayload" in parameters and attributes != thing.attributes:
        thing.attributes = attributes
        thing.version += 1
        registry.record("thing-updated", thing.arn, attributes=attributes)
    return {}


def delete_thing(registry: Registry, parameters: Parameters) -> Output:
    """Succeeds for a thing that does not exist, as AWS documents."""
    thing = registry.things.get(parameters["thingName"])
    if thing is None:
        return {}
    if any(name == thing.name for name, _ in registry.thing_principals):
        raise AWSError("InvalidRequestException", f"Cannot delete. Thing {thing.name} is still attached to one or more principals")
    del registry.things[thing.name]
    registry.record("thing-deleted", thing.arn)
    return {}


def list_things(registry: Registry, parameters: Parameters) -> Output:
    name, value = parameters.get("attributeName"), parameters.get("attributeValue")
    things = [thing for thing in registry.things.values() if name is None or thing.attributes.get(name) == value]
    listed, token = page(things, parameters.get("maxResults"), parameters.get("nextToken"), default_size=50)
    return {"things": [_summary(thing) for thing in listed], "nextToken": token}


def attach_thing_principal(registry: Registry, parameters: Parameters) -> Output:
    thing = _require(registry, parameters["thingName"])
    certificate = registry.require_certificate(parameters["principal"])
    pair = (thing.name, certificate.arn)
    if pair not in registry.thing_principals:
        registry.thing_principals.append(pair)
        registry.record("principal-attached", thing.arn, principal=certificate.arn)
    return {}


def detach_thing_principal(registry: Registry, parameters: Parameters) -> Output:
    thing = _require(registry, parameters["thingName"])
    pair = (thing.name, parameters["principal"])
    if pair not in registry.thing_principals:
        raise not_found(f"The principal {pair[1]} of thing {thing.name}")
    registry.thing_principals.remove(pair)
    registry.record("principal-detached", thing.arn, principal=pair[1])
    return {}


def list_thing_principals(registry: Registry, parameters: Parameters) -> Output:
    thing = _require(registry, parameters["thingName"])
    principals = [arn for name, arn in registry.thing_principals if name == thing.name]
    listed, token = page(principals, parameters.get("maxResults"), parameters.get("nextToken"), default_size=50)
    return {"principals": listed, "nextToken": token}


def list_principal_things(registry: Registry, parameters: Parameters) -> Output:
    things = [name for name, arn in registry.thing_principals if arn == parameters["principal"]]
    listed, token = page(things, parameters.get("maxResults"), parameters.get("nextToken"), default_size=50)
    return {"things": listed, "nextToken": token}


def _checked_attributes(payload: dict | None) -> dict[str, str]:
    attributes = (payload or {}).get("attributes", {})
    if len(attributes) > MAXIMUM_ATTRIBUTES:
        raise AWSError("InvalidRequestException", f"A thing without a type has at most {MAXIMUM_ATTRIBUTES} attributes.")
    return attributes


def _require(registry: Registry, name: str) -> Thing:
    if name not in registry.things:
        raise not_found(f"Thing {name}")
    return registry.things[name]


def _summary(thing: Thing) -> Output:
    return {"thingName": thing.name, "thingArn": thing.arn, "attributes": thing.attributes, "version": thing.version}


OPERATIONS: Operations = {
    "CreateThing": create_thing,
    "DescribeThing": describe_thing,
    "UpdateThing": update_thing,
    "DeleteThing": delete_thing,
    "ListThings": list_things,
    "AttachThingPrincipal": attach_thing_principal,
    "DetachThingPrincipal": detach_thing_principal,
    "ListThingPrincipals": list_thing_principals,
    "ListPrincipalThings": list_principal_things,
}
