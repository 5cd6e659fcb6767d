# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Lambda: what AWS refuses and moto does not, the states of functions, and a ledger of what moto then does.

A function that was made or updated shows itself in progress once, or for a second if nobody looks, so that a client has to wait for it:
https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
"""

from __future__ import annotations

import io
import json
import threading
import uuid
import zipfile
import zlib
from typing import Any

from . import moto_services
from .errors import AWSError
from .event_sources import EventSources
from .function_states import FunctionStates
from .lambda_runner import LambdaRunner
from .ledger import Ledger
from .messages import Response
from .operations import Operation
from .signature import Claim

#: The changes that the ledger tells of, by operation.
_CHANGES = {
    "CreateFunction": "function-created",
    "UpdateFunctionCode": "function-code-updated",
    "UpdateFunctionConfiguration": "function-configuration-updated",
    "DeleteFunction": "function-deleted",
    "PublishVersion": "function-version-published",
    "CreateAlias": "function-alias-created",
    "UpdateAlias": "function-alias-updated",
    "DeleteAlias": "function-alias-deleted",
    "AddPermission": "function-permission-added",
    "RemovePermission": "function-permission-removed",
}

#: What moto answers with another status than AWS.
_STATUSES = {"GetAlias": 200, "UpdateAlias": 200, "DeleteAlias": 204}


class Functions:
    """Answers the calls of Lambda, with moto behind it."""

    def __init__(self, ledger: Ledger, runner: LambdaRunner, event_sources: EventSources):
        self._ledger = ledger
        self._runner = runner
        self._event_sources = event_sources
        self._states = FunctionStates()
        #: The revision of each function, version and alias that has been changed.
        self._revisions: dict[str, str] = {}
        #: Held by all calls but invocations, because moto does not mind calls at the same time.
        self._lock = threading.RLock()

    def reset(self) -> None:
        self._states.reset()
        self._revisions.clear()

    def answer(self, operation: Operation, claim: Claim) -> Response:
        parameters = operation.parameters()
        if operation.name in ("Invoke", "InvokeWithResponseStream"):
            return self._invoke(operation, parameters, claim.region)
        with self._lock:
            return self._answer(operation, parameters, claim)

    def _invoke(self, operation: Operation, parameters: dict[str, Any], region: str) -> Response:
        function = self._runner.find(parameters["FunctionName"], region, parameters.get("Qualifier"))
        if self._states.is_pending(function.function_arn):
            raise _refused(
                "ResourceConflictException",
                "The operation cannot be performed at this time. The function is currently in the following state: Pending")
        if operation.name == "Invoke":
            return self._runner.invoke(operation, function, region)
        return self._runner.invoke_with_response_stream(operation, function, region)

    def _answer(self, operation: Operation, parameters: dict[str, Any], claim: Claim) -> Response:
        region = claim.region
        if "EventSourceMapping" in operation.name:
            return self._event_sources.answer(operation, parameters, claim)
        if operation.name == "CreateFunction":
            _check_code(parameters["Code"])
            for name in ("Runtime", "Handler"):
                if name not in parameters and parameters.get("PackageType", "Zip") == "Zip":
                    raise _refused(
                        "InvalidParameterValueException",
                        f"{name} is mandatory for functions created with deployment packages as .zip file archives.")
        elif "FunctionName" in parameters:
            function = self._runner.find(parameters["FunctionName"], region, parameters.get("Qualifier"))
            self._check(operation.name, parameters, function)
            if operation.name == "PublishVersion" and (present := _same_version(function)) is not None:
                # Nothing has changed since that version, so that AWS answers with it and publishes none.
                return self._finished(operation, parameters, Response.json(present.get_configuration(), 201), region, changes=False)
            if operation.fails_later:
                self._states.updated(function.function_arn, fails=True)
                return self._finished(operation, parameters, Response.json(function.get_configuration()), region, changes=False)
        response = moto_services.call(operation.request, claim)
        return self._finished(operation, parameters, response, region)

    def _check(self, name: str, parameters: dict[str, Any], function: Any) -> None:
        arn = function.function_arn
        match name:
            case "UpdateFunctionCode" | "UpdateFunctionConfiguration" | "PublishVersion":
                if self._states.is_in_progress(arn):
                    raise _refused(
                        "ResourceConflictException",
                        f"The operation cannot be performed at this time. An update is in progress for resource: {arn}")
                if parameters.get("RevisionId") not in (None, self._revision(arn)):
                    raise _refused(
                        "PreconditionFailedException",
                        "The RevisionId provided does not match the latest RevisionId for the Lambda function. Call the GetFunction API to "
                        "retrieve the latest RevisionId for your resource.")
                if parameters.get("CodeSha256") not in (None, function.code_sha_256):
                    raise _refused(
                        "InvalidParameterValueException",
                        f"CodeSHA256 ({parameters['CodeSha256']}) is different from current CodeSHA256 in $LATEST "
                        f"({function.code_sha_256}).")
                if name == "UpdateFunctionCode":
                    _check_code(parameters)
            case "CreateAlias" | "UpdateAlias":
                region = arn.split(":")[3]
                if "FunctionVersion" in parameters:
                    self._runner.find(arn, region, parameters["FunctionVersion"])
                aliases = moto_services.backend("lambda", region).list_aliases(function.function_name)
                if name == "CreateAlias" and any(alias.name == parameters["Name"] for alias in aliases):
                    raise _refused("ResourceConflictException", f"Alias already exists: {arn}:{parameters['Name']}")
            case "AddPermission":
                sid = parameters["StatementId"]
                if any(statement["Sid"] == sid for statement in function.policy.statements):
                    raise _refused(
                        "ResourceConflictException",
                        f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the existing "
                        "statement.")

    def _finished(
        self, operation: Operation, parameters: dict[str, Any], response: Response, region: str, changes: bool = True,
    ) -> Response:
        """The answer of moto as AWS would give it; what changed goes into the ledger."""
        if response.status >= 300:
            return response
        response.status = _STATUSES.get(operation.name, response.status)
        body = {} if response.status == 204 or not response.body else json.loads(response.body)
        arn = body.get("FunctionArn") or body.get("AliasArn") or parameters.get("FunctionName", "")
        change = _CHANGES.get(operation.name)
        if change is not None and changes and not parameters.get("DryRun"):
            details = {name: parameters[name] for name in ("StatementId", "Name", "FunctionVersion") if name in parameters}
            self._ledger.record(region, change, arn, **details)
            self._revisions[arn] = str(uuid.uuid4())
            if operation.name in ("CreateFunction", "PublishVersion"):
                self._states.created(arn)
            elif operation.name in ("UpdateFunctionCode", "UpdateFunctionConfiguration"):
                self._states.updated(arn)
        is_reading = operation.name in ("GetFunction", "GetFunctionConfiguration")
        for configuration in (body, body.get("Configuration", {}), *body.get("Versions", ()), *body.get("Functions", ())):
            if "FunctionArn" in configuration and "CodeSha256" in configuration:
                configuration.update(self._states.description(configuration["FunctionArn"], looked_at=is_reading))
                configuration["RevisionId"] = self._revision(configuration["FunctionArn"])
        if "AliasArn" in body:
            body["RevisionId"] = self._revision(body["AliasArn"])
        response.body = b"" if response.status == 204 else json.dumps(body).encode()
        return response

    def _revision(self, arn: str) -> str:
        return self._revisions.setdefault(arn, str(uuid.uuid4()))


def _check_code(code: dict[str, Any]) -> None:
    """The code must come from one place, and an archive must be one."""
    if sum(name in code for name in ("ZipFile", "S3Bucket", "ImageUri")) != 1:
        raise _refused("InvalidParameterValueException", "Please provide one source for function code.")
    if "ZipFile" in code and not _is_whole_archive(code["ZipFile"]):
        raise _refused(
            "InvalidParameterValueException", "Could not unzip uploaded file. Please check your file, then try to upload again.")


def _is_whole_archive(content: bytes) -> bool:
    """Whether it is an archive with files, each of which has the checksum that it says."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return bool(archive.namelist()) and archive.testzip() is None
    except (EOFError, OSError, ValueError, zipfile.BadZipFile, zlib.error):
        return False


def _refused(code: str, message: str) -> AWSError:
    return AWSError(code, message, Type="User")


def _same_version(function: Any) -> Any:
    """The newest version of a function, if its code and configuration are what the function has now."""
    versions = moto_services.backend("lambda", function.region).list_versions_by_function(function.function_name)
    published = [version for version in versions if str(version.version) != "$LATEST"]
    if not published:
        return None

    def comparable(version: Any) -> dict[str, Any]:
        configuration = version.get_configuration()
        own = ("FunctionArn", "LastModified", "Version", "Description")
        return {name: value for name, value in configuration.items() if name not in own}

    return published[-1] if comparable(published[-1]) == comparable(function) else None
