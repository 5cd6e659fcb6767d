# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""RegisterThing: makes what a provisioning template says, once for a device.

https://docs.aws.amazon.com/iot/latest/apireference/API_RegisterThing.html. What the template names is looked up before anything is made.
AWS does not say what happens to a thing that exists already where the template has no
OverrideSettings; here it stays as it is.
"""

from __future__ import annotations

import hashlib
from typing import Any

from ..errors import AWSError
from . import thing_group_members
from .certificates import register_certificate, update_certificate
from .issuing import create_certificate_from_csr
from .policies import attach_policy, create_policy
from .registry import Operations, Output, Parameters, Registry
from .template_body import Resource, TemplateBody
from .thing_principals import attach_thing_principal
from .things import create_thing, update_thing
from .x509 import parse

#: What an override setting may say, for each of the properties that have one.
OVERRIDES = {
    "AttributePayload": ("DO_NOTHING", "REPLACE", "FAIL", "MERGE"),
    "ThingTypeName": ("DO_NOTHING", "REPLACE", "FAIL"),
    "ThingGroups": ("DO_NOTHING", "REPLACE", "FAIL"),
    "Status": ("DO_NOTHING", "REPLACE", "FAIL"),
}


def register_thing(registry: Registry, parameters: Parameters) -> Output:
    body = TemplateBody.parse(parameters["templateBody"])
    return register(registry, body.resources(parameters.get("parameters", {})))


def register(registry: Registry, resources: list[Resource]) -> Output:
    """Makes the resources of one device."""
    thing = _only(resources, "AWS::IoT::Thing")
    certificate = _only(resources, "AWS::IoT::Certificate")
    policies = [resource for resource in resources if resource.type == "AWS::IoT::Policy"]
    if policies and certificate is None:
        raise _failed("A template with a policy must have a certificate, which the policy is attached to.")
    _check(registry, thing, policies)

    arns: dict[str, str] = {}
    pem = certificate_arn = None
    if certificate is not None:
        certificate_arn, pem = _certificate(registry, certificate)
        arns[certificate.logical_name] = certificate_arn
    for policy in policies:
        name = _policy(registry, policy.properties)
        attach_policy(registry, {"policyName": name, "target": certificate_arn})
        arns[policy.logical_name] = registry.policies[name].arn
    if thing is not None:
        arns[thing.logical_name] = _thing(registry, thing)
        if certificate_arn is not None:
            attach_thing_principal(registry, {"thingName": thing.properties["ThingName"], "principal": certificate_arn})
    return {"certificatePem": pem, "resourceArns": arns}


def _check(registry: Registry, thing: Resource | None, policies: list[Resource]) -> None:
    """Refuses what can't be made, before anything is."""
    for policy in policies:
        name = policy.properties.get("PolicyName")
        if (name is None) == ("PolicyDocument" not in policy.properties):
            raise _failed(f"The policy {policy.logical_name} needs a PolicyName or a PolicyDocument, and not both.")
        if name is not None and name not in registry.policies:
            raise _failed(f"The policy {name} does not exist.")
    if thing is None:
        return
    properties = thing.properties
    if not isinstance(properties.get("ThingName"), str):
        raise _failed(f"The thing {thing.logical_name} has no ThingName.")
    if properties.get("ThingTypeName") not in (None, *registry.thing_types):
        raise _failed(f"The thing type {properties['ThingTypeName']} does not exist.")
    for group in properties.get("ThingGroups", ()):
        if group not in registry.thing_groups:
            raise _failed(f"The thing group {group} does not exist.")
    present = registry.things.get(properties["ThingName"])
    if present is not None:
        for name, is_other in {
            "AttributePayload": present.attributes != properties.get("AttributePayload", {}),
            "ThingTypeName": present.type_name != properties.get("ThingTypeName"),
            "ThingGroups": set(_groups(registry, present)) != set(properties.get("ThingGroups", ())),
        }.items():
            if is_other and _override(thing, name) == "FAIL":
                raise _failed(f"The thing {present.name} exists with another {name}.")


