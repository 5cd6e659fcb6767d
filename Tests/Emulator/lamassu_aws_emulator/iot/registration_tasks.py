# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Bulk registration: a task that registers a thing for each line of a file in S3.

https://docs.aws.amazon.com/iot/latest/developerguide/bulk-provisioning.html. A task goes on only while somebody looks at it: each
DescribeThingRegistrationTask registers the next quarter of the lines, so that a test sees the progress without waiting for it.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from .. import moto_services
from ..errors import AWSError
from .registering_things import register
from .registry import Operations, Output, Parameters, Registry, listed, not_found
from .template_body import TemplateBody


@dataclass
class RegistrationTask:
    id: str
    template: str
    bucket: str
    key: str
    role: str
    lines: list[str]
    status: str = "InProgress"
    message: str | None = None
    #: How many lines have been looked at.
    position: int = 0
    #: One JSON object for each line that was registered, and for each that could not be.
    results: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    created: float = field(default_factory=time.time)
    modified: float = field(default_factory=time.time)


def start_thing_registration_task(registry: Registry, parameters: Parameters) -> Output:
    TemplateBody.parse(parameters["templateBody"])
    task = RegistrationTask(
        str(uuid.uuid4()), parameters["templateBody"], parameters["inputFileBucket"], parameters["inputFileKey"], parameters["roleArn"], [])
    content = moto_services.stored_object(task.bucket, task.key)
    if content is None:
        task.status, task.message = "Failed", f"The object {task.key} in the bucket {task.bucket} can't be read."
    else:
        task.lines = [line for line in content.decode("utf-8", "replace").splitlines() if line.strip()]
    registry.registration_tasks[task.id] = task
    _record(registry, "registration-task-started", task, lines=len(task.lines))
    return {"taskId": task.id}


def describe_thing_registration_task(registry: Registry, parameters: Parameters) -> Output:
    task = _require(registry, parameters)
    _proceed(registry, task)
    return {
        "taskId": task.id,
        "creationDate": task.created,
        "lastModifiedDate": task.modified,
        "templateBody": task.template,
        "inputFileBucket": task.bucket,
        "inputFileKey": task.key,
        "roleArn": task.role,
        "status": task.status,
        "message": task.message,
        "successCount": len(task.results),
        "failureCount": len(task.errors),
        "percentageProgress": 100 * task.position // len(task.lines) if task.lines else 100,
    }


def stop_thing_registration_task(registry: Registry, parameters: Parameters) -> Output:
    task = _require(registry, parameters)
    if task.status != "InProgress":
        raise AWSError("InvalidRequestException", f"The task {task.id} is not in progress, but {task.status}.")
    task.status, task.modified = "Cancelled", time.time()
    _record(registry, "registration-task-stopped", task)
    return {}


def list_thing_registration_tasks(registry: Registry, parameters: Parameters) -> Output:
    status = parameters.get("status")
    return listed("taskIds", [
        task.id for task in registry.registration_tasks.values() if status in (None, task.status)
    ], parameters)


def list_thing_registration_task_reports(registry: Registry, parameters: Parameters) -> Output:
    """Links to the report, if there is one; they lead to a control path of the emulator."""
    task, kind = _require(registry, parameters), parameters["reportType"]
    link = f"{registry.endpoint}/_emulator/registration-tasks/{registry.region}/{task.id}/{kind}"
    return {**listed("resourceLinks", [link] if report(task, kind) else [], parameters), "reportType": kind}


def report(task: RegistrationTask, kind: str) -> str:
    """The lines of a report."""
    return "".join(f"{line}\n" for line in (task.results if kind == "RESULTS" else task.errors))


def _proceed(registry: Registry, task: RegistrationTask) -> None:
    """Registers the next quarter of the lines."""
    if task.status != "InProgress":
        return
    body = TemplateBody.parse(task.template)
    end = min(len(task.lines), task.position + max(1, -(-len(task.lines) // 4)))
    for number in range(task.position, end):
        try:
            try:
                parameters = json.loads(task.lines[number])
            except ValueError:
                raise AWSError("InvalidRequestException", "The line is not JSON.") from None
            output = register(registry, body.resources(parameters))
            task.results.append(json.dumps({"lineNumber": number + 1, "response": output}))
        except AWSError as error:
            task.errors.append(json.dumps({"lineNumber": number + 1, "errorCode": error.code, "errorMessage": error.message}))
    task.position, task.modified = end, time.time()
    if task.position == len(task.lines):
        task.status = "Completed"
        _record(registry, "registration-task-completed", task, succeeded=len(task.results), failed=len(task.errors))


def _record(registry: Registry, change: str, task: RegistrationTask, **values: Any) -> None:
    registry.record(change, registry.arn(f"registrationtask/{task.id}"), key=task.key, **values)


def _require(registry: Registry, parameters: Parameters) -> RegistrationTask:
    if parameters["taskId"] not in registry.registration_tasks:
        raise not_found(f"The registration task {parameters['taskId']}")
    return registry.registration_tasks[parameters["taskId"]]


OPERATIONS: Operations = {
    "StartThingRegistrationTask": start_thing_registration_task,
    "DescribeThingRegistrationTask": describe_thing_registration_task,
    "StopThingRegistrationTask": stop_thing_registration_task,
    "ListThingRegistrationTasks": list_thing_registration_tasks,
    "ListThingRegistrationTaskReports": list_thing_registration_task_reports,
}
