# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Which operation of which service a request asks for, and with which parameters, by the service models of botocore."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import botocore.loaders
import botocore.session
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, ServiceModel

from . import parameters, validation
from .messages import Request

_session = botocore.session.get_session()


@dataclass(frozen=True)
class Operation:
    """An operation of a service, and the request's parameters by the names that the service's model gives them."""

    service: str
    name: str
    model: OperationModel
    request: Request
    labels: dict[str, str]
    #: Whether what it begins is to fail later.
    fails_later: bool = False

    @property
    def is_read_only(self) -> bool:
        """Whether it only reads, as its name tells."""
        return self.name.startswith(("Describe", "Get", "List", "Search", "Validate"))

    def parameters(self) -> dict[str, Any]:
        """The parameters, checked against the model."""
        shape = self.model.input_shape
        values = parameters.read(self.request, self.labels, shape, self.model.service_model.metadata["protocol"])
        if shape is not None:
            validation.check(values, self.model, self.service)
        return values


@lru_cache
def service_model(service: str) -> ServiceModel | None:
    """The model of the service with this signing name; None if there is none."""
    try:
        return _session.get_service_model({"iotdata": "iot-data"}.get(service, service))
    except UnknownServiceError:
        return None


def identify(request: Request, service: str) -> Operation | None:
    """The operation that a request, signed for `service`, asks for; None if the service has none like it."""
    model = service_model(service)
    if model is None:
        return None
    labels: dict[str, str] = {}
    if target := request.header("X-Amz-Target"):
        name = target.rpartition(".")[2]
    elif action := dict([*request.query_items(), *request.form_items()]).get("Action"):
        name = action
    else:
        for method, pattern, candidate in _routes(service):
            if request.method == method and (match := pattern.fullmatch(request.path)):
                name = candidate
                labels = {label: unquote(value) for label, value in match.groupdict().items()}
                break
        else:
            return None
    if name not in model.operation_names:
        return None
    return Operation(service, name, model.operation_model(name), request, labels)


@lru_cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    """The operations of a REST service with their paths as patterns, those with the fewest labels first."""
    model = service_model(service)
    routes = []
    for name in model.operation_names if model else ():
        http = model.operation_model(name).http
        path = http["requestUri"].partition("?")[0]
        pattern = "".join(
            f"(?P<{part[1:-1].rstrip('+')}>{'.+' if part.endswith('+}') else '[^/]+'})" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{[^}]+\})", path)
        )
        routes.append((path.count("{"), http["method"], re.compile(pattern.rstrip("/") + "/?"), name))
    return [route[1:] for route in sorted(routes, key=lambda route: route[0])]
