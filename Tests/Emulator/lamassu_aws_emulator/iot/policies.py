# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Policies, their versions, and the certificates that they are attached to.

https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicy.html
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry, already_exists, ascending, not_found, page
from .tags import tag_values
from .thing_groups import with_parents

#: The versions that a policy may have at a time.
MAXIMUM_VERSIONS = 5

#: The length of a document, white space not counted.
MAXIMUM_LENGTH = 2048

#: An action with the prefix of its service, and the ARN of a resource, which may begin with a variable.
_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z*?]+")
_RESOURCE = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+|arn:\*.*|\$\{.+")


@dataclass
class Policy:
    name: str
    arn: str
    versions: dict[str, str]
    default_version: str
    next_version: int
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)


def create_policy(registry: Registry, parameters: Parameters) -> Output:
    name, document = parameters["policyName"], _checked_document(parameters["policyDocument"])
    arn = registry.arn(f"policy/{name}")
    if name in registry.policies:
        raise already_exists(f"Policy cannot be created - name already exists (name={name})", name, arn)
    tags = tag_values(parameters.get("tags"))
    registry.policies[name], registry.tags[arn] = Policy(name, arn, {"1": document}, "1", 2), tags
    registry.record("policy-created", arn, document=json.loads(document))
    return {"policyName": name, "policyArn": arn, "policyDocument": document, "policyVersionId": "1"}


def create_policy_version(registry: Registry, parameters: Parameters) -> Output:
    policy, document = _require(registry, parameters["policyName"]), _checked_document(parameters["policyDocument"])
    if len(policy.versions) >= MAXIMUM_VERSIONS:
        raise AWSError(
            "VersionsLimitExceededException", f"The policy {policy.name} already has the maximum number of versions ({MAXIMUM_VERSIONS})")
    version = str(policy.next_version)
    policy.next_version += 1
    policy.versions[version] = document
    policy.modified = time.time()
    is_default = parameters.get("setAsDefault", False)
    if is_default:
        policy.default_version = version
    registry.record("policy-version-created", policy.arn, version=version, isDefault=is_default, document=json.loads(document))
    return {"policyArn": policy.arn, "policyDocument": document, "policyVersionId": version, "isDefaultVersion": is_default}


def set_default_policy_version(registry: Registry, parameters: Parameters) -> Output:
    policy, version = _require_version(registry, parameters)
    if policy.default_version != version:
        policy.default_version, policy.modified = version, time.time()
        registry.record("policy-default-version-set", policy.arn, version=version)
    return {}


def delete_policy_version(registry: Registry, parameters: Parameters) -> Output:
    policy, version = _require_version(registry, parameters)
    if policy.default_version == version:
        raise AWSError("DeleteConflictException", f"Cannot delete the default version of a policy (name={policy.name})")
    del policy.versions[version]
    registry.record("policy-version-deleted", policy.arn, version=version)
    return {}


def delete_policy(registry: Registry, parameters: Parameters) -> Output:
    policy = _require(registry, parameters["policyName"])
    if len(policy.versions) > 1:
        raise AWSError(
            "DeleteConflictException", f"Cannot delete the policy because it has other versions than the default (name={policy.name})")
    if any(name == policy.name for name, _ in registry.policy_targets):
        raise AWSError("DeleteConflictException", f"Cannot delete the policy because it is attached to a principal (name={policy.name})")
    del registry.policies[policy.name], registry.tags[policy.arn]
    registry.record("policy-deleted", policy.arn)
    return {}


def get_policy(registry: Registry, parameters: Parameters) -> Output:
    policy = _require(registry, parameters["policyName"])
    return {
        "policyName": policy.name,
        "policyArn": policy.arn,
        "policyDocument": policy.versions[policy.default_version],
        "defaultVersionId": policy.default_version,
        "creationDate": policy.created,
        "lastModifiedDate": policy.modified,
    }


def get_policy_version(registry: Registry, parameters: Parameters) -> Output:
    policy, version = _require_version(registry, parameters)
    return {
        "policyArn": policy.arn,
        "policyName": policy.name,
        "policyDocument": policy.versions[version],
        "policyVersionId": version,
        "isDefaultVersion": version == policy.default_version,
    }


def list_policy_versions(registry: Registry, parameters: Parameters) -> Output:
    policy = _require(registry, parameters["policyName"])
    return {"policyVersions": [
        {"versionId": version, "isDefaultVersion": version == policy.default_version} for version in policy.versions
    ]}


def list_policies(registry: Registry, parameters: Parameters) -> Output:
    return _list(list(registry.policies.values()), parameters)


