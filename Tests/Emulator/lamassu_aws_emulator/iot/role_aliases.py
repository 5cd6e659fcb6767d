# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Role aliases, by which devices get credentials.

https://docs.aws.amazon.com/iot/latest/apireference/API_CreateRoleAlias.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from .registry import Operations, Output, Parameters, Registry, already_exists, ascending, not_found, page
from .tags import tag_values

#: How long credentials are good if nobody says.
DEFAULT_DURATION = 3600


@dataclass
class RoleAlias:
    name: str
    arn: str
    role: str
    duration: int
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)


def create_role_alias(registry: Registry, parameters: Parameters) -> Output:
    name, arn = parameters["roleAlias"], registry.arn(f"rolealias/{parameters['roleAlias']}")
    if name in registry.role_aliases:
        raise already_exists(f"The role alias {name} already exists.", name, arn)
    tags = tag_values(parameters.get("tags"))
    alias = RoleAlias(name, arn, parameters["roleArn"], parameters.get("credentialDurationSeconds", DEFAULT_DURATION))
    registry.role_aliases[name], registry.tags[arn] = alias, tags
    registry.record("role-alias-created", arn, role=alias.role, tags=tags)
    return {"roleAlias": name, "roleAliasArn": arn}


def describe_role_alias(registry: Registry, parameters: Parameters) -> Output:
    alias = _require(registry, parameters)
    return {"roleAliasDescription": {
        "roleAlias": alias.name,
        "roleAliasArn": alias.arn,
        "roleArn": alias.role,
        "owner": registry.account,
        "credentialDurationSeconds": alias.duration,
        "creationDate": alias.created,
        "lastModifiedDate": alias.modified,
    }}


def update_role_alias(registry: Registry, parameters: Parameters) -> Output:
    alias = _require(registry, parameters)
    changed = (parameters.get("roleArn", alias.role), parameters.get("credentialDurationSeconds", alias.duration))
    if changed != (alias.role, alias.duration):
        (alias.role, alias.duration), alias.modified = changed, time.time()
        registry.record("role-alias-updated", alias.arn, role=alias.role)
    return {"roleAlias": alias.name, "roleAliasArn": alias.arn}


def delete_role_alias(registry: Registry, parameters: Parameters) -> Output:
    alias = _require(registry, parameters)
    del registry.role_aliases[alias.name], registry.tags[alias.arn]
    registry.record("role-alias-deleted", alias.arn)
    return {}


def list_role_aliases(registry: Registry, parameters: Parameters) -> Output:
    names = [alias.name for alias in ascending(registry.role_aliases.values(), parameters)]
    listed, marker = page(names, parameters.get("pageSize"), parameters.get("marker"), default_size=25)
    return {"roleAliases": listed, "nextMarker": marker}


def _require(registry: Registry, parameters: Parameters) -> RoleAlias:
    if parameters["roleAlias"] not in registry.role_aliases:
        raise not_found(f"The role alias {parameters['roleAlias']}")
    return registry.role_aliases[parameters["roleAlias"]]


OPERATIONS: Operations = {
    "CreateRoleAlias": create_role_alias,
    "DescribeRoleAlias": describe_role_alias,
    "UpdateRoleAlias": update_role_alias,
    "DeleteRoleAlias": delete_role_alias,
    "ListRoleAliases": list_role_aliases,
}
