# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import http.client
import json
import time
import urllib.error

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ConnectionClosedError

from .support import ACCESS_KEY_ID, REGION, SECRET, EmulatorTestCase


class FaultTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.iot = self.client("iot")

    def fault(self, kind: str, operation: str = "CreateThing", service: str = "iot", **details: object) -> None:
        self.control("POST", "faults", {"service": service, "operation": operation, "fault": kind, **details})

    def create(self, name: str = "device-1") -> dict:
        return self.iot.create_thing(thingName=name)

    def test_refusals_come_in_the_form_of_the_service(self) -> None:
        for kind, code, query_code, status in (
            ("403", "AccessDeniedException", "AccessDenied", 403),
            ("429", "ThrottlingException", "Throttling", 429),
            ("500", "InternalFailureException", "InternalFailureException", 500),
            ("503", "ServiceUnavailableException", "ServiceUnavailableException", 503),
        ):
            self.fault(kind)
            with self.subTest(kind), self.refused(code, status):
                self.create()
            self.fault(kind, "ListStacks", "cloudformation")
            with self.subTest(kind), self.refused(query_code, status):
                self.client("cloudformation").list_stacks()
        self.assertEqual(self.changes(), [])

    def test_a_fault_happens_as_often_as_asked_and_then_no_more(self) -> None:
        self.fault("429", times=2)
        for _ in range(2):
            with self.refused("ThrottlingException", 429):
                self.create()
        self.create()
        self.assertEqual(self.changes(), ["thing-created"])
        self.assertEqual(self.control("GET", "faults")["faults"], [])

    def test_only_the_calls_meant_are_concerned(self) -> None:
        self.fault("403", "DescribeThing")
        self.fault("403", "*", "sqs")
        self.fault("403", containing="device-2")
        self.create("device-1")
        with self.refused("AccessDeniedException", 403):
            self.create("device-2")
        with self.refused("AccessDeniedException", 403):
            self.client("sqs").list_queues()
        self.assertEqual([fault["operation"] for fault in self.control("GET", "faults")["faults"]], ["DescribeThing"])

    def test_html_and_nothing_come_as_they_are(self) -> None:
        self.fault("500-html", "GetRegistrationCode")
        with self.assertRaises(Exception) as caught:
            self.iot.get_registration_code()
        self.assertIn("500", str(caught.exception))
        self.fault("empty", "GetRegistrationCode")
        self.assertNotIn("registrationCode", self.iot.get_registration_code())

    def test_a_delayed_call_takes_effect(self) -> None:
        self.fault("delay", seconds=0.3)
        started = time.monotonic()
        self.create()
        self.assertGreaterEqual(time.monotonic() - started, 0.3)
        self.assertEqual(self.changes(), ["thing-created"])

    def test_a_connection_is_cut_before_or_after_the_effect(self) -> None:
        self.fault("cut")
        with self.assertRaises(ConnectionClosedError):
            self.create()
        self.assertEqual(self.changes(), [])
        self.fault("cut-after")
        with self.assertRaises(ConnectionClosedError):
            self.create()
        self.assertEqual(self.changes(), ["thing-created"])

    def test_a_fault_can_wait_for_a_later_call(self) -> None:
        self.fault("cut", after=2)
        for name in ("a", "b"):
            self.create(name)
        with self.assertRaises(ConnectionClosedError):
            self.create("c")
        self.create("d")
        self.assertEqual(len(self.changes()), 3)

    def test_too_many_calls_are_told_in_the_words_of_the_service(self) -> None:
        for service, operation, call, code, status in (
            ("iot", "ListThings", lambda client: client.list_things(), "ThrottlingException", 400),
            ("lambda", "ListFunctions", lambda client: client.list_functions(), "TooManyRequestsException", 429),
            ("sqs", "ListQueues", lambda client: client.list_queues(), "RequestThrottled", 400),
            ("sns", "ListTopics", lambda client: client.list_topics(), "Throttled", 429),
            ("sts", "GetSessionToken", lambda client: client.get_session_token(), "Throttling", 400),
        ):
            self.fault("throttling", operation, service)
            with self.subTest(service), self.refused(code, status):
                call(self.client(service))

    def test_a_change_during_another_is_told_in_the_words_of_the_service(self) -> None:
        for service, operation, call, code in (
            ("iot", "RegisterThing", lambda client: client.register_thing(templateBody="{}"), "ConflictingResourceUpdateException"),
            ("iotdata", "DeleteThingShadow", lambda client: client.delete_thing_shadow(thingName="a"), "ConflictException"),
            ("lambda", "PublishVersion", lambda client: client.publish_version(FunctionName="f"), "ResourceConflictException"),
        ):
            self.fault("conflict", operation, service)
            with self.subTest(service), self.refused(code, 409):
                call(self.client({"iotdata": "iot-data"}.get(service, service)))
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.fault("conflict", "ListTopics", "sns")
        self.assertEqual(caught.exception.code, 400)
        caught.exception.close()

    def test_an_answer_that_is_lost_or_wrong_follows_the_effect(self) -> None:
        self.fault("cut-body")
        with self.assertRaises(http.client.IncompleteRead):
            self.post().read()
        self.fault("500-after")
        with self.refused("InternalFailureException", 500):
            self.create("b")
        self.assertEqual(self.changes(), ["thing-created"] * 2)

    def test_a_connection_can_be_closed_behind_an_answer(self) -> None:
        self.fault("close-after")
        response = self.post()
        self.assertEqual((response.status, response.headers.get("Connection")), (200, None))
        response.read()
        self.assertEqual(self.connection.sock.recv(1), b"")

    def post(self) -> http.client.HTTPResponse:
        """Makes the thing `a` over a connection that shows what becomes of it."""
        self.connection = http.client.HTTPConnection(self.endpoint.removeprefix("http://"))
        self.addCleanup(self.connection.close)
        signed = AWSRequest("POST", f"{self.endpoint}/things/a", {"Host": self.endpoint.removeprefix("http://")}, b"{}")
        SigV4Auth(Credentials(ACCESS_KEY_ID, SECRET), "iot", REGION).add_auth(signed)
        self.connection.request("POST", "/things/a", b"{}", dict(signed.headers))
        response = self.connection.getresponse()
        self.addCleanup(response.close)
        return response

    def test_a_fault_that_is_not_understood_is_refused(self) -> None:
        for description in ({"service": "iot", "fault": "flood"}, {"service": "iot", "fault": "cut", "typo": 1}, {"fault": "cut"}):
            with self.subTest(description), self.assertRaises(urllib.error.HTTPError) as caught:
                self.control("POST", "faults", description)
            self.assertEqual(caught.exception.code, 400)
            caught.exception.close()


