# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Provisioning templates, their versions, and the claims for them.

https://docs.aws.amazon.com/iot/latest/apireference/API_CreateProvisioningTemplate.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from ..errors import AWSError
from .issuing import new_pair
from .registry import Operations, Output, Parameters, Registry, already_exists, listed, not_found
from .tags import tag_values
from .template_body import TemplateBody
from .x509 import parse

#: The versions that a template may have at a time.
MAXIMUM_VERSIONS = 5

#: How long a claim is good.
CLAIM_LIFETIME = timedelta(minutes=5)


@dataclass
class TemplateVersion:
    id: int
    body: str
    created: float = field(default_factory=time.time)


@dataclass
class ProvisioningTemplate:
    name: str
    arn: str
    type: str
    description: str | None
    enabled: bool
    role: str
    hook: dict[str, str] | None
    versions: dict[int, TemplateVersion]
    default_version: int = 1
    next_version: int = 2
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)


def create_provisioning_template(registry: Registry, parameters: Parameters) -> Output:
    name, kind = parameters["templateName"], parameters.get("type", "FLEET_PROVISIONING")
    arn = registry.arn(f"provisioningtemplate/{name}")
    TemplateBody.parse(parameters["templateBody"])
    _check_hook(kind, parameters.get("preProvisioningHook"))
    if name in registry.provisioning_templates:
        raise already_exists(f"The provisioning template {name} already exists.", name, arn)
    tags = tag_values(parameters.get("tags"))
    registry.provisioning_templates[name] = ProvisioningTemplate(
        name=name, arn=arn, type=kind, description=parameters.get("description"), enabled=parameters.get("enabled", False),
        role=parameters["provisioningRoleArn"], hook=parameters.get("preProvisioningHook"),
        versions={1: TemplateVersion(1, parameters["templateBody"])},
    )
    registry.tags[arn] = tags
    registry.record("provisioning-template-created", arn, body=parameters["templateBody"], tags=tags)
    return {"templateArn": arn, "templateName": name, "defaultVersionId": 1}


def create_provisioning_template_version(registry: Registry, parameters: Parameters) -> Output:
    template = _require(registry, parameters)
    TemplateBody.parse(parameters["templateBody"])
    if len(template.versions) >= MAXIMUM_VERSIONS:
        raise AWSError("VersionsLimitExceededException", f"The template {template.name} has {MAXIMUM_VERSIONS} versions already.")
    version = TemplateVersion(template.next_version, parameters["templateBody"])
    template.versions[version.id] = version
    template.next_version += 1
    template.modified = time.time()
    is_default = parameters.get("setAsDefault", False)
    if is_default:
        template.default_version = version.id
    registry.record("provisioning-template-version-created", template.arn, version=version.id, isDefault=is_default, body=version.body)
    return {"templateArn": template.arn, "templateName": template.name, "versionId": version.id, "isDefaultVersion": is_default}


def describe_provisioning_template(registry: Registry, parameters: Parameters) -> Output:
    template = _require(registry, parameters)
    return {
        **_summary(template),
        "defaultVersionId": template.default_version,
        "templateBody": template.versions[template.default_version].body,
        "provisioningRoleArn": template.role,
        "preProvisioningHook": template.hook,
    }


def describe_provisioning_template_version(registry: Registry, parameters: Parameters) -> Output:
    template, version = _require_version(registry, parameters)
    return {**_version_summary(template, version), "templateBody": version.body}


def update_provisioning_template(registry: Registry, parameters: Parameters) -> Output:
    template = _require(registry, parameters)
    before = (template.description, template.enabled, template.role, template.hook, template.default_version)
    if parameters.get("removePreProvisioningHook") and "preProvisioningHook" in parameters:
        raise AWSError("InvalidRequestException", "A call either sets the pre-provisioning hook or removes it.")
    _check_hook(template.type, parameters.get("preProvisioningHook"))
    default = parameters.get("defaultVersionId", template.default_version)
    if default not in template.versions:
        raise AWSError("InvalidRequestException", f"The template {template.name} has no version {default}.")
    template.default_version = default
    template.description = parameters.get("description", template.description)
    template.enabled = parameters.get("enabled", template.enabled)
    template.role = parameters.get("provisioningRoleArn", template.role)
    template.hook = None if parameters.get("removePreProvisioningHook") else parameters.get("preProvisioningHook", template.hook)
    if (template.description, template.enabled, template.role, template.hook, template.default_version) != before:
        template.modified = time.time()
        registry.record("provisioning-template-updated", template.arn, enabled=template.enabled, defaultVersion=default)
    return {}


