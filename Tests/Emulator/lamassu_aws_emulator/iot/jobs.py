# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Jobs: made for things and thing groups, and done when all their executions are. They roll out at once.

https://docs.aws.amazon.com/iot/latest/apireference/API_CreateJob.html. Rates, schedules, retries and abortion are stored and described,
but nothing follows from them.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .. import moto_services
from ..errors import AWSError
from .job_executions import Execution, change, refresh, targets_of
from .registry import Operations, Output, Parameters, Registry, already_exists, listed, not_found
from .tags import tag_values

#: What is stored as it is, and described.
SETTINGS = (
    "presignedUrlConfig", "jobExecutionsRolloutConfig", "abortConfig", "timeoutConfig", "jobExecutionsRetryConfig", "schedulingConfig",
    "documentParameters", "namespaceId", "jobTemplateArn", "destinationPackageVersions",
)


@dataclass
class Job:
    id: str
    arn: str
    targets: list[str]
    document: str
    document_source: str | None
    description: str | None
    is_continuous: bool
    settings: dict[str, Any]
    status: str = "IN_PROGRESS"
    is_force_canceled: bool = False
    reason: str | None = None
    comment: str | None = None
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)
    completed: float | None = None
    #: By the name of the thing.
    executions: dict[str, Execution] = field(default_factory=dict)

    def settle(self, registry: Registry) -> None:
        """Completes the job if all that it had to do is done; a continuous one goes on."""
        self.updated = time.time()
        if self.status == "IN_PROGRESS" and not self.is_continuous and all(each.is_terminal for each in self.executions.values()):
            self.status, self.completed = "COMPLETED", time.time()
            registry.record("job-completed", self.arn)


def create_job(registry: Registry, parameters: Parameters) -> Output:
    job_id, arn = parameters["jobId"], registry.arn(f"job/{parameters['jobId']}")
    things = targets_of(registry, parameters["targets"])
    document = _document(registry, parameters)
    if job_id in registry.jobs:
        raise already_exists(f"Job {job_id} already exists", job_id, arn)
    tags = tag_values(parameters.get("tags"))
    job = Job(
        job_id, arn, parameters["targets"], document, parameters.get("documentSource"), parameters.get("description"),
        parameters.get("targetSelection", "SNAPSHOT") == "CONTINUOUS",
        {name: parameters[name] for name in SETTINGS if name in parameters},
        executions={name: Execution(name) for name in things},
    )
    registry.jobs[job_id], registry.tags[arn] = job, tags
    registry.record("job-created", arn, things=things, tags=tags)
    job.settle(registry)
    return _reference(job)


def describe_job(registry: Registry, parameters: Parameters) -> Output:
    job = _require(registry, parameters)
    numbers = Counter(execution.status for execution in job.executions.values())
    details: dict[str, Any] = {
        f"numberOf{name}Things": numbers[status]
        for name, status in {
            "Canceled": "CANCELED", "Succeeded": "SUCCEEDED", "Failed": "FAILED", "Rejected": "REJECTED", "Queued": "QUEUED",
            "InProgress": "IN_PROGRESS", "Removed": "REMOVED", "TimedOut": "TIMED_OUT",
        }.items()
    }
    description = {
        **_summary(job),
        "description": job.description,
        "targets": job.targets,
        "forceCanceled": job.is_force_canceled,
        "reasonCode": job.reason,
        "comment": job.comment,
        "jobProcessDetails": details,
        **job.settings,
    }
    return {"documentSource": job.document_source, "job": description}


def update_job(registry: Registry, parameters: Parameters) -> Output:
    job = _require(registry, parameters)
    settings = {**job.settings, **{name: parameters[name] for name in SETTINGS if name in parameters}}
    description = parameters.get("description", job.description)
    if (settings, description) != (job.settings, job.description):
        job.settings, job.description, job.updated = settings, description, time.time()
        registry.record("job-updated", job.arn)
    return {}


def get_job_document(registry: Registry, parameters: Parameters) -> Output:
    return {"document": _require(registry, parameters).document}


def list_jobs(registry: Registry, parameters: Parameters) -> Output:
    refresh(registry)
    asked = {name: parameters.get(name) for name in ("status", "targetSelection")}
    group = parameters.get("thingGroupName")
    summaries = [
        _summary(job) for job in reversed(registry.jobs.values())
        if group is None or registry.arn(f"thinggroup/{group}") in job.targets
    ]
    return listed("jobs", [
        summary for summary in summaries if all(value in (None, summary[name]) for name, value in asked.items())
    ], parameters)