class LedgerTests(EmulatorTestCase):
    def test_entries_are_numbered_and_handed_out_behind_a_number(self) -> None:
        iot = self.client("iot")
        for name in ("a", "b", "b"):
            iot.create_thing(thingName=name)
        entries = self.ledger()
        self.assertEqual([(entry["sequence"], entry["change"]) for entry in entries], [(1, "thing-created"), (2, "thing-created")])
        self.assertEqual(self.ledger(after=1), entries[1:])
        self.assertEqual(entries[0]["resource"], "arn:aws:iot:eu-west-1:123456789012:thing/a")
        self.assertEqual(entries[0]["region"], "eu-west-1")

    def test_waiting_ends_with_the_next_entry_or_with_its_time(self) -> None:
        self.assertEqual(self.ledger(wait=0.1), [])
        connection = http.client.HTTPConnection(self.endpoint.removeprefix("http://"))
        self.addCleanup(connection.close)
        connection.request("GET", "/_emulator/ledger?wait=60")
        self.client("iot").create_thing(thingName="a")
        self.assertEqual(len(json.loads(connection.getresponse().read())["entries"]), 1)

    def test_a_reset_forgets_everything_but_the_first_user(self) -> None:
        iot, sqs, iam = self.client("iot"), self.client("sqs"), self.client("iam")
        iot.create_thing(thingName="a")
        code = iot.get_registration_code()["registrationCode"]
        sqs.create_queue(QueueName="q")
        iam.create_user(UserName="someone")
        self.control("POST", "faults", {"service": "iot", "fault": "403"})
        self.control("POST", "reset")
        self.assertEqual(iot.list_things()["things"], [])
        self.assertNotEqual(iot.get_registration_code()["registrationCode"], code)
        self.assertNotIn("QueueUrls", sqs.list_queues())
        self.assertEqual([user["UserName"] for user in iam.list_users()["Users"]], ["lamassu"])
        self.assertEqual(self.ledger(), [])
        self.assertEqual(self.control("GET", "faults")["faults"], [])


class PreparationTests(EmulatorTestCase):
    def test_a_role_is_made_and_can_be_assumed(self) -> None:
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:ListThings", "Resource": "*"}]}
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}
        for _ in range(2):
            arn = self.control("POST", "roles", {"name": "r", "trust": trust, "policy": everything})["arn"]
        session = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        iot = self.client("iot", session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
        self.assertEqual(iot.list_things()["things"], [])
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.control("POST", "roles", {"name": "r"})
        caught.exception.close()

    def test_an_object_is_there_for_s3(self) -> None:
        for text in ("first", "second"):
            self.control("PUT", "objects/bucket/folder/a%20b", text)
        body = self.client("s3").get_object(Bucket="bucket", Key="folder/a b")["Body"].read()
        self.assertEqual(body, b'"second"')


class ConnectionTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.connection = http.client.HTTPConnection(self.endpoint.removeprefix("http://"))
        self.addCleanup(self.connection.close)

    def answer(self) -> tuple[int, bytes]:
        response = self.connection.getresponse()
        return response.status, response.read()

    def test_a_connection_serves_many_requests(self) -> None:
        self.connection.request("GET", "/_emulator/health")
        self.assertEqual(self.answer()[0], 200)
        socket = self.connection.sock
        for path, status in (("/_emulator/nothing", 404), ("/_emulator/health", 200), ("/unsigned", 403), ("/_emulator/reset", 404)):
            self.connection.request("GET", path, body=b"unread")
            self.assertEqual(self.answer()[0], status)
            self.assertIs(self.connection.sock, socket)

    def test_a_chunked_body_is_read_to_its_end(self) -> None:
        for _ in range(2):
            body = iter([b'{"service": "iot", ', b'"fault": ', b'"cut"}'])
            self.connection.request("POST", "/_emulator/faults", body, {"Transfer-Encoding": "chunked"}, encode_chunked=True)
            self.assertEqual(self.answer()[0], 201)

    def test_a_body_of_impossible_length_is_refused(self) -> None:
        for length in ("-1", "many", "99999999999"):
            self.connection.request("POST", "/_emulator/faults", headers={"Content-Length": length})
            self.assertEqual(self.answer()[0], 400)
            self.connection.close()
