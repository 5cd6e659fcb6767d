# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Verification of AWS Signature Version 4, in a header or in the query, over the bytes that were on the wire."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from .errors import AWSError
from .messages import Request

#: How far the clock of a client may be off, and how far for S3.
ALLOWED_SKEW = timedelta(minutes=5)
ALLOWED_SKEW_S3 = timedelta(minutes=15)

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Claim:
    """What a signed request says of itself, before anything is verified."""

    access_key_id: str
    session_token: str | None
    day: str
    region: str
    service: str
    date: str
    signed_headers: tuple[str, ...]
    signature: str
    #: How many seconds after `date` a presigned request is good; None for one that is signed in its header.
    expires: int | None

    @property
    def scope(self) -> str:
        return f"{self.day}/{self.region}/{self.service}/aws4_request"


def read_claim(request: Request) -> Claim:
    """Reads the signature of a request, wherever it is; a request without one is refused."""
    authorization = request.header("Authorization")
    if authorization is not None:
        return _claim_of_header(request, authorization)
    query = dict(request.query_items())
    if "X-Amz-Signature" in query:
        return _claim_of_query(query)
    raise AWSError("MissingAuthenticationTokenException", "Missing Authentication Token", 403)


def unsigned_claim(request: Request) -> Claim | None:
    """The claim of a request that needs no signature, because a token in it says who calls; None if it needs one."""
    if request.header("Authorization") is not None or dict(request.query_items()).get("X-Amz-Signature") is not None:
        return None
    action = dict([*request.query_items(), *request.form_items()]).get("Action")
    if action not in ("AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"):
        return None
    return Claim("", None, f"{datetime.now(timezone.utc):%Y%m%d}", "us-east-1", "sts", "", (), "", None)


def verify(request: Request, claim: Claim, secret: str) -> None:
    """Returns if the request was signed with `secret`, not too long ago, over what it is now; else raises the error of AWS."""
    _check_time(claim)
    required = {"host"} if claim.expires is not None else {"host", "x-amz-date"}
    if missing := required - set(claim.signed_headers):
        raise _mismatch(f"These headers must be signed: {', '.join(sorted(missing))}.")

    canonical = canonical_request(request, claim)
    text = "\n".join([_ALGORITHM, claim.date, claim.scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in claim.scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    if not hmac.compare_digest(hmac.digest(key, text.encode(), "sha256").hex(), claim.signature):
        raise _mismatch(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
            f"signing method. The canonical request should have been: {canonical!r}"
        )


def canonical_request(request: Request, claim: Claim) -> str:
    """The canonical form of a request, which the signature covers."""
    query = sorted(
        (_encoded(name), _encoded(value)) for name, value in request.query_items() if name != "X-Amz-Signature"
    )
    return "\n".join([
        request.method,
        _canonical_path(request.path, claim.service),
        "&".join(f"{name}={value}" for name, value in query),
        "".join(f"{name}:{' '.join((request.header(name) or '').split())}\n" for name in claim.signed_headers),
        ";".join(claim.signed_headers),
        _payload_hash(request, claim),
    ])


def _claim_of_header(request: Request, authorization: str) -> Claim:
    fields = dict(re.findall(r"(Credential|SignedHeaders|Signature)=([^,\s]+)", authorization))
    date = request.header("X-Amz-Date")
    if not authorization.startswith(_ALGORITHM) or len(fields) != 3 or date is None:
        raise AWSError("IncompleteSignatureException", "The Authorization header is not one of Signature Version 4.", 403)
    return _claim(fields["Credential"], request.header("X-Amz-Security-Token"), date, fields["SignedHeaders"], fields["Signature"], None)


def _claim_of_query(query: dict[str, str]) -> Claim:
    needed = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires")
    if any(name not in query for name in needed) or query["X-Amz-Algorithm"] != _ALGORITHM or not query["X-Amz-Expires"].isdigit():
        raise AWSError("IncompleteSignatureException", "The query is not one of a presigned request of Signature Version 4.", 403)
    return _claim(
        query["X-Amz-Credential"], query.get("X-Amz-Security-Token"), query["X-Amz-Date"], query["X-Amz-SignedHeaders"],
        query["X-Amz-Signature"], int(query["X-Amz-Expires"]),
    )


def _claim(credential: str, token: str | None, date: str, signed_headers: str, signature: str, expires: int | None) -> Claim:
    parts = credential.split("/")
    if len(parts) != 5 or parts[4] != "aws4_request" or not re.fullmatch(r"\d{8}T\d{6}Z", date):
        raise AWSError("IncompleteSignatureException", "The credential scope or the date is malformed.", 403)
    access_key_id, day, region, service, _ = parts
    return Claim(access_key_id, token, day, region, service, date, tuple(signed_headers.split(";")), signature, expires)


def _check_time(claim: Claim) -> None:
    now = datetime.now(timezone.utc)
    signed = datetime.strptime(claim.date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    if not claim.date.startswith(claim.day):
        raise _mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP")
    if claim.service == "s3":
        _check_time_s3(claim, now, signed)
        return
    if signed > now + ALLOWED_SKEW:
        raise _mismatch(f"Signature not yet current: {claim.date} is still later than {now:%Y%m%dT%H%M%SZ}")
    lifetime = timedelta(seconds=claim.expires) if claim.expires is not None else ALLOWED_SKEW
    if now > signed + lifetime:
        raise _mismatch(f"Signature expired: {claim.date} is now earlier than {now - lifetime:%Y%m%dT%H%M%SZ}")


def _check_time_s3(claim: Claim, now: datetime, signed: datetime) -> None:
    """S3 has errors of its own, and more patience."""
    if claim.expires is not None and now > signed + timedelta(seconds=claim.expires):
        raise AWSError("AccessDeniedException", "Request has expired", 403)
    if claim.expires is None and abs(now - signed) > ALLOWED_SKEW_S3:
        raise AWSError("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", 403)


def _mismatch(message: str) -> AWSError:
    return AWSError("InvalidSignatureException", message, 403)


def _payload_hash(request: Request, claim: Claim) -> str:
    actual = hashlib.sha256(request.body).hexdigest()
    stated = request.header("X-Amz-Content-SHA256")
    if stated is None:
        return "UNSIGNED-PAYLOAD" if claim.expires is not None and claim.service == "s3" else actual
    # Only S3 takes a body that is not signed; the others compute the digest of what they got, whatever the header says.
    if stated != actual and not (stated == "UNSIGNED-PAYLOAD" and claim.service == "s3"):
        raise _mismatch("The body is not the one whose digest was signed.")
    return stated


def _canonical_path(path: str, service: str) -> str:
    if service == "s3":
        return path
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            segments[-1:] = []
        elif segment not in ("", "."):
            segments.append(segment)
    normal = "/" + "/".join(segments) + ("/" if segments and path.endswith("/") else "")
    # Encoded once more: the path on the wire is encoded already.
    return quote(normal, safe="/-_.~")


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")
