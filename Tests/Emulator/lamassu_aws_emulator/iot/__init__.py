# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""AWS IoT Core's control plane."""

from __future__ import annotations

from . import (
    ca_certificates,
    certificates,
    endpoints,
    issuing,
    job_executions,
    job_templates,
    jobs,
    policies,
    provisioning_templates,
    registering_things,
    registration_tasks,
    tags,
    thing_group_members,
    thing_groups,
    thing_principals,
    thing_types,
    things,
)
from .registry import Operations

#: What answers each operation: a function of the registry and the parameters.
OPERATIONS: Operations = {
    name: perform
    for module in (
        ca_certificates,
        certificates,
        endpoints,
        issuing,
        job_executions,
        job_templates,
        jobs,
        policies,
        provisioning_templates,
        registering_things,
        registration_tasks,
        tags,
        thing_group_members,
        thing_groups,
        thing_principals,
        thing_types,
        things,
    )
    for name, perform in module.OPERATIONS.items()
}
