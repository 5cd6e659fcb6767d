# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from .functions import TRUST, LambdaTestCase, archive

SOURCE = "def handler(event, context): return event"


class FunctionTests(LambdaTestCase):
    def made(self) -> list[str]:
        return [entry["change"] for entry in self.ledger()]

    def test_a_function_is_pending_until_somebody_looks(self) -> None:
        role = self.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        settings = {"FunctionName": "f", "Handler": "index.handler", "Role": role, "Runtime": "python3.12"}
        created = self.lambda_.create_function(**settings, Code={"ZipFile": archive(SOURCE)})
        self.assertEqual(created["State"], "Pending")
        with self.refused("ResourceConflictException", 409):
            self.lambda_.invoke(FunctionName="f")
        with self.refused("ResourceConflictException", 409):
            self.lambda_.update_function_configuration(FunctionName="f", Timeout=5)
        states = [self.lambda_.get_function_configuration(FunctionName="f")["State"] for _ in range(2)]
        self.assertEqual(states, ["Pending", "Active"])
        with self.refused("ResourceConflictException", 409):
            self.lambda_.create_function(**settings, Code={"ZipFile": archive(SOURCE)})
        self.assertEqual(self.made(), ["function-created"])

    def test_of_many_calls_at_a_time_one_makes_the_function(self) -> None:
        role = self.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        clients, outcomes = [self.client("lambda") for _ in range(4)], []

        def create(client: Any) -> None:
            try:
                client.create_function(
                    FunctionName="f", Handler="index.handler", Role=role, Runtime="python3.12", Code={"ZipFile": archive(SOURCE)})
                outcomes.append("made")
            except ClientError as error:
                outcomes.append(error.response["Error"]["Code"])

        with ThreadPoolExecutor() as executor:
            list(executor.map(create, clients))
        self.assertEqual(sorted(outcomes), ["ResourceConflictException"] * 3 + ["made"])
        self.assertEqual(self.made(), ["function-created"])

    def test_an_update_is_in_progress_until_somebody_looks(self) -> None:
        self.create(SOURCE)
        updated = self.lambda_.update_function_code(FunctionName="f", ZipFile=archive(SOURCE + "\n"))
        self.assertEqual((updated["State"], updated["LastUpdateStatus"]), ("Active", "InProgress"))
        with self.refused("ResourceConflictException", 409):
            self.lambda_.publish_version(FunctionName="f")
        self.lambda_.get_waiter("function_updated_v2").wait(FunctionName="f", WaiterConfig={"Delay": 0})
        self.lambda_.update_function_configuration(FunctionName="f", Timeout=5)
        self.assertEqual(self.made(), ["function-created", "function-code-updated", "function-configuration-updated"])

    def test_an_update_fails_later_where_a_test_asks_for_it(self) -> None:
        self.create(SOURCE)
        before = self.lambda_.get_function_configuration(FunctionName="f")["CodeSha256"]
        self.control("POST", "faults", {"service": "lambda", "operation": "UpdateFunctionCode", "fault": "fail-later"})
        updated = self.lambda_.update_function_code(FunctionName="f", ZipFile=archive(SOURCE + "\n"))
        self.assertEqual(updated["LastUpdateStatus"], "InProgress")
        found = [self.lambda_.get_function_configuration(FunctionName="f") for _ in range(2)]
        self.assertEqual([configuration["LastUpdateStatus"] for configuration in found], ["InProgress", "Failed"])
        self.assertEqual(found[1]["CodeSha256"], before)
        self.assertIn("asked for by a test", found[1]["LastUpdateStatusReason"])
        self.lambda_.update_function_code(FunctionName="f", ZipFile=archive(SOURCE + "\n"))
        self.lambda_.get_waiter("function_updated_v2").wait(FunctionName="f", WaiterConfig={"Delay": 0})
        self.assertEqual(self.made(), ["function-created", "function-code-updated"])

    def test_what_is_no_code_is_refused(self) -> None:
        self.create(SOURCE)
        whole = archive(SOURCE)
        for content in (b"no archive", whole[:-10], whole.replace(b"return event", b"return tneve")):
            with self.subTest(content[:20]), self.refused("InvalidParameterValueException", 400):
                self.lambda_.update_function_code(FunctionName="f", ZipFile=content)
        with self.refused("InvalidParameterValueException", 400):
            self.lambda_.update_function_code(FunctionName="f")
        with self.refused("ValidationException", 400):
            self.lambda_.update_function_configuration(FunctionName="f", Timeout=0)
        with self.refused("ResourceNotFoundException", 404):
            self.lambda_.update_function_code(FunctionName="unknown", ZipFile=archive(SOURCE))
        self.assertEqual(self.made(), ["function-created"])

    def test_a_revision_that_is_not_the_present_one_is_refused(self) -> None:
        self.create(SOURCE)
        revision = self.lambda_.get_function_configuration(FunctionName="f")["RevisionId"]
        self.lambda_.update_function_configuration(FunctionName="f", Timeout=5, RevisionId=revision)
        self.lambda_.get_function(FunctionName="f")
        with self.refused("PreconditionFailedException", 412):
            self.lambda_.update_function_configuration(FunctionName="f", Timeout=6, RevisionId=revision)

    def test_a_version_is_published_only_if_something_changed(self) -> None:
        self.create(SOURCE)
        numbers = []
        for _ in range(2):
            numbers.append(self.lambda_.publish_version(FunctionName="f")["Version"])
        self.lambda_.update_function_code(FunctionName="f", ZipFile=archive(SOURCE))
        self.lambda_.get_function(FunctionName="f")
        numbers.append(self.lambda_.publish_version(FunctionName="f")["Version"])
        sha = self.lambda_.update_function_code(FunctionName="f", ZipFile=archive(SOURCE + "\n"))["CodeSha256"]
        self.lambda_.get_function(FunctionName="f")
        with self.refused("InvalidParameterValueException", 400):
            self.lambda_.publish_version(FunctionName="f", CodeSha256="x")
        numbers.append(self.lambda_.publish_version(FunctionName="f", CodeSha256=sha)["Version"])
        self.assertEqual(numbers, ["1", "1", "1", "2"])
        self.assertEqual(self.made().count("function-version-published"), 2)

    def test_an_alias_moves_from_version_to_version(self) -> None:
        self.create(SOURCE)
        self.lambda_.publish_version(FunctionName="f")
        with self.refused("ResourceNotFoundException", 404):
            self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion="2")
        created = self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
        self.assertEqual(created["ResponseMetadata"]["HTTPStatusCode"], 201)
        with self.refused("ResourceConflictException", 409):
            self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
        updated = self.lambda_.update_alias(FunctionName="f", Name="live", FunctionVersion="$LATEST")
        self.assertEqual((updated["FunctionVersion"], updated["ResponseMetadata"]["HTTPStatusCode"]), ("$LATEST", 200))
        self.assertEqual(self.lambda_.get_alias(FunctionName="f", Name="live")["ResponseMetadata"]["HTTPStatusCode"], 200)
        self.assertEqual(self.lambda_.delete_alias(FunctionName="f", Name="live")["ResponseMetadata"]["HTTPStatusCode"], 204)
        with self.refused("ResourceNotFoundException", 404):
            self.lambda_.get_alias(FunctionName="f", Name="live")

    def test_a_statement_is_added_once(self) -> None:
        self.create(SOURCE)
        statement = {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
        self.lambda_.add_permission(FunctionName="f", **statement)
        with self.refused("ResourceConflictException", 409):
            self.lambda_.add_permission(FunctionName="f", **statement)
        self.lambda_.remove_permission(FunctionName="f", StatementId="s")
        with self.refused("ResourceNotFoundException", 404):
            self.lambda_.remove_permission(FunctionName="f", StatementId="s")
        self.assertEqual(self.made()[1:], ["function-permission-added", "function-permission-removed"])


class ResponseStreamTests(LambdaTestCase):
    def events(self, **parameters: Any) -> list[dict[str, Any]]:
        answer = self.lambda_.invoke_with_response_stream(FunctionName="f", **parameters)
        self.assertEqual(answer["ExecutedVersion"], "$LATEST")
        return list(answer["EventStream"])

    def test_what_a_function_yields_comes_piece_by_piece(self) -> None:
        self.create("def handler(event, context):\n    print('hello')\n    for n in range(event['n']): yield f'{n};'\n")
        events = self.events(Payload='{"n": 3}', LogType="Tail")
        self.assertEqual([event["PayloadChunk"]["Payload"] for event in events[:-1]], [b"0;", b"1;", b"2;"])
        self.assertIn("hello", base64.b64decode(events[-1]["InvokeComplete"]["LogResult"]).decode())
        self.assertEqual(self.lambda_.invoke(FunctionName="f", Payload='{"n": 2}')["Payload"].read(), b"0;1;")

    def test_what_it_returns_comes_in_one_piece(self) -> None:
        self.create(SOURCE)
        events = self.events(Payload='{"a": 1}')
        self.assertEqual(json.loads(events[0]["PayloadChunk"]["Payload"]), {"a": 1})
        self.assertEqual(events[1:], [{"InvokeComplete": {}}])

    def test_an_error_on_the_way_ends_the_stream(self) -> None:
        self.create("def handler(event, context):\n    yield 'a'\n    raise ValueError('broken')\n")
        events = self.events()
        self.assertEqual(events[0]["PayloadChunk"]["Payload"], b"a")
        complete = events[-1]["InvokeComplete"]
        self.assertEqual((complete["ErrorCode"], json.loads(complete["ErrorDetails"])["errorType"]), ("Unhandled", "ValueError"))

    def test_a_function_that_does_not_exist_is_no_stream(self) -> None:
        with self.refused("ResourceNotFoundException", 404):
            self.lambda_.invoke_with_response_stream(FunctionName="unknown")


class EventSourceMappingTests(LambdaTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.sqs = self.client("sqs")
        self.url = self.sqs.create_queue(QueueName="q")["QueueUrl"]
        self.arn = "arn:aws:sqs:eu-west-1:123456789012:q"

    def map(self, **parameters: Any) -> dict[str, Any]:
        return self.lambda_.create_event_source_mapping(**{"FunctionName": "f", "EventSourceArn": self.arn, **parameters})

    def test_a_mapping_goes_through_its_states(self) -> None:
        self.create(SOURCE)
        created = self.map()
        self.assertEqual((created["State"], created["ResponseMetadata"]["HTTPStatusCode"]), ("Creating", 202))
        uuid = created["UUID"]
        with self.refused("ResourceInUseException", 400):
            self.lambda_.update_event_source_mapping(UUID=uuid, Enabled=False)
        states = [self.lambda_.get_event_source_mapping(UUID=uuid)["State"] for _ in range(2)]
        self.assertEqual(states, ["Creating", "Enabled"])
        self.assertEqual(self.lambda_.update_event_source_mapping(UUID=uuid, Enabled=False)["State"], "Updating")
        states = [self.lambda_.get_event_source_mapping(UUID=uuid)["State"] for _ in range(2)]
        self.assertEqual(states, ["Updating", "Disabled"])
        self.assertEqual(self.lambda_.delete_event_source_mapping(UUID=uuid)["State"], "Deleting")
        with self.refused("ResourceNotFoundException", 404):
            self.lambda_.get_event_source_mapping(UUID=uuid)
        self.assertEqual([change.rpartition("-")[2] for change in self.changes()], ["created", "updated", "deleted"])

    def test_a_mapping_that_exists_or_leads_nowhere_is_refused(self) -> None:
        self.create(SOURCE)
        self.map()
        for code, status, parameters in (
            ("ResourceConflictException", 409, {}),
            ("ResourceNotFoundException", 404, {"FunctionName": "unknown"}),
            ("InvalidParameterValueException", 400, {"EventSourceArn": self.arn + "x"}),
            ("InvalidParameterValueException", 400, {"BatchSize": 100}),
        ):
            with self.subTest(parameters), self.refused(code, status):
                self.map(**parameters)

    def test_messages_reach_the_function_and_leave_the_queue(self) -> None:
        self.create(SOURCE)
        self.map()
        self.sqs.send_message(QueueUrl=self.url, MessageBody="a")
        records = self.wait_for("function-invoked")["values"]["payload"]["Records"]
        self.assertEqual([(record["body"], record["eventSource"]) for record in records], [("a", "aws:sqs")])
        self.control("POST", "reset")  # returns when the delivery is over

    def test_what_a_function_failed_with_stays_in_the_queue(self) -> None:
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"VisibilityTimeout": "0"})
        self.create("def handler(event, context): raise ValueError('no')")
        self.map()
        self.sqs.send_message(QueueUrl=self.url, MessageBody="a")
        self.assertTrue(self.wait_for("function-invoked")["values"]["failed"])
        self.assertEqual(len(self.sqs.receive_message(QueueUrl=self.url)["Messages"]), 1)
