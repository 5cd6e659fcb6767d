# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""moto: the services that are not ours, called in this process, and the accounts, users and roles that it keeps."""

from __future__ import annotations

import io
from urllib.parse import unquote

from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.exceptions import S3ClientError
from werkzeug.test import run_wsgi_app

from .errors import AWSError
from .messages import Request, Response
from .signature import Claim

#: The account that everything belongs to.
ACCOUNT = DEFAULT_ACCOUNT_ID

_application = DomainDispatcherApplication(create_backend_app)


def backend(service: str, region: str):
    """The state of a service in a region; `aws` is the region of the services without one."""
    return get_backend(service)[ACCOUNT][region]


def call(request: Request, claim: Claim) -> Response:
    """Lets moto answer a request, whose signature has been verified."""
    body, status, headers = run_wsgi_app(_application, _environment(request, claim), buffered=True)
    response = Response(int(status.split(" ")[0]), list(headers), b"".join(body))
    if response.status in (404, 500) and b"<!doctype html>" in response.body[:100].lower():
        raise AWSError("NotImplementedException", f"moto does not know {claim.service} {request.method} {request.path}.", 501)
    return response


def stored_object(bucket: str, key: str) -> bytes | None:
    """The content of an object in S3, if there is one."""
    try:
        found = backend("s3", "aws").get_object(bucket, key)
    except S3ClientError:
        return None
    return None if found is None else found.value


def store_object(bucket: str, key: str, content: bytes) -> None:
    """Puts an object into S3, and makes the bucket if there is none."""
    s3 = backend("s3", "aws")
    if bucket not in s3.buckets:
        s3.create_bucket(bucket, "eu-west-1")
    s3.put_object(bucket, key, content)


def reset() -> None:
    """Forgets the state of all services."""
    BackendDict.reset()


def _environment(request: Request, claim: Claim) -> dict[str, object]:
    target = f"{request.path}?{request.query}" if request.query else request.path
    host = request.header("Host") or "localhost"
    environment: dict[str, object] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(request.path).encode().decode("latin-1"),
        "QUERY_STRING": request.query,
        "RAW_URI": target,
        "REQUEST_URI": target,
        "SERVER_NAME": host.partition(":")[0],
        "SERVER_PORT": host.partition(":")[2] or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": request.header("Content-Type") or "",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name in {name.lower() for name, _ in request.headers} - {"content-type", "content-length", "transfer-encoding"}:
        environment["HTTP_" + name.upper().replace("-", "_")] = request.header(name)
    # moto finds the service by this header, which a presigned request does not have.
    environment.setdefault("HTTP_AUTHORIZATION", f"AWS4-HMAC-SHA256 Credential={claim.access_key_id}/{claim.scope}, Signature=")
    return environment
