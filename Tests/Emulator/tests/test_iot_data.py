# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import base64
import json
import urllib.error
from typing import Any

from .support import EmulatorTestCase


class ShadowTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.data = self.client("iot-data")

    def update(self, state: Any, name: str | None = None, **members: Any) -> dict[str, Any]:
        named = {} if name is None else {"shadowName": name}
        payload = json.dumps({"state": state, **members})
        return json.loads(self.data.update_thing_shadow(thingName="device-1", payload=payload, **named)["payload"].read())

    def get(self, **named: str) -> dict[str, Any]:
        return json.loads(self.data.get_thing_shadow(thingName="device-1", **named)["payload"].read())

    def test_an_update_answers_with_what_it_changed_and_with_the_token(self) -> None:
        self.update({"reported": {"a": 1}})
        answer = self.update({"desired": {"b": {"c": [1, 2]}}}, clientToken="token-1")
        self.assertEqual((answer["state"], answer["version"], answer["clientToken"]), ({"desired": {"b": {"c": [1, 2]}}}, 2, "token-1"))
        times = [{"timestamp": answer["timestamp"]}] * 2
        self.assertEqual(answer["metadata"], {"desired": {"b": {"c": times}}})
        self.assertEqual(self.changes(), ["shadow-updated", "shadow-updated"])

    def test_states_are_merged_and_null_removes(self) -> None:
        self.update({"desired": {"a": {"b": 1, "c": 2}, "list": [1]}, "reported": {"a": {"b": 1}}})
        self.update({"desired": {"a": {"c": None, "d": 3}, "list": [2]}})
        answer = self.get()
        self.assertEqual(answer["state"]["desired"], {"a": {"b": 1, "d": 3}, "list": [2]})
        self.assertEqual(answer["state"]["delta"], {"a": {"d": 3}, "list": [2]})
        self.assertEqual(set(answer["metadata"]["desired"]["a"]), {"b", "d"})
        self.update({"desired": None})
        self.assertEqual(set(self.get()["state"]), {"reported"})

    def test_a_version_that_is_not_the_present_one_is_a_conflict(self) -> None:
        with self.refused("ConflictException", 409):
            self.update({"desired": {"a": 1}}, version=1)  # there is none yet
        self.update({"desired": {"a": 1}})
        self.assertEqual(self.update({"desired": {"a": 2}}, version=1)["version"], 2)
        with self.refused("ConflictException", 409):
            self.update({"desired": {"a": 3}}, version=1)
        self.assertEqual(self.get()["state"]["desired"], {"a": 2})

    def test_versions_go_on_after_a_deletion(self) -> None:
        self.update({"desired": {"a": 1}})
        deleted = json.loads(self.data.delete_thing_shadow(thingName="device-1")["payload"].read())
        self.assertEqual(deleted["version"], 1)
        for call in (self.data.get_thing_shadow, self.data.delete_thing_shadow):
            with self.refused("ResourceNotFoundException", 404):
                call(thingName="device-1")
        self.assertEqual(self.update({"desired": {"a": 1}})["version"], 2)

    def test_named_shadows_are_apart_and_listed_in_pages(self) -> None:
        self.update({"desired": {"a": 0}})
        for name in ("one", "two", "three"):
            self.update({"desired": {"a": name}}, name)
        self.assertEqual(self.get(shadowName="two")["state"]["desired"], {"a": "two"})
        page = self.data.list_named_shadows_for_thing(thingName="device-1", pageSize=2)
        rest = self.data.list_named_shadows_for_thing(thingName="device-1", nextToken=page["nextToken"])
        self.assertEqual(page["results"] + rest["results"], ["one", "three", "two"])

    def test_what_is_no_update_is_refused_as_the_service_says(self) -> None:
        deep: Any = 1
        for _ in range(7):
            deep = {"a": deep}
        for message, body in (
            ("Invalid JSON", "{not json"),
            ("Missing required node: state", "{}"),
            ("State node must be an object", '{"state": 1}'),
            ("Desired node must be an object", '{"state": {"desired": 1}}'),
            ("State contains an invalid node", '{"state": {"delta": {}}}'),
            ("Invalid version", '{"state": {}, "version": "1"}'),
            ("Invalid clientToken", json.dumps({"state": {}, "clientToken": "t" * 65})),
            ("JSON contains too many levels of nesting; maximum is 6", json.dumps({"state": {"desired": deep}})),
        ):
            with self.subTest(message), self.refused("InvalidRequestException", 400) as response:
                self.data.update_thing_shadow(thingName="device-1", payload=body)
            self.assertEqual(response["Error"]["Message"], message)
        with self.refused("UnsupportedDocumentEncodingException", 415):
            self.data.update_thing_shadow(thingName="device-1", payload=b'{"state": {"desired": {"a": "\xff"}}}')
        with self.refused("InvalidRequestException", 400):
            self.data.get_thing_shadow(thingName="no spaces")
        self.assertEqual(self.changes(), [])

    def test_a_shadow_has_8_kib_at_most(self) -> None:
        with self.refused("RequestEntityTooLargeException", 413):
            self.update({"desired": {"a": "x" * 8192}})
        for letter in "ab":
            self.update({"desired": {letter: "x" * 4000}})
        with self.refused("RequestEntityTooLargeException", 413):
            self.update({"desired": {"c": "x" * 4000}})
        self.assertEqual(self.get()["version"], 2)


class MessageTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.data = self.client("iot-data")

    def test_what_is_published_can_be_read_by_a_test(self) -> None:
        self.data.publish(topic="a/b c", qos=1, payload=b"\x00\xff", contentType="text/plain", userProperties=[{"a": "1"}])
        self.data.publish(topic="other", payload=b"1")
        [message] = self.control("GET", "messages?topic=a%2Fb%20c")["messages"]
        self.assertEqual(base64.b64decode(message["payload"]), b"\x00\xff")
        self.assertEqual((message["qos"], message["retain"], message["contentType"]), (1, False, "text/plain"))
        self.assertEqual(json.loads(message["userProperties"]), [{"a": "1"}])

    def test_retained_messages_stay_until_an_empty_one(self) -> None:
        for topic in ("a", "b", "a"):
            self.data.publish(topic=topic, retain=True, payload=topic * 3, userProperties=[{"a": "1"}])
        found = self.data.get_retained_message(topic="a")
        self.assertEqual((found["payload"], json.loads(found["userProperties"])), (b"aaa", [{"a": "1"}]))
        page = self.data.list_retained_messages(maxResults=1)
        rest = self.data.list_retained_messages(nextToken=page["nextToken"])
        self.assertEqual([each["topic"] for each in page["retainedTopics"] + rest["retainedTopics"]], ["a", "b"])
        self.assertEqual(rest["retainedTopics"][0]["payloadSize"], 3)
        self.data.publish(topic="a", retain=True, payload=b"")
        with self.refused("ResourceNotFoundException", 404):
            self.data.get_retained_message(topic="a")

    def test_what_the_broker_does_not_take_is_refused(self) -> None:
        for parameters in (
            {"topic": "a/#"}, {"topic": "$reserved"}, {"topic": "/" * 8}, {"topic": "t" * 257}, {"topic": "a", "qos": 2},
            {"topic": "a", "payload": b"x" * (128 * 1024 + 1)}, {"topic": "a", "responseTopic": "+"},
            {"topic": "a", "userProperties": {"a": "1"}},
        ):
            with self.subTest(str(parameters)[:80]), self.refused("InvalidRequestException", 400):
                self.data.publish(**parameters)
        self.assertEqual(self.control("GET", "messages")["messages"], [])


class ConnectionTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.data = self.client("iot-data")

    def connect(self, **members: Any) -> None:
        self.control("POST", "connections", {"clientId": "device 1", **members})

    def test_a_connection_is_ended_once(self) -> None:
        self.connect(thingName="device-1")
        found = self.data.get_connection(clientId="device 1", includeSocketInformation=True)
        self.assertEqual((found["connected"], found["thingName"], found["sourceIp"]), (True, "device-1", "127.0.0.1"))
        self.data.delete_connection(clientId="device 1")
        self.assertFalse(self.data.get_connection(clientId="device 1")["connected"])
        with self.refused("ResourceNotFoundException", 404):
            self.data.delete_connection(clientId="device 1")
        self.assertEqual(self.changes(), ["connection-deleted"])

    def test_a_session_that_is_cleaned_is_gone(self) -> None:
        self.connect()
        self.data.delete_connection(clientId="device 1", cleanSession=True)
        with self.refused("ResourceNotFoundException", 404):
            self.data.get_connection(clientId="device 1")
        with self.refused("InvalidRequestException", 400):
            self.data.delete_connection(clientId="$device")

    def test_subscriptions_are_listed_in_pages(self) -> None:
        self.connect(subscriptions=[{"topicFilter": f"a/{number}", "qos": 1} for number in range(25)])
        page = self.data.list_subscriptions(clientId="device 1")
        rest = self.data.list_subscriptions(clientId="device 1", nextToken=page["nextToken"])
        self.assertEqual((len(page["subscriptions"]), rest["subscriptions"][-1]), (20, {"topicFilter": "a/24", "qos": 1}))

    def test_a_direct_message_reaches_a_client_that_is_connected(self) -> None:
        with self.refused("ResourceNotFoundException", 404):
            self.data.send_direct_message(clientId="device 1", topic="a", payload=b"1")
        self.connect(confirms=False)
        self.data.send_direct_message(clientId="device 1", topic="a", payload=b"1")
        with self.refused("GatewayTimeoutException", 504):
            self.data.send_direct_message(clientId="device 1", topic="a", payload=b"2", confirmation=True, timeout=1)
        with self.refused("InvalidRequestException", 400):
            self.data.send_direct_message(clientId="device 1", topic="a", payload=b"2", confirmation=True, timeout=16)
        [message] = self.control("GET", "messages")["messages"]
        self.assertEqual((message["clientId"], base64.b64decode(message["payload"])), ("device 1", b"1"))

    def test_a_connection_that_is_not_understood_is_refused(self) -> None:
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.connect(colour="red")
        self.assertEqual(caught.exception.code, 400)
        caught.exception.close()
