# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0
"""Stands in for boto3 in the tests of the notify function: knows one certificate and one CA, and writes down what is sent."""
import json
import os


class Client:
    def __init__(self, service):
        self.service = service

    def describe_certificate(self, certificateId):
        return self._describe("cert", certificateId)

    def describe_ca_certificate(self, certificateId):
        return self._describe("cacert", certificateId)

    def _describe(self, kind, certificate_id):
        assert self.service == "iot"
        if f"{kind}/{certificate_id}" != os.environ["KNOWN"]:
            raise RuntimeError("ResourceNotFoundException")
        return {
            "certificateDescription": {
                "certificateArn": f"arn:aws-cn:iot:cn-north-1:123456789012:{kind}/{certificate_id}",
                "certificateId": certificate_id,
                "status": os.environ["STATUS"],
                "certificatePem": open(os.environ["CERTIFICATE"]).read(),
            }
        }

    def send_message(self, QueueUrl, MessageBody):
        assert self.service == "sqs"
        if QueueUrl != "https://sqs.example/responses":
            raise RuntimeError("AWS.SimpleQueueService.NonExistentQueue")
        with open("sent.json", "w") as sent:
            sent.write(MessageBody)


client = Client
