# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from .support import Authority, EmulatorTestCase, put_template, register_ca


class CACertificateTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot = self.client("iot")
        self.authority = Authority("Factory CA")
        self.code = self.iot.get_registration_code()["registrationCode"]

    def register(self, ca: str | None = None, proof: str | None = None, **parameters: object) -> dict:
        return self.iot.register_ca_certificate(
            caCertificate=ca or self.authority.pem, verificationCertificate=proof or self.authority.issue(self.code), **parameters)

    def test_a_registered_ca_is_described_with_all_that_was_asked(self) -> None:
        config = {"templateName": "fleet"}
        with self.refused("ResourceNotFoundException", 404):
            self.register(registrationConfig=config)
        put_template(self.iot, "fleet", type="JITP")
        registered = self.register(
            setAsActive=True, allowAutoRegistration=True, registrationConfig=config, tags=[{"Key": "LMS.CA.ID", "Value": "ca-1"}])
        described = self.iot.describe_ca_certificate(certificateId=registered["certificateId"])
        description = described["certificateDescription"]
        self.assertEqual(description["certificateArn"], registered["certificateArn"])
        self.assertEqual(description["status"], "ACTIVE")
        self.assertEqual(description["autoRegistrationStatus"], "ENABLE")
        self.assertEqual(description["certificateMode"], "DEFAULT")
        self.assertEqual(description["certificatePem"], self.authority.pem)
        self.assertEqual(description["validity"]["notAfter"], self.authority.certificate.not_valid_after_utc)
        self.assertEqual(described["registrationConfig"], config)
        tags = self.iot.list_tags_for_resource(resourceArn=registered["certificateArn"])["tags"]
        self.assertEqual(tags, [{"Key": "LMS.CA.ID", "Value": "ca-1"}])

    def test_without_being_asked_a_ca_is_inactive_and_registers_nothing_by_itself(self) -> None:
        registered = self.register()
        description = self.iot.describe_ca_certificate(certificateId=registered["certificateId"])["certificateDescription"]
        self.assertEqual((description["status"], description["autoRegistrationStatus"]), ("INACTIVE", "DISABLE"))

    def test_what_is_no_certificate_is_refused(self) -> None:
        for text in ("garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", self.authority.pem * 2):
            with self.subTest(text), self.refused("CertificateValidationException", 400):
                self.register(ca=text)
        self.assertEqual(self.changes(), [])

    def test_what_is_no_ca_is_refused(self) -> None:
        leaf = Authority("a device", is_ca=False)
        with self.refused("CertificateValidationException", 400):
            self.register(ca=leaf.pem, proof=leaf.issue(self.code))

    def test_a_proof_for_another_code_is_refused(self) -> None:
        with self.refused("RegistrationCodeValidationException", 400):
            self.register(proof=self.authority.issue("another code"))

    def test_a_proof_that_another_ca_signed_is_refused(self) -> None:
        for signer in (Authority("Other CA"), Authority("Factory CA")):
            with self.subTest(signer.pem), self.refused("CertificateValidationException", 400):
                self.register(proof=signer.issue(self.code))

    def test_the_proof_is_required_in_default_mode_and_not_accepted_without_it(self) -> None:
        with self.refused("InvalidRequestException", 400):
            self.iot.register_ca_certificate(caCertificate=self.authority.pem)
        with self.refused("InvalidRequestException", 400):
            self.register(certificateMode="SNI_ONLY")
        registered = self.iot.register_ca_certificate(caCertificate=self.authority.pem, certificateMode="SNI_ONLY")
        description = self.iot.describe_ca_certificate(certificateId=registered["certificateId"])["certificateDescription"]
        self.assertEqual(description["certificateMode"], "SNI_ONLY")

    def test_a_code_that_was_deleted_proves_nothing(self) -> None:
        self.iot.delete_registration_code()
        with self.refused("RegistrationCodeValidationException", 400):
            self.register()

    def test_the_same_ca_twice_is_refused_and_the_first_is_named(self) -> None:
        registered = self.register()
        with self.refused("ResourceAlreadyExistsException", 409) as response:
            self.register()
        self.assertEqual(response["resourceId"], registered["certificateId"])
        self.assertEqual(response["resourceArn"], registered["certificateArn"])
        self.assertEqual(self.changes(), ["ca-certificate-registered"])

    def test_an_eleventh_ca_of_the_same_subject_is_refused(self) -> None:
        for _ in range(10):
            register_ca(self.iot, Authority("Same CA"))
        with self.refused("LimitExceededException", 410):
            register_ca(self.iot, Authority("Same CA"))

    def test_cas_are_listed_in_pages(self) -> None:
        ids = [register_ca(self.iot, Authority(f"CA {number}"))["certificateId"] for number in range(5)]
        pages, marker = [], {}
        while True:
            page = self.iot.list_ca_certificates(pageSize=2, ascendingOrder=True, **marker)
            pages.append([ca["certificateId"] for ca in page["certificates"]])
            if "nextMarker" not in page:
                break
            marker = {"marker": page["nextMarker"]}
        self.assertEqual(pages, [ids[0:2], ids[2:4], ids[4:5]])
        self.assertEqual([ca["certificateId"] for ca in self.iot.list_ca_certificates()["certificates"]], ids[::-1])
        with self.refused("InvalidRequestException", 400):
            self.iot.list_ca_certificates(marker="bm90aGluZw==")
        with self.refused("InvalidRequestException", 400):
            self.iot.list_ca_certificates(pageSize=251)

    def test_updating_a_ca_changes_what_is_named_and_nothing_else(self) -> None:
        ca_id = self.register(setAsActive=True, allowAutoRegistration=True)["certificateId"]
        self.iot.update_ca_certificate(certificateId=ca_id, newStatus="INACTIVE")
        self.iot.update_ca_certificate(certificateId=ca_id, newStatus="INACTIVE")
        description = self.iot.describe_ca_certificate(certificateId=ca_id)["certificateDescription"]
        self.assertEqual((description["status"], description["autoRegistrationStatus"]), ("INACTIVE", "ENABLE"))
        self.iot.update_ca_certificate(certificateId=ca_id, removeAutoRegistration=True)
        description = self.iot.describe_ca_certificate(certificateId=ca_id)["certificateDescription"]
        self.assertEqual(description["autoRegistrationStatus"], "DISABLE")
        with self.refused("InvalidRequestException", 400):
            self.iot.update_ca_certificate(certificateId=ca_id, newStatus="REVOKED")
        self.assertEqual(self.changes(), ["ca-certificate-registered", "ca-certificate-updated", "ca-certificate-updated"])

    def test_an_active_ca_is_not_deleted(self) -> None:
        ca_id = self.register(setAsActive=True)["certificateId"]
        with self.refused("CertificateStateException", 406):
            self.iot.delete_ca_certificate(certificateId=ca_id)
        self.iot.update_ca_certificate(certificateId=ca_id, newStatus="INACTIVE")
        self.iot.delete_ca_certificate(certificateId=ca_id)
        with self.refused("ResourceNotFoundException", 404):
            self.iot.describe_ca_certificate(certificateId=ca_id)

    def test_tags_are_added_replaced_and_removed(self) -> None:
        arn = self.register(tags=[{"Key": "a", "Value": "1"}])["certificateArn"]
        self.iot.tag_resource(resourceArn=arn, tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}])
        self.iot.untag_resource(resourceArn=arn, tagKeys=["a", "never there"])
        self.assertEqual(self.iot.list_tags_for_resource(resourceArn=arn)["tags"], [{"Key": "b", "Value": "3"}])
        with self.refused("ResourceNotFoundException", 404):
            self.iot.list_tags_for_resource(resourceArn=arn[:-1] + "z")

    def test_an_id_that_is_none_is_refused_before_it_is_looked_up(self) -> None:
        with self.refused("InvalidRequestException", 400):
            self.iot.describe_ca_certificate(certificateId="short")
        with self.refused("ResourceNotFoundException", 404):
            self.iot.describe_ca_certificate(certificateId="0" * 64)

    def test_the_registration_code_stays_the_same(self) -> None:
        self.assertEqual(self.iot.get_registration_code()["registrationCode"], self.code)
        self.assertEqual(len(self.code), 64)
