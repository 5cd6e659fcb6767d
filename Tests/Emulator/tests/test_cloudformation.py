# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import json

from .support import EmulatorTestCase

ROLE = {"Type": "AWS::IAM::Role", "Properties": {
    "AssumeRolePolicyDocument": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    },
    "Policies": [{"PolicyName": "send", "PolicyDocument": {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "iot:DescribeThing", "Resource": "*"},
            {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": ["Queue", "Arn"]}},
        ],
    }}],
}}

SOURCE = """
import boto3, os
iot, sqs = boto3.client("iot"), boto3.client("sqs")
def handler(event, context):
    thing = iot.describe_thing(thingName=event["detail"]["requestParameters"]["thingName"])
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=thing["attributes"]["state"])
"""

#: The way back: a change of a thing in IoT → EventBridge → function → queue.
TEMPLATE = {
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Role": ROLE,
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {
            "Runtime": "python3.12", "Handler": "index.handler", "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Timeout": 30,
            "Code": {"ZipFile": SOURCE}, "Environment": {"Variables": {"QUEUE_URL": {"Ref": "Queue"}}},
        }},
        "Rule": {"Type": "AWS::Events::Rule", "Properties": {
            "EventPattern": {"source": ["aws.iot"], "detail": {"eventName": ["UpdateThing"]}},
            "Targets": [{"Id": "function", "Arn": {"Fn::GetAtt": ["Function", "Arn"]}}],
        }},
        "Permission": {"Type": "AWS::Lambda::Permission", "Properties": {
            "Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "Function"}, "Principal": "events.amazonaws.com",
            "SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]},
        }},
    },
    "Outputs": {"QueueURL": {"Value": {"Ref": "Queue"}}},
}


class CloudFormationTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud_formation = self.client("cloudformation")

    def create(self, template: object = TEMPLATE, **parameters: object) -> str:
        body = template if isinstance(template, str) else json.dumps(template)
        return self.cloud_formation.create_stack(
            StackName="lamassu", TemplateBody=body, **{"Capabilities": ["CAPABILITY_IAM"], **parameters})["StackId"]

    def describe(self) -> dict:
        return self.cloud_formation.describe_stacks(StackName="lamassu")["Stacks"][0]

    def resources(self, **resources: object) -> dict:
        return {"Resources": resources}

    def test_a_stack_makes_what_its_template_says_and_it_works(self) -> None:
        self.create()
        self.assertEqual([self.describe()["StackStatus"] for _ in range(3)], ["CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_COMPLETE"])
        events = self.cloud_formation.describe_stack_events(StackName="lamassu")["StackEvents"]
        completed = {event["LogicalResourceId"] for event in events if event["ResourceStatus"] == "CREATE_COMPLETE"}
        self.assertEqual(completed, {*TEMPLATE["Resources"], "lamassu"})

        iot, sqs = self.client("iot"), self.client("sqs")
        iot.create_thing(thingName="device-1")
        iot.update_thing(thingName="device-1", attributePayload={"attributes": {"state": "revoked"}})
        self.assertEqual(self.wait_for("message-sent")["values"], {"body": "revoked"})
        url = f"{self.endpoint}/123456789012/{self.describe()['Outputs'][0]['OutputValue'].rpartition('/')[2]}"
        self.assertEqual(sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"], "revoked")

    def test_types_that_nothing_is_made_of_are_refused(self) -> None:
        for kind in ("AWS::Nothing::AtAll", "AWS::IoT::Certificate", "AWS::Lambda::Alias", None):
            with self.subTest(kind), self.refused("ValidationError", 400) as response:
                self.create(self.resources(Queue={"Type": "AWS::SQS::Queue"}, Other={"Type": kind}))
            self.assertIn(f"Unrecognized resource types: [{kind}]", response["Error"]["Message"])
        self.assertEqual(self.changes(), [])

    def test_an_event_that_its_target_refuses_goes_to_the_queue_whose_policy_a_stack_has_set(self) -> None:
        resources = TEMPLATE["Resources"]
        target = {**resources["Rule"]["Properties"]["Targets"][0], "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}}
        rule = {**resources["Rule"], "Properties": {**resources["Rule"]["Properties"], "Targets": [target]}}
        policy = {"Type": "AWS::SQS::QueuePolicy", "Properties": {
            "Queues": [{"Ref": "Queue"}],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": ["sqs:SendMessage"], "Resource": "*",
                "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]}}},
            }]},
        }}
        template = {"Resources": {**resources, "Rule": rule, "Policy": policy}}
        del template["Resources"]["Permission"]
        self.create(template)
        with self.refused("ResourceNotFoundException", 404):
            self.client("iot").update_thing(thingName="device-1")
        self.assertEqual(self.changes(), ["stack-created", "event-dead-lettered"])

        del template["Resources"]["Policy"]
        self.cloud_formation.update_stack(
            StackName="lamassu", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])
        with self.refused("ResourceNotFoundException", 404):
            self.client("iot").update_thing(thingName="device-1")
        self.assertEqual(self.changes()[2:], ["stack-updated", "event-not-delivered"])

    def test_templates_that_say_nothing_are_refused(self) -> None:
        for body in ("{not a template", "[]", "{}", '{"Resources": {}}'):
            with self.subTest(body), self.refused("ValidationError", 400):
                self.create(body)

    def test_references_to_nothing_are_refused(self) -> None:
        for reference in ({"Ref": "Missing"}, {"Fn::GetAtt": ["Missing", "Arn"]}, {"Fn::Sub": "${Missing.Arn}/x"}):
            template = self.resources(Queue={"Type": "AWS::SQS::Queue", "Properties": {"QueueName": reference}})
            with self.subTest(reference), self.refused("ValidationError", 400) as response:
                self.create(template)
            self.assertIn("Unresolved resource dependencies [Missing]", response["Error"]["Message"])
        self.create(self.resources(Queue={"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "q-${AWS::Region}"}}}))

    def test_resources_of_iam_need_a_capability(self) -> None:
        with self.refused("InsufficientCapabilitiesException", 400) as response:
            self.create(Capabilities=[])
        self.assertIn("[CAPABILITY_IAM]", response["Error"]["Message"])
        role = {**ROLE, "Properties": {**ROLE["Properties"], "RoleName": "named"}}
        template = self.resources(Queue={"Type": "AWS::SQS::Queue"}, Role=role)
        with self.refused("InsufficientCapabilitiesException", 400) as response:
            self.create(template)
        self.assertIn("[CAPABILITY_NAMED_IAM]", response["Error"]["Message"])
        self.create(template, Capabilities=["CAPABILITY_NAMED_IAM"])

    def test_a_name_is_taken_once(self) -> None:
        self.create()
        with self.refused("AlreadyExistsException", 400):
            self.create()
        self.assertEqual(self.changes(), ["stack-created"])

    def test_an_update_must_change_something(self) -> None:
        self.create()
        update = {"StackName": "lamassu", "Capabilities": ["CAPABILITY_IAM"]}
        with self.refused("ValidationError", 400) as response:
            self.cloud_formation.update_stack(TemplateBody=json.dumps(TEMPLATE, indent=4), **update)
        self.assertEqual(response["Error"]["Message"], "No updates are to be performed.")
        more = {**TEMPLATE, "Resources": {**TEMPLATE["Resources"], "Second": {"Type": "AWS::SQS::Queue"}}}
        self.cloud_formation.update_stack(TemplateBody=json.dumps(more), **update)
        self.assertEqual([self.describe()["StackStatus"] for _ in range(2)], ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"])
        self.assertEqual(self.changes(), ["stack-created", "stack-updated"])
        self.assertEqual(len(self.client("sqs").list_queues()["QueueUrls"]), 2)

    def test_an_unknown_stack_is_neither_described_nor_updated(self) -> None:
        with self.refused("ValidationError", 400) as response:
            self.describe()
        self.assertIn("does not exist", response["Error"]["Message"])
        with self.refused("ValidationError", 400) as response:
            self.cloud_formation.update_stack(StackName="lamassu", TemplateBody=json.dumps(TEMPLATE), Capabilities=["CAPABILITY_IAM"])
        self.assertIn("does not exist", response["Error"]["Message"])

    def test_a_resource_that_fails_rolls_the_stack_back_and_says_why(self) -> None:
        function = TEMPLATE["Resources"]["Function"]
        broken = {**function, "Properties": {**function["Properties"], "Role": "arn:aws:iam::123456789012:role/missing"}}
        self.create({"Resources": {**TEMPLATE["Resources"], "Function": broken}})
        self.assertEqual([self.describe()["StackStatus"] for _ in range(2)], ["CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE"])
        events = self.cloud_formation.describe_stack_events(StackName="lamassu")["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
        self.assertEqual([event["LogicalResourceId"] for event in failed], ["Function"])
        self.assertIn("role", failed[0]["ResourceStatusReason"])
        self.assertEqual(self.changes(), [])

    def test_a_deleted_stack_is_gone_with_what_it_made(self) -> None:
        self.create()
        self.cloud_formation.delete_stack(StackName="lamassu")
        self.assertEqual(self.changes(), ["stack-created", "stack-deleted"])
        self.assertNotIn("QueueUrls", self.client("sqs").list_queues())
        with self.refused("ValidationError", 400):
            self.describe()

    def test_a_call_is_repeated_by_its_token_and_not_by_its_name(self) -> None:
        stack = self.create(ClientRequestToken="token-1")
        self.assertEqual(self.create(ClientRequestToken="token-1"), stack)
        for token in ({}, {"ClientRequestToken": "token-2"}):
            with self.subTest(token), self.refused("AlreadyExistsException", 400):
                self.create(**token)
        self.assertEqual(self.changes().count("stack-created"), 1)

    def test_what_the_model_does_not_allow_is_refused(self) -> None:
        with self.refused("ValidationError", 400):
            self.create(Capabilities=["CAPABILITY_MAGIC"])
        with self.refused("ValidationError", 400):
            self.create(ClientRequestToken="no spaces")
