# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .support import EmulatorTestCase


class ValidationTests(EmulatorTestCase):
    def test_each_kind_of_constraint_is_checked_at_any_depth(self) -> None:
        iot = self.client("iot")

        def create_thing(attributes: dict[str, Any]) -> Any:
            return iot.create_thing(thingName="a", attributePayload={"attributes": attributes})

        calls: list[tuple[str, Callable[[], Any]]] = [
            ("must satisfy regular expression pattern", lambda: create_thing({"no spaces": "1"})),
            ("less than or equal to 800", lambda: create_thing({"a": "1" * 801})),
            ("must be of type string", lambda: create_thing({"a": {}})),
            ("'tags.1.member.Key' failed", lambda: iot.create_thing_type(thingTypeName="a", tags=[{"Value": "1"}])),
            ("greater than or equal to 900", lambda: iot.create_role_alias(roleAlias="a", roleArn="a" * 20, credentialDurationSeconds=1)),
            ("enum value set: [SNAPSHOT, CONTINUOUS]", lambda: iot.list_jobs(targetSelection="NONE")),
            ("less than or equal to 250", lambda: iot.list_things(maxResults=251)),
            ("Value null at 'policyDocument'", lambda: iot.create_policy(policyName="p")),
        ]
        for text, call in calls:
            with self.subTest(text), self.refused("InvalidRequestException", 400) as response:
                call()
            self.assertIn(text.replace("[SNAPSHOT, CONTINUOUS]", ""), response["Error"]["Message"])
        self.assertEqual(self.changes(), [])

    def test_each_service_has_its_own_error_for_it(self) -> None:
        for service, call, code in (
            ("sts", lambda client: client.assume_role(RoleArn="short", RoleSessionName="test"), "ValidationError"),
            ("sns", lambda client: client.create_topic(), "ValidationError"),
            ("cloudformation", lambda client: client.create_stack(TemplateBody="{}"), "ValidationError"),
            ("lambda", lambda client: client.list_functions(MaxItems=10_001), "ValidationException"),
            ("sqs", lambda client: client.get_queue_url(), "MissingParameter"),
            ("iot-data", lambda client: client.publish(topic="a", qos=2), "InvalidRequestException"),
            ("iot-jobs-data", lambda client: client.update_job_execution(jobId="j", thingName="t"), "InvalidRequestException"),
            ("events", lambda client: client.put_events(Entries=[]), "ValidationException"),
        ):
            with self.subTest(service), self.refused(code, 400):
                call(self.client(service))

    def test_a_body_that_is_no_json_object_is_refused(self) -> None:
        iot = self.client("iot")
        for body in (b"{", b"[]", b'"text"'):
            iot.meta.events.register("before-sign.iot.CreateThing", lambda request, body=body, **_: setattr(request, "data", body), body)
            with self.subTest(body), self.refused("SerializationException", 400):
                iot.create_thing(thingName="a")
            iot.meta.events.unregister("before-sign.iot.CreateThing", unique_id=body)
