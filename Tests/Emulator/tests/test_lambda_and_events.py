# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import base64
import json

from .functions import LambdaTestCase

class InvokeTests(LambdaTestCase):
    def test_a_function_really_runs(self) -> None:
        arn = self.create(
            "import os\ndef handler(event, context):\n"
            "    print('hello from', context.function_name)\n"
            "    return {'sum': sum(event['numbers']), 'greeting': os.environ['GREETING'], 'arn': context.invoked_function_arn,\n"
            "            'left': 0 < context.get_remaining_time_in_millis() <= 30000}\n",
            Environment={"Variables": {"GREETING": "hé"}},
        )
        answer = self.lambda_.invoke(FunctionName="f", Payload=json.dumps({"numbers": [1, 2, 3]}), LogType="Tail")
        self.assertEqual(json.loads(answer["Payload"].read()), {"sum": 6, "greeting": "hé", "arn": arn, "left": True})
        self.assertEqual(answer["StatusCode"], 200)
        self.assertEqual(answer["ExecutedVersion"], "$LATEST")
        self.assertNotIn("FunctionError", answer)
        self.assertIn("hello from f\n", base64.b64decode(answer["LogResult"]).decode())
        self.assertEqual(self.changes(), ["function-invoked"])

    def test_the_log_comes_only_when_asked_for(self) -> None:
        self.create("def handler(event, context): pass")
        answer = self.lambda_.invoke(FunctionName="f")
        self.assertNotIn("LogResult", answer)
        self.assertEqual(answer["Payload"].read(), b"null")

    def test_an_exception_is_a_function_error(self) -> None:
        self.create("def handler(event, context): raise ValueError('no such certificate')")
        answer = self.lambda_.invoke(FunctionName="f")
        self.assertEqual((answer["StatusCode"], answer["FunctionError"]), (200, "Unhandled"))
        error = json.loads(answer["Payload"].read())
        self.assertEqual((error["errorType"], error["errorMessage"]), ("ValueError", "no such certificate"))
        self.assertTrue(self.wait_for("function-invoked")["values"]["failed"])

    def test_whatever_goes_wrong_in_a_function_is_its_error(self) -> None:
        for number, (source, error_type) in enumerate((
            ("import no_such_module", "ModuleNotFoundError"),
            ("def other(event, context): pass", "AttributeError"),
            ("def handler(event, context): return object()", "TypeError"),
            ("import os\ndef handler(event, context): os._exit(3)", "Runtime.ExitError"),
            ("import time\ndef handler(event, context): time.sleep(60)", "Sandbox.Timedout"),
        )):
            with self.subTest(error_type):
                self.create(source, name=f"f{number}", Timeout=1)
                answer = self.lambda_.invoke(FunctionName=f"f{number}")
                self.assertEqual(answer["FunctionError"], "Unhandled")
                self.assertEqual(json.loads(answer["Payload"].read())["errorType"], error_type)

    def test_a_function_prints_as_much_as_it_likes(self) -> None:
        self.create("def handler(event, context):\n    print('x' * 1000000)\n    return 'y' * 1000000")
        answer = self.lambda_.invoke(FunctionName="f", LogType="Tail")
        self.assertEqual(len(json.loads(answer["Payload"].read())), 1_000_000)
        self.assertEqual(len(base64.b64decode(answer["LogResult"])), 4096)

    def test_a_function_has_the_rights_of_its_role(self) -> None:
        source = (
            "import boto3\niot = boto3.client('iot')\n"
            "def handler(event, context):\n    iot.list_things()\n    iot.create_thing(thingName='made-by-function')\n"
        )
        allowed = {"Effect": "Allow", "Action": "iot:ListThings", "Resource": "*"}
        self.create(source, policy=[allowed])
        error = json.loads(self.lambda_.invoke(FunctionName="f")["Payload"].read())
        self.assertIn("role-f/f is not authorized to perform: iot:CreateThing", error["errorMessage"])
        self.create(source, name="g", policy=[allowed, {"Effect": "Allow", "Action": "iot:CreateThing", "Resource": "*"}])
        self.assertEqual(self.lambda_.invoke(FunctionName="g")["Payload"].read(), b"null")
        self.assertEqual(self.changes(), ["function-invoked", "thing-created", "function-invoked"])

    def test_an_asynchronous_invocation_answers_at_once_and_runs_later(self) -> None:
        self.create("def handler(event, context): return event['a']")
        answer = self.lambda_.invoke(FunctionName="f", InvocationType="Event", Payload='{"a": 1}')
        self.assertEqual((answer["StatusCode"], answer["Payload"].read()), (202, b""))
        self.assertEqual(self.wait_for("function-invoked")["values"]["result"], 1)

    def test_a_dry_run_runs_nothing(self) -> None:
        self.create("def handler(event, context): return 1")
        self.assertEqual(self.lambda_.invoke(FunctionName="f", InvocationType="DryRun")["StatusCode"], 204)
        self.assertEqual(self.changes(), [])

    def test_an_unknown_function_is_not_found(self) -> None:
        for name in ("missing", "arn:aws:lambda:eu-west-1:123456789012:function:missing"):
            with self.subTest(name), self.refused("ResourceNotFoundException", 404) as response:
                self.lambda_.invoke(FunctionName=name)
            self.assertIn("function:missing", response["Error"]["Message"])

    def test_a_function_is_found_by_name_and_arn(self) -> None:
        arn = self.create("def handler(event, context): return 1")
        for name in ("f", arn, f"{arn}:$LATEST"):
            with self.subTest(name):
                self.assertEqual(self.lambda_.invoke(FunctionName=name)["Payload"].read(), b"1")

    def test_payloads_that_are_no_json_or_too_long_are_refused(self) -> None:
        self.create("def handler(event, context): return 1")
        with self.refused("InvalidRequestContentException", 400):
            self.lambda_.invoke(FunctionName="f", Payload="{not json")
        with self.refused("RequestTooLargeException", 413):
            self.lambda_.invoke(FunctionName="f", Payload=json.dumps("x" * 6 * 1024 * 1024))

    def test_another_runtime_is_refused(self) -> None:
        self.create("", Runtime="nodejs20.x")
        with self.refused("InvalidRuntimeException", 502):
            self.lambda_.invoke(FunctionName="f")


