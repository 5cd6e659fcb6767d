# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""AWS IoT Core's registry: CA certificates, device certificates, policies and things."""

from __future__ import annotations

from . import ca_certificates, certificates, endpoints, policies, things

#: What answers each operation: a function of the registry and the parameters.
OPERATIONS = {
    **ca_certificates.OPERATIONS,
    **certificates.OPERATIONS,
    **endpoints.OPERATIONS,
    **policies.OPERATIONS,
    **things.OPERATIONS,
}
