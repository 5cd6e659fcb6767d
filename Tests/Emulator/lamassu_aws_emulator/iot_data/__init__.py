# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""AWS IoT Core's data plane over HTTP: device shadows, messages, and the connections of devices."""

from __future__ import annotations

from ..iot.registry import Operations
from . import connections, messages, shadows

#: What answers each operation: a function of the registry and the parameters.
OPERATIONS: Operations = {
    name: perform for module in (connections, messages, shadows) for name, perform in module.OPERATIONS.items()
}
