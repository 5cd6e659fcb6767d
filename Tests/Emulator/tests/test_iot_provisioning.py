# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import copy
import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from .support import DOCUMENT, TEMPLATE, Authority, EmulatorTestCase, put_template, register_ca


def changed(**resources: Any) -> str:
    """The template of the tests, with these members of its resources changed: `thing={"OverrideSettings": …}`."""
    template = copy.deepcopy(TEMPLATE)
    for name, members in resources.items():
        template["Resources"][name] |= members
    return json.dumps(template)


class TemplateTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot = self.client("iot")

    def test_a_template_is_described_as_it_was_made(self) -> None:
        created = put_template(self.iot, "fleet", description="all", enabled=True, tags=[{"Key": "a", "Value": "1"}])
        self.assertEqual(created["defaultVersionId"], 1)
        described = self.iot.describe_provisioning_template(templateName="fleet")
        self.assertEqual((described["enabled"], described["type"], described["description"]), (True, "FLEET_PROVISIONING", "all"))
        self.assertEqual(json.loads(described["templateBody"]), TEMPLATE)
        self.assertEqual(len(self.iot.list_tags_for_resource(resourceArn=created["templateArn"])["tags"]), 1)
        with self.refused("ResourceAlreadyExistsException", 409):
            put_template(self.iot, "fleet")

    def test_what_is_no_template_is_refused(self) -> None:
        for body in (
            "{not json", "[]", "{}", '{"Resources": {}}', '{"Resources": {"a": {"Type": "AWS::S3::Bucket"}}}',
            '{"Parameters": {"a": {"Type": "Number"}}, "Resources": {"a": {"Type": "AWS::IoT::Thing"}}}',
            '{"Resources": {"a": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "Unknown"}}}}}',
        ):
            with self.subTest(body), self.refused("InvalidRequestException", 400):
                put_template(self.iot, "fleet", templateBody=body)
        with self.refused("InvalidRequestException", 400):
            put_template(self.iot, "no spaces")
        with self.refused("InvalidRequestException", 400):
            hook = {"targetArn": "arn:aws:lambda:eu-west-1:123456789012:function:f"}
            put_template(self.iot, "jitp", type="JITP", preProvisioningHook=hook)
        self.assertEqual(self.changes(), [])

    def test_a_template_has_five_versions_at_most_and_one_is_the_default(self) -> None:
        put_template(self.iot, "fleet")
        for number in range(2, 6):
            version = self.iot.create_provisioning_template_version(
                templateName="fleet", templateBody=changed(), setAsDefault=number == 3)
            self.assertEqual((version["versionId"], version["isDefaultVersion"]), (number, number == 3))
        with self.refused("VersionsLimitExceededException", 409):
            self.iot.create_provisioning_template_version(templateName="fleet", templateBody=changed())
        with self.refused("DeleteConflictException", 409):
            self.iot.delete_provisioning_template_version(templateName="fleet", versionId=3)
        self.iot.delete_provisioning_template_version(templateName="fleet", versionId=2)
        self.iot.update_provisioning_template(templateName="fleet", defaultVersionId=5)
        page = self.iot.list_provisioning_template_versions(templateName="fleet", maxResults=3)
        rest = self.iot.list_provisioning_template_versions(templateName="fleet", nextToken=page["nextToken"])
        versions = [(version["versionId"], version["isDefaultVersion"]) for version in page["versions"] + rest["versions"]]
        self.assertEqual(versions, [(1, False), (3, False), (4, False), (5, True)])
        with self.refused("ResourceNotFoundException", 404):
            self.iot.describe_provisioning_template_version(templateName="fleet", versionId=2)

    def test_an_update_without_a_change_changes_nothing(self) -> None:
        put_template(self.iot, "fleet")
        for _ in range(2):
            self.iot.update_provisioning_template(templateName="fleet", enabled=True)
        self.assertEqual(self.changes(), ["provisioning-template-created", "provisioning-template-updated"])
        with self.refused("InvalidRequestException", 400):
            self.iot.update_provisioning_template(templateName="fleet", defaultVersionId=9)

    def test_a_template_that_a_ca_uses_is_not_deleted(self) -> None:
        put_template(self.iot, "jitp", type="JITP")
        ca = register_ca(self.iot, Authority("CA"), registrationConfig={"templateName": "jitp"})
        with self.refused("DeleteConflictException", 409):
            self.iot.delete_provisioning_template(templateName="jitp")
        self.iot.update_ca_certificate(certificateId=ca["certificateId"], removeAutoRegistration=True)
        self.iot.delete_provisioning_template(templateName="jitp")
        self.assertEqual(self.iot.list_provisioning_templates()["templates"], [])

    def test_a_claim_is_a_certificate_with_its_key(self) -> None:
        put_template(self.iot, "fleet")
        claim = self.iot.create_provisioning_claim(templateName="fleet")
        self.assertEqual(x509.load_pem_x509_certificate(claim["certificatePem"].encode()).not_valid_after_utc.microsecond, 0)
        self.assertIn("PRIVATE KEY", claim["keyPair"]["PrivateKey"])
        put_template(self.iot, "jitp", type="JITP")
        with self.refused("InvalidRequestException", 400):
            self.iot.create_provisioning_claim(templateName="jitp")