def _thing(registry: Registry, resource: Resource) -> str:
    properties = resource.properties
    name, attributes = properties["ThingName"], properties.get("AttributePayload", {})
    is_new = name not in registry.things
    if is_new:
        create_thing(registry, {
            "thingName": name, "thingTypeName": properties.get("ThingTypeName"), "attributePayload": {"attributes": attributes},
        })
    else:
        if (how := _override(resource, "AttributePayload")) in ("REPLACE", "MERGE"):
            update_thing(registry, {"thingName": name, "attributePayload": {"attributes": attributes, "merge": how == "MERGE"}})
        if _override(resource, "ThingTypeName") == "REPLACE" and "ThingTypeName" in properties:
            update_thing(registry, {"thingName": name, "thingTypeName": properties["ThingTypeName"]})
    thing = registry.things[name]
    if is_new or _override(resource, "ThingGroups") == "REPLACE":
        wanted = properties.get("ThingGroups", [])
        gone = [group for group in _groups(registry, thing) if group not in wanted]
        thing_group_members.update_thing_groups_for_thing(
            registry, {"thingName": name, "thingGroupsToAdd": wanted, "thingGroupsToRemove": gone})
    return thing.arn


def _certificate(registry: Registry, resource: Resource) -> tuple[str, str]:
    """Registers or finds the certificate: its ARN and its PEM text."""
    properties, status = resource.properties, resource.properties.get("Status", "ACTIVE").upper()
    stated = [key for key in ("CertificateId", "CertificatePem", "CertificateSigningRequest") if properties.get(key)]
    if len(stated) != 1:
        raise _failed("A certificate needs one of CertificateId, CertificatePem and CertificateSigningRequest.")
    try:
        if stated == ["CertificateId"]:
            certificate_id = properties["CertificateId"]
            if certificate_id not in registry.certificates:
                raise _failed(f"The certificate {certificate_id} does not exist.")
        elif stated == ["CertificatePem"]:
            certificate_id = parse(properties["CertificatePem"], "The certificate").id
            if certificate_id not in registry.certificates:
                request = {"certificatePem": properties["CertificatePem"], "status": status}
                if ca_pem := properties.get("CACertificatePem"):
                    request["caCertificatePem"] = ca_pem
                register_certificate(registry, request)
        else:
            request = {"certificateSigningRequest": properties["CertificateSigningRequest"], "status": status}
            certificate_id = create_certificate_from_csr(registry, request)["certificateId"]
        certificate = registry.certificates[certificate_id]
        if certificate.status != status:
            if (how := _override(resource, "Status")) == "FAIL":
                raise _failed(f"The certificate {certificate_id} exists with another status.")
            if how == "REPLACE":
                update_certificate(registry, {"certificateId": certificate_id, "newStatus": status})
    except AWSError as error:
        raise _failed(error.message) from None
    return certificate.arn, certificate.pem


def _policy(registry: Registry, properties: dict[str, Any]) -> str:
    """The name of the policy; one that is given by its document is made once, under the digest of it."""
    if (name := properties.get("PolicyName")) is not None:
        return name
    document = properties["PolicyDocument"]
    name = hashlib.sha256(document.encode()).hexdigest()
    if name not in registry.policies:
        create_policy(registry, {"policyName": name, "policyDocument": document})
    return name


def _groups(registry: Registry, thing: Any) -> list[str]:
    return [group.name for group in thing_group_members.groups_of(registry, thing)]


def _override(resource: Resource, name: str) -> str:
    setting = resource.overrides.get(name, "DO_NOTHING")
    if setting not in OVERRIDES[name]:
        raise AWSError("InvalidRequestException", f"The override setting {setting} of {name} is none of {', '.join(OVERRIDES[name])}.")
    return setting


def _only(resources: list[Resource], kind: str) -> Resource | None:
    found = [resource for resource in resources if resource.type == kind]
    if len(found) > 1:
        raise AWSError("InvalidRequestException", f"A template has at most one {kind}.")
    return found[0] if found else None


def _failed(message: str) -> AWSError:
    return AWSError("ResourceRegistrationFailureException", message)


OPERATIONS: Operations = {"RegisterThing": register_thing}
