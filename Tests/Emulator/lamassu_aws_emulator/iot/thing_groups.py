# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Static thing groups: their tree, and the things in them (in `thing_group_members`).

https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry, already_exists, listed, not_found
from .tags import tag_values

#: The attributes that a group may have, and how deep the tree may be.
MAXIMUM_ATTRIBUTES = 50
MAXIMUM_DEPTH = 7


@dataclass
class ThingGroup:
    name: str
    arn: str
    id: str
    parent: str | None
    description: str | None
    attributes: dict[str, str]
    version: int = 1
    created: float = field(default_factory=time.time)
    #: The names of its things, in the order in which they were added.
    things: dict[str, None] = field(default_factory=dict)


def create_thing_group(registry: Registry, parameters: Parameters) -> Output:
    """Repeated with the same configuration it succeeds; with another it is refused."""
    name, parent = parameters["thingGroupName"], parameters.get("parentGroupName")
    description, attributes = _properties(parameters.get("thingGroupProperties", {}))
    depth = 1 if parent is None else len(ancestors(registry, require_group(registry, parent))) + 2
    if depth > MAXIMUM_DEPTH:
        raise AWSError("InvalidRequestException", f"Thing groups are at most {MAXIMUM_DEPTH} deep.")
    group = registry.thing_groups.get(name)
    if group is None:
        tags = tag_values(parameters.get("tags"))
        group = ThingGroup(name, registry.arn(f"thinggroup/{name}"), str(uuid.uuid4()), parent, description, attributes)
        registry.thing_groups[name], registry.tags[group.arn] = group, tags
        registry.record("thing-group-created", group.arn, parent=parent, attributes=attributes, tags=tags)
    elif (group.parent, group.description, group.attributes) != (parent, description, attributes):
        raise already_exists(f"Thing Group {name} already exists in current account with different properties", group.id, group.arn)
    return {"thingGroupName": name, "thingGroupArn": group.arn, "thingGroupId": group.id}


def describe_thing_group(registry: Registry, parameters: Parameters) -> Output:
    group = require_group(registry, parameters["thingGroupName"])
    return {
        "thingGroupName": group.name,
        "thingGroupArn": group.arn,
        "thingGroupId": group.id,
        "version": group.version,
        "thingGroupProperties": {
            "thingGroupDescription": group.description, "attributePayload": {"attributes": group.attributes},
        },
        "thingGroupMetadata": {
            "parentGroupName": group.parent,
            "rootToParentThingGroups": [_reference(ancestor) for ancestor in reversed(ancestors(registry, group))],
            "creationDate": group.created,
        },
    }


def update_thing_group(registry: Registry, parameters: Parameters) -> Output:
    group = require_group(registry, parameters["thingGroupName"])
    _check_version(group, parameters)
    properties = parameters["thingGroupProperties"]
    description, attributes = _properties(properties)
    if properties.get("attributePayload", {}).get("merge"):
        attributes = {**group.attributes, **attributes}
    elif "attributePayload" not in properties:
        attributes = group.attributes
    description = group.description if description is None else description
    if (description, attributes) != (group.description, group.attributes):
        group.description, group.attributes = description, attributes
        group.version += 1
        registry.record("thing-group-updated", group.arn, attributes=attributes)
    return {"version": group.version}


def delete_thing_group(registry: Registry, parameters: Parameters) -> Output:
    """Succeeds for a group that does not exist, as AWS documents; not for one with groups in it."""
    group = registry.thing_groups.get(parameters["thingGroupName"])
    if group is None:
        return {}
    _check_version(group, parameters)
    if any(other.parent == group.name for other in registry.thing_groups.values()):
        raise AWSError(
            "InvalidRequestException", f"Cannot delete thing group : {group.name} when there are still child groups attached to it.")
    registry.policy_targets = [pair for pair in registry.policy_targets if pair[1] != group.arn]
    del registry.thing_groups[group.name], registry.tags[group.arn]
    registry.record("thing-group-deleted", group.arn)
    return {}


def list_thing_groups(registry: Registry, parameters: Parameters) -> Output:
    """All groups, or those below a parent: directly, or at any depth."""
    groups: Iterable[ThingGroup] = registry.thing_groups.values()
    if (parent := parameters.get("parentGroup")) is not None:
        require_group(registry, parent)
        groups = descendants(registry, parent) if parameters.get("recursive") else [g for g in groups if g.parent == parent]
    prefix = parameters.get("namePrefixFilter", "")
    return listed("thingGroups", [_reference(group) for group in groups if group.name.startswith(prefix)], parameters)


def require_group(registry: Registry, name: str) -> ThingGroup:
    if name not in registry.thing_groups:
        raise not_found(f"The thing group {name}")
    return registry.thing_groups[name]


def ancestors(registry: Registry, group: ThingGroup) -> list[ThingGroup]:
    """The groups above one, the nearest first."""
    found: list[ThingGroup] = []
    while group.parent is not None:
        group = registry.thing_groups[group.parent]
        found.append(group)
    return found


def descendants(registry: Registry, name: str) -> list[ThingGroup]:
    """The groups below one, at any depth."""
    children = [group for group in registry.thing_groups.values() if group.parent == name]
    return [found for child in children for found in (child, *descendants(registry, child.name))]


def with_parents(registry: Registry, arns: Iterable[str]) -> list[str]:
    """These policy targets, and the groups above those that are groups."""
    by_arn = {group.arn: group for group in registry.thing_groups.values()}
    return [
        found for arn in arns
        for found in (arn, *(ancestor.arn for ancestor in (ancestors(registry, by_arn[arn]) if arn in by_arn else ())))
    ]


def _properties(properties: dict[str, Any]) -> tuple[str | None, dict[str, str]]:
    attributes = properties.get("attributePayload", {}).get("attributes", {})
    if len(attributes) > MAXIMUM_ATTRIBUTES:
        raise AWSError("InvalidRequestException", f"A thing group has at most {MAXIMUM_ATTRIBUTES} attributes.")
    return properties.get("thingGroupDescription"), attributes


def _check_version(group: ThingGroup, parameters: Parameters) -> None:
    expected = parameters.get("expectedVersion")
    if expected is not None and expected != group.version:
        raise AWSError("VersionConflictException", f"The version of thing group {group.name} is {group.version}, not {expected}.")


def _reference(group: ThingGroup) -> Output:
    return {"groupName": group.name, "groupArn": group.arn}


OPERATIONS: Operations = {
    "CreateThingGroup": create_thing_group,
    "DescribeThingGroup": describe_thing_group,
    "UpdateThingGroup": update_thing_group,
    "DeleteThingGroup": delete_thing_group,
    "ListThingGroups": list_thing_groups,
}
