# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Certificates that AWS IoT issues itself: CreateKeysAndCertificate, CreateCertificateFromCsr, and claims for provisioning.

https://docs.aws.amazon.com/iot/latest/apireference/API_CreateKeysAndCertificate.html
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from ..errors import AWSError
from .certificates import register
from .registry import Operations, Output, Parameters, Registry
from .x509 import parse

#: AWS IoT's own certificates end here.
EXPIRATION = datetime(2049, 12, 31, 23, 59, 59, tzinfo=timezone.utc)


def create_keys_and_certificate(registry: Registry, parameters: Parameters) -> Output:
    pem, pair = new_pair(EXPIRATION)
    output = register(registry, {**parameters, "certificatePem": pem}, parse(pem, "The certificate"), "DEFAULT", None)
    return {**output, "certificatePem": pem, "keyPair": pair}


def create_certificate_from_csr(registry: Registry, parameters: Parameters) -> Output:
    pem = _signed(parameters["certificateSigningRequest"])
    output = register(registry, {**parameters, "certificatePem": pem}, parse(pem, "The certificate"), "DEFAULT", None)
    return {**output, "certificatePem": pem}


def _signed(pem: str) -> str:
    """The certificate for a certificate signing request, which must be signed with its own key."""
    try:
        request = x509.load_pem_x509_csr(pem.encode())
    except ValueError:
        raise AWSError("InvalidRequestException", "The certificate signing request is not one in PEM form.") from None
    if not request.is_signature_valid:
        raise AWSError("InvalidRequestException", "The certificate signing request is not signed with its own key.")
    key = request.public_key()
    minimum = {True: 2048, False: 256}[isinstance(key, rsa.RSAPublicKey)]
    if not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)) or key.key_size < minimum:
        raise AWSError("InvalidRequestException", "The key must be of RSA with 2048 bits or more, or on the curve P-256, P-384 or P-521.")
    return _certificate(request.subject, key, EXPIRATION)


def new_pair(expiration: datetime) -> tuple[str, dict[str, str]]:
    """A new certificate, and its key pair as IoT hands it out."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AWS IoT Certificate")])
    pair = {
        "PublicKey": key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        "PrivateKey": key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode(),
    }
    return _certificate(subject, key.public_key(), expiration), pair


def _certificate(subject: x509.Name, key: Any, expiration: datetime) -> str:
    unit = "Amazon Web Services O=Amazon.com Inc. L=Seattle ST=Washington C=US"
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(timezone.utc) - timedelta(minutes=2))
        .not_valid_after(expiration)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .sign(_issuer_key(), hashes.SHA256())
        .public_bytes(Encoding.PEM).decode()
    )


@lru_cache(maxsize=1)
def _issuer_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


OPERATIONS: Operations = {
    "CreateKeysAndCertificate": create_keys_and_certificate,
    "CreateCertificateFromCsr": create_certificate_from_csr,
}
