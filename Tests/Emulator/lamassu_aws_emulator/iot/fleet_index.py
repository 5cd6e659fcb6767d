# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Fleet indexing: the search for things and thing groups.

https://docs.aws.amazon.com/iot/latest/developerguide/iot-indexing.html. An index that was just turned on is being built until somebody
has looked at it once.
"""

from __future__ import annotations

import json
from typing import Any

from ..errors import AWSError
from . import index_query
from .index_query import Document
from .registry import Operations, Output, Parameters, Registry, listed, not_found
from .thing_group_members import groups_of
from .thing_groups import ThingGroup, ancestors
from .things import Thing

#: The indices, each with what configures it: the member of the configuration, and that of its mode.
INDICES = {
    "AWS_Things": ("thingIndexingConfiguration", "thingIndexingMode"),
    "AWS_ThingGroups": ("thingGroupIndexingConfiguration", "thingGroupIndexingMode"),
}

QUERY_VERSIONS = ("2017-09-30",)

#: The most things that one page holds.
MAXIMUM_PAGE = 500


def update_indexing_configuration(registry: Registry, parameters: Parameters) -> Output:
    for index, (name, mode) in INDICES.items():
        if name not in parameters or parameters[name] == registry.indexing.get(name):
            continue
        if parameters[name][mode] != "OFF":
            registry.indexes_being_built.add(index)
        registry.indexing[name] = parameters[name]
        registry.record("indexing-configured", registry.arn(f"index/{index}"), mode=parameters[name][mode])
    return {}


def get_indexing_configuration(registry: Registry, parameters: Parameters) -> Output:
    return {name: registry.indexing.get(name, {mode: "OFF"}) for name, mode in INDICES.values()}


def list_indices(registry: Registry, parameters: Parameters) -> Output:
    return listed("indexNames", [index for index in INDICES if _mode(registry, index) != "OFF"], parameters)


def describe_index(registry: Registry, parameters: Parameters) -> Output:
    index = _require(registry, parameters["indexName"])
    status = "BUILDING" if index in registry.indexes_being_built else "ACTIVE"
    registry.indexes_being_built.discard(index)
    mode = _mode(registry, index)
    schema = "THING_GROUPS" if index == "AWS_ThingGroups" else mode
    if registry.indexing[INDICES[index][0]].get("thingConnectivityIndexingMode") == "STATUS":
        schema += "_AND_CONNECTIVITY_STATUS"
    return {"indexName": index, "indexStatus": status, "schema": schema}


def search_index(registry: Registry, parameters: Parameters) -> Output:
    index = _require(registry, parameters.get("indexName", "AWS_Things"))
    if parameters.get("queryVersion", QUERY_VERSIONS[0]) not in QUERY_VERSIONS:
        raise AWSError("InvalidRequestException", f"The query version {parameters['queryVersion']} is not known.")
    if parameters.get("maxResults", 1) > MAXIMUM_PAGE:
        raise AWSError("InvalidRequestException", f"A page has at most {MAXIMUM_PAGE} results.")
    predicate = index_query.parse(parameters["queryString"])
    if index in registry.indexes_being_built:
        registry.indexes_being_built.discard(index)
        raise AWSError("IndexNotReadyException", f"The index {index} is being built.")
    if index == "AWS_ThingGroups":
        return listed("thingGroups", [
            entry for entry in (_group_entry(registry, group) for group in registry.thing_groups.values())
            if predicate(_document(entry))
        ], parameters)
    return listed("things", [
        {**entry, "shadow": json.dumps(entry["shadow"]) if entry["shadow"] else None}
        for entry in (_thing_entry(registry, thing) for thing in registry.things.values()) if predicate(_document(entry))
    ], parameters)


def _thing_entry(registry: Registry, thing: Thing) -> dict[str, Any]:
    """What the index knows of a thing, by its modes."""
    configuration = registry.indexing[INDICES["AWS_Things"][0]]
    entry: dict[str, Any] = {
        "thingName": thing.name,
        "thingId": thing.id,
        "thingTypeName": thing.type_name,
        "thingGroupNames": [group.name for group in groups_of(registry, thing)],
        "attributes": thing.attributes,
        "shadow": {},
    }
    if _mode(registry, "AWS_Things") == "REGISTRY_AND_SHADOW" and (classic := registry.shadows.get((thing.name, ""))):
        entry["shadow"] |= classic.state
    if configuration.get("namedShadowIndexingMode") == "ON":
        indexed = configuration.get("filter", {}).get("namedShadowNames", [])
        named = {
            name: shadow.state for (owner, name), shadow in registry.shadows.items()
            if owner == thing.name and name in indexed and not shadow.is_deleted
        }
        entry["shadow"] |= {"name": named} if named else {}
    if configuration.get("thingConnectivityIndexingMode") == "STATUS":
        connection = next((each for each in registry.connections.values() if each.thing_name == thing.name), None)
        entry["connectivity"] = {"connected": connection is not None and connection.disconnected_since is None}
    return entry


def _group_entry(registry: Registry, group: ThingGroup) -> dict[str, Any]:
    return {
        "thingGroupName": group.name,
        "thingGroupId": group.id,
        "thingGroupDescription": group.description,
        "attributes": group.attributes,
        "parentGroupNames": [ancestor.name for ancestor in ancestors(registry, group)],
    }


def _document(value: Any, path: str = "") -> Document:
    """The values in an entry by their paths."""
    if isinstance(value, dict):
        document: Document = {}
        for key, item in value.items():
            for below, values in _document(item, f"{path}.{key}" if path else key).items():
                document.setdefault(below, []).extend(values)
        return document
    if isinstance(value, list):
        return {path: [each for item in value for each in _document(item, path).get(path, [])]}
    return {} if value is None else {path: [value]}


def _mode(registry: Registry, index: str) -> str:
    name, mode = INDICES[index]
    return registry.indexing.get(name, {}).get(mode, "OFF")


def _require(registry: Registry, index: str) -> str:
    if index not in INDICES or _mode(registry, index) == "OFF":
        raise not_found(f"The index {index}")
    return index


OPERATIONS: Operations = {
    "UpdateIndexingConfiguration": update_indexing_configuration,
    "GetIndexingConfiguration": get_indexing_configuration,
    "ListIndices": list_indices,
    "DescribeIndex": describe_index,
    "SearchIndex": search_index,
}
