# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Which things are in which static thing groups.

https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html: a thing is in at most ten groups, and of the groups that have the
same root in one only.
"""

from __future__ import annotations

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry, listed
from .thing_groups import ThingGroup, ancestors, descendants, require_group
from .things import Thing

#: The groups that a thing may be in.
MAXIMUM_GROUPS = 10


def add_thing_to_thing_group(registry: Registry, parameters: Parameters) -> Output:
    group, thing = _named(registry, parameters)
    add(registry, group, thing)
    return {}


def remove_thing_from_thing_group(registry: Registry, parameters: Parameters) -> Output:
    group, thing = _named(registry, parameters)
    _remove(registry, group, thing)
    return {}


def update_thing_groups_for_thing(registry: Registry, parameters: Parameters) -> Output:
    thing = registry.require_thing(_required(parameters, "thingName"))
    to_add = [require_group(registry, name) for name in parameters.get("thingGroupsToAdd", ())]
    to_remove = [require_group(registry, name) for name in parameters.get("thingGroupsToRemove", ())]
    for group in to_remove:
        _remove(registry, group, thing)
    for group in to_add:
        add(registry, group, thing)
    return {}


def list_things_in_thing_group(registry: Registry, parameters: Parameters) -> Output:
    group = require_group(registry, parameters["thingGroupName"])
    return listed("things", members(registry, group, parameters.get("recursive", False)), parameters)


def list_thing_groups_for_thing(registry: Registry, parameters: Parameters) -> Output:
    thing = registry.require_thing(parameters["thingName"])
    return listed("thingGroups", [{"groupName": group.name, "groupArn": group.arn} for group in groups_of(registry, thing)], parameters)


def members(registry: Registry, group: ThingGroup, recursive: bool) -> list[str]:
    """The names of the things in a group, or also of those in the groups below it."""
    groups = [group, *descendants(registry, group.name)] if recursive else [group]
    return list(dict.fromkeys(name for each in groups for name in each.things))


def groups_of(registry: Registry, thing: Thing) -> list[ThingGroup]:
    return [group for group in registry.thing_groups.values() if thing.name in group.things]


def add(registry: Registry, group: ThingGroup, thing: Thing) -> None:
    """Puts a thing into a group; one that is there already stays."""
    if thing.name in group.things:
        return
    present = groups_of(registry, thing)
    if len(present) >= MAXIMUM_GROUPS:
        raise AWSError("InvalidRequestException", f"The thing {thing.name} is in {MAXIMUM_GROUPS} groups already.")
    if any(_root(registry, other) is _root(registry, group) for other in present):
        raise AWSError(
            "InvalidRequestException", f"The thing {thing.name} is in a group already that has the same parents as {group.name}.")
    group.things[thing.name] = None
    registry.record("thing-added-to-group", group.arn, thing=thing.name)


def _remove(registry: Registry, group: ThingGroup, thing: Thing) -> None:
    if thing.name in group.things:
        del group.things[thing.name]
        registry.record("thing-removed-from-group", group.arn, thing=thing.name)


def _root(registry: Registry, group: ThingGroup) -> ThingGroup:
    return [group, *ancestors(registry, group)][-1]


def _named(registry: Registry, parameters: Parameters) -> tuple[ThingGroup, Thing]:
    """The group and the thing, each by its name or its ARN."""
    group, thing = _required(parameters, "thingGroup"), _required(parameters, "thing")
    return require_group(registry, group), registry.require_thing(thing)


def _required(parameters: Parameters, kind: str) -> str:
    name, arn = parameters.get(kind if kind.endswith("Name") else f"{kind}Name"), parameters.get(f"{kind}Arn")
    if name is None and arn is None:
        raise AWSError("InvalidRequestException", f"Neither the name nor the ARN of the {kind} is given.")
    if name is not None and arn is not None and arn.rpartition("/")[2] != name:
        raise AWSError("InvalidRequestException", f"The name and the ARN of the {kind} differ.")
    return name if name is not None else arn.rpartition("/")[2]


OPERATIONS: Operations = {
    "AddThingToThingGroup": add_thing_to_thing_group,
    "RemoveThingFromThingGroup": remove_thing_from_thing_group,
    "UpdateThingGroupsForThing": update_thing_groups_for_thing,
    "ListThingsInThingGroup": list_things_in_thing_group,
    "ListThingGroupsForThing": list_thing_groups_for_thing,
}