class RegisterThingTestCase(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot = self.client("iot")
        self.authority = Authority("Factory CA")
        register_ca(self.iot, self.authority)
        self.iot.create_policy(policyName="devices", policyDocument=DOCUMENT)
        for group in ("factory", "workshop"):
            self.iot.create_thing_group(thingGroupName=group)


class RegisterThingTests(RegisterThingTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.pem = self.authority.issue("device-1")

    def register(self, body: str | None = None, **parameters: str) -> dict[str, Any]:
        return self.iot.register_thing(templateBody=body or changed(), parameters={"Name": "1", "Pem": self.pem, **parameters})

    def test_all_that_the_template_says_is_made_once(self) -> None:
        first, before = self.register(), self.changes()
        self.assertEqual(self.register()["resourceArns"], first["resourceArns"])
        self.assertEqual(self.changes(), before)
        arns = first["resourceArns"]
        self.assertEqual(self.iot.describe_thing(thingName="device-1")["attributes"], {"line": "line-1"})
        self.assertEqual(self.iot.list_thing_principals(thingName="device-1")["principals"], [arns["certificate"]])
        self.assertEqual(self.iot.list_attached_policies(target=arns["certificate"])["policies"][0]["policyArn"], arns["policy"])
        self.assertEqual(self.iot.list_things_in_thing_group(thingGroupName="factory")["things"], ["device-1"])
        described = self.iot.describe_certificate(certificateId=arns["certificate"].rpartition("/")[2])["certificateDescription"]
        self.assertEqual((described["status"], first["certificatePem"]), ("ACTIVE", self.pem))

    def test_of_many_calls_at_a_time_one_makes_it(self) -> None:
        clients = [self.client("iot") for _ in range(4)]

        def register(client: Any) -> dict[str, str]:
            return client.register_thing(templateBody=changed(), parameters={"Name": "1", "Pem": self.pem})["resourceArns"]

        with ThreadPoolExecutor() as executor:
            arns = list(executor.map(register, clients))
        self.assertEqual(arns, [arns[0]] * 4)
        made = self.changes()
        for change in ("thing-created", "certificate-registered", "policy-attached", "principal-attached", "thing-added-to-group"):
            self.assertEqual(made.count(change), 1, change)

    def test_override_settings_say_what_happens_to_what_exists(self) -> None:
        self.register()
        replace = {"AttributePayload": "REPLACE", "ThingGroups": "REPLACE"}
        for settings, attributes, groups in (
            ({}, {"line": "line-1"}, ["factory"]),
            ({"OverrideSettings": replace}, {"line": "line-2"}, ["workshop"]),
        ):
            self.register(changed(thing=settings), Line="line-2")
            self.assertEqual(self.iot.describe_thing(thingName="device-1")["attributes"], attributes)
            found = self.iot.list_thing_groups_for_thing(thingName="device-1")["thingGroups"]
            self.assertEqual([group["groupName"] for group in found], groups)
        with self.refused("ResourceRegistrationFailureException", 400):
            self.register(changed(thing={"OverrideSettings": {"AttributePayload": "FAIL"}}), Line="line-1")
        with self.refused("InvalidRequestException", 400):
            self.register(changed(thing={"OverrideSettings": {"AttributePayload": "SOMETIMES"}}), Line="line-1")

    def test_the_status_of_a_certificate_is_replaced_if_asked(self) -> None:
        arn = self.register()["resourceArns"]["certificate"]
        properties = {"CertificateId": arn.rpartition("/")[2], "Status": "INACTIVE"}
        for settings, status in (({}, "ACTIVE"), ({"OverrideSettings": {"Status": "REPLACE"}}, "INACTIVE")):
            self.register(changed(certificate={"Properties": properties, **settings}))
            described = self.iot.describe_certificate(certificateId=properties["CertificateId"])["certificateDescription"]
            self.assertEqual(described["status"], status)

    def test_a_signing_request_gives_a_certificate_of_aws(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "device-2")])
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
        properties = {"CertificateSigningRequest": {"Ref": "Pem"}}
        answer = self.register(changed(certificate={"Properties": properties}), Pem=request.public_bytes(Encoding.PEM).decode())
        certificate = x509.load_pem_x509_certificate(answer["certificatePem"].encode())
        self.assertEqual((certificate.subject, certificate.public_key()), (subject, key.public_key()))

    def test_a_policy_can_be_given_by_its_document(self) -> None:
        answers = [self.register(changed(policy={"Properties": {"PolicyDocument": DOCUMENT}})) for _ in range(2)]
        self.assertEqual(answers[0]["resourceArns"]["policy"], answers[1]["resourceArns"]["policy"])
        self.assertEqual(self.changes().count("policy-created"), 2)

    def test_what_can_not_be_made_changes_nothing(self) -> None:
        before = self.changes()
        stranger = Authority("Another CA").issue("device-1")
        for body, parameters in (
            (changed(policy={"Properties": {"PolicyName": "unknown"}}), {}),
            (changed(thing={"Properties": {"ThingName": "a", "ThingGroups": ["unknown"]}}), {}),
            (changed(thing={"Properties": {"ThingName": "a", "ThingTypeName": "unknown"}}), {}),
            (changed(thing={"Properties": {}}), {}),
            (changed(certificate={"Properties": {"CertificateId": "0" * 64}}), {}),
            (changed(), {"Pem": stranger}),
        ):
            with self.subTest(body), self.refused("ResourceRegistrationFailureException", 400):
                self.register(body, **parameters)
        with self.refused("InvalidRequestException", 400):
            self.iot.register_thing(templateBody=changed(), parameters={"Name": "1"})
        self.assertEqual(self.changes(), before)


