# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The executions of jobs, one for each thing: their states, and the operations of the control plane on them.

https://docs.aws.amazon.com/iot/latest/developerguide/iot-jobs-lifecycle.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import AWSError
from . import thing_group_members
from .registry import Operations, Output, Parameters, Registry, listed, not_found

if TYPE_CHECKING:
    from .jobs import Job

TERMINAL = ("SUCCEEDED", "FAILED", "REJECTED", "TIMED_OUT", "REMOVED", "CANCELED")


@dataclass
class Execution:
    thing: str
    status: str = "QUEUED"
    number: int = 1
    version: int = 1
    details: dict[str, str] = field(default_factory=dict)
    is_force_canceled: bool = False
    queued: float = field(default_factory=time.time)
    started: float | None = None
    updated: float = field(default_factory=time.time)
    #: When it times out, of one in progress.
    deadline: float | None = None

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL

    @property
    def seconds_left(self) -> int | None:
        return None if self.deadline is None or self.is_terminal else max(0, int(self.deadline - time.time()))


def change(registry: Registry, job: Job, execution: Execution, status: str, details: dict[str, str] | None = None) -> None:
    """Takes an execution to a status, which may be the one that it has, and the job with it."""
    execution.status = status
    execution.details = execution.details if details is None else details
    execution.version += 1
    execution.updated = time.time()
    if execution.started is None and status == "IN_PROGRESS":
        execution.started = execution.updated
    registry.record("job-execution-updated", job.arn, thing=execution.thing, status=status, version=execution.version)
    job.settle(registry)


def refresh(registry: Registry) -> None:
    """Lets happen to all jobs what happens without a call.

    Things that came into a group of a continuous job get an execution, the executions of things that left it are removed, and those
    whose time is over time out.
    """
    for job in registry.jobs.values():
        wanted = targets_of(registry, job.targets) if job.is_continuous else [name for name in job.executions if name in registry.things]
        if job.status == "IN_PROGRESS":
            for name in wanted:
                if name not in job.executions:
                    job.executions[name] = Execution(name)
        for execution in list(job.executions.values()):
            if execution.status == "QUEUED" and execution.thing not in wanted:
                change(registry, job, execution, "REMOVED")
            elif execution.status == "IN_PROGRESS" and execution.deadline is not None and time.time() > execution.deadline:
                change(registry, job, execution, "TIMED_OUT")


def targets_of(registry: Registry, arns: list[str]) -> list[str]:
    """The names of the things that these ARNs, of things and thing groups, stand for; each must exist."""
    names: dict[str, None] = {}
    for arn in arns:
        kind, _, name = arn.rpartition(":")[2].partition("/")
        if kind == "thing" and name in registry.things:
            names[name] = None
        elif kind == "thinggroup" and name in registry.thing_groups:
            names |= dict.fromkeys(thing_group_members.members(registry, registry.thing_groups[name], recursive=True))
        else:
            raise not_found(f"The target {arn}")
    return list(names)


def require(registry: Registry, job_id: str, thing: str, number: int | None = None) -> tuple[Job, Execution]:
    """A job and its execution for a thing."""
    refresh(registry)
    job = registry.jobs.get(job_id)
    execution = job.executions.get(thing) if job else None
    if job is None or execution is None or number not in (None, execution.number):
        raise not_found(f"An execution of the job {job_id} for the thing {thing}")
    return job, execution


def describe_job_execution(registry: Registry, parameters: Parameters) -> Output:
    job, execution = require(registry, parameters["jobId"], parameters["thingName"], parameters.get("executionNumber"))
    return {"execution": {
        "jobId": job.id,
        "status": execution.status,
        "forceCanceled": execution.is_force_canceled,
        "statusDetails": {"detailsMap": execution.details},
        "thingArn": registry.arn(f"thing/{execution.thing}"),
        "queuedAt": execution.queued,
        "startedAt": execution.started,
        "lastUpdatedAt": execution.updated,
        "executionNumber": execution.number,
        "versionNumber": execution.version,
        "approximateSecondsBeforeTimedOut": execution.seconds_left,
    }}


def cancel_job_execution(registry: Registry, parameters: Parameters) -> Output:
    job, execution = require(registry, parameters["jobId"], parameters["thingName"])
    force, expected = parameters.get("force", False), parameters.get("expectedVersion")
    if expected not in (None, execution.version):
        raise AWSError("VersionConflictException", f"The version of the execution is {execution.version}, not {expected}.")
    if execution.is_terminal or (execution.status == "IN_PROGRESS" and not force):
        raise AWSError("InvalidStateTransitionException", f"The execution is {execution.status}; it can't be canceled.")
    execution.is_force_canceled = force
    change(registry, job, execution, "CANCELED", parameters.get("statusDetails"))
    return {}


def delete_job_execution(registry: Registry, parameters: Parameters) -> Output:
    job, execution = require(registry, parameters["jobId"], parameters["thingName"], parameters["executionNumber"])
    if execution.status == "QUEUED" or (execution.status == "IN_PROGRESS" and not parameters.get("force")):
        raise AWSError("InvalidStateTransitionException", f"The execution is {execution.status}; it can't be deleted.")
    del job.executions[execution.thing]
    registry.record("job-execution-deleted", job.arn, thing=execution.thing)
    return {}


def list_job_executions_for_job(registry: Registry, parameters: Parameters) -> Output:
    refresh(registry)
    if parameters["jobId"] not in registry.jobs:
        raise not_found(f"The job {parameters['jobId']}")
    status, executions = parameters.get("status"), registry.jobs[parameters["jobId"]].executions.values()
    return listed("executionSummaries", [
        {"thingArn": registry.arn(f"thing/{execution.thing}"), "jobExecutionSummary": _summary(execution)}
        for execution in executions if status in (None, execution.status)
    ], parameters)


def list_job_executions_for_thing(registry: Registry, parameters: Parameters) -> Output:
    refresh(registry)
    thing, status = registry.require_thing(parameters["thingName"]), parameters.get("status")
    return listed("executionSummaries", [
        {"jobId": job.id, "jobExecutionSummary": _summary(job.executions[thing.name])}
        for job in registry.jobs.values()
        if thing.name in job.executions and status in (None, job.executions[thing.name].status)
        and parameters.get("jobId") in (None, job.id)
    ], parameters)


def _summary(execution: Execution) -> Output:
    return {
        "status": execution.status,
        "queuedAt": execution.queued,
        "startedAt": execution.started,
        "lastUpdatedAt": execution.updated,
        "executionNumber": execution.number,
    }


OPERATIONS: Operations = {
    "DescribeJobExecution": describe_job_execution,
    "CancelJobExecution": cancel_job_execution,
    "DeleteJobExecution": delete_job_execution,
    "ListJobExecutionsForJob": list_job_executions_for_job,
    "ListJobExecutionsForThing": list_job_executions_for_thing,
}
