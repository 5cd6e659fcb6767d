# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from .support import EmulatorTestCase


class IssuingTests(EmulatorTestCase):
    def test_aws_issues_a_key_pair_with_its_certificate(self) -> None:
        iot = self.client("iot")
        created = iot.create_keys_and_certificate(setAsActive=True)
        certificate = x509.load_pem_x509_certificate(created["certificatePem"].encode())
        key = load_pem_private_key(created["keyPair"]["PrivateKey"].encode(), None)
        self.assertEqual(certificate.public_key(), key.public_key())
        described = iot.describe_certificate(certificateId=created["certificateId"])["certificateDescription"]
        self.assertEqual((described["status"], described["certificateMode"]), ("ACTIVE", "DEFAULT"))
        self.assertEqual(described["validity"]["notAfter"], certificate.not_valid_after_utc)
        self.assertRegex(described["generationId"], "^[0-9a-f-]{36}$")
        self.assertNotIn("caCertificateId", described)

    def test_what_is_no_signing_request_is_refused(self) -> None:
        with self.refused("InvalidRequestException", 400):
            self.client("iot").create_certificate_from_csr(certificateSigningRequest="garbage")
