# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import base64
import json
import time
from typing import Any

import botocore
from botocore.config import Config

from .support import EmulatorTestCase, _session


def token(expires: float) -> str:
    """A JSON Web Token that nobody signed."""
    parts = ({"alg": "RS256"}, {"sub": "someone", "exp": int(expires)})
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), "AAAA"])


class SecurityTokenTests(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.sts, self.iam = self.client("sts"), self.client("iam")

    def role(self, name: str = "r", action: str = "sts:AssumeRole", principal: Any = None, **members: Any) -> str:
        statement = {"Effect": "Allow", "Action": action, "Principal": principal or {"AWS": "123456789012"}, **members}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        return self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]

    def assume(self, arn: str, **parameters: Any) -> dict[str, Any]:
        return self.sts.assume_role(**{"RoleArn": arn, "RoleSessionName": "test", **parameters})["Credentials"]

    def test_a_role_is_assumed_by_whom_it_lets_in(self) -> None:
        mine, yours = self.role(), self.role("other", principal={"AWS": "arn:aws:iam::123456789012:user/other"})
        self.assertIn("SessionToken", self.assume(mine))
        for arn in (yours, mine + "x", mine.replace("123456789012", "210987654321")):
            with self.subTest(arn), self.refused("AccessDenied", 403):
                self.assume(arn)
        self.assertEqual(self.changes(), ["role-assumed"])

    def test_what_is_asked_for_must_be_allowed(self) -> None:
        arn = self.role()
        for parameters in (
            {"RoleSessionName": "no spaces"}, {"RoleSessionName": "x"}, {"DurationSeconds": 899}, {"DurationSeconds": 3601},
            {"RoleArn": "r"},
        ):
            with self.subTest(parameters), self.refused("ValidationError", 400):
                self.assume(arn, **parameters)

    def test_the_external_id_is_compared(self) -> None:
        arn = self.role(Condition={"StringEquals": {"sts:ExternalId": "secret"}})
        self.assume(arn, ExternalId="secret")
        for parameters in ({}, {"ExternalId": "other"}):
            with self.subTest(parameters), self.refused("AccessDenied", 403):
                self.assume(arn, **parameters)

    def test_a_session_ends_when_a_test_says_so(self) -> None:
        credentials = self.assume(self.role())
        client = self.client("sts", credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
        self.assertIn(":assumed-role/r/test", client.get_caller_identity()["Arn"])
        self.control("POST", "expired-keys", {"accessKeyId": credentials["AccessKeyId"]})
        with self.refused("ExpiredToken", 403):
            client.get_caller_identity()

    def test_a_web_identity_needs_a_token_and_no_signature(self) -> None:
        arn = self.role(action="sts:AssumeRoleWithWebIdentity", principal={"Federated": "accounts.example.org"})
        config = Config(signature_version=botocore.UNSIGNED, retries={"total_max_attempts": 1})
        client = _session.client("sts", region_name="eu-west-1", endpoint_url=self.endpoint, config=config)
        self.addCleanup(client.close)

        def assume(web_identity: str) -> dict[str, Any]:
            return client.assume_role_with_web_identity(RoleArn=arn, RoleSessionName="test", WebIdentityToken=web_identity)

        self.assertIn("SessionToken", assume(token(time.time() + 60))["Credentials"])
        with self.refused("ExpiredTokenException", 400):
            assume(token(time.time() - 60))
        with self.refused("InvalidIdentityToken", 400):
            assume("not a token")
        with self.refused("MissingAuthenticationToken", 403):
            client.get_caller_identity()

    def test_what_is_no_assertion_is_refused(self) -> None:
        arn = self.role(action="sts:AssumeRoleWithSAML", principal={"Federated": "arn:aws:iam::123456789012:saml-provider/p"})
        with self.refused("InvalidIdentityToken", 400):
            self.sts.assume_role_with_saml(
                RoleArn=arn, PrincipalArn="arn:aws:iam::123456789012:saml-provider/p", SAMLAssertion="PGE+PC9hPg==")
        with self.refused("InvalidAuthorizationMessageException", 400):
            self.sts.decode_authorization_message(EncodedMessage="anything")
