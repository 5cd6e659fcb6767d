# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The paths below /_emulator, by which tests steer the emulator and ask what happened. They need no signature."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from . import moto_services, principals
from .faults import KINDS
from .iot.commands import report as report_command
from .iot.registration_tasks import report
from .iot_data.connections import connect
from .messages import Request, Response

if TYPE_CHECKING:
    from .server import Emulator


#: What a control path is about that names no region.
DEFAULT_REGION = "eu-west-1"


class Control:
    """Answers the control paths."""

    def __init__(self, emulator: Emulator):
        self._emulator = emulator

    def answer(self, request: Request) -> Response:
        match request.method, request.path:
            case "GET", "/_emulator/health":
                return Response.json({"status": "running"})
            case "GET", "/_emulator/ledger":
                query = dict(request.query_items())
                entries = self._emulator.ledger.entries(int(query.get("after", 0)), float(query.get("wait", 0)))
                return Response.json({"entries": entries})
            case "POST", "/_emulator/reset":
                self._emulator.reset()
                return Response(204)
            case "GET", "/_emulator/faults":
                return Response.json({"faults": self._emulator.faults.pending()})
            case "POST", "/_emulator/faults":
                return self._add_fault(request)
            case "POST", "/_emulator/expired-keys":
                self._emulator.expired_keys.add(str(json.loads(request.body)["accessKeyId"]))
                return Response(201)
            case "POST", "/_emulator/connections":
                return self._connect(request)
            case "POST", "/_emulator/command-executions":
                return self._report_command(request)
            case "GET", "/_emulator/messages":
                return self._messages(request)
            case "POST", "/_emulator/roles":
                return self._put_role(request)
            case "PUT", path if match := re.fullmatch(r"/_emulator/objects/([^/]+)/(.+)", path):
                moto_services.store_object(match[1], unquote(match[2]), request.body)
                return Response(201)
            case "GET", path if match := re.fullmatch(r"/_emulator/registration-tasks/([^/]+)/([^/]+)/(RESULTS|ERRORS)", path):
                return self._report(*match.groups())
            case _:
                return Response.json({"message": f"There is no {request.method} {request.path}."}, 404)

    def _connect(self, request: Request) -> Response:
        registry = self._emulator.registry(_region(request))
        try:
            with registry.lock:
                connect(registry, json.loads(request.body))
        except (KeyError, TypeError, ValueError) as error:
            return Response.json({"message": f"The connection is not understood: {error!r}"}, 400)
        return Response(201)

    def _report_command(self, request: Request) -> Response:
        registry = self._emulator.registry(_region(request))
        try:
            with registry.lock:
                report_command(registry, json.loads(request.body))
        except (KeyError, TypeError, ValueError) as error:
            return Response.json({"message": f"The report is not understood: {error!r}"}, 400)
        return Response(201)

    def _put_role(self, request: Request) -> Response:
        try:
            description = json.loads(request.body)
            arn = principals.put_role(description["name"], description["trust"], description.get("policy"))
        except (KeyError, TypeError, ValueError) as error:
            return Response.json({"message": f"The role is not understood: {error!r}"}, 400)
        return Response.json({"arn": arn}, 201)

    def _messages(self, request: Request) -> Response:
        topic, registry = dict(request.query_items()).get("topic"), self._emulator.registry(_region(request))
        with registry.lock:
            found = [message.description() for message in registry.published if topic in (None, message.topic)]
        return Response.json({"messages": found})

    def _report(self, region: str, task: str, kind: str) -> Response:
        tasks = self._emulator.registry(region).registration_tasks
        if task not in tasks:
            return Response.json({"message": f"There is no registration task {task}."}, 404)
        return Response(200, [("Content-Type", "text/plain")], report(tasks[task], kind).encode())

    def _add_fault(self, request: Request) -> Response:
        try:
            self._emulator.faults.add(json.loads(request.body))
        except (TypeError, ValueError) as error:
            return Response.json({"message": str(error), "faults": KINDS}, 400)
        return Response.json({"faults": self._emulator.faults.pending()}, 201)


def _region(request: Request) -> str:
    """The region that a control path is about."""
    return dict(request.query_items()).get("region", DEFAULT_REGION)
