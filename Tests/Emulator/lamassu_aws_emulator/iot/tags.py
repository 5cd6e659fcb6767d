# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""Tags: of CA certificates, policies, thing groups, thing types, provisioning templates, jobs, topic rules and role aliases.

Things and device certificates have none: https://docs.aws.amazon.com/iot/latest/developerguide/tagging-iot.html
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import AWSError
from .registry import Operations, Output, Parameters, Registry, listed, not_found

#: The tags that a resource may have.
MAXIMUM_TAGS = 50


def tag_values(tags: Iterable[dict[str, str]] | None) -> dict[str, str]:
    """Tags as IoT writes them, a list of `Key` and `Value`, as one dictionary; a key must not come twice."""
    values: dict[str, str] = {}
    for tag in tags or ():
        if tag["Key"] in values:
            raise AWSError("InvalidRequestException", f"The tag key {tag['Key']} comes twice.")
        if tag["Key"].startswith("aws:"):
            raise AWSError("InvalidRequestException", "A tag key must not begin with aws:, which is AWS's own.")
        values[tag["Key"]] = tag.get("Value", "")
    _check_number(values)
    return values


def list_tags_for_resource(registry: Registry, parameters: Parameters) -> Output:
    tags = _require(registry, parameters["resourceArn"])
    return listed("tags", [{"Key": key, "Value": value} for key, value in tags.items()], parameters)


def tag_resource(registry: Registry, parameters: Parameters) -> Output:
    arn = parameters["resourceArn"]
    tags, added = _require(registry, arn), tag_values(parameters["tags"])
    if any(tags.get(key) != value for key, value in added.items()):
        _check_number({**tags, **added})
        tags.update(added)
        registry.record("resource-tagged", arn, tags=added)
    return {}


def untag_resource(registry: Registry, parameters: Parameters) -> Output:
    arn = parameters["resourceArn"]
    tags = _require(registry, arn)
    removed = [key for key in parameters["tagKeys"] if tags.pop(key, None) is not None]
    if removed:
        registry.record("resource-untagged", arn, keys=removed)
    return {}


def _require(registry: Registry, arn: str) -> dict[str, str]:
    if arn not in registry.tags:
        raise not_found(f"The resource {arn}")
    return registry.tags[arn]


def _check_number(tags: dict[str, str]) -> None:
    if len(tags) > MAXIMUM_TAGS:
        raise AWSError("LimitExceededException", f"A resource has at most {MAXIMUM_TAGS} tags.")


OPERATIONS: Operations = {
    "ListTagsForResource": list_tags_for_resource,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
}
