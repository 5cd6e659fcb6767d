# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import json

from .support import Authority, EmulatorTestCase, register_ca

DOCUMENT = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["iot:Connect", "iot:Publish"], "Resource": "*"}],
})


def document(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", **statement}]})


class PolicyTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot = self.client("iot")

    def certificate(self, name: str) -> str:
        """The ARN of a new certificate."""
        authority = Authority(f"CA of {name}")
        register_ca(self.iot, authority)
        return self.iot.register_certificate(certificatePem=authority.issue(name), status="ACTIVE")["certificateArn"]

    def test_a_policy_is_returned_as_it_was_created(self) -> None:
        created = self.iot.create_policy(policyName="devices", policyDocument=DOCUMENT)
        self.assertEqual(created["policyVersionId"], "1")
        policy = self.iot.get_policy(policyName="devices")
        self.assertEqual(policy["policyDocument"], DOCUMENT)
        self.assertEqual(policy["policyArn"], created["policyArn"])
        self.assertEqual(policy["defaultVersionId"], "1")

    def test_malformed_documents_are_refused(self) -> None:
        malformed = [
            "{not json", "[]", "null", '""', "{}",
            '{"Version": "2012-10-17"}',
            '{"Version": "2012-10-17", "Statement": []}',
            DOCUMENT.replace("2012-10-17", "2026-01-01"),
            document(Effect="Maybe"), document(Action=[]), document(Action=7), document(Resource=""), document(Resource=None),
            document(Action=["iot:" + "x" * 2048]), document(Action="Connect"), document(Resource="client/a"), document(NotAction="iot:*"),
            document(Principal="*"), document(Condition="x"), DOCUMENT.replace('"Version"', '"Author": "me", "Version"'),
        ]
        self.iot.create_policy(policyName="good", policyDocument=DOCUMENT)
        for text in malformed:
            with self.subTest(text[:60]), self.refused("MalformedPolicyException", 400):
                self.iot.create_policy(policyName="bad", policyDocument=text)
            with self.subTest(text[:60]), self.refused("MalformedPolicyException", 400):
                self.iot.create_policy_version(policyName="good", policyDocument=text)
        self.assertEqual(self.changes(), ["policy-created"])

    def test_a_name_is_taken_once(self) -> None:
        created = self.iot.create_policy(policyName="devices", policyDocument=DOCUMENT)
        with self.refused("ResourceAlreadyExistsException", 409) as response:
            self.iot.create_policy(policyName="devices", policyDocument=DOCUMENT)
        self.assertEqual(response["resourceArn"], created["policyArn"])
        with self.refused("InvalidRequestException", 400):
            self.iot.create_policy(policyName="no spaces", policyDocument=DOCUMENT)

    def test_a_sixth_version_is_refused_until_one_is_deleted(self) -> None:
        self.iot.create_policy(policyName="devices", policyDocument=DOCUMENT)
        for number in range(2, 6):
            version = self.iot.create_policy_version(policyName="devices", policyDocument=document(Sid=f"v{number}"), setAsDefault=True)
            self.assertEqual((version["policyVersionId"], version["isDefaultVersion"]), (str(number), True))
        with self.refused("VersionsLimitExceededException", 409):
            self.iot.create_policy_version(policyName="devices", policyDocument=DOCUMENT)
        with self.refused("DeleteConflictException", 409):
            self.iot.delete_policy_version(policyName="devices", policyVersionId="5")
        self.iot.delete_policy_version(policyName="devices", policyVersionId="1")
        version = self.iot.create_policy_version(policyName="devices", policyDocument=DOCUMENT)
        self.assertEqual((version["policyVersionId"], version["isDefaultVersion"]), ("6", False))
        self.assertEqual(self.iot.get_policy(policyName="devices")["policyDocument"], document(Sid="v5"))
        self.iot.set_default_policy_version(policyName="devices", policyVersionId="2")
        self.assertEqual(self.iot.get_policy(policyName="devices")["policyDocument"], document(Sid="v2"))
        versions = self.iot.list_policy_versions(policyName="devices")["policyVersions"]
        self.assertEqual([one["versionId"] for one in versions if one["isDefaultVersion"]], ["2"])

    def test_policies_are_attached_once_and_listed_from_both_ends(self) -> None:
        first, second = self.certificate("device-1"), self.certificate("device-2")
        for name in ("a", "b"):
            self.iot.create_policy(policyName=name, policyDocument=DOCUMENT)
        for name, target in (("a", first), ("a", first), ("b", first), ("a", second)):
            self.iot.attach_policy(policyName=name, target=target)
        self.assertEqual({p["policyName"] for p in self.iot.list_attached_policies(target=first)["policies"]}, {"a", "b"})
        self.assertEqual(self.iot.list_targets_for_policy(policyName="a")["targets"], [first, second])
        self.assertEqual(self.changes().count("policy-attached"), 3)
        self.iot.detach_policy(policyName="a", target=first)
        self.assertEqual(self.iot.list_targets_for_policy(policyName="a")["targets"], [second])

    def test_only_what_exists_is_attached(self) -> None:
        arn = self.certificate("device-1")
        self.iot.create_policy(policyName="a", policyDocument=DOCUMENT)
        for name, target in (("missing", arn), ("a", arn[:-1] + "z"), ("a", "nonsense")):
            with self.subTest(name, target=target), self.refused("ResourceNotFoundException", 404):
                self.iot.attach_policy(policyName=name, target=target)

    def test_a_policy_in_use_is_not_deleted(self) -> None:
        arn = self.certificate("device-1")
        self.iot.create_policy(policyName="a", policyDocument=DOCUMENT)
        self.iot.attach_policy(policyName="a", target=arn)
        with self.refused("DeleteConflictException", 409):
            self.iot.delete_policy(policyName="a")
        self.iot.detach_policy(policyName="a", target=arn)
        self.iot.create_policy_version(policyName="a", policyDocument=DOCUMENT)
        with self.refused("DeleteConflictException", 409):
            self.iot.delete_policy(policyName="a")
        self.iot.delete_policy_version(policyName="a", policyVersionId="2")
        self.iot.delete_policy(policyName="a")
        with self.refused("ResourceNotFoundException", 404):
            self.iot.get_policy(policyName="a")
