# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from .support import EmulatorTestCase

ROLE = "arn:aws:iam::123456789012:role/devices"


class RoleAliasTests(EmulatorTestCase):
    def test_an_alias_is_made_once_and_updated(self) -> None:
        iot = self.client("iot")
        arn = iot.create_role_alias(roleAlias="devices", roleArn=ROLE, tags=[{"Key": "a", "Value": "1"}])["roleAliasArn"]
        with self.refused("ResourceAlreadyExistsException", 409):
            iot.create_role_alias(roleAlias="devices", roleArn=ROLE)
        for _ in range(2):
            iot.update_role_alias(roleAlias="devices", credentialDurationSeconds=900)
        with self.refused("InvalidRequestException", 400):
            iot.update_role_alias(roleAlias="devices", credentialDurationSeconds=899)
        described = iot.describe_role_alias(roleAlias="devices")["roleAliasDescription"]
        self.assertEqual((described["roleArn"], described["credentialDurationSeconds"]), (ROLE, 900))
        self.assertEqual(len(iot.list_tags_for_resource(resourceArn=arn)["tags"]), 1)
        self.assertEqual(iot.list_role_aliases(pageSize=1)["roleAliases"], ["devices"])
        iot.delete_role_alias(roleAlias="devices")
        with self.refused("ResourceNotFoundException", 404):
            iot.describe_role_alias(roleAlias="devices")
        self.assertEqual(self.changes(), ["role-alias-created", "role-alias-updated", "role-alias-deleted"])


class TopicRuleTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot = self.client("iot")

    def payload(self, sql: str = "SELECT * FROM 'devices/+/state'", **members: object) -> dict[str, object]:
        action = {"sqs": {"roleArn": ROLE, "queueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"}}
        return {"sql": sql, "actions": [action], **members}

    def test_a_rule_is_stored_and_replaced(self) -> None:
        self.iot.create_topic_rule(ruleName="r", topicRulePayload=self.payload(), tags="owner=me&line=1")
        found = self.iot.get_topic_rule(ruleName="r")
        self.assertEqual(found["rule"]["actions"], self.payload()["actions"])
        self.assertEqual(len(self.iot.list_tags_for_resource(resourceArn=found["ruleArn"])["tags"]), 2)
        with self.refused("ResourceAlreadyExistsException", 409):
            self.iot.create_topic_rule(ruleName="r", topicRulePayload=self.payload())
        for _ in range(2):
            self.iot.replace_topic_rule(ruleName="r", topicRulePayload=self.payload("SELECT a FROM 'other'"))
            self.iot.disable_topic_rule(ruleName="r")
        self.assertEqual(self.iot.list_topic_rules(ruleDisabled=True)["rules"][0]["topicPattern"], "other")
        self.assertEqual(self.changes(), [
            "topic-rule-created", "topic-rule-replaced", "topic-rule-disabled", "topic-rule-replaced", "topic-rule-disabled",
        ])

    def test_what_is_no_rule_is_refused(self) -> None:
        with self.refused("SqlParseException", 400):
            self.iot.create_topic_rule(ruleName="r", topicRulePayload=self.payload("DELETE FROM 'a'"))
        with self.refused("InvalidRequestException", 400):
            self.iot.create_topic_rule(ruleName="r", topicRulePayload={"sql": "SELECT * FROM 'a'"})
        with self.refused("UnauthorizedException", 401):
            self.iot.get_topic_rule(ruleName="unknown")


class EventConfigurationTests(EmulatorTestCase):
    def test_events_are_turned_on_once(self) -> None:
        iot = self.client("iot")
        for _ in range(2):
            iot.update_event_configurations(eventConfigurations={"CERTIFICATE": {"Enabled": True}})
        configurations = iot.describe_event_configurations()["eventConfigurations"]
        self.assertEqual((configurations["CERTIFICATE"], configurations["THING"]), ({"Enabled": True}, {"Enabled": False}))
        with self.refused("InvalidRequestException", 400):
            iot.update_event_configurations(eventConfigurations={"WEATHER": {"Enabled": True}})
        self.assertEqual(self.changes(), ["event-configurations-updated"])
