# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""AWS IoT Core's control plane."""

from __future__ import annotations

from . import (
    ca_certificates,
    certificates,
    commands,
    endpoints,
    event_configurations,
    fleet_index,
    issuing,
    job_executions,
    job_templates,
    jobs,
    policies,
    provisioning_templates,
    registering_things,
    registration_tasks,
    role_aliases,
    tags,
    thing_group_members,
    thing_groups,
    thing_principals,
    thing_types,
    things,
    topic_rules,
)
from .registry import Operations

#: What answers each operation: a function of the registry and the parameters.
OPERATIONS: Operations = {
    name: perform
    for module in (
        ca_certificates,
        certificates,
        commands,
        endpoints,
        event_configurations,
        fleet_index,
        issuing,
        job_executions,
        job_templates,
        jobs,
        policies,
        provisioning_templates,
        registering_things,
        registration_tasks,
        role_aliases,
        tags,
        thing_group_members,
        thing_groups,
        thing_principals,
        thing_types,
        things,
        topic_rules,
    )
    for name, perform in module.OPERATIONS.items()
}
