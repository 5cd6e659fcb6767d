# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import threading
import time
from typing import Any

from .support import EmulatorTestCase


class QueueTestCase(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.sqs = self.client("sqs")

    def create(self, name: str = "q", **attributes: str) -> None:
        self.url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def send(self, body: str, **parameters: Any) -> dict[str, Any]:
        return self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **parameters)

    def receive(self, **parameters: Any) -> list[dict[str, Any]]:
        return self.sqs.receive_message(QueueUrl=self.url, **{"MaxNumberOfMessages": 10, **parameters}).get("Messages", [])

    def bodies(self, **parameters: Any) -> list[str]:
        return [message["Body"] for message in self.receive(**parameters)]

    def batch(self, bodies: list[str]) -> dict[str, Any]:
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        return self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)


class QueueTests(QueueTestCase):
    def test_a_batch_has_ten_entries_and_one_mebibyte_at_most(self) -> None:
        self.create()
        prefix = "AWS.SimpleQueueService."
        for code, bodies in (
            ("EmptyBatchRequest", []), ("TooManyEntriesInBatchRequest", ["x"] * 11), ("BatchRequestTooLong", ["é" * 262_145] * 2),
        ):
            with self.subTest(code), self.refused(prefix + code, 400):
                self.batch(bodies)
        for code, ids in (("BatchEntryIdsNotDistinct", ["a", "a"]), ("InvalidBatchEntryId", ["no spaces"])):
            with self.subTest(code), self.refused(prefix + code, 400):
                self.sqs.send_message_batch(QueueUrl=self.url, Entries=[{"Id": name, "MessageBody": "x"} for name in ids])
        self.assertEqual(len(self.batch(["é" * 262_144] * 2)["Successful"]), 2)
        with self.refused(prefix + "EmptyBatchRequest", 400):
            self.sqs.delete_message_batch(QueueUrl=self.url, Entries=[])
        self.assertEqual(self.changes(), ["queue-created", "message-sent", "message-sent"])

    def test_a_message_is_checked_before_it_is_taken(self) -> None:
        self.create(MaximumMessageSize="1024")
        for code, parameters in (
            ("InvalidParameterValue", {"body": "x" * 1025}), ("InvalidMessageContents", {"body": "\u0001"}),
            ("InvalidParameterValue", {"body": "x", "DelaySeconds": 901}), ("MissingParameter", {"body": ""}),
        ):
            with self.subTest(code), self.refused(code, 400):
                self.send(**parameters)
        for parameters in ({"MaxNumberOfMessages": 11}, {"WaitTimeSeconds": 21}, {"VisibilityTimeout": 43201}):
            with self.subTest(parameters), self.refused("InvalidParameterValue", 400):
                self.receive(**parameters)
        with self.refused("AWS.SimpleQueueService.NonExistentQueue", 400):
            self.sqs.send_message(QueueUrl=self.url + "x", MessageBody="x")
        self.assertEqual(self.bodies(), [])

    def test_a_message_comes_back_when_its_visibility_timeout_is_over(self) -> None:
        self.create(VisibilityTimeout="60")
        self.send("a")
        message = self.receive()[0]
        self.assertEqual(self.bodies(), [])
        self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
        [again] = self.receive(AttributeNames=["ApproximateReceiveCount"])
        self.assertEqual(again["Attributes"]["ApproximateReceiveCount"], "2")
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=again["ReceiptHandle"])
        with self.refused("ReceiptHandleIsInvalid", 400):
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle="made up")
        self.assertEqual(self.changes().count("message-deleted"), 1)

    def test_a_receipt_is_good_until_the_message_is_received_again(self) -> None:
        self.create()
        self.send("a")
        [first] = self.receive(VisibilityTimeout=0)
        with self.refused("AWS.SimpleQueueService.MessageNotInflight", 400):
            self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=60)
        [second] = self.receive(VisibilityTimeout=0)
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=first["ReceiptHandle"])
        self.assertEqual(self.bodies(VisibilityTimeout=0), ["a"])
        [third] = self.receive(VisibilityTimeout=60)
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=third["ReceiptHandle"])
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=third["ReceiptHandle"])
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=second["ReceiptHandle"])

    def test_a_long_poll_ends_with_the_first_message(self) -> None:
        self.create()
        timer = threading.Timer(0.2, lambda: self.send("a"))
        timer.start()
        self.addCleanup(timer.join)
        started = time.monotonic()
        self.assertEqual(self.bodies(WaitTimeSeconds=20), ["a"])
        self.assertLess(time.monotonic() - started, 10)

    def test_two_receivers_at_a_time_get_different_messages(self) -> None:
        self.create()
        for start in range(0, 40, 10):
            self.batch([str(start + number) for number in range(10)])
        received: list[str] = []

        def drain() -> None:
            while bodies := self.bodies():
                received.extend(bodies)

        threads = [threading.Thread(target=drain) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(received, key=int), [str(number) for number in range(40)])


