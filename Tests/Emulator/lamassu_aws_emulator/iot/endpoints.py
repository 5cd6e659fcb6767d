# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The addresses of the account: names that nothing listens on, since the emulator speaks no MQTT."""

from __future__ import annotations

import hashlib

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry

#: The endpoint types and what follows the account's prefix in their names.
_SUFFIXES = {
    "iot:Data": ".iot",
    "iot:Data-ATS": "-ats.iot",
    "iot:CredentialProvider": ".credentials.iot",
    "iot:Jobs": ".jobs.iot",
}


def describe_endpoint(registry: Registry, parameters: Parameters) -> Output:
    kind = parameters.get("endpointType", "iot:Data")
    if kind not in _SUFFIXES:
        raise AWSError("InvalidRequestException", f"The endpoint type {kind} is not known.")
    prefix = hashlib.sha256(f"{registry.account}{registry.region}".encode()).hexdigest()[:14]
    return {"endpointAddress": f"{prefix}{_SUFFIXES[kind]}.{registry.region}.amazonaws.com"}


OPERATIONS: Operations = {"DescribeEndpoint": describe_endpoint}
