# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Records the requests that botocore makes, as fixtures for the tests of the AWS clients.

    .venv/bin/python Scripts/record-aws-requests.py

Each client must write the same request for the same input: method, path, query, the header fields that carry input, and the
body. Nothing is sent. Run it after adding an operation or raising botocore in Scripts/requirements.txt, and commit what changes.
"""

import json
import pathlib

import botocore
import botocore.awsrequest
import botocore.session
from botocore.config import Config

PEM = "-----BEGIN CERTIFICATE-----\nMIIB+/=\n-----END CERTIFICATE-----\n"
POLICY = '{"Version": "2012-10-17", "Statement": []}'
CERTIFICATE_ARN = "arn:aws:iot:eu-west-1:123456789012:cert/0a1b"
QUEUE_URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/responses"
TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:events"
SUBSCRIPTION_ARN = TOPIC_ARN + ":5be8c6b0-0000-0000-0000-000000000000"
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:audit"
TEMPLATE = '{"Description": "ü & x = 100 %", "Resources": {}}'

# Test target, botocore's name of the service, and the cases: a name, the operation and its input.
SERVICES = [
    (
        "IoTCoreClientTests",
        "iot",
        [
            ("GetRegistrationCode", "get_registration_code", {}),
            (
                "RegisterCACertificate with everything",
                "register_ca_certificate",
                {
                    "caCertificate": PEM,
                    "verificationCertificate": PEM,
                    "setAsActive": True,
                    "allowAutoRegistration": False,
                    "certificateMode": "DEFAULT",
                    "tags": [{"Key": "LMS.CA.ID", "Value": "ca-1"}, {"Key": "k", "Value": ""}],
                },
            ),
            ("RegisterCACertificate by SNI", "register_ca_certificate", {"caCertificate": PEM, "certificateMode": "SNI_ONLY"}),
            ("DescribeCACertificate", "describe_ca_certificate", {"certificateId": "ab" * 32}),
            (
                "UpdateCACertificate",
                "update_ca_certificate",
                {"certificateId": "ab" * 32, "newStatus": "INACTIVE", "newAutoRegistrationStatus": "DISABLE"},
            ),
            ("ListCACertificates", "list_ca_certificates", {}),
            (
                "ListCACertificates, a later page",
                "list_ca_certificates",
                {"pageSize": 25, "marker": "a/b+c= d", "ascendingOrder": True},
            ),
            (
                "RegisterCertificate",
                "register_certificate",
                {"certificatePem": PEM, "caCertificatePem": PEM, "status": "ACTIVE"},
            ),
            ("RegisterCertificate alone", "register_certificate", {"certificatePem": PEM}),
            ("DescribeCertificate", "describe_certificate", {"certificateId": "cd" * 32}),
            ("UpdateCertificate", "update_certificate", {"certificateId": "cd" * 32, "newStatus": "REVOKED"}),
            ("CreateThing", "create_thing", {"thingName": "press:01_a-b"}),
            ("CreateThing of a type", "create_thing", {"thingName": "press-01", "thingTypeName": "press"}),
            ("DescribeThing", "describe_thing", {"thingName": "press:01"}),
            ("CreatePolicy", "create_policy", {"policyName": "p@1=,.", "policyDocument": POLICY}),
            (
                "CreatePolicy with tags",
                "create_policy",
                {"policyName": "p", "policyDocument": POLICY, "tags": [{"Key": "k", "Value": "v"}]},
            ),
            ("GetPolicy", "get_policy", {"policyName": "p+1"}),
            (
                "CreatePolicyVersion",
                "create_policy_version",
                {"policyName": "p", "policyDocument": POLICY, "setAsDefault": True},
            ),
            ("ListPolicyVersions", "list_policy_versions", {"policyName": "p"}),
            ("DeletePolicyVersion", "delete_policy_version", {"policyName": "p", "policyVersionId": "3"}),
            ("AttachPolicy", "attach_policy", {"policyName": "p", "target": CERTIFICATE_ARN}),
            (
                "ListAttachedPolicies",
                "list_attached_policies",
                {"target": CERTIFICATE_ARN, "recursive": False, "marker": "m", "pageSize": 10},
            ),
            ("AttachThingPrincipal", "attach_thing_principal", {"thingName": "press-01", "principal": CERTIFICATE_ARN}),
            (
                "ListThingPrincipals",
                "list_thing_principals",
                {"thingName": "press-01", "nextToken": "t=/+", "maxResults": 5},
            ),
            ("ListTagsForResource", "list_tags_for_resource", {"resourceArn": CERTIFICATE_ARN, "nextToken": "t"}),
            ("DescribeEndpoint", "describe_endpoint", {"endpointType": "iot:Data-ATS"}),
        ],
    ),
    (
        "LambdaClientTests",
        "lambda",
        [
            ("Invoke", "invoke", {"FunctionName": "notify", "Payload": b'{"a": "\xc3\xbc"}'}),
            (
                "Invoke with everything",
                "invoke",
                {
                    "FunctionName": "arn:aws:lambda:eu-west-1:123456789012:function:notify",
                    "Payload": b"[]",
                    "InvocationType": "RequestResponse",
                    "LogType": "Tail",
                    "Qualifier": "live-1",
                },
            ),
            ("Invoke an event", "invoke", {"FunctionName": "notify", "InvocationType": "Event", "Payload": b"1"}),
            ("Invoke without a payload", "invoke", {"FunctionName": "notify", "InvocationType": "DryRun"}),
            ("GetFunction", "get_function", {"FunctionName": "notify", "Qualifier": "$LATEST"}),
            ("GetFunctionConfiguration", "get_function_configuration", {"FunctionName": "notify"}),
        ],
    ),
    (
        "SQSClientTests",
        "sqs",
        [
            ("SendMessage", "send_message", {"QueueUrl": QUEUE_URL, "MessageBody": '{"x": "\u2028"}\n'}),
            (
                "SendMessage with everything",
                "send_message",
                {
                    "QueueUrl": QUEUE_URL + ".fifo",
                    "MessageBody": "b",
                    "DelaySeconds": 0,
                    "MessageAttributes": {
                        "text": {"DataType": "String", "StringValue": "v"},
                        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
                    },
                    "MessageDeduplicationId": "d",
                    "MessageGroupId": "g",
                },
            ),
            ("ReceiveMessage", "receive_message", {"QueueUrl": QUEUE_URL}),
            (
                "ReceiveMessage with everything",
                "receive_message",
                {
                    "QueueUrl": QUEUE_URL,
                    "MaxNumberOfMessages": 10,
                    "VisibilityTimeout": 30,
                    "WaitTimeSeconds": 20,
                    "MessageSystemAttributeNames": ["All"],
                    "MessageAttributeNames": ["a", "b"],
                },
            ),
            ("DeleteMessage", "delete_message", {"QueueUrl": QUEUE_URL, "ReceiptHandle": "r/=="}),
            (
                "DeleteMessageBatch",
                "delete_message_batch",
                {
                    "QueueUrl": QUEUE_URL,
                    "Entries": [{"Id": "0", "ReceiptHandle": "r/=="}, {"Id": "1", "ReceiptHandle": "s"}],
                },
            ),
            (
                "ChangeMessageVisibilityBatch",
                "change_message_visibility_batch",
                {
                    "QueueUrl": QUEUE_URL,
                    "Entries": [
                        {"Id": "0", "ReceiptHandle": "r/==", "VisibilityTimeout": 60},
                        {"Id": "1", "ReceiptHandle": "s", "VisibilityTimeout": 60},
                    ],
                },
            ),
            ("CreateQueue", "create_queue", {"QueueName": "responses"}),
            (
                "CreateQueue with everything",
                "create_queue",
                {"QueueName": "responses.fifo", "Attributes": {"FifoQueue": "true", "VisibilityTimeout": "60"}},
            ),
            ("DeleteQueue", "delete_queue", {"QueueUrl": QUEUE_URL}),
            ("GetQueueUrl", "get_queue_url", {"QueueName": "responses", "QueueOwnerAWSAccountId": "123456789012"}),
            (
                "GetQueueAttributes",
                "get_queue_attributes",
                {"QueueUrl": QUEUE_URL, "AttributeNames": ["QueueArn", "ApproximateNumberOfMessages"]},
            ),
        ],
    ),
    (
        "SNSClientTests",
        "sns",
        [
            ("Publish", "publish", {"TopicArn": TOPIC_ARN, "Message": '{"x": "ü & \u2028+"}'}),
            (
                "Publish with everything",
                "publish",
                {
                    "TopicArn": TOPIC_ARN + ".fifo",
                    "Message": "m",
                    "MessageAttributes": {
                        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
                        "type": {"DataType": "String", "StringValue": "ca.create"},
                    },
                    "MessageDeduplicationId": "d",
                    "MessageGroupId": "g",
                },
            ),
            (
                "PublishBatch",
                "publish_batch",
                {
                    "TopicArn": TOPIC_ARN + ".fifo",
                    "PublishBatchRequestEntries": [
                        {
                            "Id": "0",
                            "Message": "m",
                            "MessageAttributes": {"type": {"DataType": "String", "StringValue": "ca.create"}},
                            "MessageDeduplicationId": "d",
                            "MessageGroupId": "g",
                        },
                        {"Id": "1", "Message": "n"},
                    ],
                },
            ),
            ("CreateTopic", "create_topic", {"Name": "events"}),
            (
                "CreateTopic with everything",
                "create_topic",
                {"Name": "events.fifo", "Attributes": {"ContentBasedDeduplication": "true", "FifoTopic": "true"}},
            ),
            ("Subscribe", "subscribe", {"TopicArn": TOPIC_ARN, "Protocol": "sqs"}),
            (
                "Subscribe with everything",
                "subscribe",
                {
                    "TopicArn": TOPIC_ARN,
                    "Protocol": "sqs",
                    "Endpoint": QUEUE_ARN,
                    "Attributes": {"FilterPolicy": '{"type": ["ca.create"]}', "RawMessageDelivery": "true"},
                    "ReturnSubscriptionArn": True,
                },
            ),
            (
                "SetSubscriptionAttributes",
                "set_subscription_attributes",
                {"SubscriptionArn": SUBSCRIPTION_ARN, "AttributeName": "FilterPolicy", "AttributeValue": "{}"},
            ),
            ("Unsubscribe", "unsubscribe", {"SubscriptionArn": SUBSCRIPTION_ARN}),
            ("ListSubscriptionsByTopic", "list_subscriptions_by_topic", {"TopicArn": TOPIC_ARN, "NextToken": "n"}),
        ],
    ),
    (
        "CloudFormationClientTests",
        "cloudformation",
        [
            ("CreateStack", "create_stack", {"StackName": "lamassu", "TemplateBody": TEMPLATE}),
            (
                "CreateStack with everything",
                "create_stack",
                {
                    "StackName": "lamassu",
                    "TemplateBody": TEMPLATE,
                    "Parameters": [
                        {"ParameterKey": "A", "ParameterValue": "1 + 1 = 2"},
                        {"ParameterKey": "B", "ParameterValue": ""},
                    ],
                    "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
                    "Tags": [{"Key": "k", "Value": "v"}],
                    "RoleARN": "arn:aws:iam::123456789012:role/r",
                    "ClientRequestToken": "t-1",
                },
            ),
            (
                "UpdateStack",
                "update_stack",
                {
                    "StackName": "lamassu",
                    "TemplateBody": TEMPLATE,
                    "Parameters": [{"ParameterKey": "A", "UsePreviousValue": True}],
                    "Capabilities": ["CAPABILITY_AUTO_EXPAND"],
                    "Tags": [{"Key": "k", "Value": "v"}],
                    "RoleARN": "arn:aws:iam::123456789012:role/r",
                    "ClientRequestToken": "t-2",
                },
            ),
            ("UpdateStack with its own template", "update_stack", {"StackName": "lamassu", "UsePreviousTemplate": True}),
            ("DescribeStacks", "describe_stacks", {}),
            ("DescribeStacks of one", "describe_stacks", {"StackName": "lamassu", "NextToken": "n"}),
            ("DescribeStackEvents", "describe_stack_events", {"StackName": "lamassu", "NextToken": "n"}),
            (
                "DeleteStack",
                "delete_stack",
                {"StackName": "lamassu", "RoleARN": "arn:aws:iam::123456789012:role/r", "ClientRequestToken": "t-3"},
            ),
            (
                "DescribeStackResources",
                "describe_stack_resources",
                {"StackName": "lamassu", "LogicalResourceId": "Responses"},
            ),
        ],
    ),
]

# Header fields that carry no input of the operation.
TRANSPORT_FIELDS = {
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "authorization",
    "content-length",
    "user-agent",
    "x-amz-date",
    "x-amz-user-agent",
    "x-amzn-query-mode",
}


def record(service, operation, values):
    """Returns the request that botocore makes."""
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    client = session.create_client(
        service,
        region_name="eu-west-1",
        endpoint_url="http://127.0.0.1:1",
        config=Config(parameter_validation=True, retries={"total_max_attempts": 1}),
    )
    requests = []

    def answer(request, **_):
        requests.append(request)
        return botocore.awsrequest.AWSResponse(request.url, 500, {}, None)

    client.meta.events.register("before-send", answer)
    try:
        getattr(client, operation)(**values)
    except Exception:  # the answer is an error on purpose
        pass
    request = requests[0]
    body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
    text = {name.lower(): value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    return {
        "method": request.method,
        "target": request.url.removeprefix("http://127.0.0.1:1"),
        "headers": {name: value for name, value in sorted(text.items()) if name not in TRANSPORT_FIELDS},
        "body": body.decode(),
    }


def main():
    tests = pathlib.Path(__file__).parent.parent / "Tests"
    for target, service, cases in SERVICES:
        fixture = {
            "source": f"made with botocore {botocore.__version__} by Scripts/record-aws-requests.py",
            "cases": [{"name": name, **record(service, operation, values)} for name, operation, values in cases],
        }
        folder = tests / target / "Fixtures"
        folder.mkdir(exist_ok=True)
        path = folder / "requests.json"
        path.write_text(json.dumps(fixture, indent=2, ensure_ascii=False) + "\n")
        print(f"{len(cases)} requests in {path.relative_to(tests.parent)}")


if __name__ == "__main__":
    main()
