# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from .support import Authority, EmulatorTestCase, register_ca


class ThingTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot = self.client("iot")

    def certificate(self) -> str:
        """The ARN of a new certificate."""
        authority = Authority("Factory CA")
        register_ca(self.iot, authority)
        return self.iot.register_certificate(certificatePem=authority.issue("device-1"), status="ACTIVE")["certificateArn"]

    def test_creating_a_thing_again_succeeds_only_with_the_same_attributes(self) -> None:
        attributes = {"attributes": {"dms": "line-1"}}
        created = self.iot.create_thing(thingName="device-1", attributePayload=attributes)
        again = self.iot.create_thing(thingName="device-1", attributePayload=attributes)
        self.assertEqual(again["thingId"], created["thingId"])
        for payload in ({}, {"attributes": {"dms": "line-2"}}):
            with self.subTest(payload), self.refused("ResourceAlreadyExistsException", 409) as response:
                self.iot.create_thing(thingName="device-1", attributePayload=payload)
            self.assertEqual(response["resourceArn"], created["thingArn"])
        self.assertEqual(self.iot.describe_thing(thingName="device-1")["attributes"], {"dms": "line-1"})
        self.assertEqual(self.changes(), ["thing-created"])

    def test_names_and_numbers_of_attributes_are_limited(self) -> None:
        with self.refused("InvalidRequestException", 400):
            self.iot.create_thing(thingName="no spaces")
        with self.refused("InvalidRequestException", 400):
            self.iot.create_thing(thingName="device-1", attributePayload={"attributes": {letter: "1" for letter in "abcd"}})

    def test_an_update_merges_or_replaces_and_minds_the_version(self) -> None:
        self.iot.create_thing(thingName="device-1", attributePayload={"attributes": {"a": "1"}})
        self.iot.update_thing(thingName="device-1", attributePayload={"attributes": {"b": "2"}, "merge": True})
        thing = self.iot.describe_thing(thingName="device-1")
        self.assertEqual((thing["attributes"], thing["version"]), ({"a": "1", "b": "2"}, 2))
        with self.refused("VersionConflictException", 409):
            self.iot.update_thing(thingName="device-1", attributePayload={"attributes": {}}, expectedVersion=1)
        self.iot.update_thing(thingName="device-1", attributePayload={"attributes": {"c": "3"}}, expectedVersion=2)
        self.assertEqual(self.iot.describe_thing(thingName="device-1")["attributes"], {"c": "3"})

    def test_principals_are_attached_once_and_listed_from_both_ends(self) -> None:
        arn = self.certificate()
        self.iot.create_thing(thingName="device-1")
        for _ in range(2):
            self.iot.attach_thing_principal(thingName="device-1", principal=arn)
        self.assertEqual(self.iot.list_thing_principals(thingName="device-1")["principals"], [arn])
        self.assertEqual(self.iot.list_principal_things(principal=arn)["things"], ["device-1"])
        self.assertEqual(self.changes().count("principal-attached"), 1)

    def test_an_attachment_can_be_exclusive(self) -> None:
        arn = self.certificate()
        for name in ("device-1", "device-2"):
            self.iot.create_thing(thingName=name)
        self.iot.attach_thing_principal(thingName="device-1", principal=arn, thingPrincipalType="EXCLUSIVE_THING")
        with self.refused("InvalidRequestException", 400):
            self.iot.attach_thing_principal(thingName="device-2", principal=arn)
        [attached] = self.iot.list_thing_principals_v2(thingName="device-1")["thingPrincipalObjects"]
        self.assertEqual(attached, {"principal": arn, "thingPrincipalType": "EXCLUSIVE_THING"})
        found = self.iot.list_principal_things_v2(principal=arn, thingPrincipalType="NON_EXCLUSIVE_THING")
        self.assertEqual(found["principalThingObjects"], [])

    def test_attachments_are_listed_in_pages(self) -> None:
        arns = []
        self.iot.create_thing(thingName="device-1")
        for _ in range(3):
            arns.append(self.certificate())
            self.iot.attach_thing_principal(thingName="device-1", principal=arns[-1])
        page = self.iot.list_thing_principals(thingName="device-1", maxResults=2)
        rest = self.iot.list_thing_principals(thingName="device-1", maxResults=2, nextToken=page["nextToken"])
        self.assertEqual(page["principals"] + rest["principals"], arns)
        with self.refused("InvalidRequestException", 400):
            self.iot.list_thing_principals(thingName="device-1", nextToken="made up")

    def test_only_what_exists_is_attached(self) -> None:
        arn = self.certificate()
        self.iot.create_thing(thingName="device-1")
        with self.refused("ResourceNotFoundException", 404):
            self.iot.attach_thing_principal(thingName="device-2", principal=arn)
        with self.refused("ResourceNotFoundException", 404):
            self.iot.attach_thing_principal(thingName="device-1", principal=arn[:-1] + "z")

    def test_a_thing_with_principals_is_not_deleted(self) -> None:
        arn = self.certificate()
        self.iot.create_thing(thingName="device-1")
        self.iot.attach_thing_principal(thingName="device-1", principal=arn)
        with self.refused("InvalidRequestException", 400):
            self.iot.delete_thing(thingName="device-1")
        self.iot.detach_thing_principal(thingName="device-1", principal=arn)
        self.iot.delete_thing(thingName="device-1")
        with self.refused("ResourceNotFoundException", 404):
            self.iot.describe_thing(thingName="device-1")
        self.iot.delete_thing(thingName="device-1")  # AWS documents that this succeeds

    def test_things_are_listed_by_attribute_and_in_pages(self) -> None:
        for number in range(3):
            self.iot.create_thing(thingName=f"device-{number}", attributePayload={"attributes": {"line": str(number % 2)}})
        names = [thing["thingName"] for thing in self.iot.list_things(attributeName="line", attributeValue="0")["things"]]
        self.assertEqual(names, ["device-0", "device-2"])
        page = self.iot.list_things(maxResults=2)
        rest = self.iot.list_things(maxResults=2, nextToken=page["nextToken"])
        self.assertEqual([thing["thingName"] for thing in page["things"] + rest["things"]], [f"device-{number}" for number in range(3)])
        self.assertNotIn("nextToken", rest)

    def test_the_endpoint_depends_on_its_type(self) -> None:
        address = self.iot.describe_endpoint(endpointType="iot:Data-ATS")["endpointAddress"]
        self.assertRegex(address, r"-ats\.iot\.eu-west-1\.amazonaws\.com$")
        with self.refused("InvalidRequestException", 400):
            self.iot.describe_endpoint(endpointType="iot:Nonsense")

    def test_an_operation_that_is_not_emulated_says_so(self) -> None:
        with self.refused("NotImplementedException", 501):
            self.iot.list_audit_tasks(startTime=0, endTime=1)
