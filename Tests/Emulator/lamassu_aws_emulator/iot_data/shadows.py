# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Device shadows, the classic one of a thing and named ones. A shadow needs no thing of its name in the registry.

https://docs.aws.amazon.com/iot/latest/developerguide/iot-device-shadows.html. The version goes on when a shadow that was deleted is made
again, as AWS documents for the two days after.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from ..errors import AWSError
from ..iot.registry import Operations, Output, Parameters, Registry, page
from .shadow_document import MAXIMUM_LENGTH, SECTIONS, delta, merge, merge_metadata, metadata, read_update, too_large


@dataclass
class Shadow:
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    metadata: dict[str, dict[str, Any]] = field(default_factory=dict)
    version: int = 0
    #: Kept for its version only.
    is_deleted: bool = True


def update_thing_shadow(registry: Registry, parameters: Parameters) -> Output:
    key, now = _key(parameters), int(time.time())
    update = read_update(parameters.get("payload", b""))
    shadow = registry.shadows.get(key, Shadow())
    if update.version is not None and update.version != shadow.version:
        raise AWSError("ConflictException", "Version conflict")
    state, times = dict(shadow.state), dict(shadow.metadata)
    for name, section in update.state.items():
        if section is None:
            state.pop(name, None)
            times.pop(name, None)
        else:
            state[name] = merge(state.get(name, {}), section)
            times[name] = merge_metadata(times.get(name, {}), section, now)
    if len(_encoded(state)) > MAXIMUM_LENGTH:
        raise too_large()

    state = {name: section for name, section in state.items() if section}
    registry.shadows[key] = Shadow(state, {name: times[name] for name in state}, shadow.version + 1, is_deleted=False)
    registry.record("shadow-updated", _arn(registry, key), version=shadow.version + 1, **update.state)
    answer: dict[str, Any] = {
        "state": update.state,
        "metadata": {name: metadata(section, now) for name, section in update.state.items() if section is not None},
        "version": shadow.version + 1,
        "timestamp": now,
    }
    if update.client_token is not None:
        answer["clientToken"] = update.client_token
    return {"payload": _encoded(answer)}


def get_thing_shadow(registry: Registry, parameters: Parameters) -> Output:
    shadow = _require(registry, parameters)
    state: dict[str, Any] = {name: shadow.state[name] for name in SECTIONS if name in shadow.state}
    if difference := delta(shadow.state.get("desired", {}), shadow.state.get("reported", {})):
        state["delta"] = difference
    return {"payload": _encoded({
        "state": state, "metadata": shadow.metadata, "version": shadow.version, "timestamp": int(time.time()),
    })}


def delete_thing_shadow(registry: Registry, parameters: Parameters) -> Output:
    key, shadow = _key(parameters), _require(registry, parameters)
    registry.shadows[key] = Shadow(version=shadow.version)
    registry.record("shadow-deleted", _arn(registry, key), version=shadow.version)
    return {"payload": _encoded({"version": shadow.version, "timestamp": int(time.time())})}


def list_named_shadows(registry: Registry, parameters: Parameters) -> Output:
    thing = parameters["thingName"]
    names = [name for (owner, name), shadow in registry.shadows.items() if owner == thing and name and not shadow.is_deleted]
    results, token = page(sorted(names), parameters.get("pageSize"), parameters.get("nextToken"), default_size=25)
    return {"results": results, "nextToken": token, "timestamp": int(time.time())}


def _require(registry: Registry, parameters: Parameters) -> Shadow:
    key = _key(parameters)
    shadow = registry.shadows.get(key)
    if shadow is None or shadow.is_deleted:
        raise AWSError("ResourceNotFoundException", f"No shadow exists with name: '{'~'.join(filter(None, key))}'")
    return shadow


def _key(parameters: Parameters) -> tuple[str, str]:
    return parameters["thingName"], parameters.get("shadowName", "")


def _arn(registry: Registry, key: tuple[str, str]) -> str:
    return registry.arn("thing/" + "/".join(filter(None, key)))


def _encoded(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


OPERATIONS: Operations = {
    "UpdateThingShadow": update_thing_shadow,
    "GetThingShadow": get_thing_shadow,
    "DeleteThingShadow": delete_thing_shadow,
    "ListNamedShadowsForThing": list_named_shadows,
}
