# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""X.509 certificates, as far as a registry looks into them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ..errors import AWSError


@dataclass(frozen=True)
class ParsedCertificate:
    certificate: x509.Certificate

    @property
    def id(self) -> str:
        """The id that AWS IoT gives a certificate: the SHA-256 of its DER form."""
        return hashlib.sha256(self.certificate.public_bytes(Encoding.DER)).hexdigest()

    @property
    def subject(self) -> str:
        return self.certificate.subject.rfc4514_string()

    @property
    def common_name(self) -> str | None:
        names = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(names[0].value) if len(names) == 1 else None

    @property
    def not_before(self) -> float:
        return self.certificate.not_valid_before_utc.timestamp()

    @property
    def not_after(self) -> float:
        return self.certificate.not_valid_after_utc.timestamp()

    @property
    def is_ca(self) -> bool:
        """Whether its basic constraints say that it may sign certificates."""
        try:
            return self.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except x509.ExtensionNotFound:
            return False

    def is_signed_by(self, issuer: ParsedCertificate) -> bool:
        """Whether the issuer's name and key are those that this certificate was signed with."""
        try:
            self.certificate.verify_directly_issued_by(issuer.certificate)
        except (InvalidSignature, TypeError, ValueError):
            return False
        return True


def parse(pem: str, what: str) -> ParsedCertificate:
    """The one certificate in a PEM text; anything else is refused, as AWS IoT does."""
    try:
        certificates = x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        certificates = []
    if len(certificates) != 1:
        raise AWSError("CertificateValidationException", f"{what} is not one certificate in PEM form.")
    return ParsedCertificate(certificates[0])
