# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The state of the registry of one region, and what all its operations need."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..errors import AWSError
from ..ledger import Ledger

Parameters = dict[str, Any]
Output = dict[str, Any]
Operations = dict[str, Callable[["Registry", Parameters], Output]]


@dataclass
class CACertificate:
    id: str
    arn: str
    pem: str
    subject: str
    not_before: float
    not_after: float
    mode: str
    status: str
    auto_registration: str
    registration_config: dict[str, str] | None
    tags: dict[str, str]
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)


@dataclass
class Certificate:
    id: str
    arn: str
    pem: str
    not_before: float
    not_after: float
    mode: str
    status: str
    ca_id: str | None
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)


@dataclass
class Policy:
    name: str
    arn: str
    versions: dict[str, str]
    default_version: str
    next_version: int
    tags: dict[str, str]
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)


@dataclass
class Thing:
    name: str
    arn: str
    id: str
    type_name: str | None
    attributes: dict[str, str]
    version: int = 1


@dataclass
class Registry:
    """Everything that is registered in a region. Whoever calls an operation holds the lock."""

    region: str
    account: str
    ledger: Ledger
    lock: threading.RLock = field(default_factory=threading.RLock)
    registration_code: str = field(default_factory=lambda: secrets.token_hex(32))
    ca_certificates: dict[str, CACertificate] = field(default_factory=dict)
    certificates: dict[str, Certificate] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    #: Pairs of policy name and target ARN, in the order in which they were attached.
    policy_targets: list[tuple[str, str]] = field(default_factory=list)
    #: Pairs of thing name and principal ARN, in the order in which they were attached.
    thing_principals: list[tuple[str, str]] = field(default_factory=list)

    def arn(self, resource: str) -> str:
        return f"arn:aws:iot:{self.region}:{self.account}:{resource}"

    def record(self, change: str, resource: str, **values: Any) -> None:
        self.ledger.record(self.region, change, resource, **values)

    def require_certificate(self, arn: str) -> Certificate:
        """The certificate that a policy or a thing is attached to; another kind of principal is not emulated."""
        certificate = self.certificates.get(arn.rpartition("/")[2])
        if certificate is None or certificate.arn != arn:
            raise not_found(f"The principal {arn}")
        return certificate


def not_found(what: str) -> AWSError:
    return AWSError("ResourceNotFoundException", f"{what} does not exist")


def already_exists(message: str, resource_id: str, arn: str) -> AWSError:
    return AWSError("ResourceAlreadyExistsException", message, resourceId=resource_id, resourceArn=arn)


def tag_values(tags: Iterable[dict[str, str]] | None) -> dict[str, str]:
    """Tags as IoT writes them, a list of `Key` and `Value`, as one dictionary; a key must not come twice."""
    values: dict[str, str] = {}
    for tag in tags or ():
        if not isinstance(tag, dict) or not tag.get("Key") or tag["Key"] in values:
            raise AWSError("InvalidRequestException", "A tag has no Key, or two have the same.")
        values[tag["Key"]] = tag.get("Value", "")
    return values


Item = TypeVar("Item")


def page(items: list[Item], size: int | None, marker: str | None, default_size: int) -> tuple[list[Item], str | None]:
    """One page of a list, and the marker of the next, which says nothing to a client."""
    start = 0
    if marker is not None:
        try:
            start = int(base64.b64decode(marker, validate=True))
        except ValueError:
            raise AWSError("InvalidRequestException", "The marker is not one that was handed out.") from None
    end = start + (size or default_size)
    return items[start:end], base64.b64encode(str(end).encode()).decode() if end < len(items) else None


def ascending(items: Iterable[Item], parameters: Parameters) -> list[Item]:
    """In the order of creation, or the other way round if the caller asks for that."""
    ordered = list(items)
    return ordered if parameters.get("ascendingOrder") else ordered[::-1]
