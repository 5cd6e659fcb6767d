# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The data plane of jobs, what a device asks for and reports, and the start of commands.

https://docs.aws.amazon.com/iot/latest/developerguide/jobs-mqtt-https-api.html. Over HTTP AWS does not say which error an expected version
that is not the present one gives (over MQTT its code is VersionMismatch); here it is an InvalidRequestException that says so.
"""

from __future__ import annotations

import time
from typing import Any

from .errors import AWSError
from .iot.commands import start_command_execution
from .iot.job_executions import Execution, change, refresh, require
from .iot.jobs import Job
from .iot.registry import Operations, Output, Parameters, Registry, not_found

#: The statuses that a device may report.
REPORTED = ("IN_PROGRESS", "FAILED", "SUCCEEDED", "REJECTED")


def get_pending_job_executions(registry: Registry, parameters: Parameters) -> Output:
    pending = _pending(registry, parameters["thingName"])
    return {
        "inProgressJobs": [_summary(job, execution) for job, execution in pending if execution.status == "IN_PROGRESS"],
        "queuedJobs": [_summary(job, execution) for job, execution in pending if execution.status == "QUEUED"],
    }


def start_next_pending_job_execution(registry: Registry, parameters: Parameters) -> Output:
    """Starts the execution that is next, or hands out the one that is in progress; an empty answer if there is none."""
    pending = _pending(registry, parameters["thingName"])
    if not pending:
        return {}
    job, execution = pending[0]
    if execution.status == "QUEUED" or "statusDetails" in parameters:
        if execution.status == "QUEUED":
            _set_deadline(job, execution, parameters)
        change(registry, job, execution, "IN_PROGRESS", parameters.get("statusDetails"))
    elif "stepTimeoutInMinutes" in parameters:
        _set_deadline(job, execution, parameters)
    return {"execution": _description(job, execution, with_document=True)}


def describe_job_execution(registry: Registry, parameters: Parameters) -> Output:
    if parameters["jobId"] == "$next":
        pending = _pending(registry, parameters["thingName"])
        if not pending:
            return {}
        job, execution = pending[0]
    else:
        job, execution = require(registry, parameters["jobId"], parameters["thingName"], parameters.get("executionNumber"))
    if execution.is_terminal:
        raise AWSError("TerminalStateException", f"The execution of the job {job.id} is {execution.status}.")
    return {"execution": _description(job, execution, parameters.get("includeJobDocument", True))}


def update_job_execution(registry: Registry, parameters: Parameters) -> Output:
    job, execution = require(registry, parameters["jobId"], parameters["thingName"], parameters.get("executionNumber"))
    status, expected = parameters["status"], parameters.get("expectedVersion")
    if status not in REPORTED:
        raise AWSError("InvalidRequestException", f"A device can't report the status {status}, but {', '.join(REPORTED)}.")
    if expected not in (None, execution.version):
        raise AWSError(
            "InvalidRequestException", f"VersionMismatch: the version of the execution is {execution.version}, not {expected}.",
            executionState=_state(execution))
    if execution.is_terminal:
        raise AWSError(
            "InvalidStateTransitionException", f"The execution is {execution.status}; it can't become {status}.",
            executionState=_state(execution))
    if status == "IN_PROGRESS" and (execution.status == "QUEUED" or "stepTimeoutInMinutes" in parameters):
        _set_deadline(job, execution, parameters)
    change(registry, job, execution, status, parameters.get("statusDetails"))
    return {
        "executionState": _state(execution) if parameters.get("includeJobExecutionState") else None,
        "jobDocument": job.document if parameters.get("includeJobDocument") else None,
    }


def _pending(registry: Registry, thing: str) -> list[tuple[Job, Execution]]:
    """The executions that a thing has before it, in their order: those in progress, then those in the queue."""
    refresh(registry)
    if thing not in registry.things:
        raise not_found(f"Thing {thing}")
    found = [
        (job, job.executions[thing])
        for job in registry.jobs.values() if thing in job.executions and not job.executions[thing].is_terminal
    ]
    return sorted(found, key=lambda pair: (pair[1].status == "QUEUED", pair[1].started or pair[1].queued))


def _set_deadline(job: Job, execution: Execution, parameters: Parameters) -> None:
    """The nearer of the two timeouts: that of the job, and that of the step. A step of -1 minutes has none."""
    step = parameters.get("stepTimeoutInMinutes")
    if step is not None and step != -1 and not 1 <= step <= 10080:
        raise AWSError("InvalidRequestException", "The step timeout is not between 1 and 10080 minutes.")
    whole = job.settings.get("timeoutConfig", {}).get("inProgressTimeoutInMinutes")
    minutes = [each for each in (step, whole) if each is not None and each != -1]
    execution.deadline = time.time() + 60 * min(minutes) if minutes else None


def _state(execution: Execution) -> dict[str, Any]:
    return {"status": execution.status, "statusDetails": execution.details, "versionNumber": execution.version}


def _summary(job: Job, execution: Execution) -> dict[str, Any]:
    return {
        "jobId": job.id,
        "queuedAt": int(execution.queued),
        "startedAt": None if execution.started is None else int(execution.started),
        "lastUpdatedAt": int(execution.updated),
        "versionNumber": execution.version,
        "executionNumber": execution.number,
    }


def _description(job: Job, execution: Execution, with_document: bool) -> dict[str, Any]:
    return {
        **_summary(job, execution),
        "thingName": execution.thing,
        "status": execution.status,
        "statusDetails": execution.details,
        "approximateSecondsBeforeTimedOut": execution.seconds_left,
        "jobDocument": job.document if with_document else None,
    }


OPERATIONS: Operations = {
    "GetPendingJobExecutions": get_pending_job_executions,
    "StartNextPendingJobExecution": start_next_pending_job_execution,
    "DescribeJobExecution": describe_job_execution,
    "UpdateJobExecution": update_job_execution,
    "StartCommandExecution": start_command_execution,
}