def cancel_job(registry: Registry, parameters: Parameters) -> Output:
    """Executions that are queued are canceled; those in progress only by force."""
    job, force = _require(registry, parameters), parameters.get("force", False)
    if job.status != "IN_PROGRESS":
        raise AWSError("InvalidRequestException", f"The job {job.id} is {job.status}; it can't be canceled.")
    job.status, job.is_force_canceled = "CANCELED", force
    job.reason, job.comment, job.completed = parameters.get("reasonCode"), parameters.get("comment"), time.time()
    registry.record("job-canceled", job.arn, force=force)
    for execution in job.executions.values():
        if execution.status == "QUEUED" or (force and execution.status == "IN_PROGRESS"):
            execution.is_force_canceled = force
            change(registry, job, execution, "CANCELED")
    return _reference(job)


def delete_job(registry: Registry, parameters: Parameters) -> Output:
    job = _require(registry, parameters)
    if job.status == "IN_PROGRESS" and not parameters.get("force"):
        raise AWSError("InvalidStateTransitionException", f"The job {job.id} is in progress; it can't be deleted without force.")
    del registry.jobs[job.id], registry.tags[job.arn]
    registry.record("job-deleted", job.arn)
    return {}


def associate_targets(registry: Registry, parameters: Parameters) -> Output:
    job = _require(registry, parameters)
    if not job.is_continuous or job.status != "IN_PROGRESS":
        raise AWSError("InvalidRequestException", f"Only a continuous job in progress takes more targets; {job.id} is none.")
    targets_of(registry, parameters["targets"])
    added = [arn for arn in parameters["targets"] if arn not in job.targets]
    if added:
        job.targets = job.targets + added
        registry.record("job-targets-associated", job.arn, targets=added)
        refresh(registry)
    return _reference(job)


def _document(registry: Registry, parameters: Parameters) -> str:
    """The document of a new job: given, in S3, or that of a job template."""
    stated = [name for name in ("document", "documentSource", "jobTemplateArn") if name in parameters]
    if "jobTemplateArn" in stated:
        template = next((each for each in registry.job_templates.values() if each.arn == parameters["jobTemplateArn"]), None)
        if template is None:
            raise not_found(f"The job template {parameters['jobTemplateArn']}")
        return template.document
    if len(stated) != 1:
        raise AWSError("InvalidRequestException", "A job has a document or a documentSource, and not both.")
    return checked_document(parameters)


def checked_document(parameters: Parameters) -> str:
    """The document that the parameters give or say where to find, which must be JSON."""
    document = parameters.get("document")
    if document is None:
        match = re.fullmatch(r"https?://s3[^/]*/([^/]+)/(.+)", parameters["documentSource"])
        content = moto_services.stored_object(*match.groups()) if match else None
        if content is None:
            raise AWSError("InvalidRequestException", f"There is no document at {parameters['documentSource']}.")
        document = content.decode("utf-8", "replace")
    try:
        json.loads(document)
    except ValueError as error:
        raise AWSError("InvalidRequestException", f"The job document is not JSON: {error}") from None
    return document


def _require(registry: Registry, parameters: Parameters) -> Job:
    refresh(registry)
    if parameters["jobId"] not in registry.jobs:
        raise not_found(f"The job {parameters['jobId']}")
    return registry.jobs[parameters["jobId"]]


def _reference(job: Job) -> Output:
    return {"jobArn": job.arn, "jobId": job.id, "description": job.description}


def _summary(job: Job) -> Output:
    return {
        "jobArn": job.arn,
        "jobId": job.id,
        "targetSelection": "CONTINUOUS" if job.is_continuous else "SNAPSHOT",
        "status": job.status,
        "createdAt": job.created,
        "lastUpdatedAt": job.updated,
        "completedAt": job.completed,
        "isConcurrent": False,
    }


OPERATIONS: Operations = {
    "CreateJob": create_job,
    "DescribeJob": describe_job,
    "UpdateJob": update_job,
    "GetJobDocument": get_job_document,
    "ListJobs": list_jobs,
    "CancelJob": cancel_job,
    "DeleteJob": delete_job,
    "AssociateTargetsWithJob": associate_targets,
}
