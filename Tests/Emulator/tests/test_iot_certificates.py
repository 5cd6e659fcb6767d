# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import hashlib
import ssl

from .support import Authority, EmulatorTestCase, register_ca


class CertificateTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot = self.client("iot")
        self.authority = Authority("Factory CA")
        self.ca_id = register_ca(self.iot, self.authority)["certificateId"]

    def register(self, pem: str | None = None, ca: str | None = None, **parameters: object) -> dict:
        return self.iot.register_certificate(
            certificatePem=pem or self.authority.issue("device-1"), caCertificatePem=ca or self.authority.pem,
            **{"status": "ACTIVE", **parameters})

    def status(self, certificate_id: str) -> str:
        return self.iot.describe_certificate(certificateId=certificate_id)["certificateDescription"]["status"]

    def test_a_registered_certificate_is_described_with_its_ca(self) -> None:
        pem = self.authority.issue("device-1")
        registered = self.register(pem)
        self.assertEqual(registered["certificateId"], hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest())
        description = self.iot.describe_certificate(certificateId=registered["certificateId"])["certificateDescription"]
        self.assertEqual(description["certificateArn"], registered["certificateArn"])
        self.assertEqual(description["caCertificateId"], self.ca_id)
        self.assertEqual(description["status"], "ACTIVE")
        self.assertEqual(description["certificatePem"], pem)
        self.assertEqual(description["certificateMode"], "DEFAULT")

    def test_the_ca_is_found_without_being_named(self) -> None:
        registered = self.iot.register_certificate(certificatePem=self.authority.issue("device-1"))
        description = self.iot.describe_certificate(certificateId=registered["certificateId"])["certificateDescription"]
        self.assertEqual((description["caCertificateId"], description["status"]), (self.ca_id, "INACTIVE"))

    def test_a_ca_that_must_be_named_is_asked_for(self) -> None:
        # The same name and key in another certificate: both have signed what one of them issued.
        renewed = Authority("Factory CA", key=self.authority.key)
        register_ca(self.iot, renewed)
        pem = self.authority.issue("device-1")
        with self.refused("CertificateConflictException", 409):
            self.iot.register_certificate(certificatePem=pem)
        self.register(pem)

    def test_a_certificate_of_an_unregistered_ca_is_refused(self) -> None:
        other = Authority("Other CA")
        with self.refused("CertificateValidationException", 400):
            self.register(other.issue("device-1"), ca=other.pem)
        with self.refused("CertificateValidationException", 400):
            self.iot.register_certificate(certificatePem=other.issue("device-1"))

    def test_a_certificate_that_the_named_ca_did_not_sign_is_refused(self) -> None:
        with self.refused("CertificateValidationException", 400):
            self.register(Authority("Factory CA").issue("device-1"))

    def test_a_certificate_of_an_inactive_ca_is_refused(self) -> None:
        self.iot.update_ca_certificate(certificateId=self.ca_id, newStatus="INACTIVE")
        with self.refused("CertificateValidationException", 400):
            self.register()

    def test_the_same_certificate_twice_is_refused_and_the_first_is_named(self) -> None:
        pem = self.authority.issue("device-1")
        registered = self.register(pem)
        # The id is that of the certificate, not of the text around it.
        with self.refused("ResourceAlreadyExistsException", 409) as response:
            self.register(f"\n{pem}\n")
        self.assertEqual(response["resourceId"], registered["certificateId"])
        self.assertEqual(response["resourceArn"], registered["certificateArn"])

    def test_what_is_no_certificate_is_refused(self) -> None:
        with self.refused("CertificateValidationException", 400):
            self.register("garbage")

    def test_a_certificate_without_ca_is_registered_for_server_name_indication(self) -> None:
        registered = self.iot.register_certificate_without_ca(certificatePem=Authority("Other CA").issue("device-1"), status="ACTIVE")
        description = self.iot.describe_certificate(certificateId=registered["certificateId"])["certificateDescription"]
        self.assertNotIn("caCertificateId", description)
        self.assertEqual(description["certificateMode"], "SNI_ONLY")

    def test_the_status_goes_back_and_forth_until_the_certificate_is_revoked(self) -> None:
        certificate_id = self.register()["certificateId"]
        for status in ("INACTIVE", "ACTIVE", "ACTIVE", "REVOKED", "REVOKED"):
            self.iot.update_certificate(certificateId=certificate_id, newStatus=status)
            self.assertEqual(self.status(certificate_id), status)
        for status in ("ACTIVE", "INACTIVE"):
            with self.subTest(status), self.refused("CertificateStateException", 406):
                self.iot.update_certificate(certificateId=certificate_id, newStatus=status)
        self.assertEqual(self.status(certificate_id), "REVOKED")
        statuses = [entry["values"] for entry in self.ledger() if entry["change"] == "certificate-status-changed"]
        self.assertEqual(statuses, [
            {"previous": "ACTIVE", "status": "INACTIVE"},
            {"previous": "INACTIVE", "status": "ACTIVE"},
            {"previous": "ACTIVE", "status": "REVOKED"},
        ])

    def test_unknown_and_reserved_statuses_are_refused(self) -> None:
        certificate_id = self.register()["certificateId"]
        for status in ("BOGUS", "active", "", "PENDING_TRANSFER", "PENDING_ACTIVATION", "REGISTER_INACTIVE"):
            with self.subTest(status), self.refused("InvalidRequestException", 400):
                self.iot.update_certificate(certificateId=certificate_id, newStatus=status)
            with self.subTest(status), self.refused("InvalidRequestException", 400):
                self.register(status=status)

    def test_certificates_are_listed_by_their_ca(self) -> None:
        other = Authority("Other CA")
        other_id = register_ca(self.iot, other)["certificateId"]
        mine = self.register()["certificateId"]
        theirs = self.register(other.issue("device-2"), ca=other.pem)["certificateId"]
        for ca_id, certificate_id in ((self.ca_id, mine), (other_id, theirs)):
            listed = self.iot.list_certificates_by_ca(caCertificateId=ca_id)["certificates"]
            self.assertEqual([certificate["certificateId"] for certificate in listed], [certificate_id])
        page = self.iot.list_certificates(pageSize=1)
        self.assertEqual([certificate["certificateId"] for certificate in page["certificates"]], [theirs])
        self.assertIn("nextMarker", page)

    def test_a_certificate_in_use_is_not_deleted(self) -> None:
        registered = self.register()
        certificate_id, arn = registered["certificateId"], registered["certificateArn"]
        self.iot.create_thing(thingName="device-1")
        self.iot.attach_thing_principal(thingName="device-1", principal=arn)
        with self.refused("CertificateStateException", 406):
            self.iot.delete_certificate(certificateId=certificate_id)
        self.iot.update_certificate(certificateId=certificate_id, newStatus="INACTIVE")
        with self.refused("DeleteConflictException", 409):
            self.iot.delete_certificate(certificateId=certificate_id)
        self.iot.detach_thing_principal(thingName="device-1", principal=arn)
        self.iot.delete_certificate(certificateId=certificate_id)
        with self.refused("ResourceNotFoundException", 404):
            self.iot.describe_certificate(certificateId=certificate_id)

    def test_policies_keep_a_certificate_unless_its_deletion_is_forced(self) -> None:
        registered = self.register(status="INACTIVE")
        document = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}'
        self.iot.create_policy(policyName="p", policyDocument=document)
        self.iot.attach_policy(policyName="p", target=registered["certificateArn"])
        with self.refused("DeleteConflictException", 409):
            self.iot.delete_certificate(certificateId=registered["certificateId"])
        self.iot.delete_certificate(certificateId=registered["certificateId"], forceDelete=True)
        self.assertEqual(self.iot.list_targets_for_policy(policyName="p")["targets"], [])
