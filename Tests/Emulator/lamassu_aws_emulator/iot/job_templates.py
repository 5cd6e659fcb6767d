# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Job templates.

https://docs.aws.amazon.com/iot/latest/apireference/API_CreateJobTemplate.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from ..errors import AWSError
from .jobs import SETTINGS, checked_document
from .registry import Operations, Output, Parameters, Registry, listed, not_found
from .tags import tag_values


@dataclass
class JobTemplate:
    id: str
    arn: str
    document: str
    document_source: str | None
    description: str
    settings: dict[str, Any]
    created: float = field(default_factory=time.time)


def create_job_template(registry: Registry, parameters: Parameters) -> Output:
    template_id = parameters["jobTemplateId"]
    arn = registry.arn(f"jobtemplate/{template_id}")
    if (source := parameters.get("jobArn")) is not None:
        job = next((job for job in registry.jobs.values() if job.arn == source), None)
        if job is None:
            raise not_found(f"The job {source}")
        document = job.document
    elif ("document" in parameters) == ("documentSource" in parameters):
        raise AWSError("InvalidRequestException", "A job template has a document or a documentSource, and not both.")
    else:
        document = checked_document(parameters)
    if template_id in registry.job_templates:
        raise AWSError("ConflictException", f"The job template {template_id} already exists.", resourceId=template_id)
    tags = tag_values(parameters.get("tags"))
    registry.job_templates[template_id] = JobTemplate(
        template_id, arn, document, parameters.get("documentSource"), parameters["description"],
        {name: parameters[name] for name in (*SETTINGS, "maintenanceWindows") if name in parameters})
    registry.tags[arn] = tags
    registry.record("job-template-created", arn, tags=tags)
    return {"jobTemplateArn": arn, "jobTemplateId": template_id}


def describe_job_template(registry: Registry, parameters: Parameters) -> Output:
    template = _require(registry, parameters)
    return {**_summary(template), "documentSource": template.document_source, "document": template.document, **template.settings}


def list_job_templates(registry: Registry, parameters: Parameters) -> Output:
    return listed("jobTemplates", [_summary(template) for template in registry.job_templates.values()], parameters)


def delete_job_template(registry: Registry, parameters: Parameters) -> Output:
    template = _require(registry, parameters)
    del registry.job_templates[template.id], registry.tags[template.arn]
    registry.record("job-template-deleted", template.arn)
    return {}


def _require(registry: Registry, parameters: Parameters) -> JobTemplate:
    if parameters["jobTemplateId"] not in registry.job_templates:
        raise not_found(f"The job template {parameters['jobTemplateId']}")
    return registry.job_templates[parameters["jobTemplateId"]]


def _summary(template: JobTemplate) -> Output:
    return {
        "jobTemplateArn": template.arn,
        "jobTemplateId": template.id,
        "description": template.description,
        "createdAt": template.created,
    }


OPERATIONS: Operations = {
    "CreateJobTemplate": create_job_template,
    "DescribeJobTemplate": describe_job_template,
    "ListJobTemplates": list_job_templates,
    "DeleteJobTemplate": delete_job_template,
}
