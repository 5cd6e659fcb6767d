# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0
"""Tells Lamassu which status a certificate or a CA has in AWS IoT Core: a CloudEvent on the queue QUEUE_URL.

Called by EventBridge after UpdateCertificate or UpdateCACertificate, and by CloudSync after a change of its own. The
status is read, not taken from the call, so a late or repeated call tells the truth. Whatever fails is raised: the caller
tries again, and Lambda puts what keeps failing into the dead-letter queue.
"""
import json
import os
import ssl
import uuid
from datetime import datetime, timezone

import boto3

iot = boto3.client("iot")
sqs = boto3.client("sqs")


def handler(event, context):
    kind, certificate_id = changed(event)
    describe = iot.describe_ca_certificate if kind == "ca" else iot.describe_certificate
    certificate = describe(certificateId=certificate_id)["certificateDescription"]
    source, _, subject = certificate["certificateArn"].rpartition(":")
    message = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": source,
        "type": f"iotcore.{kind}.status.update",
        "subject": subject,
        "time": datetime.now(timezone.utc).isoformat(),
        "datacontenttype": "application/json",
        "data": {
            "certificate_id": certificate_id,
            "serial_number": serial_number(certificate["certificatePem"]),
            "status": certificate["status"],
            "caused_by": event["id"],
        },
    }
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps(message))
    print(f"{subject} is {certificate['status']}: told because of {event['id']}")
    return message


def changed(event):
    """What the call is about: "ca" or "certificate", and its id in AWS."""
    if "detail" in event:  # EventBridge: an API call that CloudTrail saw
        name, parameters = event["detail"]["eventName"], event["detail"]["requestParameters"]
        kinds = {"UpdateCertificate": "certificate", "UpdateCACertificate": "ca"}
    else:  # CloudSync: the Lamassu event it has acted on
        name, parameters = event["type"], event
        kinds = {"certificate.status.update": "certificate", "ca.status.update": "ca"}
    if name not in kinds:
        raise ValueError(f"no change of a status: {name}")
    return kinds[name], parameters["certificateId"]


def serial_number(pem):
    """The serial number as Lamassu writes it: its bytes in lower-case hex."""
    der = ssl.PEM_cert_to_DER_cert(pem)
    start, _ = content(der, 0)  # Certificate
    start, _ = content(der, start)  # TBSCertificate
    if der[start] == 0xA0:  # its version, which version 1 leaves out
        _, start = content(der, start)
    start, end = content(der, start)
    return (der[start:end].lstrip(b"\0") or b"\0").hex()


def content(der, offset):
    """Where the content of the DER element at an offset starts and ends."""
    length, start = der[offset + 1], offset + 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[offset + 2 : start], "big")
    return start, start + length
