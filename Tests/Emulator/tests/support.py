# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""An emulator for a test case, clients for it, and the certificates that the tests need."""

from __future__ import annotations

import json
import threading
import unittest
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from lamassu_aws_emulator.http_server import Server
from lamassu_aws_emulator.server import Credentials, Emulator

ACCESS_KEY_ID, SECRET, REGION, ACCOUNT = "AKIALAMASSUEMULATOR1", "a secret of the tests", "eu-west-1", "123456789012"

#: One for all clients, because it reads the model of each service once.
_session = boto3.Session()


class EmulatorTestCase(unittest.TestCase):
    """Runs one emulator for the tests of a class, and empties it before each."""

    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = Server("127.0.0.1", 0, lambda request: cls.emulator.handle(request))
        cls.endpoint = f"http://127.0.0.1:{cls.server.server_port}"
        cls.emulator = Emulator(Credentials(ACCESS_KEY_ID, SECRET), cls.endpoint)
        thread = threading.Thread(target=cls.server.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(thread.join)
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)

    def setUp(self) -> None:
        self.control("POST", "reset")

    def client(self, service: str, key: str = ACCESS_KEY_ID, secret: str = SECRET, token: str | None = None) -> Any:
        """A client that tries each call once, and looks at no parameter before it sends it."""
        client = _session.client(
            service, aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token, region_name=REGION,
            endpoint_url=self.endpoint, config=Config(retries={"total_max_attempts": 1}, parameter_validation=False))
        self.addCleanup(client.close)
        return client

    @contextmanager
    def refused(self, code: str, status: int) -> Iterator[dict[str, Any]]:
        """Expects that the calls inside are refused with this error; hands out its response."""
        response: dict[str, Any] = {}
        with self.assertRaises(ClientError) as caught:
            yield response
        response.update(caught.exception.response)
        self.assertEqual(response["Error"]["Code"], code)
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], status)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Calls a control path of the emulator."""
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.endpoint}/_emulator/{path}", data, method=method)) as response:
            text = response.read()
        return json.loads(text) if text else None

    def ledger(self, after: int = 0, wait: float = 0) -> list[dict[str, Any]]:
        return self.control("GET", f"ledger?after={after}&wait={wait}")["entries"]

    def changes(self) -> list[str]:
        return [entry["change"] for entry in self.ledger()]

    def wait_for(self, change: str) -> dict[str, Any]:
        """The first entry of this kind, as soon as it is in the ledger."""
        after = 0
        while entries := self.ledger(after, wait=60):
            for entry in entries:
                if entry["change"] == change:
                    return entry
            after += len(entries)
        raise AssertionError(f"no {change} within a minute; there are {self.changes()}")


class Authority:
    """A CA, or what pretends to be one."""

    def __init__(self, name: str, is_ca: bool = True, key: ec.EllipticCurvePrivateKey | None = None):
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.certificate = _certificate(name, self.key, _name(name), self.key, is_ca)
        self.pem = _pem(self.certificate)

    def issue(self, common_name: str) -> str:
        """The PEM text of a new certificate that this CA signed."""
        return _pem(_certificate(common_name, ec.generate_private_key(ec.SECP256R1()), self.certificate.subject, self.key, False))


def _certificate(common_name: str, key: Any, issuer: x509.Name, issuer_key: Any, is_ca: bool) -> x509.Certificate:
    now = datetime.now(timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(common_name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def register_ca(iot: Any, authority: Authority, **parameters: Any) -> dict[str, Any]:
    """Registers a CA with the proof that AWS asks for."""
    code = iot.get_registration_code()["registrationCode"]
    return iot.register_ca_certificate(
        caCertificate=authority.pem, verificationCertificate=authority.issue(code), **{"setAsActive": True, **parameters})


def put_template(iot: Any, name: str, **parameters: Any) -> dict[str, Any]:
    """Makes a provisioning template for a thing, its certificate and its policies."""
    return iot.create_provisioning_template(**{
        "templateName": name, "templateBody": json.dumps(TEMPLATE), "provisioningRoleArn": "arn:aws:iam::123456789012:role/fleet",
        **parameters,
    })


#: The body of a provisioning template that uses most of what a template can have.
TEMPLATE: dict[str, Any] = {
    "Parameters": {"Name": {"Type": "String"}, "Pem": {"Type": "String"}, "Line": {"Type": "String", "Default": "line-1"}},
    "Mappings": {"Groups": {"line-1": {"Name": "factory"}, "line-2": {"Name": "workshop"}}},
    "Resources": {
        "thing": {
            "Type": "AWS::IoT::Thing",
            "Properties": {
                "ThingName": {"Fn::Join": ["-", ["device", {"Ref": "Name"}]]},
                "AttributePayload": {"line": {"Ref": "Line"}},
                "ThingGroups": [{"Fn::FindInMap": ["Groups", {"Ref": "Line"}, "Name"]}],
            },
        },
        "certificate": {"Type": "AWS::IoT::Certificate", "Properties": {"CertificatePem": {"Ref": "Pem"}, "Status": "Active"}},
        "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "devices"}},
    },
}

#: A policy document that is well formed.
DOCUMENT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]}'