class FIFOQueueTests(QueueTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.create("q.fifo", FifoQueue="true", VisibilityTimeout="60")

    def put(self, body: str, group: str = "g", identifier: str | None = None) -> dict[str, Any]:
        return self.send(body, MessageGroupId=group, MessageDeduplicationId=identifier or body)

    def test_a_group_waits_while_one_of_its_messages_is_in_flight(self) -> None:
        for body in ("a1", "a2", "b1"):
            self.put(body, body[0])
        first = self.receive(MaxNumberOfMessages=1)[0]
        self.assertEqual((first["Body"], self.bodies()), ("a1", ["b1"]))
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=first["ReceiptHandle"])
        self.assertEqual(self.bodies(), ["a2"])

    def test_a_duplicate_is_taken_and_goes_nowhere_even_after_the_first_is_deleted(self) -> None:
        first = self.put("a", identifier="1")
        message = self.receive()[0]
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        again = self.put("a", identifier="1")
        self.assertEqual((again["MessageId"], again["SequenceNumber"]), (first["MessageId"], first["SequenceNumber"]))
        self.assertGreater(int(self.put("b")["SequenceNumber"]), int(first["SequenceNumber"]))
        self.assertEqual(self.bodies(), ["b"])

    def test_a_receipt_expires_with_the_visibility_timeout(self) -> None:
        self.put("a")
        [message] = self.receive(VisibilityTimeout=0)
        with self.refused("InvalidParameterValue", 400):
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        [message] = self.receive(VisibilityTimeout=60)
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def test_a_message_needs_a_group_and_a_way_to_tell_duplicates(self) -> None:
        with self.refused("MissingParameter", 400):
            self.send("a", MessageDeduplicationId="a")
        with self.refused("InvalidParameterValue", 400):
            self.send("a", MessageGroupId="g")
        with self.refused("InvalidParameterValue", 400):
            self.send("a", MessageGroupId="g", MessageDeduplicationId="a", DelaySeconds=5)


class TopicTests(QueueTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.sns = self.client("sns")
        self.arn = self.sns.create_topic(Name="t")["TopicArn"]

    def publish(self, messages: list[str]) -> dict[str, Any]:
        entries = [{"Id": str(number), "Message": message} for number, message in enumerate(messages)]
        return self.sns.publish_batch(TopicArn=self.arn, PublishBatchRequestEntries=entries)

    def test_a_batch_reaches_the_queue_that_subscribed(self) -> None:
        self.create()
        self.sns.subscribe(
            TopicArn=self.arn, Protocol="sqs", Endpoint="arn:aws:sqs:eu-west-1:123456789012:q", Attributes={"RawMessageDelivery": "true"})
        self.assertEqual(len(self.publish(["a", "b"])["Successful"]), 2)
        self.assertEqual(self.bodies(), ["a", "b"])
        published = [entry["values"]["message"] for entry in self.ledger() if entry["change"] == "message-published"]
        self.assertEqual(published, ["a", "b"])

    def test_a_batch_has_ten_entries_and_256_kib_at_most(self) -> None:
        for code, messages in (
            ("EmptyBatchRequest", []), ("TooManyEntriesInBatchRequest", ["x"] * 11), ("BatchRequestTooLong", ["x" * 131_073] * 2),
        ):
            with self.subTest(code), self.refused(code, 400):
                self.publish(messages)
        for code, ids in (("BatchEntryIdsNotDistinct", ["a", "a"]), ("InvalidBatchEntryId", ["no spaces"])):
            entries = [{"Id": name, "Message": "x"} for name in ids]
            with self.subTest(code), self.refused(code, 400):
                self.sns.publish_batch(TopicArn=self.arn, PublishBatchRequestEntries=entries)
        self.assertEqual(self.changes(), ["topic-created"])

    def test_a_message_is_checked_before_it_is_taken(self) -> None:
        for parameters in (
            {"Message": ""}, {"Message": "x" * 262_145}, {"Message": "x", "Subject": "s" * 101},
            {"Message": "x", "PhoneNumber": "+34600000000"},
            {"Message": "x", "MessageStructure": "json"}, {"Message": '{"sqs": "x"}', "MessageStructure": "json"},
        ):
            with self.subTest(str(parameters)[:60]), self.refused("InvalidParameter", 400):
                self.sns.publish(TopicArn=self.arn, **parameters)
        with self.refused("NotFound", 404):
            self.sns.publish(TopicArn=self.arn + "x", Message="x")
        self.sns.create_topic(Name="t")
        self.assertEqual(self.changes(), ["topic-created"])


class PartialFailureTests(QueueTestCase):
    def fault(self, service: str, operation: str, **details: Any) -> None:
        self.control("POST", "faults", {"service": service, "operation": operation, "fault": "partial", "containing": "bad", **details})

    def failures(self, answer: dict[str, Any]) -> list[tuple[str, str, bool]]:
        return [(entry["Id"], entry["Code"], entry["SenderFault"]) for entry in answer.get("Failed", [])]

    def test_entries_of_a_batch_to_a_queue_fail_once(self) -> None:
        self.create()
        self.fault("sqs", "SendMessageBatch")
        answer = self.batch(["good", "bad", "also good"])
        self.assertEqual([entry["Id"] for entry in answer["Successful"]], ["0", "2"])
        self.assertEqual(self.failures(answer), [("1", "InternalError", False)])
        self.assertEqual(self.failures(self.batch(["bad"])), [])
        self.fault("sqs", "SendMessageBatch", senderFault=True)
        self.assertEqual(self.failures(self.batch(["bad"])), [("0", "InvalidMessageContents", True)])
        self.assertEqual(self.bodies(), ["good", "also good", "bad"])

    def test_entries_of_a_batch_to_a_topic_fail_once(self) -> None:
        sns = self.client("sns")
        arn = sns.create_topic(Name="t")["TopicArn"]
        entries = [{"Id": str(number), "Message": text} for number, text in enumerate(["bad & worse", "good & better"])]
        self.fault("sns", "PublishBatch")
        answer = sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=entries)
        self.assertEqual([entry["Id"] for entry in answer["Successful"]], ["1"])
        self.assertEqual(self.failures(answer), [("0", "InternalError", False)])
        self.assertEqual(self.failures(sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=entries)), [])
        published = [entry["values"]["message"] for entry in self.ledger() if entry["change"] == "message-published"]
        self.assertEqual(published, ["good & better", "bad & worse", "good & better"])