class RegistrationTaskTests(RegisterThingTestCase):
    def start(self, lines: list[str], key: str = "devices.txt") -> str:
        s3 = self.client("s3")
        s3.create_bucket(Bucket="fleet", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_object(Bucket="fleet", Key="devices.txt", Body="\n".join(lines).encode())
        return self.iot.start_thing_registration_task(
            templateBody=changed(), inputFileBucket="fleet", inputFileKey=key, roleArn="arn:aws:iam::123456789012:role/fleet")["taskId"]

    def line(self, number: int) -> str:
        return json.dumps({"Name": str(number), "Pem": self.authority.issue(f"device-{number}")})

    def test_a_task_goes_on_while_it_is_looked_at(self) -> None:
        task = self.start([self.line(1), "{not json", self.line(2), self.line(3)])
        seen = [self.iot.describe_thing_registration_task(taskId=task) for _ in range(5)]
        self.assertEqual([answer["percentageProgress"] for answer in seen], [25, 50, 75, 100, 100])
        self.assertEqual([answer["status"] for answer in seen], ["InProgress"] * 3 + ["Completed"] * 2)
        self.assertEqual((seen[-1]["successCount"], seen[-1]["failureCount"]), (3, 1))
        self.assertEqual(len(self.iot.list_things()["things"]), 3)
        [link] = self.iot.list_thing_registration_task_reports(taskId=task, reportType="ERRORS")["resourceLinks"]
        with urllib.request.urlopen(link) as response:
            self.assertEqual(json.loads(response.read())["lineNumber"], 2)

    def test_a_task_can_be_stopped(self) -> None:
        task = self.start([self.line(number) for number in range(4)])
        self.iot.describe_thing_registration_task(taskId=task)
        self.iot.stop_thing_registration_task(taskId=task)
        self.assertEqual(self.iot.describe_thing_registration_task(taskId=task)["status"], "Cancelled")
        self.assertEqual(len(self.iot.list_things()["things"]), 1)
        self.assertEqual(self.iot.list_thing_registration_tasks(status="Cancelled")["taskIds"], [task])
        with self.refused("InvalidRequestException", 400):
            self.iot.stop_thing_registration_task(taskId=task)

    def test_a_file_that_is_not_there_fails_the_task(self) -> None:
        task = self.start([], key="other.txt")
        self.assertEqual(self.iot.describe_thing_registration_task(taskId=task)["status"], "Failed")
