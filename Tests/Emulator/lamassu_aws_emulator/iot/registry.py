# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The state of IoT in one region, and what all its operations need."""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import AWSError
from ..ledger import Ledger

if TYPE_CHECKING:
    from ..iot_data.connections import Connection
    from ..iot_data.messages import PublishedMessage
    from ..iot_data.shadows import Shadow
    from .ca_certificates import CACertificate
    from .certificates import Certificate
    from .commands import Command, CommandExecution
    from .job_templates import JobTemplate
    from .jobs import Job
    from .policies import Policy
    from .provisioning_templates import ProvisioningTemplate
    from .registration_tasks import RegistrationTask
    from .role_aliases import RoleAlias
    from .thing_groups import ThingGroup
    from .thing_types import ThingType
    from .things import Thing
    from .topic_rules import TopicRule

Parameters = dict[str, Any]
Output = dict[str, Any]
Operations = dict[str, Callable[["Registry", Parameters], Output]]


@dataclass
class Registry:
    """Everything that IoT keeps for a region. Whoever calls an operation holds the lock."""

    region: str
    account: str
    ledger: Ledger
    #: The URL of the emulator, for links to what it keeps.
    endpoint: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)
    registration_code: str = field(default_factory=lambda: secrets.token_hex(32))
    ca_certificates: dict[str, CACertificate] = field(default_factory=dict)
    certificates: dict[str, Certificate] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    thing_types: dict[str, ThingType] = field(default_factory=dict)
    thing_groups: dict[str, ThingGroup] = field(default_factory=dict)
    provisioning_templates: dict[str, ProvisioningTemplate] = field(default_factory=dict)
    registration_tasks: dict[str, RegistrationTask] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    job_templates: dict[str, JobTemplate] = field(default_factory=dict)
    commands: dict[str, Command] = field(default_factory=dict)
    command_executions: dict[str, CommandExecution] = field(default_factory=dict)
    #: The executions that calls with a client token started.
    command_tokens: dict[str, CommandExecution] = field(default_factory=dict)
    role_aliases: dict[str, RoleAlias] = field(default_factory=dict)
    topic_rules: dict[str, TopicRule] = field(default_factory=dict)
    #: By thing name and shadow name; that of the classic shadow is empty.
    shadows: dict[tuple[str, str], Shadow] = field(default_factory=dict)
    published: list[PublishedMessage] = field(default_factory=list)
    retained: dict[str, PublishedMessage] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)
    #: What UpdateIndexingConfiguration set for things and for thing groups.
    indexing: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: The indices that nobody has looked at since they were turned on.
    indexes_being_built: set[str] = field(default_factory=set)
    #: What UpdateEventConfigurations set, by event type.
    event_configurations: dict[str, bool] = field(default_factory=dict)
    #: Pairs of policy name and target ARN, in the order in which they were attached.
    policy_targets: list[tuple[str, str]] = field(default_factory=list)
    #: Triples of thing name, principal ARN and kind of the attachment, in the order in which they were attached.
    thing_principals: list[tuple[str, str, str]] = field(default_factory=list)
    #: The tags of each resource that can have some, by its ARN; one without tags has an empty dictionary.
    tags: dict[str, dict[str, str]] = field(default_factory=dict)

    def arn(self, resource: str) -> str:
        return f"arn:aws:iot:{self.region}:{self.account}:{resource}"

    def record(self, change: str, resource: str, **values: Any) -> None:
        self.ledger.record(self.region, change, resource, **values)

    def require_certificate(self, arn: str) -> Certificate:
        """The certificate that a thing is attached to; another kind of principal is not emulated."""
        certificate = self.certificates.get(arn.rpartition("/")[2])
        if certificate is None or certificate.arn != arn:
            raise not_found(f"The principal {arn}")
        return certificate

    def require_policy_target(self, arn: str) -> str:
        """The ARN of a certificate or thing group, which a policy can be attached to."""
        if any(group.arn == arn for group in self.thing_groups.values()):
            return arn
        return self.require_certificate(arn).arn

    def require_thing(self, name: str) -> Thing:
        if name not in self.things:
            raise not_found(f"Thing {name}")
        return self.things[name]


def not_found(what: str) -> AWSError:
    return AWSError("ResourceNotFoundException", f"{what} does not exist")


def already_exists(message: str, resource_id: str, arn: str) -> AWSError:
    return AWSError("ResourceAlreadyExistsException", message, resourceId=resource_id, resourceArn=arn)


Item = TypeVar("Item")


def listed(name: str, items: list[Item], parameters: Parameters, default_size: int = 50) -> dict[str, Any]:
    """The answer with one page of a list, for the operations that take `nextToken` and `maxResults`."""
    items, token = page(items, parameters.get("maxResults"), parameters.get("nextToken"), default_size)
    return {name: items, "nextToken": token}


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
