# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from .support import DOCUMENT, EmulatorTestCase


class ThingTypeTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot = self.client("iot")

    def test_creating_a_type_again_succeeds_only_with_the_same_properties(self) -> None:
        properties = {"thingTypeDescription": "a sensor", "searchableAttributes": ["line"]}
        created = self.iot.create_thing_type(thingTypeName="sensor", thingTypeProperties=properties)
        again = self.iot.create_thing_type(thingTypeName="sensor", thingTypeProperties=properties)
        self.assertEqual(again["thingTypeId"], created["thingTypeId"])
        with self.refused("ResourceAlreadyExistsException", 409):
            self.iot.create_thing_type(thingTypeName="sensor")
        self.assertEqual(self.iot.describe_thing_type(thingTypeName="sensor")["thingTypeProperties"], properties)
        self.assertEqual(self.changes(), ["thing-type-created"])

    def test_a_type_allows_more_attributes_and_can_be_removed(self) -> None:
        self.iot.create_thing_type(thingTypeName="sensor")
        attributes = {letter: "1" for letter in "abcdef"}
        self.iot.create_thing(thingName="a", thingTypeName="sensor", attributePayload={"attributes": attributes})
        with self.refused("InvalidRequestException", 400):
            self.iot.update_thing(thingName="a", removeThingType=True)
        self.iot.update_thing(thingName="a", attributePayload={"attributes": {"a": "1"}})
        self.iot.update_thing(thingName="a", removeThingType=True)
        self.assertNotIn("thingTypeName", self.iot.describe_thing(thingName="a"))
        with self.refused("ResourceNotFoundException", 404):
            self.iot.create_thing(thingName="b", thingTypeName="unknown")

    def test_a_type_is_deleted_when_it_is_deprecated_and_no_thing_has_it(self) -> None:
        self.iot.create_thing_type(thingTypeName="sensor")
        self.iot.create_thing(thingName="a", thingTypeName="sensor")
        with self.refused("InvalidRequestException", 400):
            self.iot.delete_thing_type(thingTypeName="sensor")
        self.iot.deprecate_thing_type(thingTypeName="sensor")
        with self.refused("InvalidRequestException", 400):
            self.iot.create_thing(thingName="b", thingTypeName="sensor")
        with self.refused("InvalidRequestException", 400):
            self.iot.delete_thing_type(thingTypeName="sensor")
        self.iot.delete_thing(thingName="a")
        self.iot.delete_thing_type(thingTypeName="sensor")
        self.assertEqual(self.iot.list_thing_types()["thingTypes"], [])


class ThingGroupTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot = self.client("iot")

    def test_creating_a_group_again_succeeds_only_with_the_same_properties(self) -> None:
        properties = {"thingGroupDescription": "all", "attributePayload": {"attributes": {"site": "1"}}}
        created = self.iot.create_thing_group(thingGroupName="factory", thingGroupProperties=properties)
        again = self.iot.create_thing_group(thingGroupName="factory", thingGroupProperties=properties)
        self.assertEqual(again["thingGroupId"], created["thingGroupId"])
        with self.refused("ResourceAlreadyExistsException", 409) as response:
            self.iot.create_thing_group(thingGroupName="factory")
        self.assertEqual(response["resourceArn"], created["thingGroupArn"])
        self.assertEqual(self.changes(), ["thing-group-created"])

    def test_groups_are_a_tree(self) -> None:
        self.iot.create_thing_group(thingGroupName="factory")
        self.iot.create_thing_group(thingGroupName="hall", parentGroupName="factory")
        self.iot.create_thing_group(thingGroupName="line", parentGroupName="hall")
        metadata = self.iot.describe_thing_group(thingGroupName="line")["thingGroupMetadata"]
        self.assertEqual(metadata["parentGroupName"], "hall")
        self.assertEqual([group["groupName"] for group in metadata["rootToParentThingGroups"]], ["factory", "hall"])
        below = self.iot.list_thing_groups(parentGroup="factory")["thingGroups"]
        self.assertEqual([group["groupName"] for group in below], ["hall"])
        below = self.iot.list_thing_groups(parentGroup="factory", recursive=True, maxResults=1)
        self.assertEqual([group["groupName"] for group in below["thingGroups"]], ["hall"])
        self.assertIn("nextToken", below)
        with self.refused("ResourceNotFoundException", 404):
            self.iot.create_thing_group(thingGroupName="x", parentGroupName="unknown")
        with self.refused("InvalidRequestException", 400):
            self.iot.delete_thing_group(thingGroupName="hall")
        self.iot.delete_thing_group(thingGroupName="line")
        self.iot.delete_thing_group(thingGroupName="line")  # AWS documents that this succeeds
        self.assertEqual(self.changes().count("thing-group-deleted"), 1)

    def test_a_tree_is_seven_groups_deep_at_most(self) -> None:
        parent = {}
        for depth in range(7):
            self.iot.create_thing_group(thingGroupName=f"g{depth}", **parent)
            parent = {"parentGroupName": f"g{depth}"}
        with self.refused("InvalidRequestException", 400):
            self.iot.create_thing_group(thingGroupName="g7", **parent)

    def test_an_update_minds_the_version(self) -> None:
        self.iot.create_thing_group(thingGroupName="g")
        properties = {"attributePayload": {"attributes": {"a": "1"}}}
        self.assertEqual(self.iot.update_thing_group(thingGroupName="g", thingGroupProperties=properties, expectedVersion=1)["version"], 2)
        with self.refused("VersionConflictException", 409):
            self.iot.update_thing_group(thingGroupName="g", thingGroupProperties={"attributePayload": {}}, expectedVersion=1)
        properties = {"attributePayload": {"attributes": {"b": "2"}, "merge": True}}
        self.iot.update_thing_group(thingGroupName="g", thingGroupProperties=properties)
        described = self.iot.describe_thing_group(thingGroupName="g")
        self.assertEqual(described["thingGroupProperties"]["attributePayload"]["attributes"], {"a": "1", "b": "2"})
        with self.refused("VersionConflictException", 409):
            self.iot.delete_thing_group(thingGroupName="g", expectedVersion=1)

    def test_things_are_added_once_and_listed_from_both_ends(self) -> None:
        self.iot.create_thing_group(thingGroupName="factory")
        group = self.iot.create_thing_group(thingGroupName="hall", parentGroupName="factory")
        for name in "abc":
            self.iot.create_thing(thingName=name)
            for _ in range(2):
                self.iot.add_thing_to_thing_group(thingGroupArn=group["thingGroupArn"], thingName=name)
        self.assertEqual(self.iot.list_things_in_thing_group(thingGroupName="factory")["things"], [])
        page = self.iot.list_things_in_thing_group(thingGroupName="factory", recursive=True, maxResults=2)
        rest = self.iot.list_things_in_thing_group(thingGroupName="factory", recursive=True, nextToken=page["nextToken"])
        self.assertEqual(page["things"] + rest["things"], ["a", "b", "c"])
        self.assertEqual(self.iot.list_thing_groups_for_thing(thingName="a")["thingGroups"][0]["groupName"], "hall")
        self.iot.remove_thing_from_thing_group(thingGroupName="hall", thingName="a")
        self.iot.delete_thing(thingName="b")
        self.assertEqual(self.iot.list_things_in_thing_group(thingGroupName="hall")["things"], ["c"])
        self.assertEqual(self.changes().count("thing-added-to-group"), 3)

    def test_a_thing_is_in_one_group_of_a_tree_and_in_ten_in_all(self) -> None:
        self.iot.create_thing(thingName="a")
        self.iot.create_thing_group(thingGroupName="g0")
        self.iot.create_thing_group(thingGroupName="below", parentGroupName="g0")
        for number in range(1, 11):
            self.iot.create_thing_group(thingGroupName=f"g{number}")
        for number in range(10):
            self.iot.add_thing_to_thing_group(thingGroupName=f"g{number}", thingName="a")
        for name in ("below", "g10"):
            with self.subTest(name), self.refused("InvalidRequestException", 400):
                self.iot.add_thing_to_thing_group(thingGroupName=name, thingName="a")
        self.iot.update_thing_groups_for_thing(thingName="a", thingGroupsToAdd=["below", "g10"], thingGroupsToRemove=["g0", "g1"])
        self.assertEqual(len(self.iot.list_thing_groups_for_thing(thingName="a")["thingGroups"]), 10)

    def test_a_policy_of_a_group_counts_for_what_is_below_it(self) -> None:
        self.iot.create_policy(policyName="p", policyDocument=DOCUMENT)
        parent = self.iot.create_thing_group(thingGroupName="factory")["thingGroupArn"]
        child = self.iot.create_thing_group(thingGroupName="hall", parentGroupName="factory")["thingGroupArn"]
        self.iot.attach_policy(policyName="p", target=parent)
        self.assertEqual(self.iot.list_attached_policies(target=child)["policies"], [])
        self.assertEqual(self.iot.list_attached_policies(target=child, recursive=True)["policies"][0]["policyName"], "p")
        with self.refused("DeleteConflictException", 409):
            self.iot.delete_policy(policyName="p")


class TagTests(EmulatorTestCase):
    def test_everything_that_can_have_tags_has_them(self) -> None:
        iot = self.client("iot")
        tags = [{"Key": "owner", "Value": "me"}]
        for arn in (
            iot.create_policy(policyName="p", policyDocument=DOCUMENT, tags=tags)["policyArn"],
            iot.create_thing_group(thingGroupName="g", tags=tags)["thingGroupArn"],
            iot.create_thing_type(thingTypeName="t", tags=tags)["thingTypeArn"],
        ):
            with self.subTest(arn):
                self.assertEqual(iot.list_tags_for_resource(resourceArn=arn)["tags"], tags)
                iot.tag_resource(resourceArn=arn, tags=[{"Key": "line", "Value": "1"}, {"Key": "owner", "Value": "you"}])
                iot.untag_resource(resourceArn=arn, tagKeys=["line", "none"])
                self.assertEqual(iot.list_tags_for_resource(resourceArn=arn)["tags"], [{"Key": "owner", "Value": "you"}])
        thing = iot.create_thing(thingName="a")["thingArn"]
        with self.refused("ResourceNotFoundException", 404):
            iot.tag_resource(resourceArn=thing, tags=tags)

    def test_what_tags_may_be_is_limited(self) -> None:
        iot = self.client("iot")
        arn = iot.create_thing_group(thingGroupName="g")["thingGroupArn"]
        for tags in (
            [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}],
            [{"Key": "aws:a", "Value": "1"}],
            [{"Value": "1"}],
            [{"Key": "k" * 129, "Value": "1"}],
        ):
            with self.subTest(tags), self.refused("InvalidRequestException", 400):
                iot.tag_resource(resourceArn=arn, tags=tags)
        with self.refused("LimitExceededException", 410):
            iot.tag_resource(resourceArn=arn, tags=[{"Key": str(number), "Value": ""} for number in range(51)])
        self.assertEqual(self.changes(), ["thing-group-created"])
