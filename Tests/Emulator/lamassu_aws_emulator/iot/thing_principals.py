# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The certificates that things are attached to.

https://docs.aws.amazon.com/iot/latest/apireference/API_AttachThingPrincipal.html
"""

from __future__ import annotations

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry, listed, not_found


def attach_thing_principal(registry: Registry, parameters: Parameters) -> Output:
    """An attachment is exclusive if the certificate may belong to this thing only; attaching again changes nothing."""
    thing = registry.require_thing(parameters["thingName"])
    arn = registry.require_certificate(parameters["principal"]).arn
    kind = parameters.get("thingPrincipalType", "NON_EXCLUSIVE_THING")
    others = [(name, how) for name, principal, how in registry.thing_principals if principal == arn and name != thing.name]
    if any(how == "EXCLUSIVE_THING" for _, how in others) or (kind == "EXCLUSIVE_THING" and others):
        raise AWSError("InvalidRequestException", f"The principal {arn} is attached to another thing, or would be to this one alone.")
    present = next((entry for entry in registry.thing_principals if entry[:2] == (thing.name, arn)), None)
    if present is None:
        registry.thing_principals.append((thing.name, arn, kind))
        registry.record("principal-attached", thing.arn, principal=arn)
    elif "thingPrincipalType" in parameters and present[2] != kind:
        raise AWSError("InvalidRequestException", f"The principal {arn} is attached to this thing as {present[2]}.")
    return {}


def detach_thing_principal(registry: Registry, parameters: Parameters) -> Output:
    thing = registry.require_thing(parameters["thingName"])
    arn = parameters["principal"]
    present = [entry for entry in registry.thing_principals if entry[:2] == (thing.name, arn)]
    if not present:
        raise not_found(f"The principal {arn} of thing {thing.name}")
    registry.thing_principals.remove(present[0])
    registry.record("principal-detached", thing.arn, principal=arn)
    return {}


def list_thing_principals(registry: Registry, parameters: Parameters) -> Output:
    thing = registry.require_thing(parameters["thingName"])
    return listed("principals", [arn for name, arn, _ in registry.thing_principals if name == thing.name], parameters)


def list_thing_principals_v2(registry: Registry, parameters: Parameters) -> Output:
    thing, kind = registry.require_thing(parameters["thingName"]), parameters.get("thingPrincipalType")
    return listed("thingPrincipalObjects", [
        {"principal": arn, "thingPrincipalType": how}
        for name, arn, how in registry.thing_principals if name == thing.name and kind in (None, how)
    ], parameters)


def list_principal_things(registry: Registry, parameters: Parameters) -> Output:
    return listed("things", [name for name, arn, _ in registry.thing_principals if arn == parameters["principal"]], parameters)


def list_principal_things_v2(registry: Registry, parameters: Parameters) -> Output:
    kind = parameters.get("thingPrincipalType")
    return listed("principalThingObjects", [
        {"thingName": name, "thingPrincipalType": how}
        for name, arn, how in registry.thing_principals if arn == parameters["principal"] and kind in (None, how)
    ], parameters)


OPERATIONS: Operations = {
    "AttachThingPrincipal": attach_thing_principal,
    "DetachThingPrincipal": detach_thing_principal,
    "ListThingPrincipals": list_thing_principals,
    "ListThingPrincipalsV2": list_thing_principals_v2,
    "ListPrincipalThings": list_principal_things,
    "ListPrincipalThingsV2": list_principal_things_v2,
}
