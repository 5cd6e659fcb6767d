# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""What the tests of Lambda share: functions in Python, made with a role of their own."""

from __future__ import annotations

import io
import json
import zipfile

from .support import EmulatorTestCase

TRUST = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
})


def archive(source: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr(zipfile.ZipInfo("index.py"), source)  # without the time of now, so that the same source is the same archive
    return content.getvalue()


class LambdaTestCase(EmulatorTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.lambda_ = self.client("lambda")

    def create(self, source: str, name: str = "f", policy: object = (), **settings: object) -> str:
        """A function with this source and a role with this policy; returns its ARN."""
        iam = self.client("iam")
        role = iam.create_role(RoleName=f"role-{name}", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        if policy:
            document = json.dumps({"Version": "2012-10-17", "Statement": policy})
            iam.put_role_policy(RoleName=f"role-{name}", PolicyName="p", PolicyDocument=document)
        arn = self.lambda_.create_function(
            FunctionName=name, Handler="index.handler", Role=role, Code={"ZipFile": archive(source)},
            **{"Runtime": "python3.12", "Timeout": 30, **settings})["FunctionArn"]
        self.lambda_.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0})
        return arn

    def changes(self) -> list[str]:
        """The changes without the making of functions and queues, which comes before what the tests are about."""
        made = ("function-created", "function-permission-added", "queue-created", "queue-attributes-set")
        return [change for change in super().changes() if change not in made]