class EventTests(LambdaTestCase):
    RULE = {"source": ["aws.iot"], "detail-type": ["AWS API Call via CloudTrail"], "detail": {"eventName": ["UpdateThing"]}}

    def setUp(self) -> None:
        super().setUp()
        self.events, self.iot = self.client("events"), self.client("iot")

    def put_rule(self, target: str, pattern: dict | None = None) -> str:
        rule = self.events.put_rule(Name="r", EventPattern=json.dumps(pattern or self.RULE))["RuleArn"]
        self.events.put_targets(Rule="r", Targets=[{"Id": "t", "Arn": target}])
        return rule

    def allow(self, rule: str) -> None:
        self.lambda_.add_permission(
            FunctionName="f", StatementId="s", Action="lambda:InvokeFunction", Principal="events.amazonaws.com", SourceArn=rule)

    def put_event(self, **entry: object) -> dict:
        entries = [{"Source": "lamassu", "DetailType": "test", "Detail": "{}", **entry}]
        return self.events.put_events(Entries=entries)["Entries"][0]

    def test_a_changing_call_of_iot_reaches_the_function_of_a_rule(self) -> None:
        self.allow(self.put_rule(self.create("def handler(event, context): return event")))
        self.iot.create_thing(thingName="device-1")
        self.iot.describe_thing(thingName="device-1")
        self.iot.update_thing(thingName="device-1", attributePayload={"attributes": {"a": "1"}})
        event = self.wait_for("function-invoked")["values"]["result"]
        self.assertEqual((event["source"], event["account"], event["region"]), ("aws.iot", "123456789012", "eu-west-1"))
        detail = event["detail"]
        self.assertEqual(detail["eventSource"], "iot.amazonaws.com")
        self.assertEqual(detail["requestParameters"], {"thingName": "device-1", "attributePayload": {"attributes": {"a": "1"}}})
        self.assertEqual(detail["userIdentity"]["arn"], "arn:aws:iam::123456789012:user/lamassu")
        self.assertNotIn("errorCode", detail)
        self.assertEqual(self.changes().count("function-invoked"), 1)

    def test_a_call_that_was_refused_is_told_with_its_error(self) -> None:
        self.allow(self.put_rule(self.create("def handler(event, context): return event")))
        with self.refused("ResourceNotFoundException", 404):
            self.iot.update_thing(thingName="device-1")
        detail = self.wait_for("function-invoked")["values"]["result"]["detail"]
        self.assertEqual(detail["errorCode"], "ResourceNotFoundException")

    def test_a_function_that_does_not_let_the_rule_in_is_not_invoked(self) -> None:
        rule = self.put_rule(self.create("def handler(event, context): return 1"))
        self.allow(rule + "-another")
        with self.refused("ResourceNotFoundException", 404):
            self.iot.update_thing(thingName="device-1")
        self.assertEqual(self.changes(), ["event-not-delivered"])

    def test_what_a_rule_does_not_match_or_is_disabled_for_goes_nowhere(self) -> None:
        self.allow(self.put_rule(self.create("def handler(event, context): return 1")))
        self.iot.create_thing(thingName="device-1")
        self.events.disable_rule(Name="r")
        self.iot.update_thing(thingName="device-1")
        self.assertEqual(self.changes(), ["thing-created"])

    def test_own_events_reach_a_queue_that_lets_the_rule_in(self) -> None:
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        rule = self.put_rule("arn:aws:sqs:eu-west-1:123456789012:q", {"source": ["lamassu"], "detail": {"a": [1]}})
        self.put_event(Detail='{"a": 1}')
        self.assertEqual(self.changes(), ["event-not-delivered"])
        policy = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*",
            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
        }]}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        self.put_event(Detail='{"a": 2}')
        event_id = self.put_event(Detail='{"a": 1}')["EventId"]
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        self.assertEqual([json.loads(message["Body"])["id"] for message in messages], [event_id])

    def test_entries_are_refused_one_by_one(self) -> None:
        for code, entry in (
            ("NotAuthorizedForSourceException", {"Source": "aws.iot"}),
            ("MalformedDetail", {"Detail": "{not json"}),
            ("MalformedDetail", {"Detail": "[]"}),
            ("InvalidArgument", {"Source": ""}),
        ):
            with self.subTest(entry):
                self.assertEqual(self.put_event(**entry).get("ErrorCode"), code)
        answer = self.events.put_events(Entries=[
            {"Source": "aws.iot", "DetailType": "test", "Detail": "{}"}, {"Source": "lamassu", "DetailType": "test", "Detail": "{}"},
        ])
        self.assertEqual(answer["FailedEntryCount"], 1)
        self.assertIn("EventId", answer["Entries"][1])
