# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""STS: who may have the credentials of a role, before moto makes them.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. Of the conditions of a trust policy sts:ExternalId is evaluated;
a statement with others lets nobody in. The signatures of web identity tokens and SAML assertions are not verified, but what is
none of them, or has expired, is refused.
"""

from __future__ import annotations

import base64
import json
import re
import time
from typing import Any
from xml.etree import ElementTree

from . import moto_services
from .errors import AWSError
from .ledger import Ledger
from .messages import Response
from .operations import Operation
from .principals import Principal
from .signature import Claim


class SecurityTokens:
    """Answers the calls of STS."""

    def __init__(self, ledger: Ledger):
        self._ledger = ledger

    def answer(self, operation: Operation, principal: Principal, claim: Claim) -> Response:
        parameters = operation.parameters()
        match operation.name:
            case "AssumeRole":
                self._check_role(operation, parameters, principal.arn)
            case "AssumeRoleWithWebIdentity":
                _check_web_identity(parameters["WebIdentityToken"])
                self._check_role(operation, parameters, None)
            case "AssumeRoleWithSAML":
                _check_assertion(parameters["SAMLAssertion"])
                self._check_role(operation, parameters, None)
            case "DecodeAuthorizationMessage":
                raise AWSError("InvalidAuthorizationMessageException", "The message is not one that the emulator encoded.")
        response = moto_services.call(operation.request, claim)
        if response.status == 200 and "RoleArn" in parameters:
            self._ledger.record(claim.region, "role-assumed", parameters["RoleArn"], session=parameters.get("RoleSessionName"))
        return response

    def _check_role(self, operation: Operation, parameters: dict[str, Any], caller: str | None) -> None:
        """The role must be there, let the caller in, and allow as long a session."""
        arn = parameters["RoleArn"]
        roles = moto_services.backend("iam", "aws").roles.values()
        role = next((role for role in roles if role.arn == arn), None)
        action = f"sts:{operation.name}"
        if role is None or not _lets_in(role, action, caller, parameters.get("ExternalId")):
            who = f"User: {caller} is not" if caller else "Not"
            raise AWSError("AccessDeniedException", f"{who} authorized to perform: {action} on resource: {arn}", 403)
        if parameters.get("DurationSeconds", 900) > int(role.max_session_duration or 3600):
            raise AWSError("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")


def _lets_in(role: Any, action: str, caller: str | None, external_id: str | None) -> bool:
    document = role.assume_role_policy_document
    policy = json.loads(document) if isinstance(document, str) else document
    return any(
        statement.get("Effect") == "Allow"
        and action in _list(statement.get("Action"))
        and _names(statement.get("Principal", {}), caller)
        and _holds(statement.get("Condition", {}), external_id)
        for statement in _list(policy.get("Statement", []))
    )


def _names(principal: Any, caller: str | None) -> bool:
    """Whether a statement is about the caller: a user or session by its ARN or its account, or whoever has a token if it is None."""
    if principal == "*":
        return True
    if caller is None:
        return "Federated" in principal
    account = moto_services.ACCOUNT
    session = re.fullmatch(r"arn:aws:sts::(\d+):assumed-role/([^/]+)/.*", caller)
    identities = {"*", account, f"arn:aws:iam::{account}:root", caller}
    if session:
        identities.add(f"arn:aws:iam::{session[1]}:role/{session[2]}")
    return any(name in identities for name in _list(principal.get("AWS", [])))


def _holds(condition: dict[str, Any], external_id: str | None) -> bool:
    return all(
        operator == "StringEquals" and key == "sts:ExternalId" and external_id in _list(value)
        for operator, keys in condition.items() for key, value in keys.items()
    )


def _check_web_identity(token: str) -> None:
    """A token must be a JSON Web Token that has not expired."""
    try:
        _, claims, _ = token.split(".")
        expires = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]
    except (KeyError, TypeError, ValueError):
        raise AWSError("InvalidIdentityTokenException", "The ID Token provided is not a valid JWT. (You may see this error if you "
                       "sent an Access Token)") from None
    if expires < time.time():
        raise AWSError("ExpiredTokenException", f"Token expired: current date/time {int(time.time())} must be before the expiration "
                       f"date/time {expires}", 400)


def _check_assertion(assertion: str) -> None:
    try:
        root = ElementTree.fromstring(base64.b64decode(assertion, validate=True))
    except (ValueError, ElementTree.ParseError):
        root = None
    if root is None or not root.tag.endswith("}Response"):
        raise AWSError("InvalidIdentityTokenException", "The assertion is not a SAML response in base64.")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
