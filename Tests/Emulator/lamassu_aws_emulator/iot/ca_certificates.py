# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""CA certificates: RegisterCACertificate and what belongs to it.

https://docs.aws.amazon.com/iot/latest/apireference/API_RegisterCACertificate.html
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry, already_exists, ascending, not_found, page
from .tags import tag_values
from .x509 import parse

#: How many CA certificates with the same subject an account may register.
MAXIMUM_WITH_SUBJECT = 10


@dataclass
class CACertificate:
    id: str
    arn: str
    pem: str
    subject: str
    not_before: float
    not_after: float
    mode: str
    status: str
    auto_registration: str
    registration_config: dict[str, str] | None
    generation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)


def get_registration_code(registry: Registry, parameters: Parameters) -> Output:
    return {"registrationCode": registry.registration_code}


def delete_registration_code(registry: Registry, parameters: Parameters) -> Output:
    registry.registration_code = Registry("", "", registry.ledger).registration_code
    return {}


def register_ca_certificate(registry: Registry, parameters: Parameters) -> Output:
    ca = parse(parameters["caCertificate"], "The CA certificate")
    if not ca.is_ca:
        raise AWSError("CertificateValidationException", "The CA certificate is not one of a CA: its basic constraints do not say so.")
    mode = parameters.get("certificateMode", "DEFAULT")
    _check_verification(registry, parameters, mode)

    arn = registry.arn(f"cacert/{ca.id}")
    if ca.id in registry.ca_certificates:
        raise already_exists("The CA certificate is already registered.", ca.id, arn)
    if sum(other.subject == ca.subject for other in registry.ca_certificates.values()) >= MAXIMUM_WITH_SUBJECT:
        raise AWSError("LimitExceededException", f"{MAXIMUM_WITH_SUBJECT} CA certificates with this subject are registered already.")
    registered = CACertificate(
        id=ca.id, arn=arn, pem=parameters["caCertificate"], subject=ca.subject, not_before=ca.not_before, not_after=ca.not_after,
        mode=mode,
        status="ACTIVE" if parameters.get("setAsActive") else "INACTIVE",
        auto_registration="ENABLE" if parameters.get("allowAutoRegistration") else "DISABLE",
        registration_config=_checked_config(registry, parameters),
    )
    tags = tag_values(parameters.get("tags"))
    registry.ca_certificates[ca.id], registry.tags[arn] = registered, tags
    registry.record(
        "ca-certificate-registered", arn, status=registered.status, autoRegistrationStatus=registered.auto_registration,
        certificateMode=mode, tags=tags,
    )
    return {"certificateArn": arn, "certificateId": ca.id}


def describe_ca_certificate(registry: Registry, parameters: Parameters) -> Output:
    ca = _require(registry, parameters["certificateId"])
    description = {
        "certificateArn": ca.arn,
        "certificateId": ca.id,
        "status": ca.status,
        "certificatePem": ca.pem,
        "ownedBy": registry.account,
        "creationDate": ca.created,
        "autoRegistrationStatus": ca.auto_registration,
        "lastModifiedDate": ca.modified,
        "customerVersion": 1,
        "generationId": ca.generation_id,
        "validity": {"notBefore": ca.not_before, "notAfter": ca.not_after},
        "certificateMode": ca.mode,
    }
    return {"certificateDescription": description, "registrationConfig": ca.registration_config}


def update_ca_certificate(registry: Registry, parameters: Parameters) -> Output:
    ca = _require(registry, parameters["certificateId"])
    before = (ca.status, ca.auto_registration, ca.registration_config)
    ca.status = parameters.get("newStatus", ca.status)
    ca.auto_registration = parameters.get("newAutoRegistrationStatus", ca.auto_registration)
    ca.registration_config = _checked_config(registry, parameters) or ca.registration_config
    if parameters.get("removeAutoRegistration"):
        ca.auto_registration, ca.registration_config = "DISABLE", None
    if (ca.status, ca.auto_registration, ca.registration_config) != before:
        ca.modified = time.time()
        registry.record("ca-certificate-updated", ca.arn, status=ca.status, autoRegistrationStatus=ca.auto_registration)
    return {}


def delete_ca_certificate(registry: Registry, parameters: Parameters) -> Output:
    ca = _require(registry, parameters["certificateId"])
    if ca.status == "ACTIVE":
        raise AWSError("CertificateStateException", f"The CA certificate must be INACTIVE before it is deleted. Id: {ca.id}")
    del registry.ca_certificates[ca.id], registry.tags[ca.arn]
    registry.record("ca-certificate-deleted", ca.arn)
    return {}


def list_ca_certificates(registry: Registry, parameters: Parameters) -> Output:
    ordered = ascending(registry.ca_certificates.values(), parameters)
    certificates, marker = page(ordered, parameters.get("pageSize"), parameters.get("marker"), default_size=25)
    return {
        "certificates": [
            {"certificateArn": ca.arn, "certificateId": ca.id, "status": ca.status, "creationDate": ca.created} for ca in certificates
        ],
        "nextMarker": marker,
    }


def _check_verification(registry: Registry, parameters: Parameters, mode: str) -> None:
    """The proof that the caller has the key of the CA: a certificate for the registration code that the CA signed."""
    pem = parameters.get("verificationCertificate")
    if mode == "SNI_ONLY":
        if pem is not None:
            raise AWSError("InvalidRequestException", "With the certificate mode SNI_ONLY there must be no verification certificate.")
        return
    if pem is None:
        raise AWSError("InvalidRequestException", "With the certificate mode DEFAULT there must be a verification certificate.")
    proof = parse(pem, "The verification certificate")
    if proof.common_name != registry.registration_code:
        raise AWSError(
            "RegistrationCodeValidationException", "The common name of the verification certificate is not the registration code.")
    if not proof.is_signed_by(parse(parameters["caCertificate"], "The CA certificate")):
        raise AWSError("CertificateValidationException", "The verification certificate is not signed by the CA.")


def _checked_config(registry: Registry, parameters: Parameters) -> dict[str, str] | None:
    """The registration configuration: either names a provisioning template that exists, or holds the body of one and a role."""
    config = parameters.get("registrationConfig")
    if config is not None and (name := config.get("templateName")) is not None:
        if name not in registry.provisioning_templates:
            raise not_found(f"The provisioning template {name}")
        if "templateBody" in config:
            raise AWSError("InvalidRequestException", "A registration configuration has the name of a template or its body, not both.")
    return config


def _require(registry: Registry, certificate_id: str) -> CACertificate:
    if certificate_id not in registry.ca_certificates:
        raise not_found(f"The CA certificate {certificate_id}")
    return registry.ca_certificates[certificate_id]


OPERATIONS: Operations = {
    "GetRegistrationCode": get_registration_code,
    "DeleteRegistrationCode": delete_registration_code,
    "RegisterCACertificate": register_ca_certificate,
    "DescribeCACertificate": describe_ca_certificate,
    "UpdateCACertificate": update_ca_certificate,
    "DeleteCACertificate": delete_ca_certificate,
    "ListCACertificates": list_ca_certificates,
}