def delete_provisioning_template(registry: Registry, parameters: Parameters) -> Output:
    template = _require(registry, parameters)
    users = [ca.id for ca in registry.ca_certificates.values() if (ca.registration_config or {}).get("templateName") == template.name]
    if users:
        raise AWSError("DeleteConflictException", f"The CA certificate {users[0]} registers devices with the template {template.name}.")
    del registry.provisioning_templates[template.name], registry.tags[template.arn]
    registry.record("provisioning-template-deleted", template.arn)
    return {}


def delete_provisioning_template_version(registry: Registry, parameters: Parameters) -> Output:
    template, version = _require_version(registry, parameters)
    if version.id == template.default_version:
        raise AWSError("DeleteConflictException", f"The default version of the template {template.name} can't be deleted.")
    del template.versions[version.id]
    registry.record("provisioning-template-version-deleted", template.arn, version=version.id)
    return {}


def list_provisioning_templates(registry: Registry, parameters: Parameters) -> Output:
    return listed("templates", [_summary(template) for template in registry.provisioning_templates.values()], parameters)


def list_provisioning_template_versions(registry: Registry, parameters: Parameters) -> Output:
    template = _require(registry, parameters)
    return listed("versions", [_version_summary(template, version) for version in template.versions.values()], parameters)


def create_provisioning_claim(registry: Registry, parameters: Parameters) -> Output:
    """A certificate that a device can use for a few minutes to register itself with the template; it is not in the registry."""
    template = _require(registry, parameters)
    if template.type != "FLEET_PROVISIONING":
        raise AWSError("InvalidRequestException", f"There are no claims for the template {template.name}, whose type is {template.type}.")
    expiration = datetime.now(timezone.utc) + CLAIM_LIFETIME
    pem, pair = new_pair(expiration)
    certificate_id = parse(pem, "The claim").id
    registry.record("provisioning-claim-created", template.arn, certificateId=certificate_id)
    return {"certificateId": certificate_id, "certificatePem": pem, "keyPair": pair, "expiration": expiration.timestamp()}


def _check_hook(kind: str, hook: dict[str, Any] | None) -> None:
    if hook is not None and kind != "FLEET_PROVISIONING":
        raise AWSError("InvalidRequestException", f"A template of the type {kind} can't have a pre-provisioning hook.")


def _require(registry: Registry, parameters: Parameters) -> ProvisioningTemplate:
    name = parameters["templateName"]
    if name not in registry.provisioning_templates:
        raise not_found(f"The provisioning template {name}")
    return registry.provisioning_templates[name]


def _require_version(registry: Registry, parameters: Parameters) -> tuple[ProvisioningTemplate, TemplateVersion]:
    template, version = _require(registry, parameters), parameters["versionId"]
    if version not in template.versions:
        raise not_found(f"The version {version} of the provisioning template {template.name}")
    return template, template.versions[version]


def _summary(template: ProvisioningTemplate) -> Output:
    return {
        "templateArn": template.arn,
        "templateName": template.name,
        "description": template.description,
        "creationDate": template.created,
        "lastModifiedDate": template.modified,
        "enabled": template.enabled,
        "type": template.type,
    }


def _version_summary(template: ProvisioningTemplate, version: TemplateVersion) -> Output:
    return {"versionId": version.id, "creationDate": version.created, "isDefaultVersion": version.id == template.default_version}


OPERATIONS: Operations = {
    "CreateProvisioningTemplate": create_provisioning_template,
    "CreateProvisioningTemplateVersion": create_provisioning_template_version,
    "DescribeProvisioningTemplate": describe_provisioning_template,
    "DescribeProvisioningTemplateVersion": describe_provisioning_template_version,
    "UpdateProvisioningTemplate": update_provisioning_template,
    "DeleteProvisioningTemplate": delete_provisioning_template,
    "DeleteProvisioningTemplateVersion": delete_provisioning_template_version,
    "ListProvisioningTemplates": list_provisioning_templates,
    "ListProvisioningTemplateVersions": list_provisioning_template_versions,
    "CreateProvisioningClaim": create_provisioning_claim,
}