def attach_policy(registry: Registry, parameters: Parameters) -> Output:
    policy = _require(registry, parameters["policyName"])
    target = registry.require_policy_target(parameters["target"])
    pair = (policy.name, target)
    if pair not in registry.policy_targets:
        registry.policy_targets.append(pair)
        registry.record("policy-attached", policy.arn, target=target)
    return {}


def detach_policy(registry: Registry, parameters: Parameters) -> Output:
    policy = _require(registry, parameters["policyName"])
    target = registry.require_policy_target(parameters["target"])
    pair = (policy.name, target)
    if pair in registry.policy_targets:
        registry.policy_targets.remove(pair)
        registry.record("policy-detached", policy.arn, target=target)
    return {}


def list_attached_policies(registry: Registry, parameters: Parameters) -> Output:
    targets = [registry.require_policy_target(parameters["target"])]
    if parameters.get("recursive"):
        targets = with_parents(registry, targets)
    return _list([registry.policies[name] for name, arn in registry.policy_targets if arn in targets], parameters)


def list_targets_for_policy(registry: Registry, parameters: Parameters) -> Output:
    policy = _require(registry, parameters["policyName"])
    targets = [arn for name, arn in registry.policy_targets if name == policy.name]
    listed, marker = page(targets, parameters.get("pageSize"), parameters.get("marker"), default_size=25)
    return {"targets": listed, "nextMarker": marker}


def _checked_document(document: str) -> str:
    """A policy document must be JSON, have statements with an effect, actions and resources, and not be too long."""

    def require(condition: bool, why: str) -> None:
        if not condition:
            raise AWSError("MalformedPolicyException", f"The policy document is malformed: {why}")

    try:
        policy = json.loads(document)
    except ValueError as error:
        raise AWSError("MalformedPolicyException", f"The policy document is malformed: {error}") from None
    require(isinstance(policy, dict), "it is not an object")
    require(len(re.sub(r"\s", "", document)) <= MAXIMUM_LENGTH, f"it is longer than {MAXIMUM_LENGTH}")
    require(set(policy) <= {"Version", "Id", "Statement"}, "it has an element that is none of a policy")
    require(policy.get("Version") in ("2012-10-17", "2008-10-17"), "its Version is not known")
    statements = policy.get("Statement")
    statements = statements if isinstance(statements, list) else [statements]
    require(len(statements) > 0, "it has no Statement")
    for statement in statements:
        require(isinstance(statement, dict), "a Statement is not an object")
        unknown = sorted(set(statement) - {"Sid", "Effect", "Action", "Resource", "Condition"})
        require(not unknown, f"a statement has {', '.join(unknown)}, which policies of IoT do not have")
        require(statement.get("Effect") in ("Allow", "Deny"), "the Effect of a statement is neither Allow nor Deny")
        for key, pattern in (("Action", _ACTION), ("Resource", _RESOURCE)):
            values = statement.get(key)
            values = values if isinstance(values, list) else [values]
            require(len(values) > 0 and all(isinstance(value, str) and value for value in values), f"a statement has no {key}")
            wrong = [value for value in values if not pattern.fullmatch(value)]
            require(not wrong, f"the {key} of a statement can't be {wrong}")
        require(isinstance(statement.get("Condition", {}), dict), "the Condition of a statement is not an object")
    return document


def _require(registry: Registry, name: str) -> Policy:
    if name not in registry.policies:
        raise not_found(f"The policy {name}")
    return registry.policies[name]


def _require_version(registry: Registry, parameters: Parameters) -> tuple[Policy, str]:
    policy, version = _require(registry, parameters["policyName"]), parameters["policyVersionId"]
    if version not in policy.versions:
        raise not_found(f"The version {version} of the policy {policy.name}")
    return policy, version


def _list(policies: list[Policy], parameters: Parameters) -> Output:
    ordered = ascending(policies, parameters)
    listed, marker = page(ordered, parameters.get("pageSize"), parameters.get("marker"), default_size=25)
    return {"policies": [{"policyName": policy.name, "policyArn": policy.arn} for policy in listed], "nextMarker": marker}


OPERATIONS: Operations = {
    "CreatePolicy": create_policy,
    "CreatePolicyVersion": create_policy_version,
    "SetDefaultPolicyVersion": set_default_policy_version,
    "DeletePolicyVersion": delete_policy_version,
    "DeletePolicy": delete_policy,
    "GetPolicy": get_policy,
    "GetPolicyVersion": get_policy_version,
    "ListPolicyVersions": list_policy_versions,
    "ListPolicies": list_policies,
    "AttachPolicy": attach_policy,
    "DetachPolicy": detach_policy,
    "ListAttachedPolicies": list_attached_policies,
    "ListTargetsForPolicy": list_targets_for_policy,
}
