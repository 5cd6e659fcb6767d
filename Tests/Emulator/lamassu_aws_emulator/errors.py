# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Errors of AWS, in the form that the protocol of the service gives them."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from botocore.model import ServiceModel, Shape

from .messages import Response


class AWSError(Exception):
    """An error answer of an AWS service."""

    def __init__(self, code: str, message: str, status: int | None = None, **members: Any):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        #: The HTTP status; None for the one that the model of the service gives the error.
        self.status = status
        #: What the error says besides, such as `resourceId`.
        self.members = members


def error_response(error: AWSError, model: ServiceModel | None) -> Response:
    """The error as a client of the service with this model expects it."""
    shape = next((shape for shape in model.error_shapes if shape.name == error.code), None) if model else None
    if model is not None and model.metadata["protocol"] == "query":
        return _xml(error, shape)
    if model is not None and model.metadata["protocol"] == "rest-xml":
        code = _S3_NAMES.get(error.code, error.code)
        body = f"<Error><Code>{escape(code)}</Code><Message>{escape(error.message)}</Message></Error>"
        return Response(error.status or 400, [("Content-Type", "application/xml")], body.encode())
    status = error.status or (shape.metadata.get("error", {}).get("httpStatusCode", 400) if shape else 400)
    # Lambda spells it `Message`.
    message = "Message" if shape and "Message" in shape.members else "message"
    body = {"__type": error.code, message: error.message, **error.members}
    if model is not None and model.metadata["protocol"] == "rest-json":
        del body["__type"]
    headers = [("x-amzn-ErrorType", error.code)]
    if model is not None and "awsQueryCompatible" in model.metadata and shape is not None:
        code = _SQS_QUERY_CODES.get(error.code, error.code)
        headers.append(("x-amzn-query-error", f"{code};{'Receiver' if status >= 500 else 'Sender'}"))
    return Response.json(body, status, headers)


#: What SQS called its errors when it spoke the query protocol, which clients still go by. botocore's model does not have these names;
#: they are those of https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html and its neighbours.
_SQS_QUERY_CODES = {
    "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
    "QueueNameExists": "QueueAlreadyExists",
    **{
        name: f"AWS.SimpleQueueService.{name}"
        for name in (
            "BatchEntryIdsNotDistinct", "BatchRequestTooLong", "EmptyBatchRequest", "InvalidBatchEntryId", "MessageNotInflight",
            "PurgeQueueInProgress", "QueueDeletedRecently", "TooManyEntriesInBatchRequest", "UnsupportedOperation",
        )
    },
}


#: What S3 calls the errors that have another name in the JSON protocols.
_S3_NAMES = {
    "AccessDeniedException": "AccessDenied",
    "ExpiredTokenException": "ExpiredToken",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "MissingAuthenticationTokenException": "AccessDenied",
    "ThrottlingException": "SlowDown",
    "UnrecognizedClientException": "InvalidAccessKeyId",
}


#: What services of the query protocol call the errors that have another name in the JSON protocols.
_QUERY_NAMES = {
    "AccessDeniedException": "AccessDenied",
    "IncompleteSignatureException": "IncompleteSignature",
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "ThrottlingException": "Throttling",
    "UnrecognizedClientException": "InvalidClientTokenId",
}


def _xml(error: AWSError, shape: Shape | None) -> Response:
    modelled = shape.metadata.get("error", {}) if shape else {}
    code = modelled.get("code") or _QUERY_NAMES.get(error.code, error.code)
    status = error.status or modelled.get("httpStatusCode", 400)
    kind = "Receiver" if status >= 500 else "Sender"
    body = (
        f"<ErrorResponse><Error><Type>{kind}</Type><Code>{escape(code)}</Code><Message>{escape(error.message)}</Message></Error>"
        "<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
    )
    return Response(status, [("Content-Type", "text/xml")], body.encode())
