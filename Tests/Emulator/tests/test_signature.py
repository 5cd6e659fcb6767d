# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from unittest import mock

import botocore.auth
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .support import ACCESS_KEY_ID, REGION, SECRET, EmulatorTestCase


class SignatureTests(EmulatorTestCase):
    def send(
        self, method: str = "GET", path: str = "/things", body: bytes = b"", service: str = "iot", headers: dict[str, str] | None = None,
        age: timedelta = timedelta(), change: Callable[[AWSRequest], None] = lambda request: None, presigned_for: int | None = None,
    ) -> tuple[int, str, dict]:
        """Signs a request `age` ago, changes it after that, and sends it: status, error type and body of the answer."""
        request = AWSRequest(method, self.endpoint + path, {"Host": self.endpoint.removeprefix("http://"), **(headers or {})}, body)
        credentials = Credentials(ACCESS_KEY_ID, SECRET)
        signer = (
            SigV4Auth(credentials, service, REGION) if presigned_for is None
            else SigV4QueryAuth(credentials, service, REGION, expires=presigned_for)
        )
        with mock.patch.object(botocore.auth, "get_current_datetime", lambda: (datetime.now(timezone.utc) - age).replace(tzinfo=None)):
            signer.add_auth(request)
        change(request)
        connection = http.client.HTTPConnection(self.endpoint.removeprefix("http://"))
        self.addCleanup(connection.close)
        connection.request(request.method, request.url.removeprefix(self.endpoint), request.data, dict(request.headers))
        response = connection.getresponse()
        text = response.read()
        return response.status, response.headers.get("x-amzn-ErrorType", ""), json.loads(text) if text[:1] == b"{" else {"text": text}

    def assertRefused(self, code: str, answer: tuple[int, str, dict]) -> None:
        self.assertEqual(answer[:2], (403, code), answer)

    def test_a_good_signature_is_accepted_in_the_header_and_in_the_query(self) -> None:
        self.assertEqual(self.send()[0], 200)
        self.assertEqual(self.send(presigned_for=60)[0], 200)
        self.assertEqual(self.send("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", service="sts", presigned_for=60)[0], 200)

    def test_a_path_and_a_query_that_need_escapes_are_accepted(self) -> None:
        status, code, _ = self.send("GET", "/policies/a%20b%2Fc%E2%82%AC?x=%20~%2F&a=2&a=1&empty=&bare")
        self.assertEqual((status, code), (400, "InvalidRequestException"))  # signed well, but no name of a policy

    def test_form_bodies_count_as_they_were_sent(self) -> None:
        for note in (b"a%20b*", b"a+b%2A"):
            body = b"Action=GetCallerIdentity&Version=2011-06-15&Note=" + note
            answer = self.send("POST", "/", body, "sts", {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
            self.assertEqual(answer[0], 200, answer)

    def test_a_wrong_secret_is_refused_by_every_protocol(self) -> None:
        for service, call, code in (
            ("iot", lambda client: client.list_things(), "InvalidSignatureException"),
            ("lambda", lambda client: client.list_functions(), "InvalidSignatureException"),
            ("sqs", lambda client: client.list_queues(), "InvalidSignatureException"),
            ("cloudformation", lambda client: client.list_stacks(), "SignatureDoesNotMatch"),
            ("sts", lambda client: client.get_caller_identity(), "SignatureDoesNotMatch"),
        ):
            with self.subTest(service), self.refused(code, 403):
                call(self.client(service, secret="another secret"))

    def test_an_unknown_key_or_a_token_that_belongs_to_none_is_refused(self) -> None:
        with self.refused("UnrecognizedClientException", 403):
            self.client("iot", key="AKIA0000000000000000").list_things()
        with self.refused("UnrecognizedClientException", 403):
            self.client("iot", token="made up").list_things()
        with self.refused("InvalidClientTokenId", 403):
            self.client("sts", key="AKIA0000000000000000").get_caller_identity()

    def test_an_old_date_and_one_to_come_are_refused(self) -> None:
        self.assertEqual(self.send(age=timedelta(minutes=4))[0], 200)
        self.assertEqual(self.send(age=-timedelta(minutes=4))[0], 200)
        for age in (timedelta(minutes=6), -timedelta(minutes=6), timedelta(days=4000)):
            with self.subTest(age):
                self.assertRefused("InvalidSignatureException", self.send(age=age))

    def test_s3_has_its_own_words_and_a_quarter_of_an_hour(self) -> None:
        self.assertEqual(self.send(path="/", service="s3", age=timedelta(minutes=14))[0], 200)
        for code, parameters in (
            (b"RequestTimeTooSkewed", {"age": timedelta(minutes=16)}),
            (b"AccessDenied", {"age": timedelta(minutes=2), "presigned_for": 60}),
            (b"SignatureDoesNotMatch", {"change": lambda request: setattr(request, "method", "DELETE")}),
        ):
            with self.subTest(code):
                status, _, body = self.send(path="/", service="s3", **parameters)
                self.assertEqual(status, 403)
                self.assertIn(b"<Code>%b</Code>" % code, body["text"])

    def test_a_body_that_is_not_signed_is_for_s3_only(self) -> None:
        self.assertRefused("InvalidSignatureException", self.send(headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}))

    def test_a_presigned_request_is_good_until_it_expires(self) -> None:
        self.assertEqual(self.send(age=timedelta(minutes=50), presigned_for=3600)[0], 200)
        self.assertRefused("InvalidSignatureException", self.send(age=timedelta(minutes=70), presigned_for=3600))

    def test_whatever_is_changed_after_signing_is_noticed(self) -> None:
        def change_header(request: AWSRequest) -> None:
            request.headers.replace_header("X-Note", "b")

        def change_date(request: AWSRequest) -> None:
            request.headers.replace_header("X-Amz-Date", datetime.now(timezone.utc).strftime("%Y%m%dT000000Z"))

        def change(**attributes: object) -> Callable[[AWSRequest], None]:
            return lambda request: [setattr(request, name, value) for name, value in attributes.items()]

        for name, changed in {
            "method": change(method="POST"),
            "path": change(url=f"{self.endpoint}/policies?x=1"),
            "query": change(url=f"{self.endpoint}/things?x=2"),
            "body": change(data=b'{"a": 2}'),
            "header": change_header,
            "date": change_date,
        }.items():
            with self.subTest(name):
                answer = self.send("GET", "/things?x=1", b'{"a": 1}', headers={"X-Note": "a"}, change=changed)
                self.assertRefused("InvalidSignatureException", answer)

    def test_a_stated_digest_must_be_that_of_the_body(self) -> None:
        digest = {"X-Amz-Content-SHA256": hashlib.sha256(b"a").hexdigest()}
        self.assertEqual(self.send("GET", body=b"a", headers=digest)[1], "SerializationException")  # signed well, but no JSON
        self.assertRefused("InvalidSignatureException", self.send("GET", body=b"b", headers=digest))

    def test_a_request_without_a_signature_or_with_half_of_one_is_refused(self) -> None:
        def strip(request: AWSRequest) -> None:
            del request.headers["Authorization"]

        self.assertEqual(self.send(change=strip)[0], 403)
        for value in ("", "Basic YTpi", "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=0"):
            with self.subTest(value):
                answer = self.send(change=lambda request: request.headers.replace_header("Authorization", value))
                self.assertRefused("IncompleteSignatureException", answer)

    def test_the_host_and_the_date_must_be_signed(self) -> None:
        def leave_out(name: str) -> Callable[[AWSRequest], None]:
            def change(request: AWSRequest) -> None:
                text = request.headers["Authorization"]
                request.headers.replace_header("Authorization", text.replace(f"{name};", "").replace(f";{name}", ""))

            return change

        for name in ("host", "x-amz-date"):
            with self.subTest(name):
                status, code, body = self.send(change=leave_out(name))
                self.assertRefused("InvalidSignatureException", (status, code, body))
                self.assertIn(name, body["message"])


class PermissionTests(EmulatorTestCase):
    def client_of_user(self, policy: dict, service: str = "iot") -> object:
        """A client of a new IAM user with this policy."""
        iam = self.client("iam")
        iam.create_user(UserName="someone")
        iam.put_user_policy(UserName="someone", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": policy}))
        key = iam.create_access_key(UserName="someone")["AccessKey"]
        return self.client(service, key["AccessKeyId"], key["SecretAccessKey"])

    def test_actions_have_the_names_that_iam_gives_them(self) -> None:
        topic = "arn:aws:iot:eu-west-1:123456789012:topic/mine"
        data = self.client_of_user([{"Effect": "Allow", "Action": "iot:Publish", "Resource": topic}], "iot-data")
        data.publish(topic="mine")
        for call in (lambda: data.publish(topic="yours"), lambda: data.get_thing_shadow(thingName="a")):
            with self.refused("AccessDeniedException", 403):
                call()

    def test_a_batch_needs_the_right_to_each_of_its_entries(self) -> None:
        url = self.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        sqs = self.client_of_user([{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}], "sqs")
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "a"}])
        with self.refused("AccessDeniedException", 403):
            sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": "a", "ReceiptHandle": "a"}])

    def test_what_no_policy_allows_is_refused(self) -> None:
        iot = self.client_of_user([{"Effect": "Allow", "Action": ["iot:List*", "iot:describething"], "Resource": "*"}])
        self.client("iot").create_thing(thingName="device-1")
        self.assertEqual(len(iot.list_things()["things"]), 1)
        self.assertEqual(iot.describe_thing(thingName="device-1")["thingName"], "device-1")
        with self.refused("AccessDeniedException", 403) as response:
            iot.create_thing(thingName="device-2")
        self.assertIn("iot:CreateThing on resource: arn:aws:iot:eu-west-1:123456789012:thing/device-2", response["Error"]["Message"])
        self.assertEqual(self.changes(), ["thing-created"])

    def test_a_policy_for_one_resource_allows_no_other(self) -> None:
        resource = "arn:aws:iot:eu-west-1:123456789012:thing/mine-*"
        iot = self.client_of_user([{"Effect": "Allow", "Action": "iot:CreateThing", "Resource": resource}])
        iot.create_thing(thingName="mine-1")
        with self.refused("AccessDeniedException", 403):
            iot.create_thing(thingName="yours-1")

    def test_a_denial_prevails(self) -> None:
        iot = self.client_of_user([
            {"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "iot:UpdateThing", "Resource": "*"},
        ])
        iot.create_thing(thingName="device-1")
        with self.refused("AccessDeniedException", 403):
            iot.update_thing(thingName="device-1")

    def test_a_session_has_the_rights_of_its_role(self) -> None:
        iam = self.client("iam")
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=document)["Role"]
        policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:ListThings", "Resource": "*"}}
        iam.put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument=json.dumps(policy))
        session = self.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")["Credentials"]
        keys = session["AccessKeyId"], session["SecretAccessKey"]
        iot = self.client("iot", *keys, session["SessionToken"])
        self.assertEqual(iot.list_things()["things"], [])
        with self.refused("AccessDeniedException", 403):
            iot.create_thing(thingName="device-1")
        with self.refused("UnrecognizedClientException", 403):
            self.client("iot", *keys, "another token").list_things()
        with self.refused("UnrecognizedClientException", 403):
            self.client("iot", *keys).list_things()
