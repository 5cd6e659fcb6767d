# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Device certificates: RegisterCertificate and what belongs to it.

https://docs.aws.amazon.com/iot/latest/apireference/API_RegisterCertificate.html
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry, already_exists, ascending, not_found, page
from .x509 import ParsedCertificate, parse

#: What a caller may set; the others that the model lists are AWS's own, or deprecated.
STATUSES = ("ACTIVE", "INACTIVE", "REVOKED")


@dataclass
class Certificate:
    id: str
    arn: str
    pem: str
    not_before: float
    not_after: float
    mode: str
    status: str
    ca_id: str | None
    generation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)


def register_certificate(registry: Registry, parameters: Parameters) -> Output:
    certificate = parse(parameters["certificatePem"], "The certificate")
    ca_id = _issuer(registry, certificate, parameters.get("caCertificatePem"))
    ca = registry.ca_certificates[ca_id]
    return register(registry, parameters, certificate, ca.mode, ca_id)


def register_certificate_without_ca(registry: Registry, parameters: Parameters) -> Output:
    return register(registry, parameters, parse(parameters["certificatePem"], "The certificate"), "SNI_ONLY", None)


def describe_certificate(registry: Registry, parameters: Parameters) -> Output:
    certificate = _require(registry, parameters["certificateId"])
    return {"certificateDescription": {
        "certificateArn": certificate.arn,
        "certificateId": certificate.id,
        "caCertificateId": certificate.ca_id,
        "status": certificate.status,
        "certificatePem": certificate.pem,
        "ownedBy": registry.account,
        "creationDate": certificate.created,
        "lastModifiedDate": certificate.modified,
        "customerVersion": 1,
        "generationId": certificate.generation_id,
        "transferData": {},
        "validity": {"notBefore": certificate.not_before, "notAfter": certificate.not_after},
        "certificateMode": certificate.mode,
    }}


def update_certificate(registry: Registry, parameters: Parameters) -> Output:
    """Sets the status.

    AWS documents that a revoked certificate stays so: "Once a certificate is revoked, it's status can't be changed"
    (https://docs.aws.amazon.com/iot/latest/developerguide/revoke-ca-cert.html), that the operation is idempotent, and that the
    statuses PENDING_TRANSFER and PENDING_ACTIVATION are refused
    (https://docs.aws.amazon.com/iot/latest/apireference/API_UpdateCertificate.html). Which error it gives for a revoked one is not
    documented; of those that it lists, CertificateStateException ("The certificate operation is not allowed") is the one that fits.
    """
    certificate = _require(registry, parameters["certificateId"])
    status = _checked_status(parameters["newStatus"])
    if status == certificate.status:
        return {}
    if certificate.status == "REVOKED":
        raise AWSError("CertificateStateException", f"The certificate is revoked; its status can't be changed. Id: {certificate.id}")
    previous, certificate.status, certificate.modified = certificate.status, status, time.time()
    registry.record("certificate-status-changed", certificate.arn, previous=previous, status=status)
    return {}


def delete_certificate(registry: Registry, parameters: Parameters) -> Output:
    certificate = _require(registry, parameters["certificateId"])
    if certificate.status == "ACTIVE":
        raise AWSError("CertificateStateException", f"The certificate must not be ACTIVE when it is deleted. Id: {certificate.id}")
    if any(arn == certificate.arn for _, arn, _ in registry.thing_principals):
        raise AWSError("DeleteConflictException", f"Things must be detached before deletion (arn: {certificate.arn})")
    attached = [pair for pair in registry.policy_targets if pair[1] == certificate.arn]
    if attached and not parameters.get("forceDelete"):
        raise AWSError("DeleteConflictException", f"Certificate policies must be detached before deletion (arn: {certificate.arn})")
    for pair in attached:
        registry.policy_targets.remove(pair)
    del registry.certificates[certificate.id]
    registry.record("certificate-deleted", certificate.arn)
    return {}


def list_certificates(registry: Registry, parameters: Parameters) -> Output:
    return _list(list(registry.certificates.values()), parameters)


def list_certificates_by_ca(registry: Registry, parameters: Parameters) -> Output:
    ca_id = parameters["caCertificateId"]
    return _list([certificate for certificate in registry.certificates.values() if certificate.ca_id == ca_id], parameters)


def _issuer(registry: Registry, certificate: ParsedCertificate, ca_pem: str | None) -> str:
    """The id of the registered, active CA that signed the certificate."""
    if ca_pem is not None:
        named = parse(ca_pem, "The CA certificate").id
        candidates = [named] if named in registry.ca_certificates else []
    else:
        candidates = list(registry.ca_certificates)
    issuers = [
        ca_id for ca_id in candidates if certificate.is_signed_by(parse(registry.ca_certificates[ca_id].pem, "The CA certificate"))
    ]
    if not issuers:
        raise AWSError("CertificateValidationException", "The certificate is not signed by a CA that is registered.")
    if len({registry.ca_certificates[ca_id].subject for ca_id in issuers}) < len(issuers):
        raise AWSError("CertificateConflictException", "Several registered CAs have the subject of the issuer; say which one it is.")
    if registry.ca_certificates[issuers[0]].status != "ACTIVE":
        raise AWSError("CertificateValidationException", "The CA that signed the certificate is registered, but not ACTIVE.")
    return issuers[0]


def register(registry: Registry, parameters: Parameters, certificate: ParsedCertificate, mode: str, ca_id: str | None) -> Output:
    default = "ACTIVE" if parameters.get("setAsActive") else "INACTIVE"
    status = _checked_status(parameters.get("status", default))
    arn = registry.arn(f"cert/{certificate.id}")
    if certificate.id in registry.certificates:
        raise already_exists("The certificate is already provisioned or registered.", certificate.id, arn)
    registry.certificates[certificate.id] = Certificate(
        id=certificate.id, arn=arn, pem=parameters["certificatePem"], not_before=certificate.not_before,
        not_after=certificate.not_after, mode=mode, status=status, ca_id=ca_id,
    )
    registry.record("certificate-registered", arn, status=status, caCertificateId=ca_id, commonName=certificate.common_name)
    return {"certificateArn": arn, "certificateId": certificate.id}


def _checked_status(status: str) -> str:
    if status not in STATUSES:
        raise AWSError("InvalidRequestException", f"The status {status} can't be set; it may be {', '.join(STATUSES)}.")
    return status


def _require(registry: Registry, certificate_id: str) -> Certificate:
    if certificate_id not in registry.certificates:
        raise not_found(f"The certificate {certificate_id}")
    return registry.certificates[certificate_id]


def _list(certificates: list[Certificate], parameters: Parameters) -> Output:
    ordered = ascending(certificates, parameters)
    listed, marker = page(ordered, parameters.get("pageSize"), parameters.get("marker"), default_size=25)
    return {
        "certificates": [
            {
                "certificateArn": certificate.arn,
                "certificateId": certificate.id,
                "status": certificate.status,
                "certificateMode": certificate.mode,
                "creationDate": certificate.created,
            }
            for certificate in listed
        ],
        "nextMarker": marker,
    }


OPERATIONS: Operations = {
    "RegisterCertificate": register_certificate,
    "RegisterCertificateWithoutCA": register_certificate_without_ca,
    "DescribeCertificate": describe_certificate,
    "UpdateCertificate": update_certificate,
    "DeleteCertificate": delete_certificate,
    "ListCertificates": list_certificates,
    "ListCertificatesByCA": list_certificates_by_ca,
}
