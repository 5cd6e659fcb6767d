# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""AWS::SQS::QueuePolicy, which moto does not make: its document becomes the policy of each queue that it names.

moto's CloudFormation finds the class below by itself once this module is imported.
"""

from __future__ import annotations

import json
from typing import Any

from moto.core.common_models import CloudFormationModel

from . import moto_services


class QueuePolicy(CloudFormationModel):
    """A queue policy that a stack has made."""

    def __init__(self, name: str, queues: list[str]):
        self.physical_resource_id = name
        self._queues = queues

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SQS::QueuePolicy"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "Id"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str, **_: Any,
    ) -> QueuePolicy:
        properties = cloudformation_json["Properties"]
        policy = cls(resource_name, [url.rpartition("/")[2] for url in properties["Queues"]])
        policy._set(json.dumps(properties["PolicyDocument"]), region_name)
        return policy

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: QueuePolicy, new_resource_name: str, cloudformation_json: dict[str, Any], account_id: str,
        region_name: str,
    ) -> QueuePolicy:
        original_resource.delete(account_id, region_name)
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

    def delete(self, account_id: str, region_name: str) -> None:
        """Called by moto when the stack is deleted or no longer has the policy."""
        self._set(None, region_name)

    def is_created(self) -> bool:
        return True

    def _set(self, policy: str | None, region: str) -> None:
        backend = moto_services.backend("sqs", region)
        for queue in self._queues:
            if queue in backend.queues:  # a stack may be deleted in any order
                backend.set_queue_attributes(queue, {"Policy": policy})
