# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Which changes of the registry are told to devices: stored, never told.

https://docs.aws.amazon.com/iot/latest/apireference/API_UpdateEventConfigurations.html
"""

from __future__ import annotations

from .registry import Operations, Output, Parameters, Registry

EVENT_TYPES = (
    "THING", "THING_GROUP", "THING_TYPE", "THING_GROUP_MEMBERSHIP", "THING_GROUP_HIERARCHY", "THING_TYPE_ASSOCIATION", "JOB",
    "JOB_EXECUTION", "POLICY", "CERTIFICATE", "CA_CERTIFICATE",
)


def describe_event_configurations(registry: Registry, parameters: Parameters) -> Output:
    return {"eventConfigurations": {
        event_type: {"Enabled": registry.event_configurations.get(event_type, False)} for event_type in EVENT_TYPES
    }}


def update_event_configurations(registry: Registry, parameters: Parameters) -> Output:
    wanted = {name: value.get("Enabled", False) for name, value in parameters.get("eventConfigurations", {}).items()}
    if any(registry.event_configurations.get(name, False) != enabled for name, enabled in wanted.items()):
        registry.event_configurations |= wanted
        registry.record("event-configurations-updated", registry.arn("event-configurations"), **wanted)
    return {}


OPERATIONS: Operations = {
    "DescribeEventConfigurations": describe_event_configurations,
    "UpdateEventConfigurations": update_event_configurations,
}
