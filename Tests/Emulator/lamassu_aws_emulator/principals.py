# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Who calls, and what they may do: IAM users and role sessions, as moto keeps them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from moto.iam.access_control import CreateAccessKeyFailure, create_access_key

from . import moto_services
from .errors import AWSError
from .operations import Operation
from .signature import Claim

#: The prefixes of actions that differ from the name that is signed for.
_PREFIXES = {"iotdata": "iot", "iot-jobs-data": "iotjobsdata"}

#: The actions whose name differs from that of the operation.
_ACTIONS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "lambda:InvokeWithResponseStream": "lambda:InvokeFunction",
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}

#: What the resources of IoT are called in their ARNs, by the label of the path that names one.
_IOT_KINDS = {
    "caCertificateId": "cacert", "certificateId": "cert", "policyName": "policy", "templateName": "provisioningtemplate",
    "thingGroupName": "thinggroup", "thingTypeName": "thingtype", "roleAlias": "rolealias", "ruleName": "rule", "topic": "topic",
    "clientId": "client", "jobId": "job", "thingName": "thing",
}


@dataclass(frozen=True)
class Principal:
    """A user or a role session that holds the credentials of a request."""

    arn: str
    access_key_id: str
    secret: str
    policies: tuple[dict[str, Any], ...]

    def require_permission(self, operation: Operation, region: str) -> None:
        """Raises AccessDenied unless the policies allow the operation on the resource that it names.

        A resource that is not recognised counts as allowed: then only the action is checked. Conditions of a statement are not
        evaluated; one that has some allows nothing.
        """
        action = f"{_PREFIXES.get(operation.service, operation.service)}:{operation.name}"
        action = _ACTIONS.get(action, action)
        if action == "sts:GetCallerIdentity":
            return  # always allowed, also where a policy denies it
        resource = _resource(operation, region)
        statements = [statement for policy in self.policies for statement in _statements(policy)]
        concerned = [statement for statement in statements if _concerns(statement, action, resource)]
        denied = any(statement["Effect"] == "Deny" for statement in concerned)
        if denied or not any("Condition" not in statement for statement in concerned):
            on = f" on resource: {resource}" if resource else ""
            raise AWSError("AccessDeniedException", f"User: {self.arn} is not authorized to perform: {action}{on}", 403)


#: Who calls without a signature.
ANONYMOUS = Principal("anonymous", "", "", ())


def create_user(name: str, access_key_id: str, secret: str) -> None:
    """Makes an IAM user who may do everything, with these credentials."""
    iam = moto_services.backend("iam", "aws")
    iam.create_user("us-east-1", name)
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_user_policy(name, "everything", json.dumps(everything))
    key = iam.create_access_key(name)
    key.access_key_id, key.secret_access_key = access_key_id, secret


def put_role(name: str, trust: dict[str, Any], policy: dict[str, Any] | None) -> str:
    """Makes an IAM role, or sets the policies of one; returns its ARN."""
    iam = moto_services.backend("iam", "aws")
    role = next((role for role in iam.roles.values() if role.name == name), None)
    if role is None:
        role = iam.create_role(name, json.dumps(trust), "/", None, "", [], "3600")
    role.assume_role_policy_document = json.dumps(trust)
    if policy is not None:
        iam.put_role_policy(name, "policy", json.dumps(policy))
    return role.arn


def assume_role(role_arn: str, session: str, region: str) -> dict[str, str]:
    """New credentials of a role, as environment variables."""
    role = moto_services.backend("sts", "aws").assume_role(region, session, role_arn, policy="", duration=3600, external_id="")
    return {
        "AWS_ACCESS_KEY_ID": role.access_key_id,
        "AWS_SECRET_ACCESS_KEY": role.secret_access_key,
        "AWS_SESSION_TOKEN": role.session_token,
    }


def find_principal(claim: Claim) -> Principal:
    """The holder of the credentials that a request names; unknown ones are refused."""
    headers = {"X-Amz-Security-Token": claim.session_token} if claim.session_token else {}
    try:
        key = create_access_key(moto_services.ACCOUNT, "aws", claim.access_key_id, headers)
    except CreateAccessKeyFailure:
        raise AWSError("UnrecognizedClientException", "The security token included in the request is invalid.", 403) from None
    policies = tuple(_document(policy) for policy in key.collect_policies())
    return Principal(key.arn, claim.access_key_id, key.create_credentials().secret_key, policies)


def _document(policy: Any) -> dict[str, Any]:
    """The document of a policy in one of the forms in which moto hands them out."""
    if isinstance(policy, dict):
        policy = policy.get("policy_document", policy)  # of a user; that of a role stands for itself
    elif not isinstance(policy, str):
        policy = next(version.document for version in policy.versions if version.is_default)
    return json.loads(policy) if isinstance(policy, str) else policy


def _statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    return _list(policy["Statement"])


def _concerns(statement: dict[str, Any], action: str, resource: str | None) -> bool:
    if "NotAction" in statement or "NotResource" in statement:
        return False
    return _matches(_list(statement["Action"]), action, re.IGNORECASE) and (
        resource is None or _matches(_list(statement["Resource"]), resource)
    )


def _matches(patterns: Iterable[str], text: str, flags: int = 0) -> bool:
    """Whether a pattern of IAM, with `*` and `?`, matches the text."""
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text, flags | re.DOTALL) for pattern in patterns
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _resource(operation: Operation, region: str) -> str | None:
    """The ARN of what the operation is about, if it names one."""
    service = "iot" if operation.service in _PREFIXES else operation.service
    prefix = f"arn:aws:{service}:{region}:{moto_services.ACCOUNT}:"
    if service == "iot" and not operation.name.startswith(("Attach", "Detach")):
        # Of the executions of a job, the thing is the resource.
        labels = {"thingName": operation.labels["thingName"]} if "thingName" in operation.labels else operation.labels
        return next((f"{prefix}{kind}/{labels[label]}" for label, kind in _IOT_KINDS.items() if label in labels), None)
    if operation.service == "lambda" and "FunctionName" in operation.labels:
        return f"{prefix}function:{operation.labels['FunctionName'].rpartition(':')[2]}"
    if operation.service == "sns":
        return dict(operation.request.form_items()).get("TopicArn")
    if operation.service == "sqs" and (url := _queue_url(operation)):
        return prefix + url.rpartition("/")[2]
    return None


def _queue_url(operation: Operation) -> str | None:
    if form := dict(operation.request.form_items()):
        return form.get("QueueUrl")
    try:
        return json.loads(operation.request.body or b"{}").get("QueueUrl")
    except ValueError:
        return None
